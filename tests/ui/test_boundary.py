"""Qt's own methods say words in the language of the desk, and are Qt's own again afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QComboBox,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QTabWidget,
    QWidget,
)

from puffling.core.language import Catalogue
from puffling.core.sentences import Entry
from puffling.ui.boundary import MEANING, SAYING, Boundary
from puffling.ui.voice import said

if TYPE_CHECKING:
    from collections.abc import Iterator

WORDS = {"Order": "Auftrag", "Close": "Schließen", "{n} rows": "{n} Zeilen"}


@pytest.fixture
def german(qapp: object) -> Iterator[Boundary]:
    boundary = Boundary(Catalogue([Entry(text, (words,)) for text, words in WORDS.items()]))
    boundary.put_up()
    yield boundary
    boundary.take_down()


@pytest.mark.usefixtures("german")
def test_words_reach_labels_buttons_menus_and_tabs_in_the_language(qtbot):
    label, button, menu, tabs = QLabel("Order"), QPushButton("Close"), QMenu("Order"), QTabWidget()
    for each in (label, button, menu, tabs):
        qtbot.addWidget(each)
    label.setToolTip("3 rows")
    action = menu.addAction("Close")
    tabs.addTab(QWidget(), "Order")
    shown = vars(QTabWidget)["tabText"].__wrapped__(tabs, 0)
    assert (label.text(), button.text(), menu.title()) == ("Auftrag", "Schließen", "Auftrag")
    assert (label.toolTip(), action.text()) == ("3 Zeilen", "Schließen")
    assert shown == "Auftrag"
    assert QAction("Order", toolTip="Close").toolTip() == "Schließen"
    assert said("12 rows") == "12 Zeilen"


@pytest.mark.usefixtures("german")
def test_titles_that_stand_for_something_are_read_back_as_they_were_meant(qtbot):
    box, tabs = QComboBox(), QTabWidget()
    qtbot.addWidget(box)
    qtbot.addWidget(tabs)
    box.addItem("Order", "Close")
    tabs.addTab(QWidget(), "Close")
    assert (box.currentText(), box.itemData(0), box.findText("Order")) == ("Order", "Close", 0)
    assert tabs.tabText(0) == "Close"


@pytest.mark.usefixtures("german")
def test_what_a_person_types_is_theirs(qtbot):
    line = QLineEdit()
    qtbot.addWidget(line)
    line.setText("Order")
    assert line.text() == "Order"


def test_qt_has_its_own_methods_back(qapp):
    names = [(kind, name) for kind, each in (*SAYING, *MEANING) for name in each]
    before = [vars(kind).get(name) for kind, name in names]
    boundary = Boundary(Catalogue([Entry("Order", ("Auftrag",))]))
    boundary.put_up()
    assert QLabel("Order").text() == "Auftrag"
    boundary.take_down()
    assert [vars(kind).get(name) for kind, name in names] == before
    assert QLabel("Order").text() == "Order"
