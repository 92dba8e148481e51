"""The red banner over the docks while trading is halted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy

from puffling.ui.widgets.picture import Picture

if TYPE_CHECKING:
    from puffling.ui.theme.theme import Theme


class HaltBanner(QFrame):
    """Says who halted trading and why, as long as it is halted.

    Signals:
        resume_asked: The button was pressed.
    """

    resume_asked = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        theme.set_role(self, "banner", "danger")
        self._label = QLabel()
        self._label.setTextFormat(Qt.TextFormat.PlainText)
        self._label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        theme.set_role(self._label, "strong", "danger")
        button = QPushButton("Resume trading…")
        button.clicked.connect(self.resume_asked)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.px(10), theme.px(4), theme.px(8), theme.px(4))
        row.setSpacing(theme.px(8))
        row.addWidget(Picture(theme, "kill", "danger"))
        row.addWidget(self._label, 1)
        row.addWidget(button)
        self.hide()

    def show_halt(self, text: str) -> None:
        """Show the banner with `text`; an empty one hides it."""
        self._label.setText(text)
        self._label.setToolTip(text)
        self.setAccessibleName(text)
        self.setVisible(bool(text))
