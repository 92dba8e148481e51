"""Arithmetic in another process: the port it fits, prices that stay there, and a time limit."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from puffin.errors import ParameterError
from puffling.core.errors import JobFailedError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from puffin.data.bars import Bars

    Tell = Callable[[float], None]

T = TypeVar("T")

KEPT = 8  # tables of prices that a process keeps
_kept: OrderedDict[str, Bars] = OrderedDict()


class Elsewhere(Protocol):
    """A process that does arithmetic for a worker, so that it holds nobody up."""

    def call(
        self, function: Callable[..., T], *arguments: object, progress: Callable[[float], None]
    ) -> T:
        """Return `function(*arguments, progress=...)`, run in another process; blocks."""
        ...


class KeptBars:
    """Calls functions of the same bars again and again, and sends the bars only once.

    The processes know them by their hash; one that does not have them says so and gets them.
    """

    def __init__(self, elsewhere: Elsewhere, bars: Bars) -> None:
        self._elsewhere = elsewhere
        self._bars = bars
        self.key, self.count = bars.data_hash, len(bars)

    def call(self, function: Callable[..., T], *arguments: object, progress: Tell) -> T:
        """Return `function(bars, *arguments, progress=...)`, run in another process; blocks."""
        call = self._elsewhere.call
        found: tuple[T] | None = None
        for bars in (None, self._bars):
            found = call(with_kept, self.key, bars, function, arguments, progress=progress)
            if found is not None:
                return found[0]
        raise JobFailedError("The prices did not reach the process.", hint="Try again.")


def with_kept(
    key: str,
    bars: Bars | None,
    function: Callable[..., T],
    arguments: tuple[Any, ...],
    *,
    progress: Tell,
) -> tuple[T] | None:
    """Return what `function` makes of the bars kept under `key`; None if they are not here."""
    if bars is not None:
        _kept[key] = bars
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    if key not in _kept:
        return None
    _kept.move_to_end(key)
    return (function(_kept[key], *arguments, progress=progress),)


def within(seconds: float, title: str, progress: Tell, monotonic: Callable[[], float]) -> Tell:
    """Return `progress` for work that may not stand still for more than `seconds`.

    It raises a ParameterError once it does, which ends the process that does the work.
    """
    moved, last = monotonic(), -1.0

    def tell(done: float) -> None:
        nonlocal moved, last
        progress(done)
        now = monotonic()
        if done > last:
            moved, last = now, done
        elif now - moved > seconds:
            raise ParameterError(
                f"{title} was stopped: it gave no sign of life for {seconds:g} seconds.",
                hint="Look for a loop that does not end.",
            )

    return tell


def plainly(
    function: Callable[..., T],
    arguments: tuple[Any, ...],
    named: Mapping[str, Any],
    *,
    progress: Tell,
) -> T:
    """Return what a function of the engine returns that tells nobody how far it is."""
    progress(0.0)
    return function(*arguments, **named)
