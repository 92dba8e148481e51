"""A proposal that was written on the ticket is taken back once the order is sent from there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from puffling.core.errors import BadValueError

if TYPE_CHECKING:
    from datetime import datetime

    from puffin.types import Order
    from puffling.services.inbox import InboxService
    from puffling.store.inbox import InboxItem


class Rewriting:
    """Remembers which proposals were written on the ticket, and since when."""

    def __init__(self, inbox: InboxService, person: str) -> None:
        self._inbox, self._person = inbox, person
        self._begun: dict[str, tuple[InboxItem, datetime]] = {}

    def begin(self, item: InboxItem, at: datetime) -> None:
        """The order of `item` is on the ticket from now on; what was there before is not."""
        self._begun = {item.id: (item, at)}

    def sent(self, order: Order) -> None:
        """Take the proposal back if `order` is what became of it on the ticket."""
        for id_, (item, at) in tuple(self._begun.items()):
            ticket = item.tickets[0]
            same = (order.ticket.symbol, order.ticket.side) == (ticket.symbol, ticket.side)
            if not same or order.asked_by != self._person or order.created_at < at:
                continue
            del self._begun[id_]
            try:
                self._inbox.withdraw(id_, self._person, "Sent from the ticket instead.")
            except BadValueError:
                return  # it ran out, or was decided, while it was on the ticket
