"""The quick form of what strategies want: their indicators once, for many sets of parameters.

A strategy that is not listed here has its own `signals` asked, set by set.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple, cast

import numpy as np

from puffin.backtest import layout as at
from puffin.errors import ParameterError
from puffin.strategies.mean_reversion import BAND, MeanReversion, zscore
from puffin.strategies.momentum import Average, Momentum
from puffin.strategies.parts import EQUAL

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from puffin.data.bars import Bars
    from puffin.measures import Floats
    from puffin.strategies.base import Strategy
    from puffin.strategies.mean_reversion import MeanReversionParameters
    from puffin.strategies.momentum import MomentumParameters


class Tables(NamedTuple):
    """Indicators, a row each; for each strategy, which rows it reads and the numbers of its rule.

    `kind` is how it is read; a rule ends with the first row that may want something, and with
    whether to go short.
    """

    kind: int
    table: Floats
    picks: NDArray[np.int64]
    rules: Floats


def tables_of(strategies: Sequence[Strategy], bars: Bars, *, short: bool) -> Tables:
    """Return the indicators of strategies of one class; `short` is whether that is allowed at all.

    Raises:
        ParameterError: A strategy gives more or fewer targets than there are bars.
    """
    kind = type(strategies[0])
    if kind is Momentum:
        return _crossings(strategies, bars, short=short)
    if kind is MeanReversion:
        return _returns(strategies, bars, short=short)
    return _given(strategies, bars, short=short)


def shares_indicators(kind: type) -> bool:
    """Whether strategies of this class share what they are computed from."""
    return kind in {Momentum, MeanReversion}


def targets_of(strategy: Strategy, bars: Bars) -> Floats:
    """Return what a strategy itself says, one target a bar.

    Raises:
        ParameterError: There are more or fewer.
    """
    target = strategy.signals(bars).target
    if len(target) != len(bars):
        raise ParameterError(f"{strategy.title} gave {len(target)} targets.")
    return target


def _given(strategies: Sequence[Strategy], bars: Bars, *, short: bool) -> Tables:
    table = np.empty((len(strategies), len(bars)))
    for row, strategy in enumerate(strategies):
        table[row] = targets_of(strategy, bars)
    picks = np.repeat(np.arange(len(strategies))[:, np.newaxis], 2, axis=1)
    return Tables(at.GIVEN, table, picks, np.tile([0.0, float(short)], (len(strategies), 1)))


def _crossings(strategies: Sequence[Strategy], bars: Bars, *, short: bool) -> Tables:
    from puffin.backtest.kernel_plain import averages

    rows: dict[tuple[Average, int], int] = {}
    picks, rules = [], []
    for strategy in strategies:
        chosen = cast("MomentumParameters", strategy.parameters)
        windows = (chosen.short, chosen.long)
        picks.append([rows.setdefault((chosen.ma, each), len(rows)) for each in windows])
        below = short and not chosen.long_only
        rules.append((max(chosen.threshold, EQUAL), strategy.warm_up - 1, below))
    table = np.empty((len(rows), len(bars)))
    starts = [
        math.nan if kind is Average.SMA else float(bars.close[:window].mean())
        for kind, window in rows
    ]
    spans = np.array([window for _, window in rows], np.int64)
    averages(at.fixed(bars.close), spans, np.array(starts), table)
    return Tables(at.CROSSING, table, np.array(picks, np.int64), np.array(rules, np.float64))


def _returns(strategies: Sequence[Strategy], bars: Bars, *, short: bool) -> Tables:
    rows: dict[int, int] = {}
    picks, rules = [], []
    for strategy in strategies:
        chosen = cast("MeanReversionParameters", strategy.parameters)
        row = rows.setdefault(chosen.window, len(rows))
        picks.append((row, row))
        below = short and not chosen.long_only
        rules.append((chosen.zscore_entry, chosen.zscore_exit - BAND, 0.0, below))
    table = np.array([zscore(bars.close, window) for window in rows])
    return Tables(at.RETURNING, table, np.array(picks, np.int64), np.array(rules, np.float64))
