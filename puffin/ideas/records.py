"""How good a rule's ideas were: counted, with how sure the count is, or "too few to say"."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from puffin.ideas.base import HORIZONS, LIFE, SAID_FROM, End, Method

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from puffin.ideas.base import Outcome
    from puffin.types import Side

SURE: Final = 1.959964  # deviations of a 95 % interval


@dataclass(frozen=True, slots=True)
class Record:
    """What became of a rule's ideas after some days.

    Attributes:
        method: Which rule.
        side: "buy", "sell", or "both".
        days: Trading days after the idea.
        ideas: How many there were whose days have passed.
        filled: How many of them filled.
        gained: How many of those made money after costs.
        stopped: How many ended at their stop.
        reached: How many ended at their target.
        hit_rate: `gained` over `filled`; None where they are too few to say.
        low: Lower end of the hit rate's 95 % interval (Wilson); None as above.
        high: Upper end of it.
        mean: Mean gain of the filled ones after costs, as a share of the entry; None as above.
        mean_multiple: The same in distances of the stop.
        text: The line in words, with its counts.
    """

    method: Method
    side: str
    days: int
    ideas: int
    filled: int
    gained: int
    stopped: int
    reached: int
    hit_rate: float | None
    low: float | None
    high: float | None
    mean: float | None
    mean_multiple: float | None
    text: str


class Said(Protocol):
    """What an idea has to tell about itself to be counted."""

    @property
    def method(self) -> Method:
        """Which rule had it."""
        ...

    @property
    def side(self) -> Side:
        """Buy, or sell."""
        ...


def records(told: Iterable[tuple[Said, Sequence[Outcome]]]) -> list[Record]:
    """Return a line for each rule, each side that it ever took, and each horizon."""
    every = list(told)
    found = []
    for method in Method:
        mine = [(idea, each) for idea, each in every if idea.method is method]
        sides = sorted({str(idea.side) for idea, _ in mine})
        for side in (*sides, "both") if len(sides) > 1 else sides or ["both"]:
            chosen = [each for idea, each in mine if side in {"both", str(idea.side)}]
            found += [_record(method, side, days, chosen) for days in HORIZONS]
    return found


def _record(method: Method, side: str, days: int, told: Sequence[Sequence[Outcome]]) -> Record:
    past = [
        each
        for outcomes in told
        for each in outcomes
        if each.days == days and each.passed and each.end not in {End.UNKNOWN, End.WAITING}
    ]
    filled = [(each.ratio, each.multiple or 0.0) for each in past if each.ratio is not None]
    gained = sum(ratio > 0 for ratio, _ in filled)
    # Ideas come every few days and last longer: those that overlap tell the same story twice.
    apart = len(filled) / math.ceil(days / LIFE)
    known = apart >= SAID_FROM
    rate = gained / len(filled) if known else None
    low, high = wilson(rate, apart) if rate is not None else (None, None)
    stopped = sum(each.end is End.STOPPED for each in past)
    reached = sum(each.end is End.TARGET for each in past)
    counts = (
        f"{len(past)} {'idea' if len(past) == 1 else 'ideas'}, {len(filled)} filled, {gained} "
        f"gained, {stopped} stopped out, {reached} at the target after "
    )
    counts += "1 day" if days == 1 else f"{days} days"
    return Record(
        method,
        side,
        days,
        ideas=len(past),
        filled=len(filled),
        gained=gained,
        stopped=stopped,
        reached=reached,
        hit_rate=rate,
        low=low,
        high=high,
        mean=sum(ratio for ratio, _ in filled) / len(filled) if known else None,
        mean_multiple=sum(each for _, each in filled) / len(filled) if known else None,
        text=f"{counts}: {_said(rate, low, high)}.",
    )


def _said(rate: float | None, low: float | None, high: float | None) -> str:
    if rate is None or low is None or high is None:
        return "too few to say"
    return f"{rate:.0%}, between {low:.0%} and {high:.0%} with 95 % confidence"


def wilson(rate: float, count: float) -> tuple[float, float]:
    """Return Wilson's 95 % interval of a share among `count`; it holds near 0 and 1 too."""
    square = SURE**2
    middle = (rate + square / (2 * count)) / (1 + square / count)
    spread = (
        SURE / (1 + square / count) * math.sqrt(rate * (1 - rate) / count + square / (4 * count**2))
    )
    return max(0.0, middle - spread), min(1.0, middle + spread)
