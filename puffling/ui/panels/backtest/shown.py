"""A stored result, read and put in shape off the window's thread."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from puffin import measures
from puffin.backtest.metrics import periods_in_year
from puffin.backtest.result import BacktestResult, Rolling, YearOfReturns
from puffin.errors import PuffinError
from puffling.core.errors import PufflingError
from puffling.services.backtest_run import NEVER_KNOWN, NO_VOLUME
from puffling.ui.panels.backtest.trades import TradeRow
from puffling.ui.panels.backtest.words import bar_time, parameter_words, title_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from puffin.backtest.attribution import Contribution
    from puffin.backtest.benchmark import Benchmark
    from puffin.measures import Floats
    from puffin.truth.verdict import Verdict
    from puffling.commands.context import Context
    from puffling.store.backtests import AnyResult, SavedBacktest


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """Everything the screen shows of a run.

    `held` is what buying and holding, or the benchmark, would have been worth, with its name.
    """

    id: str
    result: AnyResult
    saved: SavedBacktest
    strategy: str  # its title
    title: str
    subtitle: str
    trades: tuple[TradeRow, ...]
    months: tuple[YearOfReturns, ...]
    held: tuple[str, Floats] | None
    metrics: dict[str, float | None]
    benchmark: Benchmark | None
    contributions: tuple[Contribution, ...]
    assumptions: str
    verdict: Verdict | None
    problem: str = ""  # why there is no benchmark

    @property
    def symbols(self) -> tuple[str, ...]:
        """What it was run on."""
        result = self.result
        return (result.symbol,) if isinstance(result, BacktestResult) else result.symbols

    @property
    def saved_name(self) -> str:
        """What its strategy may be called once it is saved with these parameters."""
        values = [str(each) for each in self.result.parameters.values() if type(each) is int]
        return " ".join([self.strategy, "/".join(values)]).strip()

    @property
    def why_nothing(self) -> str:
        """What to say where there are no trades, with what the prices did not have."""
        known = self.result.assumptions
        told = (f"{topic}: {known[topic]}." for topic in (NO_VOLUME, NEVER_KNOWN) if topic in known)
        return " ".join(["The strategy never traded.", *told])

    @property
    def is_portfolio(self) -> bool:
        """Whether it has several symbols that share the money."""
        return not isinstance(self.result, BacktestResult)

    def rolling(self, window: int) -> Rolling:
        """Return measures of each `window` of bars."""
        result = self.result
        periods, changes = periods_in_year(result.interval), measures.returns(result.equity)
        return Rolling(
            result.time[1:],
            measures.rolling_return(result.equity, window),
            measures.rolling_volatility(changes, window, periods),
            measures.rolling_sharpe(changes, window, periods, 0.0),
        )


def read(context: Context, id_: str) -> Shown:
    """Return a stored result, ready to be shown; runs on a thread.

    Raises:
        BadValueError: No backtest has that id.
    """
    backtests = context.backtests
    result, saved = backtests.load(id_), backtests.get(id_)
    benchmark, problem = _benchmark(context, id_)
    intraday = result.interval.is_intraday
    days = " to ".join(bar_time(each, intraday=intraday) for each in (result.first, result.last))
    words = parameter_words(result.parameters)
    metrics = dict(result.metrics)
    if benchmark is not None:
        metrics |= {
            name: benchmark.metrics.get(name)
            for name in ("alpha", "beta", "correlation", "tracking_error", "information_ratio")
        }
    return Shown(
        id=id_,
        result=result,
        saved=saved,
        strategy=_title(saved),
        title=f"{_title(saved)} on {_symbols(result)}",
        subtitle=" · ".join(
            each for each in (f"{result.interval.label.capitalize()}, {days}", words) if each
        ),
        trades=tuple(_trades(result)),
        months=_months(result),
        held=_held(result, benchmark),
        metrics=metrics,
        benchmark=benchmark,
        contributions=() if isinstance(result, BacktestResult) else result.attribution,
        assumptions=_assumed(context, result),
        verdict=backtests.verdict(id_),
        problem=problem,
    )


def _trades(result: AnyResult) -> Iterator[TradeRow]:
    intraday = result.interval.is_intraday
    if isinstance(result, BacktestResult):
        for place, trade in enumerate(result.trades, start=1):
            yield TradeRow(place, trade, intraday)
        return
    for place, each in enumerate(result.trades, start=1):
        yield TradeRow(place, each.trade, intraday, each.symbol)


def _benchmark(context: Context, id_: str) -> tuple[Benchmark | None, str]:
    try:
        return context.backtests.benchmark(id_), ""
    except (PuffinError, PufflingError) as error:
        return None, str(error)


def _title(saved: SavedBacktest) -> str:
    plan = saved.plan or {}
    return str(plan.get("spec", {}).get("title") or title_of(saved.strategy_id))


def _symbols(result: AnyResult) -> str:
    if isinstance(result, BacktestResult):
        return result.symbol
    few = 3
    names = ", ".join(result.symbols[:few])
    more = len(result.symbols) - few
    return names if more <= 0 else f"{names} and {more} more"


def _held(result: AnyResult, benchmark: Benchmark | None) -> tuple[str, Floats] | None:
    if benchmark is not None:
        return benchmark.symbol, benchmark.equity
    if not isinstance(result, BacktestResult) or not len(result.close):
        return None
    return "Buy and hold", result.equity[0] * result.close / result.close[0]


def _months(result: AnyResult) -> tuple[YearOfReturns, ...]:
    months, found = measures.monthly_returns(result.time, result.equity)
    table: dict[int, list[float | None]] = {}
    for month, value in zip(months.astype(np.int64).tolist(), found.tolist(), strict=True):
        row = table.setdefault(1970 + month // 12, [None] * 12)
        row[month % 12] = value if math.isfinite(value) else None
    return tuple(YearOfReturns(year, tuple(row)) for year, row in table.items())


def _assumed(context: Context, result: AnyResult) -> str:
    last = bar_time(result.last, intraday=result.interval.is_intraday)
    symbol = result.symbol if isinstance(result, BacktestResult) else result.symbols[0]
    try:
        source = context.bars.source(symbol)
    except PuffinError:
        source = "no source in use any more"
    lines = [f"{topic}: {words}." for topic, words in result.assumptions.items()]
    if not isinstance(result, BacktestResult):
        lines += result.notes
    lines += [
        f"Source: {source}; adjusted as of {last}, whose price is as it was traded.",
        f"Data fingerprint: {result.data_hash[:16]}",
        f"Settings fingerprint: {result.config_hash[:16]}",
        "Two runs with the same fingerprints are the same run.",
    ]
    return "\n".join(lines)
