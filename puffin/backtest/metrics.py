"""The numbers that sum up a backtest."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from puffin import measures
from puffin.data.bars import Interval

if TYPE_CHECKING:
    from collections.abc import Sequence

    from puffin.backtest.trades import RoundTrip
    from puffin.data.bars import Bars
    from puffin.measures import Floats

SESSIONS = 252.0  # trading days in a year
SESSION_SECONDS = 6.5 * 3600
PERIODS = {Interval.D1: SESSIONS, Interval.W1: 52.0, Interval.MO1: 12.0}


def periods_in_year(interval: Interval) -> float:
    """Return how many bars of `interval` a year of exchange sessions has."""
    return PERIODS.get(interval, SESSIONS * SESSION_SECONDS / interval.seconds)


def summarise(
    bars: Bars,
    equity: Floats,
    position: Floats,
    trades: Sequence[RoundTrip],
    risk_free: float,
) -> dict[str, float | None]:
    """Return every metric by name; one that is not defined for this run is None."""
    periods, changes = periods_in_year(bars.interval), measures.returns(equity)
    total = measures.total_return(equity)
    years = measures.years(bars.time)
    annual = None if total is None else measures.cagr(1 + total, years)
    held = None if len(bars) == 0 else float(bars.close[-1] / bars.close[0] - 1)
    closed = [trade for trade in trades if not trade.is_open]
    profits = np.array([trade.profit for trade in closed])
    ratios = [trade.return_ for trade in closed]
    deepest = measures.max_drawdown(equity)
    return {
        "final_equity": float(equity[-1]),
        "total_return": total,
        "cagr": annual,
        "buy_and_hold": held,
        "volatility": measures.volatility(changes, periods),
        "sharpe": measures.sharpe(changes, periods, risk_free),
        "sortino": measures.sortino(changes, periods, risk_free),
        "max_drawdown": deepest,
        "max_drawdown_days": measures.max_drawdown_days(bars.time, equity),
        "calmar": measures.calmar(annual, deepest),
        "exposure": measures.exposure(position),
        "trades": float(len(closed)),
        "win_rate": measures.win_rate(profits),
        "profit_factor": measures.profit_factor(profits),
        "expectancy": measures.expectancy(profits),
        "best_trade": max(ratios, default=None),
        "worst_trade": min(ratios, default=None),
        "average_bars": float(np.mean([trade.bars for trade in closed])) if closed else None,
        "commission": float(sum(trade.commission for trade in trades)),
    }
