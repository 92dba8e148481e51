"""Where the keyboard goes when the widget that should get it is covered by another page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from puffling.ui.widgets.empty_state import StateStack

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget


def reachable(wanted: QWidget, within: QWidget) -> QWidget:
    """Return `wanted` if it can be seen in `within`, else the button of what covers it.

    Without such a button it is `within`: the keyboard then never stays in another panel, where
    the next key would be typed.
    """
    if wanted is within or wanted.isVisibleTo(within):
        return wanted
    # No search with findChildren: Qt for Python lets a wrapper that came of a passing one die
    # with it, and a table would lose its header.
    above = wanted.parentWidget()
    while above is not None and above is not within:
        if isinstance(above, StateStack) and (button := above.way_out) is not None:
            return button
        above = above.parentWidget()
    return within
