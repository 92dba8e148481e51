"""Why a run did what it did on one bar: what was seen, wanted, waiting, and done."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from puffin.backtest import layout as at
from puffin.backtest.event import EventContext, deciding
from puffin.backtest.journal import TellingLoop
from puffin.backtest.loop import following
from puffin.backtest.plan import Sessions, planned, prices_of
from puffin.backtest.sizing import RiskPerTrade
from puffin.backtest.trades import WORDS
from puffin.errors import ParameterError
from puffin.strategies.base import EventStrategy, OrderStrategy, Strategy
from puffin.types import Side

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from puffin.backtest.journal import Deal
    from puffin.backtest.settings import BacktestSettings
    from puffin.backtest.waiting import Waiting
    from puffin.data.bars import Bars
    from puffin.measures import Floats
    from puffin.strategies.base import Rule


@dataclass(frozen=True, slots=True)
class WaitingOrder:
    """An order that waited; a price that it does not have is None.

    `placed` is the bar that decided it, `until` the last bar on which it may fill, None until it is
    withdrawn. `left` is what is still to be filled, None until its size is known.
    """

    side: Side
    kind: str
    limit: float | None
    stop: float | None
    stop_loss: float | None
    take_profit: float | None
    trail: float | None
    placed: datetime
    until: datetime | None
    left: float | None


@dataclass(frozen=True, slots=True)
class BarFill:
    """Something bought or sold on the bar, and why."""

    side: Side
    quantity: float
    price: float
    commission: float
    reason: str


@dataclass(frozen=True, slots=True)
class Why:
    """Everything that explains one bar of a run.

    Attributes:
        row: The bar, counted from 0.
        time: When it opened.
        values: What the strategy looks at, as of the close; None where it is not known yet.
        conditions: What must hold for it to act, and whether it does; None before it is ready.
        wanted: The share of the money it wanted to hold after the close; None if it gives orders.
        position: Signed shares held at the close.
        equity: Cash and what is held, at the close.
        waiting: The orders that waited when the bar began.
        placed: The orders that wait after its close.
        events: Sentences, in the order things happened.
        fills: What was bought and sold.
    """

    row: int
    time: datetime
    values: tuple[tuple[str, float | None], ...]
    conditions: tuple[tuple[str, bool | None], ...]
    wanted: float | None
    position: float
    equity: float
    waiting: tuple[WaitingOrder, ...]
    placed: tuple[WaitingOrder, ...]
    events: tuple[str, ...]
    fills: tuple[BarFill, ...]


def explain(strategy: Rule, bars: Bars, settings: BacktestSettings, row: int) -> Why:
    """Return why a run did what it did on one bar; the run is gone through again up to there.

    Args:
        strategy: What was run.
        bars: All that it was run on.
        settings: What was assumed.
        row: The bar, counted from 0; negative rows count from the end.

    Raises:
        ParameterError: There is no such bar, or the strategy cannot be asked bar by bar.
    """
    count = len(bars)
    if not -count <= row < count:
        raise ParameterError(f"There is no bar {row}: {bars.symbol} has {count:,}.")
    row %= count
    prices = prices_of(bars, settings.size_rule)
    loop = TellingLoop(prices, settings, row)
    wanted, notes = at.NOTHING, dict[tuple[int, int], str]()
    if isinstance(strategy, (Strategy, OrderStrategy)):
        plan = planned(strategy, bars, prices, settings)
        wanted, decide = plan.wanted, following(loop, plan)
    elif isinstance(strategy, EventStrategy):
        context = EventContext(
            bars, loop, Sessions(bars), needs_stop=isinstance(settings.sizing, RiskPerTrade)
        )
        strategy.start(bars)
        decide, notes = deciding(strategy, context, loop), context.notes
    else:
        raise ParameterError(f"{strategy.title} cannot be explained bar by bar.")
    for each in range(row + 1):
        loop.bar(each, decide)
    return Why(
        row=row,
        time=bars.when(row),
        values=tuple(
            (each.title, _known(float(each.values[row]))) for each in strategy.readings(bars)
        ),
        conditions=tuple(
            (each.title, bool(each.holds[row]) if row >= strategy.warm_up - 1 else None)
            for each in strategy.conditions(bars)
        ),
        wanted=float(wanted[row]) if len(wanted) else None,
        position=loop.position[-1],
        equity=loop.equity[-1],
        waiting=tuple(_told(each.order, bars, each.rest) for each in loop.began),
        placed=tuple(_told(each, bars, each.rest) for each in loop.waiting if each is not None),
        events=tuple(loop.events),
        fills=tuple(_fill(each, wanted, notes) for each in loop.deals),
    )


def _told(order: Waiting, bars: Bars, left: float | None) -> WaitingOrder:
    until = None if math.isinf(order.last) else bars.when(min(int(order.last), len(bars) - 1))
    return WaitingOrder(
        side=Side.BUY if order.sign > 0 else Side.SELL,
        kind=WORDS[order.why],
        limit=_known(order.limit),
        stop=_known(order.stop),
        stop_loss=_known(order.stop_loss),
        take_profit=_known(order.take_profit),
        trail=_known(order.trail),
        placed=bars.when(order.row),
        until=until,
        left=left,
    )


def _fill(deal: Deal, wanted: Floats, notes: Mapping[tuple[int, int], str]) -> BarFill:
    note = notes.get((deal.decided, deal.why))
    if note is None and deal.why == at.TARGET:
        before = wanted[deal.decided - 1] if deal.decided else 0.0
        note = f"Target from {before:+.0%} to {wanted[deal.decided]:+.0%}"
    side = Side.BUY if deal.quantity > 0 else Side.SELL
    return BarFill(side, abs(deal.quantity), deal.price, deal.commission, note or WORDS[deal.why])


def _known(value: float) -> float | None:
    return value if math.isfinite(value) else None
