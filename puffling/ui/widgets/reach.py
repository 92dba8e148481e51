"""Where the keyboard goes when the widget that should get it is covered by another page."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget


def reachable(wanted: QWidget, within: QWidget) -> QWidget:
    """Return `wanted` if it can be seen in `within`, or else the nearest widget that takes keys.

    An empty table is covered by a sentence with a button: the keyboard goes to that button, and
    never stays in another panel, where the next key would be typed.
    """
    if wanted is within or (wanted.isVisibleTo(within) and wanted.isEnabledTo(within)):
        return wanted
    parent = wanted.parentWidget()
    while parent is not None:
        for each in parent.findChildren(QWidget):
            if _takes_keys(each, within):
                return each
        if parent is within:
            break
        parent = parent.parentWidget()
    return within


def _takes_keys(widget: QWidget, within: QWidget) -> bool:
    by_tab = widget.focusPolicy() & Qt.FocusPolicy.TabFocus
    return bool(by_tab) and widget.isVisibleTo(within) and widget.isEnabledTo(within)
