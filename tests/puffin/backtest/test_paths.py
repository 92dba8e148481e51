"""One fill model, two paths: compiled, in Python from tables, and in Python bar by bar."""

from __future__ import annotations

import hashlib
import math
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from puffin.backtest import kernel, kernel_plain, metrics
from puffin.backtest import layout as at
from puffin.backtest.engine import Backtester, BacktestSettings, FillAt, warm_up
from puffin.backtest.kernel_run import run_compiled
from puffin.backtest.plan import planned, prices_of, rules_of
from puffin.backtest.sizing import (
    FixedQuantity,
    FixedValue,
    KellyFraction,
    RiskPerTrade,
    VolatilityTarget,
)
from puffin.execution.costs import Costs
from puffin.strategies.orders import Entries, Orders
from puffin.types import TimeInForce
from tests.puffin.backtest.market import (
    AsEvents,
    Says,
    assert_same_run,
    bars,
    both,
    wandering,
)
from tests.puffin.backtest.market import Orders as OrdersSay

if TYPE_CHECKING:
    from puffin.data.bars import Bars
    from puffin.measures import Floats

NAN = math.nan
COSTS = st.sampled_from(
    [
        Costs(),
        Costs(percent=Decimal("0.1"), minimum=Decimal(1)),
        Costs(Decimal(2), Decimal("0.01"), slippage_bps=Decimal(20), spread_bps=Decimal(10)),
        Costs(slippage_per_share=Decimal("0.05"), impact_percent=Decimal(5)),
    ]
)
SIZES = st.sampled_from(
    [
        1.0,
        0.4,
        FixedQuantity(7.0),
        FixedValue(300.0),
        RiskPerTrade(0.02),
        VolatilityTarget(0.2, 5),
        KellyFraction(0.5, 3, 0.3),
    ]
)
ASSUMED = st.builds(
    BacktestSettings,
    capital=st.just(5000.0),
    costs=COSTS,
    sizing=SIZES,
    whole_shares=st.booleans(),
    allow_short=st.booleans(),
    fill_at=st.sampled_from(FillAt),
    leverage=st.sampled_from([1.0, 3.0]),
    maintenance=st.sampled_from([None, 0.3]),
    borrow_rate=st.sampled_from([0.0, 0.5]),
    interest_rate=st.sampled_from([0.0, 0.2]),
    participation=st.sampled_from([None, 0.1, 0.6]),
    pyramiding=st.integers(1, 3),
    exclusive=st.booleans(),
    one_cancels_other=st.booleans(),
)
TARGETS = st.lists(st.sampled_from([-1.0, -0.5, 0.0, 0.5, 1.0, NAN, NAN]), min_size=12, max_size=60)
LIFE = st.sampled_from([TimeInForce.GTC, TimeInForce.DAY, 1, 3])


def entries(draw, prices, sign) -> Entries:
    """Entries at prices around the close, so that everything happens: gaps, touches and misses."""
    count, near = len(prices), st.sampled_from([NAN, -0.02, -0.005, 0.0, 0.004, 0.015])
    far = st.sampled_from([NAN, 0.002, 0.008, 0.02])

    def column(kind, towards) -> Floats:
        steps = draw(st.lists(kind, min_size=count, max_size=count))
        around: Floats = prices.close * (1 + towards * np.array(steps))
        return around

    weights = st.sampled_from([NAN, NAN, NAN, 0.0, 0.3, 1.0])
    return Entries(
        np.array(draw(st.lists(weights, min_size=count, max_size=count))),
        limit=column(near, 1) if draw(st.booleans()) else None,
        stop=column(near, 1) if draw(st.booleans()) else None,
        stop_loss=column(far, -sign),
        take_profit=column(far, sign) if draw(st.booleans()) else None,
        trail=column(far, 1) - prices.close + 0.01 if draw(st.booleans()) else None,
        hold=draw(st.sampled_from([0, 0, 1, 4])),
        life=draw(LIFE),
    )


@st.composite
def ordered(draw) -> tuple[Orders, Bars]:
    seed, count = draw(st.integers(0, 50)), draw(st.integers(12, 40))
    prices = wandering(count, seed, volume=draw(st.sampled_from([0.0, 30.0])))
    exits = st.sampled_from([0.0, 0.0, 0.0, 0.5, 1.0])
    orders = Orders(
        entries(draw, prices, 1),
        entries(draw, prices, -1),
        np.array(draw(st.lists(exits, min_size=count, max_size=count))),
    )
    return orders, prices


def stopped(assumed, orders) -> BacktestSettings:
    """The same settings, without a size by risk where an order has no stop."""
    bare = any(
        bool((np.isnan(side.stop_loss) & np.isnan(side.column("trail")) & (side.weight > 0)).any())
        for side in (orders.buy, orders.sell)
    )
    if bare and isinstance(assumed.sizing, RiskPerTrade):
        return BacktestSettings(**{name: getattr(assumed, name) for name in ("costs", "leverage")})
    kept: BacktestSettings = assumed
    return kept


@settings(deadline=None, max_examples=400)
@given(ordered(), ASSUMED)
def test_orders_come_to_the_same_along_every_path(given_orders, assumed):
    orders, prices = given_orders
    assumed = stopped(assumed, orders)
    result = both(OrdersSay(orders), assumed, prices)
    assert_same_run(Backtester(AsEvents(OrdersSay(orders)), assumed).run(prices), result)
    gained = sum(each.profit for each in result.trades)
    assert result.equity[-1] - assumed.capital == pytest.approx(gained, abs=1e-6)


@settings(deadline=None, max_examples=200)
@given(TARGETS, ASSUMED, st.integers(0, 50))
def test_targets_come_to_the_same_along_every_path(targets, assumed, seed):
    if isinstance(assumed.sizing, (RiskPerTrade, VolatilityTarget)):
        assumed = BacktestSettings(costs=assumed.costs, fill_at=assumed.fill_at)
    prices = wandering(len(targets), seed, volume=40.0)
    result = both(Says(*targets), assumed, prices)
    assert_same_run(Backtester(AsEvents(Says(*targets)), assumed).run(prices), result)
    gained = sum(each.profit for each in result.trades)
    assert result.equity[-1] - assumed.capital == pytest.approx(gained, abs=1e-6)


@settings(deadline=None, max_examples=60)
@given(ordered(), ASSUMED, st.integers(3, 11))
def test_cutting_the_future_off_never_changes_what_was_ordered_before(given_orders, assumed, cut):
    orders, prices = given_orders
    assumed = stopped(assumed, orders)
    whole = both(OrdersSay(orders), assumed, prices)
    part = both(OrdersSay(headed(orders, cut)), assumed, prices.head(cut))
    assert list(whole.equity[:cut]) == list(part.equity)
    assert list(whole.position[:cut]) == list(part.position)


def headed(orders, cut) -> Orders:
    def side(entries) -> Entries:
        names = ("limit", "stop", "stop_loss", "take_profit", "trail")
        columns = {name: entries.column(name)[:cut] for name in names}
        return Entries(entries.weight[:cut], **columns, hold=entries.hold, life=entries.life)

    return Orders(side(orders.buy), side(orders.sell), orders.exits[:cut])


@pytest.mark.parametrize("borrow_rate", [0.0, 0.001])
def test_a_table_of_trades_that_gets_full_grows(borrow_rate):
    count = 6000
    targets = [1.0, -1.0] * (count // 2)
    assumed = BacktestSettings(capital=1e6, borrow_rate=borrow_rate)
    result = both(Says(*targets), assumed, wandering(count))
    assert len(result.trades) == count - 1


def wild(count, seed) -> Bars:
    """Prices that move by a tenth a bar, so that accounts on credit are used up."""
    draw = np.random.default_rng(seed)
    close = 100 * np.exp(np.cumsum(draw.normal(0, 0.1, count)))
    return bars(close * np.exp(draw.normal(0, 0.05, count)), close, volume=40.0)


@settings(deadline=None, max_examples=300)
@given(
    st.lists(st.sampled_from([-1.0, 0.0, 0.4, 1.0]), min_size=12, max_size=60),
    ASSUMED,
    st.sampled_from([1.0, 3.0, 10.0]),
    st.integers(0, 200),
)
def test_plain_targets_come_to_the_very_same_in_their_own_loop(targets, assumed, leverage, seed):
    assumed = replace(assumed, leverage=leverage, maintenance=None)
    if isinstance(assumed.sizing, RiskPerTrade):
        assumed = replace(assumed, sizing=1.0)
    prices = wild(len(targets), seed)
    columns, rules = prices_of(prices, assumed.size_rule), rules_of(assumed)
    plan = planned(Says(*targets), prices, columns, assumed)
    assert rules is not None
    for step in (len(targets), 7):
        (one, trades), (other, expected) = (
            run_compiled(columns, plan, rules, 5000.0, step=step, tell=silent, plainly=plainly)
            for plainly in (True, False)
        )
        np.testing.assert_array_equal(one.equity, other.equity)
        np.testing.assert_array_equal(one.position, other.position)
        np.testing.assert_array_equal(trades, expected)


def silent(_done) -> None:
    """Tell nobody."""


def test_wild_prices_use_accounts_up():
    """What the test before is about really happens in it."""
    strategy, assumed = Says(*[1.0, 1.0, -1.0] * 20), BacktestSettings(leverage=10.0)
    reasons = {
        trade.exit_reason.split(":")[0]
        for seed in range(20)
        for trade in both(strategy, assumed, wild(60, seed)).trades
    }
    assert {"Margin call", "The account was used up", "Target from +100% to -100%"} <= reasons


@given(
    st.lists(st.floats(-0.3, 0.3), min_size=0, max_size=60),
    st.sampled_from([0.0, 0.0001]),
    st.sampled_from([0.0, 0.7, 1.4]),
)
def test_a_curve_has_the_same_shape_compiled_and_not(changes, required, lost):
    warm_up()
    equity = 100 * np.concatenate([[1.0], np.cumprod(1 + np.array(changes))])
    equity -= lost * equity[0] * (np.arange(len(equity)) > 20)
    time = np.arange(len(equity)) * 40 * at.DAY_NS
    position = np.floor(equity / 10) % 3 - 1
    quick, plain = (at.Curves(equity, position, np.empty(len(equity))) for _ in range(2))
    found = metrics.shape_of(time, quick, required)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(metrics, "KERNEL", "nowhere")
        wanted = metrics.shape_of(time, plain, required)
    np.testing.assert_allclose(quick.drawdown, plain.drawdown, rtol=1e-12)
    np.testing.assert_allclose(found, wanted, rtol=1e-9, atol=1e-12)


PARTS = ("layout.py", "kernel_fills.py", "kernel_events.py")
MORE_PARTS = ("kernel.py", "kernel_targets.py", "kernel_signals.py", "kernel_figures.py")


@pytest.mark.parametrize(
    ("kept", "names"),
    [(kernel, PARTS), (kernel_plain, (*PARTS, *MORE_PARTS, "../measures.py"))],
)
def test_the_compiled_loop_is_compiled_again_when_what_it_is_made_of_changes(kept, names):
    folder = Path(kept.__file__).parent
    parts = [(folder / name).read_bytes() for name in names]
    assert hashlib.sha256(b"".join(parts)).hexdigest()[:16] == kept.CODE, f"change {kept}.CODE"
