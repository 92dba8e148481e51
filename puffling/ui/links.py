"""Panels that share a symbol: choosing one in a panel chooses it in all of that colour."""

from __future__ import annotations

from enum import StrEnum

from PySide6.QtCore import QObject, Signal


class Link(StrEnum):
    """The colours a panel may carry; a panel with none keeps its symbol to itself."""

    NONE = "none"
    BLUE = "blue"
    GREEN = "green"
    AMBER = "amber"

    @property
    def token(self) -> str:
        """The theme's colour for it."""
        return "faint" if self is Link.NONE else f"link_{self.value}"


def link_from(text: object) -> Link:
    """Return the link called `text`, or blue if nothing is called that."""
    try:
        return Link(str(text))
    except ValueError:
        return Link.BLUE


class Links(QObject):
    """The symbol of each colour, and what charts tell each other.

    Signals:
        chosen: A colour's symbol changed (colour, symbol).
        pointed: A chart's crosshair moved (the chart's panel, a moment in ns or None).
        stretched: Another interval was chosen on a chart (its panel, the interval).
        scrolled: Another stretch of time is in view (the panel, first and last moment in ns).
    """

    chosen = Signal(str, str)
    pointed = Signal(object, object)
    stretched = Signal(object, object)
    scrolled = Signal(object, object, object)

    def __init__(self, first: str = "", parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._symbols = dict.fromkeys((Link.BLUE, Link.GREEN, Link.AMBER), first)

    def symbol(self, colour: str) -> str:
        """Return the colour's symbol; empty if it has none."""
        return self._symbols.get(link_from(colour), "")

    def choose(self, colour: str, symbol: str) -> None:
        """Make `symbol` the symbol of `colour` and tell everyone, unless it already is."""
        link = link_from(colour)
        if link is Link.NONE or self._symbols[link] == symbol:
            return
        self._symbols[link] = symbol
        self.chosen.emit(link.value, symbol)
