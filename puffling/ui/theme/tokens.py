"""Named colours and sizes, read from the scheme files in resources/themes."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING

from puffling.core.paths import resources

if TYPE_CHECKING:
    from pathlib import Path


class Tone(StrEnum):
    """What a colour means; each is the name of a token.

    `UP` and `DOWN` follow the person's choice of colours; the others are taken as they are.
    """

    TEXT = "text"
    MUTED = "muted"
    FAINT = "faint"
    ACCENT = "accent"
    UP = "up"
    DOWN = "down"
    SUCCESS = "success"
    WARNING = "warning"
    DANGER = "danger"
    INFO = "info"
    DEMO = "demo"
    SIM = "sim"
    PAPER = "paper"
    LIVE = "live"


@dataclass(frozen=True, slots=True)
class Tokens:
    """The colours a scheme must name, as #rrggbb."""

    window: str
    panel: str
    raised: str
    inset: str
    line: str
    line_strong: str
    text: str
    muted: str
    faint: str
    accent: str
    accent_strong: str
    on_accent: str
    selection: str
    hover: str
    up: str
    down: str
    up_alternative: str
    down_alternative: str
    up_vivid: str
    down_vivid: str
    success: str
    warning: str
    danger: str
    danger_strong: str
    info: str
    demo: str
    sim: str
    paper: str
    live: str
    on_mode: str
    link_blue: str
    link_green: str
    link_amber: str
    series_1: str
    series_2: str
    series_3: str
    series_4: str
    series_5: str
    series_6: str

    def named(self, name: str) -> str:
        """Return the colour called `name`.

        Raises:
            KeyError: If no token has that name.
        """
        if name not in NAMES:
            raise KeyError(name)
        colour: str = getattr(self, name)
        return colour


NAMES: tuple[str, ...] = tuple(each.name for each in fields(Tokens))


@dataclass(frozen=True, slots=True)
class Sizes:
    """Lengths in logical pixels; everything sits on a grid of four."""

    text: int = 13
    caption: int = 11
    headline: int = 20
    grid: int = 4
    padding: int = 8
    control: int = 26
    icon: int = 16
    row_compact: int = 22
    row_comfortable: int = 28
    radius: int = 4

    def scaled(self, percent: int) -> Sizes:
        """Return all lengths at `percent` of their size."""
        return Sizes(
            **{each.name: round(getattr(self, each.name) * percent / 100) for each in fields(Sizes)}
        )


def themes_folder() -> Path:
    """Where the scheme files and the stylesheet template are."""
    return resources() / "themes"


def slug(scheme: str) -> str:
    """Return a scheme's name as the name of a file."""
    return scheme.replace(" ", "-")


@cache
def read_tokens(scheme: str) -> Tokens:
    """Read the scheme called `scheme` ("dark", "light" or "high contrast")."""
    with (themes_folder() / f"{slug(scheme)}.toml").open("rb") as file:
        return Tokens(**tomllib.load(file))
