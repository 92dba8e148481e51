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
from puffin.strategies.parts import EQUAL, settling_exponential

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from numpy.typing import NDArray

    from puffin.backtest.sets import Sets
    from puffin.data.bars import Bars
    from puffin.measures import Floats
    from puffin.strategies.base import Rule, Strategy


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
    chosen = [each.parameters for each in strategies]
    windows = np.array([_windows(each) for each in strategies], np.int64)
    kinds = np.array([each.ma.value for each in chosen])
    rules = np.array([_apart(each, short=short) for each in strategies])
    return _crossing(windows, kinds == Average.EMA.value, rules, bars)


def _crossings_of(sets: Sets, bars: Bars, *, short: bool) -> Tables:
    windows = np.column_stack([sets.column("short"), sets.column("long")]).astype(np.int64)
    apart = np.maximum(sets.column("threshold"), EQUAL)
    below = np.logical_and(short, np.logical_not(sets.column("long_only")))
    rules = np.column_stack([apart, _warm_ups_of_crossings(sets) - 1.0, below])
    return _crossing(windows, sets.column("ma") == Average.EMA.value, rules, bars)


def _crossing(
    windows: NDArray[np.int64], exponential: NDArray[np.bool_], rules: Floats, bars: Bars
) -> Tables:
    """Return the averages that are read, each one once; `windows` has two columns."""
    from puffin.backtest.kernel_plain import averages

    kinds = np.where(exponential[:, np.newaxis], -windows, windows)
    found, picks = np.unique(kinds, return_inverse=True)
    table = np.empty((len(found), len(bars)))
    asked = [(Average.EMA if each < 0 else Average.SMA, abs(each)) for each in found.tolist()]
    averages(at.fixed(bars.close), *_begun(asked, bars), table)
    return Tables(at.CROSSING, table, np.ascontiguousarray(picks.reshape(windows.shape)), rules)


def _warm_ups_of_crossings(sets: Sets) -> NDArray[np.int64]:
    longest = sets.column("long").astype(np.int64)
    windows, where = np.unique(longest, return_inverse=True)
    settled = np.array([settling_exponential(each) for each in windows.tolist()], np.int64)
    return longest + np.where(sets.column("ma") == Average.EMA.value, settled[where], 0)


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
    rows = [
        (each.window, each.zscore_entry, each.zscore_exit, each.long_only)
        for each in (strategy.parameters for strategy in strategies)
    ]
    return _returning(*np.array(rows, np.float64).T, bars=bars, short=short)


def _returns_of(sets: Sets, bars: Bars, *, short: bool) -> Tables:
    names = ("window", "zscore_entry", "zscore_exit", "long_only")
    return _returning(*(sets.column(name) for name in names), bars=bars, short=short)


def _returning(
    window: Floats, entry: Floats, leave: Floats, long_only: Floats, *, bars: Bars, short: bool
) -> Tables:
    windows, rows = np.unique(window.astype(np.int64), return_inverse=True)
    below = np.logical_and(short, np.logical_not(long_only))
    rules = np.column_stack([entry, leave - BAND, np.zeros(len(rows)), below])
    table = np.array([zscore(bars.close, each) for each in windows.tolist()])
    picks = np.column_stack([rows, rows]).astype(np.int64)
    return Tables(at.RETURNING, table, picks, np.ascontiguousarray(rules, np.float64))


# Those whose sets of parameters are read column by column: how, and how long each warms up.
COLUMNS: dict[type[Rule], tuple[Callable[..., Tables], Callable[[Sets], NDArray[np.int64]]]] = {
    Momentum: (_crossings_of, _warm_ups_of_crossings),
    MeanReversion: (_returns_of, lambda sets: sets.column("window").astype(np.int64)),
}
