"""The combinations of parameters that a search may try: what is possible, counted beforehand."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from pydantic import ValidationError

from puffin.backtest.idle import Idle
from puffin.backtest.ranges import Range, default_ranges, read_range
from puffin.errors import ParameterError
from puffin.strategies.base import Rule
from puffin.strategies.specs import sentence

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from puffin.backtest.settings import BacktestSettings
    from puffin.strategies.base import Parameters

    Given: TypeAlias = Mapping[str, Sequence[Any] | str]

__all__ = ["MOST", "Range", "Space"]

Key: TypeAlias = tuple[Any, ...]

MOST = 500  # combinations of a search, unless somebody raises it on purpose
COUNTED = 200_000  # up to here every combination is looked at to count the possible ones
DRAWS = 2_000  # looked at to estimate their share beyond that
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
        """Whether `count` is counted; in a space too large for that it is estimated by draws."""
        return self.raw <= COUNTED

    @cached_property
    def count(self) -> int:
        """How many different combinations are possible."""
        if self.exact:
            return len(self._places)
        random = np.random.default_rng(0)
        found = sum(self.make(self._anywhere(random)) is not None for _ in range(DRAWS))
        return max(1, round(self.raw * found / DRAWS))

    def combinations(self) -> Iterator[Parameters]:
        """Return each possible combination once; the last range changes fastest."""
        seen: set[Key] = set()
        for place in self._places.values() if self.exact else range(self.raw):
            made = self.make(self._at(place))
            if made is not None and (key := self.key(made)) not in seen:
                seen.add(key)
                yield made

    def sample(self, count: int, seed: int) -> list[Parameters]:
        """Return `count` different possible combinations, drawn at random; or all there are."""
        return list(islice(self.draws(seed), count))

    def draws(self, seed: int) -> Iterator[Parameters]:
        """Return possible combinations in random order, each one once.

        Of a space too large to be counted it ends when nothing new has turned up for long.
        """
        random = np.random.default_rng(seed)
        if self.exact:
            order = random.permutation(np.array(list(self._places.values()), np.int64)).tolist()
            yield from (made for place in order if (made := self.make(self._at(place))) is not None)
            return
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
                self.parameters_type.model_validate(self.fixed | self._at(place))
            except ValidationError as error:
                yield sentence(error)
            except ParameterError as error:
                yield str(error)

    @cached_property
    def _idle(self) -> Idle:
        return Idle(self.parameters_type, self.settings)

    @cached_property
    def _places(self) -> dict[Key, int]:
        """The possible combinations, by where each stands among all of them."""
        found: dict[Key, int] = {}
        for place in range(self.raw):
            made = self.make(self._at(place))
            if made is not None:
                found.setdefault(self.key(made), place)
        return found

    def _anywhere(self, random: np.random.Generator) -> dict[str, Any]:
        return {each.name: each.values[random.integers(len(each.values))] for each in self.ranges}

    def _at(self, place: int) -> dict[str, Any]:
        chosen: dict[str, Any] = {}
        for each in reversed(self.ranges):
            place, nth = divmod(place, len(each.values))
            chosen[each.name] = each.values[nth]
        return chosen


def _refuse_impossible(space: Space) -> None:
    """Refuse a space of which nothing is possible; one too large to be counted is not looked at."""
    if not space.exact or space.count:
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
