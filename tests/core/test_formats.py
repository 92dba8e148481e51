"""Figures as text: exact, aligned, with a true minus, and a dash for what is not known."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from puffling.core import formats

if TYPE_CHECKING:
    from collections.abc import Callable

NEW_YORK = timezone(timedelta(hours=-4))
AT = datetime(2012, 6, 1, 18, 5, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Decimal("1234.5"), "1,234.50"),
        (Decimal(-3), "−3.00"),
        (0.1 + 0.2, "0.30"),
        (Decimal("-0.001"), "0.00"),
        (1_000_000, "1,000,000.00"),
        (
            Decimal("12345678901234567890123456789012.345"),
            "12,345,678,901,234,567,890,123,456,789,012.34",
        ),
        (None, "—"),
        (float("nan"), "—"),
        (float("inf"), "—"),
        (Decimal("NaN"), "—"),
    ],
)
def test_money_has_cents_and_thousands(value: formats.Number, text: str):
    assert formats.money(value) == text


def test_gains_get_a_plus_where_asked_and_zero_never_has_a_sign():
    assert formats.money(Decimal("1.2"), sign=True) == "+1.20"
    assert formats.signed(Decimal("-1.2")) == "−1.20"
    assert formats.signed(0) == "0.00"
    assert formats.signed(Decimal("0.004")) == "0.00"
    assert formats.signed(None) == "—"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Decimal("579.5"), "579.50"),
        (1, "1.00"),
        (Decimal("0.12345"), "0.1234"),
        (Decimal("-0.5"), "−0.5000"),
        (0, "0.00"),
        (None, "—"),
    ],
)
def test_a_price_below_a_dollar_shows_four_places(value: formats.Number, text: str):
    assert formats.price(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Decimal("1200.000"), "1,200"),
        (Decimal("0.50"), "0.5"),
        (Decimal(-100), "−100"),
        (Decimal(0), "0"),
        (None, "—"),
    ],
)
def test_a_quantity_shows_no_more_places_than_it_has(value: formats.Number, text: str):
    assert formats.quantity(value) == text


def test_percent_and_plain_figures():
    assert formats.percent(Decimal("0.1234")) == "12.34 %"
    assert formats.percent(0.5, places=0) == "50 %"
    assert formats.percent(-0.01, sign=True) == "−1.00 %"
    assert formats.percent(0.01, sign=True) == "+1.00 %"
    assert formats.percent(None) == "—"
    assert formats.number(1.236, places=1) == "1.2"
    assert formats.number(2.5, places=0) == "2"


def test_times_are_drawn_in_the_zone_asked_for():
    assert formats.day(AT, zone=UTC) == "1 Jun 2012"
    assert formats.time_of_day(AT, zone=NEW_YORK) == "14:05:09"
    assert formats.moment(AT, zone=NEW_YORK) == "1 Jun 2012 14:05:09"


def test_a_moment_of_today_is_a_time_and_of_another_day_a_date():
    assert formats.when(AT, now=AT + timedelta(hours=1), zone=NEW_YORK) == "14:05:09"
    assert formats.when(AT, now=AT + timedelta(days=1), zone=NEW_YORK) == "1 Jun 2012"
    assert formats.when(AT, zone=NEW_YORK) == "1 Jun 2012"


def test_a_time_without_a_zone_cannot_be_drawn():
    with pytest.raises(ValueError, match="without a zone"):
        formats.day(AT.replace(tzinfo=None))


@pytest.mark.parametrize(
    "drawn",
    [
        formats.day,
        formats.time_of_day,
        formats.moment,
        formats.when,
        formats.duration,
        formats.age,
        formats.size,
    ],
)
def test_what_is_not_known_is_a_dash(drawn: Callable[[None], str]):
    assert drawn(None) == "—"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.4, "0.4 s"),
        (12.4, "12 s"),
        (60, "1 min"),
        (185, "3 min 5 s"),
        (7_500, "2 h 5 min"),
        (7_200, "2 h"),
        (3 * 86_400 + 4 * 3_600, "3 d 4 h"),
        (timedelta(minutes=2), "2 min"),
        (-1, "0.0 s"),
        (float("nan"), "—"),
    ],
)
def test_durations_in_their_two_largest_units(seconds: float, text: str):
    assert formats.duration(seconds) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.4, "now"),
        (-5, "now"),
        (12, "12 s ago"),
        (200, "3 min ago"),
        (7_200, "2 h ago"),
        (200_000, "2 d ago"),
    ],
)
def test_ages_in_their_largest_unit(seconds: float, text: str):
    assert formats.age(seconds) == text


@pytest.mark.parametrize(
    ("count", "text"),
    [(512, "512 B"), (4_000_000, "4.0 MB"), (1_500, "1.5 kB"), (2e9, "2.0 GB"), (3e12, "3.0 TB")],
)
def test_sizes_in_their_largest_unit(count: float, text: str):
    assert formats.size(count) == text


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**20), max_value=10**20))
def test_money_never_differs_from_the_value_by_more_than_half_a_cent(value: Decimal):
    shown = Decimal(formats.money(value).replace(",", "").replace("−", "-"))
    assert abs(shown - value) <= Decimal("0.005")
