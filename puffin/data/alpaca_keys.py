"""Keys to Alpaca: never shown, and recognised when they are for the other environment."""

from __future__ import annotations

from dataclasses import dataclass, field

PAPER_PREFIX, LIVE_PREFIX = "PK", "AK"
HIDDEN = "•••"


@dataclass(frozen=True, slots=True)
class AlpacaKeys:
    """A key's id, its secret, and what it is used for."""

    key: str = field(repr=False)
    secret: str = field(repr=False)
    paper: bool

    @property
    def wrong(self) -> str:
        """A sentence when the key belongs to the other environment; empty when it may fit."""
        return wrong_environment(self.key, paper=self.paper)

    def blotted(self, text: str) -> str:
        """Return `text` without these keys: an answer may quote them, and answers are kept."""
        for each in filter(None, (self.secret, self.key)):
            text = text.replace(each, HIDDEN)
        return text


def wrong_environment(key: str, *, paper: bool) -> str:
    """Return a sentence when `key` belongs to the other environment; empty when it may fit."""
    if paper and key.startswith(LIVE_PREFIX):
        return "This key is for live trading; paper trading needs a key that begins with PK."
    if not paper and key.startswith(PAPER_PREFIX):
        return "This key is for paper trading; live trading needs a key that begins with AK."
    return ""
