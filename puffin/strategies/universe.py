"""Strategies that look at many symbols at once and say how much of each to hold."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, TypeAlias

import numpy as np
from typing_extensions import TypeVar, override

from puffin.errors import ParameterError
from puffin.strategies.base import Parameters, Rule

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from puffin.data.universe import Universe
    from puffin.strategies.base import Needs

    Floats: TypeAlias = NDArray[np.float64]

P_co = TypeVar("P_co", bound=Parameters, default=Parameters, covariant=True)
ROUNDING = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """Something a strategy looks at: one value a row and symbol [n, k], NaN where not known.

    `is_ranked` tells whether the largest value of a row is its first choice.
    """

    title: str
    values: Floats
    is_ranked: bool = False


class UniverseStrategy(Rule[P_co]):
    """A rule that turns the prices of many symbols into weights.

    `weights` sees all rows at once but must decide each on that row and those before it, like a
    `Strategy`.
    """

    needs: ClassVar[Needs] = "many symbols"

    @abstractmethod
    def weights(self, universe: Universe) -> Floats:
        """Return the weight of each symbol at every close [n, k].

        A weight is a share of the money that may be used: 1 all of it, -1 all of it short. The
        absolute weights of a row add up to 1 at most. NaN is nothing new: what was wanted of that
        symbol before stays.
        """

    def seen(self, universe: Universe) -> tuple[Seen, ...]:
        """Return what it looks at, for the question why."""
        del universe
        return ()

    def notes(self, universe: Universe) -> tuple[str, ...]:  # noqa: ARG002 - for those that have any
        """Return what a reader of the result should know about this universe, in sentences."""
        return ()


def checked(title: str, weights: Floats, universe: Universe) -> Floats:
    """Return the weights, or refuse them.

    Raises:
        ParameterError: They have the wrong shape, or a row adds up to more than 1.
    """
    if weights.shape != universe.mask.shape:
        raise ParameterError(
            f"{title} gave weights of shape {weights.shape}; {len(universe)} rows of "
            f"{len(universe.symbols)} symbols are needed."
        )
    gross = np.nansum(np.abs(weights), axis=1)
    worst = int(gross.argmax()) if len(gross) else 0
    if len(gross) and not gross[worst] <= 1 + ROUNDING:
        raise ParameterError(
            f"{title}: the weights of row {worst + 1} add up to {gross[worst]:.0%}, more than all "
            "the money.",
            hint="Leverage belongs into the settings of the backtest.",
        )
    return weights


class EqualWeight(UniverseStrategy):
    """The same share of every symbol that has a price; what most others are measured against.

    Formula: 1 / number of symbols that traded until now. DeMiguel, Garlappi and Uppal (2009)
    found it hard to beat out of sample.
    """

    id: ClassVar[str] = "equal_weight"
    title: ClassVar[str] = "Equal weight"
    summary: ClassVar[str] = "Holds the same share of every symbol."

    @property
    @override
    def warm_up(self) -> int:
        return 1

    @override
    def weights(self, universe: Universe) -> Floats:
        known = np.logical_or.accumulate(universe.mask, axis=0)
        count = known.sum(axis=1, keepdims=True)
        return np.where(known, 1.0 / np.maximum(count, 1), 0.0)
