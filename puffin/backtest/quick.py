"""Many runs of one strategy on one symbol, of which only the figures are wanted."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, cast

import numpy as np

from puffin import measures
from puffin.backtest import layout as at
from puffin.backtest.engine import is_worthwhile, refuse_short, simulate
from puffin.backtest.metrics import summarise
from puffin.backtest.plan import is_plain, prices_of, rules_of
from puffin.backtest.quick_signals import tables_of
from puffin.strategies.base import Strategy

if TYPE_CHECKING:
    from collections.abc import Sequence

    from puffin.backtest.engine import AnyStrategy
    from puffin.backtest.settings import BacktestSettings
    from puffin.data.bars import Bars
    from puffin.measures import Floats
    from puffin.strategies.base import Parameters, Rule

MOST_AT_ONCE = 4_000_000  # bars times runs; each may keep two numbers in memory, 64 megabytes


@dataclass(frozen=True, slots=True, eq=False)
class Figures:
    """The figures of many runs, one number a run, NaN where one is not defined.

    They are what `BacktestResult.metrics` has under the same names.
    """

    total_return: Floats
    cagr: Floats
    volatility: Floats
    sharpe: Floats
    sortino: Floats
    max_drawdown: Floats
    calmar: Floats
    exposure: Floats
    trades: Floats
    win_rate: Floats
    profit_factor: Floats

    def __len__(self) -> int:
        return len(self.trades)


NAMES = tuple(field.name for field in fields(Figures))


def quick_runs(
    strategy_type: type[Rule],
    bars: Bars,
    parameter_sets: Sequence[Parameters],
    settings: BacktestSettings,
    *,
    first: int = 0,
) -> Figures:
    """Return the figures of one run for each set of parameters.

    They are those of `Backtester` for the same strategy, bars and settings. Nothing is known of a
    set that needs more bars than there are: all its figures are NaN.

    Args:
        strategy_type: The class of the strategy.
        bars: The prices, checked here.
        parameter_sets: What to run it with.
        settings: What is assumed.
        first: The row at whose close the first decision is made and the account begins; what is
            decided with sees the bars before it too.

    Raises:
        BarsError: The prices cannot be trusted; the message names the row.
        ParameterError: A strategy's decisions make no sense.
    """
    bars.validate()
    table = np.full((len(parameter_sets), len(NAMES)), np.nan)
    strategies = [strategy_type(each) for each in parameter_sets]
    rows = [row for row, each in enumerate(strategies) if each.warm_up < len(bars)]
    runs = [cast("AnyStrategy", strategies[row]) for row in rows]
    if runs and first < len(bars):
        rules, targets = rules_of(settings), issubclass(strategy_type, Strategy)
        many = is_worthwhile(len(bars) * len(runs))
        if many and targets and rules is not None and is_plain(rules):
            table[rows] = _quickly(runs, bars, settings, rules, first)
        else:
            table[rows] = _singly(runs, bars, settings, first)
    table[~np.isfinite(table)] = np.nan
    return Figures(*table.T)


def equity_curve(
    strategy: Rule, bars: Bars, settings: BacktestSettings, *, first: int = 0
) -> Floats:
    """Return equity at every close of one run, from row `first` on: it can follow a slider.

    Raises:
        BarsError: The prices cannot be trusted; the message names the row.
        NoDataError: There are no more bars than the strategy needs to warm up.
        ParameterError: The strategy's decisions make no sense.
    """
    bars.validate()
    refuse_short(strategy, bars)
    return simulate(cast("AnyStrategy", strategy), bars, settings, first=first)[0].equity


def _quickly(
    runs: Sequence[AnyStrategy],
    bars: Bars,
    settings: BacktestSettings,
    rules: at.Rules,
    first: int,
) -> Floats:
    from puffin.backtest.kernel_plain import run_many
    from puffin.backtest.kernel_run import account, all_fixed

    prices = prices_of(bars, settings.size_rule)
    known, part = at.fixed(prices.volatility), all_fixed(prices.from_row(first))
    periods, years = bars.interval.in_year, measures.years(part.time)
    begin, found = account(rules, settings.capital), np.empty((len(runs), len(NAMES)))
    step = max(1, MOST_AT_ONCE // len(bars))
    for start in range(0, len(runs), step):
        rows = slice(start, start + step)
        kind, table, picks, numbers = tables_of(
            cast("Sequence[Strategy]", runs[rows]), bars, short=settings.allow_short
        )
        rates = (years, periods, settings.risk_free)
        run_many(kind, table, picks, numbers, known, begin, part, rates, found[rows])
    return found


def _singly(
    runs: Sequence[AnyStrategy], bars: Bars, settings: BacktestSettings, first: int
) -> Floats:
    found, part = np.empty((len(runs), len(NAMES))), bars.tail(len(bars) - first)
    for row, strategy in enumerate(runs):
        metrics = summarise(
            part, *simulate(strategy, bars, settings, first=first), settings.risk_free
        )
        values = [metrics[name] for name in NAMES]
        found[row] = [math.nan if each is None else each for each in values]
    return found
