"""The command palette: find a command, a panel, a layout or a symbol, or type a whole line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QEvent,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QLabel,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QVBoxLayout,
)
from typing_extensions import override

from puffling.commands.line import LineError, is_meant
from puffling.ui.shell.matching import best_first
from puffling.ui.shell.shortcuts import native
from puffling.ui.theme.theme import Kind
from puffling.ui.theme.tokens import Tone
from puffling.ui.widgets.help_key import HelpKey

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtCore import (
        QModelIndex,
        QObject,
        QPersistentModelIndex,
    )
    from PySide6.QtGui import QPainter
    from PySide6.QtWidgets import (
        QStyleOptionViewItem,
        QWidget,
    )

    from puffling.ui.theme.theme import Theme

MOST = 60
WIDTH = 620
ROWS = 11
_KIND_WIDTH = 76
_ROW = 28
_ENTRY = Qt.ItemDataRole.UserRole + 1
_MOVES = {
    Qt.Key.Key_Up.value: -1,
    Qt.Key.Key_Down.value: 1,
    Qt.Key.Key_PageUp.value: -ROWS + 1,
    Qt.Key.Key_PageDown.value: ROWS - 1,
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing the palette can do. `kind` and `id` say what; `words` are other words for it."""

    kind: str
    id: str
    title: str
    keys: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class Grammar:
    """The command line, as the palette uses it.

    Args:
        read: What a text comes to as a line, or None; LineError says what is wrong with it.
        complete: The words that may stand at the end of a text, best first.
        history: The lines typed before, newest first.
    """

    read: Callable[[str], Entry | None]
    complete: Callable[[str], list[str]]
    history: Sequence[str] = ()


class Palette(QDialog):
    """A line to type in and what fits, best first; an empty line shows what was used last.

    Tab completes a word of a line, Up before the first row brings back lines typed before.

    Signals:
        chosen: An entry was chosen (the entry).
    """

    chosen = Signal(object)

    def __init__(
        self,
        theme: Theme,
        entries: Sequence[Entry],
        search: Callable[[str], Sequence[Entry]],
        parent: QWidget,
        grammar: Grammar | None = None,
    ) -> None:
        super().__init__(parent)
        HelpKey(self, "lines")
        self.setWindowTitle("Command palette")
        self.setWindowFlags(Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        theme.set_role(self, "popup")
        self._entries, self._search, self._grammar = list(entries), search, grammar
        self._theme = theme
        self._recalled = -1  # the line of the history that is shown
        self._line = QLineEdit()
        self._line.setPlaceholderText(
            "A command, a panel, a symbol, or a line: AAPL 5m, B 100 AAPL L 182.5"
        )
        self._line.setAccessibleName("Command palette")
        self._model = QStandardItemModel(self)
        self._list = QListView()
        self._list.setModel(self._model)
        self._list.setItemDelegate(_EntryDelegate(theme, self))
        self._list.setUniformItemSizes(True)
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.setFrameShape(QFrame.Shape.NoFrame)
        self._list.setAccessibleName("What fits")
        self._empty = QLabel("Nothing fits. Try fewer letters.")
        theme.set_role(self._empty, "muted")
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._hint = QLabel()
        self._hint.setTextFormat(Qt.TextFormat.PlainText)
        self._hint.setWordWrap(True)
        theme.set_role(self._hint, "caption")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*[theme.px(8)] * 4)
        layout.setSpacing(theme.px(6))
        layout.addWidget(self._line)
        layout.addWidget(self._hint)
        layout.addWidget(self._empty)
        layout.addWidget(self._list)
        self._line.installEventFilter(self)
        self._line.textChanged.connect(self._fill)
        self._list.clicked.connect(self._choose)
        self._row = theme.px(_ROW)
        self.setFixedWidth(theme.px(WIDTH))
        self._fill("")

    def open_over(self, window: QWidget) -> None:
        """Show it in the upper middle of `window`."""
        place = window.mapToGlobal(window.rect().topLeft())
        self.move(
            place.x() + (window.width() - self.width()) // 2, place.y() + window.height() // 7
        )
        self.show()
        self._line.setFocus(Qt.FocusReason.PopupFocusReason)

    @property
    def shown(self) -> list[Entry]:
        """The entries in the list, best first."""
        rows = range(self._model.rowCount())
        return [self._model.index(row, 0).data(_ENTRY) for row in rows]

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._line and event.type() == QEvent.Type.KeyPress:
            return isinstance(event, QKeyEvent) and self._key(event)
        return super().eventFilter(watched, event)

    def _key(self, event: QKeyEvent) -> bool:
        key = event.key()
        if key == Qt.Key.Key_Tab.value and self._grammar is not None:
            self._complete(self._grammar)
            return True
        if key == Qt.Key.Key_Up.value and self._list.currentIndex().row() <= 0:
            return self._recall(1)
        if key == Qt.Key.Key_Down.value and self._recalled >= 0:
            return self._recall(-1)
        if key in _MOVES:
            rows = self._model.rowCount()
            row = self._list.currentIndex().row() + _MOVES[key]
            self._list.setCurrentIndex(self._model.index(max(0, min(rows - 1, row)), 0))
            return True
        if key in {Qt.Key.Key_Return.value, Qt.Key.Key_Enter.value}:
            self._choose(self._list.currentIndex())
            return True
        return False

    def _complete(self, grammar: Grammar) -> None:
        """Put the first word that may stand here in the place of what is begun of it."""
        text = self._line.text()
        words = grammar.complete(text)
        if words:
            kept = text[: len(text.rstrip()) if text.endswith(" ") else text.rfind(" ") + 1]
            kept = f"{kept.rstrip()} ".lstrip()
            end = "" if words[0].endswith("=") else " "
            self._line.setText(f"{kept}{words[0]}{end}")

    def _recall(self, step: int) -> bool:
        """Show an older line, or a newer one; whether there is any history."""
        history = self._grammar.history if self._grammar is not None else ()
        if not history:
            return False
        shown = self._recalled
        if shown >= 0 and self._line.text() != history[shown]:
            return False  # it has been changed since: the arrows walk the list again
        self._recalled = min(shown + step, len(history) - 1)
        self._line.setText(history[self._recalled] if self._recalled >= 0 else "")
        return True

    def _line_entry(self, text: str) -> Entry | None:
        """Return what the text comes to as a line, and say what is wrong with it or may follow."""
        hint, tone, found = "", "", None
        if self._grammar is not None and text.strip():
            try:
                found = self._grammar.read(text)
            except LineError as error:
                offered = "  ".join(self._grammar.complete(text)[:8])
                is_begun = offered and error.at == text.rfind(" ") + 1 < len(text)
                hint, tone = (offered, "") if is_begun else (str(error), Tone.WARNING)
            if not hint and (found is not None or is_meant(text)):
                hint = "  ".join(self._grammar.complete(text)[:8])
        self._hint.setText(hint)
        self._hint.setVisible(bool(hint))
        self._theme.set_tone(self._hint, tone)
        return found

    def _fill(self, text: str) -> None:
        wanted = text.strip()
        line = self._line_entry(text)
        entries = self._entries
        places = best_first([(each.title, each.words) for each in entries], wanted)
        found = [entries[place] for place in places] if wanted else list(entries)
        known = {(each.kind, each.id) for each in found}
        symbols = [each for each in self._search(wanted) if (each.kind, each.id) not in known]
        exact = [each for each in symbols if each.id.casefold() == wanted.casefold()]
        said = [] if line is None else [line]
        ordered = [*said, *exact, *found, *(each for each in symbols if each not in exact)]
        self._model.clear()
        for each in ordered[:MOST]:
            item = QStandardItem(each.title)
            item.setEditable(False)
            item.setData(each, _ENTRY)
            item.setData(f"{each.title}, {each.kind}", Qt.ItemDataRole.AccessibleTextRole)
            self._model.appendRow(item)
        self._empty.setVisible(not ordered)
        self._list.setVisible(bool(ordered))
        self._list.setFixedHeight(min(ROWS, len(ordered)) * self._row)
        self.adjustSize()
        if ordered:
            self._list.setCurrentIndex(self._model.index(0, 0))

    def _choose(self, index: QModelIndex) -> None:
        entry = index.data(_ENTRY)
        if isinstance(entry, Entry):
            self.close()
            self.chosen.emit(entry)


class _EntryDelegate(QStyledItemDelegate):
    """Paints a row: what it is, its title, its key."""

    def __init__(self, theme: Theme, parent: QObject) -> None:
        super().__init__(parent)
        self._theme = theme

    @override
    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        return QSize(0, self._theme.px(_ROW))

    @override
    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        entry = index.data(_ENTRY)
        theme, rect = self._theme, QRect(option.rect)
        is_current = bool(option.state & QStyle.StateFlag.State_Selected)
        if is_current:
            painter.fillRect(rect, theme.color("selection"))
        pad = theme.px(8)
        rect.adjust(pad, 0, -pad, 0)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setFont(theme.font(Kind.CAPTION))
        painter.setPen(theme.color("faint"))
        kind = QRect(rect.left(), rect.top(), theme.px(_KIND_WIDTH), rect.height())
        painter.drawText(kind, middle, entry.kind)
        painter.setPen(theme.color("muted"))
        painter.drawText(rect, middle | Qt.AlignmentFlag.AlignRight, native(entry.keys))
        used = painter.fontMetrics().horizontalAdvance(native(entry.keys)) + pad
        painter.setFont(theme.font(Kind.TEXT))
        painter.setPen(theme.color("text"))
        words = rect.adjusted(kind.width(), 0, -used, 0)
        text = painter.fontMetrics().elidedText(
            entry.title, Qt.TextElideMode.ElideRight, words.width()
        )
        painter.drawText(words, middle, text)
