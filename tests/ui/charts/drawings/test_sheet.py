"""Lines reach exactly as far as they should, on any scale, and everything is placed by the frame."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from puffling.core.drawing_kinds import DrawingKind
from puffling.core.drawings import Anchor
from puffling.ui.charts.drawings.layer import boxed, distances
from puffling.ui.charts.drawings.shapes import plan_of
from puffling.ui.charts.drawings.sheet import MARGIN, Sheet, cut
from puffling.ui.charts.frame import Frame
from tests.ui.charts.drawings.samples import LINEAR, LOG, Numbers, drawing_of

PLACE = st.floats(-3_000, 3_000).map(lambda each: round(each, 2))
FRAME = Frame(100, 50, 400, 300, 0, 1, 0, 1)


def lay(drawing, frame=LINEAR, **more):
    return Sheet([plan_of(drawing, Numbers(frame, **more))]).lay(frame)


@given(
    st.tuples(PLACE, PLACE, PLACE, PLACE),
    st.booleans(),
    st.booleans(),
    st.sampled_from([0.0, 9.0]),
)
def test_a_line_is_cut_to_what_of_it_is_in_the_frame(line, before, after, period):
    x1, y1, x2, y2 = line
    whole = np.array([[x1, y1, x2, y2]])
    found, seen = cut(whole, np.array([before]), np.array([after]), np.array([period]), FRAME)
    length = float(np.hypot(x2 - x1, y2 - y1))
    if length == 0:
        assert not seen[0]
        return
    reach = 20_000 / length
    share = np.linspace(-reach if before else 0.0, 1 + reach if after else 1.0, 4_001)
    x, y = x1 + (x2 - x1) * share, y1 + (y2 - y1) * share
    inside = (x >= FRAME.left) & (x <= FRAME.right) & (y >= FRAME.top) & (y <= FRAME.bottom)
    if not seen[0]:
        assert not inside.any()
        return
    for px, py in zip(x[inside], y[inside], strict=True):
        assert distances(found, px, py)[0] < 1e-3
    ends = found.reshape(2, 2)
    off = (ends[:, 0] - x1) * (y2 - y1) - (ends[:, 1] - y1) * (x2 - x1)
    assert np.abs(off / length).max() < 1e-3
    slack = MARGIN + period + 1e-6
    assert (ends >= [FRAME.left - slack, FRAME.top - slack]).all()
    assert (ends <= [FRAME.right + slack, FRAME.bottom + slack]).all()


def test_a_dash_stays_where_it_is_when_the_chart_moves():
    lines = np.array([[-500.0, 100.0, 400.0, 100.0], [-503.5, 100.0, 396.5, 100.0]])
    no = np.zeros(2, dtype=bool)
    found, _ = cut(lines, no, no, np.full(2, 9.0), FRAME)
    steps = (found[:, 0] - lines[:, 0]) / 9.0
    assert steps == pytest.approx(np.round(steps))


@pytest.mark.parametrize("frame", [LINEAR, LOG], ids=["linear", "log"])
@pytest.mark.parametrize("kind", DrawingKind)
def test_every_kind_is_drawn_with_handles_where_its_anchors_are(kind, frame):
    drawing = drawing_of(kind, text="note")
    laid = lay(drawing, frame, price_of={each: 90 + each % 7 for each in range(100)})
    handles = laid.points[: len(drawing.anchors)]
    for anchor, (x, y) in zip(drawing.anchors, handles, strict=True):
        assert (x, y) == pytest.approx((frame.x(float(anchor.time)), frame.y(anchor.price)))
    assert np.isfinite(laid.lines).all()
    assert len(laid.lines) or kind is DrawingKind.TEXT
    assert "note" in " ".join(each.label.text for each in laid.labels)


@pytest.mark.parametrize("frame", [LINEAR, LOG], ids=["linear", "log"])
def test_levels_are_where_the_axis_has_their_price(frame):
    drawing = drawing_of(DrawingKind.FIB_RETRACEMENT, (10, 60.0), (50, 140.0))
    laid = lay(drawing, frame)
    level = [row for row in laid.lines if row[1] == row[3]]
    wanted = [frame.y(140 - ratio * 80) for ratio in drawing.levels]
    assert sorted(row[1] for row in level) == pytest.approx(sorted(wanted))
    assert laid.labels[3].label.text == "0.5  100.00"


@pytest.mark.parametrize("frame", [LINEAR, LOG], ids=["linear", "log"])
@pytest.mark.parametrize("kind", [DrawingKind.CHANNEL, DrawingKind.PITCHFORK])
def test_parallels_are_parallel_to_the_eye(kind, frame):
    laid = lay(drawing_of(kind), frame)
    slopes = [(y2 - y1) / (x2 - x1) for x1, y1, x2, y2 in laid.lines]
    if kind is DrawingKind.PITCHFORK:
        del slopes[1]  # between the two tines
    assert slopes == pytest.approx([slopes[0]] * len(slopes))


def test_rays_go_on_on_their_side_and_segments_do_not():
    def ends(kind):
        laid = lay(drawing_of(kind, (20, 100.0), (60, 100.0)))
        return sorted(laid.lines[0][[0, 2]])

    left, right = LINEAR.x(20.0), LINEAR.x(60.0)
    assert ends(DrawingKind.TREND) == [left, right]
    assert ends(DrawingKind.RAY) == [left, LINEAR.right + MARGIN]
    assert ends(DrawingKind.EXTENDED) == [-MARGIN, LINEAR.right + MARGIN]
    level = lay(drawing_of(DrawingKind.HORIZONTAL_RAY)).lines[0]
    assert list(level[[0, 2]]) == [left, LINEAR.right + MARGIN]


def test_a_regression_is_the_line_numpy_finds():
    closes = {each: 80 + 0.4 * each + (each % 5) for each in range(100)}
    drawing = drawing_of(DrawingKind.REGRESSION, (10, 1.0), (40, 1.0))
    plan = plan_of(drawing, Numbers(price_of=closes))
    index = np.arange(10, 41)
    values = np.array([closes[int(each)] for each in index])
    slope, base = np.polyfit(index, values, 1)
    (x1, y1), (x2, y2) = plan.points[2:4]
    assert (y1, y2) == pytest.approx((base + slope * x1, base + slope * x2))
    spread = np.std(values - base - slope * index)
    assert plan.points[4][1] - y1 == pytest.approx(2 * spread)


@pytest.mark.parametrize(
    ("anchors", "words"),
    [
        ([(10, 100.0), (34, 110.0)], "+10.00 (+10.00 %)"),
        ([(34, 110.0), (10, 99.0)], "−11.00 (−10.00 %)"),
    ],
)
def test_a_measure_says_how_far_and_how_long(anchors, words):
    day = 86_400 * 10**9
    drawing = drawing_of(DrawingKind.MEASURE, *anchors)
    laid = lay(drawing)
    first, second = laid.labels[0].label.text.split("\n")
    assert first == words
    assert second.startswith("24 bars" if anchors[0][0] < anchors[1][0] else "-24 bars")
    long = drawing.moved_to([Anchor(0, 1.0), Anchor(50 * day, 2.0)])
    assert lay(replace(long)).labels == []  # far out of view


def test_a_position_says_reward_to_risk_and_how_many_shares_the_risk_buys():
    drawing = drawing_of(DrawingKind.LONG, (20, 100.0), (60, 130.0), (60, 92.0), risk=500.0)
    target, stop, entry = (each.label.text for each in lay(drawing).labels)
    assert target == "Target 130.00  +30.00 (+30.00 %)"
    assert stop == "Stop 92.00  −8.00 (−8.00 %)"
    assert entry == "Long 100.00  ·  reward : risk 3.75  ·  62 shares risk 496.00"
    flat = drawing_of(DrawingKind.LONG, (20, 100.0), (60, 130.0), (60, 100.0), risk=500.0)
    assert lay(flat).labels[2].label.text == "Long 100.00"


def test_what_is_far_out_of_view_costs_no_lines_and_breaks_nothing():
    away = drawing_of(DrawingKind.RECTANGLE, (10**9, 1e11), (2 * 10**9, 2e11))
    laid = lay(away)
    assert (len(laid.lines), laid.areas, laid.labels) == (0, [], [])
    below = drawing_of(DrawingKind.TREND, (10, -50.0), (60, 120.0))
    assert np.isfinite(lay(below, LOG).lines).all()


def test_many_drawings_lay_out_as_each_does_alone():
    drawings = [drawing_of(kind) for kind in DrawingKind]
    plans = [plan_of(each, Numbers()) for each in drawings]
    together = Sheet(plans).lay(LINEAR)
    for owner, plan in enumerate(plans):
        alone = Sheet([plan]).lay(LINEAR)
        assert together.lines[together.owners == owner] == pytest.approx(alone.lines)


def test_level_and_upright_lines_become_boxes_of_whole_pixels_around_them():
    lines = np.array([[10.0, 50.4, 300.0, 50.4], [80.2, 200.0, 80.2, 20.0]])
    assert boxed(lines, 2.0, 1.0).tolist() == [[10, 49, 291, 2], [79, 20, 2, 181]]
    fine = boxed(lines, 1.5, 2.0)
    assert fine.tolist() == [[10, 49.5, 290.5, 1.5], [79.5, 20, 1.5, 180.5]]
