"""Prices of now from a provider that is asked again and again, and says that they are delayed."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from typing import TYPE_CHECKING

from puffin.errors import NoDataError, SymbolNotFoundError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable, Collection

    from puffin.types import Quote

log = logging.getLogger(__name__)


class PollingQuotes:
    """Asks for one symbol after the other, then rests; a new symbol is asked for at once.

    A symbol that nobody lists is left out after it was said once; any other fault ends the
    stream, so that whoever listens waits before it asks again.

    Args:
        ask: Returns the latest quote of a symbol; blocks, and is called off the loop.
        name: What the source is called on screen.
        seconds: How long to rest between two rounds; asked before each rest.
        delay: By how many seconds the provider's prices are late.
        rest: Waits for the event at most that long; a test's goes on when told.
    """

    def __init__(
        self,
        ask: Callable[[str], Quote],
        name: str,
        *,
        seconds: Callable[[], float],
        delay: float = 0.0,
        rest: Callable[[asyncio.Event, float], Awaitable[None]] | None = None,
    ) -> None:
        self.past: None = None  # it tells prices of now alone
        self._ask = ask
        self.name = name
        self._seconds = seconds
        self._delay = delay
        self._rest = rest or _rest
        self._watched: dict[str, None] = {}
        self._new: list[str] = []
        self._missing: set[str] = set()
        self._woken = asyncio.Event()
        self._closed = False

    def lag(self) -> float:
        """Return how late a price may be: the provider's delay, and two rounds of asking."""
        return self._delay + 2 * self._seconds()

    def watch(self, symbols: Collection[str]) -> None:
        """Ask for these symbols and no others."""
        wanted = dict.fromkeys(symbols)
        self._new += [each for each in wanted if each not in self._watched]
        self._watched = wanted
        if self._new:
            self._woken.set()

    async def quotes(self, symbols: Collection[str]) -> AsyncGenerator[Quote, None]:
        """Yield what is new about `symbols`, round after round, until it is closed.

        Raises:
            DataError: The provider cannot be asked.
        """
        self._closed = False
        self._watched = {}
        self._new = []
        self.watch(symbols)
        told: dict[str, Quote] = {}
        while not self._closed:
            fresh, self._new = self._new, []
            self._woken.clear()
            for symbol in fresh or list(self._watched):
                quote = await self._one(symbol)
                if quote is not None and quote != told.get(symbol) and not self._closed:
                    told[symbol] = quote
                    yield quote
            if not self._closed:
                await self._rest(self._woken, self._seconds())

    async def close(self) -> None:
        """End the stream."""
        self._closed = True
        self._woken.set()

    async def _one(self, symbol: str) -> Quote | None:
        if symbol in self._missing:
            return None
        try:
            return await asyncio.to_thread(self._ask, symbol)
        except (SymbolNotFoundError, NoDataError) as error:
            log.info("%s has no price of %s: %s", self.name, symbol, error)
            self._missing.add(symbol)
            return None


async def _rest(woken: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(woken.wait(), seconds)
