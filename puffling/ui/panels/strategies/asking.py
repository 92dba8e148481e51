"""One job of this panel at a time: begun, followed, stopped; it ends with the panel."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from puffin.errors import CancelledError, PuffinError
from puffling.core.errors import PufflingError
from puffling.ui.widgets.job_watch import JobWatch

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
        self._watch = JobWatch()

    @property
    def is_running(self) -> bool:
        """Whether it is under way."""
        return self._watch.is_running

    @property
    def job(self) -> str:
        """The id of its job; empty before there is one."""
        return self._watch.job

    def begin(self, values: Mapping[str, Any] | None = None) -> bool:
        """Start it; False if it is under way."""
        if self.is_running:
            return False
        self._watch.begin(self._title)
        self.moved.emit("Starting…", None)
        self._spawn(self._run(dict(values or {})))
        return True

    def cancel(self) -> None:
        """Stop it."""
        if self.job:
            self._parts.runner.command("job.cancel", id=self.job)

    def on_job(self, event: JobChanged) -> None:
        """Take what is told of jobs; other jobs are passed over."""
        said = self._watch.hear(event)
        if said is not None:
            self.moved.emit(said.text, said.done)

    async def _run(self, values: dict[str, Any]) -> None:
        command = self._parts.registry[self._command]
        try:
            answer = await command.run_with(self._parts.context, values)
        except CancelledError:
            self._watch.end()
            self.gone.emit()
        except (PuffinError, PufflingError) as error:
            self._watch.end()
            self.failed.emit(error)
        except asyncio.CancelledError:
            self._watch.end()
            raise
        except BaseException:  # the runner reports it; what was shown comes back
            self._watch.end()
            self.gone.emit()
            raise
        else:
            self._watch.end()
            self.finished.emit(answer)
