"""Builds the app: the one module that knows every part. It needs no window."""

from __future__ import annotations

import asyncio
import logging
import sys
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from puffin.data.sample import SampleProvider
from puffin.data.sessions import Calendar
from puffling.commands import all_commands
from puffling.commands.context import Context
from puffling.commands.outside import halt
from puffling.commands.remote import Remote
from puffling.commands.terminal import NoDesk, TerminalGate, run_here
from puffling.core.bus import EventBus
from puffling.core.clock import SystemClock
from puffling.core.errors import ProfileInUseError
from puffling.core.events import Level, ModeChanged, NoticePosted
from puffling.core.lock import ProfileLock
from puffling.core.paths import resources
from puffling.core.settings_store import SettingsStore
from puffling.services.alerts import AlertService
from puffling.services.bars import BarService
from puffling.services.book import Book
from puffling.services.demo import DemoService
from puffling.services.laboratory import build_laboratory
from puffling.services.market import MarketService
from puffling.services.notifications import NotificationService
from puffling.services.orders import OrderService
from puffling.services.positions import PortfolioService
from puffling.services.quotes import QuoteService
from puffling.services.risk import RiskService
from puffling.services.watchlists import WatchlistService
from puffling.store.accounts import AccountStore
from puffling.store.alerts import AlertStore
from puffling.store.audit import AuditStore
from puffling.store.bars import BarTable
from puffling.store.halts import HaltStore
from puffling.store.jobs import JobStore
from puffling.store.layouts import LayoutStore
from puffling.store.notifications import NotificationStore
from puffling.store.opening import open_storage
from puffling.store.orders import OrderStore
from puffling.store.requests import RequestStore
from puffling.store.schema import imported
from puffling.store.state import StateStore
from puffling.store.watchlists import WatchlistStore
from puffling.work import timers
from puffling.work.feeds import QuoteFeed
from puffling.work.fills import FillFeed
from puffling.work.jobs import JobRunner
from puffling.work.lanes import ThreadLane
from puffling.work.processes import ProcessLane
from puffling.work.requests import RequestDesk
from puffling.work.supervisor import Supervisor
from puffling.work.watchdog import Watchdog

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from typing import Any

    from puffin.data.base import DataProvider
    from puffling.commands.context import Desk, Gate
    from puffling.commands.registry import Command, Registry
    from puffling.core.clock import Clock
    from puffling.core.paths import Paths
    from puffling.services.orders import Approval, Proposal
    from puffling.store.opening import Storage
    from puffling.store.requests import Request
    from puffling.work.lanes import Lane
    from puffling.work.requests import RequestGate

__all__ = ["App", "build", "halt", "run_command"]

log = logging.getLogger(__name__)


class NoGate:
    """The gate of an app that nobody sits at: no order is confirmed."""

    async def confirm(self, proposal: Proposal) -> Approval | None:
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
    processes: ProcessLane
    watchdog: Watchdog
    lock: ProfileLock
    _started: bool = False

    @property
    def bus(self) -> EventBus:
        """Where everything that happens is announced."""
        return self.context.bus

    def use(self, desk: Desk, gate: Gate, *, actor: str = "desk") -> Context:
        """Let commands act on `desk` and ask `gate` from now on; return the new context."""
        self.context = replace(self.context, desk=desk, gate=gate, actor=actor)
        return self.context

    async def start(self) -> None:
        """Take up where the last run ended, open the market, and keep everything going."""
        context = self.context
        context.jobs.start()
        context.searches.start()
        context.watchlists.start(context.settings.current.watchlist.starter)
        await context.demo.start()
        self._started = True
        await context.risk.start()  # before anything can fill
        context.demo.trade()
        for text in (*context.storage.notices, *context.settings.problems, *self._other_mode()):
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
        keep("saving", lambda: timers.every(timers.SAVE, context.demo.save))
        keep("stale check", lambda: timers.every(timers.STALE, self.feed.check))
        keep("reconciling", lambda: timers.every(timers.RECONCILE, context.orders.reconcile))
        keep("requests", requests.listen)
        keep("watchdog", self.watchdog.run)
        keep("backups", self._back_up)
        context.bus.subscribe(ModeChanged, self._market_changed)

    def _other_mode(self) -> list[str]:
        """What to say when the settings ask for a mode that this version does not have."""
        wanted, here = self.context.settings.current.mode, self.context.market.mode
        if wanted is here:
            return []
        return [f"{wanted.upper()} is not in this version; Puffling trades in {here.upper()}."]

    async def stop(self) -> None:
        """End in good order: nothing half sent, everything stored, nothing left running."""
        context = self.context
        try:
            await context.jobs.close()
            await context.orders.close()
            await self.supervisor.stop()
            if self._started:
                await context.orders.reconcile()
                context.demo.save()
        finally:
            await self.supervisor.stop()
            await asyncio.to_thread(self.processes.close)
            context.storage.close()
            self.lock.release()

    async def _run_request(self, request: Request, gate: RequestGate) -> object:
        """Run what another process asked for, on this desk, with its own gate."""
        context = replace(self.context, gate=gate, actor=request.actor)
        return await self.registry[request.command].run_with(context, request.values)

    async def _back_up(self) -> None:
        """Copy the database once a day."""
        if await asyncio.to_thread(self.context.storage.backup_due):
            await asyncio.to_thread(self.context.storage.backup_now)

    def _market_changed(self, _: ModeChanged) -> None:
        self.supervisor.restart("quotes")
        self.supervisor.restart("broker")


def build(  # noqa: PLR0913 - each is a choice, given by name
    paths: Paths,
    *,
    clock: Clock | None = None,
    desk: Desk | None = None,
    gate: Gate | None = None,
    lane: Lane | None = None,
    online: DataProvider | None = None,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    actor: str = "desk",
) -> App:
    """Put the parts of one profile together; nothing runs before `App.start`.

    Without a `desk` or `gate` there is none: commands that need a window say so, and no order is
    confirmed. `lane` runs blocking work, `online` has symbols outside the demo market, `sleep`
    is the replay's.

    Raises:
        ProfileInUseError: Another Puffling has the profile.
        StoreError: What is kept cannot be opened; the sentence says why and what to do.
    """
    paths.make()
    lock = ProfileLock(paths.lock)
    if not lock.acquire():
        raise ProfileInUseError("Puffling is open already with this data folder.")
    clock, bus = clock or SystemClock(), EventBus()
    processes = ProcessLane(compiled=paths.root / "compiled")
    with ExitStack() as undo:
        undo.callback(lock.release)
        settings = SettingsStore(paths.settings, bus)
        storage = open_storage(paths, clock, kept_backups=settings.current.data.backups)
        undo.callback(storage.close)
        context = _context(
            Ground(paths, clock, bus, settings, storage),
            desk=desk or NoDesk(),
            gate=gate or NoGate(),
            lane=lane or ThreadLane(),
            online=online or _yahoo(storage, clock, Calendar.load()),
            processes=processes,
            sleep=sleep,
            actor=actor,
        )
        undo.pop_all()
    feed = QuoteFeed(
        lambda: context.demo.replay,
        lambda: context.market.symbols,
        context.demo.take_quote,
        expected=lambda: context.market.is_open() and not context.demo.paused,
        bus=bus,
        clock=clock,
    )
    return App(
        context=context,
        registry=all_commands(),
        supervisor=Supervisor(bus),
        feed=feed,
        fills=FillFeed(context.orders, bus),
        processes=processes,
        watchdog=Watchdog(),
        lock=lock,
    )


@dataclass(frozen=True, slots=True)
class Ground:
    """What every service stands on."""

    paths: Paths
    clock: Clock
    bus: EventBus
    settings: SettingsStore
    storage: Storage


def _context(  # noqa: PLR0913 - each is given by name
    ground: Ground,
    *,
    desk: Desk,
    gate: Gate,
    lane: Lane,
    online: DataProvider,
    processes: ProcessLane,
    sleep: Callable[[float], Awaitable[None]],
    actor: str,
) -> Context:
    """Build every service in the order in which they rest on each other."""
    bus, clock, settings, user = ground.bus, ground.clock, ground.settings, ground.storage.user
    audit, state, book = AuditStore(user), StateStore(user), Book(OrderStore(user))
    notifications = NotificationService(NotificationStore(user), bus, clock)
    market = MarketService(clock, Calendar.load())
    quotes = QuoteService(bus, clock)
    sample = SampleProvider(resources() / "demo")
    table = BarTable(ground.storage.user, imported)
    bars = BarService(sample, table, market, quotes, settings, online=online, bus=bus, clock=clock)
    portfolio = PortfolioService(book, quotes, market, state, bus)
    risk = RiskService(
        HaltStore(user),
        settings,
        book,
        portfolio,
        quotes,
        market,
        audit=audit,
        bus=bus,
        clock=clock,
    )
    orders = OrderService(book, audit, risk, portfolio, market, bus=bus, clock=clock)
    risk.when_halted(orders.cancel_all)
    alerts = AlertService(AlertStore(user), quotes, bus, clock)
    demo = DemoService(
        sample,
        AccountStore(user),
        state,
        settings,
        market=market,
        quotes=quotes,
        book=book,
        portfolio=portfolio,
        orders=orders,
        alerts=alerts,
        bus=bus,
        clock=clock,
        sleep=sleep,
    )
    lab = build_laboratory(
        user,
        bars,
        folder=ground.paths.root / "strategies",
        market=market,
        portfolio=portfolio,
        risk=risk,
        quotes=quotes,
        bus=bus,
        clock=clock,
        elsewhere=processes,
    )
    return Context(
        paths=ground.paths,
        clock=clock,
        bus=bus,
        settings=settings,
        storage=ground.storage,
        layouts=LayoutStore(ground.paths.layouts),
        state=state,
        audit=audit,
        market=market,
        demo=demo,
        quotes=quotes,
        bars=bars,
        watchlists=WatchlistService(WatchlistStore(user), bus),
        orders=orders,
        risk=risk,
        portfolio=portfolio,
        alerts=alerts,
        backtests=lab.backtests,
        searches=lab.searches,
        strategies=lab.strategies,
        research=lab.research,
        allocation=lab.allocation,
        notifications=notifications,
        jobs=JobRunner(bus, lane, JobStore(user), clock),
        desk=desk,
        gate=gate,
        actor=actor,
    )


def _yahoo(storage: Storage, clock: Clock, calendar: Calendar) -> DataProvider:
    """Return Yahoo behind retries, a breaker and the cache."""
    from puffin.data.cache import CachedProvider
    from puffin.data.resilience import GuardedProvider
    from puffin.data.yahoo import YahooProvider

    guarded = GuardedProvider(YahooProvider())
    return CachedProvider(guarded, BarTable(storage.market), now=clock.now, calendar=calendar)


async def run_command(
    paths: Paths,
    command: Command[..., Any],
    values: Mapping[str, object],
    *,
    always_yes: bool = False,
) -> object:
    """Run one command from a terminal: through the running window, or here when there is none.

    Raises:
        PufflingError: The command refuses, or needs a window.
    """
    try:
        app = build(paths, actor="terminal")
    except ProfileInUseError:
        storage = open_storage(paths, SystemClock())
        try:
            remote = Remote(
                RequestStore(storage.user), SystemClock(), ask_here, always_yes=always_yes
            )
            return await remote.run(command.id, values)
        finally:
            storage.close()
    context = app.context
    gate = TerminalGate(ask_here, context.clock, context.market.mode.value, always_yes=always_yes)
    context = app.use(context.desk, gate, actor="terminal")
    try:
        await app.start()
        return await run_here(context, command, values)
    finally:
        await app.stop()


async def ask_here(question: str) -> bool:
    """Ask the person at this terminal; whether the answer is yes. No terminal means no."""
    if not sys.stdin.isatty():
        return False
    answer = await asyncio.to_thread(input, question)
    return answer.strip().casefold() in {"y", "yes"}
