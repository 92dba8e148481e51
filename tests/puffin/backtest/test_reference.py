"""Runs of other engines, to the cent.

Not expressed yet, because a strategy's signals are targets only: `goog_rsi_sl_tp` (stop-loss and
take-profit orders) and `goog_limit_dip` (limit orders).
"""

from __future__ import annotations

import csv
import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from typing_extensions import override

from puffin.backtest.engine import Backtester, BacktestSettings
from puffin.backtest.sizing import FixedQuantity, FixedValue
from puffin.execution.costs import Costs
from puffin.strategies.base import Signals
from puffin.strategies.momentum import Momentum, MomentumParameters
from tests.puffin.backtest.market import REFERENCE, Says, google, needs_reference

if TYPE_CHECKING:
    from puffin.data.bars import Bars

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
    result = Backtester(strategy, assumed).run(google())
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


def test_crossing_averages_with_all_the_money_long_and_short():
    bars = google()
    assumed = BacktestSettings(capital=10_000, costs=Costs(percent=Decimal("0.2")))
    result = Backtester(Says(*crossings(bars)), assumed).run(bars)
    trades = expected_trades("goog_smacross_10_20")
    assert len(result.closed_trades) == len(trades) == 93
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
    assert result.equity == pytest.approx(expected_equity("goog_smacross_10_20"), abs=1e-6)
    stats = expected_stats("goog_smacross_10_20")
    metrics = result.metrics
    for name, key, scale in (
        ("total_return", "Return [%]", 100),
        ("cagr", "CAGR [%]", 100),
        ("max_drawdown", "Max. Drawdown [%]", 100),
        ("win_rate", "Win Rate [%]", 100),
        ("best_trade", "Best Trade [%]", 100),
        ("worst_trade", "Worst Trade [%]", 100),
        ("final_equity", "Equity Final [$]", 1),
    ):
        assert metrics[name] == pytest.approx(stats[key] / scale, rel=1e-8), name
    assert stats["Max. Drawdown Duration"] == f"{metrics['max_drawdown_days']:.0f} days 00:00:00"


def test_a_hundred_shares_bought_and_held():
    bars = google()
    assumed = BacktestSettings(capital=100_000, sizing=FixedQuantity(100))
    result = Backtester(Says(0.0, *[1.0] * (len(bars) - 1)), assumed).run(bars)
    assert result.equity == pytest.approx(expected_equity("goog_buyhold_100"), abs=1e-6)
    stats = expected_stats("goog_buyhold_100")
    assert result.closed_trades == ()
    assert result.metrics["win_rate"] is None
    assert result.metrics["cagr"] == pytest.approx(stats["CAGR [%]"] / 100, rel=1e-8)
    assert result.metrics["max_drawdown"] == pytest.approx(
        stats["Max. Drawdown [%]"] / 100, rel=1e-8
    )
    assert result.metrics["max_drawdown_days"] == 1784
