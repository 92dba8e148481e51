from __future__ import annotations

from dataclasses import fields
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from puffin.types import OrderClass, OrderType, Side, Ticket, TimeInForce
from puffling.ui.panels.ticket.draft import Draft, Exits, Surroundings, TrailBy
from puffling.ui.panels.ticket.sizing import SizeBy
from puffling.ui.panels.ticket.values import values_of

ONE = Decimal(1)


@pytest.mark.parametrize(
    ("draft", "words"),
    [
        (Draft(), "Choose a symbol."),
        (Draft("AAPL"), "Enter a quantity."),
        (Draft("AAPL", by=SizeBy.AMOUNT), "Enter an amount."),
        (Draft("AAPL", size=ONE, type=OrderType.LIMIT), "Enter a limit price."),
        (Draft("AAPL", size=ONE, type=OrderType.STOP), "Enter a stop price."),
        (
            Draft("AAPL", size=ONE, type=OrderType.STOP_LIMIT, limit_price=ONE),
            "Enter a stop price.",
        ),
        (Draft("AAPL", size=ONE, type=OrderType.TRAILING), "Enter a trail."),
        (
            Draft("AAPL", size=ONE, exits=Exits.BRACKET),
            "Enter a target, a stop loss, or both.",
        ),
        (
            Draft("AAPL", size=ONE, type=OrderType.LIMIT, limit_price=ONE, exits=Exits.OCO),
            "Enter a stop loss.",
        ),
        (Draft("AAPL", size=Decimal(0)), "The quantity must be more than zero."),
        (
            Draft("AAPL", size=ONE, exits=Exits.BRACKET, take_profit=ONE, stop_loss=Decimal(2)),
            "The target must be above the stop loss.",
        ),
    ],
)
def test_a_draft_says_what_it_lacks(draft: Draft, words: str):
    assert draft.ticket() == (None, words)


def test_a_draft_leaves_out_what_its_type_and_exits_do_not_use():
    made, words = Draft(
        "AAPL",
        Side.SELL,
        Decimal(2),
        limit_price=Decimal(5),
        stop_price=Decimal(4),
        trail=ONE,
        extended_hours=True,
        take_profit=Decimal(3),
        stop_loss=Decimal(6),
    ).ticket()
    assert words == ""
    assert made == Ticket("AAPL", Side.SELL, Decimal(2))


@pytest.mark.parametrize(
    ("by", "price", "percent"),
    [(TrailBy.PRICE, ONE, None), (TrailBy.PERCENT, None, ONE)],
)
def test_a_trail_is_in_dollars_or_in_percent(by, price, percent):
    made, _ = Draft("AAPL", size=ONE, type=OrderType.TRAILING, trail=ONE, trail_by=by).ticket()
    assert made is not None
    assert (made.trail_price, made.trail_percent) == (price, percent)


def test_an_amount_with_a_bracket_is_bought_in_whole_shares():
    around = Surroundings(market=Decimal(300), amounts=True)
    draft = Draft(
        "AAPL", size=Decimal(1_000), by=SizeBy.AMOUNT, exits=Exits.BRACKET, stop_loss=Decimal(250)
    )
    made, _ = draft.ticket(around)
    assert made is not None
    assert made.quantity == 3
    assert made.notional is None
    assert made.order_class is OrderClass.OTO


def test_a_size_by_risk_is_measured_from_the_orders_own_price():
    draft = Draft(
        "AAPL",
        size=ONE,
        by=SizeBy.RISK,
        type=OrderType.LIMIT,
        limit_price=Decimal(100),
        exits=Exits.BRACKET,
        stop_loss=Decimal(90),
    )
    made, _ = draft.ticket(Surroundings(market=Decimal(150), equity=Decimal(10_000)))
    assert made is not None
    assert made.quantity == 10  # 10,000 x 1 % / (100 - 90)


PRICES = st.none() | st.decimals("0.01", "1000", places=2)


@given(
    st.builds(
        Draft,
        symbol=st.just("AAPL"),
        side=st.sampled_from(Side),
        size=st.decimals("0.01", "1000", places=2),
        by=st.sampled_from([SizeBy.QUANTITY, SizeBy.AMOUNT]),
        type=st.sampled_from(OrderType),
        limit_price=PRICES,
        stop_price=PRICES,
        trail=st.none() | st.decimals("0.1", "50", places=1),
        trail_by=st.sampled_from(TrailBy),
        time_in_force=st.sampled_from(TimeInForce),
        extended_hours=st.booleans(),
        exits=st.sampled_from(Exits),
        take_profit=PRICES,
        stop_loss=PRICES,
        stop_loss_limit=PRICES,
    )
)
def test_every_field_of_the_ticket_reaches_the_command(draft):
    ticket, words = draft.ticket(Surroundings(market=Decimal(50), amounts=True))
    if ticket is None:
        assert words
        return
    values = values_of(ticket)
    if ticket.notional is None:
        assert Ticket(**values) == ticket
    else:
        assert "quantity" not in values
        assert Ticket(**values, quantity=ticket.quantity) == ticket
    assert set(values) <= {each.name for each in fields(Ticket)}
