from __future__ import annotations

import csv
from dataclasses import dataclass
from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from puffling.ui.tables.columns import Column, number
from puffling.ui.tables.model import RecordModel
from puffling.ui.tables.view import RecordView

CONTROL = Qt.KeyboardModifier.ControlModifier


@dataclass(frozen=True)
class Row:
    name: str
    price: Decimal = Decimal(1)


COLUMNS: tuple[Column[Row], ...] = (
    Column("name", "Name", lambda row: row.name),
    number("price", "Price", lambda row: f"{row.price:,.2f}", lambda row: row.price),
)
NAMES = ("AAPL", "AMZN", "IBM", "MSFT", "ORCL")


@pytest.fixture
def model(qapp):
    model = RecordModel(COLUMNS, lambda row: row.name)
    model.put_many(Row(name, Decimal(at)) for at, name in enumerate(NAMES))
    return model


@pytest.fixture
def view(theme, model, qtbot):
    view = RecordView(theme, model, empty="Nothing yet.", name="Quotes")
    qtbot.addWidget(view)
    view.resize(420, 240)
    view.show()
    view.activateWindow()
    view.setFocus()
    return view


def narrow(view: RecordView, text: str, qtbot) -> None:
    qtbot.keyClick(view, Qt.Key.Key_F, CONTROL)
    qtbot.keyClicks(view.narrowing.line, text)


def names(view: RecordView) -> list[str]:
    return [each.name for each in view.in_view]


def test_only_rows_with_every_word_stay_and_the_line_counts_them(view, qtbot):
    narrow(view, "a 0", qtbot)
    assert names(view) == ["AAPL", "AMZN"]
    assert view.narrowing.words.text() == "2 of 5"
    before = view.viewport().grab().toImage()
    qtbot.keyClick(view.narrowing.line, Qt.Key.Key_Escape)
    assert names(view) == list(NAMES)
    assert view.hasFocus()
    assert not view.narrowing.isVisible()
    assert view.viewport().grab().toImage() != before


def test_keys_copying_and_the_ends_keep_to_the_rows_in_view(view, qtbot):
    view.choose("IBM")
    narrow(view, "m", qtbot)
    assert names(view) == ["AMZN", "IBM", "MSFT"]
    qtbot.keyClick(view.narrowing.line, Qt.Key.Key_Return)
    assert view.hasFocus()
    assert view.narrowing.isVisible()
    qtbot.keyClick(view, Qt.Key.Key_Up)
    assert view.current.name == "AMZN"
    qtbot.keyClick(view, Qt.Key.Key_End)
    assert view.current.name == "MSFT"
    qtbot.keyClick(view, Qt.Key.Key_Home)
    assert view.current.name == "AMZN"
    view.selectAll()
    assert [line[:4] for line in view.copy().splitlines()[1:]] == ["AMZN", "IBM\t", "MSFT"]
    assert "AAPL" not in QGuiApplication.clipboard().text()


def test_what_is_out_of_view_is_not_chosen_any_more(view, qtbot):
    view.choose("ORCL")
    narrow(view, "ibm", qtbot)
    assert view.current.name == "IBM"
    assert [each.name for each in view.selected] == ["IBM"]
    qtbot.keyClicks(view.narrowing.line, "x")
    assert view.current is None
    assert view.selected == []
    assert "No row has these words" not in view._empty
    view.grab()


def test_rows_that_come_go_move_and_change_are_looked_at_again(view, model, qtbot):
    narrow(view, "m", qtbot)
    model.put(Row("MMM", Decimal(9)))
    model.put(Row("GE", Decimal(9)))
    assert names(view) == ["AMZN", "IBM", "MSFT", "MMM"]
    model.remove("IBM")
    assert names(view) == ["AMZN", "MSFT", "MMM"]
    view.horizontalHeader().setSortIndicator(0, Qt.SortOrder.DescendingOrder)
    assert names(view) == ["MSFT", "MMM", "AMZN"]
    view.narrowing.line.setText("7.00")
    assert names(view) == []
    model.put(Row("GE", Decimal(7)))
    view.narrowing._again.timeout.emit()
    assert names(view) == ["GE"]
    view.narrowing._again.stop()
    model.reset([Row("T", Decimal(7)), Row("F")])
    assert names(view) == ["T"]
    hidden = [view.isRowHidden(row) for row in range(2)]
    assert hidden == [model.record(row).name != "T" for row in range(2)]


def test_a_save_writes_what_is_in_view_and_nothing_a_spreadsheet_would_run(
    view, model, tmp_path, qtbot
):
    model.put_many([Row("=1+1"), Row("@sum"), Row("-x"), Row('say "hi", x')])
    path = tmp_path / "rows.csv"
    view.save(str(path))
    with path.open(encoding="utf-8-sig", newline="") as file:
        written = list(csv.reader(file))
    assert written[0] == ["Name", "Price"]
    assert [row[0] for row in written[6:]] == ["'=1+1", "'@sum", "'-x", 'say "hi", x']
    assert view.narrowing.words.text() == "9 rows saved to rows.csv."
    narrow(view, "ibm", qtbot)
    view.save(str(path))
    assert path.read_text(encoding="utf-8-sig").split() == ["Name,Price", "IBM,2.00"]
    view.narrowing._over.timeout.emit()
    assert view.narrowing.words.text() == "1 of 9"
    view.narrowing._over.stop()


def test_a_place_that_cannot_be_written_is_said(view, tmp_path):
    (tmp_path / "file").write_text("")
    view.save(str(tmp_path / "file" / "rows.csv"))
    assert "could not be read or written" in view.narrowing.words.text()
    view.narrowing._over.timeout.emit()
    view.narrowing._over.stop()
    assert not view.narrowing.isVisible()


def test_a_table_is_sorted_from_its_menu_without_a_mouse(view, model):
    def choose(words: str) -> None:
        menu = view.columns.sort_menu(view)
        next(each for each in menu.actions() if each.text() == words).trigger()
        menu.deleteLater()

    choose("Price")
    assert model.sorted_by == ("price", False)
    choose("Price")
    assert model.sorted_by == ("price", True)
    choose("As they came")
    assert model.sorted_by is None
