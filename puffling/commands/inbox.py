"""Commands about the inbox: what waits for a yes or a no."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Annotated

from pydantic import Field

from puffin.types import OrderType, Side, Ticket
from puffling.commands.context import Context
from puffling.commands.registry import Effect, Menu, command
from puffling.commands.staged import note_posted
from puffling.commands.words import Id, Limit, Price, Quantity, Traded
from puffling.services.inbox import InboxLine
from puffling.services.proposal_odds import Odds
from puffling.store.inbox import InboxItem

Note = Annotated[str, Field(max_length=200, title="Note", description="Why, for the record.")]
Which = Annotated[
    int, Field(ge=1, le=100, title="Order", description="Which of its orders: 1 is the first.")
]
SideOf = Annotated[Side, Field(title="Side", description="buy or sell.")]
Why = Annotated[
    str, Field(min_length=1, max_length=400, title="Reason", description="Why, in a sentence.")
]
LimitPrice = Annotated[
    Price | None, Field(title="Limit price", description="Empty: at the market.")
]
Target = Annotated[
    Price | None, Field(title="Target", description="The limit price at which to take profit.")
]
StopLoss = Annotated[
    Price | None, Field(title="Stop loss", description="The stop price that ends a loss.")
]
NewQuantity = Annotated[
    Quantity | None, Field(title="Quantity", description="Empty: as it is. 0 takes the order out.")
]
NewLimit = Annotated[Price | None, Field(title="Limit price", description="Empty: as it is.")]
NewStop = Annotated[Price | None, Field(title="Stop price", description="Empty: as it is.")]
Minutes = Annotated[
    int, Field(ge=1, le=10_080, title="Minutes", description="How long it waits for a decision.")
]


@command(
    "inbox.post", "Propose an order…", menu=None, effect=Effect.CHANGE, words="suggest proposal"
)
async def post(  # noqa: PLR0913 - a proposal has that many words
    context: Context,
    *,
    symbol: Traded,
    side: SideOf,
    quantity: Quantity,
    reason: Why,
    limit_price: LimitPrice = None,
    take_profit: Target = None,
    stop_loss: StopLoss = None,
    minutes: Minutes = 15,
) -> InboxItem:
    """Put an order into the inbox, for a person to decide; nothing is sent."""
    ticket = Ticket(
        symbol,
        side,
        quantity,
        OrderType.MARKET if limit_price is None else OrderType.LIMIT,
        limit_price,
        take_profit=take_profit,
        stop_loss=stop_loss,
    )
    expires = timedelta(minutes=minutes)
    posted = context.inbox.post(context.actor, [ticket], reason, expires=expires)
    note_posted(context, posted)
    return context.inbox.get(posted)


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
    quantity: NewQuantity = None,
    order: Which = 1,
    limit_price: NewLimit = None,
    stop_price: NewStop = None,
) -> InboxItem:
    """Change quantity, limit or stop of one order of a proposal; a quantity of 0 takes it out."""
    return context.inbox.amend(
        id,
        order - 1,
        context.actor,
        quantity=None if quantity is None else Decimal(quantity),
        limit_price=limit_price,
        stop_price=stop_price,
    )


@command(
    "inbox.reprice",
    "Follow the price…",
    menu=Menu.TRADE,
    effect=Effect.CHANGE,
    words="limit current market",
)
async def reprice(context: Context, id: Id) -> InboxItem:  # noqa: A002 - what the list calls it
    """Make the price of now the limit of a proposal; refused once the price ran away."""
    return context.inbox.reprice(id, context.actor)


@command("inbox.odds", "Chance of profit", menu=None, effect=Effect.LOOK, words="probability pop")
async def odds(context: Context, id: Id) -> list[Odds]:  # noqa: A002 - what the list calls it
    """Tell how likely each order of a proposal makes money at its end; known for options alone."""
    return context.inbox.odds(id)


COMMANDS = (post, list_items, history, show, approve, reject, edit, reprice, odds)
