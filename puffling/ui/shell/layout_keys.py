"""Layouts copied, exchanged with other desks, deleted and brought back, changes taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from typing_extensions import override

from puffling.ui.shell.layout_exchange import LayoutExchange

if TYPE_CHECKING:
    from puffling.ui.shell.layout_document import Layout
    from puffling.ui.shell.layouts import Layouts


class LayoutKeys(LayoutExchange):
    """It satisfies `commands.arranging.LayoutMoves`."""

    def __init__(self, layouts: Layouts) -> None:
        super().__init__(layouts.store)
        self._layouts = layouts

    @override
    def undo(self) -> None:
        self._layouts.history.undo()

    @override
    def redo(self) -> None:
        self._layouts.history.redo()

    @override
    def in_use(self) -> Layout | None:
        return self._layouts.read()
