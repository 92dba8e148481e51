from __future__ import annotations

from datetime import date

import pytest
from PySide6.QtCore import QDate, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDateEdit

from puffling.ui.forms.day_edit import DayEdit


@pytest.fixture
def edit(qtbot):
    edit = DayEdit()
    edit.setDate(QDate(2000, 1, 1))
    qtbot.addWidget(edit)
    edit.show()
    edit.activateWindow()
    edit.setFocus()
    qtbot.waitUntil(edit.hasFocus)
    return edit


def selected_all(edit):
    edit.selectAll()


def at_the_end(edit):
    QTest.keyClick(edit, Qt.Key.Key_End)


def at_the_beginning(edit):
    QTest.keyClick(edit, Qt.Key.Key_Home)


def as_tab_enters_it(edit):
    edit.setSelectedSection(QDateEdit.Section.YearSection)


@pytest.mark.parametrize("begin", [selected_all, at_the_end, at_the_beginning, as_tab_enters_it])
@pytest.mark.parametrize("typed", ["20120315", "2012-03-15", "2012/3/15", "2012 03 15"])
def test_a_whole_date_can_be_typed_from_anywhere(edit, begin, typed):
    begin(edit)
    QTest.keyClicks(edit, typed)
    assert edit.date().toPython() == date(2012, 3, 15)


def test_a_part_that_was_chosen_is_typed_over_alone(edit):
    edit.setSelectedSection(QDateEdit.Section.MonthSection)
    QTest.keyClicks(edit, "07")
    assert edit.date().toPython() == date(2000, 7, 1)


def test_a_short_month_is_ended_by_what_parts_it(edit):
    edit.selectAll()
    QTest.keyClicks(edit, "2012-1-5")
    QTest.keyClick(edit, Qt.Key.Key_Tab)
    assert edit.date().toPython() == date(2012, 1, 5)
