from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from puffin.backtest.engine import Backtester, BacktestSettings
from puffin.backtest.sizing import FixedQuantity, FixedValue
from puffin.errors import BarsError, CancelledError, NoDataError, ParameterError
from puffin.execution.costs import Costs
from puffin.types import Side
from tests.puffin.backtest.market import Says, bars, both, wandering

if TYPE_CHECKING:
    from puffin.backtest.result import BacktestResult

NAN = float("nan")
PERCENT = Costs(percent=Decimal("0.1"))


def run(targets, prices, **changes) -> BacktestResult:
    usual = BacktestSettings(capital=1000.0)
    return both(Says(*targets), replace(usual, **changes), prices)


def test_what_a_close_decides_the_next_open_fills():
    result = run([0, 1, 1, 1], bars([10, 11, 20, 30], [10, 12, 25, 40]))
    assert list(result.position) == [0, 0, 50, 50]
    assert list(result.equity) == [1000, 1000, 50 * 25, 50 * 40]
    (trade,) = result.trades
    assert (trade.entry_price, trade.quantity, trade.side) == (20, 50, Side.BUY)
    assert trade.entry_time == result.first.replace(day=4)
    assert trade.entry_reason == "Target from +0% to +100%"


def test_what_the_last_close_decides_is_never_filled():
    assert run([0, 0, 1], bars([10, 10, 10])).trades == ()


def test_a_target_that_stays_trades_nothing_however_the_price_moves():
    result = run([1, 1, 1, 1, 1], bars([10, 10, 20, 5, 10]))
    assert len(result.trades) == 1
    assert set(result.position[1:]) == {100}


def test_nothing_new_keeps_what_was_wanted():
    result = run([NAN, 1, NAN, NAN, 0, NAN], bars([10] * 6))
    assert list(result.position) == [0, 0, 100, 100, 100, 0]


def test_a_closed_trade_has_its_profit_after_both_commissions():
    result = run([1, 0, 0], bars([10, 10, 12]), costs=PERCENT, sizing=FixedQuantity(50))
    (trade,) = result.trades
    assert trade.commission == pytest.approx(0.5 + 0.6)
    assert trade.profit == pytest.approx(50 * 2 - 1.1)
    assert trade.return_ == pytest.approx((100 - 1.1) / 500)
    assert trade.bars == 1
    assert result.equity[-1] == pytest.approx(1000 + trade.profit)
    assert result.metrics["win_rate"] == 1
    assert result.metrics["commission"] == pytest.approx(1.1)


def test_a_reversal_closes_then_opens_at_the_same_open_and_pays_for_both():
    prices = bars([10, 10, 12, 9, 9])
    result = run(
        [1, -1, 0, 0, 0],
        prices,
        costs=Costs(per_order=Decimal(1)),
        sizing=FixedQuantity(10),
    )
    long, short = result.trades
    assert (long.exit_price, short.entry_price) == (12, 12)
    assert long.exit_time == short.entry_time
    assert (long.side, short.side) == (Side.BUY, Side.SELL)
    assert long.profit == pytest.approx(10 * 2 - 2)
    assert short.profit == pytest.approx(10 * 3 - 2)
    assert list(result.position) == [0, 10, -10, 0, 0]
    assert result.equity[-1] == pytest.approx(1000 + 18 + 28)


def test_a_reversal_is_sized_by_what_the_close_left():
    result = run([1, -1, -1], bars([10, 10, 5]), sizing=1.0)
    assert list(result.position) == [0, 100, -100]  # 500 left, at 5 a share


def test_selling_a_part_is_a_trade_of_that_part():
    result = run(
        [1, 0.5, 0, 0],
        bars([10, 10, 12, 8]),
        sizing=FixedQuantity(10),
        costs=Costs(per_order=Decimal(1)),
    )
    first, second = result.trades
    assert (first.quantity, second.quantity) == (5, 5)
    assert first.commission == pytest.approx(1.5)  # half of the entry's, all of its own
    assert [first.profit, second.profit] == pytest.approx([8.5, -11.5])
    assert first.entry_time == second.entry_time
    assert result.equity[-1] == pytest.approx(1000 + 8.5 - 11.5)
    assert result.metrics["win_rate"] == 0.5


def test_buying_more_averages_the_entry():
    result = run([0.5, 1, 0, 0], bars([10, 10, 20, 30]), sizing=FixedQuantity(10))
    (trade,) = result.trades
    assert trade.entry_price == 15
    assert trade.quantity == 10
    assert trade.profit == 150
    assert trade.bars == 2


def test_the_worst_and_the_best_are_seen_until_the_open_of_the_exit():
    prices = bars(
        [100, 100, 102, 105],
        [100, 101, 103, 105],
        highs=[100, 104, 110, 200],
        lows=[100, 95, 101, 50],
    )
    long = run([1, 1, 0, 0], prices, sizing=FixedQuantity(1)).trades[0]
    assert [long.mae, long.mfe] == pytest.approx([-0.05, 0.10])
    short = run([-1, -1, 0, 0], prices, sizing=FixedQuantity(1)).trades[0]
    assert [short.mae, short.mfe] == pytest.approx([-0.10, 0.05])


def test_a_gap_at_the_exit_counts_as_the_worst():
    trade = run([1, 0, 0], bars([100, 100, 80]), sizing=FixedQuantity(1)).trades[0]
    assert [trade.mae, trade.mfe] == pytest.approx([-0.2, 0])


def test_the_open_trade_is_marked_but_not_counted():
    result = run([1, 0, 1, 1, 1], bars([10, 10, 9, 10, 20]), sizing=FixedQuantity(10))
    closed, still_open = result.trades
    assert still_open.is_open
    assert still_open.exit_price is None
    assert still_open.profit == 100
    assert result.closed_trades == (closed,)
    assert result.metrics["trades"] == 1
    assert result.metrics["win_rate"] == 0


def test_slippage_is_paid_on_the_way_in_and_out():
    costs = Costs(slippage_bps=Decimal(100))
    trade = run([1, 0, 0], bars([10, 10, 10]), costs=costs, sizing=FixedQuantity(1)).trades[0]
    assert trade.entry_price == pytest.approx(10.1)
    assert trade.exit_price == pytest.approx(9.9)


def test_shares_are_whole_unless_fractions_are_allowed():
    prices = bars([30, 30, 30])
    assert run([1, 1, 1], prices).position[-1] == 33
    assert run([1, 1, 1], prices, whole_shares=False).position[-1] == pytest.approx(1000 / 30)


def test_nothing_is_ever_bought_on_credit():
    prices = bars([10, 10, 10])
    for sizing in (FixedQuantity(500), FixedValue(5000)):
        assert run([1, 1, 1], prices, sizing=sizing).position[-1] == 100
    costs = Costs(per_order=Decimal(10), percent=Decimal(1))
    result = run([1, 1, 1], prices, costs=costs)
    assert result.position[-1] == 98
    assert result.equity[-1] == pytest.approx(1000 - 10 - 9.8)


def test_a_share_of_equity_leaves_the_rest_in_cash():
    assert run([1, 1, 1], bars([10, 10, 10]), sizing=0.25).position[-1] == 25


def test_too_little_money_for_one_share_trades_nothing():
    assert run([1, 1, 0, 0], bars([2000] * 4)).trades == ()


def test_without_shorts_a_target_below_zero_means_nothing_held():
    result = run([1, -1, -1], bars([10, 10, 10]), allow_short=False)
    assert list(result.position) == [0, 100, 0]


def test_a_short_that_eats_the_account_is_bought_back_and_nothing_more_is_traded():
    prices = bars([10, 10, 15, 25, 30, 10, 10], [10, 10, 15, 25, 30, 10, 10])
    result = run([-1, -1, -1, -1, -1, 1, 1], prices)
    (trade,) = result.trades
    assert trade.exit_reason == "The account was used up"
    assert trade.exit_price == 30  # 100 shares short: gone at 20, seen at 25, filled at 30
    assert list(result.equity) == [1000, 1000, 500, -500, -1000, -1000, -1000]
    assert result.metrics["total_return"] == -2
    assert result.metrics["cagr"] is None
    assert result.metrics["sharpe"] is None


def test_an_account_at_exactly_zero_is_used_up():
    result = run([-1, -1, -1, -1, -1], bars([10, 10, 20, 15, 15]))
    assert result.trades[0].exit_reason == "The account was used up"
    assert result.equity[2] == 0


def test_a_short_that_eats_the_account_on_the_last_bar_stays_open():
    result = run([-1, -1, -1], bars([10, 10, 30]))
    assert result.trades[0].is_open
    assert result.equity[-1] == -1000


def test_bad_prices_are_refused_with_their_row():
    prices = bars([10, 10, 10])
    broken = replace(prices, close=np.array([10, NAN, 10]))
    with pytest.raises(BarsError, match="row 2"):
        run([1, 1, 1], broken)


def test_a_history_no_longer_than_the_warm_up_is_refused():
    strategy = Says(1, 1, 1, warm_up=3)
    with pytest.raises(NoDataError, match="Says needs more than 3 bars; TEST has 3"):
        Backtester(strategy).run(bars([10, 10, 10]))


def test_a_strategy_that_miscounts_or_asks_for_credit_is_refused():
    with pytest.raises(ParameterError, match="2 targets"):
        run([1, 1], bars([10, 10, 10]))
    with pytest.raises(ParameterError, match="between -1 and 1"):
        run([1, 1.5, 1], bars([10, 10, 10]))


@pytest.mark.parametrize(
    "bad",
    [{"capital": 0.0}, {"capital": NAN}, {"sizing": 0.0}, {"sizing": 1.1}, {"risk_free": 1.0}],
)
def test_settings_that_make_no_sense_are_refused(bad):
    with pytest.raises(ParameterError):
        BacktestSettings(**bad)


@pytest.mark.parametrize("bad", [0.0, -1.0, NAN, float("inf")])
@pytest.mark.parametrize("rule", [FixedValue, FixedQuantity])
def test_sizes_that_make_no_sense_are_refused(rule, bad):
    with pytest.raises(ParameterError):
        rule(bad)


def test_progress_is_told_at_least_every_2000_bars_up_to_the_end():
    told: list[float] = []
    Backtester(Says(*[0.0] * 9000)).run(wandering(9000), progress=told.append)
    assert told == sorted(told)
    assert (told[0], told[-1]) == (0, 1)
    assert max(np.diff(told[:-1])) <= 2000 / 9000 + 1e-12


def test_a_person_can_stop_it():
    def stop(done: float) -> None:
        if done > 0.5:
            raise CancelledError("Stopped.")

    with pytest.raises(CancelledError):
        Backtester(Says(*[0.0, 1.0] * 4500)).run(wandering(9000), progress=stop)


def test_the_assumptions_say_what_was_assumed():
    costs = Costs(Decimal(1), Decimal("0.01"), Decimal("0.1"), Decimal(2), Decimal(5))
    said = run([0, 0], bars([1, 1]), costs=costs, sizing=FixedQuantity(3)).assumptions
    assert said["Costs"] == (
        "1 an order, 0.01 a share, 0.1 % of the value, at least 2, slippage 5 bp"
    )
    assert said["Size"] == "3 shares, whole shares, never on credit"
    assert said["Prices"].startswith("as traded, not adjusted: dividends are not paid")
    other = run(
        [0, 0], bars([1, 1]), whole_shares=False, allow_short=False, sizing=FixedValue(50)
    ).assumptions
    assert other["Costs"] == "none"
    assert other["Short selling"] == "off"
    assert "fractions" in other["Size"]


def test_the_same_run_has_the_same_fingerprints_and_another_has_others():
    prices = bars([10, 11, 12])
    first, again = run([1, 1, 1], prices), run([1, 1, 1], prices)
    dearer = run([1, 1, 1], prices, costs=PERCENT)
    elsewhere = run([1, 1, 1], bars([10, 11, 13]))
    assert (first.data_hash, first.config_hash) == (again.data_hash, again.config_hash)
    assert first.config_hash != dearer.config_hash
    assert first.data_hash != elsewhere.data_hash


TARGETS = st.sampled_from([-1.0, -0.5, 0.0, 0.5, 1.0, NAN])
RUNS = st.fixed_dictionaries(
    {
        "costs": st.sampled_from([Costs(), PERCENT, Costs(Decimal(3), slippage_bps=Decimal(20))]),
        "sizing": st.sampled_from([1.0, 0.3, FixedValue(400.0), FixedQuantity(7.0)]),
        "whole_shares": st.booleans(),
        "allow_short": st.booleans(),
    }
)


@settings(deadline=None)
@given(st.lists(TARGETS, min_size=12, max_size=60), RUNS, st.integers(0, 9), st.integers(2, 11))
def test_cutting_the_future_off_never_changes_the_past(targets, changes, seed, cut):
    prices = wandering(len(targets), seed)
    whole, part = run(targets, prices, **changes), run(targets, prices.head(cut), **changes)
    assert list(whole.equity[:cut]) == list(part.equity)
    assert list(whole.position[:cut]) == list(part.position)
    assert list(whole.drawdown[:cut]) == list(part.drawdown)
    done = [each for each in whole.trades if each.exit_time and each.exit_time <= part.last]
    assert done == list(part.closed_trades)


@settings(deadline=None)
@given(st.lists(TARGETS, min_size=3, max_size=60), RUNS, st.integers(0, 9))
def test_a_plain_day_by_day_account_comes_to_the_same_equity(targets, changes, seed):
    prices = wandering(len(targets), seed)
    result = run(targets, prices, **changes)
    rates = changes["costs"].rates
    cash, held = 1000.0, 0.0
    for row in range(len(prices)):
        bought = result.position[row] - held
        pieces = [-held, result.position[row]] if held * result.position[row] < 0 else [bought]
        for piece in pieces:
            if piece:
                price = rates.slipped(prices.open[row], 1 if piece > 0 else -1)
                cash -= piece * price + rates.commission(abs(piece), price)
        held = result.position[row]
        assert cash + held * prices.close[row] == pytest.approx(result.equity[row])
    assert result.equity[-1] - 1000 == pytest.approx(sum(each.profit for each in result.trades))


@settings(deadline=None)
@given(st.lists(TARGETS, min_size=3, max_size=60), RUNS, st.integers(0, 9))
def test_every_trade_makes_sense(targets, changes, seed):
    prices = wandering(len(targets), seed)
    result = run(targets, prices, **changes)
    for trade in result.trades:
        assert trade.quantity > 0
        assert trade.mae <= 0 <= trade.mfe
        assert trade.exit_time is None or trade.exit_time > trade.entry_time
        assert trade.entry_reason
        if changes["whole_shares"]:
            assert trade.quantity == int(trade.quantity)
        if not changes["allow_short"]:
            assert trade.side is Side.BUY
    if not changes["allow_short"]:
        assert (result.equity > 0).all()
        assert result.position.min() >= 0
