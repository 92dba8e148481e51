"""The small editor that closes a position: how much of it, and at the market or a limit."""

from __future__ import annotations

from decimal import ROUND_DOWN, Decimal
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QLabel, QPushButton
from typing_extensions import override

from puffin.types import Side
from puffling.core import formats
from puffling.ui.widgets.price_edit import PriceEdit

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

    from puffling.services.positions import PositionRow
    from puffling.ui.theme.theme import Theme

_SHARES = ((100, "All of it"), (75, "75 %"), (50, "Half"), (25, "25 %"))
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class CloseBar(QFrame):
    """Asks how to close a position; the confirmation dialog comes after it.

    Signals:
        market: Close that share of the symbol at the market (symbol, share as Decimal).
        limit: Close with a limit order (symbol, Side, quantity as Decimal, price as Decimal).
        closed: The bar was closed.
    """

    market = Signal(str, object)
    limit = Signal(str, object, object, object)
    closed = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        theme.set_role(self, "raised")
        self._row: PositionRow | None = None
        self.words = QLabel()
        self.share, self.type = QComboBox(), QComboBox()
        self.price = PriceEdit(theme)
        self.price.setMaximumWidth(theme.px(100))
        self.review_button = QPushButton("Review close order")
        theme.set_role(self.review_button, "primary")
        for percent, title in _SHARES:
            self.share.addItem(title, percent)
        for title in ("At the market", "Limit"):
            self.type.addItem(title)
        self.share.setAccessibleName("How much")
        self.type.setAccessibleName("Order type")
        self.price.setAccessibleName("Limit price")
        row = QHBoxLayout(self)
        row.setContentsMargins(*[theme.px(6)] * 4)
        row.setSpacing(theme.px(6))
        row.addWidget(self.words)
        row.addWidget(self.share)
        row.addWidget(self.type)
        row.addWidget(self.price)
        row.addStretch(1)
        row.addWidget(self.review_button)
        self.share.currentIndexChanged.connect(self._judge)
        self.type.currentIndexChanged.connect(self._judge)
        self.price.value_changed.connect(self._judge)
        self.review_button.clicked.connect(self.apply)
        self.hide()

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

    def apply(self) -> None:
        """Ask for the order and close the bar."""
        row = self._row
        if row is None or not self.review_button.isEnabled():
            return
        if self.is_limit and self.price.value is not None:
            side = Side.SELL if row.position.quantity > 0 else Side.BUY
            self.limit.emit(row.symbol, side, self.quantity, self.price.value)
        else:
            self.market.emit(row.symbol, Decimal(self._percent) / 100)
        self.close_bar()

    def close_bar(self) -> None:
        """Hide it and give the focus back."""
        self.hide()
        self.closed.emit()

    @property
    def is_limit(self) -> bool:
        """Whether a limit price is wanted."""
        return self.type.currentIndex() == 1

    @property
    def _percent(self) -> int:
        return int(self.share.currentData())

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

    def _judge(self, _value: object = None) -> None:
        self.price.setVisible(self.is_limit)
        if self._row is not None:
            shares = "share" if self.quantity == 1 else "shares"
            size = formats.quantity(self.quantity)
            self.words.setText(f"Close {size} {self._row.symbol} {shares}")
        priced = not self.is_limit or self.price.value is not None
        self.review_button.setEnabled(self.quantity > 0 and priced)
