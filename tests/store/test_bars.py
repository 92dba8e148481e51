"""Bars come back exactly, new ones take the place of old ones, and damage is said."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from puffin.data.bars import Bars, Interval
from puffin.data.times import nanoseconds
from puffin.errors import BarsError, NoDataError
from puffling.core.errors import StoreDamagedError, StoreFullError
from puffling.store.bars import BarTable
from puffling.store.pieces import pack
from puffling.store.schema import imported
from tests.store.samples import NOW, HandClock

if TYPE_CHECKING:
    from puffin.data.base import BarStore
    from puffling.core.paths import Paths
    from puffling.store.opening import Storage

START = datetime(1969, 12, 1, tzinfo=UTC)  # before the time that computers count from


def bars(
    count: int = 100,
    *,
    first: int = 0,
    interval: Interval = Interval.D1,
    symbol: str = "AAPL",
    level: float = 100.0,
    adjusted: bool = True,
) -> Bars:
    chance = np.random.default_rng(first)
    step = interval.seconds * 1_000_000_000
    time = nanoseconds(START) + (first + np.arange(count)) * step
    close = np.round(level + chance.random(count), 2)
    return Bars(
        symbol,
        interval,
        time,
        close,
        close + 1,
        close - 1,
        close,
        chance.integers(0, 10**6, count).astype(float),
        close * 0.123456789 if adjusted else None,
        source="Yahoo",
        as_of=NOW,
    )


@pytest.fixture
def table(storage: Storage) -> BarStore:
    """The table, seen through the engine's port, which it must fit."""
    return BarTable(storage.market)


def day(number: int) -> datetime:
    return START + timedelta(days=number)


def got(table: BarStore, symbol: str = "AAPL", interval: Interval = Interval.D1) -> Bars:
    found = table.get(symbol, interval, "Yahoo")
    assert found is not None
    return found


def test_bars_come_back_exactly(table: BarStore):
    table.put(bars(), fetched_at=NOW)
    found = got(table)
    assert found.data_hash == bars().data_hash
    assert (found.source, found.adjusted, found.as_of) == ("Yahoo", False, NOW)


def test_what_was_never_stored_is_not_there(table: BarStore):
    table.put(bars(), fetched_at=NOW)
    assert table.get("IBM", Interval.D1, "Yahoo") is None
    assert table.get("AAPL", Interval.W1, "Yahoo") is None
    assert table.get("AAPL", Interval.D1, "CSV") is None
    assert table.coverage("IBM", Interval.D1, "Yahoo") is None
    assert table.get("AAPL", Interval.D1, "Yahoo", day(100)) is None
    assert table.get("AAPL", Interval.D1, "Yahoo", None, day(0)) is None


@pytest.mark.parametrize("interval", list(Interval))
def test_a_part_is_read_as_if_the_whole_were_cut(table: BarStore, interval: Interval):
    whole = bars(20_000 if interval.is_intraday else 2_000, interval=interval)
    table.put(whole, fetched_at=NOW)
    for low, high in ((0, 10), (8_000, 9_000), (-10, None), (None, 1)):
        start = None if low is None else whole.when(low) if abs(low) < len(whole) else whole.last
        end = None if high is None else whole.when(min(high, len(whole) - 1))
        wanted = whole.between(start, end)
        found = table.get("AAPL", interval, "Yahoo", start, end)
        assert (found is None) == (len(wanted) == 0)
        assert found is None or found.data_hash == wanted.data_hash


def test_new_bars_take_the_place_of_those_between_their_first_and_last(table: BarStore):
    table.put(bars(100), fetched_at=NOW)
    later = NOW + timedelta(days=1)
    fresh = bars(10, first=95, level=200.0)
    table.put(fresh, fetched_at=later)
    found = got(table)
    assert len(found) == 105
    assert found.head(95).data_hash == bars(100).head(95).data_hash
    assert found.tail(10).data_hash == fresh.data_hash
    line = table.coverage("AAPL", Interval.D1, "Yahoo")
    assert line is not None
    assert (line.first, line.last, line.rows, line.fetched_at) == (day(0), day(104), 105, later)


def test_bars_that_are_gone_from_the_source_are_gone_from_the_store(table: BarStore):
    whole = bars(10)
    table.put(whole, fetched_at=NOW)
    holes = replace(
        whole,
        **{
            name: getattr(whole, name)[::3]
            for name in ("time", "open", "high", "low", "close", "volume", "adjusted_close")
        },
    )
    table.put(holes, fetched_at=NOW)
    assert got(table).data_hash == holes.data_hash


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(st.tuples(st.integers(0, 30_000), st.integers(1, 12_000)), min_size=1, max_size=4))
def test_any_pieces_in_any_order_leave_what_was_put_last(
    storage: Storage, pieces: list[tuple[int, int]]
):
    table = BarTable(storage.market)
    table.remove("AAPL", "Yahoo")
    wanted: dict[int, float] = {}
    for number, (first, count) in enumerate(pieces):
        piece = bars(count, first=first, interval=Interval.H1, level=100.0 * (number + 1))
        table.put(piece, fetched_at=NOW)
        low, high = int(piece.time[0]), int(piece.time[-1])
        wanted = {at: value for at, value in wanted.items() if not low <= at <= high}
        wanted |= dict(zip(piece.time.tolist(), piece.close.tolist(), strict=True))
    found = got(table, interval=Interval.H1)
    assert dict(zip(found.time.tolist(), found.close.tolist(), strict=True)) == wanted
    assert (np.diff(found.time) > 0).all()


def test_an_adjusted_close_that_only_some_have_is_left_out(table: BarStore):
    table.put(bars(50), fetched_at=NOW)
    table.put(bars(50, first=50, adjusted=False), fetched_at=NOW)
    assert got(table).adjusted_close is None
    assert len(got(table)) == 100


def test_a_bad_fetch_never_takes_the_place_of_good_bars(table: BarStore):
    table.put(bars(), fetched_at=NOW)
    bad = bars()
    close = bad.close.copy()
    close[5] = float("nan")
    with pytest.raises(BarsError):
        table.put(replace(bad, close=close), fetched_at=NOW)
    with pytest.raises(NoDataError):
        table.put(Bars.empty("AAPL", Interval.D1), fetched_at=NOW)
    with pytest.raises(ValueError, match="as the source gave them"):
        table.put(bars().adjust(), fetched_at=NOW)
    assert got(table).data_hash == bars().data_hash


def test_a_full_disk_stores_nothing_of_it(table: BarStore, storage: Storage):
    table.put(bars(), fetched_at=NOW)
    with storage.market.read() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")
    with pytest.raises(StoreFullError):
        table.put(bars(9_000, level=300.0), fetched_at=NOW)
    assert got(table).data_hash == bars().data_hash


def test_everything_stored_is_listed_and_forgotten_by_symbol_and_source(table: BarStore):
    table.put(bars(), fetched_at=NOW)
    table.put(bars(interval=Interval.W1), fetched_at=NOW)
    table.put(bars(symbol="IBM"), fetched_at=NOW)
    table.put(replace(bars(), source="CSV"), fetched_at=NOW)
    lines = [(each.symbol, each.interval.value, each.source) for each in table.symbols()]
    assert lines == [
        ("AAPL", "1d", "CSV"),
        ("AAPL", "1d", "Yahoo"),
        ("AAPL", "1w", "Yahoo"),
        ("IBM", "1d", "Yahoo"),
    ]
    table.remove("AAPL", "Yahoo")
    table.remove("AAPL", "Yahoo")
    assert [(each.symbol, each.source) for each in table.symbols()] == [
        ("AAPL", "CSV"),
        ("IBM", "Yahoo"),
    ]
    assert table.get("AAPL", Interval.D1, "Yahoo") is None


@pytest.mark.parametrize(
    "damage",
    [
        "data = x'00'",
        "data = 'text'",
        "data = substr(data, 1, 200)",
        "data = zeroblob(length(data))",
    ],
)
def test_damaged_bars_are_said_with_their_symbol(table: BarStore, storage: Storage, damage: str):
    table.put(bars(), fetched_at=NOW)
    with storage.market.write() as connection:
        connection.exec_driver_sql(f"UPDATE chunks SET {damage}")
    with pytest.raises(StoreDamagedError, match="stored prices of AAPL from Yahoo are damaged"):
        got(table)
    table.remove("AAPL", "Yahoo")
    table.put(bars(), fetched_at=NOW)
    assert got(table).data_hash == bars().data_hash


def test_bars_that_lack_a_column_are_damaged(table: BarStore, storage: Storage):
    table.put(bars(), fetched_at=NOW)
    with storage.market.write() as connection:
        connection.exec_driver_sql("UPDATE chunks SET data = ?", (pack([bars().time]),))
    with pytest.raises(StoreDamagedError, match="stored prices of AAPL"):
        got(table)


def test_bars_are_there_after_a_restart(storage: Storage, paths: Paths):
    from puffling.store.opening import open_storage

    BarTable(storage.market).put(bars(), fetched_at=NOW)
    storage.close()
    again = open_storage(paths, HandClock())
    assert got(BarTable(again.market)).data_hash == bars().data_hash
    again.close()


def test_your_own_bars_outlive_the_cache(storage: Storage, paths: Paths):
    from puffling.store.opening import open_storage

    BarTable(storage.user, imported).put(bars(), fetched_at=NOW)
    storage.close()
    paths.market.unlink()
    again = open_storage(paths, HandClock())
    try:
        assert BarTable(again.market).symbols() == []
        own = BarTable(again.user, imported)
        assert got(own).data_hash == bars().data_hash
        assert [each.symbol for each in own.symbols()] == [bars().symbol]
    finally:
        again.close()
