"""The last closes of several symbols, for the small lines of tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from puffin.data.bars import Interval
from puffin.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from puffling.services.bars import BarService

CLOSES = 30


def last_closes(bars: BarService, symbols: Iterable[str]) -> dict[str, tuple[float, ...]]:
    """Return the last closes of each symbol, none of one whose history is not there; blocks."""
    found: dict[str, tuple[float, ...]] = {}
    for symbol in symbols:
        try:
            history = bars.history(symbol, Interval.D1)
        except DataError:
            found[symbol] = ()
        else:
            found[symbol] = tuple(history.tail(CLOSES).close.tolist())
    return found
