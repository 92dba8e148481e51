"""The fields of a price alert: which way it crosses, at what price, and how often it tells."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QWidget

from puffling.ui.widgets.price_edit import PriceEdit

if TYPE_CHECKING:
    from puffling.ui.theme.theme import Theme

_CENT, _FINE = Decimal("0.01"), Decimal("0.0001")
KINDS = {"above": "rises above", "below": "falls below"}
_KIND, _PRICE, _REPEAT = 92, 72, 76
REPEATS = {"once": "once", "every": "every time", "daily": "once a day"}


class AlertFields(QWidget):
    """Three fields in a row, such as: rises above, 600.00, once.

    Signals:
        changed: A field changed.
    """

    changed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.kind, self.repeat = QComboBox(), QComboBox()
        self.price = PriceEdit(theme)
        self.kind.setAccessibleName("Crossing")
        self.repeat.setAccessibleName("Repeat")
        self.repeat.setToolTip("Every time is at most once in 15 minutes of market time")
        for combo, choices in ((self.kind, KINDS), (self.repeat, REPEATS)):
            for value, title in choices.items():
                combo.addItem(title, value)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.px(4))
        # Narrower than their words where there is no room; no focus proxy: Tab would skip the kind.
        for widget, least, stretch in (
            (self.kind, _KIND, 0),
            (self.price, _PRICE, 1),
            (self.repeat, _REPEAT, 0),
        ):
            widget.setMinimumWidth(theme.px(least))
            row.addWidget(widget, stretch)
        self.price.value_changed.connect(lambda _: self.changed.emit())

    @property
    def editors(self) -> tuple[QWidget, ...]:
        """What Tab goes through, in order."""
        return self.kind, self.price, self.repeat

    @property
    def values(self) -> dict[str, object] | None:
        """What the command takes: kind, price and repeat; None until there is a price."""
        if self.price.value is None:
            return None
        return {
            "kind": self.kind.currentData(),
            "price": self.price.value,
            "repeat": self.repeat.currentData(),
        }

    def suggest(self, last: Decimal | None, price: Decimal | None = None) -> None:
        """Begin with the last price; or with a price, and the side from which it is reached."""
        if price is not None and last is not None:
            self.kind.setCurrentIndex(self.kind.findData("above" if price > last else "below"))
        level = last if price is None else price
        fine = None if level is None else level.quantize(_CENT if level >= 1 else _FINE)
        self.price.set_value(fine)
        self.price.selectAll()
