"""What the paper broker takes, and what it says of a symbol and of the exchange's hours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from puffin.broker.base import Asset, MarketClock
from puffin.broker.venue import Venue
from puffin.data.sessions import ONE_DAY, exchange_date
from puffin.execution.costs import CENT
from puffin.execution.ledger import FINEST_QUANTITY
from puffin.types import (
    LARGEST_QUANTITY,
    OPTION_SYMBOL,
    SYMBOL,
    AssetClass,
    Order,
    OrderClass,
    OrderStatus,
    OrderType,
    Side,
    Ticket,
    TimeInForce,
    asset_of,
)

if TYPE_CHECKING:
    from datetime import date, datetime
    from decimal import Decimal

    from puffin.broker.paper_market import PaperMarket
    from puffin.broker.paper_settings import PaperSettings
    from puffin.data.sessions import Calendar
    from puffin.types import Position

_EXITS = frozenset({OrderClass.BRACKET, OrderClass.OTO, OrderClass.OCO})
_ANY_TYPE, _ANY_TIME = frozenset(OrderType), frozenset(TimeInForce)
_CRYPTO_TIMES = frozenset({TimeInForce.GTC, TimeInForce.IOC, TimeInForce.FOK})
_OPTION_TYPES = _ANY_TYPE - {OrderType.TRAILING}
_OPTION_TIMES = frozenset({TimeInForce.DAY, TimeInForce.GTC})
DAY_TRADE_SESSIONS = 5
MARGIN_CALL = "Margin call: equity no longer covers its share of what is held."


def venue_of(settings: PaperSettings) -> Venue:
    """Return what a paper account with these settings takes."""
    broken = frozenset({AssetClass.STOCK, AssetClass.CRYPTO})
    return Venue(
        types={
            AssetClass.STOCK: _ANY_TYPE,
            AssetClass.CRYPTO: _ANY_TYPE,
            AssetClass.OPTION: _OPTION_TYPES,
        },
        lasting={
            AssetClass.STOCK: _ANY_TIME,
            AssetClass.CRYPTO: _CRYPTO_TIMES,
            AssetClass.OPTION: _OPTION_TIMES,
        },
        classes={
            AssetClass.STOCK: _EXITS,
            AssetClass.CRYPTO: _EXITS,
            AssetClass.OPTION: frozenset({OrderClass.MULTI_LEG}),
        },
        notional=broken,
        fractional=broken,
        extended_hours=frozenset({AssetClass.STOCK}),
        short=settings.short,
        local=True,
    )


def asset_for(symbol: str, settings: PaperSettings) -> Asset | None:
    """Return what the paper broker says of a symbol; None for what cannot be one.

    It has no list of its own: whatever the market quotes can be traded.
    """
    if not (SYMBOL.match(symbol) or OPTION_SYMBOL.match(symbol)):
        return None
    kind = asset_of(symbol)
    stock, option = kind is AssetClass.STOCK, kind is AssetClass.OPTION
    smallest: Decimal | None = None if option else FINEST_QUANTITY
    return Asset(
        symbol=symbol,
        name="",
        asset=kind,
        tradable=True,
        fractionable=not option,
        shortable=settings.short and stock,
        easy_to_borrow=settings.short and stock,
        marginable=settings.margin and stock,
        smallest_price_step=CENT,
        smallest_quantity=smallest,
    )


def clock_at(now: datetime, calendar: Calendar) -> MarketClock:
    """Return the exchange's hours at `now`."""
    change, opens = calendar.next_change(now)
    if opens:
        session = calendar.session_on(exchange_date(change))
        close = change if session is None else session.close
        return MarketClock(now, is_open=False, next_open=change, next_close=close)
    following = calendar.next_session(exchange_date(now))
    return MarketClock(now, is_open=True, next_open=following.open, next_close=change)


def first_of_five(now: datetime, calendar: Calendar) -> date:
    """Return the first of the five sessions in which day trades count: this one and four before."""
    day = exchange_date(now) + ONE_DAY
    for _ in range(DAY_TRADE_SESSIONS):
        day = calendar.previous_session(day).date
    return day


def nights_after(at: datetime, calendar: Calendar) -> int:
    """Return how many nights lie between the close `at` and the next session."""
    day = exchange_date(at)
    return (calendar.next_session(day).date - day).days


def not_now(ticket: Ticket, market: PaperMarket) -> str:
    """Return why an order cannot be placed at this moment; empty when it can."""
    if ticket.time_in_force is TimeInForce.OPG and market.has_opened(ticket.symbol):
        return "Today's opening auction is over; place the order after the close."
    for symbol in [leg.symbol for leg in ticket.legs] or [ticket.symbol]:
        if asset_of(symbol) is AssetClass.OPTION and market.quote(symbol) is None:
            return f"There is no price for {symbol}, so the paper broker cannot fill it."
    return ""


def closing_order(account: str, position: Position, at: datetime) -> Order:
    """Return the broker's own order to close a position at the next open: a margin call's."""
    side = Side.SELL if position.quantity > 0 else Side.BUY
    return Order(
        id=f"margin-call-{exchange_date(at)}-{position.symbol}",
        account=account,
        ticket=Ticket(position.symbol, side, min(abs(position.quantity), LARGEST_QUANTITY)),
        status=OrderStatus.WORKING,
        created_at=at,
        market_time=at,
        updated_at=at,
        reason=MARGIN_CALL,
        asked_by="broker",
        external=True,
    )
