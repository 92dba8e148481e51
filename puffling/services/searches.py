"""Searches: counted, run in other processes, followed while they run, stopped, and kept."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import replace
from typing import TYPE_CHECKING

from puffin.backtest.trials import Trial
from puffin.strategies.specs import rule_type
from puffling.core.errors import BadValueError
from puffling.core.events import SearchChanged
from puffling.services.elsewhere import KeptBars, within
from puffling.services.monte_carlo import fan_of
from puffling.services.periods import prices
from puffling.services.search_plans import (
    Kind,
    LiveSearch,
    Method,
    count_of,
    found_of,
    refuse_tpe,
    search_of,
    space_of,
)
from puffling.services.search_runs import (
    PAYS,
    PROCESSES,
    Going,
    compare_strategies,
    try_parameters,
    walk_forward,
)
from puffling.services.searching import listed, time_of
from puffling.store.searches import SearchState

if TYPE_CHECKING:
    from collections.abc import Callable

    from puffin.backtest.fan import Fan
    from puffin.backtest.search import Search
    from puffin.backtest.space import Space
    from puffling.core.bus import EventBus
    from puffling.core.clock import Clock
    from puffling.services.backtests import BacktestService
    from puffling.services.bars import BarService
    from puffling.services.elsewhere import Elsewhere
    from puffling.services.monte_carlo import Chance
    from puffling.services.search_plans import SearchPlan
    from puffling.store.searches import SavedSearch, SearchStore

    Tell = Callable[[float], None]

TELL_EVERY = 0.1  # seconds between two words that a search found more
SAVE_EVERY = 2.0  # seconds between two savings of what it found, in case the program is killed
SAVE_SHARE = 20  # times what saving took, until it is done again
SPACES = 4  # of which the combinations are kept
FILE_SECONDS = 20.0  # without a sign of life from a strategy file


class SearchService:
    """Runs searches and keeps them. What is said to block is called from a job."""

    def __init__(
        self,
        store: SearchStore,
        backtests: BacktestService,
        bars: BarService,
        *,
        bus: EventBus,
        clock: Clock,
        elsewhere: Elsewhere,
    ) -> None:
        self._store = store
        self._backtests = backtests
        self._bars = bars
        self._bus = bus
        self._clock = clock
        self._elsewhere = elsewhere
        self._going: dict[str, Going] = {}
        self._spaces: OrderedDict[str, Space] = OrderedDict()
        self._lock = threading.Lock()

    def prepare(self, plan: SearchPlan) -> SearchPlan:
        """Check a plan and count its trials; the strategy's own grid is used without ranges.

        Raises:
            ParameterError: A range makes no sense, nothing is possible, or there are too many.
            BadValueError: A strategy file is to be searched by TPE, or nothing is to be compared.
            SymbolNotFoundError: Nobody in use lists the symbol.
        """
        self._bars.source(plan.symbol)
        if plan.kind is Kind.STRATEGIES:
            if not plan.strategies:
                raise BadValueError("Name at least one strategy to compare.")
            return replace(plan, count=len(plan.strategies))
        if plan.spec.kind == "file":
            refuse_tpe(plan)
            return plan  # counted in a process, when it is estimated or run
        needs = rule_type(plan.spec).needs
        if needs != "one symbol":
            raise BadValueError(f"{plan.spec.title} needs {needs}; a search runs on one symbol.")
        space = self._space(plan)
        many = plan.folds.splits if plan.kind is Kind.WALK_FORWARD else 1
        return replace(
            plan,
            count=count_of(space, plan) * many,
            possible=space.count,
            values={each.name: list(each.values) for each in space.ranges},
            dropped=space.dropped,
        )

    def estimate(self, plan: SearchPlan, progress: Tell) -> SearchPlan:
        """Return the plan with the seconds it is expected to take, measured on a few; blocks.

        A comparison is not measured: its `seconds` stay None.

        Raises:
            DataError: There are no prices, or too few.
        """
        bars = prices(self._bars, plan.symbol, plan.period)
        if plan.kind is Kind.STRATEGIES:
            return plan
        tell = self._limited(plan, progress)
        if plan.spec.kind == "file":
            plan, _ = self._search(plan, tell)
        alone = KeptBars(self._elsewhere, bars).call(time_of, plan, progress=tell)
        one = plan.kind is Kind.WALK_FORWARD or plan.method is Method.TPE or alone <= PAYS
        return replace(plan, seconds=alone if one else alone / PROCESSES)

    def begin(self, plan: SearchPlan) -> str:
        """Store that a search runs, and return its id; `announce` and `run` follow; blocks."""
        id_ = self._store.begin(
            plan.title, plan.symbol, plan.to_dict(), plan.count, self._clock.now()
        )
        with self._lock:
            self._going[id_] = Going(id_, plan, self._clock.monotonic())
        return id_

    def run(self, id_: str, progress: Tell, tell: Callable[[str], None]) -> LiveSearch:
        """Run a search that has begun; what is done when it is stopped is kept; blocks.

        `tell` is called with its id, ten times a second at most, from this thread.

        Raises:
            DataError: There are no prices, or they cannot be trusted.
        """
        going = self._going[id_]
        going.began = self._clock.monotonic()
        try:
            self._carry_out(going, progress, tell)
        except Exception as error:
            self._end(going, SearchState.FAILED, str(error))
            raise
        except BaseException:
            self._end(going, SearchState.STOPPED, "Stopped; what was done is kept.")
            raise
        else:
            self._end(going, SearchState.DONE, going.message)
            return going.snapshot(self._clock.monotonic())
        finally:
            with self._lock:
                self._going.pop(id_, None)
            tell(id_)

    def live(self, id_: str) -> LiveSearch:
        """Return a search as it is now; one that has ended as it was stored. From any thread.

        Raises:
            BadValueError: There is none with this id.
        """
        with self._lock:
            going = self._going.get(id_)
        return self.load(id_) if going is None else going.snapshot(self._clock.monotonic())

    def load(self, id_: str) -> LiveSearch:
        """Return a stored search with all its trials.

        Raises:
            BadValueError: There is none with this id.
            StoreDamagedError: It cannot be read.
        """
        saved, (trials, found) = self._store.get(id_), self._store.load(id_)
        ended = saved.ended_at
        over = saved.state is SearchState.DONE
        return LiveSearch(
            id=id_,
            title=saved.title,
            symbol=saved.symbol,
            plan=saved.plan,
            state=saved.state,
            total=saved.total,
            share=1.0 if over else saved.done / max(1, saved.total),
            done=saved.done,
            trials=trials,
            seconds=0.0 if ended is None else (ended - saved.created_at).total_seconds(),
            best=None if saved.best is None else Trial.from_dict(saved.best),
            message=saved.message,
            found=found_of(Kind(saved.plan["kind"]), found),
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
        self._store.get(id_)
        self._store.remove(id_)
        self.announce("")

    def announce(self, id_: str) -> None:
        """Tell everyone that a search has changed; on the loop's thread."""
        self._bus.publish(SearchChanged(id_))

    def monte_carlo(self, backtest_id: str, asked: Chance, progress: Tell) -> Fan:
        """Return what else a stored backtest might have come to; blocks.

        The same seed says the same.

        Raises:
            BadValueError: No backtest has that id, it has many symbols, or kept no plan.
            ParameterError: There is too little to draw from.
        """
        return fan_of(self._backtests, self._bars, self._elsewhere, backtest_id, asked, progress)

    # -- running -----------------------------------------------------------------------------

    def _carry_out(self, going: Going, progress: Tell, tell: Callable[[str], None]) -> None:
        progress(0.0)
        plan, monotonic = going.plan, self._clock.monotonic
        bars = prices(self._bars, plan.symbol, plan.period)
        kept = KeptBars(self._elsewhere, bars)
        going.data_hash = kept.key
        limited = self._limited(plan, lambda _: progress(going.share))

        def found() -> None:
            now = monotonic()
            if now - going.told >= TELL_EVERY:
                going.told = now
                tell(going.id)
            if now >= going.save_at:
                self._keep(going)
                took = monotonic() - now
                going.save_at = now + max(SAVE_EVERY, SAVE_SHARE * took)

        if plan.kind is Kind.WALK_FORWARD:
            walk_forward(going, kept, limited)
        elif plan.kind is Kind.STRATEGIES:
            compare_strategies(going, bars, kept, limited, found)
        else:
            going.plan, search = self._search(plan, limited)
            try_parameters(going, search, kept, monotonic, limited, found)

    def _end(self, going: Going, state: SearchState, message: str) -> None:
        going.state, going.message = state, message
        self._keep(going)

    def _keep(self, going: Going) -> None:
        trials, over = going.so_far(), going.state is not SearchState.RUNNING
        first = going.first()
        self._store.keep(
            going.id,
            trials,
            found=None if going.found is None else going.found.to_dict(),
            done=going.done,
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
            return plan, search_of(self._space(plan), plan)
        from puffin.backtest.search import ListSearch

        sets, about = self._elsewhere.call(listed, plan, progress=progress)
        return replace(plan, count=len(sets), **about), ListSearch(sets)

    def _space(self, plan: SearchPlan) -> Space:
        """Return what is varied; counting and searching look at its combinations once."""
        ranges = None if plan.ranges is None else dict(plan.ranges)
        key = repr((plan.spec, ranges, plan.settings))
        with self._lock:
            known = self._spaces.pop(key, None)
        space = known or space_of(plan.spec, plan.ranges, plan.settings)
        with self._lock:
            self._spaces[key] = space
            while len(self._spaces) > SPACES:
                self._spaces.popitem(last=False)
        return space

    def _limited(self, plan: SearchPlan, progress: Tell) -> Tell:
        if plan.spec.kind != "file":
            return progress
        return within(FILE_SECONDS, plan.spec.called, progress, self._clock.monotonic)
