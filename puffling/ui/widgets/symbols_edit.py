"""One symbol or many in one line, each completed as it is typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QCompleter, QLineEdit, QListView
from typing_extensions import override

from puffin.types import SYMBOL

if TYPE_CHECKING:
    from collections.abc import Iterable

    from PySide6.QtCore import QObject
    from PySide6.QtWidgets import QWidget

    from puffling.ui.theme.theme import Theme
    from puffling.ui.widgets.suggestions import Suggestions

_MOST = 12
_LONGEST = 2_000
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class SymbolsEdit(QLineEdit):
    """Symbols parted by spaces or commas, in capitals as you type; the last word is completed.

    Signals:
        chosen: Return was pressed, a suggestion taken or the line left (the symbols, a tuple).
    """

    chosen = Signal(object)

    def __init__(self, theme: Theme, suggest: Suggestions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._suggest = theme, suggest
        self._told: tuple[str, ...] = ()
        self._words = QStandardItemModel(self)
        self._completer = QCompleter(self._words, self)
        self._completer.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        self._completer.setMaxVisibleItems(_MOST)
        self._completer.setWidget(self)
        self._list = QListView()
        theme.set_role(self._list, "popup")
        self._completer.setPopup(self._list)
        self._list.installEventFilter(self)
        self._completer.activated.connect(self._take)
        self.setPlaceholderText("AAPL, or several: AAPL IBM MSFT")
        self.setAccessibleName("Symbols")
        self.setMaxLength(_LONGEST)
        self.textEdited.connect(self._edited)
        self.editingFinished.connect(self._choose)

    @property
    def symbols(self) -> tuple[str, ...]:
        """The symbols, each once; empty if one of them is not well formed."""
        words = dict.fromkeys(self.text().replace(",", " ").replace(";", " ").upper().split())
        return tuple(words) if all(SYMBOL.match(each) for each in words) else ()

    @property
    def problem(self) -> str:
        """What is wrong with what was typed; empty if nothing is."""
        words = self.text().replace(",", " ").replace(";", " ").upper().split()
        bad = next((each for each in words if not SYMBOL.match(each)), "")
        return f"“{bad}” is not a symbol." if bad else ""

    def show_symbols(self, symbols: Iterable[str]) -> None:
        """Show these without choosing them."""
        text = ", ".join(symbols)
        if text != self.text():
            self.setText(text)
            self.setCursorPosition(0)
        self._told = self.symbols
        self._judge()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let Return in the list take what is chosen there, not what is typed."""
        if watched is self._list and event.type() == QEvent.Type.KeyPress:
            pressed = isinstance(event, QKeyEvent) and Qt.Key(event.key()) in _ENTER
            if pressed and self._list.currentIndex().isValid():
                self._take(str(self._list.currentIndex().data()))
                self._list.hide()
                return True
        return super().eventFilter(watched, event)

    def _edited(self, text: str) -> None:
        place = self.cursorPosition()
        if text != text.upper():
            self.setText(text.upper())
            self.setCursorPosition(place)
        self._judge()
        word = text[:place].replace(",", " ").split(" ")[-1].strip()
        self._words.clear()
        found = self._suggest(word)[:_MOST] if word else []
        if not found or [each.symbol for each in found] == [word.upper()]:
            self._list.hide()
            return
        for each in found:
            item = QStandardItem(f"{each.symbol}   {each.name}".rstrip())
            self._words.appendRow(item)
        self._completer.complete()

    def _take(self, line: str) -> None:
        symbol = line.split(" ", maxsplit=1)[0]
        place = self.cursorPosition()
        text = self.text()
        start = max(text.rfind(" ", 0, place), text.rfind(",", 0, place)) + 1
        self.setText(f"{text[:start]}{symbol}{text[place:]}")
        self.setCursorPosition(start + len(symbol))
        QTimer.singleShot(0, self, self._choose)

    def _choose(self) -> None:
        self._judge()
        symbols = self.symbols
        if symbols and symbols != self._told:
            self._told = symbols
            self.chosen.emit(symbols)

    def _judge(self) -> None:
        problem = self.problem
        self.setToolTip(problem)
        self._theme.set_flag(self, "bad", on=bool(problem))
