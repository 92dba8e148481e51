"""The words of trading: one definition of each, used everywhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from puffin.tickets import Leg, Ticket
from puffin.words import (
    LARGEST_PRICE,
    LARGEST_QUANTITY,
    OPTION_SYMBOL,
    SYMBOL,
    ZERO,
    AssetClass,
    OrderClass,
    OrderStatus,
    OrderType,
    Side,
    TimeInForce,
    asset_of,
    multiplier_of,
)

if TYPE_CHECKING:
    from datetime import datetime
    from decimal import Decimal

__all__ = [
    "LARGEST_PRICE",
    "LARGEST_QUANTITY",
    "OPTION_SYMBOL",
    "SYMBOL",
    "ZERO",
    "AssetClass",
    "Dividend",
    "EarningsDate",
    "Fill",
    "Instrument",
    "Leg",
    "Order",
    "OrderClass",
    "OrderStatus",
    "OrderType",
    "OrderUpdate",
    "Position",
    "Quote",
    "Side",
    "Split",
    "Ticket",
    "TimeInForce",
    "asset_of",
    "multiplier_of",
]


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
class Order:
    """A ticket on its way through the broker.

    `id` is our own client order id; `created_at` and `updated_at` are the computer's time,
    `market_time` is the market's (the replay's in DEMO), all aware UTC.

    Args:
        broker_id: The broker's own name for it, once known.
        raw: The broker's word for its status.
        parent: The id of the order that brought this one: a bracket's entry.
        replaces: The id of the order whose place it took.
        basket: The basket it belongs to.
        external: It was not placed from here; it is shown and never managed.
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
    broker_id: str = ""
    raw: str = ""
    parent: str = ""
    replaces: str = ""
    basket: str = ""
    external: bool = False

    @property
    def remaining(self) -> Decimal:
        """What is still to be filled; never less than nothing."""
        return max(self.ticket.quantity - self.filled_quantity, ZERO)


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
        value = self.quantity * self.price * multiplier_of(self.symbol)
        return -self.side.sign * value - self.commission


@dataclass(frozen=True, slots=True)
class Split:
    """From the open of `date`'s session on, one old share is `ratio` new ones."""

    symbol: str
    date: datetime
    ratio: Decimal


@dataclass(frozen=True, slots=True)
class EarningsDate:
    """A day on which a company tells its earnings, or is expected to.

    Args:
        until: The last of the days it may be; its first when it is known.
        expected: The earnings a share that analysts expect; None if nobody says.
    """

    symbol: str
    date: datetime
    until: datetime
    expected: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Dividend:
    """Money paid on each share to who held it before `date`'s session, in the shares of today."""

    symbol: str
    date: datetime
    per_share: Decimal


@dataclass(frozen=True, slots=True)
class Position:
    """What is held of one symbol: signed quantity and average cost per share."""

    symbol: str
    quantity: Decimal
    average_cost: Decimal
    realised: Decimal = ZERO  # profit already taken on this symbol, commissions included

    def value(self, price: Decimal) -> Decimal:
        """What it is worth at `price` of a unit; below zero what was sold short."""
        return self.quantity * price * multiplier_of(self.symbol)

    def unrealised(self, price: Decimal) -> Decimal:
        """Profit or loss if closed at `price`, before commission."""
        return self.quantity * (price - self.average_cost) * multiplier_of(self.symbol)


@dataclass(frozen=True, slots=True)
class OrderUpdate:
    """Something the broker said about an order: a new status, a fill, or both.

    Args:
        at: When it happened by the broker's clock, or the market's in DEMO.
        raw: The broker's own word, for a status that we do not know.
        order: The whole order as the broker tells it; with it, orders that were not placed from
            here (a bracket's exits, or somebody else's) can be taken in.
        voids: The id of an execution that does not count after all: the exchange took it back,
            or corrected it, and then `fill` is what counts instead, with an id of its own.
    """

    order_id: str
    status: OrderStatus
    at: datetime
    fill: Fill | None = None
    reason: str = ""
    ticket: Ticket | None = None  # as it stands from `at` on, when the broker changed it: a split
    broker_id: str = ""
    raw: str = ""
    order: Order | None = None
    voids: str = ""
