"""A strategy without code: rules for entering and leaving, as one checked document."""

from __future__ import annotations

import json
from itertools import takewhile
from typing import TYPE_CHECKING, Final, Self

from pydantic import BaseModel, Field, ValidationError, model_validator

from puffin.errors import ParameterError
from puffin.strategies.terms import (
    MOST_PARTS,
    All,
    Any,
    Combined,
    Compare,
    Not,
    Term,
    Word,
    refused,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from puffin.strategies.terms import Operand

LONGEST: Final = 64_000  # characters of a document
DEEPEST: Final = 40  # brackets inside brackets of a document
MOST_LEVELS: Final = 6  # of terms inside terms, and of sums inside sums
MOST_COMPARISONS: Final = 60  # in one strategy
RULES: Final = ("entry_long", "exit_long", "entry_short", "exit_short")
WORDS: Final = {
    "entry_long": "Entry long",
    "exit_long": "Exit long",
    "entry_short": "Entry short",
    "exit_short": "Exit short",
    "stop_loss": "Stop loss",
    "take_profit": "Take profit",
    "trailing": "Trailing stop",
    "hold": "Longest hold",
    "share": "Share",
    "name": "Name",
    "note": "Note",
}


class RuleSet(BaseModel):
    """Rules for entering and leaving, and what protects a position.

    Entry and exit are decided at a bar's close. Where an exit holds, nothing is entered on that
    side; where both entries hold, neither counts. Stops and targets are percent of the close that
    decided the entry.

    Attributes:
        name: What it is called.
        note: What it is for, in the person's own words.
        entry_long: When to buy.
        exit_long: When to sell what was bought.
        entry_short: When to sell short.
        exit_short: When to buy back.
        stop_loss: Percent of loss at which the position is closed.
        take_profit: Percent of gain at which it is closed.
        trailing: Percent below the best price since the entry at which it is closed.
        hold: Bars after which it is closed; 0 is never.
        share: Percent of what the sizing gives that an entry takes.
    """

    model_config = Word.model_config

    name: str = Field(min_length=1, max_length=80, title="Name")
    note: str = Field(default="", max_length=2_000, title="Note")
    entry_long: Term | None = Field(default=None, title="Entry long")
    exit_long: Term | None = Field(default=None, title="Exit long")
    entry_short: Term | None = Field(default=None, title="Entry short")
    exit_short: Term | None = Field(default=None, title="Exit short")
    stop_loss: float | None = Field(default=None, gt=0, lt=100, title="Stop loss in percent")
    take_profit: float | None = Field(default=None, gt=0, le=1_000, title="Take profit in percent")
    trailing: float | None = Field(default=None, gt=0, lt=100, title="Trailing stop in percent")
    hold: int = Field(default=0, ge=0, le=10_000, title="Longest hold in bars")
    share: float = Field(default=100.0, gt=0, le=100, title="Share of the size in percent")

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if not self.name.strip():
            raise refused("the strategy needs a name.")
        if self.entry_long is None and self.entry_short is None:
            raise refused("there is no rule for entering, neither long nor short.")
        for side in ("long", "short"):
            if getattr(self, f"entry_{side}") is None and getattr(self, f"exit_{side}") is not None:
                raise refused(f"there is a rule for leaving {side} positions, none for entering.")
        if self.entry_short is not None and (self.take_profit or 0) >= 100:  # noqa: PLR2004 - percent
            raise refused("a short position cannot gain 100 percent: take profit earlier.")
        return self

    @model_validator(mode="after")
    def _small_enough(self) -> Self:
        count = 0
        for rule in self.rules().values():
            for level, term in walk(rule):
                count += isinstance(term, Compare)
                sides = (term.left, term.right) if isinstance(term, Compare) else ()
                if max([level, *map(_levels, sides)]) > MOST_LEVELS:
                    raise refused(f"brackets can be {MOST_LEVELS} deep at most.")
        if count > MOST_COMPARISONS:
            raise refused(f"there are {count} comparisons; {MOST_COMPARISONS} are the most.")
        return self

    def rules(self) -> dict[str, Term]:
        """Return the rules that there are, by name."""
        found = {name: getattr(self, name) for name in RULES}
        return {name: term for name, term in found.items() if term is not None}

    def to_json(self) -> str:
        """Return it as a document; what was left at its default is left out."""
        return json.dumps(self.model_dump(mode="json", exclude_none=True), indent=2)

    @classmethod
    def from_json(cls, text: str) -> RuleSet:
        """Read what `to_json` gave.

        Raises:
            ParameterError: It is too large, not JSON, or something in it does not fit.
        """
        if len(text) > LONGEST:
            raise ParameterError(f"These rules are {len(text):,} characters long, {LONGEST:,} fit.")
        if nested(text) > DEEPEST:
            raise ParameterError("These rules are nested too deeply.")
        try:
            value = json.loads(text)
        except ValueError as error:
            raise ParameterError(f"These rules are not readable: {error}.") from None
        return cls.read(value)

    @classmethod
    def read(cls, value: object) -> RuleSet:
        """Read plain values, as JSON holds them.

        Raises:
            ParameterError: Something in it does not fit; says where.
        """
        try:
            return cls.model_validate_json(json.dumps(value))
        except ValidationError as error:
            raise ParameterError(" ".join(problems(error))) from None


def problems(error: ValidationError) -> list[str]:
    """Return what is wrong as sentences that say where."""
    found = error.errors(include_url=False, include_input=False)
    places = [each["loc"] for each in found]
    return [
        f"{place(each['loc'])}{_sentence(each['type'], each['msg'])}"
        for each in found
        # A list counts as too short when what stands in it does not fit.
        if not any(len(other) > len(each["loc"]) == _common(other, each["loc"]) for other in places)
    ]


def _common(one: tuple[int | str, ...], other: tuple[int | str, ...]) -> int:
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def place(location: tuple[int | str, ...]) -> str:
    """Return the place of a problem in words: "Entry long, part 2, left: "."""
    words: list[str] = []
    for each in location:
        if isinstance(each, int):
            words.append(f"part {each + 1}")
        elif each in WORDS and not words:
            words.append(WORDS[each])
        elif each not in {"terms", "term", *_KINDS}:
            words.append(each.replace("_", " "))
    return f"{', '.join(words)}: " if words else ""


_KINDS: Final = frozenset(
    {"compare", "all", "any", "not", "number", "price", "volume", "indicator", "time", "combined"}
)
_SAID: Final = {
    "extra_forbidden": "there is no such word.",
    "missing": "this is missing.",
    "union_tag_not_found": "it does not say of what kind it is.",
    "json_invalid": "this is not readable.",
    "too_short": "this is empty.",
    "too_long": f"these are too many; {MOST_PARTS} fit.",
}


def _sentence(kind: str, message: str) -> str:
    if kind in _SAID:
        return _SAID[kind]
    if kind == "union_tag_invalid":
        tag = message.partition("'")[2].partition("'")[0]
        return f"there is nothing called {tag}."
    text = message.removeprefix("Value error, ").replace("Input should", "this should")
    return text if text.endswith((".", "?")) else f"{text}."


def walk(term: Term, level: int = 1) -> Iterator[tuple[int, Term]]:
    """Give a term and all terms in it, each with its level: 1 for the outermost."""
    yield level, term
    if isinstance(term, All | Any):
        for each in term.terms:
            yield from walk(each, level + 1)
    elif isinstance(term, Not):
        yield from walk(term.term, level + 1)


def _levels(operand: Operand) -> int:
    if not isinstance(operand, Combined):
        return 0
    return 1 + max(_levels(operand.left), _levels(operand.right))


def nested(text: str) -> int:
    """Return how deep brackets are nested in a JSON text; strings count too, as they are short."""
    deepest = level = 0
    for each in text:
        if each in "[{":
            level += 1
            deepest = max(deepest, level)
        elif each in "]}":
            level -= 1
    return deepest
