"""Finds a symbol by its letters or its name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout
from typing_extensions import override

from puffin.types import SYMBOL
from puffling.ui.widgets.symbol_edit import Suggestion

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from PySide6.QtCore import QObject
    from PySide6.QtWidgets import QWidget

    from puffling.ui.theme.theme import Theme

_MOST = 50
_MOVES = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class SymbolSearch(QFrame):
    """A line and the symbols that fit it; Return chooses, Esc leaves.

    Show it over a window with `open_over`; it goes when the focus does. What a provider knows may
    be added later with `add`, after `asked` said what was typed.

    Signals:
        chosen: A symbol was chosen.
        asked: The person typed something (the text); a provider may be asked.
    """

    chosen = Signal(str)
    asked = Signal(str)

    def __init__(
        self, theme: Theme, known: Sequence[Suggestion], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._known = list(known)
        self.setAccessibleName("Find a symbol")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        theme.set_role(self, "popup")
        self.setFixedWidth(theme.px(420))
        self.line = QLineEdit()
        self.line.setPlaceholderText("Symbol or name")
        self.line.setAccessibleName("Symbol or name")
        self.line.textChanged.connect(self._typed)
        self.line.installEventFilter(self)
        self.list = QListWidget()
        theme.set_role(self.list, "results")
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setAccessibleName("Symbols that fit")
        self.list.setFixedHeight(theme.px(280))
        self.list.itemClicked.connect(self._take)
        column = QVBoxLayout(self)
        column.setContentsMargins(*[theme.px(8)] * 4)
        column.addWidget(self.line)
        column.addWidget(self.list)
        self._fill()

    def open_over(self, window: QWidget) -> None:
        """Show it in the upper middle of `window`, with the cursor in its line."""
        self.setParent(window)
        self.adjustSize()
        self.move((window.width() - self.width()) // 2, min(80, window.height() // 8))
        self.show()
        self.raise_()
        self.line.selectAll()
        self.line.setFocus()

    def add(self, more: Iterable[Suggestion]) -> None:
        """Add what a provider found; symbols that are there already stay as they are."""
        have = {each.symbol for each in self._known}
        self._known += [each for each in more if each.symbol not in have]
        self._fill()

    @property
    def results(self) -> list[str]:
        """The symbols that are shown, best first."""
        return [str(self.list.item(at).data(_SYMBOL)) for at in range(self.list.count())]

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FocusOut:
            self.close()
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return False
        key = Qt.Key(event.key())
        if key in _MOVES:
            self.list.event(event)
        elif key in _ENTER:
            self._take(self.list.currentItem())
        elif key is Qt.Key.Key_Escape:
            self.close()
        else:
            return False
        return True

    def _typed(self, text: str) -> None:
        self._fill()
        if text.strip():
            self.asked.emit(text.strip())

    def _fill(self) -> None:
        wanted = self.line.text().strip()
        found = ranked(self._known, wanted)[:_MOST]
        typed = wanted.upper()
        if SYMBOL.match(typed) and all(each.symbol != typed for each in found):
            found.append(Suggestion(typed, "as typed"))
        self.list.clear()
        for each in found:
            item = QListWidgetItem(f"{each.symbol}    {each.name}".rstrip())
            item.setData(_SYMBOL, each.symbol)
            self.list.addItem(item)
        self.list.setCurrentRow(0)

    def _take(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            self.close()
            self.chosen.emit(str(item.data(_SYMBOL)))


_SYMBOL = Qt.ItemDataRole.UserRole


def ranked(known: Sequence[Suggestion], wanted: str) -> list[Suggestion]:
    """Return what fits `wanted`, best first: the symbol, its beginning, names, letters in order."""
    if not wanted:
        return list(known)
    scored = [(rank, each) for each in known if (rank := _rank(each, wanted)) is not None]
    return [each for _, each in sorted(scored, key=lambda pair: (pair[0], pair[1].symbol))]


def _rank(suggestion: Suggestion, wanted: str) -> int | None:
    symbol, name, text = suggestion.symbol, suggestion.name.casefold(), wanted.casefold()
    tests = (
        symbol == wanted.upper(),
        symbol.startswith(wanted.upper()),
        any(word.startswith(text) for word in name.split()),
        text in name or wanted.upper() in symbol,
        _in_order(text, symbol.casefold()) or _in_order(text, name),
    )
    return next((rank for rank, fits in enumerate(tests) if fits), None)


def _in_order(letters: str, text: str) -> bool:
    rest = iter(text)
    return all(letter in rest for letter in letters)
