from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton, QWidget

from puffling.ui.shell.tour import Stop, Tour
from puffling.ui.shell.tour_stops import stops
from tests.ui.shell.conftest import story
from tests.ui.shell.test_session import Desk, until


@pytest.fixture
def window(qtbot):
    window = QWidget()
    window.resize(900, 600)
    for at, name in enumerate(("one", "two", "three")):
        part = QLineEdit(window)
        part.setObjectName(name)
        part.setGeometry(40 + 300 * at, 100 * at, 200, 60)
    qtbot.addWidget(window)
    window.show()
    window.activateWindow()
    named(window, "two").setFocus()
    qtbot.waitUntil(named(window, "two").hasFocus)
    return window


def named(window: QWidget, name: str) -> QLineEdit:
    found = window.findChild(QLineEdit, name)
    assert found is not None
    return found


def stop(window: QWidget, name: str) -> Stop:
    return Stop(name.title(), f"This is {name}.", lambda: window.findChild(QLineEdit, name))


@pytest.fixture
def tour(theme, window):
    named(window, "three").hide()
    tour = Tour(theme, window, [stop(window, each) for each in ("one", "three", "gone", "two")])
    tour.start()
    return tour


def press(tour: Tour, key: Qt.Key, qtbot) -> None:
    qtbot.keyClick(QApplication.focusWidget() or tour, key)


def test_it_stops_only_at_what_is_in_view_and_never_covers_it(tour, window, qtbot):
    assert (tour.title.text(), tour.count.text()) == ("One", "1 of 2")
    for _ in range(2):
        part = tour.pointed_at
        assert part is not None
        assert not tour.geometry().intersects(part.geometry())
        assert window.rect().contains(tour.geometry())
        press(tour, Qt.Key.Key_Right, qtbot)


@pytest.mark.parametrize("corner", [(0, 560), (860, 0), (860, 560), (400, 560)])
def test_a_part_at_the_edge_stays_in_view(theme, window, corner):
    named(window, "one").move(corner[0], corner[1])
    named(window, "one").resize(40, 40)
    tour = Tour(theme, window, [stop(window, "one")])
    tour.start()
    assert not tour.geometry().intersects(named(window, "one").geometry())
    tour.end()


def test_it_is_walked_by_keys_and_gives_the_keyboard_back(tour, window, qtbot):
    press(tour, Qt.Key.Key_Return, qtbot)
    assert tour.title.text() == "Two"
    assert tour.next.text() == "Done"
    press(tour, Qt.Key.Key_Left, qtbot)
    assert tour.title.text() == "One"
    assert not tour.back.isEnabled()
    press(tour, Qt.Key.Key_Tab, qtbot)
    assert QApplication.focusWidget() is tour.skip
    press(tour, Qt.Key.Key_Tab, qtbot)
    assert QApplication.focusWidget() is tour.next
    press(tour, Qt.Key.Key_Right, qtbot)
    press(tour, Qt.Key.Key_Right, qtbot)
    assert not tour.isVisible()
    assert named(window, "two").hasFocus()


def test_escape_ends_it(tour, qtbot):
    press(tour, Qt.Key.Key_Escape, qtbot)
    assert not tour.isVisible()


def test_it_follows_the_window(tour, window):
    tour.turn(1)
    before = tour.pos()
    named(window, "two").move(10, 500)
    window.resize(700, 580)
    assert tour.pos() != before
    assert window.rect().contains(tour.geometry())


def test_a_window_with_nothing_to_point_at_has_no_tour(theme, window):
    tour = Tour(theme, window, [stop(window, "gone")])
    tour.start()
    assert not tour.isVisible()


@pytest.mark.slow  # a whole desk
@pytest.mark.qt_log_ignore("This plugin does not support .*")
@story
async def test_the_desk_points_at_its_own_parts(profile):
    async with Desk(profile) as desk:
        places = {each.title: each.place() for each in stops(desk.window)}
        assert all(places[each] is not None for each in ("Symbol", "Layouts", "Kill switch"))
        assert places["Assistant and Inbox"] is desk.window.status.inbox  # it is not open
        assert places["Ticket"] is desk.window.workspace.widgets()["ticket"]
        desk.furniture.popups.show("tour")
        desk.furniture.popups.show("tour")
        await until(lambda: len(desk.window.findChildren(Tour)) == 1)
        tour = desk.window.findChild(Tour)
        assert tour is not None
        assert isinstance(tour.next, QPushButton)
        said = []
        while tour.isVisible():
            said.append(tour.title.text())
            tour.turn(1)
        assert said[0] == "Symbol"
        assert {"Watchlist", "Chart", "Ticket", "Portfolio", "Mode"} <= set(said)
