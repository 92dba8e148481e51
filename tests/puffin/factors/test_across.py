"""Figures across symbols are those of pandas, row by row."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from puffin.factors import across

pd = pytest.importorskip("pandas")

TABLES = arrays.arrays(
    np.float64,
    st.tuples(st.integers(1, 20), st.integers(1, 8)),
    elements=st.one_of(st.integers(-5, 5).map(float), st.just(np.nan)),
)


@settings(deadline=None)
@given(TABLES)
def test_ranks_are_those_of_pandas(values):
    frame = pd.DataFrame(values)
    np.testing.assert_allclose(across.places(values), frame.rank(axis=1).to_numpy())
    np.testing.assert_allclose(across.rank(values), frame.rank(axis=1, pct=True).to_numpy())


@settings(deadline=None)
@given(TABLES)
def test_means_and_sizes_are_those_of_pandas(values):
    frame = pd.DataFrame(values)
    wanted = frame.sub(frame.mean(axis=1), axis=0).to_numpy()
    np.testing.assert_allclose(across.demean(values), wanted, atol=1e-12)
    size = frame.abs().sum(axis=1).replace(0, np.nan)
    np.testing.assert_allclose(across.scale(values), frame.div(size, axis=0).to_numpy())


def test_no_symbol_has_no_place():
    assert across.places(np.empty((3, 0))).shape == (3, 0)
    assert np.isnan(across.known(np.full((2, 2), np.nan))).all()
