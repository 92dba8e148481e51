"""The settings of markets, accounts and limits."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field, field_validator

from puffin.types import SYMBOL


class Section(BaseModel):
    """A page of the settings dialog."""

    model_config = ConfigDict(frozen=True, extra="ignore")


def symbols(value: tuple[str, ...]) -> tuple[str, ...]:
    """Return `value` in capitals and each once, or say which is no symbol."""
    bad = [each for each in value if not SYMBOL.match(each.strip().upper())]
    if bad:
        raise ValueError(f"{bad[0]!r} is not a symbol")
    return tuple(dict.fromkeys(each.strip().upper() for each in value))


class Demo(Section):
    """The demo market: real daily prices of 2000-2013, replayed as if live."""

    start: date = Field(
        default=date(2012, 6, 1),
        ge=date(2000, 3, 2),
        le=date(2013, 2, 22),
        title="First day",
        description="Where a new demo market begins. It runs to 1 March 2013.",
    )
    day_seconds: int = Field(
        default=120,
        ge=2,
        le=23_400,
        title="Seconds for a day",
        description="How long one trading day takes on the screen; 23,400 is real time.",
    )
    cash: Decimal = Field(
        default=Decimal(100_000),
        gt=0,
        le=Decimal(100_000_000),
        title="Cash",
        description="What a new demo account begins with, in dollars.",
    )


class Feed(StrEnum):
    """Where Alpaca's prices of stocks come from."""

    IEX = "iex"
    SIP = "sip"

    @property
    def label(self) -> str:
        """The name as everybody writes it."""
        return self.value.upper()


class Connections(Section):
    """Prices of now, for SIM, PAPER and LIVE. Keys are in the system's keyring, never here."""

    feed: Feed = Field(
        default=Feed.IEX,
        title="Alpaca's stock prices",
        description="iex is free: one exchange. sip is every exchange and needs a subscription.",
    )
    poll_seconds: int = Field(
        default=20,
        ge=5,
        le=600,
        title="Yahoo interval",
        description="Seconds between two looks at Yahoo's prices, where there are no keys.",
    )
    yahoo_prices: bool = Field(
        default=True,
        title="Yahoo's prices in SIM",
        description="Trade in SIM on Yahoo's delayed prices where there are no keys.",
    )


class PaperAccount(Section):
    """The broker of SIM: paper money, filled against the market's quotes."""

    cash: Decimal = Field(
        default=Decimal(100_000),
        gt=0,
        le=Decimal(100_000_000),
        title="Starting cash",
        description="What a new SIM account begins with, in dollars; used from the next reset.",
    )
    seed: int = Field(
        default=0,
        ge=0,
        le=2_147_483_647,
        title="Seed",
        description="The same seed, orders and prices give the same fills.",
    )
    latency_ms: int = Field(
        default=0,
        ge=0,
        le=60_000,
        title="Delay",
        description="Milliseconds until an order or a cancellation arrives; it may fill meanwhile.",
    )
    participation: Decimal = Field(
        default=Decimal(0),
        ge=0,
        le=1,
        title="Share of volume",
        description="The part of what trades between two prices that orders may fill; "
        "0 fills every order whole.",
    )
    extra_spread_bps: Decimal = Field(
        default=Decimal(0),
        ge=0,
        le=1_000,
        title="Extra spread",
        description="Hundredths of a percent by which every quote is wider.",
    )
    improvement: Decimal = Field(
        default=Decimal(0),
        ge=0,
        le=Decimal("0.5"),
        title="Price improvement",
        description="Up to this share of the spread, at random, market orders do better.",
    )
    reject_rate: Decimal = Field(
        default=Decimal(0),
        ge=0,
        le=1,
        title="Refused orders",
        description="Share of orders that the exchange refuses, at random: 0.01 is 1 %.",
    )
    halt_move: Decimal = Field(
        default=Decimal(0),
        ge=0,
        le=1,
        title="Halts",
        description="A price that moves by this share within five minutes halts its symbol for "
        "five minutes; 0 never.",
    )
    leverage: Decimal = Field(
        default=Decimal(1),
        ge=1,
        le=10,
        title="Leverage",
        description="1 is a cash account; 2 may hold twice its equity. Below half of what "
        "positions took to open, they are closed at the next open.",
    )
    borrow_rate: Decimal = Field(
        default=Decimal(0),
        ge=0,
        le=10,
        title="Borrow rate",
        description="Annual fee for borrowed shares: 0.03 is 3 %.",
    )
    interest_rate: Decimal = Field(
        default=Decimal(0),
        ge=0,
        le=10,
        title="Interest",
        description="Annual interest on borrowed money: 0.05 is 5 %.",
    )
    short: bool = Field(
        default=True,
        title="Short selling",
        description="The broker lends shares; the limits decide whether you may.",
    )


class Trading(Section):
    """What the risk checks allow; the same in every mode."""

    risk_tolerance: int = Field(
        default=50,
        ge=0,
        le=100,
        title="Risk tolerance",
        description="0-33 conservative, 34-66 moderate, 67-100 aggressive.",
    )
    largest_position: Decimal = Field(
        default=Decimal("0.10"),
        gt=0,
        le=1,
        title="Largest position",
        description="Share of equity one position may reach: 0.10 is 10 %.",
    )
    most_positions: int = Field(
        default=5, ge=1, le=500, title="Most positions", description="How many may be open at once."
    )
    largest_order: Decimal = Field(
        default=Decimal(25_000),
        gt=0,
        le=Decimal(100_000_000),
        title="Largest order",
        description="Value of one order, in dollars.",
    )
    daily_loss: Decimal = Field(
        default=Decimal("0.02"),
        gt=0,
        le=1,
        title="Daily loss",
        description="Share of the session's opening equity; beyond it only closing is allowed.",
    )
    price_collar: Decimal = Field(
        default=Decimal("0.10"),
        gt=0,
        le=1,
        title="Price collar",
        description="How far through the quote a limit price may be: 0.10 is 10 %.",
    )
    duplicate_seconds: int = Field(
        default=10,
        ge=0,
        le=600,
        title="Duplicate guard",
        description="Seconds in which the same order again is refused; 0 turns it off.",
    )
    oldest_quote: int = Field(
        default=60,
        ge=5,
        le=3_600,
        title="Oldest price",
        description="Seconds a price may be old for a market order that opens, in a session.",
    )
    allow_short: bool = Field(
        default=False, title="Short selling", description="Allow selling more than is held."
    )
    automated_fills: int = Field(
        default=10,
        ge=0,
        le=1_000,
        title="Automated fills a day",
        description="How many fills of a session may come from automation; yours are counted too.",
    )
    large_order: Decimal = Field(
        default=Decimal(1_000),
        gt=0,
        le=Decimal(100_000_000),
        title="Large order",
        description="From this value on, in dollars, automation needs your yes.",
    )
    options_premium: Decimal = Field(
        default=Decimal("0.05"),
        gt=0,
        le=1,
        title="Options, premium",
        description="Share of equity that all options together may be worth.",
    )
    options_notional: Decimal = Field(
        default=Decimal(1),
        gt=0,
        le=20,
        title="Options, shares behind them",
        description="Share of equity that the shares behind all options may be worth.",
    )
    allowed: tuple[str, ...] = Field(
        default=(),
        title="Only these symbols",
        description="Nothing else may be opened; empty allows every symbol.",
    )
    denied: tuple[str, ...] = Field(
        default=(), title="Never these symbols", description="What may not be opened."
    )

    @field_validator("allowed", "denied")
    @classmethod
    def _only_symbols(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return symbols(value)


# Largest position and most positions for each band of risk tolerance (conservative below 34,
# moderate below 67, aggressive above), as the welcome pages show them.
TOLERANCE_LIMITS: tuple[tuple[int, str, Decimal, int], ...] = (
    (33, "Conservative", Decimal("0.05"), 3),
    (66, "Moderate", Decimal("0.10"), 5),
    (100, "Aggressive", Decimal("0.20"), 10),
)


def limits_for(tolerance: int) -> tuple[str, Decimal, int]:
    """Return the band's name, its largest position and its most positions."""
    for upper, name, position, count in TOLERANCE_LIMITS:
        if tolerance <= upper:
            return name, position, count
    raise ValueError(f"Risk tolerance {tolerance} is more than 100")
