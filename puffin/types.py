"""The words of trading: one definition of each, used everywhere."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

from puffin.errors import OrderRejectedError

if TYPE_CHECKING:
    from datetime import datetime

SYMBOL = re.compile(r"^[A-Z][A-Z0-9.\-/]{0,14}\Z")
LARGEST_QUANTITY = Decimal(1_000_000)
LARGEST_PRICE = Decimal(1_000_000)
ZERO = Decimal(0)


class Side(StrEnum):
    """Which way an order trades."""

    BUY = "buy"
    SELL = "sell"

    @property
    def sign(self) -> int:
        """+1 for a buy, -1 for a sell."""
        return 1 if self is Side.BUY else -1

    @property
    def opposite(self) -> Side:
        """The side that undoes this one."""
        return Side.SELL if self is Side.BUY else Side.BUY


class OrderType(StrEnum):
    """How an order may fill."""

    MARKET = "market"
    LIMIT = "limit"
    STOP = "stop"


class TimeInForce(StrEnum):
    """How long an order stays alive."""

    DAY = "day"
    GTC = "gtc"


class OrderStatus(StrEnum):
    """Where an order is in its life."""

    DRAFT = "draft"  # proposed, not stored
    SENT = "sent"  # the intent is stored; the broker has not answered
    WORKING = "working"  # the broker has it
    PARTIAL = "partial"  # filled in part
    FILLED = "filled"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    REJECTED = "rejected"
    UNKNOWN = "unknown"  # the answer was lost; being looked up

    @property
    def is_terminal(self) -> bool:
        """Whether nothing can happen to the order any more."""
        return self in _TERMINAL


_TERMINAL = frozenset(
    {OrderStatus.FILLED, OrderStatus.CANCELLED, OrderStatus.EXPIRED, OrderStatus.REJECTED}
)


@dataclass(frozen=True, slots=True)
class Instrument:
    """Something that can be traded or charted."""

    symbol: str
    name: str = ""
    exchange: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Quote:
    """The prices of one symbol at one moment; unadjusted, in the market's currency.

    `at` is aware UTC in market time (the replay's time in DEMO). `open`, `high`, `low` and
    `volume` are the session's so far; `previous_close` is the last session's close, adjusted for
    a split that takes effect in this one.
    """

    symbol: str
    bid: Decimal
    ask: Decimal
    last: Decimal
    at: datetime
    open: Decimal | None = None
    high: Decimal | None = None
    low: Decimal | None = None
    previous_close: Decimal | None = None
    volume: int = 0
    simulated: bool = False

    @property
    def mid(self) -> Decimal:
        """Midpoint of bid and ask."""
        return (self.bid + self.ask) / 2

    @property
    def change(self) -> Decimal | None:
        """Last price less the previous close; None when that is not known."""
        return None if self.previous_close is None else self.last - self.previous_close

    @property
    def change_ratio(self) -> Decimal | None:
        """Change as a share of the previous close; None when that is not known."""
        if not self.previous_close:
            return None
        return self.last / self.previous_close - 1

    def price_for(self, side: Side) -> Decimal:
        """What a market order on `side` would pay or get: the ask or the bid."""
        return self.ask if side is Side.BUY else self.bid


@dataclass(frozen=True, slots=True)
class Ticket:
    """What a trader wants to do. It checks itself, so a senseless one cannot exist.

    Raises:
        OrderRejectedError: With a sentence that names the field.
    """

    symbol: str
    side: Side
    quantity: Decimal
    type: OrderType = OrderType.MARKET
    limit_price: Decimal | None = None
    stop_price: Decimal | None = None
    time_in_force: TimeInForce = TimeInForce.DAY

    def __post_init__(self) -> None:
        if not SYMBOL.match(self.symbol):
            raise OrderRejectedError(f"{self.symbol[:20]!r} is not a symbol.")
        if not self.quantity.is_finite() or self.quantity <= 0:
            raise OrderRejectedError("The quantity must be more than zero.")
        if self.quantity > LARGEST_QUANTITY:
            raise OrderRejectedError(f"The quantity must be at most {LARGEST_QUANTITY:,}.")
        self._check_price("limit", self.limit_price, needed=self.type is OrderType.LIMIT)
        self._check_price("stop", self.stop_price, needed=self.type is OrderType.STOP)

    def _check_price(self, name: str, price: Decimal | None, *, needed: bool) -> None:
        if price is None:
            if needed:
                raise OrderRejectedError(f"A {self.type} order needs a {name} price.")
            return
        if not needed:
            raise OrderRejectedError(f"A {self.type} order takes no {name} price.")
        if not price.is_finite() or not ZERO < price <= LARGEST_PRICE:
            raise OrderRejectedError(
                f"The {name} price must be more than zero and at most {LARGEST_PRICE:,}."
            )


@dataclass(frozen=True, slots=True)
class Order:
    """A ticket on its way through the broker.

    `id` is our own client order id; `created_at` and `updated_at` are the computer's time,
    `market_time` is the market's (the replay's in DEMO), all aware UTC.
    """

    id: str
    account: str
    ticket: Ticket
    status: OrderStatus
    created_at: datetime
    market_time: datetime
    updated_at: datetime
    filled_quantity: Decimal = ZERO
    average_price: Decimal | None = None
    reason: str = ""
    asked_by: str = ""

    @property
    def remaining(self) -> Decimal:
        """What is still to be filled."""
        return self.ticket.quantity - self.filled_quantity


@dataclass(frozen=True, slots=True)
class Fill:
    """One execution: what really changed hands. `id` is unique within the account."""

    id: str
    order_id: str
    account: str
    symbol: str
    side: Side
    quantity: Decimal
    price: Decimal
    commission: Decimal
    at: datetime  # market time, aware UTC

    @property
    def cash_change(self) -> Decimal:
        """What the fill did to cash, commission included."""
        return -self.side.sign * self.quantity * self.price - self.commission


@dataclass(frozen=True, slots=True)
class Split:
    """From the open of `date`'s session on, one old share is `ratio` new ones."""

    symbol: str
    date: datetime
    ratio: Decimal


@dataclass(frozen=True, slots=True)
class Position:
    """What is held of one symbol: signed quantity and average cost per share."""

    symbol: str
    quantity: Decimal
    average_cost: Decimal
    realised: Decimal = ZERO  # profit already taken on this symbol, commissions included

    def unrealised(self, price: Decimal) -> Decimal:
        """Profit or loss if closed at `price`, before commission."""
        return self.quantity * (price - self.average_cost)


@dataclass(frozen=True, slots=True)
class OrderUpdate:
    """Something the broker said about an order: a new status, a fill, or both."""

    order_id: str
    status: OrderStatus
    at: datetime
    fill: Fill | None = None
    reason: str = ""
    ticket: Ticket | None = None  # as it stands from `at` on, when the broker changed it: a split
