"""What to try next: every combination, some at random, or where the good ones seem to be."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Protocol

from puffin.backtest.axes import Axes
from puffin.backtest.space import MOST, sets_of
from puffin.backtest.trials import Objective
from puffin.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from puffin.backtest.sets import Sets
    from puffin.backtest.space import Key, Space
    from puffin.backtest.trials import Trial
    from puffin.strategies.base import Parameters

MISSES = 5  # suggestions in a row that cannot be used, after which one is drawn at random
ROUND = 4  # suggestions that are made from the same knowledge
FIRST = 10  # that TPE draws at random before it has anything to go by


class Search(Protocol):
    """Something that says what to try next, and may learn from what came of it."""

    @property
    def total(self) -> int:
        """How many trials there will be."""
        ...

    def ask(self, count: int) -> Sets:
        """Return up to `count` sets of parameters, each one for the first time; none at the end."""
        ...

    def tell(self, trials: Sequence[Trial]) -> None:
        """Learn what came of them."""
        ...


class GridSearch:
    """Tries every possible combination, in order.

    Args:
        space: The combinations.
        most: Refuse more than that; raise it on purpose.

    Raises:
        ParameterError: There are more combinations than `most`.
    """

    def __init__(self, space: Space, *, most: int = MOST) -> None:
        count = space.count
        # An estimate is not enough to let it through.
        if count > most or (not space.exact and _more_than(space, most)):
            about = "" if space.exact else "about "
            raise ParameterError(
                f"{about}{count:,} combinations exceed the maximum of {most:,}.".capitalize(),
                hint="Narrow the ranges, search at random, or raise the limit on purpose.",
            )
        self.total = space.count
        found = space.surveyed
        self._left = _Line(space, None if found is None else found.places, space.combinations())

    def ask(self, count: int) -> Sets:
        """Return the next combinations."""
        return self._left.next(count)

    def tell(self, trials: Sequence[Trial]) -> None:
        """Nothing is learned."""


class ListSearch:
    """Tries the sets of parameters that it is given, in order."""

    def __init__(self, sets: Sets) -> None:
        self.total = len(sets)
        self._sets = sets
        self._given = 0

    def ask(self, count: int) -> Sets:
        """Return the next ones."""
        start, self._given = self._given, min(self._given + count, self.total)
        return self._sets[start : self._given]

    def tell(self, trials: Sequence[Trial]) -> None:
        """Nothing is learned."""


class RandomSearch:
    """Tries combinations drawn at random, each at most once.

    Args:
        space: The combinations.
        runs: How many to try; all of them in random order if there are fewer.
        seed: The same one draws the same combinations.
        most: Refuse more runs than that; raise it on purpose.

    Raises:
        ParameterError: There would be more runs than `most`, or none.
    """

    def __init__(self, space: Space, runs: int, *, seed: int = 0, most: int = MOST) -> None:
        self.total = _allowed(space, runs, most)
        places = space.shuffled(seed)
        some = None if places is None else places[: self.total]
        self._left = _Line(space, some, islice(space.draws(seed), self.total))

    def ask(self, count: int) -> Sets:
        """Return the next combinations."""
        return self._left.next(count)

    def tell(self, trials: Sequence[Trial]) -> None:
        """Nothing is learned."""


class TPESearch:
    """Tries more where what was tried did well (tree-structured Parzen estimator).

    Starts at random; then each suggestion comes from how the better and the other trials so far
    are spread over the ranges (Bergstra et al. 2011). A suggestion that is not possible, or was
    tried, gives way to the nearest combination that is neither. The same seed suggests the same,
    as long as each batch is told before the next one is asked for.

    Args:
        space: The combinations.
        runs: How many to try; all of them if there are fewer.
        objective: What to look for.
        seed: Of everything that is drawn.
        most: Refuse more runs than that; raise it on purpose.

    Raises:
        ParameterError: There would be more runs than `most`, or none.
    """

    def __init__(
        self,
        space: Space,
        runs: int,
        *,
        objective: Objective = Objective.SHARPE,
        seed: int = 0,
        most: int = MOST,
    ) -> None:
        import optuna

        self.total = _allowed(space, runs, most)
        # It reports each study on stderr; what goes wrong is raised all the same.
        optuna.logging.set_verbosity(optuna.logging.WARNING)
        sampler = optuna.samplers.TPESampler(seed=seed, n_startup_trials=FIRST)
        self._study = optuna.create_study(
            storage=optuna.storages.InMemoryStorage(), sampler=sampler, direction="maximize"
        )
        self._space, self._objective = space, objective
        self._axes = Axes(space)
        self._drawn = space.draws(seed)
        self._used: set[Key] = set()
        self._untold: set[Key] = set()
        self._queue: list[Parameters] = []

    def ask(self, count: int) -> Sets:
        """Return the next suggestions.

        They are made a few at a time, so that what is learned does not depend on `count`.
        """
        if not self._queue:
            made = (self._next() for _ in range(min(ROUND, self.total - len(self._used))))
            self._queue = [each for each in made if each is not None]
        given, self._queue = self._queue[:count], self._queue[count:]
        return sets_of(given)

    def tell(self, trials: Sequence[Trial]) -> None:
        """Learn from trials; those without a defined objective teach nothing."""
        from optuna.trial import create_trial

        for each in trials:
            made, value = self._space.make(each.parameters), self._objective.of(each.figures)
            if made is None or (key := self._space.key(made)) not in self._untold:
                continue
            self._untold.remove(key)
            if value is not None:
                place, axes = self._axes.place(made), self._axes.distributions
                self._study.add_trial(create_trial(params=place, distributions=axes, value=value))

    def _next(self) -> Parameters | None:
        """Return a combination that is possible and new; None if there is none left."""
        made = self._suggested() if len(self._used) >= FIRST else None
        if made is None:
            made = next(filter(self._is_new, self._drawn), None)
        if made is not None:
            key = self._space.key(made)
            self._used.add(key)
            self._untold.add(key)
        return made

    def _suggested(self) -> Parameters | None:
        from optuna.trial import TrialState

        for _ in range(MISSES):
            trial = self._study.ask(self._axes.distributions)
            # What was really tried is told under its own name; this one only carried a wish.
            self._study.tell(trial, state=TrialState.FAIL)
            made = self._axes.nearest(trial.params, self._is_new)
            if made is not None:
                return made
        return None

    def _is_new(self, made: Parameters) -> bool:
        return self._space.key(made) not in self._used


def _allowed(space: Space, runs: int, most: int) -> int:
    if runs < 1:
        raise ParameterError("A search needs one run or more.")
    if runs > most:
        raise ParameterError(
            f"{runs:,} runs exceed the maximum of {most:,}.", hint="Raise the limit on purpose."
        )
    return min(runs, space.count) if space.exact else runs


def _more_than(space: Space, most: int) -> bool:
    return space.raw > most and sum(1 for _ in islice(space.combinations(), most + 1)) > most


class _Line:
    """Combinations in line: by their places where those are known, else made one by one."""

    def __init__(
        self, space: Space, places: NDArray[np.int64] | None, made: Iterator[Parameters]
    ) -> None:
        self._space, self._places, self._made = space, places, made
        self._given = 0

    def next(self, count: int) -> Sets:
        if self._places is None:
            return sets_of(islice(self._made, count))
        start, self._given = self._given, self._given + count
        return self._space.sets(self._places[start : self._given])
