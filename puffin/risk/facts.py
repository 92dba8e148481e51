"""What the pre-trade rules look at: an order, its market, its account and the limits in force."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import ROUND_CEILING, Decimal
from typing import TYPE_CHECKING

from puffin.execution.costs import Costs
from puffin.execution.fills import slips
from puffin.execution.ledger import FINEST_QUANTITY
from puffin.types import ZERO, OrderClass, OrderStatus, OrderType, Side, multiplier_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from puffin.types import Order, Position, Quote, Ticket

AUTOMATION = ("strategy", "agent", "schedule", "alert", "mandate")
_PERCENT = Decimal(100)


def is_automated(name: str) -> bool:
    """Whether `name`, as in `Order.asked_by`, is something that acts by itself."""
    return name.replace(":", " ").split(" ", 1)[0].casefold() in AUTOMATION


@dataclass(frozen=True, slots=True)
class Limits:
    """What the rules allow; shares are ratios of equity, 0.10 is 10 %."""

    largest_position: Decimal = Decimal("0.10")
    most_positions: int = 5
    largest_order: Decimal = Decimal(25_000)
    daily_loss: Decimal = Decimal("0.02")
    price_collar: Decimal = Decimal("0.10")
    duplicate_seconds: int = 10
    oldest_quote: int = 60  # seconds
    largest_quantity: Decimal = Decimal(10_000)
    smallest_quantity: Decimal = Decimal("0.01")
    automated_fills: int = 10
    large_order: Decimal = Decimal(1_000)
    options_premium: Decimal = Decimal("0.05")
    options_notional: Decimal = Decimal(1)
    allowed: frozenset[str] = frozenset()  # empty allows every symbol
    denied: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class AssetFlags:
    """What the broker says of a symbol."""

    tradable: bool = True
    fractionable: bool = True
    shortable: bool = True


@dataclass(frozen=True, slots=True)
class AccountFlags:
    """What the broker says of the account; None is what it did not tell."""

    buying_power: Decimal | None = None
    blocked: str = ""
    pattern_day_trader: bool = False
    day_trades: int | None = None  # in the last five sessions
    at: datetime | None = None  # when it said so, by the computer's clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Everything a rule may know about an order that is about to be placed.

    None means unknown, and what a rule needs but does not know makes it refuse.

    Args:
        ticket: The order.
        quote: The latest quote of its symbol.
        equity: Cash plus the value of every position.
        cash: Money not invested; the proceeds of short sales are in it.
        quote_age: How many seconds old that is, what its source is always late left out; of
            several legs the oldest.
        position: What is held of the symbol.
        positions_count: How many symbols are held.
        day_profit: Profit since the session began, taken and not taken.
        session_start_equity: Equity when the session began.
        open_orders: The account's orders that have not ended.
        recent_orders: Orders placed lately, ended or not.
        is_open: Whether the market is open.
        allow_short: Whether more may be sold than is held.
        now: The computer's time, as in `Order.created_at`.
        limits: The limits in force.
        costs: What the order will cost.
        prices: What the market asks for other symbols, to value market orders that wait; legs
            of waiting orders among them.
        held: The symbols that are held, to count the positions that waiting orders may open.
        short_value: What buying back every short position would cost now.
        holdings: The signed quantity of everything that is held, by symbol.
        lasts: The last prices of what is held.
        leg_quotes: The latest quotes of a multi-leg order's options.
        account: What the broker says of the account; None where it is our own book.
        asset: What the broker says of the symbol.
        asset_asked: Whether that is known: None then means that it does not list it.
        refusal: Why the broker would not take the order; empty when it would.
        hours: When the market opens or closes next, in words.
        asked_by: Who asks for the order.
        approved_by: Who said yes to it; empty before.
        automated_fills: Fills of this session that automation asked for.
        manual_fills: Fills of this session that a person asked for.
        flattens: Whether somebody said yes to closing everything, whatever was ordered before.
        traded_today: Whether the symbol was bought and not only sold in this session, or sold
            short and not only bought: undoing it now is a day trade.
    """

    ticket: Ticket
    quote: Quote | None
    equity: Decimal | None
    cash: Decimal
    position: Position | None
    positions_count: int
    day_profit: Decimal | None
    session_start_equity: Decimal | None
    open_orders: Sequence[Order]
    recent_orders: Sequence[Order]
    is_open: bool
    allow_short: bool
    now: datetime
    limits: Limits
    quote_age: Decimal | None = None
    costs: Costs = field(default_factory=Costs)
    prices: Mapping[str, Decimal] = field(default_factory=dict)
    held: frozenset[str] | None = None
    short_value: Decimal = ZERO
    holdings: Mapping[str, Decimal] = field(default_factory=dict)
    lasts: Mapping[str, Decimal] = field(default_factory=dict)
    leg_quotes: Mapping[str, Quote] = field(default_factory=dict)
    account: AccountFlags | None = None
    asset: AssetFlags | None = None
    asset_asked: bool = False
    refusal: str = ""
    hours: str = ""
    asked_by: str = ""
    approved_by: str = ""
    automated_fills: int = 0
    manual_fills: int = 0
    flattens: bool = False
    traded_today: bool = False

    @property
    def market(self) -> Decimal | None:
        """What the market asks of a buyer, or bids a seller; None unless the quotes are sound.

        A multi-leg order has a net price, negative when it brings money in; where its options
        have no quotes it is worth its limit.
        """
        if self.ticket.legs:
            net = self.net_price
            return self.ticket.limit_price if net is None else net
        if self.quote is None or not is_sound(self.quote):
            return None
        return self.quote.price_for(self.ticket.side)

    @property
    def net_price(self) -> Decimal | None:
        """What the options of a multi-leg order cost together; None when one has no quote."""
        total = ZERO
        for leg in self.ticket.legs:
            quote = self.leg_quotes.get(leg.symbol)
            if quote is None or not is_sound(quote):
                return None
            total += leg.side.sign * leg.ratio * quote.price_for(leg.side)
        return total

    @property
    def automated(self) -> bool:
        """Whether something that acts by itself asks for the order."""
        return is_automated(self.asked_by)

    @property
    def holding(self) -> Decimal:
        """Signed quantity held of the symbol."""
        return ZERO if self.position is None else self.position.quantity

    @property
    def size(self) -> Decimal:
        """How many units the order may trade; of an amount, what it makes at the price of now.

        The quantity beside an amount is an estimate, and never believed when it is too low.
        """
        return max(self.ticket.quantity, _bought(self.ticket, self.quote))

    @property
    def promised(self) -> Decimal:
        """Quantity of the symbol that waiting orders on the same side may still trade."""
        return self.promised_of(self.ticket.symbol, self.ticket.side)

    def promised_of(self, symbol: str, side: Side) -> Decimal:
        """Return how much of `symbol` waiting orders on `side` may still trade, legs among them.

        A target and a stop of one entry trade the same units; those that wait for their entry
        trade nothing yet.
        """
        families: dict[str, Decimal] = {}
        for order in self.open_orders:
            if order.parent and order.status is OrderStatus.HELD:
                continue
            family = order.parent or order.id
            waits = self._waits(order, symbol, side)
            families[family] = max(families.get(family, ZERO), waits)
        return sum(families.values(), start=ZERO)

    def _waits(self, order: Order, symbol: str, side: Side) -> Decimal:
        ticket = order.ticket
        if ticket.legs:
            legs = [x.ratio for x in ticket.legs if (x.symbol, x.side) == (symbol, side)]
            return order.remaining * sum(legs)
        if (ticket.symbol, ticket.side) != (symbol, side):
            return ZERO
        quote = self.quote if symbol == self.ticket.symbol else None
        return max(order.remaining, _bought(ticket, quote) - order.filled_quantity)

    @property
    def reduces(self) -> bool:
        """Whether the order only shrinks or closes a position, waiting orders counted.

        One that brings a target or a stop opens: they trade once it has filled. So does an amount
        while nobody knows how many units it is.
        """
        if self.ticket.legs:
            return all(
                not each.opens
                and self.holdings.get(each.symbol, ZERO) * each.side.sign
                <= -each.ratio * self.ticket.quantity - self.promised_of(each.symbol, each.side)
                for each in self.ticket.legs
            )
        if self.holding * self.ticket.side.sign >= 0 or self.brings_exits:
            return False
        if self.ticket.notional is not None and self.market is None:
            return False
        return self.size <= abs(self.holding) - self.promised

    @property
    def brings_exits(self) -> bool:
        """Whether a target or a stop follows once the order has filled."""
        return self.ticket.order_class in {OrderClass.BRACKET, OrderClass.OTO}

    @property
    def holding_after(self) -> Decimal:
        """Signed quantity if this order and those waiting on its side all fill."""
        return self.holding + self.ticket.side.sign * (self.promised + self.size)

    @property
    def multiplier(self) -> Decimal:
        """How many units of the underlying one unit of the order stands for."""
        return self.ticket.multiplier

    def priced(self, market: Decimal) -> Decimal:
        """The price the order is valued at: the worst it may pay, or what it would fetch."""
        return price_of(self.ticket, market, self.costs)

    def value(self, market: Decimal) -> Decimal:
        """What the order is worth: its amount, or its quantity at what it may cost or fetch."""
        return value_of(self.ticket, self.priced(market))


def is_sound(quote: Quote) -> bool:
    """Whether every price of `quote` is one."""
    return all(each.is_finite() and each > 0 for each in (quote.bid, quote.ask, quote.last))


def value_of(ticket: Ticket, price: Decimal) -> Decimal:
    """Return what `ticket` is worth at `price` of a unit: dollars, never negative."""
    if ticket.notional is not None:
        return ticket.notional
    return abs(ticket.quantity * price * ticket.multiplier)


def price_of(ticket: Ticket, market: Decimal, costs: Costs) -> Decimal:
    """Return the price at which to value `ticket` when the market's price is `market`.

    A limit to buy is valued at the limit, the most it may pay; a stop at the stop or, once the
    market is through it, at the market; a trailing stop to buy at its first stop. Market and stop
    orders include slippage. The net price of several legs is the limit, or the market's.
    """
    if ticket.legs:
        return market if ticket.limit_price is None else ticket.limit_price
    buys = ticket.side is Side.BUY
    if ticket.limit_price is not None:
        return ticket.limit_price if buys else max(ticket.limit_price, market)
    price = market
    if ticket.stop_price is not None:
        price = max(ticket.stop_price, market) if buys else min(ticket.stop_price, market)
    elif ticket.type is OrderType.TRAILING and buys:
        price += ticket.trail_price or market * (ticket.trail_percent or ZERO) / _PERCENT
    return costs.slipped(price, ticket.side) if slips(ticket.type) else price


def _bought(ticket: Ticket, quote: Quote | None) -> Decimal:
    """Return how many units the amount of `ticket` makes; none without an amount or a price."""
    price = ticket.limit_price
    if price is None and quote is not None and is_sound(quote):
        price = quote.price_for(ticket.side)
    if ticket.notional is None or price is None:
        return ZERO
    units = ticket.notional / (price * ticket.multiplier)
    return units.quantize(FINEST_QUANTITY, ROUND_CEILING)


def worth(symbol: str, quantity: Decimal, price: Decimal) -> Decimal:
    """Return what `quantity` of `symbol` is worth at `price`, long or short."""
    return abs(quantity) * price * multiplier_of(symbol)
