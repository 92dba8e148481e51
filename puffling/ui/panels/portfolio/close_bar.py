"""The small editor that closes a position: how much of it, and at the market or a limit."""

from __future__ import annotations

from decimal import ROUND_DOWN, Decimal
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QLabel
from typing_extensions import override

from puffin.types import Side
from puffling.core import formats
from puffling.ui.widgets.ask_bar import Bar
from puffling.ui.widgets.price_edit import PriceEdit

if TYPE_CHECKING:
    from puffling.services.positions import PositionRow
    from puffling.ui.theme.theme import Theme

_SHARES = ((100, "All of it"), (75, "75 %"), (50, "Half"), (25, "25 %"))


class CloseBar(Bar):
    """Asks how to close a position; the confirmation dialog comes after it.

    Signals:
        market: Close that share of the symbol at the market (symbol, share as Decimal).
        limit: Close with a limit order (symbol, Side, quantity as Decimal, price as Decimal).
    """

    market = Signal(str, object)
    limit = Signal(str, object, object, object)

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "Review close order")
        self._row: PositionRow | None = None
        self.words = QLabel()
        self.share, self.type = QComboBox(), QComboBox()
        self.price = PriceEdit(theme)
        self.price.setMaximumWidth(theme.px(100))
        for percent, title in _SHARES:
            self.share.addItem(title, percent)
        for title in ("At the market", "Limit"):
            self.type.addItem(title)
        self.share.setAccessibleName("How much")
        self.type.setAccessibleName("Order type")
        self.price.setAccessibleName("Limit price")
        self.lay_in_row(self.words, self.share, self.type, self.price)
        self.share.currentIndexChanged.connect(self._judge)
        self.type.currentIndexChanged.connect(self._judge)
        self.price.value_changed.connect(self._judge)

    def open_for(self, row: PositionRow) -> None:
        """Ask about one position."""
        self._row = row
        self.share.setCurrentIndex(0)
        self.type.setCurrentIndex(0)
        self.price.set_value(row.last)
        self._judge()
        self.show()
        self.share.setFocus(Qt.FocusReason.ShortcutFocusReason)

    @property
    def quantity(self) -> Decimal:
        """How many shares would be closed: whole ones, unless it is all of them."""
        if self._row is None:
            return Decimal(0)
        held = abs(self._row.position.quantity)
        if self._percent == 100:  # noqa: PLR2004 - all of it, fractions too
            return held
        return (held * self._percent / 100).quantize(Decimal(1), ROUND_DOWN)

    @override
    def apply(self) -> None:
        row = self._row
        if row is None or not self.apply_button.isEnabled():
            return
        if self.is_limit and self.price.value is not None:
            side = Side.SELL if row.position.quantity > 0 else Side.BUY
            self.limit.emit(row.symbol, side, self.quantity, self.price.value)
        else:
            self.market.emit(row.symbol, Decimal(self._percent) / 100)
        self.close_bar()

    @property
    def is_limit(self) -> bool:
        """Whether a limit price is wanted."""
        return self.type.currentIndex() == 1

    @property
    def _percent(self) -> int:
        return int(self.share.currentData())

    def _judge(self, _value: object = None) -> None:
        self.price.setVisible(self.is_limit)
        if self._row is not None:
            shares = "share" if self.quantity == 1 else "shares"
            size = formats.quantity(self.quantity)
            self.words.setText(f"Close {size} {self._row.symbol} {shares}")
        priced = not self.is_limit or self.price.value is not None
        self.apply_button.setEnabled(self.quantity > 0 and priced)
