"""The vocabulary of orders: sides, kinds, statuses, and what a symbol names."""

from __future__ import annotations

import re
from decimal import Decimal
from enum import StrEnum

SYMBOL = re.compile(r"^[A-Z][A-Z0-9.\-/]{0,14}\Z")
OPTION_SYMBOL = re.compile(r"^[A-Z][A-Z0-9.]{0,5}\d{6}[CP]\d{8}\Z")  # OCC, without its spaces
LARGEST_QUANTITY = Decimal(1_000_000)
LARGEST_PRICE = Decimal(1_000_000)
LARGEST_NOTIONAL = Decimal(100_000_000)
LARGEST_TRAIL = Decimal(50)  # percent
MOST_LEGS = 4
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


class AssetClass(StrEnum):
    """What kind of thing a symbol names; the symbol alone tells."""

    STOCK = "stock"  # shares and funds
    CRYPTO = "crypto"  # a pair, as in BTC/USD
    OPTION = "option"  # an OCC symbol, as in AAPL260116C00250000


def asset_of(symbol: str) -> AssetClass:
    """Return what `symbol` names."""
    if OPTION_SYMBOL.match(symbol):
        return AssetClass.OPTION
    return AssetClass.CRYPTO if "/" in symbol else AssetClass.STOCK


def multiplier_of(symbol: str) -> Decimal:
    """Return how many units of the underlying one unit of `symbol` stands for: 100 for options.

    Adjusted option contracts may differ; their deliverable is not in the symbol.
    """
    return Decimal(100) if asset_of(symbol) is AssetClass.OPTION else Decimal(1)


class OrderType(StrEnum):
    """How an order may fill."""

    MARKET = "market"
    LIMIT = "limit"
    STOP = "stop"
    STOP_LIMIT = "stop limit"
    TRAILING = "trailing stop"


class TimeInForce(StrEnum):
    """How long an order stays alive."""

    DAY = "day"
    GTC = "gtc"  # until cancelled
    IOC = "ioc"  # what fills at once; the rest is cancelled
    FOK = "fok"  # all at once or nothing
    OPG = "opg"  # in the opening auction
    CLS = "cls"  # in the closing auction


class OrderClass(StrEnum):
    """How the orders of one ticket hang together."""

    SIMPLE = "simple"
    BRACKET = "bracket"  # an entry that brings its target and its stop
    OTO = "oto"  # one triggers the other: an entry that brings one of them
    OCO = "oco"  # one cancels the other: a target and a stop for what is held
    MULTI_LEG = "multi-leg"  # several options as one order


class OrderStatus(StrEnum):
    """Where an order is in its life."""

    DRAFT = "draft"  # proposed, not stored
    SENT = "sent"  # the intent is stored; the broker has not answered
    UNKNOWN = "unknown"  # the answer was lost; being looked up
    PENDING = "pending"  # the broker has it, the exchange not yet
    HELD = "held"  # waits for another order to fill
    WORKING = "working"  # it can fill
    PARTIAL = "partial"  # filled in part
    SUSPENDED = "suspended"  # its symbol is halted
    DONE_FOR_DAY = "done for the day"  # goes on in the next session
    PENDING_CANCEL = "pending cancel"  # asked to cancel; it may still fill
    PENDING_REPLACE = "pending replace"  # asked to change; it may still fill as it was
    OTHER = "other"  # the broker's word is not one we know; `raw` has it
    REPLACED = "replaced"  # another order took its place
    REJECTED = "rejected"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    FILLED = "filled"

    @property
    def is_terminal(self) -> bool:
        """Whether nothing can happen to the order any more."""
        return self in _TERMINAL


_TERMINAL = frozenset(
    {
        OrderStatus.REPLACED,
        OrderStatus.REJECTED,
        OrderStatus.EXPIRED,
        OrderStatus.CANCELLED,
        OrderStatus.FILLED,
    }
)
