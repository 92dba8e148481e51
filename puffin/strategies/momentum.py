"""Momentum: hold what rises, as two moving averages tell."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from pydantic import Field, field_validator
from typing_extensions import override

from puffin.factors.trend import ema, sma
from puffin.strategies.base import Condition, Parameters, Reading, Signals, Strategy
from puffin.strategies.parts import EQUAL, settling_exponential, unready

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TypeAlias

    from numpy.typing import NDArray
    from pydantic import ValidationInfo

    from puffin.data.bars import Bars
    from puffin.strategies.base import ParametersType

    Floats: TypeAlias = NDArray[np.float64]


class Average(StrEnum):
    """Kinds of moving average."""

    SMA = "sma"
    EMA = "ema"


class MomentumParameters(Parameters):
    """What can be set of the momentum strategy."""

    short: int = Field(
        default=20,
        ge=2,
        le=200,
        title="Short window",
        description="Bars of the fast average; must be fewer than the long window.",
        json_schema_extra={"step": 5},
    )
    long: int = Field(
        default=50,
        ge=3,
        le=500,
        title="Long window",
        description="Bars of the slow average.",
        json_schema_extra={"step": 10},
    )
    ma: Average = Field(
        default=Average.SMA,
        title="Moving average",
        description="Simple (sma), or exponential (ema), which weighs recent prices more.",
    )
    threshold: float = Field(
        default=0.0,
        ge=0,
        le=0.2,
        title="Threshold",
        description="How far apart the averages must be, as a share of the slow one: 0.01 is 1 %.",
        json_schema_extra={"step": 0.005},
    )
    long_only: bool = Field(
        default=True,
        title="Long only",
        description="Hold nothing, instead of selling short, while prices fall.",
        json_schema_extra={"used_if": {"allow_short": [True]}},
    )

    @field_validator("long")
    @classmethod
    def _longer_than_short(cls, value: int, info: ValidationInfo) -> int:
        short = info.data.get("short")
        if short is not None and value <= short:
            raise ValueError(
                f"The short window ({short}) must be smaller than the long window ({value})."
            )
        return value


class Momentum(Strategy[MomentumParameters]):
    """Long while the fast average is above the slow one, short or out while it is below.

    Formula: spread = (fast - slow) / slow; +1 above the threshold, -1 below minus it, else 0.
    It earns in long trends and loses a little, often, in markets that go sideways; a threshold
    or longer windows trade less.

    An exponential average remembers its first bar, so it counts only once it has all but
    forgotten it.
    """

    id: ClassVar[str] = "momentum"
    title: ClassVar[str] = "Momentum"
    summary: ClassVar[str] = "Holds what rises: a fast moving average above a slow one."
    Parameters: ClassVar[ParametersType] = MomentumParameters
    grid: ClassVar[Mapping[str, tuple[object, ...]]] = {
        "short": (5, 10, 20),
        "long": (20, 50, 100),
        "ma": (Average.SMA, Average.EMA),
    }

    @property
    @override
    def warm_up(self) -> int:
        chosen = self.parameters
        if chosen.ma is Average.SMA:
            return chosen.long
        return chosen.long + settling_exponential(chosen.long)

    @override
    def signals(self, bars: Bars) -> Signals:
        spread, apart = self._spread(bars), self._apart
        target = np.where(spread > apart, 1.0, 0.0)
        if not self.parameters.long_only:
            target = np.where(spread < -apart, -1.0, target)
        return Signals(np.where(np.isnan(spread), np.nan, target))

    @override
    def readings(self, bars: Bars) -> tuple[Reading, ...]:
        chosen, kind = self.parameters, self.parameters.ma.upper()
        fast, slow = self._averages(bars)
        return (
            Reading(f"{kind} {chosen.short}", fast, "price"),
            Reading(f"{kind} {chosen.long}", slow, "price"),
            Reading("Spread", (fast - slow) / slow),
        )

    @override
    def conditions(self, bars: Bars) -> tuple[Condition, ...]:
        chosen, spread, apart = self.parameters, self._spread(bars), self._apart
        far = f" by more than {chosen.threshold:.2%}" if chosen.threshold else ""
        over = f"{chosen.ma.upper()} {chosen.short} above {chosen.ma.upper()} {chosen.long}{far}"
        found = (
            Condition(over, spread > apart, "entry long"),
            Condition(f"Not: {over}", spread <= apart, "exit long"),
        )
        if chosen.long_only:
            return found
        under = over.replace("above", "below")
        return (
            *found,
            Condition(under, spread < -apart, "entry short"),
            Condition(f"Not: {under}", spread >= -apart, "exit short"),
        )

    @override
    def strength(self, bars: Bars) -> Floats:
        return np.minimum(np.abs(self._spread(bars)), 1.0)

    @property
    def _apart(self) -> float:
        return max(self.parameters.threshold, EQUAL)

    def _averages(self, bars: Bars) -> tuple[Floats, Floats]:
        chosen = self.parameters
        average = sma if chosen.ma is Average.SMA else ema
        return average(bars.close, chosen.short), average(bars.close, chosen.long)

    def _spread(self, bars: Bars) -> Floats:
        fast, slow = self._averages(bars)
        return unready((fast - slow) / slow, self.warm_up)
