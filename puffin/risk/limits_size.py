"""Rules on size: how much in one order, how much in one position, how many positions."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from puffin.execution.ledger import FINEST_QUANTITY
from puffin.risk.facts import is_automated
from puffin.risk.verdicts import market_of, passed, refused, units
from puffin.types import AssetClass, OrderType, TimeInForce

if TYPE_CHECKING:
    from puffin.risk.facts import Facts
    from puffin.risk.verdicts import Verdict


def quantity(facts: Facts) -> Verdict:
    """Refuse too many units, too few, and fractions where brokers do not take them."""
    ticket, most, least = (
        facts.ticket,
        facts.limits.largest_quantity,
        facts.limits.smallest_quantity,
    )
    size = ticket.quantity
    if size != size.quantize(FINEST_QUANTITY) and size != abs(facts.holding):
        text = "A quantity has at most six decimal places."
        return refused("quantity", text, most, size)
    if facts.reduces:
        return passed("quantity", f"{units(facts, size)}, to close.", most, size)
    if size > most:
        text = f"{units(facts, size)} in one order are more than the {units(facts, most)} allowed."
        return refused("quantity", text, most, size)
    by_amount = ticket.notional is not None or ticket.asset is AssetClass.CRYPTO
    if size < least and not by_amount:
        text = f"The quantity must be at least {least}."
        return refused("quantity", text, least, size)
    whole = by_amount or size == size.to_integral_value()
    lasts = ticket.time_in_force is not TimeInForce.DAY
    if not whole and (lasts or ticket.type not in {OrderType.MARKET, OrderType.LIMIT}):
        text = "A fraction of a share needs a market or limit order for the day."
        return refused("quantity", text, most, size)
    text = f"{units(facts, size)} of at most {units(facts, most)}."
    return passed("quantity", text, most, size)


def order_value(facts: Facts) -> Verdict:
    """Refuse an order worth more than the largest allowed."""
    most = facts.limits.largest_order
    value = facts.value(market_of(facts))
    if value <= most or facts.reduces:
        text = f"The order is worth {value:,.2f} of at most {most:,.2f}."
        return passed("order value", text, most, value)
    text = f"The order is worth {value:,.2f}, more than the {most:,.2f} allowed."
    return refused("order value", text, most, value)


def large_order(facts: Facts) -> Verdict:
    """Refuse a large order that automation asks for and approves by itself."""
    most = facts.limits.large_order
    if not facts.automated:
        return passed("large order", "A person asks for the order.", most)
    value = facts.value(market_of(facts))
    if value < most or facts.reduces:
        text = f"The order is worth {value:,.2f}; automation may place less than {most:,.2f}."
        return passed("large order", text, most, value)
    text = f"The order is worth {value:,.2f}: from {most:,.2f} on a person must say yes."
    if is_automated(facts.approved_by):
        return refused("large order", text, most, value)
    return passed("large order", text, most, value, warning=True)


def position_share(facts: Facts) -> Verdict:
    """Refuse a position, waiting orders counted, of more than its share of equity.

    What is held is worth what the market says; what is added, what it may cost.
    """
    most, equity, market = facts.limits.largest_position, facts.equity, market_of(facts)
    if facts.reduces:
        return passed("position share", "The order makes the position smaller.", most)
    if equity is None or equity <= 0:
        text = "Equity is not known or used up, so only closing is allowed."
        return refused("position share", text, most)
    if facts.ticket.legs:
        after = facts.value(market)
    else:
        price = max(facts.priced(market), market)
        added = facts.promised * price * facts.multiplier + _added(facts, price)
        sign = facts.ticket.side.sign
        after = abs(facts.holding * market * facts.multiplier + sign * added)
    share = after / equity
    if share <= most:
        text = f"The position would be {share:.1%} of equity, of at most {most:.1%}."
        return passed("position share", text, most, share)
    text = f"The position would be {share:.1%} of equity, more than the {most:.1%} allowed."
    return refused("position share", text, most, share)


def positions_count(facts: Facts) -> Verdict:
    """Refuse more positions than allowed, those that waiting orders may open counted."""
    most = Decimal(facts.limits.most_positions)
    opens = _opened(facts)
    if not opens:
        used = Decimal(facts.positions_count)
        return passed("positions", "The order opens no new position.", most, used)
    waiting = {order.ticket.symbol for order in facts.open_orders} - opens
    opening = set() if facts.held is None else waiting - facts.held
    count = Decimal(facts.positions_count + len(opening) + len(opens))
    if count <= most:
        text = f"The order would open position {count} of at most {most}."
        return passed("positions", text, most, count)
    text = f"This would be position {count}, waiting orders counted; {most} are allowed."
    return refused("positions", text, most, count)


def _added(facts: Facts, price: Decimal) -> Decimal:
    amount = facts.ticket.notional
    return facts.ticket.quantity * price * facts.multiplier if amount is None else amount


def _opened(facts: Facts) -> set[str]:
    """Return the symbols of which the order opens a position that is not there."""
    if not facts.ticket.legs:
        return set() if facts.holding else {facts.ticket.symbol}
    return {each.symbol for each in facts.ticket.legs if not facts.holdings.get(each.symbol)}
