from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from puffin.types import OrderType, Side, Ticket
from puffling.core.events import NoticePosted
from puffling.core.settings import Mode
from puffling.services.proposal_odds import Odds
from puffling.store.inbox import ItemState
from puffling.ui.widgets.empty_state import State

if TYPE_CHECKING:
    from tests.ui.panels.conftest import Room

BUY = Ticket("IBM", Side.BUY, Decimal(5))
OTHER = Ticket("GOOG", Side.BUY, Decimal(2))


def post(room: Room, *tickets: Ticket, source: str = "assistant", **more: Any) -> str:
    id_: str = room.context.inbox.post(source, list(tickets) or [BUY], "Cheap.", **more)
    room.settle()
    return id_


def press(panel, key) -> None:
    panel.view.setFocus()
    QTest.keyClick(panel.view, key)


def shown(panel, column: str, row: int = 0) -> str:
    names = [each.id for each in panel.waiting.columns]
    return str(panel.waiting.index(row, names.index(column)).data())


def state_of(panel, id_: str) -> str:
    """Return what the history says of a proposal; it is read on a thread."""
    row = panel.past.get(id_)
    return "" if row is None else row.state[0]


def test_an_empty_inbox_says_that_nothing_needs_you(room: Room):
    panel = room.open("inbox")
    assert panel.states.state is State.EMPTY
    assert not panel.banner.isVisible()


def test_a_proposal_is_shown_in_full_and_counted_in_the_title(room: Room):
    panel = room.open("inbox")
    titles: list[str] = []
    panel.title_changed.connect(titles.append)
    price = room.last("IBM").ask
    ticket = Ticket("IBM", Side.BUY, Decimal(5), stop_loss=price - 2, take_profit=(price + 6))
    post(room, ticket)
    assert titles[-1] == "Inbox (1)"
    assert [shown(panel, each) for each in ("source", "action", "size")] == [
        "Assistant",
        "Buy",
        "5 IBM",
    ]
    assert shown(panel, "limits") in {"passes", "note"}
    facts = panel.card.facts
    assert facts.text("At risk to the stop") == "10.00"
    assert facts.text("Gain at the target") == "30.00"
    assert facts.text("Reward to risk") == "3.00"
    assert facts.text("Drift") == "0.00 %"
    assert panel.card.reason.text() == "Cheap."
    assert panel.card.verdicts.texts


def test_y_approves_through_the_gate_and_the_history_keeps_it(room: Room):
    panel = room.open("inbox")
    id_ = post(room)
    press(panel, Qt.Key.Key_Y)
    room.settle()
    assert room.context.inbox.get(id_).state is ItemState.APPROVED
    assert panel.states.state is State.EMPTY
    assert [each.id for each in panel.past.records] == [id_]


def test_n_asks_for_a_reason_and_rejects(room: Room):
    panel = room.open("inbox")
    id_ = post(room)
    press(panel, Qt.Key.Key_N)
    assert panel.ask.isVisible()
    panel.ask.name.setText("Too dear.")
    QTest.keyClick(panel.ask.name, Qt.Key.Key_Return)
    room.settle()
    item = room.context.inbox.get(id_)
    assert (item.state, item.note) == (ItemState.REJECTED, "Too dear.")


def test_t_writes_the_ticket_and_sending_it_takes_the_proposal_back(room: Room, desk):
    panel = room.open("inbox")
    id_ = post(room, Ticket("IBM", Side.BUY, Decimal(5), OrderType.LIMIT, Decimal(150)))
    press(panel, Qt.Key.Key_T)
    assert desk.done[-1][0] == "write_ticket"
    room.run("order.place", symbol="GOOG", side="buy", quantity="1")
    assert room.context.inbox.get(id_).state is ItemState.WAITING
    room.run("order.place", symbol="IBM", side="buy", quantity="4")
    item = room.context.inbox.get(id_)
    assert (item.state, item.note) == (ItemState.WITHDRAWN, "Sent from the ticket instead.")


def test_e_changes_quantity_and_limit_in_the_card(room: Room):
    panel = room.open("inbox")
    id_ = post(room, Ticket("IBM", Side.BUY, Decimal(5), OrderType.LIMIT, Decimal(150)))
    press(panel, Qt.Key.Key_E)
    fields = panel.card.amending
    assert fields.quantity.hasFocus()
    assert not fields.stop.isVisible()
    assert not fields.leave_button.isVisible()
    fields.quantity.set_value(Decimal(4))
    fields.limit.set_value(Decimal("149.5"))
    QTest.keyClick(fields.limit, Qt.Key.Key_Return)
    room.settle()
    (ticket,) = room.context.inbox.get(id_).tickets
    assert (ticket.quantity, ticket.limit_price) == (Decimal(4), Decimal("149.5"))
    assert fields.limit.value == Decimal("149.5")


def test_escape_leaves_an_order_as_it_is(room: Room):
    panel = room.open("inbox")
    id_ = post(room)
    press(panel, Qt.Key.Key_E)
    fields = panel.card.amending
    fields.quantity.set_value(Decimal(9))
    panel._refresh()
    assert fields.quantity.value == 9
    QTest.keyClick(fields.quantity, Qt.Key.Key_Escape)
    assert (fields.quantity.value, panel.view.hasFocus()) == (5, True)
    assert room.context.inbox.get(id_).tickets[0].quantity == 5


def test_r_makes_the_price_of_now_the_limit(room: Room):
    panel = room.open("inbox")
    ask = room.last("IBM").ask
    limit = Ticket("IBM", Side.BUY, Decimal(5), OrderType.LIMIT, ask - 5)
    id_ = post(room, limit)
    press(panel, Qt.Key.Key_R)
    room.settle()
    assert room.context.inbox.get(id_).tickets[0].limit_price == ask
    assert panel.card.amending.limit.value == ask
    post(room, OTHER)
    panel.view.choose(next(each for each in panel.waiting.keys if each != id_))
    assert not panel.card.reprice_button.isVisible()


def test_a_chance_of_profit_is_told_or_why_there_is_none(room: Room):
    panel = room.open("inbox")
    id_ = post(room)
    assert panel.card.facts.text("Chance of profit") == "—"
    assert "Only options" in panel.card.facts.tip("Chance of profit")
    panel.card.show_odds(id_, Odds(0.615, "How."))
    assert panel.card.facts.text("Chance of profit") == "62 %"
    panel.card.show_odds("another", Odds(0.1, "How."))
    assert panel.card.facts.text("Chance of profit") == "62 %"


def test_what_runs_out_leaves_for_the_history(room: Room, clock):
    panel = room.open("inbox")
    id_ = post(room, expires=timedelta(seconds=30))
    assert shown(panel, "left").endswith("s")
    clock.pass_(31)
    room.context.inbox.expire()
    room.settle()
    assert panel.states.state is State.EMPTY
    assert panel.past.get(id_).state[0] == "expired"


def test_the_kill_switch_locks_approvals_with_a_banner(room: Room):
    panel = room.open("inbox")
    id_ = post(room)
    room.do(room.context.risk.halt("test", "enough"))
    room.settle()
    assert panel.banner.isVisible()
    assert "none can be approved" in panel.locked.text()
    assert not panel.card.approve_button.isEnabled()
    press(panel, Qt.Key.Key_Y)
    room.settle()
    assert room.context.inbox.get(id_).state is ItemState.WAITING


def test_the_drift_follows_the_price(room: Room):
    from dataclasses import replace

    panel = room.open("inbox")
    post(room)
    quote = room.last("IBM")
    room.context.quotes.accept(replace(quote, ask=quote.ask * Decimal("1.03")))
    panel.run_focused()
    assert shown(panel, "drift") == "+3.00 %"
    assert "against you" in panel.card.facts.text("Drift")


def test_of_several_orders_one_is_changed_and_one_left_out(room: Room):
    panel = room.open("inbox")
    id_ = post(room, BUY, OTHER, source="rebalance")
    assert len(panel.card.legs) == 2
    assert shown(panel, "size") == "2 orders"
    panel.card.amending.quantity.set_value(Decimal(3))
    panel.card.amending.change_button.click()
    room.settle()
    assert room.context.inbox.get(id_).tickets[0].quantity == 3
    panel.card.view.choose("1")
    panel.card.amending.leave_button.click()
    room.settle()
    assert [each.symbol for each in room.context.inbox.get(id_).tickets] == ["IBM"]


def test_a_basket_that_was_sent_in_part_is_resumed_from_the_history(room: Room):
    panel = room.open("inbox")
    room.context.settings.change("trading", largest_order="900")
    big = Ticket("GOOG", Side.BUY, Decimal(4))
    id_ = post(room, Ticket("IBM", Side.BUY, Decimal(1)), big, source="rebalance")
    press(panel, Qt.Key.Key_Y)
    room.until(lambda: state_of(panel, id_) == "partly sent")
    panel.show_tab("history")
    room.until(lambda: len(panel.past_card.legs.records) == 2)
    assert [each.state[0] for each in panel.past_card.legs.records][1] == "not sent"
    room.context.settings.change("trading", largest_order="25000")
    panel.past_card.resume_button.click()
    room.until(lambda: state_of(panel, id_) == "sent")


def test_several_are_approved_one_after_another_until_a_no(room: Room, gate):
    panel = room.open("inbox")
    first, second = post(room), post(room, OTHER)
    gate.says_yes = False
    panel.view.selectAll()
    panel.approve()
    room.settle()
    assert len(gate.asked) == 1
    gate.says_yes = True
    panel.view.selectAll()
    panel.approve()
    room.settle()
    states = [room.context.inbox.get(each).state for each in (first, second)]
    assert states == [ItemState.APPROVED, ItemState.APPROVED]


def test_in_live_a_large_order_is_in_no_group_and_has_a_confirmation_of_its_own(
    room: Room, gate, monkeypatch
):
    panel = room.open("inbox")
    large = post(room, Ticket("IBM", Side.BUY, Decimal(10)))  # worth more than 1,000
    small = post(room, Ticket("GOOG", Side.BUY, Decimal(1)))
    heard: list[NoticePosted] = []
    room.context.bus.subscribe(NoticePosted, heard.append)
    monkeypatch.setattr(room.context.market, "mode", Mode.LIVE)
    panel.view.selectAll()
    panel.approve()
    room.settle()
    assert [each.order.ticket.symbol for each in gate.asked] == ["GOOG"]
    assert room.context.inbox.get(large).state is ItemState.WAITING
    assert room.context.inbox.get(small).state is ItemState.APPROVED
    another = post(room, Ticket("IBM", Side.BUY, Decimal(9)))
    panel.view.selectAll()
    panel.approve()
    room.settle()
    assert "approved by itself" in heard[-1].title
    assert len(gate.asked) == 1
    for id_ in (large, another):
        panel.view.choose(id_)
        panel.approve()
        room.settle()
    assert [each.order.ticket.quantity for each in gate.asked[1:]] == [10, 9]
