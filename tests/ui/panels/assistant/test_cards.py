from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from puffin.types import Side, Ticket
from puffling.agents.notes import decisions
from puffling.core.conversations import CallState
from puffling.core.settings import Appearance
from puffling.store.inbox import ItemState
from puffling.ui.panels.assistant.card import Card
from puffling.ui.theme.theme import Theme
from tests.ui.cutting import cut
from tests.ui.panels.assistant import samples
from tests.ui.panels.assistant.conftest import Talk, call
from tests.ui.walking import faults

BUY = Ticket("IBM", Side.BUY, Decimal(5))


def shown(talk: Talk, card, name: str = "tool", **more):
    """Have a tool answer with a card, and return it as it is on the page."""
    talk.ask("Do it")
    talk.hear("I do.", calls=(call(name, card=card, **more),))
    talk.end()
    return talk.card(name)


def proposed(talk: Talk):
    id_ = talk.room.context.inbox.post("assistant", [BUY], "It did better.")
    return id_, shown(talk, samples.proposal(id_))


def test_a_proposal_is_approved_through_the_inbox_s_own_gate(talk: Talk, gate):
    id_, card = proposed(talk)
    assert card.title.text() == "Buy 5 IBM at the market, good for the day"
    assert card.badge.text == "waiting"
    card.review.setFocus()
    QTest.keyClick(card.review, Qt.Key.Key_Space)
    talk.room.settle()
    assert [each.order.ticket.symbol for each in gate.asked] == ["IBM"]
    assert talk.room.context.inbox.get(id_).state is ItemState.APPROVED
    talk.room.until(lambda: card.badge.text == "approved")
    assert not card.review.isVisible()


def test_a_proposal_that_is_declined_leaves_nothing(talk: Talk, gate):
    id_, card = proposed(talk)
    card.decline.click()
    talk.room.settle()
    item = talk.room.context.inbox.get(id_)
    assert (item.state, item.note) == (ItemState.REJECTED, "Declined in the conversation.")
    assert gate.asked == []
    assert talk.room.context.orders.all() == []
    assert "nothing was sent" in card.state.text()


def test_a_no_at_the_gate_keeps_the_proposal(talk: Talk, gate):
    id_, card = proposed(talk)
    gate.says_yes = False
    card.review.click()
    talk.room.settle()
    assert talk.room.context.inbox.get(id_).state is ItemState.WAITING
    assert card.review.isVisible()


def test_the_kill_switch_locks_a_proposal(talk: Talk):
    _, card = proposed(talk)
    talk.room.do(talk.room.context.risk.halt("test", "enough"))
    talk.room.settle()
    assert not card.review.isEnabled()
    assert "none can be approved" in card.state.text()


@pytest.mark.parametrize(("key", "yes"), [(Qt.Key.Key_Y, True), (Qt.Key.Key_N, False)])
def test_a_change_is_answered_by_keyboard_which_starts_on_no(talk: Talk, key, yes):
    talk.panel.chat.composer.setFocus()
    talk.ask("Add IBM")
    asked = call("watchlist_add", card=samples.PREVIEW, state=CallState.WAITING, seconds=None)
    talk.hear("May I?", calls=(asked,))
    card = talk.card("watchlist_add")
    talk.speaker.move(talk.speaker.asking, "Waits for you.")
    talk.room.until(card.no.hasFocus)
    QTest.keyClick(card.no, key)
    assert talk.speaker.answered == [("watchlist_add", yes)]


def test_what_is_pressed_before_a_change_could_be_read_is_passed_over(talk: Talk, monkeypatch):
    monkeypatch.setattr(Card, "CALM", 60.0)
    asked = shown(talk, samples.PREVIEW, state=CallState.WAITING)
    asked.yes.click()
    QTest.keyClick(asked.no, Qt.Key.Key_Y)
    assert talk.speaker.answered == []
    errand = shown(talk, samples.ERRAND, "errand")
    errand.stops[0].click()
    talk.room.settle()
    assert "SPY" not in talk.room.context.watchlists.get("").symbols


def test_a_change_does_not_take_the_keyboard_from_someone_who_types(talk: Talk):
    talk.ask("Add IBM")
    talk.panel.chat.composer.write("While I wait, ")
    talk.panel.chat.composer.setFocus()
    asked = call("watchlist_add", card=samples.PREVIEW, state=CallState.WAITING, seconds=None)
    talk.hear("May I?", calls=(asked,))
    talk.speaker.move(talk.speaker.asking)
    assert talk.panel.chat.composer.hasFocus()


def test_a_change_that_was_answered_has_no_buttons(talk: Talk):
    data = {**samples.PREVIEW["data"], "state": "refused"}
    card = shown(talk, {"kind": "preview", "data": data}, state=CallState.REFUSED)
    assert card.yes is None
    assert card.badge.text == "refused"


def test_an_errand_runs_the_ordinary_command_when_pressed(talk: Talk):
    card = shown(talk, samples.ERRAND)
    assert "SPY" not in talk.room.context.watchlists.get("").symbols
    card.stops[0].click()
    talk.room.settle()
    assert "SPY" in talk.room.context.watchlists.get("").symbols


def test_an_errand_for_another_account_does_nothing_and_says_why(talk: Talk):
    data = {**samples.ERRAND["data"], "account": "another", "asks": False}
    card = shown(talk, {"kind": "errand", "data": data})
    said = [each.text() for each in card.findChildren(QLabel)]
    assert "Nothing was done. The button does it at once." in said
    card.stops[0].click()
    talk.room.settle()
    assert "SPY" not in talk.room.context.watchlists.get("").symbols


def test_a_table_is_sorted_as_numbers_and_says_how_much_is_left(talk: Talk):
    card = shown(talk, samples.TABLE)
    card.view.sortByColumn(1, Qt.SortOrder.DescendingOrder)
    assert [each.cell(0) for each in card.view.in_view] == ["MSFT", "AAPL", "IBM"]
    assert card.view.model().index(2, 1).data() == "—"


def test_a_backtest_and_a_chart_lead_to_their_panels(talk: Talk, desk):
    card = shown(talk, samples.BACKTEST)
    assert card.badge.text == "doubtful"
    card.stops[0].click()
    assert desk.done[-1] == ("show_backtest", "b1")
    chart = shown(talk, samples.CHART, "chart")
    chart.stops[0].click()
    assert talk.panel.symbol == "IBM"
    assert desk.done[-1] == ("open_panel", "chart")


def test_an_unknown_kind_has_no_card_and_breaks_nothing(talk: Talk):
    talk.ask("Do it")
    talk.hear("I do.", calls=(call("tool", card={"kind": "later", "data": {}}),))
    talk.end()
    assert talk.view("tool").card is None


def everything(talk: Talk) -> None:
    """Have a conversation with a card of every kind in it, each with its call unfolded."""
    talk.ask("Show me everything")
    for at, card in enumerate(samples.ALL):
        state = CallState.WAITING if card is samples.PREVIEW else CallState.DONE
        talk.speaker.say("As follows.", calls=(call(f"c{at}", card=card, state=state),))
    id_ = talk.room.context.inbox.post("assistant", [BUY], "It did better.")
    last = call("c9", card=samples.proposal(id_), arguments={"symbol": "IBM", "quantity": "5"})
    talk.hear("And an order.", calls=(last,))
    talk.end()
    for view in list(talk.panel.chat.transcript.places.views()):
        if hasattr(view, "chip"):
            view.chip.setChecked(True)
    talk.room.settle()


@pytest.mark.slow
def test_every_card_can_be_used_without_a_mouse_and_without_eyes(talk: Talk):
    talk.panel.resize(420, 2_600)
    everything(talk)
    wrong = faults(talk.panel)
    assert not wrong, "\n".join(wrong)


@pytest.mark.slow
@pytest.mark.parametrize("scale", [80, 100, 150, 200])
def test_no_words_of_a_card_are_cut(room, speaker, qapp, scale: int):
    theme = Theme(Appearance(scale=scale))
    theme.apply(qapp, theme.appearance)
    room.parts = replace(room.parts, theme=theme)
    panel = room.open("assistant", width=318 * max(scale, 100) // 100, height=2_600)
    talk = Talk(room, panel, speaker)
    everything(talk)
    qapp.processEvents()
    wrong = cut(panel)
    assert not wrong, "\n".join(wrong)


def test_what_became_of_an_order_is_said_below_the_last_answer_and_on_its_card(talk: Talk):
    _, card = proposed(talk)
    card.review.click()
    talk.room.until(lambda: "approved by you. Its order is filled: 5 filled at" in talk.text)
    assert "The order is filled: 5 filled at" in card.state.text()
    assert talk.foot.again_button.isVisible()
    notes = decisions(talk.room.context, talk.panel.chat.transcript.messages)
    talk.ask("And now?")
    talk.hear("It is done.", notes=("[Puffling, not the person: Mode DEMO.]", *notes))
    talk.end()
    assert talk.text.count("approved by you") == 1  # by now where the answer was told so
    assert talk.text.index("approved by you") < talk.text.index("It is done.")
    talk.panel.show_conversation("")
    assert talk.text.strip("\u2060\n") == ""


def test_the_keyboard_goes_to_no_although_the_state_is_announced_before_the_call(talk: Talk):
    talk.panel.chat.composer.setFocus()
    talk.ask("Add IBM")
    asked = call("watchlist_add", state=CallState.RUNNING, seconds=None)
    message = talk.hear("May I?", calls=(asked,))
    talk.speaker.move(talk.speaker.asking)
    waits = replace(asked, state=CallState.WAITING, card=samples.PREVIEW)
    talk.room.context.conversations.keep_call(message, waits)
    card = talk.card("watchlist_add")
    talk.room.until(card.no.hasFocus)
