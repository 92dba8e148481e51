"""The Positions tab."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from puffin.types import Side
from puffling.ui.panels.portfolio.close_bar import CloseBar
from puffling.ui.panels.portfolio.columns import POSITIONS
from puffling.ui.tables.keys import TableKeys
from puffling.ui.tables.model import RecordModel
from puffling.ui.tables.view import RecordView
from puffling.ui.widgets.empty_state import StateStack

if TYPE_CHECKING:
    from collections.abc import Iterable

    from PySide6.QtWidgets import QMenu

    from puffling.services.positions import PositionRow
    from puffling.ui.theme.theme import Theme


class PositionsTab(QWidget):
    """What is held.

    Signals:
        chosen: A position's symbol is to be shown (the symbol).
        trade: The ticket is to be opened (the side, the symbol or nothing).
    """

    chosen = Signal(str)
    trade = Signal(object, str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.model: RecordModel[PositionRow] = RecordModel(POSITIONS, lambda row: row.symbol, self)
        self.view = RecordView(theme, self.model, name="Positions")
        self.states = StateStack(theme, self.view)
        self.close_bar = CloseBar(theme)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.close_bar)
        column.addWidget(self.states, 1)
        self.view.opened.connect(lambda row: self.chosen.emit(row.symbol))
        self.view.filling_menu.connect(self._fill_menu)
        self.states.acted.connect(lambda: self.trade.emit(Side.BUY, ""))
        self.close_bar.closed.connect(self.view.setFocus)
        self._keys = TableKeys(
            self.view,
            {
                "Del": self.ask_close,
                "F9": lambda: self._trade(Side.BUY),
                "Shift+F9": lambda: self._trade(Side.SELL),
            },
        )

    def show_rows(self, rows: Iterable[PositionRow]) -> None:
        """Show these positions."""
        known = list(rows)
        gone = set(self.model.keys) - {each.symbol for each in known}
        self.model.remove(*gone)
        self.model.put_many(known)
        if known:
            self.states.show_content()
        else:
            self.close_bar.hide()
            self.states.show_empty("What you hold is listed here.", "Buy something", "wallet")

    def ask_close(self) -> None:
        """Ask how to close the current position."""
        row: PositionRow | None = self.view.current
        if row is not None:
            self.close_bar.open_for(row)

    def _trade(self, side: Side) -> None:
        row: PositionRow | None = self.view.current
        self.trade.emit(side, "" if row is None else row.symbol)

    def _fill_menu(self, menu: QMenu, row: PositionRow | None) -> None:
        if row is None:
            return
        entries = (
            ("chart", f"Show {row.symbol}", "Return", lambda: self.chosen.emit(row.symbol)),
            ("close", "Close…", "Del", self.ask_close),
            ("buy", "Buy…", "F9", lambda: self._trade(Side.BUY)),
            ("sell", "Sell…", "Shift+F9", lambda: self._trade(Side.SELL)),
        )
        for icon, title, key, run in entries:
            action = menu.addAction(self._theme.icon(icon), title)
            action.setShortcut(key)
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            action.triggered.connect(run)
