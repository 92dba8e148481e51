from __future__ import annotations

import math
import pickle
import time
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, cast

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from puffin.backtest.engine import Backtester, BacktestSettings, FillAt
from puffin.backtest.portfolio import PortfolioBacktester
from puffin.backtest.schedule import Every, Schedule
from puffin.backtest.sizing import FixedQuantity
from puffin.data.universe import align
from puffin.errors import CancelledError, NoDataError, ParameterError
from puffin.execution.costs import Costs
from puffin.strategies.momentum import Momentum
from puffin.strategies.orders import Entries, Orders
from puffin.strategies.universe import EqualWeight
from tests.puffin.backtest.basket import Holds, basket, named, without
from tests.puffin.backtest.market import Orders as OrdersSay
from tests.puffin.backtest.market import Says, bars, wandering

if TYPE_CHECKING:
    from puffin.strategies.base import Strategy

NAN = math.nan
COSTS = st.sampled_from(
    [
        Costs(),
        Costs(percent=Decimal("0.1"), minimum=Decimal(1)),
        Costs(Decimal(2), Decimal("0.01"), slippage_bps=Decimal(20), spread_bps=Decimal(10)),
        Costs(slippage_per_share=Decimal("0.05"), impact_percent=Decimal(5)),
    ]
)
ASSUMED = st.builds(
    BacktestSettings,
    capital=st.just(5000.0),
    costs=COSTS,
    sizing=st.sampled_from([1.0, 0.4]),
    whole_shares=st.booleans(),
    allow_short=st.booleans(),
    fill_at=st.sampled_from(FillAt),
    leverage=st.sampled_from([1.0, 3.0]),
    maintenance=st.sampled_from([None, 0.3]),
    borrow_rate=st.sampled_from([0.0, 0.5]),
    interest_rate=st.sampled_from([0.0, 0.2]),
    participation=st.sampled_from([None, 0.1, 0.6]),
)
TARGETS = st.lists(st.sampled_from([-1.0, -0.5, 0.0, 0.5, 1.0, NAN]), min_size=12, max_size=60)
SCHEDULES = st.sampled_from(
    [
        Schedule(),
        Schedule(Every.BAR),
        Schedule(Every.WEEK),
        Schedule(Every.MONTH),
        Schedule(Every.BARS, bars=4),
        Schedule(Every.DRIFT, band=0.02),
    ]
)


@st.composite
def many(draw):
    """A universe with holes in it, and weights for it."""
    count, symbols = draw(st.integers(8, 40)), draw(st.integers(1, 4))
    holes = draw(st.sampled_from([0.0, 0.2]))
    universe = basket(count, symbols, draw(st.integers(1, 60)), 60.0, holes)
    cells = st.lists(
        st.sampled_from([-1.0, -0.5, 0.0, 0.5, 1.0, NAN]),
        min_size=len(universe) * symbols,
        max_size=len(universe) * symbols,
    )
    weights = np.array(draw(cells)).reshape(len(universe), symbols)
    return universe, Holds(*(weights / symbols))


@settings(deadline=None, max_examples=300)
@given(TARGETS, ASSUMED, st.integers(0, 50))
def test_one_symbol_is_the_run_of_the_single_backtester(targets, assumed, seed):
    prices = wandering(len(targets), seed, volume=60.0)
    one = Backtester(Says(*targets), assumed).run(prices)
    many = PortfolioBacktester(Says(*targets), assumed).run(align([prices]))
    np.testing.assert_allclose(many.equity, one.equity, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(many.positions[:, 0], one.position, rtol=1e-9, atol=1e-9)
    assert len(many.trades) == len(one.trades)
    for left, right in zip(many.trades, one.trades, strict=True):
        assert left.symbol == "TEST"
        assert left.trade.profit == pytest.approx(right.profit, rel=1e-9, abs=1e-9)
        assert left.trade.mae == pytest.approx(right.mae, abs=1e-12)
        assert left.trade.mfe == pytest.approx(right.mfe, abs=1e-12)
        assert left.trade.entry_reason == right.entry_reason
        assert left.trade.exit_reason == right.exit_reason
    for name in ("sharpe", "cagr", "max_drawdown", "turnover", "trades", "exposure", "fees"):
        found, expected = many.metrics[name], one.metrics[name]
        assert (found is None) == (expected is None)
        if expected is not None:
            assert found == pytest.approx(expected, rel=1e-9, abs=1e-9)


@settings(deadline=None, max_examples=200)
@given(many(), ASSUMED, SCHEDULES)
def test_what_the_symbols_earned_is_what_the_account_earned(given_many, assumed, schedule):
    universe, strategy = given_many
    found = PortfolioBacktester(strategy, assumed, schedule).run(universe)
    earned = float(found.equity[-1]) - assumed.capital
    assert math.fsum(each.profit for each in found.attribution) == pytest.approx(earned, abs=1e-7)
    shares = math.fsum(each.share for each in found.attribution)
    assert shares == pytest.approx(found.equity[-1] / assumed.capital - 1, abs=1e-11)
    trades = math.fsum(each.trade.profit for each in found.trades)
    assert trades == pytest.approx(earned, abs=1e-7)


@settings(deadline=None, max_examples=200)
@given(many(), ASSUMED, SCHEDULES)
def test_cash_is_never_below_zero_without_leverage(given_many, assumed, schedule):
    universe, strategy = given_many
    assumed = replace(assumed, leverage=1.0, maintenance=None, borrow_rate=0.0, allow_short=False)
    found = PortfolioBacktester(strategy, assumed, schedule).run(universe)
    value = (found.positions * np.nan_to_num(universe.last_close)).sum(axis=1)
    assert (found.equity - value >= -1e-6).all()
    assert (found.positions >= 0).all()


@settings(deadline=None, max_examples=150)
@given(many(), ASSUMED, SCHEDULES)
def test_nothing_is_traded_where_a_bar_is_missing(given_many, assumed, schedule):
    universe, strategy = given_many
    found = PortfolioBacktester(strategy, assumed, schedule).run(universe)
    changed = np.diff(found.positions, axis=0, prepend=0.0) != 0
    assert not (changed & ~universe.mask).any()


@settings(deadline=None, max_examples=100)
@given(many(), ASSUMED, SCHEDULES, st.integers(4, 7))
def test_cutting_the_future_off_never_changes_the_past(given_many, assumed, schedule, cut):
    universe, strategy = given_many
    whole = PortfolioBacktester(strategy, assumed, schedule).run(universe)
    part = PortfolioBacktester(strategy, assumed, schedule).run(universe.head(cut))
    np.testing.assert_allclose(whole.equity[:cut], part.equity, rtol=1e-12)
    np.testing.assert_allclose(whole.positions[:cut], part.positions, rtol=1e-12)


@pytest.mark.parametrize("schedule", [Schedule(Every.BAR), Schedule(Every.BARS, bars=5)])
def test_rebalancing_agrees_with_a_loop_written_down_plainly(schedule):
    universe, target = basket(60, 3), np.array([0.5, 0.3, 0.2])
    found = PortfolioBacktester(
        Holds(repeat=target), BacktestSettings(whole_shares=False), schedule
    ).run(universe)
    cash, held, expected = 100_000.0, np.zeros(3), []
    for row in range(len(universe)):
        step = 1 if schedule.every is Every.BAR else schedule.bars
        if row and (row - 1) % step == 0:
            worth = cash + held @ universe.open[row]
            held = target * worth / universe.open[row]
            cash = worth - held @ universe.open[row]
        expected.append(cash + held @ universe.close[row])
    np.testing.assert_allclose(found.equity, expected, rtol=1e-9)


def test_a_missing_bar_is_marked_at_the_last_price_and_traded_on_the_next_one():
    one = named(bars([10.0, 10, 10, 10, 10]), "ONE")
    two = without(named(bars([20.0, 20, 99, 40, 40]), "TWO"), 2)
    found = PortfolioBacktester(
        Holds([0.5, 0.5], [0.5, 0.0], [0.5, 0.0], [0.5, 0.0], [0.5, 0.0])
    ).run(align([one, two]))
    assert found.positions[:, 1].tolist() == [0, 2500, 2500, 0, 0]
    assert found.equity.tolist() == [100_000, 100_000, 100_000, 150_000, 150_000]
    assert found.assumptions["Missing bars"].startswith("never traded on")
    assert any("TWO has no bar on 1 of 5 rows, first on 2012-01-04" in each for each in found.notes)


def test_a_buy_that_needs_the_money_of_a_sale_waits_for_it():
    one = without(named(bars([10.0] * 6), "ONE"), 2)
    two = named(bars([20.0] * 6), "TWO")
    found = PortfolioBacktester(Holds([1.0, 0.0], [0.0, 1.0])).run(align([one, two]))
    assert found.positions[:, 0].tolist() == [0, 10_000, 10_000, 0, 0, 0]
    assert found.positions[:, 1].tolist() == [0, 0, 0, 5000, 5000, 5000]


def test_what_ends_early_is_kept_at_its_last_price_and_said():
    one = named(bars([10.0, 10, 10, 10]), "ONE")
    two = named(bars([20.0, 20, 30, 30]).head(3), "TWO")
    found = PortfolioBacktester(Holds([0.5, 0.5], [0.5, 0.5], [0.5, 0.0], [0.5, 0.0])).run(
        align([one, two])
    )
    assert found.positions[-1].tolist() == [5000, 2500]
    assert found.equity[-1] == 125_000
    assert "The last order of TWO never filled: it had no bar any more." in found.notes


def test_a_rebalanced_trade_says_so_and_knows_how_far_prices_went():
    one = named(bars([10.0, 10, 20, 20], lows=[10, 8, 20, 20], highs=[10, 21, 20, 20]), "ONE")
    two = named(bars([10.0, 10, 10, 10]), "TWO")
    found = PortfolioBacktester(
        Holds(repeat=[0.5, 0.5]), schedule=Schedule(Every.BARS, bars=1)
    ).run(align([one, two]))
    first = found.trades[0]
    assert first.symbol == "ONE"
    assert first.trade.quantity == 1250
    assert first.trade.entry_reason == "Target from +0% to +50%"
    assert first.trade.exit_reason == "Brought back to +50.0%"
    assert first.trade.mae == pytest.approx(-0.2)
    assert first.trade.mfe == pytest.approx(1.1)


def test_a_weight_inside_the_band_is_left_alone_and_one_outside_brings_all_back():
    one = named(bars([10.0, 10, 11, 11, 20, 20, 20]), "ONE")
    two = named(bars([10.0] * 7), "TWO")
    found = PortfolioBacktester(
        Holds(repeat=[0.5, 0.5]), schedule=Schedule(Every.DRIFT, band=0.1)
    ).run(align([one, two]))
    assert found.positions[4].tolist() == [5000, 5000]
    assert found.positions[5].tolist() == [3750, 7500]


def test_what_is_bought_together_shares_the_money_that_is_left():
    one = named(bars([10.0, 10, 30, 30, 30]), "ONE")
    two, three = named(bars([10.0] * 5), "TWO"), named(bars([10.0] * 5), "THREE")
    found = PortfolioBacktester(Holds([0.5, 0, 0], [0.5, 0, 0], [0.5, 0.3, 0.2])).run(
        align([one, two, three])
    )
    # Of 200,000 only 50,000 are cash: the first gets all of it, before the second has its turn.
    assert found.positions[3].tolist() == [5000, 5000, 0]
    short = PortfolioBacktester(Holds([0.5, 0, 0], [0.5, 0, 0], [0.5, -0.15, -0.25])).run(
        align([one, two, three])
    )
    assert short.positions[3].tolist() == [5000, -3000, -2000]


def test_the_costs_of_one_purchase_are_gone_for_the_next():
    one = named(bars([10.0, 10, 30, 30, 30]), "ONE")
    two, three = named(bars([10.0] * 5), "TWO"), named(bars([10.0] * 5), "THREE")
    universe = align([one, two, three])
    assumed = BacktestSettings(costs=Costs(percent=Decimal(1)), whole_shares=False)
    found = PortfolioBacktester(Holds([0.5, 0, 0], [0.5, 0, 0], [0.5, 0.2, 0.3]), assumed).run(
        universe
    )
    cash = found.equity - (found.positions * universe.close).sum(axis=1)
    assert cash[3] == pytest.approx(0, abs=1e-6)


def test_what_cannot_be_brought_back_does_not_have_the_others_traded_again_and_again():
    one = named(bars([10.0, 10, 10, 10, 20, 20, 20.2, 20, 20.2]), "ONE")
    two = named(bars([10.0] * 9).head(3), "TWO")
    found = PortfolioBacktester(
        Holds(repeat=[0.5, 0.5]), schedule=Schedule(Every.DRIFT, band=0.1)
    ).run(align([one, two]))
    assert found.positions[:, 0].tolist() == [0, 5000, 5000, 5000, 5000, 3750, 3750, 3750, 3750]


def test_a_strategy_for_one_symbol_gets_an_equal_share_for_each():
    one, two = wandering(200, 3), named(wandering(200, 2), "TWO")
    found = PortfolioBacktester(Momentum(), BacktestSettings(whole_shares=False)).run(
        align([one, two])
    )
    alone = Backtester(Momentum(), BacktestSettings(whole_shares=False, sizing=0.5)).run(one)
    assert ((found.positions[:, 0] > 0) == (alone.position > 0)).all()
    assert 0.3 < found.weights[found.positions[:, 0] > 0, 0].mean() < 0.7


def test_a_symbol_with_too_few_bars_is_left_in_cash_and_said():
    one, two = wandering(120, 1), named(wandering(120, 2).tail(30), "TWO")
    found = PortfolioBacktester(Momentum()).run(align([one, two]))
    assert not found.positions[:, 1].any()
    assert any(
        each.startswith("TWO has 30 bars and Momentum needs more than 50") for each in found.notes
    )


def test_symbols_that_all_have_too_few_bars_are_refused_with_what_they_have_and_need():
    one, two = named(wandering(40), "ONE"), named(wandering(60).tail(30), "TWO")
    with pytest.raises(NoDataError, match="more than 50 bars of a symbol; ONE and TWO have 40"):
        PortfolioBacktester(Momentum()).run(align([one, two]))


def test_one_bar_is_too_few_and_said():
    with pytest.raises(NoDataError, match="Equal weight needs more than 1 rows of prices"):
        PortfolioBacktester(EqualWeight()).run(align([wandering(2).head(1)]))


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([[0.8, 0.8]], "the weights of row 1 add up to 160%"),
        ([[0.2, -0.9]], "the weights of row 1 add up to 110%"),
    ],
)
def test_weights_of_more_than_all_the_money_are_refused(rows, sentence):
    with pytest.raises(ParameterError, match=sentence):
        PortfolioBacktester(Holds(*rows)).run(basket(10, 2))


def test_orders_and_sizes_that_are_not_shares_of_equity_are_refused():
    with pytest.raises(ParameterError, match="decides with orders of its own"):
        PortfolioBacktester(cast("Strategy", OrdersSay(Orders(Entries(np.ones(3))))))
    with pytest.raises(ParameterError, match="must be a share of equity"):
        PortfolioBacktester(EqualWeight(), BacktestSettings(sizing=FixedQuantity(3)))


def test_an_account_that_is_used_up_is_closed_and_stays_so():
    one = named(bars([10.0, 10, 10, 45, 45, 45]), "ONE")
    two = named(bars([10.0] * 6), "TWO")
    found = PortfolioBacktester(Holds([-0.5, 0.5], [NAN, NAN], [NAN, NAN])).run(align([one, two]))
    assert found.equity[-1] < 0
    assert found.positions[-1].tolist() == [0, 0]
    reasons = {each.trade.exit_reason for each in found.trades}
    assert reasons == {"The account was used up"}


def test_a_margin_call_closes_everything_once_and_a_new_weight_opens_again():
    one = named(bars([10.0, 10, 7, 7, 7, 7]), "ONE")
    two = named(bars([10.0, 10, 10, 10, 10, 10]), "TWO")
    assumed = BacktestSettings(leverage=3.0, maintenance=0.2)
    found = PortfolioBacktester(
        Holds([0.9, 0.1], [NAN, NAN], [NAN, NAN], [NAN, NAN], [0.0, 0.3]), assumed
    ).run(align([one, two]))
    assert found.positions[3].tolist() == [0, 0]
    assert found.positions[5, 1] > 0
    closed = [each.trade.exit_reason for each in found.closed_trades]
    assert closed == ["Margin call: equity no longer covered the position"] * 2


def test_a_margin_call_closes_what_has_no_bar_at_its_next_one():
    one = named(bars([10.0, 10, 7, 7, 7, 7]), "ONE")
    two = without(named(bars([10.0] * 6), "TWO"), 3)
    assumed = BacktestSettings(leverage=3.0, maintenance=0.2)
    found = PortfolioBacktester(Holds([0.9, 0.1]), assumed).run(align([one, two]))
    held = found.positions != 0
    assert held[:, 0].tolist() == [False, True, True, False, False, False]
    assert held[:, 1].tolist() == [False, True, True, True, False, False]


def test_a_bar_without_volume_takes_no_part_of_an_order_when_volume_limits_it():
    universe = align([without(named(wandering(6, 1, 1000.0), "ONE"))])
    still = replace(
        universe, volume=np.array([[1000.0], [0.0], [1000.0], [0.0], [1000.0], [1000.0]])
    )
    assumed = BacktestSettings(participation=0.1)
    found = PortfolioBacktester(Holds(repeat=[1.0]), assumed).run(still)
    assert found.positions[:, 0].tolist() == [0, 0, 100, 100, 200, 300]


def test_fifty_symbols_over_ten_years_take_a_fraction_of_a_second():
    universe, book = (
        basket(2520, 50),
        PortfolioBacktester(EqualWeight(), schedule=Schedule(Every.MONTH)),
    )
    began = time.process_time()
    found = book.run(universe)
    assert time.process_time() - began < 0.5
    assert len(found.trades) > 1000


def test_progress_is_told_and_may_stop_the_run():
    told = []
    PortfolioBacktester(EqualWeight()).run(basket(1500, 2), progress=told.append)
    assert told[0] == 0
    assert told[-1] == 1
    assert len(told) >= 4

    def stop(done):
        if done > 0.3:
            raise CancelledError("Stopped.")

    with pytest.raises(CancelledError):
        PortfolioBacktester(EqualWeight()).run(basket(1500, 2), progress=stop)


def test_the_same_run_has_the_same_fingerprints_and_another_has_others():
    universe = basket(30, 2)
    one = PortfolioBacktester(EqualWeight()).run(universe)
    again = PortfolioBacktester(EqualWeight()).run(universe)
    other = PortfolioBacktester(EqualWeight(), schedule=Schedule(Every.WEEK)).run(universe)
    assert (one.data_hash, one.config_hash) == (again.data_hash, again.config_hash)
    assert one.data_hash == other.data_hash
    assert one.config_hash != other.config_hash
    assert one.equity.tobytes() == again.equity.tobytes()


def test_no_metric_is_nan_and_the_result_can_be_sent_to_another_process():
    found = PortfolioBacktester(EqualWeight()).run(basket(30, 2), benchmark=wandering(30, 9))
    assert found.benchmark is not None
    every = [*found.metrics.values(), *found.benchmark.metrics.values()]
    assert all(value is None or math.isfinite(value) for value in every)
    assert pickle.loads(pickle.dumps(found)).metrics == found.metrics


def test_prices_that_are_adjusted_in_part_are_not_said_to_be_as_traded():
    mixed = align([replace(named(wandering(9), "ONE"), adjusted=True), named(wandering(9), "TWO")])
    said = PortfolioBacktester(EqualWeight()).run(mixed).assumptions["Prices"]
    assert said == "adjusted for splits and dividends; those of TWO as traded, not adjusted"
