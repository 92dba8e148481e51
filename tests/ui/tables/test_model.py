from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPersistentModelIndex, Qt

from puffling.ui.tables.columns import Align, Column, number
from puffling.ui.tables.model import RecordModel, ranges

DOWN = Qt.SortOrder.DescendingOrder


@dataclass(frozen=True)
class Row:
    name: str
    price: Decimal | None
    note: str = ""


COLUMNS: tuple[Column[Row], ...] = (
    Column("name", "Name", lambda row: row.name),
    number(
        "price",
        "Price",
        lambda row: "—" if row.price is None else str(row.price),
        lambda row: row.price,
        help_="Last",
    ),
    Column("note", "Note", lambda row: row.note, Align.CENTER, tip=lambda row: row.note * 2),
)


def row(name: str, price: float | None = 1, note: str = "") -> Row:
    return Row(name, None if price is None else Decimal(str(price)), note)


@pytest.fixture
def model(qtmodeltester):
    model = RecordModel(COLUMNS, lambda row: row.name)
    model.put_many(row(each, price) for each, price in (("A", 3), ("B", 1), ("C", 2)))
    yield model
    qtmodeltester.check(model)


def changes(model: RecordModel[Row]) -> list[tuple[int, int]]:
    heard: list[tuple[int, int]] = []
    model.dataChanged.connect(lambda first, last: heard.append((first.row(), last.row())))
    return heard


def names(model: RecordModel[Row]) -> list[str]:
    return [each.name for each in model.records]


def test_only_changed_rows_are_announced(model):
    heard = changes(model)
    model.put_many([row("A", 3), row("B", 5), row("C", 2)])
    assert heard == [(1, 1)]
    model.put(model.get("C"))
    assert heard == [(1, 1)]


def test_neighbours_are_announced_together(model):
    model.put_many(row(each) for each in "DEFG")
    heard = changes(model)
    model.put_many(row(each, 9) for each in "AFBEG")
    assert heard == [(0, 1), (4, 6)]


def test_new_records_are_rows_at_the_end(model):
    model.put_many([row("D"), row("A", 7)])
    assert names(model) == ["A", "B", "C", "D"]
    assert model.get("A") == row("A", 7)
    assert model.row_of("D") == 3
    assert model.key_at(3) == "D"


def test_the_last_of_two_records_with_one_key_counts(model):
    model.put_many([row("D", 1), row("D", 2), row("A", 8), row("A", 9)])
    assert model.get("D") == row("D", 2)
    assert model.get("A") == row("A", 9)
    assert len(model) == 4


def test_removed_rows_are_gone_and_unknown_keys_do_no_harm(model):
    model.remove("B", "Z", "B")
    assert names(model) == ["A", "C"]
    assert (model.row_of("C"), model.row_of("B")) == (1, -1)
    assert model.get("B") is None


def test_reset_keeps_rows_that_stay_and_takes_the_given_order(model):
    kept = QPersistentModelIndex(model.index(2, 0))
    model.reset([row("D"), row("C", 9), row("A")])
    assert names(model) == ["D", "C", "A"]
    assert kept.isValid()
    assert model.record(kept.row()) == row("C", 9)
    model.reset()
    assert names(model) == []
    assert not kept.isValid()


def test_reset_keeps_the_sorting(model):
    model.sort(1)
    model.reset([row("A", 2), row("D", 1)])
    assert names(model) == ["D", "A"]
    model.reset([row("X", 2), row("Y", 1)])
    assert names(model) == ["Y", "X"]


def test_sorting_is_by_value_and_moves_no_selection(model):
    kept = QPersistentModelIndex(model.index(0, 2))
    model.sort(1, DOWN)
    assert names(model) == ["A", "C", "B"]
    model.sort(1)
    assert names(model) == ["B", "C", "A"]
    assert (model.record(kept.row()).name, kept.column()) == ("A", 2)
    assert model.sorted_by == ("price", False)


def test_what_is_not_known_is_last_whichever_way(model):
    model.put(row("N", None))
    model.sort(1)
    assert names(model)[-1] == "N"
    model.sort(1, DOWN)
    assert names(model)[-1] == "N"


def test_a_new_row_takes_its_place_at_once_and_a_moved_value_when_asked(model):
    model.sort(1)
    model.put(row("D", 1.5))
    assert names(model) == ["B", "D", "C", "A"]
    model.put(row("B", 9))
    assert names(model) == ["B", "D", "C", "A"]
    assert model.out_of_order
    assert model.resort()
    assert names(model) == ["D", "C", "A", "B"]
    assert not model.out_of_order
    assert not model.resort()


def test_sorting_stops_and_rows_stay_where_they_are(model):
    model.sort(1)
    model.sort(-1)
    assert model.sorted_by is None
    assert names(model) == ["B", "C", "A"]


def test_qt_is_told_what_a_cell_says(model):
    role = Qt.ItemDataRole
    model.put(row("A", 3, "hm"))
    assert model.index(0, 1).data() == "3"
    assert model.index(0, 1).data(role.TextAlignmentRole) & Qt.AlignmentFlag.AlignRight
    assert model.index(0, 2).data(role.ToolTipRole) == "hmhm"
    assert model.index(1, 2).data(role.ToolTipRole) is None
    assert model.index(0, 1).data(role.AccessibleTextRole) == "Price: 3"
    assert model.headerData(1, Qt.Orientation.Horizontal, role.ToolTipRole) == "Price: Last"


def test_an_empty_model_counts_as_a_model():
    assert RecordModel(COLUMNS, lambda row: row.name)


@given(st.sets(st.integers(0, 2_000), min_size=1, max_size=400))
def test_ranges_cover_every_row_and_are_few(rows):
    found = ranges(list(rows))
    covered = {each for first, last in found for each in range(first, last + 1)}
    assert rows <= covered
    assert len(found) <= 16
    assert all(first in rows and last in rows for first, last in found)
    assert all(before[1] < after[0] for before, after in pairwise(found))


@given(st.sets(st.integers(0, 60), min_size=1, max_size=12))
def test_a_few_rows_are_covered_exactly(rows):
    covered = [each for first, last in ranges(list(rows)) for each in range(first, last + 1)]
    assert covered == sorted(rows)
