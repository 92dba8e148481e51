"""Whether the symbols were chosen knowing which ones would survive."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from puffin.truth.check import Check, Grade

if TYPE_CHECKING:
    from puffin.data.universe import Universe

ID, TITLE = "survivors", "Survivors"
LONG = 3.0  # years in which some of many companies disappear
YEAR_NS = 365.25 * 86_400e9


def survivors(data: Universe) -> Check:
    """Return whether every symbol still trades at the end, as today's lists do.

    A list made today leaves out what was delisted or taken over, and so holds what did well. Only
    the prices are looked at: who chose the symbols, and when, is not in them.
    """
    years = float(data.time[-1] - data.time[0]) / YEAR_NS if len(data) else 0.0
    alive = int(np.sum(data.mask[-1])) if len(data) else 0
    count = len(data.symbols)
    figures = {"symbols": float(count), "trading_at_the_end": float(alive), "years": years}
    every = "Both" if count == 2 else f"All {count}"  # noqa: PLR2004 - a pair
    if alive == count and years >= LONG:
        said = (
            f"{every} symbols still trade after {years:.0f} years. A list made today holds "
            "only what survived, which looks better than anything that could be bought then."
        )
        return Check(ID, TITLE, Grade.AMBER, said, figures)
    said = (
        f"{count - alive} of {count} symbols no longer trade at the end."
        if alive < count
        else f"{every} symbols still trade, but {years:.1f} years are too short to lose any."
    )
    return Check(ID, TITLE, Grade.GREEN, said, figures)
