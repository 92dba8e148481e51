"""How positions, orders and fills are shown in columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from puffin.data.sessions import EXCHANGE
from puffin.types import OrderStatus, OrderType, Side
from puffling.core import formats
from puffling.ui.tables.columns import Column, Draw, number
from puffling.ui.theme.theme import Theme
from puffling.ui.theme.tokens import Tone

if TYPE_CHECKING:
    from decimal import Decimal

    from puffin.types import Fill, Order
    from puffling.services.positions import PositionRow

_STATUS_TONES = {
    OrderStatus.SENT: Tone.INFO,
    OrderStatus.WORKING: Tone.INFO,
    OrderStatus.PARTIAL: Tone.INFO,
    OrderStatus.FILLED: Tone.SUCCESS,
    OrderStatus.REJECTED: Tone.DANGER,
    OrderStatus.UNKNOWN: Tone.WARNING,
}


def _side_tone(side: Side) -> str:
    return Tone.UP if side is Side.BUY else Tone.DOWN


def _price(order: Order) -> Decimal | None:
    return order.ticket.limit_price or order.ticket.stop_price


def _price_words(order: Order) -> str:
    return "market" if order.ticket.type is OrderType.MARKET else formats.price(_price(order))


POSITIONS: tuple[Column[PositionRow], ...] = (
    Column(
        "symbol",
        "Symbol",
        lambda row: row.symbol,
        draw=Draw.STRONG,
        tip=lambda row: "" if row.last is not None else f"There is no quote for {row.symbol}.",
        sort=lambda row: row.symbol,
        width=72,
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
        lambda row: formats.price(row.last),
        lambda row: row.last,
        flash=True,
        width=76,
    ),
    number("value", "Value", lambda row: formats.money(row.value), lambda row: row.value, width=96),
    number(
        "unrealised",
        "Unrealised",
        lambda row: formats.money(row.unrealised, sign=True),
        lambda row: row.unrealised,
        tone=lambda row: Theme.sign_tone(row.unrealised),
        help_="Profit or loss if closed at the last price",
        width=92,
    ),
    number(
        "ratio",
        "%",
        lambda row: formats.percent(row.unrealised_ratio, sign=True),
        lambda row: row.unrealised_ratio,
        tone=lambda row: Theme.sign_tone(row.unrealised_ratio),
        help_="Unrealised profit as a share of the cost",
        width=72,
    ),
    number(
        "day",
        "Day",
        lambda row: formats.money(row.day_profit, sign=True),
        lambda row: row.day_profit,
        tone=lambda row: Theme.sign_tone(row.day_profit),
        help_="Profit or loss of this session",
        width=86,
    ),
    number(
        "weight",
        "Weight",
        lambda row: formats.percent(row.weight, places=1),
        lambda row: row.weight,
        help_="Share of equity",
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
        lambda order: formats.quantity(order.ticket.quantity),
        lambda order: order.ticket.quantity,
        width=76,
    ),
    Column("type", "Type", lambda order: order.ticket.type.value.capitalize(), width=62),
    number("price", "Price", _price_words, _price, width=72),
    Column(
        "status",
        "Status",
        lambda order: order.status.value,
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
    ),
    number(
        "cash",
        "Cash",
        lambda fill: formats.money(fill.cash_change, sign=True),
        lambda fill: fill.cash_change,
        tone=lambda fill: Theme.sign_tone(fill.cash_change),
        help_="What the fill did to cash, commission included",
        width=104,
    ),
    Column("order", "Order", lambda fill: fill.order_id, tone=lambda _: Tone.FAINT, stretch=True),
)
