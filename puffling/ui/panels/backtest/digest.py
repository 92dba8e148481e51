"""A search put in shape for the screen; made off the window's thread."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from puffin.backtest.ranking import convergence, heat_map, leaderboard
from puffin.backtest.trials import Objective, Trials
from puffin.backtest.walked import WalkForwardResult
from puffin.errors import ParameterError
from puffling.ui.panels.backtest.ranges_form import written
from puffling.ui.panels.backtest.words import parameter_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from puffin.backtest.ranking import HeatMap
    from puffin.backtest.trials import Trial
    from puffin.measures import Floats
    from puffling.services.search_plans import LiveSearch

SHOWN = 200  # rows of the leaderboard
WALK_FORWARD = "walk forward"


@dataclass(frozen=True, slots=True)
class TrialRow:
    """One line of the leaderboard: `words` are the parameters that are varied."""

    rank: int
    trial: Trial
    words: str
    key: str

    def figure(self, name: str) -> float | None:
        """Return one of its figures."""
        return self.trial.figures.get(name)


@dataclass(frozen=True, slots=True, eq=False)
class Digest:
    """Everything the Optimise tab shows of a search at one moment."""

    search: LiveSearch
    objective: Objective
    varied: tuple[str, ...]
    rows: tuple[TrialRow, ...]
    errors: int
    first_error: str
    values: Floats  # the objective of each trial, in the order they were tried
    best: Floats  # and the best so far
    heat: HeatMap | None
    walked: WalkForwardResult | None

    def name(self, place: int) -> str:
        """Return the parameters of the trial that was tried there, in words."""
        return words_of(self.search.trials[place], self.varied)

    @property
    def is_walk(self) -> bool:
        """Whether history was cut into folds."""
        return str(self.search.plan.get("kind")) == WALK_FORWARD


def digest(search: LiveSearch, axes: tuple[str, str] | None = None) -> Digest:
    """Return a search put in shape; `axes` are the parameters of the heat map, if chosen."""
    objective = Objective(search.plan["objective"])
    trials = search.trials
    varied = varied_in(search)
    errors = trials.errors
    rows = tuple(
        TrialRow(rank, trial, words_of(trial, varied), key_of(trial))
        for rank, trial in enumerate(leaderboard(trials, objective, SHOWN), start=1)
    )
    return Digest(
        search=search,
        objective=objective,
        varied=varied,
        rows=rows,
        errors=len(errors),
        first_error=errors[min(errors)] if errors else "",
        values=trials.figure(objective.value),
        best=convergence(trials, objective),
        heat=_heat(search, varied, axes, objective),
        walked=_walked(search),
    )


def varied_in(search: LiveSearch) -> tuple[str, ...]:
    """Return the parameters that have more than one value in a search."""
    values = search.plan.get("values") or {}
    named = tuple(name for name, each in values.items() if len(each) > 1)
    if named:
        return named
    sets = search.trials.sets
    several = (sets.codes != sets.codes[:1]).any(axis=0).tolist()
    return tuple(name for name, varies in zip(sets.names, several, strict=True) if varies)


def words_of(trial: Trial, varied: Sequence[str]) -> str:
    """Return the parameters of a trial that are varied, in words."""
    shown = {name: trial.parameters[name] for name in varied if name in trial.parameters}
    return parameter_words(shown or trial.parameters)


def key_of(trial: Trial) -> str:
    """Return what tells a trial from the others."""
    return repr(sorted(trial.parameters.items()))


def best_at(digest: Digest, column: int, row: int) -> dict[str, Any] | None:
    """Return the parameters of the best trial in a cell of the heat map."""
    heat = digest.heat
    if heat is None:
        return None
    trials = digest.search.trials
    sets, there = trials.sets, np.ones(len(trials), np.bool_)
    for name, value in ((heat.x, heat.xs[column]), (heat.y, heat.ys[row])):
        place = sets.names.index(name)
        if value not in sets.values[place]:
            return None
        there &= sets.codes[:, place] == sets.values[place].index(value)
    chosen = np.flatnonzero(there)
    best = Trials(sets.rows(chosen), trials.figures[chosen]).order(digest.objective, 1)
    return dict(sets[int(chosen[best[0]])]) if len(best) else None


def value_names(values: Sequence[Any]) -> tuple[str, ...]:
    """Return the values of an axis as text."""
    return tuple(written(each) for each in values)


def _heat(
    search: LiveSearch,
    varied: Sequence[str],
    axes: tuple[str, str] | None,
    objective: Objective,
) -> HeatMap | None:
    chosen = axes if axes is not None and set(axes) <= set(varied) else tuple(varied[:2])
    if len(set(chosen)) != 2 or not search.trials:  # noqa: PLR2004 - a map has two axes
        return None
    try:
        found = heat_map(search.trials, chosen[0], chosen[1], objective)
    except ParameterError:
        return None
    planned = search.plan.get("values") or {}
    return _whole(found, tuple(planned.get(found.x, ())), tuple(planned.get(found.y, ())))


def _whole(found: HeatMap, xs: Sequence[Any], ys: Sequence[Any]) -> HeatMap:
    """Return the map over everything that will be tried, so that its axes stand still."""
    if not (set(found.xs) <= set(xs) and set(found.ys) <= set(ys)):
        return found
    values, counts = np.full((len(ys), len(xs)), np.nan), np.zeros((len(ys), len(xs)), np.int64)
    columns, rows = [xs.index(each) for each in found.xs], [ys.index(each) for each in found.ys]
    values[np.ix_(rows, columns)] = found.values
    counts[np.ix_(rows, columns)] = found.counts
    return replace(found, xs=tuple(xs), ys=tuple(ys), values=values, counts=counts)


def _walked(search: LiveSearch) -> WalkForwardResult | None:
    return search.found if isinstance(search.found, WalkForwardResult) else None
