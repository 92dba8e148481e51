"""What alerts may begin as, one click each, while there is none."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLayout, QPushButton, QWidget
from typing_extensions import override

from puffling.ui.panels.automation.drafts import TEMPLATES

if TYPE_CHECKING:
    from puffling.ui.theme.theme import Theme


class Templates(QWidget):
    """Tell me when AAPL crosses its 200-day average, and so on.

    Signals:
        chosen: One was chosen (its kind, and what its form begins with).
    """

    chosen = Signal(str, object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        row.setContentsMargins(theme.px(6), 0, theme.px(6), 0)
        row.setSpacing(theme.px(4))
        self.buttons: list[QPushButton] = []
        for _, kind, values in TEMPLATES:
            button = QPushButton()
            theme.set_role(button, "flat")
            button.clicked.connect(partial(self._choose, kind, values))
            row.addWidget(button)
            self.buttons.append(button)
        row.addStretch(1)
        self.setMinimumWidth(theme.px(1))
        self._row = row

    def show_for(self, symbol: str, *, wanted: bool) -> None:
        """Name `symbol` in them; hide them where they are not wanted."""
        self.setVisible(wanted and bool(symbol))
        for button, (words, _, _) in zip(self.buttons, TEMPLATES, strict=True):
            text = words.format(symbol=symbol)
            button.setText(text[:1].upper() + text[1:])
            button.setToolTip(f"Tell me when {text}")
        self._fit()

    @override
    def resizeEvent(self, event: object) -> None:
        self._fit()

    def _fit(self) -> None:
        """Show those that can be read whole; the editor has every kind."""
        margins = self._row.contentsMargins()
        room = self.width() - margins.left() - margins.right()
        for button in self.buttons:
            room -= button.sizeHint().width() + self._row.spacing()
            button.setVisible(room >= 0)

    def _choose(self, kind: str, values: dict[str, object]) -> None:
        self.chosen.emit(kind, values)
