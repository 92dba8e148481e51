"""Mean reversion: buy what fell far below its average, and wait for it to come back."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from pydantic import Field, field_validator
from typing_extensions import override

from puffin.factors.trend import sma
from puffin.strategies.base import Condition, Parameters, Reading, Signals, Strategy
from puffin.strategies.parts import latched

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TypeAlias

    from numpy.typing import NDArray
    from pydantic import ValidationInfo

    from puffin.data.bars import Bars
    from puffin.strategies.base import ParametersType

    Floats: TypeAlias = NDArray[np.float64]

BAND = 0.5  # deviations around the exit in which the price counts as back
ROWS_AT_ONCE = 20_000  # keeps the windows of a long history within a few megabytes
FLAT = 1e-12  # a spread this small against the price is rounding: the price did not move


class MeanReversionParameters(Parameters):
    """What can be set of the mean reversion strategy."""

    window: int = Field(
        default=20,
        ge=5,
        le=250,
        title="Window",
        description="Bars of the average and the deviation.",
        json_schema_extra={"step": 10},
    )
    zscore_entry: float = Field(
        default=-2.0,
        ge=-5,
        le=-0.75,
        title="Entry",
        description="Buy this many deviations from the average; negative is below it.",
        json_schema_extra={"step": 0.5},
    )
    zscore_exit: float = Field(
        default=0.0,
        ge=-2,
        le=2,
        title="Exit",
        description="Leave within half a deviation of here, or beyond; 0 is the average.",
        json_schema_extra={"step": 0.25},
    )
    long_only: bool = Field(
        default=True,
        title="Long only",
        description="Do not sell short what rose far above its average.",
        json_schema_extra={"used_if": {"allow_short": [True]}},
    )

    @field_validator("zscore_exit")
    @classmethod
    def _inside_the_entry(cls, value: float, info: ValidationInfo) -> float:
        entry = info.data.get("zscore_entry")
        if entry is not None and abs(value) + BAND >= -entry:
            raise ValueError(
                f"The exit ({value:g}) must be more than half a deviation closer to the average "
                f"than the entry ({entry:g})."
            )
        return value


class MeanReversion(Strategy[MeanReversionParameters]):
    """Long from far below the average until the price is back; short the other way round.

    Formula: z = (close - mean) / deviation over the window (n - 1). Long from z <= entry until
    z >= exit - 0.5; short from z >= -entry until z <= -exit + 0.5; between the two it holds what
    it has. It earns in markets that swing around a level and loses when a fall goes on.
    """

    id: ClassVar[str] = "mean_reversion"
    title: ClassVar[str] = "Mean reversion"
    summary: ClassVar[str] = "Buys what fell far below its average and sells when it is back."
    Parameters: ClassVar[ParametersType] = MeanReversionParameters
    grid: ClassVar[Mapping[str, tuple[object, ...]]] = {
        "window": (10, 20, 30),
        "zscore_entry": (-2.5, -2.0, -1.5),
    }

    @property
    @override
    def warm_up(self) -> int:
        return self.parameters.window

    @override
    def signals(self, bars: Bars) -> Signals:
        chosen = self.parameters
        z = zscore(bars.close, chosen.window)
        target = latched(z <= chosen.zscore_entry, z >= chosen.zscore_exit - BAND)
        if not chosen.long_only:
            target -= latched(z >= -chosen.zscore_entry, z <= BAND - chosen.zscore_exit)
        return Signals(np.where(np.isnan(z), np.nan, target))

    @override
    def readings(self, bars: Bars) -> tuple[Reading, ...]:
        window = self.parameters.window
        return (
            Reading(f"Average of {window} bars", sma(bars.close, window), "price"),
            Reading("Deviations from the average", zscore(bars.close, window)),
        )

    @override
    def conditions(self, bars: Bars) -> tuple[Condition, ...]:
        chosen = self.parameters
        z = zscore(bars.close, chosen.window)
        entry, leave = chosen.zscore_entry, chosen.zscore_exit - BAND
        found = (
            Condition(f"{entry:g} deviations or lower", z <= entry, "entry long"),
            Condition(f"Back at {leave:g} deviations or higher", z >= leave, "exit long"),
        )
        if chosen.long_only:
            return found
        return (
            *found,
            Condition(f"{-entry:g} deviations or higher", z >= -entry, "entry short"),
            Condition(f"Back at {-leave:g} deviations or lower", z <= -leave, "exit short"),
        )

    @override
    def strength(self, bars: Bars) -> Floats:
        chosen = self.parameters
        z = zscore(bars.close, chosen.window)
        return np.minimum(np.abs(z) / (2 * -chosen.zscore_entry), 1.0)


def zscore(values: Floats, window: int) -> Floats:
    """Return how many deviations each value is from the mean of its window; NaN until full.

    A value that did not move at all is at its mean: 0.
    """
    z = np.full(len(values), np.nan)
    for start in range(window - 1, len(values), ROWS_AT_ONCE):
        stop = min(start + ROWS_AT_ONCE, len(values))
        rows = sliding_window_view(values[start - window + 1 : stop], window)
        mean, deviation = rows.mean(axis=1), rows.std(axis=1, ddof=1)
        moved = deviation > FLAT * np.abs(mean)
        distance = values[start:stop] - mean
        z[start:stop] = np.divide(distance, deviation, out=np.zeros(stop - start), where=moved)
    return z
