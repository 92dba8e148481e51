"""The Positions tab."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from puffin.types import ZERO, Side
from puffling.core import formats
from puffling.ui.panels.portfolio.close_bar import CloseBar
from puffling.ui.panels.portfolio.columns import POSITIONS
from puffling.ui.tables.keys import TableKeys
from puffling.ui.tables.model import RecordModel
from puffling.ui.tables.view import RecordView
from puffling.ui.widgets.empty_state import StateStack

if TYPE_CHECKING:
    from collections.abc import Iterable

    from PySide6.QtWidgets import QMenu

    from puffling.ui.panels.portfolio.held import Held
    from puffling.ui.theme.theme import Theme


class PositionsTab(QWidget):
    """What is held.

    Signals:
        chosen: A position's symbol is to be shown (the symbol).
        trade: The ticket is to be opened (the side, the symbol or nothing).
        protect: A target and a stop are to be written for it (its row).
        reverse: It is to be turned round (its symbol).
        asked: The assistant is to be asked about it (its symbol).
    """

    chosen = Signal(str)
    trade = Signal(object, str)
    protect = Signal(object)
    reverse = Signal(str)
    asked = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.model: RecordModel[Held] = RecordModel(POSITIONS, lambda row: row.symbol, self)
        self.view = RecordView(theme, self.model, name="Positions")
        self.states = StateStack(theme, self.view)
        self.close_bar = CloseBar(theme)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.close_bar)
        column.addWidget(self.states, 1)
        self.total = QLabel()
        theme.set_role(self.total, "caption")
        self.total.setContentsMargins(*[theme.px(6)] * 4)
        column.addWidget(self.total)
        self.view.opened.connect(lambda row: self.chosen.emit(row.symbol))
        self.view.filling_menu.connect(self._fill_menu)
        self.states.acted.connect(lambda: self.trade.emit(Side.BUY, ""))
        self.close_bar.closed.connect(self.view.setFocus)
        self._keys = TableKeys(
            self.view,
            {
                "Del": self.ask_close,
                "T": self.ask_protection,
                "R": self.ask_reverse,
                "F9": lambda: self._trade(Side.BUY),
                "Shift+F9": lambda: self._trade(Side.SELL),
            },
        )

    def show_rows(self, rows: Iterable[Held]) -> None:
        """Show these positions, and what they come to together."""
        known = list(rows)
        gone = set(self.model.keys) - {each.symbol for each in known}
        self.model.remove(*gone)
        self.model.put_many(known)
        self.total.setText(total_words(known))
        if known:
            self.states.show_content()
        else:
            self.close_bar.hide()
            self.states.show_empty("What you hold is listed here.", "Buy something", "wallet")

    def ask_close(self) -> None:
        """Ask how to close the current position."""
        row: Held | None = self.view.current
        if row is not None:
            self.close_bar.open_for(row.row)

    def ask_protection(self) -> None:
        """Ask for a target and a stop for the current position."""
        row: Held | None = self.view.current
        if row is not None:
            self.protect.emit(row)

    def ask_reverse(self) -> None:
        """Ask for the current position to be turned round."""
        row: Held | None = self.view.current
        if row is not None:
            self.reverse.emit(row.symbol)

    def _trade(self, side: Side) -> None:
        row: Held | None = self.view.current
        self.trade.emit(side, "" if row is None else row.symbol)

    def _fill_menu(self, menu: QMenu, row: Held | None) -> None:
        if row is None:
            return
        entries = (
            ("chart", f"Show {row.symbol}", "Return", lambda: self.chosen.emit(row.symbol)),
            ("close", "Close…", "Del", self.ask_close),
            ("shield", "Add target and stop…", "T", self.ask_protection),
            ("refresh", "Reverse…", "R", self.ask_reverse),
            ("buy", "Buy…", "F9", lambda: self._trade(Side.BUY)),
            ("sell", "Sell…", "Shift+F9", lambda: self._trade(Side.SELL)),
            ("robot", "Ask about it…", "", lambda: self.asked.emit(row.symbol)),
        )
        for icon, title, key, run in entries:
            action = menu.addAction(self._theme.icon(icon), title)
            action.setShortcut(key)
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            action.triggered.connect(run)


def total_words(rows: Iterable[Held]) -> str:
    """Return what positions come to together; figures of which a part is unknown are left out."""
    known = list(rows)
    if not known:
        return ""
    words = ["1 position" if len(known) == 1 else f"{len(known)} positions"]
    figures = (
        ("worth", [each.row.value for each in known], False),
        ("unrealised", [each.row.unrealised for each in known], True),
        ("today", [each.row.day_profit for each in known], True),
    )
    for name, values, sign in figures:
        if None not in values:
            total = sum((each for each in values if each is not None), ZERO)
            words.append(f"{name} {formats.money(total, sign=sign)}")
    return " · ".join(words)
