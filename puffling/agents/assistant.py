"""The assistant: takes questions, lets models answer them with tools, and stops when told."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, replace
from functools import cache, partial
from typing import TYPE_CHECKING

from puffin.ai.base import ModelError
from puffling.agents import prompts, rules
from puffling.agents.aliases import ALIASES
from puffling.agents.budget import Estimator
from puffling.agents.carrying import Carrier
from puffling.agents.ground import Facts, Ground
from puffling.agents.tools import Toolbox
from puffling.agents.turn import Turn
from puffling.agents.voices import Voices
from puffling.core.conversations import (
    LONGEST_QUESTION,
    AssistantState,
    ChatMessage,
    MessageState,
    Speaker,
    new_id,
    title_of,
)
from puffling.core.errors import BadValueError, NotReadyError
from puffling.core.events import AssistantMoved
from puffling.core.labels import FACTS
from puffling.core.redaction import looks_secret
from puffling.services.conversations import UNTITLED, question_before

if TYPE_CHECKING:
    from collections.abc import Coroutine, Mapping

    from puffling.agents.ground import Voice
    from puffling.agents.prompts import Asked
    from puffling.commands.context import Context
    from puffling.commands.registry import Registry
    from puffling.services.conversations import ConversationService

log = logging.getLogger(__name__)

MOST_AT_ONCE = 3  # conversations that answer at the same time; others wait
STOP_WITHIN = 1.0
CLOSE_WITHIN = 4.0
MOST_ABOUT = 20
LONGEST_ABOUT = 2_000


@dataclass(slots=True)
class _Run:
    """An answer under way."""

    task: asyncio.Task[ChatMessage]
    state: AssistantState = AssistantState.WAITING
    words: str = ""


class Assistant:
    """Answers in several conversations at once, one answer in each. Lives on the loop's thread."""

    def __init__(self, conversations: ConversationService) -> None:
        self._conversations = conversations
        self._facts = Facts()
        self._voices = Voices(self._facts)
        self._estimator = Estimator()
        self._runs: dict[str, _Run] = {}
        self._clicks: dict[str, asyncio.Future[bool]] = {}
        self._slots = asyncio.Semaphore(MOST_AT_ONCE)
        self._desk: tuple[Context, Registry] | None = None
        self._ground: Ground | None = None
        self._closing = False

    def attach(self, context: Context, registry: Registry) -> None:
        """Act on this desk from now on."""
        self._desk = (context, registry)
        self._ground = None

    # -- what is asked -----------------------------------------------------------------------

    async def ask(
        self, conversation: str, text: str, *, about: Mapping[str, str] | None = None
    ) -> ChatMessage:
        """Say something in a conversation, and return the last message of the answer.

        Raises:
            BadValueError: There is nothing to say, it is too long, or it is answering already.
            StoreError: The question could not be stored; nothing was sent.
        """
        text, asked = self._read(text)
        kept = self._conversations
        question = ChatMessage(
            id=new_id(),
            conversation=conversation,
            height=kept.next_height(conversation),
            role=Speaker.PERSON,
            text=text,
            state=MessageState.WHOLE,
            created_at=self._here.context.clock.now(),
            about=_bounded(about),
        )
        return await self._begin(conversation, self._put(question, asked))

    async def regenerate(self, conversation: str) -> ChatMessage:
        """Answer the last question anew; the answer it had is taken away.

        Raises:
            BadValueError: Nothing was asked, or the conversation is answering.
        """
        self._check_free(conversation)
        question = question_before(self._conversations.messages(conversation))
        if question is None:
            raise BadValueError("Nothing was asked in this conversation yet.")
        _, asked = self._read(question.text)
        self._here.toolbox.heard(conversation)
        self._forget_from(conversation, question.height + 1)
        return await self._begin(conversation, self._answer(conversation, asked))

    async def edit(self, conversation: str, message: str, text: str) -> ChatMessage:
        """Ask something else instead of an earlier question; what followed is taken away.

        Raises:
            BadValueError: That is no question of this conversation, or it is answering.
        """
        self._check_free(conversation)
        old = self._conversations.message(conversation, message)
        if old.role is not Speaker.PERSON:
            raise BadValueError("Only a question can be changed.")
        text, asked = self._read(text)
        self._forget_from(conversation, old.height)
        now = self._here.context.clock.now()
        question = replace(old, id=new_id(), text=text, created_at=now)
        return await self._begin(conversation, self._put(question, asked))

    async def stop(self, conversation: str) -> None:
        """End the answer within a second and keep what there is of it."""
        run = self._runs.get(conversation)
        if run is None:
            return
        run.task.cancel()
        _, late = await asyncio.wait({run.task}, timeout=STOP_WITHIN)
        if late:
            log.warning("An answer took longer than %s s to stop", STOP_WITHIN)

    def answer(self, call: str, *, yes: bool) -> None:
        """Say yes or no to the change that a call waits with.

        Raises:
            BadValueError: No call of that id waits.
        """
        click = self._clicks.get(call)
        if click is None or click.done():
            raise BadValueError("This does not wait for an answer any more.")
        click.set_result(yes)

    # -- what goes on ------------------------------------------------------------------------

    def state(self, conversation: str) -> AssistantState:
        """Return what it does in a conversation."""
        run = self._runs.get(conversation)
        return AssistantState.IDLE if run is None else run.state

    def words(self, conversation: str) -> str:
        """Return the same in a sentence; empty while it does nothing."""
        run = self._runs.get(conversation)
        return "" if run is None else run.words

    async def speaker(self) -> str:
        """Return who would answer now."""
        return await self._voices.label(self._here.context)

    def lock(self, conversation: str) -> None:
        """End what a conversation may ask for: it is deleted."""
        if self._ground is not None:
            self._ground.toolbox.lock(conversation)

    def unlock(self, conversation: str) -> None:
        """Let a conversation ask again: it was brought back."""
        if self._ground is not None:
            self._ground.toolbox.unlock(conversation)

    async def close(self) -> None:
        """End every answer."""
        self._closing = True
        tasks = {each.task for each in self._runs.values()}
        await asyncio.gather(*(self.stop(each) for each in tuple(self._runs)))
        if tasks:
            await asyncio.wait(tasks, timeout=CLOSE_WITHIN)

    # -- answering ---------------------------------------------------------------------------

    @property
    def _here(self) -> Ground:
        if self._desk is None:
            raise NotReadyError("The assistant has no desk yet.")
        if self._ground is None:
            context, registry = self._desk
            self._ground = Ground(
                context,
                Toolbox(registry, context),
                self._estimator,
                self._say,
                cache(partial(_titles, registry)),
                self._facts,
                self._clicks,
            )
        return self._ground

    def _read(self, text: str) -> tuple[str, Asked]:
        text = text.strip()
        if not text:
            raise BadValueError("There is nothing to ask.")
        if len(text) > LONGEST_QUESTION:
            raise BadValueError(
                f"A question has at most {LONGEST_QUESTION:,} letters; this one has {len(text):,}."
            )
        if looks_secret("", text):
            raise BadValueError(
                "That looks like a key or a password; it was neither sent nor stored.",
                hint="Keys belong in the settings, where they go into the system's keyring.",
            )
        return text, prompts.read(text, self._here.context.desk.symbol)

    def _check_free(self, conversation: str) -> None:
        self._conversations.get(conversation)
        if self._closing:
            raise NotReadyError("Puffling is closing.")
        if conversation in self._runs:
            raise BadValueError(
                "This conversation is still answering.", hint="Stop it first, or wait."
            )

    async def _begin(
        self, conversation: str, work: Coroutine[None, None, ChatMessage]
    ) -> ChatMessage:
        """Run an answer that goes on whoever waits for it, and wait for it."""
        try:
            self._check_free(conversation)
        except BaseException:
            work.close()
            raise
        task = asyncio.get_running_loop().create_task(self._run(conversation, work))
        self._runs[conversation] = _Run(task)
        task.add_done_callback(lambda _: self._over(conversation))
        return await asyncio.shield(task)

    def _over(self, conversation: str) -> None:
        run = self._runs.pop(conversation)
        if not run.task.cancelled() and (error := run.task.exception()) is not None:
            log.warning("An answer ended with an error: %s", error)
        self._here.context.bus.publish(AssistantMoved(conversation, AssistantState.IDLE))

    async def _run(
        self, conversation: str, work: Coroutine[None, None, ChatMessage]
    ) -> ChatMessage:
        try:
            return await work
        except asyncio.CancelledError:
            messages = self._conversations.messages(conversation)
            if not messages:
                raise
            return messages[-1]

    async def _put(self, question: ChatMessage, asked: Asked) -> ChatMessage:
        """Store a question, then have it answered."""
        self._here.toolbox.heard(question.conversation)
        kept = self._conversations
        await kept.keep(question)
        conversation = kept.get(question.conversation)
        if conversation.title == UNTITLED:
            kept.change(replace(conversation, title=title_of(question.text)))
        return await self._answer(question.conversation, asked)

    async def _answer(self, conversation: str, asked: Asked) -> ChatMessage:
        if self._slots.locked():
            self._say(conversation, AssistantState.WAITING, "Waits for another conversation…")
        async with self._slots:
            ground = self._here
            try:
                voice = await self._voice(conversation, ground)
            except (ModelError, BadValueError) as error:
                return await self._nobody(conversation, str(error), error.hint)
            carrier = Carrier(ground, conversation)
            facts = prompts.facts_of(asked)
            gathered: ChatMessage | None = None
            if facts and not (voice.is_scripted and asked.slash is None):
                gathered = await rules.gather(ground, conversation, facts, carrier)
            by_rules = voice.provider is None or (voice.is_scripted and asked.slash is not None)
            if by_rules and gathered is not None:
                return await rules.tell(ground, gathered, asked)
            if voice.provider is None or by_rules:
                return await rules.explain(ground, conversation)
            return await Turn(ground, conversation, voice, voice.provider).run()

    async def _voice(self, conversation: str, ground: Ground) -> Voice:
        self._say(conversation, AssistantState.CONNECTING, "Connecting…")
        return await self._voices.now(ground.context)

    async def _nobody(self, conversation: str, trouble: str, hint: str) -> ChatMessage:
        """Say why nobody can be asked."""
        message = ChatMessage(
            id=new_id(),
            conversation=conversation,
            height=self._conversations.next_height(conversation),
            role=Speaker.ASSISTANT,
            text="",
            state=MessageState.FAILED,
            created_at=self._here.context.clock.now(),
            provider=FACTS,
            trouble=trouble,
            hint=hint,
        )
        await self._conversations.keep(message)
        return message

    def _forget_from(self, conversation: str, height: int) -> None:
        """Take away what was said from a height on, and a summary that tells of it."""
        self._conversations.drop_from(conversation, height)
        known = self._conversations.get(conversation)
        if known.summary_until >= height:
            self._conversations.change(replace(known, summary="", summary_until=0))

    def _say(self, conversation: str, state: AssistantState, words: str = "") -> None:
        run = self._runs.get(conversation)
        if run is None or (run.state, run.words) == (state, words):
            return
        run.state, run.words = state, words
        self._here.context.bus.publish(AssistantMoved(conversation, state, words))


def _titles(registry: Registry) -> dict[str, str]:
    """Return what each tool is called on the screen."""
    titles = {each.id: each.title.rstrip("…") for each in registry}
    tools = {each.tool_name: titles[each.id] for each in registry}
    return tools | {each.name: titles[each.command] for each in ALIASES if each.command in titles}


def _bounded(about: Mapping[str, str] | None) -> dict[str, str] | None:
    """Return what a question is asked from, as far as it is of use."""
    if not about:
        return None
    some = list(about.items())[:MOST_ABOUT]
    return {str(name)[:60]: str(value)[:LONGEST_ABOUT] for name, value in some}
