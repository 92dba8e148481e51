"""Compares our books with the broker's, and believes the broker."""

from __future__ import annotations

import logging
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from puffin.types import ZERO, OrderStatus
from puffling.core.events import ActivityBooked, Level, NoticePosted, PortfolioChanged
from puffling.services import order_words
from puffling.store.order_events import Kind

if TYPE_CHECKING:
    from datetime import datetime

    from puffin.broker.base import Broker
    from puffin.types import Order
    from puffling.core.bus import EventBus
    from puffling.core.clock import Clock
    from puffling.services.book import Book
    from puffling.services.order_following import OrderFollower
    from puffling.services.order_sending import OrderSender
    from puffling.services.positions import PortfolioService

log = logging.getLogger(__name__)

GRACE = timedelta(seconds=5)
OVERLAP = timedelta(days=1)  # the broker's list may be late with an old one
CENT = Decimal("0.01")
NEVER_LEFT = "Not sent: Puffling stopped before the order left."
NEVER_ARRIVED = "Not sent: the broker never got the order."


class OrderReconciler:
    """Asks the broker what is open, what filled and what else happened. Lives on the loop."""

    def __init__(
        self,
        book: Book,
        follower: OrderFollower,
        sender: OrderSender,
        portfolio: PortfolioService,
        *,
        bus: EventBus,
        clock: Clock,
    ) -> None:
        self._book = book
        self._follower = follower
        self._sender = sender
        self._portfolio = portfolio
        self._bus = bus
        self._clock = clock
        self._heard_to: datetime | None = None  # no fill before it is missing
        self._unknown: list[str] = []  # what the broker says that cannot be explained
        self._seen: list[str] = []
        self.wrong: list[str] = []

    def forget(self) -> None:
        """Begin anew, with another broker."""
        self._unknown, self._seen, self.wrong = [], [], []
        self._heard_to = self._latest()

    async def run(self, broker: Broker, *, at_start: bool) -> None:
        """Bring orders, fills, activities, positions and cash together, in this order.

        Raises:
            PuffinError: The broker cannot be asked.
            StoreError: What it says cannot be stored.
        """
        self._unknown = []
        await self._orders(broker, at_start=at_start)
        await self._fills(broker)
        self._heard_to = self._latest()
        await self._activities(broker)
        await self._compare(broker)

    async def _orders(self, broker: Broker, *, at_start: bool) -> None:
        ours = [each for each in self._book.open() if not self._sender.is_sending(each.id)]
        theirs = {each.id: each for each in await broker.open_orders()}
        for each in sorted(theirs.values(), key=lambda each: bool(each.parent)):
            known = self._book.get(each.id)
            if known is None:
                self._follower.adopt(each)
            elif known.status.is_terminal:
                ours.append(known)
        for order in ours:
            told = theirs.get(order.id)
            if told is None or not _alike(order, told):
                await self._look_up(broker, order, at_start=at_start)

    async def _look_up(self, broker: Broker, order: Order, *, at_start: bool) -> None:
        update = await broker.lookup(order.id)
        if update is not None:
            self._follower.apply(update, Kind.ANSWER)
        elif order.status in {OrderStatus.SENT, OrderStatus.UNKNOWN}:
            if broker.venue.local or self._clock.now() - order.updated_at >= GRACE:
                reason = NEVER_LEFT if at_start else NEVER_ARRIVED
                word = self._sender.word(order, OrderStatus.REJECTED, reason)
                self._follower.apply(word, Kind.NOTE)
        elif not order.status.is_terminal:
            log.warning("The broker does not know order %s, which it had accepted", order.id)
            words = order_words.ticket(order.ticket)
            self._unknown.append(f"The broker does not know an order it had accepted: {words}.")

    async def _fills(self, broker: Broker) -> None:
        known = {each.id for each in self._book.fills()}
        for fill in await broker.fills(self._since(self._heard_to)):
            if fill.id in known or self._lies_behind(broker, fill.at):
                continue
            if self._book.get(fill.order_id) is None:
                update = await broker.lookup(fill.order_id)
                if update is None or not self._follower.apply(update, Kind.ANSWER):
                    self._unknown.append(
                        f"{fill.symbol}: the broker booked {fill.side} {fill.quantity:f} at "
                        f"{fill.price:f} for an order that it does not show."
                    )
                    continue
            self._follower.take_fill(fill)

    async def _activities(self, broker: Broker) -> None:
        known = None
        if not broker.venue.local:  # here nights that nobody saw are charged late
            known = next((each.at for each in self._book.activities()[-1:]), None)
        for each in await broker.activities(self._since(known)):
            if not self._lies_behind(broker, each.at) and self._book.take_activity(each):
                self._bus.publish(ActivityBooked(each))

    def _latest(self) -> datetime | None:
        return next((each.at for each in self._book.fills()[-1:]), None)

    def _since(self, latest: datetime | None) -> datetime | None:
        account = self._book.account
        began = None if account is None else account.market_start
        return max(began, latest - OVERLAP) if latest and began else began

    def _lies_behind(self, broker: Broker, at: datetime) -> bool:
        """Whether something is part of what an account at a broker began with."""
        account = self._book.account
        return not broker.venue.local and account is not None and at <= account.market_start

    async def _compare(self, broker: Broker) -> None:
        """Say when the books differ twice in a row, and when they agree again."""
        theirs = {each.symbol: each.quantity for each in await broker.positions()}
        ours = {each.symbol: each.quantity for each in self._portfolio.positions()}
        wrong = [
            f"{symbol}: {ours.get(symbol, ZERO):f} here, {theirs.get(symbol, ZERO):f} there."
            for symbol in sorted(theirs.keys() | ours.keys())
            if theirs.get(symbol) != ours.get(symbol)
        ]
        cash, own = await broker.cash(), self._portfolio.cash
        if cash != own and (broker.venue.local or abs(cash - own) >= CENT):
            wrong.append(f"Cash: {own:,} here, {cash:,} there.")
        found = [*self._unknown, *wrong]
        lasting = [each for each in found if each in self._seen]
        self._seen = found
        if lasting == self.wrong:
            return
        if lasting:
            self._bus.publish(order_words.mismatch(" ".join(lasting)))
        else:
            self._bus.publish(NoticePosted(Level.INFO, "The books agree with the broker's again"))
        self.wrong = lasting
        self._bus.publish(PortfolioChanged())


def _alike(order: Order, told: Order) -> bool:
    return (order.status, order.raw, order.filled_quantity) == (
        told.status,
        told.raw,
        told.filled_quantity,
    )
