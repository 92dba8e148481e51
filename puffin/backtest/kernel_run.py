"""A run through the compiled loop, piece by piece, so that it can be watched and stopped."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import numpy as np

from puffin.backtest import layout as at
from puffin.backtest.kernel import SPARE, advance
from puffin.backtest.kernel_fills import (
    CASH,
    ENTRY,
    FEES,
    HELD,
    HIGH,
    LOW,
    PAID,
    PRICE,
    RULES,
    STATE,
    TRADES,
    WHY,
    WHY_ROW,
)
from puffin.backtest.plan import rules_of
from puffin.backtest.settings import BacktestSettings

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from puffin.measures import Floats

    Number = TypeVar("Number", bound=np.generic)

FEWEST_TRADES = 1024  # rows of the first table of trades


def run_compiled(
    prices: at.Prices,
    plan: at.Plan,
    rules: at.Rules,
    capital: float,
    *,
    step: int,
    tell: Callable[[float], None],
) -> tuple[Floats, Floats, Floats]:
    """Return equity and position at every close, and the table of trades.

    `tell` hears how far along it is after each `step` bars, and may raise to stop.
    """
    count = len(prices.time)
    state = np.zeros(STATE)
    state[CASH] = capital
    state[RULES : RULES + len(rules)] = rules
    trades = np.empty((FEWEST_TRADES, at.TRADE_COLUMNS))
    equity, position = np.empty(count), np.empty(count)
    row = 0
    prices = at.Prices(_fixed(prices.time), *(_fixed(each) for each in prices[1:]))
    plan = at.Plan(*(_fixed(each) for each in plan))
    while row < count:
        until = min(count, row - row % step + step)
        row = advance(state, trades, prices, plan, equity, position, row, until)
        if int(state[TRADES]) > len(trades) - SPARE:
            trades = np.concatenate([trades, np.empty_like(trades)])
        if row < count and not row % step:
            tell(row / count)
    return equity, position, _all_trades(trades, state, float(prices.close[-1]))


def warm_up() -> None:
    """Compile the loop, or load it from disk, with a run over two bars."""
    rules = rules_of(BacktestSettings())
    if rules is None:
        raise ValueError("the usual settings must have a compiled form")
    price = np.ones(2)
    prices = at.Prices(np.arange(2), price, price, price, price, price, at.NOTHING)
    plan = at.Plan(np.zeros(2), at.NOTHING, at.NO_ORDERS)
    run_compiled(prices, plan, rules, 1.0, step=2, tell=lambda _done: None)


def _fixed(values: NDArray[Number]) -> NDArray[Number]:
    """Return `values` in the one form that the loop is compiled for: in a row, and read only."""
    view = np.ascontiguousarray(values).view()
    view.flags.writeable = False
    return view


def _all_trades(trades: Floats, state: Floats, close: float) -> Floats:
    """Return the table as long as it is, with the position that is still open as its last row."""
    count = int(state[TRADES])
    held = float(state[HELD])
    if not held:
        return trades[:count].copy()
    last = trades[count]
    last[at.TRADE_ENTRY], last[at.TRADE_EXIT], last[at.TRADE_QUANTITY] = state[ENTRY], -1, held
    last[at.TRADE_PRICE], last[at.TRADE_LEFT_AT] = state[PRICE], close
    last[at.TRADE_PROFIT] = held * (close - state[PRICE]) - state[PAID] - state[FEES]
    last[at.TRADE_COMMISSION], last[at.TRADE_FEES] = state[PAID], state[FEES]
    last[at.TRADE_LOW], last[at.TRADE_HIGH] = min(state[LOW], close), max(state[HIGH], close)
    last[at.TRADE_WHY], last[at.TRADE_WHY_ROW] = state[WHY], state[WHY_ROW]
    last[at.TRADE_END], last[at.TRADE_END_ROW] = 0, -1
    return trades[: count + 1].copy()
