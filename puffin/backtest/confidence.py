"""How far a comparison of strategies can be relied on: steadiness, trades, and luck."""

from __future__ import annotations

import math
import statistics
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from puffin.backtest.luck import expected_best
from puffin.backtest.metrics import periods_in_year
from puffin.backtest.trials import Objective
from puffin.measures import DAYS_IN_YEAR

if TYPE_CHECKING:
    from collections.abc import Sequence

    from puffin.backtest.walked import WalkForwardResult
    from puffin.data.bars import Interval

STEADY: Final = 0.3  # the folds' Sharpe ratios differ by less than this: high
UNSTEADY: Final = 0.8  # by more than this: low
FEWEST_FOLDS: Final = 3  # that say anything about steadiness
FEWEST_TRADES: Final = 30  # in all tests together


class Confidence(StrEnum):
    """How far the comparison can be relied on."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    NONE = "none"


@dataclass(frozen=True)
class Row:
    """One strategy in the comparison; figures of the test parts, None where not defined.

    Attributes:
        strategy_id: Which.
        title: Its name on the screen.
        sharpe: Mean of the folds' Sharpe ratios in test.
        deviation: Their standard deviation (n - 1).
        train_sharpe: Mean of the folds' Sharpe ratios where the parameters were chosen.
        total_return: Of all tests one after the other.
        worst_drawdown: The deepest of a fold, as a negative share.
        trades: Closed in all tests together.
        folds: With a defined Sharpe ratio.
        planned: All folds.
        tried: Combinations that each fold chose from.
        parameters: What the last fold chose.
    """

    strategy_id: str
    title: str
    sharpe: float | None
    deviation: float | None
    train_sharpe: float | None
    total_return: float | None
    worst_drawdown: float | None
    trades: int
    folds: int
    planned: int
    tried: int
    parameters: dict[str, Any] | None


def row_of(result: WalkForwardResult) -> Row:
    """Return a walk-forward as a row of the comparison."""
    sharpes = _defined(result, "sharpe")
    drawdowns = _defined(result, "max_drawdown")
    trained = [
        value for each in result.folds if (value := Objective.SHARPE.of(each.chosen)) is not None
    ]
    return Row(
        strategy_id=result.strategy_id,
        title=result.title,
        sharpe=statistics.fmean(sharpes) if sharpes else None,
        deviation=statistics.stdev(sharpes) if len(sharpes) > 1 else None,
        train_sharpe=statistics.fmean(trained) if trained else None,
        total_return=result.metrics.get("total_return"),
        worst_drawdown=min(drawdowns) if drawdowns else None,
        trades=round(sum(_defined(result, "trades"))),
        folds=len(sharpes),
        planned=result.planned,
        tried=result.tried,
        parameters=result.parameters,
    )


def order(row: Row) -> tuple[bool, float, float]:
    """Return what sorts rows from best to worst: the mean Sharpe ratio, then the drawdown."""
    deepest = math.inf if row.worst_drawdown is None else -row.worst_drawdown
    return row.sharpe is None, -(row.sharpe or 0.0), deepest


@dataclass(frozen=True)
class Evidence:
    """What a confidence rests on.

    Attributes:
        rows: Everything that was compared.
        train_years: In which the parameters of the best were chosen, in one fold.
        test_years: In which they were tried, in all folds together.
    """

    rows: tuple[Row, ...]
    train_years: float
    test_years: float

    @staticmethod
    def of(rows: Sequence[Row], result: WalkForwardResult, interval: Interval) -> Evidence:
        """Return what the best of `rows`, which is `result`, rests on."""
        spans = [last - first for first, last in (each.train for each in result.folds)]
        trained = [span.days / DAYS_IN_YEAR for span in spans]
        tested = (len(result.equity) - 1) / periods_in_year(interval)
        return Evidence(tuple(rows), statistics.fmean(trained) if trained else 0.0, tested)


def judge(row: Row, sharpe: float, evidence: Evidence) -> tuple[Confidence, list[str]]:
    """Return the confidence in the best row, and what it comes from."""
    confidence, reasons = _steadiness(row)
    if row.trades < FEWEST_TRADES:
        confidence = Confidence.LOW
        reasons.append(
            f"Too few trades: {row.trades} were closed in the tests, and fewer than "
            f"{FEWEST_TRADES} say little."
        )
    if row.folds < row.planned:
        idle = row.planned - row.folds
        reasons.append(
            f"It did nothing in {idle} of {row.planned} folds; the mean is of the others."
        )
    lucky, words = _luck(row, sharpe, evidence)
    if lucky:
        confidence = _LOWER[confidence]
    return confidence, [*reasons, *words]


def _steadiness(row: Row) -> tuple[Confidence, list[str]]:
    if row.folds < FEWEST_FOLDS or row.deviation is None:
        many = "one fold has" if row.folds == 1 else f"{row.folds} folds have"
        return Confidence.LOW, [
            f"Only {many} a Sharpe ratio in test; steadiness takes {FEWEST_FOLDS} to show."
        ]
    found = f"From fold to fold the Sharpe deviates by {row.deviation:.2f}"
    if row.deviation < STEADY:
        return Confidence.HIGH, [f"{found}, less than {STEADY}: it is steady."]
    if row.deviation <= UNSTEADY:
        return Confidence.MEDIUM, [f"{found}, between {STEADY} and {UNSTEADY}: it varies."]
    return Confidence.LOW, [f"{found}, more than {UNSTEADY}: it is not steady."]


def _luck(row: Row, sharpe: float, evidence: Evidence) -> tuple[bool, list[str]]:
    """Return whether luck alone explains the best, and what it would come to.

    The ratio of a worthless strategy over y years deviates by 1 / sqrt(y) around 0.
    """
    compared, tried = len(evidence.rows), row.tried
    everything = sum(each.tried for each in evidence.rows)
    lucky, words = False, []
    if compared > 1 and evidence.test_years > 0:
        luck = expected_best(compared, 1 / math.sqrt(evidence.test_years))
        lucky = sharpe < luck
        words.append(
            f"The best of {compared} worthless strategies would show a Sharpe of about {luck:.2f} "
            f"over {evidence.test_years:.1f} years of tests by luck alone; this one has "
            f"{sharpe:.2f}."
        )
    if tried > 1 and row.train_sharpe is not None and evidence.train_years > 0:
        luck = expected_best(tried, 1 / math.sqrt(evidence.train_years))
        lucky = lucky or row.train_sharpe < luck
        words.append(
            f"Its parameters were chosen from {tried:,} combinations in each fold ("
            f"{everything:,} over all strategies). The best of {tried:,} worthless ones would show "
            f"about {luck:.2f} over {evidence.train_years:.1f} years by luck alone; the chosen "
            f"ones showed {row.train_sharpe:.2f}. Combinations that resemble each other count for "
            "fewer, so this is strict."
        )
    return lucky, words


_LOWER = {
    Confidence.HIGH: Confidence.MEDIUM,
    Confidence.MEDIUM: Confidence.LOW,
    Confidence.LOW: Confidence.LOW,
}


def _defined(result: WalkForwardResult, name: str) -> list[float]:
    return [value for each in result.folds if (value := each.found.get(name)) is not None]
