"""The numbers inside rules as typed parameters, so that forms and optimisers can turn them."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from pydantic import Field, create_model, model_validator

from puffin.errors import ParameterError
from puffin.factors.catalogue import indicator
from puffin.strategies.base import Parameters
from puffin.strategies.rules import WORDS, RuleSet
from puffin.strategies.terms import Combined, Compare, Indicator, Not, Number, TimeOf
from puffin.strategies.wording import operand, study_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from puffin.strategies.terms import Operand, Term

Path: TypeAlias = tuple[str | int, ...]

STEPS: Final = 5  # to either side of a number that nothing else limits
UNSAID: Final = frozenset({"terms", "term"})
GUARDS: Final[dict[str, tuple[float, float, float]]] = {
    "stop_loss": (0.1, 50, 0.5),
    "take_profit": (0.1, 100, 1),
    "trailing": (0.1, 50, 0.5),
    "hold": (1, 500, 1),
}


@dataclass(frozen=True, slots=True)
class Knob:
    """A number of some rules that can be turned: where it stands, and between what.

    The settings of an indicator that stands in several places are one knob: they turn together.
    """

    name: str
    title: str
    paths: tuple[Path, ...]
    value: float
    low: float
    high: float
    step: float
    whole: bool = False


def knobs(rules: RuleSet) -> list[Knob]:
    """Return every number that can be turned.

    Those are the settings of indicators, the numbers that something is compared with, and stops.
    Zero stays zero: it is a line, not a level.
    """
    found = _settings(rules)
    for name, term in rules.rules().items():
        for path, number, title in _numbers(term, (name,), WORDS[name]):
            if number.value:
                found.append(_level(path, number.value, title))
    for name, (low, high, step) in GUARDS.items():
        value = getattr(rules, name)
        if value:
            span = min(low, value), max(high, value)
            found.append(Knob(name, WORDS[name], ((name,),), value, *span, step, name == "hold"))
    return found


def tuned(rules: RuleSet, chosen: Parameters) -> RuleSet:
    """Return the rules with other numbers in the places of the knobs.

    Raises:
        ParameterError: The rules make no sense with them.
    """
    document: Any = json.loads(rules.to_json())
    for knob in knobs(rules):
        for path in knob.paths:
            place = document
            for step in path[:-1]:
                place = place[step]
            place[path[-1]] = getattr(chosen, knob.name)
    return RuleSet.read(document)


def parameters_of(rules: RuleSet) -> type[Parameters]:
    """Make the class of the parameters of some rules; it refuses what makes no sense of them."""
    fields: dict[str, Any] = {}
    for knob in knobs(rules):
        kind = int if knob.whole else float
        fields[knob.name] = (
            kind,
            Field(
                default=kind(knob.value),
                ge=knob.low,
                le=knob.high,
                title=knob.title,
                description="A number of the rules.",
                json_schema_extra={"step": knob.step},
            ),
        )

    def check(self: Parameters) -> Parameters:
        try:
            tuned(rules, self)
        except ParameterError as error:
            raise ValueError(str(error)) from None
        return self

    validators: dict[str, Any] = {"_makes_sense": model_validator(mode="after")(check)}
    made: type[Parameters] = create_model(
        "RuleParameters", __base__=Parameters, __validators__=validators, **fields
    )
    return made


def _level(path: Path, value: float, title: str) -> Knob:
    step = _rounded(abs(value) / 10)
    low, high = (float(f"{value + side * STEPS * step:.12g}") for side in (-1, 1))
    said = (each + 1 if isinstance(each, int) else each for each in path if each not in UNSAID)
    return Knob("_".join(map(str, said)), title, ((*path, "value"),), value, low, high, step)


def _settings(rules: RuleSet) -> list[Knob]:
    """Return the settings of each indicator, those of equal ones together."""
    places: dict[tuple[str, str], list[Path]] = {}
    studies: dict[tuple[str, str], Indicator] = {}
    for name, term in rules.rules().items():
        for path, study in _indicators(term, (name,)):
            key = study.id, indicator(study.id).parameters(study.parameters).model_dump_json()
            places.setdefault(key, []).append(path)
            studies.setdefault(key, study.model_copy(update={"ago": 0, "output": ""}))
    found: list[Knob] = []
    for key, study in studies.items():
        same = [each for each in studies if each[0] == study.id]
        number = f"_{same.index(key) + 1}" if len(same) > 1 else ""
        known = indicator(study.id)
        chosen = known.parameters(study.parameters).model_dump(mode="json")
        for name, field in known.Parameters.model_json_schema().get("properties", {}).items():
            if not {"minimum", "maximum", "step"} <= set(field):
                continue
            found.append(
                Knob(
                    f"{study.id}{number}_{name}",
                    f"{study_words(study)}: {field['title'].lower()}",
                    tuple((*path, "parameters", name) for path in places[key]),
                    chosen[name],
                    field["minimum"],
                    field["maximum"],
                    _step(field["step"], chosen[name], whole=field["type"] == "integer"),
                    field["type"] == "integer",
                )
            )
    return found


def _step(finest: float, value: float, *, whole: bool) -> float:
    step = max(finest, _rounded(value / 5)) if value else finest
    return int(step) if whole else step


def _rounded(value: float) -> float:
    """Return 1, 2 or 5 times a power of ten: the largest that is not more than `value`."""
    power = 10.0 ** math.floor(math.log10(value))
    return float(f"{max(each for each in (1, 2, 5) if each * power <= value * 1.000001) * power:g}")


def _comparisons(term: Term, path: Path, said: str) -> Iterator[tuple[Path, Compare, str]]:
    if isinstance(term, Compare):
        yield path, term, said
    elif isinstance(term, Not):
        yield from _comparisons(term.term, (*path, "term"), said)
    else:
        for row, each in enumerate(term.terms):
            yield from _comparisons(each, (*path, "terms", row), f"{said} {row + 1}")


def _numbers(term: Term, path: Path, said: str) -> Iterator[tuple[Path, Number, str]]:
    for place, compared, where in _comparisons(term, path, said):
        if isinstance(compared.left, TimeOf):
            continue
        for side, value, other in (
            ("left", compared.left, compared.right),
            ("right", compared.right, compared.left),
        ):
            if isinstance(value, Number):
                yield (*place, side), value, f"{where}: level of {operand(other)}"
            for inner, part, whole in _parts(value, (*place, side)):
                if isinstance(part, Number):
                    yield inner, part, f"{where}: number in {operand(whole)}"


def _indicators(term: Term, path: Path) -> Iterator[tuple[Path, Indicator]]:
    for place, compared, _ in _comparisons(term, path, ""):
        for side, value in (("left", compared.left), ("right", compared.right)):
            if isinstance(value, Indicator):
                yield (*place, side), value
            for inner, part, _ in _parts(value, (*place, side)):
                if isinstance(part, Indicator):
                    yield inner, part


def _parts(value: Operand, path: Path) -> Iterator[tuple[Path, Operand, Combined]]:
    """Give what a sum is made of, with its place and the sum it stands in."""
    if isinstance(value, Combined):
        for side, part in (("left", value.left), ("right", value.right)):
            yield (*path, side), part, value
            yield from _parts(part, (*path, side))
