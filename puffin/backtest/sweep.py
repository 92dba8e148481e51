"""Trials: one run for each set of parameters, in batches that are short enough to stop between.

Everything here is a plain function of plain values, so that a batch can go to another process.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic import ValidationError

from puffin.backtest.engine import refuse_short
from puffin.backtest.quick import equity_curve, quick_sets
from puffin.backtest.ranking import HeatMap, convergence, heat_map, leaderboard
from puffin.backtest.sets import Sets
from puffin.backtest.space import Space, sets_of
from puffin.backtest.trials import NAMES, Objective, Trial, Trials
from puffin.errors import NoDataError, ParameterError
from puffin.measures import returns
from puffin.strategies.specs import rule_type, sentence

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from puffin.backtest.search import Search
    from puffin.backtest.settings import BacktestSettings
    from puffin.data.bars import Bars
    from puffin.measures import Floats
    from puffin.strategies.base import Parameters, Rule
    from puffin.strategies.specs import StrategySpec

__all__ = [
    "HeatMap",
    "Objective",
    "Trial",
    "Trials",
    "alone",
    "batch_size",
    "convergence",
    "estimate",
    "heat_map",
    "leaderboard",
    "probe",
    "run_batch",
    "sweep",
    "trial_returns",
]

BATCH_SECONDS = 0.04  # aimed at; what is asked to stop must do so within 0.1 s
PROBE_SECONDS = 0.02  # of runs that are timed before a search
PROBED = 2  # runs that are timed at first
PROBED_AT_MOST = 64
LARGEST_BATCH = 2_000
KEPT = 200  # trials whose returns are kept


def run_batch(
    spec: StrategySpec,
    bars: Bars,
    settings: BacktestSettings,
    sets: Sequence[Mapping[str, Any]],
) -> Trials:
    """Return a trial for each set of parameters, in their order.

    A set that cannot run has its reason instead of figures and costs the others nothing.

    Args:
        spec: The strategy; its own parameters stand where a set says nothing.
        bars: The prices.
        settings: What is assumed.
        sets: Parameters as plain values; those that are known to be possible are not checked.

    Raises:
        BarsError: The prices cannot be trusted.
        ParameterError: There is no such strategy, or it decides on more than one symbol.
    """
    kind = alone(spec)
    if isinstance(sets, Sets) and sets.possible:
        return _run(kind, bars, sets, settings)
    asked: list[dict[str, Any]] = [spec.parameters | dict(each) for each in sets]
    errors: dict[int, str] = {}
    ready: dict[int, Parameters] = {}
    for place, values in enumerate(asked):
        try:
            ready[place] = made = kind.Parameters.model_validate(values)
        except ValidationError as error:
            errors[place] = sentence(error)
        except ParameterError as error:
            errors[place] = str(error)
        else:
            asked[place] = made.model_dump(mode="json")
    rows, table = list(ready), np.full((len(asked), len(NAMES)), np.nan)
    ran = _run(kind, bars, sets_of(ready.values()), settings)
    table[rows] = ran.figures
    errors |= {rows[place]: why for place, why in ran.errors.items()}
    return Trials(Sets.of(asked), table, errors)


def alone(spec: StrategySpec) -> type[Rule]:
    """Return the class of a strategy that decides on one symbol.

    Raises:
        ParameterError: There is no such strategy, or it decides on more than one.
    """
    kind = rule_type(spec)
    if kind.needs != "one symbol":
        raise ParameterError(f"{kind.title} needs {kind.needs}, and there is one here.")
    return kind


def trial_returns(
    spec: StrategySpec,
    bars: Bars,
    settings: BacktestSettings,
    trials: Sequence[Trial],
    objective: Objective,
    most: int = KEPT,
) -> Floats:
    """Return what trials earned bar by bar, one column each, to judge how far they were overfitted.

    Of many, half of what is kept are the best and the others are spread evenly over the rest.

    Args:
        spec: The strategy.
        bars: The prices.
        settings: What is assumed.
        trials: What was tried; those that did not run are left out.
        objective: By which the best are.
        most: Columns at most.
    """
    kind = alone(spec)
    ran = leaderboard([each for each in trials if not each.error], objective, None)
    if len(ran) > most:
        top = most // 2
        rest = np.linspace(top, len(ran) - 1, most - top).round().astype(int)
        ran = [*ran[:top], *(ran[place] for place in rest)]
    made = [kind(kind.Parameters.model_validate(each.parameters)) for each in ran]
    curves = [returns(equity_curve(each, bars, settings)) for each in made]
    return np.column_stack(curves) if curves else np.empty((max(len(bars) - 1, 0), 0))


def probe(
    spec: StrategySpec, bars: Bars, settings: BacktestSettings, sets: Sequence[Mapping[str, Any]]
) -> float:
    """Return the seconds that a run takes, measured on `sets`, or on as many as it takes.

    The first run is not timed: it may have to load what the others then have. What a batch costs
    besides its runs is shared by more of them each time, until the time is long enough to tell.
    """
    if not sets:
        return 0.0
    run_batch(spec, bars, settings, sets[:1])
    size, each = PROBED, 0.0
    while True:
        some = sets[:size]
        started = time.perf_counter()
        run_batch(spec, bars, settings, some)
        took = time.perf_counter() - started
        each = took / len(some)
        if took >= PROBE_SECONDS or size >= len(sets):
            return each
        size *= 4


def estimate(
    spec: StrategySpec,
    bars: Bars,
    settings: BacktestSettings,
    count: int,
    sets: Sequence[Mapping[str, Any]] | None = None,
) -> float:
    """Return the seconds that `count` runs would take in one process, from a measured probe.

    Args:
        spec: The strategy.
        bars: The prices.
        settings: What is assumed.
        count: How many runs there will be.
        sets: Some of the parameters that will run; without them some of the strategy's own grid.
    """
    if sets is None:
        space = Space.of(rule_type(spec), settings=settings)
        sets = sets_of(space.sample(PROBED_AT_MOST, seed=0))
    return count * probe(spec, bars, settings, sets)


def batch_size(seconds: float, most: int = LARGEST_BATCH) -> int:
    """Return how many runs of so many seconds each make a batch; at least one."""
    if seconds <= 0:
        return most
    return max(1, min(most, int(BATCH_SECONDS / seconds)))


def sweep(
    search: Search,
    run: Callable[[Sets], Trials],
    *,
    most_at_once: int = LARGEST_BATCH,
) -> Iterator[Trials]:
    """Run a search to its end, batch by batch; stop looping to stop it, and keep what is done.

    The first batches are small, and their size follows from how long they took.

    Args:
        search: What to try next.
        run: Runs a batch; `run_batch` with the rest filled in, here or in another process.
        most_at_once: The most runs of a batch.
    """
    size = 1
    while asked := search.ask(size):
        started = time.perf_counter()
        trials = run(asked)
        search.tell(trials)
        yield trials
        each = (time.perf_counter() - started) / len(asked)
        size = min(batch_size(each, most_at_once), 4 * size)


def _run(kind: type[Rule], bars: Bars, sets: Sets, settings: BacktestSettings) -> Trials:
    """Return the trials of sets that the strategy accepts."""
    try:
        table, warm_ups = quick_sets(kind, bars, sets, settings)
    except (ParameterError, NoDataError) as error:
        if len(sets) == 1:
            return Trials(sets, np.full((1, len(NAMES)), np.nan), {0: str(error)})
        ran = [_run(kind, bars, sets[row : row + 1], settings) for row in range(len(sets))]
        errors = {row: each.errors[0] for row, each in enumerate(ran) if each.errors}
        return Trials(sets, np.concatenate([each.figures for each in ran]), errors)
    short: list[int] = np.flatnonzero(warm_ups >= len(bars)).tolist()
    known: list[int] = warm_ups.tolist()
    first = {known[row]: row for row in short}
    reasons = {warm: _reason(kind, sets[row], bars) for warm, row in first.items()}
    return Trials(sets, table, {row: reasons[known[row]] for row in short})


def _reason(kind: type[Rule], values: Mapping[str, Any], bars: Bars) -> str:
    """Return why a set cannot run on so few bars."""
    try:
        refuse_short(kind(kind.Parameters.model_validate(values)), bars)
    except NoDataError as error:
        return str(error)
    return ""
