"""The menus of a chart: studies, trades, and what a price on it is good for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from PySide6.QtWidgets import QFileDialog, QWidget

from puffin.types import Side
from puffling.core import formats
from puffling.ui.charts.studies import Study, StudyKind
from puffling.ui.panels.chart.trades import FILLS, NONE, SIGNALS

if TYPE_CHECKING:
    from collections.abc import Callable
    from decimal import Decimal
    from pathlib import Path

    from PySide6.QtGui import QAction
    from PySide6.QtWidgets import QMenu

    from puffling.store.backtests import SavedBacktest
    from puffling.ui.panels.chart.marking import Marking
    from puffling.ui.panels.chart.ordering import Ordering
    from puffling.ui.theme.theme import Theme

OFFERED = (
    *(Study(StudyKind.SMA, window) for window in (20, 50, 200)),
    *(Study(StudyKind.EMA, window) for window in (12, 26, 50)),
)


class Charted(Protocol):
    """The panel as its menus see it."""

    @property
    def symbol(self) -> str:
        """The symbol in view."""
        ...

    @property
    def studies(self) -> tuple[Study, ...]:
        """The averages drawn."""
        ...

    @property
    def marks(self) -> Marking:
        """What is marked, and what could be."""
        ...

    def set_studies(self, studies: tuple[Study, ...]) -> None:
        """Draw these averages."""
        ...

    def toggle_overlay(self, kind: str, window: int) -> None:
        """Add an average, or take it away."""
        ...

    def ask_study(self) -> None:
        """Ask for an average of any window."""
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

    def __init__(self, panel: Charted, theme: Theme) -> None:
        self._panel = panel
        self._theme = theme

    def attach(self, menu: QMenu | None, fill: Callable[[QMenu], None]) -> None:
        """Fill `menu` each time it opens."""
        if menu is None:
            return

        def refill() -> None:
            menu.clear()
            fill(menu)

        menu.aboutToShow.connect(refill)

    def studies(self, menu: QMenu) -> None:
        """Averages to turn on and off."""
        panel = self._panel
        for study in dict.fromkeys((*OFFERED, *panel.studies)):
            action = menu.addAction(f"{study.kind.meaning}, {study.window} bars")
            action.setCheckable(True)
            action.setChecked(study in panel.studies)
            action.triggered.connect(
                lambda _=False, each=study: panel.toggle_overlay(each.kind.value, each.window)
            )
        menu.addSeparator()
        menu.addAction(self._theme.icon("plus"), "Another moving average…", panel.ask_study)
        clear = menu.addAction("Remove all", lambda: panel.set_studies(()))
        clear.setEnabled(bool(panel.studies))

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

    def _mark(self, menu: QMenu, words: str, what: str) -> None:
        marks = self._panel.marks
        action = menu.addAction(words)
        action.setCheckable(True)
        action.setChecked(what == marks.what)
        action.triggered.connect(lambda: marks.choose(what))

    def chart(self, menu: QMenu, price: Decimal | None = None) -> None:
        """Everything one does to a chart, and to a price pointed at."""
        panel, icon = self._panel, self._theme.icon
        if price is not None and panel.symbol:
            at = formats.price(price)
            menu.addAction(icon("bell"), f"Alert at {at}", lambda: panel.add_alert(price))
            for side, verb in ((Side.BUY, "Buy"), (Side.SELL, "Sell")):
                words = f"{verb} {panel.ordering.kind(side, price)} at {at}…"
                menu.addAction(
                    icon(side.value), words, lambda each=side: panel.ordering.write(each, price)
                )
        if panel.symbol:
            menu.addAction(icon("buy"), f"Buy {panel.symbol}…", lambda: panel.trade(Side.BUY))
            menu.addAction(icon("sell"), f"Sell {panel.symbol}…", lambda: panel.trade(Side.SELL))
            menu.addSeparator()
        self.studies(menu.addMenu(icon("wave"), "Studies"))
        self.trades(menu.addMenu("Trades"))
        menu.addSeparator()
        fit: QAction = menu.addAction(icon("fit"), "Fit all bars", panel.fit)
        fit.setShortcut("Home")
        menu.addAction(icon("export"), "Save as a picture…", self.ask_export)

    def ask_export(self) -> None:
        """Ask for a file; the dialog does not hold up the loop."""
        parent = self._panel if isinstance(self._panel, QWidget) else None
        dialog = QFileDialog(parent, "Save the chart", f"{self._panel.symbol or 'chart'}.png")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilter("Pictures (*.png)")
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
