"""Columns, declared."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Generic, TypeAlias, TypeVar

from puffling.core.language import Verbatim

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from puffling.ui.tables.sums import Total

R = TypeVar("R")

# What a row is sorted by; None sorts last whichever way the column is sorted.
SortKey: TypeAlias = "str | int | float | object | None"


class Align(StrEnum):
    """Which side a column's words keep to; numbers keep to the right."""

    LEFT = "left"
    RIGHT = "right"
    CENTER = "center"


class Draw(StrEnum):
    """How a cell is drawn."""

    TEXT = "text"
    STRONG = "strong"  # the words that name the row
    CHIP = "chip"  # a small word on a tinted ground
    DOT = "dot"  # a dot in the tone's colour, then the words
    BAR = "bar"  # a bar behind the words, as long as `amount` says
    SPARK = "spark"  # a small line of `series`


@dataclass(frozen=True, slots=True)
class Column(Generic[R]):
    """One column: its heading and how to show a record in it.

    `sort` gives what rows are sorted by, the words themselves if it is missing; with a `flash`,
    a cell whose words change lights up for a moment, in up or down colours by its sort value.
    `amount` is for bars: a share from -1 to 1. `copied` gives the words for the clipboard where
    they should differ from the words in the cell.
    """

    id: str
    heading: str
    text: Callable[[R], str]
    align: Align = Align.LEFT
    tone: Callable[[R], str] | None = None
    sort: Callable[[R], SortKey] | None = None
    tip: Callable[[R], str] | None = None
    help: str = ""
    draw: Draw = Draw.TEXT
    flash: bool = False
    amount: Callable[[R], float | None] | None = None
    series: Callable[[R], Sequence[float]] | None = None
    copied: Callable[[R], str] | None = None
    width: int = 0  # logical pixels; 0 fits the first rows
    hidden: bool = False  # until the person shows it
    stretch: bool = False  # takes what width is left
    own: bool = False  # somebody's own words, which are never translated
    total: Callable[[Sequence[R]], Total] | None = None  # what the rows come to together

    def words(self, record: R) -> str:
        """Return the words in a cell, marked if they are somebody's own."""
        return Verbatim(self.text(record)) if self.own else self.text(record)


def number(  # noqa: PLR0913 - each is a word of the declaration, given by name
    id_: str,
    heading: str,
    text: Callable[[R], str],
    sort: Callable[[R], SortKey],
    *,
    tone: Callable[[R], str] | None = None,
    flash: bool = False,
    help_: str = "",
    width: int = 0,
    hidden: bool = False,
    total: Callable[[Sequence[R]], Total] | None = None,
) -> Column[R]:
    """Declare a column of numbers: right-aligned, sorted by value."""
    return Column(
        id_,
        heading,
        text,
        Align.RIGHT,
        tone=tone,
        sort=sort,
        flash=flash,
        help=help_,
        width=width,
        hidden=hidden,
        total=total,
    )
