"""What the rows of a table come to together, where that means something."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from puffling.core import formats
from puffling.ui.theme.theme import Theme
from puffling.ui.theme.tokens import Tone

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Sequence
    from decimal import Decimal

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Total:
    """The words under a column; `why` says what is missing in them, or why there are none.

    Rows that are `apart` are not to be added: a line that says nothing else is not shown.
    """

    text: str
    tone: str = Tone.TEXT
    why: str = ""
    apart: bool = False


def summed(
    value: Callable[[R], Decimal | float | None],
    words: Callable[[Decimal | float], str],
    *,
    tone: Callable[[Decimal | float | None], str] | None = None,
    within: Callable[[R], Hashable] | None = None,
    apart: str = "",
) -> Callable[[Sequence[R]], Total]:
    """Return what adds a column up.

    Args:
        value: What is added; None where it is not known.
        words: How the sum is written.
        tone: The colour of the sum.
        within: What rows must share to be added, such as their symbol.
        apart: Why rows that do not share it are not added.
    """

    def total(rows: Sequence[R]) -> Total:
        if within is not None and len({within(each) for each in rows}) > 1:
            return Total(formats.UNKNOWN, Tone.MUTED, apart, apart=True)
        known = [found for each in rows if (found := value(each)) is not None]
        missing = len(rows) - len(known)
        if not known:
            return Total(formats.UNKNOWN, Tone.MUTED, "No row has a value here.")
        added = sum(known[1:], known[0])
        said = Tone.TEXT if tone is None else tone(added)
        if missing:
            has = "1 row has" if missing == 1 else f"{missing} rows have"
            return Total(f"{words(added)} *", said, f"Known part: {has} no value here.")
        return Total(words(added), said)

    return total


def gained(value: Callable[[R], Decimal | float | None]) -> Callable[[Sequence[R]], Total]:
    """Return what adds up profits and losses, in money."""
    return summed(value, lambda sum_: formats.money(sum_, sign=True), tone=Theme.sign_tone)


def shared(
    value: Callable[[R], Decimal | float | None], places: int = 2
) -> Callable[[Sequence[R]], Total]:
    """Return what adds up shares of a whole."""
    return summed(value, lambda sum_: formats.percent(sum_, places=places))
