"""How positions, orders and fills are shown in columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from puffin.data.sessions import EXCHANGE
from puffin.types import OrderStatus, OrderType, Side, asset_of
from puffling.core import formats
from puffling.services import order_words
from puffling.ui.tables.columns import Column, Draw, number
from puffling.ui.tables.sums import gained, shared, summed
from puffling.ui.theme.theme import Theme
from puffling.ui.theme.tokens import Tone

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from decimal import Decimal

    from puffin.types import Fill, Order
    from puffling.ui.panels.portfolio.held import Held
    from puffling.ui.tables.sums import Total

_STATUS_TONES = {
    OrderStatus.SENT: Tone.INFO,
    OrderStatus.PENDING: Tone.INFO,
    OrderStatus.WORKING: Tone.INFO,
    OrderStatus.PARTIAL: Tone.INFO,
    OrderStatus.PENDING_CANCEL: Tone.INFO,
    OrderStatus.PENDING_REPLACE: Tone.INFO,
    OrderStatus.FILLED: Tone.SUCCESS,
    OrderStatus.REJECTED: Tone.DANGER,
    OrderStatus.UNKNOWN: Tone.WARNING,
    OrderStatus.SUSPENDED: Tone.WARNING,
    OrderStatus.OTHER: Tone.WARNING,
}
_STATUS_WORDS = {
    OrderStatus.UNKNOWN: "checking",
    OrderStatus.HELD: "held",
    OrderStatus.DONE_FOR_DAY: "next session",
    OrderStatus.PENDING_CANCEL: "cancelling",
    OrderStatus.PENDING_REPLACE: "changing",
}


def _side_tone(side: Side) -> str:
    return Tone.UP if side is Side.BUY else Tone.DOWN


def _price(order: Order) -> Decimal | None:
    return order.ticket.limit_price or order.ticket.stop_price


def _price_words(order: Order) -> str:
    ticket = order.ticket
    if ticket.type is OrderType.STOP_LIMIT:
        return f"{formats.price(ticket.stop_price)} / {formats.price(ticket.limit_price)}"
    if ticket.trail_percent is not None:
        return f"{ticket.trail_percent.normalize():f} %"
    if ticket.trail_price is not None:
        return f"trails {formats.price(ticket.trail_price)}"
    return "market" if ticket.type is OrderType.MARKET else formats.price(_price(order))


def status_words(order: Order) -> str:
    """Return an order's status for a chip; what the broker said if we do not know the word."""
    if order.status is OrderStatus.OTHER:
        return f"unknown: {order.raw}"
    return _STATUS_WORDS.get(order.status, order.status.value)


def _quantity(order: Order) -> str:
    amount = order.ticket.notional
    if amount is not None and not order.status.is_terminal:
        return f"${formats.money(amount)}"
    return formats.quantity(order.ticket.quantity)


def _origin(order: Order) -> str:
    if order.external:
        return "placed elsewhere"
    return order.asked_by if order.asked_by not in {"", "desk"} else ""


def _kind(order: Order) -> tuple[str, Side]:
    return order.ticket.symbol, order.ticket.side


APART = "Only shares of one symbol, all bought or all sold, are added up."


def _added(value: Callable[[Order], Decimal | None]) -> Callable[[Sequence[Order]], Total]:
    return summed(value, formats.quantity, within=_kind, apart=APART)


POSITIONS: tuple[Column[Held], ...] = (
    Column(
        "symbol",
        "Symbol",
        lambda row: row.symbol,
        draw=Draw.STRONG,
        tip=lambda row: "" if row.row.last is not None else f"There is no quote for {row.symbol}.",
        sort=lambda row: row.symbol,
        width=72,
    ),
    Column(
        "kind",
        "Kind",
        lambda row: asset_of(row.symbol).value.capitalize(),
        help="Sorting by it puts stocks, options and crypto together",
        width=64,
        hidden=True,
    ),
    number(
        "quantity",
        "Quantity",
        lambda row: formats.quantity(row.position.quantity),
        lambda row: row.position.quantity,
        width=76,
    ),
    number(
        "average",
        "Average",
        lambda row: formats.price(row.position.average_cost),
        lambda row: row.position.average_cost,
        help_="Average cost of a share, commissions not included",
        width=76,
    ),
    number(
        "last",
        "Last",
        lambda row: formats.price(row.row.last),
        lambda row: row.row.last,
        flash=True,
        width=76,
    ),
    number(
        "value",
        "Value",
        lambda row: formats.money(row.row.value),
        lambda row: row.row.value,
        width=96,
        total=summed(lambda row: row.row.value, formats.money),
    ),
    number(
        "unrealised",
        "Unrealised",
        lambda row: formats.money(row.row.unrealised, sign=True),
        lambda row: row.row.unrealised,
        tone=lambda row: Theme.sign_tone(row.row.unrealised),
        help_="Profit or loss if closed at the last price",
        width=92,
        total=gained(lambda row: row.row.unrealised),
    ),
    number(
        "ratio",
        "%",
        lambda row: formats.percent(row.row.unrealised_ratio, sign=True),
        lambda row: row.row.unrealised_ratio,
        tone=lambda row: Theme.sign_tone(row.row.unrealised_ratio),
        help_="Unrealised profit as a share of the cost",
        width=72,
    ),
    number(
        "day",
        "Day",
        lambda row: formats.money(row.row.day_profit, sign=True),
        lambda row: row.row.day_profit,
        tone=lambda row: Theme.sign_tone(row.row.day_profit),
        help_="Profit or loss of this session",
        width=86,
        total=gained(lambda row: row.row.day_profit),
    ),
    number(
        "weight",
        "Weight",
        lambda row: formats.percent(row.row.weight, places=1),
        lambda row: row.row.weight,
        help_="Share of equity",
        width=76,
        total=shared(lambda row: row.row.weight, places=1),
    ),
    number(
        "total",
        "Total",
        lambda row: formats.money(row.total, sign=True),
        lambda row: row.total,
        tone=lambda row: Theme.sign_tone(row.total),
        help_="Profit taken and not taken on this symbol, commissions paid",
        width=92,
        total=gained(lambda row: row.total),
    ),
    number(
        "stop",
        "Stop",
        lambda row: formats.price(row.stop),
        lambda row: row.stop,
        help_="The nearest stop order that would close it",
        width=76,
    ),
    number(
        "target",
        "Target",
        lambda row: formats.price(row.target),
        lambda row: row.target,
        help_="The nearest limit order that would close it",
        width=76,
    ),
    Column(
        "spark",
        "30 days",
        lambda _: "",
        draw=Draw.SPARK,
        series=lambda row: row.closes,
        help="The last 30 closes",
        width=76,
    ),
)

ORDERS: tuple[Column[Order], ...] = (
    Column(
        "time",
        "Time",
        lambda order: formats.moment(order.market_time, zone=EXCHANGE),
        sort=lambda order: (order.created_at, order.id),
        tip=lambda order: f"Placed at {formats.moment(order.created_at)} of this computer's time",
        help="Market time, New York",
        width=168,
    ),
    Column(
        "symbol",
        "Symbol",
        lambda order: order.ticket.symbol,
        draw=Draw.STRONG,
        width=72,
    ),
    Column(
        "side",
        "Side",
        lambda order: order.ticket.side.value.capitalize(),
        tone=lambda order: _side_tone(order.ticket.side),
        width=48,
    ),
    number(
        "quantity",
        "Quantity",
        _quantity,
        lambda order: order.ticket.quantity,
        width=76,
        total=summed(
            lambda order: order.ticket.quantity, formats.quantity, within=_kind, apart=APART
        ),
    ),
    Column("type", "Type", lambda order: order.ticket.type.value.capitalize(), width=86),
    number("price", "Price", _price_words, _price, width=84),
    Column(
        "status",
        "Status",
        status_words,
        draw=Draw.CHIP,
        tone=lambda order: _STATUS_TONES.get(order.status, Tone.MUTED),
        tip=lambda order: order.reason,
        width=84,
    ),
    number(
        "filled",
        "Filled",
        lambda order: formats.quantity(order.filled_quantity),
        lambda order: order.filled_quantity,
        width=70,
        total=summed(
            lambda order: order.filled_quantity, formats.quantity, within=_kind, apart=APART
        ),
    ),
    number(
        "average",
        "Average",
        lambda order: formats.price(order.average_price),
        lambda order: order.average_price,
        width=76,
    ),
    Column("lasts", "Lasts", lambda order: order.ticket.time_in_force.value.upper(), width=54),
    Column(
        "exits",
        "Exits",
        lambda order: order_words.exits(order.ticket),
        help="The target and the stop that the order brings",
        width=110,
        hidden=True,
    ),
    Column(
        "origin",
        "From",
        _origin,
        help="Who asked for it, if not you at this desk",
        width=90,
        hidden=True,
    ),
    Column(
        "reason",
        "Reason",
        lambda order: order.reason,
        tone=lambda _: Tone.MUTED,
        tip=lambda order: order.reason,
        stretch=True,
    ),
)

FILLS: tuple[Column[Fill], ...] = (
    Column(
        "time",
        "Time",
        lambda fill: formats.moment(fill.at, zone=EXCHANGE),
        sort=lambda fill: (fill.at, fill.id),
        help="Market time, New York",
        width=168,
    ),
    Column("symbol", "Symbol", lambda fill: fill.symbol, draw=Draw.STRONG, width=72),
    Column(
        "side",
        "Side",
        lambda fill: fill.side.value.capitalize(),
        tone=lambda fill: _side_tone(fill.side),
        width=48,
    ),
    number(
        "quantity",
        "Quantity",
        lambda fill: formats.quantity(fill.quantity),
        lambda fill: fill.quantity,
        width=76,
        total=summed(
            lambda fill: fill.quantity,
            formats.quantity,
            within=lambda fill: (fill.symbol, fill.side),
            apart=APART,
        ),
    ),
    number(
        "price", "Price", lambda fill: formats.price(fill.price), lambda fill: fill.price, width=76
    ),
    number(
        "commission",
        "Commission",
        lambda fill: formats.money(fill.commission),
        lambda fill: fill.commission,
        width=90,
        total=summed(lambda fill: fill.commission, formats.money),
    ),
    number(
        "cash",
        "Cash",
        lambda fill: formats.money(fill.cash_change, sign=True),
        lambda fill: fill.cash_change,
        tone=lambda fill: Theme.sign_tone(fill.cash_change),
        help_="What the fill did to cash, commission included",
        width=104,
        total=gained(lambda fill: fill.cash_change),
    ),
    Column("order", "Order", lambda fill: fill.order_id, tone=lambda _: Tone.FAINT, stretch=True),
)
