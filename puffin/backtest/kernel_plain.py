"""What Python calls of the code compiled for plain targets: signals, runs, figures, all at once.

It stands in one file because numba keeps what Python calls on disk, file by file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from puffin.backtest import kernel_figures as figures
from puffin.backtest import kernel_signals as signals
from puffin.backtest import layout as at
from puffin.backtest.kernel import SPARE
from puffin.backtest.kernel_fills import TRADES, compiled, compiled_and_kept
from puffin.backtest.kernel_targets import run_targets

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from puffin.backtest.layout import Prices
    from puffin.measures import Floats, Times

    Rows = NDArray[np.int64]

# The fingerprint of what this file takes code from, as in kernel.py; a test compares it.
BLOCK = 1024  # rows that stay in the processor
CODE = "2fc96caa8922b934"


@compiled
def want(kind: int, table: Floats, rows: Rows, rule: Floats, known: Floats, out: Floats) -> None:
    """Write what is wanted at each close; arguments are as in `quick_signals.Tables`.

    `known` is the volatility that sizes need, or nothing.
    """
    if kind == at.GIVEN:
        signals.followed(table[rows[0]], known, rule, out)
        return
    if kind == at.CROSSING:
        signals.crossing(table[rows[0]], table[rows[1]], 0, rule, out)
    else:
        signals.returning(table[rows[0]], rule, out)
    if len(known):
        signals.followed(out, known, rule, out)


@compiled_and_kept
def averages(values: Floats, windows: Rows, starts: Floats, out: Floats) -> None:
    """Write a moving average a row: simple where its start is NaN, else exponential from there."""
    state = np.zeros(3)
    for k in range(len(windows)):
        state[0], state[1], state[2] = starts[k], 0.0, 0.0
        signals.average(values, windows[k], state, 0, out[k])


@compiled_and_kept
def crossed(
    values: Floats, windows: Rows, starts: Floats, rule: Floats, known: Floats, out: Floats
) -> None:
    """Write what one crossing of averages wants, without keeping the averages.

    Memory that was not in use costs more than all that is done with it here.
    """
    one, other, fast, slow = np.zeros(3), np.zeros(3), np.empty(BLOCK), np.empty(BLOCK)
    one[0], other[0] = starts
    for start in range(0, len(out), BLOCK):
        part = out[start : start + BLOCK]
        signals.average(values, windows[0], one, start, fast[: len(part)])
        signals.average(values, windows[1], other, start, slow[: len(part)])
        signals.crossing(fast, slow, start, rule, part)
    if len(known):
        signals.followed(out, known, rule, out)


@compiled_and_kept
def wanted_of(
    kind: int, table: Floats, rows: Rows, rule: Floats, known: Floats, out: Floats
) -> None:
    """Write what one set of parameters wants."""
    want(kind, table, rows, rule, known, out)


@compiled_and_kept
def advance_targets(  # noqa: PLR0913, PLR0917 - as above
    s: Floats,
    t: Floats,
    p: Prices,
    wanted: Floats,
    equity: Floats,
    position: Floats,
    start: int,
    stop: int,
) -> int:
    """Go through bars from `start` to `stop`, or until the table of trades is nearly full."""
    return run_targets(s, t, p, wanted, equity, position, start, stop)


@compiled_and_kept
def shape_of(
    time: Times, equity: Floats, position: Floats, required: float, below: Floats, out: Floats
) -> None:
    """Write what is known of a curve, and its drawdown into `below`."""
    figures.shape(equity, position, required, below, out)
    figures.below_peak(equity, below)
    out[figures.DAYS] = figures.days_below(time, below)
    out[figures.LEVEL] = figures.level(equity)


@compiled_and_kept
def run_many(  # noqa: PLR0913, PLR0917 - as above
    kind: int,
    table: Floats,
    picks: Rows,
    rules: Floats,
    known: Floats,
    account: Floats,
    p: Prices,
    rates: tuple[float, float, float],
    out: Floats,
) -> None:
    """Write the figures of many runs, one a row.

    `table` holds the indicators, `picks` which of them each run reads. `p` are the last rows of
    the bars they were made of: nothing is decided before. `account` is how each run begins.
    """
    count, first = len(p.close), table.shape[1] - len(p.close)
    wanted, equity, position = np.empty(table.shape[1]), np.empty(count), np.empty(count)
    trades = np.empty((count + SPARE + 1, at.TRADE_COLUMNS))
    below, shape, s = np.empty(count), np.empty(figures.SHAPE), np.empty_like(account)
    for m in range(len(picks)):
        want(kind, table, picks[m], rules[m], known, wanted)
        s[:] = account
        run_targets(s, trades, p, wanted[first:], equity, position, 0, count)
        figures.shape(equity, position, rates[2] / rates[1], below, shape)
        figures.of_curve(shape, equity, rates, out[m])
        figures.of_trades(trades, int(s[TRADES]), out[m])
