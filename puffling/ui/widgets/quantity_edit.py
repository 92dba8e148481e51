"""A number of shares."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from puffin.types import LARGEST_QUANTITY
from puffling.ui.widgets.decimal_edit import Bounds, DecimalEdit

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from puffling.ui.theme.theme import Theme


class QuantityEdit(DecimalEdit):
    """Whole shares unless `places` allows parts of one; "2k" is 2,000."""

    def __init__(
        self,
        theme: Theme,
        *,
        step: Decimal = Decimal(1),
        places: int = 0,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(
            theme,
            step=step,
            bounds=Bounds(above=Decimal(0), most=LARGEST_QUANTITY, places=places),
            shorthand=True,
            parent=parent,
        )
        self.setAccessibleName("Quantity")
