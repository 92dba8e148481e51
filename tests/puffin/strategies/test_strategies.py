from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from puffin.backtest.engine import Backtester
from puffin.data.bars import Bars, Interval
from puffin.errors import ParameterError
from puffin.strategies.base import Signals
from puffin.strategies.mean_reversion import MeanReversion, MeanReversionParameters, zscore
from puffin.strategies.momentum import Average, Momentum, MomentumParameters
from puffin.strategies.registry import ALONE, STRATEGIES, strategy

DAY = 86_400_000_000_000


def closing(prices) -> Bars:
    price = np.asarray(prices, np.float64)
    time = np.arange(len(price), dtype=np.int64) * DAY
    return Bars.from_columns(
        "TEST", Interval.D1, time=time, open=price, high=price, low=price, close=price, volume=price
    )


def targets(chosen, prices) -> list[float]:
    found: list[float] = chosen.signals(closing(prices)).target.tolist()
    return found


def momentum(**values) -> Momentum:
    return Momentum(MomentumParameters(**({"short": 2, "long": 3} | values)))


def reversion(**values) -> MeanReversion:
    return MeanReversion(MeanReversionParameters(**({"window": 5} | values)))


def test_momentum_is_long_while_the_fast_average_is_above_the_slow_one():
    found = targets(momentum(), [10, 10, 10, 13, 13, 7, 7, 7])
    assert np.isnan(found[:2]).all()
    assert found[2:] == [0, 1, 1, 0, 0, 0]


def test_momentum_sells_short_only_if_allowed():
    prices = [10, 10, 10, 7, 7]
    assert targets(momentum(long_only=False), prices)[2:] == [0, -1, -1]
    assert targets(momentum(long_only=True), prices)[2:] == [0, 0, 0]


def test_the_threshold_keeps_momentum_out_of_small_moves():
    prices = [100, 100, 100, 102]  # fast 101, slow 100.67: 0.33 % apart
    assert targets(momentum(threshold=0.003), prices)[-1] == 1
    assert targets(momentum(threshold=0.004), prices)[-1] == 0


@given(st.lists(st.floats(1, 1000), min_size=1, max_size=40), st.floats(1, 1000))
def test_momentum_takes_no_side_once_the_price_stands_still(before, price):
    found = targets(momentum(short=3, long=7, long_only=False), [*before, *[price] * 8])
    assert found[-1] == 0


def test_momentum_knows_two_kinds_of_average():
    prices = [10, 10, 10, 20, 12, 12, 12]
    simple = targets(momentum(long=6), prices)
    exponential = targets(momentum(long=6, ma=Average.EMA), prices)
    assert simple[-1] != exponential[-1] or simple != exponential


def test_momentum_needs_the_long_window_to_warm_up():
    assert momentum(long=7).warm_up == 7


def test_the_short_window_must_be_smaller_than_the_long_one():
    with pytest.raises(ValidationError, match=r"short window \(50\) must be smaller than the long"):
        MomentumParameters(short=50, long=50)
    with pytest.raises(ValidationError) as refused:
        MomentumParameters(short=60)  # the default of 50 does not go with it
    assert refused.value.errors()[0]["loc"] == ("long",)


def swings(*steps) -> list[float]:
    """Four quiet bars around 100, then the prices given."""
    return [100, 101, 99, 100, *steps]


def test_mean_reversion_buys_far_below_and_holds_until_the_price_is_back():
    prices = swings(100, 90, 91, 92, 97, 100)
    z = zscore(np.array(prices, float), 5)
    assert z[5] < -1.5
    assert -1.5 < z[6] < -0.5  # neither in nor out: it holds
    found = targets(reversion(zscore_entry=-1.5), prices)
    assert np.isnan(found[:4]).all()
    assert found[4:8] == [0, 1, 1, 1 if z[7] < -0.5 else 0]
    assert found[-1] == 0


def test_mean_reversion_leaves_even_if_the_price_jumps_over_the_exit():
    prices = swings(100, 90, 120)
    assert zscore(np.array(prices, float), 5)[6] > 1
    assert targets(reversion(zscore_entry=-1.5), prices)[5:] == [1, 0]


def test_mean_reversion_sells_short_far_above_only_if_allowed():
    prices = swings(100, 110, 100)
    assert targets(reversion(zscore_entry=-1.5, long_only=False), prices)[5:] == [-1, 0]
    assert targets(reversion(zscore_entry=-1.5, long_only=True), prices)[5:] == [0, 0]


def test_a_deeper_exit_leaves_earlier():
    prices = swings(100, 90, 93, 95)
    z = zscore(np.array(prices, float), 5)
    assert -1.4 < z[6] < -0.5  # back enough for the one, not for the other
    early = targets(reversion(zscore_entry=-1.7, zscore_exit=-0.9), prices)
    late = targets(reversion(zscore_entry=-1.7), prices)
    assert (early[6], late[6]) == (0, 1)


def test_the_exit_must_lie_well_inside_the_entry():
    with pytest.raises(ValidationError, match=r"exit \(-1.5\) must be more than half a deviation"):
        MeanReversionParameters(zscore_entry=-2, zscore_exit=-1.5)
    with pytest.raises(ValidationError, match=r"exit \(1.5\) must be more than half a deviation"):
        MeanReversionParameters(zscore_entry=-2, zscore_exit=1.5)
    assert MeanReversionParameters(zscore_entry=-2, zscore_exit=1.4).zscore_exit == 1.4


def test_a_bad_entry_is_the_only_thing_said_when_the_exit_cannot_be_judged():
    with pytest.raises(ValidationError) as refused:
        MeanReversionParameters(zscore_entry=1)
    assert [each["loc"] for each in refused.value.errors()] == [("zscore_entry",)]
    with pytest.raises(ValidationError) as refused:
        MomentumParameters(short=1)
    assert [each["loc"] for each in refused.value.errors()] == [("short",)]


def test_a_price_that_does_not_move_is_at_its_mean():
    assert targets(reversion(long_only=False), [0.1] * 30)[4:] == [0] * 26


def test_a_history_shorter_than_the_window_is_never_ready():
    assert np.isnan(targets(reversion(), [1, 2, 3])).all()
    assert targets(reversion(), []) == []


@given(st.lists(st.floats(1, 1000), min_size=5, max_size=80), st.integers(2, 12))
def test_the_zscore_is_the_one_of_each_window_alone(prices, window):
    found = zscore(np.array(prices), window)
    for row in range(window - 1, len(prices)):
        part = np.array(prices[row - window + 1 : row + 1])
        deviation = part.std(ddof=1)
        if deviation > 1e-9 * part.mean():
            expected = (part[-1] - part.mean()) / deviation
            assert found[row] == pytest.approx(expected, rel=1e-6, abs=1e-9)


PRICES = st.lists(st.floats(1, 1000), min_size=30, max_size=120)
CHOICES = st.one_of(
    st.builds(
        Momentum,
        st.builds(
            MomentumParameters,
            short=st.integers(2, 8),
            long=st.integers(9, 20),
            ma=st.sampled_from(Average),
            threshold=st.floats(0, 0.05),
            long_only=st.booleans(),
        ),
    ),
    st.builds(
        MeanReversion,
        st.builds(
            MeanReversionParameters,
            window=st.integers(5, 20),
            zscore_entry=st.floats(-2.5, -1.1),
            zscore_exit=st.floats(-0.5, 0.5),
            long_only=st.booleans(),
        ),
    ),
)


@settings(deadline=None)
@given(CHOICES, PRICES, st.integers(0, 200))
def test_no_strategy_sees_the_future(chosen, prices, cut):
    cut %= len(prices)
    whole = chosen.signals(closing(prices)).target
    part = chosen.signals(closing(prices[:cut])).target
    assert whole[:cut].tobytes() == part.tobytes()


@settings(deadline=None)
@given(CHOICES, PRICES)
def test_every_strategy_is_ready_after_its_warm_up_and_keeps_within_its_bounds(chosen, prices):
    target = chosen.signals(closing(prices)).target
    assert len(target) == len(prices)
    assert np.isnan(target[: chosen.warm_up - 1]).all()
    ready = target[chosen.warm_up - 1 :]
    assert set(ready.tolist()) <= {-1.0, 0.0, 1.0}
    if chosen.parameters.long_only:
        assert (ready >= 0).all()


@pytest.mark.parametrize("each", STRATEGIES, ids=lambda each: each.id)
def test_a_form_and_a_grid_can_be_made_from_the_parameters(each):
    for name, field in each.Parameters.model_fields.items():
        assert field.title, name
        assert field.description, name
        if field.annotation in {int, float}:
            schema = each.Parameters.model_json_schema()["properties"][name]
            assert {"default", "maximum", "step"} <= set(schema), name
            assert {"minimum", "exclusiveMinimum"} & set(schema), name


@pytest.mark.parametrize("each", ALONE, ids=lambda each: each.id)
def test_every_strategy_says_what_it_is_and_runs_with_its_defaults(each):
    assert each.title
    assert each.summary.endswith(".")
    assert each().parameters == each.Parameters()
    prices = closing([100 + 20 * np.sin(day / 9) + day / 10 for day in range(400)])
    assert len(Backtester(each()).run(prices).equity) == 400


@pytest.mark.parametrize("each", STRATEGIES, ids=lambda each: each.id)
def test_every_strategy_is_found_by_its_name(each):
    assert strategy(each.id) is each


def test_parameters_of_another_strategy_are_refused():
    with pytest.raises(ParameterError, match="not the parameters of Momentum"):
        strategy("momentum")(MeanReversionParameters())


@pytest.mark.parametrize(
    ("asked", "hint"),
    [
        ("momentun", "Did you mean momentum?"),
        ("Mean Reversion", "Did you mean mean_reversion?"),
        ("xyz", "There are momentum, mean_reversion, breakout, rsi_reversal, "),
    ],
)
def test_an_unknown_strategy_is_answered_with_the_nearest_name(asked, hint):
    with pytest.raises(ParameterError, match="no strategy called") as refused:
        strategy(asked)
    assert refused.value.hint.startswith(hint)


def test_targets_beyond_everything_are_refused():
    with pytest.raises(ParameterError):
        Signals(np.array([0.0, -1.1]))
