"""Drawings are kept as they were drawn."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from puffin.data.bars import Interval
from puffling.core.drawing_kinds import Dash, DrawingKind, Style
from puffling.core.drawings import Anchor, Drawing, Span
from puffling.core.errors import StoreDamagedError
from puffling.store.drawings import DrawingStore

if TYPE_CHECKING:
    from puffling.store.database import Database

LINE = Drawing(
    "line",
    "AAPL",
    DrawingKind.TREND,
    (
        Anchor(1_330_560_000_000_000_000, 540.123456789),
        Anchor(1_333_238_400_000_000_001, 0.1 + 0.2),
    ),
    Style("series_3", 2.0, Dash.DASHED, 0.3, (0.5, 1.0)),
    text="the one that held",
    locked=True,
    hidden=True,
    span=Span.SHORTER,
    interval=Interval.H1,
    height=4,
    risk=512.5,
)


@pytest.fixture
def store(database: Database) -> DrawingStore:
    return DrawingStore(database)


def test_a_drawing_comes_back_as_it_was_to_the_nanosecond(store: DrawingStore):
    store.change([LINE])
    assert store.get("line") == LINE
    assert store.of("AAPL") == [LINE]
    assert store.of("IBM") == []


def test_the_lowest_comes_first_and_what_is_changed_stays_one(store: DrawingStore):
    low = replace(LINE, id="low", height=1)
    store.change([LINE, low])
    store.change([replace(LINE, text="moved")])
    assert [each.id for each in store.of("AAPL")] == ["low", "line"]
    assert store.of("AAPL")[1].text == "moved"
    assert store.symbols() == {"AAPL": 2}


def test_what_is_removed_is_gone_in_the_same_stroke_that_keeps_another(store: DrawingStore):
    store.change([LINE])
    store.change([replace(LINE, id="other", symbol="IBM")], ["line"])
    assert store.get("line") is None
    assert store.symbols() == {"IBM": 1}


def test_a_record_that_is_no_drawing_is_called_damaged(store: DrawingStore, database: Database):
    store.change([LINE])
    with database.write() as connection:
        connection.exec_driver_sql(
            "UPDATE drawings SET document = replace(document, '\"trend\"', '\"moon\"')"
        )
    with pytest.raises(StoreDamagedError, match="unreadable record"):
        store.of("AAPL")
