"""Follows the broker: whatever it says of orders is stored first, then announced."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING

from puffling.core.events import FillBooked, FillVoided, Level, NoticePosted, OrderChanged
from puffling.services import order_words
from puffling.store.order_events import Kind, asked, event_of, fill_of, snapshot_of

if TYPE_CHECKING:
    from datetime import datetime

    from puffin.types import Fill, Order, OrderUpdate
    from puffling.core.bus import EventBus
    from puffling.core.clock import Clock
    from puffling.services.book import Book, Change
    from puffling.store.order_events import OrderEvent

log = logging.getLogger(__name__)


class OrderFollower:
    """Takes messages about orders into the book. Lives on the loop's thread.

    Every message may come again, late, or in another order than it was sent.
    """

    def __init__(self, book: Book, bus: EventBus, clock: Clock) -> None:
        self._book = book
        self._bus = bus
        self._clock = clock

    def apply(self, update: OrderUpdate, kind: Kind = Kind.UPDATE) -> bool:
        """Take in what the broker says of an order; False if nothing is known of that order.

        An order that was not placed from here is taken in if the update tells all of it.
        """
        event = event_of(update, self._account, kind, self._clock.now())
        if update.order is not None:
            event = replace(event, order=self._placed(update.order))
        elif self._book.get(update.order_id) is None:
            log.warning("The broker speaks of an order that was not sent from here: %s", update)
            return False
        self._take(event)
        return True

    def adopt(self, order: Order) -> None:
        """Take in an order as the broker has it, that was not placed from here."""
        self._take(snapshot_of(self._placed(order), self._clock.now()))

    def take_fill(self, fill: Fill) -> None:
        """Book an execution from the broker's list."""
        self._take(fill_of(replace(fill, account=self._account), self._clock.now()))

    def note(self, order: Order, words: str, at: datetime) -> None:
        """Write into the log that somebody asked for something to be done with an order."""
        self._take(asked(order, words, at, self._clock.now()))

    @property
    def _account(self) -> str:
        if self._book.account is None:
            raise RuntimeError("No account is open yet")
        return self._book.account.id

    def _placed(self, order: Order) -> Order:
        """Return the broker's order as one of the account in use, and whose it is.

        What one of our orders brought, or what took its place, is ours.
        """
        family = filter(None, (order.id, order.parent, order.replaces))
        known = [each for each in map(self._book.get, family) if each is not None]
        external = not any(not each.external for each in known) and order.external
        return replace(order, account=self._account, external=external)

    def _take(self, event: OrderEvent) -> None:
        change = self._book.take(event)
        if change is not None:
            self._announce(change)

    def _announce(self, change: Change) -> None:
        for each in change.voided:
            self._bus.publish(FillVoided(each))
        for each in change.fills:
            self._bus.publish(FillBooked(each))
        before, now = change.before, change.now
        if before is not None and replace(now, updated_at=before.updated_at) == before:
            return
        self._bus.publish(OrderChanged(now))
        if before is not None:
            notice = order_words.notice(before, now)
        else:
            notice = _met(now) if now.external else None
        if notice is not None:
            self._bus.publish(notice)


def _met(order: Order) -> NoticePosted:
    text = f"{order_words.ticket(order.ticket)}. Puffling shows it and leaves it alone."
    return NoticePosted(Level.INFO, "An order was placed elsewhere", text, panel="portfolio")
