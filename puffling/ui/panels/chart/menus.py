"""The menus of a chart: studies, trades, and what a price on it is good for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from PySide6.QtWidgets import QFileDialog, QWidget

from puffin.types import Side
from puffling.core import formats
from puffling.ui.panels.chart.linking import Reach
from puffling.ui.panels.chart.trades import FILLS, NONE, SIGNALS

if TYPE_CHECKING:
    from collections.abc import Callable
    from decimal import Decimal
    from pathlib import Path

    from PySide6.QtWidgets import QMenu

    from puffling.store.backtests import SavedBacktest
    from puffling.ui.charts.chart import PriceChart
    from puffling.ui.panel import Parts
    from puffling.ui.panels.chart.happenings import Happenings
    from puffling.ui.panels.chart.linking import Linking
    from puffling.ui.panels.chart.looks import Looks
    from puffling.ui.panels.chart.marking import Marking
    from puffling.ui.panels.chart.ordering import Ordering
    from puffling.ui.panels.chart.replaying import Replaying
    from puffling.ui.theme.theme import Theme

GRIDS = (1, 2, 4, 6, 9)


class Charted(Protocol):
    """The panel as its menus see it."""

    @property
    def symbol(self) -> str:
        """The symbol in view."""
        ...

    @property
    def marks(self) -> Marking:
        """What is marked, and what could be."""
        ...

    @property
    def series(self) -> str:
        """How prices are drawn."""
        ...

    @property
    def scale(self) -> str:
        """What the price axis shows."""
        ...

    parts: Parts

    @property
    def chart(self) -> PriceChart | None:
        """The chart; None until its library is loaded."""
        ...

    happenings: Happenings
    looks: Looks
    linking: Linking
    replaying: Replaying

    def set_series(self, kind: str) -> None:
        """Draw the prices as another type of series."""
        ...

    def set_scale(self, kind: str) -> None:
        """Show prices on another scale."""
        ...

    def ask_signals(self) -> None:
        """Ask for the strategy whose signals are to be marked."""
        ...

    def fit(self) -> None:
        """Show all bars."""
        ...

    def export(self, path: Path) -> None:
        """Save the chart as a picture."""
        ...

    def trade(self, side: Side) -> None:
        """Open the ticket."""
        ...

    @property
    def ordering(self) -> Ordering:
        """What writes orders from the chart."""
        ...

    def add_alert(self, price: Decimal) -> None:
        """Watch for a price."""
        ...


class ChartMenus:
    """Fills menus as they open, so that they always say how things are."""

    def __init__(self, panel: Charted, theme: Theme, studies: Callable[[QMenu], None]) -> None:
        self._panel = panel
        self._theme = theme
        self._studies = studies

    def attach(self, menu: QMenu | None, fill: Callable[[QMenu], None]) -> None:
        """Fill `menu` each time it opens."""
        if menu is None:
            return

        def refill() -> None:
            menu.clear()
            fill(menu)

        menu.aboutToShow.connect(refill)

    def types(self, menu: QMenu) -> None:
        """How prices can be drawn."""
        from puffling.ui.charts.chart_series import SeriesType

        for kind in SeriesType:
            action = menu.addAction(kind.label)
            action.setCheckable(True)
            action.setChecked(kind.value == self._panel.series)
            action.triggered.connect(lambda _=False, each=kind.value: self._panel.set_series(each))

    def scales(self, menu: QMenu) -> None:
        """What the price axis can show."""
        from puffling.ui.charts.scales import ScaleKind

        for kind in ScaleKind:
            action = menu.addAction(kind.label)
            action.setCheckable(True)
            action.setChecked(kind.value == self._panel.scale)
            action.triggered.connect(lambda _=False, each=kind.value: self._panel.set_scale(each))
        menu.addSeparator()
        self._panel.looks.fill(menu)
        chart = self._panel.chart
        if chart is not None:
            auto = menu.addAction("Fit prices by itself")
            auto.setCheckable(True)
            auto.setChecked(chart.is_auto)
            auto.triggered.connect(lambda on: chart.set_auto(auto=on))

    def together(self, menu: QMenu) -> None:
        """What this chart shares with others."""
        linking = self._panel.linking
        menu.addSection("Crosshair")
        for reach in Reach:
            action = menu.addAction(reach.label)
            action.setCheckable(True)
            action.setChecked(linking.crosshair is reach)
            action.triggered.connect(lambda _=False, each=reach: linking.choose(crosshair=each))
        menu.addSection("With charts of the same link colour")
        for words, name in (("Same interval", "interval"), ("Same stretch of time", "time")):
            action = menu.addAction(words)
            action.setCheckable(True)
            action.setChecked(getattr(linking, name) is True)
            action.triggered.connect(lambda on, each=name: linking.choose(**{each: on}))

    def trades(self, menu: QMenu) -> None:
        """Which trades to mark, or the signals of which strategy."""
        panel, marks = self._panel, self._panel.marks
        choices = [("Your fills", FILLS), ("No trades", NONE)]
        if marks.what.startswith(SIGNALS):
            choices.append((f"Signals of {marks.turns.title}", marks.what))
        for words, what in choices:
            self._mark(menu, words, what)
        menu.addAction(self._theme.icon("pulse"), "Signals of a strategy…", panel.ask_signals)
        if marks.traded.runs:
            menu.addSection("Backtests")
        for each in marks.traded.runs:
            self._mark(menu, _run_words(each), each.id)
        menu.addSeparator()
        menu, told = menu.addMenu("Alerts and events"), panel.happenings
        alerts = menu.addAction("Alerts")
        splits = menu.addAction("Splits, dividends and earnings")
        for action, shown in ((alerts, told.alerts), (splits, told.events)):
            action.setCheckable(True)
            action.setChecked(shown)
        alerts.triggered.connect(lambda on: told.show(alerts=on))
        splits.triggered.connect(lambda on: told.show(events=on))
        if told.events and not told.knows_earnings:
            menu.addAction("No date of earnings is known").setEnabled(False)

    def _mark(self, menu: QMenu, words: str, what: str) -> None:
        marks = self._panel.marks
        action = menu.addAction(words)
        action.setCheckable(True)
        action.setChecked(what == marks.what)
        action.triggered.connect(lambda: marks.choose(what))

    def chart(self, menu: QMenu, price: Decimal | None = None) -> None:
        """Everything one does to a chart, and to a price pointed at."""
        panel, icon, run = self._panel, self._theme.icon, self._panel.parts.runner.command
        if price is not None and panel.symbol:
            at = formats.price(price)
            if panel.replaying.place is None:
                menu.addAction(icon("bell"), f"Alert at {at}", lambda: panel.add_alert(price))
            for side, verb in ((Side.BUY, "Buy"), (Side.SELL, "Sell")):
                words = f"{verb} {panel.ordering.kind(side, price)} at {at}…"
                menu.addAction(
                    icon(side.value), words, lambda each=side: panel.ordering.write(each, price)
                )
        if panel.symbol:
            menu.addAction(icon("buy"), f"Buy {panel.symbol}…", lambda: panel.trade(Side.BUY))
            menu.addAction(icon("sell"), f"Sell {panel.symbol}…", lambda: panel.trade(Side.SELL))
            menu.addAction(
                icon("robot"),
                f"Ask about {panel.symbol}…",
                lambda: run("assistant.about", symbol=panel.symbol),
            )
            menu.addSeparator()
        self.types(menu.addMenu(icon("chart"), "Type of series"))
        self.scales(menu.addMenu(icon("scale"), "Price scale"))
        self._studies(menu.addMenu(icon("wave"), "Studies"))
        self.trades(menu.addMenu(icon("dot"), "Marks"))
        self.together(menu.addMenu(icon("link"), "In step with other charts"))
        menu.addSeparator()
        self._say(menu, "fit", "Fit all bars", "Home", panel.fit)
        self._say(menu, "search", "Go to a date…", "G", lambda: run("chart.goto"))
        self._say(menu, "table", "Data window", "W", lambda: run("chart.data"))
        words = "Replay the past" if panel.replaying.place is None else "End the replay"
        self._say(menu, "rewind", words, "R", lambda: run("chart.replay"))
        grids = menu.addMenu(icon("grid"), "Charts side by side")
        for count in GRIDS:
            words = "One chart" if count == 1 else f"{count} charts"
            action = grids.addAction(words)
            action.triggered.connect(
                lambda _=False, each=count: run("chart.grid", charts=str(each))
            )
        menu.addSeparator()
        menu.addAction(icon("export"), "Save as a file…", self.ask_export)
        menu.addAction(icon("edit"), "Into the journal", lambda: run("journal.snapshot"))

    def _say(self, menu: QMenu, icon: str, words: str, key: str, do: Callable[[], object]) -> None:
        """Add an action with the key that does it on the chart; the menu takes no key itself."""
        menu.addAction(self._theme.icon(icon), f"{words}\t{key}", do)

    def ask_export(self) -> None:
        """Ask for a file; the dialog does not hold up the loop."""
        parent = self._panel if isinstance(self._panel, QWidget) else None
        dialog = QFileDialog(parent, "Save the chart", f"{self._panel.symbol or 'chart'}.png")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilters(["Pictures (*.png)", "Drawings (*.svg)", "Numbers (*.csv)"])
        dialog.setDefaultSuffix("png")
        dialog.fileSelected.connect(self._export)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _export(self, name: str) -> None:
        from pathlib import Path

        self._panel.export(Path(name))


def _run_words(run: SavedBacktest) -> str:
    name = run.strategy_id.replace("_", " ").capitalize()
    values = ", ".join(str(each) for each in run.parameters.values())
    return f"{name} ({values}) · {formats.day(run.created_at)}"
