"""The one fill model: at which price an order fills, against a bar, a quote or in an auction.

A bar is met in this order: its open, then anywhere between its high and its low. An order that
the open already goes through fills at the open, whether that is better (a limit) or worse (a
stop) than the price it names. Slippage is added by `puffin.execution.costs`, never to limits.
Backtests and the paper broker both fill by these functions; compiled backtests by the same rules,
which tests compare with them.
"""

from __future__ import annotations

from decimal import ROUND_FLOOR, Decimal
from typing import TYPE_CHECKING, TypeVar

from puffin.execution.costs import PERCENT
from puffin.execution.ledger import FINEST_QUANTITY
from puffin.types import OrderType, Side, TimeInForce

if TYPE_CHECKING:
    from puffin.types import Quote, Ticket

Price = TypeVar("Price", float, Decimal)

AT_ONCE = frozenset({TimeInForce.IOC, TimeInForce.FOK})
AUCTIONS = frozenset({TimeInForce.OPG, TimeInForce.CLS})


def limit_fill(side: Side, limit: Price, opened: Price, high: Price, low: Price) -> Price | None:
    """Return where a limit order fills: at the limit or better, or None."""
    if side is Side.BUY:
        if opened <= limit:
            return opened
        return limit if low <= limit else None
    if opened >= limit:
        return opened
    return limit if high >= limit else None


def stop_fill(side: Side, stop: Price, opened: Price, high: Price, low: Price) -> Price | None:
    """Return where a stop order fills: at the stop, at the open after a gap, or None."""
    if side is Side.BUY:
        if opened >= stop:
            return opened
        return stop if high >= stop else None
    if opened <= stop:
        return opened
    return stop if low <= stop else None


def stop_limit_fill(
    side: Side, stop: Price, limit: Price, prices: tuple[Price, Price, Price]
) -> Price | None:
    """Return where a stop-limit order fills on a bar of open, high and low, or None.

    Set off at the open it is a limit order for the whole bar. Set off inside the bar it fills at
    the stop if the limit allows that; what the bar did afterwards is not known.
    """
    reached = stop_fill(side, stop, *prices)
    if reached is None:
        return None
    if reached == prices[0]:
        return limit_fill(side, limit, *prices)
    return reached if (limit - reached) * side.sign >= 0 else None


def trailing_stop(side: Side, mark: Price, trail: Price) -> Price:
    """Return where a trailing stop stands that follows from `mark`, the best price so far."""
    return mark + trail if side is Side.BUY else mark - trail


def best_so_far(side: Side, mark: Price, high: Price, low: Price) -> Price:
    """Return the mark that a trailing stop to `side` follows after a bar: a stop to sell rises."""
    if side is Side.BUY:
        return min(mark, low)
    return max(mark, high)


def stop_of(ticket: Ticket, mark: Decimal | None = None) -> Decimal | None:
    """Return the price that sets `ticket` off; None for an order without a stop.

    Args:
        ticket: The order.
        mark: The best price since a trailing stop was placed; it has no stop before there is one.
    """
    if mark is None or ticket.type is not OrderType.TRAILING:
        return ticket.stop_price
    trail = ticket.trail_price
    if trail is None:
        trail = mark * (ticket.trail_percent or Decimal(0)) / PERCENT
    return trailing_stop(ticket.side, mark, trail)


def sets_off(ticket: Ticket, last: Decimal, mark: Decimal | None = None) -> bool:
    """Whether a trade at `last` sets the order's stop off."""
    stop = stop_of(ticket, mark)
    return stop is not None and stop_fill(ticket.side, stop, last, last, last) is not None


def fill_on_bar(
    ticket: Ticket,
    opened: Decimal,
    high: Decimal,
    low: Decimal,
    closed: Decimal | None = None,
    mark: Decimal | None = None,
) -> Decimal | None:
    """Return the price at which `ticket`, waiting since before the bar, fills on it, or None.

    `mark` is the best price before the bar, for a trailing stop; `closed` the bar's last price,
    for an order in the closing auction. Of an order that fills at once or never, only the open
    counts.
    """
    lasting, limit = ticket.time_in_force, ticket.limit_price
    if lasting is TimeInForce.CLS:
        return None if closed is None else fill_in_auction(ticket, closed)
    if lasting is TimeInForce.OPG:
        return fill_in_auction(ticket, opened)
    if lasting in AT_ONCE:
        high = low = opened
    if ticket.type in _STOPPED:
        stop = stop_of(ticket, mark)
        if stop is None:
            return None
        if limit is not None:
            return stop_limit_fill(ticket.side, stop, limit, (opened, high, low))
        return stop_fill(ticket.side, stop, opened, high, low)
    return opened if limit is None else limit_fill(ticket.side, limit, opened, high, low)


def fill_on_quote(
    ticket: Ticket, quote: Quote, *, set_off: bool = False, mark: Decimal | None = None
) -> Decimal | None:
    """Return the price at which `ticket` fills on `quote`, or None.

    Buyers pay the ask and sellers get the bid. A stop is set off by the last price, as exchanges
    do it, and then takes the market's price, or its limit's or better. One that was `set_off`
    before stays so.
    """
    if ticket.type in _STOPPED and not set_off and not sets_off(ticket, quote.last, mark):
        return None
    price = quote.price_for(ticket.side)
    if ticket.limit_price is not None:
        return limit_fill(ticket.side, ticket.limit_price, price, price, price)
    return price


def fill_in_auction(ticket: Ticket, price: Decimal) -> Decimal | None:
    """Return `price`, which all trade at in an auction, if the order takes it; else None."""
    if ticket.type is OrderType.MARKET:
        return price
    limit = ticket.limit_price
    if ticket.type is not OrderType.LIMIT or limit is None:
        return None
    return price if (limit - price) * ticket.side.sign >= 0 else None


def quantity_for(amount: Decimal, price: Decimal) -> Decimal:
    """Return how many units `amount` buys at `price`, to a millionth; never more than it pays."""
    return (amount / price).quantize(FINEST_QUANTITY, ROUND_FLOOR)


def slips(kind: OrderType) -> bool:
    """Whether orders of this kind take the market's price, and so may slip."""
    return kind not in {OrderType.LIMIT, OrderType.STOP_LIMIT}


_STOPPED = frozenset({OrderType.STOP, OrderType.STOP_LIMIT, OrderType.TRAILING})
