"""The port every broker fits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from decimal import Decimal

    from puffin.types import Order, OrderUpdate, Position


class Broker(Protocol):
    """Something that takes orders and says what became of them.

    What it says is the truth. An update may arrive twice or late; whoever listens must cope.
    """

    @property
    def name(self) -> str:
        """The name a trader knows it by."""
        ...

    async def submit(self, order: Order) -> OrderUpdate:
        """Send `order` once: the same id again returns what is known of it and sends nothing.

        Raises:
            OrderStateUnknownError: The answer was lost; look the order up, never send it again.
        """
        ...

    async def cancel(self, order_id: str) -> OrderUpdate:
        """Cancel an order, or say that it is too late.

        Raises:
            BrokerError: The broker does not know the order.
        """
        ...

    async def lookup(self, order_id: str) -> OrderUpdate | None:
        """Return the latest word on an order; None proves that it never arrived."""
        ...

    async def positions(self) -> list[Position]:
        """Return everything that is held."""
        ...

    async def cash(self) -> Decimal:
        """Return the money not invested."""
        ...

    def updates(self) -> AsyncIterator[OrderUpdate]:
        """Yield what happens to orders from now on, until the connection ends."""
        ...
