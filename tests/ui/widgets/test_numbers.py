from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from puffling.ui.widgets.numbers import grouped, read_decimal


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", "12"),
        ("12.5", "12.5"),
        ("12,5", "12.5"),
        (".5", "0.5"),
        (",5", "0.5"),
        ("1,234", "1234"),
        ("1,234.5", "1234.5"),
        ("1.234,5", "1234.5"),
        ("1 234,50", "1234.50"),
        ("1'234.5", "1234.5"),
        ("1,234,567", "1234567"),
        ("-3", "-3"),
        ("−3.2", "-3.2"),
        ("+7", "7"),
        (" 12. ", "12"),
    ],
)
def test_numbers_are_read_as_people_write_them(text, value):
    assert read_decimal(text) == (Decimal(value), "")


@pytest.mark.parametrize(
    "text",
    [
        "abc",
        "1e5",
        "nan",
        "inf",
        "1,23,4",
        "1.2.3",
        "--1",
        "12x",
        "=1+1",
        "٣",
        "1,2345,678",
        "9" * 41,
    ],
)
def test_what_is_no_number_is_said_and_not_guessed(text):
    value, problem = read_decimal(text)
    assert value is None
    assert problem.endswith("is not a number.")


def test_nothing_is_no_number_and_no_problem():
    assert read_decimal("  ") == (None, "")


@pytest.mark.parametrize(("text", "value"), [("2k", 2000), ("1.5M", 1_500_000), ("k", None)])
def test_shorthand_for_thousands(text, value):
    found, problem = read_decimal(text, shorthand=True)
    assert found == value
    assert bool(problem) is (value is None)
    assert read_decimal(text)[0] is None


@given(st.text())
def test_reading_never_raises_and_says_one_thing(text):
    value, problem = read_decimal(text, shorthand=True)
    assert (value is None) or not problem
    assert value is None or value.is_finite()


@given(
    st.decimals(
        allow_nan=False, allow_infinity=False, min_value=-(10**9), max_value=10**9, places=4
    )
)
def test_what_is_shown_is_read_back(value):
    assert read_decimal(grouped(value))[0] == value
    assert read_decimal(grouped(value, 4))[0] == value
