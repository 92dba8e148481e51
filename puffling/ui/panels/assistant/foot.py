"""Buttons of a conversation: below the last answer, and above the first message in view."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton
from typing_extensions import override

from puffling.core.conversations import MessageState
from puffling.ui.panels.assistant.places import Stander

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtWidgets import QWidget

    from puffling.core.conversations import ChatMessage
    from puffling.ui.theme.theme import Theme


class Foot(Stander):
    """Buttons below the last answer.

    Signals:
        copied: The answer is to be copied.
        again: It is to be given anew.
        edited: The question is to be asked differently.
    """

    copied = Signal()
    again = Signal()
    edited = Signal()

    def __init__(self, theme: Theme, message: ChatMessage) -> None:
        super().__init__()
        failed = message.state is MessageState.FAILED
        self.copy_button = QPushButton("Copy")
        self.again_button = QPushButton("Try again" if failed else "Answer anew")
        self.edit_button = QPushButton("Ask differently")
        self._stops: list[QWidget] = []
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.px(2))
        for button, signal, tip in (
            (self.again_button, self.again, "R"),
            (self.copy_button, self.copied, "C"),
            (self.edit_button, self.edited, "E"),
        ):
            theme.set_role(button, "primary" if failed and signal is self.again else "flat")
            button.setToolTip(f"{button.text()} ({tip} in the conversation)")
            button.clicked.connect(signal)
            row.addWidget(button)
            self._stops.append(button)
        row.addStretch(1)

    @property
    @override
    def stops(self) -> Sequence[QWidget]:
        return self._stops


class Earlier(Stander):
    """A button above the first message: what was said before is not on the page yet.

    Signals:
        asked: More of it is to be shown.
    """

    asked = Signal()

    def __init__(self, theme: Theme, count: int) -> None:
        super().__init__()
        self.button = QPushButton(f"Earlier messages ({count:,})")
        theme.set_role(self.button, "flat")
        self.button.setToolTip("Show what was said before")
        self.button.clicked.connect(self.asked)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.button)
        row.addStretch(1)

    @property
    @override
    def stops(self) -> Sequence[QWidget]:
        return [self.button]
