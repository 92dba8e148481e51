"""The row that adds an alert."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from puffling.ui.theme.tokens import Tone
from puffling.ui.widgets.alert_fields import AlertFields
from puffling.ui.widgets.symbol_edit import SymbolEdit

if TYPE_CHECKING:
    from decimal import Decimal

    from PySide6.QtGui import QKeyEvent

    from puffling.ui.theme.theme import Theme
    from puffling.ui.widgets.suggestions import Suggestions

_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_LONGEST_NOTE = 200
_SYMBOL = 60
_LEAST = 330  # in two lines; the hint of one line must not hold the panel open
_ONE_LINE, _WITH_WORDS = 600, 760  # from these widths on


class AlertEditor(QFrame):
    """Tell me when AAPL rises above 600.00, once.

    Signals:
        wanted: An alert is asked for (the values of the command).
        symbol_chosen: Another symbol was chosen (the symbol).
        any_kind: An alert of another kind is wanted.
    """

    wanted = Signal(object)
    symbol_chosen = Signal(str)
    any_kind = Signal()

    def __init__(self, theme: Theme, suggest: Suggestions) -> None:
        super().__init__()
        self.symbol = SymbolEdit(theme, suggest)
        self.symbol.setMinimumWidth(theme.px(_SYMBOL))
        self.fields = AlertFields(theme)
        self.note = QLineEdit()
        self.note.setPlaceholderText("Note")
        self.note.setToolTip("Shown when it tells you")
        self.note.setAccessibleName("Note")
        self.note.setMaxLength(_LONGEST_NOTE)
        self.add_button, self.more_button = QPushButton("Add alert"), QPushButton("More…")
        self.more_button.setToolTip("Alerts of every kind, with rests, quiet hours and their past")
        theme.set_role(self.more_button, "flat")
        theme.set_role(self.add_button, "primary")
        self.words, self.problem = QLabel("Tell me when"), QLabel()
        theme.set_role(self.words, "muted")
        theme.set_role(self.problem, "caption", Tone.DANGER)
        self.problem.hide()
        self._theme = theme
        self.setMinimumWidth(theme.px(_LEAST))
        self._lay_out()
        self.symbol.chosen.connect(self.symbol_chosen)
        self.symbol.textChanged.connect(self._judge)
        self.fields.changed.connect(self._judge)
        self.symbol.problem_changed.connect(self._judge)
        self.fields.price.problem_changed.connect(self._judge)
        self.add_button.clicked.connect(self.add)
        self.more_button.clicked.connect(self.any_kind)
        self._judge()

    def begin(self, symbol: str, last: Decimal | None, price: Decimal | None = None) -> None:
        """Begin an alert on `symbol` at `price`, or at its last price."""
        self.symbol.set_symbol(symbol)
        place = self.fields.price if symbol else self.symbol
        place.setFocus(Qt.FocusReason.OtherFocusReason)
        self.fields.suggest(last, price)

    def add(self) -> None:
        """Ask for the alert that is filled in."""
        values = self.fields.values
        if values is None or not self.symbol.symbol:
            return
        self.wanted.emit({"symbol": self.symbol.symbol, **values, "note": self.note.text().strip()})
        self.fields.price.set_value(None)
        self.note.clear()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if Qt.Key(event.key()) in _ENTER:
            self.add()
            event.accept()
        else:
            super().keyPressEvent(event)

    @override
    def resizeEvent(self, event: object) -> None:
        """Keep to one line where there is room for it: in a low dock each line is a row less."""
        across, down = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
        wide = self.width() >= self._theme.px(_ONE_LINE)
        self._rows.setDirection(across if wide else down)
        self.words.setVisible(self.width() >= self._theme.px(_WITH_WORDS))

    def _lay_out(self) -> None:
        theme = self._theme
        self._rows = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.px(6), theme.px(4), theme.px(6), theme.px(4))
        column.setSpacing(theme.px(4))
        column.addLayout(self._rows)
        column.addWidget(self.problem)
        self._rows.setSpacing(theme.px(4))
        for pieces, share in (
            (((self.words, 0), (self.symbol, 1), (self.fields, 4)), 3),
            (((self.note, 1), (self.add_button, 0), (self.more_button, 0)), 2),
        ):
            row = QHBoxLayout()
            row.setSpacing(theme.px(4))
            for widget, stretch in pieces:
                row.addWidget(widget, stretch)
            self._rows.addLayout(row, share)
        before: QWidget = self.symbol
        for after in (*self.fields.editors, self.note, self.add_button, self.more_button):
            QWidget.setTabOrder(before, after)
            before = after

    def _judge(self) -> None:
        ready = bool(self.symbol.symbol) and self.fields.values is not None
        self.add_button.setEnabled(ready)
        problem = self.symbol.problem or self.fields.price.problem
        self.problem.setText(problem)
        self.problem.setVisible(bool(problem))
