from __future__ import annotations

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QLineEdit, QVBoxLayout
from typing_extensions import override

from puffling.core.errors import BadValueError
from puffling.store.layouts import LayoutStore
from puffling.ui.panel import Area, Panel, PanelWidget
from puffling.ui.shell.desk import WindowDesk
from puffling.ui.shell.faces import FACES
from puffling.ui.shell.layout_document import Layout, Split, Tabs
from puffling.ui.shell.layouts import Layouts
from puffling.ui.shell.window import MainWindow
from tests.fakes import until

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support .*")


class Stand(PanelWidget):
    """A panel with a line to type into."""

    def __init__(self, parts):
        super().__init__(parts)
        self.line = QLineEdit()
        QVBoxLayout(self).addWidget(self.line)
        self.is_shut = False

    @override
    def primary_focus(self):
        return self.line

    @override
    def state(self):
        return {**super().state(), "text": self.line.text()}

    @override
    def restore(self, state):
        super().restore(state)
        if state.get("text") == "choke":
            raise RuntimeError("I cannot take that")
        self.line.setText(str(state.get("text", "")))

    @override
    def shut(self):
        super().shut()
        self.is_shut = True


AREAS = {"watchlist": Area.LEFT, "ticket": Area.RIGHT, "chart": Area.CENTER}
PANELS = [
    Panel(id_, face.title, face.icon, AREAS.get(id_, Area.BOTTOM), Stand, many=id_ == "chart")
    for id_, face in FACES.items()
]


@pytest.fixture
def window(theme, tmp_path, parts, loop):
    made = MainWindow(theme)
    layouts = Layouts(made, made.workspace, LayoutStore(tmp_path))
    layouts.begin()
    made.show()
    loop.run_until_complete(made.workspace.join(parts, PANELS))
    loop.run_until_complete(made.workspace.fill())
    yield made
    made.workspace.shut()
    made.close_for_good()
    made.deleteLater()


def line(window, instance: str) -> QLineEdit:
    widget = window.workspace.panel(instance)
    assert isinstance(widget, Stand)
    return widget.line


def beside_watchlist(panel: str) -> Split:
    parts = Tabs(("watchlist",), "watchlist"), Tabs((panel,), panel)
    return Split(horizontal=True, sizes=(1, 1), children=parts)


def test_every_dock_of_the_layout_is_filled(window):
    workspace = window.workspace
    assert set(workspace.widgets()) == set(workspace.docks.shown)
    assert all(widget.panel_id == each for each, widget in workspace.widgets().items())


def test_what_a_model_opens_comes_to_the_front_without_the_keyboard(window, tmp_path):
    workspace = window.workspace
    desk = WindowDesk(window, Layouts(window, workspace, LayoutStore(tmp_path)))
    workspace.open("watchlist")
    assert line(window, "watchlist").hasFocus()
    with desk.keyboard_kept():
        desk.open_panel("ticket")
    assert line(window, "watchlist").hasFocus()
    assert line(window, "ticket").isVisible()
    assert workspace.docks.current == "watchlist"


def test_a_panel_that_covers_where_the_person_types_gets_no_key(window, tmp_path):
    workspace = window.workspace
    desk = WindowDesk(window, Layouts(window, workspace, LayoutStore(tmp_path)))
    workspace.open("inbox")
    behind = next(each for each in workspace.docks.group("inbox") if each != "inbox")
    workspace.open(behind)
    with desk.keyboard_kept():
        desk.open_panel("inbox")
    assert line(window, "inbox").isVisible()
    assert not line(window, behind).isVisible()
    assert not line(window, "inbox").hasFocus()


def test_a_layout_is_there_before_its_panels_which_come_one_by_one(window, loop):
    workspace = window.workspace
    here = set(workspace.widgets())
    workspace.apply(Layout("", Tabs(("risk", "backtest", "strategies"), "backtest")))
    workspace.focus("backtest")
    assert set(workspace.widgets()) == here
    built: list[int] = []
    between = QTimer(interval=0)
    between.timeout.connect(lambda: built.append(len(workspace.widgets()) - len(here)))
    between.start()
    loop.run_until_complete(until(lambda: 3 in built))
    between.stop()
    assert {1, 2, 3} <= set(built)
    assert set(workspace.widgets()) == here | {"risk", "backtest", "strategies"}
    assert line(window, "backtest").hasFocus()


def test_a_panel_that_is_built_late_takes_the_keyboard_from_nobody(window, loop, tmp_path):
    workspace = window.workspace
    desk = WindowDesk(window, Layouts(window, workspace, LayoutStore(tmp_path)))
    workspace.open("watchlist")
    with desk.keyboard_kept():
        workspace.apply(Layout("", beside_watchlist("risk")))
        workspace.focus("risk")
    loop.run_until_complete(workspace.fill())
    assert line(window, "watchlist").hasFocus()
    workspace.apply(Layout("", beside_watchlist("backtest")))
    workspace.focus("backtest")
    line(window, "watchlist").clearFocus()
    loop.run_until_complete(workspace.fill())
    assert not line(window, "backtest").hasFocus()


def test_opening_a_panel_shows_and_focuses_it(window):
    workspace = window.workspace
    assert "backtest" not in workspace.docks.shown
    heard: list[str] = []
    workspace.focused.connect(heard.append)
    workspace.open("backtest")
    assert heard[-1] == "backtest"
    assert workspace.docks.in_front("backtest")
    assert workspace.current is workspace.panel("backtest")
    assert line(window, "backtest").hasFocus()


def test_an_open_panel_is_not_opened_twice(window):
    workspace = window.workspace
    first = workspace.panel("chart")
    assert workspace.open("chart") is first
    assert workspace.docks.shown.count("chart") == 1


def test_charts_can_be_opened_many_times_and_others_once(window):
    workspace = window.workspace
    workspace.open_new("chart")
    workspace.open_new("chart")
    workspace.open_new("ticket")
    shown = workspace.docks.shown
    assert {"chart", "chart#2", "chart#3"} <= set(shown)
    assert len([each for each in shown if each.startswith("ticket")]) == 1
    assert workspace.nearest("chart") == "chart"
    workspace.focus("chart#3")
    assert workspace.nearest("chart") == "chart#3"


def test_a_panel_goes_behind_one_of_its_own_area(window):
    workspace = window.workspace
    workspace.open("automation")
    assert not workspace.docks.in_front("portfolio") or not workspace.docks.in_front("activity")


def test_a_closed_panel_ends_what_it_does_and_can_be_brought_back(window, qtbot):
    workspace = window.workspace
    ticket = workspace.panel("ticket")
    assert isinstance(ticket, Stand)
    line(window, "ticket").setText("12 shares")
    gone = []
    ticket.destroyed.connect(lambda: gone.append(True))
    workspace.close("ticket")
    assert ticket.is_shut
    del ticket
    qtbot.waitUntil(lambda: bool(gone))
    assert "ticket" not in workspace.docks.shown
    workspace.reopen()
    assert line(window, "ticket").text() == "12 shares"
    assert workspace.reopen() is None


def test_a_panel_that_chokes_on_what_it_remembered_starts_fresh(window, caplog):
    workspace = window.workspace
    line(window, "ticket").setText("choke")
    workspace.close("ticket")
    workspace.open("ticket")
    assert line(window, "ticket").text() == ""
    assert "could not take up" in caplog.text


def test_the_last_panel_can_be_closed_and_another_opened(window):
    workspace = window.workspace
    for each in workspace.docks.shown:
        workspace.close(each)
    assert workspace.docks.shown == ()
    assert workspace.current is None
    workspace.focus_next()
    workspace.open("chart")
    assert workspace.docks.shown == ("chart",)


def test_ctrl_tab_goes_round_all_open_panels(window):
    workspace = window.workspace
    workspace.focus("watchlist")
    seen = []
    for _ in workspace.docks.shown:
        workspace.focus_next()
        seen.append(workspace.docks.current)
    assert sorted(seen) == sorted(workspace.docks.shown)
    assert seen[-1] == "watchlist"


def test_an_unknown_panel_is_refused(window):
    with pytest.raises(BadValueError, match="martian"):
        window.workspace.open("martian")


def test_opening_a_panel_ends_the_maximised_one(window):
    workspace = window.workspace
    workspace.docks.maximise("chart")
    workspace.open("backtest")
    assert workspace.docks.maximised == ""
    assert {"chart", "backtest", "ticket"} <= set(workspace.docks.shown)


def test_titles_and_icons_are_those_of_the_panels():
    from puffling.ui.panels import PANELS as REAL

    assert {each.id: (each.title, each.icon) for each in REAL} == {
        id_: (face.title, face.icon) for id_, face in FACES.items()
    }
