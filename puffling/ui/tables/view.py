"""A table of records: sorting, copying, columns as the person likes them, and cheap repaints."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QRect, Qt, QTimer, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QGuiApplication,
    QKeySequence,
    QPainter,
)
from PySide6.QtWidgets import QAbstractItemView, QMenu, QTableView
from typing_extensions import override

from puffling.core.errors import PufflingError
from puffling.core.files import write_whole
from puffling.ui.tables import row_menu
from puffling.ui.tables.clipboard import as_csv, as_tsv
from puffling.ui.tables.delegates import CellPainter, Flashes
from puffling.ui.tables.keys import TableKeys
from puffling.ui.tables.layout import ColumnLayout
from puffling.ui.tables.narrowing import Narrowing
from puffling.ui.tables.outfit import dress
from puffling.ui.tables.totals import Totals
from puffling.ui.theme.tokens import Tone
from puffling.ui.widgets.file_dialog import ask_file
from puffling.ui.widgets.frames import Painting

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtGui import (
        QKeyEvent,
        QMouseEvent,
        QPaintEvent,
        QResizeEvent,
    )
    from PySide6.QtWidgets import QWidget

    from puffling.ui.tables.columns import Column
    from puffling.ui.tables.model import Index, RecordModel
    from puffling.ui.theme.theme import Theme

_RESORT_MS = 1_000
_FLASH_STEP_MS = 100
_SEPARATOR_ALPHA = 0.6
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_FAR = (Qt.Key.Key_Home, Qt.Key.Key_End)
_SIDES = (Qt.Key.Key_Left, Qt.Key.Key_Right)
_ENSURE_VISIBLE = QAbstractItemView.ScrollHint.EnsureVisible
_CONTROL = Qt.KeyboardModifier.ControlModifier


class RecordView(QTableView):
    """Shows a `RecordModel`.

    It paints the visible rows itself, straight from the records (see `delegates`). A sorted
    table whose values move is put back in order once a second.

    Signals:
        chosen: The current row changed (its record, or None).
        opened: Return was pressed on a row, or it was double-clicked (its record).
        filling_menu: The context menu is about to show (the QMenu, the record or None); add
            actions to it.
        arranged: The person changed columns, widths or sorting.
    """

    chosen = Signal(object)
    opened = Signal(object)
    filling_menu = Signal(object, object)
    arranged = Signal()

    def __init__(
        self,
        theme: Theme,
        model: RecordModel[Any],
        *,
        empty: str = "",
        name: str = "Table",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme, self.records, self._empty = theme, model, empty
        self._painter = CellPainter(theme)
        self._flashes = Flashes()
        self._hovered = -1
        self.setAccessibleName(name)
        dress(self, theme)
        self.setModel(model)
        self.columns = ColumnLayout(self, model, self._painter)
        self.columns.arranged.connect(self.arranged)
        self.narrowing = Narrowing(theme, self, model, self.columns.visible)
        self.totals = Totals(self, model, self.columns, self._painter, lambda: self.in_view)
        self.narrowing.narrowed.connect(self.totals.count)
        self._marks_column = False  # once the arrows have moved to another column
        keys = {"Ctrl+F": self.narrowing.open}
        moves = {"Ctrl+Shift+Left": -1, "Ctrl+Shift+Right": 1}
        TableKeys(self, keys | {key: partial(self.move_column, by) for key, by in moves.items()})
        self._resort = QTimer(self)
        self._resort.setSingleShot(True)
        self._resort.setInterval(_RESORT_MS)
        self._resort.timeout.connect(self._put_in_order)
        self._fade = QTimer(self)
        self._fade.setInterval(_FLASH_STEP_MS)
        self._fade.timeout.connect(self._fade_on)
        model.dataChanged.connect(self._note_order)
        model.modelReset.connect(self._flashes.forget)
        self.selectionModel().currentRowChanged.connect(self._announce)
        self.doubleClicked.connect(self._open)
        theme.changed.connect(self._restyle)

    # -- what is chosen ----------------------------------------------------------------------

    @property
    def current(self) -> Any:  # noqa: ANN401 - whatever the model holds
        """The current row's record; None if there is none."""
        return self.records.record(self.currentIndex().row())

    @property
    def selected(self) -> list[Any]:
        """The selected records, from the top."""
        rows = sorted(each.row() for each in self.selectionModel().selectedRows())
        return [self.records.record(row) for row in rows if self.narrowing.place_of(row) >= 0]

    @property
    def in_view(self) -> list[Any]:
        """The records that the filter line leaves, from the top."""
        return [self.records.record(self.narrowing.row_at(at)) for at in range(len(self.narrowing))]

    def choose(self, key: str) -> bool:
        """Make the row of `key` the current one; whether there is such a row."""
        row = self.records.row_of(key)
        if row < 0:
            return False
        flags = QItemSelectionModel.SelectionFlag
        self.selectionModel().setCurrentIndex(
            self.records.index(row, 0), flags.ClearAndSelect | flags.Rows
        )
        return True

    def set_empty(self, sentence: str) -> None:
        """Say something else while there are no rows."""
        self._empty = sentence
        self.viewport().update()

    # -- columns -----------------------------------------------------------------------------

    def layout_state(self) -> dict[str, Any]:
        """Return order, widths and visibility of the columns, and the sorting."""
        return self.columns.state()

    def restore_layout(self, state: Mapping[str, Any]) -> None:
        """Take up a remembered state; what does not fit is passed over."""
        self.columns.restore(state)

    def column_menu(self, parent: QWidget | None = None) -> QMenu:
        """Return the menu that shows, hides and moves columns."""
        return row_menu.with_moves(self.columns.menu(parent or self), self)

    @property
    def current_column(self) -> Column[Any] | None:
        """The column that the arrows stand on."""
        at = self.currentIndex().column()
        return self.records.columns[at] if at >= 0 else None

    def move_column(self, by: int) -> None:
        """Move the column that the arrows stand on to the left (-1) or to the right (1)."""
        column = self.current_column
        self._marks_column = True
        if column is not None and self.columns.move(column, by):
            self.scrollTo(self.currentIndex())
        self.viewport().update()

    # -- copying -----------------------------------------------------------------------------

    def copy(self) -> str:
        """Put the selected rows on the clipboard as tab-separated text, and return it."""
        text = as_tsv(self.columns.visible(), self.selected)
        QGuiApplication.clipboard().setText(text)
        return text

    def save(self, path: str) -> None:
        """Write the rows in view, and the columns, as comma-separated values."""
        records = self.in_view
        page = as_csv(self.columns.visible(), records, self.totals.row())
        try:
            write_whole(Path(path), page.encode("utf-8-sig"))
        except PufflingError as error:
            self.narrowing.say(str(error))
        else:
            rows = "1 row" if len(records) == 1 else f"{len(records)} rows"
            self.narrowing.say(f"{rows} saved to {Path(path).name}.")

    def ask_where_to_save(self) -> None:
        """Let the person choose the file that `save` writes."""
        name = f"{self.accessibleName().lower()}.csv"
        ask_file(self, "Save rows", self.save, kinds="Tables (*.csv)", save_as=name)

    # -- events ------------------------------------------------------------------------------

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if Qt.Key(event.key()) in _SIDES:
            self._marks_column = True
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif Qt.Key(event.key()) in _ENTER and not event.modifiers() and self.current is not None:
            self.opened.emit(self.current)
        elif Qt.Key(event.key()) in _FAR and event.modifiers() == _CONTROL:
            # Qt would move the frame and leave the row behind that keys act on.
            self.choose(self.records.key_at(self._end(last=event.key() == Qt.Key.Key_End)))
        else:
            super().keyPressEvent(event)
            return
        event.accept()

    @override
    def moveCursor(
        self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier
    ) -> QModelIndex:
        """Home and End go to the first and the last row: a row is one thing here, not cells."""
        ends = {
            QAbstractItemView.CursorAction.MoveHome: False,
            QAbstractItemView.CursorAction.MoveEnd: True,
        }
        if action in ends and len(self.narrowing):
            row = self._end(last=ends[action])
            return self.records.index(row, max(self.currentIndex().column(), 0))
        return super().moveCursor(action, modifiers)

    @override
    def keyboardSearch(self, search: str) -> None:
        """Leave letters to the panels' shortcuts."""

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover(self.rowAt(event.position().toPoint().y()))
        super().mouseMoveEvent(event)

    @override
    def leaveEvent(self, event: Any) -> None:
        self._hover(-1)
        super().leaveEvent(event)

    @override
    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        record, place = self.records.record(self.rowAt(event.pos().y())), event.globalPos()
        if event.reason() is QContextMenuEvent.Reason.Keyboard:
            record = self.current
            below = self.visualRect(self.currentIndex()).bottomLeft()
            place = self.viewport().mapToGlobal(below)
        menu = QMenu(self)
        menu.aboutToHide.connect(menu.deleteLater)
        self.filling_menu.emit(menu, record)
        row_menu.fill(menu, self, self._theme)
        menu.popup(place)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.narrowing.place()

    @override
    def updateGeometries(self) -> None:
        """Leave room below the last row for the line of totals."""
        super().updateGeometries()
        if hasattr(self, "totals"):  # Qt asks before there is one
            self.narrowing.foot = self.totals.leave_room(len(self.narrowing))
            self.narrowing.place()

    @override
    def scrollTo(self, index: Index, hint: QAbstractItemView.ScrollHint = _ENSURE_VISIBLE) -> None:
        super().scrollTo(index, hint)
        if hasattr(self, "totals"):
            bar = self.verticalScrollBar()
            bar.setValue(bar.value() + self.totals.covers(self.visualRect(index)))

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        with Painting(self):
            self._paint(event)

    def _paint(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        area = event.rect()
        painter.fillRect(area, self._painter.color("panel"))
        if not len(self.narrowing):
            narrowed = "No row has these words." if len(self.records) else self._empty
            self._paint_empty(painter, narrowed)
            return
        self._painter.start(painter)
        columns = self.columns.in_sight()
        height = self.rowHeight(self.narrowing.row_at(0))
        offset = self.verticalOffset()
        first = max((area.top() + offset) // height, 0)
        last = min((area.bottom() + offset) // height, len(self.narrowing) - 1)
        for at in range(first, last + 1):
            line = QRect(0, at * height - offset, 0, height)
            self._paint_row(painter, line, self.narrowing.row_at(at), columns)
        self._paint_current(painter, height, offset)
        self._watch(height, offset)

    # -- inside ------------------------------------------------------------------------------

    def _paint_row(
        self,
        painter: QPainter,
        line: QRect,
        row: int,
        columns: list[tuple[Column[Any], int, int]],
    ) -> None:
        record, key = self.records.record(row), self.records.key_at(row)
        paint = self._painter
        width = self.viewport().width()
        ground = QRect(0, line.top(), width, line.height() - 1)
        if self.selectionModel().isRowSelected(row, QModelIndex()):
            painter.fillRect(ground, paint.color("selection"))
        elif row == self._hovered:
            painter.fillRect(ground, paint.color("hover"))
        painter.fillRect(0, line.bottom(), width, 1, self._theme.color("line", _SEPARATOR_ALPHA))
        for column, left, wide in columns:
            rect = QRect(left, line.top(), wide, line.height())
            text = column.words(record)
            if column.flash and not self._theme.reduced_motion:
                self._flashes.look(key, column, record, text)
                strength, tone = self._flashes.strength(key, column.id)
                if strength:
                    paint.flash(painter, rect.adjusted(0, 0, 0, -1), strength, tone)
            paint.paint(painter, rect, column, record, text)

    def _paint_current(self, painter: QPainter, height: int, offset: int) -> None:
        at = self.narrowing.place_of(self.currentIndex().row())
        if at >= 0 and self.hasFocus():
            accent = self._painter.color(Tone.ACCENT)
            painter.fillRect(0, at * height - offset, 2, height - 1, accent)
            if self._marks_column:
                here = self.visualRect(self.currentIndex())
                painter.fillRect(here.left(), here.bottom() - 2, here.width(), 2, accent)

    def _paint_empty(self, painter: QPainter, sentence: str) -> None:
        painter.setPen(self._painter.color(Tone.MUTED))
        area = self.viewport().rect().adjusted(16, 0, -16, 0)
        area.setHeight(round(area.height() * 0.8))  # its middle is at 40 % of the height
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(area, flags, sentence)

    def _watch(self, height: int, offset: int) -> None:
        """Forget what is out of sight, and start fading what has lit up."""
        first = offset // height
        last = min(first + self.viewport().height() // height + 2, len(self.narrowing))
        shown = (self.narrowing.row_at(at) for at in range(first, last))
        self._flashes.keep_only({self.records.key_at(row) for row in shown})
        if self._flashes.active and not self._fade.isActive():
            self._fade.start()

    def _fade_on(self) -> None:
        if not self._flashes.expire():
            self._fade.stop()
        self.viewport().update()

    def _note_order(self) -> None:
        if self.records.out_of_order and not self._resort.isActive():
            self._resort.start()

    def _put_in_order(self) -> None:
        if self.records.out_of_order:
            self.records.resort()

    def _end(self, *, last: bool) -> int:
        """Return the first or the last row in view; -1 if there is none."""
        count = len(self.narrowing)
        return self.narrowing.row_at(count - 1 if last else 0) if count else -1

    def _hover(self, row: int) -> None:
        if row != self._hovered:
            before, self._hovered = self._hovered, row
            for each in (before, row):
                if each >= 0:
                    height = self.rowHeight(each)
                    self.viewport().update(
                        0, self.rowViewportPosition(each), self.viewport().width(), height
                    )

    def _announce(self) -> None:
        self.viewport().update()
        self.chosen.emit(self.current)

    def _open(self) -> None:
        if self.current is not None:
            self.opened.emit(self.current)

    def _restyle(self) -> None:
        self._painter.rebuild()
        self.verticalHeader().setDefaultSectionSize(self._theme.row_height)
        self.viewport().update()
