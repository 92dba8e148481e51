"""What a person says of a size, a book of weights, or an allocation."""

from __future__ import annotations

import math
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from puffin.types import SYMBOL
from puffling.commands.words import AnySymbol, Symbol, Symbols
from puffling.core.errors import BadValueError
from puffling.services.allocation import Asked
from puffling.services.periods import Period
from puffling.services.sizes import SizeMethod

if TYPE_CHECKING:
    from collections.abc import Mapping

    from puffin.portfolio.limits import Constraints, Options
    from puffin.risk.stress import Scenario
    from puffling.commands.context import Context


_SUCH = "Such as AAPL:0.6,GOOG:0.4: 0.6 is 60 %."


def _pairs(value: object) -> object:
    """Let people write weights as AAPL:0.6,GOOG:0.4, each symbol once and each with a number.

    Raises:
        BadValueError: A symbol is named twice, or is none, or has no number.
    """
    if isinstance(value, str):
        pairs = (each.partition(":")[::2] for each in value.replace(",", " ").split())
    elif isinstance(value, dict):
        pairs = ((str(name), number) for name, number in value.items())
    else:
        return value
    found: dict[str, float] = {}
    for name, number in pairs:
        symbol = name.strip().upper()
        if not SYMBOL.match(symbol):
            raise BadValueError(f"{name[:40]!r} is not a symbol.", hint=_SUCH)
        if symbol in found:
            raise BadValueError(f"{symbol} is named twice.", hint="Name each symbol once.")
        found[symbol] = _share(symbol, number)
    return found


def _share(symbol: str, number: object) -> float:
    try:
        share = float(str(number))
    except ValueError:
        share = math.nan
    if isinstance(number, bool) or not math.isfinite(share):
        said = f"; {str(number)[:40]!r} is none" if str(number).strip() else ""
        raise BadValueError(f"{symbol} needs a number{said}.", hint=_SUCH)
    return share


Weights = Annotated[
    dict[str, float],
    BeforeValidator(_pairs),
    Field(
        max_length=500,
        title="Weights",
        description="Shares of the account, such as AAPL:0.6,GOOG:0.4; empty for what is held.",
    ),
]
Target = Annotated[
    dict[str, float],
    BeforeValidator(_pairs),
    Field(
        max_length=500,
        title="Weights",
        description="Shares of the account, such as AAPL:0.6,GOOG:0.3,CASH:0.1.",
    ),
]
First = Annotated[date | None, Field(title="First day", description="Empty: as far as it goes.")]
Last = Annotated[date | None, Field(title="Last day", description="Empty: up to now.")]
Market = Annotated[
    AnySymbol,
    Field(
        title="Market",
        description="What betas are measured against; empty: SPY, or the demo market's mean.",
    ),
]
Points = Annotated[int, Field(ge=2, le=200, title="Points", description="Of the frontier.")]
Fall = Annotated[
    float | None,
    Field(ge=-1, le=10, title="Market falls", description="A scenario of your own: -0.2 is -20 %."),
]
Shocks = Annotated[
    dict[str, float],
    BeforeValidator(_pairs),
    Field(title="Single names", description="What single symbols do in it: AAPL:-0.3."),
]


class SizeWords(BaseModel):
    """What is known of a trade whose size is asked for."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    symbol: Symbol
    method: SizeMethod = Field(
        default=SizeMethod.FIXED, title="Method", description="How the size is found."
    )
    entry: Decimal | None = Field(
        default=None, gt=0, title="Entry ($)", description="Empty takes the last price."
    )
    stop: Decimal | None = Field(
        default=None, gt=0, title="Stop ($)", description="Where the loss is cut."
    )
    risk: Decimal = Field(
        default=Decimal("0.01"),
        gt=0,
        le=1,
        title="Risk (share of equity)",
        description="Lost at the stop: 0.01 is 1 %.",
    )
    atr: Decimal | None = Field(
        default=None,
        gt=0,
        title="Average true range ($)",
        description="Empty takes that of the symbol's last 14 days.",
    )
    multiple: Decimal = Field(
        default=Decimal(2), gt=0, title="Ranges", description="How many of them are lost."
    )
    fraction: Decimal | None = Field(
        default=None,
        gt=0,
        le=1,
        title="Fraction",
        description="Of equity, or of Kelly's bet: empty is half of it.",
    )
    win_rate: float | None = Field(
        default=None, ge=0, le=1, title="Win rate", description="Share of trades that win."
    )
    payoff: float | None = Field(
        default=None, gt=0, title="Payoff", description="Mean win over mean loss."
    )
    equity: Decimal | None = Field(
        default=None, gt=0, title="Equity ($)", description="Empty takes that of the account."
    )


class SplitWords(BaseModel):
    """What an allocation is asked for."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    symbols: Symbols
    start: First = None
    end: Last = None
    smallest: float = Field(
        default=0.0,
        ge=-1,
        le=1,
        title="Least of each",
        description="Share; below zero allows short positions.",
    )
    largest: float = Field(
        default=1.0, ge=-1, le=1, title="Most of each", description="Share: 0.4 is 40 %."
    )
    total: float = Field(
        default=1.0,
        gt=0,
        le=1,
        title="Invested",
        description="Share of all money; the rest is cash.",
    )
    target_return: float | None = Field(
        default=None, title="Return (a year)", description="For target_return: 0.1 is 10 %."
    )
    target_risk: float | None = Field(
        default=None,
        gt=0,
        title="Volatility (a year)",
        description="For target_risk: 0.15 is 15 %.",
    )
    risk_free: float = Field(
        default=0.0,
        gt=-100,
        lt=100,
        title="Risk-free rate (% a year)",
        description="What the Sharpe ratio compares with.",
    )
    confidence: float = Field(
        default=0.95,
        ge=0.5,
        lt=1,
        title="Level of the shortfall",
        description="For cvar: 0.95 looks at the worst day in twenty.",
    )
    views: list[dict[str, Any]] = Field(
        default_factory=list,
        max_length=50,
        title="Views",
        description='For black_litterman: [{"weights": {"AAPL": 1}, "expected": 0.1, '
        '"confidence": 0.5}].',
    )
    cost: float = Field(
        default=0.0, ge=0, lt=1, title="Cost of trading", description="Of what is traded: 0.001."
    )
    from_holdings: bool = Field(
        default=False,
        title="From what is held",
        description="Count the cost of getting there from the positions of now.",
    )

    @property
    def period(self) -> Period:
        """Which days are looked at."""
        return Period(start=self.start, end=self.end)


class AllocateWords(SplitWords):
    """An allocation by one of the methods."""

    method: str = Field(
        default="min_variance",
        min_length=1,
        max_length=40,
        title="Method",
        description="Such as equal, min_variance, max_sharpe, risk_parity, hrp.",
    )
    out_of_sample: bool = Field(
        default=False,
        title="Try out of sample",
        description="Walk the method through the past beside equal weights; takes longer.",
    )


class FrontierWords(SplitWords):
    """An efficient frontier."""

    points: Points = 25


def asked_of(context: Context, words: SplitWords) -> Asked:
    """Return what words ask of an allocation.

    Raises:
        ParameterError: A limit or a view makes no sense.
        BadValueError: A view cannot be read.
    """
    return Asked(words.period, _constraints(words), _options(context, words))


def own_scenario(market: float, names: Mapping[str, float]) -> Scenario:
    """Return a scenario of one's own.

    Raises:
        BadValueError: A change makes no sense.
    """
    from puffin.risk.stress import Scenario

    try:
        return Scenario(market=market, names=dict(names))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise BadValueError(first["msg"].removeprefix("Value error, ")) from None


def _constraints(words: SplitWords) -> Constraints:
    from puffin.portfolio.limits import Constraints

    return Constraints(words.smallest, words.largest, total=words.total)


def _options(context: Context, words: SplitWords) -> Options:
    from puffin.portfolio.limits import Options, View

    try:
        views = tuple(View(**each) for each in words.views)
    except (TypeError, AttributeError):  # a word too many, or weights that are no mapping
        raise BadValueError(
            "A view has weights, expected, and perhaps confidence.",
            hint='Such as {"weights": {"AAPL": 1}, "expected": 0.1}',
        ) from None
    current = None
    if words.from_holdings:
        equity = float(context.allocation.equity())
        held = context.allocation.holdings()
        current = {each: held.get(each, 0.0) / equity for each in words.symbols}
    return Options(
        target_return=words.target_return,
        target_risk=words.target_risk,
        risk_free=words.risk_free / 100,
        confidence=words.confidence,
        views=views,
        cost=words.cost,
        current=current,
    )
