"""What one job of a panel has to say, out of what is told of all jobs."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from puffling.core.events import JobState
from puffling.core.formats import percent

if TYPE_CHECKING:
    from puffling.core.events import JobChanged


class Said(NamedTuple):
    """A sentence about a job, and the share that is done; None if that is not known."""

    text: str
    done: float | None


class JobWatch:
    """Knows a job by its title until it has an id; `job` is that id, empty before."""

    def __init__(self) -> None:
        self.title = self.job = ""

    @property
    def is_running(self) -> bool:
        """Whether a job is awaited or under way."""
        return bool(self.title)

    def begin(self, title: str) -> None:
        """Wait for a job of this title."""
        self.title, self.job = title, ""

    def end(self) -> None:
        """Pass every job over from now on."""
        self.title = self.job = ""

    def hear(self, event: JobChanged) -> Said | None:
        """Return what there is to say; None if the event is about another job, or its end."""
        if not self.title or event.title != self.title:
            return None
        if not self.job and not event.state.is_over:
            self.job = event.id
        if event.id != self.job or event.state.is_over:
            return None
        text = "Stopping…" if event.state is JobState.CANCELLING else f"{event.title}…"
        if event.progress:
            text = f"{text} {percent(event.progress, places=0)}"
        return Said(text, event.progress)
