"""Combinations as places along axes, so that one can be near another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray
    from optuna.distributions import BaseDistribution

    from puffin.backtest.space import Space
    from puffin.strategies.base import Parameters

SURVEYED: Final = 100_000  # places among which the nearest free one is looked for


class Axes:
    """The ranges of a space as axes: of numbers in their order, of choices in none.

    Args:
        space: The combinations.
    """

    def __init__(self, space: Space) -> None:
        self._space = space
        self._values = {
            each.name: tuple(sorted(each.values)) if _are_numbers(each.values) else each.values
            for each in space.ranges
        }
        lengths = [max(1, len(values) - 1) for values in self._values.values()]
        ordered = [_are_numbers(values) for values in self._values.values()]
        self._lengths, self._ordered = np.array(lengths, np.float64), np.array(ordered, np.bool_)
        self._places: NDArray[np.int64] | None = None
        if space.raw <= SURVEYED:
            shape = [len(values) for values in self._values.values()]
            self._places = np.indices(shape).reshape(len(shape), -1).T
            self._free = np.ones(space.raw, np.bool_)

    @property
    def distributions(self) -> dict[str, BaseDistribution]:
        """What optuna draws places from."""
        from optuna.distributions import CategoricalDistribution, IntDistribution

        return {
            name: IntDistribution(0, len(values) - 1)
            if _are_numbers(values)
            else CategoricalDistribution(range(len(values)))
            for name, values in self._values.items()
        }

    def place(self, made: Parameters) -> dict[str, int]:
        """Return where a combination is, by axis."""
        return {name: values.index(getattr(made, name)) for name, values in self._values.items()}

    def nearest(
        self, place: Mapping[str, Any], accept: Callable[[Parameters], bool]
    ) -> Parameters | None:
        """Return the nearest combination that is possible and accepted, each one once.

        Near is the sum over the axes: of numbers, the share of the axis that lies between, and of
        choices, 1 if they differ. In a space too large to look through, the one at that place, if
        it is possible and accepted.
        """
        if self._places is None:
            made = self._made([place[name] for name in self._values])
            return made if made is not None and accept(made) else None
        here = np.array([place[name] for name in self._values], np.int64)
        away = np.abs(self._places - here)
        distance = np.where(self._ordered, away / self._lengths, away > 0).sum(axis=1)
        for row in np.argsort(distance, kind="stable").tolist():
            if not self._free[row]:
                continue
            self._free[row] = False
            made = self._made(self._places[row].tolist())
            if made is not None and accept(made):
                return made
        return None

    def _made(self, place: Sequence[int]) -> Parameters | None:
        each = zip(self._values.items(), place, strict=True)
        return self._space.make({name: values[row] for (name, values), row in each})


def _are_numbers(values: tuple[Any, ...]) -> bool:
    return all(isinstance(value, int | float) for value in values)
