"""Which combinations of some ranges are possible: looked at once, and not for long."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from enum import Enum
from itertools import product
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic import ValidationError

from puffin.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping, Sequence

    from numpy.typing import NDArray
    from pydantic.fields import FieldInfo

    from puffin.backtest.ranges import Range
    from puffin.strategies.base import Parameters

LOOK_EVERY = 64  # combinations between two looks at the time
FIRST_LOOK = 16
PLAIN = (bool, int, float, str)


@dataclass(frozen=True, slots=True, eq=False)
class Survey:
    """What was found.

    Attributes:
        places: Those that are possible, each one once, in order; the last range changes fastest.
        alike: Whether some came to the same as another one and are left out.
        plain: Whether the strategy takes each value as it was given, and nothing follows from it.
    """

    places: NDArray[np.int64]
    alike: bool
    plain: bool


def survey(  # noqa: PLR0913 - each is given by name
    kind: type[Parameters],
    ranges: Sequence[Range],
    fixed: Mapping[str, Any],
    *,
    most: int,
    seconds: float,
    allowed: Callable[[Parameters], bool] | None = None,
    key: Callable[[Parameters], Hashable] | None = None,
) -> Survey | None:
    """Return which combinations are possible; None if there are too many, or it takes too long.

    Args:
        kind: The strategy's parameters, whose validators are asked.
        ranges: What is varied.
        fixed: What is not.
        most: Combinations that may be looked at.
        seconds: How much of a processor that may take.
        allowed: What else a combination must pass.
        key: What tells combinations apart, where some may come to the same.
    """
    if math.prod(len(each.values) for each in ranges) > most:
        return None
    names = tuple(each.name for each in ranges)
    asked = set(names) if allowed or key else _asked(kind, names)
    # One value stands for all of those that nobody asks about.
    looked = [each.values if each.name in asked else each.values[:1] for each in ranges]
    shape = [len(values) for values in looked]
    todo, found = math.prod(shape), bytearray()
    given = _picker(names)
    others = _picker(tuple(each for each in kind.model_fields if each not in names))
    check, base, seen = kind.__pydantic_validator__.validate_python, dict(fixed), set[Any]()
    usual: object = None
    plain, alike, started = True, False, time.thread_time()
    for done, values in enumerate(product(*looked)):
        if done % LOOK_EVERY == FIRST_LOOK:
            took = time.thread_time() - started  # a busy computer changes nothing
            if took / done * todo > seconds:
                return None
        try:
            made = check(base | dict(zip(names, values, strict=True)))
        except (ValidationError, ParameterError):
            found.append(False)
            continue
        held = made.__dict__
        rest = others(held)
        usual = rest if usual is None else usual
        plain = plain and given(held) == values and rest == usual
        possible = allowed is None or allowed(made)
        if possible and key is not None:
            known = key(made)
            possible = known not in seen
            alike = alike or not possible
            seen.add(known)
        found.append(possible)
    mask = np.frombuffer(found, np.bool_).reshape(shape)
    whole = np.broadcast_to(mask, [len(each.values) for each in ranges])
    return Survey(np.flatnonzero(whole), alike, plain)


def _picker(names: tuple[str, ...]) -> Callable[[dict[str, Any]], tuple[Any, ...]]:
    """Return what takes the values of some names out of a dict, as a tuple."""
    if len(names) > 1:
        return itemgetter(*names)
    return lambda held: tuple(held[name] for name in names)


def _asked(kind: type[Parameters], names: tuple[str, ...]) -> set[str]:
    """Return those whose value may decide about a combination.

    A field's validator sees the fields before it; what comes after the last one that has a
    validator was checked by itself, as a value of its range.
    """
    known = kind.__pydantic_decorators__
    if known.model_validators or known.root_validators or kind.__pydantic_post_init__:
        return set(names)
    watched = {name for each in known.field_validators.values() for name in each.info.fields}
    fields = tuple(kind.model_fields)
    if "*" in watched:
        return set(names)
    watched |= {name for name, about in kind.model_fields.items() if not _is_simple(about)}
    last = max((fields.index(name) for name in watched), default=-1)
    return set(fields[: last + 1]) & set(names)


def _is_simple(about: FieldInfo) -> bool:
    """Whether a field is a plain value or a choice, with nothing but bounds."""
    kind = about.annotation
    simple = kind in PLAIN or (isinstance(kind, type) and issubclass(kind, Enum))
    bounds = (type(each).__module__.partition(".")[0] for each in about.metadata)
    return simple and all(each == "annotated_types" for each in bounds)
