"""The demo market: history replayed as if live, and the paper account that trades on it."""

from __future__ import annotations

import asyncio
import logging
import secrets
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, cast

from puffin.broker.paper import PaperBroker
from puffin.data.replay import Replay, ReplayPosition
from puffin.data.sessions import exchange_date
from puffin.execution.costs import Costs
from puffling.core.errors import BadValueError, PufflingError, StoreError
from puffling.core.events import (
    FillBooked,
    Level,
    ModeChanged,
    NoticePosted,
    SessionChanged,
    SettingsChanged,
)
from puffling.core.formats import quantity
from puffling.core.settings import Mode
from puffling.store.accounts import Account

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from puffin.data.sample import SampleProvider
    from puffin.types import Quote, Split
    from puffling.core.bus import EventBus
    from puffling.core.clock import Clock
    from puffling.core.settings_store import SettingsStore
    from puffling.services.alerts import AlertService
    from puffling.services.book import Book
    from puffling.services.broker_facts import BrokerFacts
    from puffling.services.market import MarketService
    from puffling.services.orders import OrderService
    from puffling.services.positions import PortfolioService
    from puffling.services.quotes import QuoteService
    from puffling.store.accounts import AccountStore
    from puffling.store.state import StateStore

log = logging.getLogger(__name__)

MINUTE = timedelta(minutes=1)
COSTS = Costs()  # the demo broker charges nothing; the spread is the quote's own


class DemoService:
    """Begins, keeps and restarts the replay, and connects it with the paper broker.

    The replay's position is stored with each fill, at each open and close, every few seconds and
    at the end; after a crash the market goes on from the latest of that, the last fill and the
    last order. A disk that takes nothing does not stop the market: sessions still close, orders
    expire and splits take effect.
    """

    def __init__(  # noqa: PLR0913 - it joins the market's parts; each is given by name
        self,
        provider: SampleProvider,
        accounts: AccountStore,
        state: StateStore,
        settings: SettingsStore,
        *,
        market: MarketService,
        quotes: QuoteService,
        book: Book,
        portfolio: PortfolioService,
        orders: OrderService,
        alerts: AlertService,
        facts: BrokerFacts,
        bus: EventBus,
        clock: Clock,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._provider = provider
        self._accounts = accounts
        self._state = state
        self._settings = settings
        self._market = market
        self._quotes = quotes
        self._book = book
        self._portfolio = portfolio
        self._orders = orders
        self._alerts = alerts
        self._facts = facts
        self._bus = bus
        self._clock = clock
        self._sleep = sleep
        self._replay: Replay | None = None
        self._broker: PaperBroker | None = None
        self._saved: ReplayPosition | None = None
        self._told_end = False
        self._told_unstored = False
        bus.subscribe(FillBooked, lambda _: self.save())
        bus.subscribe(SettingsChanged, self._follow_settings)

    @property
    def replay(self) -> Replay:
        """The replay that is running.

        Raises:
            PufflingError: The market has not been started yet.
        """
        if self._replay is None:
            raise PufflingError("The demo market has not started yet.", hint="Wait a moment.")
        return self._replay

    @property
    def source(self) -> Replay:
        """Where quotes come from: the replay."""
        return self.replay

    @property
    def symbols(self) -> list[str]:
        """The symbols the demo market trades."""
        return sorted(self._provider.symbols())

    @property
    def in_use(self) -> bool:
        """Whether the desk trades on the demo market."""
        return self._broker is not None

    def expects_quotes(self) -> bool:
        """Whether quotes should be coming now."""
        return self._market.is_open() and not self.paused

    async def enter(self, _mode: Mode) -> None:
        """Open the account, or take up the one in use, and set the market to where it was.

        Nothing fills before `trade`, so that a kill switch can be carried out first.
        """
        await asyncio.to_thread(self._provider.symbols)  # reads the shipped prices
        account = self._accounts.current(Mode.DEMO)
        if account is None:
            account = self._open_account(self._settings.current.demo.start)
        self._begin(account)
        await self._orders.reconcile(at_start=True)

    def trade(self) -> None:
        """Let the broker and the alerts see the prices of now; from here on orders fill."""
        for quote in filter(None, map(self.replay.quote, self.symbols)):
            self.take_quote(quote)

    async def leave(self) -> None:
        """Stand still, stored, until the desk comes back."""
        self.save()
        self.replay.session_changed = None
        self._broker = None

    def tick(self) -> None:
        """Do nothing: the replay says by itself when sessions open and close."""

    async def look(self) -> None:
        """Do nothing: nobody else keeps the account."""

    async def restart(self, start: date | None = None) -> Account:
        """Begin a new demo account on `start`, or on the first day of the settings.

        Once the market has ended nothing can be closed any more, so that what is held then stays
        behind in the old account, and orders that wait are cancelled.

        Raises:
            BadValueError: Something is open, or the demo market has no such day.
        """
        if not self.in_use:
            raise BadValueError("The demo market is not in use.", hint="Switch to DEMO first.")
        await self._orders.settled()  # what is on its way counts, and nothing here waits again
        ended = self.replay.ended
        if not ended and (self._book.open() or self._portfolio.positions()):
            raise BadValueError(
                "Positions or orders are open.",
                hint="Close every position and cancel every order, then restart.",
            )
        if start is not None:
            demo = type(self._settings.current.demo).model_fields["start"]
            bounds = {key: value for each in demo.metadata for key, value in _bound(each).items()}
            if not bounds["ge"] <= start <= bounds["le"]:
                raise BadValueError(
                    f"The demo market runs from {bounds['ge']} to {bounds['le']}.",
                    hint="Choose a day between them.",
                )
        if ended:
            await self._orders.cancel_all("demo.restart")
        account = self._open_account(start or self._settings.current.demo.start)
        self._begin(account)
        await self._orders.reconcile(at_start=True)
        try:
            self._alerts.start_afresh()
        except StoreError as error:
            self._say_unstored(error)
        self.trade()
        self._bus.publish(ModeChanged(Mode.DEMO))
        return account

    def take_quote(self, quote: Quote) -> None:
        """Hand a quote to everyone who must see each one, and never an old one."""
        if self._quotes.accept(quote) and self._broker is not None:
            self._broker.take_quote(quote)
            try:
                self._alerts.take_quote(quote)
            except StoreError as error:
                self._say_unstored(error)

    def speed(self, day_seconds: int) -> None:
        """Let a trading day take that many seconds, from now on and the next time."""
        self._settings.change("demo", day_seconds=day_seconds)

    def pause(self) -> None:
        """Stop the market's time."""
        self.replay.paused = True

    def resume(self) -> None:
        """Let the market's time go on."""
        self.replay.paused = False

    @property
    def paused(self) -> bool:
        """Whether the market's time stands still."""
        return self.replay.paused

    def save(self) -> None:
        """Store where the market is, if it moved; say when it has ended."""
        if self._replay is None or not self.in_use or self._replay.position == self._saved:
            return
        position = self._replay.position
        kept: dict[str, object] = {"session": position.session.isoformat(), "step": position.step}
        if self._broker is not None:
            kept["broker"] = self._broker.state()
        try:
            self._state.put(self._key, kept)
        except StoreError as error:
            self._say_unstored(error)
            return
        self._saved, self._told_unstored = position, False
        if self._replay.ended and not self._told_end:
            self._told_end = True
            self._bus.publish(
                NoticePosted(
                    Level.INFO,
                    "The demo market has ended",
                    "Its prices end here. Restart it from the Data menu.",
                )
            )

    def _say_unstored(self, error: StoreError) -> None:
        """Say, once until it works again, that the market goes on but is not being stored."""
        log.warning("The demo market is not being stored: %s", error)
        if self._told_unstored:
            return
        self._told_unstored = True
        text = f"{error} {error.hint} The market goes on; what happens now may be lost."
        self._bus.publish(
            NoticePosted(Level.ERROR, "The demo market is not being stored", text, "activity")
        )

    @property
    def _key(self) -> str:
        return f"replay {self._portfolio.account.id}"

    def _open_account(self, start: date) -> Account:
        calendar = self._market.calendar
        session = calendar.session_on(start) or calendar.next_session(start)
        return self._accounts.open(
            Account(
                id=f"demo-{secrets.token_hex(4)}",
                mode=Mode.DEMO.value,
                starting_cash=self._settings.current.demo.cash,
                opened_at=self._clock.now(),
                market_start=session.open,
            )
        )

    def _begin(self, account: Account) -> None:
        self._book.load(account)
        if self._replay is not None:
            self._replay.session_changed = None  # it must not close the new one's sessions
        replay = Replay(
            self._provider,
            self._market.calendar,
            self._position_of(account),
            day_seconds=float(self._settings.current.demo.day_seconds),
            sleep=self._sleep,
        )
        replay.session_changed = self._session_changed
        symbols = frozenset(self._provider.symbols())
        self._replay, self._saved, self._told_end = replay, None, False
        self._market.follow(replay, symbols)
        self._quotes.clear()
        now = self._market.now()
        every = [each for symbol in symbols for each in self._provider.splits(symbol)]
        behind = [each for each in every if each.date <= now]
        self._portfolio.load(account, behind, COSTS)
        broker = PaperBroker(account.id, account.starting_cash, COSTS, self._market.now)
        kept = cast("dict[str, Any] | None", self._state.get(f"replay {account.id}"))
        remembered = None if kept is None else kept.get("broker")
        broker.restore(
            self._book.fills(),
            every,
            self._book.family(),
            self._book.activities(),
            state=remembered,
        )
        broker.end_session(self._last_close() if replay.is_open else now)
        self._broker = broker
        self._orders.use(broker, COSTS)
        self._facts.use(broker, outside=False)
        for quote in filter(None, map(replay.quote, sorted(symbols))):
            self._quotes.accept(quote)
        self.save()

    def _last_close(self) -> datetime:
        """Return when the session before this one closed; its day orders have expired."""
        return self._market.calendar.previous_session(self._market.today()).close

    def _position_of(self, account: Account) -> ReplayPosition:
        """Return where to go on: the stored position, or the last fill or order if later.

        So time never goes back behind what a person did.
        """
        found = [ReplayPosition(exchange_date(account.market_start), 0)]
        kept = cast("dict[str, object] | None", self._state.get(f"replay {account.id}"))
        if kept is not None:
            found.append(
                ReplayPosition(date.fromisoformat(str(kept["session"])), int(str(kept["step"])))
            )
        known = [*(each.at for each in self._book.fills()[-1:])]
        known += [each.market_time for each in self._book.recent()]
        for at in known:
            session = self._market.calendar.session_on(exchange_date(at))
            if session is not None:
                last = min(at, session.close)
                found.append(ReplayPosition(session.date, -(-(last - session.open) // MINUTE)))
        return max(found, key=lambda each: (each.session, each.step))

    def _session_changed(self, at: datetime, is_open: bool) -> None:  # noqa: FBT001 - Replay's call
        if self._broker is None:
            return
        if is_open:
            self._portfolio.session_opens()
            for split in self.replay.splits_on(exchange_date(at)):
                self._split(split)
        else:
            self._broker.end_session(at)
        self.save()
        self._bus.publish(SessionChanged(at, is_open))

    def _split(self, split: Split) -> None:
        self._quotes.forget(split.symbol)  # a price of old shares
        if self._broker is not None:
            self._broker.apply_split(split)
        self._orders.split(split)
        self._portfolio.split(split)
        done = f"alerts split {self._portfolio.account.id} {split.symbol} {split.date.date()}"
        try:
            fresh = self._alerts.split(split, done)
        except StoreError as error:
            self._say_unstored(error)
            return
        if not fresh:
            return
        self._bus.publish(
            NoticePosted(
                Level.INFO,
                f"{split.symbol} splits {quantity(split.ratio)} for 1",
                "Positions, waiting orders and alerts are restated in new shares.",
                panel="portfolio",
            )
        )

    def _follow_settings(self, event: SettingsChanged) -> None:
        if "demo.day_seconds" in event.names and self._replay is not None:
            self._replay.day_seconds = float(self._settings.current.demo.day_seconds)


def _bound(constraint: object) -> dict[str, date]:
    return {key: getattr(constraint, key) for key in ("ge", "le") if hasattr(constraint, key)}
