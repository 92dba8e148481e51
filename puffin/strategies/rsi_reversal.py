"""RSI reversal: buy when selling has exhausted itself, as the relative strength index tells."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np
from pydantic import Field, field_validator
from typing_extensions import override

from puffin.strategies.base import Condition, Parameters, Reading, Signals, Strategy
from puffin.strategies.parts import before, latched, settling_wilder, study, unready

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TypeAlias

    from numpy.typing import NDArray
    from pydantic import ValidationInfo

    from puffin.data.bars import Bars
    from puffin.strategies.base import ParametersType

    Floats: TypeAlias = NDArray[np.float64]
    Flags: TypeAlias = NDArray[np.bool_]

MIDDLE = 50.0
FULL = 100.0


class RsiReversalParameters(Parameters):
    """What can be set of the RSI reversal strategy."""

    window: int = Field(
        default=14,
        ge=2,
        le=100,
        title="Window",
        description="Bars of the relative strength index.",
        json_schema_extra={"step": 7},
    )
    oversold: float = Field(
        default=30.0,
        ge=5,
        le=45,
        title="Oversold",
        description="Buy when the index comes back above this.",
        json_schema_extra={"step": 5},
    )
    overbought: float = Field(
        default=70.0,
        ge=55,
        le=95,
        title="Overbought",
        description="Sell short when the index falls back below this.",
        json_schema_extra={"step": 5, "used_if": {"long_only": [False]}},
    )
    exit: float = Field(
        default=55.0,
        ge=30,
        le=90,
        title="Exit",
        description="Sell when the index is this high; short positions end at 100 less this.",
        json_schema_extra={"step": 5},
    )
    long_only: bool = Field(
        default=True,
        title="Long only",
        description="Do not sell short what was overbought.",
        json_schema_extra={"used_if": {"allow_short": [True]}},
    )

    @field_validator("exit")
    @classmethod
    def _between_the_levels(cls, value: float, info: ValidationInfo) -> float:
        oversold, overbought = info.data.get("oversold"), info.data.get("overbought")
        if oversold is None or overbought is None:
            return value
        if not oversold < value <= overbought:
            raise ValueError(
                f"The exit ({value:g}) must be above the oversold level ({oversold:g}), "
                f"and no higher than the overbought one ({overbought:g})."
            )
        if not oversold <= FULL - value < overbought:
            raise ValueError(
                f"Short positions end at {FULL - value:g}, which must be below the overbought "
                f"level ({overbought:g}), and no lower than the oversold one ({oversold:g})."
            )
        return value


class RsiReversal(Strategy[RsiReversalParameters]):
    """Long once the index comes back from oversold until it is high; short the other way round.

    Formula: Wilder's RSI (New Concepts in Technical Trading Systems, 1978). Long from RSI crossing
    above `oversold` until RSI >= `exit`; short from RSI crossing below `overbought` until
    RSI <= 100 - `exit`. It earns while prices swing and has no stop: a fall that goes on is held.
    The index remembers its first bar, so it counts only once it has all but forgotten it.
    """

    id: ClassVar[str] = "rsi_reversal"
    title: ClassVar[str] = "RSI reversal"
    summary: ClassVar[str] = "Buys when the relative strength index comes back from oversold."
    Parameters: ClassVar[ParametersType] = RsiReversalParameters
    grid: ClassVar[Mapping[str, tuple[object, ...]]] = {
        "window": (7, 14, 21),
        "oversold": (20.0, 25.0, 30.0),
        "exit": (50.0, 55.0, 60.0),
    }

    @property
    @override
    def warm_up(self) -> int:
        # One bar for the first change, and one to have something to cross from.
        return self.parameters.window + 2 + settling_wilder(self.parameters.window)

    @override
    def signals(self, bars: Bars) -> Signals:
        (buys, sells), (shorts, covers) = self._turns(self._index(bars))
        target = latched(buys, sells)
        if not self.parameters.long_only:
            target -= latched(shorts, covers)
        return Signals(unready(target, self.warm_up))

    @override
    def readings(self, bars: Bars) -> tuple[Reading, ...]:
        return (Reading(f"RSI {self.parameters.window}", self._index(bars)),)

    @override
    def conditions(self, bars: Bars) -> tuple[Condition, ...]:
        chosen = self.parameters
        (buys, sells), (shorts, covers) = self._turns(self._index(bars))
        name = f"RSI {chosen.window}"
        found = (
            Condition(f"{name} crosses above {chosen.oversold:g}", buys, "entry long"),
            Condition(f"{name} at {chosen.exit:g} or above", sells, "exit long"),
        )
        if chosen.long_only:
            return found
        return (
            *found,
            Condition(f"{name} crosses below {chosen.overbought:g}", shorts, "entry short"),
            Condition(f"{name} at {FULL - chosen.exit:g} or below", covers, "exit short"),
        )

    @override
    def strength(self, bars: Bars) -> Floats:
        """Return how far the index is from its middle; 0 and 100 are 1."""
        return np.abs(self._index(bars) - MIDDLE) / MIDDLE

    def _index(self, bars: Bars) -> Floats:
        # The first value that counts is the one that the first decision crosses from.
        return unready(study("rsi", bars, window=self.parameters.window)["value"], self.warm_up - 1)

    def _turns(self, index: Floats) -> tuple[tuple[Flags, Flags], tuple[Flags, Flags]]:
        """Return where long and short positions begin and end."""
        chosen, earlier = self.parameters, before(index)
        buys = (earlier <= chosen.oversold) & (index > chosen.oversold)
        shorts = (earlier >= chosen.overbought) & (index < chosen.overbought)
        return (buys, index >= chosen.exit), (shorts, index <= FULL - chosen.exit)
