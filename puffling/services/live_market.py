"""The market of now, for SIM, PAPER and LIVE: its prices, its broker, its account, its sessions."""

from __future__ import annotations

import logging
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from puffin.broker.paper import PaperBroker
from puffin.broker.paper_settings import PaperSettings
from puffin.errors import BrokerError, DataError, KeysRefusedError, PuffinError
from puffin.execution.costs import Costs
from puffin.types import ZERO
from puffling.core.errors import BadValueError, PufflingError, StoreError
from puffling.core.events import (
    AlertsChanged,
    FillBooked,
    Level,
    NoticePosted,
    OrderChanged,
    SessionChanged,
    WatchlistsChanged,
)
from puffling.core.modes import AT_A_BROKER
from puffling.core.settings import Mode
from puffling.services.connections import LIVE, PAPER, TITLES
from puffling.store.accounts import Account

if TYPE_CHECKING:
    from datetime import datetime
    from decimal import Decimal

    from puffin.broker.base import Broker
    from puffin.types import Quote, Ticket
    from puffling.core.bus import EventBus
    from puffling.core.clock import Clock
    from puffling.core.settings_store import SettingsStore
    from puffling.services.alerts import AlertService
    from puffling.services.book import Book
    from puffling.services.broker_facts import BrokerFacts
    from puffling.services.connections import ConnectionService
    from puffling.services.live_parts import Keys, LiveSource, Outside, OutsideBroker
    from puffling.services.market import MarketService
    from puffling.services.orders import OrderService
    from puffling.services.positions import PortfolioService
    from puffling.services.quotes import QuoteService
    from puffling.services.watchlists import WatchlistService
    from puffling.store.accounts import AccountStore
    from puffling.store.state import StateStore

log = logging.getLogger(__name__)

COSTS = Costs()  # neither the broker nor the simulation charges a commission
CONNECTIONS = {Mode.PAPER: PAPER, Mode.LIVE: LIVE}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What a market of now stands on."""

    accounts: AccountStore
    state: StateStore
    settings: SettingsStore
    market: MarketService
    quotes: QuoteService
    book: Book
    portfolio: PortfolioService
    orders: OrderService
    alerts: AlertService
    watchlists: WatchlistService
    facts: BrokerFacts
    connections: ConnectionService
    outside: Outside
    bus: EventBus
    clock: Clock


class LiveMarket:
    """One of SIM, PAPER and LIVE at a time; `ModeService` enters and leaves it.

    The broker's account is known by its number: another number is another account of ours, with
    its own orders and its own history.
    """

    def __init__(self, ground: Ground) -> None:
        self._on = ground
        self._mode: Mode | None = None
        self._source: LiveSource | None = None
        self._simulated: PaperBroker | None = None
        self._away: OutsideBroker | None = None
        self._number = ""
        self._was_open = False
        self._told: set[str] = set()
        for kind in (WatchlistsChanged, FillBooked, OrderChanged, AlertsChanged):
            ground.bus.subscribe(kind, lambda _: self._watch())
        ground.bus.subscribe(FillBooked, lambda _: self.save())

    @property
    def source(self) -> LiveSource:
        """Where quotes come from.

        Raises:
            PufflingError: The market is not in use.
        """
        if self._source is None:
            raise PufflingError("No source of prices is in use.")
        return self._source

    @property
    def symbols(self) -> list[str]:
        """What quotes are wanted of: first what is held or ordered, then what is looked at."""
        on = self._on
        wanted = [
            *(each.symbol for each in on.portfolio.positions()),
            *(symbol for each in on.book.open() for symbol in _named(each.ticket)),
            *on.quotes.wanted,
            *(each.symbol for each in on.alerts.all()),
            *on.watchlists.symbols(),
        ]
        return list(dict.fromkeys(each for each in wanted if each))

    def expects_quotes(self) -> bool:
        """Whether quotes should be coming now."""
        return self._on.market.is_open()

    async def enter(self, mode: Mode) -> None:
        """Open the account of `mode` and its broker; nothing fills before `trade`.

        Raises:
            BadValueError: Keys are missing.
            BrokerError: The broker refuses the keys, or cannot be asked about a new account.
        """
        on, keys = self._on, await self._keys(mode)
        self._source = self._prices(keys)
        self._mode, self._number = mode, ""
        on.market.follow_clock(mode, self._source.name)
        on.quotes.clear()
        on.quotes.when_wanted(self._watch)
        self._told.clear()
        try:
            if mode in AT_A_BROKER and keys is not None:
                await self._at_the_broker(mode, keys)
            else:
                self._in_here(on.accounts.current(mode) or self._open(mode))
            self._was_open = on.market.is_open()
            await self.look()
            await self._reconcile()
        except BaseException:
            await self.leave()
            raise
        try:
            on.alerts.start_afresh()
        except StoreError as error:
            log.warning("What alerts remember of another market stays stored: %s", error)

    def trade(self) -> None:
        """Let orders fill from here on: in SIM, on the first quotes that come."""

    async def leave(self) -> None:
        """End every connection; what was stored stays."""
        self.save()
        source, self._source = self._source, None
        away, self._away = self._away, None
        self._mode, self._simulated = None, None
        self._on.quotes.when_wanted(lambda: None)
        self._on.facts.use(None, outside=False)
        if source is not None:
            await source.close()
        if away is not None:
            await away.close()

    def take_quote(self, quote: Quote) -> None:
        """Hand a quote to everyone who must see each one, and never an old one."""
        if self._mode is None or not self._on.quotes.accept(quote):
            return
        if self._simulated is not None:
            self._simulated.take_quote(quote)
        try:
            self._on.alerts.take_quote(quote)
        except StoreError as error:
            self._say("alerts", Level.ERROR, "Alerts are not being stored", str(error))

    def tick(self) -> None:
        """Notice that a session opened or closed."""
        if self._mode is None:
            return
        on, is_open = self._on, self._on.market.is_open()
        if is_open == self._was_open:
            return
        self._was_open = is_open
        if is_open:
            on.portfolio.session_opens()
        elif self._simulated is not None:
            self._simulated.end_session(on.market.now())
        self.save()
        on.bus.publish(SessionChanged(on.market.now(), is_open))

    async def look(self) -> None:
        """Read the broker's account and its clock; what cannot be read now is asked for again."""
        on = self._on
        if self._mode is None or self._away is None:
            return
        try:
            await on.facts.refresh()
        except (PuffinError, OSError) as error:
            log.warning("The broker's account is not known now: %s", error)
            return
        account, told = on.facts.account, on.facts.clock
        if told is not None:
            on.market.correct(told)
            if on.market.skew:
                self._say_skew(on.market.skew)
        if account is not None and self._number and account.number != self._number:
            text = f"The keys now open account {account.number}. Switch the mode off and on again."
            self._say("number", Level.ERROR, "This is another account", text)
            on.orders.suspend(text)

    def save(self) -> None:
        """Store what the simulated broker remembers, if it changed."""
        broker = self._simulated
        if broker is None or not broker.changed:
            return
        try:
            self._on.state.put(self._key, broker.state())
        except StoreError as error:
            self._say("state", Level.ERROR, "The simulation is not being stored", str(error))

    async def reset(self) -> Account:
        """Begin a new SIM account with the cash of the settings; the old one stays stored.

        Raises:
            BadValueError: SIM is not in use.
        """
        if self._simulated is None:
            raise BadValueError("The simulation is not in use.", hint="Switch to SIM first.")
        await self._on.orders.cancel_all("sim.reset")
        self.save()
        account = self._open(Mode.SIM)
        self._in_here(account)
        await self._reconcile()
        return account

    async def _keys(self, mode: Mode) -> Keys | None:
        on = self._on
        if mode in AT_A_BROKER:
            keys = await on.connections.keys(CONNECTIONS[mode])
            if keys is None:
                raise BadValueError(
                    f"There are no keys of the {TITLES[CONNECTIONS[mode]].lower()}.",
                    hint="Set them in the settings, at Connections.",
                )
            return keys
        keys = await on.connections.any_keys()
        if keys is None and not on.settings.current.connections.yahoo_prices:
            raise BadValueError(
                "SIM has no source of prices.",
                hint="Set Alpaca's keys, or allow Yahoo's prices, in the settings at Connections.",
            )
        return keys

    def _prices(self, keys: Keys | None) -> LiveSource:
        connections = self._on.settings.current.connections
        if keys is not None:
            return self._on.outside.prices(keys, connections.feed)
        return self._on.outside.polled(
            lambda: float(self._on.settings.current.connections.poll_seconds)
        )

    async def _at_the_broker(self, mode: Mode, keys: Keys) -> None:
        """Begin with the account that these keys open; offline, with the one known last."""
        on, paper = self._on, mode is Mode.PAPER
        make = on.outside.broker
        number, known, cash = "", on.accounts.current(mode), ZERO
        try:
            told = await on.outside.account(keys, paper=paper)
        except KeysRefusedError:
            raise
        except (BrokerError, OSError) as error:
            if known is None:
                raise
            log.warning("The broker cannot be asked; the account known last is shown: %s", error)
        else:
            number, cash = told.number, told.cash
            known = next(
                (
                    each
                    for each in reversed(on.accounts.all())
                    if each.mode == mode and each.number == number
                ),
                None,
            )
        id_ = known.id if known is not None else f"{mode.value}-{secrets.token_hex(4)}"
        broker = make(keys, paper=paper, account=id_, now=on.clock.now)
        if known is None:
            fills = await broker.fills()
            begun = cash - sum((each.cash_change for each in fills), start=ZERO)
            known = self._open(mode, id_=id_, cash=begun, number=number)
        self._number, self._away = known.number, broker
        self._begin(known, broker, outside=True)

    def _in_here(self, account: Account) -> None:
        """Begin with the paper broker in this computer."""
        on, paper = self._on, self._on.settings.current.paper
        broker = PaperBroker(
            account.id,
            account.starting_cash,
            COSTS,
            on.market.now,
            settings=PaperSettings(
                seed=paper.seed,
                latency=timedelta(milliseconds=paper.latency_ms),
                participation=paper.participation or None,
                extra_spread_bps=paper.extra_spread_bps,
                improvement=paper.improvement,
                reject_rate=paper.reject_rate,
                halt_move=paper.halt_move,
                leverage=paper.leverage,
                borrow_rate=paper.borrow_rate,
                interest_rate=paper.interest_rate,
                short=paper.short,
            ),
            calendar=on.market.calendar,
        )
        self._simulated = broker
        self._begin(account, broker, outside=False)
        broker.restore(
            on.book.fills(), (), on.book.open(), state=on.state.get(f"paper {account.id}")
        )
        broker.end_session(self._last_close())

    def _begin(self, account: Account, broker: Broker, *, outside: bool) -> None:
        on = self._on
        on.book.load(account)
        on.portfolio.load(account, (), COSTS)
        on.orders.use(broker, COSTS)
        on.facts.use(broker, outside=outside)

    def _open(
        self, mode: Mode, *, id_: str = "", cash: Decimal | None = None, number: str = ""
    ) -> Account:
        on = self._on
        return on.accounts.open(
            Account(
                id=id_ or f"{mode.value}-{secrets.token_hex(4)}",
                mode=mode.value,
                starting_cash=on.settings.current.paper.cash if cash is None else cash,
                opened_at=on.clock.now(),
                market_start=on.market.now(),
                number=number,
            )
        )

    async def _reconcile(self) -> None:
        try:
            await self._on.orders.reconcile(at_start=True)
        except (PuffinError, OSError) as error:
            log.warning("The broker cannot be asked about orders yet: %s", error)

    def _last_close(self) -> datetime:
        """Return when the last session ended; its day orders have expired."""
        market = self._on.market
        session = market.calendar.session_on(market.today())
        if session is not None and market.now() >= session.close:
            return session.close
        return market.calendar.previous_session(market.today()).close

    @property
    def _key(self) -> str:
        return f"paper {self._on.portfolio.account.id}"

    def _watch(self) -> None:
        """Have the source stream what is wanted now."""
        if self._mode is None or self._source is None:
            return
        try:
            self._source.watch(self.symbols)
        except DataError as error:
            log.warning("Other symbols cannot be streamed now: %s", error)

    def _say_skew(self, seconds: float) -> None:
        way = "ahead" if seconds > 0 else "behind"
        self._say(
            "skew",
            Level.WARNING,
            "This computer's clock is wrong",
            f"It is {abs(seconds):.0f} s {way} of the exchange's. Market times follow the "
            "exchange; set the computer's clock.",
        )

    def _say(self, about: str, level: Level, title: str, text: str) -> None:
        """Say something once for as long as this market is in use."""
        log.warning("%s: %s", title, text)
        if about not in self._told:
            self._told.add(about)
            self._on.bus.publish(NoticePosted(level, title, text, panel="activity"))


def _named(ticket: Ticket) -> list[str]:
    return [ticket.symbol, *(each.symbol for each in ticket.legs)]
