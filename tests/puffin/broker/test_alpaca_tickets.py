"""Every field of every ticket reaches the wire, digit for digit."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from puffin.broker.alpaca import AlpacaBroker
from puffin.broker.alpaca_venue import VENUE
from puffin.broker.alpaca_wire import change_body
from puffin.errors import BrokerError, OrderRejectedError
from puffin.types import (
    Leg,
    Order,
    OrderStatus,
    OrderType,
    Side,
    Ticket,
    TimeInForce,
)
from tests.puffin.broker.alpaca_stage import now, ready
from tests.servers.alpaca import alpaca_server
from tests.servers.alpaca_book import Held

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.servers.alpaca import AlpacaServer

SYMBOLS = ["AAPL", "BRK.B", "BTC/USD", "DOGE/USDT", "AAPL260116C00250000", "SPY260116P00400500"]
WORDS = {
    OrderType.MARKET: "market",
    OrderType.LIMIT: "limit",
    OrderType.STOP: "stop",
    OrderType.STOP_LIMIT: "stop_limit",
    OrderType.TRAILING: "trailing_stop",
}
prices = st.decimals("0.0001", "999999", allow_nan=False, places=4)
quantities = st.one_of(
    st.integers(1, 1_000_000).map(Decimal),
    st.decimals("0.000000001", "1000000", allow_nan=False, places=9),
)
ids = st.text("abcdefghijklmnopqrstuvwxyz0123456789-_", min_size=1, max_size=40)


@st.composite
def tickets(draw: st.DrawFn) -> Ticket:
    """Any ticket that does not refuse itself."""
    kind = draw(st.sampled_from(OrderType))
    price = st.none() | prices
    trails = draw(st.booleans())
    try:
        return Ticket(
            draw(st.sampled_from(SYMBOLS)),
            draw(st.sampled_from(Side)),
            draw(quantities),
            kind,
            draw(prices) if kind in {OrderType.LIMIT, OrderType.STOP_LIMIT} else None,
            draw(prices) if kind in {OrderType.STOP, OrderType.STOP_LIMIT} else None,
            draw(st.sampled_from(TimeInForce)),
            notional=draw(st.none() | st.decimals("1", "100000", places=2)),
            trail_price=draw(prices) if kind is OrderType.TRAILING and trails else None,
            trail_percent=draw(st.decimals("0.1", "50", places=3))
            if kind is OrderType.TRAILING and not trails
            else None,
            extended_hours=draw(st.booleans()),
            take_profit=draw(price),
            stop_loss=draw(price),
            stop_loss_limit=draw(price),
            one_cancels_other=draw(st.booleans()),
        )
    except OrderRejectedError:
        assume(False)  # noqa: FBT003 - hypothesis' own way
        raise


@st.composite
def multi_legs(draw: st.DrawFn) -> Ticket:
    strikes = draw(st.lists(st.integers(1, 99_999_999), min_size=2, max_size=4, unique=True))
    legs = tuple(
        Leg(
            f"AAPL260116C{strike:08}",
            draw(st.sampled_from(Side)),
            draw(st.integers(1, 100)),
            opens=draw(st.booleans()),
        )
        for strike in strikes
    )
    net = draw(st.none() | st.decimals("-500", "500", places=2))
    return Ticket(
        "AAPL",
        Side.BUY,
        Decimal(draw(st.integers(1, 1000))),
        OrderType.MARKET if net is None else OrderType.LIMIT,
        net,
        legs=legs,
    )


class Wire:
    """One broker on one server; what it sends is seen there."""

    def __init__(self, server: AlpacaServer, runner: asyncio.Runner) -> None:
        self.server = server
        self._runner = runner
        self.broker = AlpacaBroker(
            server.key, server.secret, paper=True, account_id="a", now=now, url=server.url
        )

    def sent(self, order: Order) -> dict[str, Any]:
        """What the server sees of an order."""
        self.server.requests.clear()
        self.server.book.orders.clear()
        with suppress(OrderRejectedError):  # Alpaca does not take everything that is a ticket
            self._runner.run(self.broker.submit(order))
        (asked,) = self.server.asked("POST", "/v2/orders")
        body: dict[str, Any] = asked.body
        return body

    def close(self) -> None:
        self._runner.run(self.broker.close())


@pytest.fixture(scope="module")
def wire() -> Iterator[Wire]:
    ready()
    with alpaca_server() as server, asyncio.Runner() as runner:
        server.rate = (200, 199_000, 60)
        made = Wire(server, runner)
        yield made
        made.close()


def order_of(ticket: Ticket, id_: str = "x") -> Order:
    at = now()
    return Order(id_, "a", ticket, OrderStatus.SENT, at, at, at)


def exact(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:f}"


# Each example asks a real server over real sockets.
SLOWLY = settings(
    max_examples=80, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow]
)


@SLOWLY
@given(ticket=tickets(), id_=ids)
def test_every_field_of_a_ticket_reaches_the_wire_exactly(wire: Wire, ticket: Ticket, id_: str):
    body = wire.sent(order_of(ticket, id_))
    oco = ticket.one_cancels_other
    amount = ticket.notional is not None
    assert body.pop("client_order_id") == id_
    assert body.pop("symbol") == ticket.symbol
    assert body.pop("side") == ticket.side.value
    assert body.pop("type") == WORDS[ticket.type]
    assert body.pop("time_in_force") == ticket.time_in_force.value
    assert body.pop("qty", None) == (None if amount else exact(ticket.quantity))
    assert body.pop("notional", None) == exact(ticket.notional)
    assert body.pop("limit_price", None) == (None if oco else exact(ticket.limit_price))
    assert body.pop("stop_price", None) == exact(ticket.stop_price)
    assert body.pop("trail_price", None) == exact(ticket.trail_price)
    assert body.pop("trail_percent", None) == exact(ticket.trail_percent)
    assert body.pop("extended_hours", False) is ticket.extended_hours
    target = body.pop("take_profit", {})
    assert target.get("limit_price") == exact(ticket.limit_price if oco else ticket.take_profit)
    loss = body.pop("stop_loss", {})
    assert loss.get("stop_price") == exact(ticket.stop_loss)
    assert loss.get("limit_price") == exact(ticket.stop_loss_limit)
    kind = ticket.order_class
    assert body.pop("order_class", "simple") == kind.value
    assert not body, "Nothing else is sent"


@SLOWLY
@given(ticket=multi_legs())
def test_every_leg_reaches_the_wire_exactly(wire: Wire, ticket: Ticket):
    body = wire.sent(order_of(ticket))
    assert body["order_class"] == "mleg"
    assert body["qty"] == exact(ticket.quantity)
    assert body.get("limit_price") == exact(ticket.limit_price)
    assert "symbol" not in body
    assert "side" not in body
    assert body["legs"] == [
        {
            "symbol": each.symbol,
            "ratio_qty": str(each.ratio),
            "side": each.side.value,
            "position_intent": f"{each.side.value}_to_{'open' if each.opens else 'close'}",
        }
        for each in ticket.legs
    ]


@given(ticket=tickets())
def test_every_price_of_a_change_is_sent_exactly(ticket: Ticket):
    assume(ticket.notional is None)
    body = change_body(order_of(ticket))
    assert body["qty"] == exact(ticket.quantity)
    assert body.get("limit_price") == exact(ticket.limit_price)
    assert body.get("stop_price") == exact(ticket.stop_price)
    assert body.get("trail") == exact(ticket.trail_price or ticket.trail_percent)
    assert body["client_order_id"] == "x"


def test_an_order_for_an_amount_cannot_be_changed():
    ticket = Ticket("AAPL", Side.BUY, Decimal(1), notional=Decimal(100))
    with pytest.raises(BrokerError, match="cannot change an order for an amount"):
        change_body(order_of(ticket))


@settings(SLOWLY, max_examples=25)
@given(ticket=tickets())
def test_what_the_venue_takes_alpaca_takes_too(wire: Wire, ticket: Ticket):
    assume(not VENUE.refusal(ticket))
    book = wire.server.book
    book.cash = Decimal(10) ** 15
    book.held = {each: Held(Decimal(10) ** 9, Decimal(1)) for each in SYMBOLS}
    wire.sent(order_of(ticket))
    assert book.orders, "Alpaca refused what the venue would take"
