"""The risk panel: limits, size, the book's risk, allocation, factors and the prices themselves."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtWidgets import QTabWidget, QVBoxLayout, QWidget
from typing_extensions import override

from puffin.data.bars import Interval
from puffin.errors import PuffinError
from puffin.portfolio.estimates import FEWEST
from puffling.ui.panel import PanelWidget
from puffling.ui.panels.risk.allocate_tab import AllocateTab
from puffling.ui.panels.risk.book_tab import BookTab
from puffling.ui.panels.risk.data_tab import DataTab
from puffling.ui.panels.risk.factors_tab import FactorsTab
from puffling.ui.panels.risk.goals_tab import GoalsTab
from puffling.ui.panels.risk.limits_tab import LimitsTab
from puffling.ui.panels.risk.size_tab import SizeTab
from puffling.ui.widgets.reading import Reading
from puffling.ui.widgets.tab_keys import turn_with_keys

if TYPE_CHECKING:
    from collections.abc import Mapping

    from puffling.ui.panel import Parts


log = logging.getLogger(__name__)


Tab = LimitsTab | SizeTab | BookTab | AllocateTab | GoalsTab | FactorsTab | DataTab
P = TypeVar("P", bound=Tab)
_TABS: tuple[tuple[type[Tab], str], ...] = (
    (LimitsTab, "Limits"),
    (SizeTab, "Size"),
    (BookTab, "Portfolio"),
    (AllocateTab, "Allocate"),
    (GoalsTab, "Goals"),
    (FactorsTab, "Factors"),
    (DataTab, "Data"),
)
_NAMES: dict[type[QWidget], str] = {
    LimitsTab: "limits",
    SizeTab: "size",
    BookTab: "book",
    AllocateTab: "allocate",
    GoalsTab: "goals",
    FactorsTab: "factors",
    DataTab: "data",
}


class RiskPanel(PanelWidget):
    """Seven tabs, each built when it is first needed; none of them orders anything."""

    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        # From the outside in: each widget is then styled once, not again at every level.
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.tabBar().setUsesScrollButtons(True)
        column.addWidget(self.tabs)
        self._built: dict[type[QWidget], Tab] = {}
        self._kept: dict[str, Any] = {}  # what tabs that are not built yet remember
        self._known: tuple[str, ...] = ()
        self._holders: dict[type[QWidget], QWidget] = {}
        for kind, title in _TABS:
            self._holders[kind] = holder = QWidget()
            inside = QVBoxLayout(holder)
            inside.setContentsMargins(0, 0, 0, 0)
            self.tabs.addTab(holder, title)
        self.tabs.currentChanged.connect(lambda _: self._front())
        self._keys = turn_with_keys(self, self.tabs, self.primary_focus)
        self._front()
        self._proposed = Reading(self.spawn, self._with_history, self._propose, self._unproposed)
        self._proposed.ask()

    @property
    def limits(self) -> LimitsTab:
        """The Limits tab."""
        return self._page(LimitsTab)

    @property
    def size_tab(self) -> SizeTab:
        """The Size tab."""
        return self._page(SizeTab)

    @property
    def book(self) -> BookTab:
        """The Portfolio tab."""
        return self._page(BookTab)

    @property
    def allocate(self) -> AllocateTab:
        """The Allocate tab."""
        return self._page(AllocateTab)

    @property
    def goals(self) -> GoalsTab:
        """The Goals tab."""
        return self._page(GoalsTab)

    @property
    def factors(self) -> FactorsTab:
        """The Factors tab."""
        return self._page(FactorsTab)

    @property
    def data(self) -> DataTab:
        """The Data tab."""
        return self._page(DataTab)

    def turn_to(self, kind: type[Tab]) -> None:
        """Bring a tab to the front."""
        self.tabs.setCurrentWidget(self._holders[kind])

    # -- the habits of panels ----------------------------------------------------------------

    @override
    def on_symbol(self, symbol: str) -> None:
        for page in self._built.values():
            if isinstance(page, SizeTab | FactorsTab | DataTab):
                page.follow(symbol)

    @override
    def run_focused(self) -> None:
        page = self._front()
        if isinstance(page, LimitsTab):
            page.begin()
        elif isinstance(page, SizeTab):
            page.compute()
        elif isinstance(page, GoalsTab):
            page.refresh()
        elif isinstance(page, BookTab | AllocateTab | FactorsTab | DataTab):
            page.start()

    @override
    def apply_focused(self) -> None:
        page = self._front()
        if isinstance(page, SizeTab):
            page.copy()
        elif isinstance(page, GoalsTab):
            page.start()
        else:
            self.run_focused()

    @override
    def primary_focus(self) -> QWidget:
        page = self._front()
        if isinstance(page, SizeTab | BookTab | AllocateTab | GoalsTab | FactorsTab):
            if page.faces.asked.isHidden():  # what is out of sight takes no keys
                return page.faces.bar
            return page.line if isinstance(page, FactorsTab) else page.sheet.first_editor()
        return self.data.views["bars"] if isinstance(page, DataTab) else self.limits.view

    @override
    def state(self) -> dict[str, Any]:
        tabs = {_NAMES[kind]: page.state() for kind, page in self._built.items()}
        return super().state() | {"tab": self.tabs.currentIndex()} | self._kept | tabs

    @override
    def restore(self, state: Mapping[str, Any]) -> None:
        super().restore(state)
        names = _NAMES.values()
        self._kept = {name: state[name] for name in names if isinstance(state.get(name), dict)}
        for kind, page in self._built.items():
            if _NAMES[kind] in self._kept:
                page.restore(self._kept.pop(_NAMES[kind]))
        if state.get("tab") in range(self.tabs.count()):
            self.tabs.setCurrentIndex(state["tab"])

    @override
    def shut(self) -> None:
        for page in self._built.values():
            if isinstance(page, LimitsTab | SizeTab | GoalsTab | FactorsTab):
                page.stop()
        super().shut()

    # -- inside ------------------------------------------------------------------------------

    def _front(self) -> Tab:
        kind, _ = _TABS[self.tabs.currentIndex()]
        known = self._built.get(kind)
        return known if known is not None else self._page(kind)

    def _page(self, kind: type[P]) -> P:
        known = self._built.get(kind)
        if isinstance(known, kind):
            return known
        page = kind(self)
        self._built[kind] = page
        inside = self._holders[kind].layout()
        if inside is not None:
            inside.addWidget(page)
        self._begin(page)
        return page

    def _begin(self, page: Tab) -> None:
        """Tell a tab that was just built what the others know."""
        kept = self._kept.pop(_NAMES[type(page)], None)
        if kept is not None:
            page.restore(kept)
        if isinstance(page, LimitsTab):
            page.begin()
        if isinstance(page, AllocateTab | GoalsTab | FactorsTab):
            page.propose(self._known)
        if isinstance(page, AllocateTab):
            page.measure_asked.connect(self._measure)
        if isinstance(page, SizeTab | FactorsTab | DataTab):
            page.follow(self.symbol)

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
        self._known = symbols
        for page in self._built.values():
            if isinstance(page, AllocateTab | GoalsTab | FactorsTab):
                page.propose(symbols)

    @staticmethod
    def _unproposed(error: Exception) -> None:
        log.info("No symbols are proposed: %s", error)

    def _measure(self, weights: Mapping[str, float]) -> None:
        self.turn_to(BookTab)
        self.book.show_weights(weights)
