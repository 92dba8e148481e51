"""A price with ticks."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from puffin.types import LARGEST_PRICE
from puffling.ui.widgets.decimal_edit import Bounds, DecimalEdit

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from puffling.ui.theme.theme import Theme

TICK = Decimal("0.01")
_PLACES = 4
_SHOWN = 2


class PriceEdit(DecimalEdit):
    """A price in cents; four decimals are taken, because prices below a dollar have them."""

    def __init__(
        self, theme: Theme, *, tick: Decimal = TICK, parent: QWidget | None = None
    ) -> None:
        super().__init__(
            theme,
            step=tick,
            bounds=Bounds(above=Decimal(0), most=LARGEST_PRICE, places=_PLACES),
            shown_places=_SHOWN,
            parent=parent,
        )
        self.setAccessibleName("Price")
