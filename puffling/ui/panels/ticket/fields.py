"""The ticket's fields: only those that the order's type needs are shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from puffin.types import OrderType, Side, TimeInForce
from puffling.ui.panels.ticket.draft import Draft
from puffling.ui.panels.ticket.segments import Segments
from puffling.ui.theme.tokens import Tone
from puffling.ui.widgets.price_edit import PriceEdit
from puffling.ui.widgets.quantity_edit import QuantityEdit
from puffling.ui.widgets.symbol_edit import SymbolEdit

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

    from puffling.ui.theme.theme import Theme
    from puffling.ui.widgets.decimal_edit import DecimalEdit
    from puffling.ui.widgets.suggestions import Suggestions

_QUANTITY_PLACES = 6  # parts of a share, which the limits allow where a broker does


class TicketFields(QWidget):
    """Side, quantity, type, prices and time in force; the symbol stands by itself above.

    Signals:
        changed: Something was filled in differently.
    """

    changed = Signal()

    def __init__(self, theme: Theme, suggest: Suggestions) -> None:
        super().__init__()
        self._theme = theme
        self.symbol = SymbolEdit(theme, suggest)
        self.side = Segments(
            theme,
            "Side",
            ((Side.BUY, "Buy"), (Side.SELL, "Sell")),
            {Side.BUY: "buy", Side.SELL: "sell"},
        )
        self.quantity = QuantityEdit(theme, places=_QUANTITY_PLACES)
        self.type = Segments(
            theme,
            "Type",
            (
                (OrderType.MARKET, "Market"),
                (OrderType.LIMIT, "Limit"),
                (OrderType.STOP, "Stop"),
            ),
        )
        self.limit, self.stop = PriceEdit(theme), PriceEdit(theme)
        self.time_in_force = Segments(
            theme,
            "Lasts",
            ((TimeInForce.DAY, "Day"), (TimeInForce.GTC, "Until cancelled")),
        )
        self._rows: dict[str, tuple[QLabel, QWidget]] = {}
        self._problems: dict[str, QLabel] = {}
        self._lay_out()
        self._connect()
        self._fit_to_type()

    @property
    def problem(self) -> str:
        """The first thing that is wrong with what was typed; empty if nothing is."""
        for caption, edit in self._edits():
            if edit.problem and not edit.isHidden():
                return f"{caption}: {edit.problem}"
        return self.symbol.problem

    def draft(self, symbol: str) -> Draft:
        """Return what is filled in, for `symbol`."""
        return Draft(
            symbol,
            self.side.value,
            self.quantity.value,
            self.type.value,
            self.limit.value,
            self.stop.value,
            self.time_in_force.value,
        )

    def take_limit(self, price: Decimal) -> None:
        """Make it a limit order at `price`."""
        self.type.choose(OrderType.LIMIT)
        self.limit.set_value(price)
        self.limit.setFocus(Qt.FocusReason.OtherFocusReason)

    def forget_prices(self) -> None:
        """Empty the prices: they belonged to another symbol."""
        self.limit.set_value(None)
        self.stop.set_value(None)

    def clear(self) -> None:
        """Make ready for the next order on the same symbol."""
        self.quantity.set_value(None)
        self.forget_prices()
        self.type.choose(OrderType.MARKET)
        self.time_in_force.choose(TimeInForce.DAY)

    def focus_missing(self) -> None:
        """Put the cursor where something is missing or wrong."""
        if not self.symbol.symbol:
            self.symbol.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        for _, edit in self._edits():
            if not edit.isHidden() and edit.value is None:
                edit.setFocus(Qt.FocusReason.OtherFocusReason)
                edit.selectAll()
                return

    def state(self) -> dict[str, Any]:
        """Return side, type and time in force; a quantity is never remembered."""
        return {
            "side": self.side.value.value,
            "type": self.type.value.value,
            "time_in_force": self.time_in_force.value.value,
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take up a remembered state; what does not fit is passed over."""
        if state.get("side") in set(Side):
            self.side.choose(Side(state["side"]))
        if state.get("type") in set(OrderType):
            self.type.choose(OrderType(state["type"]))
        if state.get("time_in_force") in set(TimeInForce):
            self.time_in_force.choose(TimeInForce(state["time_in_force"]))

    def _edits(self) -> tuple[tuple[str, DecimalEdit], ...]:
        return (
            ("Quantity", self.quantity),
            ("Limit price", self.limit),
            ("Stop price", self.stop),
        )

    def _lay_out(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(self._theme.px(8))
        grid.setVerticalSpacing(self._theme.px(6))
        grid.setColumnStretch(1, 1)
        rows: tuple[tuple[str, QWidget], ...] = (
            ("Side", self.side.row),
            ("Quantity", self.quantity),
            ("Type", self.type.row),
            ("Limit price", self.limit),
            ("Stop price", self.stop),
            ("Lasts", self.time_in_force.row),
        )
        for place, (caption, editor) in enumerate(rows):
            label, problem = QLabel(caption), QLabel()
            self._theme.set_role(label, "muted")
            self._theme.set_role(problem, "caption", Tone.DANGER)
            problem.setWordWrap(True)
            problem.hide()
            editor.setAccessibleName(caption)
            label.setBuddy(editor)
            grid.addWidget(label, place * 2, 0)
            grid.addWidget(editor, place * 2, 1)
            grid.addWidget(problem, place * 2 + 1, 1)
            self._rows[caption], self._problems[caption] = (label, editor), problem

    def _connect(self) -> None:
        self.type.changed.connect(self._fit_to_type)  # first: whoever hears `changed` looks
        for each in (self.side, self.type, self.time_in_force):
            each.changed.connect(self.changed)
        self.symbol.problem_changed.connect(lambda _: self.changed.emit())
        for caption, edit in self._edits():
            edit.value_changed.connect(lambda _: self.changed.emit())
            edit.problem_changed.connect(
                lambda problem, each=caption: self._show_problem(each, problem)
            )

    def _show_problem(self, caption: str, problem: str) -> None:
        label = self._problems[caption]
        label.setText(problem)
        label.setVisible(bool(problem) and not self._rows[caption][1].isHidden())
        self.changed.emit()

    def _fit_to_type(self) -> None:
        needed = {"Limit price": OrderType.LIMIT, "Stop price": OrderType.STOP}
        for caption, kind in needed.items():
            for each in self._rows[caption]:
                each.setVisible(self.type.value is kind)
        for caption, edit in self._edits():
            self._problems[caption].setVisible(bool(edit.problem) and not edit.isHidden())
