"""Which columns a table shows, in which order, how wide, and sorted by which."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QHeaderView, QMenu, QWidget

from puffling.ui.voice import said

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtCore import QPoint
    from PySide6.QtWidgets import QTableView, QWidget

    from puffling.ui.tables.columns import Column
    from puffling.ui.tables.delegates import CellPainter
    from puffling.ui.tables.model import RecordModel

_SAMPLE_ROWS = 60
_NARROWEST, _WIDEST = 28, 1_200
_ROOM_FOR_ARROW = 20


class ColumnLayout(QObject):
    """Keeps a table's header as the person arranged it.

    Signals:
        arranged: The person changed columns, widths or sorting.
        shifted: Columns stand elsewhere, for whatever reason.
    """

    arranged = Signal()
    shifted = Signal()

    def __init__(self, table: QTableView, model: RecordModel[Any], painter: CellPainter) -> None:
        super().__init__(table)
        self._model, self._painter = model, painter
        self._fitted = False  # to what the rows hold
        self._own_widths = False  # the person's; not to be fitted any more
        self._busy = False
        # Made here and not by the table: a wrapper that came of a passing one would die with it.
        self._header = QHeaderView(Qt.Orientation.Horizontal, table)
        self._header.setSectionsClickable(True)
        self._header.setHighlightSections(True)
        table.setHorizontalHeader(self._header)
        self._prepare()
        model.rowsInserted.connect(self._fit_once)
        model.modelReset.connect(self._fit_once)
        self._fit_once()

    def visible(self) -> list[Column[Any]]:
        """Return the columns that are shown, from the left."""
        header = self._header
        order = [header.logicalIndex(place) for place in range(header.count())]
        return [self._model.columns[each] for each in order if not header.isSectionHidden(each)]

    def in_sight(self) -> list[tuple[Column[Any], int, int]]:
        """Return the columns that the viewport shows: each with its left edge and width."""
        header, right = self._header, self._header.viewport().width()
        found = []
        for at, column in enumerate(self._model.columns):
            if header.isSectionHidden(at):
                continue
            left, width = header.sectionViewportPosition(at), header.sectionSize(at)
            if left < right and left + width > 0:
                found.append((column, left, width))
        return found

    def state(self) -> dict[str, Any]:
        """Return everything, as JSON would hold it; widths as they are at the usual text size."""
        header, scale = self._header, self._painter.scale
        order = [header.logicalIndex(place) for place in range(header.count())]
        columns = [
            {
                "id": self._model.columns[each].id,
                "width": round(
                    (header.sectionSize(each) or self._width(self._model.columns[each])) / scale
                ),
                "hidden": header.isSectionHidden(each),
            }
            for each in order
        ]
        state: dict[str, Any] = {
            "columns": columns
            if self._own_widths
            else [{key: value for key, value in each.items() if key != "width"} for each in columns]
        }
        if self._model.sorted_by is not None:
            id_, descending = self._model.sorted_by
            state["sort"] = {"column": id_, "descending": descending}
        return state

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take up a remembered state; what does not fit is passed over."""
        self._busy = True
        try:
            columns = state.get("columns")
            if isinstance(columns, list):
                self._restore_columns([each for each in columns if isinstance(each, dict)])
            sort = state.get("sort")
            if isinstance(sort, dict):
                self._restore_sort(sort)
        finally:
            self._busy = False

    def menu(self, parent: QWidget) -> QMenu:
        """Return a menu that shows and hides columns; the last one cannot be hidden."""
        menu = QMenu("Columns", parent)
        last = len(self.visible()) == 1
        for at, column in enumerate(self._model.columns):
            if not column.heading:
                continue
            action = menu.addAction(column.heading)
            action.setCheckable(True)
            action.setChecked(not self._header.isSectionHidden(at))
            action.setEnabled(not (last and action.isChecked()))
            action.toggled.connect(lambda on, at=at: self.show_column(at, shown=on))
        menu.addSeparator()
        menu.addAction("Fit widths").triggered.connect(self.fit)
        menu.addAction("Reset columns").triggered.connect(self.reset)
        return menu

    def sort_menu(self, parent: QWidget) -> QMenu:
        """Return a menu that sorts by a column, the other way round the second time."""
        menu = QMenu("Sort by", parent)
        by = self._model.sorted_by
        for column in self.visible():
            if not column.heading:
                continue
            action = menu.addAction(column.heading)
            action.setCheckable(True)
            action.setChecked(by is not None and by[0] == column.id)
            action.triggered.connect(partial(self._sort_by, column))
        menu.addSeparator()
        menu.addAction("As they came").triggered.connect(partial(self._sort_by, None))
        return menu

    def may_move(self, column: Column[Any], by: int) -> bool:
        """Whether a shown column has a shown neighbour on that side."""
        shown = self.visible()
        return column in shown and 0 <= shown.index(column) + by < len(shown)

    def move(self, column: Column[Any], by: int) -> bool:
        """Move a shown column past its neighbour, to the left (-1) or right (1); whether it did."""
        if not self.may_move(column, by):
            return False
        shown = self.visible()
        places = [
            self._header.visualIndex(self._model.columns.index(each))
            for each in (column, shown[shown.index(column) + by])
        ]
        self._header.moveSection(*places)
        return True

    def show_column(self, at: int, *, shown: bool) -> None:
        """Show or hide the column declared `at`-th."""
        self._header.setSectionHidden(at, not shown)
        self.arranged.emit()

    def fit(self) -> None:
        """Make every column as wide as what it holds."""
        self._own_widths = False
        self._apply_widths()
        self.arranged.emit()

    def reset(self) -> None:
        """Bring the columns back to how they were declared."""
        self._busy = True
        for at, column in enumerate(self._model.columns):
            self._header.moveSection(self._header.visualIndex(at), at)
            self._header.setSectionHidden(at, column.hidden)
        self._busy = False
        self.fit()

    def _prepare(self) -> None:
        header = self._header
        header.setHighlightSections(False)
        header.setSectionsMovable(True)
        header.setSectionsClickable(True)
        header.setMinimumSectionSize(_NARROWEST)
        header.setTextElideMode(Qt.TextElideMode.ElideRight)
        header.setSortIndicatorShown(True)
        header.setSortIndicatorClearable(True)
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        header.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.customContextMenuRequested.connect(self._open_menu)
        header.sortIndicatorChanged.connect(self._sort)
        header.sectionResized.connect(self._resized)
        header.sectionMoved.connect(self._moved)
        header.geometriesChanged.connect(self.shifted)
        for at, column in enumerate(self._model.columns):
            header.setSectionHidden(at, column.hidden)
            if column.stretch:
                header.setSectionResizeMode(at, QHeaderView.ResizeMode.Stretch)
        self._apply_widths()

    def _fit_once(self) -> None:
        if not self._fitted and not self._own_widths and len(self._model):
            self._fitted = True
            self._apply_widths()

    def _apply_widths(self) -> None:
        self._busy = True
        for at, column in enumerate(self._model.columns):
            if not column.stretch:
                self._header.resizeSection(at, self._width(column))
        self._busy = False

    def _width(self, column: Column[Any]) -> int:
        paint = self._painter
        if column.width:
            wide = round(column.width * paint.scale)
            if said(column.heading) == column.heading:
                return wide
            return max(wide, paint.width_of(column.heading) + 2 * paint.padding)
        widest = paint.width_of(column.heading) + _ROOM_FOR_ARROW
        for record in self._model.records[:_SAMPLE_ROWS]:
            widest = max(widest, paint.width_of(column.text(record), strong=True))
        return min(max(widest + 2 * paint.padding, _NARROWEST), _WIDEST // 2)

    def _restore_columns(self, columns: list[dict[str, Any]]) -> None:
        places = {column.id: at for at, column in enumerate(self._model.columns)}
        known = [each for each in columns if each.get("id") in places]
        for place, each in enumerate(known):
            at = places[each["id"]]
            self._header.moveSection(self._header.visualIndex(at), place)
            self._header.setSectionHidden(at, each.get("hidden") is True)
            width = each.get("width")
            if isinstance(width, int) and _NARROWEST <= width <= _WIDEST:
                self._own_widths = True
                self._header.resizeSection(at, round(width * self._painter.scale))
        if not self.visible():
            for at in range(self._header.count()):
                self._header.setSectionHidden(at, False)  # noqa: FBT003 - Qt's own signature

    def _restore_sort(self, sort: Mapping[str, Any]) -> None:
        ids = [column.id for column in self._model.columns]
        if sort.get("column") in ids:
            down = sort.get("descending") is True
            order = Qt.SortOrder.DescendingOrder if down else Qt.SortOrder.AscendingOrder
            self._header.setSortIndicator(ids.index(sort["column"]), order)

    def _sort_by(self, column: Column[Any] | None, _checked: object = None) -> None:
        up = Qt.SortOrder.AscendingOrder
        if column is None:
            self._header.setSortIndicator(-1, up)
            return
        again = self._model.sorted_by == (column.id, False)
        at = self._model.columns.index(column)
        self._header.setSortIndicator(at, Qt.SortOrder.DescendingOrder if again else up)

    def _sort(self, at: int, order: Qt.SortOrder) -> None:
        self._model.sort(at, order)
        if not self._busy:
            self.arranged.emit()

    def _resized(self, at: int, old: int, new: int) -> None:
        self.shifted.emit()
        by_hand = self._header.sectionResizeMode(at) is QHeaderView.ResizeMode.Interactive
        if by_hand and old and new and not self._busy:  # none of them is zero: not shown or hidden
            self._own_widths = True
            self.arranged.emit()

    def _moved(self) -> None:
        self.shifted.emit()
        if not self._busy:
            self.arranged.emit()

    def _open_menu(self, place: QPoint) -> None:
        menu = self.menu(self._header)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self._header.mapToGlobal(place))
