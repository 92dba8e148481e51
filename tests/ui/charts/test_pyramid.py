"""The pyramid against brute force: nothing may be lost at any zoom."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from puffling.ui.charts.ladder import BASE, FLOOR
from puffling.ui.charts.pyramid import BarPyramid, Columns, LinePyramid

patient = settings(deadline=None)  # a busy computer is no failure

sizes = st.integers(1, 3_000)
prices = st.floats(0.01, 1e6)


def bars(count: int, seed: int = 0) -> tuple[np.ndarray, Columns]:
    rng = np.random.default_rng(seed)
    close = 100 * np.exp(np.cumsum(rng.normal(0, 0.01, count)))
    opens = np.concatenate([close[:1], close[:-1]])
    high = np.maximum(opens, close) * (1 + rng.random(count) / 100)
    low = np.minimum(opens, close) * (1 - rng.random(count) / 100)
    volume = rng.integers(0, 10_000, count).astype(float)
    return np.arange(count, dtype=np.int64), Columns(opens, high, low, close, volume)


def groups(values: np.ndarray, level: int) -> list[np.ndarray]:
    step = BASE**level
    return [values[start : start + step] for start in range(0, len(values), step)]


def check_levels(pyramid: BarPyramid) -> None:
    base = pyramid.columns(0)
    for level in range(pyramid.top + 1):
        got = pyramid.columns(level)
        assert got.open.tolist() == [each[0] for each in groups(base.open, level)]
        assert got.high.tolist() == [each.max() for each in groups(base.high, level)]
        assert got.low.tolist() == [each.min() for each in groups(base.low, level)]
        assert got.close.tolist() == [each[-1] for each in groups(base.close, level)]
        assert np.allclose(got.volume, [each.sum() for each in groups(base.volume, level)])


@patient
@given(sizes, st.integers(0, 99))
def test_every_level_equals_brute_force(count: int, seed: int):
    check_levels(BarPyramid(*bars(count, seed)))


@patient
@given(sizes, st.data())
def test_extremes_of_any_part_are_exact(count: int, data: st.DataObject):
    time, columns = bars(count)
    start = data.draw(st.integers(0, count - 1))
    stop = data.draw(st.integers(start + 1, count))
    expected = columns.low[start:stop].min(), columns.high[start:stop].max()
    assert BarPyramid(time, columns).extremes(start, stop) == expected


@patient
@given(
    st.integers(1, 700),
    st.lists(
        st.tuples(st.sampled_from(["append", "change", "cut"]), prices, prices, sizes), max_size=60
    ),
)
def test_live_bars_leave_it_as_if_built_at_once(
    count: int, updates: list[tuple[str, float, float, int]]
):
    pyramid = BarPyramid(*bars(count))
    for what, one, other, size in updates:
        values = (one, max(one, other), min(one, other), other, 5.0)
        match what:
            case "append":
                pyramid.append(len(pyramid), values)
            case "change":
                pyramid.set_last(values)
            case _:
                pyramid.cut(max(1, len(pyramid) - size % 90))
    check_levels(pyramid)
    base = pyramid.columns(0)
    assert pyramid.extremes(0, len(pyramid)) == (base.low.min(), base.high.max())


def test_what_was_cut_to_nothing_grows_again():
    pyramid = BarPyramid(*bars(500))
    pyramid.cut(0)
    assert len(pyramid) == 0
    assert all(map(math.isnan, pyramid.extremes(0, 0)))
    for _ in range(300):
        pyramid.append(len(pyramid), (1.0, 2.0, 0.5, 1.5, 1.0))
    check_levels(pyramid)


def test_levels_are_added_while_it_grows():
    pyramid = BarPyramid(*bars(FLOOR))
    assert pyramid.top == 0
    for _ in range(FLOOR * BASE * BASE):
        pyramid.append(len(pyramid), (1.0, 2.0, 0.5, 1.5, 1.0))
    assert pyramid.top >= 2
    check_levels(pyramid)


def test_a_column_never_holds_more_bars_than_asked_for():
    pyramid = BarPyramid(*bars(100_000))
    for most in (0.01, 1.0, 3.99, 4.0, 17.0, 64.0, 65.0):
        level = pyramid.level_within(most)
        assert BASE**level <= max(1.0, most) < BASE ** (level + 1)
    assert pyramid.level_within(1e12) == pyramid.top


def test_it_borrows_what_it_is_given_and_never_changes_it():
    time, columns = bars(500)
    before = columns.close.copy()
    pyramid = BarPyramid(time, columns)
    assert np.shares_memory(pyramid.close, columns.close)
    pyramid.set_last((1.0, 1.0, 1.0, 1.0, 1.0))
    assert columns.close.tolist() == before.tolist()
    while pyramid.take_over():
        pass
    assert not np.shares_memory(pyramid.time, time)
    assert not np.shares_memory(pyramid.columns(0).open, columns.open)


@patient
@given(arrays.arrays(np.float64, sizes, elements=prices), st.integers(0, 400), st.data())
def test_a_line_that_begins_later_keeps_its_extremes(
    values: np.ndarray, missing: int, data: st.DataObject
):
    values[:missing] = math.nan
    line = LinePyramid(values.copy())
    start = data.draw(st.integers(0, len(values) - 1))
    stop = data.draw(st.integers(start + 1, len(values)))
    part = values[start:stop]
    low, high = line.extremes(start, stop)
    if np.isnan(part).all():
        assert math.isnan(low)
        assert math.isnan(high)
    else:
        assert (low, high) == (np.nanmin(part), np.nanmax(part))
    for level in range(line.top + 1):
        lows, highs = line.bounds(level, 0, len(values))
        for low, high, group in zip(lows, highs, groups(values, level), strict=True):
            if not np.isnan(group).all():
                assert (low, high) == (np.nanmin(group), np.nanmax(group))


def test_a_line_follows_its_live_end():
    line = LinePyramid(np.full(300, math.nan))
    line.set_last(5.0)
    line.append(7.0)
    assert line.extremes(0, 301) == (5.0, 7.0)
    assert line.values[-2:].tolist() == [5.0, 7.0]
    assert line.level_within(300.0) == line.top == 2


def test_an_empty_part_has_no_extremes():
    pyramid = BarPyramid(*bars(10))
    assert all(map(math.isnan, pyramid.extremes(5, 5)))
