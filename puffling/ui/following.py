"""One command at a time, with the job it starts: begun, followed, stopped."""

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


class Following(QObject):
    """Runs a command that is a job and says how it gets on.

    Args:
        parts: What a panel is built from.
        spawn: Runs what ends with the panel.
        parent: The panel, or a part of it.
        lasts: Whether the job belongs to the desk: closing the panel does not stop it then.

    Signals:
        moved: There is something to say about it (the sentence, the share that is done or None).
        finished: It ended well (what the command returned).
        failed: It failed in a way the person can read (the error).
        gone: It was stopped, or nobody foresaw how it ended; there is nothing to show.
        changed: It began or ended (whether it runs).
    """

    moved = Signal(str, object)
    finished = Signal(object)
    failed = Signal(object)
    gone = Signal()
    changed = Signal(bool)

    def __init__(self, parts: Parts, spawn: Spawn, parent: QObject, *, lasts: bool = True) -> None:
        super().__init__(parent)
        self._parts, self._spawn, self._lasts = parts, spawn, lasts
        self._watch = JobWatch()

    @property
    def is_running(self) -> bool:
        """Whether a command is under way."""
        return self._watch.is_running

    @property
    def job(self) -> str:
        """The id of its job; empty before there is one."""
        return self._watch.job

    def begin(self, command: str, values: Mapping[str, Any], title: str) -> bool:
        """Start a command whose job is called `title`; False if one is under way."""
        if self.is_running:
            return False
        found = self._parts.registry[command]
        return self.follow(found.run_with(self._parts.context, dict(values)), title)

    def follow(self, work: Coroutine[object, object, object], title: str) -> bool:
        """Start work whose job is called `title`; False if something is under way."""
        if self.is_running:
            work.close()
            return False
        self._watch.begin(title)
        self.moved.emit("Starting…", None)
        self.changed.emit(self.is_running)
        self._spawn(self._follow(self._parts.runner.spawn(work)))
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

    async def _follow(self, task: asyncio.Task[Any]) -> None:
        """Wait for the command; the runner reports what nobody expected."""
        try:
            await asyncio.wait({task})
        except asyncio.CancelledError:
            if not self._lasts:
                task.cancel()
            raise
        finally:
            self._watch.end()
            self.changed.emit(self.is_running)
        error = None if task.cancelled() else task.exception()
        if task.cancelled():
            self.gone.emit()
        elif error is None:
            self.finished.emit(task.result())
        elif is_expected(error):
            self.failed.emit(error)
        else:
            self.gone.emit()


def is_expected(error: BaseException | None) -> bool:
    """Whether the person should read it here; what was stopped on purpose says nothing."""
    return isinstance(error, PuffinError | PufflingError) and not isinstance(error, CancelledError)
