"""Backtests: prepared, run, kept, and read again later."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from pydantic import ValidationError

from puffin.data.bars import Interval
from puffin.strategies.registry import STRATEGIES, strategy
from puffling.core.errors import BadValueError
from puffling.core.events import BacktestDone
from puffling.services.backtest_run import run_backtest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    from puffin.backtest.engine import BacktestSettings
    from puffin.backtest.result import BacktestResult
    from puffin.data.bars import Bars
    from puffling.core.bus import EventBus
    from puffling.core.clock import Clock
    from puffling.services.bars import BarService
    from puffling.store.backtests import BacktestStore, SavedBacktest

T = TypeVar("T")

MANY_BARS = 40_000  # beyond these the arithmetic would hold the interpreter too long for a thread


class Elsewhere(Protocol):
    """A process that does arithmetic for a worker, so that it holds nobody up."""

    def call(
        self, function: Callable[..., T], *arguments: object, progress: Callable[[float], None]
    ) -> T:
        """Return `function(*arguments, progress=...)`, run in another process; blocks."""
        ...


@dataclass(frozen=True, slots=True)
class Plan:
    """A backtest that makes sense: the strategy is known and its parameters fit."""

    strategy_id: str
    title: str
    symbol: str
    parameters: dict[str, Any]
    settings: BacktestSettings
    interval: Interval = Interval.D1
    start: date | None = None
    end: date | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class StrategyCard:
    """A strategy as a list or a form shows it; `schema` describes its parameters."""

    id: str
    title: str
    summary: str
    schema: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Finished:
    """A backtest that ended, and the id it is stored under."""

    id: str
    result: BacktestResult


class BacktestService:
    """Runs backtests and keeps them. `run` blocks: call it from a job."""

    def __init__(
        self,
        store: BacktestStore,
        bars: BarService,
        bus: EventBus,
        clock: Clock,
        elsewhere: Elsewhere,
    ) -> None:
        self._store = store
        self._bars = bars
        self._bus = bus
        self._clock = clock
        self._elsewhere = elsewhere

    def strategies(self) -> list[StrategyCard]:
        """Return every strategy that can be tested."""
        return [
            StrategyCard(each.id, each.title, each.summary, each.Parameters.model_json_schema())
            for each in STRATEGIES
        ]

    def prepare(  # noqa: PLR0913 - each is a word of the question, given by name
        self,
        strategy_id: str,
        symbol: str,
        parameters: Mapping[str, object],
        settings: BacktestSettings,
        *,
        interval: Interval = Interval.D1,
        start: date | None = None,
        end: date | None = None,
        note: str = "",
    ) -> Plan:
        """Check everything that can be checked without data.

        Raises:
            ParameterError: There is no such strategy.
            BadValueError: A parameter does not fit, or the period is upside down.
            SymbolNotFoundError: Nobody in use lists the symbol.
        """
        chosen = strategy(strategy_id)
        try:
            checked = chosen.Parameters.model_validate(dict(parameters))
        except ValidationError as error:
            raise BadValueError(_sentence(error), hint=f"See strategy.list: {chosen.id}.") from None
        if start is not None and end is not None and start > end:
            raise BadValueError(f"The first day, {start}, is after the last, {end}.")
        self._bars.source(symbol)
        return Plan(
            chosen.id,
            chosen.title,
            symbol,
            checked.model_dump(mode="json"),
            settings,
            interval,
            start,
            end,
            note,
        )

    def run(self, plan: Plan, progress: Callable[[float], None]) -> Finished:
        """Run `plan` on adjusted prices and store what came of it; nothing is stored if stopped.

        Raises:
            DataError: There are no prices, or they cannot be trusted.
        """
        progress(0.0)
        bars = self._bars_for(plan)
        arguments = (plan.strategy_id, plan.parameters, plan.settings, bars)
        if len(bars) > MANY_BARS:
            result = self._elsewhere.call(run_backtest, *arguments, progress=progress)
        else:
            result = run_backtest(*arguments, progress=progress)
        progress(1.0)
        return Finished(self._store.add(result, self._clock.now(), note=plan.note), result)

    def announce(self, id_: str) -> None:
        """Tell everyone that a result is stored; on the loop's thread."""
        self._bus.publish(BacktestDone(id_))

    def all(self, limit: int = 200) -> list[SavedBacktest]:
        """Return the stored backtests, newest first, without their curves."""
        return self._store.all(limit)

    def load(self, id_: str) -> BacktestResult:
        """Return a stored result as it was.

        Raises:
            BadValueError: No backtest has that id.
        """
        return self._store.load(id_)

    def remove(self, id_: str) -> None:
        """Forget a stored backtest.

        Raises:
            BadValueError: No backtest has that id.
        """
        if not self._store.remove(id_):
            raise BadValueError(f"There is no backtest {id_!r}.", hint="backtest.list shows them.")
        self._bus.publish(BacktestDone(""))

    def _bars_for(self, plan: Plan) -> Bars:
        bars = self._bars.history(plan.symbol, plan.interval)
        start = None if plan.start is None else datetime.combine(plan.start, time(), UTC)
        after = None
        if plan.end is not None:
            after = datetime.combine(plan.end, time(), UTC) + timedelta(days=1)
        return bars.between(start, after).validate()


def _sentence(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_context=False)[0]
    name = " ".join(str(each).replace("_", " ") for each in first["loc"]) or "The parameters"
    return f"{name}: {first['msg'].removeprefix('Value error, ')}."
