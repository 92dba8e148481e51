"""The page of the welcome on which a person describes how they trade, in their own words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeySequence, QShortcut, QTextCursor
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QGridLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QRadioButton,
)
from typing_extensions import override

from puffling.services.describing_records import LONGEST, RULES
from puffling.ui.dialogs.welcome_pages import Page
from puffling.ui.theme.tokens import Tone

if TYPE_CHECKING:
    import asyncio

    from PySide6.QtWidgets import (
        QWidget,
    )

    from puffling.services.describing_records import Described
    from puffling.ui.run import Runner
    from puffling.ui.theme.theme import Theme

# What each button says, and the description that it fills in.
EXAMPLES: Final = (
    ("Day trading, $25K", "I have $25,000, day trade AAPL and MSFT, medium risk."),
    ("Swing trading, $5K", "I have $5,000 and hold for a few days: Apple and IBM. I am careful."),
    ("Long term, $1K", "I begin with $1,000, long-term, and don't want much risk."),
    ("Own strategies", "I backtest my own strategies on GOOG and FB, risk tolerance 70."),
)
_HEIGHT = 96


class Describer(Protocol):
    """What reads descriptions."""

    async def reader(self) -> str:
        """Return the name of the service that would be asked; empty if rules would read."""
        ...

    async def read(self, text: str, *, with_model: bool = True) -> Described:
        """Return what a description says."""
        ...


class WayPage(Page):
    """How to begin: with questions, or with a description."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(
            theme,
            "How would you like to begin?",
            "Nobody asks for your name or an e-mail address. Each page can be skipped, and what "
            "you skip stays as it is.",
        )
        group = QButtonGroup(self)
        self.questions = self._way(
            group,
            "Answer a few questions",
            "Market, keys, risk, symbols, look and layout, a page for each.",
        )
        self.describe = self._way(
            group,
            "Describe yourself",
            "In your own words. You see what was understood, and change it before it is used.",
        )
        self.questions.setChecked(True)
        self.column.addStretch(1)

    def _way(self, group: QButtonGroup, title: str, about: str) -> QRadioButton:
        button, words = QRadioButton(title), QLabel(about)
        button.setAccessibleDescription(about)
        group.addButton(button)
        words.setWordWrap(True)
        words.setIndent(self.theme.px(26))
        self.theme.set_role(words, "muted")
        self.column.addSpacing(self.theme.px(4))
        self.column.addWidget(button)
        self.column.addWidget(words)
        return button

    @override
    def start(self) -> QWidget:
        return self.describe if self.describe.isChecked() else self.questions


class DescribePage(Page):
    """A description, examples of one, and who reads it.

    Signals:
        busy_changed: It began or ended to be read (whether it is).
        read: It was read (what it says).
    """

    busy_changed = Signal(bool)
    read = Signal(object)

    def __init__(self, theme: Theme, describer: Describer, runner: Runner) -> None:
        super().__init__(
            theme,
            "Describe yourself",
            "What do you begin with, what do you trade, for how long, and how much risk is right "
            "for you? Write what you like; nothing is used before you have seen it.",
        )
        self._describer, self._runner = describer, runner
        self._busy = False
        self._reading: asyncio.Task[None] | None = None
        self.text = QPlainTextEdit()
        self.text.setAccessibleName("Description of how you trade")
        self.text.setPlaceholderText(EXAMPLES[0][1])
        self.text.setTabChangesFocus(True)
        self.text.setFixedHeight(theme.px(_HEIGHT))
        self.text.textChanged.connect(self._bound)
        self.column.addWidget(self.text)
        self._add_examples()
        self.model = QCheckBox()
        self.model.setVisible(False)
        self.who = QLabel()
        self.who.setWordWrap(True)
        theme.set_role(self.who, "caption")
        self.column.addWidget(self.model)
        self.column.addWidget(self.who)
        self.column.addStretch(1)
        self.model.toggled.connect(lambda _on: self._say())
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(keys), self, self.begin)
        self._reader = ""
        self._say()

    @property
    def is_busy(self) -> bool:
        """Whether it is being read."""
        return self._busy

    def look(self) -> None:
        """Find out who would read it."""
        self._runner.spawn(self._look(), self, name="describe.reader")

    def begin(self) -> None:
        """Let the description be read."""
        text = self.text.toPlainText().strip()
        if self._busy:
            return
        if not text:
            self._say("Write a sentence first, or take one of the examples.", Tone.WARNING)
            self.text.setFocus()
            return
        self._set_busy(on=True)
        self._reading = self._runner.spawn(self._read(text), self, name="describe.read")

    def stop(self) -> None:
        """Stop the reading, if there is one."""
        if self._busy and self._reading is not None:
            self._reading.cancel()
            self._set_busy(on=False)

    @override
    def start(self) -> QWidget:
        return self.text

    def _add_examples(self) -> None:
        grid = QGridLayout()
        grid.setSpacing(self.theme.px(6))
        self.examples: list[QPushButton] = []
        for at, (title, text) in enumerate(EXAMPLES):
            button = QPushButton(title)
            button.setToolTip(text)
            button.setAccessibleName(f"Example: {title}")
            button.setAccessibleDescription(text)
            button.setAutoDefault(False)
            button.clicked.connect(lambda _on=False, words=text: self._fill(words))
            grid.addWidget(button, at // 2, at % 2)
            self.examples.append(button)
        self.column.addLayout(grid)

    def _fill(self, words: str) -> None:
        """Put an example in the place of what is there; Ctrl+Z brings that back."""
        cursor = self.text.textCursor()
        cursor.select(QTextCursor.SelectionType.Document)
        cursor.insertText(words)
        self.text.setFocus()

    def _bound(self) -> None:
        length = len(self.text.toPlainText())
        if length > LONGEST:
            self._say(f"The first {LONGEST:,} of {length:,} characters are read.", Tone.WARNING)
        elif not self._busy:
            self._say()

    async def _look(self) -> None:
        self._reader = await self._describer.reader()
        self.model.setText(f"Let {self._reader} read it")
        self.model.setVisible(bool(self._reader))
        self.model.setChecked(bool(self._reader))
        if not self._busy:
            self._say()

    async def _read(self, text: str) -> None:
        try:
            found = await self._describer.read(text, with_model=self.model.isChecked())
        finally:
            self._set_busy(on=False)
        self.read.emit(found)

    def _set_busy(self, *, on: bool) -> None:
        if on == self._busy:
            return
        self._busy = on
        for each in (self.text, self.model, *self.examples):
            each.setEnabled(not on)
        self._say(f"{self._asked} reads it…" if on else "")
        self.busy_changed.emit(on)

    @property
    def _asked(self) -> str:
        return self._reader if self.model.isChecked() else RULES

    def _say(self, words: str = "", tone: str = "") -> None:
        usual = (
            f"What you write is sent to {self._reader}."
            if self.model.isChecked()
            else "Puffling's own rules read it on this computer; nothing is sent anywhere. A model "
            "can be chosen later, in the settings under Assistant."
            if not self._reader
            else "Puffling's own rules read it on this computer; nothing is sent anywhere."
        )
        self.who.setText(words or usual)
        self.theme.set_tone(self.who, tone)
