"""Volume breakout: buy a new high that many took part in, with a stop some ranges away."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np
from pydantic import Field
from typing_extensions import override

from puffin.strategies.base import Condition, OrderStrategy, Parameters, Reading
from puffin.strategies.orders import Entries, Orders
from puffin.strategies.parts import before, leaving, ready, settling_wilder, study

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TypeAlias

    from numpy.typing import NDArray

    from puffin.data.bars import Bars
    from puffin.strategies.base import ParametersType

    Floats: TypeAlias = NDArray[np.float64]
    Flags: TypeAlias = NDArray[np.bool_]

RANGE_WINDOW = 14
LOWEST_STOP = 0.01  # of the price: a stop below zero is none


class VolumeBreakoutParameters(Parameters):
    """What can be set of the volume breakout strategy."""

    window: int = Field(
        default=20,
        ge=5,
        le=250,
        title="Window",
        description="Bars before, whose high and average volume are to be beaten.",
        json_schema_extra={"step": 5},
    )
    times: float = Field(
        default=2.0,
        ge=1,
        le=10,
        title="Volume",
        description="How many times the average volume the bar must have.",
        json_schema_extra={"step": 0.5},
    )
    stop: float = Field(
        default=2.0,
        ge=0.5,
        le=10,
        title="Stop",
        description="How many average ranges from the close the stop is.",
        json_schema_extra={"step": 0.5},
    )
    hold: int = Field(
        default=20,
        ge=1,
        le=250,
        title="Longest hold",
        description="Bars after which the position is closed in any case.",
        json_schema_extra={"step": 5},
    )
    long_only: bool = Field(
        default=True,
        title="Long only",
        description="Do not sell short what closes at a new low on high volume.",
        json_schema_extra={"used_if": {"allow_short": [True]}},
    )


class VolumeBreakout(OrderStrategy[VolumeBreakoutParameters]):
    """Long from a new high on high volume, until the middle of the channel, a stop, or too long.

    Formula: buy at C > max(H of the `window` bars before) with V >= `times` x their average volume;
    sell at C < the middle of their highs and lows, at the stop C - `stop` x average true range of
    14 bars (Wilder), or after `hold` bars; short the other way round. That volume confirms a
    breakout is old advice (Edwards and Magee, Technical Analysis of Stock Trends, 1948). The range
    remembers its first bar, so it counts only once it has all but forgotten it.
    """

    id: ClassVar[str] = "volume_breakout"
    title: ClassVar[str] = "Volume breakout"
    summary: ClassVar[str] = "Buys a new high on high volume, with a stop some ranges away."
    Parameters: ClassVar[ParametersType] = VolumeBreakoutParameters
    grid: ClassVar[Mapping[str, tuple[object, ...]]] = {
        "window": (10, 20, 50),
        "times": (1.5, 2.0, 3.0),
        "stop": (1.5, 2.0, 3.0),
    }

    @property
    @override
    def warm_up(self) -> int:
        return max(self.parameters.window, RANGE_WINDOW + settling_wilder(RANGE_WINDOW)) + 1

    @override
    def orders(self, bars: Bars) -> Orders:
        chosen, close = self.parameters, bars.close
        enters, leaves = self._sides(bars)
        long, short, exits = leaving(enters, leaves)
        reach = chosen.stop * study("atr", bars, window=RANGE_WINDOW)["value"]
        buy = Entries(
            np.where(long, 1.0, np.nan),
            stop_loss=np.maximum(close - reach, LOWEST_STOP * close),
            hold=chosen.hold,
        )
        sell = Entries(np.where(short, 1.0, np.nan), stop_loss=close + reach, hold=chosen.hold)
        return Orders(buy, None if chosen.long_only else sell, exits)

    @override
    def readings(self, bars: Bars) -> tuple[Reading, ...]:
        upper, middle, lower, average = self._before(bars)
        window = self.parameters.window
        return (
            Reading(f"Highest of {window} bars before", upper, "price"),
            Reading("Middle of the channel", middle, "price"),
            Reading(f"Lowest of {window} bars before", lower, "price"),
            Reading("Volume", bars.volume),
            Reading(f"Average volume of {window} bars before", average),
            Reading("Average true range", study("atr", bars, window=RANGE_WINDOW)["value"]),
        )

    @override
    def conditions(self, bars: Bars) -> tuple[Condition, ...]:
        upper, _, lower, _ = self._before(bars)
        window, times = self.parameters.window, self.parameters.times
        busy, close = self._busy(bars), bars.close
        enters, leaves = self._sides(bars)
        found = (
            Condition(f"Volume at least {times:g} times the average", busy),
            Condition(f"Close above the highest of {window} bars before", close > upper),
            Condition("A new high on high volume", enters[0], "entry long"),
            Condition("Close below the middle of the channel", leaves[0], "exit long"),
        )
        if self.parameters.long_only:
            return found
        return (
            *found,
            Condition(f"Close below the lowest of {window} bars before", close < lower),
            Condition("A new low on high volume", enters[1], "entry short"),
            Condition("Close above the middle of the channel", leaves[1], "exit short"),
        )

    @override
    def strength(self, bars: Bars) -> Floats:
        """Return the volume against what is asked for; twice as much is 1."""
        average = self.parameters.times * self._before(bars)[3]
        ratio = np.divide(bars.volume, 2 * average, where=average > 0, out=0 * average)
        return np.minimum(ratio, 1.0)

    def _before(self, bars: Bars) -> tuple[Floats, Floats, Floats, Floats]:
        """Return the channel and the average volume of the bars before."""
        channel = study("donchian", bars, window=self.parameters.window)
        average = study("volume_average", bars, window=self.parameters.window)["value"]
        upper, middle, lower = (before(channel[name]) for name in ("upper", "middle", "lower"))
        return upper, middle, lower, before(average)

    def _busy(self, bars: Bars) -> Flags:
        average = self._before(bars)[3]
        return (average > 0) & (bars.volume >= self.parameters.times * average)

    def _sides(self, bars: Bars) -> tuple[tuple[Flags, Flags], tuple[Flags, Flags]]:
        """Return where long and short positions are entered, and where they are left."""
        upper, middle, lower, _ = self._before(bars)
        busy, close, warm_up = self._busy(bars), bars.close, self.warm_up
        long, short = ready(busy & (close > upper), warm_up), ready(busy & (close < lower), warm_up)
        if self.parameters.long_only:
            short[:] = False
        return (long, short), (ready(close < middle, warm_up), ready(close > middle, warm_up))
