"""The Optimise tab: searches for parameters, followed while they run."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from puffin.errors import PuffinError
from puffling.core.errors import PufflingError
from puffling.core.formats import duration
from puffling.services.search_plans import Kind
from puffling.ui.charts import loading
from puffling.ui.following import Following
from puffling.ui.panels.backtest.digest import digest
from puffling.ui.panels.backtest.optimise_form import OptimiseForm
from puffling.ui.panels.backtest.search_plan import Asked, count_words, search_of, sliding
from puffling.ui.panels.backtest.search_view import SearchView
from puffling.ui.panels.backtest.side_by_side import SideBySide
from puffling.ui.panels.backtest.sliders import Sliders

if TYPE_CHECKING:
    from collections.abc import Mapping

    from puffling.core.events import SearchChanged
    from puffling.services.plans import Plan
    from puffling.services.search_plans import SearchPlan
    from puffling.ui.following import Spawn
    from puffling.ui.panel import Parts
    from puffling.ui.panels.backtest.digest import Digest
    from puffling.ui.panels.backtest.setup import Setup

COMMAND = "optimise.run"
_QUICK = 0.1  # seconds


class OptimiseTab(QWidget):
    """Counts, estimates, starts, follows and stops searches.

    Signals:
        use_asked: Parameters are to be used in the Run tab (a dict).
        change_asked: The Run tab is to be shown.
    """

    use_asked = Signal(object)
    change_asked = Signal()

    def __init__(self, parts: Parts, spawn: Spawn, setup: Setup, parent: QWidget) -> None:
        """Take the set-up of the Run tab, whose words are searched around."""
        super().__init__(parent)
        self.parts, self._spawn, self._setup = parts, spawn, setup
        theme = parts.theme
        self.shown_id = ""
        self._awaiting = False  # the id of a search that was started is not known yet
        self._reading = self._again = False
        self._counting = self._recount = False
        self._slid: object = None  # what the sliders were made for
        split = SideBySide(theme, self)
        self.form = OptimiseForm(theme, split)
        self.sliders = Sliders(theme, spawn, parts.context.backtests.preview)
        self.view = SearchView(theme, self.sliders, split)
        split.settle()
        self.following = Following(parts, spawn, self)
        self._connect()
        self.follow_setup()

    # -- what is asked -----------------------------------------------------------------------

    def follow_setup(self) -> None:
        """Take over what the Run tab asks."""
        setup = self._setup
        self.form.ranges.show_choice(setup.strategy.choice)
        self.form.ranges.show_fixed(setup.strategy.values())
        assumed = setup.options.words()
        self.form.what.setText(
            f"{setup.headline}, {assumed}." if assumed else f"{setup.headline}, all else as usual."
        )
        self.form.touch()
        self._slid = None
        if self.isVisible() and self.view.tabs.currentWidget() is self.sliders:
            self._offer_sliders()

    def asked(self) -> Asked | None:
        """Return what the forms say; None if something is wrong, which is then shown there."""
        run = self._setup.request(show=False)
        if run is None:
            wrong = self._setup.problem_words()
            self.form.say("", wrong or "The Run tab has something to put right.")
            return None
        return Asked(run, self.form.ranges.values(), self.form.search(), self.form.walk_forward())

    def start(self) -> None:
        """Start a search, unless one is under way."""
        if self.following.is_running or not self.form.check():
            return
        asked = self.asked()
        if asked is None:
            return
        self.form.hush()
        self._spawn(self._start(asked))

    async def _start(self, asked: Asked) -> None:
        try:
            plan = await asyncio.to_thread(self._prepare, asked)
        except (PuffinError, PufflingError) as error:
            self._refuse(error)
            return
        self._awaiting = True
        self.following.begin(COMMAND, asked.words(), plan.title)

    def _prepare(self, asked: Asked) -> SearchPlan:
        return search_of(self.parts.context, asked)

    # -- counting and estimating -------------------------------------------------------------

    def _count(self) -> None:
        """Say how many tries there will be and how long they take; one count at a time."""
        if not self.isVisible():
            self._recount = True  # once it is seen
            return
        self._recount = False
        if self._counting:
            self._recount = True
            return
        self._counting = True
        self._spawn(self._count_on())

    async def _count_on(self) -> None:
        try:
            while True:
                self._recount = False
                await self._count_once()
                if not self._recount:
                    return
        finally:
            self._counting = False

    async def _count_once(self) -> None:
        if not self.form.ranges.varied and not self.form.walk_forward().get("on"):
            self.form.say("", "Tick at least one parameter to vary.")
            return
        asked = self.asked()
        if asked is None:
            return
        try:
            plan = await asyncio.to_thread(self._prepare, asked)
            self.form.say(self._words(plan, "measuring how long a run takes…"))
            if self.following.is_running:
                return
            plan = await asyncio.to_thread(self.parts.context.searches.estimate, plan, _silent)
        except (PuffinError, PufflingError) as error:
            self._refuse(error)
            return
        self.form.say(self._words(plan, takes_words(plan.seconds)))

    def _words(self, plan: SearchPlan, takes: str) -> str:
        folds = plan.folds.splits if plan.kind is Kind.WALK_FORWARD else 1
        said = f"{count_words(plan, self.form.ranges.raw, folds)}, {takes}."
        return " ".join([said, *(reason for _, reason in plan.dropped)])

    def _refuse(self, error: PuffinError | PufflingError) -> None:
        self.form.say("", " ".join([str(error), error.hint]).strip())

    # -- following ---------------------------------------------------------------------------

    def on_search(self, event: SearchChanged) -> None:
        """Take what is told of searches; others than the shown one are passed over."""
        if self._awaiting and event.id:
            self._awaiting = False
            self.open(event.id)
        elif event.id and event.id == self.shown_id:
            self._read()

    def open(self, id_: str) -> None:
        """Show a search that runs or is stored."""
        self.shown_id = id_
        self._read()

    def _read(self) -> None:
        if self._reading:
            self._again = True
            return
        self._reading = True
        self._spawn(self._read_on())

    async def _read_on(self) -> None:
        try:
            await loading.load()
            self._again = True
            while self._again:
                self._again = False
                id_ = self.shown_id
                found = await asyncio.to_thread(self._digest, id_)
                if id_ == self.shown_id:
                    self.view.show_digest(found)
        except (PuffinError, PufflingError) as error:
            self._refuse(error)
        finally:
            self._reading = False

    def _digest(self, id_: str) -> Digest:
        return digest(self.parts.context.searches.live(id_), self.view.heat.axes)

    # -- the habits of tabs ------------------------------------------------------------------

    def state(self) -> dict[str, Any]:
        """Return what a layout should remember, as JSON would."""
        return {
            "form": self.form.state(),
            "shown": self.shown_id,
            "tab": self.view.tabs.currentIndex(),
            "board": self.view.board_view.layout_state(),
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take up a remembered state; what does not fit is passed over."""
        if isinstance(state.get("form"), dict):
            self.form.restore(state["form"])
        if isinstance(state.get("board"), dict):
            self.view.board_view.restore_layout(state["board"])
        if isinstance(state.get("shown"), str) and state["shown"]:
            self.open(state["shown"])
        if state.get("tab") in range(self.view.tabs.count()):
            self.view.tabs.setCurrentIndex(state["tab"])

    @override
    def showEvent(self, event: object) -> None:
        """Count what was changed while nobody looked."""
        if self._recount:
            self.form.touch()
        self._offer_sliders()

    def _offer_sliders(self) -> None:
        """Make sliders for what the Run tab asks, once they are looked at."""
        if self.view.tabs.currentWidget() is not self.sliders or not self.isVisible():
            return
        asked = self.asked()
        if asked is None or self._slid == asked.run:
            return
        self._slid = asked.run
        self._spawn(self._make_sliders(asked))

    async def _make_sliders(self, asked: Asked) -> None:
        choice = self._setup.strategy.choice
        try:
            plan: Plan = await asyncio.to_thread(sliding, self.parts.context, asked.run)
        except (PuffinError, PufflingError) as error:
            self._refuse(error)
            return
        several = "Sliders follow backtests of one symbol; name only one in the Run tab."
        why_not = several if len(plan.symbols) > 1 else ""
        self.sliders.show_plan(plan, choice, self.form.ranges.read(), why_not)

    def _connect(self) -> None:
        self._setup.changed.connect(self.follow_setup)
        self.form.start_asked.connect(self.start)
        self.form.change_asked.connect(self.change_asked)
        self.form.settled.connect(self._count)
        self.view.use_asked.connect(self.use_asked)
        self.view.stop_asked.connect(self.following.cancel)
        self.view.axes_changed.connect(self._read)
        self.view.tabs.currentChanged.connect(lambda _: self._offer_sliders())
        self.sliders.use_asked.connect(self.use_asked)
        following = self.following
        following.changed.connect(lambda on: self.form.start_button.setEnabled(not on))
        following.failed.connect(self._failed)
        following.finished.connect(lambda _: self._over())
        following.gone.connect(self._over)

    def _failed(self, error: Exception) -> None:
        self._over()
        self.form.say("", f"{error} {getattr(error, 'hint', '')}".strip())

    def _over(self) -> None:
        self._awaiting = False
        if self.shown_id:
            self._read()


def takes_words(seconds: float | None) -> str:
    """Return how long it takes, in words; what is quicker than one can see has no number."""
    quick = seconds is not None and seconds < _QUICK
    return f"less than {_QUICK:g} s" if quick else f"about {duration(seconds)}"


def _silent(_done: float, _message: str = "") -> None:
    """Tell nobody."""
