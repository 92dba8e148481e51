"""What is exported can be imported again to the last digit, and runs in no spreadsheet."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from puffin.data.bars import Interval
from puffin.data.csv import read_bars
from puffin.data.export import csv_lines, safe_cell, to_csv
from puffin.data.inspect import inspect
from puffin.data.sample import SampleProvider
from tests.puffin.factors.market import walk

DEMO = SampleProvider(Path(__file__).parents[3] / "resources/demo")


@pytest.mark.parametrize("notes", [False, True])
def test_the_demo_market_survives_the_way_out_and_in(tmp_path, notes):
    bars = DEMO.history("AAPL", Interval.D1)
    path = tmp_path / "AAPL.csv"
    path.write_text(to_csv(bars, inspect(bars).row_notes if notes else None))
    again = read_bars(path, "AAPL")
    assert again.data_hash == bars.data_hash


@pytest.mark.parametrize("interval", [Interval.D1, Interval.M15, Interval.H1])
def test_every_digit_survives(tmp_path, interval):
    bars = walk(200, interval=interval)
    path = tmp_path / "bars.csv"
    path.write_text(to_csv(bars))
    again = read_bars(path, "TEST", interval=interval)
    for name in ("time", "open", "high", "low", "close", "volume"):
        np.testing.assert_array_equal(getattr(again, name), getattr(bars, name))


def test_it_comes_in_pieces():
    bars = walk(10_000)
    pieces = list(csv_lines(bars))
    assert len(pieces) == 4
    assert "".join(pieces) == to_csv(bars)
    assert to_csv(bars).count("\n") == 10_001


def test_a_number_that_is_not_known_is_left_blank():
    bars = walk(3)
    close = bars.close.copy()
    close[1] = np.nan
    rows = list(csv.reader(io.StringIO(to_csv(replace(bars, close=close)))))
    assert rows[0] == ["Date", "Open", "High", "Low", "Close", "Volume"]
    assert rows[2][4] == ""
    assert rows[1][0] == "2004-08-19"


def test_notes_are_the_last_column_and_safe():
    rows = list(csv.reader(io.StringIO(to_csv(walk(2), {1: ["=1+1", "and more"]}))))
    assert rows[0][-1] == "Notes"
    assert rows[1][-1] == ""
    assert rows[2][-1] == "'=1+1 and more"


@pytest.mark.parametrize(
    "text", ["=1", "+1", "-1", "@a", "\t=1", "  =1", "\r=1", "\n=1", "\u2028=1"]
)
def test_a_cell_that_a_spreadsheet_would_run_is_quoted(text):
    assert safe_cell(text).startswith("'")


@given(st.text(max_size=40))
def test_no_text_becomes_a_formula_or_another_line(text):
    shown = safe_cell(text)
    assert not shown.lstrip().startswith(("=", "+", "-", "@"))
    assert "\n" not in shown
    assert "\r" not in shown
    assert safe_cell("IBM") == "IBM"
