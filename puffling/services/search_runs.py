"""How a search is carried out: trials in batches, folds, or one strategy after the other."""

from __future__ import annotations

import threading
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from puffin.backtest.trials import Trial, TrialLog, Trials, better
from puffin.errors import DataError, ParameterError
from puffin.strategies.specs import rule_type
from puffling.services.search_plans import Kind, LiveSearch, Method
from puffling.services.searching import batch_of, walk_of, walk_strategy
from puffling.store.searches import SearchState

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future

    from puffin.backtest.recommend import Recommendation
    from puffin.backtest.search import Search
    from puffin.backtest.sets import Sets
    from puffin.backtest.walked import WalkForwardResult
    from puffin.data.bars import Bars
    from puffling.services.elsewhere import KeptBars
    from puffling.services.search_plans import SearchPlan

    Tell = Callable[[float], None]
    Batch = tuple[Trials, float]

PAYS = 0.5  # seconds of work from which a second process pays
PROCESSES = 2
FIRST = 2_000_000  # bars of the first batch, one for each trial, where those take nanoseconds
GROWTH = 4  # how many times larger than the last one a batch may be


@dataclass(slots=True)
class Going:
    """A search that runs: written by its threads, read by others through `snapshot`."""

    id: str
    plan: SearchPlan
    began: float
    state: SearchState = SearchState.RUNNING
    message: str = ""
    data_hash: str = ""
    found: WalkForwardResult | Recommendation | None = None
    walked: float = 0.0  # share of a walk forward or a comparison that is done
    each: float = 0.0  # seconds that a trial takes, with all processes at work
    told: float = float("-inf")
    save_at: float = 0.0
    top: Trial | None = None
    log: TrialLog = field(default_factory=TrialLog)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def share(self) -> float:
        """How much of it is done."""
        if self.plan.kind is Kind.PARAMETERS:
            return min(1.0, len(self.log) / max(1, self.plan.count))
        return self.walked

    @property
    def done(self) -> int:
        """How many trials there are, in all folds, or how many strategies were looked at."""
        kind, found = self.plan.kind, self.found
        if kind is Kind.PARAMETERS:
            return len(self.log)
        if found is None:
            return int(self.walked * self.plan.count)
        return found.done

    def add(self, trials: Trials, each: float) -> None:
        """Take in trials and the seconds that each of them took."""
        found = trials.best(self.plan.objective)
        with self.lock:
            self.log.add(trials)
            self.each = each
            if found is not None and (self.top is None or self._is_better(found, self.top)):
                self.top = found

    def _is_better(self, one: Trial, other: Trial) -> bool:
        return better(one, self.plan.objective) < better(other, self.plan.objective)

    def so_far(self) -> Trials:
        """Return the trials until now."""
        with self.lock:
            return self.log.so_far()

    def snapshot(self, now: float) -> LiveSearch:
        """Return it as it is now."""
        trials, plan, share = self.so_far(), self.plan, self.share
        seconds = now - self.began
        left: float | None = None
        if plan.kind is not Kind.PARAMETERS:
            left = seconds / share * (1 - share) if share else None
        elif self.each:
            left = max(0, plan.count - len(trials)) * self.each
        return LiveSearch(
            id=self.id,
            title=plan.title,
            symbol=plan.symbol,
            plan=plan.to_dict(),
            state=self.state,
            total=plan.count,
            share=share,
            done=self.done,
            trials=trials,
            seconds=seconds,
            left=left,
            best=self.first(),
            message=self.message,
            found=self.found,
        )

    def first(self) -> Trial | None:
        """Return the best of all, or what a walk forward or a comparison would use next."""
        if self.plan.kind is Kind.PARAMETERS:
            return self.top
        if self.found is None:
            return None
        plain = self.found.to_dict()
        if self.plan.kind is Kind.WALK_FORWARD:
            last: dict[str, Any] | None = (
                plain["folds"][-1]["parameters"] if plain["folds"] else None
            )
            return None if last is None else Trial(last, dict(plain["metrics"]))
        rows = plain["rows"]
        if not plain["recommended"] or not rows:
            return None
        return Trial({"strategy": plain["strategy"]}, {"sharpe": rows[0]["sharpe"]})


def try_parameters(
    going: Going,
    search: Search,
    kept: KeptBars,
    monotonic: Callable[[], float],
    progress: Tell,
    tell: Callable[[], None],
) -> None:
    """Run a search to its end, in batches short enough to stop between.

    Two processes do it if that pays; but suggestions that follow from each other are made by one,
    so that they can be repeated.
    """
    from puffin.backtest.sweep import batch_size

    plan = going.plan

    def batch(sets: Sets) -> Batch:
        before = monotonic()
        found, why = kept.call(batch_of, plan.spec, plan.settings, sets, progress=progress)
        return Trials(sets, found, why), (monotonic() - before) / len(sets)

    size = _first(plan, kept.count)
    running: set[Future[Batch]] = set()
    with ThreadPoolExecutor(PROCESSES, thread_name_prefix="search") as pool:
        while True:
            left = plan.count - len(going.log)
            pays = plan.method is not Method.TPE and going.each * left > PAYS
            at_once = PROCESSES if pays else 1
            while len(running) < at_once and len(sets := search.ask(size)):
                running.add(pool.submit(batch, sets))
            if not running:
                break
            done, running = wait(running, return_when=FIRST_COMPLETED)
            for each in done:
                trials, seconds = each.result()
                search.tell(trials)
                size = min(batch_size(seconds), GROWTH * size)
                going.add(trials, seconds / at_once)
                tell()
    refuse_nothing(going.so_far())


def _first(plan: SearchPlan, bars: int) -> int:
    """Return how many trials the first batch has."""
    from puffin.backtest.quick import is_quick

    known = plan.spec.kind == "builtin" and is_quick(rule_type(plan.spec), plan.settings)
    return max(1, FIRST // bars) if known else 1


def refuse_nothing(trials: Trials) -> None:
    """Refuse a search of which nothing could run.

    Raises:
        ParameterError: With the first reason.
    """
    count = len(trials)
    if count and len(trials.errors) == count:
        why = trials.errors[min(trials.errors)]
        raise ParameterError(why if count == 1 else f"None of {count:,} could run. {why}")


def walk_forward(going: Going, kept: KeptBars, progress: Tell) -> None:
    """Walk one strategy forward."""

    def walked(done: float) -> None:
        going.walked = max(going.walked, done)
        progress(done)

    going.found = found = kept.call(walk_of, going.plan, progress=walked)
    going.walked = 1.0
    if found.parameters is None and found.folds:
        going.message = found.folds[-1].reason


def compare_strategies(
    going: Going, bars: Bars, kept: KeptBars, progress: Tell, tell: Callable[[], None]
) -> None:
    """Walk every strategy forward, two at a time, and say after each which did best so far."""
    from puffin.backtest.recommend import recommend

    plan = going.plan
    results: list[WalkForwardResult] = []
    left_out: dict[int, str] = {}  # by place, as they end in no order
    shares = dict.fromkeys(range(len(plan.strategies)), 0.0)

    def skipped() -> list[tuple[str, str]]:
        return [(plan.strategies[place].title, left_out[place]) for place in sorted(left_out)]

    def walk(place: int) -> WalkForwardResult | str:
        def walked(done: float) -> None:
            shares[place] = max(shares[place], done)
            going.walked = sum(shares.values()) / len(shares)
            progress(going.walked)

        try:
            return kept.call(walk_strategy, plan.strategies[place], plan, progress=walked)
        except (ParameterError, DataError) as error:
            return str(error)

    with ThreadPoolExecutor(PROCESSES, thread_name_prefix="search") as pool:
        running = {pool.submit(walk, place): place for place in shares}
        try:
            while running:
                done, _ = wait(running, return_when=FIRST_COMPLETED)
                for each in done:
                    place, found = running.pop(each), each.result()
                    if isinstance(found, str):
                        left_out[place] = found
                    else:
                        results.append(found)
                    shares[place] = 1.0
                    going.found = recommend(
                        results,
                        skipped(),
                        symbol=bars.symbol,
                        interval=bars.interval,
                        stopped=bool(running),
                    )
                    tell()
        finally:
            for each in running:
                each.cancel()
    if not results:
        nothing = recommend([], skipped(), symbol=bars.symbol, interval=bars.interval)
        going.message = " ".join(nothing.reasons)
