from __future__ import annotations

import math
import zlib
from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from puffin.backtest import portfolio_result
from puffin.backtest.attribution import attribution
from puffin.backtest.portfolio import PortfolioBacktester
from puffin.backtest.portfolio_result import Benchmark, PortfolioResult
from puffin.backtest.schedule import Every, Schedule
from puffin.backtest.settings import BacktestSettings
from puffin.data.universe import align
from puffin.errors import PuffinError
from puffin.strategies.universe import EqualWeight
from tests.puffin.backtest.basket import Holds, basket, named
from tests.puffin.backtest.market import bars, wandering


@pytest.fixture(scope="module")
def result() -> PortfolioResult:
    strategy = Holds(*np.random.default_rng(1).uniform(-0.3, 0.3, (80, 3)))
    return PortfolioBacktester(strategy, schedule=Schedule(Every.WEEK)).run(
        basket(80, 3, holes=0.1), benchmark=named(wandering(60, 9), "MKT")
    )


def assert_same(one, other) -> None:
    for field in fields(one):
        left, right = getattr(one, field.name), getattr(other, field.name)
        if isinstance(left, np.ndarray):
            assert left.dtype == right.dtype
            assert left.shape == right.shape
            assert left.tobytes() == right.tobytes()
        elif isinstance(left, Benchmark):
            assert_same(left, right)
        elif field.name == "trades":
            assert tuple(left) == tuple(right)
        else:
            assert left == right


def test_it_survives_being_stored_as_bytes_to_the_last_bit(result):
    assert_same(result, PortfolioResult.from_blob(result.to_blob()))
    alone = replace(result, benchmark=None)
    assert_same(alone, PortfolioResult.from_blob(alone.to_blob()))


def test_what_was_stored_can_be_stored_again(result):
    again = PortfolioResult.from_blob(result.to_blob())
    assert again.to_blob() == result.to_blob()


@pytest.mark.parametrize(
    "damage",
    [
        b"",
        b"x",
        zlib.compress(b"short"),
        zlib.compress(portfolio_result.HEAD.pack(b"ZZZZ", 2) + b"{}"),
        zlib.compress(portfolio_result.HEAD.pack(b"PFR1", 2) + b"[]"),
        zlib.compress(portfolio_result.HEAD.pack(b"PFR1", 2) + b"{}"),
        zlib.compress(portfolio_result.HEAD.pack(b"PFR1", 900) + b"{}"),
    ],
)
def test_damaged_bytes_are_refused_in_a_sentence(damage):
    with pytest.raises(PuffinError, match="The stored backtest is damaged"):
        PortfolioResult.from_blob(damage)


def test_bytes_that_are_too_few_or_too_many_are_refused(result):
    raw = zlib.decompress(result.to_blob())
    for other in (raw[:-8], raw + b"\0" * 8):
        with pytest.raises(PuffinError, match="The stored backtest is damaged"):
            PortfolioResult.from_blob(zlib.compress(other))


def test_another_version_is_told_apart_from_damage(result, monkeypatch):
    blob = result.to_blob()
    monkeypatch.setattr(portfolio_result, "VERSION", 99)
    with pytest.raises(PuffinError, match="stored by another version"):
        PortfolioResult.from_blob(blob)


@given(st.binary(max_size=300))
def test_no_bytes_make_it_fail_otherwise(blob):
    with pytest.raises(PuffinError):
        PortfolioResult.from_blob(blob)


def test_trades_come_in_the_order_of_their_entries_and_know_their_symbol(result):
    times = [each.trade.entry_time for each in result.trades]
    assert times == sorted(times)
    assert {each.symbol for each in result.trades} == {"AAA", "BBB", "CCC"}
    assert result.trades[0] == next(iter(result.trades))
    assert result.trades[1:3] == tuple(result.trades)[1:3]
    assert result.trades[-1] == tuple(result.trades)[-1]
    assert len(result.closed_trades) == result.metrics["trades"]


def test_weights_are_shares_of_equity(result):
    known = np.nan_to_num(basket(80, 3, holes=0.1).last_close)
    np.testing.assert_allclose(
        result.weights, result.positions * known / result.equity[:, None], rtol=1e-12
    )


def test_what_each_symbol_did_is_told():
    one = named(bars([10.0, 10, 12, 12]), "ONE")
    two = named(bars([10.0, 10, 9, 9]), "TWO")
    found = PortfolioBacktester(
        Holds([0.5, 0.5], [0.5, 0.5], [0.0, 0.5]), BacktestSettings(capital=1000.0)
    ).run(align([one, two]))
    first, second = found.attribution
    assert (first.symbol, first.profit, first.share) == ("ONE", 100.0, 0.1)
    assert (first.trades, first.win_rate) == (1, 1.0)
    assert (second.symbol, second.profit, second.share) == ("TWO", -50.0, -0.05)
    assert (second.trades, second.win_rate) == (0, None)
    assert found.equity[-1] - 1000 == first.profit + second.profit


def test_a_symbol_that_was_never_traded_added_nothing():
    found = attribution(["ONE"], [np.empty((0, 14))], 1000.0)
    assert found[0].profit == 0
    assert found[0].costs == 0
    assert found[0].win_rate is None


def test_the_numbers_of_the_whole_are_those_of_its_curves():
    universe = basket(120, 4)
    found = PortfolioBacktester(EqualWeight(), BacktestSettings(whole_shares=False)).run(universe)
    close = universe.close
    assert found.metrics["buy_and_hold"] == pytest.approx(np.mean(close[-1] / close[0] - 1))
    assert found.metrics["symbols_held"] == pytest.approx(4 * 119 / 120)
    assert found.metrics["gross_exposure"] == pytest.approx(119 / 120)
    assert found.metrics["net_exposure"] == pytest.approx(119 / 120)
    changes = np.diff(found.equity) / found.equity[:-1]
    expected = changes.mean() / changes.std(ddof=1) * math.sqrt(252)
    assert found.metrics["sharpe"] == pytest.approx(expected)
    assert found.benchmark is None
