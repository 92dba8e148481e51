from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from puffin.types import Fill, Leg, Order, OrderStatus, OrderUpdate, Side, Ticket
from puffling.services.transitions import RANK, fold
from puffling.store.order_events import Kind, event_of, fill_of, intent_of, snapshot_of
from tests.fakes import OPEN, START, filled, working

ORDER = Order(
    id="o1",
    account="a",
    ticket=Ticket("AAPL", Side.BUY, Decimal(10)),
    status=OrderStatus.SENT,
    created_at=START,
    market_time=OPEN,
    updated_at=START,
)
INTENT = intent_of(ORDER)


def minute(number: int):
    return OPEN + timedelta(minutes=number)


def said(status: OrderStatus, at: int = 0, **words):
    return event_of(OrderUpdate("o1", status, minute(at), **words), "a", Kind.UPDATE, START)


def part(quantity: str, price: str, number: int, status: OrderStatus = OrderStatus.PARTIAL):
    update = filled(ORDER, quantity, price, number=number, status=status)
    return event_of(update, "a", Kind.UPDATE, START)


def note(status: OrderStatus, reason: str = "lost"):
    update = OrderUpdate("o1", status, minute(9), reason=reason)
    return event_of(update, "a", Kind.NOTE, START)


def made(*events) -> Order:
    result = fold([INTENT, *events])
    assert result is not None
    return result[0]


PARTS = (part("3", "100", 1), part("2", "101", 2), part("5", "102", 3, OrderStatus.FILLED))
MESSAGES = (event_of(working(ORDER), "a", Kind.ANSWER, START), *PARTS)
# What brokers really say, in the order in which it happened.
LIVES = {
    "filled in parts": MESSAGES,
    "cancelled before it filled": (
        MESSAGES[0],
        said(OrderStatus.PENDING_CANCEL, 1),
        said(OrderStatus.CANCELLED, 2),
    ),
    "cancelled after a part": (
        MESSAGES[0],
        PARTS[0],
        said(OrderStatus.PENDING_CANCEL, 2),
        said(OrderStatus.CANCELLED, 3),
    ),
    "a cancellation that came too late": (
        MESSAGES[0],
        said(OrderStatus.PENDING_CANCEL, 1),
        *PARTS,
    ),
    "a cancellation that was refused": (
        MESSAGES[0],
        said(OrderStatus.PENDING_CANCEL, 1),
        said(OrderStatus.WORKING, 2, reason="Too late to cancel."),
    ),
    "replaced after a part": (
        MESSAGES[0],
        PARTS[0],
        said(OrderStatus.PENDING_REPLACE, 2),
        said(OrderStatus.REPLACED, 3),
    ),
    "a change that was refused": (
        MESSAGES[0],
        PARTS[0],
        said(OrderStatus.PENDING_REPLACE, 2),
        said(OrderStatus.PARTIAL, 3, reason="Kept as it was."),
    ),
    "halted and gone on": (
        MESSAGES[0],
        said(OrderStatus.SUSPENDED, 1),
        said(OrderStatus.WORKING, 2),
        part("10", "100", 3, OrderStatus.FILLED),
    ),
    "two days": (
        said(OrderStatus.PENDING, 0),
        said(OrderStatus.DONE_FOR_DAY, 1),
        said(OrderStatus.WORKING, 2),
        said(OrderStatus.EXPIRED, 3),
    ),
    "an answer that was lost": (note(OrderStatus.UNKNOWN), *MESSAGES),
    "one that was given up and arrived": (note(OrderStatus.REJECTED), *MESSAGES[:2]),
    "an execution taken back": (*MESSAGES, said(OrderStatus.FILLED, 4, voids=PARTS[0].fill.id)),
    "the stream and the list": (*MESSAGES, *(fill_of(each.fill, START) for each in PARTS)),
}
ENDS = {
    "filled in parts": (OrderStatus.FILLED, Decimal(10)),
    "cancelled before it filled": (OrderStatus.CANCELLED, Decimal(0)),
    "cancelled after a part": (OrderStatus.CANCELLED, Decimal(3)),
    "a cancellation that came too late": (OrderStatus.FILLED, Decimal(10)),
    "a cancellation that was refused": (OrderStatus.WORKING, Decimal(0)),
    "replaced after a part": (OrderStatus.REPLACED, Decimal(3)),
    "a change that was refused": (OrderStatus.PARTIAL, Decimal(3)),
    "halted and gone on": (OrderStatus.FILLED, Decimal(10)),
    "two days": (OrderStatus.EXPIRED, Decimal(0)),
    "an answer that was lost": (OrderStatus.FILLED, Decimal(10)),
    "one that was given up and arrived": (OrderStatus.PARTIAL, Decimal(3)),
    "an execution taken back": (OrderStatus.FILLED, Decimal(7)),
    "the stream and the list": (OrderStatus.FILLED, Decimal(10)),
}


@pytest.mark.parametrize("life", LIVES)
def test_each_life_ends_as_it_should(life):
    order = made(*LIVES[life])
    assert (order.status, order.filled_quantity) == ENDS[life]


@pytest.mark.parametrize("life", [each for each in LIVES if len(LIVES[each]) <= 5])
def test_any_permutation_of_a_life_gives_the_same_order(life):
    events = (INTENT, *LIVES[life])
    assert {fold(each) for each in permutations(events)} == {fold(events)}


@given(st.data())
def test_any_order_and_any_repetition_of_any_messages_gives_the_same_order(data):
    """Also of messages that no broker would send together."""
    every = sorted({each.key: each for life in LIVES.values() for each in life}.items())
    chosen = data.draw(st.lists(st.sampled_from([each for _, each in every]), max_size=10))
    again = data.draw(st.permutations([*chosen, *chosen[:4], INTENT]))
    assert fold(again) == fold([INTENT, *chosen])


@given(st.lists(st.sampled_from(list(OrderStatus)), min_size=1, max_size=6))
def test_what_has_ended_never_opens_again(statuses):
    events, ended = [], False
    for number, status in enumerate(statuses):
        events.append(said(status, number))
        order = made(*events)
        assert order.status.is_terminal or not ended
        ended = order.status.is_terminal


def test_all_fills_make_a_filled_order_with_the_average_price():
    assert made(*MESSAGES).average_price == Decimal("101.2")


def test_the_brokers_word_beats_our_ignorance():
    lost = made(note(OrderStatus.UNKNOWN))
    assert (lost.status, lost.reason) == (OrderStatus.UNKNOWN, "lost")
    order = made(note(OrderStatus.UNKNOWN), MESSAGES[0])
    assert (order.status, order.reason) == (OrderStatus.WORKING, "")


def test_a_fill_says_that_an_order_which_was_given_up_arrived():
    order = made(note(OrderStatus.REJECTED, "Never sent."), fill_of(PARTS[0].fill, START))
    assert (order.status, order.reason) == (OrderStatus.PARTIAL, "")


def test_a_word_that_nobody_knows_is_kept_raw():
    order = made(MESSAGES[0], said(OrderStatus.OTHER, 1, raw="accepted_for_bidding"))
    assert (order.status, order.raw) == (OrderStatus.OTHER, "accepted_for_bidding")


def test_a_fill_after_a_cancellation_still_counts():
    order = made(said(OrderStatus.CANCELLED), PARTS[0])
    assert (order.status, order.filled_quantity) == (OrderStatus.CANCELLED, Decimal(3))


def test_a_correction_counts_instead_of_what_it_corrects():
    better = replace(PARTS[0].fill, id="corrected", price=Decimal(90))
    event = said(OrderStatus.PARTIAL, 5, fill=better, voids=PARTS[0].fill.id)
    result = fold([INTENT, MESSAGES[0], PARTS[0], event])
    assert result is not None
    assert result[1] == (better,)
    assert result[0].average_price == 90


def test_what_was_taken_back_and_filled_again_counts_once_more():
    """The broker tells an execution by what the order then had in all: both have one id."""
    back = said(OrderStatus.PARTIAL, 5, voids=PARTS[0].fill.id)
    again = replace(PARTS[0].fill, at=minute(6))
    listed = [fill_of(each, START) for each in (PARTS[0].fill, again)]
    for told in ([*listed], [listed[0], said(OrderStatus.PARTIAL, 6, fill=again)]):
        result = fold([INTENT, MESSAGES[0], PARTS[0], back, *told])
        assert result is not None
        assert result[1] == (again,)
        assert result[0].filled_quantity == again.quantity
    assert len({each.key for each in listed}) == 2


def test_a_split_restates_the_ticket_and_says_since_when():
    ticket = Ticket("AAPL", Side.BUY, Decimal(20))
    order = made(said(OrderStatus.WORKING, 1, reason="2-for-1", ticket=ticket))
    assert (order.ticket, order.market_time, order.reason) == (ticket, minute(1), "2-for-1")
    before = said(OrderStatus.WORKING, -1, ticket=ticket)
    assert made(before).ticket == ORDER.ticket


def test_fills_alone_say_that_an_order_was_filled():
    assert made(part("10", "100", 1, OrderStatus.WORKING)).status is OrderStatus.FILLED
    assert made(part("1", "100", 1, OrderStatus.WORKING)).status is OrderStatus.PARTIAL


def test_an_order_for_an_amount_is_filled_when_the_broker_says_so():
    amount = replace(ORDER, ticket=replace(ORDER.ticket, notional=Decimal(1000)))
    result = fold([intent_of(amount), *PARTS[:2], part("6", "100", 4)])
    assert result is not None
    assert result[0].status is OrderStatus.PARTIAL


CALL, PUT = "AAPL260116C00250000", "AAPL260116P00240000"
SPREAD = replace(
    ORDER,
    ticket=Ticket("AAPL", Side.BUY, Decimal(2), legs=(Leg(CALL, Side.BUY), Leg(PUT, Side.SELL, 2))),
)


def leg(symbol: str, side: Side, quantity: int, price: int, number: int):
    fill = Fill(
        f"f{number}", "o1", "a", symbol, side, Decimal(quantity), Decimal(price), Decimal(0), OPEN
    )
    return fill_of(fill, START)


def test_a_multi_leg_order_is_as_full_as_its_emptiest_leg():
    call, put = leg(CALL, Side.BUY, 2, 5, 1), leg(PUT, Side.SELL, 4, 2, 2)
    half = fold([intent_of(SPREAD), call])
    whole = fold([intent_of(SPREAD), call, put])
    assert half is not None
    assert whole is not None
    assert (half[0].status, half[0].filled_quantity) == (OrderStatus.PARTIAL, Decimal(0))
    assert half[0].average_price is None
    assert (whole[0].status, whole[0].filled_quantity) == (OrderStatus.FILLED, Decimal(2))
    assert whole[0].average_price == 1  # 5 paid and twice 2 taken for each


def test_where_the_legs_have_the_fills_the_brokers_figure_counts():
    told = replace(SPREAD, status=OrderStatus.FILLED, filled_quantity=Decimal(2))
    event = event_of(
        OrderUpdate("o1", OrderStatus.FILLED, minute(1), order=told), "a", Kind.UPDATE, START
    )
    result = fold([intent_of(SPREAD), event])
    assert result is not None
    assert (result[0].status, result[0].filled_quantity) == (OrderStatus.FILLED, Decimal(2))


def test_an_order_from_elsewhere_begins_as_the_broker_tells_it():
    told = replace(ORDER, status=OrderStatus.HELD, external=True, parent="p", broker_id="b")
    result = fold([snapshot_of(told, START), said(OrderStatus.WORKING, 1)])
    assert result is not None
    order = result[0]
    assert (order.status, order.external, order.parent) == (OrderStatus.WORKING, True, "p")
    assert order.broker_id == "b"


def test_messages_about_no_order_make_none():
    assert fold([MESSAGES[0], PARTS[0]]) is None
    assert fold([]) is None


def test_every_status_has_its_rank():
    assert set(RANK) == set(OrderStatus)
