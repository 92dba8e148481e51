"""How a strategy is named, stored and built again in another process."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, fields
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from pydantic import TypeAdapter, ValidationError

from puffin.errors import ParameterError
from puffin.strategies.registry import strategy

if TYPE_CHECKING:
    from collections.abc import Mapping

    from puffin.strategies.base import Parameters, Rule

Kind: TypeAlias = Literal["builtin", "rules", "file"]


@dataclass(frozen=True)
class StrategySpec:
    """Everything that is needed to build a strategy, as plain values.

    Attributes:
        kind: Built in, rules that were put together, or a file of one's own.
        id: The id of a built-in strategy, otherwise the name it is kept under.
        title: Its name on the screen.
        parameters: What was set; the rest has its defaults.
        source: The rules as JSON, or the text of the file; nothing for a built-in strategy.
    """

    kind: Kind
    id: str
    title: str
    parameters: dict[str, Any] = field(default_factory=dict)
    source: str = ""

    @property
    def called(self) -> str:
        """What errors call it: a file by its name, everything else by its title."""
        return file_name(self.id) if self.kind == "file" else self.title

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON would hold it."""
        return {
            "kind": self.kind,
            "id": self.id,
            "title": self.title,
            "parameters": dict(self.parameters),
            "source": self.source,
        }

    @staticmethod
    def from_dict(value: Mapping[str, Any]) -> StrategySpec:
        """Read what `to_dict` gave.

        Raises:
            ParameterError: Something is missing, unknown, or of the wrong kind.
        """
        unknown = sorted(set(value) - {each.name for each in fields(StrategySpec)})
        if unknown:
            raise ParameterError(f"This is not a strategy: {unknown[0]} is not known.")
        try:
            return TypeAdapter(StrategySpec).validate_json(json.dumps(dict(value)), strict=True)
        except ValidationError as error:
            raise ParameterError(f"This is not a strategy: {sentence(error)}") from None
        except (TypeError, ValueError) as error:
            raise ParameterError(f"This is not a strategy: {error}.") from None


def file_name(id_: str) -> str:
    """Return what the file of a strategy is called in its folder."""
    return f"{id_.rpartition(':')[2]}.py"


def sentence(error: ValidationError) -> str:
    """Return the first thing that is wrong, and where."""
    first = error.errors(include_url=False, include_context=False)[0]
    if first["type"] == "extra_forbidden":
        return f"{first['loc'][-1]} is not known."
    name = " ".join(str(each).replace("_", " ") for each in first["loc"]) or "the parameters"
    return f"{name}: {first['msg'].removeprefix('Value error, ').removesuffix('.')}."


def parameters_type(spec: StrategySpec) -> type[Parameters]:
    """Return the class of the strategy's parameters, from which forms and grids are made.

    Raises:
        ParameterError: There is no such strategy, or its source does not make one.
    """
    return rule_type(spec).Parameters


def rule_type(spec: StrategySpec) -> type[Rule]:
    """Return the strategy's class; a file is run for that.

    Raises:
        ParameterError: There is no such strategy, or its source does not make one.
    """
    return strategy(spec.id) if spec.kind == "builtin" else _made(spec.kind, spec.id, spec.source)


@lru_cache(maxsize=64)
def _made(kind: Kind, id_: str, source: str) -> type[Rule]:
    """Make a class of rules or of a file; once, as an optimiser asks for it again and again."""
    if kind == "rules":
        from puffin.strategies.rule_strategy import rule_class
        from puffin.strategies.rules import RuleSet

        return rule_class(RuleSet.from_json(source), id_)
    from puffin.strategies.files import load

    return load(source, id_)


def build(spec: StrategySpec) -> Rule:
    """Return the strategy, ready to run.

    Raises:
        ParameterError: There is no such strategy, its source does not make one, or a parameter
            does not fit.
    """
    made = rule_type(spec)
    try:
        parameters = made.Parameters.model_validate(spec.parameters)
    except ValidationError as error:
        raise ParameterError(f"{made.title}, {sentence(error)}") from None
    return made(parameters)
