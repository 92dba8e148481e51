"""Averages on a chart: read, remembered, and followed bar by bar."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from puffling.ui.charts.studies import Study, StudyKind, studies_from

patient = settings(deadline=None)  # a busy computer is no failure

kinds = st.sampled_from(StudyKind)


@patient
@given(kinds, st.integers(2, 40), st.integers(2, 120), st.integers(0, 50))
def test_the_last_value_is_the_one_a_whole_computation_gives(
    kind: StudyKind, window: int, count: int, seed: int
):
    close = np.random.default_rng(seed).uniform(50, 150, count)
    study = Study(kind, window)
    whole = study.over(close)
    line = whole.copy()
    line[-1] = np.nan
    assert np.isclose(study.last(close, line), whole[-1], equal_nan=True)


@pytest.mark.parametrize("window", [-1, 0, 1, 501])
def test_a_window_that_cannot_be_drawn_is_refused(window: int):
    with pytest.raises(ValueError, match="2 to 500 bars"):
        Study(StudyKind.SMA, window)


def test_titles_are_short_and_meanings_are_in_full():
    assert Study(StudyKind.EMA, 26).title == "EMA 26"
    assert StudyKind.SMA.meaning == "Simple moving average"
    assert StudyKind.EMA.meaning == "Exponential moving average"


def test_remembered_studies_are_read_and_nonsense_is_passed_over():
    kept = [
        ["sma", 20],
        ["ema", 50],
        ["sma", 20],
        ["rsi", 14],
        ["sma", 1],
        ["sma"],
        7,
        ["sma", "x"],
    ]
    assert studies_from(kept) == (Study(StudyKind.SMA, 20), Study(StudyKind.EMA, 50))
    assert studies_from(None) == ()
    assert studies_from({"sma": 20}) == ()
