"""The tools: every command that a model is offered, under its own name and the well-known ones."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

from pydantic import Field

from puffin.ai.base import ToolSpec
from puffling.agents.aliases import ALIASES, Asked
from puffling.agents.reaches import Reach, hidden, reach, refusal
from puffling.agents.schemas import schema_of
from puffling.core.errors import BadValueError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from puffling.agents.aliases import Alias
    from puffling.commands.registry import Command, Registry

Model = TypeVar("Model", bound="Asked")
FIND, READ = "find_tools", "read_more"
SAYS = {
    Reach.LOOK: "",
    Reach.CHANGE: " The person is asked first.",
    Reach.PROPOSE: " It only proposes: the order waits in the inbox for the person.",
    Reach.ERRAND: " It only makes a button, which the person may press.",
}
REASON = {"type": "string", "description": "Why, for the person who decides."}
DEFAULT_REASON = "Asked for in the conversation."
LONGEST_REASON = 400
MOST_LINES = 5_000  # of a table that is asked for


class Find(Asked):
    """What a tool is looked for by."""

    text: Annotated[str, Field(min_length=1, max_length=200, description="What it should do.")]


class More(Asked):
    """A page of a table."""

    handle: Annotated[str, Field(max_length=40, description="As the table's summary has it.")]
    page: Annotated[int, Field(ge=1, le=10_000)] = 1


OWN: Mapping[str, tuple[str, type[Asked]]] = {
    FIND: ("Find tools by what they do, when none of those listed fits.", Find),
    READ: ("Read a page of a long table that was only summarised.", More),
}


@dataclass(frozen=True, slots=True)
class Tool:
    """One tool: a command, as a model sees it."""

    name: str
    command: Command[..., Any]
    reach: Reach
    alias: Alias | None = None

    @property
    def spec(self) -> ToolSpec:
        """What a model is told."""
        if self.alias is not None:
            return ToolSpec(self.name, self.alias.help, schema_of(self.alias.params))
        schema = schema_of(self.command.params, hidden(self.command))
        if self.reach is Reach.PROPOSE and "reason" not in schema["properties"]:
            schema["properties"]["reason"] = REASON
        return ToolSpec(self.name, f"{_short(self.command.help)}{SAYS[self.reach]}", schema)

    def values(self, arguments: Mapping[str, Any]) -> tuple[dict[str, Any], str]:
        """Return what the command takes, and the reason that was given for a proposal.

        Raises:
            BadValueError: Something does not fit, or is nothing that a model may say.
        """
        values = dict(arguments)
        if self.alias is not None:
            values = self.alias.values(checked(self.alias.params, arguments))
        unseen = hidden(self.command) & values.keys()
        if unseen:
            raise BadValueError(f"No tool takes {', '.join(sorted(unseen))}: a person gives that.")
        reason = ""
        if self.reach is Reach.PROPOSE and "reason" not in self.command.params.model_fields:
            reason = str(values.pop("reason", "") or "")[:LONGEST_REASON]
        many = [name for name in ("last", "limit") if _number(values.get(name)) > MOST_LINES]
        if many:
            raise BadValueError(f"{many[0]}: at most {MOST_LINES:,} at a time.")
        self.command.check(values)
        return values, reason or DEFAULT_REASON

    def narrowed(self, arguments: Mapping[str, Any], result: object) -> object:
        """Return of a result what was asked for.

        Raises:
            BadValueError: Nothing of it was.
        """
        if self.alias is None:
            return result
        return self.alias.narrow(checked(self.alias.params, arguments), result)


def checked(model: type[Model], arguments: Mapping[str, Any]) -> Model:
    """Return arguments as a record.

    Raises:
        BadValueError: Something does not fit; the sentence names the first thing.
    """
    from pydantic import ValidationError

    try:
        return model.model_validate(dict(arguments))
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        where = " ".join(str(each) for each in first["loc"]) or "The values"
        raise BadValueError(f"{where}: {first['msg'][:1].lower()}{first['msg'][1:]}.") from None


class Catalogue:
    """Every tool by its name."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry

    @cached_property
    def excluded(self) -> dict[str, str]:
        """The commands that no model is offered, each with the reason."""
        return {each.id: why for each in self._registry if (why := refusal(each))}

    @cached_property
    def tools(self) -> dict[str, Tool]:
        """Every tool by its name: the well-known ones first, then as commands were declared."""
        there = {each.id: each for each in self._registry}
        named = (
            Tool(each.name, there[each.command], reach(there[each.command]), each)
            for each in ALIASES
            if each.command in there
        )
        others = (
            Tool(each.tool_name, each, reach(each))
            for each in self._registry
            if each.id not in self.excluded
        )
        return {each.name: each for each in (*named, *others)}

    @property
    def named(self) -> list[str]:
        """The well-known names that there are."""
        return [each.name for each in ALIASES if each.name in self.tools]

    def own(self) -> Iterable[ToolSpec]:
        """Return the tools about tools."""
        for name, (said, model) in OWN.items():
            yield ToolSpec(name, said, schema_of(model))


def _short(text: str) -> str:
    """Return a docstring on one line, up to a length that helps."""
    return re.sub(r"\s+", " ", text).strip()


def _number(value: object) -> float:
    try:
        return float(str(value))
    except ValueError:
        return 0.0
