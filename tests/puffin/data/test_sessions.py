"""The calendar answers as exchange_calendars and an independent key do, and refuses to guess."""

from __future__ import annotations

import csv
import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from puffin.data import sessions_table
from puffin.data.sessions import TABLE, Calendar, Session
from puffin.errors import DataError

REFERENCE = Path(__file__).parents[4] / "shared/reference/numeric"
CALENDAR = Calendar.load()
needs_reference = pytest.mark.skipif(
    not REFERENCE.is_dir(), reason="the reference numbers are not beside this checkout"
)
moments = st.integers(0, 32 * 365 * 24 * 60).map(
    lambda minutes: datetime(2000, 1, 4, tzinfo=UTC) + timedelta(minutes=minutes)
)


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def rows_of(file: str, columns: tuple[str, str, str]) -> dict[date, Session]:
    found = {}
    with (REFERENCE / file).open(newline="") as lines:
        for row in csv.DictReader(lines):
            day, opens, closes = (row[each] for each in columns)
            found[date.fromisoformat(day[:10])] = Session(
                date.fromisoformat(day[:10]), moment(opens), moment(closes)
            )
    return found


@needs_reference
@pytest.mark.parametrize(
    ("file", "columns"),
    [
        ("xnys_answer_key.csv", ("", "open", "close")),
        ("xnys_schedule_2018_2027.csv", ("session", "open", "close")),
    ],
)
def test_every_session_is_that_of_the_reference(file: str, columns: tuple[str, str, str]):
    wanted = {day: each for day, each in rows_of(file, columns).items() if day >= CALENDAR.first}
    found = CALENDAR.sessions(min(wanted), max(wanted))
    assert len(wanted) > 2000
    assert [(each.date, each.open, each.close) for each in found] == [
        (each.date, each.open, each.close) for each in wanted.values()
    ]


@needs_reference
def test_holidays_early_closes_and_clock_changes_are_those_of_the_reference():
    key = json.loads((REFERENCE / "market_calendar_xnys.json").read_text())
    for day in key["holidays_weekdays_closed"]:
        assert CALENDAR.session_on(date.fromisoformat(day)) is None
    for day in key["early_closes"]:
        session = CALENDAR.session_on(date.fromisoformat(day))
        assert session is not None
        assert session.early
    for day, (opens, closes) in key["dst_week_utc_open_close"].items():
        session = CALENDAR.session_on(date.fromisoformat(day))
        assert session is not None
        assert (session.open, session.close) == (moment(opens), moment(closes))


# exchange_calendars 4.13 still uses what pandas 3.1 deprecates; its answers are right.
@pytest.mark.filterwarnings("ignore:Series.values returning an ndarray:DeprecationWarning")
def test_the_table_is_what_exchange_calendars_says_today():
    made = sessions_table.table()
    kept = json.loads(TABLE.read_text())
    assert kept == made | {"source": kept["source"]}


@pytest.mark.parametrize(
    ("day", "opens", "closes", "early"),
    [
        ("2012-06-04", "13:30", "20:00", False),
        ("2012-11-05", "14:30", "21:00", False),
        ("2012-11-23", "14:30", "18:00", True),
        ("2026-11-27", "14:30", "18:00", True),
    ],
)
def test_known_sessions(day: str, opens: str, closes: str, *, early: bool):
    session = CALENDAR.session_on(date.fromisoformat(day))
    assert session is not None
    assert (f"{session.open:%H:%M}", f"{session.close:%H:%M}", session.early) == (
        opens,
        closes,
        early,
    )


@pytest.mark.parametrize(
    "day", ["2001-09-12", "2012-10-29", "2025-01-09", "2027-01-01", "2012-06-03"]
)
def test_known_closed_days(day: str):
    assert CALENDAR.session_on(date.fromisoformat(day)) is None


def test_the_opening_moment_is_open_and_the_closing_one_is_not():
    opens = datetime(2012, 6, 4, 13, 30, tzinfo=UTC)
    closes = datetime(2012, 6, 4, 20, tzinfo=UTC)
    tick = timedelta(microseconds=1)
    assert [CALENDAR.is_open(at) for at in (opens - tick, opens, closes - tick, closes)] == [
        False,
        True,
        True,
        False,
    ]


def test_the_next_change_before_during_and_after_a_session_and_over_a_weekend():
    opens = datetime(2012, 6, 1, 13, 30, tzinfo=UTC)
    closes = datetime(2012, 6, 1, 20, tzinfo=UTC)
    monday = datetime(2012, 6, 4, 13, 30, tzinfo=UTC)
    assert CALENDAR.next_change(opens - timedelta(hours=1)) == (opens, True)
    assert CALENDAR.next_change(opens) == (closes, False)
    assert CALENDAR.next_change(closes) == (monday, True)
    assert CALENDAR.next_change(monday - timedelta(days=1)) == (monday, True)


@given(at=moments)
def test_the_market_is_open_exactly_when_it_closes_next(at: datetime):
    change, opens = CALENDAR.next_change(at)
    assert change > at
    assert CALENDAR.is_open(at) is not opens
    assert CALENDAR.is_open(change) is opens


@given(at=moments)
def test_next_and_previous_session_undo_each_other(at: datetime):
    session = CALENDAR.next_session(at.date())
    assert session.date > at.date()
    assert CALENDAR.previous_session(session.date).date <= at.date()
    assert CALENDAR.next_session(CALENDAR.previous_session(session.date).date) == session


@pytest.mark.parametrize("day", [date(1999, 12, 31), date(2033, 1, 1)])
def test_beyond_the_table_nothing_is_guessed(day: date):
    with pytest.raises(DataError, match="runs from 2000-01-01 to 2032-12-31"):
        CALENDAR.session_on(day)
    with pytest.raises(DataError):
        CALENDAR.is_open(datetime(day.year, day.month, day.day, 15, tzinfo=UTC))


def test_walking_off_the_table_is_refused_too():
    with pytest.raises(DataError):
        CALENDAR.next_session(date(2032, 12, 31))
    with pytest.raises(DataError):
        CALENDAR.previous_session(date(2000, 1, 3))


def test_sessions_of_a_period_count_both_ends_and_nothing_backwards():
    assert [each.date.day for each in CALENDAR.sessions(date(2012, 6, 1), date(2012, 6, 5))] == [
        1,
        4,
        5,
    ]
    assert CALENDAR.sessions(date(2012, 6, 5), date(2012, 6, 1)) == []


def test_sessions_are_counted_as_they_are_listed():
    first, last = date(2011, 12, 20), date(2013, 1, 10)
    listed = len(CALENDAR.sessions(first + timedelta(days=1), last))
    assert CALENDAR.count(last) - CALENDAR.count(first) == listed
    assert CALENDAR.count(CALENDAR.first) == len(CALENDAR.sessions(CALENDAR.first, CALENDAR.first))
    early = [each for each in CALENDAR.early_closes() if each.date.year == 2012]
    days = [date(2012, 7, 3), date(2012, 11, 23), date(2012, 12, 24)]
    assert [each.date for each in early] == days
