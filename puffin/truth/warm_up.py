"""Whether decisions depend on where the history begins, after the warm-up as well."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from puffin.strategies.base import EventStrategy
from puffin.truth.check import Check, Grade
from puffin.truth.decisions import differ, part

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from puffin.truth.check import Figure
    from puffin.truth.decisions import Data, Decisions, Flags, Subject

    Rows: TypeAlias = NDArray[np.int64]
    Tell: TypeAlias = Callable[[float], None]

ID, TITLE = "warm_up", "Warm-up"
STARTS = 16
FEWER_STARTS = 4  # of strategies that take their time
PASTS = (1.25, 0.8)  # what prices before the later beginning are multiplied by
LEAD = 2_000  # bars of such a past
LASTING = 0.005  # a share of decisions that an average that forgets does not change
SPAN = 540  # bars after the warm-up that are compared, and four times the warm-up
SETTLED = 0.75  # of them, after which nothing may be different any more
EARLY = 60  # of them, those in which a warm-up that is too short shows
FEWEST_BARS = 40  # after a warm-up, to tell anything
TOLERANCE = 0.002  # what an average has almost forgotten may still move a price
TOO_OFTEN = 0.01
ROUNDED = 0.0005  # so few differ because sums round differently


def warm_up(subject: Subject, tell: Tell | None = None) -> Check:
    """Return whether a history that begins later leads to the same decisions.

    Averages that weigh all of the past (EMA, RSI, ATR) need more bars than their window before
    they have forgotten their first value. The strategy is run on histories that begin later; what
    it wants there after its warm-up, and would not want with the longer history, is counted. One
    that decides bar by bar may look at what it holds, which is never more than a warning.
    """
    need = subject.fewest - 1
    count = len(subject.data)
    span = min(SPAN + 4 * need, (count - need) // 2)
    if span < FEWEST_BARS:
        said = f"{count:,} bars are too few to begin later: {need + 2 * FEWEST_BARS:,} are needed."
        return Check(ID, TITLE, Grade.GREY, said)
    most = STARTS if subject.is_quick else FEWER_STARTS
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
    found = _Found(wrong, need)
    by_events = isinstance(subject.strategy, EventStrategy)
    if by_events or (found.is_bad and _remembers(subject, starts[::2], span)):
        found = replace(found, proven=False)
    return _check(found, len(starts))


@dataclass(frozen=True, slots=True, eq=False)
class _Found:
    """Where the shorter histories want something else after their warm-up, a row a history.

    `proven` is False where nothing but a long memory was shown.
    """

    wrong: Flags
    need: int
    proven: bool = True

    @property
    def early(self) -> float:
        """The share of decisions that differ soon after the warm-up."""
        return float(self.wrong[:, :EARLY].mean())

    @property
    def settles(self) -> int:
        """After how many bars the last history decides the same for good."""
        wrong = self.wrong
        last = np.where(wrong.any(axis=1), wrong.shape[1] - wrong[:, ::-1].argmax(axis=1), 0)
        return int(last.max())

    @property
    def settled(self) -> bool:
        """Whether they do well before the rows end, but for a few."""
        late = self.wrong[:, int(self.wrong.shape[1] * SETTLED) :]
        return float(late.mean()) <= LASTING

    @property
    def is_bad(self) -> bool:
        """Whether a warm-up that is too short explains it."""
        return self.settled and self.early >= TOO_OFTEN


def _remembers(subject: Subject, starts: Rows, span: int) -> bool:
    """Return whether another past still shows when an average would have forgotten it.

    Such rules look at all of the past, as the highest price so far does, and have no warm-up that
    would be long enough.
    """
    need, unlike, count = subject.fewest - 1, 0, 0
    for start in starts.tolist():
        begin, stop = max(start - LEAD, 0), start + need + span
        data = part(subject.data, begin, stop)
        one, other = (subject.again(_scaled(data, start - begin, by)) for by in PASTS)
        late = start - begin + need + int(span * SETTLED)
        for name in one.columns.keys() | other.columns.keys():
            first, second = (each.column(name, each.count)[late:] for each in (one, other))
            unlike += int(differ(first, second, TOLERANCE).sum())
        count += one.count - late
    return unlike > LASTING * count


def _scaled(data: Data, stop: int, factor: float) -> Data:
    """Return prices of which those before row `stop` are multiplied by a factor."""
    columns = {}
    for name in ("open", "high", "low", "close"):
        columns[name] = getattr(data, name).copy()
        columns[name][:stop] *= factor
    return replace(data, **columns)


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


def _check(found: _Found, histories: int) -> Check:
    need, settled = found.need, found.settled
    figures: dict[str, Figure] = {
        "warm_up": float(need),
        "histories": float(histories),
        "different": found.early,
        "settles_after": float(need + found.settles) if settled else None,
    }
    bars = f"{need:,} {'bar' if need == 1 else 'bars'}"
    if found.early == 0 and float(found.wrong.mean()) < ROUNDED:
        told = "A history that begins" if histories == 1 else f"{histories} histories that begin"
        said = f"{told} later decide the same once the warm-up of {bars} is over."
        return Check(ID, TITLE, Grade.GREEN, said, figures)
    count = min(EARLY, found.wrong.shape[1])
    if settled and found.proven:
        grade = Grade.RED if found.is_bad else Grade.AMBER
        said = (
            f"Its warm-up of {bars} is too short: in the {count} bars after it, {found.early:.1%} "
            "of the decisions are others when the history begins later, and some are until "
            f"{found.settles:,} bars after it."
        )
        return Check(ID, TITLE, grade, said, figures)
    share = float(found.wrong.mean())
    said = (
        f"What it does depends on where the history begins, not only in its warm-up of {bars}: "
        f"{f'{share:.1%}' if share >= ROUNDED else 'less than 0.1%'} of the decisions are others "
        "when it begins later."
    )
    return Check(ID, TITLE, Grade.AMBER, said, figures)
