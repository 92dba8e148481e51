"""How far a trailing stop follows, in percent or in dollars."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QWidget

from puffin.types import LARGEST_PRICE
from puffling.ui.panels.ticket.choice import Choice
from puffling.ui.panels.ticket.draft import TrailBy
from puffling.ui.widgets.decimal_edit import Bounds, DecimalEdit

if TYPE_CHECKING:
    from puffling.ui.theme.theme import Theme

_BOUNDS = {
    TrailBy.PERCENT: Bounds(above=Decimal(0), most=Decimal(50), places=2),
    TrailBy.PRICE: Bounds(above=Decimal(0), most=LARGEST_PRICE, places=4),
}
_STEPS = {TrailBy.PERCENT: Decimal("0.5"), TrailBy.PRICE: Decimal("0.1")}


class TrailRow(QWidget):
    """The trail and its unit."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.edit = DecimalEdit(
            theme, step=_STEPS[TrailBy.PERCENT], bounds=_BOUNDS[TrailBy.PERCENT]
        )
        self.edit.setAccessibleName("Trail")
        self.by: Choice[TrailBy] = Choice(
            "Trail in", ((TrailBy.PERCENT, "percent"), (TrailBy.PRICE, "dollars")), unit=True
        )
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.px(4))
        row.addWidget(self.edit, 1)
        row.addWidget(self.by.box)
        self.setFocusProxy(self.edit)
        self.by.changed.connect(self._fit)

    def _fit(self) -> None:
        self.edit.set_value(None)
        self.edit.step = _STEPS[self.by.value]
        self.edit.set_bounds(_BOUNDS[self.by.value])
