"""Tools of ratios: Fibonacci's retracement, extension, fan and time zones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from puffling.core.drawing_kinds import DrawingKind
from puffling.ui.charts.drawings.plan import Pen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from puffling.core.drawings import Drawing
    from puffling.ui.charts.drawings.plan import Ground, Plan, Spot

    Shape = Callable[[Plan, Drawing, list[Spot], Ground], None]


def _pen(drawing: Drawing) -> Pen:
    return Pen(drawing.style.color, drawing.style.width, drawing.style.dash.value)


def _quiet(drawing: Drawing) -> Pen:
    return Pen(drawing.style.color, 1.0, "dashed")


def _ladder(
    plan: Plan,
    drawing: Drawing,
    ground: Ground,
    *,
    sides: tuple[float, float],
    values: Iterable[tuple[float, float]],
) -> None:
    """Levels from one bar to another, each with its ratio and its price, areas between them."""
    pen, style = _pen(drawing), drawing.style
    before: tuple[Spot, Spot] | None = None
    left, right = min(sides), max(sides)
    for ratio, value in values:
        start, end = plan.point(left, value), plan.point(right, value)
        plan.line(start, end, pen)
        if before is not None:
            plan.box(before[0], end, style.color, style.fill)
        words = f"{ratio:g}  {ground.price(value)}"
        plan.label(start.beside(dx=4, dy=-1), words, style.color, rise=1.0)
        before = start, end


def _retracement(plan: Plan, drawing: Drawing, spots: list[Spot], ground: Ground) -> None:
    """Shares of a move, counted back from its end."""
    start, end = drawing.anchors
    plan.path(spots, _quiet(drawing))
    move = end.price - start.price
    values = [(ratio, end.price - ratio * move) for ratio in drawing.levels]
    sides = (plan.points[0][0], plan.points[1][0])
    _ladder(plan, drawing, ground, sides=sides, values=values)


def _extension(plan: Plan, drawing: Drawing, spots: list[Spot], ground: Ground) -> None:
    """Multiples of a first move, counted from the end of what came back of it."""
    start, end, back = drawing.anchors
    plan.path(spots, _quiet(drawing))
    move = end.price - start.price
    values = [(ratio, back.price + ratio * move) for ratio in drawing.levels]
    width = abs(plan.points[1][0] - plan.points[0][0]) or 10.0
    sides = (plan.points[2][0], plan.points[2][0] + width)
    _ladder(plan, drawing, ground, sides=sides, values=values)


def _fan(plan: Plan, drawing: Drawing, spots: list[Spot], ground: Ground) -> None:
    """Rays from a move's start through shares of its height at its end."""
    del ground
    start, end = spots
    plan.line(start, end, _pen(drawing), after=True)
    at = plan.points[1][0]
    first, last = drawing.anchors[0].price, drawing.anchors[1].price
    for ratio in drawing.levels:
        through = plan.point(at, last - ratio * (last - first))
        plan.line(start, through, _pen(drawing), after=True)
        plan.label(through.beside(dx=3), f"{ratio:g}", drawing.style.color, rise=1.0)


def _times(plan: Plan, drawing: Drawing, spots: list[Spot], ground: Ground) -> None:
    """Upright lines at multiples of a first distance in bars."""
    del ground
    plan.path(spots, _quiet(drawing))
    first, last = plan.points[0][0], plan.points[1][0]
    for ratio in drawing.levels:
        at = plan.point(first + ratio * (last - first), drawing.anchors[0].price)
        plan.line(at, at.beside(dy=1.0), _pen(drawing), before=True, after=True)
        plan.label(at.beside(dx=3, dy=-2), f"{ratio:g}", drawing.style.color, rise=1.0)


RATIOS: dict[DrawingKind, Shape] = {
    DrawingKind.FIB_RETRACEMENT: _retracement,
    DrawingKind.FIB_EXTENSION: _extension,
    DrawingKind.FIB_FAN: _fan,
    DrawingKind.FIB_TIMES: _times,
}
