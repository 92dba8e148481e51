"""Carries out what an answer asks tools for: in turn, within limits, with the person's yes."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from typing import TYPE_CHECKING

from puffin.ai.base import ToolCall
from puffling.agents.cards import preview_card
from puffling.core.conversations import AssistantState, CallRecord, CallState

if TYPE_CHECKING:
    from collections.abc import Iterable

    from puffling.agents.cards import Card
    from puffling.agents.ground import Ground
    from puffling.agents.previews import Preview
    from puffling.agents.tools import Outcome
    from puffling.core.conversations import ChatMessage

MOST_CALLS = 8  # of one answer
TOO_MANY = f"Not carried out: one answer may ask for {MOST_CALLS} tools. Ask again for the rest."
STOPPED = "The person stopped this before it was done."
REFUSED = "refused"


def asked(message: ChatMessage, calls: Iterable[ToolCall]) -> tuple[CallRecord, ...]:
    """Return the records of calls that an answer asks for, under ids of our own."""
    return tuple(
        CallRecord(f"{message.id}-{place}", each.id, each.name, dict(each.arguments))
        for place, each in enumerate(calls)
    )


class Carrier:
    """Carries out the calls of one run, and knows which it has carried out already."""

    def __init__(self, ground: Ground, conversation: str) -> None:
        self._ground = ground
        self._conversation = conversation
        self._done: dict[tuple[str, str, str], CallRecord] = {}
        self._message: ChatMessage | None = None

    async def carry(self, message: ChatMessage) -> ChatMessage:
        """Carry out every call of an answer; return it with what came of them.

        When it is stopped, what was not done is marked so.
        """
        self._message = message
        try:
            for place, call in enumerate(message.calls):
                if place >= MOST_CALLS:
                    self._keep(replace(call, state=CallState.REFUSED, text=TOO_MANY, is_error=True))
                else:
                    await self._one(call)
        except asyncio.CancelledError:
            self._give_up()
            raise
        return self._message

    def refuse(self, message: ChatMessage, why: str) -> ChatMessage:
        """Carry none of the calls of an answer out; return it with that."""
        self._message = message
        for each in message.calls:
            self._keep(replace(each, state=CallState.REFUSED, text=why, is_error=True))
        return self._message

    @property
    def message(self) -> ChatMessage | None:
        """The answer whose calls are carried out, as it is now."""
        return self._message

    async def _one(self, call: CallRecord) -> None:
        key = (call.service_id, call.tool, json.dumps(dict(call.arguments), sort_keys=True))
        before = self._done.get(key)
        if before is not None:  # the service sent the same call again
            self._keep(replace(before, id=call.id))
            return
        now = self._ground.context.clock.now()
        self._say(f"Runs {call.tool}…")
        self._keep(replace(call, state=CallState.RUNNING, started_at=now))
        outcome = await self._ground.toolbox.call(
            self._conversation, ToolCall(call.id, call.tool, call.arguments), self
        )
        self._ground.facts.keep(call.id, outcome.facts)
        self._done[key] = ended = _ended(call, outcome)
        self._keep(ended)

    async def ask(self, preview: Preview) -> bool:
        """Show what a call would change and wait for the click; False means no.

        Without a window nobody can look at it, and the answer is no.
        """
        if not self._ground.context.desk.has_window:
            return False  # nobody is there to click
        call = self._call(preview.call_id)
        card = _card(preview_card(preview, "asked"))
        answer: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._ground.clicks[call.id] = answer
        self._keep(replace(call, command=preview.command, state=CallState.WAITING, card=card))
        words = f"Waits for your yes: {preview.title}"
        self._ground.say(self._conversation, AssistantState.ASKING, words)
        try:
            yes = await answer
        finally:
            self._ground.clicks.pop(call.id, None)
        self._say(f"Runs {call.tool}…" if yes else "Goes on without it…")
        self._keep(replace(self._call(call.id), state=CallState.RUNNING))
        return yes

    def _give_up(self) -> None:
        for each in self._message.calls if self._message is not None else ():
            if not each.state.is_over:
                self._keep(
                    replace(
                        each,
                        state=CallState.REFUSED,
                        text=STOPPED,
                        is_error=True,
                        card=_without_question(each),
                    )
                )

    def _call(self, id_: str) -> CallRecord:
        calls = self._message.calls if self._message is not None else ()
        return next(each for each in calls if each.id == id_)

    def _keep(self, call: CallRecord) -> None:
        if self._message is not None:
            self._message = self._ground.context.conversations.keep_call(self._message, call)

    def _say(self, words: str) -> None:
        self._ground.say(self._conversation, AssistantState.TOOLS, words)


def _ended(call: CallRecord, outcome: Outcome) -> CallRecord:
    card = outcome.card
    state = CallState.DONE
    if outcome.effect == REFUSED:
        state = CallState.REFUSED
    elif outcome.is_error:
        state = CallState.FAILED
    return replace(
        call,
        command=outcome.command,
        state=state,
        effect=outcome.effect,
        text=outcome.text,
        is_error=outcome.is_error,
        started_at=outcome.started_at,
        seconds=outcome.seconds,
        snapshot=outcome.snapshot,
        card=None if card is None else _card(card),
    )


def _card(card: Card) -> dict[str, object]:
    """Return a card as it is kept."""
    return {"kind": str(card.kind), "data": dict(card.data)}


def _without_question(call: CallRecord) -> dict[str, object] | None:
    """Return the card of a call that was given up: a preview asks no more."""
    if call.card is None or call.card.get("kind") != "preview":
        return None if call.card is None else dict(call.card)
    data = dict(call.card.get("data", {})) | {"state": "stale"}
    return {"kind": "preview", "data": data}
