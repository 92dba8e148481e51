from __future__ import annotations

import json
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import QFileDialog
from typing_extensions import override

from puffling.core.errors import BadValueError
from puffling.store.layouts import LayoutStore
from puffling.ui.dialogs.layouts import LayoutsDialog
from puffling.ui.panel import Area, Panel, PanelWidget
from puffling.ui.shell.bare import BareDesk
from puffling.ui.shell.faces import FACES
from puffling.ui.shell.layout_keys import LayoutKeys
from puffling.ui.shell.layout_shelf import LayoutShelf
from puffling.ui.shell.layouts import EVERY, Layouts
from puffling.ui.shell.screens import TITLE_BAR
from puffling.ui.shell.window import MainWindow

if TYPE_CHECKING:
    from collections.abc import Mapping

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support .*")


class Stand(PanelWidget):
    """A panel that remembers one number."""

    def __init__(self, parts):
        super().__init__(parts)
        self.number = 0

    @override
    def state(self) -> dict[str, Any]:
        return {**super().state(), "number": self.number}

    @override
    def restore(self, state: Mapping[str, Any]) -> None:
        super().restore(state)
        self.number = int(state.get("number", 0))


PATIENCE = 30_000  # milliseconds
PANELS = [
    Panel(id_, face.title, face.icon, Area.CENTER, Stand, many=id_ == "chart")
    for id_, face in FACES.items()
]


@pytest.fixture
def store(tmp_path):
    return LayoutStore(tmp_path / "layouts")


@pytest.fixture
def opened(theme, store):
    """Open a window on what the store has; as often as a test restarts it."""
    made: list[tuple[MainWindow, Layouts]] = []

    def open_window() -> tuple[MainWindow, Layouts]:
        window = MainWindow(theme)
        layouts = Layouts(window, window.workspace, store)
        layouts.begin()
        window.show()
        made.append((window, layouts))
        return window, layouts

    yield open_window
    for window, layouts in made:
        layouts.finish()
        window.workspace.shut()
        window.close_for_good()
        window.deleteLater()


def joined(window: MainWindow, parts, loop) -> None:
    loop.run_until_complete(window.workspace.join(parts, PANELS))
    loop.run_until_complete(window.workspace.fill())


def kept(store: LayoutStore) -> dict[str, Any]:
    document, notice = store.current()
    assert not notice
    assert document is not None
    return document


def test_a_fresh_desk_opens_on_the_trade_layout(opened):
    window, layouts = opened()
    assert layouts.name == "Trade"
    assert set(window.workspace.docks.shown) == {
        "watchlist",
        "chart",
        "ticket",
        "portfolio",
        "activity",
    }


def test_a_layout_comes_back_after_a_restart_with_what_panels_remember(opened, parts, loop, store):
    window, layouts = opened()
    joined(window, parts, loop)
    layouts.apply("quant")
    loop.run_until_complete(window.workspace.fill())
    chart = window.workspace.panel("chart")
    assert isinstance(chart, Stand)
    chart.number = 7
    chart.set_link("green")
    window.setGeometry(QRect(0, 40, 800, 600))
    layouts.finish()
    before = kept(store)

    again, later = opened()
    assert later.name == "Quant"
    assert again.workspace.docks.shown == window.workspace.docks.shown
    assert again.geometry() == QRect(0, 40, 800, 600)
    joined(again, parts, loop)
    chart = again.workspace.panel("chart")
    assert isinstance(chart, Stand)
    assert (chart.number, chart.link) == (7, "green")
    later.finish()
    # The offscreen platform moves a window that is partly outside by its frame.
    assert {**kept(store), "window": None} == {**before, "window": None}


def test_a_change_is_written_within_a_second_so_that_a_kill_loses_nothing(opened, store, qtbot):
    assert EVERY < 1_000
    window, layouts = opened()
    layouts.start()
    window.workspace.docks.hide("ticket")
    qtbot.waitUntil(lambda: "ticket" not in str(kept(store).get("root")), timeout=PATIENCE)
    layouts.apply("Review")
    qtbot.waitUntil(lambda: kept(store)["name"] == "Review", timeout=PATIENCE)


def test_a_changed_layout_is_as_it_was_left_until_it_is_reset(opened, store):
    window, layouts = opened()
    window.workspace.docks.hide("ticket")
    layouts.apply("Quant")
    layouts.apply("Trade")
    assert "ticket" not in window.workspace.docks.shown
    layouts.apply("Quant")
    layouts.finish()
    again, later = opened()
    later.apply("Trade")
    assert "ticket" not in again.workspace.docks.shown
    later.reset()
    assert "ticket" in again.workspace.docks.shown


def test_layouts_are_saved_renamed_and_removed(opened, store):
    window, layouts = opened()
    window.workspace.docks.hide("activity")
    assert layouts.save("Mine") == "Mine"
    assert layouts.name == "Mine"
    window.workspace.docks.hide("ticket")
    layouts.reset()
    assert "ticket" in window.workspace.docks.shown
    layouts.apply("Trade")
    assert "activity" in window.workspace.docks.shown
    layouts.rename("Mine", "Ours")
    assert layouts.names == ["Ours"]
    layouts.apply("ours")
    assert "activity" not in window.workspace.docks.shown
    layouts.remove("Ours")
    assert layouts.names == []
    layouts.reset()
    assert "activity" not in window.workspace.docks.shown


@pytest.mark.parametrize("name", ["trade", "Morning", "QUANT"])
def test_a_built_in_layout_is_neither_overwritten_nor_removed(opened, name):
    _, layouts = opened()
    for refused in (layouts.save, layouts.remove, lambda each: layouts.rename(each, "Other")):
        with pytest.raises(BadValueError, match="built-in layout"):
            refused(name)


def test_an_unknown_layout_is_refused_and_nothing_changes(opened):
    window, layouts = opened()
    before = window.workspace.docks.shown
    with pytest.raises(BadValueError, match="no layout called"):
        layouts.apply("Nothing")
    assert window.workspace.docks.shown == before


def test_panels_that_are_not_built_yet_stay_in_the_layout(opened, store):
    _, layouts = opened()
    layouts.apply("Morning")
    layouts.finish()
    root = str(kept(store)["root"])
    for absent in ("today", "news", "inbox"):
        assert f"'{absent}'" in root


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", '{"version": 1}', '{"version": 1, "root": {"tabs": [3]}}', "\x00" * 100],
)
def test_a_damaged_arrangement_falls_back_and_says_so(opened, store, tmp_path, text):
    folder = tmp_path / "layouts"
    folder.mkdir()
    (folder / "current.json").write_text(text)
    window, layouts = opened()
    assert layouts.name == "Trade"
    assert "chart" in window.workspace.docks.shown
    assert layouts.notices


def test_an_arrangement_cut_anywhere_falls_back_to_the_one_before(opened, store, tmp_path):
    _, layouts = opened()
    layouts.finish()
    path = tmp_path / "layouts" / "current.json"
    whole = path.read_bytes()
    older = {**json.loads(whole), "name": "Review"}
    for end in (0, 1, len(whole) // 3, len(whole) - 1):
        (tmp_path / "layouts" / "current.1.json").write_text(json.dumps(older))
        path.write_bytes(whole[:end])
        document, notice = store.current()
        assert document is not None
        assert document["name"] == "Review"
        assert "damaged" in notice
    again, later = opened()
    assert later.name == "Review"
    assert "chart" in again.workspace.docks.shown


def test_an_arrangement_of_a_newer_puffling_falls_back_and_says_so(opened, tmp_path):
    folder = tmp_path / "layouts"
    folder.mkdir()
    document = {"version": 99, "name": "Tomorrow", "root": {"tabs": ["chart"]}}
    (folder / "current.json").write_text(json.dumps(document))
    window, layouts = opened()
    assert layouts.name == "Trade"
    assert "chart" in window.workspace.docks.shown
    assert any("newer Puffling" in each for each in layouts.notices)


def test_an_arrangement_with_a_mistake_is_said_and_a_panel_that_is_gone_is_left_out(
    opened, tmp_path
):
    folder = tmp_path / "layouts"
    folder.mkdir()
    root = {"split": "vertical", "children": [{"tabs": ["chart", "crystal"]}, {"tabs": ["risk"]}]}
    document = {"version": 2, "name": "Trade", "root": root, "floating": [{"x": "left"}]}
    (folder / "current.json").write_text(json.dumps(document))
    window, layouts = opened()
    assert window.workspace.docks.shown == ("chart", "risk")
    assert "mistake" in layouts.notices[0]


def test_a_layout_of_unknown_panels_alone_falls_back(opened, tmp_path):
    folder = tmp_path / "layouts"
    folder.mkdir()
    document = {"version": 1, "name": "Odd", "root": {"tabs": ["martian"]}}
    (folder / "current.json").write_text(json.dumps(document))
    window, _ = opened()
    assert "chart" in window.workspace.docks.shown


def test_a_window_saved_on_a_screen_that_is_gone_comes_back_in_sight(opened, tmp_path):
    folder = tmp_path / "layouts"
    folder.mkdir()
    place = {"x": 9000, "y": -4000, "width": 3, "height": 3, "maximised": False, "screen": "X"}
    document = {"version": 1, "name": "Trade", "root": {"tabs": ["chart"]}, "window": place}
    (folder / "current.json").write_text(json.dumps(document))
    window, _ = opened()
    area = window.screen().availableGeometry()
    assert area.contains(window.geometry().topLeft())
    assert window.width() >= min(800, area.width())
    assert window.height() >= min(500, area.height())


def test_a_floating_window_from_beyond_the_screens_comes_back_with_its_title_in_sight(
    opened, tmp_path
):
    folder = tmp_path / "layouts"
    folder.mkdir()
    away = {"x": 90_000, "y": -50_000, "width": 0, "height": 0, "root": {"tabs": ["risk"]}}
    document = {"version": 1, "name": "Off", "root": {"tabs": ["chart"]}, "floating": [away]}
    (folder / "current.json").write_text(json.dumps(document))
    window, _ = opened()
    _, (floating,) = window.workspace.docks.arrangement()
    assert floating.place.y >= window.screen().availableGeometry().y() + TITLE_BAR


def test_a_layout_that_was_only_looked_at_is_not_called_changed(opened):
    window, layouts = opened()
    layouts.apply("Quant")
    layouts.apply("Morning")
    assert not layouts.is_changed("Quant")
    layouts.apply("Quant")
    window.workspace.docks.hide("backtest")
    layouts.apply("Trade")
    assert layouts.is_changed("Quant")


def test_a_desk_without_a_panel_says_how_to_open_one(opened, qtbot):
    window, layouts = opened()
    sentence = window.findChild(BareDesk)
    assert not sentence.isVisible()
    for each in window.workspace.docks.shown:
        window.workspace.close(each)
    assert sentence.isVisible()
    layouts.reset()
    qtbot.waitUntil(lambda: not sentence.isVisible(), timeout=PATIENCE)


def test_a_disk_that_cannot_be_written_is_said_and_the_desk_goes_on(opened, store, tmp_path, qtbot):
    window, layouts = opened()
    (tmp_path / "layouts").mkdir(exist_ok=True)
    (tmp_path / "layouts" / "current.json").mkdir()
    window.workspace.docks.hide("ticket")
    with qtbot.waitSignal(layouts.unsaved):
        layouts.save_if_changed()
    (tmp_path / "layouts" / "current.json").rmdir()


def test_a_maximised_window_comes_back_maximised(opened, store):
    window, layouts = opened()
    window.showMaximized()
    layouts.finish()
    assert kept(store)["window"]["maximised"] is True
    again, _ = opened()
    assert again.isMaximized()


# Exchanged with other desks


def test_a_layout_goes_to_another_desk_and_back(opened, store, tmp_path):
    window, layouts = opened()
    window.workspace.docks.hide("activity")
    layouts.save("Mine")
    moves = LayoutKeys(layouts)
    path = moves.write_file("Mine", tmp_path / "mine")
    layouts.remove("Mine")
    assert moves.take_file(path) == ["Mine"]
    assert moves.take_file(path) == ["Mine 2"]
    layouts.apply("Mine 2")
    assert "activity" not in window.workspace.docks.shown
    assert "window" not in json.loads(path.read_text())["layouts"][0]
    everything = moves.write_file("", tmp_path / "all.json")
    assert len(json.loads(everything.read_text())["layouts"]) == 2
    built = moves.write_file("morning", tmp_path / "morning.json")
    assert moves.take_file(built) == ["Morning 2"]


def test_of_a_file_with_one_mistake_nothing_is_taken(opened, store, tmp_path):
    _, layouts = opened()
    good = {"version": 2, "name": "Good", "root": {"tabs": ["chart"]}}
    bad = {"version": 2, "name": "Bad", "root": {"tabs": ["chart"]}, "floating": [{"x": 1}]}
    empty = {"version": 2, "name": "Empty", "root": None}
    path = tmp_path / "some.json"
    for name, wrong in (("Bad", bad), ("Empty", empty)):
        path.write_text(json.dumps({"version": 2, "layouts": [good, wrong]}))
        with pytest.raises(BadValueError, match=name) as refused:
            LayoutKeys(layouts).take_file(path)
        assert refused.value.hint == "Nothing was imported."
    assert layouts.names == []
    with pytest.raises(BadValueError, match="No layout is saved"):
        LayoutKeys(layouts).write_file("", tmp_path / "none.json")


def test_a_layout_is_copied_as_it_is_on_the_screen(opened, store):
    window, layouts = opened()
    window.workspace.docks.hide("ticket")
    moves = LayoutKeys(layouts)
    assert moves.duplicate("Trade", "Mine") == "Mine"
    assert moves.duplicate("quant", "Mine") == "Mine 2"
    assert moves.duplicate("mine", "Third") == "Third"
    assert "ticket" not in str(kept_as(store, "Third")["root"])
    with pytest.raises(BadValueError, match="built-in"):
        moves.duplicate("Mine", "trade")
    with pytest.raises(BadValueError, match="no layout called"):
        moves.duplicate("Nothing", "Other")


def kept_as(store: LayoutStore, name: str) -> dict[str, Any]:
    document, _ = store.load(name)
    assert document is not None
    return document


# The list of layouts


@pytest.fixture
def listed(opened, theme, qtbot):
    window, layouts = opened()
    used: list[str] = []

    def apply(name: str) -> None:
        used.append(name)
        layouts.apply(name)

    shelf = LayoutShelf(layouts, LayoutKeys(layouts), apply, {"layout.quant": "Ctrl+4"})
    dialog = LayoutsDialog(theme, shelf, window)
    dialog.show()
    return SimpleNamespace(window=window, layouts=layouts, dialog=dialog, used=used)


NONE, CTRL = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier
KEYS = {
    "0": (Qt.Key.Key_0, NONE),
    "C": (Qt.Key.Key_C, NONE),
    "Ctrl+Z": (Qt.Key.Key_Z, CTRL),
    "Del": (Qt.Key.Key_Delete, NONE),
    "E": (Qt.Key.Key_E, NONE),
    "F2": (Qt.Key.Key_F2, NONE),
    "I": (Qt.Key.Key_I, NONE),
    "Return": (Qt.Key.Key_Return, NONE),
    "S": (Qt.Key.Key_S, NONE),
}


def press(qtbot, widget, *keys: str) -> None:
    for each in keys:
        qtbot.keyClick(widget, *KEYS[each])


def answer(qtbot, dialog, name: str) -> None:
    dialog.ask.name.setText(name)
    qtbot.keyClick(dialog.ask.name, Qt.Key.Key_Return)


def rows(dialog) -> dict[str, str]:
    return {row.name: row.note for row in dialog.model.records}


def test_every_layout_is_listed_with_what_became_of_it(listed):
    listed.layouts.save("Mine")
    listed.window.workspace.docks.hide("ticket")
    listed.layouts.apply("Quant")
    listed.dialog.fill()
    notes = rows(listed.dialog)
    assert list(notes)[:6] == ["Morning", "Trade", "Research", "Quant", "Review", "Monitor"]
    assert notes["Quant"] == "Built in · in use"
    assert notes["Mine"] == "Yours · changed"
    quant = listed.dialog.model.records[3]
    assert quant.keys == "Ctrl+4"
    assert "Backtest" in quant.panels


def test_the_list_is_used_by_keys_alone(listed, qtbot):
    dialog, table = listed.dialog, listed.dialog.table
    assert table.hasFocus() or dialog.focusWidget() is table
    press(qtbot, table, "S")
    answer(qtbot, dialog, "Mine")
    assert rows(dialog)["Mine"] == "Yours · in use"
    assert table.current.name == "Mine"
    press(qtbot, table, "F2")
    answer(qtbot, dialog, "Ours")
    press(qtbot, table, "C")
    answer(qtbot, dialog, "Third")
    assert {"Ours", "Third"} <= set(rows(dialog))
    press(qtbot, table, "Del")
    assert "Third" not in rows(dialog)
    assert "Ctrl+Z brings it back" in dialog.message.text()
    press(qtbot, table, "Ctrl+Z")
    assert "Third" in rows(dialog)
    table.choose("Quant")
    press(qtbot, table, "Del", "F2")
    assert "built-in layout is not renamed" in dialog.message.text()
    assert not dialog.ask.isVisible()
    press(qtbot, table, "Return")
    assert listed.used == ["Quant"]
    assert not dialog.isVisible()


def test_a_layout_is_reset_from_the_list_whether_it_is_in_use_or_not(listed, qtbot):
    listed.window.workspace.docks.hide("ticket")
    listed.layouts.apply("Quant")
    listed.window.workspace.docks.hide("chart")
    listed.dialog.fill()
    assert rows(listed.dialog)["Trade"] == "Built in · changed"
    for name in ("Trade", "Quant"):
        listed.dialog.table.choose(name)
        press(qtbot, listed.dialog.table, "0")
    assert "chart" in listed.window.workspace.docks.shown
    assert "changed" not in "".join(rows(listed.dialog).values())
    listed.layouts.apply("Trade")
    assert "ticket" in listed.window.workspace.docks.shown


def test_a_file_is_exported_and_imported_from_the_list(listed, qtbot, tmp_path):
    dialog = listed.dialog
    dialog.table.choose("Review")
    for key in ("E", "I"):
        press(qtbot, dialog.table, key)
        chooser = dialog.findChild(QFileDialog)
        assert chooser is not None
        chooser.fileSelected.emit(str(tmp_path / "review.puffling-layout"))
        chooser.setParent(None)
        chooser.deleteLater()
    assert "Imported: Review 2" in dialog.message.text()
    (tmp_path / "review.puffling-layout").write_text("{")
    dialog._take(str(tmp_path / "review.puffling-layout"))
    assert "not a file of layouts" in dialog.message.text()
