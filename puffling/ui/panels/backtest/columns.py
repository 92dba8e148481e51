"""How trades, metrics and saved runs are shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING

from puffin.data.sessions import EXCHANGE
from puffin.strategies.registry import STRATEGIES
from puffin.types import Side
from puffling.core import formats
from puffling.ui.tables.columns import Column, Draw, number
from puffling.ui.theme.theme import Theme
from puffling.ui.theme.tokens import Tone

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from puffin.backtest.result import RoundTrip
    from puffling.store.backtests import SavedBacktest


_TITLES = {each.id: each.title for each in STRATEGIES}


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
    "calmar": Metric("Calmar", formats.number, "Yearly return over the deepest drawdown."),
    "volatility": Metric("Volatility", _share, "Deviation of the returns, scaled to a year."),
    "exposure": Metric("Exposure", _share, "Share of the bars on which something was held."),
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


@dataclass(frozen=True, slots=True)
class MetricRow:
    """One line of the table of metrics."""

    id: str
    value: float | None

    @property
    def metric(self) -> Metric:
        """Its words; a metric nobody described here is shown by its name."""
        known = METRICS.get(self.id)
        return known or Metric(self.id.replace("_", " ").capitalize(), formats.number, "")


def tone_of(metric: Metric, value: float | None) -> str:
    """Return the colour of a metric's value."""
    return Theme.sign_tone(value) if metric.signed else Tone.TEXT


METRIC_COLUMNS: tuple[Column[MetricRow], ...] = (
    Column("name", "Metric", lambda row: row.metric.title, width=130),
    number(
        "value",
        "Value",
        lambda row: row.metric.write(row.value),
        lambda row: row.value,
        tone=lambda row: tone_of(row.metric, row.value),
        width=110,
    ),
    Column(
        "meaning",
        "What it is",
        lambda row: row.metric.meaning,
        tone=lambda _: Tone.MUTED,
        tip=lambda row: row.metric.meaning,
        stretch=True,
    ),
)


@dataclass(frozen=True, slots=True)
class TradeRow:
    """A round trip, its place in the run, and whether its bars lie within days."""

    place: int
    trade: RoundTrip
    intraday: bool = False


def bar_time(at: datetime | None, *, intraday: bool) -> str:
    """Return a bar's time: a date for daily bars, which lie at midnight UTC."""
    if intraday:
        return formats.moment(at, zone=EXCHANGE)
    return formats.day(at, zone=UTC)


def _left(row: TradeRow) -> str:
    return "open" if row.trade.is_open else bar_time(row.trade.exit_time, intraday=row.intraday)


TRADES: tuple[Column[TradeRow], ...] = (
    number("place", "#", lambda row: str(row.place), lambda row: row.place, width=40),
    Column(
        "side",
        "Side",
        lambda row: "Long" if row.trade.side is Side.BUY else "Short",
        tone=lambda row: Tone.UP if row.trade.side is Side.BUY else Tone.DOWN,
        width=52,
    ),
    Column(
        "entry",
        "Entry",
        lambda row: bar_time(row.trade.entry_time, intraday=row.intraday),
        sort=lambda row: row.trade.entry_time,
        tip=lambda row: row.trade.entry_reason,
        width=104,
    ),
    Column(
        "exit",
        "Exit",
        _left,
        sort=lambda row: row.trade.exit_time,
        tip=lambda row: row.trade.exit_reason,
        width=104,
    ),
    number(
        "quantity",
        "Quantity",
        lambda row: formats.quantity(row.trade.quantity),
        lambda row: row.trade.quantity,
        width=76,
    ),
    number(
        "entry_price",
        "Entry price",
        lambda row: formats.price(row.trade.entry_price),
        lambda row: row.trade.entry_price,
        help_="Adjusted for splits and dividends, slippage included",
        width=96,
    ),
    number(
        "exit_price",
        "Exit price",
        lambda row: formats.price(row.trade.exit_price),
        lambda row: row.trade.exit_price,
        help_="Adjusted for splits and dividends, slippage included",
        width=96,
    ),
    number(
        "profit",
        "Profit",
        lambda row: formats.money(row.trade.profit, sign=True),
        lambda row: row.trade.profit,
        tone=lambda row: Theme.sign_tone(row.trade.profit),
        help_="After commissions; an open trade at the last close",
        width=92,
    ),
    number(
        "return",
        "Return",
        lambda row: formats.percent(row.trade.return_, sign=True),
        lambda row: row.trade.return_,
        tone=lambda row: Theme.sign_tone(row.trade.return_),
        width=76,
    ),
    number("bars", "Bars", lambda row: str(row.trade.bars), lambda row: row.trade.bars, width=52),
    number(
        "worst",
        "Worst",
        lambda row: formats.percent(-abs(row.trade.mae)),
        lambda row: -abs(row.trade.mae),
        tone=lambda _: Tone.MUTED,
        help_="The furthest the price went against it, from the entry price",
        width=84,
    ),
    number(
        "best",
        "Best",
        lambda row: formats.percent(row.trade.mfe),
        lambda row: row.trade.mfe,
        tone=lambda _: Tone.MUTED,
        help_="The furthest the price went for it, from the entry price",
        width=84,
    ),
)


def title_of(strategy_id: str) -> str:
    """Return a strategy's title; its id if it is not there any more."""
    return _TITLES.get(strategy_id, strategy_id)


def parameter_words(parameters: Mapping[str, object]) -> str:
    """Return parameters in one line: "short 20, long 50, SMA, long only"."""
    words = []
    for name, value in parameters.items():
        title = name.replace("_", " ")
        if isinstance(value, bool):
            words.append(title if value else f"not {title}")
        elif name == "ma":
            words.append(str(value).upper())
        elif isinstance(value, float):
            words.append(f"{title} {value:g}")
        else:
            words.append(f"{title} {value}")
    return ", ".join(words)


def _saved_metric(id_: str) -> Column[SavedBacktest]:
    metric = METRICS[id_]
    return number(
        id_,
        metric.title,
        lambda run: metric.write(run.metrics.get(id_)),
        lambda run: run.metrics.get(id_),
        tone=lambda run: tone_of(metric, run.metrics.get(id_)),
        help_=metric.meaning,
        width=84,
    )


HISTORY: tuple[Column[SavedBacktest], ...] = (
    Column(
        "created",
        "Run at",
        lambda run: formats.moment(run.created_at),
        sort=lambda run: run.created_at,
        width=168,
    ),
    Column("strategy", "Strategy", lambda run: title_of(run.strategy_id), width=130),
    Column("symbol", "Symbol", lambda run: run.symbol, draw=Draw.STRONG, width=72),
    *(_saved_metric(each) for each in ("total_return", "sharpe", "max_drawdown", "trades")),
    Column(
        "parameters",
        "Parameters",
        lambda run: parameter_words(run.parameters),
        tone=lambda _: Tone.MUTED,
        tip=lambda run: parameter_words(run.parameters),
        stretch=True,
    ),
    Column("note", "Note", lambda run: run.note, width=120, hidden=True),
)
