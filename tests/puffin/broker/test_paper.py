from __future__ import annotations

import asyncio
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from puffin.broker.base import Connected
from puffin.errors import BrokerError
from puffin.execution.ledger import Ledger
from puffin.types import Fill, Order, OrderStatus, OrderUpdate, Side, Split, Ticket
from tests.puffin.broker.paper_stage import BUY, CLOSE, DAY, GTC, OPEN, SELL, Market, done

if TYPE_CHECKING:
    from puffin.broker.base import Broker
WORKING, FILLED = OrderStatus.WORKING, OrderStatus.FILLED


@pytest.fixture
def market() -> Market:
    return Market()


def test_it_is_a_broker(market):
    broker: Broker = market.broker
    assert broker.name == "Paper broker"


def test_a_market_order_fills_at_once_at_the_ask_and_says_so_twice(market):
    market.trade(100)
    update = market.submit("a")
    assert update.status is OrderStatus.FILLED
    fill = market.fill("a")
    assert (fill.id, fill.price, fill.at) == ("a-1", Decimal(101), market.now)
    assert [each.status for each in market.heard()] == [OrderStatus.WORKING, OrderStatus.FILLED]
    assert market.held() == {"AAPL": 10}
    assert market.cash() == 8990


async def test_updates_wait_for_what_comes_and_bring_it_in_order(market):
    updates = market.broker.updates()
    assert await anext(updates) == Connected(OPEN)
    waiting = asyncio.ensure_future(anext(updates))
    await asyncio.sleep(0)
    assert not waiting.done()
    market.trade(100)
    await market.broker.submit(market.order("a"))
    for update, status in ((await waiting, WORKING), (await anext(updates), FILLED)):
        assert isinstance(update, OrderUpdate)
        assert update.status is status


def test_every_field_of_the_ticket_reaches_the_fill():
    market = Market(per_order="1", slippage_bps="100")
    market.trade(100)
    market.submit("a", quantity="3")
    market.submit("b", SELL, quantity="2")
    sold = market.fill("b")
    assert (sold.order_id, sold.account, sold.symbol, sold.side) == ("b", "demo", "AAPL", SELL)
    assert sold.quantity == 2
    assert sold.price == Decimal("98.01")  # the bid of 99 less 1 %
    assert sold.commission == 1


def test_before_the_first_quote_and_after_the_close_a_market_order_waits_for_the_open(market):
    assert market.submit("early").status is OrderStatus.WORKING
    market.trade(100)
    assert market.status("early") is OrderStatus.FILLED
    market.now = CLOSE
    market.broker.end_session(CLOSE)
    assert market.submit("late").status is OrderStatus.WORKING
    market.broker.take_quote(market.quote(100))  # a straggler of the session that ended
    assert market.status("late") is OrderStatus.WORKING
    market.trade(120, after=17.5 * 3600)
    assert market.fill("late").price == 121


def test_the_price_of_one_symbol_fills_no_order_of_another(market):
    market.submit("a", limit="100")
    market.trade(50, symbol="IBM")
    assert market.status("a") is OrderStatus.WORKING


def test_a_limit_waits_for_its_price_and_gets_it_or_better(market):
    market.trade(100)
    assert market.submit("a", limit="95").status is OrderStatus.WORKING
    market.trade("94.50")
    assert market.status("a") is OrderStatus.WORKING  # asked 95.50
    market.trade(90)
    assert market.fill("a").price == 91


def test_a_gap_through_a_stop_fills_at_the_quote(market):
    market.trade(100)
    market.submit("held")
    market.submit("stop", SELL, stop="95")
    market.trade("95.01")
    assert market.status("stop") is OrderStatus.WORKING
    market.trade(80)
    assert market.fill("stop").price == 79


def test_sending_the_same_order_again_changes_nothing(market):
    market.trade(100)
    first = market.submit("a")
    assert market.submit("a") == first
    assert market.held() == {"AAPL": 10}
    assert len(market.heard()) == 2


def test_a_buy_that_cash_does_not_pay_for_is_rejected_with_the_numbers(market):
    market.trade(100)
    update = market.submit("a", quantity="100")
    assert update.status is OrderStatus.REJECTED
    assert update.reason == "Not enough cash: the fill needs 10,100.00 and there is 10,000.00."
    assert market.held() == {}
    market.trade(50)
    assert market.status("a") is OrderStatus.REJECTED


def test_buying_back_a_short_is_never_refused_for_cash():
    market = Market(cash="0")
    market.trade(100)
    market.submit("short", SELL)
    market.trade(300)
    assert market.submit("too much", quantity="11").status is OrderStatus.REJECTED
    assert market.submit("back").status is OrderStatus.FILLED
    assert market.cash() == 990 - 3010


def test_an_order_for_another_account_is_rejected(market):
    order = Order("a", "other", Ticket("AAPL", BUY, Decimal(1)), OrderStatus.SENT, OPEN, OPEN, OPEN)
    assert done(market.broker.submit(order)).status is OrderStatus.REJECTED


def test_a_cancelled_order_does_not_fill(market):
    market.trade(100)
    market.submit("a", limit="95")
    assert market.cancel("a").status is OrderStatus.CANCELLED
    market.trade(50)
    assert market.status("a") is OrderStatus.CANCELLED


def test_cancelling_too_late_says_how_the_order_ended(market):
    market.trade(100)
    market.submit("a")
    market.heard()
    update = market.cancel("a")
    assert update.status is OrderStatus.FILLED
    assert update.reason == "Too late to cancel: the order is filled."
    assert market.heard() == []


def test_an_unknown_order_cannot_be_cancelled_and_is_not_found(market):
    with pytest.raises(BrokerError, match="no order nobody"):
        market.cancel("nobody")
    assert market.lookup("nobody") is None


def test_day_orders_end_with_the_session_and_others_stay(market):
    market.trade(100)
    market.submit("day", limit="90")
    market.submit("gtc", limit="90", tif=GTC)
    market.now = CLOSE
    market.submit("for tomorrow", limit="90")
    market.broker.end_session(CLOSE)
    market.broker.end_session(CLOSE)
    expired = market.lookup("day")
    assert expired is not None
    assert expired.status is OrderStatus.EXPIRED
    assert expired.reason.startswith("A day order")
    assert market.status("for tomorrow") is OrderStatus.WORKING
    market.trade(80, after=17.5 * 3600)
    assert market.status("gtc") is OrderStatus.FILLED
    assert market.status("for tomorrow") is OrderStatus.FILLED
    assert market.status("day") is OrderStatus.EXPIRED


@pytest.mark.parametrize("price", ["NaN", "Infinity", "0.5"])
def test_a_senseless_quote_fills_nothing(market, price):
    market.submit("a")
    market.trade(price)  # 0.5 makes the bid negative
    assert market.status("a") is OrderStatus.WORKING


def test_an_older_quote_is_passed_over(market):
    market.trade(100)
    market.submit("a", limit="95")
    market.trade(50, after=-30)
    assert market.status("a") is OrderStatus.WORKING


def test_a_split_changes_positions_and_waiting_orders_and_says_how(market):
    market.trade(100)
    market.submit("held")
    market.submit("take", SELL, limit="150", tif=GTC)
    market.submit("stop", SELL, stop="75.01", tif=GTC)
    market.submit("other", symbol="IBM", limit="90", tif=GTC)
    market.heard()
    split = Split("AAPL", CLOSE, Decimal(2))
    market.broker.apply_split(split)
    market.broker.apply_split(split)
    assert market.held() == {"AAPL": 20}
    take, stop = market.heard()
    assert take.status is OrderStatus.WORKING
    assert take.at == CLOSE
    assert take.reason == "The 2-for-1 split changed the order: sell 20 AAPL, limit 75.00."
    assert take.ticket is not None
    assert take.ticket.quantity == 20
    assert stop.ticket is not None
    assert stop.ticket.stop_price == Decimal("37.50")
    market.trade(74, after=86_400)
    assert market.status("take") is OrderStatus.WORKING
    market.trade(76)
    assert market.fill("take").quantity == 20
    assert market.status("stop") is OrderStatus.WORKING


def test_after_a_split_no_price_of_old_shares_fills_anything(market):
    market.trade(100)
    market.broker.apply_split(Split("AAPL", CLOSE, Decimal(2)))
    assert market.submit("a", limit="150").status is OrderStatus.WORKING


def test_an_order_that_a_split_makes_impossible_is_cancelled_and_says_so(market):
    market.submit("a", limit="0.01", quantity="900000", tif=GTC)
    market.broker.apply_split(Split("AAPL", CLOSE, Decimal(7)))
    update = market.lookup("a")
    assert update is not None
    assert update.status is OrderStatus.CANCELLED
    assert update.reason.startswith("The 7-for-1 split leaves no order that can be placed")


def test_a_market_order_that_waits_over_a_split_buys_new_shares(market):
    market.submit("a", quantity="7")
    market.broker.apply_split(Split("AAPL", CLOSE, Decimal("1.5")))
    assert [each.reason for each in market.heard()][-1].endswith("buy 10.5 AAPL.")


def working(market, *arguments, **fields) -> Order:
    order = market.order(*arguments, **fields)
    return Order(order.id, "demo", order.ticket, OrderStatus.WORKING, OPEN, order.market_time, OPEN)


def bought(id_, at, quantity="10", price="100") -> Fill:
    return Fill(
        f"{id_}-1", id_, "demo", "AAPL", BUY, Decimal(quantity), Decimal(price), Decimal(0), at
    )


def test_it_takes_up_where_it_left_off(market):
    waiting = working(market, "w", SELL, limit="150", tif=GTC)
    lost = market.order("sent but never arrived")
    market.broker.restore([bought("f", OPEN)], [], [waiting, lost])
    assert market.held() == {"AAPL": 10}
    assert market.cash() == 9000
    assert market.status("w") is OrderStatus.WORKING
    assert market.lookup("sent but never arrived") is None
    assert market.submit("f").fill == bought("f", OPEN)
    assert market.heard() == []
    market.trade(160)
    assert market.fill("w").id == "w-1"


def test_an_order_whose_fill_was_stored_but_whose_row_was_not_is_not_filled_again(market):
    market.broker.restore([bought("a", OPEN)], [], [working(market, "a")])
    assert market.status("a") is OrderStatus.FILLED
    market.trade(100)
    assert market.held() == {"AAPL": 10}


def test_splits_behind_it_are_booked_once_and_between_the_fills_they_lie_between(market):
    day = timedelta(days=1)
    market.now = OPEN + 10 * day
    splits = [
        Split("AAPL", OPEN + 5 * day, Decimal(3)),
        Split("AAPL", OPEN + day, Decimal(2)),
        Split("AAPL", OPEN + 20 * day, Decimal(5)),
    ]
    fills = [bought("c", OPEN + 6 * day), bought("a", OPEN), bought("b", OPEN + 2 * day)]
    market.broker.restore(fills, splits, [])
    assert market.held() == {"AAPL": 10 * 2 * 3 + 10 * 3 + 10}
    market.broker.apply_split(splits[0])
    assert market.held() == {"AAPL": 100}
    market.broker.apply_split(splits[2])
    assert market.held() == {"AAPL": 500}


def test_a_fill_at_the_moment_of_a_split_is_in_new_shares(market):
    split = Split("AAPL", OPEN, Decimal(2))
    market.broker.restore([bought("a", OPEN)], [split], [])
    assert market.held() == {"AAPL": 10}


def test_after_a_crash_an_order_is_split_exactly_once(market):
    day = timedelta(days=1)
    split = Split("AAPL", OPEN + day, Decimal(2))
    before = working(market, "before", limit="90", tif=GTC)
    market.now = OPEN + day
    after = working(market, "after", limit="45", quantity="20", tif=GTC)
    market.now = OPEN + 2 * day
    market.broker.restore([], [split], [before, after])
    (update,) = market.heard()
    assert update.order_id == "before"
    assert update.ticket is not None
    assert update.ticket.limit_price == 45


def test_a_replay_that_goes_back_does_not_split_a_changed_order_again(market):
    split = Split("AAPL", OPEN + timedelta(days=1), Decimal(2))
    changed = working(market, "a", limit="45", quantity="20", tif=GTC)
    kept = Order("a", "demo", changed.ticket, OrderStatus.WORKING, OPEN, split.date, OPEN)
    market.broker.restore([], [split], [kept])  # the market's time is before the split
    market.broker.apply_split(split)
    assert market.heard() == []


def test_an_order_written_before_a_split_and_sent_after_it_is_in_new_shares(market):
    order = market.order("a", quantity="10", limit="90", tif=GTC)
    split = Split("AAPL", OPEN + timedelta(seconds=1), Decimal(2))
    market.now = split.date
    market.broker.apply_split(split)
    market.broker.apply_split(Split("IBM", split.date, Decimal(3)))
    done(market.broker.submit(order))
    update = market.lookup("a")
    assert update is not None
    assert update.ticket is not None
    assert (update.ticket.quantity, update.ticket.limit_price) == (20, 45)
    market.trade("44", spread="0.01")
    assert market.held() == {"AAPL": 20}
    filled = market.lookup("a")
    assert filled is not None
    assert filled.ticket == update.ticket  # who missed the split still learns of it


def test_one_that_no_longer_makes_sense_in_new_shares_is_cancelled_at_the_door(market):
    order = market.order("a", quantity="999999", tif=GTC)
    market.trade("10")
    market.broker.apply_split(Split("AAPL", market.now + timedelta(seconds=1), Decimal(2)))
    done(market.broker.submit(order))
    assert market.status("a") is OrderStatus.CANCELLED
    assert market.held() == {}


ACTIONS = st.one_of(
    st.tuples(st.just("trade"), st.sampled_from(["AAPL", "IBM"]), st.integers(5, 200)),
    st.tuples(
        st.just("submit"),
        st.sampled_from(["AAPL", "IBM"]),
        st.sampled_from(Side),
        st.integers(1, 60),
        st.sampled_from(["market", "limit", "stop"]),
        st.integers(5, 200),
        st.sampled_from([DAY, GTC]),
    ),
    st.tuples(st.just("repeat"), st.integers(0, 20)),
    st.tuples(st.just("cancel"), st.integers(0, 20)),
    st.tuples(st.just("close")),
    st.tuples(st.just("split"), st.sampled_from(["AAPL", "IBM"]), st.integers(2, 3)),
)


def play(market, action, number, sent) -> None:
    match action:
        case ("trade", symbol, price):
            market.trade(price, symbol=symbol)
        case ("submit", symbol, side, quantity, kind, price, tif):
            prices = {} if kind == "market" else {kind: str(price)}
            order = market.order(str(number), side, str(quantity), symbol=symbol, tif=tif, **prices)
            sent.append(order)
            done(market.broker.submit(order))
        case ("repeat", which) if which < len(sent):
            done(market.broker.submit(sent[which]))
        case ("cancel", which) if which < len(sent):
            market.cancel(sent[which].id)
        case ("close",):
            market.broker.end_session(market.now)
        case ("split", symbol, ratio):
            market.now += timedelta(seconds=1)
            market.broker.apply_split(Split(symbol, market.now, Decimal(ratio)))


@given(st.lists(ACTIONS, max_size=40))
def test_whatever_happens_the_books_are_those_of_the_fills(actions):
    market = Market(per_order="1", percent="0.1", slippage_bps="5")
    sent, splits = [], []
    for number, action in enumerate(actions):
        play(market, action, number, sent)
        if action[0] == "split":
            splits.append(Split(action[1], market.now, Decimal(action[2])))
    said = market.heard()
    fills = [each.fill for each in said if each.fill is not None]
    assert len({each.id for each in fills}) == len({each.order_id for each in fills}) == len(fills)
    assert market.cash() == 10_000 + sum(each.cash_change for each in fills)

    ledger = Ledger(Decimal(10_000))
    timed = [(each.at, 1, each) for each in fills] + [(each.date, 0, each) for each in splits]
    for _, _, event in sorted(timed, key=lambda each: each[:2]):
        if isinstance(event, Split):
            ledger.split(event)
        else:
            ledger.book(event)
    assert market.held() == {each.symbol: each.quantity for each in ledger.positions()}

    tickets = {order.id: order.ticket for order in sent}
    ended: set[str] = set()
    for update in said:
        assert update.order_id not in ended  # nothing is said after the end
        if update.ticket is not None:
            tickets[update.order_id] = update.ticket
        if update.fill is not None:
            ticket = tickets[update.order_id]
            assert update.fill.quantity == ticket.quantity
            if ticket.limit_price is not None:
                assert (update.fill.price - ticket.limit_price) * ticket.side.sign <= 0
        if update.status.is_terminal:
            ended.add(update.order_id)


@given(st.lists(ACTIONS, max_size=40))
def test_a_restart_at_any_moment_comes_back_to_the_same_books(actions):
    market = Market(per_order="1")
    sent: list[Order] = []
    splits = []
    for number, action in enumerate(actions):
        play(market, action, number, sent)
        if action[0] == "split":
            splits.append(Split(action[1], market.now, Decimal(action[2])))
    said = market.heard()
    fills = [each.fill for each in said if each.fill is not None]
    again = Market(per_order="1")
    again.now = market.now
    waiting = [
        Order(each.id, "demo", each.ticket, OrderStatus.WORKING, OPEN, each.market_time, OPEN)
        for each in sent
        if market.status(each.id) is OrderStatus.WORKING
    ]
    again.broker.restore(fills, splits, waiting)
    assert again.cash() == market.cash()
    assert again.held() == market.held()
    for each in waiting:
        assert again.status(each.id) is OrderStatus.WORKING
