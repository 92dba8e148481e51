"""The layouts of a profile without its window: copied, exchanged, and chosen for the next start."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NoReturn

from puffling.core.errors import BadValueError, PufflingError
from puffling.store.layout_files import read_layouts, write_layouts
from puffling.ui.shell.builtin_layouts import built_in
from puffling.ui.shell.layout_reading import dump, parse, portable

if TYPE_CHECKING:
    from pathlib import Path

    from puffling.store.layouts import Document, LayoutStore
    from puffling.ui.shell.layout_document import Layout


class LayoutExchange:
    """It satisfies `commands.arranging.LayoutMoves`, for a process that has no window."""

    def __init__(self, store: LayoutStore) -> None:
        self._store = store

    def duplicate(self, name: str, to: str) -> str:
        """Copy a layout, a built-in one too, under another name; return that as it is shown.

        The layout in use is copied as it is on the screen, or was when the window closed.

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

    def begin_with(self, name: str) -> None:
        """Have the next window open with a layout.

        Where the window was, and how other layouts were left, stays as it is.

        Raises:
            BadValueError: There is no such layout.
            StoreError: It cannot be read, or the choice not written.
        """
        layout = replace(self._layout(name), window=None)
        kept, _ = self._store.current()
        before = {} if kept is None else kept
        old, _ = parse(before) if before else (None, [])
        if old is not None:
            layout = replace(layout, window=old.window, panels={**old.panels, **layout.panels})
        changed = before.get("changed")
        more = {"changed": changed} if isinstance(changed, dict) else {}
        self._store.save_current({**dump(layout), **more})

    def undo(self) -> None:
        """Say that nothing was changed on the screen."""
        _refuse()

    def redo(self) -> None:
        """Say that nothing was changed on the screen."""
        _refuse()

    def in_use(self) -> Layout | None:
        """Return the arrangement in use: that of the last run, when there is no window."""
        document, _ = self._store.current()
        return None if document is None else parse(document)[0]

    def _layout(self, name: str) -> Layout:
        used = self.in_use()
        if used is not None and name.strip().casefold() == used.name.casefold():
            return used
        known = built_in(name)
        if known is not None:
            return known
        document, notice = self._store.load(name)
        layout, problems = parse(document) if document is not None else (None, [notice])
        if layout is None:
            raise PufflingError(problems[0] if problems else f"The layout {name} is empty.")
        return layout


def _refuse() -> NoReturn:
    raise PufflingError(
        "Changes of the arrangement are taken back in the window.",
        hint="Start Puffling and ask again.",
    )
