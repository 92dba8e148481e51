"""Regimes are entered and left by their thresholds, and each change is told once."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from puffin.errors import NoDataError
from puffin.factors.base import Parameters
from puffin.factors.regimes import RegimeParameters, Regimes, Trend, Volatility, regimes, slopes
from tests.puffin.factors.market import bars_of, walk


def bars_from(close):
    close = np.asarray(close, np.float64)
    return bars_of(
        {
            "open": close,
            "high": close * 1.001,
            "low": close * 0.999,
            "close": close,
            "volume": np.full(len(close), 1000.0),
        }
    )


def swinging(sizes):
    """Return bars whose returns go up and down by the sizes given."""
    signs = np.where(np.arange(len(sizes)) % 2, 1.0, -1.0)
    return bars_from(100 * np.cumprod(1 + signs * np.asarray(sizes)))


def test_the_ratio_is_that_of_the_two_deviations():
    bars = walk(200)
    found = regimes(bars)
    moves = np.diff(bars.close) / bars.close[:-1]
    for row in (60, 100, 199):
        recent, usual = moves[row - 20 : row], moves[row - 60 : row]
        assert found.ratio[row] == pytest.approx(recent.std(ddof=1) / usual.std(ddof=1))
    assert np.isnan(found.ratio[:60]).all()


def test_the_slope_is_that_of_the_regression():
    close = walk(120).close
    found = slopes(close, 20)
    for row in (19, 60, 119):
        last = close[row - 19 : row + 1]
        wanted = np.polynomial.polynomial.polyfit(np.arange(20), last, 1)[1] / last.mean()
        assert found[row] == pytest.approx(wanted, rel=1e-9)
    assert np.isnan(found[:19]).all()


def test_a_wild_time_is_entered_at_one_and_a_half_and_left_at_one_point_three():
    sizes = np.full(400, 0.01)
    sizes[150:200] = 0.04
    found = regimes(swinging(sizes))
    high = np.flatnonzero(found.volatility == 1)
    assert found.ratio[high[0]] >= 1.5 > found.ratio[high[0] - 1]
    assert found.ratio[high[-1]] > 1.3 >= found.ratio[high[-1] + 1]
    assert (np.diff(high) == 1).all()
    # In between it is below the threshold it was entered at, and still high.
    assert (found.ratio[high] < 1.5).any()
    told = [each for each in found.changes if isinstance(each.after, Volatility)]
    assert [each.after for each in told] == [
        Volatility.HIGH,
        Volatility.NORMAL,
        Volatility.LOW,
        Volatility.NORMAL,
    ]
    assert told[0].row == high[0]
    assert told[1].row == high[-1] + 1
    low = np.flatnonzero(found.volatility == -1)
    assert found.ratio[low[0]] <= 0.5 < found.ratio[low[0] - 1]
    assert found.ratio[low[-1]] < 0.6 <= found.ratio[low[-1] + 1]


def test_a_ratio_that_hovers_between_the_thresholds_tells_nothing():
    sizes = np.full(300, 0.01)
    sizes[150:] = np.where(np.arange(150) % 10 < 5, 0.011, 0.013)
    found = regimes(swinging(sizes))
    assert not [each for each in found.changes if isinstance(each.after, Volatility)]


def test_a_trend_that_turns_is_told_once():
    close = np.concatenate([np.linspace(100, 150, 100), np.linspace(150, 100, 100)])
    found = regimes(bars_from(close))
    (turn,) = [each for each in found.changes if isinstance(each.after, Trend)]
    assert (turn.before, turn.after) == (Trend.UP, Trend.DOWN)
    assert 100 < turn.row < 120
    assert turn.time == bars_from(close).when(turn.row)
    assert turn.text.startswith("The trend turns down: the last closes lean by -")
    assert found.trend_now is Trend.DOWN
    assert np.isnan(found.trend[:39]).all()
    assert set(found.trend[39:]) == {1.0, -1.0}


def test_a_flat_slope_leaves_the_trend_as_it_was():
    rising = np.linspace(100, 150, 80)
    wobble = 150 * (1 + 0.0002 * np.sin(np.arange(200) / 15))
    found = regimes(bars_from(np.concatenate([rising, wobble])))
    assert not [each for each in found.changes if isinstance(each.after, Trend)]
    restless = regimes(bars_from(np.concatenate([rising, wobble])), RegimeParameters(lean=0.0))
    assert len([each for each in restless.changes if isinstance(each.after, Trend)]) > 3


def test_changes_alternate_and_match_the_states():
    random = np.random.default_rng(3)
    sizes = np.repeat(random.lognormal(-4.5, 0.8, 40), 50)
    found = regimes(bars_from(100 * np.cumprod(1 + random.normal(0, 1, 2_000) * sizes)))
    for kind, states in ((Volatility, found.volatility), (Trend, found.trend)):
        told = [each for each in found.changes if isinstance(each.after, kind)]
        assert told
        for one, two in pairwise(told):
            assert one.after is two.before
            assert one.row < two.row
        assert len(told) == int((np.diff(states[~np.isnan(states)]) != 0).sum())


@pytest.mark.parametrize("cut", [61, 100, 150, 299])
def test_no_regime_knows_the_future(cut):
    bars = walk(300, seed=7)
    whole, part = regimes(bars), regimes(bars.head(cut))
    for name in ("ratio", "slope", "volatility", "trend"):
        np.testing.assert_array_equal(getattr(part, name), getattr(whole, name)[:cut])
    assert part.changes == tuple(each for each in whole.changes if each.row < cut)


def test_too_few_bars_say_how_many_are_needed():
    assert regimes(walk(61)).ratio[-1] > 0
    with pytest.raises(NoDataError, match="need 61 bars; TEST has 60"):
        regimes(walk(60))


def test_prices_that_never_move_have_no_regime():
    found = regimes(bars_from(np.full(100, 50.0)))
    assert np.isnan(found.ratio).all()
    assert found.volatility_now is None
    assert found.trend_now is None
    assert not found.changes
    nothing = np.empty(0)
    assert Regimes(nothing, nothing, nothing, nothing, ()).volatility_now is None


@pytest.mark.parametrize(
    "bad",
    [
        {"high_off": 1.6},
        {"low_off": 0.4},
        {"window": 60},
        {"high_on": 1.0},
        {"lean": -1},
        {"wrong": 1},
    ],
)
def test_thresholds_without_sense_are_refused(bad):
    with pytest.raises(ValueError, match="validation error"):
        RegimeParameters(**bad)
    assert issubclass(RegimeParameters, Parameters)
