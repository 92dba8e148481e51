"""Many runs of one strategy on one symbol, of which only the figures are wanted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import numpy as np

from puffin.backtest.engine import Backtester

if TYPE_CHECKING:
    from collections.abc import Sequence

    from puffin.backtest.engine import AnyStrategy
    from puffin.backtest.settings import BacktestSettings
    from puffin.data.bars import Bars
    from puffin.measures import Floats
    from puffin.strategies.base import Parameters, Rule


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


NAMES = tuple(Figures.__dataclass_fields__)


def quick_runs(
    strategy_type: type[Rule],
    bars: Bars,
    parameter_sets: Sequence[Parameters],
    settings: BacktestSettings,
) -> Figures:
    """Return the figures of one run for each set of parameters.

    Raises:
        BarsError: The prices cannot be trusted; the message names the row.
        NoDataError: There are no more bars than a strategy needs to warm up.
        ParameterError: A strategy's decisions make no sense.
    """
    table = np.empty((len(parameter_sets), len(NAMES)))
    for row, parameters in enumerate(parameter_sets):
        strategy = cast("AnyStrategy", strategy_type(parameters))
        metrics = Backtester(strategy, settings).run(bars).metrics
        table[row] = [_number(metrics[name]) for name in NAMES]
    return Figures(*table.T)


def equity_curve(strategy: Rule, bars: Bars, settings: BacktestSettings) -> Floats:
    """Return equity at every close of one run: fast enough to follow a slider.

    Raises:
        BarsError: The prices cannot be trusted; the message names the row.
        NoDataError: There are no more bars than the strategy needs to warm up.
        ParameterError: The strategy's decisions make no sense.
    """
    return Backtester(cast("AnyStrategy", strategy), settings).run(bars).equity


def _number(value: float | None) -> float:
    return np.nan if value is None else value
