"""The line of totals at the foot of a table: pinned, and of the rows that are in view."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QRect, Qt, QTimer
from PySide6.QtGui import QHelpEvent, QPainter
from PySide6.QtWidgets import QToolTip, QWidget
from typing_extensions import override

from puffling.ui.tables.columns import Column, Draw
from puffling.ui.theme.tokens import Tone
from puffling.ui.widgets.frames import Painting

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtCore import QEvent
    from PySide6.QtGui import QPaintEvent
    from PySide6.QtWidgets import QTableView

    from puffling.ui.tables.delegates import CellPainter
    from puffling.ui.tables.layout import ColumnLayout
    from puffling.ui.tables.model import RecordModel
    from puffling.ui.tables.sums import Total

_AGAIN_MS = 250  # values move many times a second
_FEWEST = 2  # one row is its own total
LABEL = "Total"


class Totals(QWidget):
    """Adds up what the table shows; there is none without a column that can be added up."""

    def __init__(
        self,
        view: QTableView,
        model: RecordModel[Any],
        layout: ColumnLayout,
        painter: CellPainter,
        records: Callable[[], Sequence[Any]],
    ) -> None:
        super().__init__(view)
        self._view, self._layout, self._cells = view, layout, painter
        self._records = records
        self._sums: dict[str, Total] = {}
        self._wanted = any(each.total is not None for each in model.columns)
        self._timer = QTimer(self, singleShot=True, interval=_AGAIN_MS)
        self._timer.timeout.connect(self.count)
        self.setAccessibleName("Totals")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.hide()
        if not self._wanted:
            return
        for signal in (model.rowsInserted, model.rowsRemoved, model.modelReset):
            signal.connect(self.count_soon)
        model.dataChanged.connect(self.count_soon)
        layout.shifted.connect(self.update)
        view.horizontalScrollBar().valueChanged.connect(lambda _at: self.update())

    @property
    def room(self) -> int:
        """How much of the table's foot it takes."""
        return self.height() if self.isVisibleTo(self._view) else 0

    def by_column(self) -> dict[str, Total]:
        """Return the totals of the rows in view, by column; none of a single row."""
        rows = self._records()
        if not self._wanted or len(rows) < _FEWEST:
            return {}
        columns = (each for each in self._layout.visible() if each.total is not None)
        sums = {each.id: each.total(rows) for each in columns if each.total is not None}
        return {} if all(each.apart for each in sums.values()) else sums

    def row(self) -> list[str]:
        """Return a cell for each column in view, as an export writes it; empty without totals."""
        sums = self.by_column()
        if not sums:
            return []
        cells = [sums[each.id].text if each.id in sums else "" for each in self._layout.visible()]
        return [LABEL, *cells[1:]] if not cells[0] else cells

    def count_soon(self) -> None:
        """Add up again a moment later."""
        if self._wanted and not self._timer.isActive():
            self._timer.start()

    def count(self) -> None:
        """Add up now."""
        self._sums = self.by_column()
        self._tell()
        if bool(self._sums) != self.isVisibleTo(self._view):
            self.setVisible(bool(self._sums))
            self._view.updateGeometries()
        self.update()

    def leave_room(self, rows: int) -> int:
        """Stand at the foot of the table and let its last row come above; return the room taken."""
        area, height = self._view.viewport().geometry(), self._row_height()
        self.setGeometry(area.left(), area.bottom() + 1 - height, area.width(), height)
        if self.room:
            bar = self._view.verticalScrollBar()
            bar.setMaximum(max(0, rows * height + height - area.height()))
            bar.setPageStep(max(1, area.height() - height))
        return self.room

    def covers(self, cell: QRect) -> int:
        """Return how much of a cell it hides."""
        if not self.room:
            return 0
        return max(0, cell.bottom() + 1 + self.room - self._view.viewport().height())

    @override
    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self._why(event.pos().x()), self)
            return True
        return super().event(event)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        with Painting(self):
            self._paint()

    def _paint(self) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._cells.color("raised"))
        painter.fillRect(0, 0, self.width(), 1, self._cells.color("line_strong"))
        self._cells.start(painter)
        columns = self._layout.in_sight()
        self._label(painter, columns)
        for column, left, wide in columns:
            total = self._sums.get(column.id)
            if total is not None:
                cell = Column("", "", str, column.align, draw=Draw.STRONG, tone=_tone(total.tone))
                rect = QRect(left, 1, wide, self.height() - 1)
                self._cells.paint(painter, rect, cell, None, total.text)

    def _label(self, painter: QPainter, columns: Sequence[tuple[Column[Any], int, int]]) -> None:
        """Say what the line is, in the room before the first total."""
        if not columns or columns[0][0].id in self._sums:
            return
        left = columns[0][1]
        right = next((at for column, at, _ in columns if column.id in self._sums), self.width())
        label = Column("", "", str, draw=Draw.TEXT, tone=_tone(Tone.MUTED))
        self._cells.paint(
            painter, QRect(left, 1, right - left, self.height() - 1), label, None, LABEL
        )

    def _row_height(self) -> int:
        return self._view.verticalHeader().defaultSectionSize()

    def _why(self, x: int) -> str:
        for column, left, wide in self._layout.in_sight():
            if left <= x < left + wide and column.id in self._sums:
                return self._sums[column.id].why
        return ""

    def _tell(self) -> None:
        """Let a screen reader say the totals with the table."""
        said = [
            f"{each.heading} {self._sums[each.id].text}. {self._sums[each.id].why}".rstrip()
            for each in self._layout.visible()
            if each.id in self._sums
        ]
        words = f"Totals: {' '.join(said)}" if said else ""
        self.setAccessibleDescription(words)
        if self._view.accessibleDescription() != words:
            self._view.setAccessibleDescription(words)


def _tone(name: str) -> Callable[[Any], str]:
    return lambda _record: name
