"""The place of a panel inside its dock, from which the panel steps aside while docks move."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QVBoxLayout, QWidget
from typing_extensions import override

if TYPE_CHECKING:
    from PySide6.QtGui import QShowEvent


class Slot(QWidget):
    """Holds one widget.

    QtAds hangs a dock under new parents several times for each rearrangement, and under an
    application stylesheet Qt then styles everything inside anew each time: half a second for a
    desk. So the content steps aside first and comes back once, when its dock can be seen.

    Stepping aside is a change of parents, too. Inside one window nothing about the content
    changes by it, so it is done as for a plain object, while the content is hidden: Qt then does
    not style it again, which was two thirds of the time a layout took. From one window to
    another it is done in full.
    """

    def __init__(self, content: QWidget) -> None:
        super().__init__()
        self.content = content
        self._aside = False
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(content)

    def replace(self, content: QWidget) -> None:
        """Hold another widget; the old one is deleted."""
        old, self.content = self.content, content
        old.hide()
        old.deleteLater()
        self._aside = True
        content.setParent(self)
        if self.isVisible():
            self.come_back()

    def step_aside(self, where: QWidget) -> None:
        """Put the content under a parent that stays where it is."""
        self._aside = True
        if self.content.parent() is not where:
            self._hang(self.content, where)

    def come_back(self) -> None:
        """Take the content in again."""
        if self._aside:
            self._aside = False
            layout = self.layout()
            if layout is not None:
                self._hang(self.content, self)
                layout.addWidget(self.content)
            self.content.show()

    @staticmethod
    def _hang(content: QWidget, parent: QWidget) -> None:
        content.hide()
        # The system's windows, not Qt's: those would be passing ones of shiboken's. A parent that
        # was never shown has none yet and lies in the main window.
        mine = content.effectiveWinId()
        theirs = parent.effectiveWinId() or parent.window().effectiveWinId()
        if mine and mine == theirs and not content.internalWinId():
            QObject.setParent(content, parent)
        else:
            content.setParent(parent)

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self.updatesEnabled():
            self.come_back()
