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
def simple(values: Floats, window: int, out: Floats) -> None:
    """Write the simple moving average: the sum up to a row less the sum `window` rows before.

    Both sums are of distances from the first value, as in `puffin.factors.trend.sma`.
    """
    first, high, low = values[0], 0.0, 0.0
    for i in range(min(window - 1, len(values))):
        high += values[i] - first
        out[i] = np.nan
    for i in range(window - 1, len(values)):
        high += values[i] - first
        out[i] = (high - low) / window + first
        low += values[i - window + 1] - first


@compiled
def exponential(values: Floats, window: int, average: float, out: Floats) -> None:
    """Write the exponential moving average, begun with the mean of the first `window` values."""
    share = 2.0 / (window + 1)
    out[: min(window - 1, len(values))] = np.nan
    for i in range(window - 1, len(values)):
        if i >= window:
            average += share * (values[i] - average)
        out[i] = average


@compiled
def crossing(fast: Floats, slow: Floats, rule: Floats, out: Floats) -> None:
    """Write what momentum wants.

    `rule` is how far apart averages must be, the first row that counts, and whether to short.
    """
    apart, first, below = rule[0], min(int(rule[1]), len(out)), -1.0 if rule[2] > 0.0 else 0.0
    for i in range(len(out)):
        spread = (fast[i] - slow[i]) / slow[i]
        out[i] = 1.0 if spread > apart else (below if spread < -apart else 0.0)
    out[:first] = 0.0


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
