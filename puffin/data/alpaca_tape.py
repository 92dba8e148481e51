"""What one listener to Alpaca's prices is told."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

from puffin.data.alpaca_quotes import QuoteBook

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from puffin.types import AssetClass, Quote

log = logging.getLogger(__name__)

PLAN = 30  # symbols that the smallest plan streams


class Tape:
    """What one listener is told."""

    def __init__(self, notice: Callable[[str], None], now: Callable[[], datetime]) -> None:
        self.queue: asyncio.Queue[Quote | Exception] = asyncio.Queue()
        self.limits: dict[AssetClass, int] = {}
        self.strange: set[str] = set()  # what Alpaca does not take for a symbol
        self.woken: asyncio.Event | None = None
        self._notice = notice
        self._now = now
        self._book = QuoteBook()
        self._kept: set[str] = set()

    def begin(self, snapshots: Mapping[str, Any]) -> None:
        """Tell what is known of symbols at the moment."""
        for symbol, body in snapshots.items():
            quote = (
                self._book.snapshot(symbol, body, self._now()) if isinstance(body, dict) else None
            )
            if quote is not None:
                self.queue.put_nowait(quote)

    def keep(self, symbols: list[str]) -> None:
        """Tell of these symbols only."""
        for gone in self._kept - set(symbols):
            self._book.forget(gone)
        self._kept = set(symbols)

    def take(self, message: dict[str, Any]) -> None:
        """Take one message of a stream."""
        if message.get("S") not in self._kept:
            return
        quote = self._book.take(message)
        if quote is not None:
            self.queue.put_nowait(quote)

    def up(self) -> None:
        """Take note that a stream is up."""
        log.info("Alpaca streams prices.")

    def down(self, reason: str) -> None:
        """Say that a stream broke."""
        log.warning("Alpaca's prices: %s", reason)
        self._notice(reason)

    def over_limit(self, kind: AssetClass) -> None:
        """Ask for fewer symbols by stream; the others are asked for now and then."""
        before = self.limits.get(kind, len(self._kept))
        self.limits[kind] = PLAN if before > PLAN else before // 2
        if self.woken is not None:
            self.woken.set()
