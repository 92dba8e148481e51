"""The market of now, for SIM, PAPER and LIVE: its prices, its broker, its account, its sessions."""

from __future__ import annotations

import logging
import secrets
from typing import TYPE_CHECKING

from puffin.broker.paper import PaperBroker
from puffin.data.sessions import exchange_date
from puffin.errors import BrokerError, DataError, KeysRefusedError, PuffinError
from puffin.execution.costs import Costs
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
from puffling.services.live_dividends import LiveDividends
from puffling.services.live_ground import paper_settings
from puffling.services.live_splits import LiveSplits
from puffling.services.order_opening import take_in
from puffling.store.accounts import Account

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from puffin.broker.base import Broker
    from puffin.types import Quote, Split, Ticket
    from puffling.services.live_ground import Ground
    from puffling.services.live_parts import Keys, LiveSource, OutsideBroker, PastPrices

log = logging.getLogger(__name__)

COSTS = Costs()  # neither the broker nor the simulation charges a commission
CONNECTIONS = {Mode.PAPER: PAPER, Mode.LIVE: LIVE}


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
        self._splits = LiveSplits(ground)
        self._dividends = LiveDividends(ground)
        self._was_open = False
        self._closed = ground.clock.now()  # the latest close that was seen to
        self._saved: dict[str, object] = {}
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

    def past(self) -> PastPrices | None:
        """Return who has past prices of the source in use; None while nobody has."""
        return None if self._source is None else self._source.past

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
        on, (name, keys) = self._on, await self._keys(mode)
        self._source = self._prices(name, keys)
        self._mode, self._number = mode, ""
        on.market.follow_clock(mode, self._source.name)
        on.quotes.clear()
        on.quotes.come_late(self._source.lag)
        on.quotes.when_wanted(self._watch)
        self._told.clear()
        try:
            if mode in AT_A_BROKER and keys is not None:
                await self._at_the_broker(mode, keys)
            else:
                account = on.accounts.current(mode) or self._open()
                self._in_here(account, await self._splits.behind(account))
            self._was_open, self._closed = on.market.is_open(), self._last_close()
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
        if self._simulated is not None and self._splits.known:
            self._simulated.take_quote(quote)
        try:
            self._on.alerts.take_quote(quote)
        except StoreError as error:
            self._say("alerts", Level.ERROR, "Alerts are not being stored", str(error))

    def tick(self) -> None:
        """Notice that a session opened or closed, also while the computer slept."""
        if self._mode is None:
            return
        on, is_open, close = self._on, self._on.market.is_open(), self._last_close()
        ended = close > self._closed
        if is_open == self._was_open and not ended:
            return
        self._was_open, self._closed = is_open, close
        if ended and self._simulated is not None:
            self._end_sessions(self._simulated)
        if is_open:
            on.portfolio.session_opens()
        self.save()
        on.bus.publish(SessionChanged(on.market.now(), is_open))

    async def look(self) -> None:
        """Read the broker's account and its clock; what cannot be read now is asked for again."""
        on = self._on
        if self._mode is None:
            return
        if self._simulated is not None:
            await self._splits.look(self._simulated)
            await self._dividends.look(self._simulated)
        try:
            await on.facts.refresh()
        except (PuffinError, OSError) as error:
            log.warning("The broker's account is not known now: %s", error)
            return
        account, told = on.facts.account, on.facts.clock
        if told is not None and self._away is not None:
            on.market.correct(told)
            if on.market.skew:
                self._say_skew(on.market.skew)
        if account is not None and self._number and account.number != self._number:
            on.facts.wrong = f"The keys now open account {account.number}."
            self._say("number", Level.ERROR, "This is another account", on.facts.wrong)

    @property
    def wrong_account(self) -> bool:
        """Whether the keys open another account than the one in use: enter the mode anew."""
        return bool(self._on.facts.wrong)

    def save(self) -> None:
        """Store what the simulated broker remembers, if it changed."""
        if self._simulated is None:
            return
        state = self._simulated.state()
        if state == self._saved:
            return
        try:
            self._on.state.put(self._key, state)
        except StoreError as error:
            self._say("state", Level.ERROR, "The simulation is not being stored", str(error))
        else:
            self._saved = state

    async def reset(self) -> Account:
        """Begin a new SIM account with the cash of the settings; the old one stays stored.

        Raises:
            BadValueError: SIM is not in use.
        """
        if self._simulated is None:
            raise BadValueError("The simulation is not in use.", hint="Switch to SIM first.")
        orders = self._on.orders
        await orders.cancel_all("sim.reset")
        orders.suspend("The simulation begins anew.")
        await orders.settled()
        await orders.cancel_all("sim.reset")
        self.save()
        account = self._open()
        self._in_here(account, ())
        await self._reconcile()
        return account

    async def _keys(self, mode: Mode) -> tuple[str, Keys | None]:
        """Return the keys to use and whose they are; in SIM none are needed."""
        on = self._on
        if mode in AT_A_BROKER:
            name = CONNECTIONS[mode]
            keys = await on.connections.keys(name)
            if keys is None:
                raise BadValueError(
                    f"There are no keys of the {TITLES[name].lower()}.",
                    hint="Set them in the settings, at Connections.",
                )
            return name, keys
        found = await on.connections.any_keys()
        if found is None and not on.settings.current.connections.yahoo_prices:
            raise BadValueError(
                "SIM has no source of prices.",
                hint="Set Alpaca's keys, or allow Yahoo's prices, in the settings at Connections.",
            )
        return found or ("", None)

    def _prices(self, name: str, keys: Keys | None) -> LiveSource:
        settings, outside = self._on.settings, self._on.outside
        if keys is not None:
            feed = settings.current.connections.feed.value
            return outside.prices(keys, feed, paper=name == PAPER)
        return outside.polled(lambda: float(settings.current.connections.poll_seconds))

    async def _at_the_broker(self, mode: Mode, keys: Keys) -> None:
        """Begin with the account that these keys open; offline, with the one known last."""
        on, paper = self._on, mode is Mode.PAPER
        make = on.outside.broker
        known = on.accounts.current(mode)
        try:
            told = await on.outside.account(keys, paper=paper)
        except KeysRefusedError:
            raise
        except (BrokerError, OSError) as error:
            if known is None:
                raise
            log.warning("The broker cannot be asked; the account known last is shown: %s", error)
        else:
            known = next(
                (
                    each
                    for each in reversed(on.accounts.all())
                    if each.mode == mode and each.number == told.number
                ),
                None,
            )
        id_ = known.id if known is not None else f"{mode.value}-{secrets.token_hex(4)}"
        broker = make(keys, paper=paper, account=id_, now=on.clock.now)
        if known is None:
            try:
                known, held = await take_in(broker, mode.value, id_, on.clock)
            except BaseException:
                await broker.close()
                raise
            on.accounts.open(known, held)
        self._number, self._away = known.number, broker
        self._begin(known, broker, (), outside=True)

    def _in_here(self, account: Account, splits: Sequence[Split]) -> None:
        """Begin with the paper broker in this computer."""
        on = self._on
        broker = PaperBroker(
            account.id,
            account.starting_cash,
            COSTS,
            on.market.now,
            settings=paper_settings(on.settings.current.paper),
            calendar=on.market.calendar,
        )
        self._simulated = broker
        self._begin(account, broker, splits, outside=False)
        self._saved = on.state.get(self._key) or {}
        broker.restore(
            on.book.fills(), splits, on.book.family(), on.book.activities(), state=self._saved
        )
        self._splits.catch_up(splits, self._saved)
        self._end_sessions(broker)

    def _end_sessions(self, broker: PaperBroker) -> None:
        """End each session since the last one that was ended: a loan costs every night."""
        market, last = self._on.market, self._last_close()
        if broker.ended is not None:
            missed = market.calendar.sessions(exchange_date(broker.ended), exchange_date(last))
            for each in missed:
                if broker.ended < each.close < last:
                    broker.end_session(each.close)
        broker.end_session(last)

    def _begin(
        self, account: Account, broker: Broker, splits: Sequence[Split], *, outside: bool
    ) -> None:
        on = self._on
        on.book.load(account)
        on.portfolio.load(account, splits, COSTS)
        on.orders.use(broker, COSTS)
        on.facts.use(broker, outside=outside)

    def _open(self) -> Account:
        on = self._on
        return on.accounts.open(
            Account(
                id=f"{Mode.SIM.value}-{secrets.token_hex(4)}",
                mode=Mode.SIM.value,
                starting_cash=on.settings.current.paper.cash,
                opened_at=on.clock.now(),
                market_start=on.market.now(),
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
