"""The numbers that sum up a backtest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from puffin import measures
from puffin.backtest import layout as at
from puffin.data.bars import Interval

if TYPE_CHECKING:
    from puffin.backtest.trades import Trades
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
    curves: tuple[Floats, Floats, Floats],
    trades: Trades,
    risk_free: float,
) -> dict[str, float | None]:
    """Return every metric by name; one that is not defined for this run is None.

    `curves` are equity, drawdown and shares held at each close.
    """
    equity, drawdown, position = curves
    periods, changes = periods_in_year(bars.interval), measures.returns(equity)
    total = measures.total_return(equity)
    years = measures.years(bars.time)
    annual = None if total is None else measures.cagr(1 + total, years)
    held = None if len(bars) == 0 else float(bars.close[-1] / bars.close[0] - 1)
    closed, table = trades.closed, trades.table
    profits = closed[:, at.TRADE_PROFIT]
    ratios = profits / (abs(closed[:, at.TRADE_QUANTITY]) * closed[:, at.TRADE_PRICE])
    lengths = closed[:, at.TRADE_EXIT] - closed[:, at.TRADE_ENTRY]
    deepest = measures.deepest(drawdown)
    return {
        "final_equity": float(equity[-1]),
        "total_return": total,
        "cagr": annual,
        "buy_and_hold": held,
        "volatility": measures.volatility(changes, periods),
        "sharpe": measures.sharpe(changes, periods, risk_free),
        "sortino": measures.sortino(changes, periods, risk_free),
        "max_drawdown": deepest,
        "max_drawdown_days": measures.days_under_water(bars.time, drawdown),
        "calmar": measures.calmar(annual, deepest),
        "exposure": measures.exposure(position),
        "turnover": measures.turnover(trades.traded, equity, years),
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
