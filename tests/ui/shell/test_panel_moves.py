from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from puffling.core.directions import Toward
from puffling.core.errors import BadValueError, PufflingError
from puffling.store.layouts import LayoutStore
from puffling.ui.shell.layout_document import Split, Tabs, tabs_of
from puffling.ui.shell.layout_shapes import outline
from puffling.ui.shell.layouts import Layouts
from puffling.ui.shell.panel_moves import PanelKeys
from puffling.ui.shell.window import MainWindow
from tests.ui.shell.test_workspace import PANELS

if TYPE_CHECKING:
    import qasync

    from puffling.ui.shell.docks import Docks

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support .*")


class Bench:
    """A window on the Trade layout, with the keys that move its panels."""

    def __init__(self, window: MainWindow, layouts: Layouts, loop: qasync.QEventLoop) -> None:
        self.loop = loop
        self.window, self.layouts, self.workspace = window, layouts, window.workspace
        self.docks: Docks = window.workspace.docks
        self.keys = PanelKeys(window.workspace, layouts.history)

    def fill(self) -> None:
        """Let every panel that is open be built."""
        self.loop.run_until_complete(self.workspace.fill())

    @property
    def groups(self) -> list[tuple[str, ...]]:
        """The panels behind the same tabs, of the main window."""
        root = self.docks.arrangement()[0]
        return [] if root is None else [each.panels for each in tabs_of(root)]


@pytest.fixture
def bench(theme, tmp_path, parts, loop):
    window = MainWindow(theme)
    layouts = Layouts(window, window.workspace, LayoutStore(tmp_path))
    layouts.begin()
    window.show()
    loop.run_until_complete(window.workspace.join(parts, PANELS))
    loop.run_until_complete(window.workspace.fill())
    yield Bench(window, layouts, loop)
    layouts.finish()
    window.workspace.shut()
    window.close_for_good()
    window.deleteLater()


def test_the_focus_goes_to_the_panel_on_each_side(bench):
    bench.workspace.focus("watchlist")
    walked = []
    for toward in (Toward.RIGHT, Toward.RIGHT, Toward.LEFT, Toward.DOWN, Toward.LEFT):
        bench.keys.focus(toward)
        walked.append(bench.docks.current)
    assert walked[:3] == ["chart", "ticket", "chart"]
    assert walked[3] in {"portfolio", "activity"}
    bench.workspace.focus("watchlist")
    bench.keys.focus(Toward.LEFT)
    assert bench.docks.current == "watchlist"
    assert bench.workspace.panel("watchlist").line.hasFocus()


def test_a_panel_moves_past_its_neighbour_and_then_to_the_edge(bench):
    bench.workspace.focus("chart")
    bench.keys.move(Toward.LEFT)
    assert bench.groups[:2] == [("chart",), ("watchlist",)]
    bench.keys.move(Toward.LEFT)
    root = bench.docks.arrangement()[0]
    assert isinstance(root, Split)
    assert root.children[0] == Tabs(("chart",), "chart")
    assert bench.docks.current == "chart"
    assert bench.workspace.panel("chart").line.hasFocus()


def test_a_panel_joins_its_neighbours_tabs_and_leaves_them_again(bench):
    bench.workspace.focus("ticket")
    bench.keys.tab(Toward.LEFT)
    group = bench.docks.group("ticket")
    assert group == ("chart", "ticket")
    bench.keys.turn(1)
    assert bench.docks.current == "chart"
    bench.keys.turn(-1)
    assert bench.docks.current == "ticket"
    bench.keys.split(Toward.DOWN)
    assert bench.docks.group("ticket") == ("ticket",)
    bench.keys.tab(None)
    assert len(bench.docks.group("ticket")) == 2
    bench.keys.move(Toward.RIGHT)
    assert bench.docks.group("ticket") == ("ticket",)


def test_a_chart_alone_splits_into_two_and_another_panel_says_why_not(bench):
    bench.workspace.focus("chart")
    bench.keys.split(Toward.RIGHT)
    assert bench.docks.current == "chart#2"
    assert ("chart#2",) in bench.groups
    bench.workspace.focus("ticket")
    with pytest.raises(PufflingError, match="only one of it can be open"):
        bench.keys.split(Toward.RIGHT)


def test_a_panel_is_made_wider_and_says_when_it_has_it_all(bench):
    bench.workspace.focus("ticket")
    before = bench.docks.spots()["ticket"].place
    bench.keys.resize(1, 0)
    assert bench.docks.spots()["ticket"].place.width > before.width
    with pytest.raises(PufflingError, match="whole height"):
        bench.keys.resize(0, 1)


def test_a_floating_panel_is_seen_and_docks_where_it_came_from(bench):
    before = outline(bench.docks.arrangement()[0])
    bench.workspace.focus("ticket")
    bench.keys.float_()
    assert bench.docks.is_floating("ticket")
    (window,) = bench.docks.arrangement()[1]
    assert window.place.width >= 320
    bench.keys.float_()
    assert not bench.docks.is_floating("ticket")
    assert outline(bench.docks.arrangement()[0]) == before
    assert bench.docks.current == "ticket"


def test_a_panel_that_was_floating_from_the_start_docks_at_its_usual_place(bench):
    bench.workspace.focus("ticket")
    bench.keys.float_()
    bench.layouts.history._past.clear()
    bench.keys.float_()
    assert not bench.docks.is_floating("ticket")


def test_a_panel_is_maximised_and_what_was_around_it_comes_back(bench):
    before = outline(bench.docks.arrangement()[0])
    bench.workspace.focus("portfolio")
    bench.keys.maximise()
    assert bench.docks.maximised == "portfolio"
    bench.keys.maximise()
    assert bench.docks.maximised == ""
    assert outline(bench.docks.arrangement()[0]) == before
    assert bench.docks.current == "portfolio"
    bench.keys.maximise()
    bench.keys.focus(Toward.UP)
    assert bench.docks.maximised == ""
    assert bench.docks.current != "portfolio"


def test_closed_panels_come_back_one_after_the_other_where_they_were(bench):
    before = outline(bench.docks.arrangement()[0])
    bench.layouts.history.note()
    for each in ("ticket", "activity"):
        bench.workspace.close(each)
        bench.layouts.history.note()
    bench.keys.reopen()
    assert bench.docks.current == "activity"
    bench.keys.reopen()
    assert outline(bench.docks.arrangement()[0]) == before
    with pytest.raises(PufflingError, match="No panel was closed"):
        bench.keys.reopen()


def test_the_link_colour_goes_round_and_can_be_named(bench):
    bench.workspace.focus("ticket")
    panel = bench.workspace.panel("ticket")
    seen = []
    for _ in range(4):
        bench.keys.link("")
        seen.append(panel.link.value)
    assert sorted(seen) == ["amber", "blue", "green", "none"]
    bench.keys.link("Amber")
    assert bench.layouts.document()["panels"]["ticket"]["link"] == "amber"
    with pytest.raises(BadValueError, match="mauve"):
        bench.keys.link("mauve")


def test_without_a_focused_panel_the_keys_say_so(bench):
    acts = (bench.keys.maximise, bench.keys.float_, lambda: bench.keys.turn(1))
    bench.workspace.focus("ticket")
    bench.workspace.close("ticket")
    for act in acts:
        with pytest.raises(PufflingError, match="No panel has the focus"):
            act()
    for each in bench.docks.shown:
        bench.workspace.close(each)
    for act in acts:
        with pytest.raises(PufflingError, match="No panel is open"):
            act()
    bench.keys.focus(Toward.LEFT)


def test_charts_are_laid_in_a_grid_and_the_others_stay(bench):
    bench.workspace.focus("chart")
    others = {each for each in bench.docks.shown if each != "chart"}
    bench.keys.grid(4)
    shown = bench.docks.shown
    charts = [each for each in shown if each.startswith("chart")]
    assert charts == ["chart", "chart#2", "chart#3", "chart#4"]
    assert others <= set(shown)
    bench.fill()
    assert all(bench.workspace.panel(each) is not None for each in charts)
    spots = bench.docks.spots()
    widths = [spots[each].place.width for each in charts]
    assert max(widths) - min(widths) <= 2
    bench.workspace.focus("chart#3")
    bench.keys.grid(2)
    charts = [each for each in bench.docks.shown if each.startswith("chart")]
    assert charts == ["chart#3", "chart"]
    bench.layouts.history.undo()
    assert len([each for each in bench.docks.shown if each.startswith("chart")]) == 4
    with pytest.raises(BadValueError, match="no grid of 5"):
        bench.keys.grid(5)


def test_a_grid_begins_with_a_chart_where_none_is_open_or_only_a_floating_one(bench):
    bench.workspace.close("chart")
    bench.keys.grid(2)
    assert {"chart", "chart#2"} <= set(bench.docks.shown)
    bench.keys.grid(1)
    bench.workspace.focus("chart")
    bench.keys.float_()
    bench.keys.grid(2)
    assert not bench.docks.is_floating("chart")


# Taking back


def test_changes_are_taken_back_and_made_again(bench):
    history, shapes = bench.layouts.history, []
    shapes.append(outline(bench.docks.arrangement()[0]))
    bench.workspace.focus("chart")
    bench.keys.move(Toward.RIGHT)
    shapes.append(outline(bench.docks.arrangement()[0]))
    bench.keys.tab(None)
    shapes.append(outline(bench.docks.arrangement()[0]))
    assert history.can_undo
    for wanted in reversed(shapes[:-1]):
        history.undo()
        assert outline(bench.docks.arrangement()[0]) == wanted
    with pytest.raises(PufflingError, match="no change"):
        history.undo()
    for wanted in shapes[1:]:
        history.redo()
        assert outline(bench.docks.arrangement()[0]) == wanted
    assert not history.can_redo
    history.undo()
    bench.workspace.close("ticket")
    with pytest.raises(PufflingError, match="no change"):
        history.redo()


def test_a_closed_panel_is_back_with_what_it_showed_after_an_undo(bench):
    bench.workspace.panel("ticket").line.setText("12 shares")
    bench.layouts.history.note()
    bench.workspace.close("ticket")
    bench.layouts.history.undo()
    bench.fill()
    assert bench.workspace.panel("ticket").line.text() == "12 shares"


def test_a_switch_of_layouts_and_a_reset_are_taken_back_too(bench):
    bench.workspace.close("ticket")
    bench.layouts.apply("Quant")
    bench.layouts.history.undo()
    assert bench.layouts.name == "Trade"
    assert "ticket" not in bench.docks.shown
    bench.layouts.reset()
    assert "ticket" in bench.docks.shown
    bench.layouts.history.undo()
    assert "ticket" not in bench.docks.shown


def test_a_window_of_another_size_is_no_change_to_take_back(bench, qapp):
    bench.layouts.history.note()
    bench.window.resize(bench.window.width() - 150, bench.window.height() - 100)
    qapp.processEvents()
    assert not bench.layouts.history.can_undo
