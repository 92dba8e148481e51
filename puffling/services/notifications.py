"""The notification centre: every notice is kept until it is read, and after."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from puffling.core.events import NoticePosted, NotificationKept
from puffling.core.redaction import redact

if TYPE_CHECKING:
    from collections.abc import Collection

    from puffling.core.bus import EventBus
    from puffling.core.clock import Clock
    from puffling.store.notifications import Notification, NotificationStore


class NotificationService:
    """Keeps every notice that is posted, and announces that it did."""

    def __init__(self, store: NotificationStore, bus: EventBus, clock: Clock) -> None:
        self._store = store
        self._bus = bus
        self._clock = clock
        bus.subscribe(NoticePosted, self._keep)

    def all(self, limit: int = 200) -> list[Notification]:
        """Return the latest notices, newest first."""
        return self._store.all(limit)

    def unread(self) -> int:
        """Return how many notices nobody has looked at."""
        return self._store.unread()

    def mark_read(self, ids: Collection[int] | None = None) -> None:
        """Mark notices as read; all of them when none are named."""
        self._store.mark_read(ids)
        self._bus.publish(NotificationKept(0))

    def _keep(self, notice: NoticePosted) -> None:
        """Store the notice; errors may quote what was sent, so secrets are blotted out first."""
        clean = replace(
            notice,
            title=redact(notice.title),
            text=redact(notice.text),
            details=redact(notice.details),
        )
        self._bus.publish(NotificationKept(self._store.add(clean, self._clock.now())))
