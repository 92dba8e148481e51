"""The automation panel: alerts, the row that adds one, and what they told."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import (
    QHBoxLayout,
    QPushButton,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from puffling.ui.panel import PanelWidget
from puffling.ui.panels.automation.columns import ALERTS, FIRINGS, AlertRow
from puffling.ui.panels.automation.editor import AlertEditor
from puffling.ui.tables.keys import TableKeys
from puffling.ui.tables.model import RecordModel
from puffling.ui.tables.view import RecordView
from puffling.ui.widgets.empty_state import StateStack
from puffling.ui.widgets.reading import Reading
from puffling.ui.widgets.suggestions import Suggestions

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from PySide6.QtWidgets import (
        QMenu,
    )

    from puffling.core.events import QuotesChanged
    from puffling.store.alerts import Alert, AlertFiring
    from puffling.ui.panel import Parts

_FRAME_MS = 250  # a distance to a level is not read faster
_LEAST = 96  # the tabs, the table's head and two rows
_TABS = ("alerts", "history")


class AutomationPanel(PanelWidget):
    """What watches the market for you."""

    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        theme = parts.theme
        self._suggest = Suggestions()
        self.editor = AlertEditor(theme, self._suggest)
        self.alerts: RecordModel[AlertRow] = RecordModel(ALERTS, lambda row: row.alert.id, self)
        self.view = RecordView(theme, self.alerts, name="Alerts")
        self.firings: RecordModel[AlertFiring] = RecordModel(
            FIRINGS, lambda firing: firing.id, self
        )
        self.history = RecordView(
            theme, self.firings, name="Alert history", empty="No alert has told you anything yet."
        )
        self.switch_button, self.delete_button = (
            QPushButton("Turn off"),
            QPushButton("Delete alert"),
        )
        self.states = StateStack(theme, self.view)
        self.tabs = QTabWidget()
        self._lay_out()
        self._frame = QTimer(self, singleShot=True, interval=_FRAME_MS)
        self._frame.timeout.connect(self._refresh)
        self._firings_read = Reading(
            self.spawn, parts.context.alerts.history, self._show_firings, self._fail
        )
        self._connect()
        self.editor.symbol.set_symbol(self.symbol)
        self._show_alerts()
        self._firings_read.ask()
        self.spawn(self._read_instruments())

    def begin_alert(self, symbol: str = "") -> None:
        """Put the cursor into a new alert on `symbol`, or on the linked one."""
        chosen = symbol or self.symbol
        quote = self.parts.context.quotes.last(chosen)
        self.editor.begin(chosen, None if quote is None else quote.last)

    def show_tab(self, name: str) -> None:
        """Bring one tab to the front: alerts or history."""
        if name in _TABS:
            self.tabs.setCurrentIndex(_TABS.index(name))

    def switch(self) -> None:
        """Turn the selected alerts on, or off if the current one is on."""
        row: AlertRow | None = self.view.current
        if row is None:
            return
        for each in self.view.selected:
            self.parts.runner.command(
                "alert.enable", id=each.alert.id, enabled=not row.alert.enabled
            )

    def delete(self) -> None:
        """Delete the selected alerts; what they told stays in the history."""
        for each in self.view.selected:
            self.parts.runner.command("alert.remove", id=each.alert.id)

    # -- the habits of panels ----------------------------------------------------------------

    @override
    def on_symbol(self, symbol: str) -> None:
        self.editor.symbol.set_symbol(symbol)
        self._show_alerts()

    @override
    def apply_focused(self) -> None:
        self.editor.add()

    @override
    def run_focused(self) -> None:
        self._show_alerts()
        self._firings_read.ask()

    @override
    def primary_focus(self) -> QWidget:
        if self.tabs.currentIndex() == _TABS.index("history"):
            return self.history
        return self.view if len(self.alerts) else self.editor.symbol

    @override
    def state(self) -> dict[str, Any]:
        return super().state() | {
            "tab": _TABS[self.tabs.currentIndex()],
            "alerts": self.view.layout_state(),
            "history": self.history.layout_state(),
        }

    @override
    def restore(self, state: Mapping[str, Any]) -> None:
        super().restore(state)
        self.show_tab(str(state.get("tab", "")))
        for key, view in (("alerts", self.view), ("history", self.history)):
            if isinstance(state.get(key), dict):
                view.restore_layout(state[key])

    @override
    def shut(self) -> None:
        self._frame.stop()
        super().shut()

    @override
    def showEvent(self, event: object) -> None:
        self._refresh()

    # -- building ----------------------------------------------------------------------------

    def _lay_out(self) -> None:
        theme = self.parts.theme
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.editor)
        column.addWidget(self.tabs, 1)
        self.tabs.setDocumentMode(True)
        self.tabs.setMinimumSize(theme.px(_LEAST), theme.px(_LEAST))
        self.tabs.addTab(self.states, "Alerts")
        self.tabs.addTab(self.history, "History")
        # Beside the tabs, not in a line of their own: the panel is often a low one.
        corner = QWidget()
        row = QHBoxLayout(corner)
        row.setContentsMargins(0, 0, theme.px(4), 0)
        row.setSpacing(0)
        for button in (self.delete_button, self.switch_button):
            theme.set_role(button, "flat")
            row.addWidget(button)
        self.tabs.setCornerWidget(corner)

    def _connect(self) -> None:
        self.editor.wanted.connect(lambda values: self.parts.runner.command("alert.add", **values))
        self.editor.symbol_chosen.connect(self._chosen)
        self.states.acted.connect(self.begin_alert)
        self.states.retried.connect(self.run_focused)
        self.tabs.currentChanged.connect(self._judge)
        self.switch_button.clicked.connect(self.switch)
        self.delete_button.clicked.connect(self.delete)
        self.view.opened.connect(lambda row: self.set_symbol(row.alert.symbol))
        self.view.filling_menu.connect(self._fill_menu)
        self.view.selectionModel().selectionChanged.connect(self._judge)
        self.history.opened.connect(lambda firing: self.set_symbol(firing.symbol))
        self._keys = TableKeys(
            self.view,
            {"Space": self.switch, "Del": self.delete, "Ins": self.begin_alert},
        )
        signals = self.parts.signals
        self.listen(signals.alerts_changed, self._on_alerts)
        self.listen(signals.alert_fired, self._firings_read.ask)
        self.listen(signals.quotes_changed, self._on_quotes)
        self.listen(signals.bars_changed, lambda _: self.spawn(self._read_instruments()))

    # -- following ---------------------------------------------------------------------------

    async def _read_instruments(self) -> None:
        self._suggest.load(await asyncio.to_thread(self.parts.context.bars.instruments))

    def _on_alerts(self, _event: object) -> None:
        self._show_alerts()

    def _on_quotes(self, event: QuotesChanged) -> None:
        watched = {row.alert.symbol for row in self.alerts.records}
        moved = self.isVisible() and not event.symbols.isdisjoint(watched)
        if moved and not self._frame.isActive():
            self._frame.start()

    def _refresh(self) -> None:
        """Take in prices, and whether they have crossed back."""
        self.alerts.put_many(self._row(each) for each in self.parts.context.alerts.all())

    def _show_alerts(self) -> None:
        rows = [self._row(each) for each in reversed(self.parts.context.alerts.all())]
        if len(rows) == len(self.alerts) and all(
            each.alert.id in self.alerts.keys for each in rows
        ):
            self.alerts.put_many(rows)
        else:
            current: AlertRow | None = self.view.current
            self.alerts.reset(rows)
            if current is not None:
                self.view.choose(current.alert.id)
        if rows:
            self.states.show_content()
        else:
            symbol = self.symbol or "a symbol"
            self.states.show_empty(
                "Alerts watch prices and tell you, here and on the desktop, when they cross.",
                f"Tell me when {symbol} crosses…",
                "bell",
            )
        self._judge()

    def _show_firings(self, firings: Iterable[AlertFiring]) -> None:
        self.firings.reset(firings)
        count = len(self.firings)
        self.tabs.setTabText(_TABS.index("history"), f"History ({count})" if count else "History")

    def _row(self, alert: Alert) -> AlertRow:
        quote = self.parts.context.quotes.last(alert.symbol)
        return AlertRow(alert, None if quote is None else quote.last)

    def _judge(self) -> None:
        row: AlertRow | None = self.view.current
        some = row is not None and bool(self.view.selected)
        self.switch_button.setEnabled(some)
        self.delete_button.setEnabled(some)
        corner = self.tabs.cornerWidget()
        corner.setVisible(
            self.tabs.currentIndex() == _TABS.index("alerts") and len(self.alerts) > 0
        )
        off = row is not None and not row.alert.enabled
        self.switch_button.setText("Turn on" if off else "Turn off")

    def _chosen(self, symbol: str) -> None:
        self.set_symbol(symbol)
        self.begin_alert(symbol)

    def _fail(self, error: Exception) -> None:
        self.states.show_error(str(error), getattr(error, "hint", ""))

    def _fill_menu(self, menu: QMenu, row: AlertRow | None) -> None:
        if row is None:
            return
        entries = (
            ("chart", f"Show {row.alert.symbol}", "Return", self._show_current),
            ("pause", "Turn off" if row.alert.enabled else "Turn on", "Space", self.switch),
            ("trash", "Delete alert", "Del", self.delete),
        )
        for icon, title, key, do in entries:
            action = menu.addAction(self.parts.theme.icon(icon), title)
            action.setShortcut(key)
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            action.triggered.connect(do)

    def _show_current(self) -> None:
        row: AlertRow | None = self.view.current
        if row is not None:
            self.set_symbol(row.alert.symbol)
