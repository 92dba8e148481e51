"""Value at risk and expected shortfall: how much a day may cost, and how often it did.

Losses are positive shares of the value held: 0.02 is two percent. At a level of 95 %, one day in
twenty is expected to lose more than the value at risk, and the mean of those days is the expected
shortfall. Too few returns, or any that is not a number, leave nothing to say: NoDataError.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from statistics import NormalDist
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np

from puffin.errors import NoDataError, ParameterError
from puffin.risk import student

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats: TypeAlias = NDArray[np.float64]

FEWEST: Final = 20  # returns: with less, a tail of 5 % is not even one day
NORMAL: Final = NormalDist()
LEVELS: Final = (0.95, 0.99)
ROUNDING: Final = 1e-13  # a deviation this small beside the mean is none
NODES: Final = 2000  # of the integral over the tail
WINDOW: Final = 250  # a year of sessions


class Method(StrEnum):
    """How the tail is estimated."""

    HISTORICAL = "historical"
    NORMAL = "normal"
    CORNISH_FISHER = "cornish_fisher"
    STUDENT_T = "student_t"


@dataclass(frozen=True, slots=True)
class Tail:
    """What a bad period costs, as a share of the value held.

    `shortfall` is None where the method cannot say: where the expansion of Cornish and Fisher is
    bent so far by its fourth moment that larger losses would be likelier than smaller ones.
    """

    method: Method
    level: float
    value_at_risk: float
    shortfall: float | None


def tail(
    returns: Floats, *, level: float = 0.95, method: Method = Method.HISTORICAL, days: float = 1.0
) -> Tail:
    """Return value at risk and expected shortfall of simple returns.

    * Historical: the loss at the quantile of what happened, between days linearly; the shortfall
      is the mean of the days beyond it. Makes no assumption, and knows nothing that never was.
    * Normal: `z s - m`; the shortfall is `s phi(z) / (1 - level) - m` (McNeil, Frey, Embrechts
      2005). Understates the tail of most stocks.
    * Cornish-Fisher: normal with `z` bent by skewness and kurtosis (Zangari 1996).
    * Student's t: with the mean, deviation and kurtosis of the returns, by moments: 4 + 6 /
      kurtosis degrees of freedom; the normal one for returns without excess kurtosis.

    More `days` than one are scaled by the root of time, which is right only for returns that do
    not depend on those before (RiskMetrics 1996).

    Args:
        returns: Simple returns of one period each, the oldest first.
        level: Confidence, above 0.5 and below 1.
        method: How the tail is estimated.
        days: Periods ahead.

    Raises:
        NoDataError: Fewer than 20 returns, or one that is not a number.
        ParameterError: A level or a number of days that makes no sense.
    """
    _check(level, days)
    known = _known(returns)
    value = float(_thresholds(known, level, method))
    shortfall = _shortfall(known, level, method, value)
    scale = math.sqrt(days)
    return Tail(method, level, value * scale, None if shortfall is None else shortfall * scale)


def normal_tail(deviation: float, *, mean: float = 0.0, level: float = 0.95) -> Tail:
    """Return the tail of a normal distribution: of a portfolio whose deviation is known."""
    _check(level, 1.0)
    z = NORMAL.inv_cdf(level)
    beyond = NORMAL.pdf(z) / (1 - level)
    return Tail(Method.NORMAL, level, z * deviation - mean, beyond * deviation - mean)


def student_tail(scale: float, degrees: float, *, mean: float = 0.0, level: float = 0.95) -> Tail:
    """Return the tail of a Student's t distribution whose scale is known.

    The scale is not the deviation, which is larger by the root of `degrees / (degrees - 2)`. The
    shortfall is `scale x f(q) / (1 - level) x (degrees + q^2) / (degrees - 1) - mean` (McNeil,
    Frey, Embrechts 2005); None for one degree of freedom or less, where no mean exists.

    Raises:
        ParameterError: Degrees of freedom that are not above zero, or a level without sense.
    """
    _check(level, 1.0)
    if not degrees > 0:
        raise ParameterError("The degrees of freedom must be more than zero.")
    edge = student.quantile(degrees, level)
    shortfall = scale * student.mean_beyond(degrees, level) - mean if degrees > 1 else None
    return Tail(Method.STUDENT_T, level, scale * edge - mean, shortfall)


def skewness(returns: Floats) -> float | None:
    """Return the third moment over the cube of the deviation; None for returns that never change.

    Below zero, falls are larger than rises.
    """
    return _moment(returns, 3)


def excess_kurtosis(returns: Floats) -> float | None:
    """Return the fourth moment over the square of the variance, less 3 as a normal one has.

    Above zero, extremes are likelier than a normal distribution says.
    """
    found = _moment(returns, 4)
    return None if found is None else found - 3


def _moment(returns: Floats, order: int) -> float | None:
    if not len(returns):
        return None
    found = float(_moments(returns, order))
    return found if math.isfinite(found) else None


def _moments(returns: Floats, order: int) -> Floats:
    """Return standardised moments along the last axis; NaN where nothing changes."""
    mean = returns.mean(axis=-1, keepdims=True)
    spread = returns - mean
    variance = np.mean(spread * spread, axis=-1)
    known = np.where(variance > (ROUNDING * mean[..., 0]) ** 2, variance, np.nan)
    return np.asarray(np.mean(spread**order, axis=-1) / known ** (order / 2), np.float64)


def _thresholds(returns: Floats, level: float, method: Method) -> Floats:
    """Return the value at risk along the last axis."""
    if method is Method.HISTORICAL:
        return np.asarray(-np.quantile(returns, 1 - level, axis=-1), np.float64)
    z = np.float64(NORMAL.inv_cdf(1 - level))
    reach: Floats | np.float64 = z
    if method is Method.CORNISH_FISHER:
        reach = _bent(z, *_shape(returns))
    elif method is Method.STUDENT_T:
        reach = -student.reach(student.degrees(_shape(returns)[1]), level)
    return np.asarray(-returns.mean(axis=-1) - returns.std(axis=-1, ddof=1) * reach, np.float64)


def _shape(returns: Floats) -> tuple[Floats, Floats]:
    """Return skewness and excess kurtosis, those of a normal distribution where undefined."""
    return np.nan_to_num(_moments(returns, 3)), np.nan_to_num(_moments(returns, 4) - 3)


def _bent(z: Floats | np.float64, skew: Floats, kurtosis: Floats) -> Floats:
    """Return Cornish and Fisher's expansion of a normal quantile (1937)."""
    curve = (z**2 - 1) * skew / 6 + (z**3 - 3 * z) * kurtosis / 24
    return np.asarray(z + curve - (2 * z**3 - 5 * z) * skew**2 / 36, np.float64)


def _shortfall(returns: Floats, level: float, method: Method, edge: float) -> float | None:
    if method is Method.HISTORICAL:
        return -float(returns[returns <= -edge].mean())
    mean, deviation = float(returns.mean()), float(returns.std(ddof=1))
    if method is Method.NORMAL:
        return normal_tail(deviation, mean=mean, level=level).shortfall
    if method is Method.STUDENT_T:
        return deviation * student.beyond(float(student.degrees(_shape(returns)[1])), level) - mean
    # The mean beyond the edge.
    quantiles = _bent(_slices(level), *_shape(returns))
    rising = bool((np.diff(quantiles) >= 0).all())
    return -(mean + deviation * float(quantiles.mean())) if rising else None


@lru_cache(maxsize=16)
def _slices(level: float) -> Floats:
    """Return the normal quantiles at the middles of slices of the tail that are equally likely."""
    slices = (np.arange(NODES) + 0.5) / NODES * (1 - level)
    return np.array([NORMAL.inv_cdf(each) for each in slices.tolist()])


@dataclass(frozen=True, slots=True)
class Kupiec:
    """How often losses were larger than the value at risk, against how often they should be.

    Attributes:
        days: How many were tried.
        exceptions: On how many the loss was larger.
        expected: How many were to be expected.
        ratio: Kupiec's likelihood ratio; chi-squared with one degree of freedom.
        p_value: The chance of a ratio this large if the model is right.
        accepted: Whether that chance is at least 5 %.
    """

    days: int
    exceptions: int
    expected: float
    ratio: float
    p_value: float
    accepted: bool


def kupiec(days: int, exceptions: int, level: float, *, significance: float = 0.05) -> Kupiec:
    """Test the number of exceptions by Kupiec's proportion of failures (1995).

    LR = -2 ln [ (1 - p)^(T - x) p^x / ((1 - x/T)^(T - x) (x/T)^x) ].

    Raises:
        ParameterError: More exceptions than days, no days, or a level that makes no sense.
    """
    _check(level, 1.0)
    if not 0 <= exceptions <= days or days < 1:
        raise ParameterError("The exceptions must lie between none and the days tried.")
    chance, share = 1 - level, exceptions / days

    def likelihood(probability: float) -> float:
        misses = (days - exceptions) * math.log1p(-probability) if exceptions < days else 0.0
        return misses + (exceptions * math.log(probability) if exceptions else 0.0)

    ratio = max(-2 * (likelihood(chance) - likelihood(share)), 0.0)
    p_value = math.erfc(math.sqrt(ratio / 2))
    accepted = p_value >= significance
    return Kupiec(days, exceptions, days * chance, ratio, p_value, accepted)


def backtest(
    returns: Floats,
    *,
    level: float = 0.95,
    method: Method = Method.HISTORICAL,
    window: int = WINDOW,
) -> Kupiec:
    """Try the value at risk on the past: on each day from the returns of the `window` before it.

    Raises:
        NoDataError: There is not one day after the first window.
        ParameterError: A window shorter than 20 days, or a level that makes no sense.
    """
    _check(level, 1.0)
    if window < FEWEST:
        raise ParameterError(f"A window of {window} days is too short: it needs {FEWEST}.")
    known = _known(returns)
    if len(known) <= window:
        raise NoDataError(
            f"The test needs more than {window} returns; there are {len(known)}.",
            hint="Choose a shorter window or a longer period.",
        )
    windows = np.lib.stride_tricks.sliding_window_view(known, window)[:-1]
    losses = _thresholds(windows, level, method)
    exceptions = int((-known[window:] > losses).sum())
    return kupiec(len(losses), exceptions, level)


def _check(level: float, days: float) -> None:
    if not 0.5 < level < 1:  # noqa: PLR2004 - half is where a loss becomes a gain
        raise ParameterError("The level must lie between 50 % and 100 %.")
    if not (days > 0 and math.isfinite(days)):
        raise ParameterError("The days ahead must be more than zero.")


def _known(returns: Floats) -> Floats:
    values = np.asarray(returns, np.float64)
    if len(values) < FEWEST:
        raise NoDataError(
            f"Value at risk needs {FEWEST} returns or more; there are {len(values)}.",
            hint="Choose a longer period.",
        )
    if not np.isfinite(values).all():
        row = int(np.flatnonzero(~np.isfinite(values))[0]) + 1
        raise NoDataError(f"Return {row} is not a number, so the risk cannot be known.")
    return values
