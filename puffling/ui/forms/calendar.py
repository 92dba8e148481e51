"""Qt's calendar, in the theme's words and colours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QTextCharFormat
from PySide6.QtWidgets import QCalendarWidget, QToolButton

from puffling.ui.theme.tokens import Tone

if TYPE_CHECKING:
    from puffling.ui.theme.theme import Theme

_ARROWS = {"qt_calendar_prevmonth": "chevron-left", "qt_calendar_nextmonth": "chevron-right"}
_WIDTH, _HEIGHT = 252, 224


def dress(calendar: QCalendarWidget, theme: Theme) -> None:
    """Give the calendar quiet weekends, our arrows and room for six weeks."""
    calendar.setVerticalHeaderFormat(QCalendarWidget.VerticalHeaderFormat.NoVerticalHeader)
    calendar.setFirstDayOfWeek(Qt.DayOfWeek.Monday)
    calendar.setMinimumSize(theme.px(_WIDTH), theme.px(_HEIGHT))
    head, weekend = QTextCharFormat(), QTextCharFormat()
    head.setForeground(theme.color(Tone.MUTED))
    weekend.setForeground(theme.color(Tone.FAINT))
    calendar.setHeaderTextFormat(head)
    for day in (Qt.DayOfWeek.Saturday, Qt.DayOfWeek.Sunday):
        calendar.setWeekdayTextFormat(day, weekend)
    for name, icon in _ARROWS.items():
        button = calendar.findChild(QToolButton, name)
        if isinstance(button, QToolButton):
            button.setIcon(theme.icon(icon))
