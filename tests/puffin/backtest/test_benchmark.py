from __future__ import annotations

import json
import math
import re
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from puffin.backtest import benchmark
from puffin.backtest.benchmark import compare
from puffin.backtest.engine import Backtester, BacktestSettings
from puffin.data.bars import Interval
from puffin.errors import NoDataError, ParameterError
from tests.puffin.backtest.basket import named, without
from tests.puffin.backtest.market import Says, bars, wandering

if TYPE_CHECKING:
    from puffin.data.bars import Bars
    from puffin.measures import Floats

PUBLISHED = (
    Path(__file__).parents[4] / "shared/reference/numeric/performance_metrics_empyrical.json"
)


def run(prices, target=1.0):
    settings = BacktestSettings(whole_shares=False)
    return Backtester(Says(*[target] * len(prices)), settings).run(prices)


def market(count=60) -> Bars:
    return named(wandering(count, 21), "MKT")


def test_its_own_curve_is_that_of_holding_it_from_the_first_close():
    prices, other = wandering(60), market()
    found = compare(run(prices), other)
    assert found.symbol == "MKT"
    assert found.equity == pytest.approx(100_000 * other.close / other.close[0])
    assert found.metrics["total_return"] == pytest.approx(other.close[-1] / other.close[0] - 1)


def test_a_run_beside_itself_has_a_beta_of_one_and_no_alpha():
    prices = bars(wandering(60).close)  # opens and closes are one, so that the fill is the close
    result = run(prices)
    found = benchmark.beside(result.time[1:], result.equity[1:], prices.interval, prices)
    assert found.metrics["beta"] == pytest.approx(1)
    assert found.metrics["alpha"] == pytest.approx(0, abs=1e-12)
    assert found.metrics["correlation"] == pytest.approx(1)
    assert found.metrics["tracking_error"] == pytest.approx(0, abs=1e-12)
    assert found.metrics["information_ratio"] is None
    assert found.metrics["excess_return"] == pytest.approx(0, abs=1e-12)


def test_formulas_are_those_they_are_said_to_be():
    result, other = run(wandering(250)), market(250)
    found = compare(result, other, risk_free=0.02).metrics
    r = result.equity[1:] / result.equity[:-1] - 1
    b = other.close[1:] / other.close[:-1] - 1
    beta = np.cov(r, b)[0, 1] / np.var(b, ddof=1)
    free = 0.02 / 252
    assert found["beta"] == pytest.approx(beta)
    assert found["alpha"] == pytest.approx((1 + np.mean((r - free) - beta * (b - free))) ** 252 - 1)
    assert found["correlation"] == pytest.approx(np.corrcoef(r, b)[0, 1])
    error = np.std(r - b, ddof=1) * math.sqrt(252)
    assert found["tracking_error"] == pytest.approx(error)
    assert found["information_ratio"] == pytest.approx(np.mean(r - b) * 252 / error)


def published(case, name, inputs) -> dict[str, float]:
    """A column of returns by date, from its name or from what is done to it: "-x", "2 * x", "x[1:]"."""
    said = case["inputs"].get(name) or case["params"][name]
    key = re.sub(r"^2 \* |^-|\[1:\]$", "", said)
    factor = 2.0 if said.startswith("2 *") else -1.0 if said.startswith("-") else 1.0
    if key not in inputs:
        return dict.fromkeys(inputs["mixed_returns"]["index"], float(key))
    values = inputs[key]["values"]
    index = inputs[key]["index"] or [str(each) for each in range(len(values))]
    begin = 1 if said.endswith("[1:]") else 0
    return {
        day: factor * float("nan" if each is None else each)
        for day, each in zip(index[begin:], values[begin:], strict=True)
    }


def in_common(one, other) -> tuple[Floats, Floats]:
    days = [day for day in one if day in other and not math.isnan(one[day] + other[day])]
    return np.array([one[day] for day in days]), np.array([other[day] for day in days])


def expect(found, value) -> None:
    if math.isnan(float(value)):
        assert found is None
    else:
        assert found == pytest.approx(float(value), abs=1e-8)


@pytest.mark.skipif(not PUBLISHED.exists(), reason="the folder of reference numbers is not here")
def test_alpha_beta_and_the_information_ratio_are_empyrical_s():
    table = json.loads(PUBLISHED.read_text())
    seen = 0
    for case in table["cases"]:
        metric, inputs = case["metric"], table["inputs"]
        if metric not in {"alpha", "beta", "alpha_beta", "excess_sharpe"}:
            continue
        other = "factor_returns" if metric == "excess_sharpe" else "benchmark"
        r, b = in_common(published(case, "returns", inputs), published(case, other, inputs))
        if metric == "beta":
            expect(benchmark.beta(r, b), case["expected"])
        elif metric == "alpha":
            expect(benchmark.alpha(r, b, 252), case["expected"])
        elif metric == "alpha_beta":
            expect(benchmark.alpha(r, b, 252), case["expected"][0])
            expect(benchmark.beta(r, b), case["expected"][1])
        else:  # theirs is not annualised
            expect(benchmark.information_ratio(r, b, 1), case["expected"])
        seen += 1
    assert seen == 18


def test_a_benchmark_that_covers_a_part_is_compared_on_that_part_and_told():
    result, other = run(wandering(60)), market(60).tail(20)
    found = compare(result, other)
    assert np.isnan(found.equity[:40]).all()
    assert found.equity[40] == result.equity[40]
    assert "MKT has prices on 20 of 60 rows; it is compared on those." in found.notes
    assert found.metrics["excess_return"] == pytest.approx(
        result.equity[-1] / result.equity[40] - other.close[-1] / other.close[0]
    )


def test_after_its_last_bar_a_benchmark_has_no_price():
    found = compare(run(wandering(60)), market(60).head(30))
    assert np.isnan(found.equity[30:]).all()


def test_a_row_without_its_own_bar_stands_at_the_last_price_and_is_told():
    found = compare(run(wandering(60)), without(market(60), 10, 11))
    assert found.equity[11] == found.equity[9]
    assert any(each.startswith("On 2 rows MKT has no bar of its own") for each in found.notes)


def test_raw_prices_are_told_to_leave_dividends_out():
    assert any(
        "its dividends are not counted" in each
        for each in compare(run(wandering(60)), market()).notes
    )


def test_too_little_in_common_or_another_interval_is_refused():
    with pytest.raises(NoDataError, match="MKT has prices on 2 rows of this run; 3 are needed"):
        compare(run(wandering(60)), market(60).tail(2))
    with pytest.raises(ParameterError, match="MKT has bars of 1 week, the run bars of 1 day"):
        compare(run(wandering(60)), market(60).resample(Interval.W1))


def test_what_is_not_defined_is_none():
    flat = named(bars([10.0] * 60), "FLT")
    found = compare(run(wandering(60)), flat).metrics
    assert found["beta"] is None
    assert found["alpha"] is None
    assert found["correlation"] is None
    assert found["sharpe"] is None
    assert benchmark.beta(np.ones(1), np.ones(1)) is None
    assert benchmark.correlation(np.ones(1), np.ones(1)) is None
    assert benchmark.alpha(np.full(5, -5.0), np.array([1.0, 2, 3, 4, 5]), 252) is None
