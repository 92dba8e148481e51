"""The combinations of parameters that a search may try: what is possible, counted beforehand."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from pydantic import ValidationError
from pydantic_core import to_jsonable_python

from puffin.backtest.idle import Idle
from puffin.backtest.ranges import Range, default_ranges, read_range
from puffin.backtest.sets import Sets
from puffin.backtest.survey import survey
from puffin.errors import ParameterError
from puffin.strategies.base import Rule
from puffin.strategies.specs import sentence

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from puffin.backtest.settings import BacktestSettings
    from puffin.backtest.survey import Survey
    from puffin.strategies.base import Parameters

    Given: TypeAlias = Mapping[str, Sequence[Any] | str]

__all__ = ["MOST", "Range", "Space"]

Key: TypeAlias = tuple[Any, ...]

MOST = 500  # combinations of a search, unless somebody raises it on purpose
COUNTED = 200_000  # up to here every combination may be looked at to count the possible ones
COUNT_SECONDS = 1.0  # and no longer than this; some strategies take long to check one
DRAWS = 500  # looked at first, which gives the time and the share of possible ones
PATIENCE = 10_000  # draws in a row without anything new, after which a large space has no more


@dataclass(frozen=True)
class Space:
    """Ranges of parameters, and which of their combinations are possible.

    A combination is possible if the strategy's own parameters accept it: their validators are the
    constraints. Combinations that come to the same count once: values that read alike, and
    those that differ only in a parameter without effect beside the others (its field says so, by
    `used_if` in `json_schema_extra`).

    Attributes:
        parameters_type: The strategy's parameters.
        ranges: What is varied, in the order of the fields.
        fixed: What has one value; the rest has its default.
        settings: What the backtests assume; it may leave a parameter without effect.
        dropped: Parameters that should have been varied but change nothing, each with the reason.
        allowed: What else a combination must pass to be possible.
    """

    parameters_type: type[Parameters]
    ranges: tuple[Range, ...]
    fixed: dict[str, Any] = field(default_factory=dict)
    settings: BacktestSettings | None = None
    dropped: tuple[tuple[str, str], ...] = ()
    allowed: Callable[[Parameters], bool] | None = None

    @classmethod
    def of(
        cls,
        varied: type[Rule | Parameters],
        ranges: Given | None = None,
        *,
        fixed: Mapping[str, Any] | None = None,
        settings: BacktestSettings | None = None,
    ) -> Space:
        """Make the space of a strategy.

        Args:
            varied: The strategy's class, or that of its parameters.
            ranges: By name, values or text as `puffin.backtest.ranges.read_range` takes them;
                None takes the strategy's own grid.
            fixed: Values of parameters that are not varied.
            settings: What the backtests will assume.

        Raises:
            ParameterError: A name or a value is not one of the strategy's, or no combination is
                possible; the sentence says which and why.
        """
        kind = varied.Parameters if issubclass(varied, Rule) else varied
        held = dict(fixed or {})
        own = {name: values for name, values in default_ranges(varied).items() if name not in held}
        given = own if ranges is None else dict(ranges)
        for name in (*given, *held):
            _refuse_unknown(kind, name)
        read = [read_range(kind, name, given[name]) for name in kind.model_fields if name in given]
        single = {
            name: read_range(kind, name, [value]).values[0]
            for name, value in held.items()
            if name not in given
        }
        dropped = tuple(Idle(kind, settings).always(read, single))
        gone = {name for name, _ in dropped}
        kept = tuple(each for each in read if each.name not in gone)
        found = cls(kind, kept, single, settings, dropped)
        _refuse_impossible(found)
        return found

    @property
    def names(self) -> tuple[str, ...]:
        """The parameters that are varied."""
        return tuple(each.name for each in self.ranges)

    @property
    def raw(self) -> int:
        """How many combinations the ranges have, possible or not."""
        return math.prod(len(each.values) for each in self.ranges)

    @property
    def exact(self) -> bool:
        """Whether `count` was counted; where that would take long it is estimated by draws."""
        return self._counted[1]

    @property
    def count(self) -> int:
        """How many different combinations are possible."""
        return self._counted[0]

    @cached_property
    def _counted(self) -> tuple[int, bool]:
        if self.surveyed is not None:
            return len(self.surveyed.places), True
        random = np.random.default_rng(0)
        started = time.thread_time()
        tried, found = 0, 0
        while tried < min(self.raw, DRAWS):
            tried += 1
            found += self.make(self._anywhere(random)) is not None
            if time.thread_time() - started > COUNT_SECONDS / 4:
                break
        return max(1, round(self.raw * found / tried)), False

    @cached_property
    def surveyed(self) -> Survey | None:
        """All possible combinations, each one once; None if looking at them takes long."""
        idle = self._idle
        # Whether one changes nothing may depend on another that is varied too.
        if any(set(idle.others(name)) & set(self.names) for name in self.names):
            return self._survey(self.key)
        found = self._survey(None)
        # Where a strategy changes what it is given, some may come to the same.
        return found if found is None or found.plain else self._survey(self.key)

    def _survey(self, key: Callable[[Parameters], Key] | None) -> Survey | None:
        return survey(
            self.parameters_type,
            self.ranges,
            self.fixed,
            most=COUNTED,
            seconds=COUNT_SECONDS,
            allowed=self.allowed,
            key=key,
        )

    def combinations(self) -> Iterator[Parameters]:
        """Return each possible combination once; the last range changes fastest."""
        if self.surveyed is None:
            return self._different(self.at(place) for place in range(self.raw))
        return self._made(self.surveyed.places)

    def sample(self, count: int, seed: int) -> list[Parameters]:
        """Return `count` different possible combinations, drawn at random; or all there are."""
        return list(islice(self.draws(seed), count))

    def draws(self, seed: int) -> Iterator[Parameters]:
        """Return possible combinations in random order, each one once.

        Of more than 200,000 it ends when nothing new has turned up for long. What is drawn does
        not depend on how fast the computer is.
        """
        if self.raw > COUNTED:
            return self._drawn(np.random.default_rng(seed))
        places = self.shuffled(seed)
        if places is not None:
            return self._made(places)
        order = np.random.default_rng(seed).permutation(self.raw).tolist()
        return self._different(self.at(place) for place in order)

    def shuffled(self, seed: int) -> NDArray[np.int64] | None:
        """Return the places of `draws`; None where they are not known beforehand."""
        found = self.surveyed
        # Of those that come to the same the first one is drawn, which depends on the order.
        if found is None or found.alike:
            return None
        possible = np.zeros(self.raw, np.bool_)
        possible[found.places] = True
        order = np.random.default_rng(seed).permutation(self.raw)
        return order[possible[order]]

    def _drawn(self, random: np.random.Generator) -> Iterator[Parameters]:
        seen: set[Key] = set()
        idle = 0
        while idle < PATIENCE:
            made = self.make(self._anywhere(random))
            if made is None or (key := self.key(made)) in seen:
                idle += 1
                continue
            idle = 0
            seen.add(key)
            yield made

    def _made(self, places: NDArray[np.int64]) -> Iterator[Parameters]:
        made = (self.make(self.at(place)) for place in places.tolist())
        return (each for each in made if each is not None)

    def sets(self, places: NDArray[np.int64]) -> Sets:
        """Return the combinations at places that are known to be possible."""
        if self.surveyed is None or not self.surveyed.plain:
            return sets_of(self._made(places))
        names, values, varied = self._columns
        codes = np.zeros((len(places), len(names)), np.int32)
        if varied:
            shape = [len(each.values) for each in self.ranges]
            codes[:, varied] = np.stack(np.unravel_index(places, shape), axis=1)
        return Sets(names, values, codes, possible=True)

    @cached_property
    def _columns(self) -> tuple[tuple[str, ...], tuple[tuple[Any, ...], ...], list[int]]:
        """Return all parameters, their values, and which of them are varied."""
        usual = next(self.combinations()).model_dump(mode="json")
        varied = {each.name: tuple(map(to_jsonable_python, each.values)) for each in self.ranges}
        values = tuple(varied.get(name, (value,)) for name, value in usual.items())
        names = tuple(usual)
        return names, values, [names.index(each.name) for each in self.ranges]

    def make(self, values: Mapping[str, Any]) -> Parameters | None:
        """Return the parameters with these values, or None if they do not go together."""
        try:
            made = self.parameters_type.model_validate(self.fixed | dict(values))
        except (ValidationError, ParameterError):
            return None
        return made if self.allowed is None or self.allowed(made) else None

    def key(self, made: Parameters) -> Key:
        """Return what tells a combination from others: its values, without those of no effect."""
        idle = self._idle
        return tuple(
            None if name in idle and idle.is_idle(name, made) else getattr(made, name)
            for name in self.parameters_type.model_fields
        )

    def faults(self) -> Iterator[str]:
        """Return, combination by combination, what is wrong with those that are not possible."""
        for place in range(self.raw):
            try:
                self.parameters_type.model_validate(self.fixed | self.at(place))
            except ValidationError as error:
                yield sentence(error)
            except ParameterError as error:
                yield str(error)

    @cached_property
    def _idle(self) -> Idle:
        return Idle(self.parameters_type, self.settings)

    def _different(self, chosen: Iterable[Mapping[str, Any]]) -> Iterator[Parameters]:
        seen: set[Key] = set()
        for values in chosen:
            made = self.make(values)
            if made is not None and (key := self.key(made)) not in seen:
                seen.add(key)
                yield made

    def _anywhere(self, random: np.random.Generator) -> dict[str, Any]:
        return {each.name: each.values[random.integers(len(each.values))] for each in self.ranges}

    def at(self, place: int) -> dict[str, Any]:
        """Return the values at a place; the last range changes fastest."""
        chosen: dict[str, Any] = {}
        for each in reversed(self.ranges):
            place, nth = divmod(place, len(each.values))
            chosen[each.name] = each.values[nth]
        return chosen


def sets_of(made: Iterable[Parameters]) -> Sets:
    """Return combinations as sets."""
    return replace(Sets.of(each.model_dump(mode="json") for each in made), possible=True)


def _refuse_impossible(space: Space) -> None:
    """Refuse a space of which nothing is possible; one too large to be counted is not looked at."""
    if space.raw > COUNTED or any(space.make(space.at(each)) for each in range(space.raw)):
        return
    first = next(space.faults(), "")
    only = space.raw == 1
    said = "This is not" if only else f"None of the {space.raw:,} combinations is"
    raise ParameterError(f"{said} possible. {first}", hint="Change the ranges.")


def _refuse_unknown(kind: type[Parameters], name: str) -> None:
    if name in kind.model_fields:
        return
    near = get_close_matches(name.lower().replace(" ", "_"), kind.model_fields, n=1)
    hint = f"Did you mean {near[0]}?" if near else f"There are {', '.join(kind.model_fields)}."
    raise ParameterError(f"The strategy has no parameter called {name!r}.", hint=hint)
