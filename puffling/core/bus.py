"""One place where things that happen are announced."""

from __future__ import annotations

import logging
from collections import defaultdict, deque
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    from puffling.core.events import Event

log = logging.getLogger(__name__)

E = TypeVar("E", bound="Event")


class EventBus:
    """Delivers each event, in order, to everyone who asked for its type.

    Subscribers run on the thread that publishes, which is the loop's own; work on other threads
    hands its results to the loop first (see `puffling.work.jobs`). An event published while
    another is being delivered waits its turn, so every subscriber sees the same order.
    """

    def __init__(self) -> None:
        self._handlers: dict[type[Event], list[Callable[[Any], None]]] = defaultdict(list)
        self._waiting: deque[Event] = deque()
        self._delivering = False

    def subscribe(self, kind: type[E], handler: Callable[[E], None]) -> Callable[[], None]:
        """Call `handler` for every event of `kind`; return a function that stops it."""
        self._handlers[kind].append(handler)

        def stop() -> None:
            if handler in self._handlers[kind]:
                self._handlers[kind].remove(handler)

        return stop

    def publish(self, event: Event) -> None:
        """Tell everyone. One subscriber's failure is logged and the rest still hear."""
        self._waiting.append(event)
        if self._delivering:
            return
        self._delivering = True
        try:
            while self._waiting:
                self._deliver(self._waiting.popleft())
        finally:
            self._delivering = False

    def _deliver(self, event: Event) -> None:
        for handler in tuple(self._handlers[type(event)]):
            try:
                handler(event)
            except Exception:
                log.exception("A subscriber failed on %s", event)
