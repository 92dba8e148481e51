from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from puffling.ui.tables.clipboard import as_tsv, cell
from puffling.ui.tables.columns import Column


@pytest.mark.parametrize(
    "text", ["=1+1", "+cmd", "-cmd|' /C calc'!A0", "@SUM(A1)", "\t=1", "−cmd", "+1+2", "-1-A1"]
)
def test_what_a_spreadsheet_would_run_is_disarmed(text):
    assert cell(text).startswith("'")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("-5", "-5"),
        ("+1.25", "+1.25"),
        ("−1,234.50", "-1,234.50"),
        ("+1.20 %", "+1.20 %"),
        ("AAPL", "AAPL"),
        ("", ""),
    ],
)
def test_plain_numbers_and_words_stay_as_they_are(text, shown):
    assert cell(text) == shown


@given(st.text())
def test_a_cell_is_one_cell_and_never_a_formula(text):
    made = cell(text)
    assert not any(each in made for each in "\t\r\n")
    if made.startswith(("=", "@")):
        raise AssertionError(made)
    if made.startswith(("+", "-")):
        float(made.rstrip("% ").replace(",", ""))


def test_rows_come_with_their_headings_and_own_words_for_the_clipboard():
    columns = (
        Column("name", "Name", lambda row: row[0]),
        Column("value", "Value", lambda _: "shown", copied=lambda row: row[1]),
    )
    assert as_tsv(columns, [("a\nb", "1"), ("=x", "2")]) == "Name\tValue\na b\t1\n'=x\t2"
