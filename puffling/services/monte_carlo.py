"""What else a stored backtest might have come to: other orders, other blocks, other parameters."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from puffin.backtest.result import BacktestResult
from puffling.core.errors import BadValueError
from puffling.services.backtest_run import told_of
from puffling.services.periods import prices

if TYPE_CHECKING:
    from collections.abc import Callable

    from puffin.backtest.fan import Fan
    from puffin.data.bars import Bars
    from puffin.measures import Floats
    from puffling.services.backtests import BacktestService
    from puffling.services.bars import BarService
    from puffling.services.elsewhere import Elsewhere
    from puffling.services.plans import Plan

    Tell = Callable[[float], None]


class ChanceKind(StrEnum):
    """What is drawn anew."""

    TRADES = "trades"  # the same trades in another order, or trades out of them with repetition
    RETURNS = "returns"  # blocks of the account's returns
    PARAMETERS = "parameters"  # parameters near the ones it has


@dataclass(frozen=True, slots=True)
class Chance:
    """What a Monte Carlo run is asked: what is drawn, how often, and from which seed.

    `runs` of 0 are as many as usual; `block` of None is chosen from the returns; `noise` is how
    far parameters are moved, 0.1 is 10 %; with `replace` trades may come twice.
    """

    kind: ChanceKind = ChanceKind.RETURNS
    runs: int = 0
    seed: int = 0
    block: float | None = None
    noise: float = 0.1
    replace: bool = False


def fan_of(
    backtests: BacktestService,
    bars: BarService,
    elsewhere: Elsewhere,
    id_: str,
    asked: Chance,
    progress: Tell,
) -> Fan:
    """Return the fan of a stored backtest.

    Raises:
        BadValueError: No backtest has that id, or it has many symbols or kept no plan.
        ParameterError: There is too little to draw from.
    """
    from puffin import measures

    result = backtests.load(id_)
    capital = float(result.equity[0])
    if asked.kind is ChanceKind.RETURNS:
        series = measures.returns(result.equity)
        return elsewhere.call(draw_fan, asked, series, capital, progress=progress)
    if asked.kind is ChanceKind.PARAMETERS:
        if not isinstance(result, BacktestResult):
            raise BadValueError("Parameters are moved for backtests of one symbol.")
        plan = backtests.plan(id_)
        table = prices(bars, plan.symbol, plan.period)
        tell = backtests.limited(plan.spec, progress)
        return elsewhere.call(move_parameters, asked, plan, table, progress=tell)
    if isinstance(result, BacktestResult):
        trades = list(result.closed_trades)
    else:
        trades = [each.trade for each in result.closed_trades]
    ended = sorted(trades, key=lambda each: each.exit_time or each.entry_time)
    profits = [each.profit for each in ended]
    return elsewhere.call(draw_fan, asked, profits, capital, progress=progress)


def draw_fan(asked: Chance, series: Floats | list[float], capital: float, *, progress: Tell) -> Fan:
    """Return the fan of drawn trades, given their profits, or of drawn returns."""
    import numpy as np

    from puffin.backtest.monte_carlo import RUNS, block_bootstrap, trade_returns, trade_shuffle

    values, runs = np.asarray(series, np.float64), asked.runs or RUNS
    if asked.kind is ChanceKind.RETURNS:
        return block_bootstrap(
            values, asked.block, capital=capital, runs=runs, seed=asked.seed, progress=progress
        )
    return trade_shuffle(
        trade_returns(values, capital),
        capital=capital,
        runs=runs,
        seed=asked.seed,
        replace=asked.replace,
        progress=progress,
    )


def move_parameters(asked: Chance, plan: Plan, bars: Bars, *, progress: Tell) -> Fan:
    """Return the fan of runs with parameters a little off."""
    from puffin.backtest.noise import RUNS, parameter_noise

    with told_of(plan.spec):
        return parameter_noise(
            plan.spec,
            bars,
            plan.settings,
            noise=asked.noise,
            runs=asked.runs or RUNS,
            seed=asked.seed,
            progress=progress,
        )
