"""The small editor that changes a working order: its quantity and its prices."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton
from typing_extensions import override

from puffling.services import order_words
from puffling.ui.widgets.price_edit import PriceEdit
from puffling.ui.widgets.quantity_edit import QuantityEdit

if TYPE_CHECKING:
    from decimal import Decimal

    from PySide6.QtGui import QKeyEvent

    from puffin.types import Order
    from puffling.ui.theme.theme import Theme
    from puffling.ui.widgets.decimal_edit import DecimalEdit

_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_PLACES = 6


class ChangeBar(QFrame):
    """Asks what an order should be; the confirmation dialog comes after it.

    Signals:
        wanted: The order is to be changed (the values of `order.replace`).
        closed: The bar was closed.
    """

    wanted = Signal(object)
    closed = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        theme.set_role(self, "raised")
        self._order: Order | None = None
        self._before: dict[str, Decimal | None] = {}
        self.words = QLabel()
        self.quantity = QuantityEdit(theme, places=_PLACES)
        self.limit, self.stop, self.trail = PriceEdit(theme), PriceEdit(theme), PriceEdit(theme)
        self.review_button = QPushButton("Review change")
        theme.set_role(self.review_button, "primary")
        row = QHBoxLayout(self)
        row.setContentsMargins(*[theme.px(6)] * 4)
        row.setSpacing(theme.px(6))
        row.addWidget(self.words)
        self._labels: dict[str, QLabel] = {}
        titles = {"quantity": "Quantity", "limit_price": "Limit", "stop_price": "Stop"}
        for name, edit in self._edits().items():
            label = QLabel(titles.get(name, "Trail"))
            theme.set_role(label, "muted")
            edit.setAccessibleName(label.text())
            edit.setMaximumWidth(theme.px(90))
            label.setBuddy(edit)
            row.addWidget(label)
            row.addWidget(edit)
            self._labels[name] = label
            edit.value_changed.connect(self._judge)
        row.addStretch(1)
        row.addWidget(self.review_button)
        self.review_button.clicked.connect(self.apply)
        self.hide()

    def open_for(self, order: Order) -> None:
        """Ask about one order."""
        self._order = order
        ticket = order.ticket
        self._before = {
            "quantity": ticket.quantity if ticket.notional is None else None,
            "limit_price": ticket.limit_price,
            "stop_price": ticket.stop_price,
            "trail": ticket.trail_price or ticket.trail_percent,
        }
        self.words.setText(f"Change: {order_words.size(ticket)}")
        self.words.setToolTip(order_words.ticket(ticket))
        for name, edit in self._edits().items():
            value = self._before[name]
            for widget in (self._labels[name], edit):
                widget.setVisible(value is not None)
            edit.set_value(value)
        self._judge()
        self.show()
        shown = [each for name, each in self._edits().items() if self._before[name] is not None]
        first = shown[1] if len(shown) > 1 else shown[0]
        first.setFocus(Qt.FocusReason.ShortcutFocusReason)
        first.selectAll()

    @property
    def changes(self) -> dict[str, Decimal]:
        """What differs from the order as it is."""
        return {
            name: edit.value
            for name, edit in self._edits().items()
            if edit.value is not None and edit.value != self._before.get(name)
        }

    def apply(self) -> None:
        """Ask for the change and close the bar."""
        if self._order is None or not self.review_button.isEnabled():
            return
        values: dict[str, Any] = {"id": self._order.id, **self.changes}
        self.close_bar()
        self.wanted.emit(values)

    def close_bar(self) -> None:
        """Hide it and give the focus back."""
        self.hide()
        self.closed.emit()

    def gone(self, order: Order) -> None:
        """Close when the order that is asked about has ended."""
        if self._order is not None and order.id == self._order.id and order.status.is_terminal:
            self.close_bar()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key is Qt.Key.Key_Escape:
            self.close_bar()
        elif key in _ENTER:
            self.apply()
        else:
            super().keyPressEvent(event)
            return
        event.accept()

    def _edits(self) -> dict[str, DecimalEdit]:
        return {
            "quantity": self.quantity,
            "limit_price": self.limit,
            "stop_price": self.stop,
            "trail": self.trail,
        }

    def _judge(self, _value: object = None) -> None:
        complete = all(
            edit.value is not None
            for name, edit in self._edits().items()
            if self._before.get(name) is not None
        )
        self.review_button.setEnabled(complete and bool(self.changes))
