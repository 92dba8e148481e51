"""What others propose waits for a yes or a no."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from puffin.broker.base import Connected
from puffin.execution.costs import Costs
from puffin.types import OrderStatus, OrderType, OrderUpdate, Side, Ticket
from puffling.core.errors import (
    BadValueError,
    HaltedError,
    NotConfirmedError,
    NotReadyError,
    RiskRefusedError,
)
from puffling.core.events import InboxChanged, NoticePosted
from puffling.store.inbox import ItemState
from tests.fakes import OPEN

BUY = Ticket("IBM", Side.BUY, Decimal(5))
OTHER = Ticket("GOOG", Side.BUY, Decimal(2))


@pytest.fixture
def inbox(puffling):
    return puffling.context.inbox


async def test_a_proposal_waits_is_approved_at_the_gate_and_stays_in_the_history(
    puffling, inbox, gate
):
    heard: list[InboxChanged] = []
    notices: list[NoticePosted] = []
    puffling.bus.subscribe(InboxChanged, heard.append)
    puffling.bus.subscribe(NoticePosted, notices.append)
    id_ = inbox.post("assistant", [BUY], "Cheap.")
    (waiting,) = inbox.waiting()
    assert (waiting.id, waiting.tickets, waiting.reason) == (id_, (BUY,), "Cheap.")
    assert (notices[0].title, notices[0].panel) == ("To decide: " + waiting.title, "inbox")
    done = await inbox.approve(id_, gate, "desk")
    assert (done.state, done.decided_by) == (ItemState.APPROVED, "desk")
    order = puffling.context.orders.get(done.order_ids[0])
    assert (order.ticket, order.asked_by) == (BUY, "assistant")
    assert inbox.waiting() == []
    assert inbox.history() == [done]
    assert {each.id for each in heard} == {id_}
    with pytest.raises(BadValueError, match="does not wait any more: it is approved"):
        await inbox.approve(id_, gate, "desk")


async def test_several_orders_are_one_basket(puffling, inbox, gate):
    id_ = inbox.post("rebalance", [BUY, OTHER], "Drift.", title="Rebalance")
    done = await inbox.approve(id_, gate, "desk")
    assert len(done.order_ids) == 2
    assert done.basket == puffling.context.baskets.all()[0].id
    assert done.note == "Basket: sent."


async def test_a_basket_of_which_nothing_could_be_sent_has_failed(puffling, inbox, gate):
    id_ = inbox.post("rebalance", [BUY, OTHER], "Drift.")
    puffling.context.settings.change("trading", largest_order="10")
    done = await inbox.approve(id_, gate, "desk")
    assert (done.state, done.order_ids) == (ItemState.FAILED, ())
    assert "10" in done.note


@pytest.mark.parametrize("tickets", [[BUY], [BUY, OTHER]])
async def test_a_no_at_the_gate_leaves_it_in_the_inbox(inbox, gate, tickets):
    id_ = inbox.post("assistant", tickets, "Cheap.")
    gate.says_yes = False
    with pytest.raises(NotConfirmedError, match="nobody confirmed"):
        await inbox.approve(id_, gate, "desk")
    assert [each.id for each in inbox.waiting()] == [id_]


async def test_a_proposal_is_rejected_with_a_reason(puffling, inbox):
    id_ = inbox.post("assistant", [BUY], "Cheap.")
    assert inbox.reject(id_, "desk", "Too risky.").note == "Too risky."
    assert inbox.get(id_).state is ItemState.REJECTED
    (entry, *_) = puffling.context.audit.all()
    assert (entry.actor, entry.action) == ("desk", "inbox.rejected")
    other = inbox.post("assistant", [BUY], "Cheap.")
    assert inbox.withdraw(other, "assistant").state is ItemState.WITHDRAWN


@pytest.mark.parametrize(
    ("source", "minutes"), [("assistant", 15), ("rebalance", 240), ("schedule daily", 240)]
)
def test_how_long_it_waits_hangs_on_who_proposes(inbox, clock, source, minutes):
    id_ = inbox.post(source, [BUY], "Why not.")
    clock.pass_(minutes * 60 - 1)
    assert [each.id for each in inbox.waiting()] == [id_]
    clock.pass_(1)
    assert inbox.waiting() == []
    assert inbox.get(id_).state is ItemState.EXPIRED
    short = inbox.post(source, [BUY], "Quick.", expires=timedelta(seconds=5))
    clock.pass_(5)
    with pytest.raises(BadValueError, match="it is expired"):
        inbox.reject(short, "desk")


async def test_it_shows_the_drift_since_then_and_what_every_limit_says(puffling, inbox):
    id_ = inbox.post("assistant", [BUY], "Cheap.")
    quote = puffling.context.quotes.last("IBM")
    puffling.context.quotes.accept(replace(quote, ask=quote.ask * 2))
    (line,) = inbox.lines(id_)
    assert (line.price_then, line.price_now, line.drift) == (quote.ask, quote.ask * 2, 1)
    assert line.verdicts
    unknown = inbox.post("assistant", [Ticket("NONE", Side.BUY, Decimal(1))], "Odd.")
    assert inbox.lines(unknown)[0].drift is None


async def test_the_kill_switch_locks_approvals_and_proposals_stay(puffling, inbox, gate):
    id_ = inbox.post("assistant", [BUY], "Cheap.")
    assert inbox.locked() == ""
    await puffling.context.risk.halt("test", "enough")
    assert "none can be approved" in inbox.locked()
    with pytest.raises(HaltedError):
        await inbox.approve(id_, gate, "desk")
    assert [each.id for each in inbox.waiting()] == [id_]


async def test_a_limit_that_refuses_it_by_now_leaves_it_in_the_inbox(puffling, inbox, gate):
    id_ = inbox.post("assistant", [BUY], "Cheap.")
    puffling.context.settings.change("trading", largest_order="10")
    with pytest.raises(RiskRefusedError):
        await inbox.approve(id_, gate, "desk")
    assert [each.id for each in inbox.waiting()] == [id_]


async def test_what_cannot_be_sent_after_a_yes_has_failed_and_says_why(puffling, inbox, gate):
    id_ = inbox.post("assistant", [BUY], "Cheap.")
    puffling.context.orders._readiness.hold("test", "Nobody is there.")
    with pytest.raises(NotReadyError):
        await inbox.approve(id_, gate, "desk")
    assert (inbox.get(id_).state, inbox.get(id_).note) == (
        ItemState.FAILED,
        "Not sent. Nobody is there.",
    )


async def test_a_proposal_is_changed_before_it_is_approved(inbox, gate, puffling):
    id_ = inbox.post("rebalance", [BUY, OTHER], "Drift.")
    assert inbox.resize(id_, 0, Decimal(3), "desk").tickets[0].quantity == 3
    assert inbox.resize(id_, 1, Decimal(0), "desk").tickets == (replace(BUY, quantity=Decimal(3)),)
    with pytest.raises(BadValueError, match="has 1 orders"):
        inbox.resize(id_, 1, Decimal(1), "desk")
    with pytest.raises(BadValueError, match="has orders"):
        inbox.resize(id_, 0, Decimal(0), "desk")
    amount = inbox.post("assistant", [replace(BUY, notional=Decimal(900))], "Cheap.")
    with pytest.raises(BadValueError, match="for an amount"):
        inbox.resize(amount, 0, Decimal(1), "desk")
    done = await inbox.approve(id_, gate, "desk")
    assert puffling.context.orders.get(done.order_ids[0]).ticket.quantity == 3


async def test_it_survives_a_restart_and_the_mode_that_is_left_takes_it_back(opening):
    async with opening() as first:
        id_ = first.context.inbox.post("assistant", [BUY, OTHER], "Cheap.")
        before = first.context.inbox.get(id_)
    async with opening() as second:
        inbox = second.context.inbox
        assert inbox.waiting() == [before]
        inbox.withdraw_all("The mode was changed.")
        assert inbox.waiting() == []
        assert inbox.get(id_).note == "The mode was changed."


def test_what_makes_no_proposal_is_refused(inbox):
    with pytest.raises(BadValueError, match="orders and a reason"):
        inbox.post("assistant", [], "Nothing.")
    with pytest.raises(BadValueError, match="orders and a reason"):
        inbox.post("assistant", [BUY], " ")
    with pytest.raises(BadValueError, match="no proposal"):
        inbox.get("x")


# What the broker rejects


async def test_an_order_that_the_broker_rejects_has_failed_and_says_why(
    puffling, inbox, gate, broker
):
    context = puffling.context
    context.orders.use(broker, Costs())
    await context.orders.connected(Connected(OPEN))
    broker.answer = lambda order: OrderUpdate(
        order.id, OrderStatus.REJECTED, OPEN, reason="No such account."
    )
    one = await inbox.approve(inbox.post("assistant", [BUY], "Cheap."), gate, "desk")
    two = await inbox.approve(inbox.post("assistant", [OTHER, BUY], "Drift."), gate, "desk")
    for done in (one, two):
        assert (done.state, done.note) == (
            ItemState.FAILED,
            "Rejected by the broker. No such account.",
        )
    assert one.order_ids


async def test_an_order_that_is_rejected_after_it_was_taken_turns_its_proposal_to_failed(
    puffling, inbox, gate, broker
):
    context = puffling.context
    context.orders.use(broker, Costs())
    await context.orders.connected(Connected(OPEN))
    done = await inbox.approve(inbox.post("assistant", [BUY], "Cheap."), gate, "desk")
    assert done.state is ItemState.APPROVED
    other = context.orders.propose(OTHER, "desk")
    another = await context.orders.submit(other, gate.yes(other))
    for order_id in (another.id, done.order_ids[0]):
        context.orders.apply(OrderUpdate(order_id, OrderStatus.REJECTED, OPEN, reason="Halted."))
    now = inbox.get(done.id)
    assert (now.state, now.note) == (ItemState.FAILED, "Rejected by the broker. Halted.")
    assert now.decided_by == "desk"


# Changing what is proposed


LIMIT = Ticket("IBM", Side.BUY, Decimal(5), OrderType.LIMIT, Decimal(150))
STOP_LIMIT = Ticket("IBM", Side.BUY, Decimal(5), OrderType.STOP_LIMIT, Decimal(193), Decimal(192))


async def test_limit_and_stop_are_changed_and_only_what_was_changed_is_approved(
    puffling, inbox, gate
):
    id_ = inbox.post("assistant", [STOP_LIMIT], "Break-out.")
    inbox.amend(id_, 0, "desk", limit_price=Decimal(195), stop_price=Decimal(194))
    changed = replace(STOP_LIMIT, limit_price=Decimal(195), stop_price=Decimal(194))
    assert inbox.get(id_).tickets == (changed,)
    (entry, *_) = puffling.context.audit.all()
    assert entry.details["changes"] == "Limit 193.00 → 195.00. Stop 192.00 → 194.00."
    old = puffling.context.orders.propose(STOP_LIMIT, "assistant")
    done = await inbox.approve(id_, gate, "desk")
    assert gate.asked[-1].order.ticket == changed
    assert gate.asked[-1].digest != old.digest
    assert puffling.context.orders.get(done.order_ids[0]).ticket == changed


def test_what_an_order_does_not_have_cannot_be_changed(inbox):
    id_ = inbox.post("assistant", [BUY], "Cheap.")
    with pytest.raises(BadValueError, match="no limit price"):
        inbox.amend(id_, 0, "desk", limit_price=Decimal(1))
    with pytest.raises(BadValueError, match="no stop price"):
        inbox.amend(id_, 0, "desk", stop_price=Decimal(1))
    with pytest.raises(BadValueError, match="changes nothing"):
        inbox.amend(id_, 0, "desk", quantity=Decimal(5))


async def test_what_is_being_decided_is_not_changed_meanwhile(inbox, gate):
    id_ = inbox.post("assistant", [LIMIT], "Cheap.")
    tried = []

    async def confirm(proposal):
        with pytest.raises(BadValueError, match="being decided"):
            inbox.reprice(id_, "desk")
        tried.append(proposal)

    gate.confirm = confirm
    with pytest.raises(NotConfirmedError):
        await inbox.approve(id_, gate, "desk")
    assert tried


def test_a_limit_follows_the_price_but_not_a_price_that_ran_away(puffling, inbox):
    quotes = puffling.context.quotes
    quote = quotes.last("IBM")
    id_ = inbox.post("assistant", [LIMIT], "Cheap.")
    assert inbox.reprice(id_, "desk").tickets[0].limit_price == quote.ask
    with pytest.raises(BadValueError, match="each is the price of now"):
        inbox.reprice(id_, "desk")
    near = (quote.ask * Decimal("1.019")).quantize(Decimal("0.01"))
    quotes.accept(replace(quote, ask=near))
    again = inbox.reprice(id_, "desk")
    assert (again.tickets[0].limit_price, again.note) == (near, "Repriced by desk.")
    assert again.prices == (quote.ask,)  # the drift is counted from the first price
    quotes.accept(replace(quote, ask=near * Decimal("1.02")))
    with pytest.raises(BadValueError, match="against you since it was proposed"):
        inbox.reprice(id_, "desk")
    for tickets, why in (([BUY], "names no limit"), ([STOP_LIMIT], "names no limit")):
        with pytest.raises(BadValueError, match=why):
            inbox.reprice(inbox.post("assistant", tickets, "Cheap."), "desk")
    unknown = inbox.post("assistant", [replace(LIMIT, symbol="NONE")], "Odd.")
    with pytest.raises(BadValueError, match="no price for NONE"):
        inbox.reprice(unknown, "desk")
    both = inbox.reprice(inbox.post("rebalance", [BUY, LIMIT], "Drift."), "desk")
    assert both.tickets == (BUY, replace(LIMIT, limit_price=near * Decimal("1.02")))


def test_the_chance_of_a_proposal_is_told_where_it_can_be(inbox):
    (said,) = inbox.odds(inbox.post("assistant", [BUY], "Cheap."))
    assert (said.chance, "Only options" in said.text) == (None, True)
