"""All that is filled in on the ticket, so that what was written over it can be taken back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from shiboken6 import isValid

if TYPE_CHECKING:
    from puffin.types import OrderType, Side, TimeInForce
    from puffling.ui.panel import Parts
    from puffling.ui.panels.ticket.draft import Exits, TrailBy
    from puffling.ui.panels.ticket.sizing import SizeBy


@dataclass(frozen=True, slots=True)
class Sheet:
    """What stands in the fields; numbers as they were typed, also wrong ones."""

    symbol: str
    side: Side
    by: SizeBy
    type: OrderType
    trail_by: TrailBy
    time_in_force: TimeInForce
    extended_hours: bool
    exits: Exits
    texts: tuple[str, ...]


class Ticketing(Protocol):
    """The ticket, as far as what is written on it goes."""

    sent: int
    parts: Parts

    def sheet(self) -> Sheet:
        """Return everything that is filled in."""
        ...

    def put_back(self, sheet: Sheet) -> None:
        """Fill in again what a sheet holds."""
        ...


class Writing:
    """Something that was written on the ticket by more than typing into a field.

    It falls when an order was sent from the ticket: taking it back would look like taking back the
    order. What was typed since it was written comes back when it is written again.
    """

    def __init__(self, panel: Ticketing) -> None:
        self._panel = panel
        self._sent = panel.sent
        self._before = self._after = panel.sheet()

    def done(self, words: str) -> None:
        """Take in what was written, and note it if it changed anything."""
        self._after = self._panel.sheet()
        if self._after != self._before:
            undo = self._panel.parts.context.undo
            undo.note(f"On the ticket: {words}", self.back, self.again, self.stands)

    def back(self) -> None:
        """Put back what stood there before."""
        self._after = self._panel.sheet()
        self._panel.put_back(self._before)

    def again(self) -> None:
        """Write it once more."""
        self._panel.put_back(self._after)

    def stands(self) -> bool:
        """Whether the ticket is still the one it was written on, and nothing was sent from it."""
        return isValid(self._panel) and self._panel.sent == self._sent
