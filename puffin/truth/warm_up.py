"""Whether decisions depend on where the history begins, after the warm-up as well."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from puffin.truth.check import Check, Grade
from puffin.truth.decisions import differ, part

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from puffin.truth.check import Figure
    from puffin.truth.decisions import Decisions, Flags, Subject

    Rows: TypeAlias = NDArray[np.int64]
    Tell: TypeAlias = Callable[[float], None]

ID, TITLE = "warm_up", "Warm-up"
STARTS = 8
SLOW, FEWER_STARTS = 0.02, 4  # seconds of one run from which on there are fewer of them
SPAN = 1_000  # bars after the warm-up that are compared
EARLY = 60  # of them, those in which a warm-up that is too short shows
FEWEST_BARS = 40  # after a warm-up, to tell anything
TOLERANCE = 0.002  # what an average has almost forgotten may still move a price
TOO_OFTEN = 0.03


def warm_up(subject: Subject, tell: Tell | None = None) -> Check:
    """Return whether a history that begins later leads to the same decisions.

    Averages that weigh all of the past (EMA, RSI, ATR) need more bars than their window before
    they have forgotten their first value. The strategy is run on histories that begin later; what
    it wants there after its warm-up, and would not want with the longer history, is counted.
    """
    need = subject.fewest - 1
    count = len(subject.data)
    span = min(SPAN + 4 * need, count - need - 1)
    if span < FEWEST_BARS:
        said = f"{count:,} bars are too few to begin later: {need + FEWEST_BARS + 1:,} are needed."
        return Check(ID, TITLE, Grade.GREY, said)
    most = STARTS if subject.seconds < SLOW else FEWER_STARTS
    starts = np.unique(np.linspace(1, count - need - span, most).astype(np.int64))
    wrong = np.zeros((len(starts), span + 1), np.bool_)
    for place, start in enumerate(starts.tolist()):
        if tell is not None:
            tell(place / len(starts))
        stop = start + need + span
        try:
            later = subject.again(part(subject.data, start, stop))
        except Exception as error:  # noqa: BLE001 - a trader's own code may raise anything
            said = f"It stops with an error when the history begins later: {error}"
            return Check(ID, TITLE, Grade.AMBER, said)
        wrong[place] = _unlike(subject.decided, later, start)[need - 1 :]
    return _check(wrong, starts, need)


def _unlike(whole: Decisions, later: Decisions, start: int) -> Flags:
    """Return where the shorter history wants something that the longer one does not.

    What the longer one still holds from before is no contradiction.
    """
    found = np.zeros(later.count, np.bool_)
    for name, values in later.columns.items():
        wanted = ~np.isnan(values) & (values != 0)
        longer = whole.column(name, start + later.count)[start:]
        found |= wanted & differ(values, longer, TOLERANCE)
    return found


def _check(wrong: Flags, starts: Rows, need: int) -> Check:
    early = float(wrong[:, :EARLY].mean())
    last = np.where(wrong.any(axis=1), wrong.shape[1] - wrong[:, ::-1].argmax(axis=1), 0)
    settles = int(last.max())
    settled = bool((last < wrong.shape[1] * 3 // 4).all())
    figures: dict[str, Figure] = {
        "warm_up": float(need),
        "histories": float(len(starts)),
        "different": early,
        "settles_after": float(need + settles) if settled else None,
    }
    bars = f"{need:,} {'bar' if need == 1 else 'bars'}"
    if not wrong.any():
        said = (
            f"{len(starts)} histories that begin later lead to the same decisions once the warm-up "
            f"of {bars} is over."
        )
        return Check(ID, TITLE, Grade.GREEN, said, figures)
    count = min(EARLY, wrong.shape[1])
    if settled:
        grade = Grade.RED if early >= TOO_OFTEN else Grade.AMBER
        said = (
            f"Its warm-up of {bars} is too short: in the {count} bars after it, {early:.1%} of the "
            f"decisions are others when the history begins later, and some are until {settles:,} "
            "bars after it."
        )
        return Check(ID, TITLE, grade, said, figures)
    said = (
        f"What it does depends on where the history begins, long after its warm-up of {bars}: "
        f"{float(wrong.mean()):.1%} of the decisions are others when it begins later."
    )
    return Check(ID, TITLE, Grade.AMBER, said, figures)
