"""Long jobs, off the loop's thread, with progress, a way to stop them, and a memory."""

from __future__ import annotations

import asyncio
import logging
import secrets
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from puffin.errors import CancelledError, PuffinError
from puffling.core.errors import BadValueError, JobFailedError, PufflingError
from puffling.core.events import JobChanged, JobState, Level, NoticePosted
from puffling.core.redaction import redact
from puffling.store.jobs import JobRecord

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from puffling.core.bus import EventBus
    from puffling.core.clock import Clock
    from puffling.store.jobs import JobStore
    from puffling.work.lanes import Lane

T = TypeVar("T")
log = logging.getLogger(__name__)

TELL_EVERY = 0.1  # seconds between two words of progress


class StopJob(BaseException):
    """Raised in a job's thread by `progress` once the job has been cancelled.

    It is no Exception, so that work which catches those does not go on by accident.
    """


class Progress(Protocol):
    """How work tells how far it is, from 0 to 1; the call that also stops cancelled work."""

    def __call__(self, done: float, message: str = "") -> None:
        """Say so; raises StopJob when the job was cancelled."""
        ...


@dataclass(slots=True)
class _Job:
    record: JobRecord
    stop: threading.Event = field(default_factory=threading.Event)
    told: float = float("-inf")


@dataclass(frozen=True, slots=True)
class _Stopped:
    """What a worker brings back instead of a result."""


class JobRunner:
    """Runs slow functions on a lane and tells the bus how they get on."""

    def __init__(self, bus: EventBus, lane: Lane, store: JobStore, clock: Clock) -> None:
        self._bus = bus
        self._lane = lane
        self._store = store
        self._clock = clock
        self._jobs: dict[str, _Job] = {}
        self._over: dict[str, _Job] = {}  # ended, and on their way to the disk
        self._tasks: set[asyncio.Future[Any]] = set()
        # A busy disk may take half a second to store a line, and the loop must not wait for it.
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="jobs")

    def start(self, told: Collection[str] = ()) -> None:
        """Mark what the last run left running as interrupted, and say so.

        `told` are the titles of those of which somebody else has said more already.
        """
        for each in self._store.interrupt_running(self._clock.now()):
            self._bus.publish(_event(each))
            if each.title in told:
                continue
            self._bus.publish(
                NoticePosted(
                    Level.WARNING,
                    f"{each.title}: interrupted",
                    "Puffling ended while it ran. Start it again if you still want it.",
                    panel=each.panel or "activity",
                )
            )

    async def run(self, title: str, work: Callable[[Progress], T], *, panel: str = "") -> T:
        """Run `work(progress)` on the lane and return its result.

        Cancelling the await stops the work at its next `progress`.

        Raises:
            CancelledError: The person stopped the job.
            JobFailedError: It ended in a way nobody foresaw; expected errors come as they are.
        """
        job: _Job = _Job(
            JobRecord(
                id=secrets.token_hex(6),
                title=title,
                state=JobState.RUNNING,
                started_at=self._clock.now(),
                progress=0.0,
                panel=panel,
            )
        )
        self._jobs[job.record.id] = job
        self._keep(job, JobState.RUNNING)
        loop = asyncio.get_running_loop()

        def guarded() -> T | _Stopped:
            try:
                return work(self._progress_of(job, loop))
            except StopJob:
                return _Stopped()

        task = asyncio.ensure_future(self._lane.run(guarded))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        try:
            result = await asyncio.shield(task)
        except asyncio.CancelledError:
            self._abandon(job, task)
            raise
        except (PuffinError, PufflingError) as error:
            state = JobState.CANCELLED if job.stop.is_set() else JobState.FAILED
            await asyncio.shield(self._end(job, state, str(error)))
            raise
        except Exception as error:
            log.exception("The job %r failed", title)
            said = f"{type(error).__name__}: {error}"
            await asyncio.shield(self._end(job, JobState.FAILED, said))
            raise JobFailedError(
                f"{title} failed: {str(error) or type(error).__name__}.",
                hint="The log has its cause.",
            ) from error
        if isinstance(result, _Stopped):
            await asyncio.shield(self._end(job, JobState.CANCELLED))
            raise CancelledError(f"{title} was stopped.")
        await asyncio.shield(self._end(job, JobState.DONE))
        return result

    def cancel(self, id_: str) -> None:
        """Ask a running job to stop.

        Raises:
            BadValueError: No job with that id is running.
        """
        job = self._jobs.get(id_)
        if job is None:
            raise BadValueError(f"No job {id_!r} is running.", hint="job.list shows them.")
        if not job.stop.is_set():
            job.stop.set()
            self._keep(job, JobState.CANCELLING)

    def running(self) -> list[JobRecord]:
        """Return the jobs that have not ended, oldest first."""
        return [each.record for each in self._jobs.values()]

    def recent(self, limit: int = 200) -> list[JobRecord]:
        """Return the latest jobs, newest first; running ones with the progress of now."""
        running, stored = self._over | self._jobs, self._store.all(limit)
        known = {each.id for each in stored}
        new = [each.record for each in running.values() if each.record.id not in known]
        old = [running[each.id].record if each.id in running else each for each in stored]
        return [*reversed(new), *old][:limit]

    async def close(self, timeout: float = 5.0) -> None:  # noqa: ASYNC109 - it stops work, not an await
        """Stop every job and wait until its work has ended."""
        for each in tuple(self._jobs.values()):
            each.stop.set()
        if self._tasks:
            await asyncio.wait(set(self._tasks), timeout=timeout)
        await asyncio.to_thread(self._lane.close, timeout)
        await asyncio.to_thread(self._writer.shutdown)

    def _progress_of(self, job: _Job, loop: asyncio.AbstractEventLoop) -> Progress:
        monotonic = self._clock.monotonic

        def progress(done: float, message: str = "") -> None:
            if job.stop.is_set():
                raise StopJob
            now = monotonic()
            if now - job.told < TELL_EVERY and not message:
                return
            job.told = now
            loop.call_soon_threadsafe(self._move, job, done, message)

        return progress

    def _move(self, job: _Job, done: float, message: str) -> None:
        if job.record.state is not JobState.RUNNING:
            return
        kept = message or job.record.message
        job.record = replace(job.record, progress=min(1.0, max(0.0, done)), message=kept)
        self._bus.publish(_event(job.record))

    def _abandon(self, job: _Job, task: asyncio.Future[Any]) -> None:
        """Stop work whose caller went away; it is over once its thread is."""
        job.stop.set()
        self._keep(job, JobState.CANCELLING)

        def over(ended: asyncio.Future[Any]) -> None:
            if not ended.cancelled() and ended.exception() is not None:
                log.info("Abandoned work ended with %s", ended.exception())
            self._end(job, JobState.CANCELLED)

        task.add_done_callback(over)

    def _end(self, job: _Job, state: JobState, message: str = "") -> asyncio.Future[None]:
        self._jobs.pop(job.record.id, None)
        self._over[job.record.id] = job
        job.record = replace(
            job.record,
            ended_at=self._clock.now(),
            progress=1.0 if state is JobState.DONE else job.record.progress,
            message=redact(message) or job.record.message,
        )
        stored = self._keep(job, state)
        stored.add_done_callback(lambda _: self._over.pop(job.record.id, None))
        return stored

    def _keep(self, job: _Job, state: JobState) -> asyncio.Future[None]:
        """Store a state, and announce it: an end once it is stored, the others at once."""
        job.record = record = replace(job.record, state=state)
        stored = asyncio.wrap_future(self._writer.submit(self._store.save, record))
        self._tasks.add(stored)
        stored.add_done_callback(self._stored)
        if state.is_over:
            stored.add_done_callback(lambda _: self._bus.publish(_event(record)))
        else:
            self._bus.publish(_event(record))
        return stored

    def _stored(self, stored: asyncio.Future[Any]) -> None:
        self._tasks.discard(stored)
        if not stored.cancelled() and (error := stored.exception()) is not None:
            log.warning("What became of a job was not stored: %s", error)


def _event(record: JobRecord) -> JobChanged:
    return JobChanged(
        record.id,
        record.title,
        record.state,
        record.progress,
        record.message,
        record.started_at,
        record.ended_at,
    )
