"""What has been filled in so far, what is still missing, and the order it makes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from puffin.errors import OrderRejectedError
from puffin.types import OrderType, Side, Ticket, TimeInForce

if TYPE_CHECKING:
    from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Draft:
    """The ticket's fields; a price that the type does not use is passed over."""

    symbol: str = ""
    side: Side = Side.BUY
    quantity: Decimal | None = None
    type: OrderType = OrderType.MARKET
    limit_price: Decimal | None = None
    stop_price: Decimal | None = None
    time_in_force: TimeInForce = TimeInForce.DAY

    @property
    def missing(self) -> str:
        """What to do before there is an order, in words; empty when nothing is missing."""
        if not self.symbol:
            return "Choose a symbol."
        if self.quantity is None:
            return "Enter a quantity."
        if self.type is OrderType.LIMIT and self.limit_price is None:
            return "Enter a limit price."
        if self.type is OrderType.STOP and self.stop_price is None:
            return "Enter a stop price."
        return ""

    def ticket(self) -> tuple[Ticket | None, str]:
        """Return the order, or None and why there is none yet."""
        if self.missing or self.quantity is None:
            return None, self.missing
        try:
            made = Ticket(
                self.symbol,
                self.side,
                self.quantity,
                self.type,
                self.limit_price if self.type is OrderType.LIMIT else None,
                self.stop_price if self.type is OrderType.STOP else None,
                self.time_in_force,
            )
        except OrderRejectedError as error:
            return None, str(error)
        return made, ""
