"""Dearer, later, and filled elsewhere."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest

from puffin.backtest.engine import Backtester, BacktestSettings, FillAt
from puffin.backtest.portfolio import PortfolioBacktester
from puffin.backtest.result import BacktestResult
from puffin.execution.costs import Costs
from puffin.strategies.momentum import Momentum
from puffin.strategies.orders import Entries, Orders
from puffin.strategies.universe import UniverseStrategy
from puffin.truth.check import Grade
from puffin.truth.decisions import Subject
from puffin.truth.reruns import equity_a_bar_later, return_again, run_again
from puffin.truth.robustness import dearer, later, other_fills, too_few_trades
from tests.puffin.backtest.market import AsEvents, Says, bars
from tests.puffin.backtest.market import Orders as OrdersSay
from tests.puffin.truth.corpus.clean import CLEAN
from tests.puffin.truth.corpus.rules import Events, market, markets
from tests.puffin.truth.looks import figure

FREE = BacktestSettings(capital=100_000.0)
PAYS = replace(FREE, costs=Costs(percent=Decimal("0.1"), minimum=Decimal(20)))


def at(strategy, prices, settings=FREE):
    return Subject.of(strategy, prices, settings), Backtester(strategy, settings).run(prices)


def rising(count=40):
    return bars(100 * 1.01 ** np.arange(count))


@pytest.mark.parametrize(
    ("count", "grade", "says"),
    [
        (0, Grade.AMBER, "No trade was closed"),
        (1, Grade.RED, "Only 1 trade was closed"),
        (9, Grade.RED, "Only 9 trades were closed"),
        (29, Grade.AMBER, "Only 29 trades were closed"),
        (30, Grade.GREEN, "30 trades were closed"),
    ],
)
def test_fewer_than_thirty_trades_are_too_few(count, grade, says):
    check = too_few_trades(count)
    assert check.grade is grade
    assert check.sentence.startswith(says)


def test_twice_the_costs_are_twice_every_cost():
    subject, result = at(Says(*([1.0, 0.0] * 20)), rising(), PAYS)
    check = dearer(subject, result)
    double = Costs(percent=Decimal("0.2"), minimum=Decimal(40))
    again = Backtester(Says(*([1.0, 0.0] * 20)), replace(PAYS, costs=double)).run(rising())
    assert figure(check, "with_more_costs") == again.metrics["total_return"]
    assert check.grade is Grade.GREEN


@pytest.mark.parametrize(
    ("percent", "grade"), [("0.05", Grade.GREEN), ("0.2", Grade.AMBER), ("0.3", Grade.RED)]
)
def test_what_twice_the_costs_leave_is_graded(percent, grade):
    # A round trip earns one percent and pays twice.
    settings = replace(FREE, costs=Costs(percent=Decimal(percent)))
    subject, result = at(Says(*([1.0, 0.0] * 20)), rising(), settings)
    check = dearer(subject, result)
    assert check.grade is grade, check.sentence


def test_without_costs_a_tenth_of_a_percent_is_tried():
    check = dearer(*at(Says(*([1.0, 0.0] * 20)), rising()))
    assert check.sentence.startswith("No costs were assumed. At 0.1 % of each fill's value")
    assert check.grade is Grade.AMBER


def test_where_nothing_was_earned_nothing_is_lost():
    subject, result = at(Says(*([-1.0] * 40)), rising())
    for check in (dearer, later, other_fills):
        assert check(subject, result).grade is Grade.GREY


def test_a_bar_later_is_too_late_for_a_strategy_that_must_be_in_time():
    prices = bars([100, 100, 110, 100, 100, 110, 100, 100, 110, 100, 100, 110, 100, 100])
    says = Says(1.0, 0.0, 0.0, 1.0, 0.0, 0.0, 1.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0)
    check = later(*at(says, prices))
    assert check.grade is Grade.AMBER
    assert figure(check, "one_bar_later") < 0 < figure(check, "total_return")
    assert later(*at(Momentum(), market("GOOG"))).grade is Grade.GREEN


def strategies():
    prices = market("IBM")
    close, count = prices.close, len(prices)
    weight = np.where(np.arange(count) % 7 == 2, 1.0, np.nan)
    orders = Orders(
        Entries(weight, limit=close * 0.99, stop_loss=close * 0.9, hold=9, life=3),
        Entries(
            np.roll(weight, 3), take_profit=close * 0.95, stop=close * 0.995, trail=close * 0.1
        ),
        np.where(np.arange(count) % 50 == 0, 0.5, 0.0),
    )
    targets = Says(*np.where(np.arange(count) % 30 < 20, 0.7, -0.5))
    return {"targets": targets, "orders": OrdersSay(orders), "events": AsEvents(targets)}


@pytest.mark.parametrize("kind", ["targets", "orders", "events"])
def test_the_same_decisions_come_to_the_same(kind):
    strategy = strategies()[kind]
    subject, result = at(strategy, market("IBM"))
    again = run_again(subject, FREE)
    assert list(again.equity) == list(result.equity)


@pytest.mark.parametrize("kind", ["targets", "orders"])
def test_a_bar_later_is_the_same_bar_by_bar_as_for_all_bars_at_once(kind):
    strategy = strategies()[kind]
    prices = market("IBM")
    quick = equity_a_bar_later(Subject.of(strategy, prices, FREE))
    by_bar = equity_a_bar_later(Subject.of(AsEvents(strategy), prices, FREE))
    np.testing.assert_allclose(by_bar, quick, rtol=1e-9)
    assert by_bar[-1] != Backtester(strategy, FREE).run(prices).equity[-1]


def test_orders_that_are_withdrawn_are_withdrawn_later_too():
    def decide(context, _bars) -> None:
        if context.row == 0:
            context.buy(limit=95.0)
        if context.row == 2:
            context.cancel()

    prices = bars([100.0, 100, 100, 94, 110, 110])
    subject = Subject.of(Events(decide, 1), prices, FREE)
    assert run_again(subject, FREE).equity[-1] == 100_000
    assert equity_a_bar_later(subject)[-1] > 100_000


def test_a_portfolio_comes_to_the_same_again():
    case = next(each for each in CLEAN if each.name == "the_strongest_of_last_quarter")
    strategy = case.make()
    assert isinstance(strategy, UniverseStrategy)
    result = PortfolioBacktester(strategy, FREE).run(markets())
    subject = Subject.of(case.make(), markets(), FREE)
    assert return_again(subject, FREE) == pytest.approx(result.metrics["total_return"], rel=1e-9)
    result = PortfolioBacktester(Momentum(), FREE).run(markets())
    subject = Subject.of(Momentum(), markets(), FREE)
    assert return_again(subject, FREE) == pytest.approx(result.metrics["total_return"], rel=1e-9)


def test_the_worst_price_of_the_bar_is_paid_at_both_ends():
    prices = bars([100.0, 100, 110, 110], highs=[100, 105, 110, 110], lows=[100, 100, 99, 110])
    check = other_fills(*at(Says(1.0, 0.0, 0.0, 0.0), prices))
    # 1000 shares: five dollars dearer of 100,000, then eleven cheaper of 110,000.
    assert figure(check, "worst_price") == pytest.approx(1.1 * (1 - 0.05) * (1 - 0.1) - 1)
    assert figure(check, "halfway_to_the_worst") == pytest.approx(1.1 * 0.975 * 0.95 - 1)
    assert check.grade is Grade.AMBER  # for nothing is earned from close to close


def test_a_stored_result_is_judged_like_a_new_one():
    subject, result = at(Momentum(), market("GOOG"))
    stored = BacktestResult.from_blob(result.to_blob())
    assert other_fills(subject, stored).figures == other_fills(subject, result).figures


def test_a_profit_that_only_an_unknown_close_gives_is_red():
    opens = [100.0, 104, 100, 104, 100, 104, 100, 104]
    closes = [100.0, 102, 100, 102, 100, 102, 100, 102]
    prices = bars(opens, closes)
    says = Says(1.0, 0.0, 1.0, 0.0, 1.0, 0.0, 1.0, 0.0)
    check = other_fills(*at(says, prices, replace(FREE, fill_at=FillAt.THIS_CLOSE)))
    assert check.grade is Grade.RED
    assert figure(check, "next_open") < 0 < figure(check, "this_close")
