"""The tools to draw with: what each is called, the points it takes, and how it usually looks."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

MOST_ANCHORS = 2_000  # of a stroke of the brush


class DrawingKind(StrEnum):
    """The tools there are."""

    TREND = "trend"
    RAY = "ray"
    EXTENDED = "extended"
    ARROW = "arrow"
    HORIZONTAL = "horizontal"
    HORIZONTAL_RAY = "horizontal_ray"
    VERTICAL = "vertical"
    CROSS = "cross"
    CHANNEL = "channel"
    REGRESSION = "regression"
    PITCHFORK = "pitchfork"
    RECTANGLE = "rectangle"
    ELLIPSE = "ellipse"
    TRIANGLE = "triangle"
    POLYLINE = "polyline"
    BRUSH = "brush"
    TEXT = "text"
    CALLOUT = "callout"
    PRICE_LABEL = "price_label"
    FIB_RETRACEMENT = "fib_retracement"
    FIB_EXTENSION = "fib_extension"
    FIB_FAN = "fib_fan"
    FIB_TIMES = "fib_times"
    MEASURE = "measure"
    DATE_RANGE = "date_range"
    PRICE_RANGE = "price_range"
    LONG = "long"
    SHORT = "short"

    @property
    def facts(self) -> KindFacts:
        """What there is to know of the kind."""
        return FACTS[self]

    @property
    def label(self) -> str:
        """What it is called."""
        return FACTS[self].label


class Dash(StrEnum):
    """How a line is drawn."""

    SOLID = "solid"
    DASHED = "dashed"
    DOTTED = "dotted"


# The colours a drawing may have, by the theme's names: it stays readable in every theme.
COLORS = {
    "accent": "Accent",
    "series_1": "Colour 1",
    "series_2": "Colour 2",
    "series_3": "Colour 3",
    "series_4": "Colour 4",
    "series_5": "Colour 5",
    "series_6": "Colour 6",
    "up": "Up",
    "down": "Down",
    "warning": "Warning",
    "text": "Text",
    "muted": "Quiet",
}
WIDTHS = (1.0, 1.5, 2.0, 3.0, 4.0)
FILLS = {0.0: "None", 0.08: "Light", 0.16: "Medium", 0.3: "Strong"}


@dataclass(frozen=True, slots=True)
class Style:
    """How a drawing looks.

    Args:
        color: One of `COLORS`.
        width: Of its lines, in pixels.
        dash: How its lines are drawn.
        fill: How strongly its area is filled, from 0 to 1.
        levels: The ratios of a Fibonacci tool or the widths of a fork or channel.
    """

    color: str = "series_3"
    width: float = 1.5
    dash: Dash = Dash.SOLID
    fill: float = 0.08
    levels: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class KindFacts:
    """What there is to know of a kind: its name, its group, its letter and its anchors."""

    label: str
    group: str
    letter: str
    least: int
    most: int
    style: Style = field(default_factory=Style)

    @property
    def is_open(self) -> bool:
        """Whether it takes as many anchors as one likes."""
        return self.most > self.least


_LINE, _AREA = Style(fill=0.0), Style(fill=0.08)
_RETRACE = (0.0, 0.236, 0.382, 0.5, 0.618, 0.786, 1.0)
_EXTEND = (0.0, 0.382, 0.618, 1.0, 1.272, 1.618, 2.618)
_FAN = (0.236, 0.382, 0.5, 0.618, 0.786)
_TIMES = (0.0, 1.0, 2.0, 3.0, 5.0, 8.0, 13.0, 21.0, 34.0, 55.0)
_K = DrawingKind

FACTS: dict[DrawingKind, KindFacts] = {
    _K.TREND: KindFacts("Trend line", "Lines", "T", 2, 2, _LINE),
    _K.RAY: KindFacts("Ray", "Lines", "R", 2, 2, _LINE),
    _K.EXTENDED: KindFacts("Extended line", "Lines", "E", 2, 2, _LINE),
    _K.ARROW: KindFacts("Arrow", "Lines", "A", 2, 2, _LINE),
    _K.HORIZONTAL: KindFacts("Horizontal line", "Lines", "H", 1, 1, _LINE),
    _K.HORIZONTAL_RAY: KindFacts("Horizontal ray", "Lines", "Y", 1, 1, _LINE),
    _K.VERTICAL: KindFacts("Vertical line", "Lines", "V", 1, 1, _LINE),
    _K.CROSS: KindFacts("Cross line", "Lines", "C", 1, 1, _LINE),
    _K.CHANNEL: KindFacts("Parallel channel", "Channels", "P", 3, 3, _AREA),
    _K.REGRESSION: KindFacts("Regression channel", "Channels", "G", 2, 2, Style(levels=(2.0,))),
    _K.PITCHFORK: KindFacts(
        "Andrews pitchfork", "Channels", "K", 3, 3, Style(fill=0.0, levels=(0.5, 1.0))
    ),
    _K.RECTANGLE: KindFacts("Rectangle", "Shapes", "Q", 2, 2, _AREA),
    _K.ELLIPSE: KindFacts("Ellipse", "Shapes", "O", 2, 2, _AREA),
    _K.TRIANGLE: KindFacts("Triangle", "Shapes", "I", 3, 3, _AREA),
    _K.POLYLINE: KindFacts("Path", "Shapes", "L", 2, MOST_ANCHORS, _LINE),
    _K.BRUSH: KindFacts("Brush", "Shapes", "B", 2, MOST_ANCHORS, Style(width=2.0, fill=0.0)),
    _K.TEXT: KindFacts("Text", "Notes", "X", 1, 1, Style("text", fill=0.0)),
    _K.CALLOUT: KindFacts("Callout", "Notes", "N", 2, 2, Style(fill=0.16)),
    _K.PRICE_LABEL: KindFacts("Price label", "Notes", "W", 1, 1, Style(fill=0.16)),
    _K.FIB_RETRACEMENT: KindFacts(
        "Fibonacci retracement", "Fibonacci", "F", 2, 2, Style("series_2", 1.0, levels=_RETRACE)
    ),
    _K.FIB_EXTENSION: KindFacts(
        "Fibonacci extension", "Fibonacci", "J", 3, 3, Style("series_2", 1.0, levels=_EXTEND)
    ),
    _K.FIB_FAN: KindFacts(
        "Fibonacci fan", "Fibonacci", "U", 2, 2, Style("series_2", 1.0, fill=0.0, levels=_FAN)
    ),
    _K.FIB_TIMES: KindFacts(
        "Fibonacci time zones",
        "Fibonacci",
        "Z",
        2,
        2,
        Style("series_2", 1.0, fill=0.0, levels=_TIMES),
    ),
    _K.MEASURE: KindFacts("Measure", "Measures", "M", 2, 2, Style(fill=0.16)),
    _K.DATE_RANGE: KindFacts("Date range", "Measures", "D", 2, 2, _AREA),
    _K.PRICE_RANGE: KindFacts("Price range", "Measures", "S", 2, 2, _AREA),
    _K.LONG: KindFacts("Long position", "Measures", "1", 3, 3, Style("muted", 1.0, fill=0.16)),
    _K.SHORT: KindFacts("Short position", "Measures", "2", 3, 3, Style("muted", 1.0, fill=0.16)),
}
GROUPS: tuple[str, ...] = tuple(dict.fromkeys(each.group for each in FACTS.values()))
