"""What strategies say at the last close."""

from __future__ import annotations

import numpy as np
import pytest

from puffin.backtest.engine import Backtester
from puffin.data.bars import Bars
from puffin.errors import NoDataError, ParameterError
from puffin.strategies.breakout import Breakout, BreakoutParameters
from puffin.strategies.buy_and_hold import BuyAndHold
from puffin.strategies.market_making import MarketMaking
from puffin.strategies.mean_reversion import MeanReversion, MeanReversionParameters
from puffin.strategies.momentum import Momentum, MomentumParameters
from puffin.strategies.now import signal_now
from puffin.strategies.registry import ALONE
from puffin.strategies.rule_strategy import rule_class
from puffin.strategies.rules import RuleSet
from puffin.strategies.terms import Compare, Number, Price
from puffin.strategies.universe import EqualWeight
from tests.puffin.factors.market import walk

BARS = walk(400, seed=6)


def closing(*prices) -> Bars:
    price = np.array(prices, float)
    days = np.arange(len(price), dtype=np.int64) * 86_400 * 10**9
    return Bars("TEST", BARS.interval, days, price, price, price, price, price)


def momentum(**values) -> Momentum:
    return Momentum(MomentumParameters(**({"short": 2, "long": 3} | values)))


def test_the_side_and_since_when():
    prices = closing(10, 10, 10, 13, 14, 15)
    said = signal_now(momentum(), prices)
    assert said.direction == "long"
    assert said.since == prices.when(3)
    assert (said.at, said.close) == (prices.when(5), 15.0)
    assert said.note == ""


def test_its_strength_is_how_far_the_averages_are_apart():
    said = signal_now(momentum(), closing(10, 10, 10, 13, 14, 15))
    assert said.strength == pytest.approx(14.5 / 14 - 1)
    assert dict(said.readings)["SMA 2"] == 14.5
    assert said.holding == ("SMA 2 above SMA 3",)


def test_the_strength_of_mean_reversion_is_half_at_its_entry():
    chosen = MeanReversion(MeanReversionParameters(window=5, zscore_entry=-1.5))
    prices = closing(100, 101, 99, 100, 100, 90)
    found = chosen.strength(prices)
    z = (90 - 98) / np.std([101, 99, 100, 100, 90], ddof=1)
    assert found[-1] == pytest.approx(abs(z) / 3)
    assert signal_now(chosen, prices).direction == "long"


def test_short_is_said_where_it_is_sold_short():
    said = signal_now(momentum(long_only=False), closing(10, 10, 10, 9, 8, 7))
    assert said.direction == "short"


def test_a_strategy_that_never_acted_is_flat_since_never():
    said = signal_now(Breakout(BreakoutParameters(entry=5, exit=5)), closing(*[10] * 20))
    assert (said.direction, said.since) == ("flat", None)


def test_too_few_bars_are_not_ready_and_say_how_many_it_needs():
    said = signal_now(Momentum(), closing(1, 2, 3))
    assert (said.direction, said.strength, said.since) == ("not ready", None, None)
    assert said.note == "It needs 50 bars; there are 3."


def test_a_strategy_of_many_symbols_cannot_be_asked_about_one():
    with pytest.raises(ParameterError, match="Equal weight needs many symbols"):
        signal_now(EqualWeight(), BARS)


def test_no_bars_at_all_are_an_error():
    with pytest.raises(NoDataError):
        signal_now(BuyAndHold(), Bars.empty("TEST", BARS.interval))


def above_100(**more):
    entry = Compare(left=Price(), op="crosses above", right=Number(value=100.0))
    return rule_class(RuleSet(name="Mine", entry_long=entry, **more))()


def test_orders_are_read_as_sides_and_the_stop_that_is_not_counted_is_said():
    prices = closing(90, 90, 110, 120, 80, 80)
    said = signal_now(above_100(stop_loss=5.0), prices)
    assert (said.direction, said.since) == ("long", prices.when(2))
    assert said.note == "Stops, targets and the longest hold are not counted."


def test_a_backtest_knows_of_the_stop():
    prices = closing(90, 90, 110, 120, 80, 80)
    strategy = above_100(stop_loss=5.0)
    position = Backtester(strategy).run(prices).position
    said = signal_now(strategy, prices, position=position)
    assert (said.direction, said.since, said.note) == ("flat", prices.when(4), "")


def test_an_order_of_the_last_close_is_said_before_it_fills():
    prices = closing(90, 90, 90, 110)
    strategy = above_100()
    position = Backtester(strategy).run(prices).position
    said = signal_now(strategy, prices, position=position)
    assert (said.direction, said.since) == ("long", prices.when(3))
    assert said.note == "It was ordered at the last close and is not filled yet."


def test_a_strategy_that_decides_bar_by_bar_must_be_backtested_first():
    with pytest.raises(ParameterError, match="a backtest must say that"):
        signal_now(MarketMaking(), BARS)
    position = Backtester(MarketMaking()).run(BARS).position
    side = {1: "long", -1: "short", 0: "flat"}[int(np.sign(position[-1]))]
    assert signal_now(MarketMaking(), BARS, position=position).direction == side


def test_positions_of_another_history_are_refused():
    with pytest.raises(ParameterError, match="3 positions for 400 bars"):
        signal_now(MarketMaking(), BARS, position=np.zeros(3))


@pytest.mark.parametrize(
    "each",
    ALONE,
    ids=lambda each: each.id,
)
def test_every_strategy_can_be_asked(each):
    strategy = each()
    position = Backtester(strategy).run(BARS).position
    said = signal_now(strategy, BARS, position=position)
    assert said.direction in {"long", "short", "flat"}
    assert said.strength is None or 0 <= said.strength <= 1
    assert len(said.readings) == len(strategy.readings(BARS))
