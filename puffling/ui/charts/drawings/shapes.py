"""From a drawing to what it consists of: lines, channels, areas and words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from puffling.core.drawing_kinds import DrawingKind
from puffling.ui.charts.drawings.plan import Band, Pen, Plan
from puffling.ui.charts.drawings.ratios import RATIOS
from puffling.ui.charts.drawings.spans import SPANS

if TYPE_CHECKING:
    from collections.abc import Callable

    from puffling.core.drawings import Drawing
    from puffling.ui.charts.drawings.plan import Ground, Spot

    Shape = Callable[[Plan, Drawing, list[Spot], Ground], None]

ROUND = 48  # corners of an ellipse
APART = 6.0  # pixels between a line and its words


def plan_of(drawing: Drawing, ground: Ground) -> Plan:
    """Return what a drawing consists of on these bars."""
    plan = Plan()
    spots = [plan.point(ground.place(each.time), each.price) for each in drawing.anchors]
    plan.anchors = len(spots)
    SHAPES[drawing.kind](plan, drawing, spots, ground)
    if drawing.kind in RATIOS:
        plan.label(spots[0].beside(dy=APART), drawing.text, drawing.style.color, rise=0.0)
    return plan


def pen_of(drawing: Drawing) -> Pen:
    """Return what a drawing's lines are drawn with."""
    return Pen(drawing.style.color, drawing.style.width, drawing.style.dash.value)


def _straight(*, before: bool = False, after: bool = False, arrow: bool = False) -> Shape:
    def shape(plan: Plan, drawing: Drawing, spots: list[Spot], ground: Ground) -> None:
        del ground
        start, end = spots
        if arrow:
            plan.arrow(start, end, pen_of(drawing))
        else:
            plan.line(start, end, pen_of(drawing), before=before, after=after)
        middle = (start + end) * 0.5
        plan.label(middle.beside(dy=-APART), drawing.text, drawing.style.color, align=0.5, rise=1.0)

    return shape


def _level(*, whole: bool, upright: bool = False) -> Shape:
    def shape(plan: Plan, drawing: Drawing, spots: list[Spot], ground: Ground) -> None:
        (at,), pen = spots, pen_of(drawing)
        plan.line(at, at.beside(dx=1.0), pen, before=whole, after=True)
        if upright:
            plan.line(at, at.beside(dy=1.0), pen, before=True, after=True)
        price = ground.price(drawing.anchors[0].price)
        words = f"{drawing.text}  {price}" if drawing.text else price
        color = drawing.style.color
        plan.label(at.beside(dy=-3.0), words, color, align=1.0, rise=1.0, pinned=True)

    return shape


def _vertical(plan: Plan, drawing: Drawing, spots: list[Spot], ground: Ground) -> None:
    del ground
    (at,) = spots
    plan.line(at, at.beside(dy=1.0), pen_of(drawing), before=True, after=True)
    plan.label(at.beside(dx=APART), drawing.text, drawing.style.color)


def _channel(plan: Plan, drawing: Drawing, spots: list[Spot], ground: Ground) -> None:
    del ground
    (start, end, other), pen, style = spots, pen_of(drawing), drawing.style
    far = other + (end - start)
    plan.line(start, end, pen)
    plan.line(other, far, pen)
    thin = Pen(style.color, max(style.width - 0.5, 1.0), "dashed")
    plan.line((start + other) * 0.5, (end + far) * 0.5, thin)
    plan.fill((start, end, far, other), style.color, style.fill)
    plan.label(start.beside(dy=-APART), drawing.text, style.color, rise=1.0)


def _regression(plan: Plan, drawing: Drawing, spots: list[Spot], ground: Ground) -> None:
    """The straight line nearest to the closes, and lines so many deviations beside it."""
    pen, style = pen_of(drawing), drawing.style
    ends = sorted(plan.points[:2])
    index, closes = ground.closes(ends[0][0], ends[1][0])
    if len(index) < 3:  # noqa: PLR2004 - through two points every line is right
        plan.line(spots[0], spots[1], Pen(style.color, style.width, "dotted"))
        return
    middle = float(index.mean())
    away = index - middle
    slope = float((away * closes).sum() / (away * away).sum())
    height = float(closes.mean())
    error = float(np.sqrt(np.mean((closes - height - slope * away) ** 2)))
    at = (float(index[0]), float(index[-1]))

    def line(shift: float) -> tuple[Spot, Spot]:
        first, last = (height + slope * (each - middle) + shift for each in at)
        return plan.point(at[0], first), plan.point(at[1], last)

    best = line(0.0)
    plan.line(*best, Pen(style.color, max(style.width - 0.5, 1.0), "dashed"))
    for ratio in drawing.levels:
        upper, lower = line(ratio * error), line(-ratio * error)
        plan.line(*upper, pen)
        plan.line(*lower, pen)
        if style.fill > 0:
            plan.bands.append(
                Band(upper, lower, before=False, after=False, color=style.color, share=style.fill)
            )
    whole = float(((closes - height) ** 2).sum())
    fit = "" if whole <= 0 else f"R² {1 - error**2 * len(index) / whole:.2f}"
    words = f"{drawing.text}  {fit}".strip()
    plan.label(best[0].beside(dy=APART), words, style.color, rise=0.0)


def _pitchfork(plan: Plan, drawing: Drawing, spots: list[Spot], ground: Ground) -> None:
    del ground
    (handle, upper, lower), pen, style = spots, pen_of(drawing), drawing.style
    middle = (upper + lower) * 0.5
    along, half = middle - handle, (upper - lower) * 0.5
    plan.line(handle, middle, pen, after=True)
    plan.line(upper, lower, pen)
    for ratio in drawing.levels:
        thin = pen if ratio == 1 else Pen(style.color, max(style.width - 0.5, 1.0), "dashed")
        sides = [middle + half * ratio, middle - half * ratio]
        for start in sides:
            plan.line(start, start + along, thin, after=True)
        if style.fill > 0:
            one, two = ((each, each + along) for each in sides)
            plan.bands.append(
                Band(one, two, before=False, after=True, color=style.color, share=style.fill)
            )
    plan.label(handle.beside(dy=-APART), drawing.text, style.color, rise=1.0)


def _rectangle(plan: Plan, drawing: Drawing, spots: list[Spot], ground: Ground) -> None:
    del ground
    one, two = spots
    corners = (one, one.across(two), two, two.across(one))
    plan.path(corners, pen_of(drawing), closed=True)
    plan.box(one, two, drawing.style.color, drawing.style.fill)
    middle = (one + two) * 0.5
    plan.label(middle, drawing.text, drawing.style.color, align=0.5)


def _ellipse(plan: Plan, drawing: Drawing, spots: list[Spot], ground: Ground) -> None:
    del ground
    one, two = spots
    middle, half = (one + two) * 0.5, (two - one) * 0.5
    corners = []
    for turn in np.linspace(0, 2 * np.pi, ROUND, endpoint=False):
        across, down = middle + half * float(np.cos(turn)), middle + half * float(np.sin(turn))
        corners.append(down.across(across))
    plan.path(corners, pen_of(drawing), closed=True)
    plan.fill(corners, drawing.style.color, drawing.style.fill)
    plan.label(middle, drawing.text, drawing.style.color, align=0.5)


def _triangle(plan: Plan, drawing: Drawing, spots: list[Spot], ground: Ground) -> None:
    del ground
    plan.path(spots, pen_of(drawing), closed=True)
    plan.fill(spots, drawing.style.color, drawing.style.fill)
    middle = (spots[0] + spots[1] + spots[2]) * (1 / 3)
    plan.label(middle, drawing.text, drawing.style.color, align=0.5)


def _path(plan: Plan, drawing: Drawing, spots: list[Spot], ground: Ground) -> None:
    del ground
    plan.path(spots, pen_of(drawing))
    plan.label(spots[0].beside(dy=-APART), drawing.text, drawing.style.color, rise=1.0)


def _text(plan: Plan, drawing: Drawing, spots: list[Spot], ground: Ground) -> None:
    del ground
    words = drawing.text or "Text"
    plan.label(spots[0], words, drawing.style.color, rise=0.0, share=drawing.style.fill)


def _callout(plan: Plan, drawing: Drawing, spots: list[Spot], ground: Ground) -> None:
    (tip, box), style = spots, drawing.style
    plan.arrow(box, tip, pen_of(drawing))
    words = drawing.text or ground.price(drawing.anchors[0].price)
    plan.label(box, words, style.color, align=0.5, share=max(style.fill, 0.05))


def _price_label(plan: Plan, drawing: Drawing, spots: list[Spot], ground: Ground) -> None:
    (at,), style = spots, drawing.style
    price = ground.price(drawing.anchors[0].price)
    words = f"{drawing.text}  {price}" if drawing.text else price
    plan.line(at, at.beside(10, -14), pen_of(drawing))
    share = max(style.fill, 0.05)
    plan.label(at.beside(10, -14), words, style.color, rise=1.0, share=share)


_K = DrawingKind
SHAPES: dict[DrawingKind, Shape] = {
    _K.TREND: _straight(),
    _K.RAY: _straight(after=True),
    _K.EXTENDED: _straight(before=True, after=True),
    _K.ARROW: _straight(arrow=True),
    _K.HORIZONTAL: _level(whole=True),
    _K.HORIZONTAL_RAY: _level(whole=False),
    _K.VERTICAL: _vertical,
    _K.CROSS: _level(whole=True, upright=True),
    _K.CHANNEL: _channel,
    _K.REGRESSION: _regression,
    _K.PITCHFORK: _pitchfork,
    _K.RECTANGLE: _rectangle,
    _K.ELLIPSE: _ellipse,
    _K.TRIANGLE: _triangle,
    _K.POLYLINE: _path,
    _K.BRUSH: _path,
    _K.TEXT: _text,
    _K.CALLOUT: _callout,
    _K.PRICE_LABEL: _price_label,
    **RATIOS,
    **SPANS,
}
