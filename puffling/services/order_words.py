"""Orders in a trader's words: what the gate shows and what a notice says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from puffin.types import Order, OrderStatus, OrderType, Side, Ticket, TimeInForce
from puffling.core import formats
from puffling.core.events import Level, NoticePosted

if TYPE_CHECKING:
    from collections.abc import Iterable
    from decimal import Decimal

    from puffin.risk.limits import Verdict

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
        how = f"limit {formats.price(order.limit_price)}"
    elif order.type is OrderType.STOP:
        how = f"stop {formats.price(order.stop_price)}"
    size = f"{verb} {formats.quantity(order.quantity)} {order.symbol}"
    return f"{size} {how}, {_LASTS[order.time_in_force]}"


def proposal(order: Order, mode: str, effects: Effects, verdicts: Iterable[Verdict]) -> str:
    """Return the text a person says yes or no to, rendered from the order that would be sent."""
    lines = [
        f"{mode.upper()}: {ticket(order.ticket)}.",
        f"Worth {formats.money(effects.notional)} at {formats.price(effects.price)}, "
        f"commission {formats.money(effects.commission)}.",
        f"Cash afterwards {formats.money(effects.cash_after)}; "
        f"{order.ticket.symbol} {formats.percent(effects.share_after, places=1)} of equity.",
        *(f"Note: {each.text}" for each in verdicts if each.warning),
    ]
    return "\n".join(lines)


def notice(before: Order, now: Order) -> NoticePosted | None:
    """Return what the person should hear of an order's move; None when nothing."""
    if now.status is before.status:
        return None
    words, symbol = ticket(now.ticket), now.ticket.symbol
    match now.status:
        case OrderStatus.FILLED:
            verb = "Bought" if now.ticket.side is Side.BUY else "Sold"
            title = (
                f"{verb} {formats.quantity(now.filled_quantity)} {symbol} "
                f"at {formats.price(now.average_price)}"
            )
            return NoticePosted(Level.SUCCESS, title, words, panel="portfolio", desktop=True)
        case OrderStatus.REJECTED:
            return _notice(Level.ERROR, f"{symbol} order rejected", now)
        case OrderStatus.EXPIRED:
            return _notice(Level.WARNING, f"{symbol} order expired", now)
        case OrderStatus.CANCELLED:
            return _notice(Level.INFO, f"{symbol} order cancelled", now)
        case OrderStatus.UNKNOWN:
            return _notice(Level.WARNING, f"{symbol} order: checking", now)
        case _:
            return None


def mismatch(text: str) -> NoticePosted:
    """Return the warning that our books and the broker's differ."""
    return NoticePosted(
        Level.ERROR, "The broker's books differ from ours", text, panel="portfolio", desktop=True
    )


def _notice(level: Level, title: str, order: Order) -> NoticePosted:
    text = f"{ticket(order.ticket)}. {order.reason}".rstrip()
    desktop = level is not Level.INFO
    return NoticePosted(level, title, text, panel="portfolio", desktop=desktop)
