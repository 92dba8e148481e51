"""The chart panel: prices of the linked symbol, live, with averages and your trades."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget
from typing_extensions import override

from puffin.data.bars import Bars, Interval
from puffling.core.errors import BadValueError
from puffling.core.events import Level, NoticePosted
from puffling.ui.charts import loading
from puffling.ui.charts.studies import Study, StudyKind, studies_from
from puffling.ui.panel import PanelWidget
from puffling.ui.panels.chart.bar import KEYS, ChartBar, StudyBar
from puffling.ui.panels.chart.history import History
from puffling.ui.panels.chart.marking import Marking
from puffling.ui.panels.chart.menus import ChartMenus
from puffling.ui.panels.chart.ordering import Ordering, in_ticks
from puffling.ui.panels.chart.pictures import write_picture
from puffling.ui.panels.chart.signal_bar import SignalBar
from puffling.ui.panels.chart.trades import SIGNALS
from puffling.ui.widgets.empty_state import State, StateStack

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal
    from pathlib import Path

    from PySide6.QtCore import QPoint
    from PySide6.QtGui import QKeyEvent

    from puffin.types import Side
    from puffling.core.events import BarsChanged, QuotesChanged
    from puffling.ui.charts.chart import PriceChart
    from puffling.ui.charts.marks import Mark, PriceLine
    from puffling.ui.panel import Parts
    from puffling.ui.panels.chart.history import Answer

FRAME_MS = 33
PATIENCE_MS = 150  # a fetch that is quicker than this does not flash "loading"
BASE = 3  # closed bars kept to put the live one after
USUAL = 160  # bars in view
TODAY = "Today's way through its open, high, low and close is simulated."
_BY_KEY = {Qt.Key(ord(key)): interval for interval, key in KEYS.items()}


class ChartPanel(PanelWidget):
    """One chart.

    The drawing library takes a third of a second to load, so the first chart loads it on a
    thread and appears when it is there; whatever was asked of it meanwhile is done then.
    """

    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        self.chart: PriceChart | None = None
        self.interval = Interval.D1
        self._studies: tuple[Study, ...] = ()
        self._visible = USUAL
        self._shown: tuple[str, Interval] | None = None
        self._base: Bars | None = None
        self._note = ""
        self._is_demo = False
        self.bar, self.study_bar = ChartBar(parts.theme), StudyBar(parts.theme)
        self.signal_bar = SignalBar(parts.theme)
        self._place = QWidget()
        self.states = StateStack(parts.theme, self._place)
        self.menus = ChartMenus(self, parts.theme)
        self.ordering = Ordering(self)
        self._frame = QTimer(self, singleShot=True, interval=FRAME_MS)
        self._frame.timeout.connect(self._tick)
        self._patience = QTimer(self, singleShot=True, interval=PATIENCE_MS)
        self._patience.timeout.connect(self._say_loading)
        self.history = History(
            parts.context.bars,
            parts.context.market,
            spawn=self.spawn,
            found=self._show,
            failed=self._fail,
        )
        self.marks = Marking(
            self, lambda: self.interval, self._show_marks, self.signal_bar.show_strategies
        )
        self._lay_out()
        self._connect()
        if loading.is_loaded():
            self._build_chart()
        else:
            self.spawn(self._load_chart())
        self.on_symbol(self.symbol)

    # -- what the desk and the menus may ask -------------------------------------------------

    def set_interval(self, interval: str) -> None:
        """Show bars of another length.

        Raises:
            BadValueError: If the symbol has none, with the reason.
        """
        wanted = Interval(interval)
        if not self.bar.allows(wanted):
            self.bar.show_interval(self.interval)
            raise BadValueError(self.bar.why_not, hint="Choose 1 day or longer.")
        if wanted is not self.interval:
            self._take_interval(wanted)
            self._load()

    def choose_interval(self, interval: Interval) -> None:
        """Show bars of another length; say so if there are none."""
        try:
            self.set_interval(interval)
        except BadValueError as error:
            self.parts.runner.report(error)

    @property
    def studies(self) -> tuple[Study, ...]:
        """The averages drawn."""
        return self._studies

    def set_studies(self, studies: tuple[Study, ...]) -> None:
        """Draw these averages."""
        self._studies = studies
        if self.chart is not None:
            self.chart.set_studies(studies)

    def toggle_overlay(self, kind: str, window: int) -> None:
        """Add a moving average, or take it away if it is there.

        Raises:
            BadValueError: If the window is not one a chart can draw.
        """
        try:
            study = Study(StudyKind(kind), window)
        except ValueError as error:
            raise BadValueError(str(error)) from None
        kept = tuple(each for each in self._studies if each != study)
        self.set_studies(kept if study in self._studies else (*kept, study))

    def ask_study(self) -> None:
        """Ask for a moving average of any window."""
        self.study_bar.open()

    def ask_signals(self) -> None:
        """Ask for the strategy whose signals are to be marked."""
        self.signal_bar.open()
        self.marks.listing.ask()

    def fit(self) -> None:
        """Show all bars."""
        if self.chart is not None:
            self.chart.fit()

    def picture(self, path: Path) -> None:
        """Write a picture of the chart, without a word.

        Raises:
            BadValueError: If that did not work.
        """
        write_picture(self.chart, path)

    def export(self, path: Path) -> None:
        """Save the chart as a picture.

        Raises:
            BadValueError: If that did not work.
        """
        target = path if path.suffix else path.with_suffix(".png")
        self.picture(target)
        saved = NoticePosted(Level.SUCCESS, "Chart saved", str(target), panel="chart")
        self.parts.context.bus.publish(saved)

    def mark(self, what: str) -> None:
        """Mark "fills", "none", a backtest by its id, or signals by "signals:" and a strategy's."""
        self.marks.choose(what)

    def trade(self, side: Side) -> None:
        """Open the ticket for the symbol."""
        self.parts.context.desk.fill_ticket(side, self.symbol)

    def add_alert(self, price: Decimal) -> None:
        """Watch for the price to get there."""
        now = self.chart.last_price if self.chart is not None else 0.0
        kind = "above" if float(price) > now else "below"
        self.parts.runner.command("alert.add", symbol=self.symbol, kind=kind, price=price)

    # -- the habits of panels ----------------------------------------------------------------

    @override
    def on_symbol(self, symbol: str) -> None:
        self._say_title()
        self._load()

    @override
    def state(self) -> dict[str, Any]:
        return super().state() | {
            "interval": self.interval.value,
            "studies": [[each.kind.value, each.window] for each in self._studies],
            "bars": self._visible if self.chart is None else self.chart.visible_count,
            "marks": self.marks.lasting,
        }

    @override
    def restore(self, state: Mapping[str, Any]) -> None:
        super().restore(state)
        interval, bars = state.get("interval"), state.get("bars")
        if interval in list(Interval):
            self._take_interval(Interval(interval))
        self.marks.restore(state.get("marks"))
        if type(bars) is int and bars > 0:
            self._visible = bars
            if self.chart is not None:
                self.chart.show_last(bars)
        self.set_studies(studies_from(state.get("studies")))
        self._load()

    @override
    def primary_focus(self) -> QWidget:
        return self.chart or self

    @override
    def run_focused(self) -> None:
        self._load()

    @override
    def shut(self) -> None:
        self._frame.stop()
        self._patience.stop()
        self.history.forget()
        self.marks.forget()
        super().shut()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        interval = _BY_KEY.get(Qt.Key(event.key()))
        if interval is None or event.modifiers() != Qt.KeyboardModifier.NoModifier:
            super().keyPressEvent(event)
        else:
            self.choose_interval(interval)

    @override
    def showEvent(self, event: object) -> None:
        self._say_title()
        self._tick()

    # -- building ----------------------------------------------------------------------------

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.bar)
        column.addWidget(self.study_bar)
        column.addWidget(self.signal_bar)
        column.addWidget(self.states, 1)
        self._inside = QVBoxLayout(self._place)
        self._inside.setContentsMargins(0, 0, 0, 0)
        self.bar.show_interval(self.interval)

    def _connect(self) -> None:
        self.bar.interval_chosen.connect(self.choose_interval)
        self.bar.fit.clicked.connect(self.fit)
        self.menus.attach(self.bar.studies.menu(), self.menus.studies)
        self.menus.attach(self.bar.trades.menu(), self.menus.trades)
        self.menus.attach(self.bar.more.menu(), self.menus.chart)
        self.study_bar.wanted.connect(self.toggle_overlay)
        self.signal_bar.wanted.connect(lambda id_: self.mark(f"{SIGNALS}{id_}"))
        for asks in (self.study_bar, self.signal_bar):
            asks.closed.connect(lambda: self.primary_focus().setFocus())
        self.states.acted.connect(lambda: self.parts.runner.command("desk.symbol"))
        self.states.retried.connect(self._load)
        self.states.cancelled.connect(self._give_up)
        signals = self.parts.signals
        self.listen(signals.quotes_changed, self._on_quotes)
        self.listen(signals.session_changed, self._load)
        self.listen(signals.mode_changed, self._on_mode)
        self.listen(signals.bars_changed, self._on_bars)

    async def _load_chart(self) -> None:
        await loading.load()
        self._build_chart()
        self._load()

    def _build_chart(self) -> None:
        from puffling.ui.charts.chart import PriceChart

        self.chart = PriceChart(self.parts.theme)
        self.chart.show_last(self._visible)
        self.chart.set_studies(self._studies)
        self.chart.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.chart.customContextMenuRequested.connect(self._open_menu)
        self.chart.line_dropped.connect(self.ordering.line_dropped)
        self._inside.addWidget(self.chart)
        self.setFocusProxy(self.chart)

    def _open_menu(self, at: QPoint) -> None:
        if self.chart is None:
            return
        menu = QMenu(self)
        menu.aboutToHide.connect(menu.deleteLater)
        price = in_ticks(self.chart.pane.frame.value_at(at.y()))
        self.menus.chart(menu, price if price > 0 and self.chart.count else None)
        menu.popup(self.chart.mapToGlobal(at))

    # -- showing -----------------------------------------------------------------------------

    def _load(self, *_: object) -> None:
        """Ask for the bars of the symbol and the interval in view."""
        self.history.forget()
        if not self.symbol:
            self._shown = self._base = None
            self.states.show_empty("A chart of any symbol.", "Choose a symbol", "chart")
            return
        if self.chart is None:
            self.states.show_loading("Preparing the chart…", cancellable=False)
            return
        if self._shown != (self.symbol, self.interval):
            self._base = None
            self._patience.start()
        self.history.ask(self.symbol, self.interval)

    def _show(self, answer: Answer) -> None:
        self._patience.stop()
        if self.chart is None:
            return
        bars = answer.bars
        key = (bars.symbol, bars.interval)
        self._base, self._note, self._is_demo = bars.tail(BASE), answer.note, answer.is_demo
        self.bar.allow(answer.intervals, answer.why_not)
        self.chart.set_bars(bars, keep_view=key == self._shown)
        self._shown = key
        self.states.show_content()
        self._tick()
        self._say_notes()
        self.marks.ask()

    def _fail(self, error: Exception, hint: str) -> None:
        self._patience.stop()
        if self.chart is not None and self._shown != (self.symbol, self.interval):
            self._shown = None  # another symbol's bars must not stand under this one's name
            self.chart.set_bars(Bars.empty(self.symbol, self.interval))
            self._note, self._is_demo = "", False
            self._say_notes()
        self.states.show_error(str(error), hint)

    def _say_loading(self) -> None:
        self.states.show_loading(f"Fetching {self.symbol}…")

    def _give_up(self) -> None:
        self.history.forget()
        self.states.show_error(f"Fetching {self.symbol} was stopped.")

    def _show_marks(self, marks: tuple[Mark, ...], lines: tuple[PriceLine, ...]) -> None:
        if self.chart is not None and self.states.state is not State.EMPTY:
            self.chart.set_marks(marks)
            self.chart.set_price_lines(lines)
            self._say_notes()

    def _take_interval(self, interval: Interval) -> None:
        self.interval = interval
        self.bar.show_interval(interval)
        self._say_title()

    def _say_title(self) -> None:
        self.title_changed.emit(f"{self.symbol} {self.bar.words(self.interval)}".strip())

    def _say_notes(self) -> None:
        quote = self.parts.context.quotes.last(self.symbol)
        simulated = quote is not None and quote.simulated
        if self.chart is not None:
            self.chart.set_notes((self._note, TODAY if simulated else "", self.marks.note))
            self.chart.set_watermark("DEMO" if self._is_demo else "")

    # -- following ---------------------------------------------------------------------------

    def _on_quotes(self, event: QuotesChanged) -> None:
        if self.symbol in event.symbols and self.isVisible() and not self._frame.isActive():
            self._frame.start()

    def _on_mode(self, _event: object) -> None:
        """Let go of what another market showed: it must not stand under this one's errors."""
        self._shown = None
        self._load()

    def _on_bars(self, event: BarsChanged) -> None:
        if event.symbol == self.symbol:
            self._load()

    def _tick(self) -> None:
        """Bring the live bar up to date."""
        shown, base = self._shown, self._base
        if self.chart is None or base is None or shown is None or shown[0] != self.symbol:
            return
        live = self.parts.context.bars.live_bar(*shown, base)
        if live is not base:
            self.chart.update_last(live)
