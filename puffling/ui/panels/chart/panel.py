"""The chart panel: prices of the linked symbol, live, with averages and your trades."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu
from typing_extensions import override

from puffin.data.bars import Interval
from puffin.types import Side
from puffling.services.study_specs import from_json, to_json
from puffling.ui.panels.chart.bar import KEYS
from puffling.ui.panels.chart.doing import ChartDoing
from puffling.ui.panels.chart.menus import ChartMenus
from puffling.ui.panels.chart.ordering import in_ticks
from puffling.ui.panels.chart.study_menu import StudyMenu
from puffling.ui.panels.chart.trades import SIGNALS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from PySide6.QtCore import QPoint
    from PySide6.QtGui import QKeyEvent
    from PySide6.QtWidgets import QWidget

    from puffling.ui.charts.chart import PriceChart
    from puffling.ui.panel import Parts

SERIES = ("candles", "hollow", "heikin_ashi", "bars", "line", "area", "baseline", "renko")
SCALES = ("linear", "log", "percent", "indexed")
_PLAIN = (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
_BY_KEY = {Qt.Key(ord(key)): interval for interval, key in KEYS.items()}


class ChartPanel(ChartDoing):
    """One chart: its parts are in `body`, what it does in `doing`, its bars come by `showing`."""

    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        self.study_menu = StudyMenu(self, self.study_desk)
        self.menus = ChartMenus(self, parts.theme, self.study_menu.fill)
        self._keys: dict[Qt.Key, Callable[[], object]] = {
            Qt.Key.Key_L: self.toggle_log,
            Qt.Key.Key_G: self.ask_date,
            Qt.Key.Key_W: self.turn_data,
            Qt.Key.Key_R: self.replaying.turn,
        }
        self._past_keys: dict[Qt.Key, Callable[[], object]] = {
            Qt.Key.Key_Space: self.replaying.play,
            Qt.Key.Key_Comma: lambda: self.replaying.step(-1),
            Qt.Key.Key_Period: lambda: self.replaying.step(1),
            Qt.Key.Key_B: lambda: self.trade(Side.BUY),
            Qt.Key.Key_S: lambda: self.trade(Side.SELL),
        }
        self._connect()
        self.showing.listen()
        self.begin()

    # -- the habits of panels ----------------------------------------------------------------

    @override
    def on_symbol(self, symbol: str) -> None:
        self.say_title()
        self.replaying.renew()
        self.showing.load()

    @override
    def state(self) -> dict[str, Any]:
        return super().state() | {
            "interval": self.interval.value,
            "studies": to_json(self._studies),
            "bars": self._visible if self.chart is None else self.chart.visible_count,
            "marks": self.marks.lasting,
            "series": self.series,
            "scale": self.scale,
            "looks": self.looks.state(),
            "told": self.happenings.state(),
            "together": self.linking.state(),
            "data": self.data.wanted,
        }

    @override
    def restore(self, state: Mapping[str, Any]) -> None:
        super().restore(state)
        interval, bars = state.get("interval"), state.get("bars")
        if interval in list(Interval):
            self.take_interval(Interval(interval))
        self.marks.restore(state.get("marks"))
        if state.get("series") in SERIES:
            self.set_series(str(state["series"]))
        if state.get("scale") in SCALES:
            self.set_scale(str(state["scale"]))
        self.happenings.restore(state.get("told"))
        self.linking.restore(state.get("together"))
        if isinstance(state.get("data"), bool):
            self.show_data(shown=bool(state["data"]))
        if type(bars) is int and bars > 0:
            self._visible = bars
            if self.chart is not None:
                self.chart.show_last(bars)
        self.looks.restore(state.get("looks"))
        self.set_studies(from_json(state.get("studies")))
        self.looks.share_out()
        self.showing.load()

    @override
    def primary_focus(self) -> QWidget:
        return self.chart or self

    @override
    def run_focused(self) -> None:
        self.showing.load()

    @override
    def shut(self) -> None:
        self.showing.stop()
        self.linking.stop()
        self.replaying.stop()
        self.marks.forget()
        super().shut()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        do = self._keys.get(key)
        if event.modifiers() not in _PLAIN:
            super().keyPressEvent(event)
        elif key in _BY_KEY:
            self.choose_interval(_BY_KEY[key])
        elif do is not None:
            self.attempt(do)
        elif key in self._past_keys and self.replaying.place is not None:
            self.attempt(self._past_keys[key])
        else:
            super().keyPressEvent(event)

    @override
    def showEvent(self, event: object) -> None:
        self.say_title()
        self.showing.tick()

    # -- wiring ------------------------------------------------------------------------------

    def _connect(self) -> None:
        self.bar.interval_chosen.connect(self.choose_interval)
        self.bar.fit.clicked.connect(self.fit)
        self.bar.replay.clicked.connect(lambda: self.attempt(self.replaying.turn))
        self.bar.data.clicked.connect(self.turn_data)
        self.bar.drawings.clicked.connect(self.drawing.open_tools)
        self.menus.attach(self.bar.type.menu(), self.menus.types)
        self.menus.attach(self.bar.scale.menu(), self.menus.scales)
        self.menus.attach(self.bar.studies.menu(), self.study_menu.fill)
        self.menus.attach(self.bar.trades.menu(), self.menus.trades)
        self.menus.attach(self.bar.more.menu(), self.menus.chart)
        self.signal_bar.wanted.connect(lambda id_: self.mark(f"{SIGNALS}{id_}"))
        self.goto_bar.wanted.connect(lambda day: self.attempt(lambda: self.go_to(day)))
        for asks in (self.signal_bar, self.goto_bar, self.asking):
            asks.closed.connect(lambda: self.primary_focus().setFocus())
        self.states.acted.connect(lambda: self.parts.runner.command("desk.symbol"))

    @override
    def on_chart(self, chart: PriceChart) -> None:
        super().on_chart(chart)
        chart.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        chart.customContextMenuRequested.connect(self._open_menu)
        chart.line_dropped.connect(self._line_dropped)

    def _line_dropped(self, key: str, price: float) -> None:
        """Ask whether what the line stands for is to be changed."""
        if not (self.replaying.moved(key, in_ticks(price)) or self.happenings.moved(key, price)):
            self.ordering.line_dropped(key, price)

    def _open_menu(self, at: QPoint) -> None:
        if self.chart is None or self.drawing.cancel():
            return
        menu = QMenu(self)
        menu.aboutToHide.connect(menu.deleteLater)
        drawn = self.drawing.fill(menu, at)
        price = in_ticks(self.chart.pane.frame.value_at(at.y()))
        rest = menu.addMenu("Chart") if drawn else menu
        self.menus.chart(rest, price if price > 0 and self.chart.count else None)
        menu.popup(self.chart.mapToGlobal(at))
