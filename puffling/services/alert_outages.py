"""Tells when prices or the broker have been away for more than a minute, and when they are back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from puffling.core.events import ConnectionChanged, FeedState, Level, ModeChanged, NoticePosted

if TYPE_CHECKING:
    from puffling.core.bus import EventBus
    from puffling.core.clock import Clock

LONGEST = 60.0  # seconds that a connection may be away without a word
WELL = {FeedState.LIVE, FeedState.STOPPED}
TITLES = {"data": "No prices for a minute", "broker": "The broker has been away for a minute"}
BACK = {"data": "Prices are back", "broker": "The broker is back"}


class Outages:
    """Times how long each connection has been away; `look` is called again and again."""

    def __init__(self, bus: EventBus, clock: Clock) -> None:
        self._bus = bus
        self._clock = clock
        self._away: dict[str, tuple[float, str]] = {}  # since when, and why
        self._told: set[str] = set()
        bus.subscribe(ConnectionChanged, self._on_change)
        bus.subscribe(ModeChanged, lambda _: self._forget())

    def look(self) -> None:
        """Tell of what has been away for too long, once for each time."""
        now = self._clock.monotonic()
        for name, (since, why) in self._away.items():
            if name not in self._told and now - since > LONGEST:
                self._told.add(name)
                title = TITLES.get(name, f"{name} has been away for a minute")
                self._say(Level.WARNING, title, why)

    def _on_change(self, event: ConnectionChanged) -> None:
        if event.state in WELL:
            self._away.pop(event.name, None)
            if event.name in self._told:
                self._told.remove(event.name)
                if event.state is FeedState.LIVE:
                    self._say(Level.SUCCESS, BACK.get(event.name, f"{event.name} is back"), "")
            return
        since, _ = self._away.get(event.name, (self._clock.monotonic(), ""))
        self._away[event.name] = since, event.text

    def _say(self, level: Level, title: str, text: str) -> None:
        self._bus.publish(NoticePosted(level, title, text, panel="activity", desktop=True))

    def _forget(self) -> None:
        self._away.clear()
        self._told.clear()
