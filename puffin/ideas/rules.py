"""Every rule that has ideas, asked about one close or about all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from puffin.ideas.base import LIFE, Idea, Method, NoIdea
from puffin.ideas.momentum import momentum
from puffin.ideas.outcomes import outcomes
from puffin.ideas.readings import FEWEST, readings_of
from puffin.ideas.signals import signals

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from puffin.data.bars import Bars
    from puffin.ideas.base import Outcome
    from puffin.ideas.readings import Snapshot

RULES: Final[Mapping[Method, Callable[[Snapshot], Idea | NoIdea]]] = {
    Method.MOMENTUM: momentum,
    Method.SIGNALS: signals,
}


def ideas_of(raw: Bars) -> list[Idea | NoIdea]:
    """Return what each rule says at the last close.

    Args:
        raw: Daily bars as they were traded, with their adjusted close where that is known.
    """
    if not len(raw):
        why = f"There are no prices of {raw.symbol}."
        return [NoIdea(raw.symbol, each, why) for each in RULES]
    now = readings_of(raw).at(-1)
    return [rule(now) for rule in RULES.values()]


def past_ideas(raw: Bars) -> Iterator[tuple[Idea, tuple[Outcome, ...]]]:
    """Yield every idea that the rules would have had, with what became of it.

    While an idea's entry may still fill, the same rule has no second one on that side.
    """
    if len(raw) < FEWEST:
        return
    readings, adjusted = readings_of(raw), raw.adjust()
    alive: dict[tuple[Method, str], int] = {}
    for row in range(FEWEST - 1, len(raw)):
        now = readings.at(row)
        for method, rule in RULES.items():
            found = rule(now)
            if not isinstance(found, Idea):
                continue
            key = method, found.side.value
            if row <= alive.get(key, -1):
                continue
            alive[key] = row + LIFE
            yield found, outcomes(found, adjusted)


def base_rate(raw: Bars, days: int) -> tuple[float, float] | None:
    """Return the share of days after which a holder had gained, and his mean gain.

    What any buyer at the close would have had: an idea is worth something only beyond it.
    """
    close = raw.adjust().close[FEWEST - 1 :]
    if len(close) <= days:
        return None
    made = close[days:] / close[:-days] - 1
    return float(np.mean(made > 0)), float(np.mean(made))
