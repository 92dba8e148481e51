"""Bars made of bars, against loops that take one bar after the other."""

from __future__ import annotations

from math import floor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from puffling.ui.charts.heikin_ashi import HeikinAshi
from puffling.ui.charts.pyramid import BarPyramid, Columns
from puffling.ui.charts.renko import MOST_BRICKS, Change, Renko, box_of, usual_box
from tests.ui.charts.samples import make_bars

patient = settings(deadline=None, max_examples=60)  # a busy computer is no failure

eighths = st.integers(8, 240).map(lambda each: each / 8)  # edges of boxes are met exactly
walks = st.lists(eighths, min_size=1, max_size=120)


def closing(prices: list[float]) -> BarPyramid:
    close = np.array(prices)
    volume = np.arange(1.0, len(close) + 1)
    time = np.arange(len(close), dtype=np.int64) * 60_000_000_000
    return BarPyramid(time, Columns(close, close + 1, close - 1, close, volume))


def grown(prices: list[float]) -> tuple[BarPyramid, Renko, list[Change]]:
    """Bricks that followed every close, with a passing price in each bar."""
    bars = closing(prices[:1])
    renko, changes = Renko(bars, 1.0), []
    for at, price in enumerate(prices):
        if at:
            bars.append(at * 60_000_000_000, (price, price + 1, price - 1, price, at + 1.0))
            changes.append(renko.follow())
        for passing in (price + 3.3, price - 2.2, price):
            bars.set_last((price, price + 1, price - 1, passing, at + 1.0))
            changes.append(renko.follow())
    return bars, renko, changes


def bricks_of(prices: list[float], box: float) -> list[tuple[float, float]]:
    bricks: list[tuple[float, float]] = []
    for price in prices:
        if not bricks:
            bricks.append((floor(price / box) * box, floor(price / box) * box + box))
            continue
        while price >= max(bricks[-1]) + box:
            bricks.append((max(bricks[-1]), max(bricks[-1]) + box))
        while price <= min(bricks[-1]) - box:
            bricks.append((min(bricks[-1]), min(bricks[-1]) - box))
    return bricks


@patient
@given(walks)
def test_bricks_are_those_of_a_plain_loop(prices: list[float]):
    made = Renko(closing(prices), 1.0).made
    assert list(zip(made.open.tolist(), made.close.tolist(), strict=True)) == bricks_of(prices, 1.0)
    assert (np.diff(made.time) > 0).all()


@patient
@given(walks)
def test_live_bricks_are_those_of_the_whole(prices: list[float]):
    bars, live, _ = grown(prices)
    whole = Renko(bars, 1.0).made
    for one, other in zip(
        (live.made.open, live.made.close, live.made.volume, live.made.time),
        (whole.open, whole.close, whole.volume, whole.time),
        strict=True,
    ):
        assert one.tolist() == other.tolist()
    assert live.made.extremes(0, len(whole)) == whole.extremes(0, len(whole))


def test_a_price_that_comes_back_takes_its_bricks_along():
    bars = closing([10.0, 12.5])
    renko = Renko(bars, 1.0)
    assert renko.made.close.tolist() == [11.0, 12.0]
    bars.set_last((12.5, 13, 12, 11.9, 2.0))
    assert renko.follow() is Change.MORE
    assert renko.made.close.tolist() == [11.0]
    bars.set_last((12.5, 13, 12, 12.6, 3.0))
    assert renko.follow() is Change.LAST
    bars.set_last((12.5, 13, 12, 12.7, 3.0))
    assert renko.follow() is Change.NONE
    bars.set_last((12.5, 13, 12, 13.1, 4.0))
    assert renko.follow() is Change.MORE
    assert renko.made.close.tolist() == [11.0, 12.0, 13.0]


def test_what_was_traded_is_in_the_last_brick_of_its_bar():
    made = Renko(closing([10.0, 10.5, 10.2, 12.1, 14.0]), 1.0).made
    assert made.volume.tolist() == [1.0, 9.0, 0.0, 5.0]


@pytest.mark.parametrize(
    ("price", "move", "box"), [(100.0, 1.234, 1.2), (1e-8, 1.9e-10, 1.9e-10), (1e6, 9_876, 9_900)]
)
def test_a_box_is_the_mean_true_range_to_two_figures(price: float, move: float, box: float):
    close = np.full(40, price)
    time = np.arange(40, dtype=np.int64)
    bars = BarPyramid(time, Columns(close, close + move / 2, close - move / 2, close, close))
    assert usual_box(bars) == pytest.approx(box)


def test_a_box_is_found_where_nothing_moves_or_nothing_is():
    assert usual_box(closing([50.0])) == 0.5
    assert usual_box(BarPyramid.empty()) == 1.0
    still = np.full(30, 20.0)
    time = np.arange(30, dtype=np.int64)
    assert usual_box(BarPyramid(time, Columns(still, still, still, still, still))) == 0.2
    assert len(Renko(BarPyramid.empty(), 1.0).made) == 0


def heikin_ashi(bars: BarPyramid) -> np.ndarray:
    rows: list[tuple[float, float, float, float]] = []
    columns = (bars.open, bars.high, bars.low, bars.close)
    for one, high, low, last in zip(*(each.tolist() for each in columns), strict=True):
        close = (one + high + low + last) / 4
        opened = (rows[-1][0] + rows[-1][3]) / 2 if rows else (one + last) / 2
        rows.append((opened, max(high, opened, close), min(low, opened, close), close))
    return np.array(rows)


@patient
@given(st.integers(1, 400), st.integers(0, 5))
def test_heikin_ashi_is_that_of_a_plain_loop(count: int, seed: int):
    bars = BarPyramid.of(make_bars(count, seed=seed))
    made = HeikinAshi(bars).made
    got = np.column_stack([made.open, made.high, made.low, made.close])
    assert np.allclose(got, heikin_ashi(bars), rtol=1e-12)


def test_heikin_ashi_follows_its_live_end():
    whole = make_bars(200)
    bars = BarPyramid.of(whole.head(100))
    ashi = HeikinAshi(bars)
    for at in range(100, 200):
        close = float(whole.close[at])
        first = (close, close, close, close, 1.0)
        bars.append(int(whole.time[at]), first)
        ashi.follow()
        high, low = float(whole.high[at]), float(whole.low[at])
        bars.set_last((float(whole.open[at]), high, low, close, float(whole.volume[at])))
        ashi.follow()
    made = ashi.made
    got = np.column_stack([made.open, made.high, made.low, made.close])
    assert np.allclose(got, heikin_ashi(bars), rtol=1e-12)
    assert made.extremes(0, 200) == (made.low.min(), made.high.max())


def test_a_price_on_the_edge_of_a_box_ends_a_brick():
    made = Renko(closing([12.9, 11.5, 11.0]), 1.0).made
    assert made.close.tolist() == [13.0, 11.0]


def test_a_box_is_larger_where_the_usual_one_would_lay_bricks_without_end():
    prices = np.geomspace(2e9, 12.0, 3_000)  # a fund that lost nearly all, adjusted for splits
    bars = closing(prices.tolist())
    box = box_of(bars, usual_box(bars))
    assert box > usual_box(bars)
    assert MOST_BRICKS / 2 < len(Renko(bars, box).made) <= MOST_BRICKS
    quiet = closing([10.0, 11.0, 12.0, 11.5])
    assert box_of(quiet, 0.5) == 0.5
