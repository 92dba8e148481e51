"""The market the desk works with: its time, its sessions, and how it describes itself."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from puffin.data.sessions import EXCHANGE
from puffling.core.settings import Mode

if TYPE_CHECKING:
    from datetime import date, datetime

    from puffin.broker.base import MarketClock
    from puffin.data.replay import Replay
    from puffin.data.sessions import Calendar
    from puffling.core.clock import Clock

LARGEST_SKEW = 2.0  # seconds our clock may be off before anybody is bothered with it


class MarketService:
    """Knows what time it is on the market, and in which mode the desk trades there.

    In DEMO time is the replay's. In the other modes it is the computer's, corrected and with the
    hours told by the broker as soon as it told them.
    """

    def __init__(self, clock: Clock, calendar: Calendar, mode: Mode = Mode.DEMO) -> None:
        self._clock = clock
        self.calendar = calendar
        self.mode = mode
        self.symbols: frozenset[str] = frozenset()  # empty when whatever is listed may be traded
        self.source = ""  # where prices come from, in words
        self._replay: Replay | None = None
        self._told: MarketClock | None = None

    def follow(self, replay: Replay, symbols: frozenset[str]) -> None:
        """Take the market's time from `replay`, which trades `symbols`."""
        self.mode = Mode.DEMO
        self._replay = replay
        self._told = None
        self.symbols = symbols
        self.source = replay.name

    def follow_clock(self, mode: Mode, source: str) -> None:
        """Take the market's time from the computer; prices of now come from `source`."""
        self.mode = mode
        self._replay = None
        self._told = None
        self.symbols = frozenset()
        self.source = source

    def correct(self, told: MarketClock) -> None:
        """Believe what the broker says of the time and of the exchange's hours."""
        self._told = told

    @property
    def skew(self) -> float:
        """How many seconds the computer's clock is ahead; 0 while that does not matter."""
        skew = 0.0 if self._told is None else self._told.skew
        return skew if abs(skew) > LARGEST_SKEW else 0.0

    def now(self) -> datetime:
        """Return the market's time, in UTC."""
        if self._replay is not None:
            return self._replay.now
        return self._clock.now() - timedelta(seconds=self.skew)

    def today(self) -> date:
        """Return the date on the exchange."""
        return self.now().astimezone(EXCHANGE).date()

    def is_open(self) -> bool:
        """Whether the regular session is on."""
        if self._replay is not None:
            return self._replay.is_open
        told, now = self._told, self.now()
        if told is not None and now < min(told.next_open, told.next_close):
            return told.is_open
        return self.calendar.is_open(now)

    @property
    def ended(self) -> bool:
        """Whether the replay has shown its last day."""
        return self._replay is not None and self._replay.ended

    def next_change(self) -> tuple[datetime, bool]:
        """Return when the market next opens or closes, and whether it opens then."""
        return self.calendar.next_change(self.now())

    def hours(self) -> str:
        """Return when the market opens or closes next, in New York's time."""
        at, opens = self.next_change()
        there = at.astimezone(EXCHANGE)
        day = "" if there.date() == self.today() else f"{there:%a} {there.day} {there:%b} "
        return f"{'opens' if opens else 'closes'} {day}{there:%H:%M}"

    def describe(self) -> str:
        """Return the status bar's words: market, its time, and what of it is simulated."""
        at = self.now().astimezone(EXCHANGE)
        time = f"{at.day} {at:%b %Y %H:%M} New York"
        if self._replay is None:
            state = "open" if self.is_open() else "closed"
            words = f"{time} · {state}, {self.hours()}"
            return f"{self.source} · {words}" if self.source else words
        if self._replay.ended:
            return f"Demo market · ended on {at.day} {at:%b %Y} · restart it from the Data menu"
        state = "paused" if self._replay.paused else "path inside the day simulated"
        return f"Demo market · {time} · {state}"
