"""The small editors above the list: an alert, a name, and the question before a list goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton
from typing_extensions import override

from puffling.ui.widgets.alert_fields import AlertFields
from puffling.ui.widgets.ask_bar import Bar

if TYPE_CHECKING:
    from decimal import Decimal

    from puffling.ui.theme.theme import Theme


class AlertBar(Bar):
    """Tell me when a symbol rises above or falls below a price.

    Signals:
        wanted: An alert is asked for (the values of the command).
    """

    wanted = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "Add alert")
        self.symbol = ""
        self.words = QLabel()
        theme.set_role(self.words, "strong")
        self.fields = AlertFields(theme)
        self.lay_in_row(self.words, self.fields, stretch=self.fields)
        self.fields.changed.connect(self._judge)

    def open_for(self, symbol: str, price: Decimal | None) -> None:
        """Ask about `symbol`, beginning with its last price."""
        self.symbol = symbol
        self.words.setText(symbol)
        self.setAccessibleName(f"Alert on {symbol}")
        self._judge()
        self.show()
        self.fields.price.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.fields.suggest(price)

    @override
    def apply(self) -> None:
        values = self.fields.values
        if values is None:
            self.fields.price.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self.wanted.emit({"symbol": self.symbol, **values})
        self.close_bar()

    def _judge(self) -> None:
        self.apply_button.setEnabled(self.fields.values is not None)


class NameBar(Bar):
    """Names a new list, or gives one another name.

    Signals:
        named: A name was given (the name, and the list's present name or nothing).
    """

    named = Signal(str, str)

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "Create list")
        self.present = ""
        self.name = QLineEdit()
        self.name.setPlaceholderText("Name of the list")
        self.name.setMaxLength(40)
        self.name.textChanged.connect(lambda text: self.apply_button.setEnabled(bool(text.strip())))
        self.lay_in_row(self.name, stretch=self.name)

    def open_for(self, present: str = "") -> None:
        """Ask for another name of the list `present`, or for that of a new one."""
        self.present = present
        self.apply_button.setText("Rename list" if present else "Create list")
        self.setAccessibleName(self.apply_button.text())
        self.name.setText(present)
        self.apply_button.setEnabled(bool(present))
        self.show()
        self.name.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.name.selectAll()

    @override
    def apply(self) -> None:
        name = self.name.text().strip()
        if name:
            if name != self.present:
                self.named.emit(name, self.present)
            self.close_bar()


class DeleteBar(Bar):
    """Asks before a list goes.

    Signals:
        agreed: The list may go (its name).
    """

    agreed = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "Delete list")
        theme.set_role(self.apply_button, "danger")
        self.name = ""
        self.words = QLabel()
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.words.setWordWrap(True)
        self.keep_button = QPushButton("Keep it")
        self.keep_button.clicked.connect(self.close_bar)
        self.lay_in_row(self.words, self.keep_button, stretch=self.words)

    def open_for(self, name: str, symbols: int) -> None:
        """Ask about the list `name`."""
        self.name = name
        count = "1 symbol" if symbols == 1 else f"{symbols} symbols"
        self.words.setText(f"Delete the list {name} with {count}?")
        self.show()
        self.keep_button.setFocus(Qt.FocusReason.ShortcutFocusReason)

    @override
    def apply(self) -> None:
        self.agreed.emit(self.name)
        self.close_bar()

    @override
    def enter(self) -> None:
        if self.keep_button.hasFocus():
            self.close_bar()
        else:
            self.apply()
