from __future__ import annotations

import pytest
from PySide6.QtWidgets import QMainWindow, QToolButton

from puffling.commands import all_commands
from puffling.ui.shell.actions import Actions
from puffling.ui.shell.toolbar import ToolBar


@pytest.fixture
def window(qtbot, theme):
    made = QMainWindow()
    qtbot.addWidget(made)
    bar = ToolBar(theme)
    made.addToolBar(bar)
    actions = Actions(made, all_commands(), theme, lambda _: None)
    actions.fill()
    bar.fill(actions, lambda _: [], lambda _: None)
    made.show()
    return made


def shown(window: QMainWindow, id_: str) -> bool:
    button = window.findChild(QToolButton, f"tool.{id_}")
    assert isinstance(button, QToolButton)
    return button.isVisible() and button.geometry().right() <= window.width()


def test_the_kill_switch_is_in_sight_where_the_layouts_have_no_room(window, qtbot):
    window.resize(760, 400)
    qtbot.waitUntil(lambda: shown(window, "risk.halt"))
    assert not shown(window, "layout.trade")
    window.resize(1_600, 400)
    qtbot.waitUntil(lambda: shown(window, "layout.trade"))
    assert shown(window, "risk.halt")
