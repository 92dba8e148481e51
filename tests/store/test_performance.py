from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import insert, update

from puffling.core.errors import StoreDamagedError
from puffling.store.journal import JournalEntry, JournalStore
from puffling.store.performance import EquitySnapshot, PerformanceStore
from puffling.store.schema import activities, equity_snapshots, journal_entries
from tests.store.samples import ACCOUNT

AT = datetime(2012, 6, 1, 20, tzinfo=UTC)
SNAPSHOT = EquitySnapshot(
    ACCOUNT.id,
    date(2012, 6, 1),
    AT,
    Decimal("100000.01"),
    Decimal(60_000),
    Decimal("40000.01"),
    Decimal("-12.5"),
)
ENTRY = JournalEntry(
    "e1",
    ACCOUNT.id,
    AT,
    AT,
    AT,
    "Early",
    note="=1+1",
    tags=("fomo", "plan"),
    rating=3,
    trade_key="f1",
    symbol="AAPL",
)


def test_a_snapshot_comes_back_to_the_cent(database):
    store = PerformanceStore(database)
    store.keep(SNAPSHOT)
    assert store.snapshots(ACCOUNT.id) == [SNAPSHOT]
    assert store.snapshots("another") == []


def test_the_same_session_is_kept_once_and_the_last_word_counts(database):
    store = PerformanceStore(database)
    later = replace(SNAPSHOT, equity=Decimal(5))
    store.keep(SNAPSHOT)
    store.keep(later)
    assert store.snapshots(ACCOUNT.id) == [later]


def test_sessions_come_in_their_order_and_the_one_before_is_found(database):
    store = PerformanceStore(database)
    second = replace(SNAPSHOT, session=date(2012, 6, 4))
    for each in (second, SNAPSHOT):
        store.keep(each)
    assert [each.session.day for each in store.snapshots(ACCOUNT.id)] == [1, 4]
    assert store.before(ACCOUNT.id, date(2012, 6, 5)) == second
    assert store.before(ACCOUNT.id, date(2012, 6, 4)) == SNAPSHOT
    assert store.before(ACCOUNT.id, date(2012, 6, 1)) is None


def test_a_date_that_is_none_is_damage(database):
    store = PerformanceStore(database)
    store.keep(SNAPSHOT)
    with database.write() as connection:
        connection.execute(update(equity_snapshots).values(session="yesterday"))
    with pytest.raises(StoreDamagedError):
        store.snapshots(ACCOUNT.id)


def test_activities_come_in_the_order_of_their_time(database):
    with database.write() as connection:
        for place, day in enumerate((9, 3)):
            connection.execute(
                insert(activities).values(
                    id=f"a{place}",
                    account=ACCOUNT.id,
                    kind="dividend",
                    at=AT.replace(day=day),
                    amount=Decimal("1.23"),
                    symbol="AAPL",
                    quantity=Decimal(0),
                )
            )
    found = PerformanceStore(database).activities(ACCOUNT.id)
    assert [each.id for each in found] == ["a1", "a0"]
    assert (found[0].amount, found[0].symbol) == (Decimal("1.23"), "AAPL")


def test_an_entry_is_kept_changed_and_removed(database):
    store = JournalStore(database)
    store.save(ENTRY)
    assert store.get("e1") == ENTRY
    changed = replace(ENTRY, rating=None, tags=())
    store.save(changed)
    assert store.all(ACCOUNT.id) == store.all() == [changed]
    assert store.all("another") == []
    store.remove("e1")
    assert store.get("e1") is None


def test_the_newest_entry_comes_first(database):
    store = JournalStore(database)
    store.save(ENTRY)
    store.save(replace(ENTRY, id="e2", at=AT.replace(day=9)))
    assert [each.id for each in store.all()] == ["e2", "e1"]


def test_tags_that_are_no_list_are_damage(database):
    store = JournalStore(database)
    store.save(ENTRY)
    with database.write() as connection:
        connection.execute(update(journal_entries).values(tags={"a": 1}))
    with pytest.raises(StoreDamagedError):
        store.all()
