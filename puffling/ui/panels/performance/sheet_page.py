"""A tearsheet as a page: the same drawing on the screen, in a picture and on paper."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF
from PySide6.QtGui import QPolygonF, QTextOption

from puffin.data.times import moment
from puffling.core import formats
from puffling.ui.charts.ticks import price_ticks
from puffling.ui.panels.performance.sheet_ink import (
    CENTER,
    HEIGHT,
    LEFT,
    MARGIN,
    RIGHT,
    WIDTH,
    mixed,
    thin,
    write,
)
from puffling.ui.panels.performance.words import FIGURES, change, ratio, share

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date
    from typing import TypeAlias

    from PySide6.QtGui import QColor, QPainter

    from puffin.measures import Floats
    from puffin.monitor.tearsheet import Sheet
    from puffling.ui.panels.performance.sheet_ink import Ink

    _Write: TypeAlias = Callable[..., str]

_INSIDE = WIDTH - 2 * MARGIN
_COLUMNS = 4
_MOST_POINTS = 720  # of a curve: as many as the page has dots across
_MOST_YEARS = 14
_ROWS = 6  # of the drawdown table

_BESIDE = (
    ("Difference", "excess", change),
    ("Alpha a year", "alpha", change),
    ("Beta", "beta", ratio),
    ("Correlation", "correlation", ratio),
    ("Tracking error", "tracking_error", share),
    ("Information ratio", "information_ratio", ratio),
)


class Page:
    """Draws one sheet on a painter whose units are the page's."""

    def __init__(self, painter: QPainter, sheet: Sheet, ink: Ink) -> None:
        self._painter, self._sheet, self._ink = painter, sheet, ink
        self._y = MARGIN

    def draw(self) -> None:
        """Draw everything, from the top."""
        painter = self._painter
        painter.setRenderHint(painter.RenderHint.Antialiasing)
        painter.fillRect(QRectF(0, 0, WIDTH, HEIGHT), self._ink.ground)
        self._heading()
        self._figures()
        years = self._sheet.months[-_MOST_YEARS:]
        self._curve(250 - 6 * max(0, len(years) - 6))
        self._drawdown(90)
        self._months()
        self._bottom()
        self._notes()

    # -- parts -------------------------------------------------------------------------------

    def _heading(self) -> None:
        sheet, ink = self._sheet, self._ink
        write(self._painter, self._line(26), sheet.title, ink.text, ink.title())
        self._y += 26
        first, last = (moment(int(each)).date() for each in (sheet.time[0], sheet.time[-1]))
        words = f"{_day(first)} to {_day(last)} · {len(sheet.values):,} values"
        if sheet.against is not None:
            words += f" · beside {sheet.against.name}"
        write(self._painter, self._line(18), words, ink.muted, ink.small())
        self._y += 26

    def _figures(self) -> None:
        cells = [
            (FIGURES[name].title, FIGURES[name].write(value), self._tone(name, value))
            for name, value in self._sheet.figures.items()
            if name in FIGURES
        ]
        against = self._sheet.against
        if against is not None:
            for title, name, said in _BESIDE:
                value = getattr(against, name)
                cells.append((title, said(value), self._ink.text))
        wide, tall = (_INSIDE + 14) / _COLUMNS, 21.0
        rows = math.ceil(len(cells) / _COLUMNS)
        for place, (title, text, color) in enumerate(cells):
            column, row = divmod(place, rows)
            box = QRectF(MARGIN + column * wide, self._y + row * tall, wide - 14, tall)
            write(self._painter, box, title, self._ink.muted, self._ink.small())
            write(self._painter, box, text, color, self._ink.font(strong=False), RIGHT)
            self._painter.setPen(thin(self._ink.line, 0.6))
            self._painter.drawLine(QLineF(box.left(), box.bottom(), box.right(), box.bottom()))
        self._y += rows * tall + 16

    def _curve(self, tall: float) -> None:
        sheet, ink = self._sheet, self._ink
        legend = QRectF(MARGIN, self._y, _INSIDE - 56, 16)
        end = formats.money(float(sheet.values[-1]))
        write(self._painter, legend, f"Growth to {end}", ink.accent, ink.small(strong=True))
        if sheet.benchmark is not None and sheet.against is not None:
            write(self._painter, legend, sheet.against.name, ink.other, ink.small(), RIGHT)
        self._y += 18
        box = QRectF(MARGIN, self._y, _INSIDE - 56, tall)
        known = [sheet.values]
        if sheet.benchmark is not None:
            known.append(sheet.benchmark[np.isfinite(sheet.benchmark)])
        every = np.concatenate(known)
        low, high = float(every.min()), float(every.max())
        room = (high - low) * 0.04 or abs(high) * 0.04
        low, high = low - room, high + room
        self._grid(box, low, high, formats.money)
        if sheet.benchmark is not None:
            self._polyline(box, sheet.benchmark, low, high, ink.other, 1.0)
        self._polyline(box, sheet.values, low, high, ink.accent, 1.6)
        self._y += tall + 14

    def _drawdown(self, tall: float) -> None:
        sheet, ink = self._sheet, self._ink
        write(self._painter, self._line(16), "Drawdown", ink.down, ink.small(strong=True))
        self._y += 18
        box = QRectF(MARGIN, self._y, _INSIDE - 56, tall)
        low = min(float(sheet.below.min()) * 1.05, -0.001)
        self._grid(box, low, 0.0, formats.percent, scale=100.0)
        points = self._points(box, sheet.below, low, 0.0)
        if points:
            area = [QPointF(points[0].x(), box.top()), *points, QPointF(points[-1].x(), box.top())]
            self._painter.setPen(thin(ink.down, 0.8))
            self._painter.setBrush(mixed(ink.down, ink.ground, 0.25))
            self._painter.drawPolygon(QPolygonF(area))
        self._y += tall + 8
        first, last = (moment(int(each)).date() for each in (sheet.time[0], sheet.time[-1]))
        axis = QRectF(MARGIN, self._y, _INSIDE - 56, 14)
        write(self._painter, axis, _day(first), ink.muted, ink.small())
        write(self._painter, axis, _day(last), ink.muted, ink.small(), RIGHT)
        self._y += 24

    def _months(self) -> None:
        ink, rows = self._ink, self._sheet.months[-_MOST_YEARS:]
        write(self._painter, self._line(16), "Monthly returns, %", ink.text, ink.small(strong=True))
        self._y += 18
        wide, tall = (_INSIDE - 40) / 13, 17.0
        for place, name in enumerate((*formats.MONTHS, "Year")):
            box = QRectF(MARGIN + 40 + place * wide, self._y, wide, 14)
            write(self._painter, box, name, ink.muted, ink.small(), CENTER)
        self._y += 15
        sizes = [abs(each) for row in rows for each in row.months if each is not None]
        largest = max(sizes, default=0.0) or 1.0
        for row in rows:
            label = QRectF(MARGIN, self._y, 38, tall)
            write(self._painter, label, str(row.year), ink.muted, ink.small())
            for place, value in enumerate((*row.months, row.total)):
                if value is None:
                    continue
                cell = QRectF(MARGIN + 40 + place * wide, self._y, wide - 1, tall - 1)
                tone = ink.up if value > 0 else ink.down if value < 0 else ink.line
                strength = 0.12 + 0.5 * min(abs(value) / largest, 1.0)
                self._painter.fillRect(cell, mixed(tone, ink.ground, strength))
                said = formats.signed(value * 100, places=1)
                write(self._painter, cell, said, ink.text, ink.small(), CENTER)
            self._y += tall
        self._y += 14

    def _bottom(self) -> None:
        """Draw the distribution and the worst drawdowns side by side."""
        ink, top = self._ink, self._y
        half = _INSIDE / 2 - 12
        box = QRectF(MARGIN, top, half, 16)
        write(self._painter, box, "Returns, how often", ink.text, ink.small(strong=True))
        self._histogram(QRectF(MARGIN, top + 20, half, 118))
        left = MARGIN + half + 24
        heading = QRectF(left, top, half, 16)
        write(self._painter, heading, "Worst drawdowns", ink.text, ink.small(strong=True))
        lines = [("Depth", "From", "Trough", "Recovered", "Days")]
        lines += [
            (
                formats.percent(each.depth),
                _day(each.peak),
                _day(each.trough),
                "not yet" if each.recovered is None else _day(each.recovered),
                str(each.days),
            )
            for each in self._sheet.drawdowns[:_ROWS]
        ]
        places = (0.0, 0.17, 0.42, 0.67, 0.92)
        for row, cells in enumerate(lines):
            for place, text in zip(places, cells, strict=True):
                where = QRectF(left + place * half, top + 20 + row * 17, half * 0.26, 16)
                color = ink.muted if row == 0 else ink.down if place == 0 else ink.text
                write(self._painter, where, text, color, ink.small(), LEFT)
        self._y = top + 20 + 140

    def _histogram(self, box: QRectF) -> None:
        bins, ink = self._sheet.daily, self._ink
        if not bins:
            return
        most = max(each.count for each in bins) or 1
        wide = box.width() / len(bins)
        floor = box.bottom() - 14
        for place, each in enumerate(bins):
            tall = (floor - box.top()) * each.count / most
            bar = QRectF(box.left() + place * wide + 1, floor - tall, wide - 2, tall)
            tone = ink.up if each.low >= 0 else ink.down
            self._painter.fillRect(bar, mixed(tone, ink.ground, 0.7))
        self._painter.setPen(thin(ink.line))
        self._painter.drawLine(QLineF(box.left(), floor, box.right(), floor))
        labels = QRectF(box.left(), floor + 1, box.width(), 13)
        for text, align in (
            (f"{formats.signed(bins[0].low, places=1)} %", LEFT),
            (f"{formats.signed(bins[-1].high, places=1)} %", RIGHT),
        ):
            write(self._painter, labels, text, ink.muted, ink.small(), align)

    def _notes(self) -> None:
        ink = self._ink
        self._painter.setFont(ink.small())
        self._painter.setPen(ink.muted)
        words = " ".join(("Risk-free rate 0 %.", *self._sheet.notes))
        box = QRectF(MARGIN, self._y, _INSIDE, HEIGHT - MARGIN / 2 - self._y)
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WordWrap)
        self._painter.drawText(box, words, option)

    # -- inside ------------------------------------------------------------------------------

    def _line(self, tall: float) -> QRectF:
        return QRectF(MARGIN, self._y, _INSIDE, tall)

    def _tone(self, name: str, value: float | None) -> QColor:
        if value is None or not FIGURES[name].signed or not value:
            return self._ink.text
        return self._ink.up if value > 0 else self._ink.down

    def _grid(
        self, box: QRectF, low: float, high: float, said: _Write, *, scale: float = 1.0
    ) -> None:
        ticks = price_ticks(low * scale, high * scale, box.height())
        for each in ticks.values:
            value = each / scale
            y = _y(box, value, low, high)
            self._painter.setPen(thin(self._ink.line, 0.6))
            self._painter.drawLine(QLineF(box.left(), y, box.right(), y))
            label = QRectF(box.right() + 4, y - 8, 52, 16)
            write(
                self._painter,
                label,
                said(value, places=ticks.decimals),
                self._ink.muted,
                self._ink.small(),
                RIGHT,
            )

    def _polyline(
        self,
        box: QRectF,
        values: Floats,
        low: float,
        high: float,
        color: QColor,
        width: float,
    ) -> None:
        self._painter.setPen(thin(color, width))
        self._painter.drawPolyline(QPolygonF(self._points(box, values, low, high)))

    def _points(self, box: QRectF, values: Floats, low: float, high: float) -> list[QPointF]:
        time = self._sheet.time
        whole = float(time[-1] - time[0]) or 1.0
        rows = np.flatnonzero(np.isfinite(values))
        if len(rows) > _MOST_POINTS:
            rows = rows[np.linspace(0, len(rows) - 1, _MOST_POINTS).astype(int)]
        return [
            QPointF(
                box.left() + box.width() * float(time[row] - time[0]) / whole,
                _y(box, float(values[row]), low, high),
            )
            for row in rows.tolist()
        ]


def _y(box: QRectF, value: float, low: float, high: float) -> float:
    return box.bottom() - box.height() * (value - low) / ((high - low) or 1.0)


def _day(day: date) -> str:
    return f"{day.day} {formats.MONTHS[day.month - 1]} {day.year}"
