from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import QMainWindow

from puffling.commands import all_commands
from puffling.ui.shell.stages import STAGES
from puffling.ui.shell.wheel import HUB, Wheel

# The offscreen platform says that a pop-up cannot have the keyboard to itself.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support .*")


@pytest.fixture
def window(qtbot):
    made = QMainWindow()
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.fixture
def wheel(window, theme):
    made = Wheel(theme, lambda: "Market open", window)
    made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
    made.open_over(window)
    return made


@pytest.fixture
def chosen(wheel) -> list[int]:
    found: list[int] = []
    wheel.chosen.connect(found.append)
    return found


def test_every_stage_opens_what_there_is():
    registry = all_commands()
    assert len(STAGES) == 10
    for each in STAGES:
        assert all(id_ in registry for id_ in each.commands), each.title
        here = any(f"panel.{each.missing.casefold()}" == command.id for command in registry)
        assert not (each.missing and here), f"{each.missing} has come"


@pytest.mark.parametrize(("digit", "place"), [("1", 0), ("4", 3), ("9", 8), ("0", 9)])
def test_a_digit_opens_its_stage(wheel, qtbot, chosen, digit: str, place: int):
    qtbot.keyClicks(wheel, digit)
    assert chosen == [place]
    assert not wheel.isVisible()


def test_arrows_turn_it_round_and_return_opens(wheel, qtbot, chosen):
    qtbot.keyClick(wheel, Qt.Key.Key_Left)
    assert wheel.current == 9
    for _ in range(3):
        qtbot.keyClick(wheel, Qt.Key.Key_Right)
    qtbot.keyClick(wheel, Qt.Key.Key_Tab)
    assert wheel.accessibleDescription().startswith("4, Research")
    qtbot.keyClick(wheel, Qt.Key.Key_Return)
    assert chosen == [3]


def test_escape_opens_nothing(wheel, qtbot, chosen):
    qtbot.keyClick(wheel, Qt.Key.Key_Escape)
    assert not wheel.isVisible()
    assert chosen == []


def test_the_pointer_finds_the_wedges_clockwise_from_the_top(wheel, qtbot, chosen):
    side = wheel.width()
    top, right, bottom = (
        (side / 2, side * 0.14),
        (side * 0.86, side * 0.45),
        (side / 2, side * 0.86),
    )
    assert [wheel.stage_at(QPointF(*each)) for each in (top, right, bottom)] == [0, 2, 5]
    assert wheel.stage_at(QPointF(side / 2, side / 2)) is None
    assert wheel.stage_at(QPointF(1, 1)) is None
    qtbot.mouseMove(wheel, QPoint(round(bottom[0]), round(bottom[1])))
    qtbot.mouseClick(
        wheel, Qt.MouseButton.LeftButton, pos=QPoint(round(bottom[0]), round(bottom[1]))
    )
    assert chosen == [5]
    assert wheel.current == 5


@pytest.mark.parametrize("place", range(len(STAGES)))
def test_the_hub_shows_all_of_its_words_one_below_the_other(window, theme, place: int):
    said = "Demo market · 28 Jun 2012 13:13 New York · path inside the day simulated"
    wheel = Wheel(theme, lambda: said, window)
    wheel._turn(place)
    below = wheel.height() / 2 - wheel._round()[1] * HUB
    for box, kind, _, words in wheel.hub_lines():
        metrics = QFontMetricsF(theme.font(kind))
        wrapped = int(Qt.TextFlag.TextWordWrap)
        assert metrics.boundingRect(box, wrapped, words).height() <= box.height() + 0.5
        assert box.top() >= below
        below = box.bottom()
    assert below <= wheel.height() / 2 + wheel._round()[1] * HUB
    wheel.close()


def test_in_a_low_window_the_wheel_is_smaller_and_its_hub_says_less(window, theme):
    window.resize(900, 360)
    wheel = Wheel(theme, lambda: "Demo market · 28 Jun 2012 13:13 New York", window)
    wheel.open_over(window)
    assert window.geometry().contains(wheel.geometry())
    for place in range(len(STAGES)):
        wheel._turn(place)
        boxes = [box for box, *_ in wheel.hub_lines()]
        assert boxes[-1].bottom() - boxes[0].top() <= 2 * wheel._round()[1] * HUB
    wheel.close()
