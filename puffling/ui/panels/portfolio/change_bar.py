"""The small editor that changes a working order: its quantity and its prices."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel
from typing_extensions import override

from puffling.services import order_words
from puffling.ui.widgets.ask_bar import Bar
from puffling.ui.widgets.price_edit import PriceEdit
from puffling.ui.widgets.quantity_edit import QuantityEdit

if TYPE_CHECKING:
    from decimal import Decimal

    from PySide6.QtWidgets import QWidget

    from puffin.types import Order
    from puffling.ui.theme.theme import Theme
    from puffling.ui.widgets.decimal_edit import DecimalEdit

_PLACES = 6


class ChangeBar(Bar):
    """Asks what an order should be; the confirmation dialog comes after it.

    Signals:
        wanted: The order is to be changed (the values of `order.replace`).
    """

    wanted = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "Review change")
        self._order: Order | None = None
        self._before: dict[str, Decimal | None] = {}
        self.words = QLabel()
        self.quantity = QuantityEdit(theme, places=_PLACES)
        self.limit, self.stop, self.trail = PriceEdit(theme), PriceEdit(theme), PriceEdit(theme)
        fields: list[QWidget] = [self.words]
        self._labels: dict[str, QLabel] = {}
        titles = {"quantity": "Quantity", "limit_price": "Limit", "stop_price": "Stop"}
        for name, edit in self._edits().items():
            label = QLabel(titles.get(name, "Trail"))
            theme.set_role(label, "muted")
            edit.setAccessibleName(label.text())
            edit.setMaximumWidth(theme.px(90))
            label.setBuddy(edit)
            fields += [label, edit]
            self._labels[name] = label
            edit.value_changed.connect(self._judge)
        self.lay_in_row(*fields)

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

    @override
    def apply(self) -> None:
        if self._order is None or not self.apply_button.isEnabled():
            return
        values: dict[str, Any] = {"id": self._order.id, **self.changes}
        self.close_bar()
        self.wanted.emit(values)

    def gone(self, order: Order) -> None:
        """Close when the order that is asked about has ended."""
        if self._order is not None and order.id == self._order.id and order.status.is_terminal:
            self.close_bar()

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
        self.apply_button.setEnabled(complete and bool(self.changes))
