"""The world outside for tests: a broker and prices that do what they are told, and a keyring."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from puffin.broker.base import Asset, BrokerAccount, Connected, MarketClock
from puffin.broker.venue import Venue
from puffin.errors import KeysRefusedError
from puffin.types import AssetClass, OrderStatus, OrderType, OrderUpdate, Quote, TimeInForce

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Collection

    from puffin.broker.base import Activity, Lost
    from puffin.meter import Reading
    from puffin.types import Fill, Order, Position
    from puffling.services.live_parts import Keys, PastPrices

KEY, SECRET = "PKTESTTESTTEST1234", "secretsecretsecret5678"
EVERY_KIND = {AssetClass.STOCK: frozenset(OrderType)}
EVERY_TIME = {AssetClass.STOCK: frozenset(TimeInForce)}


class FakeSecrets:
    """A keyring in memory."""

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}
        self.note = ""

    async def get(self, name: str) -> str | None:
        return self.kept.get(name)

    async def set(self, name: str, value: str) -> None:
        self.kept[name] = value

    async def delete(self, name: str) -> None:
        self.kept.pop(name, None)

    def give(self, name: str, key: str = KEY, secret: str = SECRET) -> None:
        """Have keys of that connection."""
        self.kept[f"{name} key"], self.kept[f"{name} secret"] = key, secret


class AwayBroker:
    """A broker somewhere else: it works every order and fills when told."""

    name = "Away broker"
    venue = Venue(EVERY_KIND, EVERY_TIME, fractional=frozenset({AssetClass.STOCK}))

    def __init__(self, world: World, account: str) -> None:
        self._world = world
        self._account = account
        self.closed = False
        self.sent: list[Order] = []
        self.cancelled: list[str] = []
        self.latest: dict[str, OrderUpdate] = {}
        self.news: asyncio.Queue[OrderUpdate | Connected | Lost] = asyncio.Queue()

    async def submit(self, order: Order) -> OrderUpdate:
        self.sent.append(order)
        return self._say(OrderUpdate(order.id, OrderStatus.WORKING, self._world.at))

    async def replace(self, order_id: str, changed: Order) -> OrderUpdate:
        await self.cancel(order_id)
        return await self.submit(changed)

    async def cancel(self, order_id: str) -> OrderUpdate:
        self._world.reached()
        self.cancelled.append(order_id)
        return self._say(OrderUpdate(order_id, OrderStatus.CANCELLED, self._world.at))

    async def lookup(self, order_id: str) -> OrderUpdate | None:
        self._world.reached()
        return self.latest.get(order_id)

    async def open_orders(self) -> list[Order]:
        ended = {each for each, update in self.latest.items() if update.status.is_terminal}
        return [each for each in self.sent if each.id not in ended]

    async def fills(self, since: datetime | None = None) -> list[Fill]:
        self._world.reached()
        return []

    async def activities(self, since: datetime | None = None) -> list[Activity]:
        return []

    async def positions(self) -> list[Position]:
        self._world.reached()
        return []

    async def cash(self) -> Decimal:
        self._world.reached()
        return self._world.account_.cash

    async def account(self) -> BrokerAccount:
        self._world.reached()
        return self._world.account_

    async def asset(self, symbol: str) -> Asset | None:
        self._world.reached()
        return self._world.assets.get(symbol)

    async def clock(self) -> MarketClock:
        return self._world.clock

    async def updates(self) -> AsyncIterator[OrderUpdate | Connected | Lost]:
        yield Connected(self._world.at)
        while True:
            yield await self.news.get()

    async def close(self) -> None:
        self.closed = True

    def _say(self, update: OrderUpdate) -> OrderUpdate:
        self.latest[update.order_id] = update
        return update


class Prices:
    """Prices that come when they are told."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.watched: list[str] = []
        self.closed = False
        self.late_by = 0.0
        self.past: PastPrices | None = None
        self.news: asyncio.Queue[Quote] = asyncio.Queue()

    def lag(self) -> float:
        return self.late_by

    def watch(self, symbols: Collection[str]) -> None:
        self.watched = list(symbols)

    async def quotes(self, symbols: Collection[str]) -> AsyncIterator[Quote]:
        self.watch(symbols)
        while True:
            yield await self.news.get()

    async def close(self) -> None:
        self.closed = True


class World:
    """Makes brokers and prices, and remembers them."""

    def __init__(self, at: datetime) -> None:
        self.at = at
        self.down = False
        self.opens = {KEY: True}  # which keys open an account, and whether it is a paper account
        self.account_ = BrokerAccount(
            Decimal(50_000), Decimal(100_000), Decimal(50_000), number="••••1234"
        )
        opens = at.replace(hour=14, minute=30)
        self.clock = MarketClock(at, False, opens, opens + timedelta(hours=6.5))  # noqa: FBT003
        self.assets: dict[str, Asset] = {}
        self.known: AwayBroker | None = None
        self.brokers: list[AwayBroker] = []
        self.sources: list[Prices] = []
        self.answers: dict[str, Reading] = {}

    def readings(self) -> dict[str, Reading]:
        return self.answers

    def numbered(self, number: str) -> None:
        """Have another account at the broker."""
        self.account_ = replace(self.account_, number=number)

    def blocked(self, why: str) -> None:
        """Have an account that cannot trade."""
        self.account_ = replace(self.account_, blocked=why)

    def skewed(self, seconds: float) -> None:
        """Have our clock that much ahead."""
        self.clock = replace(self.clock, skew=seconds)

    def lists(self, symbol: str, *, fractionable: bool = True, shortable: bool = True) -> None:
        """Have the broker list `symbol`."""
        self.assets[symbol] = Asset(
            symbol,
            symbol,
            AssetClass.STOCK,
            tradable=True,
            fractionable=fractionable,
            shortable=shortable,
        )

    def remembers(self, broker: AwayBroker) -> None:
        """Have the next broker know what `broker` knew."""
        self.known = broker

    def reached(self) -> None:
        """Be there, or not."""
        if self.down:
            raise ConnectionError("nobody is there")

    def broker(
        self, keys: Keys, *, paper: bool, account: str, now: Callable[[], datetime]
    ) -> AwayBroker:
        self.brokers.append(AwayBroker(self, account))
        if self.known is not None:
            self.brokers[-1].sent, self.brokers[-1].latest = self.known.sent, self.known.latest
        return self.brokers[-1]

    def prices(self, keys: Keys, feed: str, *, paper: bool) -> Prices:
        self.sources.append(Prices(f"Prices of {feed}"))
        return self.sources[-1]

    def polled(self, seconds: Callable[[], float]) -> Prices:
        self.sources.append(Prices("Polled prices (delayed)"))
        return self.sources[-1]

    async def account(self, keys: Keys, *, paper: bool) -> BrokerAccount:
        self.reached()
        if self.opens.get(keys.key) is not paper:
            raise KeysRefusedError("Alpaca does not know these keys.")
        return self.account_


def priced(symbol: str, last: str, at: datetime | None = None) -> Quote:
    """Return a quote a cent wide on each side."""
    price = Decimal(last)
    cent = Decimal("0.01")
    return Quote(
        symbol, price - cent, price + cent, price, at or datetime(2026, 1, 5, 15, tzinfo=UTC)
    )
