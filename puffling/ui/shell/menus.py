"""Menus, built from the command registry."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from puffling.commands.registry import Menu

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtWidgets import QMenu, QMenuBar

    from puffling.ui.shell.actions import Actions

# Nouns with many entries get a menu of their own inside their menu.
_SUBMENUS = {"panel": "Panels", "dock": "Arrange", "layout": "Layouts"}


def fill(
    bar: QMenuBar,
    actions: Actions,
    saved_layouts: Callable[[], Sequence[str]],
    open_layout: Callable[[str], None],
) -> None:
    """Add a menu for each group of commands and an entry for each command, a line between nouns."""
    bar.clear()
    for title in Menu:
        commands = [each for each in actions.registry if each.menu is title]
        if not commands:
            continue
        menu = bar.addMenu(title.value)
        inside: dict[str, QMenu] = {}
        noun = ""
        for each in commands:
            mine = each.id.partition(".")[0]
            target = menu
            if mine in _SUBMENUS and title is Menu.VIEW:
                target = inside.get(mine) or inside.setdefault(mine, menu.addMenu(_SUBMENUS[mine]))
            elif noun and mine != noun:
                menu.addSeparator()
            if target is menu:
                noun = mine
            target.addAction(actions[each.id])
        if "layout" in inside:
            _list_saved(inside["layout"], saved_layouts, open_layout)


def _list_saved(
    menu: QMenu, saved_layouts: Callable[[], Sequence[str]], open_layout: Callable[[str], None]
) -> None:
    """Keep the saved layouts at the end of the menu, as they are when it opens."""
    line = menu.addSeparator()
    shown = [line]

    def refresh() -> None:
        while len(shown) > 1:
            menu.removeAction(shown.pop())
        names = saved_layouts()
        line.setVisible(bool(names))
        shown.extend(menu.addAction(name, partial(open_layout, name)) for name in names)

    menu.aboutToShow.connect(refresh)
