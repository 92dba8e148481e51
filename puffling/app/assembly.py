"""Puts the parts of one profile together; nothing runs before the app is started."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack
from typing import TYPE_CHECKING

from puffin.data.sample import SampleProvider
from puffin.data.sessions import Calendar
from puffling.app.base import Base
from puffling.app.late import Late
from puffling.app.outside import Alpaca, yahoo
from puffling.app.restoring import open_profile
from puffling.app.running import App, NoGate
from puffling.commands import all_commands
from puffling.commands.context import Context
from puffling.commands.terminal import NoDesk
from puffling.core.bus import EventBus
from puffling.core.clock import SystemClock
from puffling.core.errors import ProfileInUseError
from puffling.core.lock import ProfileLock
from puffling.core.paths import resources
from puffling.core.secrets import Secrets
from puffling.core.settings_store import SettingsStore
from puffling.services.alert_studies import AlertStudies
from puffling.services.alert_views import AlertViews
from puffling.services.alert_watching import AlertWatch
from puffling.services.alerts import AlertService
from puffling.services.automation import AutomationService
from puffling.services.away_orders import AwayOrders
from puffling.services.bars import BarService
from puffling.services.baskets import BasketService
from puffling.services.book import Book
from puffling.services.broker_facts import BrokerFacts
from puffling.services.connections import ConnectionService
from puffling.services.demo import DemoService
from puffling.services.drawing_alerts import DrawingDesk
from puffling.services.goals import GoalService
from puffling.services.inbox import InboxService
from puffling.services.journal import JournalService
from puffling.services.live_ground import Ground
from puffling.services.live_market import LiveMarket
from puffling.services.macros import MacroService
from puffling.services.market import MarketService
from puffling.services.modes import ModeService
from puffling.services.notifications import NotificationService
from puffling.services.online_history import online_history
from puffling.services.orders import OrderService
from puffling.services.performance import PerformanceService
from puffling.services.positions import PortfolioService
from puffling.services.quotes import QuoteService
from puffling.services.replay import ReplayService
from puffling.services.risk import RiskService
from puffling.services.snapshots import SnapshotService
from puffling.services.undoing import UndoService
from puffling.services.watchlists import WatchlistService
from puffling.store.accounts import AccountStore
from puffling.store.alerts import AlertStore
from puffling.store.allocations import AllocationStore
from puffling.store.audit import AuditStore
from puffling.store.bars import BarTable
from puffling.store.baskets import BasketStore
from puffling.store.goals import GoalStore
from puffling.store.halts import HaltStore
from puffling.store.inbox import InboxStore
from puffling.store.jobs import JobStore
from puffling.store.journal import JournalStore
from puffling.store.layouts import LayoutStore
from puffling.store.notifications import NotificationStore
from puffling.store.orders import OrderStore
from puffling.store.performance import PerformanceStore
from puffling.store.schema import imported
from puffling.store.state import StateStore
from puffling.store.templates import TemplateStore
from puffling.store.watchlists import WatchlistStore
from puffling.work.feeds import QuoteFeed
from puffling.work.fills import FillFeed
from puffling.work.jobs import JobRunner
from puffling.work.lanes import ThreadLane
from puffling.work.processes import ProcessLane
from puffling.work.supervisor import Supervisor

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from puffin.data.base import DataProvider
    from puffling.commands.context import Desk, Gate
    from puffling.core.clock import Clock
    from puffling.core.paths import Paths
    from puffling.core.secrets import SecretStore
    from puffling.services.live_parts import Outside
    from puffling.work.lanes import Lane


def build(  # noqa: PLR0913 - each is a choice, given by name
    paths: Paths,
    *,
    clock: Clock | None = None,
    desk: Desk | None = None,
    gate: Gate | None = None,
    lane: Lane | None = None,
    online: DataProvider | None = None,
    outside: Outside | None = None,
    secrets: SecretStore | None = None,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    actor: str = "desk",
) -> App:
    """Put the parts of one profile together; nothing runs before `App.start`.

    Without a `desk` or `gate` there is none: commands that need a window say so, and no order is
    confirmed. `lane` runs blocking work, `online` has symbols outside the demo market, `outside`
    makes brokers and prices of now, `secrets` keeps their keys, `sleep` is the replay's.

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
        storage = open_profile(paths, clock, kept_backups=settings.current.data.backups)
        undo.callback(storage.close)
        base = Base(paths, clock, bus, settings, storage)
        secrets = secrets or Secrets()
        late = Late(base, secrets, processes)
        context = _context(
            base,
            desk=desk or NoDesk(),
            gate=gate or NoGate(),
            lane=lane or ThreadLane(),
            online=online or yahoo(BarTable(storage.market), clock, Calendar.load(), base.gauges),
            outside=outside or Alpaca(bus, clock),
            secrets=secrets,
            late=late,
            sleep=sleep,
            actor=actor,
        )
        late.know(context)
        undo.pop_all()
    feed = QuoteFeed(
        lambda: context.modes.here.source,
        lambda: context.modes.here.symbols,
        context.modes.take_quote,
        expected=context.modes.expects_quotes,
        bus=bus,
        clock=clock,
    )
    watch = AlertWatch(
        context.alerts,
        context.portfolio,
        context.quotes,
        context.market,
        PerformanceStore(storage.user),
        expected=context.modes.expects_quotes,
        bus=bus,
        clock=clock,
    )
    return App(
        context=context,
        registry=all_commands(),
        supervisor=Supervisor(bus),
        feed=feed,
        fills=FillFeed(context.orders, bus),
        watch=watch,
        processes=processes,
        watchdog=context.watchdog,
        lock=lock,
        late=late,
    )


def _context(  # noqa: PLR0913 - each is given by name
    base: Base,
    *,
    desk: Desk,
    gate: Gate,
    lane: Lane,
    online: DataProvider,
    outside: Outside,
    secrets: SecretStore,
    late: Late,
    sleep: Callable[[float], Awaitable[None]],
    actor: str,
) -> Context:
    """Build every service in the order in which they rest on each other."""
    bus, clock, settings, user = base.bus, base.clock, base.settings, base.storage.user
    accounts, order_store = AccountStore(user), OrderStore(user)
    audit, state, book = AuditStore(user), StateStore(user), Book(order_store)
    notifications = NotificationService(NotificationStore(user), bus, clock)
    market = MarketService(clock, Calendar.load())
    quotes = QuoteService(bus, clock)
    sample = SampleProvider(resources() / "demo")
    table = BarTable(base.storage.user, imported)
    history = online_history(online, BarTable(base.storage.market), settings, market, clock)
    bars = BarService(sample, table, market, quotes, settings, online=history, bus=bus, clock=clock)
    portfolio = PortfolioService(book, quotes, market, state, bus)
    facts, automation = BrokerFacts(bus, clock), AutomationService(state, audit, bus, clock)
    risk = RiskService(
        HaltStore(user),
        settings,
        book,
        portfolio,
        quotes,
        market,
        broker=facts,
        automation=automation,
        audit=audit,
        bus=bus,
        clock=clock,
    )
    orders = OrderService(book, audit, risk, portfolio, market, bus=bus, clock=clock)
    baskets = BasketService(BasketStore(user), orders, risk, portfolio, bus=bus, clock=clock)
    inbox = InboxService(
        InboxStore(user),
        orders,
        baskets,
        risk,
        portfolio,
        audit,
        quotes=quotes,
        market=market,
        bus=bus,
        clock=clock,
    )
    goals = GoalService(
        GoalStore(user),
        AllocationStore(user),
        portfolio,
        quotes,
        market,
        risk,
        inbox=inbox,
        bus=bus,
        clock=clock,
    )
    away = AwayOrders(accounts, order_store, outside, secrets, clock)

    async def cancel_everything(by: str) -> None:
        """Cancel what is open in the account in use, then what is open in the others."""
        try:
            await orders.cancel_all(by)
        finally:
            await away.cancel_elsewhere(portfolio.account.id)

    risk.when_halted(cancel_everything, lambda by, at: orders.cancel_all(by, before=at))
    views = AlertViews(
        quotes, portfolio, goals.largest_drift, lambda: [each.name for each in goals.all()]
    )
    alerts = AlertService(AlertStore(user), quotes, bus, clock, views=views, state=state)
    studies = AlertStudies(alerts, bars, market, bus)
    drawn = DrawingDesk(
        user, state, alerts, quotes, market, splits=bars.splits, bus=bus, clock=clock
    )
    demo = DemoService(
        sample,
        accounts,
        state,
        settings,
        market=market,
        quotes=quotes,
        book=book,
        portfolio=portfolio,
        orders=orders,
        alerts=alerts,
        facts=facts,
        bus=bus,
        clock=clock,
        sleep=sleep,
    )
    connections = ConnectionService(secrets, outside, audit, bus, clock, gauges=base.gauges)
    watchlists = WatchlistService(WatchlistStore(user), bus)
    live = LiveMarket(
        Ground(
            accounts=accounts,
            state=state,
            settings=settings,
            market=market,
            quotes=quotes,
            book=book,
            portfolio=portfolio,
            orders=orders,
            alerts=alerts,
            watchlists=watchlists,
            facts=facts,
            connections=connections,
            outside=outside,
            splits=history.splits,
            dividends=history.dividends,
            bus=bus,
            clock=clock,
        )
    )
    history.follow(live.past)
    modes = ModeService(
        demo,
        live,
        market=market,
        orders=orders,
        connections=connections,
        portfolio=portfolio,
        settings=settings,
        audit=audit,
        bus=bus,
        clock=clock,
    )
    equity, notes = PerformanceStore(user), JournalStore(user)
    SnapshotService(equity, portfolio, market, bus)
    journal = JournalService(
        notes, base.paths.journal, book, portfolio, market, bus=bus, clock=clock
    )
    performance = PerformanceService(
        equity,
        notes,
        book=book,
        portfolio=portfolio,
        market=market,
        bars=bars,
        backtests=lambda: late.laboratory.backtests,
    )
    return Context(
        paths=base.paths,
        clock=clock,
        bus=bus,
        settings=settings,
        storage=base.storage,
        layouts=LayoutStore(base.paths.layouts),
        state=state,
        audit=audit,
        market=market,
        demo=demo,
        live=live,
        modes=modes,
        connections=connections,
        automation=automation,
        broker=facts,
        quotes=quotes,
        bars=bars,
        watchlists=watchlists,
        undo=UndoService(settings, watchlists, bus),
        macros=MacroService(state),
        orders=orders,
        baskets=baskets,
        inbox=inbox,
        goals=goals,
        templates=TemplateStore(user),
        risk=risk,
        portfolio=portfolio,
        performance=performance,
        journal=journal,
        alerts=alerts,
        studies=studies,
        drawings=drawn.drawings,
        drawing_styles=drawn.styles,
        drawing_alerts=drawn.alerts,
        watched_splits=drawn.splits,
        replay=ReplayService(bars, bus),
        notifications=notifications,
        jobs=JobRunner(bus, lane, JobStore(user), clock),
        watchdog=base.watchdog,
        desk=desk,
        gate=gate,
        actor=actor,
        late=late,
    )
