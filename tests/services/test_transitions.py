from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from puffin.types import Order, OrderStatus, OrderUpdate, Side, Ticket
from puffling.services.transitions import RANK, after
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
MESSAGES = (
    working(ORDER),
    filled(ORDER, "3", "100", number=1),
    filled(ORDER, "2", "101", number=2),
    filled(ORDER, "5", "102", number=3, status=OrderStatus.FILLED),
)


def told(order: Order, updates: list[OrderUpdate]) -> Order:
    """Apply updates as the service does: each fill counts once."""
    fills = {}
    for update in updates:
        if update.fill is not None:
            fills[update.fill.id] = update.fill
        order = after(order, update, list(fills.values()), START)
    return order


@pytest.mark.parametrize("messages", list(permutations(MESSAGES)))
def test_any_order_of_the_same_messages_gives_the_same_order(messages):
    assert told(ORDER, list(messages)) == told(ORDER, list(MESSAGES))


@given(st.lists(st.sampled_from(MESSAGES), max_size=12))
def test_repetition_changes_nothing(extra):
    assert told(ORDER, [*MESSAGES, *extra]) == told(ORDER, list(MESSAGES))


def test_all_fills_make_a_filled_order_with_the_average_price():
    order = told(ORDER, list(MESSAGES))
    assert order.status is OrderStatus.FILLED
    assert order.filled_quantity == 10
    assert order.average_price == Decimal("101.2")


@given(st.lists(st.sampled_from(list(OrderStatus)), min_size=1, max_size=6))
def test_what_has_ended_never_opens_again(statuses):
    order, ended = ORDER, False
    for status in statuses:
        order = after(order, OrderUpdate("o1", status, OPEN), [], START)
        assert order.status.is_terminal or not ended
        ended = order.status.is_terminal


def test_the_brokers_word_beats_our_ignorance():
    order = after(ORDER, OrderUpdate("o1", OrderStatus.UNKNOWN, OPEN, reason="lost"), [], START)
    order = after(order, working(ORDER), [], START)
    assert order.status is OrderStatus.WORKING
    assert order.reason == ""


def test_a_fill_after_a_cancellation_still_counts():
    order = told(ORDER, [OrderUpdate("o1", OrderStatus.CANCELLED, OPEN), MESSAGES[1]])
    assert order.status is OrderStatus.CANCELLED
    assert order.filled_quantity == 3


def test_a_split_restates_the_ticket_once_and_says_since_when():
    ticket = Ticket("AAPL", Side.BUY, Decimal(20))
    later = OPEN + timedelta(days=1)
    update = OrderUpdate("o1", OrderStatus.WORKING, later, reason="2-for-1", ticket=ticket)
    order = after(ORDER, update, [], START)
    assert (order.ticket, order.market_time, order.reason) == (ticket, later, "2-for-1")
    assert after(order, update, [], START + timedelta(days=1)) == order


def test_nothing_new_leaves_the_time_of_the_last_change():
    order = after(ORDER, working(ORDER), [], START)
    assert after(order, working(ORDER), [], START + timedelta(hours=1)) == order


def test_fills_alone_say_that_an_order_was_filled():
    fill = filled(ORDER, "10", "100", status=OrderStatus.WORKING)
    assert told(ORDER, [fill]).status is OrderStatus.FILLED
    part = filled(ORDER, "1", "100", status=OrderStatus.WORKING)
    assert told(ORDER, [part]).status is OrderStatus.PARTIAL


def test_every_status_has_its_rank():
    assert set(RANK) == set(OrderStatus)
