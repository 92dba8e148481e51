"""What commands and panels may ask of the assistant."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from puffling.core.conversations import AssistantState, ChatMessage


class AssistantMoves(Protocol):
    """The assistant, as seen from below: it asks a model, and a person answers it."""

    async def ask(
        self, conversation: str, text: str, *, about: Mapping[str, str] | None = None
    ) -> ChatMessage:
        """Say something in a conversation, and return the last message of the answer.

        The answer goes on when the caller does not wait for it any more; only `stop` ends it.
        `about` is what is asked from: symbol, panel and the like. What goes wrong in an answer is
        said in its message.

        Raises:
            BadValueError: The conversation is answering already, or there is nothing to say.
            StoreError: The question could not be stored; nothing was sent.
        """
        ...

    async def regenerate(self, conversation: str) -> ChatMessage:
        """Answer the last question anew; the answer it had is taken away.

        Raises:
            BadValueError: Nothing was asked, or the conversation is answering.
        """
        ...

    async def edit(self, conversation: str, message: str, text: str) -> ChatMessage:
        """Ask something else instead of an earlier question; what followed is taken away.

        Raises:
            BadValueError: That is no question of this conversation, or it is answering.
        """
        ...

    async def stop(self, conversation: str) -> None:
        """End the answer within a second and keep what there is of it; nothing if there is none."""
        ...

    def answer(self, call: str, *, yes: bool) -> None:
        """Say yes or no to the change that a call waits with.

        Raises:
            BadValueError: No call of that id waits.
        """
        ...

    def state(self, conversation: str) -> AssistantState:
        """Return what it does in a conversation."""
        ...

    def words(self, conversation: str) -> str:
        """Return the same in a sentence; empty while it does nothing."""
        ...

    async def speaker(self) -> str:
        """Return who would answer now: a provider, the demonstration, or nobody but the rules."""
        ...

    def lock(self, conversation: str) -> None:
        """End what a conversation may ask tools for: it is deleted."""
        ...

    def unlock(self, conversation: str) -> None:
        """Let a conversation ask again: it was brought back."""
        ...

    async def close(self) -> None:
        """End every answer."""
        ...
