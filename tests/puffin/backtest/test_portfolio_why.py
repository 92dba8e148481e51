"""Why a run over many symbols did what it did on one row."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings

from puffin.backtest.engine import BacktestSettings, FillAt
from puffin.backtest.portfolio import PortfolioBacktester
from puffin.backtest.portfolio_why import explain_many
from puffin.backtest.schedule import Every, Schedule
from puffin.errors import NoDataError, ParameterError
from puffin.strategies.cross_sectional import CrossSectionalMomentum, CrossSectionalParameters
from puffin.strategies.momentum import Momentum
from puffin.strategies.pairs import Pairs, PairsParameters
from puffin.strategies.universe import EqualWeight
from tests.puffin.backtest.basket import Holds, basket
from tests.puffin.backtest.test_portfolio import ASSUMED, NAN, SCHEDULES, many

if TYPE_CHECKING:
    from puffin.backtest.portfolio_why import PortfolioWhy

PLAIN = BacktestSettings(capital=10_000.0)


def why(universe, strategy, row, schedule=None, **changes) -> PortfolioWhy:
    assumed = replace(PLAIN, **changes)
    return explain_many(strategy, universe, assumed, schedule or Schedule(), row)


@settings(max_examples=60, deadline=None)
@given(many(), ASSUMED, SCHEDULES)
def test_it_tells_of_the_very_run(case, assumed, schedule):
    universe, strategy = case
    try:
        result = PortfolioBacktester(strategy, assumed, schedule).run(universe)
    except NoDataError:
        return
    before = np.zeros(len(universe.symbols))
    for row in range(len(universe)):
        found = explain_many(strategy, universe, assumed, schedule, row)
        held = np.array([each.position for each in found.symbols])
        assert found.equity == pytest.approx(result.equity[row], rel=1e-9, abs=1e-6)
        assert held == pytest.approx(result.positions[row], rel=1e-9, abs=1e-9)
        done = [
            sum(fill.quantity if fill.side == "buy" else -fill.quantity for fill in each.fills)
            for each in found.symbols
        ]
        assert held - before == pytest.approx(done, rel=1e-9, abs=1e-6)
        for each in found.symbols:
            assert not each.fills or each.events
            assert each.has_bar or not each.fills
        before = held


def weights(universe, *rows):
    """What holds these weights at the first closes, and then stays as it is."""
    found = np.full(universe.mask.shape, NAN)
    for place, row in enumerate(rows):
        found[place] = row
    return Holds(*found)


def test_what_is_decided_at_a_close_is_done_at_the_next_open():
    universe = basket(8, 2, 1, 60.0, 0.0)
    says = weights(universe, [0.5, 0.0])
    first, second = (why(universe, says, row) for row in (0, 1))
    assert first.symbols[0].events == (
        "At the close its weight goes from +0.0% to +50.0%; that is done at the next open.",
    )
    assert (first.symbols[0].decided, first.symbols[0].target, first.symbols[0].held) == (
        0.5,
        0.5,
        0,
    )
    assert first.symbols[0].waits
    assert not first.symbols[1].events
    assert first.looked
    told = second.symbols[0]
    assert told.events[0].startswith(f"Bought {round(told.position)} shares at ")
    assert ", at the open, for the weight of +50.0% of " in told.events[0]
    assert told.fills[0].reason == "Weight from +0.0% to +50.0%"
    assert told.decided is None
    assert not told.waits
    assert "Nothing has to be changed after this close." in second.events
    assert second.cash == pytest.approx(
        10_000 - told.fills[0].quantity * told.fills[0].price - told.fills[0].commission
    )


def test_orders_at_the_close_are_told_as_such():
    universe = basket(8, 2, 1, 60.0, 0.0)
    found = why(universe, weights(universe, [0.5, 0.5]), 0, fill_at=FillAt.THIS_CLOSE)
    assert [each.events[0][-22:] for each in found.symbols] == ["is done at this close."] * 2
    assert ", at the close, for" in found.symbols[0].events[1]


def test_a_schedule_that_does_not_look_says_so():
    universe = basket(12, 2, 1, 60.0, 0.0)
    found = why(universe, EqualWeight(), 2, Schedule(Every.BARS, bars=5))
    assert not found.looked
    assert found.events == ("The schedule does not look at this close: nothing is decided.",)
    looked = why(universe, EqualWeight(), 5, Schedule(Every.BARS, bars=5))
    assert looked.looked
    assert any("it is to be brought back from" in each.events[-1] for each in looked.symbols)
    after = why(universe, EqualWeight(), 6, Schedule(Every.BARS, bars=5))
    assert {fill.reason for each in after.symbols for fill in each.fills} <= {
        "Brought back to +50.0%"
    }


def test_selling_short_that_is_off_is_said():
    universe = basket(8, 2, 1, 60.0, 0.0)
    found = why(universe, weights(universe, [-0.5, 0.0]), 0, allow_short=False)
    told = found.symbols[0]
    assert told.events == ("The strategy wanted -50.0%; selling short is off.",)
    assert (told.decided, told.target) == (-0.5, 0.0)


def test_too_little_money_for_a_share_is_said_with_the_price():
    universe = basket(8, 2, 1, 60.0, 0.0)
    found = why(universe, weights(universe, [0.5, 0.0]), 1, capital=10.0)
    assert found.symbols[0].events[0].startswith("It was not filled: its weight is 5.00, and a")
    assert not found.symbols[0].fills


def test_the_volume_that_may_be_traded_is_said():
    universe = basket(8, 1, 1, 60.0, 0.0)
    found = why(universe, weights(universe, [1.0]), 1, capital=1e12, participation=0.1)
    told = found.symbols[0]
    assert told.events[1].startswith(
        "The rest goes on with the next bar: at most 10% of the volume"
    )
    assert told.waits


def test_a_symbol_without_a_bar_waits_and_says_so():
    universe = basket(40, 2, 3, 60.0, 0.2)
    gaps = np.flatnonzero(~universe.mask[1:, 0] & universe.mask[:-1, 0]) + 1
    row = int(gaps[0])
    found = np.full(universe.mask.shape, NAN)
    found[row - 1] = [0.5, 0.0]
    told = why(universe, Holds(*found), row).symbols[0]
    assert told.events[0].startswith("Its order for the weight of +50.0% of ")
    assert told.events[0].endswith(" waits: there is no bar today.")
    assert not told.has_bar
    assert told.waits


def test_a_rank_and_what_it_rests_on_are_told():
    universe = basket(40, 3, 1, 60.0, 0.0)
    strategy = CrossSectionalMomentum(CrossSectionalParameters(lookback=10, skip=2, top=1))
    early, late = why(universe, strategy, 5), why(universe, strategy, 30)
    assert [each.rank for each in early.symbols] == [None] * 3
    assert {each.rank for each in late.symbols} == {1, 2, 3}
    best = next(each for each in late.symbols if each.rank == 1)
    assert best.decided == 1.0
    title, value = best.values[0]
    assert title == "Return from 10 to 2 bars ago"
    assert value == max(each.values[0][1] or 0.0 for each in late.symbols)


def test_a_pair_tells_how_far_apart_it_is_and_whether_it_belongs_together():
    universe = basket(160, 2, 1, 60.0, 0.0)
    found = why(universe, Pairs(PairsParameters(lookback=20, window=100)), 150)
    names = [name for name, _ in found.symbols[0].values]
    assert names == ["Deviations apart", "Cointegration, p of the latest test"]
    assert all(value is not None for _, value in found.symbols[0].values)
    untested = why(universe, Pairs(PairsParameters(lookback=20, window=100, p_value=1)), 150)
    assert [name for name, _ in untested.symbols[0].values] == ["Deviations apart"]


def test_a_strategy_for_one_symbol_tells_of_each():
    universe = basket(120, 2, 1, 60.0, 0.1)
    found = why(universe, Momentum(), 110)
    for each in found.symbols:
        assert each.values
        assert all(holds is not None for _, holds in each.conditions)
        assert each.rank is None
    early = why(universe, Momentum(), 3)
    assert all(holds is None for each in early.symbols for _, holds in each.conditions)


def test_there_is_no_such_row():
    universe = basket(8, 2, 1, 60.0, 0.0)
    with pytest.raises(ParameterError, match="There is no bar 8; there are 8, counted from 0"):
        why(universe, EqualWeight(), 8)
    assert why(universe, EqualWeight(), -1).row == 7
