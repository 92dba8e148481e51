"""Each way that a broker's line fails, row by row of the list that this project keeps of them."""

from __future__ import annotations

import asyncio
import logging
import time
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from puffin.broker.alpaca_stream import PINGS
from puffin.broker.base import Connected, Lost
from puffin.data.alpaca_limiter import RateLimiters
from puffin.errors import (
    BrokerError,
    KeysRefusedError,
    OrderRejectedError,
    OrderStateUnknownError,
)
from puffin.types import OrderStatus, OrderType, Side, Ticket, TimeInForce
from tests.delays import within
from tests.puffin.broker.alpaca_stage import AlpacaStage
from tests.puffin.broker.conformance import Listener
from tests.servers.alpaca import KEY, SECRET

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

D = Decimal
BUY, SELL = Side.BUY, Side.SELL
HTML = b"<html><body>502 Bad Gateway</body></html>"
SOON = {"ping_interval": 0.1, "ping_timeout": 0.1, "close_timeout": 0.1, "max_queue": 1024}


def limit(price="90", quantity="10", side=BUY) -> Ticket:
    return Ticket(
        "AAPL", side, D(quantity), OrderType.LIMIT, D(price), time_in_force=TimeInForce.GTC
    )


@pytest.fixture
async def stage() -> AsyncIterator[AlpacaStage]:
    async with AlpacaStage.open(timeouts=(3.0, 0.3)) as stage:
        stage.server.set_quote("AAPL", 99, 101)
        yield stage


@pytest.fixture
async def heard(stage: AlpacaStage) -> AsyncIterator[Listener]:
    listener = Listener(stage.broker)
    await listener.until(lambda: bool(listener.heard))
    yield listener
    await listener.close()


def last_state(heard: Listener) -> Connected | Lost:
    return [each for each in heard.heard if isinstance(each, Connected | Lost)][-1]


async def test_row_1_a_dropped_stream_is_told_and_what_it_missed_can_be_asked_for(
    stage: AlpacaStage, heard: Listener
):
    await stage.broker.submit(stage.order("a", limit()))
    stage.server.fill("a", "3", "90")
    await heard.until_status("a", OrderStatus.PARTIAL)
    stage.server.refuse_upgrade(503)  # it stays down for a while
    with within(2):
        stage.server.drop()
        await heard.until(lambda: isinstance(last_state(heard), Lost))
    stage.server.fill("a", "3", "90")
    stage.server.fill("a", "4", "90")
    stage.server.refuse_upgrade(0)
    await heard.until(lambda: isinstance(last_state(heard), Connected))
    assert [each.quantity for each in await stage.broker.fills()] == [D(3), D(3), D(4)]
    ids = {each.id for each in await stage.broker.fills()}
    assert len(ids | set(heard.fills("a"))) == 3
    (position,) = await stage.broker.positions()
    assert position.quantity == D(10)
    looked = await stage.broker.lookup("a")
    assert looked is not None
    assert looked.status is OrderStatus.FILLED


async def test_row_2_a_lost_frame_is_made_good_by_asking(stage: AlpacaStage, heard: Listener):
    await stage.broker.submit(stage.order("a", limit()))
    await heard.until_status("a", OrderStatus.WORKING)
    stage.server.lose_frame()
    stage.server.fill("a", "4", "90")
    stage.server.fill("a", "6", "90")
    await heard.until_status("a", OrderStatus.FILLED)
    assert sum(heard.fills("a").values()) == D(6)
    fills = {each.id: each.quantity for each in await stage.broker.fills()}
    assert sum((heard.fills("a") | fills).values()) == D(10)


async def test_row_3_a_fill_told_twice_has_one_id(stage: AlpacaStage, heard: Listener):
    await stage.broker.submit(stage.order("a", limit()))
    await heard.until_status("a", OrderStatus.WORKING)
    stage.server.duplicate(2)
    stage.server.fill("a", "4", "90")
    stage.server.fill("a", "6", "90")
    await heard.until(lambda: sum(each.fill is not None for each in heard.about("a")) == 4)
    assert sum(heard.fills("a").values()) == D(10)
    assert set(heard.fills("a")) == {each.id for each in await stage.broker.fills()}


async def test_row_4_news_out_of_order_carry_the_time_that_puts_them_right(
    stage: AlpacaStage, heard: Listener
):
    await stage.broker.submit(stage.order("a", limit()))
    await heard.until_status("a", OrderStatus.WORKING)
    before = len(heard.about("a"))
    stage.server.reorder(2)
    stage.server.fill("a", "4", "90")
    stage.server.fill("a", "6", "90")
    await heard.until(lambda: len(heard.about("a")) == before + 2)
    later, earlier = heard.about("a")[-2:]
    assert (later.status, earlier.status) == (OrderStatus.FILLED, OrderStatus.PARTIAL)
    assert later.at > earlier.at
    assert heard.fills("a") == {each.id: each.quantity for each in await stage.broker.fills()}


async def test_row_5_an_accepted_order_whose_answer_is_lost_is_looked_up_and_never_sent_again(
    stage: AlpacaStage,
):
    stage.server.lose_response()
    order = stage.order("a", limit())
    with pytest.raises(OrderStateUnknownError):
        await stage.broker.submit(order)
    again = await stage.broker.submit(order)
    assert again.status is OrderStatus.WORKING
    assert len(stage.server.asked("POST")) == 1


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
@pytest.mark.parametrize("body", [b"", HTML, {"message": "busy"}])
async def test_row_5_a_fault_after_acceptance_leaves_the_order_unknown(
    stage: AlpacaStage, status: int, body: object
):
    stage.server.answer_with(status, body, method="POST", carried_out=True)
    with pytest.raises(OrderStateUnknownError):
        await stage.broker.submit(stage.order("a", limit()))
    assert len(stage.server.asked("POST")) == 1


@pytest.mark.parametrize("body", [HTML, b"", b'{"id": "x"', b"[]", {"hello": 1}])
async def test_row_5_an_answer_without_sense_leaves_the_order_unknown(
    stage: AlpacaStage, body: object
):
    stage.server.answer_with(200, body, method="POST", carried_out=True)
    with pytest.raises(OrderStateUnknownError):
        await stage.broker.submit(stage.order("a", limit()))


async def test_row_5_a_silent_broker_leaves_the_order_unknown_in_time(stage: AlpacaStage):
    stage.server.hang("POST")
    with within(3), pytest.raises(OrderStateUnknownError, match="in time"):
        await stage.broker.submit(stage.order("a", limit()))
    assert await stage.broker.lookup("a") is None


async def test_row_5_an_id_that_alpaca_has_already_is_looked_up(stage: AlpacaStage):
    # Another run of the program sent it: this object does not know.
    stage.server.outside("AAPL", "buy", "10", "90", "a")
    answer = await stage.broker.submit(stage.order("a", limit()))
    assert answer.status is OrderStatus.WORKING
    assert len(stage.server.asked("POST")) == 1


async def test_row_5_an_order_that_never_arrived_may_be_sent_again(stage: AlpacaStage):
    stage.server.answer_with(503, HTML, method="POST")
    with pytest.raises(OrderStateUnknownError):
        await stage.broker.submit(stage.order("a", limit()))
    assert await stage.broker.lookup("a") is None
    assert (await stage.broker.submit(stage.order("a", limit()))).order_id == "a"
    assert len(stage.server.asked("POST")) == 2


@pytest.mark.parametrize("method", ["GET", "DELETE"])
async def test_a_lookup_that_fails_proves_nothing(stage: AlpacaStage, method: str):
    await stage.broker.submit(stage.order("a", limit()))
    stage.server.answer_with(404, HTML, method=method)
    with pytest.raises(BrokerError):
        await (stage.broker.lookup("a") if method == "GET" else stage.broker.cancel("a"))


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"code": 40310000, "message": "insufficient buying power"}, "buying power is too small"),
        ({"code": 40310000, "message": "potential wash trade detected"}, "opposite order"),
        ({"code": 40310100, "message": "pattern day trading protection"}, "pattern day trading"),
        ({"code": 42210000, "message": "asset TSLAX is not active"}, "cannot be traded"),
        ({"code": 42210000, "message": "the moon is full"}, "the moon is full"),
    ],
)
async def test_a_refusal_is_told_in_words_and_never_tried_again(
    stage: AlpacaStage, body: object, words: str
):
    stage.server.answer_with(403, body, method="POST")
    with pytest.raises(OrderRejectedError, match=words):
        await stage.broker.submit(stage.order("a", limit()))
    assert len(stage.server.asked("POST")) == 1


async def test_row_9_in_a_storm_of_429_requests_come_one_a_second_and_cancels_first():
    async with AlpacaStage.open() as stage:
        await stage.broker.submit(stage.order("a", limit("90")))
        stage.server.answer_with(429, {"message": "too many requests"}, path="/v2/clock")
        with pytest.raises(BrokerError, match="too busy"):
            await stage.broker.clock()
        begun, began = len(stage.server.requests), time.monotonic()
        reads = [asyncio.create_task(stage.broker.cash()) for _ in range(2)]
        await asyncio.sleep(0)
        cancel = asyncio.create_task(stage.broker.cancel("a"))
        await asyncio.gather(*reads, cancel)
        later = stage.server.requests[begun:]
        # None arrives before its second; how long one is on its way is up to the computer.
        assert all(each.at - began >= second for second, each in enumerate(later))
        assert later[0].method == "DELETE" or later[1].method == "DELETE"


async def test_row_9_a_submit_that_would_wait_too_long_is_not_sent():
    async with AlpacaStage.open(limiters=RateLimiters()) as stage:
        headers = {"Retry-After": "40"}
        stage.server.answer_with(429, b"", path="/v2/clock", headers=headers)
        with pytest.raises(BrokerError):
            await stage.broker.clock()
        with pytest.raises(OrderRejectedError, match="not sent"):
            await stage.broker.submit(stage.order("a", limit()))
        assert not stage.server.asked("POST")


async def test_row_17_no_log_has_the_keys_even_when_everything_is_logged(
    caplog: pytest.LogCaptureFixture,
):
    with caplog.at_level(logging.DEBUG):
        async with AlpacaStage.open() as stage:
            listener = Listener(stage.broker)
            await listener.until(lambda: bool(listener.heard))
            await stage.broker.submit(stage.order("a", limit()))
            stage.server.answer_with(500, HTML)
            with pytest.raises(BrokerError):
                await stage.broker.account()
            stage.server.refuse_auth()
            with pytest.raises(KeysRefusedError) as refused:
                await stage.broker.account()
            stage.server.drop()
            await listener.until(lambda: isinstance(listener.heard[-1], Lost))
            await listener.close()
    assert any(each.name.startswith("urllib3") for each in caplog.records)
    written = caplog.text + repr(refused.value) + repr(vars(stage.broker))
    assert KEY not in written
    assert SECRET not in written
    frames = {"puffin.alpaca.sockets", "websockets.client", "websockets.protocol"}
    assert not [each for each in caplog.records if each.name in frames]


async def test_row_18_an_unknown_status_is_kept_raw_and_poisons_nothing(
    stage: AlpacaStage, heard: Listener, caplog: pytest.LogCaptureFixture
):
    for each in ("a", "b", "c"):
        await stage.broker.submit(stage.order(each, limit()))
    await heard.until_status("c", OrderStatus.WORKING)
    stage.server.unknown_enum("b")
    with caplog.at_level(logging.WARNING):
        orders = {each.id: each for each in await stage.broker.open_orders()}
        await stage.broker.open_orders()
    assert set(orders) == {"a", "b", "c"}
    assert (orders["b"].status, orders["b"].raw) == (OrderStatus.OTHER, "quantum_entangled")
    assert sum("quantum_entangled" in each.message for each in caplog.records) == 1
    stage.server.fill("b", "10", "90")
    await heard.until(lambda: bool(heard.fills("b")))
    assert heard.about("b")[-1].raw == "quantum_entangled"


async def test_row_18_garbage_on_the_stream_is_passed_over(stage: AlpacaStage, heard: Listener):
    stage.server.say_raw(b"\x00\xff not json")
    stage.server.say_trade_update({"stream": "trade_updates", "data": {"event": "fill"}})
    stage.server.say_trade_update({"stream": "trade_updates", "data": None})
    stage.server.say_trade_update({"stream": "weather", "data": {"sun": True}})
    await stage.broker.submit(stage.order("a", limit()))
    await heard.until_status("a", OrderStatus.WORKING)
    assert isinstance(last_state(heard), Connected)


@pytest.mark.parametrize(("key", "used_for"), [("AKLIVE00000000000000", "paper"), (KEY, "live")])
async def test_row_19_keys_of_the_other_environment_are_recognised_without_asking(
    key: str, used_for: str
):
    async with AlpacaStage.open(key=key, paper=used_for == "paper") as stage:
        with pytest.raises(KeysRefusedError, match="This key is for"):
            await stage.broker.account()
        with pytest.raises(OrderRejectedError, match="This key is for"):
            await stage.broker.submit(stage.order("a", limit()))
        assert not stage.server.requests


@pytest.mark.parametrize("given", [{"key": "PKSOMEBODYELSE"}, {"secret": "wrong"}])
async def test_row_19_keys_that_are_refused_are_told(given: dict[str, str]):
    async with AlpacaStage.open(**given) as stage:
        with pytest.raises(KeysRefusedError, match=r"does not accept these keys.*live"):
            await stage.broker.account()
        listener = Listener(stage.broker)
        await listener.until(lambda: bool(listener.heard))
        (only,) = listener.heard
        assert isinstance(only, Lost)
        assert only.fatal
        assert "does not accept these keys" in only.reason
        await listener.close()
        assert len(stage.server.upgrades) == 1


async def test_row_20_a_second_connection_that_is_refused_is_told_and_tried_again(
    stage: AlpacaStage,
):
    stage.server.refuse_upgrade(429)
    listener = Listener(stage.broker)
    await listener.until(lambda: bool(listener.heard))
    assert isinstance(listener.heard[0], Lost)
    assert "another program" in listener.heard[0].reason
    stage.server.refuse_upgrade(0)
    await listener.until(lambda: isinstance(listener.heard[-1], Connected))
    await listener.close()


async def test_row_22_a_cancel_that_was_accepted_may_still_end_in_a_fill(
    stage: AlpacaStage, heard: Listener
):
    await stage.broker.submit(stage.order("a", limit()))
    await heard.until_status("a", OrderStatus.WORKING)
    stage.server.book.hold_cancels = True
    answer = await stage.broker.cancel("a")
    assert answer.status is OrderStatus.PENDING_CANCEL
    stage.server.fill("a", "10", "90")
    await heard.until_status("a", OrderStatus.FILLED)
    assert sum(heard.fills("a").values()) == D(10)


async def test_row_22_a_change_that_comes_too_late_leaves_the_fill(
    stage: AlpacaStage, heard: Listener
):
    await stage.broker.submit(stage.order("a", limit()))
    stage.server.fill("a", "10", "90")
    with pytest.raises(OrderRejectedError, match="cannot be changed any more"):
        await stage.broker.replace("a", stage.order("b", limit("91")))
    assert await stage.broker.lookup("b") is None


async def test_row_22_a_change_of_a_partly_filled_order_counts_nothing_twice(
    stage: AlpacaStage, heard: Listener
):
    await stage.broker.submit(stage.order("a", limit()))
    stage.server.fill("a", "4", "90")
    answer = await stage.broker.replace("a", stage.order("b", limit("91", "6")))
    assert answer.order is not None
    assert answer.order.ticket.quantity == D(6)
    assert answer.order.replaces == "a"
    stage.server.fill("b", "6", "91")
    await heard.until_status("b", OrderStatus.FILLED)
    assert sum(each.quantity for each in await stage.broker.fills()) == D(10)
    (position,) = await stage.broker.positions()
    assert position.quantity == D(10)


async def test_row_22_a_change_whose_answer_is_lost_can_be_looked_up(
    stage: AlpacaStage, heard: Listener
):
    await stage.broker.submit(stage.order("a", limit()))
    stage.server.lose_response("PATCH")
    with pytest.raises(OrderStateUnknownError):
        await stage.broker.replace("a", stage.order("b", limit("91")))
    old, new = await stage.broker.lookup("a"), await stage.broker.lookup("b")
    assert old is not None
    assert old.status is OrderStatus.REPLACED
    assert new is not None
    assert new.status is OrderStatus.WORKING


async def test_row_23_a_peer_that_sleeps_is_noticed_by_its_pings():
    async with AlpacaStage.open(pings=SOON) as stage:
        listener = Listener(stage.broker)
        await listener.until(lambda: bool(listener.heard))
        stage.server.half_open()
        with within(sum(SOON.values()) - SOON["max_queue"] + 1):
            await listener.until(lambda: isinstance(listener.heard[-1], Lost))
        await listener.until(lambda: isinstance(listener.heard[-1], Connected))
        await listener.close()


def test_row_23_the_pings_of_the_app_notice_it_in_twenty_seconds():
    assert PINGS["ping_interval"] + PINGS["ping_timeout"] + 2 * PINGS["close_timeout"] <= 20


async def test_closing_breaks_off_what_is_being_asked():
    async with AlpacaStage.open(timeouts=(3.0, 60.0)) as stage:
        stage.server.hang("GET", "/v2/account")
        asking = asyncio.create_task(stage.broker.account())
        await stage.server.until(lambda: bool(stage.server.asked("GET", "/v2/account")))
        with within(2):
            await stage.broker.close()
            with pytest.raises(BrokerError):
                await asking
        with pytest.raises(BrokerError, match="closed"):
            await stage.broker.cash()


async def test_a_cancel_does_not_wait_for_questions_that_hang():
    async with AlpacaStage.open(timeouts=(3.0, 60.0)) as stage:
        await stage.broker.submit(stage.order("a", limit()))
        for _ in range(4):
            stage.server.hang("GET", "/v2/account")
        asking = [asyncio.create_task(stage.broker.account()) for _ in range(4)]
        await stage.server.until(lambda: len(stage.server.asked("GET", "/v2/account")) >= 2)
        assert (await stage.broker.cancel("a")).status is OrderStatus.CANCELLED
        stage.server.release()
        await asyncio.gather(*asking)
