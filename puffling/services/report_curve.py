"""A curve of equity as a picture that any browser draws."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from puffin.data.times import moment
from puffling.core import formats

if TYPE_CHECKING:
    from puffin.measures import Floats, Times

WIDE, HIGH = 780, 260
LEFT, BOTTOM, TOP = 84, 22, 8
MOST = 800  # points: a pixel or so each


def curve_picture(time: Times, equity: Floats) -> str:
    """Return equity over time as SVG, dark on white, with its highest and lowest value."""
    head = f"<svg xmlns='http://www.w3.org/2000/svg' width='{WIDE}' height='{HIGH}'>"
    if not len(time):
        return f"{head}</svg>"
    rows = np.unique(np.linspace(0, len(time) - 1, MOST).round().astype(np.int64))
    low, high = float(equity.min()), float(equity.max())
    span, days = (high - low) or 1.0, float(time[-1] - time[0]) or 1.0
    x = LEFT + (time[rows] - time[0]) / days * (WIDE - LEFT - 4)
    y = TOP + (high - equity[rows]) / span * (HIGH - TOP - BOTTOM)
    points = " ".join(f"{each:.1f},{value:.1f}" for each, value in zip(x, y, strict=True))
    text = "font-family='sans-serif' font-size='11' fill='#555'"
    floor, side = HIGH - BOTTOM, LEFT - 6
    first, last = (formats.day(moment(int(each))) for each in (time[0], time[-1]))
    return (
        f"{head}<rect width='{WIDE}' height='{HIGH}' fill='#ffffff'/>"
        f"<line x1='{LEFT}' y1='{floor}' x2='{WIDE}' y2='{floor}' stroke='#bbb'/>"
        f"<polyline points='{points}' fill='none' stroke='#1f5fbf' stroke-width='1.4'/>"
        f"<text x='{side}' y='{TOP + 10}' text-anchor='end' {text}>{formats.money(high)}</text>"
        f"<text x='{side}' y='{floor}' text-anchor='end' {text}>{formats.money(low)}</text>"
        f"<text x='{LEFT}' y='{HIGH - 6}' {text}>{first}</text>"
        f"<text x='{WIDE - 4}' y='{HIGH - 6}' text-anchor='end' {text}>{last}</text></svg>"
    )
