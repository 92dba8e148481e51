"""The account's figures are read again as soon as something changed them, and not more often."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from decimal import Decimal

import pytest

from puffin.errors import BrokerError
from puffin.types import Fill, Order, OrderStatus, Side, Ticket
from puffling.core.events import AccountChanged, FillBooked, OrderChanged
from puffling.core.settings import Mode
from puffling.services.broker_facts import SETTLES, BrokerFacts
from tests.fakes import OPEN, START, Stepper, until
from tests.outside import priced

TICKET = Ticket("NFLX", Side.BUY, Decimal(10))
FILL = Fill("f", "o", "a", "NFLX", Side.BUY, Decimal(10), Decimal(90), Decimal(0), OPEN)
ORDER = Order("o", "a", TICKET, OrderStatus.WORKING, START, OPEN, START)


@pytest.fixture
def stepper():
    return Stepper()


@pytest.fixture
async def facts(bus, clock, stepper, broker):
    facts = BrokerFacts(bus, clock, stepper)
    facts.use(broker, outside=True)
    await facts.refresh()
    yield facts
    facts.use(None, outside=False)


async def test_many_fills_of_a_moment_are_one_question(facts, bus, broker, clock, stepper):
    broker.money = Decimal(40_000)
    clock.pass_(5)
    heard: list[AccountChanged] = []
    bus.subscribe(AccountChanged, heard.append)
    for _ in range(50):
        bus.publish(FillBooked(FILL))
    assert facts.account.buying_power == 100_000  # not before the broker has booked it
    await stepper.step(0)
    stepper.go()
    await until(lambda: heard)
    assert (facts.account.buying_power, facts.account_at) == (40_000, clock.now())
    await until(lambda: facts._reading is None)
    assert len(heard) == 1


async def test_a_fill_while_it_is_read_has_it_read_again(facts, bus, broker, stepper):
    bus.publish(FillBooked(FILL))
    await stepper.step(0)
    stepper.go()
    await asyncio.sleep(0)
    bus.publish(FillBooked(FILL))
    broker.money = Decimal(7)
    while facts._reading is not None:
        stepper.go()
        await asyncio.sleep(0)
    assert facts.account.buying_power == 7


async def test_the_end_of_an_order_gives_its_money_back_and_other_news_ask_nobody(
    facts, bus, stepper
):
    bus.publish(OrderChanged(ORDER))
    assert facts._reading is None
    bus.publish(OrderChanged(replace(ORDER, status=OrderStatus.CANCELLED)))
    assert facts._reading is not None


async def test_a_broker_that_cannot_be_asked_keeps_its_last_word(facts, bus, broker, stepper):
    async def fails():
        raise BrokerError("nobody is there")

    broker.account = fails
    bus.publish(FillBooked(FILL))
    await stepper.step(0)
    stepper.go()
    await until(lambda: facts._reading is None)
    assert facts.account.buying_power == 100_000
    bus.publish(FillBooked(FILL))
    assert facts._reading is not None  # the next fill asks again


async def test_a_book_of_our_own_is_not_asked(bus, clock, broker, stepper):
    facts = BrokerFacts(bus, clock, stepper)
    facts.use(broker, outside=False)
    await facts.refresh()
    bus.publish(FillBooked(FILL))
    assert facts._reading is None


async def test_what_was_bought_since_the_broker_was_asked_is_not_spent_twice(
    puffling, keyring, world, clock, gate
):
    context = puffling.context
    keyring.give("alpaca paper")
    await context.modes.switch(Mode.PAPER, "test")
    await until(lambda: context.orders.ready)
    context.settings.change("trading", largest_position="1", largest_order="90000")
    world.lists("NFLX")
    ticket = Ticket("NFLX", Side.BUY, Decimal(500))
    clock.pass_(1)
    context.quotes.accept(priced("NFLX", "90", clock.now()))
    await context.risk.prepare(ticket)
    proposal = context.orders.propose(ticket, "test")
    order = await context.orders.submit(proposal, gate.yes(proposal))
    assert context.risk.facts(ticket).account.buying_power == 100_000  # its order keeps it
    filled = replace(FILL, order_id=order.id, account=order.account, quantity=Decimal(500))
    broker = world.brokers[-1]
    update = replace(broker.latest[order.id], status=OrderStatus.FILLED, fill=filled)
    context.orders.apply(update)
    assert context.risk.facts(ticket).account.buying_power == 100_000 - 500 * 90
    clock.pass_(SETTLES)
    world.account_ = replace(world.account_, buying_power=Decimal(55_001))
    await context.broker.refresh()
    assert context.risk.facts(ticket).account.buying_power == 55_001
