"""What is stored stays good: closed bars never change, bad fetches change nothing, age is told."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np
import pytest
from typing_extensions import override

from puffin.data.bars import Bar, Bars, Interval
from puffin.data.base import Coverage
from puffin.data.cache import CachedProvider
from puffin.data.sessions import Calendar
from puffin.data.times import midnight
from puffin.errors import (
    BarsError,
    NoDataError,
    ProviderUnavailableError,
    SymbolNotFoundError,
)
from puffin.types import Dividend, Instrument, Split

if TYPE_CHECKING:
    from puffin.data.base import BarStore, DataProvider
    from puffin.errors import DataError

CALENDAR = Calendar.load()
SESSIONS = CALENDAR.sessions(date(2012, 5, 1), date(2012, 6, 29))
FRIDAY_EVENING = datetime(2012, 6, 8, 22, tzinfo=UTC)
MONDAY_NOON = datetime(2012, 6, 11, 16, tzinfo=UTC)
MONDAY_EVENING = datetime(2012, 6, 11, 22, tzinfo=UTC)


@dataclass
class MemoryStore:
    """A BarStore that forgets when the test ends."""

    kept: dict[tuple[str, Interval, str], tuple[Bars, datetime]] = field(default_factory=dict)
    puts: list[Bars] = field(default_factory=list)

    def get(
        self,
        symbol: str,
        interval: Interval,
        source: str,
        start: datetime | None = None,
        end: datetime | None = None,
    ) -> Bars | None:
        if (symbol, interval, source) not in self.kept:
            return None
        bars = self.kept[symbol, interval, source][0].between(start, end)
        return bars if len(bars) else None

    def put(self, bars: Bars, *, fetched_at: datetime) -> None:
        self.puts.append(bars)
        key = (bars.symbol, bars.interval, bars.source)
        parts = [bars]
        if key in self.kept:
            old = self.kept[key][0]
            after = old.between(bars.last + timedelta(microseconds=1))
            parts = [old.between(None, bars.first), bars, after]
        self.kept[key] = (joined(parts), fetched_at)

    def coverage(self, symbol: str, interval: Interval, source: str) -> Coverage | None:
        if (symbol, interval, source) not in self.kept:
            return None
        bars, at = self.kept[symbol, interval, source]
        return Coverage(symbol, interval, source, bars.first, bars.last, len(bars), at)

    def symbols(self) -> list[Coverage]:
        found = [self.coverage(*key) for key in self.kept]
        return [each for each in found if each is not None]

    def remove(self, symbol: str, source: str) -> None:
        self.kept = {
            key: each for key, each in self.kept.items() if (key[0], key[2]) != (symbol, source)
        }


def joined(parts: list[Bars]) -> Bars:
    def column(name: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        return np.concatenate([getattr(each, name) for each in parts])

    return Bars.from_columns(
        parts[0].symbol,
        parts[0].interval,
        time=np.concatenate([each.time for each in parts]),
        open=column("open"),
        high=column("high"),
        low=column("low"),
        close=column("close"),
        volume=column("volume"),
        adjusted_close=column("adjusted_close"),
        source=parts[0].source,
    )


@dataclass
class Vendor:
    """A provider of daily bars up to `today`, whose day in progress has half its volume."""

    now: datetime = FRIDAY_EVENING
    scale: float = 1.0  # 0.5 after a split
    dividend: float = 1.0  # what earlier adjusted closes are multiplied by
    error: Exception | None = None
    spoiled: bool = False
    shortest: int = 0
    lag: timedelta = timedelta()  # how late it publishes
    name: str = "Vendor"
    asked: list[datetime | None] = field(default_factory=list)

    def history(
        self,
        symbol: str,
        interval: Interval,
        start: datetime | None = None,
        end: datetime | None = None,
    ) -> Bars:
        self.asked.append(start)
        if self.error is not None:
            raise self.error
        bars = Bars.empty(symbol, interval)
        for at, session in enumerate(SESSIONS):
            if session.open <= self.now - self.lag:
                done = 1.0 if session.close <= self.now - self.lag else 0.5
                price = (100.0 + at) * self.scale
                bars = bars.with_last(
                    Bar(
                        midnight(session.date),
                        price,
                        price + done,
                        price - 1,
                        price + done / 2,
                        1000 * done,
                    )
                )
        adjusted = bars.close * self.dividend
        adjusted[-1] = bars.close[-1]
        bars = replace(bars, adjusted_close=adjusted).between(start, end)
        if self.shortest:
            bars = bars.tail(self.shortest)
        if self.spoiled:
            bars = replace(bars, close=np.full(len(bars), np.nan))
        return bars

    def search(self, text: str) -> list[Instrument]:
        return [Instrument(text.upper())]

    def splits(self, symbol: str) -> list[Split]:
        if self.error is not None:
            raise self.error
        return [Split(symbol, FRIDAY_EVENING, Decimal(2))]

    def dividends(self, symbol: str) -> list[Dividend]:
        if self.error is not None:
            raise self.error
        return [Dividend(symbol, FRIDAY_EVENING, Decimal(2))]


@dataclass
class Desk:
    """The provider under test with its vendor, store and clock."""

    vendor: Vendor = field(default_factory=Vendor)
    store: MemoryStore = field(default_factory=MemoryStore)

    def __post_init__(self) -> None:
        port: DataProvider = self.vendor
        table: BarStore = self.store
        self.cached = CachedProvider(port, table, lambda: self.vendor.now, CALENDAR)

    def bars(self, interval: Interval = Interval.D1) -> Bars:
        return self.cached.history("ABC", interval)


@pytest.fixture
def desk() -> Desk:
    """A desk that has fetched everything on Friday evening."""
    made = Desk()
    assert made.bars().last == datetime(2012, 6, 8, tzinfo=UTC)
    made.vendor.asked.clear()
    made.store.puts.clear()
    return made


def test_the_first_question_fetches_and_keeps_everything():
    desk = Desk()
    start = datetime(2012, 6, 1, tzinfo=UTC)
    bars = desk.cached.history("ABC", Interval.D1, start, datetime(2012, 6, 6, tzinfo=UTC))
    assert [bars.when(row).day for row in range(len(bars))] == [1, 4, 5]
    assert desk.vendor.asked == [None]
    assert desk.store.symbols()[0].rows == 28
    assert (bars.source, bars.as_of) == ("Vendor", FRIDAY_EVENING)


def test_until_the_market_opens_again_nothing_is_asked(desk: Desk):
    desk.vendor.now = datetime(2012, 6, 11, 13, 29, tzinfo=UTC)
    assert desk.bars().as_of == FRIDAY_EVENING
    assert desk.vendor.asked == []


def test_after_the_next_session_only_the_last_five_days_and_the_news_are_asked(desk: Desk):
    desk.vendor.now = MONDAY_EVENING
    bars = desk.bars()
    assert desk.vendor.asked == [datetime(2012, 6, 4, tzinfo=UTC)]
    assert bars.last == datetime(2012, 6, 11, tzinfo=UTC)
    assert [len(each) for each in desk.store.puts] == [1]
    assert bars.as_of == MONDAY_EVENING


def test_a_bar_fetched_during_its_session_is_replaced_after_the_close(desk: Desk):
    desk.vendor.now = MONDAY_NOON
    assert desk.bars().volume[-1] == 500
    desk.vendor.now = MONDAY_EVENING
    assert desk.bars().volume[-1] == 1000
    assert desk.vendor.asked[-1] == datetime(2012, 6, 4, tzinfo=UTC)


def test_closed_bars_are_never_written_again(desk: Desk):
    before = desk.bars()
    desk.vendor.now = MONDAY_EVENING
    desk.vendor.scale = 1 + 5e-5  # within the tolerance: a vendor's last digit
    after = desk.bars()
    np.testing.assert_array_equal(after.head(len(before)).close, before.close)
    assert after.last == datetime(2012, 6, 11, tzinfo=UTC)


def test_after_a_split_everything_is_fetched_anew(desk: Desk):
    desk.vendor.now = MONDAY_EVENING
    desk.vendor.scale = 0.5
    bars = desk.bars()
    assert desk.vendor.asked == [datetime(2012, 6, 4, tzinfo=UTC), None]
    assert bars.open[0] == 50
    assert len(bars) == 29


def test_after_a_dividend_everything_is_fetched_anew(desk: Desk):
    desk.vendor.now = MONDAY_EVENING
    desk.vendor.dividend = 0.998
    bars = desk.bars()
    assert desk.vendor.asked[-1] is None
    assert bars.adjusted_close is not None
    assert bars.adjusted_close[0] == pytest.approx(bars.close[0] * 0.998)


@pytest.mark.parametrize(
    "error",
    [ProviderUnavailableError("no network"), NoDataError("nothing"), SymbolNotFoundError("who")],
)
def test_offline_the_stored_bars_come_with_their_age(desk: Desk, error: DataError):
    desk.vendor.now = MONDAY_EVENING
    desk.vendor.error = error
    bars = desk.bars()
    assert bars.last == datetime(2012, 6, 8, tzinfo=UTC)
    assert bars.as_of == FRIDAY_EVENING
    assert desk.cached.problem is error
    desk.vendor.error = None
    assert desk.bars().as_of == MONDAY_EVENING
    assert desk.cached.problem is None


def test_offline_without_anything_stored_the_reason_is_raised():
    desk = Desk(Vendor(error=ProviderUnavailableError("no network")))
    with pytest.raises(ProviderUnavailableError, match="no network"):
        desk.bars()


def test_a_bad_fetch_changes_nothing(desk: Desk):
    before = desk.store.kept.copy()
    desk.vendor.now = MONDAY_EVENING
    desk.vendor.spoiled = True
    bars = desk.bars()
    assert bars.as_of == FRIDAY_EVENING
    assert isinstance(desk.cached.problem, BarsError)
    assert desk.store.kept == before


def test_a_bad_first_fetch_is_not_kept():
    desk = Desk(Vendor(spoiled=True))
    with pytest.raises(BarsError):
        desk.bars()
    assert desk.store.kept == {}


def test_a_new_history_that_lost_most_of_its_days_is_not_believed(desk: Desk):
    desk.vendor.now = MONDAY_EVENING
    desk.vendor.scale = 0.5
    desk.vendor.shortest = 6
    bars = desk.bars()
    assert (len(bars), bars.as_of) == (28, FRIDAY_EVENING)
    assert "sent 6 bars of ABC, 28 are stored" in str(desk.cached.problem)


def test_a_new_history_that_begins_later_leaves_no_old_prices_before_it(desk: Desk):
    desk.vendor.now = MONDAY_EVENING
    desk.vendor.scale = 0.5
    desk.vendor.shortest = 20
    bars = desk.bars()
    assert (len(bars), bars.open[0]) == (20, 54.5)


def test_a_fault_of_ours_is_not_hidden(desk: Desk):
    desk.vendor.now = MONDAY_EVENING
    desk.vendor.error = KeyError("a bug")
    with pytest.raises(KeyError):
        desk.bars()


def test_a_period_without_stored_bars_is_no_data(desk: Desk):
    with pytest.raises(NoDataError, match="Vendor has no prices of ABC in that period"):
        desk.cached.history("ABC", Interval.D1, datetime(2012, 7, 1, tzinfo=UTC))


def test_without_news_the_age_is_renewed_and_the_bars_stay(desk: Desk):
    before = desk.bars().data_hash
    desk.vendor.now = datetime(2012, 6, 11, 13, 31, tzinfo=UTC)
    desk.vendor.lag = timedelta(minutes=15)
    bars = desk.bars()
    assert (bars.data_hash, bars.as_of) == (before, desk.vendor.now)
    assert desk.vendor.asked == [datetime(2012, 6, 4, tzinfo=UTC)]


def test_bars_inside_a_day_live_for_a_minute(desk: Desk):
    known = Coverage("ABC", Interval.M5, "Vendor", MONDAY_NOON, MONDAY_NOON, 1, MONDAY_NOON)
    desk.vendor.now = MONDAY_NOON + timedelta(seconds=59)
    assert desk.cached.is_fresh(known)
    desk.vendor.now = MONDAY_NOON + timedelta(seconds=60)
    assert not desk.cached.is_fresh(known)


def test_beyond_the_calendar_everything_counts_as_old(desk: Desk):
    late = datetime(2040, 1, 1, tzinfo=UTC)
    desk.vendor.now = late
    known = Coverage("ABC", Interval.D1, "Vendor", late, late, 1, late)
    assert not desk.cached.is_fresh(known)


@dataclass
class MinuteVendor(Vendor):
    """A provider of minutes that goes back eight hours only."""

    @override
    def history(
        self,
        symbol: str,
        interval: Interval,
        start: datetime | None = None,
        end: datetime | None = None,
    ) -> Bars:
        self.asked.append(start)
        first = self.now.replace(second=0) - timedelta(hours=8)
        if start is not None and start < first:
            raise NoDataError("minutes are offered for eight hours only")
        bars = Bars.empty(symbol, interval)
        for minute in range(481):
            time = first + timedelta(minutes=minute)
            if start is None or time >= start:
                done = (self.now - time).seconds
                bars = bars.with_last(Bar(time, 10, 11, 9, 10, done))
        return replace(bars, adjusted_close=bars.close).between(None, end)


def test_minutes_renew_the_one_in_progress_and_begin_again_after_a_long_break():
    desk = Desk(MinuteVendor(now=MONDAY_NOON + timedelta(seconds=30)))
    assert desk.bars(Interval.M1).volume[-1] == 30
    desk.vendor.now = MONDAY_NOON + timedelta(seconds=95)
    bars = desk.bars(Interval.M1)
    assert bars.volume[-2:].tolist() == [95, 35]
    assert desk.vendor.asked == [None, MONDAY_NOON - timedelta(minutes=5)]
    desk.vendor.now = MONDAY_NOON + timedelta(days=30)
    bars = desk.bars(Interval.M1)
    assert bars.first == MONDAY_NOON + timedelta(days=30, hours=-8)
    assert desk.vendor.asked[-1] is None


def test_searches_pass_through_and_splits_are_remembered_offline(desk: Desk):
    assert desk.cached.name == "Vendor"
    assert desk.cached.search("x") == [Instrument("X")]
    splits = desk.cached.splits("ABC")
    desk.vendor.error = ProviderUnavailableError("no network")
    assert desk.cached.splits("ABC") == splits
    with pytest.raises(ProviderUnavailableError):
        desk.cached.splits("OTHER")
