"""The least a backtest of two averages can be: one compiled loop that knows nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable


def bare_loop() -> Callable[..., Any]:
    """Compile a loop from prices to equity, position and trades; windows, money and fee given."""
    import numba

    @numba.njit(nogil=True, error_model="numpy")
    def loop(opened, close, fast, slow, cash, fee):
        count = len(close)
        equity, position = np.empty(count), np.empty(count)
        trades, closed = np.empty((count // 2 + 1, 4)), 0
        held, entry, row, above = 0.0, 0.0, 0, False
        quick, steady = 0.0, 0.0
        for i in range(count):
            if above and held == 0.0:
                held = cash / (opened[i] * (1.0 + fee))
                cash -= held * opened[i] * (1.0 + fee)
                entry, row = opened[i], i
            elif not above and held > 0.0:
                cash += held * opened[i] * (1.0 - fee)
                trades[closed, 0], trades[closed, 1] = row, i
                trades[closed, 2], trades[closed, 3] = held, held * (opened[i] - entry)
                closed += 1
                held = 0.0
            quick += close[i]
            steady += close[i]
            if i >= fast:
                quick -= close[i - fast]
            if i >= slow:
                steady -= close[i - slow]
            above = i >= slow - 1 and quick / fast > steady / slow
            equity[i] = cash + held * close[i]
            position[i] = held
        return equity, position, trades[:closed]

    return loop
