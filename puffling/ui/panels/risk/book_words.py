"""What is asked of a book: whose weights, against which market, and a scenario of one's own."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field

from puffin.risk.stress import Scenario
from puffin.types import SYMBOL
from puffling.commands.words import AnySymbol
from puffling.core.errors import BadValueError

if TYPE_CHECKING:
    from collections.abc import Iterable


class Source(StrEnum):
    """Whose weights are measured."""

    HELD = "held"
    TYPED = "typed"

    @property
    def label(self) -> str:
        """The choice in words."""
        return {Source.HELD: "What is held", Source.TYPED: "Weights I type"}[self]


class BookWords(BaseModel):
    """The form of the Portfolio tab."""

    model_config = ConfigDict(extra="forbid")

    source: Source = Field(default=Source.HELD, title="Measure")
    weights: str = Field(
        default="",
        max_length=4_000,
        title="Weights",
        description="In percent of the account: AAPL 60, IBM 30, CASH 10. They add up to 100.",
    )
    market: AnySymbol = Field(
        default="",
        title="Market",
        description="What betas are measured against; empty: SPY, or the demo market's mean.",
    )
    start: date | None = Field(
        default=None, title="First day", description="Empty: as far as prices go."
    )
    end: date | None = Field(default=None, title="Last day", description="Empty: up to now.")


class ScenarioWords(BaseModel):
    """A scenario of one's own, as it is typed."""

    model_config = ConfigDict(extra="forbid")

    title: str = Field(default="My scenario", min_length=1, max_length=80, title="Name")
    market: float = Field(
        default=-20.0,
        ge=-100,
        le=1_000,
        title="Market (%)",
        description="What the market does; every position follows by its beta.",
        json_schema_extra={"step": 5},
    )
    names: str = Field(
        default="",
        max_length=2_000,
        title="Single names (%)",
        description="What single symbols do, whatever their beta says: AAPL -30, IBM 5.",
    )


def pairs(text: str) -> dict[str, float]:
    """Return percent by symbol, as shares: "AAPL 60, IBM -30 %" is 0.6 and -0.3.

    Raises:
        BadValueError: A word is no symbol, or has no number.
    """
    words = text.replace("%", " ").replace("=", " ").replace(":", " ").replace("−", "-")
    found: dict[str, float] = {}
    for each in _pieces(words):
        symbol = each[0].upper()
        if not SYMBOL.match(symbol):
            raise BadValueError(f"“{each[0]}” is not a symbol.", hint=_SUCH)
        try:
            (number,) = map(float, each[1:])
        except ValueError:
            raise BadValueError(f"{symbol} needs a number in percent.", hint=_SUCH) from None
        if symbol in found:
            raise BadValueError(f"{symbol} is there twice.")
        found[symbol] = number / 100
    return found


def text_of(weights: Iterable[tuple[str, float]]) -> str:
    """Return weights as they are typed."""
    return ", ".join(f"{symbol} {round(share * 100, 4):g}" for symbol, share in weights)


def scenario_of(words: ScenarioWords) -> Scenario:
    """Return the scenario that was typed.

    Raises:
        BadValueError: The single names cannot be read.
    """
    return Scenario(
        id=f"own: {words.title}"[:40],
        title=words.title,
        market=words.market / 100,
        names=pairs(words.names),
    )


_SUCH = "Such as AAPL 60, IBM 40."


def _pieces(text: str) -> list[list[str]]:
    """Return each pair's words; commas part them, or else each two words are one."""
    if "," in text or ";" in text or "\n" in text:
        lines = text.replace(";", ",").replace("\n", ",").split(",")
        return [each.split() for each in lines if each.strip()]
    words = text.split()
    return [words[at : at + 2] for at in range(0, len(words), 2)]
