"""A chart as a file: a picture of its pixels, a drawing that scales, or the bars in view."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from PySide6.QtCore import QBuffer, QByteArray, QRectF
from PySide6.QtGui import QPainter
from PySide6.QtSvg import QSvgGenerator

from puffin.data.export import safe_cell
from puffin.data.times import moment
from puffling.ui.charts.frame import Frame

if TYPE_CHECKING:
    from pathlib import Path

    from puffling.ui.charts.legend_view import LegendView

_EXACT = 1e15  # whole numbers below it are written without a point
_FIGURES = 12  # adjusting for splits and dividends leaves noise in those behind
_DPI = 96


def export(chart: LegendView, path: Path) -> bool:
    """Write a chart as the suffix of the file says: .svg, .csv, or a kind of picture."""
    match path.suffix.lower():
        case ".svg":
            return _written(path, svg(chart))
        case ".csv":
            return _written(path, table(chart).encode())
        case _:
            return bool(chart.grab().save(str(path)))


def _written(path: Path, data: bytes) -> bool:
    try:
        path.write_bytes(data)
    except OSError:
        return False  # the caller says so
    return True


def svg(chart: LegendView) -> bytes:
    """Draw the chart into an SVG file of its size, with what is cut off at the panes."""
    held = QByteArray()
    buffer = QBuffer(held)
    drawing = QSvgGenerator(QSvgGenerator.SvgVersion.Svg11)
    drawing.setOutputDevice(buffer)
    area = chart.viewport().rect()
    drawing.setSize(area.size())
    drawing.setViewBox(area)
    drawing.setResolution(_DPI)
    drawing.setTitle(chart.title or chart.accessibleName())
    drawing.setDescription(chart.accessibleDescription())
    painter = QPainter(drawing)
    painter.fillRect(area, chart.surface.colors.background)
    chart.render(painter, QRectF(area), area)
    painter.end()
    return bytes(held.data())


def table(chart: LegendView) -> str:
    """Write the bars in view and the values of studies as CSV; times inside a day are UTC."""
    bars, first_last = chart.pyramid, chart.view_range
    seen = Frame(x0=first_last[0], x1=first_last[1]).bars(len(bars))
    part = slice(seen.start, seen.stop)
    columns = [
        ("Open", bars.open),
        ("High", bars.high),
        ("Low", bars.low),
        ("Close", bars.close),
        ("Volume", bars.volume),
        *(column for columns in chart.column_sources for column in columns()),
    ]
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(["Date", *(safe_cell(title) for title, _ in columns)])
    values = [column[part].tolist() for _, column in columns]
    is_intraday = chart.calendar.is_intraday
    for time, *row in zip(bars.time[part].tolist(), *values, strict=True):
        at = moment(time)
        when = at.isoformat() if is_intraday else at.date().isoformat()
        rows.writerow([when, *map(_number, row)])
    return text.getvalue()


def _number(value: float) -> str:
    if value != value or value in {float("inf"), float("-inf")}:  # noqa: PLR0124 - NaN is not itself
        return ""
    known = float(f"{value:.{_FIGURES}g}")
    return str(int(known)) if known == int(known) and abs(known) < _EXACT else repr(known)
