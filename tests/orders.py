"""Tickets of every kind, for tests that must hold for all of them."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import strategies as st

from puffin.types import (
    LARGEST_PRICE,
    LARGEST_QUANTITY,
    Leg,
    OrderType,
    Side,
    Ticket,
    TimeInForce,
)
from puffin.words import LARGEST_NOTIONAL, LARGEST_TRAIL

SMALLEST = Decimal("0.000001")
prices = st.decimals(SMALLEST, LARGEST_PRICE, places=6)
quantities = st.decimals(SMALLEST, LARGEST_QUANTITY, places=6)
net_prices = st.decimals(-LARGEST_PRICE, LARGEST_PRICE, places=2)
OPTIONS = [f"AAPL260116{kind}00{strike}000" for kind in "CP" for strike in range(200, 260, 10)]


@st.composite
def tickets(draw: st.DrawFn) -> Ticket:
    """Draw any ticket that can exist: simple, for an amount, with exits, an OCO, or several legs."""
    shape = draw(st.sampled_from([simple, amount, with_exits, one_cancels_other, multi_leg]))
    return draw(shape())


@st.composite
def simple(draw: st.DrawFn) -> Ticket:
    """Draw one order of any type, on any asset."""
    kind = draw(st.sampled_from(OrderType))
    percent = draw(st.booleans())
    trailing = kind is OrderType.TRAILING
    return Ticket(
        draw(st.sampled_from(["AAPL", "BRK.B", "BTC/USD", OPTIONS[0]])),
        draw(st.sampled_from(Side)),
        draw(quantities),
        kind,
        limit_price=draw(prices) if kind in {OrderType.LIMIT, OrderType.STOP_LIMIT} else None,
        stop_price=draw(prices) if kind in {OrderType.STOP, OrderType.STOP_LIMIT} else None,
        time_in_force=draw(st.sampled_from(TimeInForce)),
        trail_price=draw(prices) if trailing and not percent else None,
        trail_percent=draw(st.decimals("0.0001", LARGEST_TRAIL, places=4))
        if trailing and percent
        else None,
        extended_hours=kind is OrderType.LIMIT and draw(st.booleans()),
    )


@st.composite
def amount(draw: st.DrawFn) -> Ticket:
    """Draw an order for an amount."""
    kind = draw(st.sampled_from([OrderType.MARKET, OrderType.LIMIT]))
    return Ticket(
        "AAPL",
        draw(st.sampled_from(Side)),
        draw(quantities),
        kind,
        limit_price=draw(prices) if kind is OrderType.LIMIT else None,
        notional=draw(st.decimals("0.01", LARGEST_NOTIONAL, places=2)),
    )


@st.composite
def with_exits(draw: st.DrawFn) -> Ticket:
    """Draw a bracket, or an entry with a target or a stop alone."""
    low, middle, high = draw(three_prices())
    side = draw(st.sampled_from(Side))
    target, stop = (high, low) if side is Side.BUY else (low, high)
    has_target = draw(st.booleans())
    has_stop = draw(st.booleans()) if has_target else True
    kind = draw(st.sampled_from([OrderType.MARKET, OrderType.LIMIT]))
    return Ticket(
        "AAPL",
        side,
        draw(quantities),
        kind,
        limit_price=middle if kind is OrderType.LIMIT else None,
        time_in_force=draw(st.sampled_from([TimeInForce.DAY, TimeInForce.GTC])),
        take_profit=target if has_target else None,
        stop_loss=stop if has_stop else None,
        stop_loss_limit=draw(st.none() | prices) if has_stop else None,
    )


@st.composite
def one_cancels_other(draw: st.DrawFn) -> Ticket:
    """Draw a target and a stop for what is held."""
    low, _, high = draw(three_prices())
    side = draw(st.sampled_from(Side))
    target, stop = (high, low) if side is Side.SELL else (low, high)
    return Ticket(
        "AAPL",
        side,
        draw(quantities),
        OrderType.LIMIT,
        limit_price=target,
        stop_loss=stop,
        stop_loss_limit=draw(st.none() | prices),
        one_cancels_other=True,
    )


@st.composite
def multi_leg(draw: st.DrawFn) -> Ticket:
    """Draw two to four options as one order."""
    chosen = draw(st.lists(st.sampled_from(OPTIONS), min_size=2, max_size=4, unique=True))
    legs = tuple(
        Leg(
            each,
            draw(st.sampled_from(Side)),
            draw(st.integers(1, 100)),
            opens=draw(st.booleans()),
        )
        for each in chosen
    )
    kind = draw(st.sampled_from([OrderType.MARKET, OrderType.LIMIT]))
    return Ticket(
        "AAPL",
        Side.BUY,
        Decimal(draw(st.integers(1, 1000))),
        kind,
        limit_price=draw(net_prices) if kind is OrderType.LIMIT else None,
        legs=legs,
    )


def three_prices() -> st.SearchStrategy[list[Decimal]]:
    """Draw a low, a middle and a high price."""
    return st.lists(prices, min_size=3, max_size=3, unique=True).map(sorted)
