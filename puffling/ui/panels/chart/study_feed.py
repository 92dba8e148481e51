"""Fetches the bars of symbols a chart is compared with, and follows their prices."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from puffin.errors import PuffinError
from puffling.core.errors import PufflingError
from puffling.core.events import ReplayStep

if TYPE_CHECKING:
    from puffin.data.bars import Interval
    from puffling.core.events import BarsChanged, QuotesChanged, ReplayChanged
    from puffling.services.replay import ReplayPlace
    from puffling.ui.charts.study_host import StudyHost
    from puffling.ui.panel import PanelWidget


class CompareFeed:
    """Answers what a chart's studies ask for; an answer to an older question is passed over."""

    def __init__(self, panel: PanelWidget, host: StudyHost) -> None:
        self._panel, self._host = panel, host
        self._context = panel.parts.context
        self._question = 0
        host.compared.connect(self.ask)
        signals = panel.parts.signals
        panel.listen(signals.quotes_changed, self._on_quotes)
        panel.listen(signals.bars_changed, self._on_bars)
        panel.listen(signals.replay_changed, self._on_replay)

    def ask(self) -> None:
        """Fetch the bars of each symbol that is compared with."""
        self._question += 1
        for symbol in self._host.symbols:
            self._panel.spawn(self._fetch(self._question, symbol, self._host.interval))

    async def _fetch(self, question: int, symbol: str, interval: Interval) -> None:
        bars, replay = self._context.bars, self._context.replay
        past = self._past
        try:
            if past is None:
                found = await asyncio.to_thread(bars.history, symbol, interval)
            else:
                found = await asyncio.to_thread(replay.bars, symbol, interval, past.until)
        except (PuffinError, PufflingError) as error:
            if question == self._question:
                self._host.show_compared(symbol, None, str(error))
            return
        if question == self._question:
            live = found if past is not None else bars.live_bar(symbol, interval, found)
            self._host.show_compared(symbol, live)

    @property
    def _past(self) -> ReplayPlace | None:
        """Where a replay of these charts stands; nothing later may be drawn."""
        return self._context.replay.of(self._panel.group)

    def _on_replay(self, event: ReplayChanged) -> None:
        moved = event.step not in {ReplayStep.TRADED, ReplayStep.FOLLOWED}
        if event.group == self._panel.group and moved:
            self.ask()

    def _on_quotes(self, event: QuotesChanged) -> None:
        if not self._panel.isVisible() or self._past is not None:
            return
        for symbol in self._host.symbols:
            quote = self._context.quotes.last(symbol) if symbol in event.symbols else None
            if quote is not None:
                self._host.price_compared(symbol, float(quote.last))

    def _on_bars(self, event: BarsChanged) -> None:
        if event.symbol in self._host.symbols:
            self.ask()
