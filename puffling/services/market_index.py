"""What stands for the market when betas are measured: an index fund, or the demo market itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from puffin.errors import DataError
from puffling.services.periods import Period, prices

if TYPE_CHECKING:
    from collections.abc import Collection

    from puffin.data.universe import Universe
    from puffin.measures import Floats, Times
    from puffling.services.bars import BarService

FUND = "SPY"  # holds the 500 largest companies of the United States
DEMO = "Demo market, equal weights"
FEWEST = 3  # symbols that make a market


def market_closes(
    bars: BarService, wanted: str, demo: Collection[str], universe: Universe
) -> tuple[str, Floats | None]:
    """Return what stands for the market, and its closes on the rows of `universe`.

    A symbol that is asked for is taken, and nothing else if its prices are not to be had. Without
    one it is the fund; where there is only the demo market, the mean of that market's symbols.
    """
    local = {each.symbol for each in bars.instruments()}
    name = wanted or FUND
    if wanted or name in local or not demo:
        try:
            found = prices(bars, name, Period(universe.interval))
        except DataError:
            return name, None
        return name, _on_rows(found.time, found.close, universe.time)
    if len(demo) < FEWEST:
        return "", None
    return DEMO, _mean_of(bars, demo, universe)


def _mean_of(bars: BarService, demo: Collection[str], universe: Universe) -> Floats | None:
    """Return an index that moves by the mean of the symbols that traded on both rows."""
    from puffin.data.universe import align

    table = align([prices(bars, each, Period(universe.interval)) for each in sorted(demo)])
    moves = table.close[1:] / table.close[:-1] - 1
    known = np.isfinite(moves)
    count = known.sum(axis=1)
    mean = np.where(known, moves, 0.0).sum(axis=1) / np.maximum(count, 1)
    return _on_rows(table.time, np.concatenate([[1.0], np.cumprod(1 + mean)]), universe.time)


def _on_rows(time: Times, values: Floats, rows: Times) -> Floats | None:
    """Return the latest value at each row; None if there is none yet at the first."""
    at = np.searchsorted(time, rows, side="right") - 1
    return values[at] if len(at) and at[0] >= 0 else None
