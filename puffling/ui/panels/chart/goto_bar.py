"""Asks for a date to go to, in a line above the chart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QDate, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QToolButton, QWidget
from typing_extensions import override

from puffling.ui.forms.day_edit import DayEdit

if TYPE_CHECKING:
    from datetime import date

    from PySide6.QtGui import QKeyEvent

    from puffling.ui.theme.theme import Theme


class GotoBar(QWidget):
    """A date between the first bar and the last.

    Signals:
        wanted: Go was pressed (a date).
        closed: It was put away.
    """

    wanted = Signal(object)
    closed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.words = QLabel("Go to")
        self.day = DayEdit()
        self.day.setAccessibleName("Date to go to")
        self.go = QPushButton("Go")
        self.span = QLabel()
        theme.set_role(self.span, "muted")
        cancel = QToolButton()
        cancel.setIcon(theme.icon("close"))
        cancel.setAutoRaise(True)
        cancel.setAccessibleName("Close")
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.px(8), theme.px(2), theme.px(6), theme.px(4))
        for each in (self.words, self.day, self.go, self.span):
            row.addWidget(each)
        row.addStretch(1)
        row.addWidget(cancel)
        self.go.clicked.connect(self._go)
        cancel.clicked.connect(self.put_away)
        self.hide()

    def open(self, first: date, last: date, at: date) -> None:
        """Ask for a date between two, proposing one."""
        self.day.setDateRange(_as_q(first), _as_q(last))
        self.day.setDate(_as_q(at))
        self.span.setText(f"Prices from {first:%Y-%m-%d} to {last:%Y-%m-%d}")
        self.show()
        self.day.setFocus(Qt.FocusReason.OtherFocusReason)
        self.day.selectAll()

    def put_away(self) -> None:
        """Close it."""
        self.hide()
        self.closed.emit()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key is Qt.Key.Key_Escape:
            self.put_away()
        elif key in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self._go()
        else:
            super().keyPressEvent(event)

    def _go(self) -> None:
        chosen = self.day.date().toPython()
        self.put_away()
        self.wanted.emit(chosen)


def _as_q(day: date) -> QDate:
    return QDate(day.year, day.month, day.day)
