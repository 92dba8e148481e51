"""Alerts that no tick decides: the account, silence, orders, jobs, and rules at a bar's close."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from puffin.data.bars import Interval
from puffin.types import Order, OrderStatus, Side, Ticket
from puffling.core.errors import BadValueError
from puffling.core.events import AlertFired, JobChanged, JobState, OrderChanged
from puffling.services.alert_watching import Peak, order_words
from puffling.store.performance import EquitySnapshot, PerformanceStore
from tests.fakes import OPEN, START, until

ZERO = Decimal(0)


@pytest.fixture
def context(puffling):
    return puffling.context


@pytest.fixture
def told(puffling):
    told: list[str] = []
    puffling.bus.subscribe(AlertFired, lambda each: told.append(each.message))
    return told


@pytest.fixture
def alert(context, registry):
    """Add an alert of any kind."""

    async def add(symbol="", repeat="once", **condition):
        values = {"condition": condition, "symbol": symbol, "repeat": repeat}
        return await registry["alert.create"].run_with(context, values)

    return add


@pytest.fixture
def trade(context, puffling):
    """Let AAPL trade at so much more or less than now, and look at the account."""

    def move(ratio, minutes=1):
        last = context.quotes.last("AAPL")
        price = (last.last * Decimal(str(ratio))).quantize(Decimal("0.01"))
        new = replace(
            last, last=price, bid=price, ask=price, at=last.at + timedelta(minutes=minutes)
        )
        context.demo.take_quote(new)
        context.quotes.flush()
        puffling.watch.look()

    return move


async def hold(context, registry, trade):
    values = {"symbol": "AAPL", "side": "buy", "quantity": "15"}
    await registry["order.place"].run_with(context, values)
    trade(1)
    await until(lambda: context.portfolio.position("AAPL"))
    trade(1)


async def test_what_a_position_made_is_told_once_it_passes_a_number(
    context, registry, alert, trade, told
):
    await hold(context, registry, trade)
    await alert("AAPL", kind="position", when="below", amount="-100")
    trade(1)
    assert told == []
    trade("0.98")
    assert len(told) == 1
    assert told[0].startswith("What AAPL made and was not taken went below its level: −")


async def test_a_loss_of_the_day_and_a_drawdown_are_told(context, registry, alert, trade, told):
    await hold(context, registry, trade)
    await alert(kind="day loss", percent="1")
    await alert(kind="drawdown", percent="1")
    trade("0.95")
    assert told == []
    trade("0.9")
    assert len(told) == 2
    told.sort(reverse=True)  # made at the same moment, they are told in any order
    assert told[0].startswith("The day's loss is 1.")
    assert told[1].startswith("The account is 1.")


async def test_one_that_is_true_already_waits_until_it_was_not(
    context, registry, alert, trade, told
):
    await hold(context, registry, trade)
    trade("0.9")
    made = await alert(kind="day loss", percent="0.5")
    assert not made.armed
    trade(1)
    assert told == []
    trade("1.11")
    trade("0.9")
    assert len(told) == 1


async def test_silence_counts_only_while_prices_are_due(context, puffling, alert, clock, told):
    await alert("AAPL", kind="silence", seconds=60)
    puffling.watch.look()
    clock.pass_(59)
    puffling.watch.look()
    assert told == []
    clock.pass_(2)
    puffling.watch.look()
    assert told == ["No price of AAPL for 61 s of an open market"]
    context.demo.pause()
    await alert("IBM", kind="silence", seconds=60)
    clock.pass_(600)
    puffling.watch.look()
    assert len(told) == 1


async def test_an_order_is_told_of_by_what_happens_to_it(context, registry, alert, trade, told):
    await alert(kind="order", what="filled")
    await alert("IBM", kind="order", what="any")
    await hold(context, registry, trade)
    assert len(told) == 1
    assert told[0].startswith("Your order to buy 15 AAPL is filled at ")


def test_a_rejection_says_why():
    ticket = Ticket("IBM", Side.SELL, Decimal(3))
    order = Order("a", "b", ticket, OrderStatus.REJECTED, START, OPEN, START, reason="No shares.")
    assert order_words(order, "rejected") == "Your order to sell 3 IBM is rejected: No shares."


async def test_orders_of_another_account_are_no_news(context, puffling, alert, told):
    await alert(kind="order", what="any")
    ticket = Ticket("IBM", Side.SELL, Decimal(3))
    order = Order("a", "elsewhere", ticket, OrderStatus.FILLED, START, OPEN, START)
    puffling.bus.publish(OrderChanged(order))
    assert told == []


async def test_the_end_of_a_job_is_told_once_if_its_name_fits(puffling, alert, told):
    await alert(kind="job", how="any", words="backtest", repeat="every")
    await alert(kind="job", how="failed")
    done = JobChanged("1", "Backtest of AAPL", JobState.RUNNING)
    for state in (JobState.RUNNING, JobState.DONE, JobState.DONE):
        puffling.bus.publish(replace(done, state=state))
    puffling.bus.publish(replace(done, id="2", title="Import", state=JobState.DONE))
    assert told == ["“Backtest of AAPL” is done"]


RULE = {
    "kind": "compare",
    "left": {"kind": "price", "field": "close"},
    "op": ">",
    "right": {"kind": "indicator", "id": "sma", "parameters": {"window": 2}},
}


async def test_a_rule_is_judged_at_the_sessions_close_as_history_has_it(
    context, puffling, alert, stepper, told
):
    """Whatever a rehearsal over the days that followed finds is what was told, and no more."""
    made = await alert("AAPL", kind="study", rule=RULE, repeat="every")
    await context.studies.look()
    first = context.bars.history("AAPL", Interval.D1).last
    for _ in range(6):
        await stepper.step(391)
        await context.studies.look()
        await context.studies.look()
    bars = context.bars.history("AAPL", Interval.D1)
    found = await context.studies.rehearse(made.condition, "AAPL", made.manner)
    expected = [each for each in found.spoken if first < each.at <= bars.last]
    assert expected
    assert len(told) == len(expected)
    assert told[0].startswith("AAPL, 1 day: ")


async def test_a_new_high_is_beyond_the_sessions_before(context, alert, told):
    made = await alert("AAPL", kind="extreme", when="high", sessions=20)
    assert context.alerts.reading(made) is None
    await context.studies.look()
    reading = context.alerts.reading(made)
    assert reading is not None
    last = context.quotes.last("AAPL")
    context.demo.take_quote(replace(last, last=reading.limit - 1, at=last.at))
    context.demo.take_quote(replace(last, last=reading.limit, at=last.at))
    assert len(told) == 1
    assert told[0].startswith("AAPL made a new 20-session high: ")


async def test_what_has_too_little_history_says_so(context, alert):
    made = await alert("NOSUCH", kind="extreme", when="low", sessions=20)
    await context.studies.look()
    assert context.alerts.views.problems[made.id]
    context.alerts.remove(made.id)
    assert context.alerts.views.problems == {}


async def test_nothing_is_repeated_after_a_restart(opening, registry, stepper):
    async with opening() as app:
        last = app.context.quotes.last("AAPL")
        move = {"kind": "move", "when": "either", "percent": "0.0001"}
        values = {"condition": move, "symbol": "AAPL", "repeat": "daily"}
        await registry["alert.create"].run_with(app.context, values)
        for ratio in (1, 2):
            price = last.previous_close * ratio
            app.context.demo.take_quote(replace(last, last=price, bid=price, ask=price))
        assert len(app.context.alerts.history()) == 1
        before = app.context.alerts.all()
    async with opening() as again:
        assert again.context.alerts.all() == before
        again.watch.look()
        assert len(again.context.alerts.history()) == 1


async def test_money_put_in_makes_no_peak_and_no_drawdown(context):
    store = PerformanceStore(context.storage.user)
    account = context.portfolio.account.id
    for day, equity, flow in ((1, 100_000, 0), (4, 160_000, 50_000), (5, 128_000, 0)):
        at = OPEN + timedelta(days=day)
        kept = EquitySnapshot(account, at.date(), at, Decimal(equity), ZERO, ZERO, Decimal(flow))
        store.keep(kept)
    portfolio = replace(context.portfolio.snapshot(), equity=Decimal(144_000))
    peak = Peak(store)
    below = peak.below(portfolio)
    assert below is not None
    assert round(below, 9) == Decimal("0.1")  # 144 of the 160 thousand
    assert peak.below(replace(portfolio, equity=Decimal(160_000))) == 0
    assert peak.below(replace(portfolio, equity=None)) is None


async def test_one_that_has_expired_is_turned_off_and_cannot_be_turned_on(
    context, puffling, registry, clock
):
    values = {
        "condition": {"kind": "move", "percent": "1"},
        "symbol": "AAPL",
        "expires": (clock.now() + timedelta(hours=1)).isoformat(),
    }
    made = await registry["alert.create"].run_with(context, values)
    clock.pass_(3601)
    puffling.watch.look()
    assert not context.alerts.get(made.id).enabled
    with pytest.raises(BadValueError, match="expires before"):
        await registry["alert.enable"].run_with(context, {"id": made.id})


async def test_snoozed_alerts_are_told_quietly_and_the_snooze_outlives_a_restart(
    opening, clock, registry
):
    async with opening() as app:
        await registry["alert.snooze"].run_with(app.context, {"span": "15 minutes"})
        assert app.context.alerts.quiet_until == clock.now() + timedelta(minutes=15)
    async with opening() as again:
        assert again.context.alerts.quiet_until is not None
        clock.pass_(901)
        assert again.context.alerts.quiet_until is None
        until_ = again.context.alerts.snooze("today")
        assert timedelta(0) < until_ - clock.now() <= timedelta(hours=24)


async def test_a_drift_alert_needs_a_goal_that_there_is(context, registry):
    values = {"condition": {"kind": "drift", "goal": "Core", "points": 5}}
    create = registry["alert.create"]
    with pytest.raises(BadValueError, match=r"There is no goal 'Core'\. There is none yet"):
        await create.run_with(context, values)
    await registry["goal.save"].run_with(context, {"name": "Other", "targets": "AAPL:0.5"})
    with pytest.raises(BadValueError, match="There are Other"):
        await create.run_with(context, values)
    await registry["goal.save"].run_with(context, {"name": "Core", "targets": "AAPL:0.5"})
    made = await create.run_with(context, values)
    await registry["goal.remove"].run_with(context, {"name": "Core"})
    context.alerts.enable(made.id, enabled=False)
    with pytest.raises(BadValueError, match="no goal 'Core'"):
        context.alerts.enable(made.id, enabled=True)
