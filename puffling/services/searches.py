"""Searches for the best parameters: counted, run in other processes, followed, stopped, kept."""

from __future__ import annotations

import threading
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from puffin.backtest.ranking import best
from puffin.backtest.sweep import batch_size
from puffin.backtest.trials import Trial
from puffling.core.errors import BadValueError
from puffling.core.events import SearchChanged
from puffling.services.elsewhere import KeptBars, within
from puffling.services.periods import prices
from puffling.services.search_plans import (
    Kind,
    Listed,
    LiveSearch,
    Method,
    refuse_tpe,
    search_of,
    space_of,
)
from puffling.services.searching import batch_of, listed, time_of
from puffling.store.searches import SearchState

if TYPE_CHECKING:
    from collections.abc import Callable

    from puffin.backtest.search import Search
    from puffling.core.bus import EventBus
    from puffling.core.clock import Clock
    from puffling.services.bars import BarService
    from puffling.services.elsewhere import Elsewhere
    from puffling.services.search_plans import SearchPlan
    from puffling.store.searches import SavedSearch, SearchStore

    Tell = Callable[[float], None]

TELL_EVERY = 0.1  # seconds between two words that a search found more
SAVE_EVERY = 2.0  # seconds between two savings of what it found, in case the program is killed
PAYS = 0.5  # seconds of work from which a second process pays
FILE_SECONDS = 20.0  # without a sign of life from a strategy file
PROCESSES = 2
GROWTH = 4  # how many times larger than the last one a batch may be


@dataclass(slots=True)
class _Going:
    """A search that runs: written by its thread, read by others through `live`."""

    id: str
    plan: SearchPlan
    began: float
    trials: list[Trial] = field(default_factory=list)
    state: SearchState = SearchState.RUNNING
    message: str = ""
    each: float = 0.0  # seconds that a trial takes, with all processes at work
    told: float = float("-inf")
    saved: float = 0.0
    data_hash: str = ""
    found: dict[str, Any] | None = None

    @property
    def share(self) -> float:
        """How much of it is done."""
        return len(self.trials) / max(1, self.plan.count)


class SearchService:
    """Runs searches and keeps them. `estimate` and `run` block: call them from a job."""

    def __init__(
        self,
        store: SearchStore,
        bars: BarService,
        *,
        bus: EventBus,
        clock: Clock,
        elsewhere: Elsewhere,
    ) -> None:
        self._store = store
        self._bars = bars
        self._bus = bus
        self._clock = clock
        self._elsewhere = elsewhere
        self._going: dict[str, _Going] = {}
        self._lock = threading.Lock()

    def start(self) -> int:
        """Mark what the last run left running as interrupted; return how many there were."""
        return self._store.interrupt_running(self._clock.now())

    def prepare(self, plan: SearchPlan) -> SearchPlan:
        """Check a plan and count its trials; the strategy's own grid is used without ranges.

        Raises:
            ParameterError: A range makes no sense, nothing is possible, or there are too many.
            SymbolNotFoundError: Nobody in use lists the symbol.
        """
        self._bars.source(plan.symbol)
        if plan.kind is Kind.STRATEGIES:
            return plan
        if plan.spec.kind == "file":
            refuse_tpe(plan)
            return plan  # counted in a process, when it is estimated or run
        space = space_of(plan.spec, plan.ranges, plan.settings)
        return replace(
            plan,
            count=search_of(space, plan).total,
            possible=space.count,
            values={each.name: list(each.values) for each in space.ranges},
            dropped=space.dropped,
        )

    def estimate(self, plan: SearchPlan, progress: Tell) -> SearchPlan:
        """Return the plan with the seconds it is expected to take, measured on a few trials.

        Raises:
            DataError: There are no prices, or too few.
        """
        kept = KeptBars(self._elsewhere, prices(self._bars, plan.symbol, plan.period))
        tell = self._limited(plan, progress)
        plan, _ = self._search(plan, tell)
        alone = kept.call(time_of, plan, progress=tell)
        pays = alone > PAYS and plan.method is not Method.TPE
        return replace(plan, seconds=alone / PROCESSES if pays else alone)

    def begin(self, plan: SearchPlan) -> str:
        """Store that a search runs, and return its id; `run` follows. On the loop's thread."""
        id_ = self._store.begin(
            plan.title, plan.symbol, plan.to_dict(), plan.count, self._clock.now()
        )
        with self._lock:
            self._going[id_] = _Going(id_, plan, self._clock.monotonic())
        self.announce(id_)
        return id_

    def run(self, id_: str, progress: Tell, tell: Callable[[str], None]) -> LiveSearch:
        """Run a search that has begun; what is done when it is stopped is kept; blocks.

        `tell` is called with its id, ten times a second at most, from this and other threads.

        Raises:
            DataError: There are no prices, or they cannot be trusted.
        """
        going = self._going[id_]
        try:
            self._carry_out(going, progress, tell)
        except Exception as error:
            self._end(going, SearchState.FAILED, str(error))
            raise
        except BaseException:
            self._end(going, SearchState.STOPPED, "Stopped; what was done is kept.")
            raise
        else:
            self._end(going, SearchState.DONE, "")
        finally:
            tell(id_)
            found = self.live(id_)
            with self._lock:
                self._going.pop(id_, None)
        return found

    def live(self, id_: str) -> LiveSearch:
        """Return a search as it is now; one that has ended as it was stored. From any thread.

        Raises:
            BadValueError: There is none with this id.
        """
        with self._lock:
            going = self._going.get(id_)
            trials = () if going is None else tuple(going.trials)
        if going is None:
            return self.load(id_)
        plan, left = going.plan, max(0, going.plan.count - len(trials))
        return LiveSearch(
            id=id_,
            title=plan.title,
            symbol=plan.symbol,
            plan=plan.to_dict(),
            state=going.state,
            total=plan.count,
            trials=trials,
            seconds=self._clock.monotonic() - going.began,
            left=left * going.each if going.each else None,
            best=best(trials, plan.objective),
            message=going.message,
            found=going.found,
        )

    def load(self, id_: str) -> LiveSearch:
        """Return a stored search with all its trials.

        Raises:
            BadValueError: There is none with this id.
        """
        saved, document = self._store.get(id_), self._store.load(id_)
        ended = saved.ended_at
        return LiveSearch(
            id=id_,
            title=saved.title,
            symbol=saved.symbol,
            plan=saved.plan,
            state=saved.state,
            total=saved.total,
            trials=tuple(Trial.from_dict(each) for each in document.get("trials", ())),
            seconds=0.0 if ended is None else (ended - saved.created_at).total_seconds(),
            best=None if saved.best is None else Trial.from_dict(saved.best),
            message=saved.message,
            found=document.get("found"),
        )

    def all(self, limit: int = 200) -> list[SavedSearch]:
        """Return the stored searches, newest first, without their trials."""
        return self._store.all(limit)

    def remove(self, id_: str) -> None:
        """Forget a search that has ended.

        Raises:
            BadValueError: There is none with this id, or it still runs.
        """
        if id_ in self._going:
            raise BadValueError("This search still runs.", hint="Stop it first.")
        if not self._store.remove(id_):
            self._store.get(id_)
        self.announce("")

    def announce(self, id_: str) -> None:
        """Tell everyone that a search has changed; on the loop's thread."""
        self._bus.publish(SearchChanged(id_))

    # -- running -----------------------------------------------------------------------------

    def _carry_out(self, going: _Going, progress: Tell, tell: Callable[[str], None]) -> None:
        progress(0.0)
        bars = prices(self._bars, going.plan.symbol, going.plan.period)
        kept = KeptBars(self._elsewhere, bars)
        going.data_hash = kept.key
        limited = self._limited(going.plan, lambda _: progress(going.share))
        plan, search = self._search(going.plan, limited)
        going.plan = plan

        def batch(sets: list[dict[str, Any]]) -> tuple[list[Trial], float]:
            before = self._clock.monotonic()
            found = kept.call(batch_of, plan.spec, plan.settings, sets, progress=limited)
            return found, (self._clock.monotonic() - before) / len(sets)

        at_once = 1 if plan.method is Method.TPE else PROCESSES
        size, running = 1, set[Future[tuple[list[Trial], float]]]()
        with ThreadPoolExecutor(at_once, thread_name_prefix="search") as pool:
            while True:
                pays = bool(going.each) and going.each * (plan.count - len(going.trials)) > PAYS
                while len(running) < (at_once if pays else 1) and (sets := search.ask(size)):
                    running.add(pool.submit(batch, sets))
                if not running:
                    return
                done, running = wait(running, return_when=FIRST_COMPLETED)
                for each in done:
                    trials, seconds = each.result()
                    search.tell(trials)
                    size = min(batch_size(seconds), GROWTH * size)
                    self._found(going, trials, seconds / (at_once if pays else 1), tell)

    def _found(
        self, going: _Going, trials: list[Trial], each: float, tell: Callable[[str], None]
    ) -> None:
        now = self._clock.monotonic()
        with self._lock:
            going.trials.extend(trials)
            going.each = each
        if now - going.told >= TELL_EVERY:
            going.told = now
            tell(going.id)
        if now - going.saved >= SAVE_EVERY:
            going.saved = now
            self._keep(going)

    def _end(self, going: _Going, state: SearchState, message: str) -> None:
        with self._lock:
            going.state, going.message = state, message
        self._keep(going)

    def _keep(self, going: _Going) -> None:
        with self._lock:
            trials = tuple(going.trials)
        first = best(trials, going.plan.objective)
        over = going.state is not SearchState.RUNNING
        self._store.keep(
            going.id,
            {"trials": [each.to_dict() for each in trials], "found": going.found},
            done=len(trials),
            total=going.plan.count,
            best=None if first is None else first.to_dict(),
            data_hash=going.data_hash,
            state=going.state,
            message=going.message,
            ended_at=self._clock.now() if over else None,
        )

    def _search(self, plan: SearchPlan, progress: Tell) -> tuple[SearchPlan, Search]:
        """Return what says what to try next, and the plan with what is known of it."""
        if plan.spec.kind != "file":
            return plan, search_of(space_of(plan.spec, plan.ranges, plan.settings), plan)
        sets, about = self._elsewhere.call(listed, plan, progress=progress)
        return replace(plan, count=len(sets), **about), Listed(sets)

    def _limited(self, plan: SearchPlan, progress: Tell) -> Tell:
        if plan.spec.kind != "file":
            return progress
        return within(FILE_SECONDS, plan.spec.title, progress, self._clock.monotonic)
