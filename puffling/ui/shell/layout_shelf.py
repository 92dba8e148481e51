"""The layouts as their dialog lists them, and what it does to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from puffling.ui.dialogs.layouts import LayoutRow
from puffling.ui.shell.builtin_layouts import BUILT_IN
from puffling.ui.shell.faces import FACES
from puffling.ui.shell.layout_document import panel_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from puffling.ui.shell.layout_document import Layout
    from puffling.ui.shell.layout_keys import LayoutKeys
    from puffling.ui.shell.layouts import Layouts


class LayoutShelf:
    """It satisfies `dialogs.layouts.Shelf`."""

    def __init__(
        self,
        layouts: Layouts,
        moves: LayoutKeys,
        apply: Callable[[str], None],
        keys: Mapping[str, str],
    ) -> None:
        """Take `apply`, which uses a layout, and the keys of commands."""
        self._layouts, self._moves, self._apply, self._keys = layouts, moves, apply, keys

    def rows(self) -> Sequence[LayoutRow]:
        """Return every layout, the built-in ones first."""
        built = [
            LayoutRow(
                each.name,
                _panels(each),
                self._note(each.name, "Built in"),
                is_built_in=True,
                keys=self._keys.get(f"layout.{each.name.lower()}", ""),
            )
            for each in BUILT_IN
        ]
        own = [
            LayoutRow(
                name,
                _panels(self._layouts.saved(name)),
                self._note(name, "Yours"),
                is_built_in=False,
            )
            for name in self._layouts.names
        ]
        return [*built, *own]

    def apply(self, name: str) -> None:
        """Use a layout."""
        self._apply(name)

    def reset(self, name: str) -> None:
        """Bring a layout back to how it was built or saved."""
        self._layouts.reset(name)

    def save(self, name: str) -> str:
        """Keep the present arrangement under a name; return it as it is shown."""
        return self._layouts.save(name)

    def rename(self, name: str, to: str) -> str:
        """Give a layout another name; return it as it is shown."""
        return self._layouts.rename(name, to)

    def duplicate(self, name: str, to: str) -> str:
        """Copy a layout; return the copy's name as it is shown."""
        return self._moves.duplicate(name, to)

    def remove(self, name: str) -> None:
        """Delete a layout."""
        self._layouts.remove(name)

    def bring_back(self) -> str:
        """Bring back what was deleted last; return its name."""
        return self._moves.bring_back()

    def write_file(self, name: str, path: Path) -> Path:
        """Write a layout to a file."""
        return self._moves.write_file(name, path)

    def take_file(self, path: Path) -> Sequence[str]:
        """Read layouts from a file; return their names."""
        return self._moves.take_file(path)

    def _note(self, name: str, origin: str) -> str:
        words = [origin]
        if name == self._layouts.name:
            words.append("in use")
        if self._layouts.is_changed(name):
            words.append("changed")
        return " · ".join(words)


def _panels(layout: Layout | None) -> str:
    if layout is None:
        return "It cannot be read."
    known = (panel_of(each) for each in layout.shown)
    titles = [FACES[each].title for each in known if each in FACES]
    several = {each: titles.count(each) for each in titles}
    return ", ".join(f"{count} × {each}" if count > 1 else each for each, count in several.items())
