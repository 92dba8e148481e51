"""What the broker in use says of itself: what it takes, the account's figures, its assets."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from puffin.errors import PuffinError
from puffling.core.errors import PufflingError
from puffling.core.events import AccountChanged, FillBooked, OrderChanged

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from puffin.broker.base import Asset, Broker, BrokerAccount, MarketClock
    from puffin.broker.venue import Venue
    from puffling.core.bus import EventBus
    from puffling.core.clock import Clock

log = logging.getLogger(__name__)

ASSET_LASTS = 4 * 3_600.0  # seconds after which an asset's flags are asked for again
ASK_AGAIN = 10.0  # seconds after a question that was not answered
SETTLES = 1.0  # seconds in which a broker outside has booked what it reports: one question for all


class BrokerFacts:
    """Figures and flags as the broker told them last; asked for off the rules' way.

    `account` is None while the broker has told nothing. In DEMO the account is our own book and
    nothing has to be asked.
    """

    def __init__(
        self,
        bus: EventBus,
        clock: Clock,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._bus = bus
        self._clock = clock
        self._sleep = sleep
        self._broker: Broker | None = None
        self._assets: dict[str, tuple[Asset | None, float]] = {}
        self._asked: dict[str, float] = {}
        self._asking: set[asyncio.Task[None]] = set()
        self._reading: asyncio.Task[None] | None = None  # the account's figures, after a fill
        self._moved = False
        self.account: BrokerAccount | None = None
        self.account_at: datetime | None = None  # by the computer's clock
        self.clock: MarketClock | None = None
        self.outside = False  # whether somebody else keeps the account
        self.wrong = ""  # why this is not the account that our books are of; empty when it is
        bus.subscribe(FillBooked, lambda _: self.account_moved())
        bus.subscribe(OrderChanged, self._order_changed)

    def use(self, broker: Broker | None, *, outside: bool) -> None:
        """Speak of `broker` from now on; `outside` when it is not a part of this program."""
        self._broker = broker
        self._assets.clear()
        self._asked.clear()
        for each in (*self._asking, *filter(None, [self._reading])):
            each.cancel()
        self._reading, self._moved = None, False
        self.account = self.account_at = self.clock = None
        self.outside = outside
        self.wrong = ""
        self._bus.publish(AccountChanged())

    @property
    def venue(self) -> Venue | None:
        """What the broker takes; None before there is one."""
        return None if self._broker is None else self._broker.venue

    async def refresh(self) -> None:
        """Read the account's figures and the exchange's clock.

        Raises:
            PuffinError: The broker could not be asked; what it said last stays.
        """
        broker = self._broker
        if broker is None:
            return
        asked = self._clock.now()
        account = await broker.account()
        clock = await broker.clock()
        if broker is self._broker:
            self.account, self.account_at, self.clock = account, asked, clock
            self._bus.publish(AccountChanged())

    def account_moved(self) -> None:
        """Have the account's figures read soon: a fill or an order's end has changed them.

        What comes close together is one question. Figures that are our own book's are not asked.
        """
        told = self.account
        if not self.outside and (told is None or told.multiplier <= 1):
            return
        self._moved = True
        if self._broker is not None and self._reading is None:
            self._reading = asyncio.create_task(self._read(self._broker), name="account figures")

    async def _read(self, broker: Broker) -> None:
        try:
            while self._moved:
                await self._sleep(SETTLES if self.outside else 0)
                self._moved, asked = False, self._clock.now()
                account = await broker.account()
                if broker is self._broker:
                    self.account, self.account_at = account, asked
                    self._bus.publish(AccountChanged())
        except (PuffinError, OSError) as error:  # the next look at the broker brings them
            log.warning("The account's figures are not known after a fill: %s", error)
        finally:
            if broker is self._broker:
                self._reading = None

    def _order_changed(self, event: OrderChanged) -> None:
        if event.order.status.is_terminal:
            self.account_moved()

    def knows(self, symbol: str) -> bool:
        """Whether the broker has been asked about `symbol` lately."""
        known = self._assets.get(symbol)
        return known is not None and self._clock.monotonic() - known[1] < ASSET_LASTS

    def asset(self, symbol: str) -> Asset | None:
        """Return what the broker said of `symbol`; None when it lists none or was not asked."""
        known = self._assets.get(symbol)
        return None if known is None else known[0]

    def want(self, symbol: str) -> None:
        """Have the broker asked about `symbol` soon, unless it was; `AccountChanged` tells."""
        now = self._clock.monotonic()
        lately = now - self._asked.get(symbol, -ASK_AGAIN) < ASK_AGAIN
        if not self.outside or self.knows(symbol) or lately:
            return
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            return  # whoever asks beside the loop asks again on it
        self._asked[symbol] = now
        task = loop.create_task(self.try_look_up(symbol), name=f"asset {symbol}")
        self._asking.add(task)
        task.add_done_callback(self._asking.discard)

    async def look_up(self, symbol: str) -> Asset | None:
        """Return what the broker says of `symbol`, asking it once every few hours.

        Raises:
            PuffinError: The broker could not be asked.
        """
        broker = self._broker
        if broker is None or not self.outside:
            return None
        if not self.knows(symbol):
            asset = await broker.asset(symbol)
            if broker is self._broker:
                self._assets[symbol] = (asset, self._clock.monotonic())
                self._bus.publish(AccountChanged())
        return self.asset(symbol)

    async def try_look_up(self, symbol: str) -> None:
        """Look `symbol` up if that is possible now; the limits say what is missing."""
        try:
            await self.look_up(symbol)
        except (PuffinError, PufflingError, OSError) as error:
            log.warning("What the broker says of %s is not known: %s", symbol, error)
