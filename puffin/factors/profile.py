"""Volume by price: where trading was thick, and where it was thin."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np

from puffin.errors import NoDataError, ParameterError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from puffin.data.bars import Bars

    Floats: TypeAlias = NDArray[np.float64]

VALUE_AREA: Final = 0.7
MOST_ROWS: Final = 1_000


@dataclass(frozen=True, slots=True, eq=False)
class VolumeProfile:
    """Volume in equal steps of price.

    Attributes:
        edges: Prices between the steps, one more than steps, from the lowest low upward.
        volume: What was traded in each step.
        point_of_control: Middle of the step with the most volume; of equal ones the lowest.
        value_low: Lower end of the value area, the steps around that point with 70 % of volume.
        value_high: Upper end of it.
    """

    edges: Floats
    volume: Floats
    point_of_control: float
    value_low: float
    value_high: float


def volume_profile(bars: Bars, *, rows: int = 50, share: float = VALUE_AREA) -> VolumeProfile:
    """Spread each bar's volume evenly over the prices between its low and high, and add it up.

    An assumption: bars do not tell at which of their prices the volume was traded. It looks at
    all the bars given, so on a chart it belongs to those on the screen.

    Raises:
        NoDataError: There are no bars, or nothing was traded in them.
        ParameterError: A number of rows or a share that makes no sense.
    """
    if not 1 <= rows <= MOST_ROWS:
        raise ParameterError(f"A volume profile has 1 to {MOST_ROWS:,} rows, not {rows}.")
    if not 0 < share <= 1:
        raise ParameterError("The share of the value area must lie between 0 % and 100 %.")
    if not len(bars) or not float(bars.volume.sum()) > 0:
        raise NoDataError(f"No volume of {bars.symbol} is known, so it has no profile.")
    low, high = float(bars.low.min()), float(bars.high.max())
    edges = np.linspace(low, high if high > low else low * (1 + 1e-9), rows + 1)
    volume = _spread(bars, edges)
    middle = int(volume.argmax())
    first, last = _value_area(volume, middle, share)
    centre = float((edges[middle] + edges[middle + 1]) / 2)
    return VolumeProfile(edges, volume, centre, float(edges[first]), float(edges[last + 1]))


def _spread(bars: Bars, edges: Floats) -> Floats:
    """Return each step's volume, from the volume below each edge: counted lows and highs do it."""
    width = bars.high - bars.low
    flat = width <= 0
    volume = np.histogram(bars.close[flat], edges, weights=bars.volume[flat])[0].astype(np.float64)
    if not flat.all():
        thickness = bars.volume[~flat] / width[~flat]
        below = _area(bars.low[~flat], thickness, edges) - _area(bars.high[~flat], thickness, edges)
        volume += np.maximum(np.diff(below), 0.0)
    return volume


def _area(starts: Floats, thickness: Floats, edges: Floats) -> Floats:
    """Return the sum of thickness x (edge - start) over the starts below each edge.

    Edges are equally far apart, so that a start's step is known without sorting.
    """
    steps = len(edges) - 1
    from_first = starts - edges[0]
    step = np.floor(from_first * (steps / (edges[-1] - edges[0]))).astype(np.int64)
    step = np.clip(step, 0, steps)
    weights, moments = (
        np.concatenate([[0.0], np.cumsum(np.bincount(step, each, steps + 1)[:steps])])
        for each in (thickness, thickness * from_first)
    )
    return np.asarray(weights * (edges - edges[0]) - moments, np.float64)


def _value_area(volume: Floats, middle: int, share: float) -> tuple[int, int]:
    """Widen from the thickest step, always towards the thicker neighbour."""
    first = last = middle
    wanted, held = share * float(volume.sum()), float(volume[middle])
    while held < wanted and (first > 0 or last < len(volume) - 1):
        below = float(volume[first - 1]) if first > 0 else -1.0
        above = float(volume[last + 1]) if last < len(volume) - 1 else -1.0
        if above >= below:
            last += 1
            held += above
        else:
            first -= 1
            held += below
    return first, last
