"""Commands about orders kept under a name."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Annotated

from pydantic import Field

from puffling.commands.context import Context
from puffling.commands.registry import Effect, Menu, command
from puffling.commands.words import AnySymbol, Name
from puffling.core.errors import BadValueError
from puffling.services import order_words
from puffling.store.templates import TicketTemplate

LONGEST = 60
TemplateName = Annotated[
    str,
    Field(max_length=LONGEST, title="Name", description="Empty asks for one on the ticket."),
]


@command(
    "template.save",
    "Save order as template…",
    menu=Menu.TRADE,
    effect=Effect.CHANGE,
    shortcut="Ctrl+Shift+T",
    window_only=True,
    words="keep ticket preset",
)
async def save(context: Context, name: TemplateName = "") -> TicketTemplate | None:
    """Keep the order that is written on the ticket under a name, to be written again."""
    ticket = context.desk.written_ticket()
    if ticket is None:
        raise BadValueError("There is no complete order on the ticket to keep.")
    if not name.strip():
        context.desk.ask_template()
        return None
    template = TicketTemplate(name.strip(), ticket)
    context.templates.save(template)
    return template


@command(
    "template.load",
    "Load order template…",
    menu=Menu.TRADE,
    effect=Effect.LOOK,
    window_only=True,
    words="ticket preset",
)
async def load(context: Context, name: Name, symbol: AnySymbol = "") -> None:
    """Write a kept order on the ticket, for another symbol if one is given; nothing is sent."""
    from dataclasses import replace

    found = find(context, name)
    ticket = replace(found.ticket, symbol=symbol) if symbol else found.ticket
    context.desk.write_ticket(ticket)


@command("template.list", "Order templates", menu=None, effect=Effect.LOOK, words="ticket preset")
async def list_templates(context: Context) -> list[dict[str, str]]:
    """List the orders that are kept, each with what it would be."""
    return [
        {"name": each.name, "order": order_words.ticket(each.ticket)}
        for each in context.templates.all()
    ]


@command("template.remove", "Remove order template…", menu=None, effect=Effect.CHANGE)
async def remove(context: Context, name: Name) -> None:
    """Forget a kept order."""
    context.templates.remove(find(context, name).name)


def find(context: Context, name: str) -> TicketTemplate:
    """Return the template of that name.

    Raises:
        BadValueError: There is none.
    """
    found = context.templates.get(name)
    if found is None:
        near = get_close_matches(name, [each.name for each in context.templates.all()], n=1)
        hint = f"Did you mean {near[0]}?" if near else "template.list shows them."
        raise BadValueError(f"There is no template {name!r}.", hint=hint)
    return found


COMMANDS = (save, load, list_templates, remove)
