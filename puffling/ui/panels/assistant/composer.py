"""Where a question is written: it completes words, remembers questions, and grows with them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QStandardItem, QStandardItemModel, QTextCursor
from PySide6.QtWidgets import QCompleter, QListView, QPlainTextEdit, QSizePolicy
from typing_extensions import override

from puffling.agents.prompts import SLASHES

if TYPE_CHECKING:
    from PySide6.QtCore import QObject

    from puffling.ui.theme.theme import Theme
    from puffling.ui.widgets.suggestions import Suggestions

_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_TAKES = (*_ENTER, Qt.Key.Key_Tab)
_SHIFT = Qt.KeyboardModifier.ShiftModifier
_WORD = re.compile(r"(?:^|\s)([@/][^\s@/]*)$")
_LINES = 8
_MOST = 10
_REMEMBERED = 50


class Composer(QPlainTextEdit):
    """Return sends, Shift+Return begins a line, Up and Down bring questions back.

    Signals:
        sent: Return was pressed with something written (the words).
        left: Escape was pressed.
    """

    sent = Signal(str)
    left = Signal()

    def __init__(self, theme: Theme, suggest: Suggestions) -> None:
        super().__init__()
        self._theme, self._suggest = theme, suggest
        self._asked: list[str] = []
        self._back = 0  # how many questions back the one shown is
        self._begun = ""  # what was written before going back
        self.setAccessibleName("Question to the assistant")
        self.setPlaceholderText("Ask, or type / for commands and @ for a symbol")
        self.setTabChangesFocus(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._words = QStandardItemModel(self)
        self._completer = QCompleter(self._words, self)
        self._completer.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        self._completer.setCompletionRole(Qt.ItemDataRole.UserRole)
        self._completer.setMaxVisibleItems(_MOST)
        self._completer.setWidget(self)
        self._list = QListView()
        theme.set_role(self._list, "popup")
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self._completer.setPopup(self._list)
        self._list.installEventFilter(self)
        self._completer.activated.connect(self._take)
        self.textChanged.connect(self._changed)

    @property
    def words(self) -> str:
        """What is written, without room around it."""
        return self.toPlainText().strip()

    def remember(self, asked: list[str]) -> None:
        """Bring these questions back with Up, the last one first."""
        self._asked = list(dict.fromkeys(each for each in reversed(asked) if each))[:_REMEMBERED]
        self._back = 0

    def write(self, words: str) -> None:
        """Write something, with the caret behind it."""
        self.setPlainText(words)
        self.moveCursor(QTextCursor.MoveOperation.End)

    def send(self) -> None:
        """Send what is written, if anything is."""
        if words := self.words:
            self._back = 0
            self.sent.emit(words)

    @property
    def offers(self) -> list[str]:
        """What is offered to complete the word under the caret."""
        if not self._list.isVisible():
            return []
        return [
            str(self._words.item(row).data(Qt.ItemDataRole.UserRole))
            for row in range(self._words.rowCount())
        ]

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in _ENTER and not event.modifiers() & _SHIFT:
            self.send()
        elif key is Qt.Key.Key_Escape:
            self.left.emit()
        elif key is Qt.Key.Key_Up and self._on_line(first=True) and self._asked:
            self._go(1)
        elif key is Qt.Key.Key_Down and self._back and self._on_line(first=False):
            self._go(-1)
        else:
            super().keyPressEvent(event)
            return
        event.accept()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take what is marked in the list with Return or Tab; the list takes Return for itself."""
        if watched is self._list and isinstance(event, QKeyEvent):
            takes = event.type() == QEvent.Type.KeyPress and Qt.Key(event.key()) in _TAKES
            if takes and self._list.isVisible():
                index = self._list.currentIndex()
                self._list.hide()
                if index.isValid():
                    self._take(str(index.data(Qt.ItemDataRole.UserRole)))
                return True
        return False

    @override
    def sizeHint(self) -> QSize:
        lines = min(max(self.document().blockCount(), 2), _LINES)
        extra = round(2 * self.document().documentMargin()) + 2 * self.frameWidth()
        return QSize(self._theme.px(200), lines * self.fontMetrics().lineSpacing() + extra)

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(self._theme.px(80), self.sizeHint().height())

    def _on_line(self, *, first: bool) -> bool:
        if self._list.isVisible():
            return False
        block = self.textCursor().block()
        return not (block.previous() if first else block.next()).isValid()

    def _go(self, step: int) -> None:
        if self._back == 0:
            self._begun = self.toPlainText()
        self._back = min(max(self._back + step, 0), len(self._asked))
        back = self._back
        self.write(self._asked[back - 1] if back else self._begun)
        self._back = back

    def _changed(self) -> None:
        self.updateGeometry()
        found = _WORD.search(self._before)
        self._words.clear()
        if found is None or not self.hasFocus():
            self._list.hide()
            return
        word = found[1]
        for shown, taken in self._offered(word):
            if taken == word:
                continue
            item = QStandardItem(shown)
            item.setData(taken, Qt.ItemDataRole.UserRole)
            self._words.appendRow(item)
        if not self._words.rowCount():
            self._list.hide()
            return
        room = self.cursorRect()
        room.setLeft(0)
        room.setWidth(self.width())
        self._completer.complete(room)
        self._list.setCurrentIndex(self._words.index(0, 0))

    def _offered(self, word: str) -> list[tuple[str, str]]:
        if word.startswith("/"):
            if self._before.strip() != word:
                return []  # only the first word of a question is a command
            begun = word[1:].casefold()
            fits = [each for each in SLASHES if each.name.startswith(begun)]
            return [
                (f"{f'/{each.name} {each.takes}'.strip()}   {each.help}", f"/{each.name}")
                for each in fits
            ]
        found = self._suggest(word[1:])[:_MOST]
        return [(f"@{each.symbol}   {each.name}".rstrip(), f"@{each.symbol}") for each in found]

    @property
    def _before(self) -> str:
        cursor = self.textCursor()
        return self.toPlainText()[: cursor.position()]

    def _take(self, word: str) -> None:
        found = _WORD.search(self._before)
        if found is None:
            return
        cursor = self.textCursor()
        cursor.setPosition(cursor.position() - len(found[1]), QTextCursor.MoveMode.KeepAnchor)
        cursor.insertText(f"{word} ")
        self.setTextCursor(cursor)
        self._list.hide()
