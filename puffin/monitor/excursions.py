"""How far the price went against a round trip, and for it, as far as daily bars can tell.

Of the days of entry and exit a bar does not say what came before or after the fill; only the
fills' own prices count there. So the figures are what is known for certain, and a trade that
began and ended on one day has none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from puffin.data.sessions import exchange_date
from puffin.data.times import midnight, nanoseconds
from puffin.types import Side

if TYPE_CHECKING:
    from collections.abc import Iterable

    from puffin.data.bars import Bars
    from puffin.measures import Floats
    from puffin.monitor.trips import RoundTrip
    from puffin.types import Split


@dataclass(frozen=True, slots=True)
class Excursion:
    """Shares of the average entry price.

    `worst` is how far the price went against the trade, zero or negative (MAE); `best` how far it
    went for it, zero or positive (MFE).
    """

    worst: float
    best: float


def excursion(trip: RoundTrip, bars: Bars, splits: Iterable[Split] = ()) -> Excursion | None:
    """Return the excursions of a round trip; None where no whole day lay between its ends.

    Args:
        trip: An open trip counts up to the last bar.
        bars: Daily bars of its symbol, not adjusted: prices as they were traded.
        splits: Prices before one of them are restated to the units the trip is told in.
    """
    first = nanoseconds(midnight(exchange_date(trip.opened_at)))
    end = bars.time[-1] + 1 if len(bars) else 0
    if trip.closed_at is not None:
        end = nanoseconds(midnight(exchange_date(trip.closed_at)))
    rows = (bars.time > first) & (bars.time < end)
    if not rows.any():
        return None
    scale = _scale(trip, bars, splits)[rows]
    low, high = float((bars.low[rows] * scale).min()), float((bars.high[rows] * scale).max())
    entry = float(trip.entry_price)
    known = [entry, low, high]
    if trip.exit_price is not None:
        known.append(float(trip.exit_price))
    down, up = min(known) / entry - 1, max(known) / entry - 1
    return Excursion(down, up) if trip.side is Side.BUY else Excursion(-up, -down)


def _scale(trip: RoundTrip, bars: Bars, splits: Iterable[Split]) -> Floats:
    """Return what each bar's prices are multiplied by to be in the trip's own units."""
    scale = np.ones(len(bars))
    for split in splits:
        within = trip.opened_at < split.date
        if trip.closed_at is not None:
            within = within and split.date <= trip.closed_at
        if split.symbol == trip.symbol and within:
            day = nanoseconds(midnight(exchange_date(split.date)))
            scale[bars.time < day] /= float(split.ratio)
    return scale
