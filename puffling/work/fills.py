"""Brings the broker's order updates in; none is lost because it could not be stored at once."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from puffin.broker.base import Connected, Lost
from puffling.core.errors import StoreError
from puffling.core.events import ConnectionChanged, FeedState, Level, NoticePosted

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

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

    async def run(self) -> None:
        """Hand each update to the orders, until cancelled or the broker closes the stream."""
        broker = self._orders.broker
        self._bus.publish(ConnectionChanged("broker", broker.name, FeedState.LIVE))
        try:
            async for each in broker.updates():
                if isinstance(each, Lost):
                    self._bus.publish(
                        ConnectionChanged("broker", broker.name, FeedState.BROKEN, each.reason)
                    )
                elif isinstance(each, Connected):
                    self._bus.publish(ConnectionChanged("broker", broker.name, FeedState.LIVE))
                else:
                    await self._take(each)
        finally:
            self._bus.publish(ConnectionChanged("broker", broker.name, FeedState.STOPPED))

    async def _take(self, update: OrderUpdate) -> None:
        told = False
        while True:
            try:
                self._orders.apply(update)
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
