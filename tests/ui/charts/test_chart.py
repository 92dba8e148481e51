"""The price chart: what is on the pixels, and how often they are painted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, cast

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QColor, QKeyEvent, QPixmap, QRegion, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolTip

from puffin.data.bars import Bars, Interval
from puffling.core.settings import Appearance, UpDown
from puffling.core.settings import Theme as Scheme
from puffling.services.study_specs import StudySpec
from puffling.ui.charts.candles import stripes
from puffling.ui.charts.marks import Mark, MarkKind, PriceLine
from tests.ui.charts.samples import Paints, is_color, live, make_bars, picture_of, pixels

if TYPE_CHECKING:
    from collections.abc import Iterable


AVERAGES = (
    StudySpec("sma", {"window": 20}),
    StudySpec("ema", {"window": 50}),
    StudySpec("sma", {"window": 200}),
)


def candle_pixels(chart) -> np.ndarray:
    picture = pixels(chart)
    colors = chart.surface.colors
    frame = chart.pane.frame
    return is_color(picture, colors.up, colors.down)[: int(frame.bottom), : int(frame.right)]


@pytest.mark.parametrize("at", [0, 1, 123_456, 499_999, 500_003, 987_654, 999_999])
def test_a_spike_of_one_bar_is_seen_among_a_million(chart, at):
    bars = make_bars(1_000_000)
    flat = np.full(len(bars), 100.0)
    high = flat + 0.01
    high[at] = 150.0
    chart.set_bars(replace(bars, open=flat, close=flat, low=flat - 0.01, high=high))
    chart.fit()
    seen = candle_pixels(chart)
    frame = chart.pane.frame
    column = int(frame.x(float(at)))
    spike = np.asarray(seen[:, column - 2 : column + 3].any(axis=1))
    assert spike[int(frame.y(149.0)) : int(frame.y(101.0))].all()
    assert int(np.flatnonzero(spike)[0]) == pytest.approx(frame.y(150.0), abs=1.5)
    assert seen[int(frame.y(149.0)) : int(frame.y(101.0))].any(axis=0).sum() == 1


@pytest.mark.parametrize("visible", [20, 300, 700, 2_000, 17_000, 90_000])
def test_every_column_reaches_from_its_lowest_to_its_highest_price(chart, visible):
    bars = make_bars(90_000)
    chart.set_bars(bars)
    chart.show_last(visible)
    frame = chart.pane.frame
    seen = candle_pixels(chart)
    rng = np.random.default_rng(3)
    for index in rng.integers(90_000 - int(visible * 0.9), 90_000, 40):
        x = int(np.floor(frame.x(float(index)) + 1e-9))
        top, bottom = frame.y(bars.high[index]), frame.y(bars.low[index])
        near = np.asarray(seen[:, max(0, x - 1) : x + 2].any(axis=1))
        assert near[int(np.ceil(top)) : int(np.floor(bottom))].all()


def test_even_volume_looks_even_when_pixels_hold_many_bars(chart):
    bars = make_bars(90_000)
    chart.set_bars(replace(bars, volume=np.full(len(bars), 500.0)))
    chart.show_range(20_000, 61_234)
    frame = chart.pane.frame
    volume = stripes(chart.pyramid, frame, frame.left, frame.right).columns.volume
    assert len(volume) > 800
    assert volume.max() == pytest.approx(volume.min())


def test_a_pan_or_a_zoom_is_one_paint(chart, qtbot):
    chart.set_bars(make_bars(5_000))
    chart.set_studies(AVERAGES)
    qtbot.waitUntil(lambda: not chart._settle.isActive())
    qtbot.wait(1)
    paints = Paints(chart)
    for move in (
        lambda: chart.pan(-0.1),
        lambda: chart.zoom(2.0),
        lambda: chart.stretch(chart.pane, 1.2),
        chart.fit,
    ):
        paints.clear()
        move()
        qtbot.waitUntil(lambda: paints.count > 0)
        qtbot.wait(1)
        assert paints.count == 1


def test_a_tick_paints_the_last_column_and_the_words_only(chart, qtbot):
    bars = make_bars(5_000)
    chart.set_bars(bars)
    chart.set_studies(AVERAGES)
    chart.show_last(200)
    qtbot.waitUntil(lambda: not chart._settle.isActive())
    qtbot.wait(1)
    paints = Paints(chart)
    before, frame = pixels(chart), chart.pane.frame
    paints.clear()
    low, high = float(bars.low[-1]), float(bars.high[-1])
    chart.update_last(live(bars, low + (high - low) * 0.3))
    qtbot.waitUntil(lambda: paints.count > 0)
    assert paints.count == 1
    touched = paints.region
    middle = QPoint(int(frame.left + frame.width / 2), int(frame.top + frame.height / 2))
    assert not touched.contains(middle)
    area = sum(each.width() * each.height() for each in cast("Iterable[QRect]", touched))
    assert area < 0.2 * chart.width() * chart.height()
    changed = np.argwhere(pixels(chart) != before)
    assert len(changed)
    assert all(touched.contains(QPoint(int(x), int(y))) for y, x in changed)


def test_a_partial_paint_looks_like_a_full_one(chart, qtbot):
    bars = make_bars(2_000)
    chart.set_bars(bars)
    chart.set_studies(AVERAGES)
    chart.set_marks([Mark(int(bars.time[-1]), MarkKind.BUY, "Bought")])
    chart.show_last(1_500)
    full = pixels(chart)
    frame = chart.pane.frame
    for left in range(int(frame.left), int(frame.right) - 37, 37):
        part = chart.viewport().rect()
        part.setLeft(left)
        part.setWidth(37)
        piece = picture_of(chart.viewport().grab(part))
        whole = full[:, left : left + 37]
        apart = [
            abs((piece >> bits & 255).astype(int) - (whole >> bits & 255)) for bits in (0, 8, 16)
        ]
        assert max(each.max() for each in apart) <= 3  # antialiasing may round another way


def test_a_new_extreme_makes_room_and_a_new_bar_moves_the_view(chart, qtbot):
    bars = make_bars(500)
    chart.set_bars(bars)
    chart.show_last(100)
    top, first = chart.pane.frame.y1, chart.view_range[0]
    chart.update_last(live(bars, float(bars.high.max()) * 1.2))
    assert chart.pane.frame.y1 > top
    chart.update_last(live(bars, 100.0, later=1))
    assert chart.count == 501
    assert chart.view_range[0] == pytest.approx(first + 1)
    chart.pan(-3)
    first = chart.view_range[0]
    chart.update_last(live(bars, 100.0, later=2))
    assert chart.view_range[0] == first  # looking at the past is not disturbed


def test_live_bars_leave_the_studies_as_if_computed_at_once(chart):
    bars = make_bars(300)
    chart.set_bars(bars.head(190))
    chart.set_studies(AVERAGES)
    for count in range(190, 301):
        chart.update_last(bars.head(count).tail(2))
    for view in chart.studied.views:
        expected = view.spec.offer.indicator.study(bars, view.spec.typed)["value"]
        assert np.allclose(view.track.lines["value"].values, expected, equal_nan=True)
    assert chart.count == 300


def test_bars_older_than_the_last_change_nothing(chart):
    bars = make_bars(100)
    chart.set_bars(bars)
    chart.update_last(bars.head(50).tail(3))
    chart.update_last(Bars.empty("TEST", Interval.M1))
    assert chart.count == 100


def test_the_first_live_bar_of_an_empty_chart_is_shown(chart):
    bars = make_bars(3)
    chart.update_last(bars)
    assert chart.count == 0  # nothing was asked for yet
    chart.set_bars(Bars.empty("TEST", Interval.M1))
    assert not chart.pane.axis.ticks.values
    chart.update_last(bars)
    assert chart.count == 3


Moved = Callable[[tuple[float, float], tuple[float, float]], bool]
KEYS: dict[Qt.Key, Moved] = {
    Qt.Key.Key_Left: lambda old, new: new[0] < old[0],
    Qt.Key.Key_Right: lambda old, new: new[0] > old[0],
    Qt.Key.Key_PageUp: lambda old, new: new[0] < old[0] - 50,
    Qt.Key.Key_PageDown: lambda old, new: new[0] > old[0] + 50,
    Qt.Key.Key_Plus: lambda old, new: new[1] - new[0] < old[1] - old[0],
    Qt.Key.Key_Equal: lambda old, new: new[1] - new[0] < old[1] - old[0],
    Qt.Key.Key_Minus: lambda old, new: new[1] - new[0] > old[1] - old[0],
    Qt.Key.Key_Home: lambda _, new: new[0] < 0 and new[1] > 999,
    Qt.Key.Key_End: lambda old, new: new[1] > 999 and new[0] > old[0],
}


@pytest.mark.parametrize("key", KEYS, ids=lambda key: key.name)
def test_keys_move_the_chart(chart, key):
    chart.set_bars(make_bars(1_000))
    chart.show_range(400, 500)
    before = chart.view_range
    QTest.keyClick(chart, key)
    assert KEYS[key](before, chart.view_range)


def test_up_and_down_stretch_the_prices_and_home_fits_them_again(chart):
    chart.set_bars(make_bars(1_000))
    frame = chart.pane.frame
    QTest.keyClick(chart, Qt.Key.Key_Up)
    assert chart.pane.frame.y1 - chart.pane.frame.y0 < frame.y1 - frame.y0
    QTest.keyClick(chart, Qt.Key.Key_Home)
    assert chart.pane.manual is None


def test_other_keys_are_left_to_the_panel(chart):
    chart.set_bars(make_bars(100))
    for key in (Qt.Key.Key_1, Qt.Key.Key_A, Qt.Key.Key_Escape):
        event = QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier)
        chart.keyPressEvent(event)
        assert not event.isAccepted()


def test_shift_and_arrows_move_the_crosshair_and_escape_takes_it_away(chart):
    bars = make_bars(1_000)
    chart.set_bars(bars)
    QTest.keyClick(chart, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    assert chart.cursor == 999
    QTest.keyClick(chart, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    assert chart.cursor == 998
    assert chart.pane.axis.cursor == pytest.approx(float(bars.close[998]))
    QTest.keyClick(chart, Qt.Key.Key_Escape)
    assert chart.cursor is None


def test_the_crosshair_reads_out_the_bar_under_the_pointer(chart, qtbot):
    bars = make_bars(1_000)
    chart.set_bars(bars)
    chart.set_studies(AVERAGES[:1])
    frame = chart.pane.frame
    with qtbot.waitSignal(chart.cursor_moved) as moved:
        QTest.mouseMove(chart.viewport(), QPointF(frame.x(950.0), 200).toPoint())
    assert moved.args == [950]
    words = chart._legend.text
    for name, column in (("O", bars.open), ("H", bars.high), ("L", bars.low), ("C", bars.close)):
        assert f"{name} {column[950]:.2f}" in words
    average = bars.close[931:951].mean()
    assert f"{average:.2f}" in words
    assert chart.time_axis.cursor is not None
    QTest.mouseMove(chart.viewport(), QPoint(int(frame.right) + 10, 200))
    assert chart.cursor is None


def test_the_wheel_zooms_at_the_pointer(chart, qtbot):
    chart.set_bars(make_bars(1_000))
    chart.show_range(400, 500)
    frame = chart.pane.frame
    at = QPointF(frame.left + frame.width * 0.25, 200.0)
    bar = frame.index_at(at.x())
    event = QWheelEvent(
        at,
        at,
        QPoint(),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,  # noqa: FBT003 - Qt's own signature
    )
    chart.wheelEvent(event)
    assert chart.view_range[1] - chart.view_range[0] == pytest.approx(80)
    assert chart.pane.frame.index_at(at.x()) == pytest.approx(bar)


def test_a_drag_pans_and_a_double_click_fits(chart):
    chart.set_bars(make_bars(1_000))
    chart.show_range(400, 500)
    width, target = chart.bar_width, chart.viewport()
    QTest.mousePress(target, Qt.MouseButton.LeftButton, pos=QPoint(300, 200))
    QTest.mouseMove(target, QPoint(300 + round(10 * width), 200))
    QTest.mouseRelease(target, Qt.MouseButton.LeftButton, pos=QPoint(300, 200))
    assert chart.view_range[0] == pytest.approx(390, abs=0.2)
    QTest.mouseDClick(target, Qt.MouseButton.LeftButton, pos=QPoint(300, 200))
    assert chart.view_range[0] < 0


def test_a_drag_on_an_axis_stretches_it_and_a_double_click_lets_go(chart):
    chart.set_bars(make_bars(1_000))
    frame, target = chart.pane.frame, chart.viewport()
    beside = QPoint(int(frame.right) + 20, 200)
    QTest.mousePress(target, Qt.MouseButton.LeftButton, pos=beside)
    QTest.mouseMove(target, beside + QPoint(0, 40))
    QTest.mouseRelease(target, Qt.MouseButton.LeftButton, pos=beside)
    assert chart.pane.frame.y1 - chart.pane.frame.y0 > frame.y1 - frame.y0
    QTest.mouseDClick(target, Qt.MouseButton.LeftButton, pos=beside)
    assert chart.pane.manual is None


def test_nobody_gets_lost(chart):
    chart.set_bars(make_bars(100))
    for _ in range(50):
        chart.pan(-1)
    assert chart.view_range[1] >= 3
    for _ in range(50):
        chart.pan(1)
    assert chart.view_range[0] <= 97
    for _ in range(80):
        chart.zoom(0.5)
    assert chart.view_range[1] - chart.view_range[0] == pytest.approx(5)
    for _ in range(80):
        chart.zoom(2)
    assert chart.view_range[1] - chart.view_range[0] <= 112 + 1e-6


def test_another_symbol_keeps_the_zoom_and_fresh_bars_keep_the_place(chart):
    chart.set_bars(make_bars(1_000))
    chart.show_last(300)
    chart.set_bars(make_bars(2_000, seed=8))
    assert chart.visible_count == 300
    assert chart.at_end
    chart.show_range(500, 700)
    chart.set_bars(make_bars(2_001, seed=8), keep_view=True)
    assert chart.view_range == pytest.approx((500, 700))
    chart.show_last(300)
    first = chart.view_range[0]
    chart.set_bars(make_bars(2_002, seed=8), keep_view=True)
    assert chart.view_range[0] == pytest.approx(first + 1)


def test_the_last_price_is_a_filled_tag_on_the_axis(chart):
    bars = make_bars(500)
    chart.set_bars(bars)
    axis = chart.pane.axis
    rect = axis.tag_rects()[-1]
    rising = bars.close[-1] >= bars.open[-1]
    color = chart.surface.colors.up if rising else chart.surface.colors.down
    at = rect.center().toPoint()
    picture = pixels(chart)
    row = picture[at.y() - 6, int(rect.left()) + 4 : int(rect.right()) - 4]
    assert is_color(row, color).mean() > 0.9


def test_price_lines_have_tags_that_do_not_cover_each_other(chart):
    bars = make_bars(500)
    chart.set_bars(bars)
    last = float(bars.close[-1])
    chart.set_price_lines(
        [
            PriceLine(last * 1.0001, "Sell 10 limit", "down"),
            PriceLine(last * 0.9999, "Cost", "muted"),
        ]
    )
    rects = chart.pane.axis.tag_rects()
    assert len(rects) == 3
    assert not any(one.intersects(other) for one in rects for other in rects if one is not other)


def test_trades_are_marked_below_buys_and_above_sells(chart):
    bars = make_bars(200)
    chart.set_bars(bars)
    marks = [
        Mark(int(bars.time[150]) + 5, MarkKind.BUY, "Bought 10 at 99.00"),
        Mark(int(bars.time[170]), MarkKind.SELL, "Sold 10 at 101.00"),
        Mark(int(bars.time[0]) - 1, MarkKind.BUY, "Before the first bar"),
    ]
    chart.set_marks(marks)
    frame, layer = chart.pane.frame, chart._marks.layer
    assert len(layer) == 2
    below = frame.y(float(bars.low[150])) + 10
    above = frame.y(float(bars.high[170])) - 10
    assert layer.texts_near(frame, frame.x(150.0), below) == ["Bought 10 at 99.00"]
    assert layer.texts_near(frame, frame.x(170.0), above) == ["Sold 10 at 101.00"]
    assert layer.texts_near(frame, frame.x(160.0), below) == []
    QTest.mouseMove(chart.viewport(), QPointF(frame.x(150.0), below).toPoint())
    assert QToolTip.text() == "Bought 10 at 99.00"
    QToolTip.hideText()


def test_a_thousand_marks_on_a_few_pixels_are_drawn_as_a_few(chart):
    bars = make_bars(10_000)
    chart.set_bars(bars)
    chart.fit()
    chart.set_marks([Mark(int(each), MarkKind.BUY, "Bought") for each in bars.time[::10]])
    layer = chart._marks.layer
    places = layer._spread(chart.pane.frame, np.arange(len(layer)), buys=True)
    assert len(layer) == 1_000
    assert len(places) <= chart.pane.frame.width / 6 + 2


def test_the_theme_recolours_everything(chart, theme, qapp):
    chart.set_bars(make_bars(200))
    chart.set_studies(AVERAGES[:1])
    dark = pixels(chart)
    theme.apply(qapp, Appearance(theme=Scheme.LIGHT, up_down=UpDown.BLUE_ORANGE))
    light = pixels(chart)
    background = QColor(theme.color("panel"))
    assert is_color(light, background).mean() > 0.4
    assert not is_color(dark, background).any()
    assert is_color(light, theme.up).any()
    theme.apply(qapp, Appearance())
    assert (pixels(chart) == dark).all()


def test_notes_and_the_watermark_are_on_the_chart(chart):
    chart.set_bars(make_bars(200))
    plain = pixels(chart)
    chart.set_notes(["Demo market", "", "Simulated"])
    assert "Demo market" in chart._legend.text
    assert "Simulated" in chart._legend.text
    chart.set_watermark("DEMO")
    assert (pixels(chart) != plain).any()


def test_the_chart_is_saved_as_a_picture(chart, tmp_path):
    chart.set_bars(make_bars(200))
    assert chart.export(tmp_path / "chart.png")
    assert (tmp_path / "chart.png").stat().st_size > 1_000
    assert not chart.export(tmp_path / "missing" / "chart.png")


def test_a_window_too_small_to_show_anything_is_no_reason_to_fail(chart):
    chart.set_bars(make_bars(200))
    for size in ((1, 1), (30, 400), (400, 30), (90, 60), (900, 500)):
        chart.resize(*size)
        chart.grab()
    assert chart.pane.frame.width > 700


@pytest.mark.parametrize("bars_back", [0, 3, 30], ids="{} bars back".format)
def test_painting_a_column_again_leaves_the_picture_whole(chart, bars_back):
    bars = make_bars(300)
    chart.set_bars(bars)
    studies = [StudySpec(each) for each in ("rsi", "volume_profile", "patterns")]
    chart.set_studies(studies)  # levels are dashed, as a price's line is
    chart.set_price_lines((PriceLine(float(bars.close[-1]), "Limit", "accent"),))
    chart.show_last(40)
    frame, view = chart.pane.frame, chart.viewport()
    whole = view.grab()
    patched = QPixmap(whole)
    left = int(frame.x(297.0 - bars_back))
    column = QRect(left, -1, int(3 * frame.bar_width), view.height() - 20)
    view.render(patched, column.topLeft(), QRegion(column))
    one, other = (
        picture_of(each).view(np.uint8).reshape(view.height(), -1, 4).astype(int)
        for each in (patched, whole)
    )
    smoothed = 60  # the edges of a slanted line depend on where it is cut
    assert not np.argwhere(np.abs(one - other).max(axis=2) > smoothed).tolist()
