"""The automation panel: alerts, the row that adds one, the editor, and what they told."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import (
    QHBoxLayout,
    QPushButton,
    QStackedWidget,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from puffling.ui.panel import PanelWidget
from puffling.ui.panels.automation.columns import ALERTS, FIRINGS, AlertRow
from puffling.ui.panels.automation.editor import AlertEditor
from puffling.ui.panels.automation.form import AlertForm
from puffling.ui.panels.automation.templates import Templates
from puffling.ui.tables.keys import TableKeys
from puffling.ui.tables.model import RecordModel
from puffling.ui.tables.view import RecordView
from puffling.ui.widgets.empty_state import StateStack
from puffling.ui.widgets.reading import Reading
from puffling.ui.widgets.suggestions import Suggestions
from puffling.ui.widgets.tab_keys import turn_with_keys

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from decimal import Decimal

    from PySide6.QtWidgets import (
        QMenu,
    )

    from puffling.core.events import QuotesChanged
    from puffling.store.alerts import AlertFiring
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
        self.form = AlertForm(self, self._suggest)
        self.edit_button, self.test_button = QPushButton("Edit"), QPushButton("Test")
        self.switch_button, self.delete_button = QPushButton("Turn off"), QPushButton("Delete")
        self.states = StateStack(theme, self.view)
        self.templates = Templates(theme)
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

    def begin_alert(self, symbol: str = "", price: Decimal | None = None) -> None:
        """Put the cursor into a new alert on `symbol`, or on the linked one, at a price or now's.

        A level above the last price waits for it to rise, one below for it to fall.
        """
        self._leave_form()
        chosen = symbol or self.symbol
        quote = self.parts.context.quotes.last(chosen)
        last = None if quote is None else quote.last
        self.editor.begin(chosen, last, price)

    def begin_any(self, kind: str = "price", **values: object) -> None:
        """Begin an alert of any kind in the editor; a level begins at the last price."""
        quote = self.parts.context.quotes.last(self.symbol)
        if kind == "price" and quote is not None:
            values = {"when": "above", "price": quote.last, **values}
        self.form.begin(kind, self.symbol, values)
        self.pages.setCurrentWidget(self.form)

    def edit(self) -> None:
        """Change the current alert in the editor."""
        self._open_form(copy=False)

    def duplicate(self) -> None:
        """Begin another alert like the current one."""
        self._open_form(copy=True)

    def _open_form(self, *, copy: bool) -> None:
        row: AlertRow | None = self.view.current
        if row is not None:
            self.form.edit(row.alert, copy=copy)
            self.pages.setCurrentWidget(self.form)

    def try_out(self) -> None:
        """Have the current alert say what it would say."""
        row: AlertRow | None = self.view.current
        if row is not None:
            self.parts.runner.command("alert.test", id=row.alert.id)

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
        if self.pages.currentWidget() is self.form:
            self.form.save()
        else:
            self.editor.add()

    @override
    def run_focused(self) -> None:
        self._show_alerts()
        self._firings_read.ask()

    @override
    def primary_focus(self) -> QWidget:
        if self.pages.currentWidget() is self.form:
            return self.form.kind
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
        self.form.stop()
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
        front = QWidget()
        rows = QVBoxLayout(front)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addWidget(self.editor)
        rows.addWidget(self.templates)
        rows.addWidget(self.tabs, 1)
        self.pages = QStackedWidget()
        self.pages.addWidget(front)
        self.pages.addWidget(self.form)
        column.addWidget(self.pages)
        self.tabs.setDocumentMode(True)
        self.tabs.setMinimumSize(theme.px(_LEAST), theme.px(_LEAST))
        self.tabs.addTab(self.states, "Alerts")
        self.tabs.addTab(self.history, "History")
        self._tab_keys = turn_with_keys(self, self.tabs, self.primary_focus)
        # Beside the tabs, not in a line of their own: the panel is often a low one.
        corner = QWidget()
        row = QHBoxLayout(corner)
        row.setContentsMargins(0, 0, theme.px(4), 0)
        row.setSpacing(0)
        for button in (
            self.delete_button,
            self.test_button,
            self.edit_button,
            self.switch_button,
        ):
            theme.set_role(button, "flat")
            row.addWidget(button)
        self.tabs.setCornerWidget(corner)

    def _connect(self) -> None:
        self.editor.wanted.connect(lambda values: self.parts.runner.command("alert.add", **values))
        self.editor.symbol_chosen.connect(self._chosen)
        self.editor.any_kind.connect(self.begin_any)
        self.form.wanted.connect(lambda id_, values: self.parts.runner.command(id_, **values))
        self.form.closed.connect(self._leave_form)
        self.templates.chosen.connect(lambda kind, values: self.begin_any(kind, **values))
        self.edit_button.clicked.connect(self.edit)
        self.test_button.clicked.connect(self.try_out)
        self.states.acted.connect(self.begin_alert)
        self.states.retried.connect(self.run_focused)
        self.tabs.currentChanged.connect(self._judge)
        self.switch_button.clicked.connect(self.switch)
        self.delete_button.clicked.connect(self.delete)
        self.view.opened.connect(lambda _: self._show_current())
        self.view.filling_menu.connect(self._fill_menu)
        self.view.selectionModel().selectionChanged.connect(self._judge)
        self.history.opened.connect(
            lambda firing: self.set_symbol(firing.symbol) if firing.symbol else None
        )
        self._keys = TableKeys(
            self.view,
            {
                "Space": self.switch,
                "Del": self.delete,
                "Ins": self.begin_alert,
                "E": self.edit,
                "T": self.try_out,
                "D": self.duplicate,
            },
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
        moved = "" in watched or not event.symbols.isdisjoint(watched)
        if self.isVisible() and moved and not self._frame.isActive():
            self._frame.start()

    def _leave_form(self) -> None:
        self.pages.setCurrentIndex(0)
        self.view.setFocus(Qt.FocusReason.OtherFocusReason)

    def _refresh(self) -> None:
        """Take in prices, and whether they have crossed back."""
        self.alerts.put_many(self._rows())

    def _show_alerts(self) -> None:
        rows = list(reversed(self._rows()))
        if len(rows) == len(self.alerts) and all(
            each.alert.id in self.alerts.keys for each in rows
        ):
            self.alerts.put_many(rows)
        else:
            current: AlertRow | None = self.view.current
            self.alerts.reset(rows)
            if current is not None:
                self.view.choose(current.alert.id)
        self.templates.show_for(self.symbol, wanted=not rows)
        if rows:
            self.states.show_content()
        else:
            symbol = self.symbol or "a symbol"
            self.states.show_empty(
                "Alerts watch prices, indicators, your account and orders, and tell you.",
                f"Tell me when {symbol} crosses…",
                "bell",
            )
        self._judge()

    def _show_firings(self, firings: Iterable[AlertFiring]) -> None:
        self.firings.reset(firings)
        count = len(self.firings)
        self.tabs.setTabText(_TABS.index("history"), f"History ({count})" if count else "History")

    def _rows(self) -> list[AlertRow]:
        """Return every alert with what it reads now, oldest first."""
        context = self.parts.context
        views, now = context.alerts.views, context.market.now()
        portfolio = views.portfolio()
        return [
            AlertRow(each, views.reading(each, portfolio), views.problems.get(each.id, ""), now)
            for each in context.alerts.all()
        ]

    def _judge(self) -> None:
        row: AlertRow | None = self.view.current
        some = row is not None and bool(self.view.selected)
        for button in (
            self.switch_button,
            self.delete_button,
            self.edit_button,
            self.test_button,
        ):
            button.setEnabled(some)
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
        entries: list[tuple[str, str, str, Callable[[], object]]] = [
            ("edit", "Edit…", "E", self.edit),
            ("copy", "Another like it…", "D", self.duplicate),
            ("bell", "Test", "T", self.try_out),
            ("pause", "Turn off" if row.alert.enabled else "Turn on", "Space", self.switch),
            ("trash", "Delete alert", "Del", self.delete),
        ]
        if row.alert.symbol:
            show = ("chart", f"Show {row.alert.symbol}", "Return", self._show_current)
            entries.insert(0, show)
        for icon, title, key, do in entries:
            action = menu.addAction(self.parts.theme.icon(icon), title)
            action.setShortcut(key)
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            action.triggered.connect(do)

    def _show_current(self) -> None:
        row: AlertRow | None = self.view.current
        if row is not None and row.alert.symbol:
            self.set_symbol(row.alert.symbol)
