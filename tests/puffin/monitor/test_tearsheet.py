from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from puffin import measures
from puffin.errors import NoDataError, ParameterError
from puffin.monitor.tearsheet import drawdowns, figures, sheet

DAY = 86_400_000_000_000
FIRST = 1_338_508_800_000_000_000  # 1 June 2012


def days(count: int):
    return FIRST + DAY * np.arange(count, dtype=np.int64)


def walk(count: int = 300):
    return 100 * np.cumprod(1 + np.random.default_rng(5).normal(0.0005, 0.01, count))


def test_figures_are_those_of_the_measures():
    time, values = days(300), walk()
    changes, found = measures.returns(values), figures(time, values)
    assert found["total_return"] == measures.total_return(values)
    assert found["sharpe"] == measures.sharpe(changes, 252.0)
    assert found["sortino"] == measures.sortino(changes, 252.0)
    assert found["max_drawdown"] == measures.max_drawdown(values)
    assert found["best_day"] == changes.max()
    assert found["worst_day"] == changes.min()
    assert found["value_at_risk"] == pytest.approx(-np.quantile(changes, 0.05))
    assert all(each is not None for each in found.values())


def test_a_short_history_has_no_yearly_rate_and_no_tail():
    found = figures(days(10), walk(10))
    assert found["cagr"] is found["calmar"] is found["value_at_risk"] is found["skewness"] is None
    assert found["total_return"] is not None


def test_drawdowns_are_listed_the_deepest_first_with_their_days():
    values = np.array([100, 90, 100, 101, 80, 70, 102, 100.0])
    found = drawdowns(days(8), values)
    assert [(each.peak, each.trough, each.recovered) for each in found] == [
        (date(2012, 6, 4), date(2012, 6, 6), date(2012, 6, 7)),
        (date(2012, 6, 1), date(2012, 6, 2), date(2012, 6, 3)),
        (date(2012, 6, 7), date(2012, 6, 8), None),
    ]
    assert found[0].depth == pytest.approx(70 / 101 - 1)
    assert [each.days for each in found] == [3, 2, 1]
    assert found[0].depth == measures.max_drawdown(values)


def test_a_curve_that_only_rises_has_no_drawdown():
    assert drawdowns(days(4), np.array([1.0, 2, 3, 4])) == ()


def test_a_sheet_has_everything_and_a_benchmark_beside():
    time, values = days(300), walk()
    found = sheet("Account", time, values, benchmark=("SPY", values**0.5))
    assert found.against is not None
    assert found.against.sessions == 299
    assert found.against.own == pytest.approx(found.figures["total_return"])
    assert sum(each.count for each in found.daily) == 299
    assert [each.year for each in found.months] == [2012, 2013]
    kept = [each for row in found.months for each in row.months if each is not None]
    assert np.prod([1 + each for each in kept]) == pytest.approx(values[-1] / values[0])


def test_fewer_than_five_values_are_refused_with_their_number():
    with pytest.raises(NoDataError, match="needs 5 values; there are 4"):
        sheet("Account", days(4), walk(4))


def test_equity_below_zero_and_times_that_stand_still_are_refused():
    values = walk(10)
    with pytest.raises(ParameterError, match="above zero"):
        sheet("Account", days(10), values - values[5])
    with pytest.raises(ParameterError, match="time of its own"):
        sheet("Account", np.zeros(10, np.int64), values)
