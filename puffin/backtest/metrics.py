"""The numbers that sum up a backtest."""

from __future__ import annotations

import math
import sys
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from puffin import measures
from puffin.backtest import layout as at

if TYPE_CHECKING:
    from puffin.backtest.trades import Trades
    from puffin.data.bars import Bars, Interval
    from puffin.measures import Times

KERNEL = "puffin.backtest.kernel_plain"


class Shape(NamedTuple):
    """What is known of a curve of equity; NaN where it is not defined.

    Mean, deviation (n - 1) and shortfall are of the returns of one bar; `held` is the share of
    bars with a position, `days` the longest stay below a peak, `level` the mean of the curve.
    """

    mean: float
    deviation: float
    shortfall: float
    deepest: float
    held: float
    days: float
    level: float


def periods_in_year(interval: Interval) -> float:
    """Return how many bars of `interval` a year of exchange sessions has."""
    return interval.in_year


def shape_of(time: Times, curves: at.Curves, required: float) -> Shape:
    """Return what is known of a curve, and write its drawdown.

    `required` is the return of one bar that is no gain yet. With the compiled code at hand it is
    found in fewer passes; a test holds both to the same numbers.
    """
    equity, position, drawdown = curves
    if KERNEL in sys.modules:
        from puffin.backtest.kernel_plain import shape_of as compiled

        found = np.empty(len(Shape._fields))
        compiled(at.fixed(time), at.fixed(equity), at.fixed(position), required, drawdown, found)
        return Shape(*found.tolist())
    drawdown[:], changes = measures.drawdown(equity), measures.returns(equity)
    mean = deviation = shortfall = math.nan
    if len(changes) >= measures.FEWEST:
        mean, deviation = float(changes.mean()), float(changes.std(ddof=1))
        shortfall = measures.shortfall(changes, required)
    days = measures.days_under_water(time, drawdown)
    return Shape(
        mean,
        deviation,
        shortfall,
        float(drawdown.min()),
        float(np.mean(position != 0)),
        math.nan if days is None else days,
        float(equity.mean()),
    )


def summarise(
    bars: Bars, curves: at.Curves, trades: Trades, risk_free: float
) -> dict[str, float | None]:
    """Return every metric by name, None if it is not defined, and write the drawdown."""
    periods, years = periods_in_year(bars.interval), measures.years(bars.time)
    shape, equity = shape_of(bars.time, curves, risk_free / periods), curves.equity
    total = measures.total_return(equity)
    annual = math.nan if total is None else measures.growth_of(1 + total, years)
    found = {
        "final_equity": float(equity[-1]),
        "total_return": math.nan if total is None else total,
        "cagr": annual,
        "buy_and_hold": float(bars.close[-1] / bars.close[0] - 1),
        "volatility": shape.deviation * math.sqrt(periods),
        "sharpe": measures.sharpe_of(shape.mean, shape.deviation, periods, risk_free),
        "sortino": measures.sortino_of(shape.mean, shape.shortfall, periods, risk_free),
        "max_drawdown": shape.deepest,
        "max_drawdown_days": shape.days,
        "calmar": measures.calmar_of(annual, shape.deepest),
        "exposure": shape.held,
        "turnover": measures.turnover_of(trades.traded, shape.level, years),
    }
    known = {name: value if math.isfinite(value) else None for name, value in found.items()}
    return known | _of_trades(trades)


def _of_trades(trades: Trades) -> dict[str, float | None]:
    table = trades.table
    closed = table[: len(table) - int(bool((table[-1:, at.TRADE_EXIT] < 0).any()))]
    profits = closed[:, at.TRADE_PROFIT]
    ratios = profits / (abs(closed[:, at.TRADE_QUANTITY]) * closed[:, at.TRADE_PRICE])
    lengths = closed[:, at.TRADE_EXIT] - closed[:, at.TRADE_ENTRY]
    return {
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
