"""Realised volatility: how much prices have moved of late, as an annual share."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np
from pydantic import Field

from puffin.factors.base import Group, Indicator, Output, Pane, Parameters
from puffin.factors.library import call

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from puffin.data.bars import Bars

    Floats: TypeAlias = NDArray[np.float64]

FOUR_LOG_TWO: Final = 4 * float(np.log(2))
SESSIONS: Final = 252.0
SESSION_SECONDS: Final = 6.5 * 3600
YEAR_SECONDS: Final = 365.25 * 86_400
YANG_ZHANG: Final = 0.34


class Estimator(StrEnum):
    """Which prices of a bar are used."""

    CLOSE = "close"
    PARKINSON = "parkinson"
    GARMAN_KLASS = "garman_klass"
    ROGERS_SATCHELL = "rogers_satchell"
    YANG_ZHANG = "yang_zhang"


class RealisedParameters(Parameters):
    """Over how many bars, and from which prices."""

    window: int = Field(default=20, ge=2, le=2_000, title="Window", json_schema_extra={"step": 1})
    estimator: Estimator = Field(
        default=Estimator.CLOSE,
        title="Estimator",
        description="Close to close, or from highs and lows, which need fewer bars",
    )


def bars_in_year(bars: Bars) -> float:
    """Return how many bars a year of the regular session has: 252 for daily ones."""
    seconds = bars.interval.seconds
    if bars.interval.is_intraday:
        return SESSIONS * SESSION_SECONDS / seconds
    return min(SESSIONS, YEAR_SECONDS / seconds)


def realised_volatility(bars: Bars, parameters: RealisedParameters) -> dict[str, Floats]:
    """Return the annual deviation of log returns over the last bars, as a share.

    * Close: sample deviation (n - 1) of ln(C / C before).
    * Parkinson (1980): mean of ln(H / L)^2 / (4 ln 2); blind to gaps.
    * Garman-Klass (1980): mean of ln(H / L)^2 / 2 - (2 ln 2 - 1) ln(C / O)^2; blind to gaps.
    * Rogers-Satchell (1991): mean of ln(H/C) ln(H/O) + ln(L/C) ln(L/O); blind to gaps, not
      misled by a trend.
    * Yang-Zhang (2000): variance of the gaps, of open to close, and Rogers-Satchell's, weighted.
    """
    window, kind = parameters.window, parameters.estimator
    close = np.log(bars.close)
    opened, high, low = np.log(bars.open), np.log(bars.high), np.log(bars.low)
    if kind is Estimator.CLOSE:
        variance = _variance(_change(close, close), window)
    elif kind is Estimator.PARKINSON:
        variance = _mean((high - low) ** 2 / FOUR_LOG_TWO, window)
    elif kind is Estimator.GARMAN_KLASS:
        body = (FOUR_LOG_TWO / 2 - 1) * (close - opened) ** 2
        variance = _mean((high - low) ** 2 / 2 - body, window)
    else:
        inside = (high - close) * (high - opened) + (low - close) * (low - opened)
        variance = _mean(inside, window)
        if kind is Estimator.YANG_ZHANG:
            share = YANG_ZHANG / (1 + YANG_ZHANG + (window + 1) / (window - 1))
            gaps = _variance(_change(opened, close), window)
            bodies = _variance(close - opened, window)
            variance = gaps + share * bodies + (1 - share) * variance
    return {"value": np.sqrt(np.maximum(variance, 0.0) * bars_in_year(bars))}


def _change(later: Floats, before: Floats) -> Floats:
    changes = np.full(len(later), np.nan)
    changes[1:] = later[1:] - before[:-1]
    return changes


def _mean(values: Floats, window: int) -> Floats:
    return call("SMA", [values], [window])[0]


def _variance(values: Floats, window: int) -> Floats:
    return call("VAR", [values], [window])[0] * (window / (window - 1))


def _warm_up(parameters: RealisedParameters) -> int:
    between = parameters.estimator in {Estimator.CLOSE, Estimator.YANG_ZHANG}
    return parameters.window - (0 if between else 1)


REALISED: Final = Indicator(
    id="realised_volatility",
    title="Realised volatility",
    group=Group.VOLATILITY,
    inputs=("open", "high", "low", "close"),
    Parameters=RealisedParameters,
    outputs=(Output("value", "Realised volatility"),),
    pane=Pane.OWN,
    compute=realised_volatility,
    lasting=_warm_up,
)
