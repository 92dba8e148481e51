"""The arrangements before this one, so that a change of the layout can be taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from puffling.core.errors import PufflingError
from puffling.ui.shell.layout_document import Split, leaves
from puffling.ui.shell.layout_shapes import WHOLE, outline, shares

if TYPE_CHECKING:
    from collections.abc import Callable

    from puffling.ui.shell.layout_document import Layout, Node
    from puffling.ui.shell.workspace import Workspace

MOST = 50
_SLACK = WHOLE // 100  # sizes that differ by less are the same: a window was resized
_NUDGE = 4  # pixels that a window manager may move a window by


class LayoutHistory(QObject):
    """Notes each arrangement once it has settled; `undo` and `redo` walk through them."""

    def __init__(
        self,
        workspace: Workspace,
        read: Callable[[], Layout],
        show: Callable[[Layout], None],
    ) -> None:
        """Begin with nothing.

        Args:
            workspace: Whose changes are noted.
            read: Returns the present arrangement, with its layout's name.
            show: Shows an earlier one.
        """
        super().__init__(workspace)
        self._read, self._show = read, show
        self._now: Layout | None = None
        self._past: list[Layout] = []
        self._future: list[Layout] = []
        workspace.docks.changed.connect(self.note)

    @property
    def can_undo(self) -> bool:
        """Whether there is a change to take back."""
        self.note()
        return bool(self._past)

    @property
    def can_redo(self) -> bool:
        """Whether a change was taken back and none made since."""
        self.note()
        return bool(self._future)

    def note(self) -> None:
        """Take down the present arrangement, if it is another one than the last."""
        now, before = self._read(), self._now
        self._now = now
        if before is not None and not same(before, now):
            self._past.append(before)
            del self._past[:-MOST]
            self._future.clear()

    def undo(self) -> None:
        """Show the arrangement before this one.

        Raises:
            PufflingError: There is none.
        """
        self.note()
        self._go(self._past, self._future, "There is no change of the layout to take back.")

    def redo(self) -> None:
        """Show the arrangement again that was left by `undo`.

        Raises:
            PufflingError: None was, or something was changed since.
        """
        self.note()
        self._go(self._future, self._past, "There is no change of the layout to make again.")

    def home(self, instance: str) -> Node | None:
        """Return the newest tree of the main window that had `instance` in it."""
        for each in reversed(self._past):
            if each.root is not None and instance in leaves(each.root):
                return each.root
        return None

    def _go(self, there: list[Layout], back: list[Layout], nothing: str) -> None:
        if not there or self._now is None:
            raise PufflingError(nothing)
        back.append(self._now)
        wanted = there.pop()
        self._show(wanted)
        self._now = self._read()


def same(one: Layout, other: Layout) -> bool:
    """Whether two arrangements differ in nothing that a person would want back."""
    if one.name != other.name or len(one.floating) != len(other.floating):
        return False
    if not _alike(one.root, other.root):
        return False
    return all(
        _alike(mine.root, theirs.root)
        and abs(mine.place.x - theirs.place.x) <= _NUDGE
        and abs(mine.place.y - theirs.place.y) <= _NUDGE
        and abs(mine.place.width - theirs.place.width) <= _NUDGE
        and abs(mine.place.height - theirs.place.height) <= _NUDGE
        for mine, theirs in zip(one.floating, other.floating, strict=True)
    )


def _alike(one: Node | None, other: Node | None) -> bool:
    if outline(one) != outline(other):
        return False
    if not isinstance(one, Split) or not isinstance(other, Split):
        return True
    sizes = zip(shares(one.sizes), shares(other.sizes), strict=True)
    return all(abs(mine - theirs) <= _SLACK for mine, theirs in sizes) and all(
        _alike(mine, theirs) for mine, theirs in zip(one.children, other.children, strict=True)
    )
