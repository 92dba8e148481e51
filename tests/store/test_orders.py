"""An order is stored before it is sent, a fill is booked once, and both come back exactly."""

from __future__ import annotations

import dataclasses
import threading
import uuid
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from puffin.types import (
    LARGEST_PRICE,
    LARGEST_QUANTITY,
    Fill,
    Order,
    OrderStatus,
    OrderUpdate,
    Side,
)
from puffling.core.errors import (
    HaltedError,
    NotConfirmedError,
    StoreDamagedError,
    StoreFullError,
)
from puffling.store.database import Database
from puffling.store.halts import Halt, HaltStore
from puffling.store.order_events import Kind, asked, event_of, fill_of, intent_of
from puffling.store.orders import OrderStore
from tests.orders import tickets
from tests.store.samples import MARKET, NOW, book, fill, order, save

prices = st.decimals(Decimal("0.000001"), LARGEST_PRICE, places=6)
quantities = st.decimals(Decimal("0.000001"), LARGEST_QUANTITY, places=6)
names = st.sampled_from(["", "0f3c"])
times = st.datetimes(timezones=st.just(NOW.tzinfo))
orders = st.builds(
    Order,
    st.just("order-1"),
    st.just("demo-1"),
    tickets(),
    st.sampled_from(OrderStatus),
    times,
    times,
    times,
    filled_quantity=quantities,
    average_price=st.none()
    | st.decimals(allow_nan=False, allow_infinity=False, min_value=0, max_value=10**6),
    reason=st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
    asked_by=st.sampled_from(["desk", "terminal", ""]),
    broker_id=names,
    raw=names,
    parent=names,
    replaces=names,
    basket=names,
    external=st.booleans(),
)


@pytest.fixture
def store(database: Database) -> OrderStore:
    return OrderStore(database)


def test_an_intent_is_there_as_soon_as_it_is_stored(store: OrderStore):
    store.add_intent(order())
    assert store.get("order-1") == order()
    assert store.open("demo-1") == [order()]
    assert store.get("order-2") is None


@settings(
    max_examples=80,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(orders, quantities, prices, prices, times)
def test_orders_and_fills_come_back_exactly(
    store: OrderStore, each: Order, quantity: Decimal, price: Decimal, commission: Decimal, at
):
    each = dataclasses.replace(each, id=uuid.uuid4().hex)  # examples may repeat one
    booked = Fill(
        f"{each.id}-1", each.id, "demo-1", "AAPL", Side.SELL, quantity, price, commission, at
    )
    store.add_intent(each)
    assert book(store, each, booked)
    assert store.get(each.id) == each
    assert store.fills_of(each.id) == [booked]


def test_an_order_that_was_stored_is_never_sent_again(store: OrderStore):
    store.add_intent(order())
    save(store, order(status=OrderStatus.WORKING))
    with pytest.raises(NotConfirmedError, match="not sent again"):
        store.add_intent(order())
    assert store.get("order-1") == order(status=OrderStatus.WORKING)


def test_nothing_is_stored_while_the_kill_switch_is_on_but_what_closes(
    store: OrderStore, database: Database
):
    halts = HaltStore(database)
    halts.set(Halt(NOW, "desk", "lunch"))
    with pytest.raises(HaltedError, match=r"^Trading is halted: lunch$"):
        store.add_intent(order())
    assert store.all() == []
    store.add_intent(order("closing"), closing=True)
    halts.clear("desk", NOW)
    store.add_intent(order())
    halts.set(Halt(NOW, "terminal"))
    with pytest.raises(HaltedError, match=r"^Trading is halted\.$"):
        store.add_intent(order("third"))


def test_no_order_slips_past_a_kill_switch_that_is_being_set(database: Database):
    patient = Database(database.path, synchronous="FULL", busy_seconds=30)
    store = OrderStore(patient)
    stored: list[int] = []
    halted = threading.Event()

    def send() -> None:
        number = 0
        while not halted.is_set() or number == 0:
            try:
                store.add_intent(order(f"order-{number}"))
            except HaltedError:
                break
            number += 1
        stored.append(number)

    thread = threading.Thread(target=send)
    thread.start()
    while not store.all():
        pass
    HaltStore(patient).set(Halt(NOW, "desk"))
    count_at_halt = len(store.all())
    halted.set()
    thread.join()
    assert len(store.all()) == count_at_halt
    patient.close()


def test_a_fill_is_booked_once_however_often_it_comes(store: OrderStore):
    store.add_intent(order())
    filled = dataclasses.replace(
        order(status=OrderStatus.FILLED), filled_quantity=Decimal(100), average_price=Decimal(579)
    )
    assert book(store, filled, fill())
    assert not book(store, order(status=OrderStatus.PARTIAL), fill())
    assert store.get("order-1") == filled
    assert store.fills("demo-1") == [fill()]


def test_the_same_fill_id_in_another_account_is_another_fill(store: OrderStore, database: Database):
    with database.write() as connection:
        connection.execute(
            text(
                "INSERT INTO accounts SELECT 'demo-2', user_id, mode, starting_cash, opened_at,"
                " market_start, '', NULL FROM accounts"
            )
        )
    store.add_intent(order())
    store.add_intent(order("order-2", account="demo-2"))
    assert book(store, order(), fill())
    assert book(store, order("order-2", account="demo-2"), fill(of="order-2", account="demo-2"))
    assert len(store.fills("demo-1")) == len(store.fills("demo-2")) == 1


def test_a_full_disk_books_neither_the_fill_nor_the_order(store: OrderStore, database: Database):
    store.add_intent(order())
    with database.read() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")
    long = dataclasses.replace(order(status=OrderStatus.FILLED), reason="x" * 200_000)
    with pytest.raises(StoreFullError):
        book(store, long, fill())
    with pytest.raises(StoreFullError):
        store.add_intent(dataclasses.replace(long, id="order-2"))
    assert store.get("order-1") == order()
    assert store.fills("demo-1") == []
    assert store.all() == [order()]


def test_saving_adds_what_is_new_and_changes_what_is_there(store: OrderStore):
    save(store, order())
    save(store, order(status=OrderStatus.CANCELLED))
    assert store.all() == [order(status=OrderStatus.CANCELLED)]
    assert store.open("demo-1") == []


@pytest.mark.parametrize("status", list(OrderStatus))
def test_an_order_is_open_until_nothing_can_happen_to_it(store: OrderStore, status: OrderStatus):
    save(store, order(status=status))
    assert bool(store.open("demo-1")) == (not status.is_terminal)
    assert store.open("demo-2") == []


def test_the_newest_orders_come_first_and_fills_in_the_order_of_booking(store: OrderStore):
    for number in range(5):
        store.add_intent(order(f"order-{number}"))
        book(store, order(f"order-{number}"), fill(f"f{9 - number}", of=f"order-{number}"))
    assert [each.id for each in store.all(limit=2)] == ["order-4", "order-3"]
    assert [each.id for each in store.all("demo-1", limit=1)] == ["order-4"]
    assert store.all("demo-2") == []
    assert [each.id for each in store.open("demo-1")] == [f"order-{each}" for each in range(5)]
    assert [each.id for each in store.fills("demo-1")] == ["f9", "f8", "f7", "f6", "f5"]


@pytest.mark.parametrize(
    "damage",
    [
        "side = 'hold'",
        "quantity = '-5'",
        "quantity = 'many'",
        "status = ''",
        "created_at = 'x'",
        "limit_price = NULL",
    ],
)
def test_an_order_that_makes_no_sense_means_damage(
    store: OrderStore, database: Database, damage: str
):
    store.add_intent(order())
    with database.write() as connection:
        connection.execute(text(f"UPDATE orders SET {damage}"))
    with pytest.raises(StoreDamagedError, match="database is damaged"):
        store.all()


def test_market_time_and_our_time_are_both_kept(store: OrderStore):
    store.add_intent(order())
    found = store.get("order-1")
    assert found is not None
    assert (found.created_at, found.market_time) == (NOW, MARKET)


def test_the_log_keeps_every_message_once_and_exactly_as_it_came(store: OrderStore):
    store.add_intent(order())
    event = fill_of(fill(), NOW)
    filled = order(status=OrderStatus.FILLED)
    assert store.record(event, filled, [fill()])
    assert not store.record(event, order(), [fill("again")])
    assert store.get("order-1") == filled
    assert store.log.of("order-1") == store.log.all("demo-1") == [intent_of(order()), event]
    assert store.log.of_orders(["order-1", "none"]) == {
        "order-1": [intent_of(order()), event],
        "none": [],
    }
    assert store.log.of_orders([]) == {}


def test_a_message_about_the_same_order_may_tell_of_anything(store: OrderStore):
    update = OrderUpdate(
        "order-1",
        OrderStatus.OTHER,
        MARKET,
        fill=fill(),
        reason="held up",
        ticket=order(quantity="7").ticket,
        broker_id="0f3c",
        raw="odd",
        order=order(status=OrderStatus.PARTIAL),
        voids="order-1-0",
    )
    event = event_of(update, "demo-1", Kind.UPDATE, NOW)
    note = asked(order(), "Cancel asked by desk.", MARKET, NOW)
    store.add_intent(order())
    assert store.record(event, order())
    assert store.record(note, order())
    assert store.log.of("order-1")[1:] == [event, note]


def test_an_execution_that_is_taken_back_is_no_fill_any_more(store: OrderStore):
    store.add_intent(order())
    book(store, order(), fill())
    void = event_of(OrderUpdate("order-1", OrderStatus.WORKING, MARKET), "demo-1", Kind.UPDATE, NOW)
    assert store.record(void, order(), [fill("better")], [fill()])
    assert [each.id for each in store.fills("demo-1")] == ["better"]
