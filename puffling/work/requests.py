"""What other processes ask of this one: `puffling run` and a second window, through one table.

The process that holds the profile is the only writer. Everybody else puts a row into `requests` and
waits; this desk polls it, runs the command through the same registry and gates, and answers in the
row. A trade asks back through the row, and the person at the other terminal says yes or no.
"""

from __future__ import annotations

import asyncio
import json
import logging
from datetime import timedelta
from typing import TYPE_CHECKING, cast

from pydantic_core import to_jsonable_python

from puffin.errors import PuffinError
from puffling.core.errors import PufflingError, StoreError
from puffling.core.redaction import redact
from puffling.services.orders import Approval

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from puffling.core.clock import Clock
    from puffling.services.baskets import BasketProposal
    from puffling.services.orders import Proposal
    from puffling.store.requests import Request, RequestStore

log = logging.getLogger(__name__)

POLL_SECONDS = 0.25
ASK_SECONDS = 0.1
ANSWER_WITHIN = timedelta(seconds=60)
KEPT = timedelta(days=1)
YES, NO = "yes", "no"
LOOK_FIRST = "Start it again, and look what was done before you ask again."


class RequestGate:
    """A person at another terminal says yes or no to an order, through their request's row."""

    def __init__(
        self, store: RequestStore, request: Request, clock: Clock, mode: Callable[[], str]
    ) -> None:
        self._store = store
        self._request = request
        self._clock = clock
        self._mode = mode

    async def is_over(self) -> bool:
        """Whether nobody waits for the answer any more."""
        row = await asyncio.to_thread(self._store.get, self._request.id)
        return row is None or row.state.is_over

    async def confirm(self, proposal: Proposal | BasketProposal) -> Approval | None:
        """Put the question into the row and wait for its answer; silence means no."""
        question = json.dumps({"mode": self._mode(), "text": proposal.text})
        await asyncio.to_thread(self._store.set_question, self._request.id, question)
        until = self._clock.now() + ANSWER_WITHIN
        while self._clock.now() < until:
            row = await asyncio.to_thread(self._store.get, self._request.id)
            if row is None or row.answer == NO:
                return None
            if row.answer == YES:
                now = self._clock.now()
                return Approval(
                    proposal_id=proposal.id,
                    digest=proposal.digest,
                    by="terminal",
                    at=now,
                    expires_at=now + ANSWER_WITHIN,
                )
            await asyncio.sleep(ASK_SECONDS)
        return None


class RequestDesk:
    """Polls the table, runs what is asked and answers in the row.

    Args:
        store: The table.
        clock: The time; a request past its expiry is refused, never run late.
        run: Runs one request with the gate it is given and returns its result.
        refresh: Called at each poll, so that a kill switch thrown by another process is noticed.
        mode: The mode in force, for the question a trade asks: as it is when it is asked.
    """

    def __init__(
        self,
        store: RequestStore,
        clock: Clock,
        *,
        run: Callable[[Request, RequestGate], Awaitable[object]],
        refresh: Callable[[], Awaitable[None]],
        mode: Callable[[], str],
    ) -> None:
        self._store = store
        self._clock = clock
        self._run = run
        self._refresh = refresh
        self._mode = mode
        self._tasks: set[asyncio.Task[None]] = set()

    async def listen(self) -> None:
        """Poll until cancelled; what is running then is cancelled too.

        A store that does not answer for a moment is asked again; what runs goes on.
        """
        stopped = failure("Puffling stopped before it answered.", LOOK_FIRST)
        tidied = troubled = False
        try:
            while True:
                try:
                    if not tidied:
                        await asyncio.to_thread(self._store.abandon, stopped)
                        await asyncio.to_thread(self._store.purge, self._clock.now() - KEPT)
                        tidied = True
                    await self._poll()
                    troubled = False
                except StoreError as error:
                    if not troubled:
                        log.warning("Requests of other processes cannot be read: %s", error)
                    troubled = True
                await asyncio.sleep(POLL_SECONDS)
        finally:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _poll(self) -> None:
        await self._refresh()
        for request in await asyncio.to_thread(self._store.waiting):
            if not await asyncio.to_thread(self._store.take, request.id):
                continue
            task = asyncio.create_task(self._answer(request), name=f"request {request.id}")
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _answer(self, request: Request) -> None:
        if request.expires_at <= self._clock.now():
            await self._fail(request, "Nobody took up the request in time.", "Ask again.")
            return
        try:
            result = await self._run(
                request, RequestGate(self._store, request, self._clock, self._mode)
            )
            await asyncio.to_thread(self._store.set_result, request.id, plain(result))
        except asyncio.CancelledError:
            self._store.set_error(request.id, failure("Puffling closed.", LOOK_FIRST))
            raise
        except (PufflingError, PuffinError) as error:
            await self._fail(request, str(error), error.hint)
        except Exception:
            log.exception("A request failed: %s", request.command)
            await self._fail(request, "Something went wrong.", "Its cause is in the log.")

    async def _fail(self, request: Request, text: str, hint: str) -> None:
        await asyncio.to_thread(self._store.set_error, request.id, failure(text, hint))


def failure(text: str, hint: str) -> str:
    """Return an error as the row keeps it."""
    return json.dumps({"error": redact(text), "hint": hint})


def plain(value: object) -> object:
    """Return `value` in words JSON knows: records as objects, money and times as text."""
    return cast("object", to_jsonable_python(value, fallback=_listed, inf_nan_mode="null"))


def _listed(value: object) -> object:
    as_list = getattr(value, "tolist", None)  # numpy arrays and scalars
    return as_list() if as_list is not None else str(value)
