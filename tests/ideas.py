"""An idea to try things with, put into the store as if it had been shown."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from puffin.ideas.base import Grade, Idea, Method
from puffin.types import Side
from puffling.store.ideas import IdeaStore, KeptIdea

if TYPE_CHECKING:
    from puffling.commands.context import Context

LATER = datetime(2012, 6, 7, 20, tzinfo=UTC)
BUY = Idea(
    "IBM",
    Side.BUY,
    Method.MOMENTUM,
    date(2012, 5, 31),
    close=Decimal("192.90"),
    entry=Decimal(190),
    stop=Decimal(180),
    target=Decimal(210),
    confidence=70,
    score=5,
    formula="",
    risk=Grade.LOW,
    volatility=Grade.LOW,
    reason="The close is above its averages.",
    inputs=(),
)


def keep_idea(
    context: Context, idea: Idea = BUY, id_: str = "a1", expires: datetime = LATER
) -> str:
    """Put an idea into the store; return its id."""
    account, now = context.portfolio.account.id, context.clock.now()
    IdeaStore(context.storage.user).add([KeptIdea(id_, account, "test", now, expires, idea)])
    return id_
