"""Answers without a model: facts gathered by commands, and what a key would add."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from puffin.ai.base import ToolCall
from puffling.agents import carrying, notes
from puffling.agents.fact_tables import markdown
from puffling.agents.fencing import inside
from puffling.agents.prompts import SLASHES
from puffling.core.conversations import CallState, ChatMessage, MessageState, Speaker, new_id
from puffling.core.labels import FACTS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from puffling.agents.carrying import Carrier
    from puffling.agents.ground import Ground
    from puffling.agents.prompts import Asked, Fact

NO_KEY = """\
No language model is set up, so I cannot answer in words of my own.

**What a model would do here:** answer questions about your account, your symbols and your \
backtests, run them for you, and propose orders that you confirm. It never trades by itself.

**To set one up:** Settings, Assistant. Choose Anthropic, or OpenAI or a program on this computer \
such as Ollama, and set its key there; it is kept in the system's keyring.

**What works without one:**

{commands}"""


async def gather(
    ground: Ground, conversation: str, facts: Sequence[Fact], carrier: Carrier
) -> ChatMessage:
    """Look facts up, as a message of their own, and return it.

    Raises:
        asyncio.CancelledError: It was stopped; what was not looked up is marked so.
    """
    kept = ground.context.conversations
    message = ChatMessage(
        id=new_id(),
        conversation=conversation,
        height=kept.next_height(conversation),
        role=Speaker.ASSISTANT,
        text="",
        state=MessageState.WHOLE,
        created_at=ground.context.clock.now(),
        provider=FACTS,
        notes=notes.decisions(ground.context, kept.messages(conversation)),
    )
    tools = await asyncio.to_thread(ground.tools)
    known = [each for each in facts if each.tool in tools]
    calls = [ToolCall(f"fact-{n}", each.tool, each.arguments) for n, each in enumerate(known)]
    message = replace(message, calls=carrying.asked(message, calls))
    await kept.keep(message)
    return await carrier.carry(message)


async def tell(ground: Ground, message: ChatMessage, asked: Asked) -> ChatMessage:
    """Say what the facts of a message are, in words of the rules; return it."""
    titles = ground.tools()
    done = [each for each in message.calls if each.state is CallState.DONE]
    failed = [each for each in message.calls if each.state is not CallState.DONE]
    about = f" of {', '.join(asked.symbols)}" if asked.symbols else ""
    name = asked.slash.name if asked.slash is not None else "facts"
    lines = [f"**{FACTS}.** These are the facts for /{name}{about}; nobody has weighed them."]
    if not done:
        lines = [f"**{FACTS}.** Nothing could be looked up{about}."]
    for each in done:
        if each.card is None:
            told = markdown(ground.facts.of(each.id))
            lines += [f"### {titles.get(each.tool, each.tool)}", told or "None."]
    lines += [f"* {each.tool} did not answer: {_short(each.text)}" for each in failed]
    message = replace(message, text="\n\n".join(lines))
    await ground.context.conversations.keep(message)
    return message


async def explain(ground: Ground, conversation: str) -> ChatMessage:
    """Say what a key would do; return the message."""
    kept = ground.context.conversations
    commands = "\n".join(
        f"* `/{each.name}{f' {each.takes}' if each.takes else ''}`: {each.help}"
        for each in SLASHES
        if each.without_model
    )
    message = ChatMessage(
        id=new_id(),
        conversation=conversation,
        height=kept.next_height(conversation),
        role=Speaker.ASSISTANT,
        text=NO_KEY.format(commands=commands),
        state=MessageState.WHOLE,
        created_at=ground.context.clock.now(),
        provider=FACTS,
        notes=notes.decisions(ground.context, kept.messages(conversation)),
    )
    await kept.keep(message)
    return message


def _short(text: str) -> str:
    line = " ".join(inside(text).split())
    return line if len(line) <= 200 else f"{line[:200]}…"  # noqa: PLR2004 - a line on the screen
