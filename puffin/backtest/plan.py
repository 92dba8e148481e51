"""What a strategy decides at each close, as the tables that a run is fed with."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from puffin import measures
from puffin.backtest import layout as at
from puffin.backtest.quick_signals import targets_of, wanted_by
from puffin.backtest.sizing import (
    FixedQuantity,
    FixedValue,
    KellyFraction,
    RiskPerTrade,
    ShareOfEquity,
    VolatilityTarget,
)
from puffin.errors import ParameterError
from puffin.strategies.base import OrderStrategy
from puffin.types import TimeInForce

if TYPE_CHECKING:
    from puffin.backtest.settings import BacktestSettings
    from puffin.backtest.sizing import Sizing
    from puffin.data.bars import Bars
    from puffin.measures import Floats
    from puffin.strategies.base import Strategy
    from puffin.strategies.orders import Entries, Life, Orders


def prices_of(bars: Bars, sizing: Sizing) -> at.Prices:
    """Return the columns that a run needs."""
    known = at.NOTHING
    if isinstance(sizing, VolatilityTarget):
        known = np.full(len(bars), np.nan)
        changes, periods = measures.returns(bars.close), bars.interval.in_year
        known[1:] = measures.rolling_volatility(changes, sizing.window, periods)
    return at.Prices(bars.time, bars.open, bars.high, bars.low, bars.close, bars.volume, known)


def followed(target: Floats, *, allow_short: bool) -> Floats:
    """Return what is wanted at each close: NaN keeps what was wanted before, nothing at first."""
    unknown = np.isnan(target)
    first = int(unknown.argmin())
    if unknown[first:].any():
        latest = np.maximum.accumulate(np.where(unknown, -1, np.arange(len(target))))
        wanted = np.where(latest >= 0, target[latest], 0.0)
    else:
        wanted = target.copy()
        wanted[:first] = 0.0
    return wanted if allow_short else np.maximum(wanted, 0.0)


def planned(
    strategy: Strategy | OrderStrategy,
    bars: Bars,
    prices: at.Prices,
    settings: BacktestSettings,
    *,
    compiled: bool = False,
) -> at.Plan:
    """Return what a strategy decides at each close; `compiled` is whether that code is at hand.

    Raises:
        ParameterError: The decisions make no sense, or their size has no stop to follow from.
    """
    if isinstance(strategy, OrderStrategy):
        orders = strategy.orders(bars)
        if len(orders) != len(bars):
            raise ParameterError(f"{strategy.title} gave {len(orders)} rows of orders.")
        plan = from_orders(orders, Sessions(bars))
    elif compiled:
        wanted = wanted_by(strategy, bars, prices.volatility, short=settings.allow_short)
        plan = at.Plan(wanted, at.NOTHING, at.NO_ORDERS)
    else:
        target = targets_of(strategy, bars)
        plan = from_targets(target, prices, allow_short=settings.allow_short)
    if isinstance(settings.sizing, RiskPerTrade):
        refuse_without_stop(plan)
    return plan


def from_row(plan: at.Plan, first: int) -> at.Plan:
    """Return a plan that begins with row `first`: what was decided before never was."""
    orders = plan.orders[plan.orders[:, at.ORDER_ROW] >= first].copy()
    orders[:, [at.ORDER_ROW, at.ORDER_LAST]] -= first
    return at.Plan(plan.wanted[first:], plan.exits[first:], orders)


def from_targets(target: Floats, prices: at.Prices, *, allow_short: bool) -> at.Plan:
    """Return the plan of a strategy that gives targets; none before its sizes are known."""
    if len(prices.volatility):
        target = np.where(np.isnan(prices.volatility), np.nan, target)
    wanted = np.ascontiguousarray(followed(target, allow_short=allow_short))
    return at.Plan(wanted, at.NOTHING, at.NO_ORDERS)


def from_orders(orders: Orders, sessions: Sessions) -> at.Plan:
    """Return the plan of a strategy that gives orders."""
    tables = [
        _table(entries, side, sessions)
        for side, entries in enumerate((orders.buy, orders.sell))
        if entries is not None
    ]
    table = np.concatenate([at.NO_ORDERS, *tables])
    table = table[np.argsort(table[:, at.ORDER_ROW], kind="stable")]
    exits = at.NOTHING if orders.exits is None else orders.exits
    return at.Plan(at.NOTHING, np.ascontiguousarray(exits, np.float64), table)


def refuse_without_stop(plan: at.Plan) -> None:
    """Refuse a plan whose sizes would need stops that it does not have.

    Raises:
        ParameterError: With the first row whose order has none, counted from 1.
    """
    table = plan.orders
    if len(plan.wanted):
        raise ParameterError("A size by risk needs stops, and targets have none.")
    bare = np.isnan(table[:, at.ORDER_STOP_LOSS]) & np.isnan(table[:, at.ORDER_TRAIL])
    bare &= table[:, at.ORDER_WEIGHT] > 0
    if bare.any():
        row = int(table[bare.argmax(), at.ORDER_ROW]) + 1
        raise ParameterError(f"A size by risk needs a stop, and the order of row {row} has none.")


class Sessions:
    """Which row is the last of a session: a calendar day in UTC."""

    def __init__(self, bars: Bars) -> None:
        day = bars.time // at.DAY_NS
        self._last = np.searchsorted(day, day, side="right") - 1

    def last_row(self, row: int, life: Life) -> float:
        """Return the last row on which an order placed at `row` may fill."""
        return float(self.last_rows(np.array([row]), life)[0])

    def last_rows(self, rows: measures.Times, life: Life) -> Floats:
        """Return the same for many rows; a day order lives in the session of the next bar."""
        if life is TimeInForce.GTC:
            return np.full(len(rows), np.inf)
        if life is TimeInForce.DAY:
            return self._last[np.minimum(rows + 1, len(self._last) - 1)].astype(np.float64)
        return (rows + life).astype(np.float64)


def rules_of(settings: BacktestSettings) -> at.Rules | None:
    """Return the settings as plain numbers; None if sizes follow a rule that only Python knows."""
    size = _size_numbers(settings.size_rule)
    if size is None:
        return None
    kind, value, fewest, before = size
    costs, limit = settings.costs.rates, settings.participation
    return at.Rules(
        *costs,
        size_kind=kind,
        size_value=value,
        size_fewest=fewest,
        size_before=before,
        whole=settings.whole_shares,
        short=settings.allow_short,
        leverage=float(settings.leverage),
        maintenance=settings.maintenance_share,
        borrow=float(settings.borrow_rate),
        interest=float(settings.interest_rate),
        participation=math.inf if limit is None else float(limit),
        pyramiding=float(settings.pyramiding),
        exclusive=settings.exclusive,
        one_cancels_other=settings.one_cancels_other,
        at_close=settings.at_close,
    )


def is_plain(rules: at.Rules) -> bool:
    """Whether targets run so that nothing happens between decisions, but a call for margin."""
    lends = rules.borrow > 0 or rules.interest > 0
    sized = rules.size_kind != at.BY_RISK  # a target has no stop that a size could follow from
    return sized and not lends and rules.participation == math.inf


def _size_numbers(rule: Sizing) -> tuple[int, float, float, float] | None:
    found: tuple[int, float] | None = None
    match rule:
        case ShareOfEquity(share):
            found = at.BY_SHARE, share
        case FixedValue(value):
            found = at.BY_VALUE, value
        case FixedQuantity(shares):
            found = at.BY_QUANTITY, shares
        case RiskPerTrade(risk):
            found = at.BY_RISK, risk
        case VolatilityTarget(annual, _):
            found = at.BY_VOLATILITY, annual
        case KellyFraction(fraction, fewest, before):
            return at.BY_KELLY, float(fraction), float(fewest), float(before)
    return None if found is None else (found[0], float(found[1]), 0.0, 0.0)


def _table(entries: Entries, side: int, sessions: Sessions) -> Floats:
    rows = np.flatnonzero(~np.isnan(entries.weight))
    table = np.empty((len(rows), at.ORDER_COLUMNS))
    table[:, at.ORDER_ROW], table[:, at.ORDER_SIDE] = rows, side
    table[:, at.ORDER_WEIGHT] = entries.weight[rows]
    for column, name in (
        (at.ORDER_LIMIT, "limit"),
        (at.ORDER_STOP, "stop"),
        (at.ORDER_STOP_LOSS, "stop_loss"),
        (at.ORDER_TAKE_PROFIT, "take_profit"),
        (at.ORDER_TRAIL, "trail"),
    ):
        table[:, column] = entries.column(name)[rows]
    table[:, at.ORDER_HOLD] = entries.hold
    table[:, at.ORDER_LAST] = sessions.last_rows(rows, entries.life)
    return table
