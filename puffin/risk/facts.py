"""What the pre-trade rules look at: an order, its market, its account and the limits in force."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from puffin.execution.costs import Costs
from puffin.execution.fills import slips
from puffin.types import ZERO, Side

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from puffin.types import Order, Position, Quote, Ticket


@dataclass(frozen=True, slots=True)
class Limits:
    """What the rules allow; shares are ratios of equity, 0.10 is 10 %."""

    largest_position: Decimal = Decimal("0.10")
    most_positions: int = 5
    largest_order: Decimal = Decimal(25_000)
    daily_loss: Decimal = Decimal("0.02")
    price_collar: Decimal = Decimal("0.10")
    duplicate_seconds: int = 10
    largest_quantity: Decimal = Decimal(10_000)
    smallest_quantity: Decimal = Decimal("0.01")


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Everything a rule may know about an order that is about to be placed.

    None means unknown, and what a rule needs but does not know makes it refuse.

    Args:
        ticket: The order.
        quote: The latest quote of its symbol.
        equity: Cash plus the value of every position.
        cash: Money not invested; the proceeds of short sales are in it.
        position: What is held of the symbol.
        positions_count: How many symbols are held.
        day_profit: Profit since the session began, taken and not taken.
        session_start_equity: Equity when the session began.
        open_orders: The account's orders that have not ended.
        recent_orders: Orders placed lately, ended or not.
        is_open: Whether the market is open.
        allow_short: Whether more may be sold than is held.
        now: The computer's time, as in `Order.created_at`.
        limits: The limits in force.
        costs: What the order will cost.
        prices: Last prices of other symbols, to value market orders that wait.
        held: The symbols that are held, to count the positions that waiting orders may open.
        short_value: What buying back every short position would cost now.
    """

    ticket: Ticket
    quote: Quote | None
    equity: Decimal | None
    cash: Decimal
    position: Position | None
    positions_count: int
    day_profit: Decimal | None
    session_start_equity: Decimal | None
    open_orders: Sequence[Order]
    recent_orders: Sequence[Order]
    is_open: bool
    allow_short: bool
    now: datetime
    limits: Limits
    costs: Costs = field(default_factory=Costs)
    prices: Mapping[str, Decimal] = field(default_factory=dict)
    held: frozenset[str] | None = None
    short_value: Decimal = ZERO

    @property
    def market(self) -> Decimal | None:
        """What the market asks of a buyer, or bids a seller; None unless the quote is sound."""
        if self.quote is None:
            return None
        prices = (self.quote.bid, self.quote.ask, self.quote.last)
        if not all(price.is_finite() and price > 0 for price in prices):
            return None
        return self.quote.price_for(self.ticket.side)

    @property
    def holding(self) -> Decimal:
        """Signed quantity held of the symbol."""
        return ZERO if self.position is None else self.position.quantity

    @property
    def promised(self) -> Decimal:
        """Quantity of the symbol that waiting orders on the same side may still trade."""
        return sum(
            (
                order.remaining
                for order in self.open_orders
                if order.ticket.symbol == self.ticket.symbol
                and order.ticket.side is self.ticket.side
            ),
            ZERO,
        )

    @property
    def reduces(self) -> bool:
        """Whether the order only shrinks or closes a position, waiting orders counted."""
        if self.holding * self.ticket.side.sign >= 0:
            return False
        return self.ticket.quantity <= abs(self.holding) - self.promised

    @property
    def holding_after(self) -> Decimal:
        """Signed quantity if this order and those waiting on its side all fill."""
        return self.holding + self.ticket.side.sign * (self.promised + self.ticket.quantity)

    def priced(self, market: Decimal) -> Decimal:
        """The price the order is valued at: the worst it may pay, or what it would fetch."""
        return price_of(self.ticket, market, self.costs)


def price_of(ticket: Ticket, market: Decimal, costs: Costs) -> Decimal:
    """Return the price at which to value `ticket` when the market's price is `market`.

    A limit to buy is valued at the limit, the most it may pay; a stop at the stop or, once the
    market is through it, at the market. Market and stop orders include slippage.
    """
    buys = ticket.side is Side.BUY
    if ticket.limit_price is not None:
        return ticket.limit_price if buys else max(ticket.limit_price, market)
    price = market
    if ticket.stop_price is not None:
        price = max(ticket.stop_price, market) if buys else min(ticket.stop_price, market)
    return costs.slipped(price, ticket.side) if slips(ticket.type) else price
