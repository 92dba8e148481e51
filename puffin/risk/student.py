"""Student's t distribution: the tail of returns in which extremes are likelier than normal."""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats: TypeAlias = NDArray[np.float64]

NORMAL: Final = NormalDist()
FEWEST: Final = 4.0  # with so many degrees or fewer the kurtosis is infinite
SLIGHT: Final = 1e-6  # with less excess kurtosis it is the normal distribution to six digits


def degrees(kurtosis: Floats | float) -> Floats:
    """Return the degrees of freedom whose excess kurtosis this is: 4 + 6 / kurtosis.

    Infinity, the normal distribution, where there is none.
    """
    excess = np.asarray(kurtosis, np.float64)
    heavy = excess > SLIGHT
    return np.where(heavy, FEWEST + 6 / np.where(heavy, excess, 1.0), np.inf)


def reach(freedom: Floats, level: float) -> Floats:
    """Return how many deviations from the mean the quantile at `level` lies."""
    from scipy import special

    known = np.isfinite(freedom)
    used = np.where(known, freedom, 1.0)
    found = special.stdtrit(used, level) * np.sqrt(np.maximum(used - 2, 0.0) / used)
    return np.where(known, found, NORMAL.inv_cdf(level))


def beyond(freedom: float, level: float) -> float:
    """Return how many deviations from the mean what lies beyond that quantile is on average."""
    if math.isinf(freedom):
        return NORMAL.pdf(NORMAL.inv_cdf(level)) / (1 - level)
    return mean_beyond(freedom, level) * math.sqrt((freedom - 2) / freedom)


def quantile(freedom: float, level: float) -> float:
    """Return the quantile of the distribution with a scale of one."""
    from scipy import special

    return float(special.stdtrit(freedom, level))


def mean_beyond(freedom: float, level: float) -> float:
    """Return the mean beyond that quantile, with a scale of one; needs more than one degree."""
    edge = quantile(freedom, level)
    log_density = (
        math.lgamma((freedom + 1) / 2)
        - math.lgamma(freedom / 2)
        - math.log(freedom * math.pi) / 2
        - (freedom + 1) / 2 * math.log1p(edge * edge / freedom)
    )
    return math.exp(log_density) / (1 - level) * (freedom + edge * edge) / (freedom - 1)
