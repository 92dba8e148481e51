"""Tools that measure: bars, time and price between two points, and what a trade risks."""

from __future__ import annotations

from datetime import timedelta
from math import floor
from typing import TYPE_CHECKING

from puffling.core import formats
from puffling.core.drawing_kinds import DrawingKind
from puffling.ui.charts.drawings.plan import Pen

if TYPE_CHECKING:
    from collections.abc import Callable

    from puffling.core.drawings import Anchor, Drawing
    from puffling.ui.charts.drawings.plan import Ground, Plan, Spot

    Shape = Callable[[Plan, Drawing, list[Spot], Ground], None]

DAY = timedelta(days=1)
FINEST = 1e-12
TALL = 20_000.0  # pixels: higher than any screen


def _pen(drawing: Drawing) -> Pen:
    return Pen(drawing.style.color, drawing.style.width, drawing.style.dash.value)


def moved_words(start: Anchor, end: Anchor, ground: Ground) -> str:
    """Say how far a price went: "+12.30 (+2.15 %)"."""
    step = end.price - start.price
    sign = "−" if step < 0 else "+" if step > 0 else ""
    said = f"{sign}{ground.price(abs(step), end.price)}"
    if abs(start.price) < FINEST:
        return said
    return f"{said} ({formats.percent(step / abs(start.price), sign=True)})"


def lasted_words(start: Anchor, end: Anchor, bars: float) -> str:
    """Say how long something took: "34 bars, 50 days"."""
    count = round(bars)
    span = timedelta(microseconds=(end.time - start.time) // 1000)
    words = f"{count:,} {'bar' if abs(count) == 1 else 'bars'}"
    days = round(abs(span) / DAY)
    if days >= 2:  # noqa: PLR2004 - below it hours say more
        return f"{words}, {days:,} days"
    return f"{words}, {formats.duration(abs(span))}"


def _box(plan: Plan, one: Spot, two: Spot, color: str, share: float, pen: Pen) -> None:
    corners = (one, one.across(two), two, two.across(one))
    plan.box(one, two, color, share)
    plan.path(corners, pen, closed=True)


def _measure(plan: Plan, drawing: Drawing, spots: list[Spot], ground: Ground) -> None:
    one, two = spots
    start, end = drawing.anchors
    color = "up" if end.price >= start.price else "down"
    pen = Pen(color, drawing.style.width, drawing.style.dash.value)
    _box(plan, one, two, color, drawing.style.fill, pen._replace(width=1.0))
    middle = (one + two) * 0.5
    plan.arrow(one.across(middle), two.across(middle), pen)
    plan.arrow(middle.across(one), middle.across(two), pen)
    bars = plan.points[1][0] - plan.points[0][0]
    words = f"{moved_words(start, end, ground)}\n{lasted_words(start, end, bars)}"
    words = f"{drawing.text}\n{words}" if drawing.text else words
    below = end.price < start.price
    at = two.across(middle).beside(dy=8 if below else -8)
    plan.label(at, words, color, align=0.5, rise=0.0 if below else 1.0, share=0.16)


def _date_range(plan: Plan, drawing: Drawing, spots: list[Spot], ground: Ground) -> None:
    del ground
    (one, two), pen, style = spots, _pen(drawing), drawing.style
    for each in spots:
        plan.line(each, each.beside(dy=1.0), pen, before=True, after=True)
    plan.arrow(one, one.across(two), pen)
    plan.box(one.beside(dy=-TALL), two.beside(dy=TALL), style.color, style.fill)
    bars = plan.points[1][0] - plan.points[0][0]
    words = lasted_words(drawing.anchors[0], drawing.anchors[1], bars)
    words = f"{drawing.text}\n{words}" if drawing.text else words
    at = one.across((one + two) * 0.5).beside(dy=-8)
    plan.label(at, words, style.color, align=0.5, rise=1.0, share=0.16)


def _price_range(plan: Plan, drawing: Drawing, spots: list[Spot], ground: Ground) -> None:
    (one, two), pen, style = spots, _pen(drawing), drawing.style
    left, right = one, two
    plan.line(left, left.across(right), pen)
    plan.line(right.across(left), right, pen)
    middle = (one + two) * 0.5
    plan.arrow(one.across(middle), two.across(middle), pen)
    plan.box(one, two, style.color, style.fill)
    words = moved_words(drawing.anchors[0], drawing.anchors[1], ground)
    words = f"{drawing.text}\n{words}" if drawing.text else words
    plan.label(middle, words, style.color, align=0.5, share=0.16)


def shares_for(drawing: Drawing) -> int | None:
    """How many whole shares lose no more than the money at risk; None when none is named."""
    entry, _, stop = (each.price for each in drawing.anchors)
    loss = abs(entry - stop)
    if drawing.risk is None or loss < FINEST:
        return None
    return floor(drawing.risk / loss + 1e-9)


def reward_for(drawing: Drawing) -> float | None:
    """How many times what is risked may be won; None without a risk."""
    entry, target, stop = (each.price for each in drawing.anchors)
    loss = abs(entry - stop)
    return None if loss < FINEST else abs(target - entry) / loss


def _position(plan: Plan, drawing: Drawing, spots: list[Spot], ground: Ground) -> None:
    """Entry, target and stop: what may be won, what may be lost, and how many shares."""
    (entry, target, stop), share = spots, drawing.style.fill
    start, goal, end = drawing.anchors
    thin = Pen("up", drawing.style.width, drawing.style.dash.value)
    _box(plan, entry, target, "up", share, thin)
    far = stop.across(target)
    _box(plan, entry, far, "down", share, thin._replace(color="down"))
    plan.line(entry, entry.across(target), _pen(drawing))
    middle = (entry + target) * 0.5
    upward = goal.price >= start.price
    words = f"Target {ground.price(goal.price)}  {moved_words(start, goal, ground)}"
    at = target.across(middle).beside(dy=-4 if upward else 4)
    plan.label(at, words, "up", align=0.5, rise=1.0 if upward else 0.0, share=0.16)
    words = f"Stop {ground.price(end.price)}  {moved_words(start, end, ground)}"
    at = far.across(middle).beside(dy=4 if upward else -4)
    plan.label(at, words, "down", align=0.5, rise=0.0 if upward else 1.0, share=0.16)
    ratio, shares = reward_for(drawing), shares_for(drawing)
    said = [drawing.text, f"{drawing.kind.label.split()[0]} {ground.price(start.price)}"]
    said.append("" if ratio is None else f"reward : risk {ratio:.2f}")
    if shares is not None and drawing.risk is not None:
        said.append(
            f"{shares:,} shares risk {formats.money(shares * abs(start.price - end.price))}"
        )
    words = "  ·  ".join(filter(None, said))
    plan.label(entry.across(middle), words, "text", align=0.5, share=0.16)


SPANS: dict[DrawingKind, Shape] = {
    DrawingKind.MEASURE: _measure,
    DrawingKind.DATE_RANGE: _date_range,
    DrawingKind.PRICE_RANGE: _price_range,
    DrawingKind.LONG: _position,
    DrawingKind.SHORT: _position,
}
