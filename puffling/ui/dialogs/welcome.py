"""The first minutes: which market, how much risk, which symbols, which layout."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QLabel, QStackedWidget

from puffling.core.settings import Mode, limits_for
from puffling.ui.dialogs.base import Dialog
from puffling.ui.dialogs.welcome_pages import LayoutPage, ModePage, Page, RiskPage, SymbolsPage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtWidgets import QWidget

    from puffling.core.settings import Trading
    from puffling.ui.theme.theme import Theme


@dataclass(frozen=True, slots=True)
class Welcome:
    """What the person chose; None for pages they skipped."""

    mode: Mode = Mode.DEMO
    tolerance: int | None = None
    watchlist: tuple[str, ...] | None = None
    layout: str | None = None

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
    """Four short pages; each may be skipped, and what is skipped stays as it is."""

    def __init__(
        self,
        theme: Theme,
        *,
        trading: Trading,
        watchlist: Sequence[str],
        layouts: Sequence[tuple[str, str]],
        layout: str = "",
        parent: QWidget | None = None,
    ) -> None:
        """Build the dialog.

        Args:
            theme: The theme.
            trading: The trading settings in force.
            watchlist: The symbols of the starter list.
            layouts: (name, what it is for) of each layout.
            layout: The layout in force.
            parent: The window it belongs to.
        """
        super().__init__(theme, "Welcome to Puffling", parent, width=560)
        self.skipped: set[int] = set()
        self.mode = ModePage(theme)
        self.risk = RiskPage(theme, trading.risk_tolerance)
        self.symbols = SymbolsPage(theme, watchlist)
        self.layouts = LayoutPage(theme, layouts, layout)
        self.pages = QStackedWidget()
        for page in (self.mode, self.risk, self.symbols, self.layouts):
            self.pages.addWidget(page)
        self.body.addWidget(self.pages, 1)
        self.step = QLabel()
        theme.set_role(self.step, "caption")
        self.footer.insertWidget(0, self.step)
        self.back, self.skip = self.add_button("Back"), self.add_button("Skip")
        theme.set_role(self.skip, "flat")
        self.next = self.add_button("Next", "primary", default=True)
        self.back.clicked.connect(lambda: self._turn(-1))
        self.skip.clicked.connect(self._skip)
        self.next.clicked.connect(self._next)
        self._show()

    def chosen(self) -> Welcome:
        """Return what was chosen."""
        return Welcome(
            tolerance=None if 1 in self.skipped else self.risk.slider.value(),
            watchlist=None if 2 in self.skipped else self.symbols.symbols,  # noqa: PLR2004 - page
            layout=None if 3 in self.skipped else self.layouts.name,  # noqa: PLR2004 - page
        )

    async def ask(self) -> Welcome:
        """Open it; return what was chosen. Closing it skips the rest."""
        found: list[Welcome] = []
        self.finished.connect(lambda: found.append(self.chosen()))
        finished = await self.answer()
        if not found:
            return Welcome()
        if not finished:
            return self._only_seen(found[0])
        return found[0]

    def _only_seen(self, welcome: Welcome) -> Welcome:
        """Take pages that were not reached as skipped."""
        at = self._seen
        return Welcome(
            tolerance=welcome.tolerance if at > 1 else None,
            watchlist=welcome.watchlist if at > 2 else None,  # noqa: PLR2004 - the page's number
        )

    def _turn(self, by: int) -> None:
        self.pages.setCurrentIndex(self.pages.currentIndex() + by)
        self._show()

    def _skip(self) -> None:
        self.skipped.add(self.pages.currentIndex())
        self._forward()

    def _next(self) -> None:
        page = self.pages.currentWidget()
        if isinstance(page, Page) and not page.is_right():
            return
        self.skipped.discard(self.pages.currentIndex())
        self._forward()

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
        page = self.pages.currentWidget()
        if isinstance(page, Page):
            page.start().setFocus()
