"""The whole of an allocation as one job: weights, the frontier, and the trial out of sample."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from puffin.errors import CancelledError, PuffinError
from puffling.core.errors import PufflingError

if TYPE_CHECKING:
    from collections.abc import Callable

    from puffin.portfolio.allocation import Allocation
    from puffin.portfolio.frontier import Frontier
    from puffin.portfolio.out_of_sample import OutOfSample
    from puffling.commands.allocation_words import AllocateWords
    from puffling.services.allocation import AllocationService, Asked

    Tell = Callable[[float], None]

_POINTS = 25
_WEIGHTS, _FRONTIER = 0.4, 0.6  # how far along the job is after each


@dataclass(frozen=True, slots=True, eq=False)
class Split:
    """An allocation and what belongs to it; a part that could not be had says why."""

    words: AllocateWords
    allocation: Allocation
    frontier: Frontier | None
    no_frontier: str
    trial: OutOfSample | None
    no_trial: str


def split(service: AllocationService, words: AllocateWords, asked: Asked, progress: Tell) -> Split:
    """Return weights, the frontier they lie on, and how the method did where it had not looked.

    Raises:
        BadValueError: Fewer than two symbols are named.
        DataError: Too few returns in common; it says how many there are and are needed.
        ParameterError: Nothing can meet what is asked.
    """
    found = service.allocate(words.method, words.symbols, asked, _part(progress, 0.0, _WEIGHTS))
    frontier, no_frontier, trial, no_trial = None, "", None, ""
    try:
        tell = _part(progress, _WEIGHTS, _FRONTIER)
        frontier = service.frontier(words.symbols, asked, tell, points=_POINTS)
    except CancelledError:
        raise
    except (PuffinError, PufflingError) as error:
        no_frontier = f"{error} {error.hint}".strip()
    if words.out_of_sample:
        try:
            tell = _part(progress, _FRONTIER, 1.0)
            trial = service.out_of_sample(words.method, words.symbols, asked, tell)
        except CancelledError:
            raise
        except (PuffinError, PufflingError) as error:
            no_trial = f"{error} {error.hint}".strip()
    else:
        no_trial = "Not tried: tick “Try out of sample” and allocate again."
    return Split(words, found, frontier, no_frontier, trial, no_trial)


def _part(progress: Tell, first: float, last: float) -> Tell:
    """Return a progress that runs from `first` to `last` of the whole."""
    return lambda done: progress(first + (last - first) * done)
