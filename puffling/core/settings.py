"""Every setting, with its type, its bounds, its default and the words the dialog shows."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field, field_validator

from puffin.types import SYMBOL

VERSION = 1


class Theme(StrEnum):
    """Colour schemes."""

    DARK = "dark"
    LIGHT = "light"


class UpDown(StrEnum):
    """Which colours mean up and down."""

    GREEN_RED = "green and red"
    BLUE_ORANGE = "blue and orange"


class Density(StrEnum):
    """How tall a table row is."""

    COMPACT = "compact"
    COMFORTABLE = "comfortable"


class Mode(StrEnum):
    """Which market and which broker the desk works with."""

    DEMO = "demo"
    SIM = "sim"
    PAPER = "paper"
    LIVE = "live"


class Section(BaseModel):
    """A page of the settings dialog."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class General(Section):
    """What the desk does when it starts and ends."""

    welcomed: bool = Field(
        default=False,
        title="Welcome shown",
        description="Turn this off to see the welcome pages at the next start.",
    )
    close_to_tray: bool = Field(
        default=False,
        title="Close to the tray",
        description="Keep watching alerts after the window closes. Needs a system tray.",
    )
    desktop_notifications: bool = Field(
        default=True,
        title="Desktop notifications",
        description="Show alerts, fills and finished jobs outside the window too.",
    )


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
    allow_short: bool = Field(
        default=False, title="Short selling", description="Allow selling more than is held."
    )


class Appearance(Section):
    """How the desk looks."""

    theme: Theme = Field(default=Theme.DARK, title="Theme")
    up_down: UpDown = Field(
        default=UpDown.GREEN_RED,
        title="Up and down",
        description="Blue and orange are easier to tell apart with a colour vision deficiency.",
    )
    density: Density = Field(default=Density.COMPACT, title="Table rows")
    scale: int = Field(
        default=100,
        ge=80,
        le=200,
        title="Text size",
        description="Percent; used from the next start.",
    )
    reduced_motion: bool = Field(
        default=False, title="Reduced motion", description="No flashes and no sliding."
    )


class Data(Section):
    """Where prices come from and how much of them is kept."""

    yahoo: bool = Field(
        default=True,
        title="Yahoo Finance",
        description="Fetch history of symbols outside the demo market when a network exists.",
    )
    csv_rows: int = Field(
        default=500_000,
        ge=1_000,
        le=5_000_000,
        title="Most rows of a CSV file",
        description="A longer file is refused.",
    )
    csv_megabytes: int = Field(
        default=64, ge=1, le=1_024, title="Largest CSV file", description="In megabytes."
    )
    backups: int = Field(
        default=30, ge=1, le=365, title="Backups kept", description="Older ones are removed."
    )


class Watchlist(Section):
    """What a new watchlist holds."""

    starter: tuple[str, ...] = Field(
        default=("AAPL", "FB", "GOOG", "IBM", "MSFT"),
        title="Starter list",
        description="Symbols of the first list, separated by spaces.",
    )

    @field_validator("starter")
    @classmethod
    def _only_symbols(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        bad = [each for each in value if not SYMBOL.match(each)]
        if bad:
            raise ValueError(f"{bad[0]!r} is not a symbol")
        return tuple(dict.fromkeys(value))


class Shortcuts(Section):
    """Your own keys: command id to key sequence; an empty one takes the key away."""

    keys: dict[str, str] = Field(default_factory=dict, title="Changed keys")


class Settings(Section):
    """All settings."""

    version: int = VERSION
    mode: Mode = Mode.DEMO
    general: General = General()
    demo: Demo = Demo()
    trading: Trading = Trading()
    appearance: Appearance = Appearance()
    data: Data = Data()
    watchlist: Watchlist = Watchlist()
    shortcuts: Shortcuts = Shortcuts()


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
