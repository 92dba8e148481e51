"""The four directions on a screen, as commands and the desk name them."""

from __future__ import annotations

from enum import StrEnum


class Toward(StrEnum):
    """A direction on the screen."""

    LEFT = "left"
    RIGHT = "right"
    UP = "up"
    DOWN = "down"
