"""Orders in a trader's words: what the gate shows and what a notice says."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from puffin.types import OrderClass, OrderStatus, OrderType, Side, TimeInForce
from puffling.core import formats
from puffling.core.events import Level, NoticePosted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from puffin.risk.limits import Verdict
    from puffin.types import Order, Ticket
    from puffling.core.errors import StoreError

_LASTS = {
    TimeInForce.DAY: "good for the day",
    TimeInForce.GTC: "good until cancelled",
    TimeInForce.IOC: "at once, the rest is cancelled",
    TimeInForce.FOK: "at once, all or nothing",
    TimeInForce.OPG: "in the opening auction",
    TimeInForce.CLS: "in the closing auction",
}


@dataclass(frozen=True, slots=True)
class Effects:
    """What an order would do, for the words that describe it."""

    price: Decimal
    notional: Decimal
    commission: Decimal
    cash_after: Decimal
    share_after: Decimal | None


def ticket(order: Ticket) -> str:
    """Return an order in words: "Buy 10 AAPL at the market, good for the day"."""
    parts = [f"{_size(order)} {_how(order)}", _LASTS[order.time_in_force]]
    if order.extended_hours:
        parts.append("before the open and after the close too")
    return ", ".join([*parts, *_exits(order)])


def changes(old: Ticket, new: Ticket) -> str:
    """Return what of an order changes: "Quantity 10 → 12. Limit 27.00 → 26.34."; may be empty."""
    named = (
        ("Quantity", formats.quantity, old.quantity, new.quantity),
        ("Limit", formats.price, old.limit_price, new.limit_price),
        ("Stop", formats.price, old.stop_price, new.stop_price),
        ("Trail", formats.price, old.trail_price, new.trail_price),
        ("Trail percent", formats.quantity, old.trail_percent, new.trail_percent),
    )
    words = [
        f"{name} {_exact(shown, before)} → {_exact(shown, after)}."
        for name, shown, before, after in named
        if before != after
    ]
    if old.time_in_force is not new.time_in_force:
        words.append(f"{_LASTS[old.time_in_force]} → {_LASTS[new.time_in_force]}.".capitalize())
    return " ".join(words)


def how(order: Ticket) -> str:
    """Return how an order works and how long: "Limit 182.50 · good for the day"."""
    words = _how(order)
    extended = ["outside regular hours too"] if order.extended_hours else []
    return " · ".join([words[0].upper() + words[1:], _LASTS[order.time_in_force], *extended])


def size(order: Ticket) -> str:
    """Return how much of what: "10 AAPL", "1,000.00 dollars of AAPL", "2 spreads on AAPL"."""
    if order.notional is not None:
        return f"{_exact(formats.money, order.notional)} dollars of {order.symbol}"
    amount = _exact(formats.quantity, order.quantity)
    if order.order_class is OrderClass.MULTI_LEG:
        return f"{amount} × {len(order.legs)} legs on {order.symbol}"
    return f"{amount} {order.symbol}"


def exits(order: Ticket) -> str:
    """Return what an order brings with it: "Target 190.00 · stop loss 175.00"; may be empty."""
    words = " · ".join(_exits(order))
    return words[:1].upper() + words[1:]


def legs(order: Ticket) -> list[str]:
    """Return the legs of a multi-leg order, a line each."""
    words = {True: "to open", False: "to close"}
    return [
        f"{each.side.capitalize()} {each.ratio} {each.symbol} {words[each.opens]}"
        for each in order.legs
    ]


def _size(order: Ticket) -> str:
    verb = "Buy" if order.side is Side.BUY else "Sell"
    if order.order_class is OrderClass.MULTI_LEG:
        inside = "; ".join(legs(order))
        return f"{_exact(formats.quantity, order.quantity)} × ({inside}) on {order.symbol}"
    return f"{verb} {size(order)}"


def _how(order: Ticket) -> str:
    limit = _exact(formats.price, order.limit_price)
    stop = _exact(formats.price, order.stop_price)
    trail = (
        f"{order.trail_percent:f} %"
        if order.trail_percent is not None
        else _exact(formats.price, order.trail_price)
    )
    return {
        OrderType.MARKET: "at the market",
        OrderType.LIMIT: f"limit {limit}",
        OrderType.STOP: f"stop {stop}",
        OrderType.STOP_LIMIT: f"stop {stop} limit {limit}",
        OrderType.TRAILING: f"trailing stop {trail}",
    }[order.type]


def _exits(order: Ticket) -> list[str]:
    stop = "" if order.stop_loss is None else _exact(formats.price, order.stop_loss)
    if order.stop_loss_limit is not None:
        stop += f" limit {_exact(formats.price, order.stop_loss_limit)}"
    if order.one_cancels_other:
        return [f"or stop {stop}, one cancels the other"]
    target = _exact(formats.price, order.take_profit)
    words = [f"target {target}"] if order.take_profit is not None else []
    return [*words, f"stop loss {stop}"] if stop else words


def _exact(words: Callable[[Decimal | None], str], value: Decimal | None) -> str:
    """Return a number as everywhere, but never rounded: what is shown is what is sent."""
    text = words(value)
    if value is None or Decimal(text.replace(",", "").replace("−", "-")) == value:
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
    OrderStatus.SUSPENDED: (Level.WARNING, "order waits: trading in it is halted"),
    OrderStatus.OTHER: (Level.WARNING, "order: the broker uses a word Puffling does not know"),
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


def refusal(orders: list[Order | None]) -> str:
    """Return why the broker took none of these orders, in words; empty when it took one."""
    known = [each for each in orders if each is not None]
    if not known or any(each.status is not OrderStatus.REJECTED for each in known):
        return ""
    why = next((each.reason for each in known if each.reason), "")
    return f"Rejected by the broker. {why}".strip()


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
