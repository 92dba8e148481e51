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

from puffin.backtest import kernel_cache
from puffin.backtest import layout as at
from puffin.backtest.event import EventContext, deciding
from puffin.backtest.loop import Loop, following
from puffin.backtest.metrics import summarise
from puffin.backtest.plan import Sessions, from_row, planned, prices_of, rules_of
from puffin.backtest.result import BacktestResult
from puffin.backtest.settings import BacktestSettings, FillAt
from puffin.backtest.sizing import RiskPerTrade
from puffin.backtest.trades import Trades
from puffin.errors import NoDataError
from puffin.strategies.base import EventStrategy, Strategy

if TYPE_CHECKING:
    from collections.abc import Callable

    from puffin.data.bars import Bars
    from puffin.measures import Floats
    from puffin.strategies.base import OrderStrategy, Rule

    Tell: TypeAlias = Callable[[float], None]

__all__ = ["AnyStrategy", "BacktestSettings", "Backtester", "FillAt"]

AnyStrategy: TypeAlias = "Strategy | OrderStrategy | EventStrategy"

POLL = 2_000  # bars between two looks at whether the person wants to stop
POLLS = 50  # and of a long history, how often there is one
MANY_BARS = 50_000  # for fewer, loading the compiled loop takes longer than the loop in Python
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
        refuse_short(strategy, bars)
        told = progress or _silent
        told(0.0)
        curves, trades = simulate(
            strategy, bars, settings, compiled=self._compiled, progress=progress
        )
        metrics = summarise(bars, curves, trades, settings.risk_free)
        parameters = strategy.parameters.model_dump(mode="json")
        told(1.0)
        return BacktestResult(
            strategy_id=strategy.id,
            parameters=parameters,
            symbol=bars.symbol,
            interval=bars.interval,
            first=bars.first,
            last=bars.last,
            time=bars.time,
            equity=curves.equity,
            drawdown=curves.drawdown,
            position=curves.position,
            close=bars.close,
            trades=trades,
            metrics=metrics,
            assumptions=_assumptions(strategy, bars, settings),
            data_hash=bars.data_hash,
            config_hash=_fingerprint([strategy.id, parameters, settings.to_dict()]),
        )


def refuse_short(strategy: Rule, bars: Bars) -> None:
    """Refuse prices that are too few for a strategy to warm up.

    Raises:
        NoDataError: With how many there are and how many it needs.
    """
    if len(bars) <= strategy.warm_up:
        needed = f"{strategy.warm_up} bar{'' if strategy.warm_up == 1 else 's'}"
        raise NoDataError(
            f"{strategy.title} needs more than {needed}; {bars.symbol} has {len(bars)}."
        )


def simulate(
    strategy: AnyStrategy,
    bars: Bars,
    settings: BacktestSettings,
    *,
    compiled: bool | None = None,
    first: int = 0,
    progress: Tell | None = None,
) -> tuple[at.Curves, Trades]:
    """Return curves, their drawdown not written yet, and trades; prices must have been checked.

    Nothing is decided before the close of row `first`, and the curves begin with it.
    """
    prices, tell = prices_of(bars, settings.size_rule), progress or _silent
    if isinstance(strategy, EventStrategy):
        return _by_events(strategy, bars, prices, settings, tell, first)
    rules, quick = rules_of(settings), is_worthwhile(len(bars))
    if rules is None or not (quick if compiled is None else compiled):
        plan = from_row(planned(strategy, bars, prices, settings), first)
        prices = prices.from_row(first)
        loop = Loop(prices, settings)
        _drive(loop, following(loop, plan), tell)
        return _finished(loop, prices, plan.wanted, {})
    from puffin.backtest.kernel_run import run_compiled

    plan = from_row(planned(strategy, bars, prices, settings, compiled=True), first)
    prices, count = prices.from_row(first), len(bars) - first
    step = count if progress is None else _step(count)
    curves, table = run_compiled(prices, plan, rules, settings.capital, step=step, tell=tell)
    return curves, Trades(table, prices.time, plan.wanted)


def is_worthwhile(bars: int) -> bool:
    """Whether to run so many bars compiled: that code is loaded, or they are worth loading it.

    They never are while it would have to be compiled first, which `warm_up` does elsewhere.
    """
    return KERNEL in sys.modules or (bars >= MANY_BARS and kernel_cache.is_complete())


def warm_up() -> None:
    """Load the compiled loop, and compile it if that was never done; takes seconds at most.

    An application calls it in the background, so that no backtest waits for it.
    """
    from puffin.backtest.kernel_run import warm_up as warm

    warm()
    kernel_cache.completed()


def _assumptions(strategy: AnyStrategy, bars: Bars, settings: BacktestSettings) -> dict[str, str]:
    orders = not isinstance(strategy, Strategy)
    said = settings.assumptions(adjusted=bars.adjusted, orders=orders)
    return said | ({"Caution": " ".join(strategy.cautions)} if strategy.cautions else {})


def _by_events(
    strategy: EventStrategy,
    bars: Bars,
    prices: at.Prices,
    settings: BacktestSettings,
    tell: Tell,
    first: int,
) -> tuple[at.Curves, Trades]:
    loop = Loop(prices, settings)
    needs_stop = isinstance(settings.sizing, RiskPerTrade)
    context = EventContext(bars, loop, Sessions(bars), needs_stop=needs_stop)
    strategy.start(bars)
    decide = deciding(strategy, context, loop)
    _drive(loop, lambda row: decide(row) if row >= first else None, tell)
    curves, trades = _finished(loop, prices, at.NOTHING, context.notes)
    return curves.from_row(first), trades


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
) -> tuple[at.Curves, Trades]:
    table = np.array(loop.account.trades, np.float64).reshape(-1, at.TRADE_COLUMNS)
    trades = Trades(table, prices.time, wanted, notes)
    curves = at.Curves.of(len(prices.time))
    curves.equity[:], curves.position[:] = loop.equity, loop.position
    return curves, trades


def _step(count: int) -> int:
    return max(POLL, math.ceil(count / POLLS))


def _fingerprint(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()


def _silent(_done: float) -> None:
    """Tell nobody."""
