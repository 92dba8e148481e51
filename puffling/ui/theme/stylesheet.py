"""Tokens into the one stylesheet template."""

from __future__ import annotations

import re
from dataclasses import asdict
from string import Template
from typing import TYPE_CHECKING

from PySide6.QtGui import QColor

from puffling.ui.theme.icons import tinted
from puffling.ui.theme.tokens import Sizes, themes_folder

if TYPE_CHECKING:
    from pathlib import Path

    from puffling.ui.theme.tokens import Tokens

_LENGTH = re.compile(r"(?<![\w#.$-])(-?[0-9]+)px")
_LINE = 4

# The stylesheet can only show pictures from files: (icon, token) of each that it names.
PICTURES: tuple[tuple[str, str], ...] = (
    ("check", "on_accent"),
    ("minus", "on_accent"),
    ("chevron-down", "muted"),
    ("chevron-down", "faint"),
    ("chevron-up", "muted"),
    ("chevron-up", "faint"),
    ("chevron-right", "muted"),
    ("radio", "faint"),
    ("radio", "muted"),
    ("radio", "accent"),
    ("radio", "line"),
    ("radio-on", "accent"),
    ("radio-on", "text"),
    ("knob", "text"),
    ("knob", "accent"),
)


def write_pictures(tokens: Tokens, folder: Path, scheme: str) -> dict[str, str]:
    """Write the tinted pictures into `folder`; return each one's place by template name."""
    places: dict[str, str] = {}
    for name, token in PICTURES:
        path = folder / f"{scheme}-{name}-{token}.svg"
        path.write_bytes(tinted(name, QColor(tokens.named(token))))
        places[f"{name}_{token}".replace("-", "_")] = path.as_posix()
    return places


def stylesheet(
    tokens: Tokens, sizes: Sizes, pictures: dict[str, str], *, up: str, down: str
) -> str:
    """Fill the template.

    Raises:
        KeyError: If the template names something that does not exist.
    """
    values: dict[str, object] = dict(pictures)
    values |= {f"size_{name}": each for name, each in asdict(sizes).items()}
    values |= {name: each for name, each in asdict(tokens).items() if name not in {"up", "down"}}
    values |= {"up": up, "down": down, "control_inner": sizes.control - 2}
    template = (themes_folder() / "stylesheet.qss").read_text(encoding="utf-8")
    return Template(scaled(template, sizes)).substitute(values)


def scaled(template: str, sizes: Sizes) -> str:
    """Scale the lengths that stand in the template itself; lines keep their few pixels."""
    factor = sizes.text / Sizes().text

    def scale(found: re.Match[str]) -> str:
        length = int(found[1])
        return found[0] if abs(length) < _LINE else f"{round(length * factor)}px"

    return _LENGTH.sub(scale, template)
