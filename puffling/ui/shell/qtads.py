"""Making managers and docks of QtAds, with its pitfalls in one place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import PySide6QtAds

from puffling.ui.voice import said

if TYPE_CHECKING:
    from PySide6.QtGui import QIcon
    from PySide6.QtWidgets import QWidget

    from puffling.ui.theme.theme import Theme

_ON = (
    "ActiveTabHasCloseButton",
    "DisableTabTextEliding",
    "DisableStylesheet",  # its own style is made for light windows
    "DockAreaDynamicTabsMenuButtonVisibility",
    "DockAreaHasTabsMenuButton",
    "DockAreaHasUndockButton",
    "EqualSplitOnInsertion",
    "FloatingContainerHasWidgetTitle",
    "FocusHighlighting",
    "MiddleMouseButtonClosesTab",
    "OpaqueSplitterResize",
)
_OFF = ("AllTabsHaveCloseButton", "DockAreaHasCloseButton", "XmlCompressionEnabled")
LEFT, RIGHT, ABOVE, BELOW, TAB = (
    PySide6QtAds.LeftDockWidgetArea,
    PySide6QtAds.RightDockWidgetArea,
    PySide6QtAds.TopDockWidgetArea,
    PySide6QtAds.BottomDockWidgetArea,
    PySide6QtAds.CenterDockWidgetArea,
)
_ICONS = {
    PySide6QtAds.TabCloseIcon: "close",
    PySide6QtAds.DockAreaMenuIcon: "chevron-down",
    PySide6QtAds.DockAreaUndockIcon: "float",
    PySide6QtAds.DockAreaCloseIcon: "close",
    PySide6QtAds.DockAreaMinimizeIcon: "minus",
}


# QtAds ships no types; the names say what is meant.
Manager: TypeAlias = Any
Container: TypeAlias = Any
Area: TypeAlias = Any
Dock: TypeAlias = Any
FloatingWindow: TypeAlias = Any


def make_manager(frame: QWidget, theme: Theme) -> Manager:
    """Make the dock manager that fills `frame`; flags and icons only count before the first one.

    It is a descendant of the window, so that floating windows end with the window.
    """
    kind = PySide6QtAds.CDockManager
    for names, value in ((_ON, True), (_OFF, False)):
        for name in names:
            kind.setConfigFlag(kind.eConfigFlag[name], value)
    made: Manager = kind(frame)
    made.setObjectName("docks")
    for place, name in _ICONS.items():
        made.iconProvider().registerCustomIcon(place, theme.icon(name))
    return made


def make_dock(manager: Manager, name: str, title: str, icon: QIcon) -> Dock:
    """Make a dock that asks before it closes; `name` is its key in layouts."""
    made: Dock = manager.createDockWidget(said(title))
    made.setObjectName(name)
    made.setIcon(icon)
    features = PySide6QtAds.CDockWidget.DockWidgetFeature
    made.setFeature(features.CustomCloseHandling, True)  # noqa: FBT003 - QtAds' signature
    made.setFeature(features.DockWidgetPinnable, False)  # noqa: FBT003 - QtAds' signature
    return made


def put_widget(dock: Dock, content: QWidget) -> None:
    """Put `content` into an empty dock, without the scroll area that QtAds would add."""
    dock.setWidget(content, PySide6QtAds.CDockWidget.eInsertMode.ForceNoScrollArea)


def show_dock(dock: Dock, *, on: bool) -> None:
    """Open or close a dock."""
    dock.toggleView(on)
    if on:
        # QtAds hides the tab of a dock that a restored state did not name, and leaves it hidden.
        dock.tabWidget().show()
