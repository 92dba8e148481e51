"""Orders of every kind, lived through on a loopback Alpaca; and what its words become."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from puffin.broker.alpaca_account import read_account, read_activity, read_fill, read_position
from puffin.broker.alpaca_orders import Names, OrderReader, UnreadableError
from puffin.errors import OrderRejectedError
from puffin.types import (
    AssetClass,
    Leg,
    OrderClass,
    OrderStatus,
    OrderType,
    Side,
    Ticket,
    TimeInForce,
)
from tests.puffin.broker.alpaca_stage import AlpacaStage, now
from tests.puffin.broker.conformance import Listener

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from puffin.broker.base import Broker

D = Decimal
BUY, SELL = Side.BUY, Side.SELL
GTC = TimeInForce.GTC
CALL_250, CALL_260 = "AAPL260116C00250000", "AAPL260116C00260000"


@pytest.fixture
async def stage() -> AsyncIterator[AlpacaStage]:
    async with AlpacaStage.open() as stage:
        stage.server.set_quote("AAPL", 99, 101)
        yield stage


@pytest.fixture
async def heard(stage: AlpacaStage) -> AsyncIterator[Listener]:
    listener = Listener(stage.broker)
    await listener.until(lambda: bool(listener.heard))
    yield listener
    await listener.close()


def test_it_is_a_broker():
    from puffin.broker.alpaca import AlpacaBroker

    broker: Broker = AlpacaBroker("PK1", "s", paper=True, account_id="a", now=now)
    assert broker.name == "Alpaca paper"


async def test_an_amount_is_spent(stage: AlpacaStage, heard: Listener):
    ticket = Ticket("AAPL", BUY, D(4), notional=D("500.50"))
    await stage.broker.submit(stage.order("n", ticket))
    await heard.until_status("n", OrderStatus.FILLED)
    (fill,) = await stage.broker.fills()
    assert fill.quantity == D("4.955445544")
    last = heard.about("n")[-1].order
    assert last is not None
    assert last.ticket.notional == D("500.5")
    assert last.filled_quantity == fill.quantity


async def test_a_fraction_is_bought_to_nine_decimals(stage: AlpacaStage, heard: Listener):
    await stage.broker.submit(stage.order("f", Ticket("AAPL", BUY, D("0.123456789"))))
    await heard.until_status("f", OrderStatus.FILLED)
    (position,) = await stage.broker.positions()
    assert position.quantity == D("0.123456789")


async def test_crypto_keeps_its_slash_everywhere(stage: AlpacaStage, heard: Listener):
    stage.server.set_quote("BTC/USD", 60_000, 60_010)
    ticket = Ticket("BTC/USD", BUY, D("0.25"), time_in_force=GTC)
    await stage.broker.submit(stage.order("c", ticket))
    await heard.until_status("c", OrderStatus.FILLED)
    (fill,), (position,) = await stage.broker.fills(), await stage.broker.positions()
    assert fill.symbol == position.symbol == "BTC/USD"
    asset = await stage.broker.asset("BTC/USD")
    assert asset is not None
    assert (asset.asset, asset.smallest_quantity) == (AssetClass.CRYPTO, D("0.000000001"))


async def test_several_options_are_one_order_and_fill_leg_by_leg(
    stage: AlpacaStage, heard: Listener
):
    stage.server.set_quote(CALL_250, "4.90", "5.10")
    stage.server.set_quote(CALL_260, "1.90", "2.10")
    legs = (Leg(CALL_250, BUY), Leg(CALL_260, SELL, ratio=2))
    ticket = Ticket("AAPL", BUY, D(3), OrderType.LIMIT, D("1.50"), legs=legs)
    answer = await stage.broker.submit(stage.order("spread", ticket))
    assert answer.order is not None
    assert answer.order.ticket.legs == legs
    await heard.until_status("spread", OrderStatus.FILLED)
    assert not heard.fills("spread")
    fills = {each.symbol: each for each in await stage.broker.fills()}
    assert (fills[CALL_250].quantity, fills[CALL_250].price) == (D(3), D("5.1"))
    assert (fills[CALL_260].side, fills[CALL_260].quantity) == (SELL, D(6))
    held = {each.symbol: each.quantity for each in await stage.broker.positions()}
    assert held == {CALL_250: D(3), CALL_260: D(-6)}
    streamed = {}
    for each in (fills[CALL_250], fills[CALL_260]):
        streamed |= heard.fills(each.order_id)
    assert streamed == {each.id: each.quantity for each in fills.values()}
    parents = {each.order.parent for each in heard.about(fills[CALL_250].order_id) if each.order}
    assert parents == {"spread"}


async def test_a_target_and_a_stop_for_what_is_held(stage: AlpacaStage, heard: Listener):
    await stage.broker.submit(stage.order("hold", Ticket("AAPL", BUY, D(10))))
    oco = Ticket(
        "AAPL",
        SELL,
        D(10),
        OrderType.LIMIT,
        D(120),
        time_in_force=GTC,
        stop_loss=D(90),
        stop_loss_limit=D(89),
        one_cancels_other=True,
    )
    answer = await stage.broker.submit(stage.order("oco", oco))
    assert answer.order is not None
    assert answer.order.ticket == oco
    (stop,) = [each for each in await stage.broker.open_orders() if each.parent == "oco"]
    assert (stop.ticket.type, stop.ticket.stop_price) == (OrderType.STOP_LIMIT, D(90))
    stage.server.set_quote("AAPL", 125, 126)
    await heard.until_status("oco", OrderStatus.FILLED)
    await heard.until_status(stop.id, OrderStatus.CANCELLED)


async def test_an_entry_with_a_stop_alone(stage: AlpacaStage, heard: Listener):
    ticket = Ticket("AAPL", BUY, D(10), time_in_force=GTC, stop_loss=D(90))
    assert ticket.order_class is OrderClass.OTO
    answer = await stage.broker.submit(stage.order("oto", ticket))
    assert answer.order is not None
    assert answer.order.ticket.stop_loss == D(90)
    await heard.until_status("oto", OrderStatus.FILLED)
    stage.server.set_quote("AAPL", 80, 81)
    await heard.until(lambda: sum(map(bool, [heard.fills(each) for each in ids(heard)])) == 2)
    assert not await stage.broker.positions()


def ids(heard: Listener) -> set[str]:
    return {each.order_id for each in heard.heard if hasattr(each, "order_id")}


async def test_a_trailing_stop_follows(stage: AlpacaStage, heard: Listener):
    await stage.broker.submit(stage.order("hold", Ticket("AAPL", BUY, D(10))))
    trail = Ticket("AAPL", SELL, D(10), OrderType.TRAILING, trail_percent=D(5), time_in_force=GTC)
    answer = await stage.broker.submit(stage.order("t", trail))
    assert answer.order is not None
    assert answer.order.ticket == trail
    for bid in (110, 120, 118):
        stage.server.set_quote("AAPL", bid, bid + 1)
    (waiting,) = await stage.broker.open_orders()
    assert waiting.ticket.trail_percent == D(5)
    stage.server.set_quote("AAPL", 113, 114)  # under 114, five percent below 120
    await heard.until_status("t", OrderStatus.FILLED)


async def test_what_fills_at_once_or_not_at_all(stage: AlpacaStage, heard: Listener):
    stage.server.set_quote("AAPL", 99, 101, size=4)
    for id_, lasting in (("ioc", TimeInForce.IOC), ("fok", TimeInForce.FOK)):
        ticket = Ticket("AAPL", BUY, D(10), OrderType.LIMIT, D(101), time_in_force=lasting)
        await stage.broker.submit(stage.order(id_, ticket))
        await heard.until_status(id_, OrderStatus.CANCELLED)
    assert sum(heard.fills("ioc").values()) == D(4)
    assert not heard.fills("fok")


async def test_auctions_fill_at_the_open_and_at_the_close(stage: AlpacaStage, heard: Listener):
    for id_, lasting in (("cls", TimeInForce.CLS), ("opg", TimeInForce.OPG)):
        await stage.broker.submit(
            stage.order(id_, Ticket("AAPL", BUY, D(1), time_in_force=lasting))
        )
    await heard.until_status("cls", OrderStatus.WORKING)
    await stage.end_session()
    await heard.until_status("cls", OrderStatus.FILLED)


async def test_outside_hours_a_limit_order_that_asks_for_it_fills(
    stage: AlpacaStage, heard: Listener
):
    await stage.end_session()
    early = Ticket("AAPL", BUY, D(1), OrderType.LIMIT, D(105), extended_hours=True)
    await stage.broker.submit(stage.order("early", early))
    await heard.until_status("early", OrderStatus.FILLED)
    await stage.broker.submit(stage.order("late", Ticket("AAPL", BUY, D(1))))
    await heard.until_status("late", OrderStatus.PENDING)
    stage.server.open_session()
    await heard.until_status("late", OrderStatus.FILLED)


async def test_a_halt_suspends(stage: AlpacaStage, heard: Listener):
    ticket = Ticket("AAPL", BUY, D(1), OrderType.LIMIT, D(50))
    await stage.broker.submit(stage.order("h", ticket))
    stage.server.book.halt("AAPL")
    await heard.until_status("h", OrderStatus.SUSPENDED)
    assert "halted" in heard.about("h")[-1].reason


async def test_the_exchange_may_refuse_what_alpaca_took(stage: AlpacaStage, heard: Listener):
    ticket = Ticket("AAPL", BUY, D(1), OrderType.LIMIT, D(50))
    await stage.broker.submit(stage.order("r", ticket))
    stage.server.book.reject(stage.server.order("r"))
    await heard.until_status("r", OrderStatus.REJECTED)
    assert heard.about("r")[-1].reason


async def test_selling_what_other_orders_hold_is_refused_in_words(
    stage: AlpacaStage, heard: Listener
):
    await stage.broker.submit(stage.order("hold", Ticket("AAPL", BUY, D(10))))
    sell = Ticket("AAPL", SELL, D(10), OrderType.LIMIT, D(150))
    await stage.broker.submit(stage.order("s1", sell))
    with pytest.raises(OrderRejectedError, match="Less of it is free to trade"):
        await stage.broker.submit(stage.order("s2", sell))


async def test_an_execution_that_is_taken_back_names_the_fill_it_undoes(
    stage: AlpacaStage, heard: Listener
):
    await stage.broker.submit(stage.order("b", Ticket("AAPL", BUY, D(10))))
    await heard.until_status("b", OrderStatus.FILLED)
    (fill,) = await stage.broker.fills()
    execution = stage.server.book.activities[0]["id"].partition("::")[2]
    order = stage.server.order("b").json()
    data = {"event": "trade_bust", "order": order, "previous_execution_id": execution}
    stage.server.say_trade_update({"stream": "trade_updates", "data": data})
    await heard.until(lambda: bool(heard.about("b")[-1].voids))
    assert heard.about("b")[-1].voids == fill.id
    correction = data | {
        "event": "trade_correct",
        "execution_id": "e2",
        "qty": "10",
        "price": "100",
    }
    stage.server.say_trade_update({"stream": "trade_updates", "data": correction})
    await heard.until(lambda: heard.about("b")[-1].fill is not None)
    last = heard.about("b")[-1]
    assert last.voids == fill.id
    assert last.fill is not None
    assert (last.fill.price, last.fill.id != fill.id) == (D(100), True)


async def test_a_fresh_start_finds_what_went_before(stage: AlpacaStage, heard: Listener):
    from puffin.broker.alpaca import AlpacaBroker

    bracket = Ticket("AAPL", BUY, D(10), take_profit=D(120), stop_loss=D(90), time_in_force=GTC)
    await stage.broker.submit(stage.order("entry", bracket))
    for each in range(5):
        await stage.broker.submit(stage.order(f"m{each}", Ticket("AAPL", BUY, D(1))))
    fresh = AlpacaBroker(
        stage.server.key,
        stage.server.secret,
        paper=True,
        account_id="alpaca",
        now=now,
        url=stage.server.url,
    )
    ids_ = [each.order_id for each in await fresh.fills()]
    assert sorted(ids_) == ["entry", "m0", "m1", "m2", "m3", "m4"]
    assert len(await fresh.open_orders()) == 2
    assert (await fresh.cancel("entry")).status is OrderStatus.FILLED
    await fresh.close()


async def test_long_histories_are_read_page_by_page(stage: AlpacaStage):
    stage.server.set_quote("AAPL", 1, 1)
    with stage.server.lock:
        for each in range(230):
            body = {"symbol": "AAPL", "qty": "1", "side": "buy", "type": "market"}
            stage.server.book.place(body | {"time_in_force": "day", "client_order_id": f"o{each}"})
    fills = await stage.broker.fills()
    assert len({each.id for each in fills}) == 230
    assert {each.order_id for each in fills} == {f"o{each}" for each in range(230)}
    assert fills == sorted(fills, key=lambda each: each.at)


async def test_other_activities_are_read_and_what_is_senseless_is_left_out(stage: AlpacaStage):
    stage.server.other_activities = [
        {"activity_type": "DIV", "id": "1", "date": "2026-01-05", "net_amount": "1.02", "symbol": "T"},
        {"activity_type": "DIVNRA", "id": "2", "date": "2026-01-05", "net_amount": "-0.15"},
        {"activity_type": "CFEE", "id": "3", "date": "2026-01-06", "net_amount": "0", "qty": "-0.001"},
        {"activity_type": "CSD", "id": "4", "date": "2026-01-07", "net_amount": "5000"},
        {"activity_type": "QUANTUM", "id": "5", "date": "2026-01-08", "net_amount": "1"},
        {"activity_type": "INT", "id": "6", "date": "the other day"},
        {"activity_type": "FEE", "id": "7", "date": "2026-01-08", "status": "canceled"},
    ]  # fmt: skip
    stage.server.other_activities[5]["transaction_time"] = "2026-01-08T00:00:00Z"
    stage.server.other_activities[5]["date"] = "soon"
    found = await stage.broker.activities(datetime(2026, 1, 5, tzinfo=UTC))
    assert [(each.kind, each.amount) for each in found] == [
        ("dividend", D("1.02")),
        ("dividend", D("-0.15")),
        ("fee", D(0)),
        ("transfer", D(5000)),
        ("quantum", D(1)),
    ]
    assert found[2].quantity == D("-0.001")


async def test_the_account_is_read_and_its_number_hidden(stage: AlpacaStage):
    account = await stage.broker.account()
    assert account.number == "••••••••F123"
    assert (account.cash, account.equity, account.last_equity) == (D(100_000),) * 3
    assert account.shorting
    assert (account.day_trades, account.options_level) == (1, 2)
    stage.server.trading_blocked = True
    assert "blocked trading" in (await stage.broker.account()).blocked


async def test_assets_are_read(stage: AlpacaStage):
    asset = await stage.broker.asset("AAPL")
    assert asset is not None
    assert (asset.tradable, asset.fractionable, asset.shortable) == (True, True, True)
    assert asset.smallest_price_step is None
    assert await stage.broker.asset("NOSUCH") is None
    stage.server.contracts = [CALL_250]
    option = await stage.broker.asset(CALL_250)
    assert option is not None
    assert (option.asset, option.tradable) == (AssetClass.OPTION, True)
    assert await stage.broker.asset(CALL_260) is None


async def test_row_8_a_clock_that_is_off_is_measured_and_the_market_is_the_brokers(
    stage: AlpacaStage,
):
    assert abs((await stage.broker.clock()).skew) < 2
    stage.server.clock_off = -600  # ours is ten minutes ahead
    clock = await stage.broker.clock()
    assert clock.skew == pytest.approx(600, abs=2)
    assert clock.is_open
    await stage.end_session()
    assert not (await stage.broker.clock()).is_open


async def test_the_calendar_and_the_equity_of_the_past_are_read(stage: AlpacaStage):
    first, last = datetime(2026, 1, 5, tzinfo=UTC), datetime(2026, 1, 6, tzinfo=UTC)
    sessions = await stage.broker.sessions(first, last)
    assert [each.open.hour for each in sessions] == [14, 14]
    stage.server.portfolio_history = {
        "timestamp": [1_767_571_200, 1_767_657_600, 1_767_744_000],
        "equity": [100_000, 100_250.75, None],
    }
    assert [value for _, value in await stage.broker.equity()] == [D(100_000), D("100250.75")]


def reader() -> OrderReader:
    return OrderReader("a", now, Names.empty())


def plain(**changes: Any) -> dict[str, Any]:
    """An order in Alpaca's words."""
    return {
        "id": "x1",
        "client_order_id": "c1",
        "symbol": "AAPL",
        "asset_class": "us_equity",
        "qty": "10",
        "filled_qty": "0",
        "type": "limit",
        "limit_price": "90.10",
        "side": "buy",
        "time_in_force": "day",
        "status": "new",
        "submitted_at": "2026-01-05T15:00:00.123456789Z",
        "updated_at": "2026-01-05T10:00:01.5-05:00",
    } | changes


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("accepted", OrderStatus.PENDING),
        ("pending_new", OrderStatus.PENDING),
        ("accepted_for_bidding", OrderStatus.WORKING),
        ("new", OrderStatus.WORKING),
        ("stopped", OrderStatus.WORKING),
        ("partially_filled", OrderStatus.PARTIAL),
        ("filled", OrderStatus.FILLED),
        ("done_for_day", OrderStatus.DONE_FOR_DAY),
        ("calculated", OrderStatus.DONE_FOR_DAY),
        ("canceled", OrderStatus.CANCELLED),
        ("expired", OrderStatus.EXPIRED),
        ("replaced", OrderStatus.REPLACED),
        ("pending_cancel", OrderStatus.PENDING_CANCEL),
        ("pending_replace", OrderStatus.PENDING_REPLACE),
        ("rejected", OrderStatus.REJECTED),
        ("suspended", OrderStatus.SUSPENDED),
        ("held", OrderStatus.HELD),
        ("pending_review", OrderStatus.PENDING),
        ("quantum", OrderStatus.OTHER),
        ("", OrderStatus.OTHER),
    ],
)
def test_every_status_has_its_word_here(word: str, status: OrderStatus):
    order = reader().order(plain(status=word))
    assert (order.status, order.raw) == (status, word)


def test_times_and_numbers_are_exact():
    order = reader().order(plain(filled_qty="3.000000001", filled_avg_price="90.0312345"))
    assert order.created_at == datetime(2026, 1, 5, 15, 0, 0, 123456, tzinfo=UTC)
    assert order.updated_at - order.created_at == timedelta(seconds=1, microseconds=376544)
    assert order.filled_quantity == D("3.000000001")
    assert order.average_price == D("90.0312345")
    assert str(order.ticket.limit_price) == "90.10"


def test_kinds_that_are_new_are_said_in_words():
    order = reader().order(plain(type="peg", time_in_force="gtd"))
    assert order.ticket.type is OrderType.LIMIT
    assert "'peg'" in order.reason
    assert "'gtd'" in order.reason


def test_an_order_for_more_than_a_ticket_can_say_is_still_shown():
    order = reader().order(plain(symbol="SHIBUSD", asset_class="crypto", qty="25000000"))
    assert order.ticket.symbol == "SHIB/USD"
    assert "25,000,000 units" in order.reason


def test_an_amount_without_fills_is_shown_as_one():
    order = reader().order(plain(qty=None, notional="500.25", limit_price="0.0001"))
    assert order.ticket.notional == D("500.25")
    assert order.ticket.quantity == D(1_000_000)
    assert order.reason == ""


def test_one_bad_order_poisons_no_list():
    bad: list[object] = [None, 7, "order", {}, plain(qty=None), plain(id=""), plain(symbol="???")]
    good = plain(id="x2", client_order_id="c2")
    assert [each.id for each in reader().orders([*bad, good])] == ["c2"]
    assert reader().orders("nothing") == []


def test_exits_that_were_moved_past_each_other_stay_orders_of_their_own():
    legs = [
        plain(id="x2", client_order_id="c2", side="sell", limit_price="80"),
        plain(id="x3", client_order_id="c3", side="sell", type="stop", stop_price="85"),
    ]
    found = reader().orders([plain(order_class="bracket", legs=legs)])
    assert [each.id for each in found] == ["c1", "c2", "c3"]
    assert found[0].ticket.order_class is OrderClass.SIMPLE
    assert [each.parent for each in found] == ["", "c1", "c1"]


def test_short_positions_are_negative_however_they_are_written():
    body = {"symbol": "AAPL", "asset_class": "us_equity", "side": "short", "avg_entry_price": "5"}
    assert read_position(body | {"qty": "-3"}).quantity == D(-3)
    assert read_position(body | {"qty": "3"}).quantity == D(-3)
    crypto = {"symbol": "SOLUSDT", "asset_class": "crypto", "qty": "1", "avg_entry_price": "5"}
    assert read_position(crypto).symbol == "SOL/USDT"


@pytest.mark.parametrize("reading", [read_account, read_activity, read_position])
@pytest.mark.parametrize("body", [None, [], "x", {}, {"qty": "NaN", "cash": "Infinity"}])
def test_what_cannot_be_read_is_never_zero(reading: Any, body: object):
    with pytest.raises(UnreadableError):
        reading(body)


@pytest.mark.parametrize("missing", ["qty", "price", "cum_qty", "transaction_time"])
def test_an_execution_needs_all_its_parts(missing: str):
    body = {
        "order_id": "x",
        "qty": "1",
        "price": "2",
        "cum_qty": "1",
        "side": "sell_short",
        "transaction_time": "2026-01-05T15:00:00Z",
    }
    assert read_fill(body, "a", "o", "AAPL").side is SELL
    with pytest.raises(UnreadableError):
        read_fill(body | {missing: None}, "a", "o", "AAPL")
