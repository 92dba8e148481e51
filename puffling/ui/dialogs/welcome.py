"""The first minutes: which market, keys, how much risk, which symbols, look and layout."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QLabel, QStackedWidget

from puffling.core.settings import Mode, limits_for
from puffling.ui.dialogs.base import Dialog
from puffling.ui.dialogs.welcome_pages import (
    KeysPage,
    LayoutPage,
    LookPage,
    ModePage,
    RiskPage,
    SymbolsPage,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from PySide6.QtWidgets import QWidget

    from puffling.core.settings import Settings
    from puffling.ui.dialogs.welcome_pages import Page
    from puffling.ui.theme.theme import Theme


@dataclass(frozen=True, slots=True)
class Welcome:
    """What the person chose; None for pages they skipped."""

    mode: Mode = Mode.DEMO
    tolerance: int | None = None
    watchlist: tuple[str, ...] | None = None
    layout: str | None = None
    look: Mapping[str, object] = field(default_factory=dict)  # settings of the appearance
    tour: bool = False  # the window is to be shown afterwards

    @property
    def trading(self) -> dict[str, object]:
        """The trading settings that follow from the tolerance; none if it was skipped."""
        if self.tolerance is None:
            return {}
        _, position, count = limits_for(self.tolerance)
        return {
            "risk_tolerance": self.tolerance,
            "largest_position": position,
            "most_positions": count,
        }


class WelcomeDialog(Dialog):
    """Short pages; each may be skipped, and what is skipped stays as it is."""

    topic = "start"

    def __init__(
        self,
        theme: Theme,
        *,
        settings: Settings,
        connections: QWidget,
        layouts: Sequence[tuple[str, str]],
        layout: str = "",
        parent: QWidget | None = None,
    ) -> None:
        """Build the dialog.

        Args:
            theme: The theme.
            settings: The settings in force.
            connections: What keeps and tries the keys of a broker.
            layouts: (name, what it is for) of each layout.
            layout: The layout in force.
            parent: The window it belongs to.
        """
        super().__init__(theme, "Welcome to Puffling", parent, width=560)
        self.skipped: set[Page] = set()
        self._tour = False
        self.mode = ModePage(theme)
        self.keys = KeysPage(theme, connections)
        self.risk = RiskPage(theme, settings.trading.risk_tolerance)
        self.symbols = SymbolsPage(theme, settings.watchlist.starter)
        self.look = LookPage(theme, settings.appearance)
        self.layouts = LayoutPage(theme, layouts, layout)
        self._order: tuple[Page, ...] = (
            self.mode,
            self.keys,
            self.risk,
            self.symbols,
            self.look,
            self.layouts,
        )
        self.pages = QStackedWidget()
        for page in self._order:
            self.pages.addWidget(page)
        self.body.addWidget(self.pages, 1)
        self.step = QLabel()
        theme.set_role(self.step, "caption")
        self.footer.insertWidget(0, self.step)
        self.back, self.skip = self.add_button("Back"), self.add_button("Skip")
        theme.set_role(self.skip, "flat")
        self.tour = self.add_button("Show me around")
        self.next = self.add_button("Next", "primary", default=True)
        self.back.clicked.connect(lambda: self._turn(-1))
        self.skip.clicked.connect(self._skip)
        self.next.clicked.connect(self._next)
        self.tour.clicked.connect(self._show_around)
        self._show()

    def chosen(self) -> Welcome:
        """Return what was chosen."""
        return self._chosen(len(self._order))

    def _chosen(self, seen: int) -> Welcome:
        """Take what was answered on the first `seen` pages."""
        told = set(self._order[:seen]) - self.skipped
        return Welcome(
            tolerance=self.risk.slider.value() if self.risk in told else None,
            watchlist=self.symbols.symbols if self.symbols in told else None,
            look=self.look.values if self.look in told else {},
            layout=self.layouts.name if self.layouts in told else None,
            tour=self._tour,
        )

    async def ask(self) -> Welcome:
        """Open it; return what was chosen. Closing it skips the rest."""
        found: list[Welcome] = []

        def note(code: int) -> None:
            accepted = code == WelcomeDialog.DialogCode.Accepted.value
            found.append(self.chosen() if accepted else self._chosen(self._seen))

        self.finished.connect(note)
        await self.answer()
        return found[0] if found else Welcome()

    @property
    def _page(self) -> Page:
        """The page in view."""
        return self._order[self.pages.currentIndex()]

    def _turn(self, by: int) -> None:
        self.pages.setCurrentIndex(self.pages.currentIndex() + by)
        self._show()

    def _skip(self) -> None:
        self.skipped.add(self._page)
        self._forward()

    def _next(self) -> None:
        if self._page.is_right():
            self.skipped.discard(self._page)
            self._forward()

    def _show_around(self) -> None:
        self._tour = True
        self._next()

    def _forward(self) -> None:
        if self.pages.currentIndex() == self.pages.count() - 1:
            self.accept()
        else:
            self._turn(1)

    def _show(self) -> None:
        at, last = self.pages.currentIndex(), self.pages.count() - 1
        self._seen = at
        self.step.setText(f"Step {at + 1} of {last + 1}")
        self.back.setEnabled(at > 0)
        self.next.setText("Open the desk" if at == last else "Next")
        self.tour.setVisible(at == last)
        self._page.start().setFocus()
