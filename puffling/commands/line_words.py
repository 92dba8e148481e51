"""Words of the command line, and what is wrong with one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from puffin.data.names import our_name
from puffin.types import SYMBOL
from puffling.core.errors import BadValueError
from puffling.core.typed_numbers import plain_number

_NUMERIC = re.compile(r"\$?[\d.,]*\d[\d.,]*")
_WORD = re.compile(r'[^\s"]*"[^"]*"?|\S+')
_SIGN = re.compile(r"[<>]|[^<>]+")
_AMOUNT_LIKE = re.compile(r"[-+−$.,]*\d")


class LineError(BadValueError):
    """A line that means nothing; `at` is the place in it where the sense ends."""

    def __init__(self, text: str, at: int) -> None:
        super().__init__(text)
        self.at = at


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a line and where it stands."""

    text: str
    at: int

    @property
    def upper(self) -> str:
        """The word in capitals: lines are read without regard to them."""
        return self.text.upper()

    @property
    def end(self) -> int:
        """The place after it."""
        return self.at + len(self.text)


def words_of(text: str) -> list[Word]:
    """Return the words of a line; what stands in double quotes is one word."""
    return [Word(each[0], each.start()) for each in _WORD.finditer(text)]


def parted(words: list[Word]) -> list[Word]:
    """Return the words with the signs < and > apart from what stands beside them: MSFT>30."""
    return [
        Word(each[0], word.at + each.start())
        for word in words
        for each in ([_SIGN.match(word.text)] if '"' in word.text else _SIGN.finditer(word.text))
        if each is not None
    ]


def is_amount_like(word: Word) -> bool:
    """Whether somebody who wrote this meant a number, right or wrong."""
    return _AMOUNT_LIKE.match(word.text) is not None


def price_of(word: Word) -> Decimal:
    """Return a word as a price.

    Raises:
        LineError: It is no number, or not more than zero.
    """
    number = number_of(word.text)
    if number is None:
        raise LineError(f"{word.text[:24]!r} is no price.", word.at)
    return positive(number, "A price", word)


def positive(number: Decimal, what: str, word: Word) -> Decimal:
    """Return a number that must be more than zero.

    Raises:
        LineError: It is not.
    """
    if number <= 0:
        raise LineError(f"{what} is more than zero.", word.at)
    return number


def as_symbol(word: Word) -> str:
    """Return a word as a symbol, written as brokers do: BRK-B is BRK.B.

    Raises:
        LineError: It cannot be one.
    """
    if not SYMBOL.match(word.upper):
        raise LineError(f"{word.text[:24]!r} is not a symbol.", word.at)
    return our_name(word.upper)


def number_of(text: str) -> Decimal | None:
    """Return a number read as the fields on the screen do, with or without a dollar before it.

    None if it is none, or nobody can say which: 5,1 is five and a tenth, never fifty-one.
    """
    plain = plain_number(text.removeprefix("$")) if _NUMERIC.fullmatch(text) else None
    return None if plain is None else Decimal(plain)
