"""The performance panel: six tabs about one period, read beside the window and kept up to date."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFileDialog, QFrame, QScrollArea, QTabWidget, QVBoxLayout, QWidget
from typing_extensions import override

from puffling.core.events import Level, NoticePosted
from puffling.services.performance_files import Part
from puffling.ui.panel import PanelWidget
from puffling.ui.panels.performance.attribution_tab import AttributionTab
from puffling.ui.panels.performance.behaviour_tab import BehaviourTab
from puffling.ui.panels.performance.journal_tab import JournalTab
from puffling.ui.panels.performance.overview_tab import OverviewTab
from puffling.ui.panels.performance.period_bar import PeriodBar
from puffling.ui.panels.performance.reading import ReportReader
from puffling.ui.panels.performance.tearsheet_tab import TearsheetTab
from puffling.ui.panels.performance.trades_tab import TradesTab
from puffling.ui.widgets.empty_state import StateStack
from puffling.ui.widgets.tab_keys import turn_with_keys

if TYPE_CHECKING:
    from collections.abc import Mapping

    from puffling.services.reports import Report, Trade
    from puffling.services.spans import Span
    from puffling.ui.panel import Parts

Tab = OverviewTab | TradesTab | AttributionTab | JournalTab | TearsheetTab | BehaviourTab
P = TypeVar("P", bound=Tab)
_TABS: tuple[tuple[type[Tab], str, str], ...] = (
    (OverviewTab, "Overview", "overview"),
    (TradesTab, "Trades", "trades"),
    (AttributionTab, "Attribution", "attribution"),
    (JournalTab, "Journal", "journal"),
    (TearsheetTab, "Tearsheet", "tearsheet"),
    (BehaviourTab, "Behaviour", "behaviour"),
)
_NAMES: dict[type[QWidget], str] = {kind: name for kind, _, name in _TABS}
_TALL: dict[type[QWidget], int] = {OverviewTab: 500, AttributionTab: 420, BehaviourTab: 420}
_LATER_MS = 400  # several fills in a row are read once
_LIVE_MS = 1_000
_EXPORTS = (
    ("Trades as CSV…", Part.TRADES),
    ("Session ends as CSV…", Part.SESSIONS),
    ("Fills as CSV…", Part.FILLS),
    ("Closed lots as CSV…", Part.LOTS),
    ("Figures as CSV…", Part.FIGURES),
)


class PerformancePanel(PanelWidget):
    """Tells what the account made. Each tab is built when it is first needed."""

    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        # From the outside in: each widget is then styled once, not again at every level.
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.bar = PeriodBar(parts.theme)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.tabBar().setUsesScrollButtons(True)
        self.states = StateStack(parts.theme, self.tabs)
        column.addWidget(self.bar)
        column.addWidget(self.states, 1)
        self.reader = ReportReader(self)
        self._built: dict[type[QWidget], Tab] = {}
        self._kept: dict[str, Any] = {}  # what tabs that are not built yet remember
        self._holders: dict[type[QWidget], QWidget] = {}
        for kind, title, _ in _TABS:
            self._holders[kind] = holder = QWidget()
            inside = QVBoxLayout(holder)
            inside.setContentsMargins(0, 0, 0, 0)
            self.tabs.addTab(holder, title)
        self._later = QTimer(self, singleShot=True, interval=_LATER_MS)
        self._live = QTimer(self, singleShot=True, interval=_LIVE_MS)
        self._connect()
        self._page(OverviewTab)
        self.states.show_loading("Opening the account…", cancellable=False)
        self.reader.ask()

    @property
    def overview(self) -> OverviewTab:
        """The Overview tab."""
        return self._page(OverviewTab)

    @property
    def trades(self) -> TradesTab:
        """The Trades tab."""
        return self._page(TradesTab)

    @property
    def attribution(self) -> AttributionTab:
        """The Attribution tab."""
        return self._page(AttributionTab)

    @property
    def journal(self) -> JournalTab:
        """The Journal tab."""
        return self._page(JournalTab)

    @property
    def tearsheet(self) -> TearsheetTab:
        """The Tearsheet tab."""
        return self._page(TearsheetTab)

    @property
    def behaviour(self) -> BehaviourTab:
        """The Behaviour tab."""
        return self._page(BehaviourTab)

    def turn_to(self, name: str) -> None:
        """Bring a tab to the front by its name."""
        for place, (_, _, known) in enumerate(_TABS):
            if known == name:
                self.tabs.setCurrentIndex(place)

    def open_entry(self, id_: str) -> None:
        """Open a journal entry, to be written on."""
        self.turn_to("journal")
        self.journal.open(id_)

    def save_tearsheet(self, path: Path) -> None:
        """Write the tearsheet that is shown.

        Raises:
            PufflingError: There is none, or the file cannot be written.
        """
        self.tearsheet.save(path)
        saved = NoticePosted(Level.SUCCESS, "Tearsheet saved", str(path), panel="performance")
        self.parts.context.bus.publish(saved)

    # -- the habits of panels ----------------------------------------------------------------

    @override
    def run_focused(self) -> None:
        self._read()

    @override
    def apply_focused(self) -> None:
        page = self._front()
        if isinstance(page, JournalTab):
            page.keep()
        else:
            self._read()

    @override
    def primary_focus(self) -> QWidget:
        page = self._front()
        if isinstance(page, TradesTab | AttributionTab | JournalTab):
            return page.view
        if isinstance(page, BehaviourTab):
            return page.held_view
        if isinstance(page, TearsheetTab):
            return page.box
        return self.bar.buttons[self.bar.span.reach]

    @override
    def state(self) -> dict[str, Any]:
        tabs = {
            _NAMES[kind]: page.state()
            for kind, page in self._built.items()
            if isinstance(page, TradesTab | AttributionTab | JournalTab)
        }
        own = {"tab": _TABS[self.tabs.currentIndex()][2], "period": self.bar.state()}
        return super().state() | own | self._kept | tabs

    @override
    def restore(self, state: Mapping[str, Any]) -> None:
        super().restore(state)
        if isinstance(state.get("period"), dict):
            self.bar.restore(state["period"])
        names = _NAMES.values()
        self._kept = {name: state[name] for name in names if isinstance(state.get(name), dict)}
        for page in self._built.values():
            self._restore(page)
        self.turn_to(str(state.get("tab", "")))

    @override
    def shut(self) -> None:
        self._later.stop()
        self._live.stop()
        page = self._built.get(JournalTab)
        if isinstance(page, JournalTab):
            page.keep()
        super().shut()

    # -- inside ------------------------------------------------------------------------------

    def _connect(self) -> None:
        signals = self.parts.signals
        for signal in (signals.fill_booked, signals.snapshot_taken, signals.activity_booked):
            self.listen(signal, self._read_later)
        self.listen(signals.mode_changed, self._read_later)
        self.listen(signals.portfolio_changed, self._opened)
        self.listen(signals.journal_changed, self._journal_changed)
        self.listen(signals.quotes_changed, self._quotes_changed)
        self.listen(signals.backtest_done, self._backtest_done)
        self._later.timeout.connect(self._read)
        self._live.timeout.connect(self._show_now)
        self.reader.read.connect(self._show)
        self.reader.failed.connect(self._fail)
        self.states.retried.connect(self._read)
        self.bar.chosen.connect(self._choose)
        self.tabs.currentChanged.connect(lambda _: self._front())
        for title, part in _EXPORTS:
            self.bar.menu.addAction(title, partial(self._export, part))
        self.bar.menu.addSeparator()
        self.bar.menu.addAction("Tearsheet as PDF or picture…", self._export_sheet)
        self._tab_keys = turn_with_keys(self, self.tabs, self.primary_focus)
        new = QShortcut(QKeySequence("Ctrl+N"), self, self._new_entry)
        new.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)

    def _read(self) -> None:
        self.reader.ask()

    def _read_later(self, *_: object) -> None:
        if not self._later.isActive():
            self._later.start()

    def _opened(self, *_: object) -> None:
        if self.reader.report is None:
            self._read_later()

    def _journal_changed(self, *_: object) -> None:
        page = self._built.get(JournalTab)
        if isinstance(page, JournalTab):
            page.read()
        self._read_later()

    def _backtest_done(self, *_: object) -> None:
        page = self._built.get(TearsheetTab)
        if isinstance(page, TearsheetTab):
            page.list_backtests()

    def _quotes_changed(self, *_: object) -> None:
        if not self._live.isActive() and self.isVisible():
            self._live.start()

    def _show_now(self) -> None:
        """Follow the prices of now: the headline and what is open."""
        page = self._front()
        if self.reader.report is None or not isinstance(page, OverviewTab | TradesTab):
            return
        shown = self.parts.context.portfolio.snapshot()
        if isinstance(page, OverviewTab):
            page.show_now(shown.equity, shown.day_profit, shown.day_ratio)
        else:
            page.show_prices({each.symbol: each.last for each in shown.rows if each.last})

    def _choose(self, span: Span) -> None:
        self.reader.span = span
        self._read()

    def _show(self, report: Report) -> None:
        self.bar.propose(report.first, report.last)
        self.states.show_content()
        for page in self._built.values():
            page.show_report(report)

    def _fail(self, error: Exception) -> None:
        self.states.show_error(str(error), str(getattr(error, "hint", "")))

    def _front(self) -> Tab:
        return self._page(_TABS[self.tabs.currentIndex()][0])

    def _page(self, kind: type[P]) -> P:
        known = self._built.get(kind)
        if isinstance(known, kind):
            return known
        page = self._make(kind)
        self._built[kind] = page
        inside = self._holders[kind].layout()
        if inside is not None:
            inside.addWidget(self._rolling(page) if kind in _TALL else page)
        self._begin(page)
        return page

    def _rolling(self, page: Tab) -> QScrollArea:
        """Return what lets a tall page be rolled in a low panel."""
        page.setMinimumHeight(self.parts.theme.px(_TALL[type(page)]))
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(page)
        page.setAutoFillBackground(False)  # the panel's own ground shows through
        area.viewport().setAutoFillBackground(False)
        return area

    def _make(self, kind: type[P]) -> P:
        if issubclass(kind, TradesTab | AttributionTab | BehaviourTab):
            return kind(self.parts.theme)
        return kind(self)

    def _begin(self, page: Tab) -> None:
        self._restore(page)
        if isinstance(page, TradesTab):
            page.write_asked.connect(self._write_about)
            page.chart_asked.connect(self._chart)
        if isinstance(page, JournalTab):
            page.read()
        if isinstance(page, TearsheetTab):
            page.list_backtests()
        if self.reader.report is not None:
            page.show_report(self.reader.report)

    def _restore(self, page: Tab) -> None:
        kept = self._kept.pop(_NAMES[type(page)], None)
        if kept is not None and isinstance(page, TradesTab | AttributionTab | JournalTab):
            page.restore(kept)

    def _write_about(self, trade: Trade) -> None:
        self.turn_to("journal")
        self.journal.write_about(trade)

    def _new_entry(self) -> None:
        self.turn_to("journal")
        self.journal.start()

    def _chart(self, symbol: str) -> None:
        self.set_symbol(symbol)
        self.parts.context.desk.open_panel("chart")

    def _export(self, part: Part) -> None:
        path, _ = QFileDialog.getSaveFileName(
            self, f"Export {part.value}", f"{part.value}.csv", "CSV (*.csv)"
        )
        if path:
            span = self.reader.span
            self.parts.runner.command(
                "performance.export",
                path=Path(path).with_suffix(".csv"),
                what=part,
                period=span.reach,
                start=span.start,
                end=span.end,
            )

    def _export_sheet(self) -> None:
        self.turn_to("tearsheet")
        self.tearsheet.save_button.click()
