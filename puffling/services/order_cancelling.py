"""Cancels orders: one, all of them, or those that stand in the way of another."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from puffin.errors import BrokerError, PuffinError
from puffling.core.errors import NotConfirmedError, PufflingError, UnknownOrderError
from puffling.core.events import OrderChanged
from puffling.services import order_words

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from puffin.types import Order
    from puffling.core.bus import EventBus
    from puffling.services.book import Book
    from puffling.services.order_sending import OrderSender

CANCELLED_WITHIN = 5.0


class OrderCanceller:
    """Asks the broker to cancel; possible at all times, also while nothing may be sent."""

    def __init__(self, book: Book, sender: OrderSender, door: asyncio.Lock, bus: EventBus) -> None:
        self._book = book
        self._sender = sender
        self._door = door
        self._bus = bus

    async def one(self, order_id: str, by: str) -> Order:
        """Ask the broker to cancel an order.

        Raises:
            UnknownOrderError: No order has that id, or it has ended.
            BrokerError: The broker did not do it.
        """
        order = self._book.open_order(order_id)
        await self._sender.cancel(order, by)
        return self._book.get(order_id) or order

    async def all(self, by: str, before: datetime | None = None) -> list[Order]:
        """Cancel every open order that was placed from here; one failure does not stop the rest.

        An order whose intent is being stored is waited for, so that none slips past.

        Raises:
            BrokerError: Some could not be cancelled; the message names them.
        """
        first = self._ours(before)
        outcomes = await self._each(first, by)
        tried = {each.id for each in first}
        async with self._door:
            late = [each for each in self._ours(before) if each.id not in tried]
        outcomes += await self._each(late, by)
        failed = [each for each in outcomes if isinstance(each, str) and each]
        if failed:
            raise BrokerError(f"Not cancelled: {'; '.join(failed)}", hint="Try again.")
        return [each for each in outcomes if not isinstance(each, str)]

    async def clear(self, by: str) -> str:
        """Cancel every open order and wait until all have ended; return in words what has not."""
        ids, failed = [each.id for each in self._ours(None)], ""
        try:
            await self.all(by)
        except BrokerError as error:
            failed = str(error)
        try:
            await self._ended(ids)
        except TimeoutError:
            failed = failed or "Some orders are not cancelled yet."
        return failed

    async def these(self, order_ids: Collection[str], by: str) -> None:
        """Cancel these orders, and wait until the broker has done it.

        Raises:
            NotConfirmedError: It takes too long.
            BrokerError: The broker did not do it.
        """
        for each in order_ids:
            if self._is_open(each):
                await self.one(each, by)
        try:
            await self._ended(order_ids)
        except TimeoutError:
            raise NotConfirmedError(
                "Not sent: the orders in its way are not cancelled yet.", hint="Try again."
            ) from None

    async def _ended(self, order_ids: Collection[str]) -> None:
        """Wait until these orders have ended; a TimeoutError when that takes too long."""
        ended = asyncio.Event()

        def look(_: OrderChanged | None = None) -> None:
            if not any(self._is_open(each) for each in order_ids):
                ended.set()

        stop = self._bus.subscribe(OrderChanged, look)
        try:
            look()
            await asyncio.wait_for(ended.wait(), CANCELLED_WITHIN)
        finally:
            stop()

    def _is_open(self, order_id: str) -> bool:
        order = self._book.get(order_id)
        return order is not None and not order.status.is_terminal

    def _ours(self, before: datetime | None) -> list[Order]:
        ours = [each for each in self._book.open() if not each.external]
        return [each for each in ours if before is None or each.created_at <= before]

    async def _each(self, orders: list[Order], by: str) -> list[Order | str]:
        """Cancel entries, then what is left of what they bring; each kind at the same time."""
        brought = [each for each in orders if each.parent]
        entries = [each for each in orders if not each.parent]
        outcomes = await asyncio.gather(*(self._try(each, by) for each in entries))
        return outcomes + await asyncio.gather(*(self._try(each, by) for each in brought))

    async def _try(self, order: Order, by: str) -> Order | str:
        """Return the cancelled order, or why it is not; no words if it has ended otherwise."""
        try:
            return await self.one(order.id, by)
        except (PuffinError, PufflingError) as error:
            if isinstance(error, UnknownOrderError) or not self._is_open(order.id):
                return ""
            return f"{order_words.ticket(order.ticket)}: {error}"
