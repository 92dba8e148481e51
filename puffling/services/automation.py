"""What acts by itself, and the one switch that pauses all of it or a part."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from puffling.core.errors import BadValueError, StoreError
from puffling.core.events import AutomationChanged

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from puffling.core.bus import EventBus
    from puffling.core.clock import Clock
    from puffling.store.audit import AuditStore
    from puffling.store.state import StateStore

log = logging.getLogger(__name__)

KEPT = "automation paused"


@dataclass(frozen=True, slots=True)
class Part:
    """Something that acts by itself: `describe` says what of it would go on, in words."""

    name: str
    title: str
    describe: Callable[[], str]


@dataclass(frozen=True, slots=True)
class PartState:
    """A part as a list shows it."""

    name: str
    title: str
    paused: bool
    text: str


class AutomationService:
    """Asked by whatever acts by itself before it acts; the answer holds through a restart.

    A part registers itself once. While everything is paused, parts are let go on one by one.
    """

    def __init__(self, state: StateStore, audit: AuditStore, bus: EventBus, clock: Clock) -> None:
        self._state = state
        self._audit = audit
        self._bus = bus
        self._clock = clock
        self._parts: dict[str, Part] = {}
        kept = cast("dict[str, object] | None", state.get(KEPT))
        self.why = "" if kept is None else str(kept["why"])
        self._paused = kept is not None
        released = () if kept is None else cast("list[str]", kept["released"])
        self._released: set[str] = set(released)

    def register(self, part: Part) -> None:
        """Let `part` be paused and listed from now on."""
        self._parts[part.name] = part

    @property
    def paused(self) -> bool:
        """Whether anything is paused."""
        return self._paused

    def is_paused(self, name: str) -> bool:
        """Whether the part called `name` must not act now."""
        return self._paused and name not in self._released

    def parts(self) -> list[PartState]:
        """Return every part, and what of it acts or would act."""
        return [
            PartState(each.name, each.title, self.is_paused(each.name), each.describe())
            for each in self._parts.values()
        ]

    def pause(self, by: str, why: str) -> None:
        """Pause everything; what pauses it again only changes the reason."""
        self.pause_with(why)
        self._note(by, "automation.pause", why)

    def pause_with(self, why: str) -> None:
        """Pause everything because of something that the audit has already."""
        self.why = why
        self._paused = True
        self._released.clear()
        self._keep()
        self._bus.publish(AutomationChanged(paused=True, why=why))

    def resume(self, by: str, names: Collection[str] = ()) -> None:
        """Let the parts called `names` go on, or all of them without names.

        Raises:
            BadValueError: There is no such part.
        """
        for each in names:
            if each not in self._parts:
                known = ", ".join(self._parts) or "none"
                raise BadValueError(f"Nothing called {each!r} acts by itself; known are {known}.")
        if not self._paused:
            return
        self._released |= set(names)
        self._paused = bool(names) and not self._parts.keys() <= self._released
        if not self._paused:
            self._released.clear()
            self.why = ""
        self._keep()
        self._bus.publish(AutomationChanged(paused=self._paused, why=self.why))
        self._note(by, "automation.resume", " ".join(names))

    def _keep(self) -> None:
        """Store it; a disk that takes nothing stops nobody from pausing."""
        kept = {"why": self.why, "released": sorted(self._released)} if self._paused else None
        try:
            self._state.put(KEPT, kept)
        except StoreError as error:
            log.warning("That automation was paused or resumed is not stored: %s", error)

    def _note(self, by: str, action: str, subject: str) -> None:
        try:
            self._audit.add(self._clock.now(), by, action, subject)
        except StoreError as error:
            log.warning("%s is missing in the audit: %s", action, error)
