"""Folds of a walk-forward: where parameters are chosen, and where they are tried afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from puffin.errors import NoDataError, ParameterError

FEWEST, MOST = 1, 20  # folds
LEAST_TRAIN, MOST_TRAIN = 0.5, 0.9
BARS_A_FOLD = 252  # a year of days
SHORTEST = 20  # bars of a part that is judged


class Window(StrEnum):
    """Where the train part of each fold begins."""

    ROLLING = "rolling"
    ANCHORED = "anchored"

    @property
    def label(self) -> str:
        """The window in words."""
        return {
            Window.ROLLING: "Rolling: as many bars each time",
            Window.ANCHORED: "Anchored: from the first bar each time",
        }[self]


@dataclass(frozen=True, slots=True)
class Fold:
    """One step of a walk-forward, in rows of the bars.

    Attributes:
        number: From 1.
        train: Where the parameters are chosen.
        test: Where they are tried; later than everything in `train`.
    """

    number: int
    train: slice
    test: slice


@dataclass(frozen=True, slots=True)
class Folds:
    """How history is cut.

    The test parts follow each other without a gap and the last one ends with the data. With n
    bars, k folds and train fraction f each test has t = n / (k + f / (1 - f)) bars, and the first
    train part all that come before the first test. A rolling one keeps that length, an anchored
    one grows; f is then the fraction of the first fold.

    Args:
        window: Rolling, or anchored at the first bar.
        train: The fraction of a fold in which parameters are chosen, .5 to .9.
        splits: How many folds, 1 to 20.
        purge: Bars left out between train and test, so that what is decided in one does not reach
            into the other.
        warm_up: Bars before each part that only the indicators see; None is what they need, three
            times over, because some of them forget slowly.
        bars_a_fold: The history that is asked for, for each fold.

    Raises:
        ParameterError: One of them is out of bounds.
    """

    window: Window = Window.ROLLING
    train: float = 0.7
    splits: int = 5
    purge: int = 0
    warm_up: int | None = None
    bars_a_fold: int = BARS_A_FOLD

    def __post_init__(self) -> None:
        if not FEWEST <= self.splits <= MOST:
            raise ParameterError(f"There must be {FEWEST} to {MOST} folds.")
        if not LEAST_TRAIN <= self.train <= MOST_TRAIN:
            raise ParameterError(
                f"The train fraction must lie between {LEAST_TRAIN} and {MOST_TRAIN}."
            )
        if self.purge < 0 or (self.warm_up is not None and self.warm_up < 0):
            raise ParameterError("The gap and the warm-up must be zero bars or more.")
        if self.bars_a_fold < SHORTEST:
            raise ParameterError(f"A fold needs at least {SHORTEST} bars.")

    def cut(self, count: int, *, warm_up: int = 0, name: str = "The symbol") -> list[Fold]:
        """Return the folds of so many bars, oldest first.

        Args:
            count: How many bars there are.
            warm_up: The fewest bars that a strategy to be tried needs before it decides.
            name: Whose bars they are, for the sentence.

        Raises:
            NoDataError: There are too few; the sentence says how many there are and are needed.
        """
        needed = self.needed(warm_up)
        if count < needed:
            many = f"{self.splits} folds" if self.splits > 1 else "1 fold"
            why = f"{self.bars_a_fold} for each"
            if needed > self.bars_a_fold * self.splits:
                why = f"each train part twice the {warm_up:,} that it looks back"
            raise NoDataError(
                f"A walk-forward of {many} needs {needed:,} bars ({why}); {name} has {count:,}.",
                hint="Choose fewer folds, more history, or shorter windows.",
            )
        first, length = self._lengths(count)
        folds = []
        for number in range(self.splits):
            start = first + number * length
            begin = 0 if self.window is Window.ANCHORED else start - first
            folds.append(
                Fold(
                    number + 1,
                    slice(begin, start - self.purge),
                    slice(start, start + length),
                )
            )
        return folds

    def needed(self, warm_up: int = 0) -> int:
        """Return the fewest bars that can be cut for strategies with that warm-up.

        A train part is at least twice as long, so that half of it can be judged.
        """
        count = self.bars_a_fold * self.splits
        while True:
            first, length = self._lengths(count)
            if length >= SHORTEST and first - self.purge >= max(2 * warm_up, SHORTEST):
                return count
            count += 1

    def _lengths(self, count: int) -> tuple[int, int]:
        """Return the bars before the first test, and those of each test."""
        length = int(count / (self.splits + self.train / (1 - self.train)))
        return count - self.splits * length, length
