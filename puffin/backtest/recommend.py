"""Which strategy suits a symbol: each one walked forward, compared where it had not been fitted."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from puffin.backtest.confidence import Confidence, Evidence, Row, judge, order, row_of
from puffin.backtest.folds import Folds
from puffin.backtest.search import GridSearch, RandomSearch
from puffin.backtest.space import MOST, Space
from puffin.backtest.sweep import alone
from puffin.backtest.walk_forward import WalkForward
from puffin.errors import DataError, ParameterError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from puffin.backtest.search import Search
    from puffin.backtest.settings import BacktestSettings
    from puffin.backtest.walked import WalkForwardResult
    from puffin.data.bars import Bars, Interval
    from puffin.strategies.specs import StrategySpec


@dataclass(frozen=True)
class Recommendation:
    """What a comparison came to.

    Attributes:
        symbol: On which the strategies were compared.
        strategy: Title of the best one; nothing if none has a result.
        recommended: Whether its mean Sharpe ratio in test is zero or more.
        confidence: How far that can be relied on.
        reasons: Why, in sentences.
        rows: Every strategy that ran, best first.
        skipped: Every one that did not, with the reason.
        stopped: Whether it ended before all had run.
    """

    symbol: str
    strategy: str
    recommended: bool
    confidence: Confidence
    reasons: tuple[str, ...]
    rows: tuple[Row, ...]
    skipped: tuple[tuple[str, str], ...]
    stopped: bool = False

    @property
    def done(self) -> int:
        """How many strategies were looked at, those that were skipped among them."""
        return len(self.rows) + len(self.skipped)

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON would hold it."""
        return asdict(self) | {"confidence": self.confidence.value}

    @staticmethod
    def from_dict(plain: Mapping[str, Any]) -> Recommendation:
        """Return what `to_dict` wrote."""
        values = dict(plain)
        values["confidence"] = Confidence(values["confidence"])
        values["reasons"] = tuple(values["reasons"])
        values["rows"] = tuple(Row(**row) for row in values["rows"])
        values["skipped"] = tuple((str(title), str(why)) for title, why in values["skipped"])
        return Recommendation(**values)


def compare(  # noqa: PLR0913 - each is given by name
    specs: Sequence[StrategySpec],
    bars: Bars,
    settings: BacktestSettings,
    *,
    folds: Folds | None = None,
    most: int = MOST,
    seed: int = 0,
    progress: Callable[[float], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> Recommendation:
    """Walk each strategy forward over its own grid and say which did best where it was not fitted.

    A strategy that cannot run here is skipped with its reason and stops nobody else.

    Args:
        specs: The strategies.
        bars: The prices of one symbol.
        settings: What is assumed.
        folds: How history is cut.
        most: Combinations of one strategy; of a larger grid so many are drawn at random.
        seed: Of what is drawn.
        progress: Told how far along it is, 0 to 1; may raise to stop it.
        stop: Asked whether to end early; the strategies that are done are kept.

    Raises:
        BarsError: The prices cannot be trusted.
    """
    bars.validate()
    results: list[WalkForwardResult] = []
    skipped: list[tuple[str, str]] = []
    stopped = False
    for place, spec in enumerate(specs):
        stopped = stop is not None and stop()
        if stopped:
            break
        try:
            walked = walk(spec, settings, folds or Folds(), most, seed)
            result = walked.run(bars, progress=_part(progress, place, len(specs)), stop=stop)
        except (ParameterError, DataError) as error:
            skipped.append((spec.title, str(error)))
            continue
        stopped = result.stopped
        if stopped:
            break
        results.append(result)
    if progress is not None and not stopped:
        progress(1.0)
    return recommend(results, skipped, symbol=bars.symbol, interval=bars.interval, stopped=stopped)


def walk(
    spec: StrategySpec, settings: BacktestSettings, folds: Folds, most: int = MOST, seed: int = 0
) -> WalkForward:
    """Return the walk-forward of one strategy over its own grid.

    Args:
        spec: The strategy; what it sets of parameters that the grid does not vary stays.
        settings: What is assumed.
        folds: How history is cut.
        most: Combinations of a fold; of a larger grid so many are drawn at random.
        seed: Of what is drawn.

    Raises:
        ParameterError: There is no such strategy, or it decides on more than one symbol.
    """
    kind = alone(spec)
    space = Space.of(kind, fixed=_kept(kind.grid, spec.parameters), settings=settings)

    def searching(possible: Space) -> Search:
        if possible.count <= most:
            return GridSearch(possible, most=most)
        return RandomSearch(possible, most, seed=seed, most=most)

    return WalkForward(spec, space, settings, folds=folds, searching=searching)


def recommend(
    results: Sequence[WalkForwardResult],
    skipped: Sequence[tuple[str, str]],
    *,
    symbol: str,
    interval: Interval,
    stopped: bool = False,
) -> Recommendation:
    """Return which of the strategies did best in test, and how far that can be relied on.

    The best has the highest mean Sharpe ratio of its folds in test, then the smallest worst
    drawdown. Confidence is high if they deviate by less than 0.3, medium up to 0.8, low beyond;
    low with fewer than three folds or fewer than 30 trades in test; and one step lower if luck
    would explain it, in test as the best of so many strategies, or in train as the best of so many
    combinations.

    Args:
        results: The walk-forwards of the strategies.
        skipped: Titles and reasons of those that did not run.
        symbol: What they ran on.
        interval: Of its bars.
        stopped: Whether more should have run.
    """
    rows = sorted((row_of(each) for each in results), key=order)
    first = rows[0] if rows else None
    if first is None or first.sharpe is None:
        said = "No strategy traded enough in the test parts to have a Sharpe ratio."
        if not rows:
            said = f"No strategy could be tested. {_why(skipped)}".strip()
        return Recommendation(
            symbol=symbol,
            strategy="",
            recommended=False,
            confidence=Confidence.NONE,
            reasons=(said,),
            rows=tuple(rows),
            skipped=tuple(skipped),
            stopped=stopped,
        )
    walked = next(each for each in results if each.strategy_id == first.strategy_id)
    confidence, reasons = judge(first, first.sharpe, Evidence.of(rows, walked, interval))
    good = first.sharpe >= 0
    opening = (
        f"{first.title} had the best mean Sharpe in the test parts: {first.sharpe:.2f}."
        if good
        else f"Even the best, {first.title}, lost in the test parts: its mean Sharpe is "
        f"{first.sharpe:.2f}. None is recommended."
    )
    return Recommendation(
        symbol=symbol,
        strategy=first.title,
        recommended=good,
        confidence=confidence,
        reasons=(opening, *reasons),
        rows=tuple(rows),
        skipped=tuple(skipped),
        stopped=stopped,
    )


def _why(skipped: Sequence[tuple[str, str]]) -> str:
    """Return why nothing ran: the reason that most have, and how many have others."""
    reasons = [why for _, why in skipped]
    if not reasons:
        return ""
    usual = max(reasons, key=reasons.count)
    rest = len(reasons) - reasons.count(usual)
    others = f"{rest} more {'was' if rest == 1 else 'were'} skipped for other reasons."
    return f"{usual} {others}" if rest else usual


def _kept(grid: Mapping[str, Any], parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was set of the parameters that the grid leaves alone."""
    return {name: value for name, value in parameters.items() if name not in grid}


def _part(
    progress: Callable[[float], None] | None, place: int, count: int
) -> Callable[[float], None] | None:
    if progress is None:
        return None
    return lambda done: progress((place + done) / count)
