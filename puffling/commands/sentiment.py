"""Commands about how texts sound."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from puffling.commands.context import Context
from puffling.commands.registry import Effect, command
from puffling.core.errors import BadValueError

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


@command(
    "sentiment.ask_model",
    "Ask a model how a text sounds…",
    menu=None,
    effect=Effect.LOOK,
    words="llm opinion tone",
)
async def ask_model(context: Context, text: Texts) -> list[Scored]:
    """Ask the model of the settings how each line of a text sounds; it costs what models cost.

    The texts are sent as data between marks, and the answer must fit a strict schema: where it does
    not, or the model does not know, there is no score. What it says is its opinion.
    """
    if context.actor == "assistant":
        raise BadValueError("A model is asked here by a person alone.")
    from puffin.ai.sentiment import ModelScorer
    from puffling.services.model_asking import chosen_model

    chosen = await chosen_model(context.model_keys, context.model_usage, context.clock, "sentiment")
    lines = [each.strip() for each in text.splitlines() if each.strip()]
    found = await ModelScorer(chosen.provider, chosen.model).score(lines)
    return [Scored(line, each) for line, each in zip(lines, found, strict=True)]


COMMANDS = (score, ask_model)
