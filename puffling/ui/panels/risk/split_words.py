"""What an allocation is asked, with its method as a choice and its views as they are typed."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any

from pydantic import Field

from puffin.portfolio.methods import METHODS
from puffling.commands.allocation_words import AllocateWords
from puffling.ui.panels.risk.book_words import pairs

if TYPE_CHECKING:
    from collections.abc import Mapping

_TITLES = {each.id.value: each.title for each in METHODS}


class Way(StrEnum):
    """The ways to split money, as `puffin.portfolio.methods` names them."""

    EQUAL = "equal"
    MIN_VARIANCE = "min_variance"
    MAX_SHARPE = "max_sharpe"
    TARGET_RETURN = "target_return"
    TARGET_RISK = "target_risk"
    RISK_PARITY = "risk_parity"
    HRP = "hrp"
    MAX_DIVERSIFICATION = "max_diversification"
    CVAR = "cvar"
    BLACK_LITTERMAN = "black_litterman"

    @property
    def label(self) -> str:
        """The method's title."""
        return _TITLES[self.value]


class SplitForm(AllocateWords):
    """The command's own words, as the form edits them."""

    symbols: tuple[str, ...] = Field(
        default=(),
        max_length=500,
        title="Symbols",
        description="Two or more, parted by spaces or commas.",
    )
    method: Way = Field(default=Way.MIN_VARIANCE, title="Method")
    out_of_sample: bool = Field(
        default=True,
        title="Try out of sample",
        description="Walk the method through the past beside equal weights; takes longer.",
    )
    opinions: str = Field(
        default="",
        max_length=2_000,
        title="Views (% a year)",
        description="What you expect single symbols to return in a year: AAPL 10, IBM 4.",
    )


def asked_words(values: Mapping[str, object]) -> AllocateWords:
    """Return the command's words from what is filled in.

    Raises:
        BadValueError: The views cannot be read.
    """
    own = dict(values)
    symbols = own.pop("symbols", ())
    named = tuple(map(str, symbols)) if isinstance(symbols, tuple | list) else ()
    own["symbols"] = tuple(dict.fromkeys(each.upper() for each in named))
    text = str(own.pop("opinions", "") or "")
    views: list[dict[str, Any]] = [
        {"weights": {symbol: 1.0}, "expected": expected} for symbol, expected in pairs(text).items()
    ]
    method = own.pop("method", Way.MIN_VARIANCE)
    return AllocateWords.model_validate(own | {"method": str(method), "views": views})
