"""Moving a drawing moves what is meant, and nothing else."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from puffling.core.drawing_kinds import DrawingKind
from puffling.core.drawings import Anchor
from puffling.ui.charts.drawings.layer import distances
from puffling.ui.charts.drawings.moving import (
    completed,
    nudged,
    shifted,
    straightened,
    thinned,
    with_handle,
)
from tests.ui.charts.drawings.samples import LINEAR, LOG, Numbers, drawing_of

PLACES = [Numbers(LINEAR), Numbers(LOG)]


@pytest.mark.parametrize("places", PLACES, ids=["linear", "log"])
@pytest.mark.parametrize("kind", DrawingKind)
def test_there_and_back_is_where_it_was(kind, places):
    drawing = drawing_of(kind)
    there = shifted(drawing, 7, -33.0, places)
    back = shifted(there, -7, 33.0, places)
    assert [each.time for each in there.anchors] == [each.time + 7 for each in drawing.anchors]
    for was, now in zip(drawing.anchors, back.anchors, strict=True):
        assert now.time == was.time
        assert now.price == pytest.approx(was.price, abs=1e-3)


@given(st.integers(0, 99), st.floats(55, 145), st.integers(0, 99), st.floats(55, 145))
def test_the_other_side_of_a_channel_passes_through_the_point_and_begins_with_it(t, p, u, q):
    for places in PLACES:
        anchors = completed(
            DrawingKind.CHANNEL, [Anchor(t, p), Anchor(u, q), Anchor(50, 100.0)], places
        )
        assert anchors is not None
        start, end, other = anchors
        if t == u:
            continue
        assert other.time == t
        frame = places.frame
        slope = (frame.y(end.price) - frame.y(start.price)) / (u - t)
        at = frame.y(other.price) + slope * (50 - t)
        assert at == pytest.approx(frame.y(100.0), abs=1e-6)


def test_a_position_is_made_of_an_entry_and_its_target_or_its_stop():
    entry = Anchor(10, 100.0)

    def prices(kind, price):
        anchors = completed(kind, [entry, Anchor(40, price)], Numbers())
        assert anchors is not None
        return [each.price for each in anchors]

    assert prices(DrawingKind.LONG, 110.0) == [100, 110, 95]
    assert prices(DrawingKind.LONG, 95.0) == [100, 110, 95]
    assert prices(DrawingKind.SHORT, 90.0) == [100, 90, 105]
    assert prices(DrawingKind.SHORT, 105.0) == [100, 90, 105]


def test_target_and_stop_end_at_the_same_bar_whichever_is_dragged():
    drawing = drawing_of(DrawingKind.LONG)
    moved = with_handle(drawing, 2, Anchor(75, 85.0), Numbers())
    assert [each.time for each in moved.anchors] == [20, 75, 75]
    assert [each.price for each in moved.anchors] == [100, 120, 85]


@pytest.mark.parametrize("places", PLACES, ids=["linear", "log"])
def test_a_channel_keeps_its_width_when_its_beginning_is_dragged(places):
    drawing = drawing_of(DrawingKind.CHANNEL)
    moved = with_handle(drawing, 0, Anchor(25, 95.0), places)
    frame = places.frame

    def gap(each):
        return frame.y(each.anchors[2].price) - frame.y(each.anchors[0].price)

    assert gap(moved) == pytest.approx(gap(drawing))
    assert moved.anchors[2].time == 25


def test_keys_move_by_whole_bars_and_ticks_of_the_price():
    drawing = drawing_of(DrawingKind.TREND)
    whole = nudged(drawing, None, 3, -10, Numbers())
    assert whole.anchors == (Anchor(23, 79.9), Anchor(63, 119.9))
    one = nudged(drawing, 1, -1, 0, Numbers())
    assert one.anchors == (Anchor(20, 80.0), Anchor(59, 120.0))
    small = nudged(drawing_of(DrawingKind.HORIZONTAL, (5, 0.00012)), None, 0, 1, Numbers())
    assert 0 < small.anchors[0].price - 0.00012 < 1e-4


def test_shift_keeps_a_line_level_or_upright():
    assert straightened((100, 100), (180, 130)) == (180, 100)
    assert straightened((100, 100), (120, 30)) == (100, 30)


def test_too_few_points_show_nothing_yet():
    assert completed(DrawingKind.TREND, [], Numbers()) is None
    assert completed(DrawingKind.TREND, [Anchor(1, 1.0)], Numbers()) is None
    assert completed(DrawingKind.HORIZONTAL, [Anchor(1, 1.0)], Numbers()) is not None


@given(st.lists(st.tuples(st.floats(0, 500), st.floats(0, 500)), min_size=2, max_size=60))
def test_a_thinned_path_is_nowhere_far_from_the_one_that_was_drawn(path):
    points = np.array(path)
    kept = thinned(points, 0.7)
    assert (kept[0], kept[-1]) == (0, len(points) - 1)
    lines = np.hstack([points[kept[:-1]], points[kept[1:]]])
    for number, (x, y) in enumerate(points):
        piece = max(at for at, each in enumerate(kept[:-1]) if each <= number)
        assert distances(lines[piece : piece + 1], x, y)[0] <= 0.7 + 1e-6


def test_a_straight_stroke_keeps_its_two_ends():
    points = np.column_stack([np.arange(100.0), 2 * np.arange(100.0)])
    assert thinned(points, 0.7) == [0, 99]
