"""What a change would do, in words, before anybody says yes to it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from pydantic import ValidationError

from puffling.agents.befores import before, is_removal, thing
from puffling.agents.fencing import line, plain
from puffling.core import formats
from puffling.core.errors import BadValueError, PufflingError
from puffling.services import order_words

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from pydantic import BaseModel

    from puffling.commands.context import Context
    from puffling.commands.registry import Command

Line: TypeAlias = tuple[str, str, str]  # what it is, as it is, as it would be
Values: TypeAlias = "Mapping[str, Any]"

LONGEST = 2_000
MOST_LINES = 60
LARGE = 10_000  # from here on the thousands of a whole number are told apart
WHAT = "What"
# What is taken back, by which command, in the words that the preview says it with.
BACK: Mapping[str, str] = {
    "watchlist": "edit.undo",
    "settings": "edit.undo",
    "drawing": "drawing.undo",
}
# The values that a preview's own words say; every other one that is given is said as it is.
SAID: Mapping[str, Collection[str]] = {
    "alert": frozenset({"id", "symbol", "condition", "kind", "price", "enabled"}),
    "drawing": frozenset({"id", "symbol"}),
    "goal.propose": frozenset({"name"}),
    "idea": frozenset({"id"}),
    "layout": frozenset({"name", "to"}),
    "settings": frozenset({"section", "name", "value", "theme", "colours"}),
    "strategy": frozenset({"id", "name", "number", "rules"}),
    "watchlist": frozenset({"name", "list", "symbol", "place"}),
}
NO_WAY_BACK = frozenset({"drawing.alert", "drawing.undo", "drawing.redo"})


@dataclass(frozen=True, slots=True)
class Preview:
    """A change that waits for a yes."""

    call_id: str
    command: str
    title: str
    lines: tuple[Line, ...]
    undoable: bool


class Consent(Protocol):
    """Where a yes to a change comes from: a person's click on its preview."""

    async def ask(self, preview: Preview) -> bool:
        """Show a preview and wait for the click; False means no."""
        ...


def way_back(command: str) -> str:
    """Return the command that takes a change back; empty when none does."""
    return "" if command in NO_WAY_BACK else BACK.get(command.partition(".")[0], "")


def preview(context: Context, command: Command[..., Any], values: Values, call_id: str) -> Preview:
    """Return what a command would change, as things stand now.

    Raises:
        BadValueError: It is more than anybody could be shown: nobody says yes to what is hidden.
        PufflingError: It could not be done anyway; the sentence says why.
    """
    noun = command.id.partition(".")[0]
    special = _LINES.get(command.id) or _NOUNS.get(noun)
    checked = command.check(values)
    lines = [] if special is None else list(special(context, command.id, _all(checked)))
    told = SAID.get(command.id, SAID.get(noun, frozenset())) if lines else frozenset()
    lines += _generic(context, command, checked, told)
    if all(name == WHAT for name, _, _ in lines):
        lines.append((command.title.rstrip("…"), formats.UNKNOWN, command.help.splitlines()[0]))
    if len(lines) > MOST_LINES or any(len(after) > LONGEST for _, _, after in lines):
        raise BadValueError("That is more than can be shown whole before it is done: ask for less.")
    shown = tuple((line(name, 60), _as_is(before), _as_is(after)) for name, before, after in lines)
    title = command.title.rstrip("…")
    return Preview(call_id, command.id, title, shown, bool(way_back(command.id)))


def _all(checked: BaseModel) -> dict[str, Any]:
    return {name: getattr(checked, name) for name in type(checked).model_fields}


def _generic(
    context: Context, command: Command[..., Any], checked: BaseModel, told: Collection[str]
) -> Iterable[Line]:
    """Say every value that was given, except what is said already, and what it would replace."""
    values = _all(checked)
    there, removes = before(context, command.id, values), is_removal(command.id)
    what = thing(context, command.id, values)
    if what:
        yield WHAT, what, formats.UNKNOWN if removes else what
    for name, field in type(checked).model_fields.items():
        if name not in checked.model_fields_set or name in told or (what and name == "id"):
            continue
        title = field.title or name.replace("_", " ").capitalize()
        old, new = said(there.get(name)), said(values[name])
        yield (title, new, formats.UNKNOWN) if removes else (title, old, new)


def said(value: object) -> str:
    """Return a value in words, as it is read; a dash for nothing."""
    if value is None or value in ("", (), [], {}):
        return formats.UNKNOWN
    if isinstance(value, dict):
        return ", ".join(f"{name}: {said(each)}" for name, each in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(said(each) for each in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return _number(value) if isinstance(value, int | float | Decimal) else str(value)


def _number(value: float | Decimal) -> str:
    """Return a number as the amount that it is: 1E+3 is 1,000."""
    exact = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    whole = isinstance(value, int) and abs(value) < LARGE
    return str(value) if whole or not exact.is_finite() else f"{exact:,f}"


def _as_is(text: str) -> str:
    """Return text as it is, on one line: what is changed is what was read."""
    whole = str(plain(text[:LONGEST])).replace("\n", " ↵ ")
    left = len(text) - LONGEST
    return f"{whole}… ({left:,} more characters)" if left > 0 else whole


def _setting(context: Context, _: str, values: Values) -> Iterable[Line]:
    section, name = values["section"], values["name"]
    there = getattr(context.settings.current, section, None)
    if there is None or name not in type(there).model_fields:
        raise PufflingError(f"There is no setting {section}.{name}.")
    before = getattr(there, name)
    listed = isinstance(before, tuple)
    chosen = tuple(values["value"].replace(",", " ").split()) if listed else values["value"]
    title = type(there).model_fields[name].title or name
    try:
        after = getattr(type(there).model_validate(there.model_dump() | {name: chosen}), name)
    except ValidationError as error:
        raise PufflingError(f"{title}: {error.errors(include_url=False)[0]['msg']}.") from None
    yield title, said(before), said(after)


def _appearance(context: Context, command: str, values: Values) -> Iterable[Line]:
    now = context.settings.current.appearance
    if command == "settings.theme":
        yield "Theme", str(now.theme), str(values["theme"])
    else:
        yield "Up and down", str(now.up_down), str(values["colours"])


def _watchlist(context: Context, command: str, values: Values) -> Iterable[Line]:
    """Say the names of the lists, or the symbols of one, before and after."""
    lists = context.watchlists
    names = ", ".join(each.name for each in lists.all())
    verb = command.partition(".")[2]
    if verb == "create":
        yield "Watchlists", names, f"{names}, {values['name']}"
        return
    found = lists.get(values.get("list", ""))
    symbols = list(found.symbols)
    if verb == "rename":
        yield "Name", found.name, values["name"]
    elif verb == "delete":
        left = ", ".join(each.name for each in lists.all() if each.id != found.id)
        yield "Watchlists", names, left
        yield f"Symbols on {found.name}", ", ".join(symbols), formats.UNKNOWN
    else:
        symbol = values["symbol"]
        after = [each for each in symbols if each != symbol]
        if verb == "add":
            after = symbols if symbol in symbols else [*symbols, symbol]
        elif verb == "move":
            after.insert(max(0, values["place"]), symbol)
        yield f"Symbols on {found.name}", ", ".join(symbols), ", ".join(after)


def _alert(context: Context, command: str, values: Values) -> Iterable[Line]:
    from puffling.services.alerts import condition_of

    before = context.alerts.get(values["id"]) if "id" in values else None
    was = formats.UNKNOWN if before is None else before.text
    verb = command.partition(".")[2]
    if verb in {"create", "edit"}:
        from puffin.monitor.conditions import describe

        yield "Alert", was, describe(condition_of(values["condition"]), values["symbol"])
    elif verb == "add":
        yield "Alert", was, f"{values['symbol']} {values['kind']} {said(values['price'])}"
    elif verb == "remove":
        yield "Alert", was, formats.UNKNOWN
    elif verb == "copy":
        yield "Alert", formats.UNKNOWN, was
    elif verb == "enable" and before is not None:
        yield was, said(before.enabled), said(values["enabled"])


def _saved_strategy(context: Context, command: str, values: Values) -> Iterable[Line]:
    """Say what of a saved strategy would differ, or what rules say."""
    from puffling.services.revisions import differences

    cards = context.strategies
    verb = command.partition(".")[2]
    if verb == "save":
        made = cards.draft(
            values["name"], values["strategy"], values["rules"], values["parameters"]
        )
        if values["id"]:  # its parameters are said in full below
            named = replace(made, title=values["name"])
            for each in differences(cards.spec(values["id"]), named):
                yield "Differs", formats.UNKNOWN, each
        else:
            yield "Name", formats.UNKNOWN, values["name"]
            for each in cards.check_rules(values["rules"]) if values["rules"] else ():
                yield "Rule", formats.UNKNOWN, each
    elif verb == "remove":
        yield "Strategy", cards.card(values["id"]).title, formats.UNKNOWN
    elif verb == "restore":
        newest = max(each.number for each in cards.revisions(values["id"]))
        yield "Revision", str(newest), f"as {values['number']} was"
        for each in cards.diff(values["id"], newest, values["number"]):
            yield "Differs", formats.UNKNOWN, each


def _undo(context: Context, command: str, _: Values) -> Iterable[Line]:
    service = context.undo
    words = service.next_back if command == "edit.undo" else service.next_again
    if not words:
        raise PufflingError("There is nothing to take back or make again.")
    verb = "Takes back" if command == "edit.undo" else "Makes again"
    yield verb, words, formats.UNKNOWN


def _drawing(context: Context, command: str, values: Values) -> Iterable[Line]:
    if command == "drawing.remove":
        found = context.drawings.get(values["id"])
        yield "Drawing", f"{found.kind} on {found.symbol}", formats.UNKNOWN
    elif command == "drawing.clear":
        symbol = values["symbol"] or context.desk.symbol
        yield f"Drawings on {symbol}", str(len(context.drawings.of(symbol))), "0 that are free"


def _layout(context: Context, command: str, values: Values) -> Iterable[Line]:
    verb = command.partition(".")[2]
    if verb == "save":
        is_there = values["name"] in context.layouts.named()
        before = "as it was saved" if is_there else formats.UNKNOWN
        yield f"Layout {values['name']}", before, "as it is on the screen"
    elif verb == "rename":
        yield "Layout", values["name"], values["to"]


def _goal(context: Context, command: str, values: Values) -> Iterable[Line]:
    """Say every order that a rebalancing would propose."""
    if command != "goal.propose":
        return
    for each in context.goals.preview(values["name"], values["leave"]).trades:
        if each.side is not None:
            size = formats.quantity(abs(each.quantity))
            yield (
                "To the inbox",
                formats.UNKNOWN,
                f"{each.side.capitalize()} {size} {each.symbol}",
            )


def _idea(context: Context, command: str, values: Values) -> Iterable[Line]:
    """Say the order that an idea would put into the inbox."""
    if command == "idea.propose":
        yield (
            "To the inbox",
            formats.UNKNOWN,
            order_words.ticket(context.ideas.ticket(values["id"])),
        )


_Lines: TypeAlias = "Callable[[Context, str, Values], Iterable[Line]]"
_LINES: Mapping[str, _Lines] = {"settings.change": _setting}
_NOUNS: Mapping[str, _Lines] = {
    "alert": _alert,
    "drawing": _drawing,
    "edit": _undo,
    "goal": _goal,
    "idea": _idea,
    "layout": _layout,
    "settings": _appearance,
    "strategy": _saved_strategy,
    "watchlist": _watchlist,
}
