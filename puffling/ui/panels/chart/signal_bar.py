"""Asks which strategy's signals are to be marked, in a line above the chart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QPushButton, QToolButton, QWidget
from typing_extensions import override

if TYPE_CHECKING:
    from collections.abc import Iterable

    from PySide6.QtGui import QKeyEvent

    from puffling.ui.theme.theme import Theme

_READING = "Reading the library…"


class SignalBar(QWidget):
    """A list of strategies that decide on one symbol.

    Signals:
        wanted: Mark was pressed (the strategy's id).
        closed: It was put away.
    """

    wanted = Signal(str)
    closed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.box = QComboBox()
        self.box.setAccessibleName("Strategy whose signals are marked")
        self.box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.mark = QPushButton("Mark signals")
        cancel = QToolButton()
        cancel.setIcon(theme.icon("close"))
        cancel.setAutoRaise(True)
        cancel.setAccessibleName("Close")
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.px(8), theme.px(2), theme.px(6), theme.px(4))
        for each in (QLabel("Signals of"), self.box, self.mark):
            row.addWidget(each)
        row.addStretch(1)
        row.addWidget(cancel)
        self.mark.clicked.connect(self._mark)
        cancel.clicked.connect(self.put_away)
        self.show_strategies(())
        self.hide()

    def show_strategies(self, known: Iterable[tuple[str, str]]) -> None:
        """Offer these, each with its id and title; what was chosen stays if it is there."""
        chosen = self.box.currentData()
        self.box.clear()
        for id_, title in known:
            self.box.addItem(title, id_)
        self.mark.setEnabled(bool(self.box.count()))
        if not self.box.count():
            self.box.addItem(_READING)
        self.box.setCurrentIndex(max(self.box.findData(chosen), 0))

    def open(self) -> None:
        """Ask."""
        self.show()
        self.box.setFocus(Qt.FocusReason.OtherFocusReason)

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
            self._mark()
        else:
            super().keyPressEvent(event)

    def _mark(self) -> None:
        chosen = self.box.currentData()
        if chosen:
            self.wanted.emit(str(chosen))
            self.put_away()
