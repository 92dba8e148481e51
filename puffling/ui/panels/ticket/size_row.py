"""How much to trade: a number and what it means, with what it comes to."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QWidget

from puffin.types import LARGEST_QUANTITY
from puffling.ui.panels.ticket.choice import Choice
from puffling.ui.panels.ticket.sizing import TITLES, SizeBy
from puffling.ui.widgets.decimal_edit import Bounds
from puffling.ui.widgets.quantity_edit import QuantityEdit

if TYPE_CHECKING:
    from puffling.ui.theme.theme import Theme

_PLACES = 6  # parts of a share, which the limits allow where a broker does
_HUNDRED = Decimal(100)
_BOUNDS = {
    SizeBy.QUANTITY: Bounds(above=Decimal(0), most=LARGEST_QUANTITY, places=_PLACES),
    SizeBy.AMOUNT: Bounds(above=Decimal(0), most=Decimal(100_000_000), places=2),
    SizeBy.EQUITY: Bounds(above=Decimal(0), most=_HUNDRED, places=2),
    SizeBy.RISK: Bounds(above=Decimal(0), most=_HUNDRED, places=2),
}
_STEPS = {SizeBy.AMOUNT: Decimal(100), SizeBy.RISK: Decimal("0.25")}


class SizeRow(QWidget):
    """The size field and its unit; another unit empties the field, for its number means less."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.edit = QuantityEdit(theme, places=_PLACES)
        self.by: Choice[SizeBy] = Choice("Size in", TITLES, unit=True)
        self.edit.setMinimumWidth(theme.px(56))
        self.by.box.setMinimumWidth(theme.px(56))  # gives way in a narrow dock
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.px(4))
        row.addWidget(self.edit, 1)
        row.addWidget(self.by.box)
        self.setFocusProxy(self.edit)
        self.by.changed.connect(self._fit)

    def _fit(self) -> None:
        by = self.by.value
        self.edit.set_value(None)
        self.edit.step = _STEPS.get(by, Decimal(1))
        self.edit.set_bounds(_BOUNDS[by])
