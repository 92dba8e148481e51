"""Scales of the price axis: where values are placed, what is written, and tiny and huge prices."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from math import log

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from puffin.data.bars import Bars, Interval
from puffling.ui.charts.frame import Frame, Scale
from puffling.ui.charts.scales import Reading, ScaleKind, price_text, quoted
from puffling.ui.charts.ticks import log_ticks
from tests.ui.charts.samples import is_color, make_bars, pixels

patient = settings(deadline=None)

SIZES = (1e-8, 3.7e-5, 1.0, 417.0, 1e6)
FRAME = Frame(10.0, 20.0, 300.0, 200.0, 0.0, 10.0, 1.0, 1_000.0)


def scaled(size: float, power: float = 1.0, count: int = 1_000) -> Bars:
    """Prices around a size; a power makes their ratios larger."""
    plain = make_bars(count, Interval.D1)
    columns = {
        name: (getattr(plain, name) / 100) ** power * size
        for name in ("open", "high", "low", "close")
    }
    return Bars("TEST", Interval.D1, plain.time, volume=plain.volume, **columns)


@patient
@given(st.floats(1e-9, 1e9), st.sampled_from(Scale), st.booleans())
def test_a_value_is_where_it_is_read(value: float, scale: Scale, inverted: bool):  # noqa: FBT001
    frame = replace(FRAME, y0=1e-9, y1=1e9, scale=scale, inverted=inverted)
    y = frame.y(value)
    assert frame.y(np.array([value]))[0] == pytest.approx(y)
    spare = 1e-5 if scale is Scale.LINEAR else 0.0
    assert frame.value_at(y) == pytest.approx(value, rel=1e-9, abs=spare)


def test_equal_ratios_are_equally_tall_on_a_logarithmic_scale():
    frame = replace(FRAME, scale=Scale.LOG)
    places = [frame.y(each) for each in (1.0, 10.0, 100.0, 1_000.0)]
    assert places == pytest.approx([220, 220 - 200 / 3, 220 - 400 / 3, 20])
    upside_down = replace(frame, inverted=True)
    assert [upside_down.y(each) for each in (1.0, 1_000.0)] == pytest.approx([20, 220])


def test_what_has_no_logarithm_is_far_below_and_no_error():
    frame = replace(FRAME, scale=Scale.LOG)
    assert frame.y(-5.0) > 10_000
    places = frame.y(np.array([np.nan, 0.0, 10.0]))
    assert np.isnan(places[0])
    assert places[1] > 10_000


@pytest.mark.parametrize("scale", Scale)
@pytest.mark.parametrize("inverted", [False, True])
def test_stretching_and_moving_go_by_pixels(scale: Scale, inverted: bool):  # noqa: FBT001
    frame = replace(FRAME, scale=scale, inverted=inverted)
    low, high = frame.stretched(0.5)
    assert frame.y(high) == pytest.approx(70 if not inverted else 170)
    assert frame.y(low) == pytest.approx(170 if not inverted else 70)
    value, (low, high) = frame.value_at(100), frame.moved(30)
    assert replace(frame, y0=low, y1=high).y(value) == pytest.approx(130)


@patient
@given(st.floats(-8, 6), st.floats(0.001, 12), st.floats(100, 1_500))
def test_marks_of_a_logarithmic_axis_are_round_apart_and_many_enough(
    power: float, decades: float, pixels: float
):
    low, high = 10.0**power, 10.0 ** (power + decades)
    ticks = log_ticks(low, high, pixels)
    assert all(low <= each <= high for each in ticks.values)
    apart = [log(later / one) / log(high / low) * pixels for one, later in pairwise(ticks.values)]
    assert all(each >= 39 for each in apart)
    assert len(ticks.values) >= pixels / 200 - 1
    assert len({price_text(value, places) for value, places in ticks.written()}) == len(
        ticks.values
    )


def test_marks_over_decades_are_their_powers():
    assert log_ticks(0.9, 1.1e6, 300).values == pytest.approx((1, 10, 100, 1e3, 1e4, 1e5, 1e6))
    assert log_ticks(5.0, 1.0, 300).values == ()
    wide = log_ticks(1e-8, 1e6, 200)
    assert [price_text(*each) for each in wide.written()][:2] == ["0.000001", "0.001"]


@pytest.mark.parametrize(
    ("price", "text"),
    [
        (1e6, "1,000,000.00"),
        (417.25, "417.25"),
        (0.5, "0.5000"),
        (0.0001234, "0.0001234"),
        (5e-6, "0.0₅5000"),
        (1.234e-8, "0.0₇1234"),
        (9.9996e-8, "0.0₆10000"),
        (-1.234e-8, "−0.0₇1234"),
        (0.0, "0.00"),
    ],
)
def test_prices_of_every_size_are_short_and_exact(price: float, text: str):
    assert quoted(price) == text


def test_percent_and_index_are_read_against_a_base():
    percent, indexed = Reading(50.0), Reading(50.0, 100.0)
    assert [percent.text(each, 1) for each in (50.0, 55.0, 45.0)] == ["0.0 %", "+10.0 %", "−10.0 %"]
    assert [indexed.text(each, 0) for each in (50.0, 55.0, 45.0)] == ["100", "110", "90"]
    assert percent.value(percent.shown(61.7)) == pytest.approx(61.7)
    ticks = percent.ticks(39.9, 60.1, 450, Scale.LINEAR)
    assert [percent.text(each, ticks.decimals) for each in ticks.values] == [
        "−20 %", "−15 %", "−10 %", "−5 %", "0 %", "+5 %", "+10 %", "+15 %", "+20 %",
    ]  # fmt: skip


@pytest.mark.parametrize("kind", ScaleKind, ids=lambda kind: kind.value)
@pytest.mark.parametrize("size", SIZES)
def test_every_scale_shows_every_price(chart, kind, size):
    bars = scaled(size)
    chart.set_bars(bars)
    chart.set_scale(kind)
    chart.show_last(100)
    frame, axis, colors = chart.pane.frame, chart.pane.axis, chart.surface.colors
    assert frame.y0 < bars.low[-90:].min() < bars.high[-90:].max() < frame.y1
    assert len(axis.ticks.values) >= 4
    assert axis.width_needed < 110
    shown = is_color(pixels(chart)[:, : int(frame.right)], colors.up, colors.down)
    rows = np.flatnonzero(shown.any(axis=1))
    assert rows.min() < frame.height * 0.25
    assert rows.max() > frame.height * 0.6


def test_percent_is_of_the_first_bar_in_view(chart):
    bars = scaled(100.0)
    chart.set_bars(bars)
    chart.set_scale(ScaleKind.PERCENT)
    chart.show_range(500.2, 600)
    axis = chart.pane.axis
    assert axis.text(float(bars.close[500])) == "0.00 %"
    assert axis.text(float(bars.close[500]) * 1.1) == "+10.00 %"
    chart.show_range(700.2, 800)
    assert axis.text(float(bars.close[700])) == "0.00 %"
    chart.set_scale(ScaleKind.INDEXED)
    assert axis.text(float(bars.close[700])) == "100.00"
    chart.set_scale(ScaleKind.LINEAR)
    assert axis.text(417.0) == "417.00"


def test_a_logarithmic_scale_gives_way_to_prices_below_nothing(chart):
    bars = scaled(10.0)
    sunk = {name: getattr(bars, name) - 12 for name in ("open", "high", "low", "close")}
    chart.set_bars(Bars("TEST", Interval.D1, bars.time, volume=bars.volume, **sunk))
    chart.set_scale(ScaleKind.LOG)
    scales = [chart.pane.frame.scale]
    chart.set_bars(scaled(10.0))
    scales.append(chart.pane.frame.scale)
    assert scales == [Scale.LINEAR, Scale.LOG]
    assert chart.scale is ScaleKind.LOG


def test_a_hand_on_the_axis_holds_on_any_scale_until_another_is_chosen(chart):
    chart.set_bars(scaled(100.0, 40))
    chart.set_scale(ScaleKind.LOG)
    before = chart.pane.frame
    chart.stretch(chart.pane, 0.5)
    ratio = chart.pane.frame.y1 / chart.pane.frame.y0
    assert ratio == pytest.approx((before.y1 / before.y0) ** 0.5)
    chart.set_scale(ScaleKind.LINEAR)
    assert chart.pane.manual is None


def test_the_axis_stays_where_it_is_until_it_follows_again(chart):
    chart.set_bars(scaled(100.0))
    assert chart.is_auto
    chart.set_auto(auto=False)
    before = chart.pane.frame
    chart.show_range(100, 300)
    assert (chart.pane.frame.y0, chart.pane.frame.y1) == (before.y0, before.y1)
    assert not chart.is_auto
    chart.set_auto(auto=True)
    assert (chart.pane.frame.y0, chart.pane.frame.y1) != (before.y0, before.y1)


def test_low_prices_are_at_the_top_when_it_is_upside_down(chart):
    chart.set_bars(scaled(100.0))
    chart.set_inverted(inverted=True)
    frame, colors = chart.pane.frame, chart.surface.colors
    assert frame.y(frame.y0) == frame.top
    assert is_color(pixels(chart), colors.up, colors.down).sum() > 1_000
    chart.set_inverted(inverted=False)
    assert frame.y(frame.y0) != chart.pane.frame.y(frame.y0)


def test_no_value_under_zero_is_marked_when_there_is_none(chart):
    chart.set_bars(scaled(400.0, 40.0, 3_000))
    chart.fit()
    assert chart.pane.frame.y0 < 0  # the room below, for what was traded
    assert min(chart.pane.axis.ticks.values) == 0
    chart.set_scale(ScaleKind.PERCENT)
    assert min(map(chart.pane.axis.reading.shown, chart.pane.axis.ticks.values)) >= -100
    chart.pane.manual = (-100.0, 400.0)  # taken in hand: all that is asked for
    chart.set_bars(scaled(400.0, 40.0, 3_000), keep_view=True)
    assert min(chart.pane.axis.ticks.values) < 0
