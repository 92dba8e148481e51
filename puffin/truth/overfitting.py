"""Whether luck explains a result: the best of many trials is good without being worth anything."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from puffin import measures
from puffin.backtest.luck import (
    Overfitting,
    Shape,
    deflated_sharpe,
    expected_best,
    fewest_years,
    probabilistic_sharpe,
    probability_of_overfitting,
)
from puffin.backtest.metrics import periods_in_year
from puffin.errors import ParameterError
from puffin.truth.check import Check, Grade

if TYPE_CHECKING:
    from puffin.measures import Floats
    from puffin.truth.check import Figure
    from puffin.truth.robustness import AnyResult

__all__ = [
    "Overfitting",
    "Shape",
    "deflated_sharpe",
    "luck",
    "overfitting",
    "probabilistic_sharpe",
    "probability_of_overfitting",
]

SURE = 0.95  # what Bailey and López de Prado ask of the deflated Sharpe ratio
LIKELY = 0.8
OFTEN = 0.5  # the choice is worth no more than a coin
SELDOM = 0.2
MANY_TRIALS = 200  # for more, fewer halvings are quick enough
TWO = 2  # a spread needs two numbers


def luck(result: AnyResult, tried: int, trial_sharpes: Floats | None) -> Check:
    """Return how likely the Sharpe ratio is more than luck, given how many were tried."""
    id_, title = "luck", "Luck"
    periods = periods_in_year(result.interval)
    changes = measures.returns(result.equity)
    shape = Shape.of(changes)
    if shape is None or shape.sharpe <= 0:
        said = "There is no profit for which luck could be the reason."
        return Check(id_, title, Grade.GREY, said, {"tried": float(tried)})
    known = np.empty(0) if trial_sharpes is None else trial_sharpes[np.isfinite(trial_sharpes)]
    own = shape.deviation or math.sqrt(1 / (shape.count - 1))
    spread = float(known.std(ddof=1)) / math.sqrt(periods) if len(known) >= TWO else own
    best = expected_best(tried, spread)
    chance = deflated_sharpe(shape, tried, spread)
    annual, bar = shape.sharpe * math.sqrt(periods), best * math.sqrt(periods)
    figures = {
        "probability": chance,
        "sharpe": annual,
        "best_by_luck": bar,
        "tried": float(tried),
        "returns": float(shape.count),
        "skew": shape.skew,
        "kurtosis": shape.kurtosis,
        "spread_of_trials": spread * math.sqrt(periods),
        "years_needed": fewest_years(tried, annual),
    }
    if chance is None:
        said = f"The returns are too uneven to say whether a Sharpe ratio of {annual:.2f} is luck."
        return Check(id_, title, Grade.AMBER, said, figures)
    grade = Grade.GREEN if chance >= SURE else Grade.AMBER if chance >= LIKELY else Grade.RED
    if tried == 1:
        said = (
            f"A Sharpe ratio of {annual:.2f} over {shape.count:,} returns is more than zero with a "
            f"probability of {chance:.0%}."
        )
    else:
        assumed = "" if len(known) >= TWO else ", if their ratios spread as luck's would"
        said = (
            f"The best of {tried:,} combinations reaches a Sharpe ratio of {bar:.2f} by luck"
            f"{assumed}; this one has {annual:.2f} and beats that with a probability of "
            f"{chance:.0%}."
        )
    return Check(id_, title, grade, said, figures)


def overfitting(tried: int, trial_returns: Floats | None) -> Check:
    """Return how often the best of one half of the past disappoints in the other half."""
    id_, title = "overfitting", "Overfitting"
    if trial_returns is None:
        said = (
            "Only one combination was tried, so none was chosen for its result."
            if tried == 1
            else f"The returns of the {tried:,} combinations that were tried are not known."
        )
        return Check(id_, title, Grade.GREY, said, {"tried": float(tried)})
    whole = np.isfinite(trial_returns).all(axis=0)
    known = trial_returns[:, whole]
    figures: dict[str, Figure] = {"tried": float(tried)}
    if known.shape[1] > 1 and bool((known == known[:, :1]).all()):
        said = (
            f"All {known.shape[1]:,} combinations that were tried gave the same returns, so "
            "nothing was chosen among them."
        )
        return Check(id_, title, Grade.GREY, said, figures)
    try:
        found = probability_of_overfitting(known, 16 if known.shape[1] <= MANY_TRIALS else 12)
    except ParameterError as error:
        return Check(id_, title, Grade.GREY, str(error), figures)
    chance = found.probability
    grade = Grade.GREEN if chance <= SELDOM else Grade.AMBER if chance <= OFTEN else Grade.RED
    said = (
        f"The past was halved in {len(found.logits):,} ways: in {chance:.0%} of them the best of "
        f"{found.tried:,} combinations in one half was below the middle in the other, and in "
        f"{found.loss:.0%} it lost money there."
    )
    figures = {
        "probability": chance,
        "loss": found.loss,
        "tried": float(found.tried),
        "halvings": float(len(found.logits)),
        "blocks": float(found.blocks),
    }
    return Check(id_, title, grade, said, figures)
