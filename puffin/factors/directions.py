"""Indicators of several parts that traders read together: Ichimoku's cloud, and directions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np
from pydantic import Field

from puffin.factors.base import Group, Indicator, Output, Pane, Parameters
from puffin.factors.library import call
from puffin.factors.windows import delayed

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from puffin.data.bars import Bars

    Floats: TypeAlias = NDArray[np.float64]

LONGEST: Final = 2_000


class IchimokuParameters(Parameters):
    """Over how many bars each line looks, and how far the cloud is moved."""

    conversion: int = Field(default=9, ge=2, le=LONGEST, title="Conversion line")
    base: int = Field(default=26, ge=2, le=LONGEST, title="Base line")
    span: int = Field(default=52, ge=2, le=LONGEST, title="Slow edge of the cloud")
    shift: int = Field(
        default=26,
        ge=0,
        le=500,
        title="Shift",
        description="The cloud at a bar is that of so many bars before",
    )


class DirectionParameters(Parameters):
    """Over how many bars movement is averaged."""

    window: int = Field(default=14, ge=2, le=LONGEST, title="Window", json_schema_extra={"step": 1})


def ichimoku(bars: Bars, parameters: IchimokuParameters) -> dict[str, Floats]:
    """Return Hosoda's lines: middles of the highest high and the lowest low of so many bars.

    The cloud lies between the mean of both lines and the middle of the longest span, each as it
    was `shift` bars before. The line drawn behind is left out: at a bar it shows a later close.
    """

    def middle(window: int) -> Floats:
        return call("MIDPRICE", [bars.high, bars.low], [window])[0]

    conversion, base = middle(parameters.conversion), middle(parameters.base)
    fast = delayed((conversion + base) / 2, parameters.shift)
    slow = delayed(middle(parameters.span), parameters.shift)
    found = {"conversion": conversion, "base": base, "fast": fast, "slow": slow}
    return _together(found, _ichimoku_waits(parameters))


def directions(bars: Bars, parameters: DirectionParameters) -> dict[str, Floats]:
    """Return Wilder's average directional index with both indicators it is made of."""
    columns = [bars.high, bars.low, bars.close]
    functions = {"value": "ADX", "up": "PLUS_DI", "down": "MINUS_DI"}
    found = {name: call(each, columns, [parameters.window])[0] for name, each in functions.items()}
    return _together(found, _direction_waits(parameters))


def _together(found: dict[str, Floats], waits: int) -> dict[str, Floats]:
    """Let all lines begin where the last of them does."""
    for name, values in found.items():
        found[name] = values.copy()
        found[name][:waits] = np.nan
    return found


def _ichimoku_waits(parameters: IchimokuParameters) -> int:
    lines = max(parameters.conversion, parameters.base)
    return max(lines, parameters.span) - 1 + parameters.shift


def _direction_waits(parameters: DirectionParameters) -> int:
    return 2 * parameters.window - 1


ICHIMOKU: Final = Indicator(
    id="ichimoku",
    title="Ichimoku’s cloud",
    group=Group.BAND,
    inputs=("high", "low"),
    Parameters=IchimokuParameters,
    outputs=(
        Output("conversion", "Conversion"),
        Output("base", "Base"),
        Output("fast", "Fast edge"),
        Output("slow", "Slow edge"),
    ),
    pane=Pane.PRICE,
    compute=ichimoku,
    lasting=_ichimoku_waits,
)
DIRECTIONS: Final = Indicator(
    id="dmi",
    title="Directional movement",
    group=Group.TREND,
    inputs=("high", "low", "close"),
    Parameters=DirectionParameters,
    outputs=(Output("value", "ADX"), Output("up", "+DI"), Output("down", "−DI")),
    pane=Pane.OWN,
    compute=directions,
    lasting=_direction_waits,
    guides=(25.0,),
)
