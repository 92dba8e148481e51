"""Until when alerts are kept off the desktop; it holds through a restart."""

from __future__ import annotations

import logging
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Literal

from puffin.data.sessions import EXCHANGE
from puffling.core.errors import StoreError

if TYPE_CHECKING:
    from puffling.core.clock import Clock
    from puffling.store.state import StateStore

log = logging.getLogger(__name__)

SNOOZED = "alerts snoozed until"

Snooze = Literal["15 minutes", "1 hour", "today"]


class Snoozing:
    """Remembers a snooze; without a store only until Puffling closes."""

    def __init__(self, state: StateStore | None, clock: Clock) -> None:
        self._state = state
        self._clock = clock
        kept = None if state is None else state.get(SNOOZED)
        self._until = datetime.fromisoformat(kept) if isinstance(kept, str) else None

    @property
    def until(self) -> datetime | None:
        """When it ends, computer's time; None when there is none."""
        until = self._until
        return until if until is not None and self._clock.now() < until else None

    def begin(self, span: Snooze) -> datetime:
        """Snooze from now on; "today" ends with New York's day."""
        now = self._clock.now()
        if span == "today":
            tomorrow = now.astimezone(EXCHANGE).date() + timedelta(days=1)
            until = datetime.combine(tomorrow, time(), EXCHANGE).astimezone(now.tzinfo)
        else:
            until = now + timedelta(minutes=15 if span == "15 minutes" else 60)
        self._keep(until)
        return until

    def end(self) -> None:
        """End it."""
        self._keep(None)

    def _keep(self, until: datetime | None) -> None:
        self._until = until
        if self._state is None:
            return
        try:
            self._state.put(SNOOZED, None if until is None else until.isoformat())
        except StoreError as error:
            log.warning("The snooze of alerts holds until Puffling closes: %s", error)
