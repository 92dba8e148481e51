"""A backtest and what is asked about it, as plain functions that another process can run too."""

from __future__ import annotations

import logging
import traceback
from contextlib import contextmanager
from dataclasses import dataclass, replace
from math import isclose
from typing import TYPE_CHECKING, Any, cast

from pydantic import ValidationError

from puffin.backtest.engine import Backtester
from puffin.data.bars import Bars
from puffin.errors import ParameterError, PuffinError
from puffin.strategies.specs import build, rule_type

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from puffin.backtest.engine import AnyStrategy
    from puffin.backtest.portfolio_why import PortfolioWhy
    from puffin.backtest.result import BacktestResult
    from puffin.backtest.schedule import Schedule
    from puffin.backtest.settings import BacktestSettings
    from puffin.backtest.why import Why
    from puffin.measures import Floats
    from puffin.strategies.base import Rule
    from puffin.strategies.specs import StrategySpec
    from puffin.truth.decisions import Data
    from puffin.truth.verdict import Verdict
    from puffling.store.backtests import AnyResult

    Tell = Callable[[float], None]

log = logging.getLogger(__name__)

MANY_BARS = 40_000  # beyond these the arithmetic would hold the interpreter too long for a thread
NO_VOLUME, NEVER_KNOWN = "No volume", "Never known"  # topics of what a run could not go by
SEVERAL = 2
ALIKE = 1e-9
RUN_SHARE = 0.3  # of the progress of a run that is judged too


@dataclass(frozen=True, slots=True)
class Many:
    """What a run over many symbols needs besides their prices."""

    schedule: Schedule
    benchmark: Bars | None = None


@dataclass(frozen=True, slots=True)
class Tried:
    """What was tried before this run: how many combinations, and what came of some of them.

    `searched` are the trials of searches, by parameters and Sharpe ratio; `train_test` is what the
    latest walk forward promised and kept. A portfolio has neither: searches run on one symbol.
    """

    count: int = 1
    sharpes: tuple[float, ...] = ()
    searched: tuple[tuple[dict[str, Any], float | None], ...] = ()
    train_test: tuple[float, float] | None = None


def run_and_judge(
    spec: StrategySpec,
    settings: BacktestSettings,
    tables: Sequence[Bars],
    many: Many,
    tried: Tried,
    *,
    progress: Tell,
) -> tuple[AnyResult, Verdict]:
    """Run a strategy over one symbol, or many with shared cash, and look whether to believe it."""

    def running(done: float) -> None:
        progress(done * RUN_SHARE)

    def judging(done: float) -> None:
        progress(RUN_SHARE + done * (1 - RUN_SHARE))

    with told_of(spec):
        data = _data(spec, tables)
        result = _run(spec, settings, data, many, running)
        return result, _judge(spec, settings, data, many, result, tried=tried, progress=judging)


def judge_run(  # noqa: PLR0913 - what was run, what came of it, and what is known of the choice
    spec: StrategySpec,
    settings: BacktestSettings,
    tables: Sequence[Bars],
    many: Many,
    result: AnyResult,
    tried: Tried,
    *,
    progress: Tell,
) -> Verdict:
    """Return what the truth gate says of a result."""
    progress(0.0)
    with told_of(spec):
        data = _data(spec, tables)
        return _judge(spec, settings, data, many, result, tried=tried, progress=progress)


def _data(spec: StrategySpec, tables: Sequence[Bars]) -> Data:
    """Return what the strategy looks at: the bars of one symbol, or of many side by side."""
    if len(tables) == 1 and rule_type(spec).needs == "one symbol":
        return tables[0]
    from puffin.data.universe import align

    return align(tables)


def _run(
    spec: StrategySpec, settings: BacktestSettings, data: Data, many: Many, progress: Tell
) -> AnyResult:
    made = build(spec)
    if isinstance(data, Bars):
        found = Backtester(cast("AnyStrategy", made), settings).run(data, progress=progress)
        return replace(found, assumptions=found.assumptions | missing(made, data, found))
    from puffin.backtest.portfolio import PortfolioBacktester

    book = PortfolioBacktester(cast("Any", made), settings, many.schedule)
    return book.run(data, benchmark=many.benchmark, progress=progress)


def missing(made: Rule, bars: Bars, result: BacktestResult) -> dict[str, str]:
    """Return what the prices do not have and the strategy may have needed, by topic."""
    import numpy as np

    from puffin.data.universe import listed

    said = {}
    if not bool(bars.volume.any()):
        said[NO_VOLUME] = f"no bar of {bars.symbol} has any; what goes by it never acts"
    if not len(result.trades):
        never = [each.title for each in made.readings(bars) if bool(np.isnan(each.values).all())]
        if never:
            said[NEVER_KNOWN] = f"{listed(never)}, on none of {len(bars):,} bars"
    return said


def _judge(  # noqa: PLR0913 - as `judge_run`
    spec: StrategySpec,
    settings: BacktestSettings,
    data: Data,
    many: Many,
    result: AnyResult,
    *,
    tried: Tried,
    progress: Tell,
) -> Verdict:
    import numpy as np

    from puffin.truth.verdict import judge

    return judge(
        build(spec),
        data,
        settings,
        result,
        tried=max(1, tried.count),
        trial_sharpes=np.array(tried.sharpes) if tried.sharpes else None,
        trial_returns=_returns(spec, settings, data, tried),
        train_test=tried.train_test,
        schedule=many.schedule,
        progress=progress,
    )


def _returns(
    spec: StrategySpec, settings: BacktestSettings, data: Data, tried: Tried
) -> Floats | None:
    """Return what the trials of searches earned bar by bar, if there were several."""
    from puffin.backtest.sweep import trial_returns
    from puffin.backtest.trials import Objective, Trial

    trials = [Trial(each, {"sharpe": sharpe}) for each, sharpe in tried.searched]
    if len(trials) < SEVERAL or not isinstance(data, Bars):
        return None
    try:
        found = trial_returns(spec, data, settings, trials, Objective.SHARPE)
    except (PuffinError, ValidationError) as error:
        log.info("The trials cannot be run on these prices: %s", error)  # they say nothing then
        return None
    return found if found.shape[1] >= SEVERAL else None


def explain_bar(
    bars: Bars, spec: StrategySpec, settings: BacktestSettings, row: int, *, progress: Tell
) -> Why:
    """Return why the strategy did on a bar what it did."""
    from puffin.backtest.why import explain

    progress(0.0)
    with told_of(spec):
        return explain(build(spec), bars, settings, row)


def explain_row(
    tables: Sequence[Bars],
    spec: StrategySpec,
    settings: BacktestSettings,
    schedule: Schedule,
    row: int,
    *,
    progress: Tell,
) -> PortfolioWhy:
    """Return why a strategy did on a row of many symbols what it did."""
    from puffin.backtest.portfolio_why import explain_many
    from puffin.data.universe import align

    progress(0.0)
    with told_of(spec):
        return explain_many(cast("Any", build(spec)), align(tables), settings, schedule, row)


def curve_of(
    bars: Bars, spec: StrategySpec, settings: BacktestSettings, *, progress: Tell
) -> Floats:
    """Return the equity at each close, and nothing else."""
    from puffin.backtest.quick import equity_curve

    progress(0.0)
    with told_of(spec):
        return equity_curve(build(spec), bars, settings)


@contextmanager
def told_of(spec: StrategySpec) -> Iterator[None]:
    """Turn whatever a strategy file raises into a sentence with the file's line.

    Raises:
        ParameterError: The file's own code failed, or wanted to end the program.
    """
    try:
        yield
    except PuffinError:
        raise
    except (Exception, SystemExit) as error:
        if spec.kind != "file":
            raise
        raise ParameterError(sentence_of(error, spec)) from None


def sentence_of(error: BaseException, spec: StrategySpec) -> str:
    """Return what went wrong in a strategy file, and on which line."""
    lines = [
        each.lineno
        for each in traceback.extract_tb(error.__traceback__)
        if each.filename.endswith(spec.called) or "<" in each.filename
    ]
    where = f", line {lines[-1]}" if lines and lines[-1] else ""
    return f"{spec.called}{where}: {type(error).__name__}: {str(error)[:300] or 'no reason given'}."


def same_figures(one: Mapping[str, float | None], other: Mapping[str, float | None]) -> bool:
    """Whether two runs found the same; compiled or not, sums are added in another order."""
    if one.keys() != other.keys():
        return False
    for name, value in one.items():
        there = other[name]
        if value is None or there is None:
            if value is not there:
                return False
        elif not isclose(value, there, rel_tol=ALIKE, abs_tol=ALIKE):
            return False
    return True
