"""The ticket's fields: only those that the order's type and its exits need are shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QGridLayout, QLabel, QWidget

from puffin.types import OrderType, Side, TimeInForce
from puffling.ui.panels.ticket.choice import Choice
from puffling.ui.panels.ticket.draft import LIMITED, STOPPED, Draft, Exits
from puffling.ui.panels.ticket.offers import EXITS, KINDS, LASTING, Offers
from puffling.ui.panels.ticket.segments import Segments
from puffling.ui.panels.ticket.sheet import Sheet
from puffling.ui.panels.ticket.size_row import SizeRow
from puffling.ui.panels.ticket.sizing import CAPTIONS, SizeBy
from puffling.ui.panels.ticket.trail_row import TrailRow
from puffling.ui.theme.tokens import Tone
from puffling.ui.widgets.price_edit import PriceEdit
from puffling.ui.widgets.symbol_edit import SymbolEdit

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

    from puffin.types import Ticket
    from puffling.ui.theme.theme import Theme
    from puffling.ui.widgets.decimal_edit import DecimalEdit
    from puffling.ui.widgets.suggestions import Suggestions

HOURS = "Also before the open and after the close"


class TicketFields(QWidget):
    """Side, size, type, prices, exits and time in force; the symbol stands by itself above.

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
        self.size_row, self.trail_row = SizeRow(theme), TrailRow(theme)
        self.quantity, self.by = self.size_row.edit, self.size_row.by
        self.type: Choice[OrderType] = Choice("Type", KINDS)
        self.limit, self.stop = PriceEdit(theme), PriceEdit(theme)
        self.time_in_force: Choice[TimeInForce] = Choice("Lasts", LASTING)
        self.extended_hours = QCheckBox(HOURS)
        self.exits: Choice[Exits] = Choice("Exits", EXITS)
        self.target, self.stop_loss = PriceEdit(theme), PriceEdit(theme)
        self.stop_loss_limit = PriceEdit(theme)
        self._offers = Offers()
        self._rows: dict[str, tuple[QLabel, QWidget]] = {}
        self._problems: dict[str, QLabel] = {}
        self._lay_out()
        self._connect()
        self._fit()

    @property
    def problem(self) -> str:
        """The first thing that is wrong with what was typed; empty if nothing is."""
        for caption, edit in self._edits():
            if edit.problem and self._is_shown(caption):
                return f"{self._rows[caption][0].text()}: {edit.problem}"
        return self.symbol.problem

    def draft(self, symbol: str) -> Draft:
        """Return what is filled in, for `symbol`."""
        return Draft(
            symbol,
            self.side.value,
            self.quantity.value,
            self.by.value,
            self.type.value,
            self.limit.value,
            self.stop.value,
            self.trail_row.edit.value,
            self.trail_row.by.value,
            self.time_in_force.value,
            self.extended_hours.isChecked() and self._is_shown("Hours"),
            self.exits.value,
            self.target.value,
            self.stop_loss.value,
            self.stop_loss_limit.value,
        )

    def offer(self, offers: Offers) -> None:
        """Offer only what the broker takes of this symbol."""
        if offers == self._offers:
            return
        self._offers = offers
        self.type.offer(offers.kinds)
        self.time_in_force.offer(offers.lasting)
        self.exits.offer(offers.exits)
        self._fit()

    def take_limit(self, price: Decimal) -> None:
        """Make it a limit order at `price`."""
        if self.type.value not in LIMITED:
            self.type.choose(OrderType.LIMIT)
        self.limit.set_value(price)
        self.limit.setFocus(Qt.FocusReason.OtherFocusReason)

    def take(self, ticket: Ticket) -> None:
        """Fill in a whole ticket, all but its symbol."""
        self.side.choose(ticket.side)
        self.type.choose(ticket.type)
        self.by.choose(SizeBy.QUANTITY if ticket.notional is None else SizeBy.AMOUNT)
        self.quantity.set_value(ticket.quantity if ticket.notional is None else ticket.notional)
        self.limit.set_value(ticket.limit_price)
        self.stop.set_value(ticket.stop_price)
        by_price = ticket.trail_price is not None
        self.trail_row.by.choose(type(self.trail_row.by.value)("price" if by_price else "percent"))
        self.trail_row.edit.set_value(ticket.trail_price if by_price else ticket.trail_percent)
        self.time_in_force.choose(ticket.time_in_force)
        self.extended_hours.setChecked(ticket.extended_hours)
        has_exits = ticket.take_profit is not None or ticket.stop_loss is not None
        bracket = Exits.BRACKET if has_exits else Exits.NONE
        self.exits.choose(Exits.OCO if ticket.one_cancels_other else bracket)
        self.target.set_value(ticket.take_profit)
        self.stop_loss.set_value(ticket.stop_loss)
        self.stop_loss_limit.set_value(ticket.stop_loss_limit)

    def sheet(self) -> Sheet:
        """Return everything that is filled in, as it was typed."""
        return Sheet(
            self.symbol.text(),
            self.side.value,
            self.by.value,
            self.type.value,
            self.trail_row.by.value,
            self.time_in_force.value,
            self.extended_hours.isChecked(),
            self.exits.value,
            tuple(edit.text() for _, edit in self._edits()),
        )

    def put_back(self, sheet: Sheet) -> None:
        """Fill in again what a sheet holds, all but its symbol."""
        self.side.choose(sheet.side)
        self.by.choose(sheet.by)
        self.type.choose(sheet.type)
        self.trail_row.by.choose(sheet.trail_by)
        self.time_in_force.choose(sheet.time_in_force)
        self.extended_hours.setChecked(sheet.extended_hours)
        self.exits.choose(sheet.exits)
        for (_, edit), text in zip(self._edits(), sheet.texts, strict=True):
            edit.setText(text)

    def forget_prices(self) -> None:
        """Empty the prices: they belonged to another symbol."""
        for each in (self.limit, self.stop, self.target, self.stop_loss, self.stop_loss_limit):
            each.set_value(None)
        self.trail_row.edit.set_value(None)

    def clear(self) -> None:
        """Make ready for the next order on the same symbol."""
        self.quantity.set_value(None)
        self.forget_prices()
        self.exits.choose(Exits.NONE)
        self.extended_hours.setChecked(False)
        self.type.choose(OrderType.MARKET)
        self.time_in_force.choose(TimeInForce.DAY)

    def focus_missing(self) -> None:
        """Put the cursor where something is missing or wrong."""
        if not self.symbol.symbol:
            self.symbol.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        for caption, edit in self._edits():
            needed = caption not in {"Target", "Stop's limit"}
            if needed and self._is_shown(caption) and edit.value is None:
                edit.setFocus(Qt.FocusReason.OtherFocusReason)
                edit.selectAll()
                return

    def state(self) -> dict[str, Any]:
        """Return side, type and time in force; a size is never remembered."""
        return {
            "side": self.side.value.value,
            "type": self.type.value.value,
            "time_in_force": self.time_in_force.value.value,
            "by": self.by.value.value,
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take up a remembered state; what does not fit is passed over."""
        if state.get("side") in set(Side):
            self.side.choose(Side(state["side"]))
        if state.get("type") in set(OrderType):
            self.type.choose(OrderType(state["type"]))
        if state.get("time_in_force") in set(TimeInForce):
            self.time_in_force.choose(TimeInForce(state["time_in_force"]))
        if state.get("by") in set(SizeBy):
            self.by.choose(SizeBy(state["by"]))

    def _edits(self) -> tuple[tuple[str, DecimalEdit], ...]:
        return (
            ("Quantity", self.quantity),
            ("Limit price", self.limit),
            ("Stop price", self.stop),
            ("Trail", self.trail_row.edit),
            ("Stop loss", self.stop_loss),
            ("Target", self.target),
            ("Stop's limit", self.stop_loss_limit),
        )

    def _lay_out(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(self._theme.px(8))
        grid.setVerticalSpacing(self._theme.px(6))
        grid.setColumnStretch(1, 1)
        rows: tuple[tuple[str, QWidget], ...] = (
            ("Side", self.side.row),
            ("Quantity", self.size_row),
            ("Type", self.type.box),
            ("Limit price", self.limit),
            ("Stop price", self.stop),
            ("Trail", self.trail_row),
            ("Lasts", self.time_in_force.box),
            ("Hours", self.extended_hours),
            ("Exits", self.exits.box),
            ("Target", self.target),
            ("Stop loss", self.stop_loss),
            ("Stop's limit", self.stop_loss_limit),
        )
        for place, (caption, editor) in enumerate(rows):
            label, problem = QLabel(caption), QLabel()
            self._theme.set_role(label, "muted")
            self._theme.set_role(problem, "caption", Tone.DANGER)
            problem.setWordWrap(True)
            problem.hide()
            if editor is not self.extended_hours:
                editor.setAccessibleName(caption)
            label.setBuddy(editor)
            grid.addWidget(label, place * 2, 0)
            grid.addWidget(editor, place * 2, 1)
            grid.addWidget(problem, place * 2 + 1, 1)
            self._rows[caption], self._problems[caption] = (label, editor), problem
        widest = max(label.sizeHint().width() for label, _ in self._rows.values())
        grid.setColumnMinimumWidth(0, widest)  # rows come and go; the fields stay where they are
        self.quantity.setAccessibleName("Quantity")
        self.stop_loss_limit.setPlaceholderText("a stop at the market")
        self.extended_hours.setText("Pre- and after-market too")
        self.extended_hours.setToolTip(HOURS)

    def _connect(self) -> None:
        for choice in (self.type, self.exits, self.by):
            choice.changed.connect(self._fit)  # first: whoever hears `changed` looks
        for each in (self.type, self.time_in_force, self.exits, self.by, self.trail_row.by):
            each.changed.connect(self.changed)
        self.side.changed.connect(self.changed)
        self.extended_hours.toggled.connect(lambda _: self.changed.emit())
        self.symbol.problem_changed.connect(lambda _: self.changed.emit())
        for caption, edit in self._edits():
            edit.value_changed.connect(lambda _: self.changed.emit())
            edit.problem_changed.connect(
                lambda problem, each=caption: self._show_problem(each, problem)
            )

    def _show_problem(self, caption: str, problem: str) -> None:
        label = self._problems[caption]
        label.setText(problem)
        label.setVisible(bool(problem) and self._is_shown(caption))
        self.changed.emit()

    def _is_shown(self, caption: str) -> bool:
        return not self._rows[caption][1].isHidden()

    def _fit(self) -> None:
        """Show what the type and the exits need."""
        kind, exits = self.type.value, self.exits.value
        needed = {
            "Limit price": kind in LIMITED,
            "Stop price": kind in STOPPED,
            "Trail": kind is OrderType.TRAILING,
            "Hours": kind is OrderType.LIMIT and self._offers.extended_hours,
            "Exits": len(self.exits.values) > 1,
            "Target": exits is Exits.BRACKET,
            "Stop loss": exits is not Exits.NONE,
            "Stop's limit": exits is not Exits.NONE,
        }
        for caption, shown in needed.items():
            for each in self._rows[caption]:
                each.setVisible(shown)
        size = CAPTIONS[self.by.value]
        self._rows["Quantity"][0].setText(size)
        self.quantity.setAccessibleName(size)
        oco = exits is Exits.OCO
        self._rows["Limit price"][0].setText("Target" if oco else "Limit price")
        for caption, edit in self._edits():
            self._problems[caption].setVisible(bool(edit.problem) and self._is_shown(caption))
