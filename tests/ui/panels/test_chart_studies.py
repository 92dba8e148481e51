"""Studies of a chart panel: found, set, added, changed and removed by keyboard; kept as templates."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QInputDialog, QMenu

from puffling.core.errors import BadValueError
from puffling.services.study_offers import COMPARE, offers
from puffling.services.study_specs import StudySpec, spec_of
from puffling.ui.panels.chart.study_form import Look, Place, StudyForm
from puffling.ui.shell.desk_studies import DeskStudies

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from puffling.ui.panels.chart.panel import ChartPanel
    from puffling.ui.panels.chart.study_dialog import StudyDialog
    from puffling.ui.theme.theme import Theme

NEEDED = {COMPARE: {"symbol": "SPY"}}


@pytest.fixture
def panel(room) -> ChartPanel:
    made: ChartPanel = room.open("chart")
    room.until(lambda: made.chart is not None and made.chart.count)
    room.settle()
    return made


@pytest.fixture
def dialog(panel: ChartPanel) -> StudyDialog:
    panel.study_desk.ask()
    made = panel.study_desk._dialog
    assert made is not None
    return made


def titles(panel: ChartPanel) -> list[str]:
    assert panel.chart is not None
    assert panel.chart.studies == panel.studies
    return [each.title for each in panel.studies]


def test_the_form_of_every_study_opens_with_its_defaults(qtbot: QtBot, theme: Theme):
    patterns = [each for each in offers() if each.startswith("pattern_")]
    for name in offers().keys() - set(patterns[1:]):
        known = offers()[name]
        form = StudyForm(known, theme)
        qtbot.addWidget(form)
        if name in NEEDED:
            assert form.spec() is None
            assert form.parameters.problems()["symbol"] == "This is needed."
            form.parameters.show_values(NEEDED[name])
        assert form.spec() == StudySpec(name, NEEDED.get(name, {})), name


def test_what_is_wrong_is_said_at_its_field_in_a_sentence(qtbot: QtBot, theme: Theme):
    form = StudyForm(spec_of("rsi"), theme)
    qtbot.addWidget(form)
    form.parameters.show_values({"window": 1})
    assert form.spec() is None
    assert form.parameters.problems()["window"].startswith("At least 2")
    form.parameters.show_values({"window": 9})
    form.look.show_values({"place": Place.PRICE, "width": 2.5, "levels": ("20", "many")})
    assert form.spec() is None
    assert form.look.problems()["levels"] == "Many is not a number."
    form.look.show_values({"place": Place.PRICE, "width": 2.5, "levels": ("20", "80")})
    form.colors.choose(0, "#12ab9c")
    wanted = StudySpec(
        "rsi",
        {"window": 9},
        own_pane=False,
        colors=("#12ab9c",),
        width=2.5,
        levels=(20.0, 80.0),
    )
    assert form.spec() == wanted
    again = StudyForm(wanted, theme)
    qtbot.addWidget(again)
    assert again.spec() == wanted
    again.colors._reset.click()
    assert again.spec() == replace(wanted, colors=())
    assert Look().place.label == "On the price"


def test_a_study_is_found_added_changed_and_removed_by_keyboard(room, panel, dialog):
    QTest.keyClicks(dialog.search, "rsi")
    QTest.keyClick(dialog.search, Qt.Key.Key_Return)
    assert titles(panel) == ["RSI 14"]
    dialog.search.clear()
    QTest.keyClicks(dialog.search, "bollinger")
    QTest.keyClick(dialog.search, Qt.Key.Key_Return)
    assert titles(panel) == ["RSI 14", "BB 20, 2"]
    dialog.search.clear()
    for _ in range(2):
        QTest.keyClick(dialog.search, Qt.Key.Key_Up)
    assert dialog.form.offer.id == "rsi"
    assert dialog.apply.text() == "Apply"
    box = dialog.form.parameters.editor("window").focusProxy()
    box.selectAll()
    QTest.keyClicks(box, "9")
    QTest.keyClick(box, Qt.Key.Key_Return)
    assert titles(panel) == ["RSI 9", "BB 20, 2"]
    QTest.keyClick(dialog.list, Qt.Key.Key_Delete)
    assert titles(panel) == ["BB 20, 2"]
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()
    undo = room.context.undo
    assert undo.undo() == "Studies of the chart of AAPL"
    assert titles(panel) == ["RSI 9", "BB 20, 2"]
    undo.undo()
    undo.undo()
    assert titles(panel) == ["RSI 14"]
    undo.redo()
    assert titles(panel) == ["RSI 14", "BB 20, 2"]


def test_a_double_click_on_the_legend_opens_the_settings(room, panel):
    panel.study_desk.add(spec_of("ema 33"))
    panel.chart.studied.asked.emit(0)
    dialog = panel.study_desk._dialog
    assert dialog.isVisible()
    assert dialog.form.spec() == spec_of("ema 33")
    dialog.reject()


def test_what_cannot_be_added_is_said(room, panel, monkeypatch):
    said = []
    monkeypatch.setattr(panel.parts.runner, "report", said.append)
    desk = panel.study_desk
    desk.add(spec_of("rsi"))
    desk._add(spec_of("rsi"))
    assert str(said[-1]) == "RSI 14 is on the chart already."
    with pytest.raises(BadValueError, match="shows AAPL already"):
        desk.compare("aapl")
    desk.change(0, spec_of("macd"))
    for window in range(2, 61):
        desk.add(StudySpec("sma", {"window": window}))
    with pytest.raises(BadValueError, match="60 studies at most"):
        desk.add(spec_of("ema"))


def test_the_menu_says_how_things_are_and_changes_them(room, panel):
    menu = QMenu(panel)

    def open_menu() -> dict[str, Any]:
        menu.clear()
        panel.study_menu.fill(menu)
        return {each.text(): each for each in menu.actions()}

    open_menu()["MACD"].trigger()
    assert titles(panel) == ["MACD 12, 26, 9"]
    assert open_menu()["MACD"].isChecked()
    every = {each.text(): each for each in open_menu()["All studies"].menu().actions()}
    inside = {each.text() for each in every["Trend"].menu().actions()}
    assert {"Average directional index", "Directional movement"} <= inside
    (drawn,) = open_menu()["On the chart"].menu().actions()
    assert drawn.text() == "MACD 12, 26, 9"
    own = drawn.menu().actions()
    assert [each.text() for each in own] == ["Settings…", "Remove"]
    own[1].trigger()
    assert titles(panel) == []
    room.context.undo.undo()
    assert titles(panel) == ["MACD 12, 26, 9"]
    open_menu()["Remove all"].trigger()
    assert titles(panel) == []


def test_another_symbol_is_fetched_and_follows_its_price(room, panel):
    panel.study_desk.compare("ibm")
    room.settle()
    (view,) = panel.chart.studied.views
    assert view.symbol == "IBM"
    assert view.line is not None
    room.trade()
    assert view.line.values[-1] == pytest.approx(float(room.last("IBM").last))
    panel.study_desk.compare("NOPE")
    room.settle()
    assert "cannot be reached" in panel.chart.studied.views[1].why
    panel.study_desk.compare("ibm")
    assert titles(panel) == ["NOPE"]


def test_a_template_takes_studies_series_and_scale_to_another_chart(room, panel):
    desk = panel.study_desk
    desk.add(spec_of("rsi 9"))
    panel.set_series("line")
    panel.set_scale("log")
    desk.templates.save(desk.template("Mine"))
    desk.apply(desk.templates.get("plain"))
    assert (titles(panel), panel.series, panel.scale) == ([], "candles", "linear")
    menu = QMenu(panel)
    panel.study_menu.templates(menu)
    next(each for each in menu.actions() if each.text() == "Mine").trigger()
    assert (titles(panel), panel.series, panel.scale) == (["RSI 9"], "line", "log")


def test_words_reach_the_studies_of_the_chart(room, panel):
    words = DeskStudies(lambda: panel)
    words.add(spec_of("rsi"))
    words.add(spec_of("sma 20"))
    words.add(spec_of("sma 50"))
    words.edit("rsi", "21")
    words.edit("SMA 50", "window=100")
    assert titles(panel) == ["RSI 21", "SMA 20", "SMA 100"]
    with pytest.raises(BadValueError, match="several studies called sma") as caught:
        words.remove("sma")
    assert caught.value.hint == "On the chart: RSI 21, SMA 20, SMA 100."
    with pytest.raises(BadValueError, match="no studies called macd"):
        words.edit("macd", "")
    with pytest.raises(BadValueError, match="greater than or equal"):
        words.edit("1", "1")
    words.remove("2")
    room.context.undo.undo()
    assert [each.title for each in words.there()] == ["RSI 21", "SMA 20", "SMA 100"]
    words.remove("")
    assert titles(panel) == []


def test_the_menu_asks_for_a_symbol_and_for_a_name(room, panel, monkeypatch):
    said = []
    monkeypatch.setattr(panel.parts.runner, "report", said.append)
    for ask, text in (
        (panel.study_menu.ask_symbol, "ibm"),
        (panel.study_menu.ask_template, "Mine"),
        (panel.study_menu.ask_template, "Trend"),
    ):
        ask()
        asked = panel.findChild(QInputDialog)
        asked.setTextValue(text)
        asked.accept()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        room.settle()
    assert titles(panel) == ["IBM"]
    assert [str(each) for each in said] == ["Trend is built in. Choose another name."]
    menu = QMenu(panel)
    panel.study_menu.templates(menu)
    gone: Any = next(each for each in menu.actions() if each.text() == "Delete").menu()
    gone.actions()[0].trigger()
    assert not [each for each in panel.study_desk.templates.all() if each.name == "Mine"]


def test_a_compared_symbol_follows_what_is_known_of_it(room, panel):
    words = DeskStudies(lambda: panel)
    words.compare("ibm")
    room.settle()
    (view,) = panel.chart.studied.views
    before = view.line
    room.context.bars.announce("IBM")
    room.settle()
    assert view.line is not before
    assert words.template("Mine").studies == panel.studies
    words.apply(panel.study_desk.templates.get("Momentum"))
    assert titles(panel) == ["EMA 20", "RSI 14", "MACD 12, 26, 9"]
    words.ask()
    panel.study_desk._dialog.reject()
    words.edit("rsi", "")
    assert panel.study_desk._dialog.form.offer.id == "rsi"
    panel.study_desk._dialog.reject()


def test_studies_come_back_with_the_panel(room, panel):
    panel.set_studies((spec_of("rsi 9"), spec_of("volume profile session")))
    again = room.open("chart")
    again.restore(panel.state())
    assert again.studies == panel.studies
    again.restore({"studies": [["sma", 20], ["ema", 50]]})
    assert [each.title for each in again.studies] == ["SMA 20", "EMA 50"]
