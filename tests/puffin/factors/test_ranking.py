"""Rank correlations, quantiles, turnover and weights are those of alphalens’ own test tables."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from puffin.errors import ParameterError
from puffin.factors import ranking
from tests.puffin.factors.market import REFERENCE, needs_reference

GROUPS = np.array([1, 1, 2, 2])
TABLES = arrays.arrays(
    np.float64,
    st.tuples(st.integers(1, 15), st.integers(2, 7)),
    elements=st.one_of(st.integers(-4, 4).map(float), st.just(np.nan)),
)


def near(found, wanted):
    np.testing.assert_allclose(found, wanted, rtol=0, atol=1e-8)


def rows_of(name):
    found = json.loads((REFERENCE / "numeric/factor_alphalens.json").read_text())["tests"][name]
    assert found["rows"]
    return [dict(zip(found["args"], row, strict=True)) for row in found["rows"]]


def table(values, columns=4):
    return np.array(values, np.float64).reshape(-1, columns)


def adjusted(later, row):
    return ranking.demeaned_by_group(later, GROUPS) if row["group_adjust"] else later


@needs_reference
def test_information_coefficients_are_those_of_the_reference():
    for row in rows_of("test_information_coefficient"):
        factor = table([each[0] for each in row["factor_data"]["values"]])
        later = adjusted(table(row["forward_returns"]), row)
        if row["by_group"]:
            # There the groups are read day by day: they change from the first to the second.
            groups = table([each[1] for each in row["factor_data"]["values"]])
            found = []
            for day in range(2):
                for group in (1, 2):
                    inside = groups[day] == group
                    found += ranking.information_coefficients(
                        factor[day : day + 1, inside], later[day : day + 1, inside]
                    ).tolist()
        else:
            found = ranking.information_coefficients(factor, later).tolist()
        near(found, row["expected_ic_val"])


@needs_reference
def test_mean_information_coefficients_are_those_of_the_reference():
    for row in rows_of("test_mean_information_coefficient"):
        factor = table([each[0] for each in row["factor_data"]["values"]])
        found = ranking.information_coefficients(factor, table(row["forward_returns"]))
        wanted = set(row["expected_ic_val"])
        # Days, a week and each group alike: every mean of these is 1 or -1.
        assert {float(each) for each in np.round(found, 8)} == wanted
        assert found.mean() == pytest.approx(wanted.pop())


@needs_reference
def test_quantile_returns_are_those_of_the_reference():
    for row in rows_of("test_mean_return_by_quantile"):
        prices = np.array([np.array(row["daily_rets"]) ** day for day in range(1, 5)])
        later = prices[1:] / prices[:-1] - 1
        labels = ranking.bins(np.array(row["factor"], np.float64), row["bins"])
        parts = [[0, 1, 2], [3, 4, 5]] if row["by_group"] else [list(range(6))]
        means = [
            ranking.quantile_returns(labels[:, part], later[:, part], row["bins"]).mean
            for part in parts
        ]
        found = np.array(means).T.ravel()
        wanted = [each for each in row["expected_data"] if each is not None]
        near(found[np.isfinite(found)], wanted)


@needs_reference
def test_turnover_is_that_of_the_reference():
    for row in rows_of("test_quantile_turnover"):
        found = ranking.quantile_turnover(
            np.array(row["quantile_values"]), int(row["test_quantile"]), row["period"]
        )
        near(found, np.array(row["expected_vals"], np.float64))


@needs_reference
def test_rank_autocorrelation_is_that_of_the_reference():
    for row in rows_of("test_factor_rank_autocorrelation"):
        found = ranking.rank_autocorrelations(np.array(row["factor_values"]), row["period"])
        near(found, np.array(row["expected_vals"], np.float64))


@needs_reference
def test_weights_are_those_of_the_reference():
    for row in rows_of("test_factor_weights"):
        factor = np.array(row["factor_vals"], np.float64)
        named = json.loads(row["groups"].replace("'", '"'))
        groups = np.array([int(named[each][-1]) for each in row["tickers"]])
        found = ranking.weights(
            factor,
            demeaned=bool(row["demeaned"]),
            equal=bool(row["equal_weight"]),
            groups=groups if row["group_adjust"] else None,
        )
        wanted = np.array(row["expected_vals"], np.float64)
        near(found[~np.isnan(factor)], wanted)


@needs_reference
def test_returns_of_those_who_follow_are_those_of_the_reference():
    for row in rows_of("test_factor_returns"):
        held = ranking.weights(
            table(row["factor_vals"]), groups=GROUPS if row["group_adjust"] else None
        )
        found = ranking.followed(held, table(row["fwd_return_vals"]))
        near(found, np.array(row["expected_vals"], np.float64))


@needs_reference
def test_alpha_and_beta_are_those_of_the_reference():
    (row,) = rows_of("test_factor_alpha_beta")
    factor = table([1, 2, 3, 4, 4, 3, 2, 1])
    later = table(row["fwd_return_vals"])
    found = ranking.alpha_beta(ranking.followed(ranking.weights(factor), later), later)
    assert found is not None
    assert (1 + found[0]) ** 252 - 1 == pytest.approx(row["alpha"], abs=1e-8)
    assert found[1] == pytest.approx(row["beta"], abs=1e-8)


@settings(deadline=None)  # the first call imports pandas
@given(TABLES, TABLES)
def test_information_coefficients_are_spearmans(one, two):
    pd = pytest.importorskip("pandas")
    rows, columns = (min(one.shape[each], two.shape[each]) for each in (0, 1))
    one, two = one[:rows, :columns], two[:rows, :columns]
    found = ranking.information_coefficients(one, two)
    for row in range(rows):
        both = ~np.isnan(one[row]) & ~np.isnan(two[row])
        first, second = one[row, both], two[row, both]
        if len(set(first)) < 2 or len(set(second)) < 2:
            assert np.isnan(found[row])
        else:
            ranks = (pd.Series(each).rank() for each in (first, second))
            assert found[row] == pytest.approx(np.corrcoef(*ranks)[0, 1], abs=1e-9)


@settings(deadline=None)
@given(TABLES, st.integers(2, 5))
def test_quantiles_and_bins_are_those_of_pandas(factor, count):
    pd = pytest.importorskip("pandas")
    labels, wide = ranking.quantiles(factor, count), ranking.bins(factor, count)
    for row, values in enumerate(factor):
        there = ~np.isnan(values)
        assert np.isnan(labels[row, ~there]).all()
        if len(set(values[there])) < 2:
            continue
        cut = pd.cut(values[there], count, labels=False) + 1
        np.testing.assert_array_equal(wide[row, there], cut)
        edges = np.quantile(values[there], np.arange(count + 1) / count)
        if len(set(edges)) == count + 1:
            cut = pd.qcut(values[there], count, labels=False) + 1
            np.testing.assert_array_equal(labels[row, there], cut)


def test_quantiles_of_many_symbols_are_equally_many():
    factor = np.random.default_rng(1).normal(size=(50, 100))
    labels = ranking.quantiles(factor, 5)
    for each in range(1, 6):
        assert ((labels == each).sum(axis=1) == 20).all()
    top, next_to_it = (factor[0][labels[0] == each] for each in (5, 4))
    assert top.min() > next_to_it.max()


def test_quantile_returns_can_be_checked_by_hand():
    labels = np.array([[1.0, 1, 2], [1, 2, 2], [np.nan, 2, 2]])
    later = np.array([[0.1, 0.3, 0.5], [0.2, 0.0, 0.4], [0.9, np.nan, 0.3]])
    found = ranking.quantile_returns(labels, later, 2)
    near(found.by_row, [[0.2, 0.5], [0.2, 0.2], [np.nan, 0.3]])
    near(found.mean, [0.2, 1 / 3])
    near(found.error, [0, np.std([0.5, 0.2, 0.3], ddof=1) / 3**0.5])
    assert found.rows.tolist() == [2, 3]


@pytest.mark.parametrize("count", [0, 1, 21])
def test_too_few_or_many_quantiles_are_refused(count):
    for cut in (ranking.quantiles, ranking.bins):
        with pytest.raises(ParameterError, match=f"2 to 20 quantiles, not {count}"):
            cut(np.zeros((2, 2)), count)


def test_equal_weights_are_as_much_long_as_short():
    found = ranking.weights(np.array([[0.0, 0.5, 1, 1, 1, 5]]), equal=True)
    np.testing.assert_allclose(found, [[-0.25, -0.25, 0, 0, 0, 0.5]])


def test_a_market_that_never_moves_has_no_beta():
    later = np.zeros((5, 3))
    assert ranking.alpha_beta(np.zeros(5), later) is None
    assert ranking.alpha_beta(np.full(5, np.nan), later) is None


def test_rows_without_a_value_stay_unknown():
    nothing = np.full((3, 4), np.nan)
    assert np.isnan(ranking.quantiles(nothing, 2)).all()
    assert np.isnan(ranking.bins(nothing, 2)).all()
    assert np.isnan(ranking.weights(nothing, equal=True)).all()
    assert np.isnan(ranking.followed(nothing, nothing)).all()
    assert np.isnan(ranking.quantile_turnover(nothing, 1, 5)).all()
