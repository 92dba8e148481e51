"""Ranges of one parameter: lists, text such as "5:50:5", and what a strategy suggests itself."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import Enum
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

from pydantic import TypeAdapter, ValidationError

from puffin.errors import ParameterError
from puffin.strategies.base import Rule

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydantic.fields import FieldInfo

    from puffin.strategies.base import Parameters

    Given: TypeAlias = Sequence[Any] | str

LONGEST = 10_000  # values of one range
FROM_TO = 2  # parts of "5:50"; a third one is the step


@dataclass(frozen=True, slots=True)
class Range:
    """A parameter and the values that are tried, each one once, in the order they were given."""

    name: str
    values: tuple[Any, ...]


def read_range(kind: type[Parameters], name: str, given: Given) -> Range:
    """Return the values of a parameter, each as its field reads it.

    Args:
        kind: The strategy's parameters.
        name: One of them.
        given: Values; or text, "5, 10, 20" or "start:stop:step", of which the stop is a value too
            if a step falls on it and the step is the field's own if it is left out.

    Raises:
        ParameterError: The text cannot be read, or a value lies outside the field's bounds.
    """
    about = kind.model_fields[name]
    title = about.title or name.replace("_", " ")
    listed = _split(given, about, title) if isinstance(given, str) else list(given)
    if not listed:
        raise ParameterError(f"{title} has no values to try.")
    if len(listed) > LONGEST:
        raise ParameterError(f"{title} has more than {LONGEST:,} values to try.")
    # Annotations without their bounds are the same for mypy, not for pydantic.
    reader: TypeAdapter[Any] = TypeAdapter(_bounded(about))
    values: list[Any] = []
    for each in listed:
        try:
            value = reader.validate_python(each)
        except ValidationError as error:
            why = error.errors(include_url=False)[0]["msg"]
            raise ParameterError(f"{title}: {each} is not possible. {why}.") from None
        if value not in values:
            values.append(value)
    return Range(name, tuple(values))


def default_ranges(varied: type[Rule | Parameters]) -> dict[str, tuple[Any, ...]]:
    """Return what is tried when nobody says otherwise.

    A strategy's own grid; or for each number the default and a step to either side, inside its
    bounds, and for each choice all of it. What is either so or not stays as it is.
    """
    if issubclass(varied, Rule):
        if varied.grid:
            return dict(varied.grid)
        varied = varied.Parameters
    found: dict[str, tuple[Any, ...]] = {}
    for name, about in varied.model_fields.items():
        values = _around(about)
        if len(values) > 1:
            found[name] = values
    return found


def step_of(about: FieldInfo) -> Decimal | None:
    """Return the step of a grid over this field, if it names one."""
    extra = about.json_schema_extra
    step = extra.get("step") if isinstance(extra, dict) else None
    return Decimal(str(step)) if isinstance(step, int | float) and step > 0 else None


def _bounded(about: FieldInfo) -> Any:  # noqa: ANN401 - a type that is made while running
    if not about.metadata:
        return about.annotation
    return Annotated[(about.annotation, *about.metadata)]


def _around(about: FieldInfo) -> tuple[Any, ...]:
    kind, usual, step = about.annotation, about.default, step_of(about)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return tuple(kind)
    if step is None or isinstance(usual, bool) or not isinstance(usual, int | float):
        return ()
    reader: TypeAdapter[Any] = TypeAdapter(_bounded(about))
    found: list[Any] = []
    for times in (-1, 0, 1):
        try:
            found.append(reader.validate_python(float(Decimal(str(usual)) + times * step)))
        except ValidationError:
            continue
    return tuple(found)


def _split(text: str, about: FieldInfo, title: str) -> list[Any]:
    if ":" not in text:
        return [part.strip() for part in text.replace(";", ",").split(",") if part.strip()]
    parts = [part.strip() for part in text.split(":")]
    try:
        numbers = [Decimal(part) for part in parts]
    except InvalidOperation:
        numbers = []
    usual = step_of(about) or Decimal(1)
    if len(numbers) == FROM_TO:
        numbers.append(usual)
    if len(numbers) != FROM_TO + 1 or not all(each.is_finite() for each in numbers):
        raise ParameterError(f"{title}: {text!r} is not a range; write start:stop:step, as 5:50:5.")
    start, stop, step = numbers
    if step == 0 or (stop - start) * step < 0:
        raise ParameterError(f"{title}: steps of {step} do not lead from {start} to {stop}.")
    many = int((stop - start) / step) + 1
    if many > LONGEST:
        raise ParameterError(f"{title} has more than {LONGEST:,} values to try.")
    # As text, so that a whole number stays one and 0.1 + 0.2 is 0.3.
    return [format(start + place * step, "f") for place in range(many)]
