"""One process asks, the one that holds the profile answers, through one table."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from types import SimpleNamespace

import pytest

from puffin.types import OrderStatus
from puffling.commands.remote import Remote
from puffling.core.errors import BadValueError, PufflingError, StoreLockedError
from puffling.store.opening import open_storage
from puffling.store.requests import Request, RequestState, RequestStore
from puffling.work.requests import RequestDesk
from tests.fakes import until

BUY = {"symbol": "AAPL", "side": "buy", "quantity": "10"}


@pytest.fixture
def store(puffling):
    return RequestStore(puffling.context.storage.user)


@pytest.fixture
def asked():
    return []


@pytest.fixture
def remote(store, clock, asked):
    def make(*, says_yes=True, always_yes=False):
        async def ask(question):
            asked.append(question)
            return says_yes

        return Remote(store, clock, ask, always_yes=always_yes)

    return make


async def ready(puffling, stepper):
    """Let the market show its first prices."""
    await stepper.step(2)
    puffling.context.quotes.flush()


async def test_a_question_is_answered_with_plain_values(puffling, stepper, remote):
    await ready(puffling, stepper)
    answer = await remote().run("data.quote", {"symbol": "AAPL"})
    assert json.loads(json.dumps(answer))["symbol"] == "AAPL"


async def test_a_trade_asks_back_and_is_sent_after_a_yes(puffling, stepper, remote, asked):
    await ready(puffling, stepper)
    order = await remote().run("order.place", BUY)
    assert "AAPL" in asked[0]
    assert "10" in asked[0]
    kept = puffling.context.orders.get(order["id"])
    assert kept is not None
    assert kept.asked_by == "terminal"
    assert kept.status is not OrderStatus.REJECTED


async def test_a_no_sends_nothing(puffling, stepper, remote):
    await ready(puffling, stepper)
    with pytest.raises(PufflingError, match=r"(?i)not sent|not confirmed|nobody"):
        await remote(says_yes=False).run("order.place", BUY)
    assert puffling.context.orders.all() == []


async def test_yes_in_advance_is_for_play_money_and_asks_nobody(puffling, stepper, remote, asked):
    await ready(puffling, stepper)
    await remote(always_yes=True).run("order.place", BUY)
    assert asked == []
    assert len(puffling.context.orders.all()) == 1


async def test_yes_in_advance_is_refused_for_real_money(puffling, store, clock, remote):
    now = clock.now()
    row = Request("r1", "x", {}, "terminal", now, now + timedelta(seconds=5))
    store.add(row)
    store.take("r1")
    store.set_question("r1", json.dumps({"mode": "live", "text": "Buy"}))
    asking = store.get("r1")
    assert asking is not None
    with pytest.raises(BadValueError, match="not accepted in LIVE"):
        await remote(always_yes=True)._answer(asking)
    answered = store.get("r1")
    assert answered is not None
    assert answered.answer == "no"


async def test_what_the_desk_refuses_is_said_with_its_hint(puffling, remote):
    with pytest.raises(PufflingError, match=r"Did you mean 'order\.place'"):
        await remote().run("order.plce", {})
    with pytest.raises(PufflingError, match="quantity must be more than zero"):
        await remote().run("order.place", {**BUY, "quantity": "-1"})
    with pytest.raises(PufflingError) as refused:
        await remote().run("order.place", {**BUY, "quantity": "900000"})
    assert refused.value.hint


async def test_a_request_past_its_time_is_never_run_late(puffling, store, clock, stepper):
    await ready(puffling, stepper)
    then = clock.now() - timedelta(minutes=1)
    store.add(Request("late", "order.place", BUY, "terminal", then, then + timedelta(seconds=5)))

    async def until_over():
        while True:
            row = store.get("late")
            if row is not None and row.state.is_over:
                return row
            await asyncio.sleep(0.01)

    row = await asyncio.wait_for(until_over(), 10)
    assert row.state is RequestState.FAILED
    assert "in time" in row.error
    assert puffling.context.orders.all() == []


async def test_a_window_that_does_not_answer_is_given_up_and_the_request_withdrawn(
    puffling, store, clock, remote
):
    now = clock.now()
    store.add(Request("old", "x", {}, "terminal", now - timedelta(minutes=1), now))
    old = store.get("old")
    assert old is not None
    with pytest.raises(PufflingError, match="did not answer; nothing was done"):
        remote()._check_time(old)
    withdrawn = store.get("old")
    assert withdrawn is not None
    assert withdrawn.state is RequestState.EXPIRED


@pytest.fixture
def own_store(paths, clock):
    """A table that no app listens to."""
    storage = open_storage(paths, clock)
    yield RequestStore(storage.user)
    storage.close()


async def nothing():
    return


async def over(store, id_):
    """Wait until a request has ended, and return it."""

    async def look():
        while True:
            row = store.get(id_)
            if row is not None and row.state.is_over:
                return row
            await asyncio.sleep(0.01)

    return await asyncio.wait_for(look(), 10)


async def test_what_an_earlier_holder_never_answered_is_ended_and_old_ones_go(own_store, clock):
    now = clock.now()
    own_store.add(
        Request("left", "x", {}, "terminal", now, now + timedelta(days=9), RequestState.ASKING)
    )
    then = now - timedelta(days=2)
    own_store.add(Request("old", "x", {}, "terminal", then, then, RequestState.DONE))
    desk = RequestDesk(
        own_store, clock, run=lambda *_: nothing(), refresh=nothing, mode=lambda: "demo"
    )
    listening = asyncio.create_task(desk.listen())
    row = await over(own_store, "left")
    assert row.state is RequestState.FAILED
    assert "look what was done" in row.error
    await until(lambda: own_store.get("old") is None)
    listening.cancel()
    await asyncio.gather(listening, return_exceptions=True)


async def test_a_store_that_is_busy_for_a_moment_ends_nothing_that_runs(own_store, clock):
    go, looks = asyncio.Event(), iter(range(1_000))

    async def run(_request, _gate):
        await go.wait()
        return "done"

    async def refresh():
        if next(looks) > 0:
            go.set()
            raise StoreLockedError("puffling.db is busy.")

    now = clock.now()
    own_store.add(Request("r", "x", {}, "terminal", now, now + timedelta(seconds=5)))
    desk = RequestDesk(own_store, clock, run=run, refresh=refresh, mode=lambda: "demo")
    listening = asyncio.create_task(desk.listen())
    row = await over(own_store, "r")
    assert (row.state, row.result) == (RequestState.DONE, "done")
    assert not listening.done()
    listening.cancel()
    await asyncio.gather(listening, return_exceptions=True)


async def test_a_question_names_the_mode_in_which_it_is_asked(own_store, clock):
    store, modes = own_store, ["demo"]

    async def run(_request, gate):
        modes[0] = "paper"  # switched while the order is being valued
        await gate.confirm(SimpleNamespace(text="Buy", id="p", digest="d"))

    now = clock.now()
    store.add(Request("r", "x", {}, "terminal", now, now + timedelta(seconds=5)))
    desk = RequestDesk(store, clock, run=run, refresh=nothing, mode=lambda: modes[0])
    listening = asyncio.create_task(desk.listen())
    await until(lambda: store.get("r").state is RequestState.ASKING)
    assert json.loads(store.get("r").question)["mode"] == "paper"
    listening.cancel()
    await asyncio.gather(listening, return_exceptions=True)


def test_a_yes_to_one_question_is_none_to_the_next(own_store, clock):
    now = clock.now()
    own_store.add(Request("r", "x", {}, "terminal", now, now + timedelta(seconds=5)))
    assert own_store.take("r")
    assert own_store.set_question("r", "first")
    assert own_store.set_answer("r", "yes")
    assert own_store.set_question("r", "second")
    row = own_store.get("r")
    assert row is not None
    assert (row.state, row.answer) == (RequestState.ASKING, "")


async def test_what_still_runs_when_the_holder_stops_is_answered(own_store, clock):
    store, started = own_store, asyncio.Event()

    async def run(_request, _gate):
        started.set()
        await asyncio.Event().wait()

    desk = RequestDesk(store, clock, run=run, refresh=nothing, mode=lambda: "demo")
    now = clock.now()
    store.add(Request("r", "x", {}, "terminal", now, now + timedelta(seconds=5)))
    listening = asyncio.create_task(desk.listen())
    await asyncio.wait_for(started.wait(), 10)
    listening.cancel()
    await asyncio.gather(listening, return_exceptions=True)
    row = store.get("r")
    assert row is not None
    assert row.state is RequestState.FAILED
    assert "Puffling closed" in row.error
