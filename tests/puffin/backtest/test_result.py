from __future__ import annotations

import contextlib
import json
import math
import pickle
import zlib
from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from puffin.backtest.engine import Backtester
from puffin.backtest.metrics import periods_in_year
from puffin.backtest.result import BacktestResult
from puffin.data.bars import Interval
from puffin.errors import PuffinError
from tests.puffin.backtest.market import Says, wandering


@pytest.fixture(scope="module")
def result() -> BacktestResult:
    return Backtester(Says(*[1.0, 0.0, -1.0] * 40)).run(wandering(120))


def assert_same(one, other) -> None:
    for field in fields(BacktestResult):
        left, right = getattr(one, field.name), getattr(other, field.name)
        if isinstance(left, np.ndarray):
            assert left.dtype == right.dtype
            assert left.tobytes() == right.tobytes()
        else:
            assert left == right


def test_it_survives_being_written_as_json_to_the_last_bit(result):
    assert_same(result, BacktestResult.from_dict(json.loads(json.dumps(result.to_dict()))))


def test_it_survives_being_stored_as_bytes(result):
    blob = result.to_blob()
    assert len(blob) < 12_000
    assert_same(result, BacktestResult.from_blob(blob))


def test_no_metric_is_ever_nan_or_infinite(result):
    assert all(value is None or math.isfinite(value) for value in result.metrics.values())
    json.dumps(result.to_dict(), allow_nan=False)


@pytest.mark.parametrize(
    "damage",
    [
        b"",
        b"x",
        zlib.compress(b"[1, 2]"),
        zlib.compress(b"{"),
        zlib.compress(b"\xff"),
        Backtester(Says(1.0, 0.0)).run(wandering(2)).to_blob()[:-9],
    ],
)
def test_damaged_bytes_are_an_error_with_a_sentence(damage):
    with pytest.raises(PuffinError, match=r"damaged|another version"):
        BacktestResult.from_blob(damage)


@given(st.integers(0, 10_000), st.integers(0, 255))
def test_no_damaged_byte_crashes_it(where, value):
    blob = bytearray(Backtester(Says(1.0, 0.0, 0.0)).run(wandering(3)).to_blob())
    blob[where % len(blob)] = value
    with contextlib.suppress(PuffinError):  # any other error fails the test
        BacktestResult.from_blob(bytes(blob))


@pytest.mark.parametrize(
    "damage",
    [
        {"version": 2},
        {"equity": "AAAA"},
        {"equity": ""},
        {"equity": "not base64!"},
        {"interval": "2d"},
        {"trades": [{}]},
        {"first": "yesterday"},
        {"time": None},
    ],
)
def test_a_damaged_field_is_an_error_with_a_sentence(result, damage):
    with pytest.raises(PuffinError, match=r"damaged|another version"):
        BacktestResult.from_dict(result.to_dict() | damage)


def test_a_missing_field_is_an_error_with_a_sentence(result):
    plain = result.to_dict()
    del plain["close"]
    with pytest.raises(PuffinError, match="damaged"):
        BacktestResult.from_dict(plain)


@pytest.mark.parametrize(
    ("interval", "periods"),
    [(Interval.D1, 252), (Interval.W1, 52), (Interval.MO1, 12), (Interval.M5, 252 * 78)],
)
def test_a_year_has_as_many_bars_as_its_sessions(interval, periods):
    assert periods_in_year(interval) == periods


def test_the_monthly_table_multiplies_up_to_the_whole(result):
    years = result.monthly
    assert [each.year for each in years] == [2012]
    assert [each is None for each in years[0].months] == [False] * 4 + [True] * 8
    assert years[0].total == pytest.approx(result.metrics["total_return"])


def test_rolling_measures_have_a_value_for_each_bar_but_the_first(result):
    rolling = result.rolling(20)
    for column in (rolling.time, rolling.total_return, rolling.volatility, rolling.sharpe):
        assert len(column) == len(result.time) - 1
    assert np.isnan(rolling.sharpe[:19]).all()
    assert np.isfinite(rolling.sharpe[19:]).all()
    assert rolling.total_return[-1] == pytest.approx(result.equity[-1] / result.equity[-21] - 1)


def test_turnover_counts_what_was_bought_and_sold(result):
    traded = sum(
        each.quantity * (each.entry_price + (each.exit_price or 0.0)) for each in result.trades
    )
    assert result.trades.traded == pytest.approx(traded)
    years = 119 / 365.25
    expected = traded / 2 / result.equity.mean() / years
    assert result.metrics["turnover"] == pytest.approx(expected)


def test_trades_are_records_however_they_are_looked_at(result):
    trades = result.trades
    assert tuple(trades) == trades[:] == tuple(trades[row] for row in range(len(trades)))
    assert trades[-1] == list(trades)[-1]
    assert trades == tuple(trades)
    assert trades != "trades"
    assert len({trades, trades}) == 1
    assert pickle.loads(pickle.dumps(trades)) == trades


def test_a_result_stored_before_trades_had_fees_can_be_read(result):
    plain = result.to_dict()
    for trade in plain["trades"]:
        del trade["fees"]
    assert BacktestResult.from_dict(plain).trades == result.trades
