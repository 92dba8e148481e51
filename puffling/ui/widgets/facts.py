"""Names and values in two columns, as dialogs and cards state them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

if TYPE_CHECKING:
    from puffling.ui.theme.theme import Theme


class Facts(QWidget):
    """A line for each fact: what it is on the left, the value on the right."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._values: dict[str, QLabel] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setVerticalSpacing(theme.px(4))
        self._grid.setColumnStretch(1, 1)

    def show_fact(
        self, name: str, text: str, tone: str = "", role: str = "", tip: str = ""
    ) -> None:
        """Add a fact, or say another value of one that is there."""
        if name not in self._values:
            label, value = QLabel(name), QLabel()
            self._theme.set_role(label, "muted")
            for each in (label, value):
                each.setTextFormat(Qt.TextFormat.PlainText)
            value.setAlignment(Qt.AlignmentFlag.AlignRight)
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            row = len(self._values)
            self._grid.addWidget(label, row, 0)
            self._grid.addWidget(value, row, 1)
            self._values[name] = value
        self._values[name].setText(text)
        self._values[name].setToolTip(tip)
        self._theme.set_role(self._values[name], role, tone)
        self._values[name].setAccessibleName(f"{name}: {text}. {tip}" if tip else f"{name}: {text}")

    def text(self, name: str) -> str:
        """Return the value shown for `name`."""
        return self._values[name].text()

    def tip(self, name: str) -> str:
        """Return what is behind the value of `name`."""
        return self._values[name].toolTip()
