"""The mode the desk trades in: DEMO, SIM, PAPER or LIVE, and how it goes from one to another."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from puffin.errors import PuffinError
from puffling.core.errors import BadValueError, NotConfirmedError, PufflingError, StoreError
from puffling.core.events import Level, ModeChanged, NoticePosted
from puffling.core.modes import LIVE_WORD, WORDS
from puffling.core.settings import Mode
from puffling.services.connections import LIVE, PAPER

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection

    from puffin.data.base import QuoteSource
    from puffin.types import Quote
    from puffling.core.bus import EventBus
    from puffling.core.clock import Clock
    from puffling.core.settings_store import SettingsStore
    from puffling.services.connections import ConnectionService
    from puffling.services.market import MarketService
    from puffling.services.orders import OrderService
    from puffling.services.positions import PortfolioService
    from puffling.store.audit import AuditStore

log = logging.getLogger(__name__)


class ModeMarket(Protocol):
    """A market that the desk can trade on."""

    @property
    def source(self) -> QuoteSource:
        """Where quotes come from."""
        ...

    @property
    def symbols(self) -> Collection[str]:
        """What quotes are wanted of, the most important first."""
        ...

    def expects_quotes(self) -> bool:
        """Whether quotes should be coming now."""
        ...

    async def enter(self, mode: Mode, /) -> None:
        """Open the account and its broker; nothing fills before `trade`."""
        ...

    def trade(self) -> None:
        """Let orders fill from here on."""
        ...

    async def leave(self) -> None:
        """Store what must be, and end every connection."""
        ...

    def take_quote(self, quote: Quote) -> None:
        """Hand a quote to everyone who must see each one."""
        ...

    def tick(self) -> None:
        """Notice, every second, what time has changed."""
        ...

    async def look(self) -> None:
        """Ask the broker, now and then, what it says of the account."""
        ...

    def save(self) -> None:
        """Store where the market is."""
        ...


@dataclass(frozen=True, slots=True)
class Offer:
    """A mode as a menu shows it; `why_not` is empty when it can be switched to."""

    mode: Mode
    title: str
    about: str
    in_use: bool
    why_not: str


class ModeService:
    """One mode at a time. Leaving one withdraws what waits for a yes and loses no fill."""

    def __init__(  # noqa: PLR0913 - it joins the markets; each is given by name
        self,
        demo: ModeMarket,
        live: ModeMarket,
        *,
        market: MarketService,
        orders: OrderService,
        connections: ConnectionService,
        portfolio: PortfolioService,
        settings: SettingsStore,
        audit: AuditStore,
        bus: EventBus,
        clock: Clock,
    ) -> None:
        self._demo = demo
        self._live = live
        self._market = market
        self._orders = orders
        self._connections = connections
        self._portfolio = portfolio
        self._settings = settings
        self._audit = audit
        self._bus = bus
        self._clock = clock
        self._here: ModeMarket = demo
        self._leaving: list[Callable[[str], None]] = []
        self._entering: list[Callable[[], Awaitable[None]]] = []
        self._hold: Callable[[], Awaitable[None]] = _nothing
        self._one = asyncio.Lock()
        self.unlocked = False  # whether somebody typed LIVE since the program began

    @property
    def mode(self) -> Mode:
        """The mode in use."""
        return self._market.mode

    @property
    def here(self) -> ModeMarket:
        """The market in use."""
        return self._here

    def take_quote(self, quote: Quote) -> None:
        """Hand a quote to the market in use."""
        self._here.take_quote(quote)

    def expects_quotes(self) -> bool:
        """Whether quotes should be coming now."""
        return self._here.expects_quotes()

    def save(self) -> None:
        """Store where the market in use is."""
        self._here.save()

    def on_leave(self, work: Callable[[str], None]) -> None:
        """Call `work` with the reason before a mode is left."""
        self._leaving.append(work)

    def on_enter(self, work: Callable[[], Awaitable[None]]) -> None:
        """Call `work` once a mode was entered, before anything can fill in it."""
        self._entering.append(work)

    def hold_with(self, hold: Callable[[], Awaitable[None]]) -> None:
        """Name what stops the streams of quotes and orders; `ModeChanged` starts them again."""
        self._hold = hold

    async def start(self) -> None:
        """Begin in the mode of the last run; LIVE begins locked, as PAPER or DEMO."""
        wanted = self._settings.current.mode
        if wanted is Mode.LIVE:
            paper = await self._connections.keys(PAPER)
            wanted = Mode.PAPER if paper is not None else Mode.DEMO
            self._warn(
                f"LIVE is locked until you unlock it; Puffling starts in {wanted.upper()}.",
            )
        try:
            await self._enter(wanted)
        except (PuffinError, PufflingError, OSError) as error:
            if wanted is Mode.DEMO:
                raise
            hint = getattr(error, "hint", "")
            self._warn(f"{wanted.upper()} cannot begin, so it is DEMO. {error} {hint}".strip())
            await self._enter(Mode.DEMO)

    async def offers(self) -> list[Offer]:
        """Return every mode and why it cannot be switched to, where it cannot."""
        return [
            Offer(each, WORDS[each].title, WORDS[each].about, each is self.mode, why)
            for each in Mode
            for why in [await self.why_not(each)]
        ]

    async def why_not(self, mode: Mode) -> str:
        """Return why `mode` cannot be switched to; empty when it can."""
        if mode is Mode.DEMO:
            return ""
        if mode is Mode.SIM:
            allowed = self._settings.current.connections.yahoo_prices
            if allowed or await self._connections.any_keys() is not None:
                return ""
            return "There is no source of prices: set keys, or allow Yahoo's prices."
        name = PAPER if mode is Mode.PAPER else LIVE
        if await self._connections.keys(name) is None:
            return "There are no keys: set them in the settings, at Connections."
        return "" if mode is Mode.PAPER or self.unlocked else "It is locked: unlock it first."

    def unlock(self, typed: str, by: str) -> None:
        """Allow LIVE until the program ends.

        Raises:
            BadValueError: What was typed is not LIVE.
        """
        if typed.strip() != LIVE_WORD:
            raise BadValueError(f"Type {LIVE_WORD} to unlock live trading.")
        if not self.unlocked:
            self._audit.add(self._clock.now(), by, "mode.unlock", Mode.LIVE.value)
        self.unlocked = True

    async def switch(self, mode: Mode, by: str) -> None:
        """Trade in `mode` from now on.

        What waits for a yes is withdrawn, sends are waited for, and the streams are read to their
        end before the account changes. Open orders stay where they are, at their broker.

        Raises:
            NotConfirmedError: LIVE is locked.
            BadValueError: The mode cannot be had, with the reason.
            BrokerError: Its broker cannot be reached; the old mode goes on.
        """
        async with self._one:
            if mode is self.mode:
                return
            why = await self.why_not(mode)
            if why and mode is Mode.LIVE and not self.unlocked:
                raise NotConfirmedError("LIVE is locked.", hint="Unlock live trading first.")
            if why:
                raise BadValueError(f"{mode.upper()} cannot be used. {why}")
            old = self.mode
            await self._leave(f"The mode changes from {old.upper()} to {mode.upper()}.")
            try:
                await self._enter(mode)
            except (PuffinError, PufflingError, OSError):
                await self._go_back(old)
                raise
            finally:
                await self._begin()
            self._remember(old, by)

    async def begin_again(self, by: str) -> None:
        """Leave the market in use and enter it anew, after other keys were set say."""
        async with self._one:
            mode = self.mode
            await self._leave(f"{mode.upper()} begins anew.")
            try:
                await self._enter(mode)
            except (PuffinError, PufflingError, OSError):
                await self._go_back(Mode.DEMO)
                raise
            finally:
                await self._begin()
            self._remember(mode, by)

    async def _leave(self, why: str) -> None:
        self._orders.suspend(why)
        for each in self._leaving:
            each(why)
        await self._orders.settled()
        await self._hold()
        try:
            await self._orders.reconcile()
        except (PuffinError, OSError) as error:
            log.warning("The broker could not be asked before it was left: %s", error)
        await self._here.leave()

    async def _begin(self) -> None:
        """Let orders fill, after whoever must act before, and start the streams again."""
        try:
            for each in self._entering:
                await each()
        finally:
            self._here.trade()
            self._bus.publish(ModeChanged(self.mode.value))

    async def _enter(self, mode: Mode) -> None:
        self._here = self._demo if mode is Mode.DEMO else self._live
        await self._here.enter(mode)

    async def _go_back(self, mode: Mode) -> None:
        try:
            await self._enter(mode)
        except (PuffinError, PufflingError, OSError) as error:
            log.warning("%s cannot go on either: %s", mode, error)
            self._warn(f"{mode.upper()} cannot go on either, so it is DEMO. {error}")
            await self._enter(Mode.DEMO)

    def _remember(self, old: Mode, by: str) -> None:
        try:
            self._settings.set_mode(self.mode)
            details = {"from": old.value, "account": self._portfolio.account.id}
            self._audit.add(self._clock.now(), by, "mode.switch", self.mode.value, details)
        except StoreError as error:
            self._warn(f"The mode is not stored: {error}")

    def _warn(self, text: str) -> None:
        self._bus.publish(NoticePosted(Level.WARNING, text, panel="activity"))


async def _nothing() -> None:
    """Stop no streams: there are none yet."""
