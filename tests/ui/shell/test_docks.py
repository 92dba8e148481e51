from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QLabel, QLineEdit, QMainWindow, QVBoxLayout, QWidget

from puffling.core.directions import Toward
from puffling.ui.shell.dock_tree import LEAST
from puffling.ui.shell.docks import Docks
from puffling.ui.shell.layout_document import Floating, Layout, Place, Split, Tabs, leaves
from puffling.ui.shell.layout_reading import dump, parse
from puffling.ui.shell.layout_shapes import beside, floated

if TYPE_CHECKING:
    from puffling.ui.shell.layout_document import Node

# A floating window makes the docks native, and the offscreen platform says what it cannot do.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support .*")
NAMES = (
    "watchlist",
    "chart",
    "chart#2",
    "chart#3",
    "ticket",
    "portfolio",
    "activity",
    "backtest",
    "risk",
    "inbox",
    "automation",
)


@pytest.fixture
def window(qtbot):
    made = QMainWindow()
    made.resize(1366, 768)
    qtbot.addWidget(made)
    return made


@pytest.fixture
def docks(window, theme):
    frame = QWidget()
    window.setCentralWidget(frame)
    made = Docks(window, frame, theme)
    QVBoxLayout(frame).addWidget(made.manager)
    for name in NAMES:
        made.add(name, name.title(), theme.icon("chart"), QLineEdit(name))
    window.show()
    return made


def trade() -> Layout:
    middle = Split(
        horizontal=False,
        sizes=(500, 264),
        children=(Tabs(("chart",), "chart"), Tabs(("portfolio", "activity"), "activity")),
    )
    root = Split(
        horizontal=True,
        sizes=(300, 766, 300),
        children=(Tabs(("watchlist",), "watchlist"), middle, Tabs(("ticket",), "ticket")),
    )
    return Layout("Trade", root)


def random_node(random: Random, names: list[str], *, horizontal: bool) -> Node:
    if len(names) == 1 or random.random() < 0.3:
        return Tabs(tuple(names), random.choice(names))
    parts = random.randint(2, min(3, len(names)))
    cuts = sorted(random.sample(range(1, len(names)), parts - 1))
    groups = [names[a:b] for a, b in zip([0, *cuts], [*cuts, len(names)], strict=True)]
    return Split(
        horizontal,
        tuple(random.randint(1, 900) for _ in groups),
        tuple(random_node(random, group, horizontal=not horizontal) for group in groups),
    )


def random_layout(random: Random) -> Layout:
    names = random.sample(NAMES, random.randint(1, len(NAMES)))
    floats = []
    for _ in range(random.choice((0, 0, 1, 2, 3))):
        if len(names) > 2:
            taken = [names.pop() for _ in range(random.randint(1, min(4, len(names) - 1)))]
            place = Place(
                random.randint(-4000, 4000),
                random.randint(-4000, 4000),
                random.randint(0, 3000),
                random.randint(0, 3000),
            )
            root = random_node(random, taken, horizontal=random.random() < 0.5)
            floats.append(Floating(place, root))
    root = random_node(random, names, horizontal=random.random() < 0.5)
    return Layout("Random", root, tuple(floats))


def shape(node: Node | None) -> object:
    if node is None or isinstance(node, Tabs):
        return node
    return (node.horizontal, tuple(shape(child) for child in node.children))


def saved(docks: Docks) -> Layout:
    root, floating = docks.arrangement()
    return Layout("Saved", root, floating)


def settle(qapp) -> None:
    """Do what a turn of the real loop does, deleting included."""
    qapp.processEvents()
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def check_fixed_point(docks: Docks, window: QWidget, seed: int, qapp) -> None:
    wanted, problems = parse(dump(random_layout(Random(seed))))
    assert wanted is not None
    assert not problems
    docks.arrange(wanted)
    settle(qapp)
    first = saved(docks)
    assert shape(first.root) == shape(wanted.root)
    assert {shape(one.root) for one in first.floating} == {
        shape(one.root) for one in wanted.floating
    }
    assert sorted(first.shown) == sorted(wanted.shown)
    screen = window.screen().availableGeometry()
    for one in first.floating:
        place = one.place
        assert place.width >= 100
        assert place.height >= 100
        assert place.x < screen.right()
        assert place.x + place.width > screen.left()
        assert screen.top() <= place.y < screen.bottom()
    again, problems = parse(dump(first))
    assert again is not None
    docks.arrange(again)
    settle(qapp)
    second = saved(docks)
    assert second.root == first.root
    for one, other in zip(first.floating, second.floating, strict=True):
        assert one.root == other.root
        # The offscreen platform moves a window that is partly outside by its frame.
        assert abs(one.place.x - other.place.x) <= 2
        assert abs(one.place.y - other.place.y) <= 2
        assert (one.place.width, one.place.height) == (other.place.width, other.place.height)


def test_an_arrangement_comes_back_as_it_was(docks, qapp):
    docks.arrange(trade())
    qapp.processEvents()
    root, floating = docks.arrangement()
    assert shape(root) == shape(trade().root)
    assert not floating
    assert isinstance(root, Split)
    assert root.sizes[1] > 2 * root.sizes[0]


@pytest.mark.parametrize("seed", range(12))
def test_save_restore_save_is_a_fixed_point(docks, window, qapp, seed):
    check_fixed_point(docks, window, seed, qapp)


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("hundred", range(10))
def test_save_restore_save_is_a_fixed_point_for_a_thousand_trees(docks, window, qapp, hundred):
    for seed in range(100):
        check_fixed_point(docks, window, 1_000 + 100 * hundred + seed, qapp)


def test_a_maximised_window_is_so_again_and_knows_its_size(docks, window, qapp):
    area = window.screen().availableGeometry()
    place = Place(area.x() + 60, area.y() + 70, 420, 330)
    ticket = Tabs(("ticket",), "ticket")
    chart = Tabs(("chart",), "chart")
    docks.arrange(Layout("A", chart, (Floating(place, ticket),)))
    settle(qapp)
    docks.maximise_window("ticket")
    settle(qapp)
    kept = saved(docks)
    assert kept.floating[0].maximised
    assert (kept.floating[0].place.width, kept.floating[0].place.height) == (420, 330)
    docks.arrange(Layout("B", chart, ()))  # another layout, without it
    settle(qapp)
    again, problems = parse(dump(kept))
    assert again is not None
    assert not problems
    docks.arrange(again)
    settle(qapp)
    assert saved(docks).floating == kept.floating
    docks.arrange(Layout("C", chart, (Floating(place, ticket),)))  # the same one, as large as it is
    settle(qapp)
    (plain,) = saved(docks).floating
    assert not plain.maximised
    assert plain.place.width == 420
    docks.arrange(again)
    settle(qapp)
    docks.maximise_window("ticket")
    settle(qapp)
    (plain,) = saved(docks).floating
    assert (plain.maximised, plain.place.width) == (False, 420)


def test_a_panel_can_be_moved_split_tabbed_floated_closed_and_opened_again(docks, qapp):
    moved = beside(trade(), "ticket", "watchlist", Toward.DOWN)
    docks.arrange(beside(moved, "activity", "chart", None))
    root, _ = docks.arrangement()
    assert shape(root) == (
        True,
        (
            (False, (Tabs(("watchlist",), "watchlist"), Tabs(("ticket",), "ticket"))),
            (False, (Tabs(("chart", "activity"), "activity"), Tabs(("portfolio",), "portfolio"))),
        ),
    )
    docks.arrange(floated(saved(docks), "ticket", Place(9_000, 9_000, 10, 10)))
    assert docks.is_floating("ticket")
    assert all(each.updatesEnabled() for each in docks.manager.floatingWidgets())
    (floating,) = docks.arrangement()[1]
    assert floating.place.x < 9_000
    assert floating.place.width >= 100
    assert docks.group("activity") == ("chart", "activity")
    assert docks.group("backtest") == ()
    docks.hide("activity")
    assert "activity" not in docks.shown
    docks.open("activity", mate="watchlist", toward=Toward.RIGHT)
    assert "activity" in docks.shown
    docks.remove("activity")
    assert "activity" not in docks.instances
    qapp.processEvents()


def test_a_panel_grows_at_its_neighbours_cost_and_stops_where_there_is_none(docks, qapp):
    docks.arrange(trade())
    qapp.processEvents()
    before = {name: spot.place for name, spot in docks.spots().items()}
    assert docks.resize("watchlist", 60, across=True)
    qapp.processEvents()
    after = {name: spot.place for name, spot in docks.spots().items()}
    assert after["watchlist"].width == before["watchlist"].width + 60
    assert after["chart"].width == before["chart"].width - 60
    assert after["ticket"] == before["ticket"]
    assert not docks.resize("watchlist", 60, across=False)
    assert docks.resize("activity", 9_000, across=False)
    qapp.processEvents()
    assert docks.spots()["chart"].place.height >= LEAST
    docks.arrange(floated(trade(), "ticket", Place(100, 100, 500, 400)))
    settle(qapp)
    assert docks.resize("ticket", 50, across=True)
    assert docks.arrangement()[1][0].place.width == 550


def test_a_maximised_panel_leaves_the_saved_arrangement_alone(docks, qapp):
    docks.arrange(trade())
    qapp.processEvents()
    before = saved(docks)
    docks.maximise("chart")
    qapp.processEvents()
    assert docks.maximised == "chart"
    assert not docks.in_front("ticket")
    assert dump(saved(docks)) == dump(before)
    docks.restore()
    qapp.processEvents()
    assert docks.maximised == ""
    assert shape(saved(docks).root) == shape(before.root)


def test_a_close_button_asks_and_closes_nothing_by_itself(docks, qtbot):
    docks.arrange(trade())
    with qtbot.waitSignal(docks.close_asked) as asked:
        docks._docks["ticket"].requestCloseDockWidget()
    assert asked.args == ["ticket"]
    assert "ticket" in docks.shown


def test_focus_goes_round_and_is_announced(docks, qtbot):
    docks.arrange(trade())
    with qtbot.waitSignal(docks.focused) as heard:
        docks.focus("activity")
    assert heard.args == ["activity"]
    assert docks.current == "activity"
    order = docks.shown
    assert docks.neighbour(1) == order[(order.index("activity") + 1) % len(order)]
    docks.focus("portfolio")
    assert docks.in_front("portfolio")
    assert not docks.in_front("activity")


def test_content_can_be_replaced_and_the_old_one_goes(docks, qtbot, qapp):
    docks.arrange(trade())
    old = docks.content("chart")
    assert old is not None
    gone = []
    old.destroyed.connect(lambda: gone.append(True))
    del old
    new = QLabel("A chart")
    docks.fill("chart", new)
    qtbot.waitUntil(lambda: bool(gone))
    assert docks.content("chart") is new
    assert new.isVisible()


def test_a_change_is_announced_once_it_has_settled(docks, qtbot):
    docks.arrange(trade())
    with qtbot.waitSignal(docks.changed):
        docks.arrange(beside(trade(), "ticket", "watchlist", Toward.DOWN))


def test_leaves_are_in_reading_order():
    root = trade().root
    assert root is not None
    assert list(leaves(root)) == ["watchlist", "chart", "portfolio", "activity", "ticket"]


def test_two_restores_in_one_turn_of_the_loop_do_not_mix(docks, qapp):
    floating = Floating(Place(100, 100, 500, 400), Tabs(("activity", "backtest"), "backtest"))
    root = Tabs(("chart",), "chart")
    docks.arrange(Layout("", root, (floating,)))
    docks.arrange(trade())
    assert docks.arrangement()[1] == ()
    docks.arrange(Layout("", root, (floating,)))
    settle(qapp)
    assert [shape(one.root) for one in docks.arrangement()[1]] == [floating.root]
    assert docks.shown == ("chart", "activity", "backtest")


def test_a_panel_opened_beside_a_restored_layout_shows_its_title(docks):
    docks.arrange(trade())
    docks.open("backtest", mate="chart", toward=Toward.RIGHT)
    docks.open("chart#2", mate="chart")
    for instance in docks.shown:
        tab = docks._docks[instance].tabWidget()
        assert not tab.isHidden(), instance
        assert tab.text(), instance
