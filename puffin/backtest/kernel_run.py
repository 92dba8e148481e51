"""A run through the compiled loop, piece by piece, so that it can be watched and stopped."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from puffin.backtest import layout as at
from puffin.backtest.kernel import SPARE, advance
from puffin.backtest.kernel_figures import FIGURES, SHAPE
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
from puffin.backtest.kernel_plain import (
    advance_targets,
    averages,
    crossed,
    run_many,
    shape_of,
    wanted_of,
)
from puffin.backtest.plan import is_plain, rules_of
from puffin.backtest.settings import BacktestSettings

if TYPE_CHECKING:
    from collections.abc import Callable

    from puffin.measures import Floats

FEWEST_TRADES = 1024  # rows of the first table of trades


def run_compiled(  # noqa: PLR0913 - each is given by name
    prices: at.Prices,
    plan: at.Plan,
    rules: at.Rules,
    capital: float,
    *,
    step: int,
    tell: Callable[[float], None],
    plainly: bool = True,
) -> tuple[at.Curves, Floats]:
    """Return the curves, their drawdown not written yet, and the table of trades.

    `tell` hears how far along it is after each `step` bars, and may raise to stop. `plainly` lets
    plain targets go through a loop of their own, which asks nothing else of a bar.
    """
    count = len(prices.time)
    state, plain = account(rules, capital), plainly and len(plan.wanted) > 0 and is_plain(rules)
    # A change of target closes one trade at most; more are closed only by calls for margin.
    changes = np.count_nonzero(plan.wanted[1:] != plan.wanted[:-1]) if plain else FEWEST_TRADES
    rows = changes + 2 * SPARE
    trades = np.empty((rows, at.TRADE_COLUMNS))
    curves, row = at.Curves.of(count), 0
    equity, position, _ = curves
    prices, plan = all_fixed(prices), at.Plan(*(at.fixed(each) for each in plan))
    while row < count:
        until = min(count, row - row % step + step)
        if plain:
            row = advance_targets(state, trades, prices, plan.wanted, equity, position, row, until)
        else:
            row = advance(state, trades, prices, plan, equity, position, row, until)
        if int(state[TRADES]) > len(trades) - SPARE:
            trades = np.concatenate([trades, np.empty_like(trades)])
        if row < count and not row % step:
            tell(row / count)
    return curves, _all_trades(trades, state, float(prices.close[-1]))


def account(rules: at.Rules, capital: float) -> Floats:
    """Return the row of numbers that a run begins with."""
    state = np.zeros(STATE)
    state[CASH] = capital
    state[RULES : RULES + len(rules)] = rules
    return state


def all_fixed(prices: at.Prices) -> at.Prices:
    """Return the columns in the form that the loops are compiled for."""
    return at.Prices(at.fixed(prices.time), *(at.fixed(each) for each in prices[1:]))


def warm_up() -> None:
    """Compile the loops, or load them from disk, with runs over a few bars."""
    rules = rules_of(BacktestSettings())
    if rules is None:
        raise ValueError("the usual settings must have a compiled form")
    price = np.ones(3)
    prices = at.Prices(np.arange(3), price, price, price, price, price, at.NOTHING)
    plan = at.Plan(np.zeros(3), at.NOTHING, at.NO_ORDERS)
    for plainly in (True, False):
        run_compiled(prices, plan, rules, 1.0, step=3, tell=lambda _done: None, plainly=plainly)
    time, curve = at.fixed(prices.time), at.fixed(price)
    shape_of(time, curve, curve, 0.0, np.empty(3), np.empty(SHAPE))
    table, picks, none = np.ones((1, 3)), np.zeros((1, 2), np.int64), at.fixed(at.NOTHING)
    windows = np.ones(2, np.int64)
    averages(curve, windows[:1], np.ones(1), table)
    crossed(curve, windows, np.ones(2), np.zeros(3), none, np.empty(3))
    wanted_of(at.GIVEN, table, picks[0], np.zeros(2), none, np.empty(3))
    run_many(
        at.GIVEN,
        table,
        picks,
        np.zeros((1, 2)),
        none,
        account(rules, 1.0),
        all_fixed(prices),
        (1.0, 1.0, 0.0),
        np.empty((1, FIGURES)),
    )


def _all_trades(trades: Floats, state: Floats, close: float) -> Floats:
    """Return the table as long as it is, with the position that is still open as its last row."""
    count = int(state[TRADES])
    held = float(state[HELD])
    if not held:
        return trades[:count]
    last = trades[count]
    last[at.TRADE_ENTRY], last[at.TRADE_EXIT], last[at.TRADE_QUANTITY] = state[ENTRY], -1, held
    last[at.TRADE_PRICE], last[at.TRADE_LEFT_AT] = state[PRICE], close
    last[at.TRADE_PROFIT] = held * (close - state[PRICE]) - state[PAID] - state[FEES]
    last[at.TRADE_COMMISSION], last[at.TRADE_FEES] = state[PAID], state[FEES]
    last[at.TRADE_LOW], last[at.TRADE_HIGH] = min(state[LOW], close), max(state[HIGH], close)
    last[at.TRADE_WHY], last[at.TRADE_WHY_ROW] = state[WHY], state[WHY_ROW]
    last[at.TRADE_END], last[at.TRADE_END_ROW] = 0, -1
    return trades[: count + 1]
