"""Combinations as places along axes, so that one can be near another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray
    from optuna.distributions import BaseDistribution

    from puffin.backtest.space import Space
    from puffin.strategies.base import Parameters

SURVEYED: Final = 20_000  # combinations among which the nearest free one is looked for


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
        self._made: list[Parameters] = []
        self._places: NDArray[np.int64] | None = None
        if space.exact and space.count <= SURVEYED:
            self._made = list(space.combinations())
            rows = [list(self.place(made).values()) for made in self._made]
            self._places = np.array(rows, np.int64).reshape(len(rows), len(lengths))
            self._rows = {space.key(made): row for row, made in enumerate(self._made)}
            self._free = np.ones(len(rows), np.bool_)

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

    def take(self, made: Parameters) -> None:
        """Let nothing be near this combination any more."""
        if self._places is not None:
            self._free[self._rows[self._space.key(made)]] = False

    def nearest(self, place: Mapping[str, Any]) -> Parameters | None:
        """Return the nearest combination that is possible and not taken.

        Near is the sum over the axes: of numbers, the share of the axis that lies between, and of
        choices, 1 if they differ. In a space too large to look through, the one at that place, if
        it is possible.
        """
        if self._places is None:
            return self._space.make(
                {name: values[place[name]] for name, values in self._values.items()}
            )
        if not self._free.any():
            return None
        here = np.array([place[name] for name in self._values], np.int64)
        away = np.abs(self._places - here)
        distance = np.where(self._ordered, away / self._lengths, away > 0).sum(axis=1)
        return self._made[int(np.where(self._free, distance, np.inf).argmin())]


def _are_numbers(values: tuple[Any, ...]) -> bool:
    return all(isinstance(value, int | float) for value in values)
