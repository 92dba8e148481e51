"""The asking side of the requests table: a command run by the window that holds the profile."""

from __future__ import annotations

import asyncio
import json
import secrets
from datetime import timedelta
from typing import TYPE_CHECKING

from puffling.commands.terminal import PLAY_MONEY
from puffling.core.errors import BadValueError, PufflingError
from puffling.store.requests import Request, RequestState
from puffling.work.requests import NO, YES

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from puffling.core.clock import Clock
    from puffling.store.requests import RequestStore

POLL_SECONDS = 0.05
TAKEN_WITHIN = timedelta(seconds=5)
DONE_WITHIN = timedelta(minutes=30)


class Remote:
    """Puts a command into the table and waits for the answer of the process that holds it.

    `ask` shows a question and returns the person's answer; `always_yes` is `--yes`, which
    answers for play money only.
    """

    def __init__(
        self,
        store: RequestStore,
        clock: Clock,
        ask: Callable[[str], Awaitable[bool]],
        *,
        always_yes: bool,
        actor: str = "terminal",
    ) -> None:
        self._store = store
        self._clock = clock
        self._ask = ask
        self._always_yes = always_yes
        self._actor = actor

    async def run(self, command: str, values: Mapping[str, object]) -> object:
        """Return the command's result as plain values.

        Raises:
            PufflingError: The holder refused, or did not take the request up in time.
        """
        now = self._clock.now()
        id_ = secrets.token_hex(8)
        self._store.add(
            Request(
                id=id_,
                command=command,
                values=dict(values),
                actor=self._actor,
                created_at=now,
                expires_at=now + TAKEN_WITHIN,
            )
        )
        try:
            return await self._wait(id_)
        except asyncio.CancelledError:
            self._store.set_state(id_, RequestState.EXPIRED)  # nobody waits for it any more
            raise

    async def _wait(self, id_: str) -> object:
        while True:
            row = self._store.get(id_)
            if row is None:
                raise PufflingError("The request is gone.", hint="Ask again.")
            if row.state is RequestState.DONE:
                return row.result
            if row.state.is_over:
                _raise(row.error)
            if row.state is RequestState.ASKING:
                await self._answer(row)
            self._check_time(row)
            await asyncio.sleep(POLL_SECONDS)

    async def _answer(self, row: Request) -> None:
        question = json.loads(row.question)
        if self._always_yes and question["mode"] not in PLAY_MONEY:
            self._store.set_answer(row.id, NO)
            raise BadValueError(
                f"--yes is not accepted in {question['mode'].upper()}.", hint="Answer the question."
            )
        said = self._always_yes or await self._ask(f"{question['text']}\nSend it? [y/N] ")
        self._store.set_answer(row.id, YES if said else NO)

    def _check_time(self, row: Request) -> None:
        age = self._clock.now() - row.created_at
        if row.state is RequestState.WAITING and age > TAKEN_WITHIN:
            if not self._store.set_state(row.id, RequestState.EXPIRED, was=RequestState.WAITING):
                return
            raise PufflingError(
                "The window did not answer; nothing was done.",
                hint="Look whether it hangs. 'puffling halt' works even then.",
            )
        if age > DONE_WITHIN:
            raise PufflingError(
                "The window has not finished yet.", hint="Look at its Activity panel."
            )


def _raise(text: str) -> None:
    try:
        body = json.loads(text)
    except ValueError:
        body = {"error": text or "Nobody took up the request in time."}
    raise PufflingError(body["error"], hint=body.get("hint", ""))
