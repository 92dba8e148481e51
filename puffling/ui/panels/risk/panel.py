"""The risk panel: limits, size, the book's risk, allocation, factors and the prices themselves."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QTabWidget, QVBoxLayout
from typing_extensions import override

from puffin.data.bars import Interval
from puffin.errors import PuffinError
from puffin.portfolio.estimates import FEWEST
from puffling.ui.panel import Area, Panel, PanelWidget
from puffling.ui.panels.risk.allocate_tab import AllocateTab
from puffling.ui.panels.risk.book_tab import BookTab
from puffling.ui.panels.risk.data_tab import DataTab
from puffling.ui.panels.risk.factors_tab import FactorsTab
from puffling.ui.panels.risk.limits_tab import LimitsTab
from puffling.ui.panels.risk.size_tab import SizeTab
from puffling.ui.widgets.reading import Reading

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtWidgets import QWidget

    from puffling.ui.panel import Parts


log = logging.getLogger(__name__)


class RiskPanel(PanelWidget):
    """Six tabs; none of them orders anything."""

    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        # From the outside in: each widget is then styled once, not again at every level.
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.tabBar().setUsesScrollButtons(True)
        column.addWidget(self.tabs)
        self.limits, self.size_tab = LimitsTab(self), SizeTab(self)
        self.book, self.allocate = BookTab(self), AllocateTab(self)
        self.factors, self.data = FactorsTab(self), DataTab(self)
        for page, title in (
            (self.limits, "Limits"),
            (self.size_tab, "Size"),
            (self.book, "Portfolio"),
            (self.allocate, "Allocate"),
            (self.factors, "Factors"),
            (self.data, "Data"),
        ):
            self.tabs.addTab(page, title)
        self.allocate.measure_asked.connect(self._measure)
        self.limits.begin()
        self.on_symbol(self.symbol)
        self._proposed = Reading(self.spawn, self._with_history, self._propose, self._unproposed)
        self._proposed.ask()

    # -- the habits of panels ----------------------------------------------------------------

    @override
    def on_symbol(self, symbol: str) -> None:
        self.size_tab.follow(symbol)
        self.factors.follow(symbol)
        self.data.follow(symbol)

    @override
    def run_focused(self) -> None:
        page = self.tabs.currentWidget()
        if page is self.limits:
            self.limits.begin()
        elif page is self.size_tab:
            self.size_tab.compute()
        elif page is self.book:
            self.book.start()
        elif page is self.allocate:
            self.allocate.start()
        elif page is self.factors:
            self.factors.start()
        else:
            self.data.start()

    @override
    def apply_focused(self) -> None:
        if self.tabs.currentWidget() is self.size_tab:
            self.size_tab.copy()
        else:
            self.run_focused()

    @override
    def primary_focus(self) -> QWidget:
        page = self.tabs.currentWidget()
        if page is self.limits:
            return self.limits.view
        if page is self.size_tab:
            return self.size_tab.sheet.first_editor()
        if page is self.book:
            return self.book.sheet.first_editor()
        if page is self.allocate:
            return self.allocate.sheet.first_editor()
        return self.factors.line if page is self.factors else self.data.views["bars"]

    @override
    def state(self) -> dict[str, Any]:
        return super().state() | {
            "tab": self.tabs.currentIndex(),
            "limits": self.limits.state(),
            "size": self.size_tab.state(),
            "book": self.book.state(),
            "allocate": self.allocate.state(),
            "factors": self.factors.state(),
            "data": self.data.state(),
        }

    @override
    def restore(self, state: Mapping[str, Any]) -> None:
        super().restore(state)
        for name, take in (
            ("limits", self.limits.restore),
            ("size", self.size_tab.restore),
            ("book", self.book.restore),
            ("allocate", self.allocate.restore),
            ("factors", self.factors.restore),
            ("data", self.data.restore),
        ):
            if isinstance(state.get(name), dict):
                take(state[name])
        if state.get("tab") in range(self.tabs.count()):
            self.tabs.setCurrentIndex(state["tab"])

    @override
    def shut(self) -> None:
        self.limits.stop()
        self.size_tab.stop()
        self.factors.stop()
        super().shut()

    def _with_history(self) -> tuple[str, ...]:
        """Return the market's symbols whose past is long enough to measure; blocks."""
        bars, found = self.parts.context.bars, []
        for symbol in sorted(self.parts.context.market.symbols):
            try:
                if len(bars.history(symbol, Interval.D1)) > FEWEST:
                    found.append(symbol)
            except PuffinError as error:
                log.info("%s is not proposed: %s", symbol, error)
        return tuple(found)

    def _propose(self, symbols: tuple[str, ...]) -> None:
        self.allocate.propose(symbols)
        self.factors.propose(symbols)

    @staticmethod
    def _unproposed(error: Exception) -> None:
        log.info("No symbols are proposed: %s", error)

    def _measure(self, weights: Mapping[str, float]) -> None:
        self.tabs.setCurrentWidget(self.book)
        self.book.show_weights(weights)


PANEL = Panel(
    "risk",
    "Risk",
    "shield",
    Area.CENTER,
    RiskPanel,
    hint="Limits, size, what the book may lose, and how to split money",
)
