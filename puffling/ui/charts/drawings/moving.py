"""How a drawing is completed from the points placed so far, and what moving does to it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

import numpy as np

from puffling.core.drawing_kinds import DrawingKind
from puffling.core.drawings import Anchor
from puffling.ui.charts.ticks import price_decimals

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from puffling.core.drawings import Drawing
    from puffling.ui.charts.frame import Frame

POSITIONS = (DrawingKind.LONG, DrawingKind.SHORT)
USUAL_REWARD = 2.0  # times what is risked, until somebody moves the target
LEVELS = (DrawingKind.HORIZONTAL, DrawingKind.HORIZONTAL_RAY)


class Places(Protocol):
    """Moments and prices to the screen and back."""

    @property
    def frame(self) -> Frame:
        """Where prices are shown."""
        ...

    def place(self, time: int) -> float:
        """The bar at a time, with fractions."""
        ...

    def time_at(self, index: float) -> int:
        """The time of a bar, with fractions."""
        ...


def clicks(kind: DrawingKind) -> int:
    """How many points a person places; what is left of the anchors follows from them."""
    return 2 if kind in POSITIONS else kind.facts.least


def completed(
    kind: DrawingKind, placed: Sequence[Anchor], places: Places
) -> tuple[Anchor, ...] | None:
    """Return all anchors as far as points are placed; None while too few to show anything."""
    anchors = list(placed)
    if kind in POSITIONS and len(anchors) == 2:  # noqa: PLR2004 - an entry and one of the others
        return _position(kind, anchors[0], anchors[1])
    if not anchors or (len(anchors) == 1 and kind.facts.least > 1):
        return None
    while len(anchors) < kind.facts.least:
        anchors.append(anchors[-1])
    return settled(kind, anchors, places)


def settled(kind: DrawingKind, anchors: Sequence[Anchor], places: Places) -> tuple[Anchor, ...]:
    """Return anchors as they are kept: the other side of a channel begins where the first does."""
    if kind is not DrawingKind.CHANNEL:
        return tuple(anchors)
    start, end, other = anchors
    frame = places.frame
    first, last, at = (places.place(each.time) for each in anchors)
    if first in {last, at}:
        return tuple(anchors)
    rise = (frame.y(end.price) - frame.y(start.price)) / (last - first)
    price = frame.value_at(frame.y(other.price) - rise * (at - first))
    return start, end, Anchor(start.time, price)


def _position(kind: DrawingKind, entry: Anchor, other: Anchor) -> tuple[Anchor, ...]:
    """An entry with a target and a stop; a point on the losing side is the stop."""
    step = other.price - entry.price
    wins = (step >= 0) == (kind is DrawingKind.LONG)
    target = other.price if wins else entry.price - step * USUAL_REWARD
    stop = entry.price - step / USUAL_REWARD if wins else other.price
    return entry, Anchor(other.time, _tidy(target)), Anchor(other.time, _tidy(stop))


def with_handle(drawing: Drawing, handle: int, to: Anchor, places: Places) -> Drawing:
    """Return a drawing with one of its anchors elsewhere."""
    anchors = list(drawing.anchors)
    anchors[handle] = to
    if drawing.kind in POSITIONS and handle > 0:
        anchors[1] = replace(anchors[1], time=to.time)
        anchors[2] = replace(anchors[2], time=to.time)
    if drawing.kind is DrawingKind.CHANNEL and handle == 0:
        # The other side keeps its distance to the eye.
        frame, (start, _, other) = places.frame, drawing.anchors
        gap = frame.y(other.price) - frame.y(start.price)
        anchors[2] = Anchor(to.time, frame.value_at(frame.y(to.price) + gap))
    return drawing.moved_to(settled(drawing.kind, anchors, places))


def shifted(drawing: Drawing, bars: float, pixels: float, places: Places) -> Drawing:
    """Return a whole drawing so many bars to the right and so many pixels down."""
    frame = places.frame

    def moved(each: Anchor) -> Anchor:
        time = places.time_at(places.place(each.time) + bars) if bars else each.time
        price = frame.value_at(frame.y(each.price) + pixels) if pixels else each.price
        return Anchor(time, _tidy(price) if pixels else price)

    return drawing.moved_to([moved(each) for each in drawing.anchors])


def nudged(drawing: Drawing, handle: int | None, bars: int, ticks: int, places: Places) -> Drawing:
    """Return a drawing, or one of its handles, moved by whole bars and whole ticks of the price."""
    chosen = range(len(drawing.anchors)) if handle is None else (handle,)
    step = ticks * tick(max(abs(drawing.anchors[each].price) for each in chosen))
    changed = drawing
    for each in chosen:
        anchor = drawing.anchors[each]
        time = places.time_at(places.place(anchor.time) + bars) if bars else anchor.time
        to = Anchor(time, _tidy(anchor.price + step) if ticks else anchor.price)
        if handle is not None:
            return with_handle(drawing, each, to, places)
        anchors = list(changed.anchors)
        anchors[each] = to
        changed = changed.moved_to(anchors)
    return changed


def straightened(fixed: tuple[float, float], at: tuple[float, float]) -> tuple[float, float]:
    """Return a point level with, or straight above or below, a fixed one; the nearer of both."""
    if abs(at[0] - fixed[0]) >= abs(at[1] - fixed[1]):
        return at[0], fixed[1]
    return fixed[0], at[1]


def thinned(points: NDArray[np.float64], tolerance: float) -> list[int]:
    """Return the numbers of points through which a path is nowhere further off than `tolerance`."""
    kept, open_ = {0, len(points) - 1}, [(0, len(points) - 1)]
    while open_:
        first, last = open_.pop()
        if last - first < 2:  # noqa: PLR2004 - nothing lies between them
            continue
        step = points[last] - points[first]
        away = points[first + 1 : last] - points[first]
        length = float(np.hypot(*step))
        if length:
            along = np.clip(away @ step / length**2, 0.0, 1.0)
            away = away - along[:, None] * step
        far = np.hypot(away[:, 0], away[:, 1])
        worst = first + 1 + int(far.argmax())
        if far.max() > tolerance:
            kept.add(worst)
            open_ += [(first, worst), (worst, last)]
    return sorted(kept)


def tick(price: float) -> float:
    """The step in which a price of that size is quoted."""
    return float(10.0 ** -price_decimals(price))


def _tidy(price: float) -> float:
    """A price without the noise of a sum."""
    return round(price, price_decimals(abs(price)) + 2)
