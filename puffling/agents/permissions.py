"""What no tool in a model's hand may do: values refused, gates shut, doors guarded."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, NoReturn, cast

from puffling.core.errors import BadValueError, NotConfirmedError
from puffling.core.redaction import looks_secret, redact

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from puffling.commands.context import Context, Desk
    from puffling.services.baskets import BasketProposal
    from puffling.services.orders import Proposal

ACTOR = "assistant"
LARGEST = 20_000  # characters of all values of one call
DEEPEST = 12

# The sections of the settings that a model may ask to change, and what of them it may not. Money,
# limits, connections, keys of the keyboard and whatever is added later are changed by hand.
SECTIONS = frozenset({"appearance", "data", "general", "watchlist"})
OWN_HANDS = frozenset({"data.yahoo", "general.updates_address"})
AN_ADDRESS = re.compile(r"address|url|host|proxy|folder|path|key|token|secret", re.IGNORECASE)

SYMBOL_NAMES = frozenset({"symbol", "symbols", "benchmark", "market"})
A_SYMBOL = re.compile(r"[A-Za-z0-9^][A-Za-z0-9.^=/\-]{0,24}", re.ASCII)
# What is looked up at a source of prices: the name of a company, not what an account is worth.
A_NAME = re.compile(r"[^\W_][\w .,&'’\-]{0,39}")
MANY_DIGITS = re.compile(r"\d{4,}|\d[.,]\d")
ASKED_OUTSIDE = frozenset({"data.search"})

# Doors of the desk that lead to a person's own decisions.
GUARDED = frozenset(
    {
        "ask_about",
        "ask_change",
        "ask_key",
        "ask_keys",
        "ask_template",
        "ask_unlock",
        "ask_word",
        "chart_export",
        "close_panel",
        "fill_ticket",
        "next_panel",
        "quit",
        "record_lines",
        "recorded_lines",
        "restart",
        "review_ticket",
        "run_focused",
        "run_lines",
        "save_tearsheet",
        "show_conversation",
        "write_pdf",
        "write_ticket",
        "written_ticket",
    }
)
# The others. A door that is in neither list is shut.
OPEN = frozenset(
    {
        "apply_layout",
        "begin_alert",
        "chart_draw",
        "chart_fit",
        "chart_overlay",
        "chart_picture",
        "chart_signals",
        "chart_timeframe",
        "charts",
        "choose_symbol",
        "full_screen",
        "has_window",
        "layout_moves",
        "new_chart",
        "open_panel",
        "panels",
        "remove_layout",
        "rename_layout",
        "reset_layout",
        "save_layout",
        "show",
        "show_backtest",
        "show_journal",
        "studies",
        "symbol",
        "try_strategy",
    }
)
PARTS = frozenset({"charts", "layout_moves", "panels", "studies"})
# What may be opened by its name: nothing that every key does something in.
SHOWN = frozenset({"about", "help", "hud", "layouts", "settings", "shortcuts", "symbols", "window"})


class NeverGate:
    """A gate that says no to everything: no order is ever confirmed for a model."""

    async def confirm(self, proposal: Proposal | BasketProposal) -> None:
        """Say no."""
        del proposal


class GuardedDesk:
    """The desk without what a model must not touch; the rest is the desk's own.

    Whatever it opens, the keyboard stays where the person has it: what they are typing must not
    fall into a panel where a letter approves and Return sends.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the desk has there
        if name not in OPEN:
            return _refuse
        door = getattr(self._desk, name)
        if name in PARTS:
            return _Part(self._desk, door)
        return partial(_kept, self._desk, door) if callable(door) else door

    def show(self, what: str) -> None:
        """Open a dialog by its name, if a model may."""
        if what not in SHOWN:
            _refuse()
        with self._desk.keyboard_kept():
            self._desk.show(what)


class _Part:
    """A part of the desk, in whose moves the keyboard stays where it is, too."""

    def __init__(self, desk: Desk, part: object) -> None:
        self._desk, self._part = desk, part

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - as above
        return partial(_kept, self._desk, getattr(self._part, name))


def _kept(desk: Desk, move: Callable[..., object], *values: object, **named: object) -> object:
    with desk.keyboard_kept():
        return move(*values, **named)


def _refuse(*_: object, **__: object) -> NoReturn:
    raise NotConfirmedError("A person does that at the desk; no model does.")


def guarded(context: Context) -> Context:
    """Return the context that a model's commands run in: its own name, a gate that says no."""
    desk = cast("Desk", GuardedDesk(context.desk))
    return replace(context, actor=ACTOR, gate=NeverGate(), desk=desk)


def check_size(values: Mapping[str, Any]) -> None:
    """Let values through that are few enough to look at.

    Raises:
        BadValueError: There is too much of them.
    """
    if len(str(values)) > LARGEST:
        raise BadValueError("That is more than a tool takes at once.")


def check_values(command: str, values: Mapping[str, Any]) -> None:
    """Let values through that a model may give.

    Raises:
        BadValueError: A key is among them, or something that is no symbol.
    """
    if any(looks_secret("", each) or redact(each) != each for each in _texts(values, 0)):
        raise BadValueError("That looks like a key or an account's number: no tool is given one.")
    for name in SYMBOL_NAMES & values.keys():
        for each in _texts({"": values[name]}, 0):
            for one in each.replace(",", " ").split():
                if not A_SYMBOL.fullmatch(one):
                    raise BadValueError(f"{name}: {one[:20]!r} is no symbol.")
    if command in ASKED_OUTSIDE:
        text = str(values.get("text", ""))
        if not A_NAME.fullmatch(text) or MANY_DIGITS.search(text):
            raise BadValueError("text: symbols are found by a few words of a company's name.")
    if command == "settings.change":
        _check_setting(str(values.get("section", "")), str(values.get("name", "")))


def _check_setting(section: str, name: str) -> None:
    if section not in SECTIONS or f"{section}.{name}" in OWN_HANDS or AN_ADDRESS.search(name):
        raise BadValueError(
            f"The setting {section[:40]}.{name[:40]} is changed by hand alone.",
            hint="desk_settings opens the settings for the person.",
        )


def _texts(value: object, depth: int) -> Iterator[str]:
    """Yield every text in a value, names included.

    Raises:
        BadValueError: It is nested without end.
    """
    if depth > DEEPEST:
        raise BadValueError("The values are nested too deeply.")
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, each in value.items():
            yield str(name)
            yield from _texts(each, depth + 1)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _texts(each, depth + 1)
