"""Keeps quotes flowing from a source to whoever must see them."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta
from typing import TYPE_CHECKING

from puffin.errors import DataError
from puffling.core.events import ConnectionChanged, FeedState

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection
    from datetime import datetime

    from puffin.data.base import QuoteSource
    from puffin.types import Quote
    from puffling.core.bus import EventBus
    from puffling.core.clock import Clock

log = logging.getLogger(__name__)

FIRST_WAIT = 1.0
LONGEST_WAIT = 60.0
STALE_AFTER = 30.0


class QuoteFeed:
    """One source, listened to for as long as the app runs.

    When it breaks it is asked again after 1 s, then 2, 4 … 60 s; each wait is announced with the
    time of the next try.

    Args:
        source: Gives the source to listen to; asked again before each connection.
        symbols: Gives the symbols to ask for.
        take: Gets each quote.
        expected: Whether quotes should be coming now; silence then is called stale.
    """

    def __init__(  # noqa: PLR0913 - see Args; most are given by name
        self,
        source: Callable[[], QuoteSource],
        symbols: Callable[[], Collection[str]],
        take: Callable[[Quote], None],
        *,
        expected: Callable[[], bool],
        bus: EventBus,
        clock: Clock,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._source = source
        self._symbols = symbols
        self._take = take
        self._expected = expected
        self._bus = bus
        self._clock = clock
        self._sleep = sleep
        self._state = FeedState.STOPPED
        self._provider = ""
        self._heard = 0.0
        self._wait = FIRST_WAIT

    async def run(self) -> None:
        """Listen; when the source breaks, wait and listen again, until cancelled."""
        self._wait = FIRST_WAIT
        try:
            while True:
                try:
                    await self._listen()
                    reason = "The source closed the stream."
                except (DataError, OSError) as error:
                    log.warning("Quotes stopped: %s", error)
                    reason = str(error)
                wait, self._wait = self._wait, min(self._wait * 2, LONGEST_WAIT)
                self._say(
                    FeedState.BROKEN,
                    f"{reason} Next try in {wait:.0f} s.",
                    retry_at=self._clock.now() + timedelta(seconds=wait),
                )
                await self._sleep(wait)
        finally:
            self._say(FeedState.STOPPED)

    def check(self) -> None:
        """Call silence what it is: stale, when quotes should be coming."""
        if self._state is not FeedState.LIVE or not self._expected():
            return
        silence = self._clock.monotonic() - self._heard
        if silence > STALE_AFTER:
            self._say(FeedState.STALE, f"No quote for {silence:.0f} s.")

    @property
    def state(self) -> FeedState:
        """How the source is doing."""
        return self._state

    async def _listen(self) -> None:
        source = self._source()
        self._provider = source.name
        self._say(FeedState.CONNECTING)
        stream = source.quotes(self._symbols())
        try:
            async for quote in stream:
                self._heard = self._clock.monotonic()
                if self._state is not FeedState.LIVE:
                    self._wait = FIRST_WAIT
                    self._say(FeedState.LIVE)
                self._take(quote)
        finally:
            close = getattr(stream, "aclose", None)
            if close is not None:
                await close()

    def _say(self, state: FeedState, text: str = "", *, retry_at: datetime | None = None) -> None:
        self._state = state
        self._bus.publish(ConnectionChanged("data", self._provider, state, text, retry_at))
