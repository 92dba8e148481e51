"""Cash an order needs, cash that waiting orders may need, and what is left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from puffin.risk.facts import price_of
from puffin.types import ZERO, Side

if TYPE_CHECKING:
    from decimal import Decimal

    from puffin.execution.costs import Costs
    from puffin.risk.facts import Facts
    from puffin.types import Order, Ticket


def cash_needed(ticket: Ticket, market: Decimal, costs: Costs) -> Decimal:
    """Return the most a buy may cost, commission included."""
    price = price_of(ticket, market, costs)
    return ticket.quantity * price + costs.commission(ticket.quantity, price)


def reserved_cash(facts: Facts) -> Decimal | None:
    """Return what the waiting buy orders may cost; None when one of them cannot be valued."""
    total = ZERO
    for order in facts.open_orders:
        if order.ticket.side is Side.SELL:
            continue
        need = _reserved_for(order, facts)
        if need is None:
            return None
        total += need
    return total


def _reserved_for(order: Order, facts: Facts) -> Decimal | None:
    ticket = order.ticket
    price = ticket.limit_price
    if price is None:
        same = ticket.symbol == facts.ticket.symbol and facts.quote is not None
        market = facts.quote.ask if same and facts.quote else facts.prices.get(ticket.symbol)
        market = market if market is not None else ticket.stop_price
        if market is None:
            return None
        price = price_of(ticket, market, facts.costs)
    return order.remaining * price + facts.costs.commission(order.remaining, price)


def free_cash(facts: Facts) -> Decimal | None:
    """Return the cash a new order may use; None when it cannot be known.

    Waiting buy orders keep theirs. So do short positions: what their sale brought in is owed,
    and as much again is kept as security.
    """
    reserved = reserved_cash(facts)
    return None if reserved is None else facts.cash - reserved - 2 * facts.short_value


def security_needed(facts: Facts, market: Decimal) -> Decimal:
    """Return the cash a sale, with those waiting, needs as security for what it sells short."""
    sold_short = min(facts.holding, ZERO) - min(facts.holding_after, ZERO)
    price = price_of(facts.ticket, market, facts.costs)
    return sold_short * price + facts.costs.commission(facts.ticket.quantity, price)
