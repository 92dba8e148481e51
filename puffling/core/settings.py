"""Every setting, with its type, its bounds, its default and the words the dialog shows."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field, field_validator

from puffling.core.language import Language
from puffling.core.settings_assistant import Assistant
from puffling.core.settings_trading import (
    TOLERANCE_LIMITS,
    Connections,
    Demo,
    Feed,
    PaperAccount,
    Section,
    Trading,
    limits_for,
    symbols,
)

__all__ = [
    "TOLERANCE_LIMITS",
    "Appearance",
    "Assistant",
    "Connections",
    "Data",
    "Demo",
    "Density",
    "Feed",
    "General",
    "Language",
    "Mode",
    "PaperAccount",
    "Section",
    "Settings",
    "Shortcuts",
    "Theme",
    "Trading",
    "UpDown",
    "Watchlist",
    "limits_for",
]

VERSION = 1


class Theme(StrEnum):
    """Colour schemes."""

    DARK = "dark"
    LIGHT = "light"
    HIGH_CONTRAST = "high contrast"


class UpDown(StrEnum):
    """Which colours mean up and down, in this order."""

    GREEN_RED = "green and red"
    RED_GREEN = "red and green"
    BLUE_ORANGE = "blue and orange"
    VIVID = "vivid blue and amber"


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
    language: Language = Field(
        default=Language.ENGLISH, title="Language", description="Used from the next start."
    )
    updates_address: str = Field(
        default="",
        max_length=300,
        title="Address for new versions",
        description="Asked only when you look for a new version; empty asks nobody.",
    )


class Appearance(Section):
    """How the desk looks."""

    theme: Theme = Field(
        default=Theme.DARK,
        title="Theme",
        description="High contrast is black and white, with every word at 7:1 or more.",
    )
    up_down: UpDown = Field(
        default=UpDown.GREEN_RED,
        title="Up and down",
        description="Rising first. Red rises in East Asia. Blue and orange are easier to tell "
        "apart with a colour vision deficiency, and the vivid pair stands out most.",
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
        return symbols(value)


class Shortcuts(Section):
    """Your own keys: command id to key sequence; an empty one takes the key away."""

    keys: dict[str, str] = Field(default_factory=dict, title="Changed keys")


class Settings(Section):
    """All settings."""

    version: int = VERSION
    mode: Mode = Mode.DEMO
    general: General = General()
    demo: Demo = Demo()
    connections: Connections = Connections()
    paper: PaperAccount = PaperAccount()
    trading: Trading = Trading()
    appearance: Appearance = Appearance()
    data: Data = Data()
    assistant: Assistant = Assistant()
    watchlist: Watchlist = Watchlist()
    shortcuts: Shortcuts = Shortcuts()
