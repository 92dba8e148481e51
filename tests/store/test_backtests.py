"""A backtest is kept whole, listed quickly, and removed with its curves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pytest

from puffin.backtest.portfolio_result import PortfolioResult
from puffin.backtest.result import BacktestResult
from puffin.data.bars import Interval
from puffling.core.errors import BadValueError, StoreDamagedError, StoreFullError
from puffling.store.backtests import BacktestStore
from tests.store.samples import NOW

if TYPE_CHECKING:
    from puffling.store.database import Database

FIRST = datetime(2010, 1, 4, tzinfo=UTC)


def result(symbol: str = "AAPL", *, count: int = 500) -> BacktestResult:
    chance = np.random.default_rng(7)
    return BacktestResult(
        strategy_id="momentum",
        parameters={"short": 10, "long": 30, "long_only": True},
        symbol=symbol,
        interval=Interval.D1,
        first=FIRST,
        last=FIRST + timedelta(days=count),
        time=np.arange(count),
        equity=chance.random(count),
        drawdown=-chance.random(count),
        position=chance.random(count),
        close=chance.random(count),
        trades=(),
        metrics={"sharpe": 1.25, "sortino": None},
        assumptions={"fills": "at the next open"},
        data_hash="d" * 64,
        config_hash="c" * 64,
    )


@pytest.fixture
def store(database: Database) -> BacktestStore:
    return BacktestStore(database)


def test_a_backtest_comes_back_as_it_was(store: BacktestStore):
    id_ = store.add(result(), NOW, note="first try")
    (listed,) = store.all()
    assert store.get(id_) == listed
    assert (listed.id, listed.created_at, listed.note) == (id_, NOW, "first try")
    assert (listed.strategy_id, listed.symbol) == ("momentum", "AAPL")
    assert listed.parameters == {"short": 10, "long": 30, "long_only": True}
    assert listed.metrics == {"sharpe": 1.25, "sortino": None}
    assert listed.assumptions == {"fills": "at the next open"}
    whole = store.load(id_)
    assert isinstance(whole, BacktestResult)
    assert whole.to_dict() == result().to_dict()


def test_the_newest_come_first_and_a_note_can_be_changed(store: BacktestStore):
    ids = [store.add(result(), NOW + timedelta(hours=each)) for each in range(3)]
    assert [each.id for each in store.all(2)] == ids[:0:-1]
    store.set_note(ids[0], "the good one")
    changed = store.get(ids[0])
    assert changed is not None
    assert changed.note == "the good one"


def test_how_it_was_run_and_what_the_gate_says_are_kept_with_it(store: BacktestStore):
    plain = store.add(result(), NOW)
    id_ = store.add(result(), NOW, plan={"symbols": ["AAPL"]}, saved_strategy="mine")
    store.set_verdict(id_, "red", {"grade": "red", "checks": []})
    store.set_verdict(id_, "green", {"grade": "green", "checks": []})
    saved = store.get(id_)
    assert saved is not None
    assert (saved.plan, saved.saved_strategy, saved.grade) == (
        {"symbols": ["AAPL"]},
        "mine",
        "green",
    )
    assert store.verdict(id_) == {"grade": "green", "checks": []}
    assert store.verdict(plain) is None
    assert store.tested() == {"mine": "green"}
    without = store.get(plain)
    assert without is not None
    assert (without.plan, without.saved_strategy, without.grade) == (None, "", "")
    store.remove(id_)
    assert store.verdict(id_) is None


def test_one_of_many_symbols_comes_back_as_it_was(store: BacktestStore):
    count = 20
    made = PortfolioResult(
        strategy_id="ranks",
        parameters={"top": 2},
        symbols=("AAPL", "IBM"),
        interval=Interval.D1,
        first=FIRST,
        last=FIRST + timedelta(days=count),
        time=np.arange(count),
        equity=np.ones(count),
        drawdown=np.zeros(count),
        weights=np.zeros((count, 2)),
        positions=np.zeros((count, 2)),
        trades=(),
        metrics={"sharpe": None},
        benchmark=None,
        attribution=(),
        assumptions={},
        notes=("Said.",),
        data_hash="d",
        config_hash="c",
    )
    id_ = store.add(made, NOW)
    (listed,) = store.all()
    assert (listed.symbol, listed.symbols) == ("AAPL IBM", ("AAPL", "IBM"))
    whole = store.load(id_)
    assert isinstance(whole, PortfolioResult)
    assert whole.to_blob() == made.to_blob()


def test_a_backtest_is_removed_with_its_curves(store: BacktestStore, database: Database):
    id_ = store.add(result(), NOW)
    assert store.remove(id_)
    assert not store.remove(id_)
    assert store.get(id_) is None
    with database.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM backtest_results").scalar() == 0
    with pytest.raises(BadValueError, match="no backtest with the id"):
        store.load(id_)


@pytest.mark.parametrize("damage", ["x'00ff'", "'text'", "substr(document, 1, 50)"])
def test_a_damaged_result_is_said_and_the_list_still_stands(
    store: BacktestStore, database: Database, damage: str
):
    id_ = store.add(result(), NOW)
    with database.write() as connection:
        connection.exec_driver_sql(f"UPDATE backtest_results SET document = {damage}")
    with pytest.raises(StoreDamagedError, match="damaged") as caught:
        store.load(id_)
    assert caught.value.hint == "Run the backtest again."
    assert len(store.all()) == 1


def test_a_full_disk_keeps_no_half_of_a_backtest(store: BacktestStore, database: Database):
    with database.read() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")
    with pytest.raises(StoreFullError):
        store.add(result(count=5_000), NOW)
    assert store.all() == []
