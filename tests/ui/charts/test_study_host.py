"""Studies on a chart: drawn, followed, told, moved and taken away."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest

from puffin.data.bars import Interval
from puffling.services.study_offers import COMPARE, PATTERNS, PROFILE, SPECIAL, offers
from puffling.services.study_specs import StudySpec, spec_of
from puffling.ui.charts.pyramid import BarPyramid
from puffling.ui.charts.study_kinds import CompareView, IndicatorView, PatternView, ProfileView
from puffling.ui.charts.study_layers import columns_of
from puffling.ui.charts.study_track import Track
from puffling.ui.charts.study_view import StudyReading, value_text
from tests.ui.charts.samples import Paints, is_color, live, make_bars, pixels

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from puffling.ui.charts.chart import PriceChart

IDS = [each for each in offers() if each not in {one.id for one in SPECIAL}]
SETS = [IDS[start : start + 12] for start in range(0, len(IDS), 12)]


def said(chart: PriceChart) -> str:
    """What all legends say."""
    return " ".join(chart._legends[pane].text for pane in chart.panes)


def is_drawn(view: CompareView) -> bool:
    """Whether there is a line for every bar."""
    return view.line is not None and len(view.line) == len(view.pyramid)


@pytest.mark.parametrize("names", SETS, ids=lambda each: each[0])
def test_every_indicator_of_the_catalogue_is_drawn_and_followed(chart, names):
    bars = make_bars(400, Interval.D1)
    chart.set_bars(bars.head(390))
    for name in names:
        chart.set_studies([StudySpec(name)])
        chart.show_last(120)
        chart.grab()
        for count in (391, 400):
            chart.update_last(bars.head(count).tail(count - 389))
        chart.grab()
        (view,) = chart.studied.views
        if not isinstance(view, IndicatorView):
            continue
        assert view.track is not None
        assert view.spec.offer.indicator is not None
        wanted = view.spec.offer.indicator.study(bars, view.spec.typed)
        for key, line in view.track.lines.items():
            scale = float(np.nanmax(np.abs(wanted[key]), initial=1e-6))
            np.testing.assert_allclose(
                line.values[-12:], wanted[key][-12:], rtol=1e-9, atol=1e-9 * scale
            )
        assert len(chart.panes) == (1 if view.spec.on_price else 2)


def test_studies_share_a_chart_and_keep_what_is_there(chart):
    chart.set_bars(make_bars(600))
    first = [spec_of(each) for each in ("ema 50", "rsi", "macd")]
    chart.set_studies(first)
    before = {each.spec: each for each in chart.studied.views}
    assert len(chart.panes) == 3
    chart.set_studies([first[0], first[2], spec_of("bollinger")])
    after = {each.spec: each for each in chart.studied.views}
    assert len(chart.panes) == 2
    assert after[first[2]] is before[first[2]]
    assert "RSI 14" not in said(chart)
    for word in ("EMA 50", "BB 20, 2", "Upper", "MACD 12, 26, 9", "Signal", "Gap"):
        assert word in said(chart)
    chart.set_studies([])
    assert len(chart.panes) == 1
    assert chart.studies == ()


def test_a_study_can_be_moved_to_the_other_place(chart):
    chart.set_bars(make_bars(300))
    chart.set_studies([replace(spec_of("ema"), own_pane=True), spec_of("rsi")])
    assert [each.on_price for each in chart.studies] == [False, False]
    assert len(chart.panes) == 3
    chart.set_studies([spec_of("ema"), replace(spec_of("rsi"), own_pane=False)])
    assert len(chart.panes) == 1


def test_levels_bands_bars_and_chosen_colours_are_on_the_pixels(chart):
    chart.set_bars(make_bars(300, Interval.D1))
    ink = "#12ab9c"
    chart.set_studies([replace(spec_of("bollinger"), colors=(ink, ink, ink)), spec_of("macd")])
    chart.show_last(100)
    colors = chart.surface.colors
    band, histogram = chart.studied.views[0]._band, chart.studied.views[1].layers[-1]
    picture = pixels(chart)
    assert is_color(picture, band._pale(band.color)).sum() > 1_000
    for color in (colors.up, colors.down):
        assert is_color(picture, histogram._flat(color)).sum() > 50
    assert chart.studied.views[0].colors["upper"].name() == ink


def test_an_own_pane_shows_its_levels_and_its_last_value(chart):
    chart.set_bars(make_bars(300))
    chart.set_studies([spec_of("rsi")])
    pane = chart.panes[1]
    assert pane.frame.y0 < 30
    assert pane.frame.y1 > 70
    (tag,) = pane.axis.tags
    assert f"{tag.value:.2f}" in said(chart)
    chart.set_cursor_bar(50)
    old = chart.studied.views[0].track.lines["value"].values[50]
    assert f"{old:.2f}" in said(chart)
    assert [each.value for each in pane.axis.tags] == [old]  # as on the axis, wherever one points
    chart.set_cursor_bar(None)
    assert pane.axis.tags == [tag]
    chart.set_cursor_bar(3)
    assert "—" in said(chart)


def test_other_bars_are_worked_out_anew(chart):
    chart.set_studies([spec_of("sma 5"), spec_of("obv")])
    assert all(each.is_ready for each in chart.studied.views)
    for bars in (make_bars(50), make_bars(400, Interval.D1, seed=8)):
        chart.set_bars(bars)
        line = chart.studied.views[0].track.lines["value"].values
        assert line[-1] == pytest.approx(bars.close[-5:].mean())


async def test_a_long_history_is_worked_out_beside_the_window(chart):
    spawned: list[asyncio.Task[None]] = []

    def spawn(work: Coroutine[object, object, None]) -> None:
        spawned.append(asyncio.ensure_future(work))

    bars = make_bars(60_000)
    chart.studied.spawn = spawn
    chart.set_bars(bars)
    chart.set_studies([spec_of("sma 5"), spec_of("rsi")])
    assert not any(each.is_ready for each in chart.studied.views)
    chart.update_last(live(bars, 120.0))
    chart.update_last(live(bars, 130.0, later=1))
    await asyncio.gather(*spawned)
    line = chart.studied.views[0].track.lines["value"].values
    assert len(line) == 60_001
    assert line[-1] == pytest.approx((bars.close[-4:-1].sum() + 120.0 + 130.0) / 5)


async def test_an_answer_about_other_bars_is_passed_over(chart):
    spawned: list[asyncio.Task[None]] = []
    chart.studied.spawn = lambda work: spawned.append(asyncio.ensure_future(work))
    chart.set_studies([spec_of("sma 5")])
    chart.set_bars(make_bars(60_000))
    few = make_bars(30, Interval.D1)
    chart.set_bars(few)
    await asyncio.gather(*spawned)
    assert len(chart.studied.views[0].track.lines["value"]) == 30


def test_a_profile_adds_up_the_bars_in_view(chart):
    bars = make_bars(50_000)
    chart.set_bars(bars)
    chart.set_studies([StudySpec(PROFILE, {"rows": 40})])
    (view,) = chart.studied.views
    assert isinstance(view, ProfileView)
    chart.show_range(1_000, 1_200)
    ((_, _, profile),) = view.layer.shown
    seen = chart.pane.frame.bars(len(bars))
    part = slice(seen.start, seen.stop)
    assert profile.volume.sum() == pytest.approx(bars.volume[part].sum())
    assert profile.edges[0] == bars.low[part].min()
    assert profile.edges[-1] == bars.high[part].max()
    assert "POC" in said(chart)
    assert "VAH" in said(chart)
    chart.fit()
    ((_, _, whole),) = view.layer.shown
    assert whole.volume.sum() == pytest.approx(bars.volume.sum())
    chart.set_bars(replace(bars, volume=np.zeros(len(bars))))
    assert "no volume" in said(chart)


def test_each_session_has_a_profile_where_there_is_room(chart):
    bars = make_bars(1_440 * 6)
    chart.set_bars(bars)
    chart.set_studies([StudySpec(PROFILE, {"over": "session"})])
    (view,) = chart.studied.views
    chart.show_range(1_440 * 2, 1_440 * 4)
    assert len(view.layer.shown) >= 2
    for start, stop, profile in view.layer.shown:
        rows = slice(int(start + 0.5), int(stop + 0.5))
        assert profile.volume.sum() == pytest.approx(bars.volume[rows].sum())
    chart.grab()
    chart.show_last(1_440 * 2)
    before = view.layer.shown[-1][2].volume.sum()
    more = replace(bars.tail(1), volume=bars.volume[-1:] + 5_000)
    chart.update_last(more)
    assert view.layer.shown[-1][2].volume.sum() == pytest.approx(before + 5_000)
    chart.studied._profiled = float("inf")  # no second has passed
    chart.update_last(replace(more, volume=more.volume * 2))
    painted = view.layer.shown[-1][2]  # of one profile, until it is painted whole
    assert painted.volume.sum() == pytest.approx(before + 5_000)
    chart.pan(-0.1)
    assert view.layer.shown[-1][2].volume.sum() > painted.volume.sum()
    chart.set_bars(make_bars(400_000))
    chart.fit()
    assert view.layer.shown == []
    assert "zoom in" in said(chart)


def test_patterns_are_marked_where_bars_are_wide_enough(chart):
    chart.set_bars(make_bars(800, Interval.D1))
    chart.set_studies([StudySpec(PATTERNS, {"which": "all"})])
    (view,) = chart.studied.views
    assert isinstance(view, PatternView)
    chart.show_last(100)
    marked = {row: found for row in range(700, 800) if (found := view.layer.at(row))}
    assert marked
    chart.grab()
    row, found = next(iter(marked.items()))
    chart.set_cursor_bar(row)
    assert found[0].title in said(chart)
    chart.show_last(800)
    assert "zoom in" in said(chart)


def test_another_symbol_begins_where_both_are_first_in_view(chart):
    bars = make_bars(500, Interval.D1)
    other = make_bars(300, Interval.D1, seed=9)
    other = replace(other, time=bars.time[200:], close=other.close * 50)
    asked = []
    chart.studied.compared.connect(lambda: asked.append(chart.studied.symbols))
    chart.set_bars(bars)
    chart.set_studies([StudySpec(COMPARE, {"symbol": "spy"})])
    assert asked == [("SPY",)]
    assert "…" in said(chart)
    chart.studied.show_compared("SPY", other)
    (view,) = chart.studied.views
    assert isinstance(view, CompareView)
    chart.show_range(100, 400)
    assert view.line is not None
    assert view.line.values[200] * view.line.factor == pytest.approx(bars.close[200])
    assert view.line.bounds(0, 200, 201)[1][0] == pytest.approx(bars.close[200])
    low, high = view.line.extremes(100, 400)
    assert chart.pane.frame.y0 < low < high < chart.pane.frame.y1
    chart.set_cursor_bar(300)
    change = other.close[100] / other.close[0] - 1
    assert f"{abs(change) * 100:.2f} %" in said(chart)
    chart.show_last(300)
    factor = view.line.factor
    chart.update_last(live(bars, float(bars.close[-1])))
    assert view.line.factor == factor  # what was painted before stays where it is
    chart.update_last(live(bars, 120.0, later=1))
    assert len(view.line) == 501
    chart.studied.price_compared("SPY", 10.0)
    assert view.line.values[-1] == 10.0
    chart.studied.show_compared("SPY", None, "SPY is not known.")
    assert "SPY is not known." in said(chart)
    chart.set_studies([])
    assert not chart.pane.also


def test_bars_of_another_symbol_are_asked_for_when_those_there_do_not_reach(chart):
    asked = []
    chart.studied.compared.connect(lambda: asked.append(chart.studied.symbols))
    bars = make_bars(500, Interval.D1)
    chart.set_bars(bars)
    chart.set_studies([StudySpec(COMPARE, {"symbol": "SPY"})])
    chart.studied.show_compared("SPY", make_bars(500, Interval.D1, seed=9))
    (view,) = chart.studied.views
    del asked[:]
    chart.set_bars(bars.head(400))
    assert is_drawn(view)
    assert asked == []
    chart.set_bars(make_bars(510, Interval.D1))
    assert asked == [("SPY",)]
    chart.set_bars(make_bars(400, Interval.H1))
    assert asked == [("SPY",)] * 2
    assert not is_drawn(view)


async def test_another_symbol_is_put_beside_a_long_history_off_the_window(chart):
    spawned: list[asyncio.Task[None]] = []
    chart.studied.spawn = lambda work: spawned.append(asyncio.ensure_future(work))
    bars = make_bars(60_000)
    chart.set_bars(bars)
    chart.set_studies([StudySpec(COMPARE, {"symbol": "SPY"})])
    chart.studied.show_compared("SPY", make_bars(60_000, seed=9))
    (view,) = chart.studied.views
    assert isinstance(view, CompareView)
    assert not is_drawn(view)
    chart.update_last(live(bars, 120.0, later=1))
    await asyncio.gather(*spawned)
    assert is_drawn(view)
    chart.studied.show_compared("SPY", make_bars(60_000, seed=9))
    chart.set_bars(make_bars(50_000, Interval.M5))
    await asyncio.gather(*spawned)
    assert not is_drawn(view)  # it belonged to bars of another length


def test_a_double_click_on_a_legend_asks_for_the_settings(chart):
    chart.set_bars(make_bars(300))
    chart.set_studies([spec_of("ema"), spec_of("rsi"), spec_of("sma")])
    asked = []
    chart.studied.asked.connect(asked.append)
    words = dict(zip(chart.seen_panes, chart.words_rects(), strict=True))
    tall = chart.surface.tag_height
    for pane, row in ((chart.pane, 1.5), (chart.pane, 2.5), (chart.panes[1], 0.5)):
        at = QPointF(words[pane].left() + 4, words[pane].top() + row * tall)
        QTest.mouseDClick(chart.viewport(), Qt.MouseButton.LeftButton, pos=at.toPoint())
    assert asked == [0, 2, 1]
    assert chart.studied.study_at(QPointF(words[chart.pane].left() + 4, 9)) is None
    assert chart.studied.study_at(QPointF(500, 300)) is None


def test_the_values_of_studies_are_exported(chart):
    chart.set_bars(make_bars(60))
    chart.set_studies([spec_of("rsi 5"), spec_of("bollinger")])
    columns = dict(chart.studied.columns())
    assert list(columns) == ["RSI 5", "BB 20, 2 Upper", "BB 20, 2 Middle", "BB 20, 2 Lower"]
    assert all(len(each) == 60 for each in columns.values())


def test_colours_follow_the_theme(chart, theme):
    chart.set_bars(make_bars(60))
    chart.set_studies([spec_of("ema"), spec_of("sma"), spec_of("rsi")])
    series = chart.surface.colors.series
    found = [each.colors["value"] for each in chart.studied.views]
    assert found == [series(0), series(1), series(0)]
    chart.retint()
    assert [each.colors["value"] for each in chart.studied.views] == found


def test_nothing_of_bars_and_dots_is_lost_when_pixels_hold_many(chart):
    bars = make_bars(60_000)
    close = bars.close.copy()
    close[31_234:31_236] = [70.0, 140.0]
    high, low = np.maximum(bars.high, close), np.minimum(bars.low, close)
    chart.set_bars(replace(bars, close=close, high=high, low=low))
    chart.set_studies([spec_of("momentum 1"), spec_of("macd"), spec_of("sar")])
    chart.show_range(0, 50_000)  # several columns of the pyramid for each pixel
    chart.grab()
    for view, name in zip(chart.studied.views, ("value", "bars", "value"), strict=True):
        line, frame = view.track.lines[name], view.pane.frame
        (part,) = chart.surface.exposed(frame)
        columns = columns_of(line, frame, part)
        assert len(columns.low) <= part.right - part.left + 4
        ends = float(np.nanmin(columns.low)), float(np.nanmax(columns.high))
        assert ends == line.extremes(0, 50_000)
        if view.owns_pane:
            assert frame.y0 < ends[0]
            assert frame.y1 > ends[1]
    momentum = chart.studied.views[0].pane.frame
    assert momentum.y0 < -20
    assert momentum.y1 > 60


def test_bars_that_are_taken_back_are_worked_out_anew(chart):
    bars = make_bars(300)
    chart.set_bars(bars)
    chart.set_studies([spec_of("sma 5"), spec_of("rsi")])
    chart.pyramid.cut(200)
    chart.time = chart.pyramid.time
    chart.bar_updated.emit()
    line = chart.studied.views[0].track.lines["value"].values
    assert len(line) == 200
    assert line[-1] == pytest.approx(bars.close[195:200].mean())


def test_values_are_written_as_large_or_small_as_they_are():
    said = [value_text(each, is_price=False) for each in (1.234, -0.00012345, 2_345_678, 0.0)]
    assert said == ["1.23", "−0.0001234", "2.35M", "0.00"]
    assert value_text(float("nan"), is_price=True) == "—"
    assert value_text(0.5, is_price=True) == "0.5000"
    reading = StudyReading()
    assert reading.text(-732_700.0, 2) == "−732.7K"
    assert reading.text(48.311, 2) == "48.31"


def test_lines_begin_with_the_first_bar_there_is():
    bars = make_bars(30)
    track = Track(spec_of("sma 5"), bars.head(0))
    pyramid = BarPyramid.of(bars)
    assert track.follow(pyramid, bars.interval)
    line = track.lines["value"].values
    assert len(line) == 30
    assert line[-1] == pytest.approx(bars.close[-5:].mean())
    with pytest.raises(ValueError, match="not worked out as lines"):
        Track(spec_of("volume profile"), bars)


def test_the_cloud_is_drawn_ahead_by_its_shift(chart):
    bars = make_bars(300)
    chart.set_bars(bars.head(274))
    chart.set_studies([spec_of("ichimoku")])
    (view,) = chart.studied.views
    ahead = view._ahead
    assert ahead.start == 273
    assert len(ahead.edges["fast"]) == 27
    # What lies ahead now is where the cloud will be once those bars are there.
    later = Track(view.spec, bars).lines
    for name in ("fast", "slow"):
        assert ahead.edges[name] == pytest.approx(later[name].values[273:300])
    chart.show_range(200, 310)
    painted = pixels(chart)
    frame = chart.pane.frame
    inked = is_color(painted, ahead.colors["fast"])
    assert inked[:, round(frame.x(280)) : round(frame.x(290))].any()


def test_the_cloud_ahead_follows_the_last_bar(chart):
    bars = make_bars(200)
    chart.set_bars(bars)
    chart.set_studies([spec_of("ichimoku")])
    ahead = chart.studied.views[0]._ahead
    before = ahead.edges["fast"][-1]
    chart.update_last(live(bars, float(bars.high[-30:].max()) * 1.2))
    assert ahead.edges["fast"][-1] > before
    low, high = ahead.extremes(400)
    assert low <= before <= high * 1.2


def test_the_name_of_a_live_pattern_is_painted_whole_as_it_comes_and_goes(chart, qtbot):
    bars = make_bars(300, Interval.D1)
    chart.set_bars(bars)
    chart.set_studies([StudySpec(PATTERNS)])
    chart.show_last(60)
    paints, frame = Paints(chart), chart.pane.frame
    beside = QPointF(frame.x(299.0) - 24, frame.y(float(bars.low[-1]))).toPoint()

    def painted_beside(close: float) -> bool:
        paints.clear()
        chart.update_last(live(bars, close))
        qtbot.waitUntil(lambda: paints.count > 0)
        assert chart.pane.frame == frame
        return bool(paints.region.contains(beside))

    opened = float(bars.open[-1])
    far = max(float(bars.high[-1]), float(bars.low[-1]), key=lambda each: abs(each - opened))
    assert painted_beside(opened)  # a doji
    assert "Doji" in said(chart)
    assert painted_beside(far)
    assert "Doji" not in said(chart)
    assert not painted_beside((far + opened) / 2)


def test_a_session_in_view_is_told_of_when_the_last_bar_is_not(chart):
    bars = make_bars(3 * 288, Interval.M5)
    chart.set_bars(bars)
    chart.set_studies([StudySpec(PROFILE, {"over": "session"})])
    chart.show_range(100, 200)
    assert "zoom in" not in said(chart)
    assert "POC" in said(chart)
