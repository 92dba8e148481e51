"""Commands about how texts sound."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from puffling.commands.context import Context
from puffling.commands.registry import Effect, command

if TYPE_CHECKING:
    from puffin.nlp.base import Sentiment

Texts = Annotated[
    str,
    Field(
        min_length=1,
        max_length=20_000,
        title="Text",
        description="One text; a line for each when there are several.",
    ),
]


@dataclass(frozen=True, slots=True)
class Scored:
    """A text and how it sounds."""

    text: str
    sentiment: Sentiment


@command("sentiment.score", "Score a text…", menu=None, effect=Effect.LOOK, words="sentiment tone")
async def score(context: Context, text: Texts) -> list[Scored]:
    """Say how each line of a text sounds to who holds the share: from -1, bad, to 1, good.

    By a lexicon of finance that minds negation, "may" and questions; beyond 0.05 either way it is
    not neutral. The words that moved the score are shown with what they weighed. Where none of the
    words is known there is no score.
    """
    lines = [each.strip() for each in text.splitlines() if each.strip()]
    found = context.news.score(lines)
    return [Scored(line, each) for line, each in zip(lines, found, strict=True)]


COMMANDS = (score,)
