from __future__ import annotations

import asyncio
from decimal import Decimal

import pytest

from puffin.errors import BrokerError
from puffin.types import Side, Ticket
from puffling.core.errors import BadValueError, RiskRefusedError
from puffling.core.events import HaltChanged, Level, NoticePosted
from puffling.services.risk import tolerance_limits
from puffling.store.halts import Halt, HaltStore
from puffling.store.opening import open_storage
from tests.fakes import START

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
    assert len({each.rule for each in verdicts}) == 24


def test_limits_are_the_settings_of_this_moment(puffling, risk):
    risk.check(TICKET)
    puffling.context.settings.change("trading", largest_order="100")
    with pytest.raises(RiskRefusedError, match=r"more than the 100\.00 allowed"):
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
