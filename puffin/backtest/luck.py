"""How much of a result luck explains: the arithmetic of having tried many times.

Ratios here are of one period, not of a year: the mean of the returns over their deviation.

* Bailey and López de Prado, "The Sharpe Ratio Efficient Frontier", Journal of Risk 15 (2012).
* Bailey and López de Prado, "The Deflated Sharpe Ratio", Journal of Portfolio Management 40 (2014).
* Bailey, Borwein, López de Prado and Zhu, "The Probability of Backtest Overfitting", Journal of
  Computational Finance 20 (2017, first published 2015).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import combinations
from statistics import NormalDist
from typing import TYPE_CHECKING, Final

import numpy as np

from puffin.errors import ParameterError

if TYPE_CHECKING:
    from puffin.measures import Floats

EULER: Final = 0.5772156649015329
NORMAL: Final = NormalDist()
FEWEST: Final = 3  # returns that have a third moment worth the name
MOST_BLOCKS: Final = 20  # 184,756 ways to halve them
NOTHING: Final = 1e-12  # a spread smaller than this is rounding
CELLS_AT_ONCE: Final = 2_000_000  # keeps the halvings of many trials within 50 megabytes


@dataclass(frozen=True, slots=True)
class Shape:
    """What the distribution of returns looks like, for one period.

    `count` returns with a `sharpe` ratio, a `skew` (0 for the normal distribution) and a
    `kurtosis` (3 for the normal distribution).
    """

    count: int
    sharpe: float
    skew: float = 0.0
    kurtosis: float = 3.0

    @classmethod
    def of(cls, returns: Floats) -> Shape | None:
        """Return the shape of these returns; None if they hardly move or are too few."""
        if len(returns) < FEWEST or not bool(np.isfinite(returns).all()):
            return None
        mean, spread = float(returns.mean()), float(returns.std(ddof=1))
        if not spread > NOTHING:
            return None
        away = (returns - mean) / float(returns.std())
        cubed = away * away * away
        return cls(len(returns), mean / spread, float(cubed.mean()), float((cubed * away).mean()))

    @property
    def deviation(self) -> float | None:
        """How far the ratio found may lie from the true one: its standard error.

        Formula: sqrt((1 - skew * SR + (kurtosis - 1) / 4 * SR^2) / (count - 1)) (Mertens 2002).
        None where the moments contradict each other.
        """
        squared = 1 - self.skew * self.sharpe + (self.kurtosis - 1) / 4 * self.sharpe**2
        if self.count < FEWEST - 1 or not squared > 0:
            return None
        return math.sqrt(squared / (self.count - 1))


def probabilistic_sharpe(shape: Shape, above: float = 0.0) -> float | None:
    """Return the probability that the true ratio is more than `above` (Bailey 2012).

    Formula: Phi((SR - above) / standard error).
    """
    deviation = shape.deviation
    return None if deviation is None else NORMAL.cdf((shape.sharpe - above) / deviation)


def expected_best(tried: int, deviation: float) -> float:
    """Return the best ratio to expect of `tried` trials that are worth nothing (Bailey 2014).

    Formula: deviation * ((1 - g) * Z(1 - 1/N) + g * Z(1 - 1/(N e))), with Euler's constant g, the
    inverse Z of the normal distribution, and the standard deviation of the trials' ratios.
    """
    if tried < 1:
        raise ParameterError("At least one combination was tried.")
    if tried == 1:
        return 0.0
    first = NORMAL.inv_cdf(1 - 1 / tried)
    second = NORMAL.inv_cdf(1 - 1 / (tried * math.e))
    return deviation * ((1 - EULER) * first + EULER * second)


def deflated_sharpe(shape: Shape, tried: int, deviation: float) -> float | None:
    """Return the probability that the ratio is more than luck, the best of `tried` trials.

    `deviation` is the standard deviation of the ratios of all trials, of one period like them.
    0.95 is what statisticians ask for. Trials that resemble each other count for fewer, so this
    errs on the strict side.
    """
    return probabilistic_sharpe(shape, expected_best(tried, deviation))


def fewest_years(tried: int, annual_sharpe: float) -> float | None:
    """Return how many years it takes until `tried` worthless trials do not reach this ratio.

    Formula: (expected best of `tried` / annual Sharpe)^2 (Bailey, Borwein, López de Prado and Zhu,
    "Pseudo-Mathematics and Financial Charlatanism", Notices of the AMS 61, 2014).
    """
    if annual_sharpe <= 0 or tried < 1:
        return None
    return (expected_best(tried, 1.0) / annual_sharpe) ** 2


@dataclass(frozen=True, slots=True, eq=False)
class Overfitting:
    """What halving the past in every way tells about choosing the best of several trials.

    Attributes:
        probability: How often the best of one half is below the middle in the other half.
        loss: How often the best of one half lost money in the other half.
        tried: How many trials were compared.
        blocks: Into how many blocks the past was cut; half of them make a half.
        logits: For each halving, log(rank / (1 - rank)) of the chosen one in the other half.
    """

    probability: float
    loss: float
    tried: int
    blocks: int
    logits: Floats


def probability_of_overfitting(returns: Floats, blocks: int = 16) -> Overfitting:
    """Return how often choosing the best in one half of the past disappoints in the other half.

    Combinatorially symmetric cross-validation (Bailey et al. 2015): the rows are cut into blocks,
    each half of the blocks is once the sample on which the trial with the best Sharpe ratio is
    chosen, and the other half says how it ranks there.

    Args:
        returns: One row a period, one column a trial.
        blocks: An even number; fewer are used if there are not four rows for each.

    Raises:
        ParameterError: There are fewer than two trials, too few rows, or an odd number of blocks.
    """
    count, tried = returns.shape
    blocks = min(blocks, count // 4 // 2 * 2)
    if tried < FEWEST - 1 or blocks < FEWEST - 1:
        raise ParameterError(
            f"{tried} trials over {count} periods are too few to tell whether one was overfitted."
        )
    if blocks % 2 or blocks > MOST_BLOCKS:
        raise ParameterError(f"The blocks must be an even number, at most {MOST_BLOCKS}.")
    parts = np.array_split(returns, blocks)
    sizes = np.array([len(each) for each in parts], np.float64)
    sums = np.array([each.sum(axis=0) for each in parts])
    squares = np.array([(each * each).sum(axis=0) for each in parts])
    chosen = np.array(list(combinations(range(blocks), blocks // 2)))
    halves = np.zeros((len(chosen), blocks))
    np.put_along_axis(halves, chosen, 1.0, axis=1)
    # In this order the last halving is the other half of the first, and so on inwards.
    step = max(1, CELLS_AT_ONCE // tried)
    parts_of = [
        _ratios(halves[start : start + step], sizes, sums, squares)
        for start in range(0, len(halves), step)
    ]
    seen = np.concatenate(parts_of)
    ranks, lost = np.empty(len(halves)), 0
    for start in range(0, len(halves), step):
        rows = slice(start, start + step)
        unseen = seen[::-1][rows]
        mine = np.take_along_axis(unseen, seen[rows].argmax(axis=1)[:, np.newaxis], axis=1)
        # The place among all, ties shared, so that trials that are equal are in the middle.
        place = ((unseen < mine).sum(axis=1) + (unseen <= mine).sum(axis=1) + 1) / 2
        ranks[rows] = place / (tried + 1)
        lost += int((mine < 0).sum())
    logits = np.log(ranks / (1 - ranks))
    return Overfitting(float((logits <= 0).mean()), lost / len(halves), tried, blocks, logits)


def _ratios(halves: Floats, sizes: Floats, sums: Floats, squares: Floats) -> Floats:
    """Return the Sharpe ratio of each trial in each choice of blocks; 0 where nothing moved."""
    count = (halves @ sizes)[:, np.newaxis]
    mean = halves @ sums / count
    variance = (halves @ squares / count - mean * mean) * count / (count - 1)
    spread = np.sqrt(np.maximum(variance, 0.0))
    moved = spread > NOTHING
    ratios: Floats = np.divide(mean, spread, out=np.zeros_like(mean), where=moved)
    return ratios
