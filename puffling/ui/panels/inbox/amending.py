"""The fields of a proposal's card that change one of its orders."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QPushButton, QWidget

from puffling.ui.widgets.price_edit import PriceEdit
from puffling.ui.widgets.quantity_edit import QuantityEdit

if TYPE_CHECKING:
    from puffin.types import Ticket
    from puffling.ui.panels.inbox.rows import LegRow
    from puffling.ui.theme.theme import Theme
    from puffling.ui.widgets.decimal_edit import DecimalEdit

_PLACES = 6


class Amending(QWidget):
    """Quantity, limit and stop of an order, as far as it has them. Return changes it.

    Signals:
        changed: An order is to be changed (its place, what changes by name).
        left: Escape was pressed, or the change was asked for.
    """

    changed = Signal(int, object)
    left = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._leg: LegRow | None = None
        self.quantity = QuantityEdit(theme, places=_PLACES)
        self.limit, self.stop = PriceEdit(theme), PriceEdit(theme)
        self._fields: tuple[tuple[str, str, DecimalEdit], ...] = (
            ("quantity", "Quantity", self.quantity),
            ("limit_price", "Limit", self.limit),
            ("stop_price", "Stop", self.stop),
        )
        self.change_button = QPushButton("Change")
        self.leave_button = QPushButton("Leave out")
        self.leave_button.setToolTip("Take the chosen order out of the proposal (Del)")
        self._labels: dict[str, QLabel] = {}
        self._lay_out(theme)
        self.change_button.clicked.connect(self.apply)
        self.leave_button.clicked.connect(self.leave_out)
        for _, _, field in self._fields:
            field.returnPressed.connect(self.apply)
        self._escape = QShortcut(QKeySequence("Escape"), self, self._leave)
        self._escape.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)

    def offer(self, leg: LegRow | None, *, one_of_several: bool) -> None:
        """Show the order's own values, unless it is the one that is being changed already."""
        self.leave_button.setVisible(one_of_several)
        if leg is not None and self._leg is not None and leg.ticket == self._leg.ticket:
            self._leg = leg
            return
        self._leg = leg
        self._fill()

    def begin(self) -> None:
        """Put the cursor into the first value that can be changed."""
        for _, _, field in self._fields:
            if field.isEnabled() and not field.isHidden():
                field.setFocus(Qt.FocusReason.ShortcutFocusReason)
                field.selectAll()
                return

    def apply(self) -> None:
        """Ask for whatever was changed."""
        leg = self._leg
        if leg is None:
            return
        own = _own(leg.ticket)
        values = {
            name: field.value
            for name, _, field in self._fields
            if field.isEnabled()
            and own[name] is not None
            and field.value is not None
            and field.value != own[name]
        }
        if values:
            self.changed.emit(leg.place, values)
        self.left.emit()

    def leave_out(self) -> None:
        """Ask for the order to be taken out, if it is one of several."""
        if self._leg is not None and not self.leave_button.isHidden():
            self.changed.emit(self._leg.place, {"quantity": Decimal(0)})

    def _leave(self) -> None:
        self._fill()
        self.left.emit()

    def _fill(self) -> None:
        own: dict[str, Decimal | None] = {} if self._leg is None else _own(self._leg.ticket)
        for name, _, field in self._fields:
            value = own.get(name)
            there = name == "quantity" or value is not None
            field.setVisible(there)
            self._labels[name].setVisible(there)
            field.setEnabled(value is not None)
            field.set_value(value)

    def _lay_out(self, theme: Theme) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(theme.px(6))
        grid.setVerticalSpacing(theme.px(2))
        for column, (name, title, field) in enumerate(self._fields):
            label = self._labels[name] = QLabel(title)
            theme.set_role(label, "caption")
            label.setBuddy(field)
            field.setAccessibleName(f"{title} of the chosen order")
            field.setMaximumWidth(theme.px(96))
            grid.addWidget(label, 0, column)
            grid.addWidget(field, 1, column)
        buttons = QHBoxLayout()
        buttons.setSpacing(theme.px(6))
        buttons.addWidget(self.change_button)
        buttons.addWidget(self.leave_button)
        buttons.addStretch(1)
        grid.addLayout(buttons, 2, 0, 1, len(self._fields) + 1)
        grid.setColumnStretch(len(self._fields), 1)


def _own(ticket: Ticket) -> dict[str, Decimal | None]:
    """Return the values of an order that can be changed; an amount of money is none of them."""
    return {
        "quantity": None if ticket.notional is not None else ticket.quantity,
        "limit_price": ticket.limit_price,
        "stop_price": ticket.stop_price,
    }
