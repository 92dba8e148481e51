"""The words that rules are written with: what is compared, and how comparisons are joined.

Everything is typed and strict. A word, an indicator, a parameter or an output that does not exist
is an error that says where it stands; it is never taken for true.
"""

from __future__ import annotations

import json
from typing import Annotated, Final, Literal, Self, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator
from pydantic_core import PydanticCustomError

from puffin.errors import ParameterError
from puffin.factors import catalogue
from puffin.strategies.parts import Setting
from puffin.strategies.settling import CUMULATIVE

MOST_AGO: Final = 500  # bars that a rule may look back
MOST_PARTS: Final = 20  # terms that one "all of" or "any of" may join

Comparison: TypeAlias = Literal[">", "<", ">=", "<=", "crosses above", "crosses below", "is"]
Column: TypeAlias = Literal["open", "high", "low", "close"]
Part: TypeAlias = Literal["weekday", "hour", "day", "month"]
Sum: TypeAlias = Literal["+", "-", "*", "/"]
Ago: TypeAlias = Annotated[
    int, Field(ge=0, le=MOST_AGO, title="Bars ago", description="0 is the bar that decides.")
]

CROSSINGS: Final = ("crosses above", "crosses below")
LIMITS: Final[dict[Part, tuple[int, int]]] = {
    "weekday": (1, 7),
    "hour": (0, 23),
    "day": (1, 31),
    "month": (1, 12),
}


def refused(sentence: str) -> PydanticCustomError:
    """Make the error that a document is refused with."""
    return PydanticCustomError("rule", "{sentence}", {"sentence": sentence})


class Word(BaseModel):
    """What all parts of a rule have in common: nothing in them may change or be unknown."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class Number(Word):
    """A fixed number."""

    kind: Literal["number"] = "number"
    value: float


class Price(Word):
    """A price of the bar, or of one before it."""

    kind: Literal["price"] = "price"
    field: Column = "close"
    ago: Ago = 0


class Volume(Word):
    """The volume of the bar, or of one before it."""

    kind: Literal["volume"] = "volume"
    ago: Ago = 0


class Indicator(Word):
    """An indicator of `puffin.factors.catalogue`; an empty output is its main one."""

    kind: Literal["indicator"] = "indicator"
    id: str
    parameters: dict[str, Setting] = Field(default_factory=dict)
    output: str = ""
    ago: Ago = 0

    @field_validator("id")
    @classmethod
    def _known(cls, value: str) -> str:
        try:
            catalogue.indicator(value)
        except ParameterError as error:
            raise refused(str(error)) from None
        return value

    @model_validator(mode="after")
    def _fits(self) -> Self:
        found = catalogue.indicator(self.id)
        try:
            # As JSON, so that names of choices and days are read strictly too.
            found.Parameters.model_validate_json(json.dumps(self.parameters), strict=True)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            name = " ".join(str(each) for each in first["loc"])
            if first["type"] == "extra_forbidden":
                known = ", ".join(found.Parameters.model_fields) or "none"
                raise refused(f"{found.title} has no {name}; it has: {known}.") from None
            raise refused(f"{name} of {found.title}: {first['msg']}.") from None
        if self.id == "anchored_vwap" and "anchor" not in self.parameters:
            raise refused(f"{found.title} needs its anchor, a day such as 2024-01-02.")
        outputs = [each.id for each in found.outputs]
        if self.output and self.output not in outputs:
            raise refused(f"{found.title} has no {self.output}; it has: {', '.join(outputs)}.")
        return self


class TimeOf(Word):
    """When the bar began: weekday (Monday is 1), day of the month, month, or hour in New York."""

    kind: Literal["time"] = "time"
    part: Part
    ago: Ago = 0


class Combined(Word):
    """A sum of two things, such as twice the average volume; nothing divided by 0 is known."""

    kind: Literal["combined"] = "combined"
    sum: Sum
    left: Operand
    right: Operand

    @model_validator(mode="after")
    def _worth_it(self) -> Self:
        if isinstance(self.left, Number) and isinstance(self.right, Number):
            raise refused("this combines two numbers; write the result.")
        return self


Operand: TypeAlias = Annotated[
    Number | Price | Volume | Indicator | TimeOf | Combined, Field(discriminator="kind")
]


class Compare(Word):
    """A comparison of two things at a bar's close."""

    kind: Literal["compare"] = "compare"
    left: Operand
    op: Comparison
    right: Operand

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if isinstance(self.left, Number) and isinstance(self.right, Number):
            raise refused("this compares two numbers, which is always the same.")
        if self.left == self.right:
            raise refused("this compares something with itself.")
        if isinstance(self.right, TimeOf):
            raise refused("a time stands on the left, and a number on the right.")
        for one, other in ((self.left, self.right), (self.right, self.left)):
            if isinstance(one, Indicator) and one.id in CUMULATIVE and not _same(one, other):
                title = catalogue.indicator(one.id).title
                raise refused(
                    f"{title} counts from the first bar there is, so its level says nothing; "
                    "compare it with itself some bars ago."
                )
        if isinstance(self.left, TimeOf):
            _check_time(self.left.part, self.op, self.right)
        elif self.op == "is":
            raise refused("only a weekday, an hour, a day or a month can be asked with 'is'.")
        return self


def _same(one: Indicator, other: Operand) -> bool:
    return isinstance(other, Indicator) and other.id == one.id


def _check_time(part: Part, op: Comparison, right: Operand) -> None:
    if not isinstance(right, Number):
        raise refused(f"the {part} can be compared with a number only.")
    if op in CROSSINGS:
        raise refused(f"the {part} does not cross anything; ask with 'is', > or <.")
    low, high = LIMITS[part]
    if not (low <= right.value <= high and right.value == int(right.value)):
        raise refused(f"the {part} is a whole number from {low} to {high}.")


class All(Word):
    """True while every one of its terms is."""

    kind: Literal["all"] = "all"
    terms: tuple[Term, ...] = Field(min_length=1, max_length=MOST_PARTS, strict=False)


class Any(Word):
    """True while at least one of its terms is."""

    kind: Literal["any"] = "any"
    terms: tuple[Term, ...] = Field(min_length=1, max_length=MOST_PARTS, strict=False)


class Not(Word):
    """True while its term is known to be false."""

    kind: Literal["not"] = "not"
    term: Term


Term: TypeAlias = Annotated[Compare | All | Any | Not, Field(discriminator="kind")]

for _each in (Combined, Compare, All, Any, Not):
    _each.model_rebuild()
