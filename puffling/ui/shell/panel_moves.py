"""The focused panel moved, split, tabbed, sized, floated and linked, all without a mouse."""

from __future__ import annotations

from typing import TYPE_CHECKING

from puffling.core.directions import Toward
from puffling.core.errors import BadValueError, PufflingError
from puffling.ui.links import Link
from puffling.ui.shell.layout_document import Place, panel_of
from puffling.ui.shell.layout_shapes import at_edge, beside, floated
from puffling.ui.shell.nearness import nearest
from puffling.ui.shell.screens import inside

if TYPE_CHECKING:
    from puffling.ui.shell.layout_document import Layout
    from puffling.ui.shell.layout_history import LayoutHistory
    from puffling.ui.shell.workspace import Workspace

STEP = 48  # pixels that a panel grows by
FLOATING = (640, 420)
# Which neighbour is meant when no direction is given.
_USUAL = (Toward.LEFT, Toward.UP, Toward.RIGHT, Toward.DOWN)


class PanelKeys:
    """Moves the focused panel, or the focus. It satisfies `commands.arranging.PanelMoves`."""

    def __init__(self, workspace: Workspace, history: LayoutHistory) -> None:
        self._workspace, self._docks = workspace, workspace.docks
        self._history = history

    def focused(self) -> str:
        """Return the focused panel.

        Raises:
            PufflingError: None has the focus.
        """
        instance = self._docks.current
        if not instance:
            if not self._workspace.docks.shown:
                raise PufflingError("No panel is open.", hint="Ctrl+K opens one.")
            raise PufflingError("No panel has the focus.", hint="Click one, or press Ctrl+Tab.")
        return instance

    def focus(self, toward: Toward) -> None:
        """Give the keyboard to the panel on that side of the focused one."""
        self._docks.restore()
        found = self._neighbour(toward)
        if found:
            self._workspace.focus(found)

    def step(self, step: int) -> None:
        """Give the keyboard to the panel so many places on, in reading order."""
        self._workspace.focus_next(step)

    def turn(self, step: int) -> None:
        """Bring the next or an earlier tab of the focused panel's group to the front."""
        group = self._docks.group(self.focused())
        at = group.index(self.focused())
        self._workspace.focus(group[(at + step) % len(group)])

    def move(self, toward: Toward) -> None:
        """Move the focused panel past its neighbour on that side.

        Out of tabs it goes beside them first; with no neighbour left it fills the whole edge.
        """
        instance = self._ready()
        mates = [each for each in self._docks.group(instance) if each != instance]
        found = self._neighbour(toward)
        if mates:
            self._show(instance, beside(self._workspace.snapshot(), instance, mates[0], toward))
        elif found and self._same_window(found):
            self._show(instance, beside(self._workspace.snapshot(), instance, found, toward))
        else:
            self._show(instance, at_edge(self._workspace.snapshot(), instance, toward))

    def split(self, toward: Toward) -> None:
        """Put the focused panel beside the tabs it is in, or one more of it beside itself.

        Raises:
            PufflingError: It is alone, and there may be only one of it.
        """
        instance = self._ready()
        mates = [each for each in self._docks.group(instance) if each != instance]
        if mates:
            self._show(instance, beside(self._workspace.snapshot(), instance, mates[0], toward))
        elif self._workspace.may_be_many(instance):
            self._workspace.open_new(panel_of(instance), toward=toward)
        else:
            raise PufflingError(
                "This panel is alone, and only one of it can be open.",
                hint="Move it with Ctrl+Alt+Shift and an arrow.",
            )

    def tab(self, toward: Toward | None) -> None:
        """Put the focused panel behind the tabs of its neighbour; None takes the nearest.

        Raises:
            PufflingError: There is no panel on that side.
        """
        instance = self._ready()
        ways = _USUAL if toward is None else (toward,)
        mate = next((found for each in ways if (found := self._neighbour(each))), "")
        if not mate:
            raise PufflingError("There is no panel on that side.")
        self._show(instance, beside(self._workspace.snapshot(), instance, mate, None))

    def resize(self, across: int, down: int) -> None:
        """Make the focused panel wider or taller by so many steps; narrower or lower below 0."""
        instance = self._ready()
        for steps, is_across in ((across, True), (down, False)):
            if steps and not self._docks.resize(instance, steps * STEP, across=is_across):
                whole = "width" if is_across else "height"
                raise PufflingError(f"The panel has the whole {whole} already.")

    def maximise(self) -> None:
        """Let the focused panel fill the window, or bring back what was around it."""
        if self._docks.maximised:
            focused = self._docks.current
            self._docks.restore()
            if focused:
                self._workspace.focus(focused)
            return
        instance = self.focused()
        if self._docks.is_floating(instance):
            self._docks.maximise_window(instance)
        else:
            self._docks.maximise(instance)
        self._workspace.focus(instance)

    def float_(self) -> None:
        """Give the focused panel a window of its own, or dock it where it came from."""
        instance = self._ready()
        if self._docks.is_floating(instance):
            self._workspace.dock_back(instance, self._history.home(instance))
            self._workspace.focus(instance)
        else:
            place = self._docks.spots()[instance].place
            window = inside(Place(place.x + STEP, place.y + STEP, *FLOATING), self._docks.screen)
            self._show(instance, floated(self._workspace.snapshot(), instance, window))

    def reopen(self) -> None:
        """Bring back the panel that was closed last.

        Raises:
            PufflingError: None was closed since the desk opened.
        """
        self._history.note()
        if self._workspace.reopen(self._history.home) is None:
            raise PufflingError("No panel was closed since Puffling started.")

    def link(self, colour: str) -> None:
        """Give the focused panel a link colour; an empty one takes the next.

        Raises:
            BadValueError: There is no such colour.
        """
        widget = self._workspace.panel(self.focused())
        if widget is None:
            raise PufflingError("The panel is still opening.", hint="Try again in a moment.")
        order = list(Link)
        if not colour:
            chosen = order[(order.index(widget.link) + 1) % len(order)]
        elif colour.casefold() in order:
            chosen = Link(colour.casefold())
        else:
            raise BadValueError(
                f"There is no link colour {colour[:20]!r}.", hint=f"Choose {', '.join(order)}."
            )
        widget.set_link(chosen)

    def grid(self, charts: int) -> None:
        """Lay so many charts in a grid in the middle and leave the other panels."""
        self._history.note()
        shown = self._workspace.arrange_grid("chart", charts)
        if self._docks.current not in shown:
            self._workspace.focus(shown[0])

    # Inside

    def _show(self, instance: str, layout: Layout) -> None:
        self._workspace.apply(layout)
        self._workspace.focus(instance)

    def _ready(self) -> str:
        """Return the focused panel, with the panels around it in sight again."""
        instance = self.focused()
        self._docks.restore()
        self._history.note()
        return instance

    def _neighbour(self, toward: Toward) -> str:
        instance, spots = self._docks.current, self._docks.spots()
        if instance not in spots:
            return next(iter(self._docks.shown), "")
        return nearest(spots, instance, toward)

    def _same_window(self, other: str) -> bool:
        spots = self._docks.spots()
        return spots[other].window == spots[self._docks.current].window
