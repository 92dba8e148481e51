"""Where nothing moved or nothing was traded, an indicator that divides by it is unknown."""

from __future__ import annotations

import time

import numpy as np
import pytest

from puffin.factors.catalogue import indicator
from puffin.factors.library import call
from puffin.factors.still import STILL
from tests.puffin.factors.market import bars_of, walk

COLUMNS = ("open", "high", "low", "close", "volume")
WALK = walk(300)


def halted(first=100, last=180):
    """Return bars that stand still in between."""
    columns = {name: getattr(WALK, name).copy() for name in COLUMNS}
    for name in COLUMNS[:4]:
        columns[name][first:last] = WALK.close[first - 1] if first else WALK.close[0]
    return bars_of(columns)


def unknown(name, bars, **values):
    chosen = indicator(name)
    parameters = chosen.parameters(values)
    found = chosen.study(bars, parameters)
    rows = {
        key: np.flatnonzero(np.isnan(each[chosen.warm_up(parameters) :]))
        for key, each in found.items()
    }
    first = next(iter(rows.values())) + chosen.warm_up(parameters)
    return first.tolist()


@pytest.mark.parametrize(
    ("name", "values", "first", "last"),
    [
        # Fourteen flat bars are the rows 100 to 113, and 166 to 179 the last ones.
        ("williams", {"window": 14}, 113, 179),
        ("cci", {"window": 20}, 119, 179),
        ("fast_stochastic", {"window": 14, "signal": 3}, 113, 181),
        ("stochastic", {"window": 14, "smooth": 3, "signal": 3}, 113, 183),
        ("vortex", {"window": 14}, 114, 179),
        ("ultimate", {"short": 7, "middle": 14, "long": 28}, 107, 179),
        ("bop", {}, 100, 179),
    ],
)
def test_a_halt_is_unknown_and_nothing_else_is(name, values, first, last):
    assert unknown(name, halted(), **values) == list(range(first, last + 1))
    assert unknown(name, WALK, **values) == []


@pytest.mark.parametrize("name", ["rsi", "cmo", "plus_di", "minus_di", "dx"])
def test_what_remembers_is_unknown_until_something_moved(name):
    chosen = indicator(name)
    waits = chosen.warm_up()
    found = chosen.study(halted(0, 50))["value"]
    assert np.isnan(found[:50]).all()
    assert np.isfinite(found[50:]).all()
    assert np.isnan(chosen.study(halted(0, 300))["value"]).all()
    assert np.isfinite(chosen.study(halted())["value"][waits:]).all()


def test_a_market_without_trade_has_no_money_flow():
    columns = {name: getattr(WALK, name).copy() for name in COLUMNS}
    columns["volume"][100:140] = 0
    quiet = bars_of(columns)
    assert unknown("money_flow", quiet, window=14) == list(range(113, 140))
    assert unknown("chaikin_flow", quiet, window=20) == list(range(119, 140))
    assert unknown("money_flow", WALK) == unknown("chaikin_flow", WALK) == []


def test_an_rsi_that_stands_still_has_no_stochastic():
    rows = unknown("stochastic_rsi", halted(), window=14, range_window=14, signal=3)
    assert rows == list(range(112, 182))
    assert unknown("stochastic_rsi", WALK) == []


@pytest.mark.parametrize("name", STILL)
def test_a_halt_knows_no_future(name):
    chosen = indicator(name)
    bars = halted()
    whole = chosen.study(bars)
    for cut in (105, 150, 185):
        part = chosen.study(bars.head(cut))
        for output, values in part.items():
            np.testing.assert_array_equal(values, whole[output][:cut])


def test_an_rsi_of_a_price_that_stood_still_too_long_is_unknown_and_not_0():
    moved = walk(100)
    still = np.full(900, moved.close[-1])
    close = np.concatenate([moved.close, still, still[:1] * 1.01])
    bars = bars_of(dict.fromkeys(COLUMNS, close))
    for name in ("rsi", "cmo"):
        found = indicator(name).study(bars)["value"]
        assert np.isfinite(found[14:400]).all()
        assert np.isnan(found[600:1_000]).all()
        assert found[1_000] == pytest.approx(100.0)


def test_where_something_moves_the_numbers_are_talibs():
    bars = halted()
    found = indicator("rsi").study(bars)["value"]
    np.testing.assert_array_equal(found, call("RSI", [bars.close], [14])[0])
    williams = indicator("williams").study(bars)["value"]
    wanted = call("WILLR", [bars.high, bars.low, bars.close], [14])[0]
    there = np.isfinite(williams)
    np.testing.assert_array_equal(williams[there], wanted[there])


def test_looking_for_it_costs_little():
    bars = walk(300_000)
    chosen = indicator("rsi")

    def spent(work):
        start = time.thread_time()
        work()
        return time.thread_time() - start

    plain = min(spent(lambda: call("RSI", [bars.close], [14])) for _ in range(7))
    ours = min(spent(lambda: chosen.study(bars)) for _ in range(7))
    assert ours < 1.5 * plain + 0.0005
