"""Replays bars through a strategy, order by order.

There is one fill model and there are two paths. Decisions that stand in a table go through a
compiled loop; a strategy that decides bar by bar, or a sizing rule that only Python knows, goes
through the same loop in Python. A test holds both to the same result.
"""

from __future__ import annotations

import hashlib
import json
import math
import sys
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from puffin import measures
from puffin.backtest import layout as at
from puffin.backtest.event import EventContext
from puffin.backtest.loop import Loop
from puffin.backtest.metrics import summarise
from puffin.backtest.plan import (
    Sessions,
    from_orders,
    from_targets,
    prices_of,
    refuse_without_stop,
    rules_of,
)
from puffin.backtest.result import BacktestResult
from puffin.backtest.settings import BacktestSettings, FillAt
from puffin.backtest.sizing import RiskPerTrade
from puffin.backtest.trades import Trades
from puffin.backtest.waiting import Waiting
from puffin.errors import NoDataError, ParameterError
from puffin.strategies.base import EventStrategy, Strategy

if TYPE_CHECKING:
    from collections.abc import Callable

    from puffin.data.bars import Bars
    from puffin.measures import Floats
    from puffin.strategies.base import OrderStrategy

    Tell: TypeAlias = Callable[[float], None]

__all__ = ["AnyStrategy", "BacktestSettings", "Backtester", "FillAt"]

AnyStrategy: TypeAlias = "Strategy | OrderStrategy | EventStrategy"

POLL = 2_000  # bars between two looks at whether the person wants to stop
POLLS = 50  # and of a long history, how often there is one
MANY_BARS = 20_000  # for fewer, loading the compiled loop takes longer than the loop in Python
KERNEL = "puffin.backtest.kernel_run"


class Backtester:
    """Runs one strategy with one set of assumptions.

    Args:
        strategy: What decides.
        settings: What is assumed.
        compiled: Whether tables of decisions go through the compiled loop. None lets it decide:
            where it is loaded already, or there are many bars.
    """

    def __init__(
        self,
        strategy: AnyStrategy,
        settings: BacktestSettings | None = None,
        *,
        compiled: bool | None = None,
    ) -> None:
        self._strategy = strategy
        self._settings = settings or BacktestSettings()
        self._compiled = compiled

    def run(self, bars: Bars, *, progress: Callable[[float], None] | None = None) -> BacktestResult:
        """Return what would have come of it.

        Args:
            bars: Prices, checked here; pass adjusted ones, or splits look like crashes.
            progress: Told how far along it is, 0 to 1; may raise to stop the run.

        Raises:
            BarsError: The prices cannot be trusted; the message names the row.
            NoDataError: There are no more bars than the strategy needs to warm up.
            ParameterError: The strategy's decisions make no sense.
        """
        bars.validate()
        strategy, settings = self._strategy, self._settings
        if len(bars) <= strategy.warm_up:
            raise NoDataError(
                f"{strategy.title} needs more than {strategy.warm_up} bars; "
                f"{bars.symbol} has {len(bars)}."
            )
        if progress is not None:
            progress(0.0)
        prices = prices_of(bars, settings.size_rule)
        if isinstance(strategy, EventStrategy):
            equity, position, trades = _by_events(strategy, bars, prices, settings, progress)
        else:
            plan = _planned(strategy, bars, prices, settings)
            equity, position, trades = self._by_plan(plan, prices, progress)
        drawdown = measures.drawdown(equity)
        metrics = summarise(bars, (equity, drawdown, position), trades, settings.risk_free)
        parameters = strategy.parameters.model_dump(mode="json")
        if progress is not None:
            progress(1.0)
        return BacktestResult(
            strategy_id=strategy.id,
            parameters=parameters,
            symbol=bars.symbol,
            interval=bars.interval,
            first=bars.first,
            last=bars.last,
            time=bars.time,
            equity=equity,
            drawdown=drawdown,
            position=position,
            close=bars.close,
            trades=trades,
            metrics=metrics,
            assumptions=settings.assumptions(
                adjusted=bars.adjusted, orders=not isinstance(strategy, Strategy)
            ),
            data_hash=bars.data_hash,
            config_hash=_fingerprint([strategy.id, parameters, settings.to_dict()]),
        )

    def _by_plan(
        self, plan: at.Plan, prices: at.Prices, progress: Tell | None
    ) -> tuple[Floats, Floats, Trades]:
        settings = self._settings
        rules = rules_of(settings)
        many = KERNEL in sys.modules or len(prices.time) >= MANY_BARS
        if rules is not None and (many if self._compiled is None else self._compiled):
            from puffin.backtest.kernel_run import run_compiled

            step = len(prices.time) if progress is None else _step(len(prices.time))
            equity, position, table = run_compiled(
                prices, plan, rules, settings.capital, step=step, tell=progress or _silent
            )
            return equity, position, Trades(table, prices.time, plan.wanted)
        loop = Loop(prices, settings)
        _drive(loop, _following(loop, plan), progress or _silent)
        return _finished(loop, prices, plan.wanted, {})


def warm_up() -> None:
    """Load the compiled loop, and compile it if that was never done; takes seconds at most.

    An application calls it in the background, so that no backtest waits for it.
    """
    from puffin.backtest.kernel_run import warm_up as warm

    warm()


def _planned(
    strategy: Strategy | OrderStrategy, bars: Bars, prices: at.Prices, settings: BacktestSettings
) -> at.Plan:
    if isinstance(strategy, Strategy):
        target = strategy.signals(bars).target
        _count(strategy.title, "targets", len(target), len(bars))
        plan = from_targets(target, prices, allow_short=settings.allow_short)
    else:
        orders = strategy.orders(bars)
        _count(strategy.title, "rows of orders", len(orders), len(bars))
        plan = from_orders(orders, Sessions(bars))
    if isinstance(settings.sizing, RiskPerTrade):
        refuse_without_stop(plan)
    return plan


def _count(title: str, what: str, found: int, needed: int) -> None:
    if found != needed:
        raise ParameterError(f"{title} gave {found} {what}.")


def _by_events(
    strategy: EventStrategy,
    bars: Bars,
    prices: at.Prices,
    settings: BacktestSettings,
    progress: Tell | None,
) -> tuple[Floats, Floats, Trades]:
    loop = Loop(prices, settings)
    needs_stop = isinstance(settings.sizing, RiskPerTrade)
    context = EventContext(bars, loop, Sessions(bars), needs_stop=needs_stop)
    first = max(strategy.warm_up - 1, 0)
    strategy.start(bars)

    def decide(row: int) -> None:
        if row >= first:
            context.row = row
            strategy.on_bar(context)
        if loop.hold_ended(row):
            loop.close(1.0, at.HELD_LONG_ENOUGH, row)

    _drive(loop, decide, progress or _silent)
    return _finished(loop, prices, at.NOTHING, context.notes)


def _following(loop: Loop, plan: at.Plan) -> Callable[[int], None]:
    """Return what takes from the plan, row by row, what is decided at a close."""
    wanted, exits = plan.wanted.tolist(), plan.exits.tolist()
    orders: dict[int, list[Waiting]] = {}
    for each in plan.orders.tolist():
        orders.setdefault(int(each[at.ORDER_ROW]), []).append(Waiting(each))

    def target(row: int) -> None:
        if wanted[row] != (wanted[row - 1] if row else 0.0):
            loop.want(wanted[row], row)

    def order(row: int) -> None:
        if exits and exits[row] > 0:
            loop.close(exits[row], at.EXIT, row)
        if loop.hold_ended(row):
            loop.close(1.0, at.HELD_LONG_ENOUGH, row)
        for each in orders.get(row, ()):
            loop.place(each)

    return target if wanted else order


def _drive(loop: Loop, decide: Callable[[int], None], tell: Tell) -> None:
    count = len(loop.columns.time)
    step = _step(count)
    for row in range(count):
        if row and not row % step:
            tell(row / count)
        loop.bar(row, decide)
    loop.account.mark()


def _finished(
    loop: Loop, prices: at.Prices, wanted: Floats, notes: dict[tuple[int, int], str]
) -> tuple[Floats, Floats, Trades]:
    table = np.array(loop.account.trades, np.float64).reshape(-1, at.TRADE_COLUMNS)
    trades = Trades(table, prices.time, wanted, notes)
    return np.array(loop.equity), np.array(loop.position), trades


def _step(count: int) -> int:
    return max(POLL, math.ceil(count / POLLS))


def _fingerprint(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()


def _silent(_done: float) -> None:
    """Tell nobody."""
