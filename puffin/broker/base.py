"""The port every broker fits."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from datetime import datetime

    from puffin.broker.venue import Venue
    from puffin.types import AssetClass, Fill, Order, OrderUpdate, Position


@dataclass(frozen=True, slots=True)
class Connected:
    """The stream of order updates is up; what happened while it was down must be asked for."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Lost:
    """The stream of order updates broke; it is being set up again."""

    at: datetime
    reason: str
    fatal: bool = False  # only other keys or another setting can help


@dataclass(frozen=True, slots=True)
class BrokerAccount:
    """The account as the broker tells it; None is what it did not tell."""

    cash: Decimal
    buying_power: Decimal
    equity: Decimal | None = None
    last_equity: Decimal | None = None  # at the last close
    multiplier: Decimal = Decimal(1)  # 1 is a cash account, 2 and 4 are margin
    shorting: bool = False
    pattern_day_trader: bool = False
    day_trades: int | None = None  # in the last five sessions
    blocked: str = ""  # why the account cannot trade; empty when it can
    options_level: int = 0
    currency: str = "USD"
    number: str = ""  # all but the last four hidden


@dataclass(frozen=True, slots=True)
class Asset:
    """What the broker says of a symbol."""

    symbol: str
    name: str
    asset: AssetClass
    tradable: bool
    fractionable: bool = False
    shortable: bool = False
    easy_to_borrow: bool = False
    marginable: bool = False
    smallest_price_step: Decimal | None = None
    smallest_quantity: Decimal | None = None


@dataclass(frozen=True, slots=True)
class MarketClock:
    """The exchange's time and hours by the broker's word, and how far our clock is off."""

    now: datetime
    is_open: bool
    next_open: datetime
    next_close: datetime
    skew: float = 0.0  # seconds our clock is ahead


@dataclass(frozen=True, slots=True)
class Activity:
    """Something other than a fill that changed the account: a dividend, a fee, a split."""

    id: str
    kind: str  # "dividend", "fee", "interest", "transfer", "split" or the broker's own word
    at: datetime
    amount: Decimal = Decimal(0)  # dollars in, or out when negative
    symbol: str = ""
    quantity: Decimal = Decimal(0)  # units in or out; a split's change of the position
    text: str = ""


class Broker(Protocol):
    """Something that takes orders and says what became of them.

    What it says is the truth. An update may arrive twice, late, or never; whoever listens must
    cope. Everything is asked by our own order id. Calls do not block the loop.
    """

    @property
    def name(self) -> str:
        """The name a trader knows it by."""
        ...

    @property
    def venue(self) -> Venue:
        """What it takes."""
        ...

    async def submit(self, order: Order) -> OrderUpdate:
        """Send `order` once: the same id again returns what is known of it and sends nothing.

        Raises:
            OrderRejectedError: The broker said no.
            OrderStateUnknownError: The answer was lost; look the order up, never send it again.
        """
        ...

    async def replace(self, order_id: str, changed: Order) -> OrderUpdate:
        """Put `changed` in the place of a working order; its own id is the new order's.

        Returns what is known of the new order. The old one ends as REPLACED by an update.

        Raises:
            OrderRejectedError: The broker keeps the order as it was.
            OrderStateUnknownError: The answer was lost; look both up.
        """
        ...

    async def cancel(self, order_id: str) -> OrderUpdate:
        """Cancel an order, or say that it is too late.

        Raises:
            BrokerError: The broker does not know the order.
            OrderStateUnknownError: The answer was lost; it may or may not be cancelled.
        """
        ...

    async def lookup(self, order_id: str) -> OrderUpdate | None:
        """Return the latest word on an order; None proves that it never arrived.

        Raises:
            BrokerError: The broker could not be asked.
        """
        ...

    async def open_orders(self) -> list[Order]:
        """Return every order that has not ended, also those that were not placed from here."""
        ...

    async def fills(self, since: datetime | None = None) -> list[Fill]:
        """Return the account's executions from `since` on, oldest first."""
        ...

    async def activities(self, since: datetime | None = None) -> list[Activity]:
        """Return what else changed the account from `since` on, oldest first."""
        ...

    async def positions(self) -> list[Position]:
        """Return everything that is held."""
        ...

    async def cash(self) -> Decimal:
        """Return the money not invested."""
        ...

    async def account(self) -> BrokerAccount:
        """Return the account's figures and flags."""
        ...

    async def asset(self, symbol: str) -> Asset | None:
        """Return what the broker says of `symbol`; None when it does not list it."""
        ...

    async def clock(self) -> MarketClock:
        """Return the exchange's time and hours."""
        ...

    def updates(self) -> AsyncIterator[OrderUpdate | Connected | Lost]:
        """Yield what happens to orders from now on, until the connection ends for good."""
        ...
