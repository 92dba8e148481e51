"""Trials in order, as a table of two parameters, and as the best so far.

A figure that is not defined is never a number here: it comes last, or leaves a place empty.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np

from puffin.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from puffin.backtest.trials import Objective, Trial
    from puffin.measures import Floats

Over: TypeAlias = Literal["best", "mean"]

SHOWN = 20  # rows of a leaderboard


@dataclass(frozen=True, slots=True, eq=False)
class HeatMap:
    """An objective over two parameters.

    Attributes:
        x: The parameter along the columns.
        y: The parameter along the rows.
        xs: Its values, in order.
        ys: Its values, in order.
        values: One objective for each row and column; NaN where none is defined.
        counts: How many defined trials each of them stands for.
        words: What a value says about the parameters that are not on the axes.
    """

    x: str
    y: str
    xs: tuple[Any, ...]
    ys: tuple[Any, ...]
    values: Floats
    counts: NDArray[np.int64]
    words: str


def better(trial: Trial, objective: Objective) -> tuple[bool, float, float]:
    """Return what sorts trials from best to worst: the objective, then the smaller drawdown."""
    value = objective.of(trial.figures)
    drawdown = trial.figures.get("max_drawdown")
    return (
        value is None,
        0.0 if value is None else -value,
        math.inf if drawdown is None else abs(drawdown),
    )


def leaderboard(
    trials: Iterable[Trial], objective: Objective, limit: int | None = SHOWN
) -> list[Trial]:
    """Return the best trials, best first; None is all of them.

    Those whose objective is not defined come last. Equal ones stay in the order they were tried.
    """
    return sorted(trials, key=lambda trial: better(trial, objective))[:limit]


def best(trials: Iterable[Trial], objective: Objective) -> Trial | None:
    """Return the best trial; None if the objective is defined for none."""
    first = next(iter(leaderboard(trials, objective, 1)), None)
    return None if first is None or objective.of(first.figures) is None else first


def convergence(trials: Iterable[Trial], objective: Objective) -> Floats:
    """Return the best objective so far after each trial; NaN before the first that is defined."""
    values = [objective.of(trial.figures) for trial in trials]
    known = np.array([-np.inf if value is None else value for value in values], np.float64)
    if not len(known):
        return known
    highest = np.maximum.accumulate(known)
    return np.where(np.isneginf(highest), np.nan, highest)


def heat_map(
    trials: Sequence[Trial], x: str, y: str, objective: Objective, over: Over = "best"
) -> HeatMap:
    """Return the objective for each pair of values that was tried.

    Args:
        trials: What was tried.
        x: The parameter along the columns.
        y: The parameter along the rows.
        objective: What is shown.
        over: Where several trials share a pair, because other parameters differ: the best of
            them, or their mean.

    Raises:
        ParameterError: A parameter is not one of the trials', or both are the same.
    """
    if x == y:
        raise ParameterError("A heat map needs two different parameters.")
    for name in (x, y):
        if any(name not in trial.parameters for trial in trials):
            raise ParameterError(f"{name.replace('_', ' ')} is not a parameter of this search.")
    xs, ys = _values(trials, x), _values(trials, y)
    columns, rows = _places(xs), _places(ys)
    shape = (len(ys), len(xs))
    total, highest = np.zeros(shape), np.full(shape, -np.inf)
    counts = np.zeros(shape, np.int64)
    for trial in trials:
        value = objective.of(trial.figures)
        if value is None:
            continue
        at = rows[trial.parameters[y]], columns[trial.parameters[x]]
        total[at] += value
        highest[at] = max(float(highest[at]), value)
        counts[at] += 1
    shown = highest if over == "best" else total / np.maximum(counts, 1)
    values = np.where(counts > 0, shown, np.nan)
    return HeatMap(x, y, xs, ys, values, counts, _words(trials, (x, y), objective, over))


def _values(trials: Iterable[Trial], name: str) -> tuple[Any, ...]:
    found = dict.fromkeys(trial.parameters[name] for trial in trials)
    number = all(isinstance(value, int | float) for value in found)
    return tuple(sorted(found)) if number else tuple(found)


def _places(values: tuple[Any, ...]) -> dict[Any, int]:
    return {value: place for place, value in enumerate(values)}


def _words(
    trials: Sequence[Trial], shown: tuple[str, str], objective: Objective, over: Over
) -> str:
    names = [name for name in (trials[0].parameters if trials else ()) if name not in shown]
    others = [name.replace("_", " ") for name in names if len(_values(trials, name)) > 1]
    if not others:
        return f"{objective.label} of each pair"
    which = "Best" if over == "best" else "Mean"
    return f"{which} {objective.label} over {', '.join(others)}"
