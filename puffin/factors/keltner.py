"""Keltner's channel: an average, and some average ranges to either side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from pydantic import Field

from puffin.factors.base import Group, Indicator, Output, Pane, Parameters
from puffin.factors.library import call

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from puffin.data.bars import Bars

    Floats: TypeAlias = NDArray[np.float64]


class KeltnerParameters(Parameters):
    """The windows of average and range, and how far the channel is wide."""

    window: int = Field(default=20, ge=2, le=2_000, title="Window", json_schema_extra={"step": 1})
    range_window: int = Field(
        default=10, ge=1, le=2_000, title="Range window", json_schema_extra={"step": 1}
    )
    ranges: float = Field(
        default=2.0, ge=0.1, le=10, title="Ranges", json_schema_extra={"step": 0.1}
    )


def keltner(bars: Bars, parameters: KeltnerParameters) -> dict[str, Floats]:
    """Return the exponential average of closes, and Wilder's average true ranges around it.

    As Raschke draws it; Keltner himself averaged typical prices and plain ranges (1960).
    """
    middle = call("EMA", [bars.close], [parameters.window])[0]
    true_range = call("ATR", [bars.high, bars.low, bars.close], [parameters.range_window])[0]
    reach = parameters.ranges * true_range
    return {"upper": middle + reach, "middle": middle + 0 * reach, "lower": middle - reach}


def _warm_up(parameters: KeltnerParameters) -> int:
    return max(parameters.window - 1, parameters.range_window)


KELTNER: Final = Indicator(
    id="keltner",
    title="Keltner channel",
    group=Group.BAND,
    inputs=("high", "low", "close"),
    Parameters=KeltnerParameters,
    outputs=(Output("upper", "Upper"), Output("middle", "Middle"), Output("lower", "Lower")),
    pane=Pane.PRICE,
    compute=keltner,
    lasting=_warm_up,
)
