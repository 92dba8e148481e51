"""Breakout: buy what closes above everything it did of late, as Donchian's channel shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np
from pydantic import Field, field_validator
from typing_extensions import override

from puffin.strategies.base import Condition, Parameters, Reading, Signals, Strategy
from puffin.strategies.parts import before, latched, study, unready

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TypeAlias

    from numpy.typing import NDArray
    from pydantic import ValidationInfo

    from puffin.data.bars import Bars
    from puffin.strategies.base import ParametersType

    Floats: TypeAlias = NDArray[np.float64]


class BreakoutParameters(Parameters):
    """What can be set of the breakout strategy."""

    entry: int = Field(
        default=20,
        ge=5,
        le=250,
        title="Entry window",
        description="Bars whose highest price the close must beat.",
        json_schema_extra={"step": 5},
    )
    exit: int = Field(
        default=10,
        ge=2,
        le=250,
        title="Exit window",
        description="Bars whose lowest price ends the position; no more than the entry window.",
        json_schema_extra={"step": 5},
    )
    long_only: bool = Field(
        default=True,
        title="Long only",
        description="Do not sell short what closes below its lowest price.",
        json_schema_extra={"used_if": {"allow_short": [True]}},
    )

    @field_validator("exit")
    @classmethod
    def _no_longer_than_the_entry(cls, value: int, info: ValidationInfo) -> int:
        entry = info.data.get("entry")
        if entry is not None and value > entry:
            raise ValueError(
                f"The exit window ({value}) must not be longer than the entry window ({entry})."
            )
        return value


class Breakout(Strategy[BreakoutParameters]):
    """Long from a close above the highest high of the bars before, until below their lowest low.

    Formula: long from C > max(H of the `entry` bars before) until C < min(L of the `exit` bars
    before); short the other way round. Donchian's four-week rule with a nearer exit, as the
    Turtles traded it (20 and 10 days; Faith, Way of the Turtle, 2007). It earns in long trends and
    loses a little, often, when the price breaks out and comes back.
    """

    id: ClassVar[str] = "breakout"
    title: ClassVar[str] = "Breakout"
    summary: ClassVar[str] = "Buys a close above the highest price of the last weeks."
    Parameters: ClassVar[ParametersType] = BreakoutParameters
    grid: ClassVar[Mapping[str, tuple[object, ...]]] = {
        "entry": (20, 50, 100),
        "exit": (10, 20, 50),
    }

    @property
    @override
    def warm_up(self) -> int:
        return max(self.parameters.entry, self.parameters.exit) + 1

    @override
    def signals(self, bars: Bars) -> Signals:
        highest, lowest, nearest_low, nearest_high = self._channels(bars)
        close = bars.close
        target = latched(close > highest, close < nearest_low)
        if not self.parameters.long_only:
            target -= latched(close < lowest, close > nearest_high)
        return Signals(unready(target, self.warm_up))

    @override
    def readings(self, bars: Bars) -> tuple[Reading, ...]:
        chosen = self.parameters
        highest, lowest, nearest_low, nearest_high = self._channels(bars)
        found = (
            Reading(f"Highest of {chosen.entry} bars before", highest, "price"),
            Reading(f"Lowest of {chosen.exit} bars before", nearest_low, "price"),
        )
        if chosen.long_only:
            return found
        return (
            *found,
            Reading(f"Lowest of {chosen.entry} bars before", lowest, "price"),
            Reading(f"Highest of {chosen.exit} bars before", nearest_high, "price"),
        )

    @override
    def conditions(self, bars: Bars) -> tuple[Condition, ...]:
        chosen, close = self.parameters, bars.close
        highest, lowest, nearest_low, nearest_high = self._channels(bars)
        high, low = f"the highest of {chosen.entry}", f"the lowest of {chosen.exit}"
        found = (
            Condition(f"Close above {high} bars before", close > highest, "entry long"),
            Condition(f"Close below {low} bars before", close < nearest_low, "exit long"),
        )
        if chosen.long_only:
            return found
        high, low = f"the highest of {chosen.exit}", f"the lowest of {chosen.entry}"
        return (
            *found,
            Condition(f"Close below {low} bars before", close < lowest, "entry short"),
            Condition(f"Close above {high} bars before", close > nearest_high, "exit short"),
        )

    @override
    def strength(self, bars: Bars) -> Floats:
        """Return how far the close is from the middle of the channel; its edges are 1."""
        highest, lowest, _, _ = self._channels(bars)
        width = highest - lowest
        place = np.divide(2 * bars.close - highest - lowest, width, where=width > 0, out=0 * width)
        return np.minimum(np.abs(place), 1.0)

    def _channels(self, bars: Bars) -> tuple[Floats, Floats, Floats, Floats]:
        """Return the wide channel, and the near low and high; all of the bars before."""
        wide = study("donchian", bars, window=self.parameters.entry)
        near = study("donchian", bars, window=self.parameters.exit)
        return (
            before(wide["upper"]),
            before(wide["lower"]),
            before(near["lower"]),
            before(near["upper"]),
        )
