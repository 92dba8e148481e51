"""The pieces that the tables of standard indicators are written with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from puffin.factors.base import Output, Pane, Range, Shape
from puffin.factors.library import indicator

if TYPE_CHECKING:
    from puffin.factors.base import Group, Indicator

LONGEST: Final = 2_000
CANDLE: Final = "open high low close"
BARS: Final = "high low close"
TRADED: Final = "high low close volume"
SPAN: Final = "high low"


def window(default: int, low: int = 2) -> dict[str, Range]:
    """Return the range of a single window."""
    return {"window": Range("Window", default, low, LONGEST)}


def windows(**defaults: int) -> dict[str, Range]:
    """Return the ranges of several windows, named by what they are for."""
    return {
        name: Range(name.replace("_", " ").capitalize(), default, 2, LONGEST)
        for name, default in defaults.items()
    }


def lines(**titles: str) -> tuple[Output, ...]:
    """Return outputs that are drawn as lines."""
    return tuple(Output(name, title) for name, title in titles.items())


def marks(title: str, name: str = "value") -> Output:
    """Return an output that is drawn as marks."""
    return Output(name, title, Shape.MARKS)


def windowed(  # noqa: PLR0913 - a row of the table has that many cells
    name: str,
    title: str,
    function: str,
    default: int,
    *,
    group: Group,
    inputs: str = "close",
    pane: Pane = Pane.OWN,
    low: int = 2,
    guides: tuple[float, ...] = (),
) -> Indicator:
    """Make an indicator with one window and one line, as most are."""
    return indicator(
        name,
        title,
        group,
        function,
        inputs=inputs,
        ranges=window(default, low),
        pane=pane,
        guides=guides,
    )


CHANNEL: Final = lines(upper="Upper", middle="Middle", lower="Lower")
