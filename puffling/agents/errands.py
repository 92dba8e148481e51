"""What a model may only hand over: a button that runs a command as the person who presses it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from puffling.agents.cards import Card, Kind
from puffling.agents.fencing import line
from puffling.agents.previews import said
from puffling.core import formats
from puffling.core.errors import BadValueError, UnknownOrderError
from puffling.services import order_words
from puffling.work.requests import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from puffling.commands.context import Context
    from puffling.commands.registry import Command
    from puffling.services.orders import Proposal

BUTTONS: Mapping[str, str] = {
    "order.cancel": "Cancel the order",
    "order.cancel_all": "Cancel all orders",
    "order.replace": "Change the order…",
    "position.close": "Close the position…",
    "position.flatten": "Close every position…",
    "position.reverse": "Reverse the position…",
    "basket.resume": "Send the rest…",
    "risk.halt": "Halt trading",
}
MOST_LINES = 60
LIFE = timedelta(minutes=15)  # as long as a proposal waits
# What is done as soon as the button is pressed; every other one asks first.
AT_ONCE = frozenset({"order.cancel", "order.cancel_all", "risk.halt"})


def errand(
    context: Context,
    command: Command[..., Any],
    values: Mapping[str, Any],
    order: Proposal | None = None,
) -> Card:
    """Return the button for a command, with what it would be done to as it is now.

    Raises:
        UnknownOrderError: There is no such order.
        BadValueError: There is nothing it could be done to, or more than can be shown.
    """
    lines = [[name, line(text)] for name, text in _lines(context, command, values)]
    if len(lines) > MOST_LINES:
        raise BadValueError("That is more than can be shown on a button: the desk does it.")
    if order is not None:
        lines += [["Order", order_words.ticket(order.order.ticket)]]
        lines += [["Besides", each] for each in order.notes]
    title = command.title.rstrip("…")
    data = {
        "title": title,
        "command": command.id,
        "values": plain(dict(values)),
        "lines": lines,
        "button": BUTTONS.get(command.id, command.title),
        "asks": command.id not in AT_ONCE,
        "account": context.portfolio.account.id,
        "until": (context.clock.now() + LIFE).isoformat(),
    }
    return Card(Kind.ERRAND, data)


def _lines(
    context: Context, command: Command[..., Any], values: Mapping[str, Any]
) -> Iterable[tuple[str, str]]:
    match command.id:
        case "order.cancel" | "order.replace":
            order = context.orders.get(str(values["id"]))
            if order is None:
                raise UnknownOrderError(f"There is no order {values['id']!r}.")
            yield "Order", order_words.ticket(order.ticket)
            yield "It is", str(order.status)
        case "order.cancel_all":
            for each in context.orders.open():
                yield "Order", order_words.ticket(each.ticket)
        case "position.flatten":
            for held in context.portfolio.positions():
                yield held.symbol, formats.quantity(held.quantity)
        case "basket.resume":
            yield from _left(context, str(values["id"]))
        case _:
            pass
    read = command.check(values)  # what is done is what the values were read as
    for name, field in command.params.model_fields.items():
        if name in values and name != "id":
            yield field.title or name, said(getattr(read, name))


def why_not(context: Context, data: Mapping[str, Any]) -> str:
    """Return why a button does not count any more, in a sentence; empty while it does."""
    if data.get("account", context.portfolio.account.id) != context.portfolio.account.id:
        return "This button was for another account. Ask again."
    until = data.get("until")
    if until and context.clock.now() > datetime.fromisoformat(str(until)):
        return "This button is too old: things may stand otherwise by now. Ask again."
    return ""


def _left(context: Context, id_: str) -> Iterable[tuple[str, str]]:
    for each in context.baskets.get(id_).left:
        yield "Not sent yet", order_words.ticket(each)
