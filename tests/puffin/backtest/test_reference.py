"""Runs of other engines, to the cent, along both paths."""

from __future__ import annotations

import csv
import json
import math
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pytest
from typing_extensions import override

from puffin.backtest.engine import Backtester, BacktestSettings
from puffin.backtest.sizing import FixedQuantity, FixedValue
from puffin.execution.costs import Costs
from puffin.strategies.base import EventStrategy, Signals
from puffin.strategies.momentum import Momentum, MomentumParameters
from puffin.strategies.orders import Entries, Orders
from tests.puffin.backtest.market import (
    REFERENCE,
    Says,
    both,
    google,
    needs_reference,
)
from tests.puffin.backtest.market import Orders as OrdersSay

if TYPE_CHECKING:
    from puffin.data.bars import Bars
    from puffin.strategies.orders import Context

pytestmark = needs_reference


def expected_equity(name) -> list[float]:
    with (REFERENCE / f"{name}.equity.csv").open() as file:
        return [float(row["Equity"]) for row in csv.DictReader(file)]


def expected_trades(name) -> list[dict[str, str]]:
    with (REFERENCE / f"{name}.trades.csv").open() as file:
        return list(csv.DictReader(file))


def expected_stats(name) -> dict[str, Any]:
    document = json.loads((REFERENCE / "reference_results.json").read_text())
    stats: dict[str, Any] = document["cases"][name]["stats"]
    return stats


class FromBar20(Momentum):
    """Momentum as the other engines ran it: bar 20, counted from 0, is the first that decides."""

    @override
    def signals(self, bars: Bars) -> Signals:
        target = super().signals(bars).target.copy()
        target[:20] = float("nan")
        return Signals(target)


def test_six_engines_agree_on_the_state_strategy_of_two_averages():
    strategy = FromBar20(MomentumParameters(short=10, long=20))
    assumed = BacktestSettings(
        capital=1_000_000, costs=Costs(percent=Decimal("0.1")), sizing=FixedValue(100_000)
    )
    result = both(strategy, assumed, google())
    fills = sum(1 if trade.is_open else 2 for trade in result.trades)
    assert fills == 95
    assert result.equity[-1] == pytest.approx(1_272_856.141, abs=0.001)


def crossings(bars) -> list[float]:
    """+1 where the fast average crosses above the slow one, -1 where below, NaN elsewhere."""
    close = bars.close
    targets, before = [float("nan")] * len(close), 0.0
    for row in range(19, len(close)):
        gap = close[row - 9 : row + 1].mean() - close[row - 19 : row + 1].mean()
        above = 1.0 if gap > 0 else -1.0
        if before == -above:
            targets[row] = above
        before = above
    return targets


def assert_same_trades(result, name, count) -> None:
    trades = expected_trades(name)
    assert len(result.closed_trades) == len(trades) == count
    for found, expected in zip(result.closed_trades, trades, strict=True):
        assert found.side.sign * found.quantity == float(expected["Size"])
        assert found.entry_price == pytest.approx(float(expected["EntryPrice"]), abs=1e-9)
        assert found.exit_price == pytest.approx(float(expected["ExitPrice"]), abs=1e-9)
        assert found.profit == pytest.approx(float(expected["PnL"]), abs=1e-6)
        assert found.commission == pytest.approx(float(expected["Commission"]), abs=1e-6)
        assert found.return_ == pytest.approx(float(expected["ReturnPct"]), abs=1e-9)
        assert f"{found.entry_time:%Y-%m-%d}" == expected["EntryTime"]
        assert f"{found.exit_time:%Y-%m-%d}" == expected["ExitTime"]
        assert found.bars == int(expected["ExitBar"]) - int(expected["EntryBar"])
    # Their curve is printed with ten digits.
    assert result.equity == pytest.approx(expected_equity(name), abs=1e-6, rel=5e-10)


def assert_same_stats(result, name) -> None:
    stats, metrics, theirs = expected_stats(name), result.metrics, their_annual_numbers(result)
    for key, found, scale in (
        ("Return [%]", metrics["total_return"], 100),
        ("CAGR [%]", metrics["cagr"], 100),
        ("Max. Drawdown [%]", metrics["max_drawdown"], 100),
        ("Win Rate [%]", metrics["win_rate"], 100),
        ("Best Trade [%]", metrics["best_trade"], 100),
        ("Worst Trade [%]", metrics["worst_trade"], 100),
        ("Equity Final [$]", metrics["final_equity"], 1),
        *((key, value, 100 if "%" in key else 1) for key, value in theirs.items()),
    ):
        if stats[key] is None:
            assert found is None, key
        else:
            assert found == pytest.approx(stats[key] / scale, rel=1e-8), key
    assert stats["Max. Drawdown Duration"] == f"{metrics['max_drawdown_days']:.0f} days 00:00:00"


def their_annual_numbers(result) -> dict[str, float]:
    """Return, volatility, Sharpe and Sortino as that engine defines them.

    The mean return is geometric; the volatility is that of a year of independent days around it.
    Sharpe and Sortino divide the geometric annual return, where ours are arithmetic.
    """
    changes = np.diff(result.equity) / result.equity[:-1]
    daily = float(np.exp(np.log1p(changes).mean())) - 1
    annual = (1 + daily) ** 252 - 1
    variance = float(changes.var(ddof=1))
    swing = math.sqrt((variance + (1 + daily) ** 2) ** 252 - (1 + daily) ** 504)
    short = math.sqrt(float(np.mean(np.minimum(changes, 0.0) ** 2)) * 252)
    return {
        "Return (Ann.) [%]": annual,
        "Volatility (Ann.) [%]": swing,
        "Sharpe Ratio": annual / swing,
        "Sortino Ratio": annual / short,
    }


def test_crossing_averages_with_all_the_money_long_and_short():
    bars = google()
    assumed = BacktestSettings(capital=10_000, costs=Costs(percent=Decimal("0.2")))
    result = both(Says(*crossings(bars)), assumed, bars)
    assert_same_trades(result, "goog_smacross_10_20", 93)
    assert_same_stats(result, "goog_smacross_10_20")


def wilder_rsi(close, window) -> np.ndarray:
    """Wilder's index of relative strength, begun with plain means."""
    steps = np.diff(close)
    ups, downs = np.maximum(steps, 0.0), np.maximum(-steps, 0.0)
    up, down = ups[:window].mean(), downs[:window].mean()
    found = [float("nan")] * window
    for row in range(window - 1, len(steps)):
        if row >= window:
            up = (up * (window - 1) + ups[row]) / window
            down = (down * (window - 1) + downs[row]) / window
        found.append(100 * up / (up + down))
    return np.array(found)


def test_a_bracket_of_stop_and_target_after_a_weak_index_of_strength():
    bars = google()
    weak = wilder_rsi(bars.close, 14) < 35
    bracketed = Orders(
        Entries(
            np.where(weak, 1.0, np.nan),
            stop_loss=bars.close * 0.95,
            take_profit=bars.close * 1.10,
        )
    )
    assumed = BacktestSettings(
        costs=Costs(per_order=Decimal(1), percent=Decimal("0.05")), sizing=FixedQuantity(10)
    )
    result = both(OrdersSay(bracketed), assumed, bars)
    assert_same_trades(result, "goog_rsi_sl_tp", 52)
    assert_same_stats(result, "goog_rsi_sl_tp")
    assert {each.exit_reason for each in result.trades} == {"Stop loss", "Take profit"}
    for found, expected in zip(result.trades, expected_trades("goog_rsi_sl_tp"), strict=True):
        level = "SL" if found.exit_reason == "Stop loss" else "TP"
        assert found.exit_price is not None
        gap = found.exit_price - float(expected[level])
        assert gap <= 1e-9 if level == "SL" else gap >= -1e-9


class BuysDips(EventStrategy):
    """A limit 3 % under the close, replaced at each bar; out five bars after the entry."""

    id: ClassVar[str] = "dips"
    title: ClassVar[str] = "Dips"
    summary: ClassVar[str] = "Buys dips."

    @property
    @override
    def warm_up(self) -> int:
        return 1

    @override
    def on_bar(self, context: Context) -> None:
        if not context.held:
            context.buy(limit=float(context.close[-1]) * 0.97, reason="A dip of 3 %")
        elif context.bars_held >= 5:
            context.close_position(reason="Five bars are over")


def test_limits_under_the_close_that_are_replaced_bar_by_bar():
    bars, name = google(), "goog_limit_dip"
    assumed = BacktestSettings(sizing=FixedQuantity(10))
    result = Backtester(BuysDips(), assumed).run(bars)
    assert_same_trades(result, name, 103)
    assert_same_stats(result, name)
    assert result.trades[0].entry_reason == "A dip of 3 %"
    assert result.trades[0].exit_reason == "Five bars are over"
    dips = Orders(Entries(np.ones(len(bars)), limit=bars.close * 0.97, hold=5))
    table = both(OrdersSay(dips), assumed, bars)
    assert list(table.equity) == list(result.equity)
    assert table.trades[0].exit_reason == "Held for as long as it should be"


def test_a_hundred_shares_bought_and_held():
    bars = google()
    assumed = BacktestSettings(capital=100_000, sizing=FixedQuantity(100))
    result = both(Says(0.0, *[1.0] * (len(bars) - 1)), assumed, bars)
    assert result.equity == pytest.approx(expected_equity("goog_buyhold_100"), abs=1e-6)
    assert result.closed_trades == ()
    assert_same_stats(result, "goog_buyhold_100")
