"""The kill switch: it stops everything but closing, for every process and through restarts."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta
from typing import TYPE_CHECKING

from puffin.errors import PuffinError
from puffling.core.errors import BadValueError, PufflingError, StoreError
from puffling.core.events import HaltChanged, Level, NoticePosted
from puffling.core.formats import moment
from puffling.store.halts import Halt

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from puffling.core.bus import EventBus
    from puffling.core.clock import Clock
    from puffling.services.automation import AutomationService
    from puffling.store.audit import AuditStore
    from puffling.store.halts import HaltStore

log = logging.getLogger(__name__)

RESUME_WORD = "RESUME"
CANCEL_WITHIN = 5.0
CANCEL_AGAIN = 5.0
SLACK = timedelta(seconds=2)  # what another process halted was placed until about then
CANCELLED_NOW = "Open orders are cancelled now."


class KillSwitch:
    """One stored flag, read by whoever sends; thrown here, in a terminal, or by another process."""

    def __init__(
        self,
        halts: HaltStore,
        automation: AutomationService,
        *,
        audit: AuditStore,
        bus: EventBus,
        clock: Clock,
    ) -> None:
        self._halts = halts
        self._automation = automation
        self._audit = audit
        self._bus = bus
        self._clock = clock
        self._seen = False
        self._unstored: Halt | None = None  # one the disk had no room for
        self._cancel_all: Callable[[str], Awaitable[object]] = _nothing_to_cancel
        self._cancel_rest: Callable[[str, datetime], Awaitable[object]] = _nothing_is_left
        self._cancelling: asyncio.Task[str] | None = None
        self._failed_at: float | None = None  # when cancelling did not work last

    def when_halted(
        self,
        cancel_all: Callable[[str], Awaitable[object]],
        cancel_rest: Callable[[str, datetime], Awaitable[object]] | None = None,
    ) -> None:
        """Name what cancels the open orders once trading is halted.

        `cancel_rest` cancels what could not be cancelled, again and again: orders placed by then.
        """
        self._cancel_all = cancel_all
        self._cancel_rest = cancel_rest or _nothing_is_left

    def halted(self) -> Halt | None:
        """Return who halted trading, when and why; None while it is not. Asks the store."""
        return self._unstored or self._halts.read()

    async def start(self) -> None:
        """Take up where the last run ended: a halt survives a restart, open orders do not."""
        halt = self.halted()
        self._seen = halt is not None
        if halt is not None:
            await self._carry_out(halt)

    async def halt(self, by: str, reason: str = "") -> Halt:
        """Stop everything but closing: flag first, then cancel the open orders, then say so.

        A disk that takes nothing does not stop it: the flag then holds here, and is stored later.
        """
        wanted = Halt(self._clock.now(), by, reason)
        try:
            halt = self.halted()
            if halt is None:
                halt = wanted
                self._store(halt)
        except StoreError as error:
            log.warning("The kill switch is not stored yet: %s", error)
            halt = self._unstored = wanted
        self._seen = True
        await self._carry_out(halt)
        return halt

    def resume(self, by: str, typed: str) -> None:
        """Allow trading again. What acts by itself stays paused until it is let go on.

        Raises:
            BadValueError: What was typed is not RESUME.
        """
        if typed.strip() != RESUME_WORD:
            raise BadValueError(f"Type {RESUME_WORD} to resume trading.")
        if self.halted() is None:
            return
        now = self._clock.now()
        self._halts.clear(by, now)
        self._unstored = None
        self._audit.add(now, by, "risk.resume", "", {})
        self._seen = False
        self._say_resumed(by)

    async def refresh(self) -> None:
        """Notice what another process did to the kill switch, and act on it."""
        if self._unstored is not None:
            self._store(self._unstored)
            self._unstored = None
        halt = self.halted()
        if (halt is not None) == self._seen:
            self._try_again(halt)
            return
        self._seen = halt is not None
        if halt is None:
            self._say_resumed("another process")
        else:
            await self._carry_out(halt)

    async def close(self) -> None:
        """Stop cancelling: Puffling ends, and goes on with it when it starts again."""
        if self._cancelling is not None:
            self._cancelling.cancel()
            await asyncio.gather(self._cancelling, return_exceptions=True)

    def _store(self, halt: Halt) -> None:
        self._halts.set(halt)
        self._audit.add(halt.at, halt.by, "risk.halt", "", {"reason": halt.reason})

    async def _carry_out(self, halt: Halt) -> None:
        failure = ""
        task = self._cancel(self._cancel_all(halt.by))
        try:
            done, _ = await asyncio.wait({task}, timeout=CANCEL_WITHIN)
            if done:
                failure = task.result()
            else:
                task.add_done_callback(self._say_cancelled)
                failure = (
                    f"The broker did not confirm the cancellations within {CANCEL_WITHIN:.0f} s; "
                    "Puffling goes on asking."
                )
        finally:
            if not self._automation.paused:
                self._automation.pause_with("The kill switch is on.")
            self._bus.publish(HaltChanged(halted=True, by=halt.by, reason=halt.reason))
        text = failure or "Open orders are cancelled. Closing positions stays possible."
        if self._unstored is not None:
            text += " The disk takes nothing: the halt is lost if Puffling closes before it does."
        self._bus.publish(
            NoticePosted(
                Level.ERROR if failure or self._unstored else Level.WARNING,
                "Trading is halted",
                text,
                panel="portfolio",
                desktop=True,
            )
        )

    def _cancel(self, cancels: Awaitable[object]) -> asyncio.Task[str]:
        """Cancel on the side: who waits may give up, the cancels may not."""
        self._cancelling = asyncio.create_task(self._cancelled(cancels), name="cancelling")
        return self._cancelling

    async def _cancelled(self, cancels: Awaitable[object]) -> str:
        """Return what went wrong; empty when nothing did."""
        failure = ""
        try:
            await cancels
        except (PuffinError, PufflingError, OSError) as error:
            failure = str(error)
        self._failed_at = self._clock.monotonic() if failure else None
        return failure

    def _try_again(self, halt: Halt | None) -> None:
        """Cancel what could not be cancelled: an order whose answer was lost may turn up late."""
        running = self._cancelling is not None and not self._cancelling.done()
        if halt is None or running or self._failed_at is None:
            return
        if self._clock.monotonic() - self._failed_at >= CANCEL_AGAIN:
            again = self._cancel(self._cancel_rest(halt.by, halt.at + SLACK))
            again.add_done_callback(self._say_cancelled)

    def _say_cancelled(self, task: asyncio.Task[str]) -> None:
        if not task.cancelled() and not task.result():
            self._bus.publish(
                NoticePosted(Level.WARNING, "Trading is halted", CANCELLED_NOW, panel="portfolio")
            )

    def _say_resumed(self, by: str) -> None:
        self._bus.publish(HaltChanged(halted=False, by=by))
        text = f"By {by}."
        if self._automation.paused:
            text += " What acts by itself stays paused until you let it go on."
        self._bus.publish(NoticePosted(Level.INFO, "Trading resumed", text))


async def _nothing_to_cancel(_: str) -> None:
    """Stand in for the orders until they are there."""


async def _nothing_is_left(_: str, __: datetime) -> None:
    """Stand in for the orders where nobody cancels twice."""


def halted_text(halt: Halt) -> str:
    """Return the kill switch's state as a sentence."""
    reason = f": {halt.reason}" if halt.reason else ""
    return f"Trading is halted since {moment(halt.at)} UTC by {halt.by}{reason}."
