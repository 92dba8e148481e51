"""The market the desk works with: its time, its sessions, and how it describes itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from puffin.data.sessions import EXCHANGE
from puffling.core.settings import Mode

if TYPE_CHECKING:
    from datetime import date, datetime

    from puffin.data.replay import Replay
    from puffin.data.sessions import Calendar
    from puffling.core.clock import Clock


class MarketService:
    """Knows what time it is on the market, which in DEMO is not the computer's time."""

    def __init__(self, clock: Clock, calendar: Calendar, mode: Mode = Mode.DEMO) -> None:
        self._clock = clock
        self.calendar = calendar
        self.mode = mode
        self.symbols: frozenset[str] = frozenset()
        self._replay: Replay | None = None

    def follow(self, replay: Replay, symbols: frozenset[str]) -> None:
        """Take the market's time from `replay`, which trades `symbols`."""
        self._replay = replay
        self.symbols = symbols

    def now(self) -> datetime:
        """Return the market's time, in UTC."""
        return self._replay.now if self._replay is not None else self._clock.now()

    def today(self) -> date:
        """Return the date on the exchange."""
        return self.now().astimezone(EXCHANGE).date()

    def is_open(self) -> bool:
        """Whether the regular session is on."""
        if self._replay is not None:
            return self._replay.is_open
        return self.calendar.is_open(self.now())

    @property
    def ended(self) -> bool:
        """Whether the replay has shown its last day."""
        return self._replay is not None and self._replay.ended

    def next_change(self) -> tuple[datetime, bool]:
        """Return when the market next opens or closes, and whether it opens then."""
        return self.calendar.next_change(self.now())

    def describe(self) -> str:
        """Return the status bar's words: market, its time, and what of it is simulated."""
        at = self.now().astimezone(EXCHANGE)
        time = f"{at.day} {at:%b %Y %H:%M} New York"
        if self._replay is None:
            return time
        if self._replay.ended:
            return f"Demo market · ended on {at.day} {at:%b %Y} · restart it from the Data menu"
        state = "paused" if self._replay.paused else "path inside the day simulated"
        return f"Demo market · {time} · {state}"
