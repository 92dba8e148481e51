"""What is tried and what came of it: a trial, many of them, and the figure they are compared by."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import TYPE_CHECKING, Any, overload

import numpy as np
from typing_extensions import override

from puffin.backtest.sets import Sets

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from puffin.measures import Floats


class Objective(StrEnum):
    """What a search looks for; more of it is better, of a negative drawdown too."""

    SHARPE = "sharpe"
    TOTAL_RETURN = "total_return"
    CALMAR = "calmar"
    SORTINO = "sortino"
    MAX_DRAWDOWN = "max_drawdown"

    @property
    def label(self) -> str:
        """The objective in words."""
        return _LABELS[self]

    def of(self, figures: Mapping[str, float | None]) -> float | None:
        """Return the objective of a run; None where it is not defined."""
        return figures.get(self.value)


_LABELS = {
    Objective.SHARPE: "Sharpe",
    Objective.TOTAL_RETURN: "Return",
    Objective.CALMAR: "Calmar",
    Objective.SORTINO: "Sortino",
    Objective.MAX_DRAWDOWN: "Smallest drawdown",
}


@dataclass(frozen=True, slots=True, eq=False)
class Figures:
    """The figures of many runs, one number a run, NaN where one is not defined.

    They are what `BacktestResult.metrics` has under the same names.
    """

    total_return: Floats
    cagr: Floats
    volatility: Floats
    sharpe: Floats
    sortino: Floats
    max_drawdown: Floats
    calmar: Floats
    exposure: Floats
    trades: Floats
    win_rate: Floats
    profit_factor: Floats

    def __len__(self) -> int:
        return len(self.trades)

    @property
    def table(self) -> Floats:
        """A row for each run and a column for each name."""
        return np.column_stack([getattr(self, name) for name in NAMES])


NAMES = tuple(each.name for each in fields(Figures))


@dataclass(frozen=True)
class Trial:
    """A set of parameters and what came of it.

    Attributes:
        parameters: All of the strategy's parameters, as plain values.
        figures: As `Figures`; None where one is not defined.
        error: Why there are no figures; nothing if there are.
    """

    parameters: dict[str, Any]
    figures: dict[str, float | None] = field(default_factory=dict)
    error: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON would hold it."""
        return {
            "parameters": dict(self.parameters),
            "figures": dict(self.figures),
            "error": self.error,
        }

    @staticmethod
    def from_dict(plain: Mapping[str, Any]) -> Trial:
        """Return what `to_dict` wrote."""
        return Trial(dict(plain["parameters"]), dict(plain["figures"]), str(plain["error"]))


def better(trial: Trial, objective: Objective) -> tuple[bool, float, float]:
    """Return what sorts trials from best to worst: the objective, then the smaller drawdown."""
    value = objective.of(trial.figures)
    fell = trial.figures.get("max_drawdown")
    return value is None, -(value or 0.0), math.inf if fell is None else abs(fell)


@dataclass(frozen=True, slots=True, eq=False)
class Trials(Sequence[Trial]):
    """Many trials in the order they were tried, column by column; each of them reads as a Trial.

    Attributes:
        sets: Their parameters.
        figures: A row for each and a column for each of `NAMES`; NaN where one is not defined.
        errors: By row, why there are no figures; those that ran are not in it.
    """

    sets: Sets
    figures: Floats
    errors: Mapping[int, str] = field(default_factory=dict)

    @staticmethod
    def of(trials: Iterable[Trial]) -> Trials:
        """Return trials that were given one by one."""
        if isinstance(trials, Trials):
            return trials
        listed = list(trials)
        table = [[_number(each.figures.get(name)) for name in NAMES] for each in listed]
        return Trials(
            Sets.of(each.parameters for each in listed),
            np.array(table, np.float64).reshape(len(listed), len(NAMES)),
            {row: each.error for row, each in enumerate(listed) if each.error},
        )

    @override
    def __len__(self) -> int:
        return len(self.figures)

    @overload
    def __getitem__(self, index: int) -> Trial: ...

    @overload
    def __getitem__(self, index: slice) -> Trials: ...

    @override
    def __getitem__(self, index: int | slice) -> Trial | Trials:
        """Return one of them, or several as they are."""
        if isinstance(index, slice):
            places = range(*index.indices(len(self)))
            errors = {at: self.errors[row] for at, row in enumerate(places) if row in self.errors}
            return Trials(self.sets[index], self.figures[index], errors)
        row = range(len(self))[index]
        if row in self.errors:
            return Trial(self.sets[row], error=self.errors[row])
        numbers: list[float] = self.figures[row].tolist()
        known = zip(NAMES, numbers, strict=True)
        return Trial(self.sets[row], {n: None if math.isnan(v) else v for n, v in known})

    @override
    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and list(self) == list(other)

    @override
    def __hash__(self) -> int:
        return hash(self.sets)

    def figure(self, name: str) -> Floats:
        """Return one figure of each, NaN where it is not defined."""
        return self.figures[:, NAMES.index(name)]

    def order(self, objective: Objective, limit: int | None = None) -> NDArray[np.int64]:
        """Return the rows from best to worst: by the objective, then by the smaller drawdown.

        Those whose objective is not defined come last; equal ones stay in the order they were
        tried. Of many only the first `limit` are put in order.
        """
        worse = -self.figure(objective.value)
        worse = np.where(np.isnan(worse), np.inf, worse)
        rows = np.arange(len(worse))
        if limit is not None and limit < len(rows):
            rows = np.flatnonzero(worse <= np.partition(worse, limit)[limit])
        fell = np.abs(self.figure("max_drawdown")[rows])
        fell = np.where(np.isnan(fell), np.inf, fell)
        return rows[np.lexsort((fell, worse[rows]))][:limit]

    def best(self, objective: Objective) -> Trial | None:
        """Return the best one; None if the objective is defined for none."""
        first = self.order(objective, 1).tolist()
        found = self[first[0]] if first else None
        return None if found is None or objective.of(found.figures) is None else found


NOTHING = Trials(Sets.of(()), np.empty((0, len(NAMES))))
SMALLEST = 1_024  # rows that there is room for at first


class TrialLog:
    """Takes in trials as they come; what it had at any moment can be had without copying it."""

    def __init__(self) -> None:
        self._sets = NOTHING.sets
        self._codes = self._sets.codes
        self._figures = NOTHING.figures
        self._errors: dict[int, str] = {}
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def add(self, trials: Trials) -> None:
        """Take some in."""
        start, stop = self._count, self._count + len(trials)
        codes = trials.sets.codes
        if not start:
            self._sets = trials.sets
        elif not self._sets.is_like(trials.sets):
            self._sets, codes = self.so_far().sets.extended(trials.sets)
            self._codes = self._sets.codes
        self._make_room(stop)
        self._codes[start:stop] = codes
        self._figures[start:stop] = trials.figures
        if trials.errors:  # made anew: what was handed out stays as it was
            later = {start + row: why for row, why in trials.errors.items()}
            self._errors = self._errors | later
        self._count = stop

    def so_far(self) -> Trials:
        """Return all there are by now; what is added later does not change it."""
        known, stop = self._sets, self._count
        sets = Sets(known.names, known.values, self._codes[:stop], known.possible)
        return Trials(sets, self._figures[:stop], self._errors)

    def _make_room(self, count: int) -> None:
        wide = len(self._sets.names)
        if count <= len(self._codes) and self._codes.shape[1] == wide:
            return
        more, old = max(SMALLEST, 2 * count), self._count
        codes, table = np.empty((more, wide), np.int32), np.empty((more, len(NAMES)))
        if old:
            codes[:old], table[:old] = self._codes[:old], self._figures[:old]
        self._codes, self._figures = codes, table


def _number(value: float | None) -> float:
    return np.nan if value is None else value
