"""Option contracts and their OCC symbols."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final

from puffin.errors import ParameterError

MULTIPLIER: Final = 100  # shares that a standard contract is for
OCC: Final = re.compile(r"([A-Z][A-Z0-9]{0,5}) *(\d\d)(\d\d)(\d\d)([CP])(\d{8})", re.ASCII)
ROOT: Final = re.compile(r"[A-Z][A-Z0-9]{0,5}", re.ASCII)
CENTURY: Final = 2000
MILLS: Final = 1000  # a strike is written in thousandths
HIGHEST_STRIKE: Final = Decimal("99999.999")


class Right(StrEnum):
    """What an option gives the right to do with the underlying."""

    CALL = "call"
    PUT = "put"


@dataclass(frozen=True, slots=True)
class OptionContract:
    """One listed option: 100 shares of a root symbol until a date, at a strike.

    Raises:
        ParameterError: With a sentence that names the field.
    """

    root: str
    expiry: date
    right: Right
    strike: Decimal

    def __post_init__(self) -> None:
        if not ROOT.fullmatch(self.root):
            raise ParameterError(f"{self.root!r} cannot be the root of an option symbol.")
        if not CENTURY <= self.expiry.year < CENTURY + 100:
            raise ParameterError(f"An option symbol cannot hold the year {self.expiry.year}.")
        whole = self.strike.is_finite() and self.strike * MILLS % 1 == 0
        if not whole or not 0 < self.strike <= HIGHEST_STRIKE:
            raise ParameterError(
                f"The strike {self.strike} is not a thousandth or more, up to {HIGHEST_STRIKE:,}."
            )

    @property
    def is_call(self) -> bool:
        """Whether it is the right to buy."""
        return self.right is Right.CALL

    @property
    def occ(self) -> str:
        """The OCC symbol without blanks, as brokers take it: SPY251219C00450000."""
        return f"{self.root}{self._tail}"

    @property
    def occ_padded(self) -> str:
        """The OCC symbol in its 21 characters, the root filled up with blanks."""
        return f"{self.root:<6}{self._tail}"

    @property
    def title(self) -> str:
        """The contract as a trader says it: SPY 19 Dec 2025 450 call."""
        strike = f"{self.strike.normalize():f}"
        return f"{self.root} {self.expiry.day} {self.expiry:%b %Y} {strike} {self.right}"

    @property
    def _tail(self) -> str:
        letter = "C" if self.is_call else "P"
        return f"{self.expiry:%y%m%d}{letter}{int(self.strike * MILLS):08d}"


def parse_occ(text: str) -> OptionContract:
    """Read an OCC symbol, with or without the blanks after its root.

    Raises:
        ParameterError: It is not one, or names a day that does not exist.

    Example:
        >>> parse_occ("SPY251219C00450000").title
        'SPY 19 Dec 2025 450 call'
    """
    found = OCC.fullmatch(text.strip().upper())
    if found is None:
        raise ParameterError(
            f"{text!r} is not an option symbol: root, YYMMDD, C or P, strike in thousandths."
        )
    root, year, month, day, letter, strike = found.groups()
    try:
        expiry = date(CENTURY + int(year), int(month), int(day))
    except ValueError as error:
        raise ParameterError(f"{text!r} names a day that does not exist.") from error
    right = Right.CALL if letter == "C" else Right.PUT
    return OptionContract(root, expiry, right, Decimal(int(strike)) / MILLS)
