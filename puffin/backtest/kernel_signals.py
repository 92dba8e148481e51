"""What strategies want, compiled: averages, and the targets that follow from them.

Each function gives the same numbers, to the last digit, as the strategy it is the quick form of;
see `quick_signals.py`. Targets are as a run follows them: nothing before they are known, and
nothing short where that is off.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from puffin.backtest.kernel_fills import compiled

if TYPE_CHECKING:
    from puffin.measures import Floats


@compiled
def simple(values: Floats, window: int, sums: Floats, start: int, out: Floats) -> None:
    """Write the simple moving average: the sum up to a row less the sum `window` rows before.

    Both `sums` are of distances from the first value, as in `puffin.factors.trend.sma`; the rows
    begin with `start`, and the next call goes on after them.
    """
    first, high, low = values[0], sums[0], sums[1]
    for k in range(len(out)):
        i = start + k
        high += values[i] - first
        out[k] = np.nan
        if i >= window - 1:
            out[k] = (high - low) / window + first
            low += values[i - window + 1] - first
    sums[0], sums[1] = high, low


@compiled
def exponential(values: Floats, window: int, latest: Floats, start: int, out: Floats) -> None:
    """Write the exponential moving average; `latest` is the mean of the first values at first."""
    share, average = 2.0 / (window + 1), latest[0]
    for k in range(len(out)):
        i = start + k
        if i >= window:
            average += share * (values[i] - average)
        out[k] = average if i >= window - 1 else np.nan
    latest[0] = average


@compiled
def average(values: Floats, window: int, state: Floats, start: int, out: Floats) -> None:
    """Write some rows of an average: `state` is NaN and two sums, or what it has come to."""
    if np.isnan(state[0]):
        simple(values, window, state[1:], start, out)
    else:
        exponential(values, window, state, start, out)


@compiled
def crossing(fast: Floats, slow: Floats, start: int, rule: Floats, out: Floats) -> None:
    """Write what momentum wants; the rows begin with `start`.

    `rule` is how far apart averages must be, the first row that counts, and whether to short.
    """
    apart, below = rule[0], -1.0 if rule[2] > 0.0 else 0.0
    for i in range(len(out)):
        spread = (fast[i] - slow[i]) / slow[i]
        out[i] = 1.0 if spread > apart else (below if spread < -apart else 0.0)
    out[: min(max(int(rule[1]) - start, 0), len(out))] = 0.0


@compiled
def returning(z: Floats, rule: Floats, out: Floats) -> None:
    """Write what mean reversion wants; `rule` is entry, exit, 0, and whether to short."""
    entry, leave, short = rule[0], rule[1], rule[3] > 0.0
    held = 0.0
    for i in range(len(out)):
        if z[i] <= entry:
            held = 1.0
        elif short and z[i] >= -entry:
            held = -1.0
        elif (held > 0.0 and z[i] >= leave) or (held < 0.0 and z[i] <= -leave):
            held = 0.0
        out[i] = held


@compiled
def followed(target: Floats, volatility: Floats, rule: Floats, out: Floats) -> None:
    """Write what is wanted at each close: NaN, or a size not known yet, keeps what was wanted."""
    latest, sized, short = 0.0, len(volatility) == 0, rule[-1] > 0.0
    for i in range(len(out)):
        if not np.isnan(target[i]) and (sized or not np.isnan(volatility[i])):
            latest = target[i]
        out[i] = latest if short or latest > 0.0 else 0.0
