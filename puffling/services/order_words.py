"""Orders in a trader's words: what the gate shows and what a notice says."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from puffin.types import OrderStatus, OrderType, Side, TimeInForce
from puffling.core import formats
from puffling.core.events import Level, NoticePosted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from puffin.risk.limits import Verdict
    from puffin.types import Order, Ticket
    from puffling.core.errors import StoreError

_LASTS = {TimeInForce.DAY: "good for the day", TimeInForce.GTC: "good until cancelled"}


@dataclass(frozen=True, slots=True)
class Effects:
    """What an order would do, for the words that describe it."""

    price: Decimal
    notional: Decimal
    commission: Decimal
    cash_after: Decimal
    share_after: Decimal | None


def ticket(order: Ticket) -> str:
    """Return an order in a few words: "Buy 10 AAPL at the market, good for the day"."""
    verb = "Buy" if order.side is Side.BUY else "Sell"
    how = "at the market"
    if order.type is OrderType.LIMIT:
        how = f"limit {_exact(formats.price, order.limit_price)}"
    elif order.type is OrderType.STOP:
        how = f"stop {_exact(formats.price, order.stop_price)}"
    size = f"{verb} {_exact(formats.quantity, order.quantity)} {order.symbol}"
    return f"{size} {how}, {_LASTS[order.time_in_force]}"


def _exact(words: Callable[[Decimal | None], str], value: Decimal | None) -> str:
    """Return a number as everywhere, but never rounded: what is shown is what is sent."""
    text = words(value)
    if value is None or Decimal(text.replace(",", "")) == value:
        return text
    return f"{value:f}"


def proposal(order: Order, mode: str, effects: Effects, verdicts: Iterable[Verdict]) -> str:
    """Return the text a person says yes or no to, rendered from the order that would be sent."""
    worth, at = formats.money(effects.notional), formats.price(effects.price)
    cash = formats.money(effects.cash_after)
    share = formats.percent(effects.share_after, places=1)
    lines = [
        f"{mode.upper()}: {ticket(order.ticket)}.",
        f"Worth {worth} at {at}, commission {formats.money(effects.commission)}.",
        f"Cash afterwards {cash}; {order.ticket.symbol} {share} of equity.",
        *(f"Note: {each.text}" for each in verdicts if each.warning),
    ]
    return "\n".join(lines)


_MOVES = {
    OrderStatus.REJECTED: (Level.ERROR, "order rejected"),
    OrderStatus.EXPIRED: (Level.WARNING, "order expired"),
    OrderStatus.CANCELLED: (Level.INFO, "order cancelled"),
    OrderStatus.UNKNOWN: (Level.WARNING, "order: checking"),
}


def notice(before: Order, now: Order) -> NoticePosted | None:
    """Return what the person should hear of an order's move; None when nothing."""
    if now.status is before.status:
        return None
    words, symbol = ticket(now.ticket), now.ticket.symbol
    if now.status is OrderStatus.FILLED:
        verb = "Bought" if now.ticket.side is Side.BUY else "Sold"
        size, at = formats.quantity(now.filled_quantity), formats.price(now.average_price)
        title = f"{verb} {size} {symbol} at {at}"
        return NoticePosted(Level.SUCCESS, title, words, panel="portfolio", desktop=True)
    if now.status not in _MOVES:
        return None
    level, move = _MOVES[now.status]
    text = f"{words}. {now.reason}".rstrip()
    desktop = level is not Level.INFO
    return NoticePosted(level, f"{symbol} {move}", text, panel="portfolio", desktop=desktop)


def unstored(error: StoreError) -> NoticePosted:
    """Return the warning that what the broker said, or that it was asked, cannot be kept."""
    return NoticePosted(
        Level.ERROR,
        "What became of the order cannot be stored",
        f"{error} {error.hint} It was sent all the same; Puffling keeps trying.",
        panel="portfolio",
        desktop=True,
    )


def mismatch(text: str) -> NoticePosted:
    """Return the warning that our books and the broker's differ."""
    return NoticePosted(
        Level.ERROR, "The broker's books differ from ours", text, panel="portfolio", desktop=True
    )
