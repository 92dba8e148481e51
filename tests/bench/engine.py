"""Backtests: one run and many, beside a bare compiled loop and beside the peers."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from functools import partial
from statistics import median
from typing import TYPE_CHECKING, cast

import numpy as np

from puffin.backtest import layout as at
from puffin.backtest.engine import Backtester, BacktestSettings, warm_up
from puffin.backtest.metrics import summarise
from puffin.backtest.quick import equity_curve, quick_runs
from puffin.data.bars import Interval
from puffin.execution.costs import Costs
from puffin.strategies.breakout import Breakout, BreakoutParameters
from puffin.strategies.mean_reversion import MeanReversion, MeanReversionParameters
from puffin.strategies.momentum import Momentum, MomentumParameters
from tests.bench import peers
from tests.bench.bare import bare_loop
from tests.bench.chart import walk
from tests.bench.measure import Row, at_least, at_most, best_of, cpu

if TYPE_CHECKING:
    from collections.abc import Sequence

    from puffin.backtest.trades import Trades
    from puffin.data.bars import Bars
    from puffin.strategies.base import Parameters, Rule

FAST, SLOW = 10, 20
ASSUMED = BacktestSettings(capital=1e6, costs=Costs(percent=Decimal("0.001")))
# bars; times a bare loop it may take, besides the metrics; times backtesting.py must take
RUNS = ((2_148, None, 40), (100_000, 2, 200), (1_000_000, 3, 200))
ROUNDS = 9
DAYS = 2_520
LEAST = 6_667  # runs per second of a strategy without a kernel: 150 microseconds each


def rows() -> list[Row]:
    """Every row about backtests."""
    warm_up()
    found = [row for count, within, over in RUNS for row in one(count, within, over)]
    return found + many()


def one(count: int, within: int | None, over: int) -> list[Row]:
    """Rows about one backtest of an average crossing, all metrics included."""
    bars, strategy = walk(count), Momentum(MomentumParameters(short=FAST, long=SLOW))
    tester, loop = Backtester(strategy, ASSUMED), bare_loop()
    result = tester.run(bars)
    curves = at.Curves(result.equity, result.position, np.empty(count))
    works = (
        partial(tester.run, bars),
        partial(loop, bars.open, bars.close, FAST, SLOW, ASSUMED.capital, 1e-5),
        partial(summarise, bars, curves, cast("Trades", result.trades), 0.0),
        lambda: Backtester(strategy, ASSUMED).run(replace(bars)),
    )
    rounds = [[cpu(work) for work in works] for _ in range(ROUNDS + 1)][1:]
    ours, bare, metrics, fresh = (1_000 * median(each) for each in zip(*rounds, strict=True))
    what = f"one backtest, {count:,} bars"
    found = [Row(f"{what}, prices never seen before", f"{fresh:.2f} ms")]
    said = f"{what}, beside {bare:.2f} ms bare and {metrics:.2f} ms metrics"
    if within is None:
        found.append(Row(said, f"{ours:.2f} ms"))
    else:
        found.append(at_most(said, ours, within * bare + metrics, "ms"))
    if not peers.here():
        return [*found, Row(what, peers.MISSING)]
    for name, least in (("backtesting", over), ("vectorbt", 4)):
        slow = count > 500_000 and name == "backtesting"
        peer = peers.one(name, bars, 1 if slow else 3)
        seconds, trades = peer["seconds"], peer["trades"]
        text = f"{what}, {name} {seconds * 1_000:,.0f} ms ({trades} trades, {len(result.trades)})"
        found.append(at_least(text, seconds * 1_000 / ours, least, "×"))
    return found


def many() -> list[Row]:
    """Rows about many runs over ten years of days."""
    bars = replace(
        walk(DAYS), interval=Interval.D1, time=np.arange(DAYS, dtype=np.int64) * at.DAY_NS
    )
    pairs = [(fast, slow) for fast in range(4, 44, 2) for slow in range(50, 175, 5)]
    sets = [MomentumParameters(short=fast, long=slow) for fast, slow in pairs]
    bands = [
        MeanReversionParameters(window=window, zscore_entry=-entry / 10)
        for window in range(10, 60, 2)
        for entry in range(10, 30)
    ]
    channels = [BreakoutParameters(entry=entry, exit=20) for entry in range(20, 170, 2)]
    kinds = (
        (f"{len(sets)} pairs of averages", Momentum, sets, 40_000),
        (f"mean reversion, {len(bands)} sets", MeanReversion, bands, LEAST),
        ("breakout, which asks its own signals", Breakout, channels, LEAST),
    )
    found = [
        at_least(f"{text}, {DAYS:,} bars", per_second(kind, bars, chosen), least, "runs/s")
        for text, kind, chosen, least in kinds
    ]
    seconds = best_of(partial(equity_curve, Momentum(sets[0]), bars, ASSUMED))
    found.append(at_most("a curve for a slider", seconds * 1_000, 5, "ms"))
    if peers.here():
        peer = peers.sweep("vectorbt", bars, pairs)
        text = f"{len(pairs)} pairs, vectorbt {len(pairs) / peer['seconds']:,.0f} runs/s"
        ours = quick_runs(Momentum, bars, sets, ASSUMED)
        told = f" ({peer['trades']:.0f} trades, ours {ours.trades.sum():.0f})"
        rate = per_second(Momentum, bars, sets)
        found.append(Row(text + told, f"{rate * peer['seconds'] / len(pairs):.0f} × as many"))
    return found


def per_second(kind: type[Rule], bars: Bars, sets: Sequence[Parameters]) -> float:
    """Runs per second of CPU, parameters and signals included."""
    return len(sets) / best_of(partial(quick_runs, kind, bars, sets, ASSUMED))
