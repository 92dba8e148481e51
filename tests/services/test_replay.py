"""Replay: nothing of the future, one clock, and orders that no real broker ever hears of."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import numpy as np
import pytest

from puffin.data.bars import Interval
from puffin.data.times import nanoseconds
from puffin.errors import NoDataError
from puffin.types import Dividend, OrderType, Side, Ticket
from puffling.core.errors import BadValueError
from puffling.core.events import FillBooked, OrderChanged, ReplayChanged, ReplayStep

BEFORE_SPLIT = datetime(2005, 2, 25, tzinfo=UTC)  # a Friday; AAPL splits on Monday
BOUGHT = Decimal(100)


def at(year, month, day):
    return nanoseconds(datetime(year, month, day, tzinfo=UTC))


@pytest.fixture
def replay(puffling):
    return puffling.context.replay


@pytest.fixture
async def started(replay):
    await replay.start("blue", "AAPL", Interval.D1, nanoseconds(BEFORE_SPLIT))
    return replay


def raw(puffling, symbol="AAPL"):
    return puffling.context.bars.history(symbol, Interval.D1, adjusted=False)


def buy(quantity=100, **prices):
    return Ticket("AAPL", Side.BUY, Decimal(quantity), **prices)


def numbers(bars):
    return np.stack([bars.time, bars.open, bars.high, bars.low, bars.close, bars.volume])


async def test_only_what_was_known_then_is_shown(puffling, started):
    shown = started.bars("AAPL", Interval.D1)
    whole = raw(puffling)
    assert shown.last == BEFORE_SPLIT
    assert shown.close[-1] == whole.close[whole.row_at(BEFORE_SPLIT)] == 88.99
    assert started.place.words == "25 Feb 2005"
    await started.step()
    after = started.bars("AAPL", Interval.D1)
    assert after.last == datetime(2005, 2, 28, tzinfo=UTC)
    assert after.close[-2] == pytest.approx(88.99 / 2, rel=1e-3)  # only now the split is known


@pytest.mark.parametrize("interval", [Interval.D1, Interval.W1, Interval.MO1])
async def test_changing_the_future_changes_nothing_that_is_shown(replay, monkeypatch, interval):
    await replay.start("blue", "AAPL", Interval.D1, at(2004, 6, 9))
    true = numbers(replay.bars("AAPL", interval))
    tape = replay._tape
    base = tape.load("AAPL", Interval.D1)
    row = base.row_at(datetime(2004, 6, 9, tzinfo=UTC))
    for name in ("open", "high", "low", "close", "volume", "adjusted_close"):
        values = getattr(base, name).copy()
        values[row + 1 :] *= 7
        object.__setattr__(base, name, values)
    assert np.array_equal(numbers(replay.bars("AAPL", interval)), true)


async def test_a_week_grows_with_its_days_and_another_symbol_stands_at_the_same_date(started):
    week = started.bars("AAPL", Interval.W1)
    await started.step()
    assert len(started.bars("AAPL", Interval.W1)) == len(week) + 1
    days = started.bars("AAPL", Interval.D1)
    assert started.bars("AAPL", Interval.W1).volume[-1] == days.volume[-1]
    assert started.bars("IBM", Interval.D1).last == started.bars("AAPL", Interval.D1).last
    with pytest.raises(NoDataError, match="FB has no prices before 18 May 2012"):
        started.bars("FB", Interval.D1)


async def test_what_follows_is_what_a_whole_reading_would_end_with(replay):
    await replay.start("blue", "AAPL", Interval.D1, at(2004, 6, 9))
    for interval in (Interval.D1, Interval.W1, Interval.MO1):
        since = replay.place.until
        await replay.step(3)
        tail = replay.tail("AAPL", interval, since)
        whole = replay.bars("AAPL", interval).tail(len(tail))
        assert np.allclose(numbers(tail), numbers(whole), rtol=1e-9)
    assert replay.tail("IBM", Interval.D1, 0) is None


async def test_a_split_meanwhile_is_read_whole(started):
    since = started.place.until
    await started.step()
    assert started.tail("AAPL", Interval.D1, since) is None


async def test_the_clock_steps_both_ways_jumps_and_stops_at_the_ends(started):
    await started.step(-1)
    assert started.place.words == "24 Feb 2005"
    await started.jump(at(2003, 5, 17))  # a Saturday
    assert started.place.words == "16 May 2003"
    await started.follow("AAPL", Interval.W1)
    assert started.place.words == "16 May 2003"
    await started.step(1)
    assert started.place.words == "23 May 2003"
    assert started.bars("AAPL", Interval.D1).last == datetime(2003, 5, 23, tzinfo=UTC)
    await started.jump(at(1990, 1, 1))
    assert started.place.bar == 1
    await started.step(-5)
    assert started.place.bar == 1
    await started.step(10_000)
    assert started.place.ended


async def test_a_market_order_waits_for_the_open_of_the_next_bar(puffling, replay):
    await replay.start("blue", "AAPL", Interval.D1, at(2004, 6, 9))
    await replay.order(buy())
    assert not replay.book.fills
    assert len(replay.book.orders) == 1
    await replay.step()
    whole, (fill,) = raw(puffling), replay.book.fills
    row = whole.row_at(datetime(2004, 6, 9, tzinfo=UTC)) + 1
    assert fill.price == Decimal(str(whole.open[row]))
    assert replay.book.profit == (Decimal(str(whole.close[row])) - fill.price) * 100


async def test_a_limit_and_a_stop_fill_at_their_price_and_a_gap_at_the_open(puffling, replay):
    whole = raw(puffling)
    row = whole.row_at(datetime(2004, 6, 9, tzinfo=UTC))
    low, opened = whole.low[row + 1], whole.open[row + 1]
    limit = Decimal(str(round((low + opened) / 2, 2)))
    await replay.start("blue", "AAPL", Interval.D1, int(whole.time[row]))
    await replay.order(buy(type=OrderType.LIMIT, limit_price=limit))
    await replay.order(buy(type=OrderType.STOP, stop_price=Decimal("1.00")))
    await replay.step()
    prices = {each.order_id: each.price for each in replay.book.fills}
    assert prices == {"replay-0": limit, "replay-1": Decimal(str(opened))}


@pytest.fixture
def paths_of(replay, monkeypatch):
    """Make the days after 9 June 2004 these: open, high, low and close of each."""

    def make(*days):
        tape = replay._tape
        base = tape.load("AAPL", Interval.D1)
        row = base.row_at(datetime(2004, 6, 9, tzinfo=UTC))
        for place, day in enumerate(days, row + 1):
            for name, value in zip(("open", "high", "low", "close"), day, strict=True):
                values = getattr(base, name).copy()
                values[place] = value
                object.__setattr__(base, name, values)

    return make


async def test_a_trailing_stop_follows_the_price_and_fills_where_it_stands(replay, paths_of):
    await replay.start("blue", "AAPL", Interval.D1, at(2004, 6, 9))
    paths_of((30, 32, 29, 31), (33, 40, 32.5, 39), (39, 39.5, 33, 34), (34, 35, 33, 34))
    await replay.order(buy())
    await replay.step()
    await replay.order(
        Ticket("AAPL", Side.SELL, Decimal(100), OrderType.TRAILING, trail_price=Decimal(3))
    )
    (order,) = replay.book.orders
    assert order.id not in replay.book.stops  # it has seen no price yet
    await replay.step()
    assert replay.book.stops == {order.id: 37}
    with pytest.raises(BadValueError, match="follows the price by itself"):
        await replay.change(order.id, Decimal(30))
    await replay.step()
    there = replay.book
    assert there.fills[-1].price == 37  # its best price was 40; met on the way down
    assert not there.orders
    await replay.step(-1)
    assert replay.book.stops == {order.id: 37}
    await replay.step()
    assert replay.book == there


async def test_a_trail_in_percent_follows_a_falling_price_to_buy_and_a_gap_fills_at_the_open(
    replay, paths_of
):
    await replay.start("blue", "AAPL", Interval.D1, at(2004, 6, 9))
    paths_of((30, 31, 20, 21), (25, 26, 24, 25))
    await replay.order(buy(type=OrderType.TRAILING, trail_percent=Decimal(10)))
    await replay.step()
    (order,) = replay.book.orders
    assert replay.book.stops == {order.id: 22}
    await replay.step()
    assert replay.book.fills[-1].price == 25


async def test_a_stop_limit_waits_for_its_stop_and_then_takes_no_worse_price(replay, paths_of):
    await replay.start("blue", "AAPL", Interval.D1, at(2004, 6, 9))
    paths_of((30, 31, 29, 30), (30, 33, 29, 32), (35, 36, 34, 35), (34, 35, 30, 33))
    await replay.order(
        buy(type=OrderType.STOP_LIMIT, stop_price=Decimal(32), limit_price=Decimal("32.5"))
    )
    await replay.order(
        buy(type=OrderType.STOP_LIMIT, stop_price=Decimal("34.5"), limit_price=Decimal(31))
    )
    await replay.step()
    assert not replay.book.fills
    await replay.step()
    assert [each.price for each in replay.book.fills] == [32]
    await replay.step()
    assert len(replay.book.fills) == 1  # set off beyond its limit, it waits
    (order,) = replay.book.orders
    await replay.change(order.id, Decimal("30.5"), "limit")
    await replay.step()
    assert [each.price for each in replay.book.fills] == [32, Decimal("30.5")]


async def test_a_bracket_leaves_with_one_of_its_exits_and_the_other_ends(replay):
    await replay.start("blue", "AAPL", Interval.D1, at(2004, 6, 9))
    close = Decimal(str(replay.bars("AAPL", Interval.D1).close[-1]))
    await replay.order(
        buy(take_profit=(close * Decimal("1.1")).quantize(Decimal("0.01")), stop_loss=Decimal(1))
    )
    await replay.step(30)
    assert [each.side for each in replay.book.fills] == [Side.BUY, Side.SELL]
    assert not replay.book.orders
    assert not replay.book.positions
    assert replay.book.profit == replay.book.cash - 100_000 > 0


async def test_turning_back_undoes_and_going_on_does_the_same_again(replay):
    await replay.start("blue", "AAPL", Interval.D1, at(2004, 6, 9))
    await replay.order(buy())
    await replay.step(5)
    await replay.order(Ticket("AAPL", Side.SELL, Decimal(40)))
    await replay.step(5)
    there = replay.book
    assert len(there.fills) == 2
    await replay.step(-6)
    assert len(replay.book.fills) == 1
    await replay.step(-4)
    assert not replay.book.fills
    assert replay.book.profit == 0
    await replay.step(10)
    assert replay.book == there
    await replay.jump(at(2004, 6, 9))
    await replay.order(buy(1))  # another way: what was undone is forgotten
    await replay.step(10)
    assert [each.quantity for each in replay.book.fills] == [100, 1]


async def test_a_split_turns_old_shares_into_new_ones(started):
    await started.step(-1)
    await started.order(buy())
    await started.step(1)
    assert started.book.position("AAPL").quantity == 100
    profit = started.book.profit
    await started.step(1)
    assert started.book.position("AAPL").quantity == 200
    assert abs(started.book.profit - profit) < 2_000  # the price halved, the profit did not


async def test_a_dividend_is_paid_in_the_shares_of_then(puffling, replay, monkeypatch):
    paid = [Dividend("AAPL", datetime(2004, 6, 14, tzinfo=UTC), Decimal("0.05"))]
    monkeypatch.setattr(puffling.context.bars, "dividends", lambda _: paid)
    await replay.start("blue", "AAPL", Interval.D1, at(2004, 6, 9))
    await replay.order(buy())
    await replay.step()
    before = replay.book.cash
    await replay.step()
    assert replay.book.cash == before + 10  # it split 2 for 1 since: 0.10 a share of then
    await replay.step(-1)
    assert replay.book.cash == before


async def test_an_order_and_an_exit_of_a_bracket_get_other_prices(replay):
    await replay.start("blue", "AAPL", Interval.D1, at(2004, 6, 9))
    await replay.order(buy(type=OrderType.LIMIT, limit_price=Decimal(5), take_profit=Decimal(99)))
    (entry, target) = replay.book.orders
    await replay.change(entry.id, Decimal("40.00"))
    await replay.step()
    (fill,) = replay.book.fills
    assert fill.price < 40
    (target,) = replay.book.orders
    await replay.change(target.id, Decimal("1.00"))
    await replay.step(2)
    there = replay.book
    assert [each.side for each in there.fills] == [Side.BUY, Side.SELL]
    await replay.step(-3)
    assert {each.ticket.limit_price for each in replay.book.orders} == {40, 99}
    await replay.step(3)
    assert replay.book == there
    for wrong, price in (("nothing", Decimal(1)), (target.id, Decimal(1))):
        with pytest.raises(BadValueError, match="not waiting"):
            await replay.change(wrong, price)


async def test_a_cancelled_order_does_not_fill_and_an_impossible_one_is_refused(started):
    await started.order(buy(type=OrderType.LIMIT, limit_price=Decimal(80)))
    (order,) = started.book.orders
    await started.cancel(order.id)
    assert not started.book.orders
    with pytest.raises(BadValueError, match="not waiting"):
        await started.cancel(order.id)
    with pytest.raises(BadValueError):
        await started.order(buy(1_000_000, type=OrderType.LIMIT, limit_price=Decimal(80)))
    assert not started.book.orders


async def test_no_real_broker_and_no_account_hears_of_a_virtual_order(puffling, started, gate):
    context, heard = puffling.context, []
    for kind in (OrderChanged, FillBooked):
        puffling.bus.subscribe(kind, heard.append)
    before = (context.portfolio.cash, context.orders.fills(), context.orders.open())
    await started.order(buy())
    await started.step(3)
    assert started.book.fills
    await context.orders.settled()
    assert (context.portfolio.cash, context.orders.fills(), context.orders.open()) == before
    assert not heard
    assert not gate.asked
    assert context.audit.all() == []
    started.end()
    assert (context.portfolio.cash, context.orders.fills(), context.orders.open()) == before


async def test_one_replay_at_a_time_and_its_end_shows_the_present(puffling, started):
    told = []
    puffling.bus.subscribe(ReplayChanged, told.append)
    with pytest.raises(BadValueError, match="charts of blue are in replay"):
        await started.start("green", "IBM", Interval.D1, 0)
    await started.step()
    started.end()
    assert [each.step for each in told] == [ReplayStep.STEPPED, ReplayStep.ENDED]
    assert started.of("blue") is None
    for late in (started.step(), started.jump(0), started.order(buy()), started.cancel("x")):
        with pytest.raises(BadValueError, match="No replay"):
            await late


async def test_another_market_ends_the_replay(puffling, started):
    await puffling.context.demo.restart()
    assert started.place is None
