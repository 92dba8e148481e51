"""Where a standard indicator has no value because nothing moved or nothing was traded.

TA-Lib gives 0 where a quotient is 0 / 0: an RSI or a stochastic of 0 reads as oversold, a Williams
%R of 0 as overbought, though nothing happened. Here such a row is unknown.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import numpy as np

from puffin.factors.base import typical_price
from puffin.factors.library import call
from puffin.factors.windows import highest, lowest, total

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from puffin.data.bars import Bars
    from puffin.factors.base import Indicator

    Floats: TypeAlias = NDArray[np.float64]
    Flags: TypeAlias = NDArray[np.bool_]

# Tells at which rows an indicator with these parameters is 0 / 0.
Still: TypeAlias = "Callable[[Bars, Any], Flags]"
CHUNK: Final = 1_024
ROUNDING: Final = 1e-9  # an RSI moves by so much without a reason
FADED: Final = 1e-14  # below it TA-Lib takes a number for 0
LEAST_FLOW: Final = 1.0  # of money, below which TA-Lib's money flow index gives 0


def guarded(each: Indicator) -> Indicator:
    """Return the indicator, unknown where it would be 0 / 0."""
    still = STILL.get(each.id)
    if still is None:
        return each

    def compute(bars: Bars, parameters: Any) -> Mapping[str, Floats]:  # noqa: ANN401 - its own class
        found = each.compute(bars, parameters)
        rows = still(bars, parameters)
        if not rows.any():
            return found
        return {name: np.where(rows, np.nan, values) for name, values in found.items()}

    return replace(each, compute=compute)


def _never(bars: Bars) -> Flags:
    return np.zeros(len(bars), bool)


def _until_a_close_differs(bars: Bars, parameters: Any) -> Flags:  # noqa: ANN401 - its own class
    """Averages without an end remember every change, so only the time before the first is still."""
    del parameters
    return _before_first(bars, lambda rows: bars.close[rows] != bars.close[:1])


def _without_a_change(bars: Bars, parameters: Any) -> Flags:  # noqa: ANN401 - its own class
    """Besides: where the average of changes has faded to what TA-Lib takes for nothing."""
    found = _until_a_close_differs(bars, parameters)
    if (bars.close[1:] == bars.close[:-1]).any():
        change = np.abs(np.diff(bars.close))
        found[1:] |= call("RMA", [change], [parameters.window])[0] < FADED
    return found


def _until_a_range(bars: Bars, parameters: Any) -> Flags:  # noqa: ANN401 - its own class
    del parameters
    return _before_first(
        bars,
        lambda rows: (bars.high[rows] != bars.low[:1]) | (bars.low[rows] != bars.low[:1]),
    )


def _before_first(bars: Bars, moved: Callable[[slice], Flags]) -> Flags:
    found = _never(bars)
    for start in range(0, len(bars), CHUNK):
        rows = slice(start, start + CHUNK)
        there = np.flatnonzero(moved(rows))
        if len(there):
            found[: start + int(there[0])] = True
            return found
    found[:] = True
    return found


def _flat(bars: Bars, window: int, smoothing: int = 0) -> Flags:
    """Return where highs and lows of the window are one price, and as long as that is averaged."""
    if not (bars.high == bars.low).any():
        return _never(bars)
    flat = highest(bars.high, window) == lowest(bars.low, window)
    return _held(flat, smoothing)


def _held(flags: Flags, rows: int) -> Flags:
    """Return the flags, each lasting for so many rows more."""
    if not flags.any() or not rows:
        return flags
    padded = np.concatenate([np.zeros(rows), flags])
    return np.asarray(highest(padded, rows + 1)[rows:] > 0)


def _ranges(bars: Bars, window: int) -> Flags:
    """Return where the true ranges of the window sum to nothing."""
    if not (bars.high == bars.low).any():
        return _never(bars)
    return _flat(bars, window + 1) if len(bars) > window else _never(bars)


def _flow(bars: Bars, parameters: Any) -> Flags:  # noqa: ANN401 - its own class
    price = typical_price(bars)
    changed = np.diff(price, prepend=price[:1]) != 0
    flow = np.where(changed, price * bars.volume, 0.0)
    if len(flow) < 2 or not (flow[1:] < LEAST_FLOW).any():  # noqa: PLR2004 - the first has no change
        return _never(bars)
    return np.asarray(total(flow, parameters.window) < LEAST_FLOW)


def _volume(bars: Bars, parameters: Any) -> Flags:  # noqa: ANN401 - its own class
    if not (bars.volume == 0).any():
        return _never(bars)
    return np.asarray(highest(bars.volume, parameters.window) == 0)


def _stochastic_rsi(bars: Bars, parameters: Any) -> Flags:  # noqa: ANN401 - its own class
    rsi = call("RSI", [bars.close], [parameters.window])[0]
    rows = parameters.range_window
    span = highest(rsi, rows) - lowest(rsi, rows)
    return _held(np.asarray(span <= ROUNDING), parameters.signal - 1)


STILL: Final[Mapping[str, Still]] = {
    "rsi": _without_a_change,
    "cmo": _without_a_change,
    "plus_di": _until_a_range,
    "minus_di": _until_a_range,
    "dx": _until_a_range,
    "dmi": _until_a_range,
    "adx": _until_a_range,
    "adxr": _until_a_range,
    "williams": lambda bars, chosen: _flat(bars, chosen.window),
    "fast_stochastic": lambda bars, chosen: _flat(bars, chosen.window, chosen.signal - 1),
    "stochastic": lambda bars, chosen: _flat(
        bars, chosen.window, chosen.smooth + chosen.signal - 2
    ),
    "stochastic_rsi": _stochastic_rsi,
    "ultimate": lambda bars, chosen: _ranges(bars, min(chosen.short, chosen.middle, chosen.long)),
    "vortex": lambda bars, chosen: _ranges(bars, chosen.window),
    "cci": lambda bars, chosen: _flat(bars, chosen.window),
    "bop": lambda bars, _: np.asarray(bars.high == bars.low),
    "money_flow": _flow,
    "chaikin_flow": _volume,
    "vwma": _volume,
}
