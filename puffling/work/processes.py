"""Processes for arithmetic that would hold the interpreter: started late, stopped at once."""

from __future__ import annotations

import logging
import multiprocessing
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar, cast

from puffin.backtest import engine, kernel_cache
from puffling.core.errors import JobFailedError

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.connection import Connection
    from multiprocessing.context import SpawnProcess
    from multiprocessing.synchronize import Event
    from pathlib import Path

T = TypeVar("T")
log = logging.getLogger(__name__)

WORKERS = 2
LOOK_EVERY = 0.02  # seconds between two looks at a worker and at the cancel flag
GRACE = 0.05  # seconds a worker has to stop by itself before it is ended


class _Stop(BaseException):
    """Raised in a worker's process by `progress` once its caller wants no result any more."""


class _Worker:
    """One process that waits for work on a pipe."""

    def __init__(self) -> None:
        context = multiprocessing.get_context("spawn")
        self.pipe, theirs = context.Pipe()
        self.stop: Event = context.Event()
        self.process: SpawnProcess = context.Process(
            target=_work, args=(theirs, self.stop), name="puffling worker", daemon=True
        )
        self.process.start()
        theirs.close()

    def end(self) -> None:
        """End the process, whatever it is doing."""
        self.pipe.close()
        self.process.kill()
        self.process.join()
        self.process.close()


class ProcessLane:
    """Runs plain functions of plain values in a few processes, called from workers' threads.

    Processes start at the first call. One that hangs when its work is cancelled, or dies, is
    replaced by the next call.

    Args:
        workers: How many processes there are at most.
        compiled: The folder that keeps compiled code, for this process and those it starts. It is
            made here, before anything is compiled.
    """

    def __init__(self, workers: int = WORKERS, *, compiled: Path | None = None) -> None:
        self._free: list[_Worker] = []
        self._busy: set[_Worker] = set()
        self._lock = threading.Lock()
        self._places = threading.BoundedSemaphore(workers)
        self._closed = False
        self._warming: threading.Thread | None = None
        if compiled is not None:
            try:
                kernel_cache.keep_in(compiled)
            except OSError as error:
                log.warning("Compiled code cannot be kept in %s: %s", compiled, error)

    def warm(self) -> None:
        """Let one process compile what is compiled, or load it, in the background.

        That takes seconds, and after an update most of a minute; until then runs are slower, and
        nobody waits for it.
        """
        if self._warming is None:
            self._warming = threading.Thread(target=self._warm, name="puffling warm-up")
            self._warming.start()

    def _warm(self) -> None:
        try:
            self.call(warm_up, progress=_unheard)
        except JobFailedError as error:
            log.info("The compiled code was not warmed up: %s", error)
        except Exception:
            log.exception("The compiled code cannot be used; runs go without")

    def call(
        self, function: Callable[..., T], *arguments: object, progress: Callable[[float], None]
    ) -> T:
        """Return `function(*arguments, progress=...)`, run in a process; blocks.

        `progress` is called here with what the worker reports. If it raises, the worker stops
        within a tenth of a second and the raised error goes on.

        Raises:
            JobFailedError: The process died.
        """
        while not self._places.acquire(timeout=LOOK_EVERY):
            progress(0.0)
        try:
            worker = self._take()
            try:
                kind, value = _ask(worker, (function, arguments), progress)
                self._give_back(worker)
            except (EOFError, OSError) as error:
                raise JobFailedError(
                    "The process doing the work ended unexpectedly.", hint="Try again."
                ) from error
            finally:
                if worker in self._busy:
                    self._stop(worker)
        finally:
            self._places.release()
        if kind == "error":
            raise cast("Exception", value)
        return cast("T", value)

    @property
    def alive(self) -> int:
        """How many processes there are."""
        with self._lock:
            return len(self._free) + len(self._busy)

    def close(self) -> None:
        """End every process and take no more work."""
        with self._lock:
            self._closed = True
            workers = [*self._free, *self._busy]
            self._free, self._busy = [], set()
        for each in workers:
            each.end()
        if self._warming is not None:
            self._warming.join()

    def _take(self) -> _Worker:
        with self._lock:
            if self._closed:
                raise JobFailedError("Puffling is closing.")
            worker = self._free.pop() if self._free else None
            if worker is None or not worker.process.is_alive():
                worker = _Worker()
            self._busy.add(worker)
            return worker

    def _give_back(self, worker: _Worker) -> None:
        with self._lock:
            self._busy.discard(worker)
            self._free.append(worker)

    def _stop(self, worker: _Worker) -> None:
        """Ask a worker to stop; end it if it does not at once."""
        worker.stop.set()
        with suppress(EOFError, OSError):
            while worker.pipe.poll(GRACE):
                kind, _ = worker.pipe.recv()
                if kind != "progress":
                    self._give_back(worker)
                    return
        log.info("A worker did not stop by itself and is replaced")
        with self._lock:
            known = worker in self._busy
            self._busy.discard(worker)
        if known:
            worker.end()


def warm_up(*, progress: Callable[[float], None]) -> None:
    """Load the compiled code of backtests into this process."""
    engine.warm_up()
    progress(1.0)


def _unheard(_done: float) -> None:
    """Tell nobody how far along it is."""


def _ask(
    worker: _Worker, task: tuple[object, ...], progress: Callable[[float], None]
) -> tuple[str, object]:
    """Send `task` to a worker and return its answer, passing on what it reports meanwhile."""
    done = 0.0
    worker.stop.clear()
    worker.pipe.send(task)
    while True:
        progress(done)
        if not worker.pipe.poll(LOOK_EVERY):
            continue
        kind, value = worker.pipe.recv()
        if kind != "progress":
            return kind, value
        done = value


def _work(pipe: Connection, stop: Event) -> None:
    """Wait for work and do it, until the pipe closes."""

    def progress(done: float) -> None:
        if stop.is_set():
            raise _Stop
        pipe.send(("progress", done))

    with suppress(EOFError, OSError, KeyboardInterrupt):
        while True:
            function, arguments = cast("tuple[Callable[..., Any], tuple[Any, ...]]", pipe.recv())
            try:
                answer: tuple[str, object] = ("result", function(*arguments, progress=progress))
            except _Stop:
                answer = ("stopped", None)
            except Exception as error:  # noqa: BLE001 - it is raised again where it is awaited
                answer = ("error", error)
            pipe.send(answer)
