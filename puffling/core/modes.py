"""The four modes in words: what each trades, with whose money, and what a send button says."""

from __future__ import annotations

from dataclasses import dataclass

from puffling.core.settings import Mode

LIVE_WORD = "LIVE"
AT_A_BROKER = frozenset({Mode.PAPER, Mode.LIVE})
PLAY_MONEY = frozenset({Mode.DEMO, Mode.SIM})


@dataclass(frozen=True, slots=True)
class ModeWords:
    """How a mode is called and explained."""

    title: str
    about: str
    money: str


WORDS: dict[Mode, ModeWords] = {
    Mode.DEMO: ModeWords(
        "Demo market", "Real daily prices of 2000-2013, replayed; play money.", "play money"
    ),
    Mode.SIM: ModeWords("Simulation", "Prices of now, a broker in this computer.", "play money"),
    Mode.PAPER: ModeWords("Paper account", "Alpaca's practice account.", "practice money"),
    Mode.LIVE: ModeWords("Live account", "Alpaca: real orders.", "real money"),
}


def send_words(mode: Mode, what: str) -> str:
    """Return what a button says that sends `what`: "Send buy order · PAPER"."""
    return f"Send {what} · {mode.upper()}"
