"""Which card a result is shown as, and what of the result goes onto it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from puffling.agents.cards import Card
    from puffling.agents.results import Told
    from puffling.commands.context import Context


async def card_of(context: Context, command: str, told: Told, *, changed: str = "") -> Card | None:
    """Return the card of a result; None when words say it all."""
    del context, command, told, changed
    return None
