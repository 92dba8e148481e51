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
from puffin.strategies.momentum import Momentum
from puffin.strategies.parts import EQUAL

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from numpy.typing import NDArray

    from puffin.data.bars import Bars
    from puffin.measures import Floats
    from puffin.strategies.base import Strategy
    from puffin.strategies.momentum import Average


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
        return _crossings(cast("Sequence[Momentum]", strategies), bars, short=short)
    if kind is MeanReversion:
        return _returns(cast("Sequence[MeanReversion]", strategies), bars, short=short)
    return _given(strategies, bars, short=short)


def wanted_by(strategy: Strategy, bars: Bars, volatility: Floats, *, short: bool) -> Floats:
    """Return what one strategy wants at each close, as a run follows it.

    `volatility` is empty unless sizes need it.
    """
    from puffin.backtest.kernel_plain import crossed, wanted_of

    wanted, known = np.empty(len(bars)), at.fixed(volatility)
    if type(strategy) is Momentum:
        averages = [(strategy.parameters.ma, window) for window in _windows(strategy)]
        rule = np.array(_apart(strategy, short=short))
        crossed(at.fixed(bars.close), *_begun(averages, bars), rule, known, wanted)
        return wanted
    kind, table, picks, rules = tables_of([strategy], bars, short=short)
    wanted_of(kind, table, picks[0], rules[0], known, wanted)
    return wanted


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


def _crossings(strategies: Sequence[Momentum], bars: Bars, *, short: bool) -> Tables:
    from puffin.backtest.kernel_plain import averages

    rows: dict[tuple[Average, int], int] = {}
    picks = [
        [rows.setdefault((each.parameters.ma, window), len(rows)) for window in _windows(each)]
        for each in strategies
    ]
    table, rules = (
        np.empty((len(rows), len(bars))),
        [_apart(each, short=short) for each in strategies],
    )
    averages(at.fixed(bars.close), *_begun(rows, bars), table)
    return Tables(at.CROSSING, table, np.array(picks, np.int64), np.array(rules))


def _windows(strategy: Momentum) -> tuple[int, int]:
    return strategy.parameters.short, strategy.parameters.long


def _begun(
    averages: Collection[tuple[Average, int]], bars: Bars
) -> tuple[NDArray[np.int64], Floats]:
    """Return the windows of averages, and what each begins with: NaN for a simple one."""
    starts = [
        math.nan if kind == "sma" else float(bars.close[:window].mean())
        for kind, window in averages
    ]
    return np.array([window for _, window in averages], np.int64), np.array(starts)


def _apart(strategy: Momentum, *, short: bool) -> tuple[float, float, float]:
    chosen = strategy.parameters
    return max(chosen.threshold, EQUAL), strategy.warm_up - 1.0, short and not chosen.long_only


def _returns(strategies: Sequence[MeanReversion], bars: Bars, *, short: bool) -> Tables:
    rows: dict[int, int] = {}
    picks, rules = [], []
    for strategy in strategies:
        chosen = strategy.parameters
        row = rows.setdefault(chosen.window, len(rows))
        picks.append((row, row))
        below = short and not chosen.long_only
        rules.append((chosen.zscore_entry, chosen.zscore_exit - BAND, 0.0, below))
    table = np.array([zscore(bars.close, window) for window in rows])
    return Tables(at.RETURNING, table, np.array(picks, np.int64), np.array(rules, np.float64))
