"""Many rectangles or lines in one call of the painter, straight from numpy."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import numpy as np
from PySide6.QtCore import QLineF, QRectF
from shiboken6 import Shiboken

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PySide6.QtGui import QPainter

# PySide's painter takes a pointer to the first of an array of primitives and their count. A list
# of Qt objects would cost more than the drawing. A test checks that both give the same picture.


def draw_rects(painter: QPainter, rects: NDArray[np.float64]) -> None:
    """Fill rectangles given as rows of left, top, width, height."""
    if len(rects):
        held = np.ascontiguousarray(rects, dtype=np.float64)
        first = cast("QRectF", Shiboken.wrapInstance(held.ctypes.data, QRectF))
        painter.drawRects(first, len(held))


def draw_lines(painter: QPainter, lines: NDArray[np.float64]) -> None:
    """Draw separate lines given as rows of x1, y1, x2, y2.

    For a smooth line too: a polyline wider than one pixel goes through Qt's stroker and costs
    ten times as much.
    """
    if len(lines):
        held = np.ascontiguousarray(lines, dtype=np.float64)
        first = cast("QLineF", Shiboken.wrapInstance(held.ctypes.data, QLineF))
        painter.drawLines(first, len(held))


def first_of_each(pixels: NDArray[np.float64]) -> NDArray[np.intp]:
    """Where each run of equal numbers begins."""
    if not len(pixels):
        return np.empty(0, dtype=np.intp)
    begins = np.empty(len(pixels), dtype=np.bool_)
    begins[0] = True
    np.not_equal(pixels[1:], pixels[:-1], out=begins[1:])
    return np.flatnonzero(begins)
