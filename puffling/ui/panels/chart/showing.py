"""Brings the bars a chart panel asks for onto its chart, and keeps the last one live."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer

from puffin.data.bars import Bars
from puffling.core.events import ReplayStep
from puffling.ui.panels.chart.history import History
from puffling.ui.widgets.empty_state import State

if TYPE_CHECKING:
    from collections.abc import Callable

    from puffin.data.bars import Interval
    from puffling.core.events import BarsChanged, QuotesChanged, ReplayChanged
    from puffling.services.replay import ReplayPlace
    from puffling.ui.charts.chart import PriceChart
    from puffling.ui.panel import PanelWidget
    from puffling.ui.panels.chart.history import Answer
    from puffling.ui.widgets.empty_state import StateStack

FRAME_MS = 33
PATIENCE_MS = 150  # a fetch that is quicker than this does not flash "loading"
LOW = 320  # pixels
BASE = 3  # closed bars kept to put the live one after
TODAY = "Today's way through its open, high, low and close is simulated."


class Showing:
    """Loads, shows and follows; says what is on its way and what went wrong.

    Args:
        panel: The panel; its symbol is what is shown.
        states: What the panel shows besides the chart.
        interval: Says how long the bars are to be.
        marked: Says what to know of what is marked.
        past: Says where a replay of these charts stands; None while they show the present.
        replaced: Hears which symbol and interval the bars on the chart are of; "" without any.
        found: Hears of each answer once its bars are on the chart.
    """

    def __init__(  # noqa: PLR0913 - see Args; most are given by name
        self,
        panel: PanelWidget,
        states: StateStack,
        interval: Callable[[], Interval],
        *,
        marked: Callable[[], str],
        past: Callable[[], ReplayPlace | None],
        replaced: Callable[[str, Interval], object],
        found: Callable[[Answer], object],
    ) -> None:
        self._panel, self._states, self._interval = panel, states, interval
        self._context = panel.parts.context
        self._marked, self._past = marked, past
        self._replaced, self._found = replaced, found
        self.chart: PriceChart | None = None
        self.shown: tuple[str, Interval] | None = None
        self._base: Bars | None = None
        self._note = ""
        self.settled = asyncio.Event()  # once there are bars, or a word why there are none
        self.source = ""  # who has the bars that are shown
        self._is_demo = False
        self._was = ""  # where the replay stood that the note tells of
        self._to_end = False  # whether the last bars are to come into view
        self.frame = QTimer(panel, singleShot=True, interval=FRAME_MS)
        self.frame.timeout.connect(self.tick)
        self._patience = QTimer(panel, singleShot=True, interval=PATIENCE_MS)
        self._patience.timeout.connect(self._say_loading)
        self._history = History(
            self._context.bars,
            self._context.market,
            self._context.replay,
            spawn=panel.spawn,
            found=self._show,
            failed=self._fail,
        )
        states.retried.connect(self.load)
        states.cancelled.connect(self._give_up)

    def listen(self) -> None:
        """Follow the market from now on."""
        signals = self._panel.parts.signals
        self._panel.listen(signals.quotes_changed, self._on_quotes)
        self._panel.listen(signals.session_changed, self.load)
        self._panel.listen(signals.mode_changed, self._on_mode)
        self._panel.listen(signals.bars_changed, self._on_bars)

    def stop(self) -> None:
        """Ask for nothing any more; the panel is about to go."""
        self.frame.stop()
        self._patience.stop()
        self._history.forget()

    # -- showing -----------------------------------------------------------------------------

    def load(self, *_: object) -> None:
        """Ask for the bars of the symbol and the interval in view."""
        self._history.forget()
        symbol = self._panel.symbol
        if not symbol:
            self.shown = self._base = None
            self._states.show_empty("A chart of any symbol.", "Choose a symbol", "chart")
            self.settled.set()
            return
        if self.chart is None:
            self._states.show_loading("Preparing the chart…", cancellable=False)
            return
        if self.shown != (symbol, self._interval()):
            self._base = None
            self._patience.start()
        self._history.ask(symbol, self._interval(), self._past())

    def say_notes(self) -> None:
        """Say what there is to know of the data, on the chart."""
        quote = self._context.quotes.last(self._panel.symbol)
        past = self._past()
        simulated = quote is not None and quote.simulated and past is None
        if self.chart is not None:
            # In a low chart they would cover the prices; that it is the demo is said below them.
            known = ("", "") if self.is_low else (self._note, TODAY if simulated else "")
            self.chart.set_notes((*known, self._marked()))
            told = "DEMO" if self._is_demo else ""
            self.chart.set_watermark(told if past is None else f"REPLAY {past.words}")

    def _show(self, answer: Answer) -> None:
        self._patience.stop()
        if self.chart is None:
            return
        bars = answer.bars
        key = (bars.symbol, bars.interval)
        self._base, self._is_demo = bars.tail(BASE), answer.is_demo
        self._note, self._was, self.source = answer.note, answer.past, answer.source
        self.chart.set_bars(bars, keep_view=key == self.shown and not self._to_end)
        self._to_end = False
        self.shown = key
        self._replaced(*key)
        self._states.show_content()
        self.tick()
        self.say_notes()
        self.settled.set()
        self._found(answer)

    def _fail(self, error: Exception, hint: str) -> None:
        self._patience.stop()
        symbol, interval = self._panel.symbol, self._interval()
        if self.chart is not None and self.shown != (symbol, interval):
            self.shown = None  # another symbol's bars must not stand under this one's name
            self.chart.set_bars(Bars.empty(symbol, interval))
            self._replaced("", interval)
            self._note, self._is_demo = "", False
            self.say_notes()
        self._states.show_error(str(error), hint)
        self.settled.set()

    def _say_loading(self) -> None:
        self._states.show_loading(f"Fetching {self._panel.symbol}…")

    def _give_up(self) -> None:
        self._history.forget()
        self._states.show_error(f"Fetching {self._panel.symbol} was stopped.")

    @property
    def is_low(self) -> bool:
        """Whether there is no room for notes."""
        return self._panel.height() < self._panel.parts.theme.px(LOW)

    @property
    def is_empty(self) -> bool:
        """Whether there is no symbol to show anything of."""
        return self._states.state is State.EMPTY

    # -- the past ----------------------------------------------------------------------------

    def on_replay(self, event: ReplayChanged) -> None:
        """Show what a replay of these charts did."""
        chart, past = self.chart, self._past()
        if chart is None or event.step in {ReplayStep.TRADED, ReplayStep.FOLLOWED}:
            return
        shown, interval = (self._panel.symbol, self._interval()), self._interval()
        if event.step is ReplayStep.STEPPED and past is not None and self.shown == shown:
            tail = self._context.replay.tail(self._panel.symbol, interval, event.since)
            if tail is not None:
                chart.update_last(tail)
                self._note = self._note.replace(self._was, past.words) if self._was else self._note
                self._was = past.words
                self.say_notes()
                return
        self._to_end = event.step is not ReplayStep.STEPPED
        self.load()

    # -- following ---------------------------------------------------------------------------

    def _on_quotes(self, event: QuotesChanged) -> None:
        seen = self._panel.symbol in event.symbols and self._panel.isVisible()
        if seen and not self.frame.isActive():
            self.frame.start()

    def _on_mode(self, _event: object) -> None:
        """Let go of what another market showed: it must not stand under this one's errors."""
        self.shown = None
        self.load()

    def _on_bars(self, event: BarsChanged) -> None:
        if event.symbol == self._panel.symbol:
            self.load()

    def tick(self) -> None:
        """Bring the live bar up to date."""
        shown, base = self.shown, self._base
        if self.chart is None or base is None or shown is None or shown[0] != self._panel.symbol:
            return
        if self._past() is not None:
            return  # nothing of the present belongs there
        live = self._context.bars.live_bar(*shown, base)
        if live is not base:
            self.chart.update_last(live)
