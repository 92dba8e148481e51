"""What is put into each small store is there after a restart."""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from puffin.monitor.watch import Memory
from puffling.core.errors import BadValueError, StoreDamagedError
from puffling.core.events import JobState, Level, NoticePosted
from puffling.store.accounts import Account, AccountStore
from puffling.store.alerts import AlertStore
from puffling.store.audit import AuditStore
from puffling.store.halts import Halt, HaltStore
from puffling.store.jobs import JobRecord, JobStore
from puffling.store.notifications import NotificationStore
from puffling.store.opening import open_storage
from puffling.store.requests import RequestState, RequestStore
from puffling.store.state import StateStore
from puffling.store.watchlists import Watchlist, WatchlistStore
from tests.store.samples import (
    ACCOUNT,
    MARKET,
    NOW,
    HandClock,
    alert,
    fill_up,
    firing,
    read_everything,
    request,
)

if TYPE_CHECKING:
    from puffling.core.paths import Paths
    from puffling.store.database import Database
    from puffling.store.opening import Storage

LATER = NOW + timedelta(minutes=5)


def test_everything_is_there_after_a_restart(storage: Storage, paths: Paths, clock: HandClock):
    fill_up(storage.user)
    storage.close()
    again = open_storage(paths, clock)
    assert read_everything(again.user) == 3
    assert again.notices == []
    again.close()


# Accounts


def test_the_account_opened_last_in_a_mode_is_in_use(database: Database):
    store = AccountStore(database)
    assert store.current("sim") is None
    second = Account("demo-2", "demo", Decimal("2500.50"), LATER, MARKET)
    assert store.open(second) == second
    store.open(Account("sim-1", "sim", Decimal(1), LATER, LATER))
    assert store.current("demo") == second
    assert [each.id for each in store.all()] == ["demo-1", "demo-2", "sim-1"]
    assert store.all()[0] == ACCOUNT


# Halts


def test_the_kill_switch_holds_until_it_is_cleared_and_the_first_word_counts(database: Database):
    store = HaltStore(database)
    assert store.read() is None
    assert store.set(Halt(NOW, "desk", "lunch"))
    assert not store.set(Halt(LATER, "terminal", "panic"))
    assert store.read() == Halt(NOW, "desk", "lunch")
    assert store.clear("desk", LATER)
    assert not store.clear("desk", LATER)
    assert store.read() is None
    assert store.set(Halt(LATER, "terminal"))
    assert store.read() == Halt(LATER, "terminal")


def test_the_kill_switch_set_by_another_process_is_seen(database: Database, paths: Paths):
    other = open_storage(paths, HandClock())
    HaltStore(other.user).set(Halt(NOW, "terminal"))
    other.close()
    assert HaltStore(database).read() == Halt(NOW, "terminal")


# Watchlists


def test_lists_keep_their_order_and_their_symbols(database: Database):
    store = WatchlistStore(database)
    tech = Watchlist("b", "Tech", ("MSFT", "AAPL"), position=1)
    store.save(tech)
    store.save(Watchlist("a", "Empty", (), position=0))
    store.save(dataclasses.replace(tech, symbols=("AAPL", "MSFT", "GOOG")))
    assert [(each.name, each.symbols) for each in store.all()] == [
        ("Empty", ()),
        ("Tech", ("AAPL", "MSFT", "GOOG")),
    ]
    assert store.remove("b")
    assert not store.remove("b")
    assert [each.id for each in store.all()] == ["a"]


def test_two_lists_cannot_have_one_name(database: Database):
    store = WatchlistStore(database)
    store.save(Watchlist("a", "Tech", ()))
    with pytest.raises(BadValueError, match="already a list called Tech"):
        store.save(Watchlist("b", "Tech", ("AAPL",)))
    assert len(store.all()) == 1


def test_a_list_of_something_else_means_damage(database: Database):
    WatchlistStore(database).save(Watchlist("a", "Tech", ("AAPL",)))
    with database.write() as connection:
        connection.execute(text("UPDATE watchlists SET symbols = '[1, 2]'"))
    with pytest.raises(StoreDamagedError):
        WatchlistStore(database).all()


# Alerts


def test_what_fired_stays_when_its_alert_is_removed(database: Database):
    store = AlertStore(database)
    store.save(alert())
    fired = dataclasses.replace(alert(), memory=Memory(armed=False, last_fired_at=NOW))
    store.fire(fired, firing())
    store.add_firing(firing("firing-2", at=LATER))
    assert store.get("alert-1") == fired
    assert store.all() == [fired]
    assert store.remove("alert-1")
    assert not store.remove("alert-1")
    assert store.get("alert-1") is None
    assert [each.id for each in store.firings()] == ["firing-2", "firing-1"]
    assert store.firings(1) == [firing("firing-2", at=LATER)]


def test_a_firing_that_cannot_be_stored_leaves_its_alert_armed(database: Database):
    store = AlertStore(database)
    store.save(alert())
    store.add_firing(firing())
    with pytest.raises(Exception, match="UNIQUE"):
        store.fire(dataclasses.replace(alert(), memory=Memory()), firing())
    assert store.all() == [alert()]


def test_an_alert_of_an_unknown_kind_means_damage(database: Database):
    AlertStore(database).save(alert())
    with database.write() as connection:
        connection.execute(text("UPDATE alerts SET kind = 'sideways'"))
    with pytest.raises(StoreDamagedError):
        AlertStore(database).all()


# Notifications


def test_notices_are_unread_until_they_are_read(database: Database):
    store = NotificationStore(database)
    notice = NoticePosted(Level.ERROR, "No", "It failed", "activity", "Traceback", desktop=True)
    first = store.add(notice, NOW)
    second = store.add(NoticePosted(Level.INFO, "Yes"), LATER)
    third = store.add(NoticePosted(Level.INFO, "Perhaps"), LATER)
    assert second > first
    newest = store.all()[-1]
    assert (newest.id, newest.level, newest.title, newest.text) == (
        first,
        Level.ERROR,
        "No",
        "It failed",
    )
    assert (newest.panel, newest.details, newest.read, newest.at) == (
        "activity",
        "Traceback",
        False,
        NOW,
    )
    assert store.unread() == 3
    store.mark_read([first, 999])
    assert [each.read for each in store.all()] == [False, False, True]
    store.mark_read([])
    assert store.unread() == 2
    store.mark_read()
    assert store.unread() == 0
    assert store.purge(LATER) == 1
    assert [each.id for each in store.all()] == [third, second]
    assert [each.id for each in store.all(1)] == [third]


# Jobs


def test_a_job_that_ran_when_the_program_ended_was_interrupted(database: Database):
    store = JobStore(database)
    for number, state in enumerate(JobState):
        store.save(JobRecord(f"job-{number}", "Backtest", state, NOW + timedelta(number), 0.5))
    cut = store.interrupt_running(LATER)
    assert [each.id for each in cut] == ["job-0", "job-1"]
    assert all(each.state is JobState.INTERRUPTED and each.ended_at == LATER for each in cut)
    assert store.interrupt_running(LATER) == []
    assert {each.state for each in store.all()}.isdisjoint({JobState.RUNNING, JobState.CANCELLING})


def test_a_job_is_changed_in_place_and_the_newest_come_first(database: Database):
    store = JobStore(database)
    job = JobRecord("job-1", "Backtest", JobState.RUNNING, NOW, None, "3 of 9", "backtest")
    store.save(job)
    done = dataclasses.replace(job, state=JobState.DONE, progress=1.0, ended_at=LATER)
    store.save(done)
    assert store.all() == [done]
    store.save(JobRecord("job-2", "Import", JobState.RUNNING, LATER))
    assert [each.id for each in store.all(1)] == ["job-2"]


# Audit


def test_the_audit_log_says_who_did_what(database: Database):
    store = AuditStore(database)
    store.add(NOW, "desk", "order.place", "order-1", {"quantity": "100"})
    store.add(LATER, "terminal", "risk.halt")
    newest, oldest = store.all()
    assert (newest.actor, newest.action, newest.subject, newest.details) == (
        "terminal",
        "risk.halt",
        "",
        {},
    )
    assert (oldest.at, oldest.details) == (NOW, {"quantity": "100"})
    assert len(store.all(1)) == 1


# Requests


def test_a_request_is_taken_by_one_and_answered_once(database: Database):
    store = RequestStore(database)
    store.add(request())
    assert store.waiting() == [request()]
    assert store.take("request-1")
    assert not store.take("request-1")
    assert store.waiting() == []
    assert not store.set_answer("request-1", "yes")
    assert store.set_question("request-1", "Buy 100 AAPL?")
    assert store.set_answer("request-1", "yes")
    assert not store.set_answer("request-1", "no")
    assert store.set_result("request-1", {"order": "order-1"})
    assert not store.set_error("request-1", "too late")
    found = store.get("request-1")
    assert found is not None
    assert (found.state, found.question, found.answer) == (
        RequestState.DONE,
        "Buy 100 AAPL?",
        "yes",
    )
    assert (found.result, found.values, found.state.is_over) == (
        {"order": "order-1"},
        {"symbol": "AAPL"},
        True,
    )


def test_a_request_fails_or_expires_and_is_forgotten_later(database: Database):
    store = RequestStore(database)
    store.add(request("first"))
    store.add(request("second"))
    assert store.set_error("first", "No such symbol.")
    assert store.set_state("second", RequestState.EXPIRED, was=RequestState.WAITING)
    assert not store.take("second")
    assert not store.set_state("missing", RequestState.RUNNING)
    first = store.get("first")
    assert first is not None
    assert (first.state, first.error) == (RequestState.FAILED, "No such symbol.")
    assert store.purge(NOW) == 0
    assert store.purge(LATER) == 2
    assert store.get("first") is None


# State


@pytest.mark.parametrize("value", [{"step": 3}, [1, "two", None], "text", 0, False, ""])
def test_a_plain_value_is_remembered(database: Database, value: object):
    store = StateStore(database)
    assert store.get("key") is None
    store.put("key", "before")
    store.put("key", value)
    assert store.get("key") == value
    assert store.get("other") is None
    store.put("key", None)
    assert store.get("key") is None


def test_what_is_not_plain_is_not_remembered(database: Database):
    store = StateStore(database)
    store.put("key", 1)
    with pytest.raises(Exception, match="not JSON serializable"):
        store.put("key", Decimal(1))
    assert store.get("key") == 1
