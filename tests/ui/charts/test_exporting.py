"""A chart as a file: pixels of the screen's density, an SVG that is drawn again, and a table."""

from __future__ import annotations

import csv
import io
import re

import numpy as np
import pytest
from PySide6.QtCore import QByteArray
from PySide6.QtGui import QImage, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from puffin.data.bars import Bars, Interval
from puffling.ui.charts.exporting import export, svg, table
from tests.ui.charts.samples import is_color, make_bars, picture_of, pixels


@pytest.mark.parametrize("name", ["chart.png", "chart.svg", "chart.csv"])
def test_the_suffix_says_what_is_written_and_a_missing_folder_is_no_surprise(chart, tmp_path, name):
    chart.set_bars(make_bars(200))
    assert export(chart, tmp_path / name)
    assert (tmp_path / name).stat().st_size > 1_000
    assert not export(chart, tmp_path / "missing" / name)
    assert not export(chart, tmp_path / "chart.unknown")


def drawn_again(data: bytes, width: int, height: int) -> np.ndarray:
    pixmap = QPixmap(width, height)
    painter = QPainter(pixmap)
    renderer = QSvgRenderer(QByteArray(data))
    assert renderer.isValid()
    renderer.render(painter)
    painter.end()
    return picture_of(pixmap)


def test_an_svg_shows_what_the_screen_shows(chart):
    chart.set_bars(make_bars(400))
    picture, screen = drawn_again(svg(chart), 900, 500), pixels(chart)
    colors = chart.surface.colors
    for color in (colors.up, colors.down, colors.background):
        there, here = is_color(picture, color), is_color(screen, color)
        assert (there & here).sum() > 0.9 * here.sum()


def test_an_svg_cuts_what_reaches_out_of_its_pane(chart):
    chart.set_bars(make_bars(400))
    chart.add_pane(lambda _bars: (0.0, 1.0), share=0.5)
    chart.stretch(chart.pane, 0.2)  # most candles reach out of the pane
    text, frame = svg(chart).decode(), chart.pane.frame
    paths = re.findall(r'<clipPath id="(\w+)">\s*<path [^>]*d="([^"]*)"', text)
    corners = {f"L{frame.right + more:.0f},{frame.bottom + more:.0f} " for more in (0, 1)}
    own = [name for name, path in paths if any(each in path for each in corners)]
    assert own
    assert f'clip-path="url(#{own[0]})"' in text


def test_an_svg_says_what_it_is_of(chart):
    chart.set_bars(make_bars(200))
    text = svg(chart).decode()
    assert "<title>TEST · 1 minute</title>" in text
    assert "Last bar" in text


def test_a_table_has_the_bars_in_view_with_their_digits(chart):
    bars = make_bars(300, Interval.D1)
    chart.set_bars(bars)
    chart.column_sources.append(lambda: [("=SMA 3", np.where(bars.close > 0, np.nan, 1.0))])
    chart.show_range(100, 120)
    rows = list(csv.reader(io.StringIO(table(chart))))
    assert rows[0] == ["Date", "Open", "High", "Low", "Close", "Volume", "'=SMA 3"]
    assert len(rows) == 1 + 21
    assert rows[1][0] == "2012-04-10"
    assert [float(each) for each in rows[1][1:5]] == pytest.approx(
        [bars.open[100], bars.high[100], bars.low[100], bars.close[100]], rel=1e-11
    )
    assert {row[6] for row in rows[1:]} == {""}


def test_noise_behind_the_twelfth_figure_is_left_out(chart):
    opened, high, low, close, volume = (
        np.array([each]) for each in (402.0299999999973, 402.5, 1e-8 / 3, 402.1, 10793900.000000073)
    )
    time = make_bars(1).time
    chart.set_bars(Bars("T", Interval.D1, time, opened, high, low, close, volume))
    written = list(csv.reader(io.StringIO(table(chart))))[1][1:]
    assert written == ["402.03", "402.5", "3.33333333333e-09", "402.1", "10793900"]


def test_times_within_a_day_are_written_in_utc(chart):
    chart.set_bars(make_bars(50))
    assert list(csv.reader(io.StringIO(table(chart))))[1][0] == "2012-01-01T00:00:00+00:00"


def test_a_picture_has_the_pixels_of_the_screen(chart, tmp_path):
    chart.set_bars(make_bars(200))
    assert export(chart, tmp_path / "chart.png")
    ratio = chart.devicePixelRatioF()
    image = QImage(str(tmp_path / "chart.png"))
    assert (image.width(), image.height()) == (round(900 * ratio), round(500 * ratio))
