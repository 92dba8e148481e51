"""The watchlist: lists of symbols with their prices; it drives the linked symbol."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QMenu, QTabBar, QToolButton, QVBoxLayout
from typing_extensions import override

from puffin.types import Side
from puffling.core.events import Level, NoticePosted
from puffling.services.closes import last_closes
from puffling.ui.panel import PanelWidget
from puffling.ui.panels.watchlist.bars import AlertBar, DeleteBar, NameBar
from puffling.ui.panels.watchlist.quotes import QuoteTable
from puffling.ui.replay_note import ReplayNote
from puffling.ui.tables.keys import TableKeys
from puffling.ui.widgets.empty_state import StateStack
from puffling.ui.widgets.reading import Reading
from puffling.ui.widgets.suggestions import Suggestions
from puffling.ui.widgets.symbol_edit import SymbolEdit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtWidgets import QWidget

    from puffling.core.events import QuotesChanged
    from puffling.store.watchlists import Watchlist
    from puffling.ui.panel import Parts
    from puffling.ui.panels.watchlist.rows import Row


class WatchlistPanel(PanelWidget):
    """Your lists, one at a time."""

    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        theme = parts.theme
        self._lists: list[Watchlist] = []
        self._wanted = ""  # the id of the list to show once the lists are read
        self._suggest = Suggestions()
        self.tabs = QTabBar()
        self.tabs.setExpanding(False)
        self.tabs.setDrawBase(False)
        self.tabs.setAccessibleName("Watchlists")
        self.table = QuoteTable(parts.context, theme, self)
        self.view = self.table.view
        self.states = StateStack(theme, self.view)
        self.add_box = SymbolEdit(theme, self._suggest)
        self.add_box.setPlaceholderText("Add a symbol (Ins)")
        self.alert_bar, self.name_bar = AlertBar(theme), NameBar(theme)
        self.delete_bar = DeleteBar(theme)
        self._bars = (self.alert_bar, self.name_bar, self.delete_bar)
        self._lay_out()
        self._lists_read = Reading(
            self.spawn, parts.context.watchlists.all, self._show_lists, self._fail
        )
        self._closes_read = Reading(
            self.spawn, self._read_closes, self.table.show_closes, self._fail
        )
        self._connect()
        self.states.show_loading("Reading your lists…", cancellable=False)
        self._lists_read.ask()
        self.spawn(self._read_instruments())

    # -- what a key or a menu asks for -------------------------------------------------------

    def choose_current(self) -> None:
        """Make the current row's symbol the linked one."""
        if (row := self.current) is not None:
            self.set_symbol(row.symbol)

    def trade(self, side: Side) -> None:
        """Open the ticket for the current row."""
        if (row := self.current) is not None:
            self.parts.context.desk.fill_ticket(side, row.symbol)

    def alert(self) -> None:
        """Ask for the price of an alert on the current row."""
        if (row := self.current) is not None:
            self._open(self.alert_bar)
            self.alert_bar.open_for(row.symbol, row.quote.last if row.quote else None)

    def remove(self) -> None:
        """Take the selected symbols off the list."""
        name, symbols = self.list_name, [row.symbol for row in self.view.selected]
        self.spawn(self._remove(name, symbols))

    def move_row(self, step: int) -> None:
        """Move the current row up or down."""
        row = self.current
        if row is None:
            return
        if self.table.model.sorted_by is not None:
            words = "Click the sorted heading until its arrow is gone, then move rows."
            notice = NoticePosted(Level.INFO, "The list is sorted by a column.", words)
            self.parts.context.bus.publish(notice)
            return
        place = self.table.model.row_of(row.symbol) + step
        if 0 <= place < len(self.table.model):
            self.parts.runner.command(
                "watchlist.move", list=self.list_name, symbol=row.symbol, place=place
            )

    @property
    def current(self) -> Row | None:
        """The current row."""
        row: Row | None = self.view.current
        return row

    @property
    def list_name(self) -> str:
        """The name of the list in view; empty until the lists are read."""
        shown = self._shown
        return "" if shown is None else shown.name

    # -- the habits of panels ----------------------------------------------------------------

    @override
    def on_symbol(self, symbol: str) -> None:
        self.view.choose(symbol)

    @override
    def primary_focus(self) -> QWidget:
        return self.view if self.view.isVisible() else self.add_box

    @override
    def run_focused(self) -> None:
        self._closes_read.ask()
        self.table.wake()

    @override
    def state(self) -> dict[str, Any]:
        shown = self._shown
        return super().state() | {
            "list": self._wanted if shown is None else shown.id,
            "table": self.view.layout_state(),
        }

    @override
    def restore(self, state: Mapping[str, Any]) -> None:
        super().restore(state)
        if isinstance(state.get("table"), dict):
            self.view.restore_layout(state["table"])
        if isinstance(state.get("list"), str):
            self._wanted = state["list"]
            self._choose_wanted()

    @override
    def shut(self) -> None:
        self.table.sleep()
        super().shut()

    @override
    def showEvent(self, event: object) -> None:
        self.table.wake()

    @override
    def hideEvent(self, event: object) -> None:
        self.table.sleep()

    # -- building ----------------------------------------------------------------------------

    def _lay_out(self) -> None:
        theme = self.parts.theme
        self._more = QToolButton()
        self._more.setIcon(theme.icon("more"))
        self._more.setToolTip("New list, rename, delete")
        self._more.setAccessibleName("List menu")
        self._more.clicked.connect(self._open_list_menu)
        head = QHBoxLayout()
        head.setContentsMargins(0, 0, theme.px(4), 0)
        head.addWidget(self.tabs, 1)
        head.addWidget(self._more)
        foot = QHBoxLayout()
        foot.setContentsMargins(*[theme.px(6)] * 4)
        foot.addWidget(self.add_box)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        for each in self._bars:
            column.addWidget(each)
        column.addWidget(ReplayNote(self))
        column.addWidget(self.states, 1)
        column.addLayout(foot)
        self.setTabOrder(self.tabs, self.view)
        self.setTabOrder(self.view, self.add_box)
        self.setTabOrder(self.add_box, self._more)

    def _connect(self) -> None:
        run = self.parts.runner.command
        self.tabs.currentChanged.connect(self._show_chosen)
        self.add_box.chosen.connect(self._add)
        self.view.opened.connect(lambda _: self.choose_current())
        self.view.filling_menu.connect(self._fill_menu)
        self.states.acted.connect(self.add_box.setFocus)
        self.states.retried.connect(self._lists_read.ask)
        self.alert_bar.wanted.connect(self._add_alert)
        self.name_bar.named.connect(self._name)
        self.delete_bar.agreed.connect(lambda name: run("watchlist.delete", list=name))
        for each in self._bars:
            each.closed.connect(lambda: self.primary_focus().setFocus())
        self._keys = TableKeys(
            self.view,
            {
                "Ins": self.add_box.setFocus,
                "Del": self.remove,
                "Ctrl+Up": lambda: self.move_row(-1),
                "Ctrl+Down": lambda: self.move_row(1),
                "F9": lambda: self.trade(Side.BUY),
                "Shift+F9": lambda: self.trade(Side.SELL),
                "A": self.alert,
            },
        )
        signals = self.parts.signals
        self.listen(signals.quotes_changed, self._on_quotes)
        self.listen(signals.watchlists_changed, self._lists_read.ask)
        self.listen(signals.alerts_changed, lambda _: self.table.show_alerts())
        self.listen(signals.session_changed, self._closes_read.ask)
        self.listen(signals.bars_changed, self._bars_changed)

    # -- reading -----------------------------------------------------------------------------

    async def _read_instruments(self) -> None:
        self._suggest.load(await asyncio.to_thread(self.parts.context.bars.instruments))

    def _read_closes(self) -> dict[str, tuple[float, ...]]:
        """Return the last closes of what needs no network; runs on a thread."""
        context = self.parts.context
        local = {each.symbol for each in context.bars.instruments()}
        # Where a history is not there the line stays empty; the row's tooltip says why.
        return last_closes(context.bars, [each for each in self.table.model.keys if each in local])

    def _bars_changed(self, _event: object) -> None:
        self.spawn(self._read_instruments())
        self._closes_read.ask()

    def _fail(self, error: Exception) -> None:
        self.states.show_error(str(error), getattr(error, "hint", ""))

    # -- lists -------------------------------------------------------------------------------

    @property
    def _shown(self) -> Watchlist | None:
        place = self.tabs.currentIndex()
        return self._lists[place] if 0 <= place < len(self._lists) else None

    def _show_lists(self, lists: list[Watchlist]) -> None:
        shown = self._shown
        kept = self._wanted or ("" if shown is None else shown.id)
        fresh = {each.id for each in lists} - {each.id for each in self._lists}
        if self._lists and len(fresh) == 1:
            kept = fresh.pop()  # a list that was just made is the one to look at
        self.tabs.blockSignals(True)  # noqa: FBT003 - Qt's own signature
        while self.tabs.count():
            self.tabs.removeTab(0)
        self._lists = lists
        for each in lists:
            self.tabs.addTab(each.name.replace("&", "&&"))
        self.tabs.blockSignals(False)  # noqa: FBT003 - Qt's own signature
        self._wanted = kept
        self._choose_wanted()
        self._show_chosen()

    def _choose_wanted(self) -> None:
        for place, each in enumerate(self._lists):
            if each.id == self._wanted:
                self.tabs.setCurrentIndex(place)
        if self._lists:
            self._wanted = ""

    def _show_chosen(self) -> None:
        shown = self._shown
        symbols = () if shown is None else shown.symbols
        self.table.show_symbols(symbols)
        if symbols:
            self.states.show_content()
            if self.current is None:
                self.view.choose(self.symbol)
            self._closes_read.ask()
        else:
            self.states.show_empty("Symbols you follow show their prices here.", "Add a symbol")

    # -- acting ------------------------------------------------------------------------------

    def _on_quotes(self, event: QuotesChanged) -> None:
        self.table.quotes_moved(event.symbols)

    def _add(self, symbol: str) -> None:
        self.add_box.clear()
        self.parts.runner.command("watchlist.add", list=self.list_name, symbol=symbol)

    def _add_alert(self, values: dict[str, object]) -> None:
        self.parts.runner.command("alert.add", **values)

    def _name(self, name: str, present: str) -> None:
        if present:
            self.parts.runner.command("watchlist.rename", list=present, name=name)
        else:
            self.parts.runner.command("watchlist.create", name=name)

    async def _remove(self, name: str, symbols: list[str]) -> None:
        remove = self.parts.registry["watchlist.remove"]
        for each in symbols:
            await remove.run_with(self.parts.context, {"list": name, "symbol": each})

    def _open(self, bar: QWidget) -> None:
        for each in self._bars:
            if each is not bar and each.isVisible():
                each.hide()

    # -- menus -------------------------------------------------------------------------------

    def _open_list_menu(self) -> None:
        menu = QMenu(self)
        menu.aboutToHide.connect(menu.deleteLater)
        self.fill_list_menu(menu)
        menu.popup(self._more.mapToGlobal(self._more.rect().bottomLeft()))

    def fill_list_menu(self, menu: QMenu) -> None:
        """Put what can be done with lists into `menu`."""
        theme, name = self.parts.theme, self.list_name
        menu.addAction(theme.icon("plus"), "New list…", lambda: self._ask_name(""))
        rename = menu.addAction(theme.icon("edit"), "Rename…", lambda: self._ask_name(name))
        delete = menu.addAction(theme.icon("trash"), "Delete list…", self._ask_delete)
        rename.setEnabled(bool(name))
        delete.setEnabled(len(self._lists) > 1)

    def _ask_name(self, present: str) -> None:
        self._open(self.name_bar)
        self.name_bar.open_for(present)

    def _ask_delete(self) -> None:
        if (shown := self._shown) is not None:
            self._open(self.delete_bar)
            self.delete_bar.open_for(shown.name, len(shown.symbols))

    def _ask_about(self, symbol: str) -> None:
        self.parts.runner.command("assistant.about", symbol=symbol)

    def _fill_menu(self, menu: QMenu, row: Row | None) -> None:
        if row is None:
            return
        theme = self.parts.theme
        entries = (
            ("chart", f"Show {row.symbol}", "Return", self.choose_current),
            ("buy", "Buy…", "F9", lambda: self.trade(Side.BUY)),
            ("sell", "Sell…", "Shift+F9", lambda: self.trade(Side.SELL)),
            ("bell", "Alert at a price…", "A", self.alert),
            ("robot", "Ask about it…", "", lambda: self._ask_about(row.symbol)),
            ("trash", "Take off the list", "Del", self.remove),
        )
        for icon, title, key, run in entries:
            action = menu.addAction(theme.icon(icon), title)
            action.setShortcut(key)
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            action.triggered.connect(run)
