"""The place of a panel inside its dock, from which the panel steps aside while docks move."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QVBoxLayout, QWidget
from typing_extensions import override

if TYPE_CHECKING:
    from PySide6.QtGui import QShowEvent


class Slot(QWidget):
    """Holds one widget.

    QtAds hangs a dock under new parents several times for each rearrangement, and under an
    application stylesheet Qt then styles everything inside anew each time: half a second for a
    desk. So the content steps aside first and comes back once, when its dock can be seen.
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
        self.content.setParent(where)

    def come_back(self) -> None:
        """Take the content in again."""
        if self._aside:
            self._aside = False
            layout = self.layout()
            if layout is not None:
                layout.addWidget(self.content)
            self.content.show()

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self.updatesEnabled():
            self.come_back()
