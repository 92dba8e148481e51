"""A symbol with completion."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QCompleter, QLineEdit, QListView
from typing_extensions import override

from puffin.data.names import our_name
from puffin.types import SYMBOL

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtGui import QKeyEvent
    from PySide6.QtWidgets import QWidget

    from puffling.ui.theme.theme import Theme

_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_MOST = 12


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A symbol that what was typed may mean."""

    symbol: str
    name: str = ""


class SymbolEdit(QLineEdit):
    """Upper-cases as you type; Enter or a click on a suggestion chooses.

    Signals:
        chosen: A well-formed symbol was chosen (the symbol).
        problem_changed: What is wrong with what was typed changed (a sentence, or nothing).
    """

    chosen = Signal(str)
    problem_changed = Signal(str)

    def __init__(
        self,
        theme: Theme,
        suggest: Callable[[str], Sequence[Suggestion]] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme, self._suggest = theme, suggest
        self._problem = ""
        self._model = QStandardItemModel(self)
        self._completer = QCompleter(self._model, self)
        self._completer.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        self._completer.setCompletionRole(Qt.ItemDataRole.UserRole)
        self._completer.setMaxVisibleItems(_MOST)
        self._popup = QListView()
        theme.set_role(self._popup, "popup")
        self._completer.setPopup(self._popup)
        self._completer.activated.connect(self._take)
        self.setCompleter(self._completer)
        self.setPlaceholderText("Symbol")
        self.setAccessibleName("Symbol")
        self.setMaxLength(15)
        self.textEdited.connect(self._edited)

    @property
    def symbol(self) -> str:
        """The symbol that was typed, as brokers write it; empty if it is not well formed."""
        text = self.text().strip().upper()
        return our_name(text) if SYMBOL.match(text) else ""

    @property
    def problem(self) -> str:
        """What is wrong with what was typed; empty if nothing is."""
        return self._problem

    def set_symbol(self, symbol: str) -> None:
        """Show another symbol without choosing it."""
        self.setText(symbol)
        self._judge("")

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if Qt.Key(event.key()) in _ENTER and not self._popup.isVisible():
            self._choose()
            event.accept()
            return
        super().keyPressEvent(event)

    def _edited(self, text: str) -> None:
        place = self.cursorPosition()
        if text != text.upper():
            self.setText(text.upper())
            self.setCursorPosition(place)
        self._judge("")
        self._model.clear()
        if self._suggest is None or not text.strip():
            return
        for each in list(self._suggest(text.strip()))[:_MOST]:
            item = QStandardItem(f"{each.symbol}   {each.name}".rstrip())
            item.setData(each.symbol, Qt.ItemDataRole.UserRole)
            self._model.appendRow(item)

    def _take(self, symbol: str) -> None:
        # The completer writes into the line after this signal; choose once it has.
        QTimer.singleShot(0, self, lambda: self._settle(symbol))

    def _settle(self, symbol: str) -> None:
        self.setText(symbol)
        self._choose()

    def _choose(self) -> None:
        if not self.text().strip():
            self._judge("")
        elif symbol := self.symbol:
            self.setText(symbol)
            self._judge("")
            self.chosen.emit(symbol)
        else:
            self._judge(f"“{self.text().strip()}” is not a symbol.")

    def _judge(self, problem: str) -> None:
        if problem == self._problem:
            return
        self._problem = problem
        self.setToolTip(problem)
        self._theme.set_flag(self, "bad", on=bool(problem))
        self.problem_changed.emit(problem)
