"""Walk-forward: choose parameters on the past, try them on what came next, and move on."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from puffin import measures
from puffin.backtest.folds import Fold, Folds, Window
from puffin.backtest.metrics import periods_in_year
from puffin.backtest.quick import equity_curve, quick_sets
from puffin.backtest.search import GridSearch, ListSearch
from puffin.backtest.sets import Sets
from puffin.backtest.sweep import alone, sweep
from puffin.backtest.trials import Objective, TrialLog, Trials
from puffin.backtest.walked import FoldResult, WalkForwardResult

if TYPE_CHECKING:
    from collections.abc import Callable

    from puffin.backtest.search import Search
    from puffin.backtest.settings import BacktestSettings
    from puffin.backtest.space import Space
    from puffin.data.bars import Bars
    from puffin.measures import Floats, Times
    from puffin.strategies.base import Rule
    from puffin.strategies.specs import StrategySpec

__all__ = ["Fold", "FoldResult", "Folds", "WalkForward", "WalkForwardResult", "Window"]

SLOW_TO_FORGET = 3  # times its warm-up, until what an average began with is 0.3 % of it
SAMPLED = 2_000  # combinations of which the longest warm-up is looked for
SAMPLED_SLOWLY = 64  # of strategies that are not built in, which take longer to make


class WalkForward:
    """Walks one strategy forward through one symbol's history.

    In each fold every combination is run on the train part; the best by the objective is run on
    the test part. All combinations of a fold are judged over the same bars, however long they
    warm up, and each part begins in cash, decides at the close before its first bar, and has its
    indicators ready: they see the bars before it, never one after it.

    Args:
        spec: The strategy.
        space: The combinations to choose from.
        settings: What is assumed.
        objective: By what they are chosen.
        folds: How history is cut.
        searching: Makes the search of each fold from the combinations that can be compared; all
            of them by default.
        scatter: Also run every combination on the test parts, to show beside their train parts.
            The choice is made before and does not look at it.

    Raises:
        ParameterError: There are more combinations than a search may try, or the strategy decides
            on more than one symbol.
    """

    def __init__(  # noqa: PLR0913 - each is given by name
        self,
        spec: StrategySpec,
        space: Space,
        settings: BacktestSettings,
        *,
        objective: Objective = Objective.SHARPE,
        folds: Folds | None = None,
        searching: Callable[[Space], Search] | None = None,
        scatter: bool = False,
    ) -> None:
        self._spec, self._space, self._settings = spec, space, settings
        self._objective = objective
        self._folds = folds or Folds()
        self._searching = searching or GridSearch
        self._scatter = scatter
        self.total = self._searching(space).total * self._folds.splits
        self._kind = alone(spec)
        self._sampled = SAMPLED if spec.kind == "builtin" else SAMPLED_SLOWLY
        self._warm_ups = warm_ups(self._kind, space, self._sampled)

    def cut(self, bars: Bars) -> list[Fold]:
        """Return the folds of these bars.

        Raises:
            NoDataError: There are too few; the sentence says how many there are and are needed.
        """
        return self._folds.cut(len(bars), warm_up=min(self._warm_ups), name=bars.symbol)

    def run(
        self,
        bars: Bars,
        *,
        progress: Callable[[float], None] | None = None,
        stop: Callable[[], bool] | None = None,
    ) -> WalkForwardResult:
        """Return what was found.

        Args:
            bars: The prices.
            progress: Told how far along it is, 0 to 1, at least every 0.1 s or so; it may raise.
            stop: Asked as often whether to end early; the folds that are done are kept.

        Raises:
            BarsError: The prices cannot be trusted.
            NoDataError: There are too few of them.
            ParameterError: A strategy's decisions make no sense.
        """
        bars.validate()
        results: list[FoldResult] = []
        curve = np.array([self._settings.capital])
        folds = self.cut(bars)
        space, left_out, longest = self._comparable(folds[0])
        share = 1 / len(folds)
        for fold in folds:
            watch = _Watch(progress, (fold.number - 1) * share, share, stop)
            trials = self._train(bars, fold, longest, self._searching(space), watch)
            if watch.ended():
                break
            result, equity = self._test(bars, fold, trials, left_out)
            if self._scatter and result.parameters is not None:
                result = replace(result, scatter=self._tried(bars, fold, trials, longest, watch))
            if watch.ended():
                break
            results.append(result)
            curve = np.append(curve, curve[-1] * equity[1:] / equity[0])
        if progress is not None:
            progress(1.0)
        start = folds[0].test.start - 1
        time = bars.time[start : start + len(curve)]
        return WalkForwardResult(
            strategy_id=self._spec.id,
            title=self._spec.title,
            symbol=bars.symbol,
            objective=self._objective,
            folds=tuple(results),
            planned=len(folds),
            time=time,
            equity=curve,
            metrics=self._metrics(bars, time, curve, results),
        )

    def _comparable(self, first: Fold) -> tuple[Space, int, int]:
        """Return what leaves half of the first train part to be judged.

        How many combinations do not, and how far the others look back, come with it.
        """
        most = (first.train.stop - first.train.start) // 2
        longest = max(self._warm_ups)
        if longest <= most:
            return self._space, 0, longest
        space = replace(self._space, allowed=lambda made: self._kind(made).warm_up <= most)
        left_out = max(1, self._space.count - space.count)
        return space, left_out, max(each for each in self._warm_ups if each <= most)

    def _train(self, bars: Bars, fold: Fold, longest: int, search: Search, watch: _Watch) -> Trials:
        """Return the trials of the train part."""
        begin = max(0, fold.train.start - self._lead(longest))
        first = max(fold.train.start - 1 - begin, longest - 1, 0)
        return self._run(rows(bars, begin, fold.train.stop), first, search, watch)

    def _tried(
        self, bars: Bars, fold: Fold, trials: Trials, longest: int, watch: _Watch
    ) -> tuple[tuple[float, float], ...]:
        """Return the objective of each trial in train and in test."""
        decides = fold.test.start - 1
        begin = max(0, decides - self._lead(longest))
        seen = rows(bars, begin, fold.test.stop)
        later = self._run(seen, decides - begin, ListSearch(trials.sets), watch)
        name = self._objective.value
        both = zip(trials.figure(name).tolist(), later.figure(name).tolist(), strict=False)
        return tuple((a, b) for a, b in both if not math.isnan(a) and not math.isnan(b))

    def _run(self, bars: Bars, first: int, search: Search, watch: _Watch) -> Trials:
        """Return the trials of a search, judged from row `first` on; fewer if it was stopped."""
        log = TrialLog()
        for batch in sweep(search, lambda sets: self._tried_on(bars, sets, first)):
            log.add(batch)
            watch.look(len(log) / search.total)
            if watch.ended():
                break
        return log.so_far()

    def _test(
        self, bars: Bars, fold: Fold, trials: Trials, left_out: int
    ) -> tuple[FoldResult, Floats]:
        """Return what the best of the trials came to in the test part, and its equity."""
        chosen = trials.best(self._objective)
        train = bars.when(fold.train.start), bars.when(fold.train.stop - 1)
        test = bars.when(fold.test.start), bars.when(fold.test.stop - 1)
        if chosen is None:
            reason = (
                f"Nothing was chosen: in the train part {self._objective.label} is defined for "
                "none of the combinations. It stays in cash."
            )
            flat = np.full(fold.test.stop - fold.test.start + 1, self._settings.capital)
            nothing = FoldResult(
                fold.number, train, test, len(trials), None, {}, {}, reason, left_out
            )
            return nothing, flat
        made = self._kind.Parameters.model_validate(chosen.parameters)
        strategy = self._kind(made)
        decides = fold.test.start - 1
        begin = max(0, decides - self._lead(strategy.warm_up))
        seen = rows(bars, begin, fold.test.stop)
        found = self._tried_on(seen, Sets.of([chosen.parameters]), decides - begin)[0].figures
        equity = equity_curve(strategy, seen, self._settings, first=decides - begin)
        result = FoldResult(
            fold.number,
            train,
            test,
            len(trials),
            chosen.parameters,
            chosen.figures,
            found,
            left_out=left_out,
        )
        return result, equity

    def _lead(self, warm_up: int) -> int:
        asked = self._folds.warm_up
        return max(warm_up, SLOW_TO_FORGET * warm_up if asked is None else asked)

    def _tried_on(self, bars: Bars, sets: Sets, first: int) -> Trials:
        """Return what sets come to, judged from row `first` on."""
        return Trials(sets, quick_sets(self._kind, bars, sets, self._settings, first=first)[0])

    def _metrics(
        self, bars: Bars, time: Times, equity: Floats, folds: list[FoldResult]
    ) -> dict[str, float | None]:
        periods, changes = periods_in_year(bars.interval), measures.returns(equity)
        free = self._settings.risk_free
        total, deepest = measures.total_return(equity), measures.max_drawdown(equity)
        annual = None if total is None else measures.cagr(1 + total, measures.years(time))
        return {
            "total_return": total,
            "cagr": annual,
            "volatility": measures.volatility(changes, periods),
            "sharpe": measures.sharpe(changes, periods, free),
            "sortino": measures.sortino(changes, periods, free),
            "max_drawdown": deepest,
            "calmar": measures.calmar(annual, deepest),
            "trades": sum(each.found.get("trades") or 0.0 for each in folds),
        }


def warm_ups(kind: type[Rule], space: Space, most: int) -> list[int]:
    """Return how many bars combinations need before they decide.

    Of more than `most` a sample is looked at, and the smallest and the largest values together.
    """
    ends = [
        space.make({each.name: pick(each.values, key=_size) for each in space.ranges})
        for pick in (min, max)
    ]
    some = [*space.sample(most, seed=0), *(each for each in ends if each is not None)]
    return [kind(made).warm_up for made in some]


def rows(bars: Bars, start: int, stop: int) -> Bars:
    """Return the bars of these rows, and nothing of the others."""
    return bars.head(stop).tail(stop - start)


def _size(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0


class _Watch:
    """Tells how far a fold is, and whether the person wants to stop."""

    def __init__(
        self,
        progress: Callable[[float], None] | None,
        start: float,
        share: float,
        stop: Callable[[], bool] | None,
    ) -> None:
        self._progress, self._stop = progress, stop
        self._start, self._share = start, share
        self._ended = False

    def ended(self) -> bool:
        return self._ended

    def look(self, done: float) -> None:
        if self._progress is not None:
            self._progress(self._start + self._share * min(done, 1.0))
        self._ended = self._stop is not None and self._stop()
