"""A column of numbers and its summaries of 4, 16, 64 … of them, which follow its live end."""

from __future__ import annotations

from enum import Enum
from itertools import pairwise
from typing import TYPE_CHECKING, Generic, TypeVar

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

BASE = 4  # how many entries of one level make one of the next
FLOOR = 64  # a level this short needs none above it
SPARE = 256  # room for live bars before a column has to be copied

T = TypeVar("T", np.float64, np.int64)


class Fold(Enum):
    """How several numbers become one."""

    FIRST = "first"
    HIGH = "high"
    LOW = "low"
    LAST = "last"
    SUM = "sum"


class Buffer(Generic[T]):
    """A column that grows at its end without being copied each time.

    It borrows the array it is given until its first change, so that a million bars are on the
    screen before anything is copied.
    """

    def __init__(self, values: NDArray[T]) -> None:
        self._held: NDArray[T] = values
        self._size = len(values)
        self._own = False

    def __len__(self) -> int:
        return self._size

    @property
    def values(self) -> NDArray[T]:
        """All of it; a view, valid until the next append."""
        return self._held[: self._size]

    @property
    def last(self) -> float:
        """The last one."""
        return float(self._held[self._size - 1])

    def append(self, value: T | float) -> None:
        """Add one at the end."""
        if not self._own or self._size == len(self._held):
            self._copy()
        self._held[self._size] = value
        self._size += 1

    def cut(self, size: int) -> None:
        """Keep the first so many."""
        self._size = size

    def set_last(self, value: T | float) -> None:
        """Change the last one."""
        self.take_over()
        self._held[self._size - 1] = value

    def take_over(self) -> bool:
        """Copy what is only borrowed; whether there was anything to copy."""
        if self._own:
            return False
        self._copy()
        return True

    def _copy(self) -> None:
        larger: NDArray[T] = np.empty(self._size + self._size // 8 + SPARE, dtype=self._held.dtype)
        larger[: self._size] = self._held[: self._size]
        self._held = larger
        self._own = True


class Ladder:
    """One column and its summaries. Numbers that are not there (NaN) are left out of extremes."""

    def __init__(self, fold: Fold, base: Buffer[np.float64]) -> None:
        self._fold = fold
        self._levels = [base]
        while len(self._levels[-1]) > FLOOR:
            self._levels.append(Buffer(_folded(fold, self._levels[-1].values)))

    @property
    def top(self) -> int:
        """The number of the coarsest level."""
        return len(self._levels) - 1

    def level(self, number: int) -> NDArray[np.float64]:
        """Every summary of `BASE ** number` values; level 0 is the column itself."""
        return self._levels[number].values

    def refresh(self) -> None:
        """Follow the base after its last value changed or one was appended: O(log n).

        Where a summary stays as it was, so do all those above it.
        """
        index = len(self._levels[0]) - 1
        for lower, upper in pairwise(self._levels):
            group = index // BASE
            value = _last_group(self._fold, lower, group * BASE)
            if group == len(upper):
                upper.append(value)
            elif value == upper.last:
                return
            else:
                upper.set_last(value)
            index = group
        if len(self._levels[-1]) > FLOOR * BASE:
            self._levels.append(Buffer(_folded(self._fold, self._levels[-1].values)))

    def cut(self) -> None:
        """Follow the base after values were taken from its end."""
        size = len(self._levels[0])
        for lower, upper in pairwise(self._levels):
            size = -(-size // BASE)
            upper.cut(size)
            if size:
                upper.set_last(_last_group(self._fold, lower, (size - 1) * BASE))

    def over(self, start: int, stop: int) -> float:
        """The fold of values `start` up to `stop` (not included): O(log n); NaN when there is none.

        Only for the extremes: the order of the parts does not matter to them.
        """
        parts: list[float] = []
        for number, level in enumerate(self._levels):
            values = level.values
            if number == self.top or stop - start <= FLOOR:
                parts.append(_one(self._fold, values[start:stop]))
                break
            up, down = -(-start // BASE) * BASE, stop // BASE * BASE
            parts += [
                _one(self._fold, values[start:up]),
                _one(self._fold, values[down:stop]),
            ]
            start, stop = up // BASE, down // BASE
        return _one(self._fold, np.array(parts))


def level_within(most: float, top: int) -> int:
    """The coarsest level, up to the top one, whose groups hold at most so many values each."""
    level = 0
    while level < top and BASE ** (level + 1) <= most:
        level += 1
    return level


def _folded(fold: Fold, values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Each group of BASE as one; the last group may be short."""
    whole = len(values) // BASE * BASE
    groups = whole // BASE
    made = np.empty(-(-len(values) // BASE))
    out = made[:groups]
    # Strided quarters are several times quicker than a reduction over an axis of four.
    first, *between, last = (values[part:whole:BASE] for part in range(BASE))
    match fold:
        case Fold.FIRST:
            out[:] = first
        case Fold.LAST:
            out[:] = last
        case _:
            join = {Fold.SUM: np.add, Fold.HIGH: np.fmax, Fold.LOW: np.fmin}[fold]
            join(first, last, out=out)
            for each in between:
                join(out, each, out=out)
    if whole < len(values):
        made[groups] = _one(fold, values[whole:])
    return made


def _last_group(fold: Fold, lower: Buffer[np.float64], start: int) -> float:
    """The values from `start` on as one: so few that Python is quicker than numpy."""
    if fold is Fold.LAST:
        return lower.last
    values: list[float] = lower.values[start:].tolist()
    if fold is Fold.FIRST:
        return values[0]
    if fold is Fold.SUM:
        return sum(values)
    known = [each for each in values if each == each]  # noqa: PLR0124 - NaN is not itself
    if not known:
        return float("nan")
    return max(known) if fold is Fold.HIGH else min(known)


def _one(fold: Fold, values: NDArray[np.float64]) -> float:
    """All of a few values as one; NaN when there are none."""
    if not len(values):
        return float("nan")
    match fold:
        case Fold.FIRST:
            return float(values[0])
        case Fold.LAST:
            return float(values[-1])
        case Fold.SUM:
            return float(values.sum())
        case Fold.HIGH:
            return float(np.fmax.reduce(values))
        case Fold.LOW:
            return float(np.fmin.reduce(values))
