from __future__ import annotations

import asyncio
from dataclasses import replace
from decimal import Decimal

import pytest

from puffin.errors import BrokerError, SymbolNotFoundError
from puffin.types import Leg, OrderType, Side, Ticket
from puffling.core.errors import BadValueError, NoPriceError, RiskRefusedError
from puffling.core.events import HaltChanged, Level, NoticePosted
from puffling.core.settings import Mode
from puffling.services.risk import tolerance_limits
from puffling.store.halts import Halt, HaltStore
from puffling.store.opening import open_storage
from tests.fakes import START, until
from tests.outside import priced

TICKET = Ticket("AAPL", Side.BUY, Decimal(10))


@pytest.fixture
def risk(puffling):
    return puffling.context.risk


@pytest.fixture
def heard(puffling):
    heard: list[object] = []
    puffling.bus.subscribe(HaltChanged, heard.append)
    puffling.bus.subscribe(NoticePosted, heard.append)
    return heard


def test_a_preview_says_what_every_rule_says_and_refuses_nothing(risk):
    verdicts = risk.verdicts(Ticket("AAPL", Side.BUY, Decimal(9_000)))
    assert {each.rule for each in verdicts if not each.allowed} >= {"order value", "cash"}
    assert len({each.rule for each in verdicts}) == 25


def test_limits_are_the_settings_of_this_moment(puffling, risk):
    risk.check(TICKET)
    puffling.context.settings.change("trading", largest_order="100")
    with pytest.raises(RiskRefusedError, match=r"more than the 100\.00 allowed"):
        risk.check(TICKET)


def test_what_does_not_trade_here_is_refused(puffling, risk, monkeypatch):
    with pytest.raises(SymbolNotFoundError, match="TSLA is not traded on this market"):
        risk.check(replace(TICKET, symbol="TSLA"))
    puffling.context.quotes.forget("AAPL")
    with pytest.raises(NoPriceError, match="There is no price for AAPL"):
        risk.check(TICKET)
    monkeypatch.setattr(type(puffling.context.market), "ended", True)
    with pytest.raises(NoPriceError, match="The demo market has ended"):
        risk.check(TICKET)


def test_what_is_in_use_is_measured(risk):
    uses = {each.rule: each for each in risk.in_use()}
    assert (uses["positions"].limit, uses["positions"].used) == (5, 0)
    assert (uses["daily loss"].limit, uses["daily loss"].used) == (Decimal("0.02"), 0)
    assert uses["cash"].limit == 100_000


async def test_the_flag_comes_first_then_the_cancels_then_the_word(risk, heard):
    order: list[str] = []

    async def cancel_all(by):
        order.append("halted" if risk.halted() else "not yet")
        assert not heard

    risk.when_halted(cancel_all)
    halt = await risk.halt("test", "enough")
    assert order == ["halted"]
    assert [type(each) for each in heard] == [HaltChanged, NoticePosted]
    assert (heard[0].halted, heard[0].by, heard[0].reason) == (True, "test", "enough")
    assert halt == Halt(START, "test", "enough")


async def test_halting_twice_keeps_the_first_reason(risk):
    await risk.halt("test", "first")
    assert (await risk.halt("test", "second")).reason == "first"


@pytest.mark.parametrize("slow", [True, False])
async def test_a_broker_that_does_not_cancel_is_said(risk, heard, monkeypatch, slow):
    monkeypatch.setattr("puffling.services.halting.CANCEL_WITHIN", 0.01)

    async def cancel_all(by):
        if slow:
            await asyncio.Event().wait()
        raise BrokerError("Not cancelled: Buy 10 AAPL.")

    risk.when_halted(cancel_all)
    await risk.halt("test")
    assert risk.halted() is not None
    assert heard[-1].level is Level.ERROR
    assert ("did not confirm" if slow else "Not cancelled") in heard[-1].text


async def test_only_the_word_itself_resumes(risk, heard):
    await risk.halt("test")
    for typed in ("", "resume", "RESUME!", "yes"):
        with pytest.raises(BadValueError, match="Type RESUME"):
            risk.resume("test", typed)
        assert risk.halted() is not None
    risk.resume("test", " RESUME ")
    assert risk.halted() is None
    assert heard[-2] == HaltChanged(halted=False, by="test")


def test_resuming_what_is_not_halted_does_nothing(risk, heard):
    risk.resume("test", "RESUME")
    assert heard == []


async def test_it_holds_through_a_restart(opening):
    async with opening() as first:
        await first.context.risk.halt("test", "enough")
    async with opening() as second:
        assert second.context.risk.halted().reason == "enough"


async def test_what_another_process_did_is_noticed(paths, clock, risk, heard):
    storage = open_storage(paths, clock)
    try:
        other = HaltStore(storage.user)
        other.set(Halt(START, "terminal", "puffling halt"))
        await risk.refresh()
        await risk.refresh()
        assert [each for each in heard if isinstance(each, HaltChanged)] == [
            HaltChanged(halted=True, by="terminal", reason="puffling halt")
        ]
        other.clear("terminal", START)
        await risk.refresh()
        assert heard[-2] == HaltChanged(halted=False, by="another process")
    finally:
        storage.close()


@pytest.mark.parametrize(
    ("tolerance", "name", "share", "count"),
    [
        (0, "Conservative", "0.05", 3),
        (33, "Conservative", "0.05", 3),
        (34, "Moderate", "0.10", 5),
        (67, "Aggressive", "0.20", 10),
    ],
)
def test_a_tolerance_stands_for_limits(tolerance, name, share, count):
    assert tolerance_limits(tolerance) == (
        name,
        {"largest_position": Decimal(share), "most_positions": count},
    )


# The day's loss, as time goes by


@pytest.fixture
def losing(puffling, gate, monkeypatch):
    """Let the day's profit be what a test says, as a share of the opening equity."""

    def lose(share: str) -> None:
        portfolio = puffling.context.portfolio
        now = portfolio.snapshot()
        profit = now.opening_equity * Decimal(share)
        monkeypatch.setattr(portfolio, "snapshot", lambda: replace(now, day_profit=profit))

    return lose


def test_half_of_the_daily_loss_is_said_once(puffling, risk, heard, losing):
    losing("-0.0099")
    risk.watch()
    assert heard == []
    losing("-0.01")
    risk.watch()
    risk.watch()
    (notice,) = heard
    assert (notice.level, notice.title) == (Level.WARNING, "Half of the daily loss is used")
    assert not puffling.context.automation.paused


def test_the_whole_daily_loss_pauses_what_acts_by_itself(puffling, risk, heard, losing):
    losing("-0.02")
    risk.watch()
    risk.watch()
    (notice,) = heard
    assert (notice.level, notice.desktop) == (Level.ERROR, True)
    assert puffling.context.automation.why == "The daily loss is reached."


def test_an_unknown_profit_is_no_loss(puffling, risk, heard, monkeypatch):
    now = puffling.context.portfolio.snapshot()
    monkeypatch.setattr(
        puffling.context.portfolio, "snapshot", lambda: replace(now, day_profit=None)
    )
    risk.watch()
    assert heard == []


# What the broker says


async def test_what_the_broker_says_of_a_symbol_is_asked_before_an_order(
    puffling, risk, keyring, world, clock
):
    context = puffling.context
    keyring.give("alpaca paper")
    await context.modes.switch(Mode.PAPER, "test")
    context.quotes.accept(priced("NFLX", "90", clock.now()))
    ticket = Ticket("NFLX", Side.BUY, Decimal(1))
    with pytest.raises(RiskRefusedError, match="is being asked about NFLX"):
        risk.check(ticket)
    await risk.prepare(ticket)
    with pytest.raises(RiskRefusedError, match="does not list NFLX"):
        risk.check(ticket)
    world.lists("NFLX", fractionable=False)
    clock.pass_(5 * 3_600)  # what was said is too old by now
    context.quotes.accept(priced("NFLX", "90", clock.now()))
    await risk.prepare(ticket)
    risk.check(ticket)
    with pytest.raises(RiskRefusedError, match="whole shares only"):
        risk.check(Ticket("NFLX", Side.BUY, Decimal("0.5")))
    assert context.quotes.wanted == ["NFLX"]


async def test_a_broker_that_cannot_be_asked_is_no_crash(puffling, risk, keyring, world):
    keyring.give("alpaca paper")
    await puffling.context.modes.switch(Mode.PAPER, "test")
    world.down = True
    await risk.prepare(Ticket("NFLX", Side.BUY, Decimal(1)))
    assert not puffling.context.broker.knows("NFLX")


async def test_buying_power_is_the_brokers_where_it_tells_one(puffling, risk, keyring, world):
    keyring.give("alpaca paper")
    await puffling.context.modes.switch(Mode.PAPER, "test")
    uses = {each.rule: each for each in risk.in_use()}
    assert uses["cash"].limit == 100_000
    assert uses["cash"].text == "What the broker lets you spend."
    assert uses["day trades"].limit == 3


def test_each_limit_has_a_row_and_those_without_a_number_say_what_holds(risk, puffling):
    puffling.context.settings.change("trading", allowed=("AAPL", "IBM"), denied=("FB",))
    uses = {each.rule: each for each in risk.in_use()}
    assert len(uses) == 16
    assert uses["symbols"].text == "2 allowed; 1 are denied."
    assert uses["short selling"].text == "Not allowed."
    assert uses["automated fills"].used == 0
    with pytest.raises(RiskRefusedError, match="FB is on your list"):
        risk.check(Ticket("FB", Side.BUY, Decimal(1)))


async def test_fills_are_counted_by_who_asked_for_them(puffling, risk, gate):
    orders = puffling.context.orders
    for by in ("strategy sma", "desk"):
        quantity = Decimal(1 if by == "desk" else 2)
        proposal = orders.propose(Ticket("AAPL", Side.BUY, quantity), by)
        await orders.submit(proposal, gate.yes(proposal))
    await until(lambda: len(orders.fills()) == 2)
    facts = risk.facts(Ticket("AAPL", Side.SELL, Decimal(1)))
    assert (facts.automated_fills, facts.manual_fills, facts.traded_today) == (1, 1, True)
    uses = {each.rule: each for each in risk.in_use()}
    assert (uses["automated fills"].limit, uses["automated fills"].used) == (10, 1)


def test_the_share_of_several_legs_is_their_net_price_a_hundred_times(risk):
    legs = (Leg("AAPL120720C00600000", Side.BUY), Leg("AAPL120720C00610000", Side.SELL))
    spread = Ticket("AAPL", Side.BUY, Decimal(1), OrderType.LIMIT, Decimal(4), legs=legs)
    assert risk.share_after(spread, Decimal(4)) == Decimal("0.004")


def test_what_makes_room_for_an_order_does_not_count(risk, puffling):
    assert risk.facts(TICKET, without=("anything",)).open_orders == []
    risk.check(TICKET, without=("anything",))


async def test_resuming_says_nothing_of_automation_that_goes_on_already(puffling, risk, heard):
    await risk.halt("test")
    puffling.context.automation.resume("test")
    risk.resume("test", "RESUME")
    assert heard[-1].text == "By test."


async def test_a_preview_has_the_broker_asked_about_its_symbol(
    puffling, risk, keyring, world, clock
):
    context = puffling.context
    keyring.give("alpaca paper")
    await context.modes.switch(Mode.PAPER, "test")
    world.lists("NFLX")
    world.down = True
    ticket = Ticket("NFLX", Side.BUY, Decimal(1))
    context.quotes.accept(priced("NFLX", "90", clock.now()))
    risk.facts(ticket)
    risk.facts(ticket)  # it is being asked already
    await until(lambda: not context.broker._asking)
    assert not context.broker.knows("NFLX")
    world.down = False
    risk.facts(ticket)  # not again so soon
    assert not context.broker._asking
    clock.pass_(10)
    risk.facts(ticket)
    await until(lambda: context.broker.knows("NFLX"))
    assert risk.facts(ticket).asset.tradable


async def test_a_price_may_be_as_late_as_its_source_always_is_and_a_minute_more(
    puffling, risk, world, clock
):
    await puffling.context.modes.switch(Mode.SIM, "test")
    ticket = Ticket("NFLX", Side.BUY, Decimal(1))
    world.sources[-1].late_by = 900.0
    puffling.context.quotes.accept(priced("NFLX", "90", clock.now()))
    clock.pass_(960)
    risk.check(ticket)
    clock.pass_(1)
    with pytest.raises(RiskRefusedError, match="NFLX is 61 s old; at most 60 s are allowed"):
        risk.check(ticket)
    puffling.context.settings.change("trading", oldest_quote=61)
    risk.check(ticket)


async def test_a_question_that_is_not_answered_ends_with_its_mode(puffling, risk, keyring, world):
    keyring.give("alpaca paper")
    await puffling.context.modes.switch(Mode.PAPER, "test")
    risk.facts(Ticket("NFLX", Side.BUY, Decimal(1)))
    await puffling.context.modes.switch(Mode.DEMO, "test")
    await until(lambda: not puffling.context.broker._asking)
