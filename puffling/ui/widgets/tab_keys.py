"""Ctrl+Page Down and Ctrl+Page Up turn the tabs of a panel, wherever in it the keyboard is."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut

from puffling.ui.widgets.reach import reachable

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QTabWidget, QWidget


def turn_with_keys(
    panel: QWidget, tabs: QTabWidget, place: Callable[[], QWidget]
) -> tuple[QShortcut, ...]:
    """Let the keys turn `tabs`, round and round, while the keyboard is in `panel`.

    `place` says where the keyboard goes on the page that is then in view.
    """

    def turn(step: int) -> None:
        tabs.setCurrentIndex((tabs.currentIndex() + step) % tabs.count())
        reachable(place(), panel).setFocus(Qt.FocusReason.ShortcutFocusReason)

    made = []
    for key, step in (("Ctrl+PgDown", 1), ("Ctrl+PgUp", -1)):
        shortcut = QShortcut(QKeySequence(key), panel, partial(turn, step))
        shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        made.append(shortcut)
    return tuple(made)
