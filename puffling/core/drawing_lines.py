"""The lines of a drawing that a price may cross, and how high they are at a place in time."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, isfinite, log
from typing import TYPE_CHECKING

from puffling.core.drawing_kinds import DrawingKind
from puffling.core.drawings import Anchor

if TYPE_CHECKING:
    from puffling.core.drawings import Drawing

_K = DrawingKind
STRAIGHT = {
    _K.TREND: (False, False),
    _K.ARROW: (False, False),
    _K.RAY: (False, True),
    _K.EXTENDED: (True, True),
}
LEVEL = {_K.HORIZONTAL: True, _K.CROSS: True, _K.HORIZONTAL_RAY: False}


@dataclass(frozen=True, slots=True)
class Line:
    """A straight line through two places; it may go on before the first and after the second.

    Args:
        name: What it is called in its drawing.
        label: The same for a person.
        start: One end.
        end: The other one; None for a level line.
        before: Whether it goes on before `start`.
        after: Whether it goes on after `end`.
    """

    name: str
    label: str
    start: Anchor
    end: Anchor | None = None
    before: bool = False
    after: bool = True


def lines_of(drawing: Drawing, *, is_log: bool = False) -> tuple[Line, ...]:
    """Return the lines of a drawing that a price may cross; none for most kinds.

    Args:
        drawing: What was drawn.
        is_log: Whether equal ratios are equally tall where it was drawn: a parallel is another.
    """
    kind, at = drawing.kind, drawing.anchors
    label = kind.label.lower()
    if kind in STRAIGHT:
        before, after = STRAIGHT[kind]
        return (Line("line", f"the {label}", at[0], at[1], before, after),)
    if kind in LEVEL:
        return (Line("line", f"the {label}", at[0], before=LEVEL[kind]),)
    found: tuple[Line, ...] = ()
    if kind is _K.CHANNEL:
        found = _channel(drawing, is_log=is_log)
    elif kind in {_K.LONG, _K.SHORT}:
        found = tuple(
            Line(name, f"the {label}'s {name}", each, before=True)
            for name, each in zip(("entry", "target", "stop"), at, strict=True)
        )
    elif kind is _K.FIB_RETRACEMENT:
        found = _ladder(drawing, at[1], at[1].price - at[0].price, -1.0)
    elif kind is _K.FIB_EXTENSION:
        found = _ladder(drawing, at[2], at[1].price - at[0].price, 1.0)
    return found


def _channel(drawing: Drawing, *, is_log: bool) -> tuple[Line, ...]:
    start, end, other = drawing.anchors
    if is_log and min(start.price, end.price, other.price) > 0:
        far = other.price * end.price / start.price
        middle = ((start.price * other.price) ** 0.5, (end.price * far) ** 0.5)
    else:
        far = other.price + end.price - start.price
        middle = ((start.price + other.price) / 2, (end.price + far) / 2)
    sides = [(start.price, end.price), (other.price, far)]
    low, high = sorted(sides)
    return tuple(
        Line(
            name,
            f"the channel's {words}",
            Anchor(start.time, one),
            Anchor(end.time, two),
            after=False,
        )
        for name, words, (one, two) in (
            ("upper", "upper edge", high),
            ("middle", "middle", middle),
            ("lower", "lower edge", low),
        )
    )


def _ladder(drawing: Drawing, base: Anchor, move: float, sign: float) -> tuple[Line, ...]:
    return tuple(
        Line(
            f"{ratio:g}",
            f"the Fibonacci level {ratio:g}",
            Anchor(base.time, base.price + sign * ratio * move),
            before=True,
        )
        for ratio in drawing.levels
    )


def height_of(
    line: Line, places: tuple[float, float], at: float, *, is_log: bool = False
) -> float | None:
    """Return how high a line is; None where it is not, or has no height.

    Args:
        line: The line.
        places: Where its ends are, counted in bars; the second means nothing for a level line.
        at: Where the height is asked for, counted the same.
        is_log: Whether it was drawn where equal ratios are equally tall.
    """
    first, last = places
    if line.end is None:
        return line.start.price if line.before or at >= first else None
    if first > last:
        first, last = last, first
        low, high = line.end.price, line.start.price
        before, after = line.after, line.before
    else:
        low, high = line.start.price, line.end.price
        before, after = line.before, line.after
    if first == last or (at < first and not before) or (at > last and not after):
        return None
    share = (at - first) / (last - first)
    if not is_log or min(low, high) <= 0:
        return low + (high - low) * share
    height = exp(min(log(low) + (log(high) - log(low)) * share, 700.0))
    return height if isfinite(height) else None
