from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from puffin.monitor.conditions import PriceLevel
from puffling.core.drawing_kinds import DrawingKind
from puffling.core.drawings import Anchor, Drawing
from puffling.core.events import NoticePosted
from puffling.ui.widgets.empty_state import State

if TYPE_CHECKING:
    from tests.ui.panels.conftest import Room


def add(room: Room, symbol: str = "AAPL", kind: str = "above", price: str = "600", **more: str):
    return room.run("alert.add", symbol=symbol, kind=kind, price=price, **more)


def press(view, key) -> None:
    view.setFocus()
    QTest.keyClick(view, key)


def word(panel, id_: str):
    return panel.alerts.get(id_).state[0]


def test_without_alerts_a_button_begins_one_at_the_last_price(room: Room):
    panel = room.open("automation")
    assert panel.states.state is State.EMPTY
    panel.states.acted.emit()
    assert panel.editor.symbol.text() == "AAPL"
    assert panel.editor.fields.price.value == room.last("AAPL").last
    assert panel.editor.fields.price.hasFocus()


def test_an_alert_begins_at_a_price_of_the_chart_and_on_its_side(room: Room):
    panel = room.open("automation")
    last = room.last("IBM").last
    panel.begin_any("move")
    for price, side in ((last - 5, "below"), (last + 5, "above")):
        panel.begin_alert("IBM", price)
        assert panel.pages.currentIndex() == 0
        values = panel.editor.fields.values
        assert (panel.editor.symbol.symbol, values["kind"]) == ("IBM", side)
        assert values["price"] == price.quantize(Decimal("0.01"))
    assert room.context.alerts.all() == []


def test_an_alert_is_added_by_keyboard(room: Room):
    panel = room.open("automation")
    panel.begin_alert()
    QTest.keyClicks(panel.editor.fields.price, "601.5")
    QTest.keyClick(panel.editor.fields.price, Qt.Key.Key_Return)
    room.settle()
    alert = room.context.alerts.all()[0]
    assert isinstance(alert.condition, PriceLevel)
    assert (alert.symbol, alert.condition.when, alert.price, alert.manner.repeat) == (
        "AAPL",
        "above",
        Decimal("601.5"),
        "once",
    )
    assert panel.states.state is State.CONTENT
    assert word(panel, alert.id) == "watching"
    assert panel.editor.fields.price.value is None


@pytest.mark.parametrize("text", ["", "0", "-1", "abc"])
def test_an_alert_without_a_price_cannot_be_added(room: Room, text: str):
    panel = room.open("automation")
    panel.begin_alert()
    panel.editor.fields.price.setText(text)
    assert not panel.editor.add_button.isEnabled()
    panel.apply_focused()
    room.settle()
    assert room.context.alerts.all() == []


def test_a_state_is_a_word(room: Room):
    watching = add(room)
    beyond = add(room, price="20")
    priceless = add(room, symbol="TSLA", price="30")
    off = add(room, price="700")
    room.run("alert.enable", id=off.id, enabled=False)
    panel = room.open("automation")
    words = {each.alert.id: each.state[0] for each in panel.alerts.records}
    assert words == {
        watching.id: "watching",
        beyond.id: "beyond",
        priceless.id: "no price",
        off.id: "off",
    }


def test_what_reads_nothing_says_why(room: Room):
    position = {"kind": "position", "when": "above", "amount": 1}
    room.run("goal.save", name="Core", targets="AAPL:0.5")
    for symbol, condition in (
        ("AAPL", position),
        ("", {"kind": "drift", "goal": "Core", "points": 5}),
    ):
        room.run("alert.create", symbol=symbol, condition=condition)
    room.run("goal.remove", name="Core")
    panel = room.open("automation")
    assert {row.state[0] for row in panel.alerts.records} == {"no position", "no goal"}
    assert all(row.state[2].endswith(".") for row in panel.alerts.records)


def test_an_alert_that_rests_says_until_when(room: Room):
    quote = room.last("AAPL")
    for repeat in ("every", "daily"):
        add(room, price=str(quote.last + Decimal("0.01")), repeat=repeat)
    add(room, kind="below", price=str(quote.last - Decimal("0.01")), repeat="every")
    room.trade(120)
    panel = room.open("automation")
    words = {row.next for row in panel.alerts.records}
    assert "in the next session" in words
    assert words <= {"in the next session", "when it comes true", "after it went back"} | {
        each for each in words if each.startswith("after 1")
    }


def test_what_crossed_is_told_and_kept(room: Room):
    quote = room.last("AAPL")
    alert = add(room, price=str(quote.last + Decimal("0.01")))
    low = add(room, kind="below", price=str(quote.last - Decimal("0.01")))
    panel = room.open("automation")
    room.trade(120)
    room.settle()
    assert {each.alert_id for each in panel.firings.records} == {alert.id, low.id}
    assert word(panel, alert.id) == "told"
    assert panel.firings.records[0].message.startswith("AAPL went ")


def test_space_turns_an_alert_off_and_on(room: Room):
    alert = add(room)
    panel = room.open("automation")
    panel.view.choose(alert.id)
    assert panel.switch_button.text() == "Turn off"
    press(panel.view, Qt.Key.Key_Space)
    room.settle()
    assert word(panel, alert.id) == "off"
    assert panel.switch_button.text() == "Turn on"
    press(panel.view, Qt.Key.Key_Space)
    room.settle()
    assert word(panel, alert.id) == "watching"


def test_del_deletes_the_alert_and_keeps_the_history(room: Room):
    quote = room.last("AAPL")
    alert = add(room, price=str(quote.last + Decimal("0.01")))
    panel = room.open("automation")
    room.trade(120)
    room.settle()
    panel.view.choose(alert.id)
    press(panel.view, Qt.Key.Key_Delete)
    room.settle()
    assert panel.states.state is State.EMPTY
    assert len(panel.firings) == 1


def test_the_distance_follows_the_price(room: Room):
    alert = add(room)
    panel = room.open("automation")
    room.trade(20)
    last = room.last("AAPL").last
    room.until(lambda: panel.alerts.get(alert.id).last == last)
    assert panel.alerts.get(alert.id).distance == Decimal(600) / last - 1


def test_the_linked_symbol_is_offered(room: Room):
    panel = room.open("automation")
    room.parts.links.choose("blue", "IBM")
    assert panel.editor.symbol.text() == "IBM"


def test_enter_on_an_alert_chooses_its_symbol(room: Room):
    alert = add(room, symbol="MSFT", price="40")
    panel = room.open("automation")
    panel.view.choose(alert.id)
    press(panel.view, Qt.Key.Key_Return)
    assert room.parts.links.symbol("blue") == "MSFT"


def test_an_alert_added_elsewhere_appears(room: Room):
    panel = room.open("automation")
    alert = add(room)
    assert panel.alerts.keys == (alert.id,)
    assert panel.states.state is State.CONTENT


@pytest.mark.parametrize(("width", "height"), [(400, 180), (640, 190)])
def test_a_low_dock_has_room_for_the_fields_and_for_rows(room: Room, width: int, height: int):
    for price in ("600", "610", "620"):
        add(room, price=price)
    panel = room.open("automation", width=width, height=height)
    assert (panel.width(), panel.height()) == (width, height)
    rows = panel.view.viewport().height() / panel.view.verticalHeader().defaultSectionSize()
    assert rows >= 2
    editor = panel.editor
    for each in (editor.symbol, *editor.fields.editors, editor.note, editor.add_button):
        assert each.width() >= each.minimumSizeHint().width()
        assert editor.rect().contains(each.geometry().translated(each.parentWidget().pos()))


def test_tab_goes_through_the_fields_in_reading_order(room: Room):
    editor = room.open("automation").editor
    editor.symbol.setFocus()
    seen = []
    for _ in range(4):
        focus = QApplication.focusWidget()
        assert focus is not None
        QTest.keyClick(focus, Qt.Key.Key_Tab)
        seen.append(QApplication.focusWidget())
    assert seen == [*editor.fields.editors, editor.note]


def test_what_is_wrong_with_a_price_is_said_in_words(room: Room):
    panel = room.open("automation")
    panel.begin_alert()
    QTest.keyClicks(panel.editor.fields.price, "banana")
    assert panel.editor.problem.text() == "“banana” is not a number."
    assert panel.editor.problem.isVisible()
    panel.begin_alert()
    assert not panel.editor.problem.isVisible()


def test_the_history_has_its_own_tab_and_says_how_many(room: Room):
    quote = room.last("AAPL")
    add(room, price=str(quote.last + Decimal("0.01")))
    panel = room.open("automation")
    assert panel.tabs.tabText(1) == "History"
    room.trade(120)
    room.settle()
    assert panel.tabs.tabText(1) == "History (1)"
    panel.show_tab("history")
    assert not panel.switch_button.isVisible()
    again = room.open("automation")
    again.restore(panel.state())
    assert again.tabs.currentIndex() == 1


def fill(panel, kind: str, **values: object) -> None:
    form = panel.form
    form.kind.setCurrentIndex(form.kind.findData(kind))
    for name, value in values.items():
        form.condition.editor(name).show_value(value)
    form._judge()


def test_every_kind_of_alert_can_be_filled_in(room: Room):
    room.run("goal.save", name="Core", targets="AAPL:0.5")
    panel = room.open("automation")
    filled: dict[str, dict[str, object]] = {
        "price": {"when": "above", "price": Decimal(700)},
        "move": {"percent": Decimal(3)},
        "extreme": {"when": "high"},
        "study": {},
        "order": {},
        "position": {"when": "below", "amount": Decimal(-100)},
        "day loss": {"percent": Decimal(2)},
        "drawdown": {"percent": Decimal(10)},
        "drift": {"goal": "Core", "points": Decimal(5)},
        "silence": {},
        "job": {},
    }
    kinds = {panel.form.kind.itemData(row) for row in range(panel.form.kind.count())}
    assert kinds - {"drawing"} == set(filled)  # that one begins at a drawing on the chart
    for kind, values in filled.items():
        panel.begin_any()
        fill(panel, kind, **values)
        assert panel.form.words.text().startswith("Tells you when: "), kind
        panel.apply_focused()
        room.settle()
    assert {each.kind for each in room.context.alerts.all()} == set(filled)
    assert panel.pages.currentIndex() == 0
    assert {row.state[0] for row in panel.alerts.records} <= {
        *("watching", "beyond", "no position", "no goal", "no price", "no history"),
    }


def test_a_template_begins_an_alert_and_the_editor_tells_of_its_past(room: Room):
    panel = room.open("automation")
    button = panel.templates.buttons[0]
    assert button.text() == "AAPL crosses its 200-day average"
    button.click()
    assert panel.form.words.text() == (
        "Tells you when: AAPL, 1 day: close crosses above SMA(200)"
    ) or panel.form.words.text().startswith("Tells you when: AAPL, 1 day: ")
    room.until(panel.form.past.text)
    assert panel.form.past.text().startswith("Would ")
    panel.form.save()
    room.settle()
    assert room.context.alerts.all()[0].kind == "study"
    assert not panel.templates.isVisible()


def test_an_alert_is_changed_and_another_like_it_made_by_keys(room: Room):
    alert = room.run(
        "alert.create",
        condition={"kind": "move", "percent": 3},
        symbol="AAPL",
        repeat="every",
        quiet="22:00-07:00",
        hysteresis="0.5",
        sound=True,
        note="careful",
    )
    panel = room.open("automation")
    panel.view.choose(alert.id)
    press(panel.view, Qt.Key.Key_E)
    assert panel.form.save_button.text() == "Save alert"
    fill(panel, "move", percent=Decimal(4), when="either")
    panel.form.save()
    room.settle()
    changed = room.context.alerts.get(alert.id)
    assert changed.text == "AAPL moves 4 % in a day"
    assert (changed.manner, changed.note, changed.sound) == (alert.manner, "careful", True)
    panel.view.choose(alert.id)
    press(panel.view, Qt.Key.Key_D)
    QTest.keyClick(panel.form, Qt.Key.Key_Return)
    room.settle()
    first, second = room.context.alerts.all()
    assert (first.condition, first.manner) == (second.condition, second.manner)
    press(panel.view, Qt.Key.Key_E)
    QTest.keyClick(panel.form, Qt.Key.Key_Escape)
    assert panel.pages.currentIndex() == 0


def test_a_rule_with_more_parts_than_the_form_is_kept_as_it_is(room: Room):
    close = {"kind": "price"}
    rule = {
        "kind": "all",
        "terms": [
            {"kind": "compare", "left": close, "op": ">", "right": {"kind": "number", "value": 1}},
            {"kind": "compare", "left": close, "op": "<", "right": {"kind": "number", "value": 9}},
        ],
    }
    alert = room.run("alert.create", condition={"kind": "study", "rule": rule}, symbol="AAPL")
    panel = room.open("automation")
    panel.view.choose(alert.id)
    panel.edit()
    assert not panel.form.condition.isVisible()
    panel.form.save()
    room.settle()
    assert room.context.alerts.get(alert.id).condition == alert.condition


def test_what_is_missing_keeps_the_editor_open(room: Room):
    panel = room.open("automation")
    panel.begin_any("move")
    panel.form.save()
    assert panel.pages.currentWidget() is panel.form
    panel.form.symbol.setText("")
    fill(panel, "move", percent=Decimal(3))
    assert panel.form.problem.text() == "Name a symbol."
    panel.form.save()
    room.settle()
    assert room.context.alerts.all() == []


def test_t_tries_an_alert_out(room: Room):
    alert = add(room)
    notices: list[NoticePosted] = []
    room.context.bus.subscribe(NoticePosted, notices.append)
    panel = room.open("automation")
    panel.view.choose(alert.id)
    press(panel.view, Qt.Key.Key_T)
    room.settle()
    assert notices[-1].title == "Test: AAPL rises above 600"
    assert len(panel.firings) == 0


def test_an_alert_on_a_drawing_is_changed_here_but_begun_at_the_drawing(room: Room):
    context = room.parts.context
    (line,) = context.drawings.add(
        [Drawing("", "AAPL", DrawingKind.HORIZONTAL, (Anchor(10**18, 700.0),))]
    )
    alert = context.drawing_alerts.add(line.id)
    form = room.open("automation").form
    assert form.kind.findData("drawing") < 0
    form.edit(alert)
    assert form.words.text() == "Tells you when: AAPL rises above the horizontal line"
    form.manner.show_values({"note": "look at it"})
    form.save()
    room.until(lambda: context.alerts.get(alert.id).note == "look at it")
    assert context.alerts.get(alert.id).condition == alert.condition
    form.begin("price", "AAPL", {})
    assert form.kind.findData("drawing") < 0
