"""The one registry: menu, palette, shortcuts, toolbar, terminal, tools and reference read it."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from functools import cached_property
from typing import (
    TYPE_CHECKING,
    Any,
    Concatenate,
    Generic,
    ParamSpec,
    TypeVar,
    cast,
    get_type_hints,
)

from pydantic import BaseModel, ConfigDict, ValidationError, create_model

from puffling.core.errors import BadValueError, UnknownCommandError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping

    from puffling.commands.context import Context


class Effect(StrEnum):
    """How far a command reaches; permissions are written in these words."""

    LOOK = "look"
    CHANGE = "change"
    TRADE = "trade"


class Menu(StrEnum):
    """The menus of the menu bar, in order; the ampersand marks the mnemonic."""

    FILE = "&File"
    EDIT = "&Edit"
    VIEW = "&View"
    DATA = "&Data"
    TRADE = "Trade"
    TOOLS = "Too&ls"
    HELP = "&Help"


P = ParamSpec("P")
R = TypeVar("R")


class Parameters:
    """What a function takes besides the context; a run of the desk needs few of them as models."""

    def __init__(self, function: Callable[..., Awaitable[Any]]) -> None:
        self._function = function

    @cached_property
    def names(self) -> tuple[str, ...]:
        """What they are called, in order."""
        _context, *names = inspect.signature(self._function).parameters
        # Whether it is one record, with names of its own, takes a look at its type.
        record = self.record if len(names) == 1 else None
        return tuple(names) if record is None else tuple(record.model_fields)

    @cached_property
    def record(self) -> type[BaseModel] | None:
        """The model that is all the function takes, if it is one."""
        _context, *rest = get_type_hints(self._function).items()
        kinds = [kind for name, kind in rest if name != "return"]
        if len(kinds) == 1 and isinstance(kinds[0], type) and issubclass(kinds[0], BaseModel):
            return kinds[0]
        return None

    @cached_property
    def model(self) -> type[BaseModel]:
        """What checks them."""
        return self.record or self._made()

    def _made(self) -> type[BaseModel]:
        hints = get_type_hints(self._function, include_extras=True)
        _context, *rest = inspect.signature(self._function).parameters.values()
        fields: dict[str, Any] = {
            each.name: (hints[each.name], ... if each.default is each.empty else each.default)
            for each in rest
        }
        # Its check is built when something is checked.
        config = ConfigDict(extra="forbid", defer_build=True)
        return create_model(self._function.__name__, __config__=config, **fields)


@dataclass(frozen=True, slots=True)
class Command(Generic[P, R]):
    """One thing that can be asked for.

    Call it with keyword arguments and the type checker knows them; `run_with` takes plain values
    from a form, a palette, a terminal or a model and checks them first.
    """

    id: str
    title: str
    menu: Menu | None
    effect: Effect
    function: Callable[Concatenate[Context, P], Awaitable[R]]
    parameters: Parameters
    shortcut: str | None = None
    tool_name: str = ""
    window_only: bool = False
    toolbar: bool = False
    words: str = ""  # other words a person may search for in the palette

    @property
    def params(self) -> type[BaseModel]:
        """What checks its values."""
        return self.parameters.model

    @property
    def help(self) -> str:
        """What it does, from the function's own docstring."""
        return inspect.getdoc(self.function) or ""

    @property
    def needs_values(self) -> bool:
        """Whether it cannot run until somebody gives it values."""
        return any(each.is_required() for each in self.params.model_fields.values())

    async def __call__(self, context: Context, *args: P.args, **kwargs: P.kwargs) -> R:
        """Run it."""
        return await self.function(context, *args, **kwargs)

    async def run_with(self, context: Context, values: Mapping[str, object]) -> R:
        """Check `values` against the parameters, then run it.

        Raises:
            BadValueError: If a value does not fit; the sentence names it.
        """
        checked = self.check(values)
        function = cast("Callable[..., Awaitable[R]]", self.function)
        if self.parameters.record is not None:
            return await function(context, checked)
        chosen: dict[str, Any] = {name: getattr(checked, name) for name in self.params.model_fields}
        return await function(context, **chosen)

    def check(self, values: Mapping[str, object]) -> BaseModel:
        """Return `values` checked against the parameters.

        Raises:
            BadValueError: If a value does not fit; the sentence names it.
        """
        try:
            return self.params.model_validate(values)
        except ValidationError as error:
            raise BadValueError(_sentence(error), hint=f"See the help of {self.id}.") from None


def command(  # noqa: PLR0913 - each is a word of the declaration, given by name
    id_: str,
    title: str,
    *,
    menu: Menu | None,
    effect: Effect,
    shortcut: str | None = None,
    window_only: bool = False,
    toolbar: bool = False,
    words: str = "",
) -> Callable[[Callable[Concatenate[Context, P], Awaitable[R]]], Command[P, R]]:
    """Turn an async function into a command; its parameters become the command's.

    A function that takes nothing but a model has that model's fields as its parameters.
    `window_only` marks what needs a window (opening a panel); `menu=None` keeps it to the
    palette, the terminal and the panels' own buttons.
    """

    def declare(function: Callable[Concatenate[Context, P], Awaitable[R]]) -> Command[P, R]:
        return Command(
            id_,
            title,
            menu,
            effect,
            function,
            Parameters(function),
            shortcut,
            id_.replace(".", "_"),
            window_only,
            toolbar,
            words,
        )

    return declare


class Registry:
    """Commands by id, in the order they were declared."""

    def __init__(self, commands: Iterable[Command[..., Any]]) -> None:
        self._make: Callable[[], Iterable[Command[..., Any]]] | None = None
        self._known = _by_id(commands)

    @classmethod
    def later(cls, make: Callable[[], Iterable[Command[..., Any]]]) -> Registry:
        """Return a registry whose commands are made when it is first looked into."""
        registry = cls(())
        registry._make = make
        return registry

    @property
    def _commands(self) -> dict[str, Command[..., Any]]:
        make, self._make = self._make, None
        if make is not None:
            self._known = _by_id(make())
        return self._known

    def __iter__(self) -> Iterator[Command[..., Any]]:
        return iter(self._commands.values())

    def __len__(self) -> int:
        return len(self._commands)

    def __contains__(self, id_: object) -> bool:
        return id_ in self._commands

    def __getitem__(self, id_: str) -> Command[..., Any]:
        if id_ in self._commands:
            return self._commands[id_]
        near = get_close_matches(id_, self._commands, n=1)
        hint = f" Did you mean {near[0]!r}?" if near else ""
        raise UnknownCommandError(f"There is no command {id_!r}.{hint}")


def _by_id(commands: Iterable[Command[..., Any]]) -> dict[str, Command[..., Any]]:
    found: dict[str, Command[..., Any]] = {}
    tools: set[str] = set()
    for each in commands:
        if each.id in found:
            raise ValueError(f"Two commands are called {each.id!r}")
        if each.tool_name in tools:
            raise ValueError(f"Two commands have the tool name {each.tool_name!r}")
        found[each.id] = each
        tools.add(each.tool_name)
    return found


def _sentence(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_context=False)[0]
    where = " ".join(str(each) for each in first["loc"]) or "The values"
    return f"{where}: {first['msg'][:1].lower()}{first['msg'][1:]}."
