"""Bollinger squeeze: after a rare calm, follow the first move out of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np
from pydantic import Field
from typing_extensions import override

from puffin.strategies.base import Condition, Parameters, Reading, Signals, Strategy
from puffin.strategies.parts import above, latched, study, unready

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TypeAlias

    from numpy.typing import NDArray

    from puffin.data.bars import Bars
    from puffin.strategies.base import ParametersType

    Floats: TypeAlias = NDArray[np.float64]
    Flags: TypeAlias = NDArray[np.bool_]


class SqueezeParameters(Parameters):
    """What can be set of the Bollinger squeeze strategy."""

    window: int = Field(
        default=20,
        ge=5,
        le=200,
        title="Window",
        description="Bars of the bands.",
        json_schema_extra={"step": 5},
    )
    deviations: float = Field(
        default=2.0,
        ge=0.5,
        le=4,
        title="Deviations",
        description="How far the bands are from their average.",
        json_schema_extra={"step": 0.5},
    )
    lookback: int = Field(
        default=125,
        ge=20,
        le=500,
        title="Calm of",
        description="The bands are squeezed when they are the narrowest of this many bars.",
        json_schema_extra={"step": 25},
    )
    patience: int = Field(
        default=10,
        ge=1,
        le=50,
        title="Patience",
        description="Bars after a squeeze within which the price must break out.",
        json_schema_extra={"step": 5},
    )
    long_only: bool = Field(
        default=True,
        title="Long only",
        description="Do not sell short what breaks out below.",
        json_schema_extra={"used_if": {"allow_short": [True]}},
    )


class Squeeze(Strategy[SqueezeParameters]):
    """Long from a close above the upper band soon after a squeeze, until below the average.

    Formula: width = (upper - lower) / average; squeezed when it is the smallest of `lookback` bars.
    Long from C > upper within `patience` bars after that, until C < average; short the other way
    round (Bollinger, Bollinger on Bollinger Bands, 2001, chapter on the squeeze: width at its
    lowest of six months). It trades rarely; the first move out of a calm is often a false one.
    """

    id: ClassVar[str] = "squeeze"
    title: ClassVar[str] = "Bollinger squeeze"
    summary: ClassVar[str] = "Follows the first move out of a rare calm."
    Parameters: ClassVar[ParametersType] = SqueezeParameters
    grid: ClassVar[Mapping[str, tuple[object, ...]]] = {
        "window": (10, 20, 30),
        "deviations": (1.5, 2.0, 2.5),
        "lookback": (60, 125),
    }

    @property
    @override
    def warm_up(self) -> int:
        chosen = self.parameters
        return chosen.window + chosen.lookback - 1 + chosen.patience

    @override
    def signals(self, bars: Bars) -> Signals:
        bands, calm = self._bands(bars), self._calm_before(bars)
        close, middle = bars.close, bands["middle"]
        target = latched(calm & above(close, bands["upper"]), above(middle, close))
        if not self.parameters.long_only:
            target -= latched(calm & above(bands["lower"], close), above(close, middle))
        return Signals(unready(target, self.warm_up))

    @override
    def readings(self, bars: Bars) -> tuple[Reading, ...]:
        bands = self._bands(bars)
        width = self._width(bars)
        return (
            Reading("Upper band", bands["upper"], "price"),
            Reading("Average", bands["middle"], "price"),
            Reading("Lower band", bands["lower"], "price"),
            Reading("Width", width),
            Reading(f"Narrowest of {self.parameters.lookback} bars", self._narrowest(width)),
        )

    @override
    def conditions(self, bars: Bars) -> tuple[Condition, ...]:
        bands, calm = self._bands(bars), self._calm_before(bars)
        close, middle = bars.close, bands["middle"]
        recent = f"squeezed within the {self.parameters.patience} bars before"
        up, down = above(close, bands["upper"]), above(bands["lower"], close)
        found = (
            Condition(recent.capitalize(), calm),
            Condition("Close above the upper band", up),
            Condition(f"Close above the upper band, {recent}", calm & up, "entry long"),
            Condition("Close below the average", above(middle, close), "exit long"),
        )
        if self.parameters.long_only:
            return found
        return (
            *found,
            Condition("Close below the lower band", down),
            Condition(f"Close below the lower band, {recent}", calm & down, "entry short"),
            Condition("Close above the average", above(close, middle), "exit short"),
        )

    @override
    def strength(self, bars: Bars) -> Floats:
        """Return how far the close is from the average; the bands are 1."""
        bands = self._bands(bars)
        reach = bands["upper"] - bands["middle"]
        place = np.abs(bars.close - bands["middle"])
        return np.minimum(np.divide(place, reach, where=reach > 0, out=0 * reach), 1.0)

    def _bands(self, bars: Bars) -> dict[str, Floats]:
        chosen = self.parameters
        return study("bollinger", bars, window=chosen.window, deviations=chosen.deviations)

    def _width(self, bars: Bars) -> Floats:
        bands = self._bands(bars)
        return (bands["upper"] - bands["lower"]) / bands["middle"]

    def _narrowest(self, width: Floats) -> Floats:
        from puffin.factors.library import call

        return call("MIN", [width], [self.parameters.lookback])[0]

    def _calm_before(self, bars: Bars) -> Flags:
        """Return where one of the last bars, this one not among them, was squeezed."""
        width = self._width(bars)
        squeezed = np.flatnonzero(width <= self._narrowest(width))
        at = np.arange(len(width))
        latest = np.searchsorted(squeezed, at) - 1  # the last one strictly before
        known = latest >= 0
        since = at - np.where(known, squeezed[np.maximum(latest, 0)] if len(squeezed) else 0, 0)
        return known & (since <= self.parameters.patience)
