"""What a conversation shows before anything was said: who answers, and what one may ask."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from puffling.ui.theme.tokens import Tone
from puffling.ui.widgets.picture import Picture

if TYPE_CHECKING:
    from puffling.ui.theme.theme import Theme

_WITHOUT = (
    "No model is connected. Ideas, and the commands that begin with a slash, work by rules and "
    "facts all the same. For answers in words choose a provider in the settings: a service with "
    "a key of yours, or a program on this computer."
)
_DEMO = "Give me a tour"
_WITH = (
    "It sees what you see and can use what you can use. What it would change, it asks first; an "
    "order only ever goes to the Inbox, where you decide."
)


class EmptyChat(QScrollArea):
    """An explanation, a few questions to begin with, and Settings where no model is connected.

    Signals:
        picked: A question was picked (the words).
        settings_asked: Settings was pressed.
    """

    picked = Signal(str)
    settings_asked = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(*[theme.px(14)] * 4)
        column.setSpacing(theme.px(8))
        self.speaker, self.words = QLabel(), QLabel()
        theme.set_role(self.speaker, "heading")
        theme.set_role(self.words, "muted")
        for each in (self.speaker, self.words):
            each.setWordWrap(True)
            each.setTextFormat(Qt.TextFormat.PlainText)
            each.setMinimumWidth(theme.px(60))
        self.settings_button = QPushButton("Settings…")
        theme.set_role(self.settings_button, "primary")
        self.settings_button.clicked.connect(self.settings_asked)
        self.buttons = [QPushButton() for _ in range(5)]
        for button in (self.settings_button, *self.buttons):
            button.hide()  # until it is known who answers
        column.addStretch(2)
        column.addWidget(Picture(theme, "robot", Tone.ACCENT, theme.px(28)))
        column.addWidget(self.speaker)
        column.addWidget(self.words)
        column.addWidget(self.settings_button, 0, Qt.AlignmentFlag.AlignLeft)
        for button in self.buttons:
            column.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
            button.clicked.connect(partial(self._pick, button))
        column.addStretch(3)
        self.setWidget(inside)
        inside.setAutoFillBackground(False)  # only now: the area turns it on
        self.viewport().setAutoFillBackground(False)

    def show_for(
        self, speaker: str, symbol: str, *, connected: bool, is_demo: bool = False
    ) -> None:
        """Say who answers, and offer questions about `symbol`."""
        about = symbol or "AAPL"
        self.speaker.setText(speaker)
        self.words.setText(_WITH if connected else _WITHOUT)
        self.settings_button.setVisible(not connected)
        offers = ["/brief", f"/analyse {about}", "/risk", "/scan", "/report"]
        if is_demo:
            offers = [_DEMO, *offers[:-1]]
        for button, words in zip(self.buttons, offers, strict=True):
            button.setText(words)
            button.setToolTip(f"Ask: {words}")
            button.show()

    def _pick(self, button: QPushButton) -> None:
        self.picked.emit(button.text())
