"""Whether orders may be sent: the books are compared and the broker can be heard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from puffling.core.errors import NotReadyError
from puffling.core.events import BrokerReady

if TYPE_CHECKING:
    from puffling.core.bus import EventBus

NOT_COMPARED = "The books are being compared with the broker's."
NOT_HEARD = "The connection to the broker is being set up."


class Readiness:
    """Everything that stands against sending orders; announced when it changes."""

    def __init__(self, bus: EventBus) -> None:
        self._bus = bus
        self._against: dict[str, str] = {}
        self._why = ""
        self.hold("books", NOT_COMPARED)

    @property
    def why_not(self) -> str:
        """Why no order can be sent now, as a sentence; empty when one can."""
        return self._why

    def hold(self, what: str, why: str) -> None:
        """Let no order out as long as `what` is not released."""
        self._against[what] = why
        self._say()

    def release(self, what: str) -> None:
        """Take away what stood against sending."""
        self._against.pop(what, None)
        self._say()

    def check(self) -> None:
        """Refuse while something stands against sending.

        Raises:
            NotReadyError: With what that is.
        """
        if self._why:
            raise NotReadyError(f"Not sent. {self._why}")

    def _say(self) -> None:
        why = next(iter(self._against.values()), "")
        if why != self._why:
            self._why = why
            self._bus.publish(BrokerReady(ready=not why, why=why))
