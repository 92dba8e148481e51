"""Many runs of one strategy on one symbol, of which only the figures are wanted."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, cast

import numpy as np

from puffin import measures
from puffin.backtest import layout as at
from puffin.backtest.engine import is_worthwhile, refuse_short, simulate
from puffin.backtest.metrics import summarise
from puffin.backtest.plan import is_plain, prices_of, rules_of
from puffin.backtest.quick_signals import COLUMNS, tables_of
from puffin.backtest.trials import NAMES, Figures
from puffin.strategies.base import Strategy

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from puffin.backtest.engine import AnyStrategy
    from puffin.backtest.quick_signals import Tables
    from puffin.backtest.sets import Sets
    from puffin.backtest.settings import BacktestSettings
    from puffin.data.bars import Bars
    from puffin.measures import Floats
    from puffin.strategies.base import Parameters, Rule

MOST_AT_ONCE = 4_000_000  # bars times runs; each may keep two numbers in memory, 64 megabytes


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
        rules = _plain_rules(strategy_type, len(bars) * len(runs), settings)
        if rules is not None:

            def tables(part: slice) -> Tables:
                known = cast("Sequence[Strategy]", runs[part])
                return tables_of(known, bars, short=settings.allow_short)

            table[rows] = _quickly(len(runs), tables, bars, settings, rules, first)
        else:
            table[rows] = _singly(runs, bars, settings, first)
    table[~np.isfinite(table)] = np.nan
    return Figures(*table.T)


def quick_sets(
    strategy_type: type[Rule],
    bars: Bars,
    sets: Sets,
    settings: BacktestSettings,
    *,
    first: int = 0,
) -> tuple[Floats, NDArray[np.int64]]:
    """Return the same for sets that the strategy accepts, a row each, and how long each warms up.

    Raises:
        BarsError: The prices cannot be trusted; the message names the row.
        ParameterError: A strategy's decisions make no sense.
    """
    known = COLUMNS.get(strategy_type)
    rules = _plain_rules(strategy_type, len(bars) * len(sets), settings)
    if known is None or rules is None or first >= len(bars):
        made = [strategy_type.Parameters.model_validate(each) for each in sets]
        warm_ups = np.array([strategy_type(each).warm_up for each in made], np.int64)
        return quick_runs(strategy_type, bars, made, settings, first=first).table, warm_ups
    bars.validate()
    table, (tables_of_sets, warm_ups_of) = np.full((len(sets), len(NAMES)), np.nan), known
    warm_ups = warm_ups_of(sets)
    rows = np.flatnonzero(warm_ups < len(bars))
    runs = sets if len(rows) == len(sets) else sets.rows(rows)

    def tables(part: slice) -> Tables:
        return tables_of_sets(runs[part], bars, short=settings.allow_short)

    table[rows] = _quickly(len(runs), tables, bars, settings, rules, first)
    table[~np.isfinite(table)] = np.nan
    return table, warm_ups


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


def is_quick(strategy_type: type[Rule], settings: BacktestSettings) -> bool:
    """Whether a run takes some microseconds: sets are read as columns, and fills are plain."""
    rules = rules_of(settings) if strategy_type in COLUMNS else None
    return rules is not None and is_plain(rules)


def _plain_rules(
    strategy_type: type[Rule], bars: int, settings: BacktestSettings
) -> at.Rules | None:
    """Return the rules of runs that are compiled; None if they are done one by one."""
    if not is_worthwhile(bars) or not issubclass(strategy_type, Strategy):
        return None
    rules = rules_of(settings)
    return rules if rules is not None and is_plain(rules) else None


def _quickly(
    count: int,
    tables: Callable[[slice], Tables],
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
    begin, found = account(rules, settings.capital), np.empty((count, len(NAMES)))
    step = max(1, MOST_AT_ONCE // len(bars))
    for start in range(0, count, step):
        rows = slice(start, start + step)
        kind, table, picks, numbers = tables(rows)
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
