"""Records in rows: only what changed is announced, and sorting moves rows instead of resetting."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from typing_extensions import override

from puffling.ui.tables.columns import Align
from puffling.ui.voice import said

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from PySide6.QtCore import QObject

    from puffling.ui.tables.columns import Column

R = TypeVar("R")
Index = QModelIndex | QPersistentModelIndex
ROOT = QModelIndex()
Role = Qt.ItemDataRole

_FLAGS = {
    Align.LEFT: Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter,
    Align.RIGHT: Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter,
    Align.CENTER: Qt.AlignmentFlag.AlignCenter,
}
# More ranges than this are joined over their smallest gaps: telling Qt costs more than a row.
_MOST_RANGES = 16


class RecordModel(QAbstractTableModel, Generic[R]):
    """Rows are records with a key; `put` adds one or replaces the one with the same key."""

    def __init__(
        self,
        columns: Sequence[Column[R]],
        key: Callable[[R], str],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)
        self._key = key
        self._records: list[R] = []
        self._keys: list[str] = []
        self._rows: dict[str, int] = {}
        self._sorted_by: int | None = None
        self._descending = False
        self.out_of_order = False  # a sorted value changed; `resort` puts it right

    # -- records -----------------------------------------------------------------------------

    def put(self, record: R) -> None:
        """Add `record`, or replace the row that has its key."""
        self.put_many((record,))

    def put_many(self, records: Iterable[R]) -> None:
        """Add or replace many; rows whose record did not change are not announced."""
        changed: list[int] = []
        fresh: dict[str, R] = {}
        mine, rows, key = self._records, self._rows, self._key
        for record in records:
            name = key(record)
            row = rows.get(name)
            if row is None:
                fresh[name] = record
            elif mine[row] is not record and mine[row] != record:
                mine[row] = record
                changed.append(row)
        if changed:
            self._announce(changed)
        if fresh:
            self._append(fresh)

    def remove(self, *keys: str) -> None:
        """Take rows away; keys that have none are passed over."""
        gone = sorted((self._rows[each] for each in set(keys) if each in self._rows), reverse=True)
        for row in gone:
            self.beginRemoveRows(ROOT, row, row)
            del self._records[row], self._keys[row]
            self._number()
            self.endRemoveRows()

    def reset(self, records: Iterable[R] = ()) -> None:
        """Have these records and no others, in this order unless the table is sorted.

        Rows that stay keep their selection.
        """
        known = {self._key(each): each for each in records}
        if not known or not any(key in self._rows for key in known):
            self.beginResetModel()
            self._keys, self._records = list(known), list(known.values())
            self._number()
            self.endResetModel()
            self.resort()
            return
        self.remove(*(key for key in self._keys if key not in known))
        self.put_many(known.values())
        if self._sorted_by is None:
            self._arrange([self._rows[key] for key in known])
        else:
            self.resort()

    def record(self, row: int) -> R | None:
        """Return the record in `row`; None if there is no such row."""
        return self._records[row] if 0 <= row < len(self._records) else None

    def get(self, key: str) -> R | None:
        """Return the record with `key`; None if there is none."""
        row = self._rows.get(key)
        return None if row is None else self._records[row]

    def row_of(self, key: str) -> int:
        """Return the row of `key`; -1 if it has none."""
        return self._rows.get(key, -1)

    def key_at(self, row: int) -> str:
        """Return the key of `row`; empty if there is no such row."""
        return self._keys[row] if 0 <= row < len(self._keys) else ""

    @property
    def records(self) -> tuple[R, ...]:
        """All records, in the order of their rows."""
        return tuple(self._records)

    @property
    def keys(self) -> tuple[str, ...]:
        """All keys, in the order of their rows."""
        return tuple(self._keys)

    def __len__(self) -> int:
        return len(self._records)

    def __bool__(self) -> bool:
        return True  # a model without rows is a model all the same

    # -- order -------------------------------------------------------------------------------

    @property
    def sorted_by(self) -> tuple[str, bool] | None:
        """The sorted column's id and whether it runs downwards; None for the order of arrival."""
        if self._sorted_by is None:
            return None
        return self.columns[self._sorted_by].id, self._descending

    @override
    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by `column` from now on; a negative one stops sorting."""
        self._sorted_by = column if 0 <= column < len(self.columns) else None
        self._descending = order == Qt.SortOrder.DescendingOrder
        self.resort()

    def resort(self) -> bool:
        """Put rows back in order after their values changed; whether any moved."""
        self.out_of_order = False
        order = self._wanted_order()
        return order is not None and self._arrange(order)

    # -- Qt ----------------------------------------------------------------------------------

    @override
    def rowCount(self, parent: Index = ROOT) -> int:
        return 0 if parent.isValid() else len(self._records)

    @override
    def columnCount(self, parent: Index = ROOT) -> int:
        return 0 if parent.isValid() else len(self.columns)

    @override
    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        record = self.record(index.row())
        if record is None:
            return None
        column = self.columns[index.column()]
        if role == Role.DisplayRole:
            return said(column.words(record))
        if role == Role.ToolTipRole:
            return (said(column.tip(record)) or None) if column.tip is not None else None
        if role == Role.TextAlignmentRole:
            return _FLAGS[column.align]
        if role == Role.AccessibleTextRole:
            return f"{said(column.heading)}: {said(column.text(record))}"
        return None

    @override
    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole
    ) -> Any:
        if orientation != Qt.Orientation.Horizontal or section >= len(self.columns):
            return None
        column = self.columns[section]
        if role == Role.DisplayRole:
            return said(column.heading)
        if role == Role.TextAlignmentRole:
            return _FLAGS[column.align]
        if role == Role.ToolTipRole:
            return ": ".join(said(each) for each in (column.heading, column.help) if each) or None
        return None

    # -- inside ------------------------------------------------------------------------------

    def _append(self, fresh: dict[str, R]) -> None:
        first = len(self._records)
        self.beginInsertRows(ROOT, first, first + len(fresh) - 1)
        self._keys += fresh
        self._records += fresh.values()
        self._number(first)
        self.endInsertRows()
        if self._sorted_by is not None:
            self.resort()

    def _announce(self, changed: list[int]) -> None:
        if self._sorted_by is not None:
            self.out_of_order = True
        last_column = len(self.columns) - 1
        for first, last in ranges(changed):
            self.dataChanged.emit(self.index(first, 0), self.index(last, last_column))

    def _number(self, first: int = 0) -> None:
        if first == 0:
            self._rows = {key: row for row, key in enumerate(self._keys)}
        else:
            self._rows.update((key, first + at) for at, key in enumerate(self._keys[first:]))

    def _wanted_order(self) -> list[int] | None:
        """Return the rows as they should stand; None while the table is not sorted."""
        if self._sorted_by is None:
            return None
        column = self.columns[self._sorted_by]
        value = column.sort or column.text
        values: list[Any] = [value(each) for each in self._records]
        known = [row for row, each in enumerate(values) if each is not None]
        known.sort(key=values.__getitem__, reverse=self._descending)
        return known + [row for row, each in enumerate(values) if each is None]

    def _arrange(self, order: list[int]) -> bool:
        """Put the rows in `order`, given as the rows they are now; whether any moved."""
        if order == list(range(len(order))):
            return False
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        places = {old: new for new, old in enumerate(order)}
        self._records = [self._records[each] for each in order]
        self._keys = [self._keys[each] for each in order]
        self._number()
        after = [self.index(places[each.row()], each.column()) for each in before]
        self.changePersistentIndexList(before, after)
        self.layoutChanged.emit()
        return True


def ranges(rows: list[int]) -> list[tuple[int, int]]:
    """Return the runs of neighbouring rows, joined over small gaps if they are very many."""
    rows = sorted(rows)
    gaps = sorted((after - before for before, after in pairwise(rows)), reverse=True)
    widest = max(gaps[_MOST_RANGES - 1], 1) if len(gaps) >= _MOST_RANGES else 1
    found: list[tuple[int, int]] = []
    start = end = rows[0]
    for row in rows[1:]:
        if row - end > widest:
            found.append((start, end))
            start = row
        end = row
    found.append((start, end))
    return found
