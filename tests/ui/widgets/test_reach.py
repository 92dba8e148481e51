from __future__ import annotations

import gc

import pytest
from PySide6.QtWidgets import QLineEdit, QPushButton, QTableView, QTabWidget, QVBoxLayout, QWidget

from puffling.ui.widgets.empty_state import StateStack
from puffling.ui.widgets.reach import reachable


@pytest.fixture
def room(theme, qtbot):
    """A panel with a field above a page that may be covered."""
    panel = QWidget()
    qtbot.addWidget(panel)
    field, wanted = QLineEdit(), QLineEdit()
    states = StateStack(theme, wanted)
    column = QVBoxLayout(panel)
    column.addWidget(field)
    column.addWidget(states)
    panel.show()
    return panel, field, wanted, states


def test_what_can_be_seen_gets_the_keyboard(room):
    panel, _, wanted, _ = room
    assert reachable(wanted, panel) is wanted
    assert reachable(panel, panel) is panel


def test_the_button_of_an_empty_page_gets_it_instead(room):
    panel, _, wanted, states = room
    states.show_empty("Nothing is here.", "Add one")
    found = reachable(wanted, panel)
    assert isinstance(found, QPushButton)
    assert found.text() == "Add one"


def test_without_a_button_it_goes_to_the_panel(room):
    panel, _, wanted, states = room
    states.show_empty("Nothing is here.")
    assert reachable(wanted, panel) is panel


def test_what_is_covered_lives_on(theme, qtbot):
    panel = QWidget()
    qtbot.addWidget(panel)
    table = QTableView()
    header = table.horizontalHeader()
    states = StateStack(theme, table)
    tabs = QTabWidget()
    tabs.addTab(states, "One")
    QVBoxLayout(panel).addWidget(tabs)
    panel.show()
    states.show_empty("Nothing is here.")
    for _ in range(3):
        assert reachable(table, panel) is panel
        gc.collect()
    assert header.viewport().width() >= 0
