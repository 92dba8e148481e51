"""What a call of a model may use: estimated before it is sent, refused when there is no room."""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from typing import TYPE_CHECKING

from puffin.ai.base import Text, ToolCall, ToolResult, Usage
from puffling.core.errors import PufflingError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from puffin.ai.base import Message, Part, ToolSpec
    from puffling.services.model_usage import Allowance, ModelUsage

LETTERS_A_TOKEN = 3.5  # English is nearer to 4, numbers and JSON nearer to 3
OVER_A_MESSAGE = 8  # tokens that frame each message
SHORTEST_ANSWER = 256  # tokens; an answer with less room is not worth asking for
FACTOR_LEAST, FACTOR_MOST = 0.5, 2.0


class BudgetError(PufflingError):
    """A limit of the assistant is reached: the model is not asked."""

    hint = (
        "Raise the limit under Settings, Assistant, begin a new conversation, or wait until "
        "tomorrow."
    )


@dataclass(frozen=True, slots=True)
class Room:
    """What a call takes as far as it can be told, and how long its answer may be, in tokens."""

    sent: int
    answer: int


class Estimator:
    """Says how many tokens a question is: its letters, divided by 3.5.

    As soon as the service has counted one question of a conversation, its count corrects the
    estimates that follow there.
    """

    def __init__(self) -> None:
        self._factors: dict[str, float] = {}

    def tokens(
        self, conversation: str, system: str, messages: Sequence[Message], tools: Sequence[ToolSpec]
    ) -> int:
        """Return how many tokens this would send, about."""
        factor = self._factors.get(conversation, 1.0)
        return round(plain_tokens(system, messages, tools) * factor)

    def learn(self, conversation: str, estimated: int, usage: Usage) -> None:
        """Correct what follows by what the service counted of a question estimated so."""
        counted = usage.input + usage.cache_read + usage.cache_written
        if counted and estimated:
            factor = self._factors.get(conversation, 1.0) * counted / estimated
            self._factors[conversation] = min(FACTOR_MOST, max(FACTOR_LEAST, factor))


def plain_tokens(system: str, messages: Sequence[Message], tools: Sequence[ToolSpec] = ()) -> int:
    """Return the estimate without any correction."""
    letters = len(system)
    letters += sum(_letters(part) for each in messages for part in each.parts)
    letters += sum(
        len(each.name) + len(each.description) + len(json.dumps(dict(each.schema)))
        for each in tools
    )
    return round(letters / LETTERS_A_TOKEN) + OVER_A_MESSAGE * (len(messages) + len(tools))


def text_tokens(text: str) -> int:
    """Return about how many tokens a text is."""
    return round(len(text) / LETTERS_A_TOKEN)


def room(usage: ModelUsage, conversation: str, sent: int, longest: int) -> Room:
    """Return how long an answer to `sent` tokens may be, within every limit.

    Raises:
        BudgetError: There is no room for the question and a short answer; it names the limit.
    """
    answer = longest
    for limit in usage.allowances(conversation):
        if limit.left is None:
            continue
        fits = _fits(usage, limit, sent)
        if fits < min(SHORTEST_ANSWER, longest):
            raise BudgetError(_sentence(limit, sent))
        answer = min(answer, fits)
    return Room(sent, answer)


def _fits(usage: ModelUsage, limit: Allowance, sent: int) -> int:
    """Return how many tokens of an answer are left when the question is paid."""
    left = limit.left or Decimal(0)
    if not limit.is_money:
        return int(left) - sent
    question = usage.cost(Usage(input=sent)) or Decimal(0)
    price = usage.cost(Usage(output=1)) or Decimal(0)
    if left <= question or not price:
        return 0
    return int(((left - question) / price).to_integral_value(ROUND_DOWN))


def _sentence(limit: Allowance, sent: int) -> str:
    used, most = limit.used, limit.limit or Decimal(0)
    if limit.is_money:
        amounts = f"${used:,.2f} of ${most:,.2f} are used {limit.name}"
    else:
        amounts = f"{used:,} of {most:,} tokens are used {limit.name}"
    if limit.held:
        held = f"${limit.held:,.2f}" if limit.is_money else f"{limit.held:,}"
        amounts += f", {held} are being used now"
    return (
        f"The model was not asked: {amounts}, and this question would send about {sent:,} tokens."
    )


def _letters(part: Part) -> int:
    if isinstance(part, Text):
        return len(part.text)
    if isinstance(part, ToolResult):
        return len(part.text) + len(part.call_id)
    if isinstance(part, ToolCall):
        return len(part.name) + len(part.id) + len(json.dumps(dict(part.arguments), default=str))
    return len(json.dumps(dict(part.data), default=str))
