"""Whether a result lasts: training against test, the early part of a run against the late."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from puffin import measures
from puffin.backtest.metrics import periods_in_year
from puffin.truth.check import Check, Grade

if TYPE_CHECKING:
    from puffin.truth.check import Figure
    from puffin.truth.robustness import AnyResult

ID, TITLE = "degradation", "Lasting"
KEPT = 0.5  # half of what it promised
FIRST_PART = 0.7
FEWEST = 20  # returns in the last part that say anything


def degradation(result: AnyResult, train_test: tuple[float, float] | None) -> Check:
    """Return how much of the promise is left on data that had no part in the choice.

    Without a training period the first 70 % of the run is compared with the rest; that is no
    proof, because nothing was chosen on the first part, and so is never red.
    """
    return _early_and_late(result) if train_test is None else _train_and_test(*train_test)


def _train_and_test(train: float, test: float) -> Check:
    figures: dict[str, Figure] = {
        "train": train if np.isfinite(train) else None,
        "test": test if np.isfinite(test) else None,
        "kept": None,
    }
    if not (np.isfinite(train) and np.isfinite(test)):
        said = "The figure that was optimised is not defined in training or in testing."
        return Check(ID, TITLE, Grade.GREY, said, figures)
    if train <= 0:
        said = f"Even in training the best was {train:.2f}: there was nothing to lose."
        return Check(ID, TITLE, Grade.GREY, said, figures)
    kept = test / train
    figures["kept"] = kept
    grade = Grade.GREEN if kept >= KEPT else Grade.AMBER if kept > 0 else Grade.RED
    said = (
        f"What was optimised is {train:.2f} where it was chosen and {test:.2f} where it was not: "
        + (f"{kept:.0%} of it is left." if kept > 0 else "nothing of it is left.")
    )
    return Check(ID, TITLE, grade, said, figures)


def _early_and_late(result: AnyResult) -> Check:
    changes, periods = measures.returns(result.equity), periods_in_year(result.interval)
    cut = int(len(changes) * FIRST_PART)
    early = measures.sharpe(changes[:cut], periods)
    late = measures.sharpe(changes[cut:], periods)
    figures: dict[str, Figure] = {"early": early, "late": late}
    if early is None or late is None or len(changes) - cut < FEWEST:
        said = "No training period was given, and the run is too short to compare its parts."
        return Check(ID, TITLE, Grade.GREY, said, figures)
    if early <= 0:
        said = (
            f"No training period was given; the Sharpe ratio of the first 70 % is {early:.2f} and "
            f"that of the rest {late:.2f}."
        )
        return Check(ID, TITLE, Grade.GREY, said, figures)
    grade = Grade.GREEN if late >= early * KEPT else Grade.AMBER
    said = (
        f"No training period was given; the Sharpe ratio of the first 70 % is {early:.2f}, that "
        f"of the rest {late:.2f}."
    )
    return Check(ID, TITLE, grade, said, figures)
