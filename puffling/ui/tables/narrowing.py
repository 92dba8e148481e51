"""A line over the foot of a table that keeps in view only the rows with certain words."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QItemSelectionModel, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit
from typing_extensions import override

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtCore import QObject
    from PySide6.QtWidgets import QTableView

    from puffling.ui.tables.columns import Column
    from puffling.ui.tables.model import RecordModel
    from puffling.ui.theme.theme import Theme

_LOOK_AGAIN_MS = 500  # rows may change many times a second
_SAID_MS = 6_000
_WIDTH = 150
_BACK = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Down, Qt.Key.Key_Up)


class Narrowing(QFrame):
    """The line, how many rows it leaves, and now and then a sentence about the table.

    Signals:
        narrowed: Other rows are in view.
    """

    narrowed = Signal()

    def __init__(
        self,
        theme: Theme,
        view: QTableView,
        model: RecordModel[Any],
        columns: Callable[[], Sequence[Column[Any]]],
    ) -> None:
        super().__init__(view)
        self._view, self._model, self._columns = view, model, columns
        self.shown: list[int] | None = None  # the rows in view; None for all of them
        self._wanted: tuple[str, ...] = ()
        self.foot = 0  # pixels that something else takes at the foot
        theme.set_role(self, "popup")
        self.line = QLineEdit()
        self.line.setPlaceholderText("Rows with these words")
        self.line.setAccessibleName("Show rows with these words")
        self.line.setFixedWidth(theme.px(_WIDTH))
        self.line.installEventFilter(self)
        self.line.textChanged.connect(self._narrow)
        self.words = QLabel()
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        theme.set_role(self.words, "caption")
        row = QHBoxLayout(self)
        row.setContentsMargins(*[theme.px(4)] * 4)
        row.addWidget(self.line)
        row.addWidget(self.words)
        self._again = QTimer(self, singleShot=True, interval=_LOOK_AGAIN_MS)
        self._again.timeout.connect(self._apply)
        self._over = QTimer(self, singleShot=True, interval=_SAID_MS)
        self._over.timeout.connect(self._done_saying)
        for signal in (model.rowsInserted, model.rowsRemoved, model.modelReset):
            signal.connect(self._apply)
        model.layoutChanged.connect(self._apply)
        model.dataChanged.connect(self._moved)
        self.hide()

    def open(self) -> None:
        """Ask for words."""
        self._over.stop()
        self.line.show()
        self._count()
        self.show()
        self.place()
        self.line.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.line.selectAll()

    def say(self, sentence: str) -> None:
        """Say something for a moment."""
        self.line.setVisible(bool(self._wanted))
        self.words.setText(sentence)
        self.show()
        self.place()
        self._over.start()

    def place(self) -> None:
        """Stand at the foot of the table, on the right."""
        self.adjustSize()
        area = self._view.viewport().geometry()
        self.move(area.right() - self.width() - 3, area.bottom() - self.foot - self.height() - 3)

    def row_at(self, place: int) -> int:
        """Return the row that is drawn `place`-th."""
        return place if self.shown is None else self.shown[place]

    def place_of(self, row: int) -> int:
        """Return where a row is drawn; -1 if it is not in view."""
        if self.shown is None:
            return row
        at = bisect_left(self.shown, row)
        return at if at < len(self.shown) and self.shown[at] == row else -1

    def __len__(self) -> int:
        return len(self._model) if self.shown is None else len(self.shown)

    def __bool__(self) -> bool:
        return True

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            key = Qt.Key(event.key())
            if key == Qt.Key.Key_Escape:
                self.line.clear()
            if key == Qt.Key.Key_Escape or key in _BACK:
                self.setVisible(bool(self._wanted))
                self._view.setFocus(Qt.FocusReason.OtherFocusReason)
                return True
        return super().eventFilter(watched, event)

    def _narrow(self, text: str) -> None:
        self._wanted = tuple(text.casefold().split())
        if not self._wanted:
            self._show_all()
        self._apply()

    def _moved(self) -> None:
        if self._wanted and not self._again.isActive():
            self._again.start()

    def _apply(self) -> None:
        if not self._wanted:
            return
        columns = self._columns()
        self.shown = [
            row for row, record in enumerate(self._model.records) if self._fits(columns, record)
        ]
        kept = set(self.shown)
        for row in range(len(self._model)):
            self._view.setRowHidden(row, row not in kept)
        self._forget_hidden(kept)
        self._count()
        self.narrowed.emit()
        self._view.viewport().update()

    def _fits(self, columns: Sequence[Column[Any]], record: object) -> bool:
        said = "\n".join(each.text(record) for each in columns).casefold()
        return all(word in said for word in self._wanted)

    def _forget_hidden(self, kept: set[int]) -> None:
        """Let nothing stay chosen that cannot be seen: keys would act on it."""
        choice = self._view.selectionModel()
        flags = QItemSelectionModel.SelectionFlag
        for each in choice.selectedRows():
            if each.row() not in kept:
                choice.select(each, flags.Deselect | flags.Rows)
        if choice.currentIndex().isValid() and choice.currentIndex().row() not in kept:
            first = self._model.index(self.row_at(0), 0) if kept else self._model.index(-1, -1)
            choice.setCurrentIndex(first, flags.ClearAndSelect | flags.Rows)

    def _show_all(self) -> None:
        self.shown = None
        self._again.stop()
        for row in range(len(self._model)):
            self._view.setRowHidden(row, False)  # noqa: FBT003 - Qt's own signature
        self._count()
        self.narrowed.emit()
        self._view.viewport().update()

    def _count(self) -> None:
        self.words.setText(f"{len(self)} of {len(self._model)}" if self._wanted else "")
        self.place()

    def _done_saying(self) -> None:
        self._count()
        self.setVisible(bool(self._wanted))
