"""Batches drawn from memory look like lists drawn one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter

from puffling.ui.charts.primitives import draw_lines, draw_rects

if TYPE_CHECKING:
    from collections.abc import Callable


def picture(draw: Callable[[QPainter], None]) -> QImage:
    image = QImage(200, 100, QImage.Format.Format_RGB32)
    image.fill(0)
    painter = QPainter(image)
    painter.setBrush(QColor("white"))
    draw(painter)
    painter.end()
    return image


def test_rectangles_from_memory_are_those_of_a_list(qapp):
    rows = np.random.default_rng(1).integers(0, 90, (50, 4)).astype(float)

    def by_memory(painter: QPainter) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        draw_rects(painter, rows[::2])  # not contiguous

    def by_list(painter: QPainter) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.drawRects([QRectF(*each) for each in rows[::2].tolist()])

    assert picture(by_memory) == picture(by_list)
    assert picture(by_memory) != picture(lambda _: None)


def test_lines_from_memory_are_those_of_a_list(qapp):
    rows = np.random.default_rng(2).integers(0, 90, (50, 4)).astype(float)

    def by_list(painter: QPainter) -> None:
        painter.setPen(QColor("white"))
        painter.drawLines([QLineF(*each) for each in rows.tolist()])

    def by_memory(painter: QPainter) -> None:
        painter.setPen(QColor("white"))
        draw_lines(painter, rows)

    assert picture(by_memory) == picture(by_list)


def test_nothing_is_drawn_of_nothing(qapp):
    empty = np.empty((0, 4))
    assert picture(lambda painter: draw_rects(painter, empty)) == picture(lambda _: None)
    assert picture(lambda painter: draw_lines(painter, empty)) == picture(lambda _: None)
