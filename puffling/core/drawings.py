"""What a person draws on a chart, anchored in time and price, and how it is kept."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field, replace
from enum import StrEnum
from math import isfinite, prod
from typing import TYPE_CHECKING, Any

from puffin.data.bars import Interval
from puffling.core.drawing_kinds import COLORS, Dash, DrawingKind, Style
from puffling.core.errors import BadValueError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LONGEST_TEXT = 400
LARGEST_VALUE = 1e12
MOST_LEVELS = 24
MOST_COPIED = 200


class Span(StrEnum):
    """On which lengths of bars a drawing is shown."""

    ALL = "all"
    SHORTER = "shorter"
    ONLY = "only"

    @property
    def label(self) -> str:
        """The rule in words."""
        return {"all": "All intervals", "shorter": "This and shorter", "only": "Only this"}[self]


@dataclass(frozen=True, slots=True)
class Anchor:
    """A point of a drawing: nanoseconds since 1970 UTC, and a price."""

    time: int
    price: float


@dataclass(frozen=True, slots=True)
class Drawing:
    """One drawing on the charts of a symbol.

    Args:
        id: Unlike any other's.
        symbol: Whose charts it is on.
        kind: What it is.
        anchors: Where it is; they stay when the bars change.
        style: How it looks.
        text: What is written at it.
        locked: Whether it cannot be moved or removed by hand.
        hidden: Whether it is not shown.
        span: On which lengths of bars it is shown, seen from `interval`.
        interval: The length of bars it was drawn on.
        height: Which of two is painted above the other: the larger.
        risk: The money that a long or short position may lose, for its quantity.
        as_of: The moment in whose shares its prices are, in nanoseconds; 0 if that is not known.
    """

    id: str
    symbol: str
    kind: DrawingKind
    anchors: tuple[Anchor, ...]
    style: Style = field(default_factory=Style)
    text: str = ""
    locked: bool = False
    hidden: bool = False
    span: Span = Span.ALL
    interval: Interval = Interval.D1
    height: int = 0
    risk: float | None = None
    as_of: int = 0

    @property
    def levels(self) -> tuple[float, ...]:
        """Its own levels, or those its kind usually has."""
        return self.style.levels or self.kind.facts.style.levels

    @property
    def label(self) -> str:
        """What it is called in a list."""
        first = self.text.strip().partition("\n")[0]
        return f"{self.kind.label}: {first}" if first else self.kind.label

    def shows_on(self, interval: Interval) -> bool:
        """Whether it is shown on bars of this length."""
        if self.hidden:
            return False
        if self.span is Span.ONLY:
            return interval is self.interval
        return self.span is Span.ALL or interval.seconds <= self.interval.seconds

    def moved_to(self, anchors: Sequence[Anchor]) -> Drawing:
        """Return it elsewhere."""
        return replace(self, anchors=tuple(anchors))


def new_id() -> str:
    """Return an id that no other drawing has."""
    return secrets.token_hex(6)


def check(drawing: Drawing) -> Drawing:
    """Return the drawing if it can be drawn.

    Raises:
        BadValueError: It cannot; says why.
    """
    facts, count = drawing.kind.facts, len(drawing.anchors)
    if not facts.least <= count <= facts.most:
        wanted = f"{facts.least} points" if facts.least != 1 else "one point"
        more = " or more" if facts.is_open else ""
        raise BadValueError(f"A {facts.label.lower()} has {wanted}{more}, not {count}.")
    for each in drawing.anchors:
        if not isfinite(each.price) or abs(each.price) > LARGEST_VALUE:
            raise BadValueError("A drawing's prices are numbers.")
    style = drawing.style
    if style.color not in COLORS:
        raise BadValueError(f"{style.color!r} is no colour of a drawing: {', '.join(COLORS)}.")
    if not (0.5 <= style.width <= 12 and 0 <= style.fill <= 1):  # noqa: PLR2004 - said below
        raise BadValueError("A line is 0.5 to 12 pixels wide, and a fill lies between 0 and 1.")
    if len(style.levels) > MOST_LEVELS or not all(map(isfinite, style.levels)):
        raise BadValueError(f"A drawing has at most {MOST_LEVELS} levels, all of them numbers.")
    if len(drawing.text) > LONGEST_TEXT:
        raise BadValueError(f"A drawing's text has at most {LONGEST_TEXT} letters.")
    if drawing.risk is not None and not 0 < drawing.risk <= LARGEST_VALUE:
        raise BadValueError("The money at risk is more than zero.")
    return drawing


def restated(drawing: Drawing, splits: Sequence[tuple[int, float]], until: int) -> Drawing:
    """Return a drawing in the shares of a moment; itself if no split lies in between.

    Args:
        drawing: It; where it is not known of when its prices are, they are of that moment.
        splits: From which moment each split counts, and by how much.
        until: The moment, in nanoseconds; it may also be before the drawing's own.
    """
    if not drawing.as_of:
        return replace(drawing, as_of=until)
    first, last = min(drawing.as_of, until), max(drawing.as_of, until)
    factor = prod(ratio for at, ratio in splits if first < at <= last)
    if factor == 1:
        return drawing
    if until > drawing.as_of:
        anchors = [Anchor(each.time, each.price / factor) for each in drawing.anchors]
    else:
        anchors = [Anchor(each.time, each.price * factor) for each in drawing.anchors]
    return replace(drawing, anchors=tuple(anchors), as_of=until)


def write_style(style: Style) -> dict[str, Any]:
    """Return a style as plain values that JSON can hold."""
    return {
        "color": style.color,
        "width": style.width,
        "dash": style.dash.value,
        "fill": style.fill,
        "levels": list(style.levels),
    }


def read_style(document: Mapping[str, Any]) -> Style:
    """Read a style.

    Raises:
        ValueError: Something in it does not fit; likewise `TypeError` or `KeyError`.
    """
    return Style(
        str(document["color"]),
        float(document["width"]),
        Dash(document["dash"]),
        float(document["fill"]),
        tuple(float(each) for each in document["levels"]),
    )


def write_drawing(drawing: Drawing) -> dict[str, Any]:
    """Return what is kept of a drawing beside its id, symbol and height, as plain values."""
    return {
        "kind": drawing.kind.value,
        "anchors": [[each.time, each.price] for each in drawing.anchors],
        "style": write_style(drawing.style),
        "text": drawing.text,
        "locked": drawing.locked,
        "hidden": drawing.hidden,
        "span": drawing.span.value,
        "interval": drawing.interval.value,
        "risk": drawing.risk,
        "as_of": drawing.as_of,
    }


def read_drawing(document: Mapping[str, Any], *, id_: str, symbol: str, height: int = 0) -> Drawing:
    """Read a drawing.

    Raises:
        ValueError: Something in it does not fit; likewise `TypeError` or `KeyError`.
        BadValueError: It cannot be drawn.
    """
    text, risk = document["text"], document["risk"]
    if not isinstance(text, str):
        raise TypeError("What is written is text")
    return check(
        Drawing(
            id=id_,
            symbol=symbol,
            kind=DrawingKind(document["kind"]),
            anchors=tuple(Anchor(int(time), float(price)) for time, price in document["anchors"]),
            style=read_style(document["style"]),
            text=text,
            locked=bool(document["locked"]),
            hidden=bool(document["hidden"]),
            span=Span(document["span"]),
            interval=Interval(document["interval"]),
            height=height,
            risk=None if risk is None else float(risk),
            as_of=int(document.get("as_of", 0)),  # the first drawings were kept without it
        )
    )
