"""Trials in order, as a table of two parameters, and as the best so far.

A figure that is not defined is never a number here: it comes last, or leaves a place empty.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np

from puffin.backtest.sets import ABSENT
from puffin.backtest.trials import Trials
from puffin.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Iterable

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


def leaderboard(
    trials: Iterable[Trial], objective: Objective, limit: int | None = SHOWN
) -> list[Trial]:
    """Return the best trials, best first; None is all of them.

    Those whose objective is not defined come last. Equal ones stay in the order they were tried.
    """
    listed = trials if isinstance(trials, Sequence) else list(trials)
    return [listed[row] for row in Trials.of(listed).order(objective, limit).tolist()]


def best(trials: Iterable[Trial], objective: Objective) -> Trial | None:
    """Return the best trial; None if the objective is defined for none."""
    return Trials.of(trials).best(objective)


def convergence(trials: Iterable[Trial], objective: Objective) -> Floats:
    """Return the best objective so far after each trial; NaN before the first that is defined."""
    values = Trials.of(trials).figure(objective.value)
    if not len(values):
        return values
    highest = np.maximum.accumulate(np.where(np.isnan(values), -np.inf, values))
    return np.where(np.isneginf(highest), np.nan, highest)


def heat_map(
    trials: Iterable[Trial], x: str, y: str, objective: Objective, over: Over = "best"
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
    known = Trials.of(trials)
    xs, columns = _axis(known, x)
    ys, rows = _axis(known, y)
    worth = known.figure(objective.value)
    there = np.flatnonzero(~np.isnan(worth))
    shape, at = (len(ys), len(xs)), (rows[there], columns[there])
    total, highest = np.zeros(shape), np.full(shape, -np.inf)
    counts = np.zeros(shape, np.int64)
    np.add.at(total, at, worth[there])
    np.maximum.at(highest, at, worth[there])
    np.add.at(counts, at, 1)
    shown = highest if over == "best" else total / np.maximum(counts, 1)
    values = np.where(counts > 0, shown, np.nan)
    return HeatMap(x, y, xs, ys, values, counts, _words(known, (x, y), objective, over))


def _axis(trials: Trials, name: str) -> tuple[tuple[Any, ...], NDArray[np.int64]]:
    """Return the values of a parameter that were tried, and where each trial is among them.

    Numbers are in their order, others in the order they were first tried.
    """
    sets = trials.sets
    if name not in sets.names:
        raise ParameterError(f"{name.replace('_', ' ')} is not a parameter of this search.")
    place = sets.names.index(name)
    codes, first = np.unique(sets.codes[:, place], return_index=True)
    if ABSENT in codes:
        raise ParameterError(f"{name.replace('_', ' ')} is not a parameter of this search.")
    values = sets.values[place]
    tried: list[int] = codes[np.argsort(first)].tolist()
    if all(isinstance(values[code], int | float) for code in tried):
        tried.sort(key=values.__getitem__)
    where = np.empty(len(values), np.int64)
    where[tried] = np.arange(len(tried))
    return tuple(values[code] for code in tried), where[sets.codes[:, place]]


def _words(trials: Trials, shown: tuple[str, str], objective: Objective, over: Over) -> str:
    sets = trials.sets
    varied = (sets.codes != sets.codes[:1]).any(axis=0).tolist()
    others = [
        name.replace("_", " ")
        for name, several in zip(sets.names, varied, strict=True)
        if several and name not in shown
    ]
    if not others:
        return f"{objective.label} of each pair"
    which = "Best" if over == "best" else "Mean"
    return f"{which} {objective.label} over {', '.join(others)}"
