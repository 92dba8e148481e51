"""What holds of every built-in strategy, whatever it decides on."""

from __future__ import annotations

import itertools
import subprocess
import sys

import numpy as np
import pytest
from pydantic import ValidationError

from puffin.backtest.engine import Backtester
from puffin.strategies.base import EventStrategy, OrderStrategy, Strategy
from puffin.strategies.registry import ALONE, STRATEGIES
from tests.puffin.factors.market import walk

BARS = walk(700, seed=11)
LONG = walk(3_000, seed=12)
HEAVY = ("talib", "scipy", "statsmodels", "pandas", "numba", "sklearn")
each_strategy = pytest.mark.parametrize("each", ALONE, ids=lambda each: each.id)


def both_sides(each):
    """The strategy with its defaults, and with short selling if it has that."""
    if "long_only" not in each.Parameters.model_fields:
        return [each()]
    return [each(each.Parameters(long_only=value)) for value in (True, False)]


def decided(chosen, bars) -> list[np.ndarray]:
    """Everything a strategy decides, as columns."""
    if isinstance(chosen, Strategy):
        return [chosen.signals(bars).target]
    if isinstance(chosen, OrderStrategy):
        orders = chosen.orders(bars)
        sides = [side for side in (orders.buy, orders.sell) if side is not None]
        names = ("limit", "stop", "stop_loss", "take_profit", "trail")
        columns = [side.weight for side in sides]
        # Prices of orders that are not placed mean nothing.
        for side in sides:
            placed = side.weight > 0
            columns += [np.where(placed, side.column(name), np.nan) for name in names]
        return columns if orders.exits is None else [*columns, orders.exits]
    return [Backtester(chosen).run(bars).position]


@each_strategy
@pytest.mark.parametrize("cut", [250, 333, 480, 699])
def test_no_strategy_sees_the_future(each, cut):
    for chosen in both_sides(each):
        for whole, part in zip(decided(chosen, BARS), decided(chosen, BARS.head(cut)), strict=True):
            np.testing.assert_allclose(part, whole[:cut], rtol=1e-9)


@each_strategy
@pytest.mark.parametrize("cut", [250, 480])
def test_neither_do_readings_conditions_and_strength(each, cut):
    part = BARS.head(cut)
    for chosen in both_sides(each):
        pairs = zip(chosen.readings(part), chosen.readings(BARS), strict=True)
        for one, other in pairs:
            assert one.title == other.title
            np.testing.assert_allclose(one.values, other.values[:cut], rtol=1e-9, atol=1e-12)
        held = zip(chosen.conditions(part), chosen.conditions(BARS), strict=True)
        for one, other in held:
            assert (one.title, one.side) == (other.title, other.side)
            assert one.holds.tolist() == other.holds[:cut].tolist()
        strength, whole = chosen.strength(part), chosen.strength(BARS)
        if strength is not None and whole is not None:
            np.testing.assert_allclose(strength, whole[:cut], rtol=1e-9, atol=1e-12)


@each_strategy
def test_nothing_is_decided_before_the_warm_up_and_something_after(each):
    for chosen in both_sides(each):
        if isinstance(chosen, EventStrategy):
            continue  # the backtester asks it from there on only
        first = chosen.warm_up - 1
        columns = decided(chosen, BARS)
        for column in columns:
            assert not np.nan_to_num(column[:first]).any()
        assert any(np.nan_to_num(column[first:]).any() for column in columns)
        if isinstance(chosen, Strategy):
            assert np.isnan(columns[0][:first]).all()
            assert not np.isnan(columns[0][first:]).any()


@each_strategy
def test_a_strategy_says_the_same_of_indicators_in_a_shorter_history(each):
    """Its warm-up is long enough: what it reads there no longer depends on the first bar."""
    for chosen in both_sides(each):
        for end in (520, 611, 700):
            short = chosen.readings(BARS.head(end).tail(chosen.warm_up))
            for one, whole in zip(short, chosen.readings(BARS), strict=True):
                spread = float(np.nanstd(whole.values)) or 1.0
                assert abs(one.values[-1] - whole.values[end - 1]) / spread < 0.005, one.title


@each_strategy
def test_conditions_are_not_true_of_what_is_not_known(each):
    for chosen in both_sides(each):
        for condition in chosen.conditions(BARS):
            assert condition.holds.dtype == np.bool_
            assert len(condition.holds) == len(BARS)
            assert not condition.holds[0] or each.id == "buy_and_hold"


@each_strategy
def test_conditions_of_both_sides_are_shown_where_both_are_traded(each):
    shown = {condition.side for condition in both_sides(each)[-1].conditions(BARS)}
    assert "entry long" in shown
    if "long_only" in each.Parameters.model_fields:
        assert {"exit long", "entry short", "exit short"} <= shown


@each_strategy
def test_strength_lies_between_0_and_1(each):
    for chosen in both_sides(each):
        strength = chosen.strength(BARS)
        if strength is not None:
            known = strength[chosen.warm_up - 1 :]
            assert ((known >= 0) & (known <= 1)).all()


@each_strategy
def test_a_short_or_empty_history_is_never_ready(each):
    for chosen in both_sides(each):
        for count in (0, 1, min(5, chosen.warm_up - 1)):
            if isinstance(chosen, Strategy) and count < chosen.warm_up:
                assert np.isnan(chosen.signals(BARS.head(count)).target).all()
            if isinstance(chosen, OrderStrategy):
                assert not any(
                    np.nan_to_num(each).any() for each in decided(chosen, BARS.head(count))
                )


@each_strategy
def test_zero_volume_and_prices_that_stand_still_are_no_reason_to_act(each):
    still = BARS.head(500)
    price = np.full(500, 0.1)
    still = type(still)(
        "TEST", still.interval, still.time, price, price, price, price, np.zeros(500)
    )
    for chosen in both_sides(each):
        if isinstance(chosen, EventStrategy) or each.id == "buy_and_hold":
            continue
        assert not any(np.nan_to_num(column).any() for column in decided(chosen, still))


@each_strategy
def test_every_axis_of_the_default_grid_makes_a_difference(each):
    """No dead and no duplicate values: each one changes what is decided."""
    for name, values in each.grid.items():
        assert len(set(values)) == len(values) > 1
        assert name in each.Parameters.model_fields
        seen = []
        for value in values:
            try:
                chosen = each(each.Parameters(**{name: value}))
            except ValidationError:
                continue  # it does not go with the other defaults
            seen.append(
                tuple(np.nan_to_num(column, nan=-9).tobytes() for column in decided(chosen, LONG))
            )
        assert len(set(seen)) == len(seen) > 1, name


@each_strategy
def test_the_default_grid_has_combinations_that_fit_and_few_enough(each):
    fit = 0
    for values in itertools.product(*each.grid.values()):
        try:
            each.Parameters(**dict(zip(each.grid, values, strict=True)))
        except ValidationError:
            continue
        fit += 1
    assert 1 <= fit <= 100


def test_the_list_of_strategies_is_light():
    """Start-up reads it: what computes is loaded when something is computed."""
    code = (
        f"import sys, puffin.strategies.registry; print([n for n in {HEAVY} if n in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_every_strategy_has_its_own_name():
    assert len({each.id for each in STRATEGIES}) == len(STRATEGIES)
    assert len({each.title for each in STRATEGIES}) == len(STRATEGIES)


def test_the_strategies_for_one_symbol_are_listed_apart():
    assert all(each.needs == "one symbol" for each in ALONE)
    assert [each for each in STRATEGIES if each.needs == "one symbol"] == list(ALONE)


@pytest.mark.parametrize("each", STRATEGIES, ids=lambda each: each.id)
def test_every_strategy_can_be_put_into_forms_and_lists(each):
    chosen = each()
    assert chosen.warm_up >= 0
    assert set(each.grid) <= set(each.Parameters.model_fields)
    assert all(caution.endswith(".") for caution in each.cautions)
