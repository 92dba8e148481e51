"""The first minutes: which market, keys, how much risk, which symbols, look and layout."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QLabel, QStackedWidget

from puffling.core.settings import Mode, limits_for
from puffling.services.describing import DescribeService
from puffling.ui.dialogs.base import Dialog
from puffling.ui.dialogs.welcome_describe import DescribePage, WayPage
from puffling.ui.dialogs.welcome_pages import (
    KeysPage,
    LayoutPage,
    LookPage,
    ModePage,
    RiskPage,
    SymbolsPage,
)
from puffling.ui.dialogs.welcome_review import ReviewPage

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from decimal import Decimal

    from PySide6.QtWidgets import QWidget

    from puffling.core.settings import Settings
    from puffling.services.describing_records import Described
    from puffling.ui.dialogs.welcome_describe import Describer
    from puffling.ui.dialogs.welcome_pages import Page
    from puffling.ui.panel import Parts
    from puffling.ui.run import Runner
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
    cash: Decimal | None = None  # of new simulated accounts

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


@dataclass(frozen=True, slots=True)
class Ground:
    """What the pages use of the desk: keys of a broker, what reads descriptions, what runs it."""

    connections: QWidget
    describer: Describer
    runner: Runner


def ground_of(parts: Parts, connections: QWidget) -> Ground:
    """Return what the pages use of a desk."""
    context = parts.context
    describer = DescribeService(
        context.model_keys,
        context.model_usage,
        context.clock,
        instruments=context.bars.instruments,
        watched=context.watchlists.symbols,
    )
    return Ground(connections, describer, parts.runner)


class WelcomeDialog(Dialog):
    """Short pages; each may be skipped, and what is skipped stays as it is.

    The first asks for the way: questions, or a description and a review of what was understood.
    """

    topic = "start"

    def __init__(
        self,
        theme: Theme,
        *,
        settings: Settings,
        ground: Ground,
        layouts: Sequence[tuple[str, str]],
        layout: str = "",
        parent: QWidget | None = None,
    ) -> None:
        """Build the dialog.

        Args:
            theme: The theme.
            settings: The settings in force.
            ground: What the pages use of the desk.
            layouts: (name, what it is for) of each layout.
            layout: The layout in force.
            parent: The window it belongs to.
        """
        super().__init__(theme, "Welcome to Puffling", parent, width=560)
        self.skipped: set[Page] = set()
        self._tour = False
        self.mode = ModePage(theme)
        self.keys = KeysPage(theme, ground.connections)
        self.risk = RiskPage(theme, settings.trading.risk_tolerance)
        self.symbols = SymbolsPage(theme, settings.watchlist.starter)
        self.look = LookPage(theme, settings.appearance)
        self.layouts = LayoutPage(theme, layouts, layout)
        self.way = WayPage(theme)
        self.describe = DescribePage(theme, ground.describer, ground.runner)
        names = [name for name, _ in layouts]
        self.review = ReviewPage(theme, settings, names, layout)
        self._questions: tuple[Page, ...] = (
            self.way,
            self.mode,
            self.keys,
            self.risk,
            self.symbols,
            self.look,
            self.layouts,
        )
        self._description: tuple[Page, ...] = (self.way, self.describe, self.review)
        self.pages = QStackedWidget()
        for page in {*self._questions, *self._description}:
            page.setParent(self.pages)
            page.hide()
        self._order: tuple[Page, ...] = ()
        self._go(self._questions)
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
        self.way.describe.toggled.connect(self._choose_way)
        self.describe.read.connect(self._review)
        self.describe.busy_changed.connect(lambda _busy: self._name_buttons())
        self.finished.connect(lambda _code: self.describe.stop())
        self._show()

    def chosen(self) -> Welcome:
        """Return what was chosen."""
        return self._chosen(len(self._order))

    def _chosen(self, seen: int) -> Welcome:
        """Take what was answered on the first `seen` pages."""
        told = set(self._order[:seen]) - self.skipped
        if self._order is self._description:
            used = self.review.answers if self.review in told else {}
            return Welcome(**used, tour=self._tour)
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

    def _go(self, order: tuple[Page, ...]) -> None:
        """Put the pages of one way in the place of those of the other."""
        if order is self._order:
            return
        for page in self._order:
            self.pages.removeWidget(page)
        self._order = order
        for page in order:
            self.pages.addWidget(page)
        self.pages.setCurrentIndex(0)

    def _choose_way(self, describes: bool) -> None:  # noqa: FBT001 - a signal's
        self._go(self._description if describes else self._questions)
        if describes:
            self.describe.look()
        self._show()

    def _turn(self, by: int) -> None:
        self.describe.stop()
        self.pages.setCurrentIndex(self.pages.currentIndex() + by)
        self._show()

    def _skip(self) -> None:
        self.skipped.add(self._page)
        if self._page is self.describe:
            self.review.show_found(None)
        self._forward()

    def _next(self) -> None:
        if self._page is self.describe:
            self.describe.begin()
        elif self._page.is_right():
            self.skipped.discard(self._page)
            self._forward()

    def _review(self, found: Described) -> None:
        """Show what was read, unless the person has gone elsewhere meanwhile."""
        if self._page is self.describe:
            self.skipped.discard(self.describe)
            self.review.show_found(found)
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
        at = self.pages.currentIndex()
        self._seen = at
        self.step.setText(f"Step {at + 1} of {self.pages.count()}")
        self.back.setEnabled(at > 0)
        self._name_buttons()
        self._make_room()
        self._page.start().setFocus()

    def _make_room(self) -> None:
        """Let a page of long sentences be seen whole."""
        width = max(self.pages.width(), self.minimumWidth() - 2 * self.theme.px(16))
        height = self._page.column.heightForWidth(width)
        self.pages.setMinimumHeight(max(height, self.pages.minimumHeight()))

    def _name_buttons(self) -> None:
        """Say what the buttons do on this page."""
        is_last = self.pages.currentIndex() == self.pages.count() - 1
        words = {self.describe: "Read it", self.review: "Use these"}
        self.next.setText(words.get(self._page, "Open the desk" if is_last else "Next"))
        self.next.setEnabled(not self.describe.is_busy)
        self.tour.setVisible(is_last)
