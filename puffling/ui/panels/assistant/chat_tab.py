"""The chat: a conversation, the list of them, what the assistant does, and a line to ask with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPushButton,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from puffling.core.conversations import LONGEST_TITLE, AssistantState
from puffling.ui.panels.assistant.composer import Composer
from puffling.ui.panels.assistant.empty_chat import EmptyChat
from puffling.ui.panels.assistant.state_line import StateLine
from puffling.ui.panels.assistant.thread_list import ThreadList
from puffling.ui.panels.assistant.transcript import Transcript
from puffling.ui.widgets.ask_bar import AskBar

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from puffling.commands.registry import Registry
    from puffling.ui.panels.assistant.deeds import Deeds
    from puffling.ui.theme.theme import Theme
    from puffling.ui.widgets.suggestions import Suggestions

_LONGEST = 36  # letters of a title on its button


class ChatTab(QWidget):
    """Lays the parts of the chat out and says which of them is in view.

    Signals:
        begun: A new conversation is to be begun.
        listed: The list of conversations is to be shown.
        stopped: The answer is to be stopped.
        about_dropped: What the question is about was taken away.
    """

    begun = Signal()
    listed = Signal()
    stopped = Signal()
    about_dropped = Signal()

    def __init__(
        self,
        theme: Theme,
        registry: Registry,
        deeds: Deeds,
        suggest: Suggestions,
        now: Callable[[], datetime],
    ) -> None:
        super().__init__()
        self._theme = theme
        self.title_button = QPushButton("Conversations")
        self.title_button.setIcon(theme.icon("list"))
        theme.set_role(self.title_button, "flat")
        self.title_button.setToolTip("Every conversation: search, rename, export, delete")
        self.new_button = QToolButton()
        self.new_button.setIcon(theme.icon("plus"))
        self.new_button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.new_button.setAccessibleName("New conversation")
        self.new_button.setToolTip("New conversation (Ctrl+Shift+A)")
        self.ask = AskBar(theme)
        self.ask.name.setMaxLength(LONGEST_TITLE)
        self.transcript = Transcript(theme, registry, deeds, now)
        self.empty, self.threads = EmptyChat(theme), ThreadList(theme)
        self.state = StateLine(theme)
        self.about, self.about_button = QLabel(), QToolButton()
        self.about_row = QWidget()
        self.composer = Composer(theme, suggest)
        self.send_button = QPushButton("Send")
        self.pages = QStackedWidget()
        for page in (self.empty, self.transcript, self.threads):
            self.pages.addWidget(page)
        self._lay_out()
        self.title_button.clicked.connect(self.listed)
        self.new_button.clicked.connect(self.begun)
        self.state.stopped.connect(self.stopped)
        self.send_button.clicked.connect(self.composer.send)
        self.about_button.clicked.connect(self.about_dropped)
        self.composer.left.connect(self._escape)
        self._stop_key = QShortcut(QKeySequence("Escape"), self, self._escape)
        self._stop_key.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self.show_about({})

    @property
    def is_busy(self) -> bool:
        """Whether an answer is on its way."""
        return self.state.state is not AssistantState.IDLE

    def show_title(self, title: str) -> None:
        """Say which conversation is in view."""
        said = title or "Conversations"
        self.title_button.setText(said if len(said) <= _LONGEST else f"{said[: _LONGEST - 1]}…")
        self.title_button.setAccessibleName(f"Conversations. In view: {title or 'none'}")

    def show_page(self, page: QWidget) -> None:
        """Bring the empty page, the conversation or the list into view."""
        self.pages.setCurrentWidget(page)
        asks = page is not self.threads
        for each in (self.state, self.state.line, self.composer, self.send_button):
            each.setVisible(asks and (each is not self.state.line or self.is_busy))

    def show_about(self, about: Mapping[str, str]) -> None:
        """Say what the question is about; nothing hides the line."""
        said = " · ".join(about.values())
        self.about.setText(f"About {said}" if said else "")
        self.about_row.setVisible(bool(said))

    def show_busy(self) -> None:
        """Let nothing be sent while an answer is on its way."""
        self.send_button.setEnabled(not self.is_busy)

    def _escape(self) -> None:
        if self.pages.currentWidget() is self.threads:
            self.threads.left.emit()
        elif self.is_busy:
            self.stopped.emit()
        else:
            self.about_dropped.emit()

    def _lay_out(self) -> None:
        theme = self._theme
        head = QHBoxLayout()
        head.setContentsMargins(theme.px(4), theme.px(2), theme.px(6), theme.px(2))
        head.addWidget(self.title_button)
        head.addStretch(1)
        head.addWidget(self.new_button)
        theme.set_role(self.about, "caption")
        self.about.setTextFormat(Qt.TextFormat.PlainText)
        self.about.setWordWrap(True)
        self.about_button.setIcon(theme.icon("close"))
        self.about_button.setAccessibleName("Ask about nothing in particular")
        self.about_button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        row = QHBoxLayout(self.about_row)
        row.setContentsMargins(theme.px(8), theme.px(2), theme.px(8), 0)
        row.addWidget(self.about, 1)
        row.addWidget(self.about_button)
        line = QHBoxLayout()
        line.setContentsMargins(theme.px(8), theme.px(4), theme.px(8), theme.px(8))
        line.setSpacing(theme.px(6))
        line.addWidget(self.composer, 1)
        line.addWidget(self.send_button, 0, Qt.AlignmentFlag.AlignBottom)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.ask)
        column.addWidget(self.pages, 1)
        for each in (self.state.line, self.state, self.about_row):
            column.addWidget(each)
        column.addLayout(line)
