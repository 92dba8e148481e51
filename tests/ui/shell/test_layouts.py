from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import QRect
from typing_extensions import override

from puffling.core.errors import BadValueError
from puffling.store.layouts import LayoutStore
from puffling.ui.panel import Area, Panel, PanelWidget
from puffling.ui.shell.faces import FACES
from puffling.ui.shell.layouts import Layouts
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
    window, layouts = opened()
    layouts.start()
    window.workspace.docks.hide("ticket")
    qtbot.waitUntil(lambda: "ticket" not in str(kept(store).get("root")), timeout=1500)
    layouts.apply("Review")
    qtbot.waitUntil(lambda: kept(store)["name"] == "Review", timeout=1500)


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
