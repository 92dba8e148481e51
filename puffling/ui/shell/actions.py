"""One action for each command: menus, toolbar and keys share them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QKeySequence

from puffling.ui.shell.shortcuts import keys_of, native

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from PySide6.QtWidgets import QWidget

    from puffling.commands.registry import Command, Registry
    from puffling.ui.theme.theme import Theme

_ICONS = {
    "trade.buy": "buy",
    "trade.sell": "sell",
    "risk.halt": "kill",
    "desk.settings": "gear",
    "desk.palette": "search",
    "desk.shortcuts": "keyboard",
    "desk.help": "help",
    "desk.about": "info",
    "chart.new": "plus",
    "chart.fit": "fit",
    "layout.save": "save",
    "layout.reset": "refresh",
    "panel.run": "play",
    "panel.close": "close",
}


class Actions(QObject):
    """The commands as actions of the window; `run` is called with the command of a used one."""

    def __init__(
        self,
        window: QWidget,
        registry: Registry,
        theme: Theme,
        run: Callable[[Command[..., Any]], None],
    ) -> None:
        super().__init__(window)
        self.registry, self._window, self._theme, self._run = registry, window, theme, run
        self._actions: dict[str, QAction] = {}
        self.keys: dict[str, str] = {}

    def fill(self) -> None:
        """Make the actions: once, when the first chart is up."""
        window = self._window
        for each in self.registry:
            action = QAction(each.title, window)
            action.setObjectName(each.id)
            action.setStatusTip(_first_line(each.help))
            if each.id in _ICONS:
                action.setIcon(self._theme.icon(_ICONS[each.id]))
            # The floating windows of the desk are other windows, and the same desk.
            action.setShortcutContext(Qt.ShortcutContext.ApplicationShortcut)
            action.triggered.connect(partial(_call, self._run, each))
            window.addAction(action)
            self._actions[each.id] = action

    def __getitem__(self, id_: str) -> QAction:
        return self._actions[id_]

    def __contains__(self, id_: object) -> bool:
        return id_ in self._actions

    def set_keys(self, own: Mapping[str, str]) -> None:
        """Give every action its key; `own` are the ones that were changed."""
        self.keys = keys_of(self.registry, own)
        for id_, action in self._actions.items():
            keys = self.keys.get(id_, "")
            action.setShortcut(QKeySequence(keys))
            title = self.registry[id_].title.rstrip("…")
            action.setToolTip(f"{title} ({native(keys)})" if keys else title)


def _call(
    run: Callable[[Command[..., Any]], None],
    command: Command[..., Any],
    _checked: bool = False,  # noqa: FBT001, FBT002 - what Qt's signal carries
) -> None:
    run(command)


def _first_line(text: str) -> str:
    return text.splitlines()[0] if text else ""
