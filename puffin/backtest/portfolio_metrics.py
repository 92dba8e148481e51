"""The numbers that sum up a backtest of many symbols."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from puffin import measures
from puffin.backtest import layout as at

if TYPE_CHECKING:
    from puffin.data.universe import Universe
    from puffin.measures import Floats


def summarise(
    universe: Universe, curves: tuple[Floats, Floats, Floats], table: Floats, risk_free: float
) -> dict[str, float | None]:
    """Return every metric by name; one that is not defined for this run is None.

    `curves` are equity, drawdown [n] and the weights held at each close [n, k]; `table` has the
    trades of all symbols. The names and definitions are those of a run over one symbol, but
    "buy_and_hold" is the mean of all symbols, each from its first close to its last, and there
    are the mean of what was held (gross and net, as shares of equity) and of how many symbols.
    """
    equity, drawdown, weights = curves
    periods, changes = universe.periods, measures.returns(equity)
    total, years = measures.total_return(equity), measures.years(universe.time)
    annual = None if total is None else measures.cagr(1 + total, years)
    deepest = measures.deepest(drawdown)
    closed = table[table[:, at.TRADE_EXIT] >= 0]
    profits = closed[:, at.TRADE_PROFIT]
    ratios = profits / (abs(closed[:, at.TRADE_QUANTITY]) * closed[:, at.TRADE_PRICE])
    lengths = closed[:, at.TRADE_EXIT] - closed[:, at.TRADE_ENTRY]
    gross = np.abs(weights).sum(axis=1)
    return {
        "final_equity": float(equity[-1]),
        "total_return": total,
        "cagr": annual,
        "buy_and_hold": _held(universe),
        "volatility": measures.volatility(changes, periods),
        "sharpe": measures.sharpe(changes, periods, risk_free),
        "sortino": measures.sortino(changes, periods, risk_free),
        "max_drawdown": deepest,
        "max_drawdown_days": measures.days_under_water(universe.time, drawdown),
        "calmar": measures.calmar(annual, deepest),
        "exposure": measures.exposure(gross),
        "gross_exposure": float(gross.mean()),
        "net_exposure": float(weights.sum(axis=1).mean()),
        "symbols_held": float((weights != 0).sum(axis=1).mean()),
        "turnover": measures.turnover(_traded(table), equity, years),
        "trades": float(len(closed)),
        "win_rate": measures.win_rate(profits),
        "profit_factor": measures.profit_factor(profits),
        "expectancy": measures.expectancy(profits),
        "best_trade": float(ratios.max()) if len(ratios) else None,
        "worst_trade": float(ratios.min()) if len(ratios) else None,
        "average_bars": float(lengths.mean()) if len(lengths) else None,
        "commission": float(table[:, at.TRADE_COMMISSION].sum()),
        "fees": float(table[:, at.TRADE_FEES].sum()),
    }


def _held(universe: Universe) -> float:
    close, rows = universe.last_close, universe.mask.argmax(axis=0)
    first = close[rows, np.arange(len(rows))]
    return float((close[-1] / first - 1).mean())


def _traded(table: Floats) -> float:
    """Return the value of everything that was bought and sold."""
    closed = table[:, at.TRADE_EXIT] >= 0
    price = table[:, at.TRADE_PRICE] + table[:, at.TRADE_LEFT_AT] * closed
    return float((np.abs(table[:, at.TRADE_QUANTITY]) * price).sum())
