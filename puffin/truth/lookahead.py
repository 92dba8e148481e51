"""Whether a strategy looks ahead: without the future, or with another one, it must do the same."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from puffin.data.times import moment
from puffin.truth.check import Check, Grade
from puffin.truth.cuts import choose, windows
from puffin.truth.decisions import Subject, part
from puffin.truth.futures import Future, altered
from puffin.truth.spikes import CLOSEST, NEAR, Spike, places, spiked, suspects

if TYPE_CHECKING:
    from collections.abc import Callable

    from puffin.truth.check import Figure
    from puffin.truth.decisions import Change, Data, Decisions

    Tell: TypeAlias = Callable[[float], None]

ID, TITLE = "look_ahead", "Look-ahead"
SECONDS = 0.2  # of the processor, which a search of this kind may take on prices of usual length
STEPS = (24, 60, 150, 400, 1000, 3000, 8000)  # how many shorter runs there may be
LONG = 12_000  # bars from which on shorter histories are searched as well
WINDOW = 3_000
MOST_WINDOWS = 4
FEWEST_BARS = 10
FEWEST, FEWEST_OF_A_WHOLE = 16, 8  # shorter runs, however slow it is
FEWEST_SCREENS, ONE_IN = 4, 6  # runs with many spikes at once, and how many of all runs they are
MOST_SUSPECTS, FEWER_SUSPECTS = 5, 2  # of each kind of spike
HORIZONS = (1, 2, 5, 20, 60, 250)
FUTURES = tuple(Future)


@dataclass(frozen=True, slots=True)
class Peek:
    """A decision that was different without the future; `kept` bars were the same.

    `future` is what came instead, empty if nothing did; `start` is the row on which the shorter
    history began.
    """

    change: Change
    kept: int
    future: str
    start: int = 0


@dataclass(slots=True)
class Search:
    """What was tried so far; `errors` are runs that stopped with an exception."""

    runs: int = 0
    errors: int = 0
    error: str = ""


def look_ahead(subject: Subject, *, runs: int | None = None, tell: Tell | None = None) -> Check:
    """Return whether what comes later changes what was decided before.

    The strategy is run again on prices that end earlier, or go on differently, and every decision
    that could not know is compared. Of long histories the whole is cut a few times and parts of it
    often. Before that, bars here and there are turned into crashes and jumps: where a decision
    changes just before one of them, the strategy is run again with that one alone.

    Args:
        subject: The strategy and what it decides on all prices.
        runs: How many shorter runs to make; by default as many as a fifth of a second takes, and
            16 at least (of a long history 8, and 16 of each part).
        tell: Told how far along it is, 0 to 1; may raise to stop.
    """
    data, least = subject.data, subject.fewest + FEWEST_BARS
    if len(data) < least:
        said = f"{len(data):,} bars are too few to cut any off: {least:,} are needed."
        return Check(ID, TITLE, Grade.GREY, said)
    found, tell = Search(), tell or _silent
    length = max(WINDOW, 4 * subject.fewest)
    long = len(data) >= max(LONG, 2 * length)
    begins = windows(subject, length, MOST_WINDOWS) if long else []
    share = 1 / (len(begins) + 1)
    parts = len(begins) or 1
    most = _affordable(subject, FEWEST_OF_A_WHOLE if begins else FEWEST) if runs is None else runs
    peek = _look(subject, most, found, lambda done: tell(done * share))
    for place, begin in enumerate(begins, 1):
        if peek is not None:
            break
        shorter = part(data, begin, begin + length)
        here = Subject.of(subject.strategy, shorter, subject.settings)
        most = _affordable(here, FEWEST, parts) if runs is None else runs

        def part_done(done: float, place: int = place) -> None:
            tell((place + done) * share)

        peek = _look(here, most, found, part_done)
        if peek is not None:
            peek = replace(peek, start=begin)
    tell(1.0)
    return _check(data, found, peek)


def _affordable(subject: Subject, least: int, parts: int = 1) -> int:
    """Return how many shorter runs to make: steps, so that the same is done on most machines."""
    wanted = SECONDS / parts / max(subject.seconds / 2, 1e-6)
    return max((step for step in STEPS if step <= wanted), default=least)


def _look(subject: Subject, most: int, found: Search, tell: Tell) -> Peek | None:
    return _screen(subject, most, found, lambda done: tell(done / 2)) or _search(
        subject, most, found, lambda done: tell((1 + done) / 2)
    )


def _screen(subject: Subject, most: int, found: Search, tell: Tell) -> Peek | None:
    """Turn many bars into something else at once, and look closely where that showed before it."""
    data, decided = subject.data, subject.decided
    wide = CLOSEST + NEAR + 2 * subject.fewest
    spikes = tuple(Spike)
    screens = max(FEWEST_SCREENS, most // ONE_IN) if most >= FEWEST else FEWEST_SCREENS // 2
    for place in range(screens):
        tell(place / screens)
        spike, spacing = spikes[place % len(spikes)], CLOSEST if place % 2 == 0 else wide
        rows = places(subject, spacing, max(place - 1, 0))
        again = _run(subject, spiked(data, rows, spike), found)
        if again is None:
            continue
        found_here = suspects(decided, again, rows)
        closely = MOST_SUSPECTS if subject.is_quick else FEWER_SUSPECTS
        chosen = np.unique(np.linspace(0, len(found_here) - 1, closely).astype(np.int64))
        for row in found_here[chosen].tolist() if len(found_here) else ():
            stop = min(row + NEAR + 1, len(data))
            alone = spiked(data.head(stop), np.array([row]), spike)
            closer = _run(subject, alone, found)
            change = None if closer is None else decided.change(closer, row)
            if change is not None:
                return Peek(change, row, str(spike))
    return None


def _run(subject: Subject, data: Data, found: Search) -> Decisions | None:
    found.runs += 1
    try:
        return subject.again(data)
    except Exception as error:  # noqa: BLE001 - a trader's own code may raise anything
        if len(data) < subject.fewest:  # it said that it needs more
            found.runs -= 1
            return None
        found.errors += 1
        found.error = str(error) or type(error).__name__
        return None


def _search(subject: Subject, most: int, found: Search, tell: Tell) -> Peek | None:
    """Make shorter runs until one of them decides differently.

    Each cut is looked at twice, with nothing after it and with something else.
    """
    data, decided = subject.data, subject.decided
    cuts = choose(subject, (most + 1) // 2)
    for place, cut in enumerate(cuts):
        tell(place / len(cuts))
        future = FUTURES[place % len(FUTURES)]
        horizon = (*HORIZONS, len(data))[place % (len(HORIZONS) + 1)]
        stop = min(cut + horizon, len(data))
        for other, words in ((None, ""), (future, str(future))):
            prices = data.head(cut) if other is None else altered(data, cut, other, stop)
            again = _run(subject, prices, found)
            change = None if again is None else decided.change(again, cut)
            if change is not None:
                return Peek(change, cut, words)
    return None


def _check(data: Data, found: Search, peek: Peek | None) -> Check:
    figures: dict[str, Figure] = {"runs": float(found.runs), "failed": float(found.errors)}
    if peek is not None:
        row, change = peek.start + peek.change.row, peek.change
        when = f"{moment(int(data.time[row])):%Y-%m-%d %H:%M}".removesuffix(" 00:00")
        without = "the bars after" if not peek.future else "other bars after"
        last = f"{moment(int(data.time[peek.start + peek.kept - 1])):%Y-%m-%d %H:%M}"
        said = (
            f"It looks ahead: on {when} its {change.what} was {_value(change.one)}, but "
            f"{_value(change.other)} with {'none of ' if not peek.future else ''}{without} "
            f"{last.removesuffix(' 00:00')}."
        )
        figures |= {
            "row": float(row),
            "kept": float(peek.start + peek.kept),
            "with_the_future": change.one if math.isfinite(change.one) else None,
            "without_it": change.other if math.isfinite(change.other) else None,
            "decision": change.what,
            "instead": peek.future or "nothing",
        }
        return Check(ID, TITLE, Grade.RED, said, figures)
    if found.errors == found.runs:
        said = f"It cannot be run on fewer bars, so this is not known: {found.error}"
        return Check(ID, TITLE, Grade.AMBER, said, figures)
    if found.errors:
        said = (
            f"{found.runs - found.errors:,} runs with the future cut off or changed decided the "
            f"same, but {found.errors:,} stopped with an error: {found.error}"
        )
        return Check(ID, TITLE, Grade.AMBER, said, figures)
    said = f"The future was cut off or changed {found.runs:,} times: the past stayed the same."
    return Check(ID, TITLE, Grade.GREEN, said, figures)


def _value(value: float) -> str:
    return "nothing" if np.isnan(value) else f"{value:.6g}"


def _silent(_done: float) -> None:
    """Tell nobody."""
