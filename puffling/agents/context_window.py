"""What of a conversation a model is sent: its latest part whole, the earlier one in summary."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from puffin.ai.base import Message, Role, Text, ToolCall, ToolResult
from puffling.agents.fencing import fence
from puffling.agents.prompts import expand
from puffling.core.conversations import MessageState, Speaker
from puffling.core.labels import FACTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from puffin.ai.base import Part
    from puffling.core.conversations import ChatMessage, Conversation

WINDOW = 50  # messages that are sent whole, at most
KEPT = 30  # of them when the earlier ones are put into a summary
LONGEST = 240_000  # letters of them; more are left out even of fewer messages
LONGEST_TRANSCRIPT = 60_000
LONGEST_RESULT = 500  # letters of a tool's result in what a summary is made of
LEFT_OUT = "[The earlier part of this conversation is left out; ask the person if you need it.]"
STOPPED = "[The person stopped this answer here.]"
BROKEN = "[This answer broke off here.]"
NOT_DONE = "Not carried out."


@dataclass(frozen=True, slots=True)
class Cut:
    """Where the window begins, and what before it no summary tells of yet."""

    start: int  # the height of the first message that is sent whole
    untold: tuple[ChatMessage, ...] = ()


def cut(messages: Sequence[ChatMessage], conversation: Conversation) -> Cut:
    """Return where to cut a conversation: before a question, so that no answer loses its own."""
    rest = [each for each in messages if each.height > conversation.summary_until]
    if len(rest) <= WINDOW and _letters(rest) <= LONGEST:
        return Cut(rest[0].height if rest else 0)
    kept = rest[-KEPT:]
    while len(kept) > 1 and _letters(kept) > LONGEST:
        kept = kept[1:]
    questions = [each.height for each in kept if each.role is Speaker.PERSON]
    last = next((each.height for each in reversed(rest) if each.role is Speaker.PERSON), 0)
    start = questions[0] if questions else last
    return Cut(start, tuple(each for each in rest if each.height < start))


def window(
    messages: Sequence[ChatMessage],
    conversation: Conversation,
    start: int,
    raw: Mapping[str, Message],
    notes: Sequence[str] = (),
) -> list[Message]:
    """Return the messages of a model from those of a conversation.

    Args:
        messages: All of them.
        conversation: Whose summary tells of what is before the window.
        start: The height of the first that is sent whole.
        raw: Answers of this run as the service gave them, by the id of their message: services
            want some of their own parts back while their calls are answered.
        notes: What the model is told besides, before it answers now.
    """
    made: list[Message] = []
    if any(each.height < start for each in messages):
        _add(made, Role.USER, [Text(earlier(conversation, messages, start))])
    for each in messages:
        if each.height < start:
            continue
        if each.role is Speaker.PERSON:
            _add(made, Role.USER, _question(each))
        elif each.provider == FACTS:
            _add(made, Role.USER, [Text(note) for note in each.notes])
            if each.calls:
                _add(made, Role.USER, [Text(facts(each))])
        else:
            _answer(made, each, raw.get(each.id))
    if notes:
        _add(made, Role.USER, [Text(each) for each in notes])
    return made


def earlier(conversation: Conversation, messages: Iterable[ChatMessage], start: int) -> str:
    """Return what is said of the part before the window."""
    if not conversation.summary:
        return LEFT_OUT
    told = fence(conversation.summary, "a summary that a model made of the earlier conversation")
    gap = any(conversation.summary_until < each.height < start for each in messages)
    return f"{told}\n{LEFT_OUT}" if gap else told


def facts(message: ChatMessage) -> str:
    """Return the facts that were gathered before the model was asked."""
    told = "\n".join(f"{each.tool}:\n{each.text or NOT_DONE}" for each in message.calls)
    return f"Facts that Puffling gathered for this question:\n{told}"


def transcript(conversation: Conversation, messages: Iterable[ChatMessage]) -> str:
    """Return what a summary is made of: who said what, results in short."""
    lines = [f"Earlier summary: {conversation.summary}"] if conversation.summary else []
    for each in messages:
        who = "Person" if each.role is Speaker.PERSON else "Assistant"
        lines += each.notes
        if each.text:
            lines.append(f"{who}: {each.text}")
        lines += [
            f"Tool {call.tool} ({call.state.value}): {call.text[:LONGEST_RESULT]}"
            for call in each.calls
        ]
    return "\n".join(lines)[-LONGEST_TRANSCRIPT:]


def _question(message: ChatMessage) -> list[Part]:
    parts: list[Part] = [Text(expand(message.text))]
    if message.about:
        told = "\n".join(f"{name}: {value}" for name, value in message.about.items())
        parts.append(Text(fence(told, "what the person asks from on the screen")))
    return parts


def _answer(made: list[Message], message: ChatMessage, raw: Message | None) -> None:
    """Add what the model was told before an answer, the answer, and the results of its calls."""
    parts: list[Part] = list(raw.parts) if raw is not None else _said(message)
    if message.notes:
        _add(made, Role.USER, [Text(each) for each in message.notes])
    if not parts:
        return
    _add(made, Role.ASSISTANT, parts)
    if message.calls:
        results: list[Part] = [
            ToolResult(each.id, each.text or NOT_DONE, each.is_error) for each in message.calls
        ]
        _add(made, Role.USER, results)


def _said(message: ChatMessage) -> list[Part]:
    text = message.text.strip()
    if text and message.state is MessageState.STOPPED:
        text = f"{text}\n{STOPPED}"
    elif text and message.state is MessageState.FAILED:
        text = f"{text}\n{BROKEN}"
    parts: list[Part] = [Text(text)] if text else []
    return parts + [ToolCall(each.id, each.tool, each.arguments) for each in message.calls]


def _add(made: list[Message], role: Role, parts: Sequence[Part]) -> None:
    """Add parts to the last message if the same one speaks on."""
    if not parts:
        return
    if made and made[-1].role is role:
        made[-1] = Message(role, (*made[-1].parts, *parts))
    else:
        made.append(Message(role, tuple(parts)))


def _letters(messages: Iterable[ChatMessage]) -> int:
    return sum(len(each.text) + sum(len(call.text) for call in each.calls) for each in messages)
