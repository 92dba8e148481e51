"""The Orders tab."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from puffin.types import OrderType
from puffling.ui.panels.portfolio.change_bar import ChangeBar
from puffling.ui.panels.portfolio.columns import ORDERS
from puffling.ui.tables.keys import TableKeys
from puffling.ui.tables.model import RecordModel
from puffling.ui.tables.view import RecordView

if TYPE_CHECKING:
    from collections.abc import Iterable

    from PySide6.QtWidgets import (
        QMenu,
    )

    from puffin.types import Order
    from puffling.ui.theme.theme import Theme

_ALL, _WORKING = "all", "working"


class OrdersTab(QWidget):
    """Orders, newest first, working ones or all.

    Signals:
        cancel: Cancel these orders (list of ids).
        cancel_all: Cancel every working order.
        chosen: An order's symbol is to be shown (the symbol).
        change: A working order is to be changed (the values of `order.replace`).
        asked: The assistant is to be asked about an order (the order).
    """

    change = Signal(object)
    cancel = Signal(object)
    cancel_all = Signal()
    chosen = Signal(str)
    asked = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._orders: dict[str, Order] = {}
        self.model: RecordModel[Order] = RecordModel(ORDERS, lambda order: order.id, self)
        self.view = RecordView(theme, self.model, name="Orders")
        self.filter = QComboBox()
        self.filter.addItem("All orders", _ALL)
        self.filter.addItem("Working orders", _WORKING)
        self.filter.setAccessibleName("Which orders")
        self.count = QLabel()
        theme.set_role(self.count, "caption")
        self.cancel_button = QPushButton("Cancel order")
        self.cancel_all_button = QPushButton("Cancel all")
        self.cancel_button.setToolTip("Cancel the selected working orders (Ctrl+Del)")
        self.change_button = QPushButton("Change…")
        self.change_button.setToolTip("Change the selected working order (E)")
        self.change_bar = ChangeBar(theme)
        self._lay_out()
        self.view.opened.connect(lambda order: self.chosen.emit(order.ticket.symbol))
        self.view.filling_menu.connect(self._fill_menu)
        self.view.selectionModel().selectionChanged.connect(self._judge)
        self.view.chosen.connect(self._judge)  # the current row changes after the selection
        self.filter.currentIndexChanged.connect(self._refill)
        self.cancel_button.clicked.connect(self.cancel_selected)
        self.cancel_all_button.clicked.connect(self.cancel_all)
        self.change_button.clicked.connect(self.ask_change)
        self.change_bar.wanted.connect(self.change)
        self.change_bar.closed.connect(self.view.setFocus)
        self._keys = TableKeys(self.view, {"Ctrl+Del": self.cancel_selected, "E": self.ask_change})
        self._refill()

    def show_orders(self, orders: Iterable[Order]) -> None:
        """Show these orders and no others."""
        self._orders = {each.id: each for each in sorted(orders, key=_newest, reverse=True)}
        self._refill()

    def show_order(self, order: Order) -> None:
        """Take in what became of one order."""
        self.change_bar.gone(order)
        known = order.id in self._orders
        if known:
            self._orders[order.id] = order
        else:
            self._orders = {order.id: order, **self._orders}
        if known and self._fits(order) and order.id in self.model.keys:
            self.model.put(order)
            self._judge()
        else:
            self._refill()

    def show_only_working(self, *, only: bool) -> None:
        """Choose which orders are shown."""
        self.filter.setCurrentIndex(self.filter.findData(_WORKING if only else _ALL))

    @property
    def only_working(self) -> bool:
        """Whether finished orders are left out."""
        return bool(self.filter.currentData() == _WORKING)

    def cancel_selected(self) -> None:
        """Ask for the selected working orders to be cancelled."""
        if ids := self._cancellable():
            self.cancel.emit(ids)

    def ask_change(self) -> None:
        """Ask how the current order should be changed."""
        order: Order | None = self.view.current
        if order is not None and _changeable(order):
            self.change_bar.open_for(order)

    def _lay_out(self) -> None:
        theme = self._theme
        head = QHBoxLayout()
        head.setContentsMargins(*[theme.px(6)] * 4)
        head.setSpacing(theme.px(6))
        self.filter.setMinimumWidth(theme.px(90))  # both give way in a narrow dock
        self.count.setWordWrap(True)
        self.count.setMinimumWidth(theme.px(60))
        head.addWidget(self.filter)
        head.addWidget(self.count, 1)
        head.addWidget(self.change_button)
        head.addWidget(self.cancel_button)
        head.addWidget(self.cancel_all_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.change_bar)
        column.addWidget(self.view, 1)

    def _fits(self, order: Order) -> bool:
        return not self.only_working or not order.status.is_terminal

    def _refill(self) -> None:
        current: Order | None = self.view.current
        self.model.reset(each for each in self._orders.values() if self._fits(each))
        if current is not None:
            self.view.choose(current.id)
        words = "No order is working." if self.only_working else "No orders yet. F9 begins one."
        self.view.set_empty(words)
        self._judge()

    def _cancellable(self) -> list[str]:
        return [each.id for each in self.view.selected if not each.status.is_terminal]

    def _judge(self, *_changed: object) -> None:
        working = sum(not each.status.is_terminal for each in self._orders.values())
        self.count.setText(f"{working} working, {len(self._orders)} in all")
        self.cancel_button.setEnabled(bool(self._cancellable()))
        self.cancel_all_button.setEnabled(working > 0)
        current: Order | None = self.view.current
        self.change_button.setEnabled(current is not None and _changeable(current))

    def _fill_menu(self, menu: QMenu, order: Order | None) -> None:
        if order is None:
            return
        symbol = order.ticket.symbol
        show = menu.addAction(self._theme.icon("chart"), f"Show {symbol}")
        show.triggered.connect(lambda: self.chosen.emit(symbol))
        ask = menu.addAction(self._theme.icon("robot"), "Ask about it…")
        ask.triggered.connect(lambda: self.asked.emit(order))
        change = menu.addAction(self._theme.icon("edit"), "Change…")
        change.setShortcut("E")
        change.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        change.setEnabled(_changeable(order))
        change.triggered.connect(self.ask_change)
        cancel = menu.addAction(self._theme.icon("close"), "Cancel order")
        cancel.setShortcut("Ctrl+Del")
        cancel.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        cancel.setEnabled(bool(self._cancellable()))
        cancel.triggered.connect(self.cancel_selected)


def _newest(order: Order) -> tuple[object, str]:
    return order.created_at, order.id


def _changeable(order: Order) -> bool:
    """Whether there is something about it that can be changed."""
    plain = order.ticket.type is not OrderType.MARKET or order.ticket.notional is None
    return plain and not order.status.is_terminal and not order.external
