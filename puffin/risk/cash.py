"""Cash an order needs, cash that waiting orders may need, and what is left."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from puffin.risk.contracts import least_worth
from puffin.risk.facts import price_of, value_of
from puffin.types import ZERO, OrderClass, OrderStatus, Side

if TYPE_CHECKING:
    from decimal import Decimal

    from puffin.execution.costs import Costs
    from puffin.risk.facts import Facts
    from puffin.types import Order, Ticket


def cash_needed(ticket: Ticket, market: Decimal, costs: Costs) -> Decimal | None:
    """Return the most an order may cost, commission included; None when it has no bound.

    Several legs that open cost what they can lose: the net price, and what they may be worth
    less than nothing in the end. Legs that close cost their net price.
    """
    price = price_of(ticket, market, costs)
    commission = costs.commission(ticket.quantity, abs(price))
    if not ticket.legs:
        return value_of(ticket, price) + commission
    least = ZERO
    if any(each.opens for each in ticket.legs):
        bound = least_worth(ticket.legs)
        if bound is None:
            return None
        least = min(bound, ZERO)
    return max(ZERO, price - least) * ticket.quantity * ticket.multiplier + commission


def reserved_cash(facts: Facts) -> Decimal | None:
    """Return what the waiting orders may cost; None when one of them cannot be valued.

    With the broker's own buying power only orders that it had not seen yet are counted: it keeps
    the cash of the others itself.
    """
    total = ZERO
    for order in facts.open_orders:
        ticket = order.ticket
        if order.parent or ticket.order_class is OrderClass.OCO:
            continue  # it ends what another order opens
        if ticket.side is Side.SELL and not ticket.legs:
            continue
        if _seen(order, facts):
            continue
        need = _reserved_for(order, facts)
        if need is None:
            return None
        total += need
    return total


def _seen(order: Order, facts: Facts) -> bool:
    account = facts.account
    if account is None or account.buying_power is None or account.at is None:
        return False
    if order.status in {OrderStatus.SENT, OrderStatus.UNKNOWN}:
        return False  # it may arrive after the broker was asked
    return order.updated_at <= account.at


def _reserved_for(order: Order, facts: Facts) -> Decimal | None:
    ticket = order.ticket
    market = ticket.limit_price
    market = _market_of(ticket, facts) if market is None else market
    if market is None:
        return None
    if not order.remaining:
        return ZERO
    share = order.remaining / ticket.quantity
    amount = None if ticket.notional is None else ticket.notional * share
    rest = replace(ticket, quantity=order.remaining, notional=amount)
    return cash_needed(rest, market, facts.costs)


def _market_of(ticket: Ticket, facts: Facts) -> Decimal | None:
    """Return what the market asks for what a waiting order buys; its stop when nobody knows."""
    if ticket.legs:
        return None  # its options' prices of now are not gathered
    if ticket.symbol == facts.ticket.symbol and facts.quote is not None:
        return facts.quote.ask
    return facts.prices.get(ticket.symbol, ticket.stop_price)


def free_cash(facts: Facts) -> Decimal | None:
    """Return the cash a new order may use; None when it cannot be known.

    Where the broker tells buying power, that. Else cash: waiting buy orders keep theirs, and so
    do short positions: what their sale brought in is owed, and as much again is security.
    """
    reserved = reserved_cash(facts)
    if reserved is None:
        return None
    if facts.account is not None and facts.account.buying_power is not None:
        return facts.account.buying_power - reserved
    return facts.cash - reserved - 2 * facts.short_value


def security_needed(facts: Facts, market: Decimal) -> Decimal:
    """Return the cash a sale, with those waiting, needs as security for what it sells short."""
    sold_short = min(facts.holding, ZERO) - min(facts.holding_after, ZERO)
    price = price_of(facts.ticket, market, facts.costs)
    commission = facts.costs.commission(facts.ticket.quantity, price)
    return sold_short * price * facts.multiplier + commission
