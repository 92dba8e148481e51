"""The inspector finds what was put wrong, says where, and leaves the rest alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from puffin.data.bars import Bars, Interval
from puffin.data.inspect import inspect, provenance
from puffin.data.sample import SampleProvider
from puffin.data.sessions import Calendar
from puffin.data.suspects import Kind
from puffin.data.times import midnight, nanoseconds
from puffin.errors import NoDataError

DEMO = SampleProvider(Path(__file__).parents[3] / "resources/demo")
CALENDAR = Calendar.load()
COLUMNS = ("open", "high", "low", "close", "volume")


def sessions(start=date(2010, 1, 4), count=300):
    return CALENDAR.sessions(start, start + timedelta(days=count * 2))[:count]


def calm(days=None, *, interval=Interval.D1, time=None, seed=1):
    """Return calm bars on real sessions that nobody would suspect."""
    days = sessions() if days is None else days
    stamps = [nanoseconds(midnight(each.date)) for each in days] if time is None else time
    random = np.random.default_rng(seed)
    moves = random.normal(0, 0.01, len(stamps))
    close = 50 * np.exp(np.cumsum(moves))
    opened = close * np.exp(random.normal(0, 0.003, len(close)))
    return Bars.from_columns(
        "CALM",
        interval,
        time=stamps,
        open=opened,
        high=np.maximum(opened, close) * 1.004,
        low=np.minimum(opened, close) * 0.996,
        close=close,
        volume=np.floor(random.uniform(1e5, 2e5, len(close))),
        source="test",
    )


def with_cells(bars, **cells):
    """Return bars in which some cells are something else."""
    columns = {name: getattr(bars, name).copy() for name in COLUMNS}
    for name, values in cells.items():
        for row, value in values.items():
            columns[name][row] = value
    return replace(bars, **columns)


def without(bars, rows):
    kept = np.setdiff1d(np.arange(len(bars)), rows)
    return replace(
        bars, time=bars.time[kept], **{name: getattr(bars, name)[kept] for name in COLUMNS}
    )


def found(bars, kind):
    return [each.row for each in inspect(bars).suspects if each.kind is kind]


def test_calm_bars_are_left_alone():
    report = inspect(calm())
    assert not report.gaps
    assert not report.suspects
    assert report.expected == len(report.bars) == 300
    assert report.missing == 0
    assert report.notes == ("No adjusted close is known, so a split looks like a jump.",)


def test_missing_sessions_are_named_and_holidays_are_not():
    report = inspect(without(calm(), [10, 50, 51, 52, 200]))
    days = sessions()
    assert [(each.missing, each.first.date(), each.last.date()) for each in report.gaps] == [
        (1, days[10].date, days[10].date),
        (3, days[50].date, days[52].date),
        (1, days[200].date, days[200].date),
    ]
    assert [each.row for each in report.gaps] == [10, 49, 196]
    assert report.missing == 5
    assert report.expected == 300
    assert report.row(49).notes == (
        f"3 sessions are missing before it, {days[50].date} to {days[52].date}.",
    )
    assert report.row(10).notes == (f"The session of {days[10].date} is missing before it.",)


@settings(deadline=None, max_examples=40)
@given(st.sets(st.integers(1, 298), max_size=60))
def test_what_is_missing_is_exactly_what_was_taken_out(rows):
    report = inspect(without(calm(), sorted(rows)))
    assert report.missing == len(rows)
    assert len(report.bars) + report.missing == report.expected


def test_a_bar_on_a_day_without_a_session_is_suspected():
    bars = calm()
    extra = np.sort(np.append(bars.time, nanoseconds(midnight(date(2010, 7, 4)))))
    row = int(np.searchsorted(bars.time, nanoseconds(midnight(date(2010, 7, 4)))))
    columns = {
        name: np.insert(getattr(bars, name), row, getattr(bars, name)[row]) for name in COLUMNS
    }
    columns["volume"][row] += 1
    report = inspect(replace(bars, time=extra, **columns))
    closed = [each for each in report.suspects if each.kind is Kind.CLOSED]
    assert [each.row for each in closed] == [row]
    assert "held no trading on this day" in closed[0].text
    assert report.missing == 0


def test_weeks_and_months_are_counted_as_such():
    weekly = calm().resample(Interval.W1)
    report = inspect(without(weekly, [5, 6]))
    assert report.missing == 2
    assert report.expected == len(weekly)
    assert report.row(5).notes[0].startswith("2 weeks are missing before it")
    monthly = calm().resample(Interval.MO1)
    assert inspect(without(monthly, [3])).missing == 1
    assert not inspect(monthly).gaps


def half_hours(skip=()):
    days = sessions(date(2010, 11, 22), 6)  # Thanksgiving and an early close are inside
    stamps = []
    for each in days:
        at = each.open
        while at < each.close:
            stamps.append(nanoseconds(at))
            at += timedelta(minutes=15)
    return calm(
        days, interval=Interval.M15, time=[each for at, each in enumerate(stamps) if at not in skip]
    )


def test_minutes_are_held_against_their_session():
    whole = half_hours()
    report = inspect(whole)
    assert report.expected == len(whole) == 5 * 26 + 14
    assert not report.gaps
    assert not [each for each in report.suspects if each.kind is Kind.CLOSED]
    part = inspect(half_hours(skip=(26, 27, 40, 51)))
    assert [each.missing for each in part.gaps] == [2, 1, 1]
    assert part.gaps[0].first == sessions(date(2010, 11, 23), 1)[0].open
    assert part.row(26).notes[0].startswith("2 bars are missing before it, 2010-11-23 14:30 to")


def test_a_day_and_a_night_without_bars_are_one_gap():
    part = inspect(half_hours(skip=range(20, 60)))
    assert [each.missing for each in part.gaps] == [40]


def test_a_bar_outside_the_session_is_suspected():
    bars = half_hours()
    late = bars.time.copy()
    late[25] += 30 * 60 * 1_000_000_000  # after the close
    report = inspect(replace(bars, time=late))
    assert [each.row for each in report.suspects if each.kind is Kind.CLOSED] == [25]
    assert report.missing == 1


@pytest.mark.parametrize(
    ("cells", "text"),
    [
        ({"close": {7: float("nan")}}, "The close is nan."),
        ({"open": {7: -1.0}}, "The open is -1."),
        ({"low": {7: 0.0}}, "The low is 0."),
        ({"volume": {7: -5.0}}, "The volume is -5."),
        ({"high": {7: 1.0}}, "The high 1 is below the low"),
        ({"close": {7: 99.0}}, "The close 99 is outside"),
        ({"open": {7: 9.0}}, "The open 9 is outside"),
    ],
)
def test_numbers_that_cannot_be_are_suspected_and_not_refused(cells, text):
    report = inspect(with_cells(calm(), **cells))
    here = [each for each in report.suspects if each.row == 7]
    assert any(each.kind is Kind.BROKEN and each.text.startswith(text) for each in here)


def test_times_out_of_order_are_told_and_nothing_is_counted_by_them():
    bars = calm()
    time = bars.time.copy()
    time[20], time[21] = time[21], time[20]
    time[40] = time[39]
    report = inspect(replace(bars, time=time))
    assert [(each.row, each.text) for each in report.suspects if each.kind is Kind.ORDER] == [
        (21, "This time comes after a later one."),
        (40, "This time is there twice."),
    ]
    assert report.expected is None
    assert not report.gaps
    assert "not in order" in report.notes[0]


def scaled(bars, row, factor, *, end=None):
    """Return bars whose prices from a row on are multiplied."""
    rows = slice(row, end)
    columns = {name: getattr(bars, name).copy() for name in COLUMNS[:4]}
    for values in columns.values():
        values[rows] *= factor
    return replace(bars, **columns)


def test_a_spike_that_comes_back_is_suspected_once():
    for factor in (1.3, 0.6):
        bars = scaled(calm(), 100, factor, end=101)
        assert found(bars, Kind.SPIKE) == [100]
        assert not found(bars, Kind.JUMP)
    text = inspect(scaled(calm(), 100, 1.3, end=101)).row(100).notes[0]
    assert text.startswith("The close leaps by +")
    assert text.endswith("% and comes back with the next bar.")


def test_a_wick_far_from_open_and_close_is_suspected():
    bars = calm()
    high = with_cells(bars, high={60: float(bars.high[60]) * 1.4})
    low = with_cells(bars, low={60: float(bars.low[60]) * 0.7})
    assert found(high, Kind.SPIKE) == found(low, Kind.SPIKE) == [60]
    assert "above open and close" in inspect(high).row(60).notes[0]
    assert "below open and close" in inspect(low).row(60).notes[0]


@pytest.mark.parametrize(
    ("factor", "told"),
    [(0.5, "2 for 1"), (1 / 3, "3 for 1"), (10.0, "1 for 10"), (2 / 3, "1.5 for 1")],
)
def test_a_jump_like_a_split_says_which(factor, told):
    bars = with_cells(calm(seed=4))
    jumped = scaled(bars, 150, factor)
    ratio = jumped.close[150] / jumped.close[149] / factor
    jumped = scaled(jumped, 150, 1 / ratio)  # the day itself stands still
    assert found(jumped, Kind.JUMP) == [150]
    assert f"a split of {told} would look like this" in inspect(jumped).row(150).notes[0]


def test_a_jump_that_is_no_split_is_a_jump():
    bars = scaled(calm(), 150, 0.58)
    assert found(bars, Kind.JUMP) == [150]
    assert "split" not in inspect(bars).row(150).notes[0]


def test_a_split_that_the_source_knows_is_no_jump():
    bars = scaled(calm(), 150, 0.5)
    known = replace(bars, adjusted_close=calm().close / 2)
    assert not inspect(known).suspects
    assert not inspect(known).notes


def test_what_stands_still_is_suspected():
    bars = calm()
    columns = {name: getattr(bars, name).copy() for name in COLUMNS}
    for values in columns.values():
        values[71] = values[70]
    copied = replace(bars, **columns)
    assert found(copied, Kind.STALE) == [71]
    assert inspect(copied).row(71).notes == ("Every number is that of the bar before.",)
    still = calm().close.copy()
    still[100:104] = still[100]
    high, low = np.maximum(calm().high, still), np.minimum(calm().low, still)
    four = replace(calm(), close=still, high=high, low=low)
    assert not found(four, Kind.STALE)
    still = still.copy()
    still[104] = still[100]
    five = replace(four, close=still, high=np.maximum(high, still), low=np.minimum(low, still))
    assert found(five, Kind.STALE) == [104]
    assert inspect(five).row(104).notes == ("The close has stood still for 5 bars.",)


def test_no_volume_is_suspected():
    bars = with_cells(calm(), volume={5: 0.0, 9: 0.0})
    assert found(bars, Kind.NO_VOLUME) == [5, 9]
    assert inspect(bars).counts == {Kind.NO_VOLUME: 2}


def test_days_beyond_the_calendar_are_not_checked_and_it_says_so():
    early = [midnight(date(1995, 1, 2) + timedelta(days=each)) for each in range(20)]
    report = inspect(calm(time=[nanoseconds(each) for each in early]))
    assert report.expected is None
    assert not report.gaps
    assert "does not reach these days" in report.notes[0]
    first = CALENDAR.first
    across = [midnight(first + timedelta(days=each)) for each in range(-5, 30)]
    report = inspect(calm(time=[nanoseconds(each) for each in across]))
    assert report.notes[0] == f"Missing bars were looked for from {first} on only."
    last = CALENDAR.last
    across = [midnight(last + timedelta(days=each)) for each in range(-30, 5)]
    report = inspect(calm(time=[nanoseconds(each) for each in across]))
    assert report.notes[0] == f"Missing bars were looked for until {last} only."


def test_the_demo_market_has_every_session_and_few_suspects():
    told = {}
    for symbol in DEMO.symbols():
        report = inspect(DEMO.history(symbol, Interval.D1))
        assert report.missing == 0
        assert not report.notes
        told[symbol] = [(report.bars.when(each.row).date(), each.kind) for each in report.suspects]
    assert told["AAPL"] == [  # a profit warning, and the flash crash
        (date(2000, 9, 29), Kind.JUMP),
        (date(2010, 5, 6), Kind.SPIKE),
    ]
    assert sum(map(len, told.values())) == 3


def test_a_row_of_the_table_has_its_numbers_and_its_change():
    bars = DEMO.history("IBM", Interval.D1)
    report = inspect(bars)
    row = report.row(10)
    assert row.number == 11
    assert row.time == bars.when(10)
    assert (row.open, row.close, row.volume) == (bars.open[10], bars.close[10], bars.volume[10])
    assert row.change == pytest.approx(bars.close[10] / bars.close[9] - 1)
    assert bars.adjusted_close is not None
    assert row.adjusted_close == bars.adjusted_close[10]
    assert report.row(0).change is None
    assert inspect(calm()).row(0).adjusted_close is None


def test_provenance_says_what_is_known_and_dashes_what_is_not():
    told = dict(provenance(calm()))
    assert told["Source"] == "test"
    assert told["As of"] == "—"
    assert told["Interval"] == "1 day"
    assert told["Prices"] == "As traded"
    assert told["Fingerprint"] == calm().data_hash[:16]
    at = datetime(2012, 6, 4, 14, 5, tzinfo=UTC)
    assert dict(provenance(replace(calm(), as_of=at, source="")))["As of"] == "2012-06-04 14:05 UTC"
    assert dict(provenance(replace(calm(), source="")))["Source"] == "—"
    adjusted = DEMO.history("IBM", Interval.D1)
    assert dict(provenance(adjusted))["Prices"].endswith("adjusted close")
    assert "taken out" in dict(provenance(adjusted.adjust()))["Prices"]
    assert dict(provenance(half_hours()))["First"] == "2010-11-22 14:30"


def test_one_bar_can_be_inspected_and_none_cannot():
    report = inspect(calm().head(1))
    assert report.expected == 1
    assert not report.suspects
    with pytest.raises(NoDataError, match="no prices of CALM to inspect"):
        inspect(calm().head(0))


def test_nothing_is_changed():
    bars = scaled(calm(), 100, 1.3, end=101)
    before = bars.data_hash
    assert inspect(bars).bars is bars
    assert bars.data_hash == before


@settings(deadline=None, max_examples=40)
@given(
    st.lists(
        st.tuples(
            st.integers(0, 59),
            st.sampled_from(COLUMNS),
            st.sampled_from([float("nan"), float("inf"), 0.0, -1.0, 1e300, 1e-300, 55.0]),
        ),
        max_size=15,
    )
)
def test_whatever_stands_in_the_cells_it_does_not_fail(cells):
    columns = {name: getattr(calm(), name)[:60].copy() for name in COLUMNS}
    for row, name, value in cells:
        columns[name][row] = value
    bars = replace(calm().head(60), **columns)
    report = inspect(bars)
    notes = report.row_notes
    for row in range(60):
        report.row(row, notes)
