"""One question answered: the model is asked, its tools run, and it is asked again with results."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from typing import TYPE_CHECKING

from puffin.ai.base import (
    Ask,
    CallBegun,
    Message,
    ModelError,
    Reply,
    Role,
    Stop,
    Text,
    TextDelta,
    ToolCall,
    ToolResult,
    Usage,
    Waiting,
)
from puffling.agents import carrying, figures, notes, prompts
from puffling.agents.budget import BudgetError, plain_tokens, room, text_tokens
from puffling.agents.carrying import Carrier
from puffling.agents.context_window import Cut, cut, transcript, window
from puffling.agents.fencing import fence
from puffling.agents.pen import Pen
from puffling.core.conversations import (
    AssistantState,
    ChatMessage,
    FigureLink,
    MessageState,
    ModelUse,
    Speaker,
    new_id,
)
from puffling.services.model_usage import counted

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from puffin.ai.base import LLMProvider, Streamed
    from puffling.agents.ground import Ground, Voice
    from puffling.core.conversations import CallRecord

log = logging.getLogger(__name__)

MOST_ASKS = 10  # of a model, for one question
SUMMARY_TOKENS = 800
LIMIT = f"Stopped after the model was asked {MOST_ASKS} times for one question."
BROKEN = "This answer failed in a way nobody foresaw; its cause is in the log."
GO_ON = "Say “go on” to continue."
ENDS = {
    Stop.LENGTH: ("The answer was cut off at the longest that is allowed.", GO_ON),
    Stop.REFUSED: ("The model did not want to answer this.", "Ask in other words."),
    Stop.CUT: ("The connection ended before the answer did.", "Ask again, or regenerate."),
}
PROPER = {Stop.END, Stop.TOOLS, Stop.LENGTH}


class Turn:
    """The answer to one question, from the first call of the model to the last."""

    def __init__(
        self, ground: Ground, conversation: str, voice: Voice, provider: LLMProvider
    ) -> None:
        self._ground = ground
        self._context = ground.context
        self._kept = ground.context.conversations
        self._conversation = conversation
        self._voice = voice
        self._provider = provider
        self._carrier = Carrier(ground, conversation)
        self._raw: dict[str, Message] = {}  # answers of this run, as the service wants them back
        self._message: ChatMessage | None = None
        self._sent = 0  # about how many tokens a call under way has sent
        self._give_back: Callable[[], object] = _nothing  # the room that is kept for it
        self._has_tried_summary = False

    async def run(self) -> ChatMessage:
        """Ask until there is an answer, or a reason why there is none; return the last message.

        Raises:
            asyncio.CancelledError: It was stopped; what there is of it is kept.
            StoreError: What was said cannot be stored.
        """
        try:
            for count in range(1, MOST_ASKS):
                message = await self._answer(is_first=count == 1)
                if not message.calls:
                    return message
                self._message = await self._carrier.carry(message)
            message = await self._answer(is_first=False)
            if message.calls:
                message = self._carrier.refuse(message, LIMIT)
                message = await self._keep(replace(message, trouble=LIMIT, hint=GO_ON))
        except asyncio.CancelledError:
            await self._stopped()
            raise
        except Exception:
            await self._stopped(MessageState.FAILED, BROKEN)
            raise
        return message

    # -- asking ------------------------------------------------------------------------------

    async def _answer(self, *, is_first: bool) -> ChatMessage:
        """Ask once; return the answer as it is kept, whatever became of it."""
        before = self._kept.messages(self._conversation)
        told = notes.decisions(self._context, before)
        if self._voice.is_scripted:
            before = _since_question(before)  # all that a script looks at
        start = (await self._cut(before)).start
        if is_first:
            told = (prompts.desk(self._context), *told)
        message = await self._keep(
            ChatMessage(
                id=new_id(),
                conversation=self._conversation,
                height=self._kept.next_height(self._conversation),
                role=Speaker.ASSISTANT,
                text="",
                state=MessageState.WRITING,
                created_at=self._context.clock.now(),
                model=self._voice.model,
                provider=self._voice.label,
                notes=told,
            )
        )
        try:
            ask = await self._ask(before, start, told)
            reply = await self._hear(ask, message, is_first=is_first)
        except (ModelError, BudgetError) as error:
            return await self._failed(str(error), error.hint)
        return await self._ended(reply)

    async def _ask(self, before: Sequence[ChatMessage], start: int, told: Sequence[str]) -> Ask:
        conversation = self._kept.get(self._conversation)
        messages = window(before, conversation, start, self._raw, told)
        # The first list takes a while: pydantic builds what it is asked about.
        tools = await asyncio.to_thread(
            self._ground.toolbox.specs, _about(before), conversation=self._conversation
        )
        sent = self._ground.estimator.tokens(self._conversation, prompts.SYSTEM, messages, tools)
        longest = self._context.settings.current.assistant.answer_length
        if not self._voice.is_scripted:
            longest = self._room(sent, longest)
        self._sent = sent
        return Ask(self._voice.model, prompts.SYSTEM, messages, tools, max_tokens=longest)

    async def _hear(self, ask: Ask, message: ChatMessage, *, is_first: bool) -> Reply:
        state = AssistantState.CONNECTING if is_first else AssistantState.WAITING
        words = "Connects to" if is_first else "Waits for"
        self._say(state, f"{words} {self._voice.label}…")
        pen = Pen(message, self._kept, self._context.bus)
        reply: Reply | None = None
        try:
            async for item in self._provider.stream(ask):
                if isinstance(item, Reply):
                    reply = item
                else:
                    self._note(item, pen)
        except ModelError as error:
            self._message = pen.lift()
            self._book_broken(error, self._message.text)
            raise
        finally:
            self._message = pen.lift()
        if reply is None:
            nothing = Message(Role.ASSISTANT, (Text(self._message.text),))
            return Reply(nothing, Stop.CUT, Usage(), self._voice.model)
        return reply

    def _note(self, item: Streamed, pen: Pen) -> None:
        if isinstance(item, TextDelta):
            if not pen.has_begun:
                self._say(AssistantState.THINKING, "Writes…")
            pen.write(item.text)
        elif isinstance(item, CallBegun):
            self._say(AssistantState.THINKING, f"Asks for {item.name}…")
        elif isinstance(item, Waiting):
            words = f"{self._voice.label} has said nothing for {item.seconds:.0f} s."
            self._say(AssistantState.WAITING, words)

    # -- how it ended ------------------------------------------------------------------------

    async def _ended(self, reply: Reply) -> ChatMessage:
        message = self._current
        trouble, hint = ENDS.get(reply.stop, ("", ""))
        if reply.dropped:
            names = ", ".join(dict.fromkeys(reply.dropped))
            trouble = f"{trouble} Broken off, and not carried out: {names}.".strip()
        calls = carrying.asked(message, reply.message.calls) if reply.stop is Stop.TOOLS else ()
        usage, estimated = counted(reply.usage, self._sent, _tokens_of(reply.message))
        if not self._voice.is_scripted:
            self._ground.estimator.learn(self._conversation, self._sent, reply.usage)
            self._book(usage, estimated=estimated, model=reply.model)
        self._sent = 0
        if calls:
            self._raw[message.id] = _renamed(reply.message, calls)
        text = reply.message.text
        message = replace(
            message,
            text=text,
            state=MessageState.WHOLE if reply.stop in PROPER else MessageState.FAILED,
            trouble=trouble,
            hint=hint,
            model=reply.model or self._voice.model,
            usage=None if self._voice.is_scripted else usage,
            cost=None if self._voice.is_scripted else self._context.model_usage.cost(usage),
            calls=calls,
            figures=await self._figures(text),
        )
        return await self._keep(message)

    async def _failed(self, trouble: str, hint: str) -> ChatMessage:
        message = self._current
        failed = replace(message, state=MessageState.FAILED, trouble=trouble, hint=hint)
        found = await self._figures(message.text)
        return await self._keep(replace(failed, figures=found))

    async def _stopped(
        self, state: MessageState = MessageState.STOPPED, trouble: str = "Stopped."
    ) -> None:
        """Keep what there is; the disk has it in a moment, whoever waits for it or not."""
        message = self._message
        carried = self._carrier.message
        if carried is not None and message is not None and carried.id == message.id:
            message = carried
        if self._sent:
            self._book_stopped()
        self._give_back()
        if message is not None and (message.calls or not message.state.is_over):
            message = replace(message, state=state, trouble=trouble)
            self._kept.keep(message)
            found = await self._figures(message.text)
            self._kept.keep(replace(message, figures=found))

    async def _figures(self, text: str) -> tuple[FigureLink, ...]:
        """Return which tool, which words of the person, or which note said each number."""
        if not text:
            return ()
        messages = self._kept.messages(self._conversation)
        said = [ToolResult(call.id, call.text) for each in messages for call in each.calls]
        words = [ToolResult("", each.text) for each in messages if each.role is Speaker.PERSON]
        words += [ToolResult("", note) for each in messages for note in each.notes]
        found = await asyncio.to_thread(figures.check, text, [*said, *words])
        return tuple(FigureLink(each.start, each.end, each.text, each.source) for each in found)

    # -- the earlier part --------------------------------------------------------------------

    async def _cut(self, before: Sequence[ChatMessage]) -> Cut:
        """Return where the window begins, after a summary of what it leaves out."""
        conversation = self._kept.get(self._conversation)
        found = cut(before, conversation)
        if self._voice.is_scripted:
            return Cut(0)
        if not found.untold or self._has_tried_summary:
            return found
        self._has_tried_summary = True
        said = fence(
            transcript(conversation, found.untold), "the earlier conversation", most=100_000
        )
        messages = (Message(Role.USER, (Text(said),)),)
        sent = self._ground.estimator.tokens(self._conversation, prompts.SUMMARY, messages, ())
        self._say(AssistantState.WAITING, "Puts the earlier part into a summary…")
        try:
            most = self._room(sent, SUMMARY_TOKENS)
            self._sent = sent
            reply = await self._provider.complete(
                Ask(self._voice.model, prompts.SUMMARY, messages, max_tokens=most)
            )
        except (ModelError, BudgetError) as error:
            log.warning("The earlier conversation is left out without a summary: %s", error)
            if isinstance(error, ModelError):
                self._book_broken(error, error.partial, purpose="summary")
            return found
        usage, estimated = counted(reply.usage, sent, _tokens_of(reply.message))
        self._sent = 0
        self._book(usage, estimated=estimated, model=reply.model, purpose="summary")
        if reply.stop in PROPER and reply.message.text.strip():
            now = self._kept.get(self._conversation)
            self._kept.change(
                replace(now, summary=reply.message.text.strip(), summary_until=found.start - 1)
            )
        return found

    # -- small things ------------------------------------------------------------------------

    @property
    def _current(self) -> ChatMessage:
        if self._message is None:
            raise RuntimeError("Nothing is being written")
        return self._message

    async def _keep(self, message: ChatMessage) -> ChatMessage:
        self._message = message
        await self._kept.keep(message)
        return message

    def _say(self, state: AssistantState, words: str) -> None:
        self._ground.say(self._conversation, state, words)

    def _room(self, sent: int, longest: int) -> int:
        """Return how long an answer may be, and keep the room for it while it comes.

        Raises:
            BudgetError: There is no room.
        """
        usage = self._context.model_usage
        most = room(usage, self._conversation, sent, longest).answer
        self._give_back = usage.hold(self._conversation, Usage(input=sent, output=most))
        return most

    def _book_broken(self, error: ModelError, text: str, purpose: str = "answer") -> None:
        """Enter a call that broke off, if the service had begun to work on it."""
        if (error.used is not None or text) and not self._voice.is_scripted:
            said = error.used or Usage()
            used, estimated = counted(said, self._sent, text_tokens(text), whole=False)
            self._book(used, estimated=estimated, purpose=purpose)
        self._sent = 0
        self._give_back()

    def _book_stopped(self) -> None:
        """Enter a call that was stopped: the service counted it, and did not say how much."""
        if not self._voice.is_scripted:
            text = self._message.text if self._message is not None else ""
            self._book(Usage(input=self._sent, output=text_tokens(text)), estimated=True)
        self._sent = 0

    def _book(
        self, usage: Usage, *, estimated: bool, model: str = "", purpose: str = "answer"
    ) -> None:
        self._give_back()
        ledger = self._context.model_usage
        ledger.enter(
            ModelUse(
                at=self._context.clock.now(),
                day=ledger.day,
                conversation=self._conversation,
                provider=self._voice.label,
                model=model or self._voice.model,
                usage=usage,
                cost=ledger.cost(usage),
                purpose=purpose,
                estimated=estimated,
            )
        )


def _nothing() -> None:
    """Give nothing back: no room is kept."""


def _tokens_of(answer: Message) -> int:
    """Return about how many tokens an answer is, its calls included."""
    return plain_tokens("", (answer,)) if answer.parts else 0


def _since_question(messages: Sequence[ChatMessage]) -> tuple[ChatMessage, ...]:
    """Return the last question and what came after it."""
    asked = [place for place, each in enumerate(messages) if each.role is Speaker.PERSON]
    return tuple(messages[asked[-1] :]) if asked else tuple(messages)


def _about(messages: Sequence[ChatMessage]) -> str:
    """Return what is talked about: the person's last words, and those before."""
    said = [each.text for each in messages if each.role is Speaker.PERSON]
    return "\n".join(reversed(said[-2:]))


def _renamed(message: Message, calls: Sequence[CallRecord]) -> Message:
    """Return an answer with our ids for its calls, and everything else as the service gave it."""
    ids = iter(calls)
    parts = [
        replace(each, id=next(ids).id) if isinstance(each, ToolCall) else each
        for each in message.parts
    ]
    return Message(message.role, tuple(parts))
