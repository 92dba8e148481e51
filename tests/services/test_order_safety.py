"""Orders when the disk is full, the switch is thrown, the clock is set back or the app closes."""

from __future__ import annotations

import asyncio
import random
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import event
from typing_extensions import override

from puffin.errors import PuffinError
from puffin.execution.costs import Costs
from puffin.types import (
    OrderStatus,
    OrderType,
    OrderUpdate,
    Side,
    Split,
    Ticket,
    TimeInForce,
)
from puffling.core.errors import (
    HaltedError,
    NoPriceError,
    NotConfirmedError,
    PufflingError,
    RiskRefusedError,
    StoreFullError,
    StoreReadOnlyError,
)
from puffling.core.events import Level, NoticePosted
from puffling.services import order_words
from puffling.services.orders import NEVER_LEFT, OrderService
from puffling.store.halts import Halt, HaltStore
from puffling.store.opening import open_storage
from tests.books import books_agree
from tests.fakes import START, FakeBroker, until

TICKET = Ticket("AAPL", Side.BUY, Decimal(10))
WAITING = Ticket(
    "AAPL",
    Side.BUY,
    Decimal(1),
    OrderType.LIMIT,
    limit_price=Decimal(520),
    time_in_force=TimeInForce.GTC,
)


def full(*_, **__):
    raise StoreFullError("The disk is full.")


@pytest.fixture
def context(puffling):
    return puffling.context


@pytest.fixture
def send(context, gate):
    async def submit(ticket=TICKET):
        proposal = context.orders.propose(ticket, "test")
        return await context.orders.submit(proposal, gate.yes(proposal))

    return submit


@pytest.fixture
def notices(puffling):
    heard: list[NoticePosted] = []
    puffling.bus.subscribe(NoticePosted, heard.append)
    return heard


@pytest.mark.parametrize("broken", ["book", "audit", "both"])
async def test_a_disk_that_fills_up_after_the_order_left_never_says_it_was_not_sent(
    context, send, notices, monkeypatch, broken
):
    monkeypatch.setattr("puffling.work.fills.RETRY", 0.01)
    store = context.orders._book.store
    with monkeypatch.context() as patch:
        if broken != "audit":
            patch.setattr(store, "record", full)
        if broken != "book":
            patch.setattr(context.audit, "add", full)
        order = await send()
        assert order.status is (OrderStatus.FILLED if broken == "audit" else OrderStatus.SENT)
        assert any("It was sent all the same" in each.text for each in notices)
    await until(lambda: context.orders.get(order.id).status is OrderStatus.FILLED)
    await books_agree(context)
    assert len(context.orders.all()) == 1


async def test_a_cancel_gets_through_while_nothing_can_be_stored(context, send, monkeypatch):
    monkeypatch.setattr("puffling.work.fills.RETRY", 0.01)
    order = await send(WAITING)
    with monkeypatch.context() as patch:
        patch.setattr(context.audit, "add", full)
        patch.setattr(context.orders._book.store, "record", full)
        await context.orders.cancel(order.id, "test")
        known = await context.orders.broker.lookup(order.id)
        assert known.status is OrderStatus.CANCELLED
    await until(lambda: context.orders.open() == [])


async def test_the_kill_switch_works_on_a_full_disk_and_is_stored_later(
    context, send, notices, monkeypatch, paths, clock
):
    order = await send(WAITING)
    with monkeypatch.context() as patch:
        patch.setattr(HaltStore, "set", full)
        halt = await context.risk.halt("test", "enough")
        assert context.risk.halted() == halt == Halt(START, "test", "enough")
        assert context.orders.get(order.id).status is OrderStatus.CANCELLED
        with pytest.raises(HaltedError):
            context.orders.propose(TICKET, "test")
        said = [each for each in notices if each.title == "Trading is halted"]
        assert said[0].level is Level.ERROR
        assert "The disk takes nothing" in said[0].text
        with pytest.raises(StoreFullError):
            await context.risk.refresh()
        assert (await context.risk.halt("somebody", "again")) == halt
    await context.risk.refresh()
    storage = open_storage(paths, clock)
    try:
        assert HaltStore(storage.user).read() == halt
    finally:
        storage.close()
    context.risk.resume("test", "RESUME")
    assert context.risk.halted() is None


async def test_no_order_slips_between_its_intent_and_the_kill_switch(context, gate, monkeypatch):
    store, loop = context.orders._book.store, asyncio.get_running_loop()
    add, halting = store.add_intent, []

    def add_then_halt(order, *, closing):
        add(order, closing=closing)
        # The loop hears of the switch before it hears that the intent is stored.
        started = asyncio.run_coroutine_threadsafe(start_halt(), loop)
        started.result(5)

    async def start_halt():
        halting.append(asyncio.create_task(context.risk.halt("test")))
        for _ in range(5):
            await asyncio.sleep(0)

    monkeypatch.setattr(store, "add_intent", add_then_halt)
    proposal = context.orders.propose(WAITING, "test")
    order = await context.orders.submit(proposal, gate.yes(proposal))
    await halting[0]
    assert context.orders.get(order.id).status is OrderStatus.CANCELLED
    assert context.orders.open() == []


async def test_what_waits_cannot_fill_at_a_start_after_the_switch_was_thrown_outside(
    opening, gate, clock, paths
):
    async with opening() as first:
        context = first.context
        ask = context.quotes.last("AAPL").ask
        proposal = context.orders.propose(replace(WAITING, limit_price=ask - 5), "test")
        order = await context.orders.submit(proposal, gate.yes(proposal))
        # As a crash would leave it: the market was further, and it fills at the next look.
        restated = replace(order.ticket, limit_price=ask + 1)
        later = order.market_time + timedelta(seconds=1)
        context.orders.apply(OrderUpdate(order.id, OrderStatus.WORKING, later, ticket=restated))
    storage = open_storage(paths, clock)
    HaltStore(storage.user).set(Halt(START, "terminal", "puffling halt"))
    storage.close()
    async with opening() as second:
        assert second.context.orders.fills() == []
        assert second.context.orders.get(order.id).status is OrderStatus.CANCELLED


async def test_closing_waits_for_what_is_being_stored_and_lets_nothing_new_in(opening, gate):
    async with opening() as app:
        orders = app.context.orders
        proposal = orders.propose(TICKET, "test")
        sending = asyncio.create_task(orders.submit(proposal, gate.yes(proposal)))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
    assert (await sending).status is OrderStatus.FILLED
    with pytest.raises(PufflingError, match="Puffling is closing"):
        await orders.submit(proposal, gate.yes(proposal))


async def test_a_clock_set_back_gives_no_yes_a_second_life(context, gate, clock):
    proposal = context.orders.propose(TICKET, "test")
    clock.pass_(119)
    clock._at -= timedelta(hours=1)
    clock.pass_(2)
    with pytest.raises(NotConfirmedError, match="too late"):
        await context.orders.submit(proposal, gate.yes(proposal))


async def test_what_was_shown_in_old_shares_is_not_sent_in_new_ones(context, gate):
    proposal = context.orders.propose(TICKET, "test")
    other = context.orders.propose(Ticket("IBM", Side.BUY, Decimal(1)), "test")
    context.orders.split(Split("AAPL", START, Decimal(2)))
    with pytest.raises(NotConfirmedError, match="not the one"):
        await context.orders.submit(proposal, gate.yes(proposal))
    assert (await context.orders.submit(other, gate.yes(other))).status is OrderStatus.FILLED


@pytest.mark.parametrize(("price", "shown"), [("520", "520.00"), ("520.50", "520.50")])
def test_what_is_shown_is_what_is_sent_to_the_last_digit(context, price, shown):
    text = context.orders.propose(replace(WAITING, limit_price=Decimal(price)), "test").text
    assert f"limit {shown}, good" in text
    fine = replace(WAITING, limit_price=Decimal("520.005"), quantity=Decimal("1.123456789"))
    assert order_words.ticket(fine).startswith("Buy 1.123456789 AAPL limit 520.005, good")
    with pytest.raises(RiskRefusedError, match="six decimal places") as refused:
        context.orders.propose(fine, "test")
    assert "520.005 is too fine" in str(refused.value)


async def test_fills_of_one_minute_are_booked_alike_after_a_restart(opening, gate, monkeypatch):
    ids = (f"{each:016x}" for each in range(1_000, 0, -1))  # the latest order sorts first
    monkeypatch.setattr("puffling.services.order_proposing.secrets.token_hex", lambda _: next(ids))
    async with opening() as first:
        context = first.context
        context.settings.change(
            "trading", largest_position="1", largest_order="90000", duplicate_seconds=0
        )

        async def send(side, quantity):
            proposal = context.orders.propose(Ticket("AAPL", side, Decimal(quantity)), "test")
            await context.orders.submit(proposal, gate.yes(proposal))

        for turn in range(8):
            await send(Side.BUY, 3 + turn)
            await send(Side.SELL, 1 + turn)
        before, realised = context.portfolio.positions(), context.portfolio.snapshot().realised
    async with opening() as second:
        assert second.context.portfolio.positions() == before
        assert second.context.portfolio.snapshot().realised == realised


async def test_time_never_goes_back_behind_an_order(opening, gate, stepper):
    async with opening() as first:
        context = first.context
        await stepper.step(5)
        proposal = context.orders.propose(WAITING, "test")
        order = await context.orders.submit(proposal, gate.yes(proposal))
        account = context.portfolio.account.id
    from puffling.store.state import StateStore

    storage = open_storage(first.context.paths, first.context.clock)
    StateStore(storage.user).put(f"replay {account}", {"session": "2012-06-01", "step": 0})
    storage.close()
    async with opening() as second:
        assert second.context.market.now() >= order.market_time


async def test_a_day_order_of_yesterday_is_gone_at_a_start_in_an_open_session(
    opening, gate, stepper
):
    async with opening() as first:
        context = first.context
        day = replace(WAITING, time_in_force=TimeInForce.DAY)
        proposal = context.orders.propose(day, "test")
        order = await context.orders.submit(proposal, gate.yes(proposal))
        await stepper.step(391 + 3)
        # As if the word of its end had never been stored.
        await until(lambda: context.orders.get(order.id).status is OrderStatus.EXPIRED)
        with context.storage.user.write() as connection:
            connection.exec_driver_sql("DELETE FROM order_events WHERE status = 'expired'")
        context.orders._book.rebuild()
    async with opening() as second:
        assert second.context.market.today() == date(2012, 6, 4)
        assert second.context.orders.get(order.id).status is OrderStatus.EXPIRED


async def test_a_full_disk_stops_neither_the_close_nor_a_split(
    context, send, stepper, monkeypatch, notices
):
    await context.demo.restart(date(2005, 2, 25))
    context.settings.change("trading", largest_position="1")
    await send()
    day = await send(replace(WAITING, limit_price=Decimal(80), time_in_force=TimeInForce.DAY))
    alert = context.alerts.add("AAPL", "below", Decimal(80))
    await stepper.step(380)
    with monkeypatch.context() as patch:
        patch.setattr("puffling.store.state.StateStore.put", full)
        patch.setattr("puffling.store.alerts.AlertStore.restate", full)
        patch.setattr("puffling.store.alerts.AlertStore.fire", full)
        patch.setattr("puffling.store.alerts.AlertStore.save", full)
        await stepper.step(11 + 3)
        assert context.market.today() == date(2005, 2, 28)
        assert context.portfolio.position("AAPL").quantity == 20
        assert context.alerts.get(alert.id).price == 40
    await until(lambda: context.orders.get(day.id).status is OrderStatus.EXPIRED)
    await stepper.step(2)
    context.demo.save()
    titles = [each.title for each in notices]
    assert titles.count("The demo market is not being stored") == 1
    assert "Quotes stopped unexpectedly" not in titles
    assert abs(context.portfolio.snapshot().day_profit) < 60
    await books_agree(context)


async def test_an_alert_that_cannot_be_stored_fires_once_it_can(
    context, stepper, monkeypatch, notices
):
    quote = context.quotes.last("AAPL")
    alert = context.alerts.add("AAPL", "above", quote.last + 1)
    high = replace(quote, last=quote.last + 2, bid=quote.last + 1, ask=quote.last + 3)
    with monkeypatch.context() as patch:
        patch.setattr("puffling.store.alerts.AlertStore.fire", full)
        context.demo.take_quote(high)
        context.demo.take_quote(high)
    assert context.alerts.history() == []
    context.demo.take_quote(high)
    assert [each.alert_id for each in context.alerts.history()] == [alert.id]
    assert [each.title for each in notices].count("The demo market is not being stored") == 1


async def test_a_market_that_begins_again_fires_no_alert_and_silences_none(context, stepper, clock):
    quote = context.quotes.last("AAPL")
    crossed = context.alerts.add("AAPL", "above", quote.last + 1, "daily")
    jumped = context.alerts.add("AAPL", "below", quote.last / 2)
    context.demo.take_quote(replace(quote, last=quote.last + 2, ask=quote.last + 3))
    assert len(context.alerts.history()) == 1
    await context.demo.restart(date(2005, 2, 25))
    assert len(context.alerts.history()) == 1
    now = context.quotes.last("AAPL")
    assert now.last < jumped.price
    assert not context.alerts.get(jumped.id).armed
    later = now.at + timedelta(minutes=1)
    context.demo.take_quote(replace(now, last=quote.last + 2, ask=quote.last + 3, at=later))
    assert [each.alert_id for each in context.alerts.history()] == [crossed.id, crossed.id]


async def test_a_second_account_that_passes_a_split_restates_its_alerts_too(context, stepper):
    for _ in range(2):
        await context.demo.restart(date(2005, 2, 25))
        alert = context.alerts.add("AAPL", "below", Decimal(60))
        await stepper.step(391 + 3)
        assert context.alerts.get(alert.id).price == 30
        context.alerts.remove(alert.id)


def test_a_split_that_is_known_changes_no_alert_again(context, bus):
    alert = context.alerts.add("AAPL", "below", Decimal(60))
    split = Split("AAPL", START, Decimal(2))
    assert context.alerts.split(split, "one")
    assert not context.alerts.split(split, "one")
    assert context.alerts.get(alert.id).price == 30


def test_an_alert_that_a_listener_removed_does_not_come_back(context, puffling):
    from puffling.core.events import AlertFired

    quote = context.quotes.last("AAPL")
    ids = {context.alerts.add("AAPL", "above", quote.last + 1).id for _ in range(2)}

    def remove_other(event):
        for each in ids - {event.alert_id}:
            context.alerts.remove(each)

    puffling.bus.subscribe(AlertFired, remove_other)
    context.demo.take_quote(replace(quote, last=quote.last + 2, ask=quote.last + 3))
    assert len(context.alerts.history()) == 1
    assert {each.id for each in context.alerts.all()} < ids


async def test_after_its_end_nothing_trades_and_the_market_can_begin_again(context, send, stepper):
    await context.demo.restart(date(2013, 2, 22))
    await send()
    waiting = await send(replace(WAITING, limit_price=Decimal(400)))
    await stepper.step(6 * 390 + 5 * 2 - 1)
    stepper.go()
    await until(lambda: context.market.ended)
    with pytest.raises(NoPriceError, match="has ended"):
        context.orders.propose(Ticket("AAPL", Side.SELL, Decimal(10)), "test")
    account = await context.demo.restart(date(2012, 6, 1))
    assert context.orders.get(waiting.id).status is OrderStatus.CANCELLED
    assert context.portfolio.account == account
    assert context.portfolio.positions() == []
    assert context.orders.open() == []


async def test_an_account_opened_after_the_clock_was_set_back_is_still_the_newest(opening, clock):
    async with opening() as first:
        clock._at -= timedelta(days=1)
        account = await first.context.demo.restart(date(2012, 7, 2))
    async with opening() as second:
        assert second.context.portfolio.account == account


class Disk:
    """A disk that takes nothing for a while, under a whole app."""

    def __init__(self, database):
        self._database = database
        self._full = False
        event.listen(database._engine, "checkout", self._checked_out)

    def fill(self, *, full):
        self._full = full

    def _checked_out(self, connection, *_):
        full = "ON" if self._full else "OFF"
        connection.execute(f"PRAGMA query_only={full}").close()


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_a_disk_that_takes_nothing_again_and_again_loses_and_doubles_nothing(
    opening, stepper, monkeypatch, seed
):
    monkeypatch.setattr("puffling.work.fills.RETRY", 0.01)
    dice, trouble, refused = random.Random(seed), [], []
    async with opening() as app:
        context, disk = app.context, Disk(app.context.storage.user)
        app.bus.subscribe(
            NoticePosted, lambda each: trouble.append(each.title) if "unexpect" in each.title else 0
        )
        context.settings.change(
            "trading", duplicate_seconds=0, largest_position="1", largest_order="90000"
        )

        async def run(id_, **values):
            try:
                await app.registry[id_].run_with(context, values)
            except (PufflingError, PuffinError) as error:
                refused.append(type(error))

        for turn in range(120):
            disk.fill(full=dice.random() < 0.5)
            last = context.quotes.last("AAPL").last
            side = dice.choice(["buy", "sell"])
            match dice.randint(0, 5):
                case 0 | 1:
                    await run("order.place", symbol="AAPL", side=side, quantity=1 + turn)
                case 2:
                    await run(
                        "order.place",
                        symbol="AAPL",
                        side=side,
                        quantity=1 + turn,
                        type="limit",
                        limit_price=last + dice.randint(-3, 3),
                        time_in_force=dice.choice(["day", "gtc"]),
                    )
                case 3:
                    await run("order.cancel_all")
                case 4:
                    await run("position.close", symbol="AAPL")
                case _:
                    await stepper.step(dice.choice([1, 20]))
        disk.fill(full=False)
        await context.risk.halt("test")
        await until(lambda: context.orders.open() == [])
        await books_agree(context)
        before = context.portfolio.positions(), context.portfolio.cash
        assert len(context.orders.fills()) > 5
        assert not trouble
        assert StoreReadOnlyError in refused
    async with opening() as again:
        context = again.context
        assert (context.portfolio.positions(), context.portfolio.cash) == before
        await books_agree(context)


class DeafBroker(FakeBroker):
    """A broker that takes questions and answers none."""

    @override
    async def submit(self, order):
        self.sent.append(order)
        await asyncio.Event().wait()

    @override
    async def open_orders(self):
        await asyncio.Event().wait()


async def test_a_broker_that_does_not_answer_holds_the_end_up_for_a_moment_and_loses_nothing(
    opening, gate, monkeypatch
):
    monkeypatch.setattr("puffling.app.running.STOP_WITHIN", 0.02)
    monkeypatch.setattr(OrderService.close, "__defaults__", (0.02,))
    deaf = DeafBroker()
    async with opening() as app:
        context = app.context
        context.orders.use(deaf, Costs())
        context.orders._compared = True
        context.orders._readiness.release("books")
        context.orders._readiness.release("stream")
        proposal = context.orders.propose(Ticket("AAPL", Side.BUY, Decimal(1)), "test")
        sending = asyncio.create_task(context.orders.submit(proposal, gate.yes(proposal)))
        await until(lambda: deaf.sent)
    (sent,) = deaf.sent
    with pytest.raises(asyncio.CancelledError):
        await sending
    async with opening() as again:
        order = again.context.orders.get(sent.id)
        assert (order.status, order.reason) == (OrderStatus.REJECTED, NEVER_LEFT)
        assert again.context.orders.ready
