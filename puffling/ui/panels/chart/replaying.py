"""A chart's part in a replay: begins it, plays it, shows it, and gives its virtual orders."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer

from puffin.data.times import midnight, nanoseconds
from puffling.core.errors import BadValueError
from puffling.core.events import ReplayStep
from puffling.ui.panels.chart.replay_bar import ReplayBar
from puffling.ui.panels.chart.trades import VIRTUAL

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from datetime import date
    from decimal import Decimal

    from PySide6.QtCore import QPointF
    from PySide6.QtGui import QKeyEvent

    from puffin.data.bars import Interval
    from puffin.types import Ticket
    from puffling.core.events import ReplayChanged
    from puffling.services.replay import ReplayPlace
    from puffling.services.replay_account import Part
    from puffling.ui.charts.chart import PriceChart
    from puffling.ui.charts.tools import ChartTool
    from puffling.ui.panel import PanelWidget

SECOND_MS = 1_000


class BarPicker:
    """Takes the next click or Return on a chart as the bar that is meant."""

    def __init__(self, chart: PriceChart, chosen: Callable[[int | None], object]) -> None:
        self._chart, self._chosen = chart, chosen

    def press(self, at: QPointF, modifiers: Qt.KeyboardModifier) -> bool:
        """Choose the bar under the pointer."""
        del modifiers
        self._choose(round(self._chart.point_at(at).index))
        return True

    def move(self, at: QPointF, buttons: Qt.MouseButton) -> bool:
        """Leave it to the crosshair."""
        del at, buttons
        return False

    def release(self, at: QPointF) -> bool:
        """Leave it."""
        del at
        return False

    def double(self, at: QPointF) -> bool:
        """Take it: the first click has chosen."""
        del at
        return True

    def key(self, event: QKeyEvent) -> bool:
        """Choose the bar of the crosshair, or none."""
        key = Qt.Key(event.key())
        if key is Qt.Key.Key_Escape:
            self._chosen(None)
            return True
        if key in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and self._chart.cursor is not None:
            self._choose(self._chart.cursor)
            return True
        return False

    def _choose(self, index: int) -> None:
        if self._chart.count:
            self._chosen(min(max(index, 0), self._chart.count - 1))


class Replaying(QObject):
    """Commands the replay of the panel's link colour; every chart of the colour can.

    Args:
        panel: The panel.
        interval: Says how long its bars are.
        show: Hears of what the replay of this colour did.
    """

    def __init__(
        self,
        panel: PanelWidget,
        interval: Callable[[], Interval],
        show: Callable[[ReplayChanged], object],
    ) -> None:
        super().__init__(panel)
        self._panel, self._interval, self._show = panel, interval, show
        self._service = panel.parts.context.replay
        self._chart: PriceChart | None = None
        self._own_tool: BarPicker | None = None
        self._kept_tool: ChartTool | None = None  # what the chart had before
        self._began = False
        self._busy = False
        self.bar = ReplayBar(panel.parts.theme)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._on_time)
        self.bar.played.connect(self.play)
        self.bar.stepped.connect(self.step)
        self.bar.jumped.connect(self.jump)
        self.bar.ordered.connect(self.order)
        self.bar.cancelled.connect(lambda id_: self._do(self._service.cancel(id_)))
        self.bar.ended.connect(self.end)
        self.bar.speed.currentIndexChanged.connect(self._on_speed)
        self.bar.closed.connect(lambda: panel.primary_focus().setFocus())
        panel.listen(panel.parts.signals.replay_changed, self._on_replay)
        panel.link_changed.connect(self._on_link)

    def take(self, chart: PriceChart) -> None:
        """Replay on this chart from now on."""
        self._chart = chart

    def stop(self) -> None:
        """Do nothing any more; what this panel began, ends with it."""
        self._timer.stop()
        if self._began and self.place is not None:
            self._service.end()

    @property
    def group(self) -> str:
        """The charts that go together: those of the link colour, or this one alone."""
        return self._panel.group

    @property
    def place(self) -> ReplayPlace | None:
        """Where the replay of these charts stands; None when they show the present."""
        return self._service.of(self.group)

    @property
    def playing(self) -> bool:
        """Whether it runs by itself."""
        return self._timer.isActive()

    # -- what can be asked -------------------------------------------------------------------

    def turn(self) -> None:
        """Begin at the crosshair, ask for the bar to begin at, or end what runs.

        Raises:
            BadValueError: There is nothing to replay.
        """
        chart = self._chart
        if self.place is not None:
            self.end()
        elif self._own_tool is not None:
            self._picked(None)
        elif chart is None or not chart.count:
            raise BadValueError(
                "There is nothing to replay yet.", hint="Choose a symbol with prices."
            )
        elif chart.cursor is not None:
            self._start(chart.cursor)
        else:
            self._own_tool = BarPicker(chart, self._picked)
            self._kept_tool, chart.tool = chart.tool, self._own_tool
            self.bar.ask_bar()
            chart.setFocus()

    def play(self) -> None:
        """Let it run, or hold it.

        Raises:
            BadValueError: No replay is running.
        """
        if self.place is None:
            raise BadValueError("No replay is running on this chart.", hint="R begins one.")
        if self.playing:
            self._timer.stop()
        elif not self.place.ended:
            self._on_speed()
            self._timer.start()
        self.bar.show_playing(playing=self.playing)

    def step(self, bars: int) -> None:
        """Go so many bars on, or back."""
        self._hold()
        self._do(self._step(bars))

    def jump(self, day: date) -> None:
        """Show everything up to a day."""
        self._hold()
        self._do(self._service.jump(nanoseconds(midnight(day))))

    def order(self, ticket: Ticket) -> None:
        """Give a virtual order in the symbol in view."""
        self._do(self._service.order(replace(ticket, symbol=self._panel.symbol)))

    def moved(self, key: str, price: Decimal) -> bool:
        """Give a virtual order the price its line was dropped at; False for any other line."""
        if key.startswith(VIRTUAL) and self.place is not None:
            id_, _, name = key.removeprefix(VIRTUAL).partition(" ")
            part: Part = "limit" if name == "limit_price" else "stop"
            self._do(self._service.change(id_, price, part))
        return key.startswith(VIRTUAL)

    def end(self) -> None:
        """Show the present again."""
        self._hold()
        if self._own_tool is not None:
            self._picked(None)
        elif self.place is not None:
            self._service.end()

    # -- inside ------------------------------------------------------------------------------

    def _start(self, index: int) -> None:
        if self._chart is None:
            return
        at = int(self._chart.time[index])
        self._began = True
        self._do(self._service.start(self.group, self._panel.symbol, self._interval(), at))

    def _picked(self, index: int | None) -> None:
        chart = self._chart
        if chart is not None and chart.tool is self._own_tool:
            chart.tool = self._kept_tool
        self._own_tool = None
        self.bar.hide()
        if index is not None:
            self._start(index)

    async def _step(self, bars: int) -> None:
        await self._service.follow(self._panel.symbol, self._interval())
        await self._service.step(bars)

    def _do(self, work: Coroutine[object, object, object]) -> None:
        self._panel.spawn(self._doing(work))

    async def _doing(self, work: Coroutine[object, object, object]) -> None:
        self._busy = True
        try:
            await work
        finally:
            self._busy = False

    def _on_time(self) -> None:
        place = self.place
        if place is None or place.ended:
            self._hold()
        elif not self._busy:
            self._do(self._step(1))

    def _on_speed(self, *_: object) -> None:
        self._timer.setInterval(SECOND_MS // self.bar.bars_a_second)

    def _hold(self) -> None:
        self._timer.stop()
        self.bar.show_playing(playing=False)

    def _on_replay(self, event: ReplayChanged) -> None:
        if event.group != self.group:
            return
        if event.step is ReplayStep.ENDED:
            self._began = False
            self._hold()
        self.renew()
        self._show(event)

    def renew(self) -> None:
        """Show the bar as things stand."""
        place = self.place
        self.bar.set_symbol(self._panel.symbol)
        if place is None:
            if self._own_tool is None:
                self.bar.hide()
            return
        self.bar.show_place(place, self._service.book, self._panel.symbol)

    def _on_link(self, *_: object) -> None:
        """Leave the replay of another colour; it ends if it began here."""
        self._hold()
        running = self._service.place
        if self._began and running is not None and running.group != self.group:
            self._began = False
            self._service.end()
        self.renew()
