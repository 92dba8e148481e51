"""What the assistant does now, how to stop it, and what the conversation has used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from puffling.core.conversations import AssistantState
from puffling.ui.theme.tokens import Tone
from puffling.ui.widgets.badge import Badge, Dot
from puffling.ui.widgets.hairline import Hairline

if TYPE_CHECKING:
    from puffling.core.conversations import Spent
    from puffling.ui.theme.theme import Theme

_LOOKS = {
    AssistantState.IDLE: (Tone.FAINT, ""),
    AssistantState.CONNECTING: (Tone.INFO, "Connecting…"),
    AssistantState.THINKING: (Tone.SUCCESS, "Answering…"),
    AssistantState.WAITING: (Tone.WARNING, "Waiting for the service…"),
    AssistantState.TOOLS: (Tone.INFO, "Using a tool…"),
    AssistantState.ASKING: (Tone.WARNING, "Waits for your yes or no above"),
}


class StateLine(QWidget):
    """A dot, a sentence, Stop while there is something to stop, and the counter.

    Signals:
        stopped: Stop was pressed.
    """

    stopped = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.state = AssistantState.IDLE
        self.dot = Dot(theme, Tone.FAINT, "The assistant does nothing")
        self.words, self.counter = QLabel(), QLabel()
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        theme.set_role(self.words, "caption")
        theme.set_role(self.counter, "caption")
        self.words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.stalled = Badge(theme, "stalled", Tone.WARNING)
        self.stalled.setToolTip("Nothing has come for a while. It is given up after a minute.")
        self.stop_button = QPushButton("Stop")
        self.stop_button.setToolTip("End the answer and keep what there is of it (Esc)")
        self.stop_button.clicked.connect(self.stopped)
        self.line = Hairline(theme)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.px(8), theme.px(2), theme.px(8), theme.px(2))
        row.setSpacing(theme.px(6))
        row.addWidget(self.dot)
        row.addWidget(self.words, 1)
        row.addWidget(self.stalled)
        row.addWidget(self.counter)
        row.addWidget(self.stop_button)
        self.show_state(AssistantState.IDLE, "")

    def show_state(self, state: AssistantState, words: str) -> None:
        """Show what it does, in words of its own or of the assistant's."""
        self.state = state
        tone, usual = _LOOKS[state]
        said = words or usual
        self.dot.show_tone(tone, said or "The assistant does nothing")
        self.words.setText(said)
        self.words.setToolTip(said)
        busy = state is not AssistantState.IDLE
        self.stop_button.setVisible(busy)
        self.stalled.setVisible(state is AssistantState.WAITING)
        self.line.show_progress(None if busy and state is not AssistantState.ASKING else 0.0)
        self.line.setVisible(busy)

    def show_idle(self, speaker: str) -> None:
        """Say who would answer."""
        if self.state is AssistantState.IDLE:
            self.words.setText(speaker)
            self.words.setToolTip(f"{speaker} answers here; the settings choose.")

    def show_spent(self, conversation: Spent, today: Spent) -> None:
        """Show what this conversation has used; the tip says it of the day."""
        if not conversation.tokens and not today.tokens:
            self.counter.setText("")
            self.counter.setToolTip("")
            return
        self.counter.setText(spent_words(conversation))
        self.counter.setToolTip(f"This conversation; today {spent_words(today)}")
        self.counter.setAccessibleName(f"Used: {self.counter.text()}, today {spent_words(today)}")


def spent_words(spent: Spent) -> str:
    """Return "12,345 tokens · $0.0123"; without prices no money is named."""
    about = "about " if spent.estimated else ""
    tokens = f"{about}{spent.tokens:,} tokens"
    return tokens if spent.cost is None else f"{tokens} · ${spent.cost:,.4f}"
