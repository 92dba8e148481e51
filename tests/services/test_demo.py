from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from puffin.data.replay import ReplayPosition
from puffin.types import OrderType, Side, Ticket, TimeInForce
from puffling.core.errors import BadValueError, PufflingError
from puffling.core.events import ModeChanged, NoticePosted, SessionChanged
from tests.fakes import OPEN, until

if TYPE_CHECKING:
    from puffin.types import Order
    from puffling.commands.context import Context
    from tests.fakes import FakeGate


async def send(context: Context, gate: FakeGate, ticket: Ticket) -> Order:
    proposal = context.orders.propose(ticket, "test")
    return await context.orders.submit(proposal, gate.yes(proposal))


async def test_a_new_market_begins_on_the_day_of_the_settings(puffling):
    market = puffling.context.market
    assert market.now() == OPEN
    assert market.is_open()
    assert puffling.context.demo.symbols == ["AAPL", "FB", "GOOG", "IBM", "MSFT"]
    assert "1 Jun 2012 09:30 New York" in market.describe()
    assert "simulated" in market.describe()
    assert puffling.context.quotes.last("AAPL").simulated


async def test_it_goes_on_where_it_ended(opening, stepper):
    async with opening() as first:
        await stepper.step(25)
        account = first.context.portfolio.account
        here = first.context.demo.replay.position
    async with opening() as second:
        assert second.context.demo.replay.position == here == ReplayPosition(date(2012, 6, 1), 25)
        assert second.context.portfolio.account == account


async def test_after_a_crash_it_never_goes_back_behind_a_fill(opening, gate, stepper):
    async with opening() as first:
        context = first.context
        await stepper.step(30)
        await send(context, gate, Ticket("AAPL", Side.BUY, Decimal(1)))
        account = context.portfolio.account.id
    async with opening() as second:
        # As if the process had been killed before the position was stored.
        second.context.state.put(f"replay {account}", {"session": "2012-06-01", "step": 3})
        second.context.demo._replay._step = 3
        second.context.demo._saved = second.context.demo._replay.position
    async with opening() as third:
        assert third.context.demo.replay.position.step == 30


async def test_the_position_is_stored_only_when_it_moved(puffling, stepper, monkeypatch):
    context, puts = puffling.context, []
    monkeypatch.setattr(context.state, "put", lambda *each: puts.append(each))
    context.demo.save()
    assert puts == []
    await stepper.step(2)
    context.demo.save()
    context.demo.save()
    assert len(puts) == 1


async def test_speed_is_in_force_at_once_and_kept(puffling):
    puffling.context.demo.speed(40)
    assert puffling.context.demo.replay.day_seconds == 40
    assert puffling.context.settings.current.demo.day_seconds == 40


async def test_a_pause_stands_still(puffling, stepper):
    demo = puffling.context.demo
    await stepper.step(1)
    demo.pause()
    here = demo.replay.position
    await stepper.step(5)
    assert demo.paused
    assert demo.replay.position in {here, ReplayPosition(here.session, here.step + 1)}
    assert "paused" in puffling.context.market.describe()
    here = demo.replay.position
    demo.resume()
    await stepper.step(2)
    assert demo.replay.position.step > here.step


async def test_sessions_are_announced(puffling, stepper):
    heard: list[SessionChanged] = []
    puffling.bus.subscribe(SessionChanged, heard.append)
    await stepper.step(395)
    assert [each.is_open for each in heard] == [False, True]
    assert heard[0].at == datetime(2012, 6, 1, 20, tzinfo=UTC)
    assert heard[1].at == datetime(2012, 6, 4, 13, 30, tzinfo=UTC)


async def test_a_restart_begins_a_new_account_on_another_day(puffling, stepper):
    heard: list[ModeChanged] = []
    puffling.bus.subscribe(ModeChanged, heard.append)
    context = puffling.context
    old = context.portfolio.account
    await stepper.step(10)
    account = await context.demo.restart(date(2008, 10, 11))  # a Saturday
    assert account.id != old.id
    assert context.market.today() == date(2008, 10, 13)
    assert context.portfolio.snapshot().cash == 100_000
    assert heard == [ModeChanged("demo")]
    assert context.quotes.last("AAPL").at == context.market.now()
    await stepper.step(3)
    assert context.quotes.last("AAPL").at > account.market_start
    # FB was not listed then.
    assert context.quotes.last("FB") is None


async def test_nothing_may_be_open_at_a_restart(puffling, gate):
    context = puffling.context
    await send(context, gate, Ticket("AAPL", Side.BUY, Decimal(1)))
    await until(context.portfolio.positions)
    with pytest.raises(BadValueError, match="Positions or orders are open"):
        await context.demo.restart()


@pytest.mark.parametrize("day", [date(1999, 1, 4), date(2013, 3, 1), date(2030, 1, 2)])
async def test_a_day_outside_the_demo_market_is_refused(puffling, day):
    with pytest.raises(BadValueError, match="runs from 2000-03-02 to 2013-02-22"):
        await puffling.context.demo.restart(day)


async def test_a_split_restates_positions_waiting_orders_and_alerts(puffling, gate, stepper):
    context, notices = puffling.context, []
    puffling.bus.subscribe(NoticePosted, notices.append)
    await context.demo.restart(date(2005, 2, 25))
    context.settings.change("trading", largest_position="1")
    await send(context, gate, Ticket("AAPL", Side.BUY, Decimal(10)))
    waiting = await send(
        context,
        gate,
        Ticket(
            "AAPL",
            Side.BUY,
            Decimal(4),
            OrderType.LIMIT,
            limit_price=Decimal(60),
            time_in_force=TimeInForce.GTC,
        ),
    )
    alert = context.alerts.add("AAPL", "below", Decimal(60))
    before = context.portfolio.snapshot()
    await stepper.step(391)
    await stepper.step(3)
    assert context.portfolio.position("AAPL").quantity == 20
    assert context.alerts.get(alert.id).price == 30
    await until(lambda: context.orders.get(waiting.id).ticket.quantity == 8)
    assert context.orders.get(waiting.id).ticket.limit_price == 30
    assert context.alerts.history() == []
    assert any(each.title == "AAPL splits 2 for 1" for each in notices)
    now = context.portfolio.snapshot()
    assert now.cash == before.cash
    assert abs(now.equity - before.equity) < 50
    assert abs(now.rows[0].day_profit) < 50


async def test_splits_that_lie_behind_are_in_the_books_after_a_restart(
    opening, gate, stepper, clock
):
    async with opening() as first:
        context = first.context
        clock.pass_(1)
        await context.demo.restart(date(2005, 2, 25))
        context.settings.change("trading", largest_position="1")
        await send(context, gate, Ticket("AAPL", Side.BUY, Decimal(10)))
        await stepper.step(394)
        before = context.portfolio.snapshot()
        assert before.rows[0].position.quantity == 20
    async with opening() as second:
        assert second.context.portfolio.snapshot() == before
        (held,) = await second.context.orders.broker.positions()
        assert held.quantity == 20


async def test_the_end_of_the_demo_market_is_said_once(puffling, stepper):
    notices: list[NoticePosted] = []
    puffling.bus.subscribe(NoticePosted, notices.append)
    await puffling.context.demo.restart(date(2013, 2, 22))
    # Six sessions of 390 minutes, and two naps after each close but the last.
    await stepper.step(6 * 390 + 5 * 2 - 1)
    stepper.go()
    await until(lambda: puffling.context.market.ended)
    puffling.context.demo.save()
    assert puffling.context.market.ended
    assert not puffling.context.market.is_open()
    assert [each.title for each in notices].count("The demo market has ended") == 1
    assert "ended on 1 Mar 2013" in puffling.context.market.describe()


def test_before_its_start_the_market_says_so(paths, clock):
    from puffling.app import build

    app = build(paths, clock=clock)
    with pytest.raises(PufflingError, match="has not started yet"):
        _ = app.context.demo.replay
    with pytest.raises(PufflingError, match="No broker is connected"):
        _ = app.context.orders.broker
    app.context.storage.close()
    app.lock.release()


async def test_old_quotes_reach_nobody(puffling, monkeypatch):
    context, seen = puffling.context, []
    monkeypatch.setattr(context.alerts, "take_quote", seen.append)
    now = context.quotes.last("AAPL")
    from dataclasses import replace

    context.demo.take_quote(replace(now, at=now.at - timedelta(minutes=1)))
    assert seen == []
    context.demo.take_quote(replace(now, at=now.at + timedelta(minutes=1)))
    assert len(seen) == 1


async def test_exits_that_were_cancelled_before_their_entry_filled_stay_away(opening, gate):
    entry = Ticket(
        "AAPL",
        Side.BUY,
        Decimal(1),
        OrderType.LIMIT,
        Decimal(500),
        time_in_force=TimeInForce.GTC,
        take_profit=Decimal(600),
        stop_loss=Decimal(450),
    )
    async with opening() as first:
        context = first.context
        order = await send(context, gate, entry)
        await until(lambda: len(context.orders.open()) == 3)
        await context.orders.cancel(f"{order.id}-stop", "test")
        await until(lambda: [each.id for each in context.orders.open()] == [order.id])
    async with opening() as second:
        context = second.context
        assert [each.id for each in context.orders.open()] == [order.id]
        assert [each.id for each in await context.orders.broker.open_orders()] == [order.id]
