"""Moves a compound editor, with all it holds, to another place in the order of Tab."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from collections.abc import Iterable

_TAB = Qt.FocusPolicy.TabFocus
_NOBODY = cast("QWidget", None)  # Qt takes none; its stubs do not say so


def stand_after(before: QWidget, editors: Iterable[QWidget]) -> QWidget:
    """Let Tab come from `before` to each of the editors; return the last control of them."""
    for each in editors:
        before = _stand_after(before, each)
    return before


def _stand_after(before: QWidget, editor: QWidget) -> QWidget:
    """Move one.

    An editor that hands the keyboard on must stand right before the field it hands it to: left
    behind, it would lead Tab back. Qt moves only widgets that take Tab themselves, so the editor
    does for that moment.
    """
    field, policy = editor.focusProxy(), editor.focusPolicy()
    if field is not None:
        editor.setFocusProxy(_NOBODY)
        editor.setFocusPolicy(_TAB)
        QWidget.setTabOrder(before, editor)
        before = editor
    for control in _controls(editor):
        QWidget.setTabOrder(before, control)
        before = control
    if field is not None:
        editor.setFocusPolicy(policy)
        editor.setFocusProxy(field)
    return before


def _controls(editor: QWidget) -> list[QWidget]:
    """Return what takes Tab in an editor, in the order of its layout.

    No search through children or the chain of focus: Qt for Python lets a wrapper that came of a
    passing one die with it, and a table would lose its header.
    """
    layout = editor.layout()
    items = [] if layout is None else [layout.itemAt(at) for at in range(layout.count())]
    inside = [item.widget() for item in items if item is not None]
    found = [each for each in inside if each is not None and _takes_tab(each)]
    return found or ([editor] if _takes_tab(editor) else [])


def _takes_tab(widget: QWidget) -> bool:
    return bool(widget.focusPolicy().value & _TAB.value) and widget.focusProxy() is None
