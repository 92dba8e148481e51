from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QMainWindow

from puffling.commands import all_commands
from puffling.commands.keystrokes import Group, groups
from puffling.ui.shell.leader import Leader

# The offscreen platform says that a pop-up cannot have the keyboard to itself.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support .*")
GROUPS = {
    "c": Group("Chart", {"n": "chart.new", "f": "chart.fit"}),
    "b": Group("Backup", {"n": "backup.now"}),
}


@pytest.fixture
def window(qtbot):
    made = QMainWindow()
    made.resize(1200, 700)
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.fixture
def leader(window, theme):
    made = Leader(theme, all_commands(), GROUPS, window)
    made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
    made.open_over(window)
    return made


@pytest.fixture
def chosen(leader) -> list[str]:
    found: list[str] = []
    leader.chosen.connect(found.append)
    return found


def test_the_nouns_are_offered_then_the_verbs_of_one(leader, qtbot, chosen):
    assert leader.offered == {"b": "Backup", "c": "Chart"}
    qtbot.keyClicks(leader, "c")
    assert leader.offered == {"f": "Fit chart", "n": "New chart"}
    assert chosen == []
    qtbot.keyClicks(leader, "f")
    assert chosen == ["chart.fit"]
    assert not leader.isVisible()


def test_backspace_goes_back_and_escape_leaves(leader, qtbot, chosen):
    qtbot.keyClicks(leader, "b")
    qtbot.keyClick(leader, Qt.Key.Key_Backspace)
    assert set(leader.offered) == {"b", "c"}
    qtbot.keyClick(leader, Qt.Key.Key_Escape)
    assert not leader.isVisible()
    assert chosen == []


def test_a_letter_that_nothing_has_is_said(leader, qtbot, chosen):
    qtbot.keyClicks(leader, "z")
    said = [each.text() for each in leader.findChildren(QLabel)]
    assert any("Nothing has the letter z" in each for each in said)
    assert leader.isVisible()
    assert chosen == []


def test_the_fullest_pages_of_letters_are_whole_and_inside_the_window(window, theme, qtbot):
    registry = all_commands()
    found = groups(registry)
    leader = Leader(theme, registry, found, window)
    leader.open_over(window)
    room = window.geometry()
    for letter in sorted(found, key=lambda each: -len(found[each].commands))[:2]:
        qtbot.keyClicks(leader, letter)
        assert leader.size() == leader.sizeHint()
        assert room.contains(leader.geometry())
        labels = leader.findChildren(QLabel)
        shown = [each for each in labels if each.text() in leader.offered.values()]
        assert all(leader.rect().contains(each.geometry()) for each in shown)
        qtbot.keyClick(leader, Qt.Key.Key_Backspace)
        assert leader.size() == leader.sizeHint()
    leader.close()


def test_in_a_narrow_window_the_letters_stand_in_fewer_columns(window, theme):
    window.resize(700, 700)
    registry = all_commands()
    leader = Leader(theme, registry, groups(registry), window)
    leader.open_over(window)
    assert leader.width() <= window.width()
    leader.close()
