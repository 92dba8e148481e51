"""What can be asked of the desk about where panels are, and about layouts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from puffling.core.directions import Toward


class PanelMoves(Protocol):
    """Moves the focused panel, or the focus."""

    def focus(self, toward: Toward) -> None:
        """Give the keyboard to the panel on that side of the focused one."""
        ...

    def step(self, step: int) -> None:
        """Give the keyboard to the panel so many places on, in reading order."""
        ...

    def turn(self, step: int) -> None:
        """Bring the next or an earlier tab of the focused panel's group to the front."""
        ...

    def move(self, toward: Toward) -> None:
        """Move the focused panel past its neighbour on that side."""
        ...

    def split(self, toward: Toward) -> None:
        """Put the focused panel beside the tabs it is in, or one more of it beside itself."""
        ...

    def tab(self, toward: Toward | None) -> None:
        """Put the focused panel behind the tabs of its neighbour; None takes the nearest."""
        ...

    def resize(self, across: int, down: int) -> None:
        """Make the focused panel wider or taller by so many steps; narrower or lower below 0."""
        ...

    def maximise(self) -> None:
        """Let the focused panel fill the window, or bring back what was around it."""
        ...

    def float_(self) -> None:
        """Give the focused panel a window of its own, or dock it where it came from."""
        ...

    def reopen(self) -> None:
        """Bring back the panel that was closed last."""
        ...

    def link(self, colour: str) -> None:
        """Give the focused panel a link colour; an empty one takes the next."""
        ...

    def grid(self, charts: int) -> None:
        """Lay so many charts in a grid in the middle and leave the other panels."""
        ...


class LayoutMoves(Protocol):
    """What can be asked about layouts beyond using one."""

    def duplicate(self, name: str, to: str) -> str:
        """Copy a layout, a built-in one too, under another name; return that as it is shown."""
        ...

    def bring_back(self) -> str:
        """Bring back the saved layout that was deleted or replaced last; return its name."""
        ...

    def write_file(self, name: str, path: Path) -> Path:
        """Write a layout, or every saved one for an empty name, to a file; return where it is."""
        ...

    def take_file(self, path: Path) -> Sequence[str]:
        """Read the layouts of a file and keep them all, or none; return their names."""
        ...

    def begin_with(self, name: str) -> None:
        """Have the next window open with a layout; asked when there is none now."""
        ...

    def undo(self) -> None:
        """Take back the last change of the arrangement."""
        ...

    def redo(self) -> None:
        """Make the change again that was taken back last."""
        ...
