from __future__ import annotations

import json
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from puffin import measures

if TYPE_CHECKING:
    from collections.abc import Callable

REFERENCE = (
    Path(__file__).parents[3] / "shared/reference/numeric/performance_metrics_empyrical.json"
)
PERIODS = {"daily": 252, "weekly": 52, "monthly": 12, "yearly": 1}
DAY = measures.NANOSECONDS_IN_DAY
STEPS = st.lists(st.floats(-0.5, 0.5), min_size=2, max_size=60)


def grown(changes, start=1.0) -> measures.Floats:
    steps = np.concatenate(([1.0], np.cumprod(1 + np.asarray(changes)))) if len(changes) else []
    values: measures.Floats = np.asarray(steps, np.float64) * start
    return values


def cagr(changes, periods) -> float | None:
    return measures.cagr(float(np.prod(1 + changes)), len(changes) / periods)


def calmar(changes, periods) -> float | None:
    return measures.calmar(cagr(changes, periods), measures.max_drawdown(grown(changes)))


CALLS: dict[str, Callable[..., float | None]] = {
    "cagr": cagr,
    "annual_ret": cagr,
    "calmar": calmar,
    "annual_volatility": measures.volatility,
    "sharpe_ratio": measures.sharpe,
    "sortino": measures.sortino,
    "downside_risk": measures.downside_risk,
    "max_drawdown": lambda changes, _: measures.max_drawdown(grown(changes)),
    "cum_returns_final": lambda changes, _: measures.total_return(grown(changes)),
}


def reference_cases() -> list[tuple[dict[str, Any], list[float | None], float]]:
    """Every published case whose measure is here and whose inputs are plain numbers."""
    if not REFERENCE.exists():
        return []
    document = json.loads(REFERENCE.read_text())
    found = []
    for case in document["cases"]:
        numbers = case["params"].get("risk_free", case["params"].get("required_return", "0.0"))
        plain = set(case["inputs"]) == {"returns"} and case["params"].get("starting_value", 0) == 0
        if case["metric"] in CALLS and plain:
            changes = document["inputs"][case["inputs"]["returns"]]["values"]
            found.append((case, changes, float(numbers)))
    return found


@pytest.mark.skipif(not REFERENCE.exists(), reason="the folder of reference numbers is not here")
def test_the_published_values_are_met():
    cases = reference_cases()
    assert len(cases) >= 40
    for case, values, required in cases:
        # empyrical's growth counts a period without a return as still; its spreads leave it out.
        still = case["metric"] in {"cagr", "annual_ret", "calmar"}
        changes = np.array([each or 0.0 for each in values if still or each is not None])
        arguments = [changes, PERIODS[case["params"].get("period", "daily")]]
        if required:
            arguments.append(required)
        found = CALLS[case["metric"]](*arguments)
        expected = float(case["expected"])
        name = f"{case['metric']} of {case['inputs']['returns']}"
        if not math.isfinite(expected):
            assert found is None, name
        elif found is None:
            # empyrical calls these 0; here a single number, or none, has no such measure.
            assert len(changes) < 2, name
        else:
            digits = 1e-5 if case["metric"] == "cum_returns_final" else 1e-7  # as published
            assert found == pytest.approx(expected, abs=digits), name


def test_a_year_of_one_percent_a_month_in_plain_numbers():
    values = grown([0.01] * 12)
    assert measures.total_return(values) == pytest.approx(0.126825, abs=1e-6)
    assert measures.cagr(1.126825, 1.0) == pytest.approx(0.126825)
    assert measures.cagr(1.126825, 2.0) == pytest.approx(0.061520, abs=1e-6)
    assert measures.volatility(np.array([0.01, 0.03]), 2) == pytest.approx(0.02)
    assert measures.downside_risk(np.array([0.01, -0.03]), 2) == pytest.approx(0.03)
    assert measures.calmar(0.2, -0.1) == pytest.approx(2)


def test_sharpe_compares_with_the_risk_free_rate():
    changes = np.array([0.02, -0.01, 0.03, 0.0])
    assert measures.sharpe(changes, 4) == pytest.approx(0.01 / changes.std(ddof=1) * 2)
    assert measures.sharpe(changes, 4, risk_free=0.04) == pytest.approx(0.0)
    assert measures.sortino(changes, 4, risk_free=0.04) == pytest.approx(0.0)


@pytest.mark.parametrize(
    "found",
    [
        measures.total_return(np.empty(0)),
        measures.total_return(np.array([0.0, 1.0])),
        measures.cagr(1.5, 0.0),
        measures.cagr(0.0, 1.0),
        measures.cagr(math.inf, 1.0),
        measures.cagr(2.0, 1e-6),
        measures.volatility(np.array([0.1]), 252),
        measures.sharpe(np.array([0.1]), 252),
        measures.sharpe(np.array([0.01] * 9), 252),
        measures.sortino(np.array([0.1]), 252),
        measures.sortino(np.array([0.1, 0.2]), 252),
        measures.downside_risk(np.empty(0), 252),
        measures.max_drawdown(np.empty(0)),
        measures.max_drawdown_days(np.empty(0, np.int64), np.empty(0)),
        measures.calmar(None, -0.1),
        measures.calmar(0.1, None),
        measures.calmar(0.1, 0.0),
        measures.win_rate(np.empty(0)),
        measures.profit_factor(np.array([1.0, 2.0])),
        measures.expectancy(np.empty(0)),
        measures.exposure(np.empty(0)),
    ],
)
def test_what_is_not_defined_is_none(found):
    assert found is None


def test_an_account_that_was_used_up_has_no_returns_and_so_no_measures_of_them():
    changes = measures.returns(np.array([100.0, 50.0, -10.0, -10.0]))
    assert len(changes) == 3
    assert measures.volatility(changes, 252) is None
    assert measures.sharpe(changes, 252) is None
    assert measures.sortino(changes, 252) is None
    assert len(measures.returns(np.array([1.0]))) == 0


def test_the_longest_drawdown_is_from_peak_to_recovery_in_calendar_days():
    days = np.array([0, 1, 2, 5, 9, 10, 12], np.int64)
    values = np.array([10.0, 12.0, 11.0, 12.0, 13.0, 12.0, 12.5])
    assert measures.max_drawdown_days(days * DAY, values) == 4  # day 1 to day 5
    assert measures.max_drawdown_days(days[:3] * DAY, values[:3]) == 1  # not over yet
    assert measures.max_drawdown_days(days[:2] * DAY, values[:2]) == 0
    assert measures.max_drawdown(values) == pytest.approx(11 / 12 - 1)
    assert len(measures.drawdown(np.empty(0))) == 0


def test_years_are_calendar_years():
    assert measures.years(np.array([0, 3 * 365.25 * DAY], np.int64)) == pytest.approx(3)
    assert measures.years(np.empty(0, np.int64)) == 0


def test_trades_are_counted_by_what_they_made():
    profits = np.array([10.0, -5.0, 0.0, 20.0])
    assert measures.win_rate(profits) == 0.5
    assert measures.profit_factor(profits) == 6
    assert measures.expectancy(profits) == 6.25
    assert measures.exposure(np.array([0.0, 1.0, -1.0, 0.0])) == 0.5


@given(STEPS)
def test_returns_rebuild_the_values(changes):
    values = grown(changes, 100.0)
    assert grown(measures.returns(values), 100.0) == pytest.approx(values)


@given(STEPS)
def test_a_drawdown_is_never_above_zero_nor_below_everything_lost(changes):
    deepest = measures.max_drawdown(grown(changes))
    assert deepest is not None
    assert -1 < deepest <= 0


@given(STEPS, st.floats(0.1, 10))
def test_more_money_changes_no_ratio(changes, factor):
    values = grown(changes)
    times = np.arange(len(values), dtype=np.int64) * DAY
    scaled = values * factor
    assert measures.max_drawdown(scaled) == pytest.approx(measures.max_drawdown(values), abs=1e-9)
    assert measures.max_drawdown_days(times, values) is not None
    assert measures.returns(scaled) == pytest.approx(measures.returns(values), abs=1e-9)


@given(STEPS)
def test_the_longest_drawdown_agrees_with_a_plain_count(changes):
    values = grown(changes)
    times = np.arange(len(values), dtype=np.int64) * DAY
    peak, since, longest = values[0], 0, 0
    for day, value in enumerate(values):
        if value >= peak:
            longest = max(longest, day - since if day - since > 1 else 0)
            peak, since = value, day
    longest = max(longest, len(values) - 1 - since)
    assert measures.max_drawdown_days(times, values) == longest


def test_under_water_is_counted_from_the_peak_until_it_is_reached_again():
    time = np.arange(6) * DAY
    assert measures.days_under_water(time, np.array([0, -0.1, -0.2, 0, -0.1, 0.0])) == 3
    assert measures.days_under_water(time, np.array([0, -0.1, 0, -0.1, -0.2, -0.1])) == 3
    assert measures.days_under_water(time, np.zeros(6)) == 0
    assert measures.days_under_water(time[:0], np.empty(0)) is None
    assert measures.deepest(np.empty(0)) is None


def test_turnover_is_half_of_what_was_traded_over_the_mean_account():
    assert measures.turnover(4000.0, np.array([900.0, 1100.0]), 2.0) == 1.0
    assert measures.turnover(4000.0, np.array([900.0]), 0.0) is None
    assert measures.turnover(4000.0, np.empty(0), 1.0) is None


def test_months_follow_each_other_without_a_gap():
    days = np.array(["2012-01-03", "2012-01-31", "2012-02-01", "2012-04-30"], "datetime64[ns]")
    months, found = measures.monthly_returns(days.astype(np.int64), np.array([100.0, 110, 121, 99]))
    assert [str(each) for each in months] == ["2012-01", "2012-02", "2012-04"]
    assert found == pytest.approx([0.1, 0.1, 99 / 121 - 1])
    months, found = measures.monthly_returns(np.empty(0, np.int64), np.empty(0))
    assert (len(months), len(found)) == (0, 0)


@given(st.lists(st.floats(-0.1, 0.1), min_size=8, max_size=30), st.integers(2, 8))
def test_rolling_measures_are_the_plain_ones_of_each_window(changes, window):
    values = grown(changes)
    steps = measures.returns(values)
    rolling = (
        (measures.rolling_return(values, window), lambda part: float(np.prod(1 + part) - 1)),
        (
            measures.rolling_volatility(steps, window, 252),
            lambda part: measures.volatility(part, 252),
        ),
        (
            measures.rolling_sharpe(steps, window, 252, 0.02),
            lambda part: measures.sharpe(part, 252, 0.02),
        ),
    )
    for found, plain in rolling:
        assert len(found) == len(steps)
        assert np.isnan(found[: window - 1]).all()
        for end in range(window, len(steps) + 1):
            expected = plain(steps[end - window : end])
            if expected is None:
                assert math.isnan(found[end - 1])
            elif abs(expected) < 1e6:  # the last digits of a spread that is nearly nothing differ
                assert found[end - 1] == pytest.approx(expected, rel=1e-6, abs=1e-9)


def test_rolling_measures_of_a_short_series_are_unknown():
    assert np.isnan(measures.rolling_return(np.array([1.0, 2.0]), 5)).all()
    assert len(measures.rolling_return(np.empty(0), 5)) == 0


def test_an_ulcer_index_knows_how_long_a_fall_lasted():
    quick, slow = np.array([1, 0.9, 1, 1, 1]), np.array([1, 0.9, 0.9, 0.9, 1])
    short, long = (measures.ulcer_index(measures.drawdown(each)) for each in (quick, slow))
    assert short == pytest.approx(math.sqrt(0.01 / 5))
    assert long == pytest.approx(math.sqrt(0.03 / 5))
    assert measures.ulcer_index(np.empty(0)) is None


def test_omega_is_what_was_gained_over_what_fell_short():
    assert measures.omega(np.array([0.03, -0.01, -0.01])) == pytest.approx(1.5)
    assert measures.omega(np.array([0.03, 0.01]), 0.02) == pytest.approx(1.0)
    assert measures.omega(np.array([0.03])) is None


def test_a_tail_ratio_compares_the_best_days_with_the_worst():
    changes = np.concatenate((np.linspace(-0.02, 0, 50), np.linspace(0, 0.04, 50)))
    low, high = np.percentile(changes, (5, 95))
    assert measures.tail_ratio(changes) == pytest.approx(high / -low)
    assert measures.tail_ratio(np.array([0.1, 0.2])) is None
    assert measures.tail_ratio(np.empty(0)) is None
