"""One piece of work at a time on a worker's thread: begun, followed, stopped with its panel."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from puffin.errors import CancelledError, PuffinError
from puffling.core.errors import PufflingError
from puffling.ui.widgets.job_watch import JobWatch

if TYPE_CHECKING:
    from collections.abc import Callable

    from puffling.core.events import JobChanged
    from puffling.ui.panel import PanelWidget
    from puffling.ui.widgets.empty_state import StateStack


class Work(QObject):
    """Runs one job; a second one takes the place of the first.

    Signals:
        moved: There is something to say about it (the sentence, the share that is done or None).
        finished: It ended well (what it returned).
        failed: It failed in a way the person can read (the error).
        gone: It was stopped.
        changed: It began or ended (whether it runs).
    """

    moved = Signal(str, object)
    finished = Signal(object)
    failed = Signal(object)
    gone = Signal()
    changed = Signal(bool)

    def __init__(self, owner: PanelWidget) -> None:
        super().__init__(owner)
        self._owner = owner
        self._task: asyncio.Task[None] | None = None
        self._watch = JobWatch()
        owner.listen(owner.parts.signals.job_changed, self._on_job)

    @property
    def is_running(self) -> bool:
        """Whether something is under way."""
        return self._task is not None

    def start(self, title: str, work: Callable[[Any], object]) -> None:
        """Run `work(progress)` as a job of this title; what ran before is stopped."""
        if self._task is not None:
            self._task.cancel()
        self._watch.begin(title)
        self.moved.emit(f"{title}…", None)
        self._task = self._owner.parts.runner.spawn(self._run(title, work), self._owner)
        self.changed.emit(self.is_running)

    def cancel(self) -> None:
        """Stop it at its next step."""
        if self._task is not None:
            self._task.cancel()

    def tell(self, states: StateStack) -> None:
        """Show how it gets on in `states`, whose Cancel stops it."""
        self.moved.connect(states.show_loading)
        self.failed.connect(
            lambda error: states.show_error(str(error), str(getattr(error, "hint", "")))
        )
        states.cancelled.connect(self.cancel)

    async def _run(self, title: str, work: Callable[[Any], object]) -> None:
        mine = asyncio.current_task()
        error: Exception | None = None
        found: object = None
        stopped = True
        try:
            found = await self._owner.parts.context.jobs.run(title, work, panel="risk")
            stopped = False
        except CancelledError:
            stopped = True  # by the person, in Activity
        except (PuffinError, PufflingError) as caught:
            error, stopped = caught, False
        finally:
            latest = self._task is mine
            if latest:
                self._task = None
                self._watch.end()
                self.changed.emit(self.is_running)
                if stopped:
                    self.gone.emit()
        if latest and not stopped:
            if error is not None:
                self.failed.emit(error)
            else:
                self.finished.emit(found)

    def _on_job(self, event: JobChanged) -> None:
        said = self._watch.hear(event)
        if said is not None:
            self.moved.emit(said.text, said.done or None)
