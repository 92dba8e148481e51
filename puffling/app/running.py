"""A whole app at work: started in order, kept going, ended in good order."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from puffin.errors import PuffinError
from puffling.core.events import BarsChanged, Level, ModeChanged, NoticePosted
from puffling.services import interrupted
from puffling.store.requests import RequestStore
from puffling.store.searches import SearchStore
from puffling.work import timers
from puffling.work.requests import RequestDesk

if TYPE_CHECKING:
    from puffling.app.late import Late
    from puffling.commands.context import Context, Desk, Gate
    from puffling.commands.registry import Registry
    from puffling.core.bus import EventBus
    from puffling.core.lock import ProfileLock
    from puffling.services.alert_watching import AlertWatch
    from puffling.services.baskets import BasketProposal
    from puffling.services.orders import Approval, Proposal
    from puffling.store.requests import Request
    from puffling.work.feeds import QuoteFeed
    from puffling.work.fills import FillFeed
    from puffling.work.processes import ProcessLane
    from puffling.work.requests import RequestGate
    from puffling.work.supervisor import Supervisor
    from puffling.work.watchdog import Watchdog

log = logging.getLogger(__name__)

MCP = "mcp"  # who asks for tools, and for nothing else
STOP_WITHIN = 4.0  # seconds that a broker which does not answer may hold up the end


class NoGate:
    """The gate of an app that nobody sits at: no order is confirmed."""

    async def confirm(self, proposal: Proposal | BasketProposal) -> Approval | None:
        """Say no."""
        log.warning("Nobody is here to confirm: %s", proposal.text)
        return None


@dataclass(slots=True)
class App:
    """A whole app, with or without a window: `await start()`, use `context`, `await stop()`."""

    context: Context
    registry: Registry
    supervisor: Supervisor
    feed: QuoteFeed
    fills: FillFeed
    watch: AlertWatch
    processes: ProcessLane
    watchdog: Watchdog
    lock: ProfileLock
    late: Late
    _started: bool = False

    @property
    def bus(self) -> EventBus:
        """Where everything that happens is announced."""
        return self.context.bus

    def use(self, desk: Desk, gate: Gate, *, actor: str = "desk") -> Context:
        """Let commands act on `desk` and ask `gate` from now on; return the new context."""
        self.context = replace(self.context, desk=desk, gate=gate, actor=actor)
        self.late.attach(self.context, self.registry)
        return self.context

    async def start(self) -> None:
        """Take up where the last run ended, open the market, and keep everything going."""
        context = self.context
        self.late.attach(context, self.registry)
        told = interrupted.mark(SearchStore(context.storage.user), context.bus, context.clock)
        context.jobs.start(told)
        context.watchlists.start(context.settings.current.watchlist.starter)
        await context.modes.start()
        context.baskets.start()
        self._started = True
        await context.risk.start()  # before anything can fill
        context.modes.here.trade()
        for text in (*context.storage.notices, *context.settings.problems):
            context.bus.publish(NoticePosted(Level.WARNING, text, panel="activity"))
        requests = RequestDesk(
            RequestStore(context.storage.user),
            context.clock,
            run=self._run_request,
            refresh=context.risk.refresh,
            mode=lambda: context.market.mode.value,
        )
        keep = self.supervisor.start
        keep("quotes", self.feed.run)
        keep("broker", self.fills.run)
        keep("announcing", lambda: timers.every(timers.FLUSH, context.quotes.flush))
        keep("saving", lambda: timers.every(timers.SAVE, context.modes.save))
        keep("stale check", lambda: timers.every(timers.STALE, self._each_second))
        keep("reconciling", lambda: timers.every(timers.RECONCILE, self._reconcile))
        keep("goals", lambda: timers.every(timers.GOALS, context.goals.watch))
        keep("requests", requests.listen)
        keep("watchdog", self.watchdog.run)
        keep("backups", self._back_up)
        self.watch.start()  # what happened before is no news
        keep("alerts", lambda: timers.every(timers.ALERTS, self.watch.look))
        keep("splits", lambda: timers.every(timers.SPLITS, context.watched_splits.look))
        keep("studies of alerts", lambda: timers.every(timers.STALE, context.studies.look))
        context.modes.hold_with(self._hold)
        context.modes.on_enter(context.risk.start)
        context.modes.on_leave(context.inbox.withdraw_all)
        context.bus.subscribe(ModeChanged, self._market_changed)

    def _each_second(self) -> None:
        self.feed.check()
        self.context.modes.here.tick()
        self.context.risk.watch()
        self.context.inbox.expire()

    async def _reconcile(self) -> None:
        """Ask the broker about everything; what it cannot be asked now is asked again soon."""
        try:
            await self.context.orders.reconcile()
        except (PuffinError, OSError) as error:
            log.warning("The broker cannot be asked: %s", error)
        await self.context.modes.here.look()
        if self.context.live.wrong_account:
            await self.context.modes.begin_again("broker")

    async def _reconcile_in_time(self) -> None:
        """Ask a last time, but not for long: the next start asks before anything is sent."""
        try:
            await asyncio.wait_for(self._reconcile(), STOP_WITHIN)
        except TimeoutError:
            log.warning("The broker did not answer in time; it is asked at the next start")

    async def _hold(self) -> None:
        """Stop listening to the market that is being left; `ModeChanged` starts it again."""
        await self.supervisor.pause("quotes")
        await self.supervisor.pause("broker")

    async def stop(self) -> None:
        """End in good order: nothing half sent, everything stored, nothing left running.

        A broker that does not answer holds it up for a few seconds, no longer.
        """
        context = self.context
        try:
            await self.late.close()
            await context.jobs.close()
            await context.orders.close()
            await context.risk.close()
            await self.supervisor.stop()
            if self._started:
                await self._reconcile_in_time()
                await context.modes.here.leave()
        finally:
            await self.supervisor.stop()
            await asyncio.to_thread(self.processes.close)
            context.storage.close()
            self.lock.release()

    async def _run_request(self, request: Request, gate: RequestGate) -> object:
        """Run what another process asked for, on this desk, with its own gate."""
        if request.actor == MCP:
            served = self.late.served
            return await served.run(request.command, request.values, gate.is_over)
        context = replace(self.context, gate=gate, actor=request.actor)
        return await self.registry[request.command].run_with(context, request.values)

    async def _back_up(self) -> None:
        """Copy the database once a day."""
        if await asyncio.to_thread(self.context.storage.backup_due):
            await asyncio.to_thread(self.context.storage.backup_now)

    def _market_changed(self, _: ModeChanged) -> None:
        """Listen to the new market, and have what shows history ask for it again."""
        self.supervisor.restart("quotes")
        self.supervisor.restart("broker")
        context = self.context
        symbols = (*context.demo.symbols, *context.watchlists.symbols(), *context.quotes.wanted)
        for each in dict.fromkeys(symbols):
            context.bus.publish(BarsChanged(each))
