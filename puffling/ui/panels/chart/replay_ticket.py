"""Writes a virtual order in a line: side, quantity, type, price, and the exits of a bracket."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QLabel, QLayout, QPushButton, QVBoxLayout, QWidget
from typing_extensions import override

from puffin.errors import OrderRejectedError
from puffin.types import OrderType, Side, Ticket, TimeInForce
from puffling.ui.panels.chart.folding import FoldingRows
from puffling.ui.theme.tokens import Tone
from puffling.ui.widgets.decimal_edit import Bounds, DecimalEdit

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

    from puffling.ui.theme.theme import Theme

_TYPES = {
    "Market": OrderType.MARKET,
    "Limit": OrderType.LIMIT,
    "Stop": OrderType.STOP,
    "Stop limit": OrderType.STOP_LIMIT,
    "Trailing stop": OrderType.TRAILING,
}
_USUAL = Decimal(100)


class ReplayTicket(QWidget):
    """A line below the bar of a replay; Return gives the order, Escape puts it away.

    Signals:
        ordered: An order was written (a `Ticket`).
        closed: It was put away.
    """

    ordered = Signal(object)
    closed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.symbol = ""
        self.side = QComboBox()
        for each in Side:
            self.side.addItem(each.title(), each)
        self.side.setAccessibleName("Side")
        self.quantity = self._field(theme, "Quantity", Bounds(above=Decimal(0)))
        self.quantity.set_value(_USUAL)
        self.type = QComboBox()
        for words, kind in _TYPES.items():
            self.type.addItem(words, kind)
        self.type.setAccessibleName("Type")
        cent = Decimal("0.01")
        self.price, self.target, self.stop = (
            self._field(theme, name, Bounds(above=Decimal(0)), cent)
            for name in ("Price", "Target", "Stop loss")
        )
        self.limit = self._field(theme, "Limit", Bounds(above=Decimal(0)), cent)
        self.trail = self._field(theme, "Trail", Bounds(above=Decimal(0)), Decimal("0.5"))
        self.trail_by = QComboBox()
        for words in ("percent", "dollars"):
            self.trail_by.addItem(words)
        self.trail_by.setAccessibleName("Trail in")
        self.give = QPushButton("Give virtual order")
        self.problem = QLabel()
        theme.set_role(self.problem, "caption", Tone.WARNING)
        what = (self.side, self.quantity, self.type)
        prices = (self.price, self.limit, self.trail, self.trail_by)
        exits = (self.target, self.stop, self.give)
        self.fields: tuple[QWidget, ...] = (*what, *prices, *exits)  # as Tab goes through them
        self._lines = FoldingRows((what, prices, exits), theme.px(4))
        column = QVBoxLayout(self)
        column.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        column.setContentsMargins(0, 0, 0, theme.px(2))
        column.setSpacing(theme.px(2))
        column.addLayout(self._lines)
        column.addWidget(self.problem)
        self.problem.hide()
        self.type.currentIndexChanged.connect(self._on_type)
        self.give.clicked.connect(self._give)
        self._on_type()
        self.hide()

    def open(self, side: Side, price: Decimal | None = None, kind: str = "market") -> None:
        """Begin an order; the cursor is in its quantity."""
        self.side.setCurrentIndex(self.side.findData(side))
        self.type.setCurrentIndex(list(_TYPES.values()).index(OrderType(kind)))
        self.price.set_value(price)
        self.problem.hide()
        self.show()
        self.quantity.setFocus(Qt.FocusReason.OtherFocusReason)
        self.quantity.selectAll()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key is Qt.Key.Key_Escape:
            self.put_away()
        elif key in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self._give()
        else:
            super().keyPressEvent(event)

    @override
    def resizeEvent(self, event: object) -> None:
        """Use as few lines as there is room for."""
        self._lines.fold(self.width())

    def put_away(self) -> None:
        """Close it."""
        self.hide()
        self.closed.emit()

    def _on_type(self, *_: object) -> None:
        kind = OrderType(self.type.currentData())
        trails = kind is OrderType.TRAILING
        self.price.setVisible(kind is not OrderType.MARKET and not trails)
        self.limit.setVisible(kind is OrderType.STOP_LIMIT)
        self.trail.setVisible(trails)
        self.trail_by.setVisible(trails)
        self._lines.fold(self.width())

    def _give(self) -> None:
        try:
            ticket = self._written()
        except OrderRejectedError as error:
            self.problem.setText(str(error))
            self.problem.show()
            return
        self.put_away()
        self.ordered.emit(ticket)

    def _written(self) -> Ticket:
        fields = (self.quantity, self.price, self.limit, self.trail, self.target, self.stop)
        for field in fields:
            if field.problem and field.isVisible():
                raise OrderRejectedError(f"{field.accessibleName()}: {field.problem}")
        kind, price = OrderType(self.type.currentData()), self.price.value
        trail = self.trail.value if kind is OrderType.TRAILING else None
        percent = self.trail_by.currentIndex() == 0
        limit = self.limit.value if kind is OrderType.STOP_LIMIT else None
        return Ticket(
            self.symbol,
            Side(self.side.currentData()),
            self.quantity.value or Decimal(0),
            kind,
            limit_price=price if kind is OrderType.LIMIT else limit,
            stop_price=price if kind in {OrderType.STOP, OrderType.STOP_LIMIT} else None,
            trail_price=None if percent else trail,
            trail_percent=trail if percent else None,
            time_in_force=TimeInForce.GTC,
            take_profit=self.target.value,
            stop_loss=self.stop.value,
        )

    @staticmethod
    def _field(theme: Theme, name: str, bounds: Bounds, step: Decimal = Decimal(1)) -> DecimalEdit:
        field = DecimalEdit(theme, step=step, bounds=bounds)
        field.setPlaceholderText(name)
        field.setAccessibleName(name)
        field.setToolTip(name)
        field.setFixedWidth(theme.px(78))
        return field
