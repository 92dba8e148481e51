"""Asks for a moving average of any window, in a line above the chart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSpinBox,
    QToolButton,
    QWidget,
)
from typing_extensions import override

from puffling.ui.charts.studies import LONGEST, SHORTEST

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

    from puffling.ui.theme.theme import Theme

USUAL = 20


class StudyBar(QWidget):
    """Asks for a moving average of any window, in a line above the chart.

    Signals:
        wanted: Add was pressed (kind, window).
        closed: It was put away.
    """

    wanted = Signal(str, int)
    closed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.kind = QComboBox()
        self.kind.addItem("Simple", "sma")
        self.kind.addItem("Exponential", "ema")
        self.kind.setAccessibleName("Kind of average")
        self.window_box = QSpinBox()
        self.window_box.setRange(SHORTEST, LONGEST)
        self.window_box.setValue(USUAL)
        self.window_box.setSuffix(" bars")
        self.window_box.setAccessibleName("Bars averaged")
        self.add = QPushButton("Add average")
        cancel = QToolButton()
        cancel.setIcon(theme.icon("close"))
        cancel.setAutoRaise(True)
        cancel.setAccessibleName("Close")
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.px(8), theme.px(2), theme.px(6), theme.px(4))
        for each in (QLabel("Moving average"), self.kind, self.window_box, self.add):
            row.addWidget(each)
        row.addStretch(1)
        row.addWidget(cancel)
        self.add.clicked.connect(self._add)
        cancel.clicked.connect(self.put_away)
        self.hide()

    def open(self) -> None:
        """Ask."""
        self.show()
        self.window_box.setFocus(Qt.FocusReason.OtherFocusReason)
        self.window_box.selectAll()

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
            self._add()
        else:
            super().keyPressEvent(event)

    def _add(self) -> None:
        self.wanted.emit(str(self.kind.currentData()), self.window_box.value())
        self.put_away()
