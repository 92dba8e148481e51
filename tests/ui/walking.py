"""Walks what a person without a mouse or without eyes meets: controls, their names, and Tab."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QTabBar, QTabWidget, QWidget

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtCore import QObject

_SAYS_NOTHING = {
    QAccessible.Role.NoRole,
    QAccessible.Role.Client,
    QAccessible.Role.Pane,
    QAccessible.Role.Window,
    QAccessible.Role.Grouping,
}
_LEAST = 8  # pixels; what is smaller can be neither hit nor seen to have the focus
_ROUNDS = 3


def within(widget: QWidget) -> list[QWidget]:
    """Return every widget inside; they are held as long as `widget` lives.

    Qt for Python lets a wrapper that came of a passing search die with it, and what is below it
    would be taken for gone.
    """
    found = widget.findChildren(QWidget)
    vars(widget).setdefault("walked", []).append(found)
    return found


def faces(widget: QWidget) -> Iterator[str]:
    """Turn through every tab of `widget`, and those within; say which one is in view."""
    yield from _turn(widget, set(), "")


def _turn(widget: QWidget, turned: set[int], where: str) -> Iterator[str]:
    tabs = next(
        (
            each
            for each in within(widget)
            if isinstance(each, QTabWidget)
            and id(each) not in turned
            and each.isVisible()
            and each.count() > 1
        ),
        None,
    )
    if tabs is None:
        yield where
        return
    for at in range(tabs.count()):
        if not tabs.isTabEnabled(at):
            continue
        tabs.setCurrentIndex(at)
        yield from _turn(widget, turned | {id(tabs)}, f"{where} {tabs.tabText(at)}".strip())


def stops(widget: QWidget) -> list[QWidget]:
    """Return what Tab should reach in `widget`: visible, on, and taking the focus itself."""
    return [
        each
        for each in (widget, *within(widget))
        if each.isVisible()
        and each.isEnabled()
        and each.focusProxy() is None
        and each.focusPolicy().value & Qt.FocusPolicy.TabFocus.value
        and not (isinstance(each, QTabBar) and each.count() == 0)
    ]


def _stop(control: QWidget) -> QObject:
    """Return what Tab stops at once: arrow keys reach the others of an exclusive group."""
    group = control.group() if isinstance(control, QAbstractButton) else None
    return group if group is not None and group.exclusive() else control


def called(widget: QWidget) -> str:
    """Return how a person who reads a failure finds the widget."""
    chain: list[str] = []
    at: QWidget | None = widget
    while at is not None and len(chain) < _ROUNDS:
        chain.append(f"{type(at).__name__}({at.accessibleName() or at.objectName()})")
        at = at.parentWidget()
    return " in ".join(chain)


def faults(widget: QWidget) -> list[str]:
    """Return what is wrong with the controls of `widget`: no name, no role, no size, no way there."""
    wanted = stops(widget)
    found = [f"{wrong}: {called(each)}" for each in wanted for wrong in _wrong(each)]
    return found + _unreached(widget, wanted)


def _wrong(control: QWidget) -> Iterator[str]:
    interface = QAccessible.queryAccessibleInterface(control)
    if not interface.text(QAccessible.Text.Name).strip():
        yield "No name"
    spoken = interface.text(QAccessible.Text.Description).strip()
    if interface.role() in _SAYS_NOTHING and not spoken:  # a drawing says what it shows
        yield f"Role {interface.role().name}"
    if control.width() < _LEAST or control.height() < _LEAST:
        yield f"Size {control.width()} × {control.height()}"


def _unreached(widget: QWidget, wanted: list[QWidget]) -> list[str]:
    """Press Tab all the way round, and say what was met twice or not at all."""
    if not wanted:
        return []
    wanted[0].setFocus(Qt.FocusReason.TabFocusReason)
    met: list[QWidget] = []
    for _ in range(_ROUNDS * len(wanted)):
        at = QApplication.focusWidget()
        if at is None or (met and at is met[0]):
            break
        met.append(at)
        QTest.keyClick(at, Qt.Key.Key_Tab)
    places = [_stop(each) for each in met]
    due = [_stop(each) for each in wanted]
    wrong = [
        f"Met twice: {called(each)}"
        for at, each in enumerate(met)
        if places.index(_stop(each)) < at
    ]
    wrong += [f"Not reached: {called(each)}" for each in wanted if _stop(each) not in places]
    inside = [each for each in met if widget.isAncestorOf(each) or each is widget]
    return wrong + [f"Leads to: {called(each)}" for each in inside if _stop(each) not in due]
