"""Where an expression is typed: what cannot be read is underlined at its column and said below."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QLabel, QPlainTextEdit, QTextEdit, QVBoxLayout, QWidget
from typing_extensions import override

from puffin.errors import ParameterError
from puffling.ui.theme.theme import Kind
from puffling.ui.theme.tokens import Tone

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

    from puffling.ui.theme.theme import Theme

_COLUMN = re.compile(r"^Column (\d+): ")
_WAIT_MS = 300
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class _Line(QPlainTextEdit):
    """A few wrapped lines; Return asks for the result, Tab goes on.

    Signals:
        entered: Return was pressed.
    """

    entered = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._rows = 3
        self.setFont(theme.font(Kind.MONO))
        self.setTabChangesFocus(True)
        self.setFixedHeight(self.fontMetrics().lineSpacing() * self._rows + theme.px(14))

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if Qt.Key(event.key()) in _ENTER and not event.modifiers():
            self.entered.emit()
            return
        super().keyPressEvent(event)

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(60, self.height())


class ExpressionEdit(QWidget):
    """Edits an expression and reads it a moment after each change.

    Signals:
        changed: What was typed has been read (whether it makes sense).
        entered: Return was pressed.
    """

    changed = Signal(bool)
    entered = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.line = _Line(theme)
        self.line.setAccessibleName("Expression")
        self.line.setPlaceholderText("rank(delta(close, 5)) * -1")
        self.words = QLabel()
        self.words.setWordWrap(True)
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        theme.set_role(self.words, "caption")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.px(2))
        column.addWidget(self.line)
        column.addWidget(self.words)
        self.setFocusProxy(self.line)
        self._wait = QTimer(self, singleShot=True, interval=_WAIT_MS)
        self._wait.timeout.connect(self.read)
        self.line.textChanged.connect(self._touched)
        self.line.entered.connect(self.entered)
        self.words.hide()
        self.is_right = False
        self.column: int | None = None  # where it cannot be read, from 1

    @property
    def text(self) -> str:
        """What is typed, in one line."""
        return self.line.toPlainText().replace("\n", " ").strip()

    def show_text(self, text: str) -> None:
        """Show another expression and read it at once."""
        if text != self.text:
            self.line.setPlainText(text)
        self.read()

    def read(self) -> bool:
        """Read what is typed; say what is wrong, or what it needs. Whether it makes sense."""
        from puffin.factors.expressions import parse

        self._wait.stop()
        problem, said, self.column = "", "", None
        if self.text:
            try:
                found = parse(self.text)
            except ParameterError as error:
                problem = f"{error} {error.hint}".strip()
                at = _COLUMN.match(str(error))
                self.column = int(at.group(1)) if at is not None else None
            else:
                several = "; compares symbols with each other" if found.compares else ""
                said = f"Needs {found.warm_up + 1:,} bars{several}."
        self.is_right = bool(self.text) and not problem
        self.say(problem or said)
        self._theme.set_tone(self.words, Tone.DANGER if problem else "")
        self._theme.set_flag(self.line, "bad", on=bool(problem))
        self._underline()
        self.changed.emit(self.is_right)
        return self.is_right

    def say(self, words: str) -> None:
        """Say something below what is typed."""
        self.words.setText(words)
        self.words.setVisible(bool(words))

    def stop(self) -> None:
        """Read nothing any more."""
        self._wait.stop()

    def _touched(self) -> None:
        self._wait.start()

    def _underline(self) -> None:
        marks = []
        if self.column is not None:
            shown = self.line.toPlainText()
            lead = len(shown) - len(shown.lstrip())
            first = min(max(self.column - 1 + lead, 0), max(len(shown) - 1, 0))
            mark = QTextEdit.ExtraSelection()
            cursor = QTextCursor(self.line.document())
            cursor.setPosition(first)
            cursor.setPosition(_word_end(shown, first), QTextCursor.MoveMode.KeepAnchor)
            style = QTextCharFormat()
            style.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
            style.setUnderlineColor(self._theme.color(Tone.DANGER))
            style.setBackground(self._theme.color(Tone.DANGER, 0.18))
            mark.cursor, mark.format = cursor, style
            marks.append(mark)
        self.line.setExtraSelections(marks)


def _word_end(text: str, first: int) -> int:
    """Return where the word at a place ends: one character for a sign."""
    found = re.match(r"\w+", text[first:])
    return first + (found.end() if found is not None else 1)
