"""What a drawing consists of, before anybody knows where its chart will show it.

Points are bars and values. Everything else stands at a weighted sum of points *as they are on the
screen*: a parallel is parallel to the eye on any scale, and only points have to be placed anew
when the chart moves.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

Terms = tuple[tuple[int, float], ...]
MOST_TERMS = 4


class Ground(Protocol):
    """The bars a drawing stands on."""

    def place(self, time: int) -> float:
        """The bar at a time, with fractions, beyond the last one too."""
        ...

    def closes(self, first: float, last: float) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """The bars from one to another, and where they closed."""
        ...

    def price(self, value: float, like: float | None = None) -> str:
        """A price as this chart writes it; with the decimals of another one."""
        ...


class Pen(NamedTuple):
    """What a line is drawn with: a colour by name, pixels, and a dash by name."""

    color: str
    width: float
    dash: str = "solid"


@dataclass(frozen=True, slots=True)
class Spot:
    """A place on the screen: weighted sums of points across and down, and pixels beside them."""

    x: Terms
    y: Terms
    dx: float = 0.0
    dy: float = 0.0

    def __add__(self, other: Spot) -> Spot:
        return Spot(_sum(self.x, other.x), _sum(self.y, other.y))

    def __sub__(self, other: Spot) -> Spot:
        return self + other * -1.0

    def __mul__(self, factor: float) -> Spot:
        return Spot(
            tuple((point, weight * factor) for point, weight in self.x),
            tuple((point, weight * factor) for point, weight in self.y),
        )

    def across(self, other: Spot) -> Spot:
        """The place at this one's height and the other's distance from the left."""
        return Spot(other.x, self.y)

    def beside(self, dx: float = 0.0, dy: float = 0.0) -> Spot:
        """The place so many pixels to the right and down."""
        return Spot(self.x, self.y, self.dx + dx, self.dy + dy)


def _sum(one: Terms, other: Terms) -> Terms:
    found = dict(one)
    for point, weight in other:
        found[point] = found.get(point, 0.0) + weight
    return tuple((point, weight) for point, weight in found.items() if weight)


class Stroke(NamedTuple):
    """A straight line; it may go on before its start and after its end to the frame's edge."""

    start: Spot
    end: Spot
    pen: Pen
    before: bool = False
    after: bool = False
    arrow: bool = False


class Fill(NamedTuple):
    """An area with straight sides, in a colour by name and how strongly it covers."""

    corners: tuple[Spot, ...]
    color: str
    share: float


class Box(NamedTuple):
    """An upright area between two opposite corners, in a colour and how strongly it covers."""

    one: Spot
    two: Spot
    color: str
    share: float


class Band(NamedTuple):
    """The area between two lines that may go on to the frame's sides."""

    upper: tuple[Spot, Spot]
    lower: tuple[Spot, Spot]
    before: bool
    after: bool
    color: str
    share: float


class Label(NamedTuple):
    """Words at a place.

    `align` is the share of the box left of the place and `rise` the share above it. `share` is how
    strongly its box is filled with the colour; without one the words themselves have the colour.
    `pinned` puts it at the right edge of the frame.
    """

    at: Spot
    text: str
    color: str
    align: float = 0.0
    rise: float = 0.5
    share: float = 0.0
    pinned: bool = False


@dataclass(slots=True)
class Plan:
    """What one drawing consists of; its first points are its anchors."""

    points: list[tuple[float, float]] = field(default_factory=list)
    strokes: list[Stroke] = field(default_factory=list)
    fills: list[Fill] = field(default_factory=list)
    boxes: list[Box] = field(default_factory=list)
    bands: list[Band] = field(default_factory=list)
    labels: list[Label] = field(default_factory=list)
    anchors: int = 0

    def point(self, index: float, value: float) -> Spot:
        """Add a point; the place where it will be."""
        self.points.append((index, value))
        terms = ((len(self.points) - 1, 1.0),)
        return Spot(terms, terms)

    def line(
        self, start: Spot, end: Spot, pen: Pen, *, before: bool = False, after: bool = False
    ) -> None:
        """Add a line."""
        self.strokes.append(Stroke(start, end, pen, before, after))

    def arrow(self, start: Spot, end: Spot, pen: Pen) -> None:
        """Add a line with a head at its end."""
        self.strokes.append(Stroke(start, end, pen, arrow=True))

    def path(self, corners: Sequence[Spot], pen: Pen, *, closed: bool = False) -> None:
        """Add a line through places, back to the first one if closed."""
        ends = [*corners[1:], corners[0]] if closed else corners[1:]
        for start, end in zip(corners, ends, strict=False):
            self.line(start, end, pen)

    def fill(self, corners: Sequence[Spot], color: str, share: float) -> None:
        """Fill an area."""
        if share > 0:
            self.fills.append(Fill(tuple(corners), color, share))

    def box(self, one: Spot, two: Spot, color: str, share: float) -> None:
        """Fill an upright area."""
        if share > 0:
            self.boxes.append(Box(one, two, color, share))

    def label(  # noqa: PLR0913 - where it is, what it says and how it looks, given by name
        self,
        at: Spot,
        text: str,
        color: str,
        *,
        align: float = 0.0,
        rise: float = 0.5,
        share: float = 0.0,
        pinned: bool = False,
    ) -> None:
        """Add words."""
        if text:
            self.labels.append(Label(at, text, color, align, rise, share, pinned))
