"""What simply holding something would have made of an account's money."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from puffin.data.times import moment
from puffin.errors import DataError
from puffling.core.settings import Mode
from puffling.services.periods import Period, prices

if TYPE_CHECKING:
    from puffin.measures import Floats, Times
    from puffling.services.bars import BarService
    from puffling.services.market import MarketService

SPY = "SPY"
STALE = 10 * 86_400_000_000_000  # nanoseconds without a price: it is no price of now


def beside(
    bars: BarService, market: MarketService, time: Times, start: float, flows: Floats
) -> tuple[tuple[str, Floats] | None, list[str]]:
    """Return a benchmark's name and value at each session, and sentences about it; blocks.

    It begins with the account's money and takes in and gives out what the account did. SPY where
    a source has it; on the demo market the equal weight of its symbols, bought once and held.
    Dividends are counted where the prices tell of them.
    """
    symbols = sorted(market.symbols) if market.mode is Mode.DEMO else [SPY]
    changes, used, missing = [], [], []
    for symbol in symbols:
        try:
            changes.append(_levels(bars, symbol, time))
            used.append(symbol)
        except DataError:
            missing.append(symbol)
    if not used:
        return None, [f"There are no prices of {', '.join(missing)} to compare with."]
    level = np.mean(np.array(changes), axis=0)
    name = SPY if used == [SPY] else f"Equal weight of {', '.join(used)}"
    notes = [f"{', '.join(missing)} had no price then and is left out."] if missing else []
    held = np.empty(len(time))
    held[0] = start
    for row in range(1, len(time)):
        # Money that came is invested from the start of its session, money that went until its end.
        came, went = max(flows[row], 0.0), min(flows[row], 0.0)
        held[row] = (held[row - 1] + came) * level[row] / level[row - 1] + went
    if not (held > 0).all():
        return None, [*notes, f"{name} would have lost all the money; it is not compared with."]
    return (name, held), notes


def _levels(bars: BarService, symbol: str, time: Times) -> Floats:
    """Return closes at each session, of the first one 1, the last one known where there is none.

    Raises:
        DataError: There are none at the first session, or none any more at the last.
    """
    found = prices(bars, symbol, Period(end=moment(int(time[-1])).date()))
    rows = np.searchsorted(found.time, time, side="right") - 1
    if rows[0] < 0:
        raise DataError(f"There is no price of {symbol} when the period begins.")
    if time[-1] - found.time[-1] > STALE:
        raise DataError(f"The prices of {symbol} end on {found.last:%Y-%m-%d}.")
    closes = found.close[rows]
    return np.asarray(closes / closes[0], np.float64)
