"""Numbers and times come back exactly as they went in, or not at all."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects.sqlite import dialect

from puffling.core.errors import StoreDamagedError
from puffling.store.columns import DecimalText, JsonText, UtcTime, decimal_text

SQLITE = dialect()
decimals = st.decimals(allow_nan=False, allow_infinity=False).filter(
    lambda value: abs(value.adjusted()) <= 60
)


@given(decimals)
def test_a_decimal_comes_back_exactly(value: Decimal):
    kept = DecimalText().process_bind_param(value, SQLITE)
    assert DecimalText().process_result_value(kept, SQLITE) == value


@given(decimals)
def test_equal_decimals_have_one_text(value: Decimal):
    sign, digits, exponent = value.as_tuple()
    assert isinstance(exponent, int)
    longer = Decimal((sign, (*digits, 0), exponent - 1))
    assert decimal_text(longer) == decimal_text(value)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("1.10", "1.1"),
        ("100", "100"),
        ("1E+3", "1000"),
        ("-0.00", "0"),
        ("0E-10", "0"),
        ("1E-20", "0.00000000000000000001"),
        (
            "12345678901234567890123456789012345.678901",
            "12345678901234567890123456789012345.678901",
        ),
    ],
)
def test_the_text_of_a_decimal_has_no_exponent_and_no_needless_zero(value: str, text: str):
    assert decimal_text(Decimal(value)) == text


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity", "1E+999", "1E-999"])
def test_a_decimal_without_sense_is_refused(value: str):
    with pytest.raises(ValueError, match="cannot be kept"):
        decimal_text(Decimal(value))


@pytest.mark.parametrize("value", [1.5, "1.5", 3])
def test_only_a_decimal_is_taken_for_one(value: Any):
    with pytest.raises(TypeError, match="not a Decimal"):
        DecimalText().process_bind_param(value, SQLITE)


@pytest.mark.parametrize(
    "text", ["", "1.10", "1e3", "01", "+1", "NaN", ".5", "1.", "--1", 1.5, b"1"]
)
def test_a_number_that_was_not_written_so_means_damage(text: Any):
    with pytest.raises(StoreDamagedError, match="unreadable number"):
        DecimalText().process_result_value(text, SQLITE)


@given(st.datetimes(timezones=st.timezones()))
def test_a_time_comes_back_as_the_same_moment_in_utc(value: datetime):
    if not 2 < value.year < 9_998:
        return
    kept = UtcTime().process_bind_param(value, SQLITE)
    found = UtcTime().process_result_value(kept, SQLITE)
    assert found == value.astimezone(UTC)
    assert found.tzinfo is UTC


@given(
    st.datetimes(timezones=st.just(UTC)),
    st.datetimes(timezones=st.just(timezone(timedelta(0)))),
)
def test_the_texts_of_times_sort_as_the_times_do(one: datetime, other: datetime):
    texts = [UtcTime().process_bind_param(each, SQLITE) or "" for each in (one, other)]
    assert (one < other) == (texts[0] < texts[1])


def test_a_time_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="no zone"):
        UtcTime().process_bind_param(datetime(2026, 3, 2), SQLITE)  # noqa: DTZ001 - the point


@pytest.mark.parametrize("text", ["", "2026-03-02", "2026-13-02T00:00:00.000000Z", "x", 5])
def test_a_time_that_was_not_written_so_means_damage(text: Any):
    with pytest.raises(StoreDamagedError, match="unreadable time"):
        UtcTime().process_result_value(text, SQLITE)


@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.text()
        | st.floats(allow_nan=False, allow_infinity=False),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_plain_values_come_back(value: Any):
    kept = JsonText().process_bind_param(value, SQLITE)
    assert JsonText().process_result_value(kept, SQLITE) == value


def test_a_number_that_is_not_finite_is_not_kept_as_json():
    with pytest.raises(ValueError, match="Out of range"):
        JsonText().process_bind_param({"sharpe": float("nan")}, SQLITE)


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000, 5])
def test_a_record_that_was_not_written_so_means_damage(text: Any):
    with pytest.raises(StoreDamagedError, match="unreadable record"):
        JsonText().process_result_value(text, SQLITE)


@pytest.mark.parametrize("column", [DecimalText(), UtcTime()])
def test_nothing_stays_nothing(column: Any):
    assert column.process_bind_param(None, SQLITE) is None
    assert column.process_result_value(None, SQLITE) is None


def test_an_empty_cell_of_json_is_nothing():
    assert JsonText().process_result_value(None, SQLITE) is None
