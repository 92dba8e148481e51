"""Every indicator of the catalogue: from when on does it not depend on where the history began?"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from puffin.factors.catalogue import INDICATORS
from puffin.strategies.parts import FORGOTTEN, settling_exponential, settling_wilder
from puffin.strategies.settling import CUMULATIVE, LASTING, needed
from tests.puffin.factors.market import walk

BARS = walk(900, seed=5)
ENDS = (500, 611, 740, 823, 900)
# They begin anew with a period or at a day: rules know them only from there on.
BY_PERIOD = {"vwap", "anchored_vwap"}


def furthest(each, bars_before) -> float:
    """How far the last value of a shorter history is from that of the whole, in deviations."""
    whole = each.study(BARS)
    worst = 0.0
    for end in ENDS:
        part = each.study(BARS.head(end).tail(bars_before))
        for name, values in part.items():
            spread = float(np.nanstd(whole[name][100:])) or 1.0
            worst = max(worst, abs(float(values[-1] - whole[name][end - 1])) / spread)
    return worst


@pytest.mark.parametrize(
    "each",
    [each for each in INDICATORS if each.id not in CUMULATIVE | BY_PERIOD],
    ids=lambda each: each.id,
)
def test_an_indicator_says_the_same_in_a_shorter_history(each):
    assert furthest(each, needed(each.id, {})) < 0.005


@pytest.mark.parametrize("name", ["ema", "rsi", "macd", "adx", "kama", "atr", "ppo"])
def test_the_bars_beyond_the_warm_up_are_needed(name):
    each = next(each for each in INDICATORS if each.id == name)
    assert furthest(each, each.warm_up() + 1) > 0.005


def test_volumes_that_add_up_never_settle():
    for name in CUMULATIVE:
        each = next(each for each in INDICATORS if each.id == name)
        assert furthest(each, 400) > 0.1
        assert name not in LASTING


@given(st.integers(2, 500))
def test_the_start_of_an_average_weighs_a_thousandth_once_it_has_settled(window):
    for share, bars in (
        (2 / (window + 1), settling_exponential(window)),
        (1 / window, settling_wilder(window)),
    ):
        assert (1 - share) ** bars <= FORGOTTEN < (1 - share) ** (bars - 1)


def test_settings_of_the_indicator_count():
    assert needed("sma", {"window": 7}) == 7
    assert needed("ema", {"window": 7}) == 7 + settling_exponential(7)
    assert needed("rsi", {"window": 5}) == 6 + settling_wilder(5)
