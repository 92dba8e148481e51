"""What every dialog shares: its frame, its buttons, and an answer that can be awaited."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ClassVar

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid
from typing_extensions import override

from puffling.ui.widgets.help_key import HelpKey

if TYPE_CHECKING:
    from PySide6.QtCore import QObject
    from PySide6.QtGui import QShowEvent

    from puffling.ui.theme.theme import Theme

_MARGIN = 16
_TITLE_BAR = 40  # of the screen's height is for the frame that the window manager adds
_EDGE = 8


class Dialog(QDialog):
    """A window-modal question. Nothing else stops while it is open: it is never `exec`-uted.

    Fill `body`, add buttons with `add_button`, then `open()` it or `await answer()`. Once it is
    closed it is gone. F1 opens the page of the help called `topic`; none if it is empty.
    """

    topic: ClassVar[str] = "start"

    def __init__(
        self, theme: Theme, title: str, parent: QWidget | None = None, *, width: int = 440
    ) -> None:
        super().__init__(parent)
        self.theme = theme
        self.setWindowTitle(title)
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.setMinimumWidth(theme.px(width))
        margin = theme.px(_MARGIN)
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(margin, margin, margin, margin)
        column.setSpacing(theme.px(12))
        self.body = QVBoxLayout()
        self.body.setSpacing(theme.px(8))
        column.addLayout(self.body, 1)
        self.footer = QHBoxLayout()
        self.footer.setSpacing(theme.px(8))
        self.footer.addStretch(1)
        column.addLayout(self.footer)
        self.finished.connect(self.deleteLater)
        if self.topic:
            HelpKey(self, self.topic)

    def add_button(
        self, words: str, role: str = "", *, tone: str = "", default: bool = False
    ) -> QPushButton:
        """Add a button at the right end of the footer; only a default one answers to Return."""
        button = QPushButton(words)
        self.theme.set_role(button, role, tone)
        self.footer.addWidget(button)
        button.setAutoDefault(default)
        button.setDefault(default)  # once it is in the dialog, which keeps count of its default
        return button

    def add_text(self, text: str, role: str = "", tone: str = "") -> QLabel:
        """Add a paragraph of plain text to the body."""
        label = QLabel(text)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        if role or tone:
            self.theme.set_role(label, role, tone)
        self.body.addWidget(label)
        return label

    def add_line(self) -> None:
        """Add a rule across the body."""
        line = QWidget()
        line.setFixedHeight(1)
        line.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.theme.set_role(line, "rule")
        self.body.addWidget(line)

    @override
    def showEvent(self, event: QShowEvent) -> None:
        """Stay on the screen, whatever the size of the text: the buttons must be in reach."""
        super().showEvent(event)
        area = self.screen().availableGeometry()
        room = QSize(area.width() - 2 * _EDGE, area.height() - _TITLE_BAR - _EDGE)
        self.setMinimumSize(self.minimumSize().boundedTo(room))
        need = self._column.totalMinimumSize()
        if self._column.hasHeightForWidth():
            width = min(max(self.width(), need.width()), room.width())
            need.setHeight(max(need.height(), self._column.totalMinimumHeightForWidth(width)))
        if need.width() > room.width() or need.height() > room.height():
            self._scroll()
            self.setMinimumSize(need.boundedTo(room))
        self.resize(self.size().boundedTo(room))
        place = self.geometry()
        left = min(max(place.x(), area.x() + _EDGE), area.right() - _EDGE - place.width() + 1)
        top = min(max(place.y(), area.y() + _TITLE_BAR), area.bottom() - place.height() + 1)
        if (left, top) != (place.x(), place.y()):
            self.setGeometry(left, top, place.width(), place.height())

    def _scroll(self) -> None:
        """Let the body scroll above its buttons."""
        if self.body.parent() is not self._column:
            return  # it does already
        self._column.takeAt(0)
        self.body.setParent(None)
        page, area = QWidget(), QScrollArea()
        self.body.setContentsMargins(0, 0, self.theme.px(_EDGE), 0)
        page.setLayout(self.body)
        area.setWidget(page)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._column.insertWidget(0, area, 1)

    async def answer(self) -> bool:
        """Open the dialog; return whether it was accepted. It is gone afterwards."""
        future: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

        def settle(code: int) -> None:
            if not future.done():
                future.set_result(code == QDialog.DialogCode.Accepted.value)

        def vanish(_gone: QObject | None = None) -> None:
            settle(QDialog.DialogCode.Rejected.value)

        self.finished.connect(settle)
        self.destroyed.connect(vanish)  # with its window
        self.open()
        try:
            return await future
        finally:
            if isValid(self):
                self.destroyed.disconnect(vanish)
                self.hide()
                self.deleteLater()
