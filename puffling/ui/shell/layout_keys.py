"""Layouts copied, exchanged with other desks, deleted and brought back, changes taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from puffling.core.errors import BadValueError, PufflingError
from puffling.store.layout_files import read_layouts, write_layouts
from puffling.ui.shell.builtin_layouts import built_in
from puffling.ui.shell.layout_reading import dump, parse, portable

if TYPE_CHECKING:
    from pathlib import Path

    from puffling.store.layouts import Document
    from puffling.ui.shell.layout_document import Layout
    from puffling.ui.shell.layouts import Layouts


class LayoutKeys:
    """It satisfies `commands.arranging.LayoutMoves`."""

    def __init__(self, layouts: Layouts) -> None:
        self._layouts, self._store = layouts, layouts.store

    def duplicate(self, name: str, to: str) -> str:
        """Copy a layout, a built-in one too, under another name; return that as it is shown.

        The layout in use is copied as it is on the screen.

        Raises:
            BadValueError: There is no such layout, or the other name cannot be used.
            StoreError: It could not be read or written.
        """
        if built_in(to) is not None:
            raise BadValueError(f"{to} is a built-in layout.", hint="Choose another name.")
        (shown,) = self._store.save_all([(to, dump(self._layout(name)))])
        return shown

    def bring_back(self) -> str:
        """Bring back the saved layout that was deleted or replaced last; return its name.

        Raises:
            BadValueError: None was.
            StoreError: It could not be written.
        """
        return self._store.bring_back()

    def write_file(self, name: str, path: Path) -> Path:
        """Write a layout, or every saved one for an empty name, to a file; return where it is.

        Raises:
            BadValueError: There is no such layout, or the place cannot be written to.
            StoreError: It could not be read or written.
        """
        names = [name] if name else self._store.named()
        if not names:
            raise BadValueError("No layout is saved yet.", hint="Save one with Ctrl+Shift+S.")
        return write_layouts(path, [portable(self._layout(each)) for each in names])

    def take_file(self, path: Path) -> list[str]:
        """Read the layouts of a file and keep them all, or none; return their names.

        Raises:
            BadValueError: It is not a file of layouts, or one of them has a mistake.
            StoreError: It cannot be read, or the layouts could not be written.
        """
        ready: list[tuple[str, Document]] = []
        for document in read_layouts(path):
            layout, problems = parse(document)
            name = str(document["name"])
            if layout is None or problems:
                what = problems[0] if problems else "It has no panels."
                raise BadValueError(f"{name}: {what}", hint="Nothing was imported.")
            ready.append((f"{name} 2" if built_in(name) else name, portable(layout)))
        return self._store.save_all(ready)

    def undo(self) -> None:
        """Take back the last change of the arrangement."""
        self._layouts.history.undo()

    def redo(self) -> None:
        """Make the change again that was taken back last."""
        self._layouts.history.redo()

    def _layout(self, name: str) -> Layout:
        if name.strip().casefold() == self._layouts.name.casefold():
            return self._layouts.read()
        known = built_in(name)
        if known is not None:
            return known
        document, notice = self._store.load(name)
        layout, problems = parse(document) if document is not None else (None, [notice])
        if layout is None:
            raise PufflingError(problems[0] if problems else f"The layout {name} is empty.")
        return layout
