"""Metrics in words: what each is called, how it is written, and what it means."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from puffling.core import formats

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric's words: its name, how it is written, and what it means."""

    title: str
    write: Callable[[float | None], str]
    meaning: str
    signed: bool = False


def _percent(value: float | None) -> str:
    return formats.percent(value, sign=True)


def _share(value: float | None) -> str:
    return formats.percent(value)


def _count(value: float | None) -> str:
    return formats.number(value, places=0)


METRICS: Mapping[str, Metric] = {
    "total_return": Metric(
        "Return", _percent, "Profit over the whole run as a share of the capital.", signed=True
    ),
    "cagr": Metric(
        "A year", _percent, "The same yearly growth that gives the whole return.", signed=True
    ),
    "buy_and_hold": Metric(
        "Buy and hold", _percent, "The price's own change over the run.", signed=True
    ),
    "sharpe": Metric(
        "Sharpe", formats.number, "Mean daily return over its deviation, scaled to a year."
    ),
    "sortino": Metric("Sortino", formats.number, "As Sharpe, but only falls count as deviation."),
    "max_drawdown": Metric(
        "Drawdown", _percent, "The deepest fall of equity from its highest point.", signed=True
    ),
    "max_drawdown_days": Metric(
        "Longest drawdown", _count, "Calendar days from a high of equity to the next one."
    ),
    "turnover": Metric(
        "Turnover a year", formats.number, "How often the whole equity was traded in a year."
    ),
    "fees": Metric("Borrowing", formats.money, "What borrowed money and shares cost."),
    "calmar": Metric("Calmar", formats.number, "Yearly return over the deepest drawdown."),
    "volatility": Metric("Volatility", _share, "Deviation of the returns, scaled to a year."),
    "exposure": Metric("Exposure", _share, "Share of the bars on which something was held."),
    "gross_exposure": Metric(
        "Gross exposure", _share, "What was held, long and short, of the equity: the mean."
    ),
    "net_exposure": Metric(
        "Net exposure", _share, "What was held, long less short, of the equity: the mean."
    ),
    "symbols_held": Metric(
        "Symbols held", formats.number, "How many symbols were held at a close: the mean."
    ),
    "trades": Metric("Trades", _count, "Round trips that were closed."),
    "win_rate": Metric("Win rate", _share, "Share of the closed trades that made money."),
    "profit_factor": Metric(
        "Profit factor", formats.number, "What winners made over what losers lost."
    ),
    "expectancy": Metric(
        "Expectancy", formats.signed, "Average profit of a closed trade, in dollars.", signed=True
    ),
    "best_trade": Metric("Best trade", _percent, "Highest return of one trade.", signed=True),
    "worst_trade": Metric("Worst trade", _percent, "Lowest return of one trade.", signed=True),
    "average_bars": Metric("Bars held", formats.number, "Average bars from entry to exit."),
    "commission": Metric("Commission", formats.money, "What all fills cost together."),
    "alpha": Metric(
        "Alpha a year", _percent, "Return that the benchmark does not explain.", signed=True
    ),
    "beta": Metric("Beta", formats.number, "How far it moves when the benchmark moves by one."),
    "correlation": Metric("Correlation", formats.number, "With the benchmark's returns."),
    "tracking_error": Metric(
        "Tracking error", _share, "Deviation of the difference to the benchmark, a year."
    ),
    "information_ratio": Metric(
        "Information ratio", formats.number, "Extra return over the tracking error."
    ),
    "final_equity": Metric("Final equity", formats.money, "Equity at the last close."),
}
KEY_METRICS = (
    "total_return",
    "cagr",
    "buy_and_hold",
    "sharpe",
    "max_drawdown",
    "win_rate",
    "profit_factor",
    "trades",
    "exposure",
)


def metric_of(id_: str) -> Metric:
    """Return a metric's words; one that nobody described here is called by its name."""
    known = METRICS.get(id_)
    return known or Metric(id_.replace("_", " ").capitalize(), formats.number, "")
