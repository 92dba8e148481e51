"""The factor library: what sorts symbols, each in a line of our own language, with its source.

The higher a factor, the better a symbol is taken to be. Where nature says the opposite, as with
volatility, the sign is turned. Prices are to be adjusted; windows are counted in daily bars.
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Final

from puffin.errors import NoDataError, ParameterError
from puffin.factors.expressions import parse
from puffin.factors.formulaic import CAPITALISATION, FORMULAS, INDUSTRIES

if TYPE_CHECKING:
    from puffin.factors.expressions import Expression

PAPER: Final = "Kakushadze 2016, 101 Formulaic Alphas, no. {}"
AS_PUBLISHED: Final = "As published."
NOTES: Final = {
    7: "As published: it compares money traded with shares, so it is -1 for prices above 1.",
    21: "As published: it compares shares with money traded, so one case never holds.",
    96: "It correlates three ranks at a time, which often do not move, so it is seldom known. "
    "The typical price stands in for the volume-weighted one.",
}
STANDS_IN: Final = "The typical price stands in for the volume-weighted one."


class Group(StrEnum):
    """What a factor goes by."""

    MOMENTUM = "momentum"
    REVERSAL = "reversal"
    VOLATILITY = "volatility"
    LIQUIDITY = "liquidity"
    VALUE = "value"
    FORMULAIC = "formulaic"


@dataclass(frozen=True, slots=True)
class Factor:
    """A factor of the library.

    Attributes:
        id: Its name in a command.
        title: Its name on the screen.
        group: What it goes by.
        text: The expression; empty where `missing` says why.
        summary: What it says of a symbol.
        source: Who described it.
        missing: What it would need that no source in use has; empty where it can be had.
    """

    id: str
    title: str
    group: Group
    text: str
    summary: str
    source: str
    missing: str = ""

    @property
    def available(self) -> bool:
        """Whether it can be computed."""
        return not self.missing

    def expression(self) -> Expression:
        """Return the expression, read once.

        Raises:
            NoDataError: It needs what no source in use has.
        """
        if self.missing:
            raise NoDataError(
                f"{self.title} needs {self.missing}, which no source of prices here has.",
                hint="Choose a factor of prices and volume.",
            )
        return _read(self.text)


@cache
def _read(text: str) -> Expression:
    return parse(text)


CLASSIC: Final = (
    Factor(
        "momentum_12_1",
        "Momentum, 12 months less the last",
        Group.MOMENTUM,
        "delay(close, 21) / delay(close, 252) - 1",
        "Winners of the year go on winning; the last month, which tends to reverse, is left out.",
        "Jegadeesh and Titman 1993; Carhart 1997",
    ),
    Factor(
        "momentum_6_1",
        "Momentum, 6 months less the last",
        Group.MOMENTUM,
        "delay(close, 21) / delay(close, 126) - 1",
        "The same over half a year.",
        "Jegadeesh and Titman 1993",
    ),
    Factor(
        "year_high",
        "Nearness to the 52-week high",
        Group.MOMENTUM,
        "close / ts_max(high, 252)",
        "Prices near their high of the year tend to rise on.",
        "George and Hwang 2004",
    ),
    Factor(
        "trend_200",
        "Above the 200-day average",
        Group.MOMENTUM,
        "close / mean(close, 200) - 1",
        "How far the close stands above its long average.",
        "Faber 2007",
    ),
    Factor(
        "steady_momentum",
        "Momentum for its volatility",
        Group.MOMENTUM,
        "(delay(close, 21) / delay(close, 252) - 1) / std(returns, 252)",
        "Momentum that came in small steps counts more than one leap.",
        "Barroso and Santa-Clara 2015, by symbol",
    ),
    Factor(
        "reversal_month",
        "Reversal of the last month",
        Group.REVERSAL,
        "-(close / delay(close, 21) - 1)",
        "Last month’s losers tend to recover.",
        "Jegadeesh 1990",
    ),
    Factor(
        "reversal_week",
        "Reversal of the last week",
        Group.REVERSAL,
        "-(close / delay(close, 5) - 1)",
        "Last week’s losers tend to recover; costs eat much of it.",
        "Lehmann 1990",
    ),
    Factor(
        "reversal_long",
        "Reversal of three years",
        Group.REVERSAL,
        "-(delay(close, 252) / delay(close, 756) - 1)",
        "Losers of years, but for the last one, tend to recover.",
        "De Bondt and Thaler 1985",
    ),
    Factor(
        "low_volatility",
        "Low volatility",
        Group.VOLATILITY,
        "-std(returns, 60)",
        "Calm stocks have earned more for their risk than wild ones.",
        "Blitz and van Vliet 2007",
    ),
    Factor(
        "low_range",
        "Low range (Parkinson)",
        Group.VOLATILITY,
        "-sqrt(mean(log(high / low) ** 2, 20) / (4 * log(2)))",
        "The same from highs and lows, which need fewer bars.",
        "Parkinson 1980",
    ),
    Factor(
        "low_downside",
        "Low downside deviation",
        Group.VOLATILITY,
        "-sqrt(mean(min(returns, 0) ** 2, 60))",
        "Only falls count as risk.",
        "Sortino and Price 1994",
    ),
    Factor(
        "no_lottery",
        "No lottery ticket",
        Group.VOLATILITY,
        "-ts_max(returns, 21)",
        "Stocks with one great day last month are bought too dear.",
        "Bali, Cakici and Whitelaw 2011",
    ),
    Factor(
        "illiquidity",
        "Illiquidity (Amihud)",
        Group.LIQUIDITY,
        "mean(abs(returns) / dollars, 21) * 1000000",
        "How far a million of money moves the price; what moves easily has to pay more.",
        "Amihud 2002",
    ),
    Factor(
        "small_trading",
        "Little traded",
        Group.LIQUIDITY,
        "-log(adv60)",
        "Money traded a day, the least first.",
        "Brennan, Chordia and Subrahmanyam 1998",
    ),
    Factor(
        "volume_surge",
        "Surge of volume",
        Group.LIQUIDITY,
        "mean(volume, 5) / mean(volume, 60) - 1",
        "Unusual trading draws attention and buyers.",
        "Gervais, Kaniel and Mingelgrin 2001",
    ),
)
VALUE: Final = (
    Factor(
        "book_to_price",
        "Book to price",
        Group.VALUE,
        "",
        "Cheap against what the company owns.",
        "Fama and French 1992",
        missing="the book value of each company as it was known on each day",
    ),
    Factor(
        "earnings_yield",
        "Earnings to price",
        Group.VALUE,
        "",
        "Cheap against what the company earns.",
        "Basu 1977",
        missing="the earnings of each company as they were known on each day",
    ),
    Factor(
        "sales_to_price",
        "Sales to price",
        Group.VALUE,
        "",
        "Cheap against what the company sells.",
        "Barbee, Mukherji and Raines 1996",
        missing="the sales of each company as they were known on each day",
    ),
)


def _formulaic(number: int, text: str) -> Factor:
    title = f"Formulaic alpha {number}"
    usual = STANDS_IN if "vwap" in text else AS_PUBLISHED
    return Factor(
        f"alpha_{number:03}",
        title,
        Group.FORMULAIC,
        text,
        NOTES.get(number, usual),
        PAPER.format(number),
    )


def _without(number: int, missing: str) -> Factor:
    return Factor(
        f"alpha_{number:03}",
        f"Formulaic alpha {number}",
        Group.FORMULAIC,
        "",
        AS_PUBLISHED,
        PAPER.format(number),
        missing=missing,
    )


ALPHAS: Final = tuple(
    sorted(
        (
            *(_formulaic(number, text) for number, text in FORMULAS.items()),
            *(_without(number, "the industry of each company") for number in INDUSTRIES),
            *(_without(number, "the market value of each company") for number in CAPITALISATION),
        ),
        key=lambda each: each.id,
    )
)
FACTORS: Final = (*CLASSIC, *VALUE, *ALPHAS)
_BY_ID: Final = {each.id: each for each in FACTORS}


def factor(name: str) -> Factor:
    """Return the factor with this id.

    Raises:
        ParameterError: There is none; the nearest one is offered.
    """
    found = _BY_ID.get(name)
    if found is not None:
        return found
    near = get_close_matches(name, _BY_ID, n=1)
    meant = f" Did you mean {near[0]}?" if near else ""
    raise ParameterError(f"There is no factor called {name}.{meant}")
