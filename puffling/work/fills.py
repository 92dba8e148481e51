"""Brings the broker's order updates in; none is lost because it could not be stored at once."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from puffin.broker.base import Connected, Lost
from puffling.core.errors import StoreError
from puffling.core.events import ConnectionChanged, FeedState, Level, NoticePosted

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine
    from typing import Any

    from puffin.broker.base import Broker
    from puffin.types import OrderUpdate
    from puffling.core.bus import EventBus
    from puffling.services.orders import OrderService

log = logging.getLogger(__name__)

RETRY = 1.0


class FillFeed:
    """Listens to the broker for as long as the app runs."""

    def __init__(
        self,
        orders: OrderService,
        bus: EventBus,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._orders = orders
        self._bus = bus
        self._sleep = sleep
        self._comparing: asyncio.Task[None] | None = None

    async def run(self) -> None:
        """Hand each update to the orders, until cancelled or the broker closes the stream."""
        broker = self._orders.broker
        state = FeedState.LIVE if broker.venue.local else FeedState.CONNECTING
        self._bus.publish(ConnectionChanged("broker", broker.name, state))
        try:
            async for each in broker.updates():
                if isinstance(each, Lost):
                    self._lose(broker, each)
                elif isinstance(each, Connected):
                    self._bus.publish(ConnectionChanged("broker", broker.name, FeedState.LIVE))
                    self._compare(self._orders.connected(each))
                else:
                    await self._take(each)
        finally:
            await self._stop_comparing()
            self._bus.publish(ConnectionChanged("broker", broker.name, FeedState.STOPPED))

    def _lose(self, broker: Broker, lost: Lost) -> None:
        """Lock the ticket at once; what is being compared is compared anew once connected."""
        if self._comparing is not None:
            self._comparing.cancel()
        self._orders.lost(lost)
        state = ConnectionChanged("broker", broker.name, FeedState.BROKEN, lost.reason)
        self._bus.publish(state)

    def _compare(self, work: Coroutine[Any, Any, None]) -> None:
        """Compare the books while the stream is heard: a loss in between must not wait for it."""
        if self._comparing is not None:
            self._comparing.cancel()
        self._comparing = asyncio.create_task(work, name="comparing")

    async def _stop_comparing(self) -> None:
        if self._comparing is not None:
            self._comparing.cancel()
            await asyncio.gather(self._comparing, return_exceptions=True)

    async def _take(self, update: OrderUpdate) -> None:
        told = False
        while True:
            try:
                if not self._orders.apply(update):
                    self._compare(self._orders.reconcile())
            except StoreError as error:
                log.warning("An update of order %s waits to be stored: %s", update.order_id, error)
                if not told:
                    told = True
                    self._bus.publish(
                        NoticePosted(
                            Level.ERROR,
                            "The broker's answer cannot be stored",
                            f"{error} {error.hint} Puffling keeps trying.",
                            panel="activity",
                        )
                    )
                await self._sleep(RETRY)
            else:
                return
