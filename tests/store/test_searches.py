"""A search keeps what it found, however it ended."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from puffin.backtest.trials import NOTHING, Trial, Trials
from puffling.core.errors import BadValueError, StoreDamagedError
from puffling.store.searches import SearchState, SearchStore
from tests.store.samples import NOW

if TYPE_CHECKING:
    from puffling.store.database import Database

PLAN = {"spec": {"id": "momentum"}, "kind": "parameters"}
TRIAL = {"parameters": {"short": 10}, "figures": {"sharpe": 1.5}, "error": ""}
TRIALS = Trials.of([Trial({"short": 10}, {"sharpe": 1.5}), Trial({"short": 11}, error="Why not.")])


@pytest.fixture
def store(database: Database) -> SearchStore:
    return SearchStore(database)


def begin(store: SearchStore, symbol: str = "AAPL", *, hours: int = 0) -> str:
    return store.begin("Optimise", symbol, PLAN, 100, NOW + timedelta(hours=hours))


def keep(store: SearchStore, id_: str, state: SearchState = SearchState.DONE) -> None:
    store.keep(
        id_,
        TRIALS,
        found={"kept": 1},
        done=1,
        total=100,
        best=TRIAL,
        data_hash="d",
        state=state,
        ended_at=NOW,
    )


def test_what_was_found_comes_back(store: SearchStore):
    id_ = begin(store)
    trials, found = store.load(id_)
    assert (len(trials), found) == (0, None)
    keep(store, id_)
    saved = store.get(id_)
    assert (saved.state, saved.done, saved.total, saved.best) == (SearchState.DONE, 1, 100, TRIAL)
    assert (saved.title, saved.symbol, saved.plan, saved.ended_at) == (
        "Optimise",
        "AAPL",
        PLAN,
        NOW,
    )
    assert store.load(id_) == (TRIALS, {"kept": 1})


def test_the_newest_come_first(store: SearchStore):
    ids = [begin(store, hours=each) for each in range(3)]
    assert [each.id for each in store.all(2)] == ids[:0:-1]


def test_what_a_crash_cut_short_is_interrupted_and_keeps_its_trials(store: SearchStore):
    running, done = begin(store), begin(store)
    keep(store, running, SearchState.RUNNING)
    keep(store, done)
    (cut,) = store.interrupt_running(NOW)
    assert (cut.id, cut.state, cut.done, cut.ended_at) == (running, SearchState.INTERRUPTED, 1, NOW)
    assert store.interrupt_running(NOW) == []
    assert store.get(running).state is SearchState.INTERRUPTED
    assert store.get(done).state is SearchState.DONE
    assert store.load(running)[0] == TRIALS


def test_what_was_tried_of_a_strategy_on_a_symbol_is_found(store: SearchStore):
    begin(store)
    keep(store, begin(store, hours=1))
    keep(store, begin(store, "IBM"))
    assert store.trials("momentum", "AAPL") == [NOTHING, TRIALS]
    assert store.trials("breakout", "AAPL") == []


def test_one_is_removed_with_its_trials_and_not_brought_back(
    store: SearchStore, database: Database
):
    id_ = begin(store)
    keep(store, id_)
    assert store.remove(id_)
    assert not store.remove(id_)
    keep(store, id_)
    with database.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM search_results").scalar() == 0
    for ask in (store.get, store.load):
        with pytest.raises(BadValueError, match="no search with the id"):
            ask(id_)


@pytest.mark.parametrize("damage", ["x'00ff'", "'text'"])
def test_damaged_trials_are_said_and_the_list_still_stands(
    store: SearchStore, database: Database, damage: str
):
    id_ = begin(store)
    keep(store, id_)
    with database.write() as connection:
        connection.exec_driver_sql(f"UPDATE search_results SET document = {damage}")
    with pytest.raises(StoreDamagedError, match="The stored search is damaged"):
        store.load(id_)
    assert len(store.all()) == 1
