"""One job of this panel at a time: begun, followed, stopped; it ends with the panel."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from puffin.errors import CancelledError, PuffinError
from puffling.core.errors import PufflingError
from puffling.core.events import JobState
from puffling.core.formats import percent

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Mapping

    from puffling.core.events import JobChanged
    from puffling.ui.panel import Parts

    Spawn = Callable[[Coroutine[object, object, object]], None]


class Asking(QObject):
    """Runs a command that only looks, as a job called `title`.

    Signals:
        moved: There is something to say about it (the sentence, the share that is done or None).
        finished: It ended well (what the command returned).
        failed: It failed in a way the person can read (the error).
        gone: It was stopped.
    """

    moved = Signal(str, object)
    finished = Signal(object)
    failed = Signal(object)
    gone = Signal()

    def __init__(
        self, parts: Parts, spawn: Spawn, command: str, title: str, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._parts, self._spawn = parts, spawn
        self._command, self._title = command, title
        self.is_running = False
        self.job = ""

    def begin(self, values: Mapping[str, Any] | None = None) -> bool:
        """Start it; False if it is under way."""
        if self.is_running:
            return False
        self.is_running, self.job = True, ""
        self.moved.emit("Starting…", None)
        self._spawn(self._run(dict(values or {})))
        return True

    def cancel(self) -> None:
        """Stop it."""
        if self.job:
            self._parts.runner.command("job.cancel", id=self.job)

    def on_job(self, event: JobChanged) -> None:
        """Take what is told of jobs; other jobs are passed over."""
        if not self.is_running or event.title != self._title:
            return
        if not self.job and not event.state.is_over:
            self.job = event.id
        if event.id != self.job or event.state.is_over:
            return
        text = "Stopping…" if event.state is JobState.CANCELLING else f"{event.title}…"
        if event.progress:
            text = f"{text} {percent(event.progress, places=0)}"
        self.moved.emit(text, event.progress)

    async def _run(self, values: dict[str, Any]) -> None:
        command = self._parts.registry[self._command]
        try:
            answer = await command.run_with(self._parts.context, values)
        except CancelledError:
            self.is_running = False
            self.gone.emit()
        except (PuffinError, PufflingError) as error:
            self.is_running = False
            self.failed.emit(error)
        except asyncio.CancelledError:
            self.is_running = False
            raise
        except BaseException:  # the runner reports it; what was shown comes back
            self.is_running = False
            self.gone.emit()
            raise
        else:
            self.is_running = False
            self.finished.emit(answer)
