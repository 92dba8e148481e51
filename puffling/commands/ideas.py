"""Commands about ideas: what the rules have to say of your universe, and what became of it."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from puffling.commands.context import Context
from puffling.commands.registry import Effect, Menu, command
from puffling.commands.words import Id
from puffling.services.idea_cards import Board, TrackRecord
from puffling.store.inbox import InboxItem

Past = Annotated[
    bool,
    Field(
        title="All of the past",
        description="What the rules would have had over all past prices, instead of what was "
        "shown; takes some seconds for each symbol.",
    ),
]


@command("idea.list", "Ideas", menu=None, effect=Effect.LOOK, words="recommendations signals")
async def ideas(context: Context) -> Board:
    """List the ideas that still count, the best score first, and where the rules have none.

    Each shows entry, stop, target, the score with its sum, every number it went by, and how it
    fits the book of now. Ideas come from fixed rules; they are not advice.
    """
    return context.ideas.board()


@command(
    "idea.refresh",
    "Look for ideas",
    menu=Menu.TOOLS,
    effect=Effect.CHANGE,
    words="recommendations refresh scan",
)
async def refresh(context: Context) -> Board:
    """Ask the rules about every symbol of your watchlists and positions, at the last close.

    What they say is stored as it is; what became of earlier ideas is looked up and stored too.
    """
    asked = context.ideas.ask()
    seen = await context.jobs.run(
        "Look for ideas", lambda progress: context.ideas.look(asked, progress), panel="assistant"
    )
    return context.ideas.keep(seen)


@command("idea.show", "Idea…", menu=None, effect=Effect.LOOK, words="recommendation why inputs")
async def show(context: Context, id: Id) -> dict[str, Any]:  # noqa: A002 - what the list calls it
    """Show every number of an idea: levels, inputs, the score's sum, its fit and its outcomes."""
    return context.ideas.facts(id)


@command(
    "idea.outcomes", "What became of ideas", menu=None, effect=Effect.LOOK, words="hit rate record"
)
async def outcomes(
    context: Context,
    past: Past = False,  # noqa: FBT002 - a command's values have names
) -> TrackRecord:
    """Say what became of ideas after 1, 5 and 20 trading days, with counts and how sure it is.

    Counted to the letter, costs taken off; a rate is said only where there are enough of them.
    """
    if not past:
        return context.ideas.track_record()
    symbols = context.ideas.universe()
    return await context.jobs.run(
        "Ideas of the past",
        lambda progress: context.ideas.past(symbols, progress),
        panel="assistant",
    )


@command(
    "idea.ticket",
    "Write an idea on the ticket…",
    menu=None,
    effect=Effect.LOOK,
    window_only=True,
    words="stage order recommendation",
)
async def ticket(context: Context, id: Id) -> None:  # noqa: A002 - what the list calls it
    """Write the order of an idea on the ticket, as it fits the book of now; nothing is sent."""
    context.desk.write_ticket(context.ideas.ticket(id))


@command(
    "idea.propose",
    "Put an idea into the inbox…",
    menu=None,
    effect=Effect.CHANGE,
    words="proposal recommendation",
)
async def propose(context: Context, id: Id) -> InboxItem:  # noqa: A002 - what the list calls it
    """Put the order of an idea into the inbox, for a person to decide; nothing is sent."""
    return context.inbox.get(context.ideas.propose(id))


COMMANDS = (ideas, refresh, show, outcomes, ticket, propose)
