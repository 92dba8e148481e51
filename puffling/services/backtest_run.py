"""One backtest as a plain function of plain values, so that another process can run it too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from puffin.backtest.engine import Backtester
from puffin.strategies.registry import strategy

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from puffin.backtest.engine import BacktestSettings
    from puffin.backtest.result import BacktestResult
    from puffin.data.bars import Bars


def run_backtest(
    strategy_id: str,
    parameters: Mapping[str, object],
    settings: BacktestSettings,
    bars: Bars,
    *,
    progress: Callable[[float], None],
) -> BacktestResult:
    """Run a strategy over `bars` and return everything that is known of it."""
    chosen = strategy(strategy_id)
    made = chosen(chosen.Parameters.model_validate(dict(parameters)))
    return Backtester(made, settings).run(bars, progress=progress)
