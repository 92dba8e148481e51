"""Quick runs are the same runs: figure for figure what the backtester says, for every setting."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from puffin.backtest.engine import Backtester, BacktestSettings, FillAt, warm_up
from puffin.backtest.quick import equity_curve, quick_runs
from puffin.backtest.sizing import FixedQuantity, FixedValue, KellyFraction, VolatilityTarget
from puffin.backtest.trials import NAMES
from puffin.errors import BarsError, NoDataError, ParameterError
from puffin.execution.costs import Costs
from puffin.strategies.breakout import Breakout, BreakoutParameters
from puffin.strategies.mean_reversion import MeanReversion, MeanReversionParameters
from puffin.strategies.momentum import Average, Momentum, MomentumParameters
from puffin.strategies.volume_breakout import VolumeBreakout
from tests.puffin.backtest.market import AsEvents, Says, wandering

if TYPE_CHECKING:
    from puffin.backtest.trials import Figures
    from puffin.data.bars import Bars

ASSUMED = st.builds(
    BacktestSettings,
    capital=st.sampled_from([900.0, 5000.0, 1e6]),
    costs=st.sampled_from(
        [
            Costs(),
            Costs(percent=Decimal("0.1"), minimum=Decimal(1)),
            Costs(Decimal(2), Decimal("0.01"), slippage_bps=Decimal(20), spread_bps=Decimal(10)),
            Costs(slippage_per_share=Decimal("0.05"), impact_percent=Decimal(5)),
        ]
    ),
    sizing=st.sampled_from(
        [
            1.0,
            0.4,
            FixedQuantity(7.0),
            FixedValue(300.0),
            VolatilityTarget(0.2, 5),
            KellyFraction(0.5, 3, 0.3),
        ]
    ),
    whole_shares=st.booleans(),
    allow_short=st.booleans(),
    risk_free=st.sampled_from([0.0, 0.03]),
    fill_at=st.sampled_from(FillAt),
    leverage=st.sampled_from([1.0, 3.0]),
    maintenance=st.sampled_from([None, 0.3]),
    borrow_rate=st.sampled_from([0.0, 0.0, 0.5]),
    participation=st.sampled_from([None, None, 0.1]),
)
MOMENTUM = st.builds(
    lambda short, further, ma, threshold, long_only: MomentumParameters(
        short=short, long=short + further, ma=ma, threshold=threshold, long_only=long_only
    ),
    st.integers(2, 6),
    st.integers(1, 9),
    st.sampled_from(Average),
    st.sampled_from([0.0, 0.004]),
    st.booleans(),
)
REVERSION = st.builds(
    MeanReversionParameters,
    window=st.integers(5, 12),
    zscore_entry=st.sampled_from([-2.0, -1.0]),
    zscore_exit=st.sampled_from([-0.4, 0.0, 0.3]),
    long_only=st.booleans(),
)


@pytest.fixture(autouse=True, scope="module")
def compiled():
    """These tests are about the compiled figures: they are at hand."""
    warm_up()


def figures_of(strategy, prices, assumed) -> list[float]:
    metrics = Backtester(strategy, assumed, compiled=False).run(prices).metrics
    values = [metrics[name] for name in NAMES]
    return [np.nan if each is None else each for each in values]


def row(figures: Figures, place: int) -> list[float]:
    return [getattr(figures, name)[place] for name in NAMES]


def same(kind, sets, prices, assumed) -> None:
    found = quick_runs(kind, prices, sets, assumed)
    for place, chosen in enumerate(sets):
        wanted = [np.nan] * len(NAMES)
        if kind(chosen).warm_up < len(prices):
            wanted = figures_of(kind(chosen), prices, assumed)
        np.testing.assert_allclose(row(found, place), wanted, rtol=1e-9, atol=1e-9)


@settings(deadline=None, max_examples=120)
@given(st.lists(MOMENTUM, min_size=1, max_size=4), ASSUMED, st.integers(0, 60), st.integers(6, 90))
def test_momentum_quickly_comes_to_the_figures_of_the_backtester(sets, assumed, seed, count):
    same(Momentum, sets, wandering(count, seed, volume=40.0), assumed)


@settings(deadline=None, max_examples=120)
@given(st.lists(REVERSION, min_size=1, max_size=4), ASSUMED, st.integers(0, 60))
def test_mean_reversion_quickly_comes_to_the_figures_of_the_backtester(sets, assumed, seed):
    same(MeanReversion, sets, wandering(80, seed, volume=40.0), assumed)


@pytest.mark.parametrize("assumed", [BacktestSettings(), BacktestSettings(sizing=KellyFraction())])
def test_a_strategy_without_a_quick_form_comes_to_the_same_figures(assumed):
    sets = [BreakoutParameters(entry=each, exit=each // 2) for each in (10, 20, 40)]
    same(Breakout, sets, wandering(300, volume=40.0), assumed)


def test_a_strategy_that_places_orders_comes_to_the_same_figures():
    sets = [VolumeBreakout.Parameters()]
    same(VolumeBreakout, sets, wandering(300, volume=40.0), BacktestSettings())


def test_figures_in_several_portions_are_those_in_one(monkeypatch):
    prices = wandering(200)
    sets = [MomentumParameters(short=each, long=30) for each in range(2, 12)]
    whole = quick_runs(Momentum, prices, sets, BacktestSettings())
    monkeypatch.setattr("puffin.backtest.quick.MOST_AT_ONCE", 600)
    parts = quick_runs(Momentum, prices, sets, BacktestSettings())
    for name in NAMES:
        np.testing.assert_array_equal(getattr(whole, name), getattr(parts, name))


def test_a_set_that_needs_more_bars_than_there_are_has_no_figures():
    sets = [MomentumParameters(short=5, long=400), MomentumParameters(short=5, long=20)]
    found = quick_runs(Momentum, wandering(100), sets, BacktestSettings())
    assert all(np.isnan(row(found, 0)))
    assert found.trades[1] > 0
    assert len(found) == 2
    assert len(quick_runs(Momentum, wandering(9), sets, BacktestSettings())) == 2


def test_no_sets_are_no_figures():
    assert len(quick_runs(Momentum, wandering(9), [], BacktestSettings())) == 0


def test_prices_that_cannot_be_trusted_are_refused():
    bad = wandering(50)
    bad = replace(bad, close=np.where(np.arange(50) == 7, np.nan, bad.close))
    with pytest.raises(BarsError, match="row 8"):
        quick_runs(Momentum, bad, [MomentumParameters(short=2, long=4)], BacktestSettings())
    with pytest.raises(BarsError, match="row 8"):
        equity_curve(Momentum(), bad, BacktestSettings())


def test_the_curve_for_a_slider_is_that_of_the_backtester():
    prices, strategy = wandering(300), Momentum(MomentumParameters(short=5, long=20))
    wanted = Backtester(strategy).run(prices).equity
    np.testing.assert_allclose(equity_curve(strategy, prices, BacktestSettings()), wanted)
    with pytest.raises(NoDataError, match="needs more than 20 bars"):
        equity_curve(strategy, prices.head(20), BacktestSettings())


def late(prices: Bars, targets: list[float], first: int) -> Says:
    """What is left of targets once nothing is decided before a row."""
    return Says(*targets[first:])


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.sampled_from([-1.0, 0.0, 1.0]), min_size=40, max_size=40),
    st.integers(0, 30),
    st.sampled_from(FillAt),
)
def test_nothing_is_decided_before_the_first_row(targets, first, fill_at):
    prices, assumed = wandering(40), BacktestSettings(fill_at=fill_at)
    rest = prices.tail(40 - first)
    wanted = Backtester(late(prices, targets, first), assumed).run(rest).equity
    for strategy in (Says(*targets), AsEvents(Says(*targets))):
        found = equity_curve(strategy, prices, assumed, first=first)
        np.testing.assert_allclose(found, wanted, rtol=1e-12)


@pytest.mark.parametrize("first", [0, 37, 120])
def test_indicators_see_the_bars_before_the_first_row(first):
    prices, assumed = wandering(200), BacktestSettings()
    sets = [MomentumParameters(short=4, long=9), MomentumParameters(short=3, long=7)]
    found = quick_runs(Momentum, prices, sets, assumed, first=first)
    for place, chosen in enumerate(sets):
        targets = np.nan_to_num(Momentum(chosen).signals(prices).target)
        rest = prices.tail(200 - first)
        wanted = figures_of(Says(*targets[first:]), rest, assumed)
        np.testing.assert_allclose(row(found, place), wanted, rtol=1e-9, atol=1e-9)


def test_orders_placed_before_the_first_row_never_were():
    prices, assumed, first = wandering(300, volume=40.0), BacktestSettings(), 150
    found = quick_runs(VolumeBreakout, prices, [VolumeBreakout.Parameters()], assumed, first=first)
    curve = equity_curve(VolumeBreakout(), prices, assumed, first=first)
    assert len(curve) == 150
    assert curve[0] == assumed.capital
    assert found.total_return[0] == pytest.approx(curve[-1] / curve[0] - 1)


def test_no_row_is_left_to_decide_on():
    sets = [MomentumParameters(short=4, long=9)]
    found = quick_runs(Momentum, wandering(50), sets, BacktestSettings(), first=50)
    assert all(np.isnan(row(found, 0)))


def test_targets_that_do_not_fit_the_bars_are_refused():
    with pytest.raises(ParameterError, match="Says gave 3 targets"):
        equity_curve(Says(0.0, 1.0, 0.0), wandering(9), BacktestSettings())
