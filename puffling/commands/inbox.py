"""Commands about the inbox: what waits for a yes or a no."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import Field

from puffling.commands.context import Context
from puffling.commands.registry import Effect, Menu, command
from puffling.commands.words import Id, Limit, Quantity
from puffling.services.inbox import InboxLine
from puffling.store.inbox import InboxItem

Note = Annotated[str, Field(max_length=200, title="Note", description="Why, for the record.")]
Which = Annotated[
    int, Field(ge=1, le=100, title="Order", description="Which of its orders: 1 is the first.")
]


@command("inbox.list", "Inbox", menu=None, effect=Effect.LOOK, words="proposals approvals pending")
async def list_items(context: Context) -> list[InboxItem]:
    """List the proposals that wait for a decision, oldest first."""
    return context.inbox.waiting()


@command("inbox.history", "Inbox history", menu=None, effect=Effect.LOOK, words="decided expired")
async def history(context: Context, limit: Limit = 100) -> list[InboxItem]:
    """List the proposals that were decided, ran out or were withdrawn, the latest first."""
    return context.inbox.history(limit)


@command("inbox.show", "Proposal", menu=None, effect=Effect.LOOK, words="drift limits verdicts")
async def show(context: Context, id: Id) -> list[InboxLine]:  # noqa: A002 - what the list calls it
    """Show each order of a proposal: its price then and now, and what every limit says."""
    return context.inbox.lines(id)


@command(
    "inbox.approve",
    "Approve proposal…",
    menu=Menu.TRADE,
    effect=Effect.TRADE,
    words="accept yes send",
)
async def approve(context: Context, id: Id) -> InboxItem:  # noqa: A002 - what the list calls it
    """Check a proposal again, ask for a yes to exactly it, and send it."""
    return await context.inbox.approve(id, context.gate, context.actor)


@command(
    "inbox.reject", "Reject proposal…", menu=Menu.TRADE, effect=Effect.CHANGE, words="decline no"
)
async def reject(context: Context, id: Id, note: Note = "") -> InboxItem:  # noqa: A002 - as above
    """Say no to a proposal, and why."""
    return context.inbox.reject(id, context.actor, note)


@command(
    "inbox.edit", "Change proposal…", menu=Menu.TRADE, effect=Effect.CHANGE, words="amend quantity"
)
async def edit(
    context: Context,
    id: Id,  # noqa: A002 - what the list calls it
    quantity: Quantity,
    order: Which = 1,
) -> InboxItem:
    """Change the quantity of one order of a proposal; 0 takes the order out."""
    return context.inbox.resize(id, order - 1, Decimal(quantity), context.actor)


COMMANDS = (list_items, history, show, approve, reject, edit)
