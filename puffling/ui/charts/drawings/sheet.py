"""Many drawings laid out at once: where all their lines are for what a chart shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from puffling.ui.charts.drawings.plan import MOST_TERMS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from puffling.ui.charts.drawings.plan import Label, Pen, Plan, Spot
    from puffling.ui.charts.frame import Frame

    Floats = NDArray[np.float64]

FAR = 1e6  # pixels; nothing is placed further away, so that the painter's sums stay exact
WIDE = 1_000.0  # pixels a label may be away from its place
MARGIN = 8.0  # pixels beyond the frame to which lines are drawn
DASHES = {"solid": (), "dashed": (5.0, 4.0), "dotted": (1.0, 3.0)}  # in widths of the pen


class Area(NamedTuple):
    """Numbers of the spots at the corners of something filled, and whose it is."""

    owner: int
    color: str
    share: float
    spots: NDArray[np.intp]
    before: bool = False
    after: bool = False
    is_band: bool = False


class Boxes(NamedTuple):
    """Upright areas of one colour: rows of left, top, width, height."""

    color: str
    share: float
    rows: Floats


class Said(NamedTuple):
    """A label, where it stands, and whose it is."""

    owner: int
    label: Label
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Laid:
    """Where everything is for one frame, in pixels.

    Rows of `lines` are x1, y1, x2, y2, cut to the frame; `pens` and `owners` say whose.
    """

    points: Floats
    spots: Floats
    lines: Floats
    pens: NDArray[np.intp]
    owners: NDArray[np.intp]
    heads: list[tuple[int, Pen, Floats]]
    areas: list[tuple[Area, Floats]]
    boxes: list[Boxes]
    labels: list[Said]


class Sheet:
    """Plans of many drawings in a few long columns."""

    def __init__(self, plans: Sequence[Plan]) -> None:
        self.pens: list[Pen] = []
        self.offsets = [0]  # of each drawing's points, and the end
        self.anchors = [plan.anchors for plan in plans]
        self._spots: list[tuple[Spot, int]] = []
        self._areas: list[Area] = []
        self._boxes: dict[tuple[str, float], list[tuple[int, int]]] = {}
        self._labels: list[tuple[int, Label, int]] = []
        points: list[tuple[float, float]] = []
        strokes: list[tuple[int, int, bool, bool, int, int, bool]] = []
        known: dict[Pen, int] = {}
        for owner, plan in enumerate(plans):
            at = len(points)
            points += plan.points
            self.offsets.append(len(points))
            for stroke in plan.strokes:
                pen = known.setdefault(stroke.pen, len(known))
                start, end = self._add(stroke.start, at), self._add(stroke.end, at)
                strokes.append((start, end, stroke.before, stroke.after, pen, owner, stroke.arrow))
            self._add_areas(owner, plan, at)
            self._labels += [(owner, each, self._add(each.at, at)) for each in plan.labels]
        self.pens = list(known)
        self._points = np.array(points, dtype=np.float64).reshape(-1, 2)
        table = np.array(strokes, dtype=np.intp).reshape(-1, 7)
        self._ends = table[:, :2]
        self._before, self._after = table[:, 2].astype(bool), table[:, 3].astype(bool)
        self._pen, self._owner = table[:, 4], table[:, 5]
        self._arrows = np.flatnonzero(table[:, 6])
        periods = np.array([sum(DASHES[pen.dash]) * max(pen.width, 1.0) for pen in self.pens])
        self._period = periods[self._pen] if len(self.pens) else np.empty(0)
        self._label_spots = np.array([spot for _, _, spot in self._labels], dtype=np.intp)
        self._pinned = np.array([each.pinned for _, each, _ in self._labels], dtype=np.bool_)
        counts = [len(each.spots) for each in self._areas]
        self._corner_starts = np.cumsum([0, *counts[:-1]]) if counts else np.empty(0, np.intp)
        self._corners = (
            np.concatenate([each.spots for each in self._areas])
            if counts
            else np.empty(0, dtype=np.intp)
        )
        self._goes_on = np.array([each.before or each.after for each in self._areas], np.bool_)
        self._corners_of = {
            color: np.array(ends, dtype=np.intp) for color, ends in self._boxes.items()
        }
        self._weigh()

    def _add(self, spot: Spot, at: int) -> int:
        self._spots.append((spot, at))
        return len(self._spots) - 1

    def _add_areas(self, owner: int, plan: Plan, at: int) -> None:
        for fill in plan.fills:
            spots = np.array([self._add(each, at) for each in fill.corners])
            self._areas.append(Area(owner, fill.color, fill.share, spots))
        for band in plan.bands:
            spots = np.array([self._add(each, at) for each in (*band.upper, *band.lower)])
            self._areas.append(
                Area(owner, band.color, band.share, spots, band.before, band.after, is_band=True)
            )

        for box in plan.boxes:
            ends = self._add(box.one, at), self._add(box.two, at)
            self._boxes.setdefault((box.color, box.share), []).append(ends)

    def _weigh(self) -> None:
        """Write the spots as numbers of points, weights, and pixels beside them."""
        count = len(self._spots)
        self._which = np.zeros((2, count, MOST_TERMS), dtype=np.intp)
        self._weight = np.zeros((2, count, MOST_TERMS))
        self._beside = np.zeros((count, 2))
        for row, (spot, at) in enumerate(self._spots):
            self._beside[row] = spot.dx, spot.dy
            for axis, terms in enumerate((spot.x, spot.y)):
                for column, (point, weight) in enumerate(terms):
                    self._which[axis, row, column] = point + at
                    self._weight[axis, row, column] = weight

    def lay(self, frame: Frame) -> Laid:
        """Place everything for what `frame` shows."""
        points = np.empty_like(self._points)
        points[:, 0] = frame.x(self._points[:, 0])
        points[:, 1] = frame.y(self._points[:, 1])
        np.clip(np.nan_to_num(points, copy=False), -FAR, FAR, out=points)
        spots = np.empty((len(self._spots), 2))
        for axis in (0, 1):
            placed = points[:, axis][self._which[axis]] if len(points) else self._weight[axis]
            spots[:, axis] = (placed * self._weight[axis]).sum(axis=1)
        spots += self._beside
        whole = np.hstack([spots[self._ends[:, 0]], spots[self._ends[:, 1]]])
        lines, seen = cut(whole, self._before, self._after, self._period, frame)
        heads = [
            (int(self._owner[row]), self.pens[self._pen[row]], _head(whole[row]))
            for row in self._arrows
            if seen[row]
        ]
        return Laid(
            points,
            spots,
            lines[seen],
            self._pen[seen],
            self._owner[seen],
            heads,
            self._lay_areas(spots, frame),
            self._lay_boxes(spots, frame),
            self._lay_labels(spots, frame),
        )

    def _lay_areas(self, spots: Floats, frame: Frame) -> list[tuple[Area, Floats]]:
        if not self._areas:
            return []
        across = spots[self._corners, 0]
        left = np.minimum.reduceat(across, self._corner_starts)
        right = np.maximum.reduceat(across, self._corner_starts)
        near = self._goes_on | ((right >= frame.left) & (left <= frame.right))
        found = []
        for number in np.flatnonzero(near):
            area = self._areas[number]
            corners = spots[area.spots]
            if area.is_band:
                corners = _band(corners, frame, before=area.before, after=area.after)
            low, high = corners.min(axis=0), corners.max(axis=0)
            if (
                high[0] >= frame.left
                and low[0] <= frame.right
                and high[1] >= frame.top
                and low[1] <= frame.bottom
            ):
                found.append((area, corners))
        return found

    def _lay_boxes(self, spots: Floats, frame: Frame) -> list[Boxes]:
        """Whole pixels within the frame: such rectangles are filled ten times as fast."""
        found = []
        low = np.array([frame.left - 1, frame.top - 1])
        high = np.array([frame.right + 1, frame.bottom + 1])
        for (color, share), ends in self._corners_of.items():
            one, two = spots[ends[:, 0]], spots[ends[:, 1]]
            start = np.round(np.clip(np.minimum(one, two), low, high))
            rows = np.hstack([start, np.round(np.clip(np.maximum(one, two), low, high)) - start])
            rows = rows[(rows[:, 2] > 0) & (rows[:, 3] > 0)]
            if len(rows):
                found.append(Boxes(color, share, rows))
        return found

    def _lay_labels(self, spots: Floats, frame: Frame) -> list[Said]:
        x, y = spots[self._label_spots].T
        seen = (y >= frame.top - MARGIN) & (y <= frame.bottom + MARGIN)
        seen &= (np.abs(x - frame.left) <= WIDE + frame.width) | self._pinned
        found = []
        for number in np.flatnonzero(seen):
            owner, label, _ = self._labels[number]
            left = frame.right - 4.0 if label.pinned else float(x[number])
            found.append(Said(owner, label, left, float(y[number])))
        return found


def cut(
    lines: Floats,
    before: NDArray[np.bool_],
    after: NDArray[np.bool_],
    period: Floats,
    frame: Frame,
) -> tuple[Floats, NDArray[np.bool_]]:
    """Cut lines to the frame, extended first where they go on; and which of them are seen.

    A dashed line is cut between two dashes, so that they do not creep when the chart moves.
    """
    start, step = lines[:, :2], lines[:, 2:] - lines[:, :2]
    low = np.array([frame.left - MARGIN, frame.top - MARGIN])
    high = np.array([frame.right + MARGIN, frame.bottom + MARGIN])
    first, last = np.where(before, -np.inf, 0.0), np.where(after, np.inf, 1.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        one, other = (low - start) / step, (high - start) / step
    still = step == 0
    inside = (start >= low) & (start <= high)
    enter = np.where(still, np.where(inside, -np.inf, np.inf), np.minimum(one, other))
    leave = np.where(still, np.where(inside, np.inf, -np.inf), np.maximum(one, other))
    first = np.maximum(first, enter.max(axis=1, initial=-np.inf))
    last = np.minimum(last, leave.min(axis=1, initial=np.inf))
    length = np.hypot(step[:, 0], step[:, 1])
    seen = (first <= last) & (length > 0)
    dashed = seen & (period > 0)
    if dashed.any():
        turns = first[dashed] * length[dashed] / period[dashed]
        first[dashed] = np.floor(turns) * period[dashed] / length[dashed]
    first, last = np.where(seen, first, 0.0), np.where(seen, last, 0.0)
    found = np.empty_like(lines)
    found[:, :2] = start + step * first[:, None]
    found[:, 2:] = start + step * last[:, None]
    return found, seen


def _band(corners: Floats, frame: Frame, *, before: bool, after: bool) -> Floats:
    """The four corners of what lies between two lines, as far as the frame's sides."""
    left, right = frame.left - MARGIN, frame.right + MARGIN
    found = corners.copy()
    for row in (0, 2):
        start, end = corners[row], corners[row + 1]
        across = end[0] - start[0]
        if abs(across) < 1e-9:  # noqa: PLR2004 - upright to the eye
            continue
        slope = (end[1] - start[1]) / across
        forward = across > 0
        if before:
            x = min(left, start[0]) if forward else max(right, start[0])
            found[row] = x, np.clip(start[1] + (x - start[0]) * slope, -FAR, FAR)
        if after:
            x = max(right, end[0]) if forward else min(left, end[0])
            found[row + 1] = x, np.clip(start[1] + (x - start[0]) * slope, -FAR, FAR)
    return found[[0, 1, 3, 2]]


def _head(line: Floats) -> Floats:
    """The head of an arrow: its tip and the ends of its two barbs."""
    tip, step = line[2:], line[2:] - line[:2]
    length = float(np.hypot(*step)) or 1.0
    ahead = step / length
    side = np.array([-ahead[1], ahead[0]])
    back = tip - ahead * 10.0
    return np.array([tip, back + side * 4.5, back - side * 4.5])
