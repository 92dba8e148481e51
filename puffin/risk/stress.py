"""What a crisis would cost: scenarios that happened, scenarios supposed, and your own.

A position moves with the market by its beta, unless the scenario names a shock for it. A bond, a
position with a duration, moves by duration times the change of rates instead. A position whose
beta is not known is not counted, and the result names it: it is never taken for safe.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pydantic import BaseModel, ConfigDict, Field, field_validator

from puffin.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

GAP: Final = -0.3
MOST: Final = 10.0


class Scenario(BaseModel):
    """A crisis: what the market, rates and single names do in it."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)

    id: str = Field(default="own", min_length=1, max_length=40, title="Name in a command")
    title: str = Field(default="My scenario", min_length=1, max_length=80, title="Title")
    market: float = Field(
        default=0.0,
        ge=-1,
        le=MOST,
        title="Market",
        description="What the market does: -0.2 is a fall of 20 %",
    )
    rates: float = Field(
        default=0.0,
        ge=-20,
        le=20,
        title="Rates",
        description="Change of interest rates in points: 1 is from 3 % to 4 %",
    )
    names: dict[str, float] = Field(
        default_factory=dict,
        title="Single names",
        description="What single symbols do, whatever their beta says",
    )
    source: str = Field(
        default="Supposed by you.",
        max_length=400,
        title="Source",
        description="Where the numbers come from, and what they suppose",
    )

    @field_validator("names")
    @classmethod
    def _shares(cls, names: dict[str, float]) -> dict[str, float]:
        for symbol, change in names.items():
            if not -1 <= change <= MOST:
                raise ValueError(_cannot(symbol, change))
        named = {symbol.strip().upper(): change for symbol, change in names.items()}
        if "" in named or len(named) < len(names):
            raise ValueError("Name each symbol once.")
        return named


CLOSES: Final = "Closes of the S&P 500 index, without dividends"
SCENARIOS: Final = (
    Scenario(
        id="2008",
        title="Financial crisis, 2007 to 2009",
        market=676.53 / 1565.15 - 1,
        source=f"{CLOSES}: 1,565.15 on 9 October 2007, 676.53 on 9 March 2009. Every position "
        "falls by its beta, as if at once.",
    ),
    Scenario(
        id="2008_autumn",
        title="After Lehman, autumn 2008",
        market=752.44 / 1251.70 - 1,
        source=f"{CLOSES}: 1,251.70 on 12 September 2008, 752.44 on 20 November 2008. Every "
        "position falls by its beta, as if at once.",
    ),
    Scenario(
        id="2020",
        title="Pandemic, spring 2020",
        market=2237.40 / 3386.15 - 1,
        source=f"{CLOSES}: 3,386.15 on 19 February 2020, 2,237.40 on 23 March 2020. Every "
        "position falls by its beta, as if at once.",
    ),
    Scenario(
        id="1987",
        title="Black Monday, October 1987",
        market=224.84 / 282.70 - 1,
        source=f"{CLOSES}: 282.70 on 16 October 1987, 224.84 on 19 October 1987.",
    ),
    Scenario(
        id="rates",
        title="Rates rise by two points",
        market=-0.15,
        rates=2.0,
        source="Supposed, not a record: all rates rise by two points at once, a bond falls by its "
        "duration times that, and the stock market falls by 15 %.",
    ),
)


@dataclass(frozen=True, slots=True)
class Held:
    """One position as a stress test sees it; short ones have a negative value.

    Attributes:
        symbol: Its name.
        value: What it is worth.
        beta: How much it moves for 1 % of the market; None if it is not known.
        duration: Percent lost for one point more interest, for bonds; None for anything else.
    """

    symbol: str
    value: float
    beta: float | None = None
    duration: float | None = None


@dataclass(frozen=True, slots=True)
class Stressed:
    """What a scenario does to a book.

    Attributes:
        scenario: The crisis.
        profits: Profit of each position that could be valued, in money.
        unknown: Positions without a beta, which are not counted.
        profit: The sum; None when no position could be valued.
        share: The sum as a share of equity; None when that is not known.
        absent: Names the scenario has a shock for that are not in the book; nothing changes by it.
    """

    scenario: Scenario
    profits: Mapping[str, float]
    unknown: tuple[str, ...]
    profit: float | None
    share: float | None
    absent: tuple[str, ...] = ()

    @property
    def notes(self) -> tuple[str, ...]:
        """What is not in the sum, and why, in sentences."""
        said = []
        if self.unknown:
            names = ", ".join(self.unknown)
            said.append(f"Not counted, as no beta is known: {names}.")
        if self.absent:
            names = ", ".join(self.absent)
            said.append(f"Not in the book, so its own shock changes nothing: {names}.")
        return tuple(said)

    @property
    def complete(self) -> bool:
        """Whether every position is counted."""
        return not self.unknown


def stress(book: Iterable[Held], scenario: Scenario, *, equity: float | None = None) -> Stressed:
    """Return what a scenario would do to a book.

    Nothing falls by more than all it is worth.
    """
    profits: dict[str, float] = {}
    unknown = []
    held = tuple(book)
    for each in held:
        change = _change(each, scenario)
        if change is None:
            unknown.append(each.symbol)
        else:
            profits[each.symbol] = profits.get(each.symbol, 0.0) + each.value * max(change, -1.0)
    profit = sum(profits.values()) if profits or not unknown else None
    known = profit is not None and equity is not None and equity > 0
    share = profit / equity if known and profit is not None and equity is not None else None
    there = {each.symbol for each in held}
    absent = tuple(name for name in scenario.names if name not in there)
    return Stressed(scenario, profits, tuple(unknown), profit, share, absent)


def stress_all(
    book: Iterable[Held],
    scenarios: Iterable[Scenario] = SCENARIOS,
    *,
    equity: float | None = None,
) -> tuple[Stressed, ...]:
    """Return what each scenario, and a gap in the largest position, would do, in their order."""
    held = tuple(book)
    tried = [*scenarios]
    if held:
        tried.append(gap(max(held, key=lambda each: abs(each.value)).symbol))
    return tuple(stress(held, each, equity=equity) for each in tried)


def gap(symbol: str, change: float = GAP) -> Scenario:
    """Return the scenario in which one name opens far from its close and nothing else moves.

    Raises:
        ParameterError: A fall of more than all, or a rise beyond tenfold.
    """
    if not -1 <= change <= MOST:
        raise ParameterError(_cannot(symbol, change))
    return Scenario(
        id="gap",
        title=f"{symbol} opens {change:+.0%}",
        names={symbol: change},
        source=f"Supposed, not a record: {symbol} opens {abs(change):.0%} away from its close, "
        "beyond any stop, and nothing else moves.",
    )


def _cannot(symbol: str, change: float) -> str:
    if math.isnan(change):
        return f"The change of {symbol} is not a number."
    return f"{symbol} cannot change by {change:.0%}: -100 % to +1,000 % can be tried."


def _change(each: Held, scenario: Scenario) -> float | None:
    if each.symbol in scenario.names:
        return scenario.names[each.symbol]
    if each.duration is not None:
        return -each.duration * scenario.rates / 100
    if not scenario.market:
        return 0.0
    return None if each.beta is None else each.beta * scenario.market
