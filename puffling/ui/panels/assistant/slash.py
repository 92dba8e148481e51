"""What begins with a slash, as the composer offers it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Slash:
    """A word after a slash: what may follow it, and what it does."""

    word: str
    values: str
    about: str


SLASHES = (
    Slash("/brief", "", "The market, the book and what needs you, in short"),
    Slash("/analyse", "SYMBOL", "Facts of a symbol: trend, levels, swings, risk"),
    Slash("/backtest", "STRATEGY SYMBOL", "Try a strategy on the past"),
    Slash("/scan", "", "Ideas by rules over your universe"),
    Slash("/risk", "", "What the book may lose, and how much of each limit is used"),
    Slash("/report", "", "The watchlist, line by line"),
    Slash("/explain", "WHAT", "A fill, a result or a word, explained"),
)
