"""Backtests: prepared, run, judged, kept, explained, and run again later."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from puffin.backtest.result import BacktestResult
from puffin.backtest.settings import BacktestSettings
from puffin.strategies.specs import build
from puffling.core.errors import BadValueError
from puffling.core.events import BacktestDone
from puffling.services.backtest_run import (
    MANY_BARS,
    Many,
    curve_of,
    explain_bar,
    explain_row,
    judge_run,
    run_and_judge,
    same_figures,
)
from puffling.services.elsewhere import KeptBars, within
from puffling.services.periods import Period, prices
from puffling.services.plans import Plan
from puffling.services.tried import tried_before

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from puffin.backtest.benchmark import Benchmark
    from puffin.backtest.portfolio_why import PortfolioWhy
    from puffin.backtest.schedule import Schedule
    from puffin.backtest.why import Why
    from puffin.data.bars import Bars
    from puffin.measures import Floats, Times
    from puffin.strategies.specs import StrategySpec
    from puffin.truth.verdict import Verdict
    from puffling.core.bus import EventBus
    from puffling.core.clock import Clock
    from puffling.services.bars import BarService
    from puffling.services.elsewhere import Elsewhere
    from puffling.store.backtests import AnyResult, BacktestStore, SavedBacktest
    from puffling.store.searches import SearchStore

    Tell = Callable[[float], None]

__all__ = ["BacktestService", "Finished", "Plan", "Rerun"]

FILE_SECONDS = 20.0  # without a sign of life from a strategy file
FRESH = 30.0  # seconds for which a preview may use the prices it has
LEADING = 2  # symbols without which a strategy of several has nothing to compare


@dataclass(frozen=True, slots=True)
class Finished:
    """A backtest that ended, the id it is stored under, and whether to believe it."""

    id: str
    result: AnyResult
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Rerun:
    """A backtest that was run again, and what is not as it was: nothing, or sentences."""

    finished: Finished
    differences: tuple[str, ...]

    @property
    def identical(self) -> bool:
        """Whether the prices, the assumptions and every number are the same."""
        return not self.differences


@dataclass(frozen=True, slots=True)
class _Fresh:
    """Prices that a preview has just used."""

    key: tuple[str, Period]
    at: float
    bars: Bars


class BacktestService:
    """Runs backtests and keeps them. What is said to block is called from a job or a thread."""

    def __init__(
        self,
        store: BacktestStore,
        searches: SearchStore,
        bars: BarService,
        *,
        bus: EventBus,
        clock: Clock,
        elsewhere: Elsewhere,
    ) -> None:
        self._store = store
        self._searches = searches
        self._bars = bars
        self._bus = bus
        self._clock = clock
        self._elsewhere = elsewhere
        self._fresh: _Fresh | None = None

    def prepare(  # noqa: PLR0913 - each is a word of the question, given by name
        self,
        spec: StrategySpec,
        symbols: Sequence[str],
        settings: BacktestSettings | None = None,
        *,
        period: Period | None = None,
        benchmark: str | None = None,
        schedule: Schedule | None = None,
        note: str = "",
        saved_strategy: str = "",
    ) -> Plan:
        """Check everything that can be checked without data.

        Raises:
            ParameterError: There is no such strategy, or a parameter does not fit.
            BadValueError: The symbols are too few for it, or one comes twice.
            SymbolNotFoundError: Nobody in use lists a symbol.
        """
        chosen = tuple(symbols)
        if not chosen:
            raise BadValueError("Name at least one symbol.")
        if spec.kind != "file":  # a file is somebody's program: it is only run in a process
            made = build(spec)
            _mind_symbols(spec.title, made.needs, chosen)
            spec = replace(spec, parameters=made.parameters.model_dump(mode="json"))
        if len(set(chosen)) < len(chosen):
            raise BadValueError("A symbol comes twice.", hint="Name each one once.")
        for each in (*chosen, *([benchmark] if benchmark else [])):
            self._bars.source(each)
        days = period or Period()
        plan = Plan(
            spec,
            chosen,
            settings or BacktestSettings(),
            interval=days.interval,
            start=days.start,
            end=days.end,
            benchmark=benchmark or None,
            note=note,
            saved_strategy=saved_strategy,
        )
        return plan if schedule is None else replace(plan, schedule=schedule)

    def run(self, plan: Plan, progress: Tell) -> Finished:
        """Run `plan` on adjusted prices, judge and store it; nothing is stored if stopped; blocks.

        Raises:
            DataError: There are no prices, too few, or they cannot be trusted.
            ParameterError: The strategy makes no sense, or its file failed.
        """
        progress(0.0)
        tables = self._tables(plan)
        beside = prices(self._bars, plan.benchmark, plan.period) if plan.benchmark else None
        arguments = (
            plan.spec,
            plan.settings,
            tables,
            Many(plan.schedule, beside),
            tried_before(self._store, self._searches, plan),
        )
        rows = sum(len(each) for each in tables)
        if rows > MANY_BARS or len(tables) > 1 or plan.spec.kind == "file":
            limited = self.limited(plan.spec, progress)
            result, verdict = self._elsewhere.call(run_and_judge, *arguments, progress=limited)
        else:
            result, verdict = run_and_judge(*arguments, progress=progress)
        progress(1.0)
        id_ = self._store.add(
            result,
            self._clock.now(),
            note=plan.note,
            plan=plan.to_dict(),
            saved_strategy=plan.saved_strategy,
        )
        self._store.set_verdict(id_, verdict.grade, verdict.to_dict())
        return Finished(id_, result, verdict)

    def announce(self, id_: str) -> None:
        """Tell everyone that a result is stored; on the loop's thread."""
        self._bus.publish(BacktestDone(id_))

    def all(self, limit: int = 200) -> list[SavedBacktest]:
        """Return the stored backtests, newest first, without their curves."""
        return self._store.all(limit)

    def get(self, id_: str) -> SavedBacktest:
        """Return a stored backtest without its curves.

        Raises:
            BadValueError: No backtest has that id.
        """
        found = self._store.get(id_)
        if found is None:
            raise _unknown(id_)
        return found

    def load(self, id_: str) -> AnyResult:
        """Return a stored result as it was.

        Raises:
            BadValueError: No backtest has that id.
        """
        return self._store.load(id_)

    def plan(self, id_: str) -> Plan:
        """Return what it takes to run a stored backtest again, on the very same days.

        Raises:
            BadValueError: No backtest has that id, or it is from a version that kept no plan.
        """
        saved = self.get(id_)
        if saved.plan is None:
            raise BadValueError(
                "This backtest is from a version that did not keep how it was run.",
                hint="Run it again from the form.",
            )
        result = self._store.load(id_)
        return replace(Plan.from_dict(saved.plan), end=result.last.date())

    def rerun(self, id_: str, progress: Tell) -> Rerun:
        """Run a stored backtest again and say what is not as it was; blocks.

        Raises:
            BadValueError: No backtest has that id, or nobody knows how it was run.
        """
        before = self.get(id_)
        finished = self.run(self.plan(id_), progress)
        result = finished.result
        differences = []
        if result.data_hash != before.data_hash:
            differences.append("The prices are not the same any more.")
        if result.config_hash != before.config_hash:
            differences.append("The strategy or what is assumed is not the same any more.")
        if not differences and not same_figures(result.metrics, before.metrics):
            differences.append("The numbers are not the same: this version counts otherwise.")
        return Rerun(finished, tuple(differences))

    def verdict(self, id_: str) -> Verdict | None:
        """Return what the truth gate said of a stored backtest; None if it was not asked."""
        from puffin.truth.verdict import Verdict

        found = self._store.verdict(id_)
        return None if found is None else Verdict.from_dict(found)

    def judge(self, id_: str, progress: Tell) -> Verdict:
        """Ask the truth gate about a stored backtest, and keep what it says; blocks.

        Raises:
            BadValueError: No backtest has that id, or nobody knows how it was run.
        """
        plan = self.plan(id_)
        arguments = (
            plan.spec,
            plan.settings,
            self._tables(plan),
            Many(plan.schedule),
            self._store.load(id_),
            tried_before(self._store, self._searches, plan),
        )
        limited = self.limited(plan.spec, progress)
        verdict = self._elsewhere.call(judge_run, *arguments, progress=limited)
        self._store.set_verdict(id_, verdict.grade, verdict.to_dict())
        return verdict

    def explain(self, id_: str, row: int) -> Why | PortfolioWhy:
        """Return why a stored backtest did on a bar what it did; blocks.

        Raises:
            BadValueError: No backtest has that id, or it has no such bar.
        """
        plan = self.plan(id_)
        if not isinstance(self._store.load(id_), BacktestResult):
            limited = self.limited(plan.spec, _silent)
            arguments = (self._tables(plan), plan.spec, plan.settings, plan.schedule, row)
            return self._elsewhere.call(explain_row, *arguments, progress=limited)
        bars = self._recent(plan)
        if not 0 <= row < len(bars):
            raise BadValueError(f"There is no bar {row}; there are {len(bars):,}, counted from 0.")
        if plan.spec.kind == "file" or len(bars) > MANY_BARS:
            limited = self.limited(plan.spec, _silent)
            kept = KeptBars(self._elsewhere, bars)
            return kept.call(explain_bar, plan.spec, plan.settings, row, progress=limited)
        return explain_bar(bars, plan.spec, plan.settings, row, progress=_silent)

    def preview(self, plan: Plan) -> tuple[Times, Floats]:
        """Return time and equity of a run that is not stored: quick enough for a slider; blocks.

        Raises:
            BadValueError: It has many symbols.
        """
        if len(plan.symbols) > 1:
            raise BadValueError("Only a backtest of one symbol can be followed by a slider.")
        bars = self._recent(plan)
        if plan.spec.kind == "file":
            limited = self.limited(plan.spec, _silent)
            kept = KeptBars(self._elsewhere, bars)
            return bars.time, kept.call(curve_of, plan.spec, plan.settings, progress=limited)
        return bars.time, curve_of(bars, plan.spec, plan.settings, progress=_silent)

    def benchmark(self, id_: str) -> Benchmark | None:
        """Return the benchmark beside a stored backtest; None if none was asked for; blocks."""
        result, saved = self._store.load(id_), self.get(id_)
        if not isinstance(result, BacktestResult):
            return result.benchmark
        if saved.plan is None or not saved.plan.get("benchmark"):
            return None
        from puffin.backtest.benchmark import compare

        plan = self.plan(id_)
        beside = prices(self._bars, str(plan.benchmark), plan.period)
        return compare(result, beside, risk_free=plan.settings.risk_free)

    def compare(self, ids: Sequence[str]) -> list[dict[str, Any]]:
        """Return the parameters and metrics of several stored backtests, in their order."""
        return [
            {
                "id": each.id,
                "strategy": each.strategy_id,
                "symbol": each.symbol,
                "parameters": each.parameters,
                "metrics": each.metrics,
                "grade": each.grade,
                "config": each.config_hash[:12],
                "data": each.data_hash[:12],
            }
            for each in map(self.get, ids)
        ]

    def set_note(self, id_: str, note: str) -> None:
        """Change what is noted about a stored backtest.

        Raises:
            BadValueError: No backtest has that id.
        """
        self.get(id_)
        self._store.set_note(id_, note)
        self.announce(id_)

    def remove(self, id_: str) -> None:
        """Forget a stored backtest.

        Raises:
            BadValueError: No backtest has that id.
        """
        if not self._store.remove(id_):
            raise _unknown(id_)
        self._bus.publish(BacktestDone(""))

    def _tables(self, plan: Plan) -> list[Bars]:
        return [prices(self._bars, each, plan.period) for each in plan.symbols]

    def _recent(self, plan: Plan) -> Bars:
        """Return the prices of a plan, those of a moment ago if they are the same ones."""
        key, now, fresh = (plan.symbol, plan.period), self._clock.monotonic(), self._fresh
        if fresh is None or fresh.key != key or now - fresh.at > FRESH:
            fresh = _Fresh(key, now, prices(self._bars, plan.symbol, plan.period))
            self._fresh = fresh
        return fresh.bars

    def limited(self, spec: StrategySpec, progress: Tell) -> Tell:
        """Return `progress`, with a time limit for what is somebody's program."""
        if spec.kind != "file":
            return progress
        return within(FILE_SECONDS, spec.called, progress, self._clock.monotonic)


def _mind_symbols(title: str, needs: str, symbols: Sequence[str]) -> None:
    if needs == "two symbols" and len(symbols) != LEADING:
        raise BadValueError(
            f"{title} needs two symbols that move together; {len(symbols)} "
            f"{'is' if len(symbols) == 1 else 'are'} named.",
            hint="Name both: symbols=KO,PEP",
        )
    if needs == "many symbols" and len(symbols) < LEADING:
        raise BadValueError(
            f"{title} chooses among several symbols; one is named.",
            hint="Name more: symbols=AAPL,GOOG,IBM",
        )


def _unknown(id_: str) -> BadValueError:
    return BadValueError(f"There is no backtest {id_[:40]!r}.", hint="backtest.list shows them.")


def _silent(_done: float) -> None:
    """Tell nobody."""
