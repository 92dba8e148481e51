"""MACD trend: hold what gathers speed, as two exponential averages drift apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np
from pydantic import Field, field_validator
from typing_extensions import override

from puffin.strategies.base import Condition, Parameters, Reading, Signals, Strategy
from puffin.strategies.parts import EQUAL, settling_exponential, study, unready

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TypeAlias

    from numpy.typing import NDArray
    from pydantic import ValidationInfo

    from puffin.data.bars import Bars
    from puffin.strategies.base import ParametersType

    Floats: TypeAlias = NDArray[np.float64]
    Flags: TypeAlias = NDArray[np.bool_]


class MacdTrendParameters(Parameters):
    """What can be set of the MACD trend strategy."""

    fast: int = Field(
        default=12,
        ge=2,
        le=100,
        title="Fast window",
        description="Bars of the fast average; must be fewer than the slow window.",
        json_schema_extra={"step": 2},
    )
    slow: int = Field(
        default=26,
        ge=3,
        le=200,
        title="Slow window",
        description="Bars of the slow average.",
        json_schema_extra={"step": 5},
    )
    signal: int = Field(
        default=9,
        ge=2,
        le=50,
        title="Signal window",
        description="Bars of the average of MACD itself.",
        json_schema_extra={"step": 2},
    )
    zero: bool = Field(
        default=False,
        title="Beyond zero only",
        description="Hold only while the fast average is above the slow one too.",
    )
    long_only: bool = Field(
        default=True,
        title="Long only",
        description="Hold nothing, instead of selling short, while it falls.",
        json_schema_extra={"used_if": {"allow_short": [True]}},
    )

    @field_validator("slow")
    @classmethod
    def _slower_than_fast(cls, value: int, info: ValidationInfo) -> int:
        fast = info.data.get("fast")
        if fast is not None and value <= fast:
            raise ValueError(
                f"The fast window ({fast}) must be smaller than the slow window ({value})."
            )
        return value


class MacdTrend(Strategy[MacdTrendParameters]):
    """Long while MACD is above its signal line, short or out while it is below.

    Formula: MACD = EMA(fast) - EMA(slow) of closes, signal = EMA of MACD (Appel, 1979; Technical
    Analysis: Power Tools for Active Investors, 2005). It turns sooner than the averages
    themselves, and more often for nothing; `zero` asks that the trend is on its side as well.
    The averages remember their first bar, so they count only once they have all but forgotten it.
    """

    id: ClassVar[str] = "macd_trend"
    title: ClassVar[str] = "MACD trend"
    summary: ClassVar[str] = "Holds what gathers speed: MACD above its signal line."
    Parameters: ClassVar[ParametersType] = MacdTrendParameters
    grid: ClassVar[Mapping[str, tuple[object, ...]]] = {
        "fast": (8, 12),
        "slow": (21, 26, 35),
        "signal": (5, 9),
        "zero": (False, True),
    }

    @property
    @override
    def warm_up(self) -> int:
        chosen = self.parameters
        settled = settling_exponential(max(chosen.slow, chosen.signal))
        return chosen.slow + chosen.signal - 1 + settled

    @override
    def signals(self, bars: Bars) -> Signals:
        rises, falls = self._sides(bars)
        target = np.where(rises, 1.0, 0.0)
        if not self.parameters.long_only:
            target = np.where(falls, -1.0, target)
        return Signals(unready(target, self.warm_up))

    @override
    def readings(self, bars: Bars) -> tuple[Reading, ...]:
        found = self._lines(bars)
        return (
            Reading("MACD", found["value"]),
            Reading("Signal", found["signal"]),
            Reading("Gap", found["bars"]),
        )

    @override
    def conditions(self, bars: Bars) -> tuple[Condition, ...]:
        rises, falls = self._sides(bars)
        known = ~np.isnan(self._lines(bars)["bars"])
        zero = self.parameters.zero
        up = "MACD above its signal line" + (" and above zero" if zero else "")
        found = (
            Condition(up, rises, "entry long"),
            Condition(f"Not: {up}", known & ~rises, "exit long"),
        )
        if self.parameters.long_only:
            return found
        down = up.replace("above", "below")
        return (
            *found,
            Condition(down, falls, "entry short"),
            Condition(f"Not: {down}", known & ~falls, "exit short"),
        )

    @override
    def strength(self, bars: Bars) -> Floats:
        """Return the gap as a share of MACD and its signal line together."""
        found = self._lines(bars)
        whole = np.abs(found["value"]) + np.abs(found["signal"])
        gap = np.abs(found["bars"])
        return np.asarray(np.divide(gap, whole, where=whole > 0, out=0 * whole), np.float64)

    def _lines(self, bars: Bars) -> dict[str, Floats]:
        chosen = self.parameters
        found = study("macd", bars, fast=chosen.fast, slow=chosen.slow, signal=chosen.signal)
        return {name: unready(values, self.warm_up) for name, values in found.items()}

    def _sides(self, bars: Bars) -> tuple[Flags, Flags]:
        """Return where it rises and where it falls, by more than rounding."""
        found, rounding = self._lines(bars), EQUAL * bars.close
        rises, falls = found["bars"] > rounding, found["bars"] < -rounding
        if self.parameters.zero:
            rises, falls = rises & (found["value"] > rounding), falls & (found["value"] < -rounding)
        return rises, falls
