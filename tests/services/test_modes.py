from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from typing_extensions import override

from puffin.errors import KeysRefusedError, ProviderUnavailableError
from puffin.types import OrderStatus, OrderType, OrderUpdate, Side, Split, Ticket, TimeInForce
from puffling.core.bus import EventBus
from puffling.core.errors import (
    BadValueError,
    NotConfirmedError,
    PufflingError,
    RiskRefusedError,
    StoreFullError,
)
from puffling.core.events import ModeChanged, NoticePosted
from puffling.core.settings import Mode
from puffling.core.settings_store import SettingsStore
from tests.fakes import NoNetwork, until
from tests.outside import AwayBroker, priced

BUY = Ticket("NFLX", Side.BUY, Decimal(1))
LOW = Ticket("NFLX", Side.BUY, Decimal(1), OrderType.LIMIT, Decimal(80))


@pytest.fixture
def modes(puffling):
    return puffling.context.modes


@pytest.fixture
def heard(puffling):
    heard: list[str] = []
    puffling.bus.subscribe(ModeChanged, lambda event: heard.append(event.mode))
    return heard


async def test_sim_needs_no_keys_and_says_that_its_prices_are_delayed(puffling, modes, heard):
    await modes.switch(Mode.SIM, "test")
    context = puffling.context
    assert context.market.mode is modes.mode is Mode.SIM
    assert "delayed" in context.market.describe()
    assert context.portfolio.account.mode == "sim"
    assert context.portfolio.cash == 100_000
    assert heard == ["sim"]
    assert context.settings.current.mode is Mode.SIM
    assert [each.action for each in context.audit.all()] == ["mode.switch"]


async def test_an_order_in_sim_fills_on_a_price_of_now(puffling, modes, world, clock, gate):
    await modes.switch(Mode.SIM, "test")
    context = puffling.context
    await until(lambda: world.sources[-1].watched)
    world.sources[-1].news.put_nowait(priced("NFLX", "90.00", clock.now()))
    await until(lambda: context.quotes.last("NFLX"))
    proposal = context.orders.propose(BUY, "test")
    await context.orders.submit(proposal, gate.yes(proposal))
    await until(lambda: context.portfolio.position("NFLX"))
    assert context.portfolio.position("NFLX").average_cost == Decimal("90.01")


async def test_with_borrowed_money_orders_in_sim_are_taken_too(puffling, modes, world, clock, gate):
    context = puffling.context
    context.settings.change("paper", leverage=2)
    await modes.switch(Mode.SIM, "test")
    await until(lambda: world.sources[-1].watched)
    world.sources[-1].news.put_nowait(priced("NFLX", "90.00", clock.now()))
    await until(lambda: context.quotes.last("NFLX"))
    proposal = context.orders.propose(BUY, "test")
    await context.orders.submit(proposal, gate.yes(proposal))
    await until(lambda: context.portfolio.position("NFLX"))
    assert context.broker.account.buying_power > context.portfolio.cash


async def test_each_mode_has_its_own_account_and_the_way_back_leads_to_the_same(
    puffling, modes, keyring
):
    keyring.give("alpaca paper")
    demo = puffling.context.portfolio.account
    await modes.switch(Mode.PAPER, "test")
    paper = puffling.context.portfolio.account
    assert (paper.mode, paper.number, paper.starting_cash) == ("paper", "••••1234", 50_000)
    await modes.switch(Mode.DEMO, "test")
    assert puffling.context.portfolio.account == demo
    await modes.switch(Mode.PAPER, "test")
    assert puffling.context.portfolio.account == paper


async def test_another_number_at_the_broker_is_another_account(puffling, modes, keyring, world):
    keyring.give("alpaca paper")
    await modes.switch(Mode.PAPER, "test")
    first = puffling.context.portfolio.account.id
    await modes.switch(Mode.DEMO, "test")
    world.numbered("••••9999")
    await modes.switch(Mode.PAPER, "test")
    assert puffling.context.portfolio.account.id != first


async def test_without_keys_paper_says_where_to_set_them(modes):
    with pytest.raises(BadValueError, match="There are no keys"):
        await modes.switch(Mode.PAPER, "test")
    assert modes.mode is Mode.DEMO


async def test_keys_that_are_refused_leave_the_old_mode_at_work(puffling, modes, keyring, stepper):
    keyring.give("alpaca paper", key="PKSOMETHINGELSE")
    with pytest.raises(KeysRefusedError):
        await modes.switch(Mode.PAPER, "test")
    assert modes.mode is Mode.DEMO
    assert puffling.context.orders.ready
    puffling.context.orders.propose(Ticket("AAPL", Side.BUY, Decimal(1)), "test")
    assert puffling.context.settings.current.mode is Mode.DEMO


async def test_live_is_locked_until_the_word_is_typed(modes, keyring, world, puffling):
    keyring.give("alpaca live", key="AKLIVELIVELIVE12")
    world.opens["AKLIVELIVELIVE12"] = False
    with pytest.raises(NotConfirmedError, match="LIVE is locked"):
        await modes.switch(Mode.LIVE, "test")
    with pytest.raises(BadValueError, match="Type LIVE"):
        modes.unlock("live", "test")
    modes.unlock("LIVE", "test")
    modes.unlock("LIVE", "test")
    await modes.switch(Mode.LIVE, "test")
    assert modes.mode is Mode.LIVE
    done = [each.action for each in puffling.context.audit.all()]
    assert sorted(done) == ["mode.switch", "mode.unlock"]


async def test_live_begins_as_paper_where_there_are_keys_for_it(opening, paths, keyring):
    keyring.give("alpaca paper")
    paths.make()
    SettingsStore(paths.settings, EventBus()).set_mode(Mode.LIVE)
    async with opening() as opened:
        assert opened.context.market.mode is Mode.PAPER
        assert not opened.context.modes.unlocked


async def test_a_mode_that_cannot_begin_gives_way_to_the_demo_and_says_why(opening, paths):
    paths.make()
    SettingsStore(paths.settings, EventBus()).set_mode(Mode.PAPER)
    async with opening() as opened:
        assert opened.context.market.mode is Mode.DEMO
        said = [each.title for each in opened.context.notifications.all()]
        assert any("PAPER cannot begin, so it is DEMO. There are no keys" in each for each in said)
        assert opened.context.settings.current.mode is Mode.PAPER


async def test_the_next_start_takes_up_the_mode_of_the_last_run(opening, keyring, world):
    keyring.give("alpaca paper")
    async with opening() as first:
        await first.context.modes.switch(Mode.PAPER, "test")
        account = first.context.portfolio.account
    async with opening() as second:
        assert second.context.market.mode is Mode.PAPER
        assert second.context.portfolio.account == account


async def test_offline_paper_begins_with_the_account_known_last_and_sends_nothing(
    opening, keyring, world
):
    keyring.give("alpaca paper")
    async with opening() as first:
        await first.context.modes.switch(Mode.PAPER, "test")
        account = first.context.portfolio.account
    world.down = True
    async with opening() as second:
        assert second.context.portfolio.account == account
        assert not second.context.orders.ready
        world.down = False


async def test_what_was_proposed_before_the_switch_is_sent_nowhere(puffling, modes, gate, heard):
    orders = puffling.context.orders
    proposal = orders.propose(Ticket("AAPL", Side.BUY, Decimal(1)), "test")
    inbox = puffling.context.inbox
    inbox.post("schedule", (Ticket("IBM", Side.BUY, Decimal(1)),), "It is Monday.")
    await modes.switch(Mode.SIM, "test")
    with pytest.raises(PufflingError):
        await orders.submit(proposal, gate.yes(proposal))
    assert orders.all() == []
    assert inbox.waiting() == []
    (withdrawn,) = inbox.history()
    assert withdrawn.note == "The mode changes from DEMO to SIM."


async def test_a_fill_that_came_just_before_the_switch_is_not_lost(
    puffling, modes, gate, keyring, world
):
    context = puffling.context
    proposal = context.orders.propose(Ticket("AAPL", Side.BUY, Decimal(1)), "test")
    order = await context.orders.submit(proposal, gate.yes(proposal))
    demo = context.portfolio.account
    await modes.switch(Mode.SIM, "test")
    kept = context.orders.get(order.id)
    assert kept.status is OrderStatus.FILLED
    await modes.switch(Mode.DEMO, "test")
    assert context.portfolio.account == demo
    assert context.portfolio.position("AAPL").quantity == 1


async def test_open_orders_stay_at_their_broker_and_are_there_on_the_way_back(
    puffling, modes, gate, keyring, world, clock
):
    keyring.give("alpaca paper")
    context = puffling.context
    await modes.switch(Mode.PAPER, "test")
    away = world.brokers[-1]
    world.lists("NFLX")
    await until(lambda: world.sources[-1].watched)
    world.sources[-1].news.put_nowait(priced("NFLX", "90.00", clock.now()))
    await until(lambda: context.quotes.last("NFLX") and context.orders.ready)
    await context.risk.prepare(BUY)
    proposal = context.orders.propose(BUY, "test")
    order = await context.orders.submit(proposal, gate.yes(proposal))
    await modes.switch(Mode.DEMO, "test")
    assert away.closed
    assert away.cancelled == []
    assert context.orders.open() == []
    world.remembers(away)
    await modes.switch(Mode.PAPER, "test")
    assert [each.id for each in context.orders.open()] == [order.id]


async def test_every_stream_is_closed_when_its_mode_is_left(puffling, modes, keyring, world):
    keyring.give("alpaca paper")
    await modes.switch(Mode.PAPER, "test")
    await modes.switch(Mode.DEMO, "test")
    assert all(each.closed for each in world.sources)
    assert world.brokers[-1].closed


async def test_a_symbol_somebody_looks_at_is_streamed(puffling, modes, world):
    await modes.switch(Mode.SIM, "test")
    await until(lambda: world.sources[-1].watched)
    puffling.context.quotes.want("NFLX")
    assert world.sources[-1].watched[0] == "NFLX"


async def test_a_clock_that_is_off_is_said_and_market_time_follows_the_exchange(
    puffling, modes, keyring, world, clock
):
    keyring.give("alpaca paper")
    said: list[str] = []
    puffling.bus.subscribe(NoticePosted, lambda event: said.append(event.title))
    world.skewed(600.0)
    await modes.switch(Mode.PAPER, "test")
    market = puffling.context.market
    assert market.now() == clock.now() - timedelta(minutes=10)
    assert "This computer's clock is wrong" in said


async def test_opens_and_closes_are_announced_in_sim_too(puffling, modes, clock):
    from puffling.core.events import SessionChanged

    heard: list[SessionChanged] = []
    puffling.bus.subscribe(SessionChanged, heard.append)
    await modes.switch(Mode.SIM, "test")  # a Monday, ten in the morning in New York
    modes.here.tick()
    clock.pass_(6 * 3_600)
    modes.here.tick()
    assert [each.is_open for each in heard] == [False]
    clock.pass_(17.5 * 3_600)
    modes.here.tick()
    assert [each.is_open for each in heard] == [False, True]


async def test_a_reset_begins_a_new_simulated_account(puffling, modes):
    with pytest.raises(BadValueError, match="not in use"):
        await puffling.context.live.reset()
    await modes.switch(Mode.SIM, "test")
    first = puffling.context.portfolio.account.id
    puffling.context.settings.change("paper", cash=Decimal(5_000))
    await puffling.context.live.reset()
    assert puffling.context.portfolio.account.id != first
    assert puffling.context.portfolio.cash == 5_000


async def test_every_mode_says_why_it_cannot_be_had(puffling, modes):
    puffling.context.settings.change("connections", yahoo_prices=False)
    why = {each.mode: each.why_not for each in await modes.offers()}
    assert why[Mode.DEMO] == ""
    assert "no source of prices" in why[Mode.SIM]
    assert "no keys" in why[Mode.PAPER]
    assert "no keys" in why[Mode.LIVE]


async def test_a_simulated_account_with_leverage_tells_its_own_buying_power(puffling, modes):
    puffling.context.settings.change("paper", leverage=Decimal(2))
    await modes.switch(Mode.SIM, "test")
    uses = {each.rule: each for each in puffling.context.risk.in_use()}
    assert uses["cash"].limit == 200_000


async def test_without_a_source_of_prices_there_is_no_sim(puffling, modes):
    puffling.context.settings.change("connections", yahoo_prices=False)
    with pytest.raises(BadValueError, match="no source of prices"):
        await modes.switch(Mode.SIM, "test")


async def test_another_account_behind_the_same_keys_refuses_orders_until_it_is_entered(
    puffling, modes, keyring, world, clock
):
    keyring.give("alpaca paper")
    await modes.switch(Mode.PAPER, "test")
    context = puffling.context
    world.lists("NFLX")
    world.numbered("••••9999")
    await modes.here.look()
    await context.risk.prepare(BUY)
    context.quotes.accept(priced("NFLX", "90", clock.now()))
    with pytest.raises(RiskRefusedError, match="now open account ••••9999"):
        context.risk.check(BUY)
    assert context.live.wrong_account
    await modes.begin_again("test")
    assert context.portfolio.account.number == "••••9999"
    assert not context.live.wrong_account


async def test_before_the_account_was_read_nothing_is_opened(opening, keyring, world, clock):
    keyring.give("alpaca paper")
    world.lists("NFLX")
    async with opening() as first:
        await first.context.modes.switch(Mode.PAPER, "test")
    world.down = True
    async with opening() as second:
        second.context.quotes.accept(priced("NFLX", "90", clock.now()))
        with pytest.raises(RiskRefusedError, match="figures are being read"):
            second.context.risk.check(BUY)
        world.down = False


async def test_when_neither_mode_can_go_on_it_is_demo(puffling, modes, keyring, world):
    keyring.give("alpaca paper")
    await modes.switch(Mode.PAPER, "test")
    keyring.kept.clear()
    puffling.context.settings.change("connections", yahoo_prices=True)
    with pytest.raises(BadValueError, match="no keys"):
        await modes.begin_again("test")
    assert modes.mode is Mode.DEMO
    modes.take_quote(priced("AAPL", "90"))
    assert modes.expects_quotes()
    modes.save()


async def test_begun_anew_it_is_the_same_account(puffling, modes):
    await modes.switch(Mode.SIM, "test")
    account = puffling.context.portfolio.account
    await modes.begin_again("test")
    assert puffling.context.portfolio.account == account
    await modes.switch(Mode.SIM, "test")


async def test_the_market_that_is_left_hears_no_more(puffling, modes, clock):
    context = puffling.context
    await modes.switch(Mode.SIM, "test")
    await modes.switch(Mode.DEMO, "test")
    context.live.take_quote(priced("NFLX", "90", clock.now()))
    context.live.tick()
    await context.live.look()
    context.live.save()
    assert context.quotes.last("NFLX") is None
    with pytest.raises(PufflingError, match="No source of prices"):
        _ = context.live.source
    await modes.switch(Mode.SIM, "test")
    with pytest.raises(BadValueError, match="not in use"):
        await context.demo.restart()


async def test_a_full_disk_is_said_once_and_stops_nothing(
    puffling, modes, clock, gate, monkeypatch
):
    await modes.switch(Mode.SIM, "test")
    context = puffling.context
    said: list[str] = []
    puffling.bus.subscribe(NoticePosted, lambda event: said.append(event.title))

    def full(*_: object) -> None:
        raise StoreFullError("The disk is full.")

    context.live.take_quote(priced("NFLX", "90", clock.now()))
    proposal = context.orders.propose(LOW, "test")
    await context.orders.submit(proposal, gate.yes(proposal))
    monkeypatch.setattr(type(context.state), "put", full)
    monkeypatch.setattr(type(context.alerts), "take_quote", full)
    context.live.save()
    context.live.save()
    clock.pass_(1)
    context.live.take_quote(priced("NFLX", "91", clock.now()))
    monkeypatch.undo()
    assert said.count("The simulation is not being stored") == 1
    assert said.count("Alerts are not being stored") == 1


@pytest.mark.parametrize("slept", [True, False], ids=["slept", "was away"])
async def test_an_order_for_the_day_ends_with_it_and_every_night_is_charged_although_nobody_looked(
    puffling, modes, world, clock, gate, slept
):
    context = puffling.context
    context.settings.change("paper", leverage=2, interest_rate="0.1")
    context.settings.change("trading", largest_position=1, largest_order=90_000)
    await modes.switch(Mode.SIM, "test")
    clock.pass_(4 * 86_400)  # a Friday
    modes.here.tick()
    await modes.here.look()
    await until(lambda: world.sources[-1].watched)
    for symbol in ("NFLX", "IBM"):
        world.sources[-1].news.put_nowait(priced(symbol, "90.00", clock.now()))
    await until(lambda: context.quotes.last("IBM"))
    many = replace(BUY, quantity=Decimal(900))
    for ticket in (LOW, many, replace(many, symbol="IBM", quantity=Decimal(600))):
        proposal = context.orders.propose(ticket, "test")
        await context.orders.submit(proposal, gate.yes(proposal))
    low = next(each for each in context.orders.all() if each.ticket == LOW)
    assert context.portfolio.cash == Decimal("-35015.00")
    if not slept:
        await modes.switch(Mode.DEMO, "test")
    clock.pass_(4 * 86_400)  # the Tuesday after, in the session
    if slept:
        modes.here.tick()
    else:
        await modes.switch(Mode.SIM, "test")
    await until(lambda: context.orders.get(low.id).status is OrderStatus.EXPIRED)
    await context.orders.reconcile()
    paid = [each for each in context.orders._book.activities() if each.kind == "interest"]
    # 35,015 borrowed for three nights from Friday on, and 35,043.78 for the one from Monday on.
    assert [each.amount for each in paid] == [Decimal("-28.78"), Decimal("-9.60")]


class Splitting(NoNetwork):
    """A source of history that knows of one split, or of nothing."""

    def __init__(self) -> None:
        self.known: list[Split] = []
        self.asked: list[str] = []

    @override
    def splits(self, symbol: str) -> list[Split]:
        self.asked.append(symbol)
        if not self.known:
            raise ProviderUnavailableError("Nobody is there.")
        return self.known


@pytest.fixture
def history(puffling):
    """Put a source of history into the market of now."""
    made, live = Splitting(), puffling.context.live
    ground = replace(live._on, splits=made.splits)
    live._on = live._splits._on = ground
    return made


async def bought_in_sim(puffling, world, clock, gate):
    context = puffling.context
    await context.modes.switch(Mode.SIM, "test")
    await until(lambda: world.sources[-1].watched)
    world.sources[-1].news.put_nowait(priced("NFLX", "90.00", clock.now()))
    await until(lambda: context.quotes.last("NFLX"))
    proposal = context.orders.propose(BUY, "test")
    await context.orders.submit(proposal, gate.yes(proposal))
    await until(lambda: context.portfolio.position("NFLX"))


async def test_shares_that_split_are_restated_at_the_open(
    puffling, modes, world, clock, gate, history
):
    await bought_in_sim(puffling, world, clock, gate)
    history.known = [Split("NFLX", datetime(2026, 1, 6, tzinfo=UTC), Decimal(10))]
    clock.pass_(6 * 3_600)
    modes.here.tick()  # the close
    clock.pass_(16 * 3_600)
    await modes.here.look()
    await modes.here.look()
    assert history.asked == ["NFLX"]
    clock.pass_(1.5 * 3_600)
    modes.here.tick()  # the open
    context = puffling.context
    assert context.portfolio.position("NFLX").quantity == 10
    assert (await context.orders.broker.positions())[0].quantity == 10
    assert context.quotes.last("NFLX") is None


async def test_shares_that_split_while_nobody_looked_are_restated_on_the_way_back(
    puffling, modes, world, clock, gate, history
):
    await bought_in_sim(puffling, world, clock, gate)
    context = puffling.context
    old = context.alerts.add("NFLX", "below", Decimal(80))
    await modes.switch(Mode.DEMO, "test")
    history.known = [Split("NFLX", datetime(2026, 1, 7, tzinfo=UTC), Decimal(10))]
    clock.pass_(3 * 86_400)
    new = context.alerts.add("NFLX", "below", Decimal(8))
    for _ in range(2):
        await modes.switch(Mode.SIM, "test")
        assert [context.alerts.get(each.id).price for each in (old, new)] == [8, 8]
        await modes.switch(Mode.DEMO, "test")
    await modes.switch(Mode.SIM, "test")
    assert context.portfolio.position("NFLX").quantity == 10
    assert (await context.orders.broker.positions())[0].quantity == 10
    await context.orders.reconcile()
    assert context.orders.mismatch() == []


async def test_a_split_of_today_changes_what_waits_before_anything_trades(
    puffling, modes, world, clock, gate, history
):
    await bought_in_sim(puffling, world, clock, gate)
    context = puffling.context
    high = Ticket("NFLX", Side.SELL, Decimal(1), OrderType.LIMIT, Decimal(95))
    proposal = context.orders.propose(replace(high, time_in_force=TimeInForce.GTC), "test")
    order = await context.orders.submit(proposal, gate.yes(proposal))
    history.known = [Split("NFLX", datetime(2026, 1, 6, tzinfo=UTC), Decimal(10))]
    clock.pass_(15 * 3_600)  # one in the morning
    context.live.take_quote(priced("NFLX", "95.50", clock.now()))  # of shares that nobody knows yet
    await modes.here.look()
    await until(lambda: context.orders.get(order.id).ticket.quantity == 10)
    assert context.orders.get(order.id).ticket.limit_price == Decimal("9.50")
    assert (await context.orders.broker.positions())[0].quantity == 10
    await modes.switch(Mode.DEMO, "test")
    await modes.switch(Mode.SIM, "test")
    assert context.orders.get(order.id).ticket.quantity == 10
    assert (await context.orders.broker.positions())[0].quantity == 10


async def test_without_a_source_of_splits_the_simulation_goes_on(
    puffling, modes, world, clock, gate, history
):
    await bought_in_sim(puffling, world, clock, gate)
    clock.pass_(22 * 3_600)
    await modes.here.look()
    assert history.asked == ["NFLX"]
    assert puffling.context.portfolio.position("NFLX").quantity == 1


class Losing(AwayBroker):
    """A broker whose answers to orders are lost on the way."""

    @override
    async def submit(self, order):
        self.sent.append(order)
        raise ConnectionError("the line broke")


@pytest.fixture
async def lost(puffling, modes, gate, keyring, world, clock, monkeypatch):  # noqa: PLR0913, PLR0917 - fixtures
    """Have sent an order in PAPER whose answer was lost, and be in DEMO now."""
    keyring.give("alpaca paper")
    context = puffling.context
    monkeypatch.setattr("tests.outside.AwayBroker", Losing)
    await modes.switch(Mode.PAPER, "test")
    world.lists("NFLX")
    context.quotes.accept(priced("NFLX", "90", clock.now()))
    await until(lambda: context.orders.ready)
    await context.risk.prepare(LOW)
    proposal = context.orders.propose(LOW, "test")
    order = await context.orders.submit(proposal, gate.yes(proposal))
    assert order.status is OrderStatus.UNKNOWN
    world.remembers(world.brokers[-1])
    await modes.switch(Mode.DEMO, "test")
    return order


def arrives(world, order):
    """Have the broker know of the order after all."""
    world.known.latest[order.id] = OrderUpdate(order.id, OrderStatus.WORKING, world.at)


@pytest.mark.parametrize("arrived", [True, False])
async def test_an_order_of_another_account_that_nobody_knows_is_named_and_looked_up_on_the_way_back(
    puffling, world, clock, lost, arrived
):
    notices: list[NoticePosted] = []
    puffling.bus.subscribe(NoticePosted, notices.append)
    await puffling.context.risk.halt("test")
    said = next(each.text for each in notices if each.title == "Trading is halted")
    assert "PAPER account ••••1234: Buy 1 NFLX limit 80.00" in said
    assert "answer was lost" in said
    assert "Switch to that mode" in said
    if arrived:
        arrives(world, lost)
    clock.pass_(10)
    await puffling.context.modes.switch(Mode.PAPER, "test")
    ended = OrderStatus.CANCELLED if arrived else OrderStatus.REJECTED
    assert puffling.context.orders.get(lost.id).status is ended
    assert world.brokers[-1].cancelled == ([lost.id] if arrived else [])


async def test_the_kill_switch_finds_an_order_elsewhere_whose_answer_was_lost_and_cancels_it(
    puffling, world, lost
):
    arrives(world, lost)
    await puffling.context.risk.halt("test")
    assert world.brokers[-1].cancelled == [lost.id]
