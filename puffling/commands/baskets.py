"""Commands about baskets: several orders under one yes."""

from __future__ import annotations

from puffling.commands.context import Context
from puffling.commands.registry import Effect, Menu, command
from puffling.commands.words import Id, Limit
from puffling.core.errors import NotConfirmedError
from puffling.store.baskets import Basket


@command("basket.list", "Baskets", menu=None, effect=Effect.LOOK, words="rebalance legs")
async def list_baskets(context: Context, limit: Limit = 100) -> list[Basket]:
    """List the latest baskets and how far each of their orders is, newest first."""
    return context.baskets.all(limit)


@command("basket.show", "Basket", menu=None, effect=Effect.LOOK, words="rebalance legs")
async def show(context: Context, id: Id) -> Basket:  # noqa: A002 - what the list calls it
    """Show a basket and how far each of its orders is."""
    return context.baskets.get(id)


@command(
    "basket.resume", "Resume basket…", menu=Menu.TRADE, effect=Effect.TRADE, words="continue rest"
)
async def resume(context: Context, id: Id) -> Basket:  # noqa: A002 - what the list calls it
    """Send what is left of a basket, after a yes to exactly that."""
    proposal = context.baskets.resume(id)
    approval = await context.gate.confirm(proposal)
    if approval is None:
        raise NotConfirmedError("Nothing was sent: nobody confirmed it.")
    return await context.baskets.run(proposal, approval)


COMMANDS = (list_baskets, show, resume)
