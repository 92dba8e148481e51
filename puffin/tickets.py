"""What a trader wants to do: one order, checked as it is written."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from puffin.errors import OrderRejectedError
from puffin.words import (
    LARGEST_NOTIONAL,
    LARGEST_PRICE,
    LARGEST_QUANTITY,
    LARGEST_TRAIL,
    MOST_LEGS,
    OPTION_SYMBOL,
    SYMBOL,
    ZERO,
    AssetClass,
    OrderClass,
    OrderType,
    Side,
    TimeInForce,
    asset_of,
    multiplier_of,
)


@dataclass(frozen=True, slots=True)
class Leg:
    """One option of a multi-leg order."""

    symbol: str
    side: Side
    ratio: int = 1
    opens: bool = True  # whether it opens a position or closes one

    def __post_init__(self) -> None:
        if asset_of(self.symbol) is not AssetClass.OPTION:
            raise OrderRejectedError(f"{self.symbol[:24]!r} is not an option's symbol.")
        if not 1 <= self.ratio <= 100:  # noqa: PLR2004 - a bound like the others
            raise OrderRejectedError("A leg's ratio must be between 1 and 100.")


@dataclass(frozen=True, slots=True)
class Ticket:
    """What a trader wants to do. It checks itself, so a senseless one cannot exist.

    Args:
        symbol: What to trade; of a multi-leg order, the underlying.
        side: Which way; of a multi-leg order, buy.
        quantity: How many units. With `notional` it is only what that amount was worth when the
            ticket was written, rounded down: limits use it, the broker gets the amount.
        type: How it may fill.
        limit_price: The worst price of a limit or stop-limit order; of an OCO its target; of a
            multi-leg order the net price, negative for a credit.
        stop_price: What sets a stop or stop-limit order off.
        time_in_force: How long it lives.
        notional: Dollars to spend or raise, instead of a quantity; market or limit, for the day.
        trail_price: How far a trailing stop follows, in dollars; or `trail_percent`, in percent.
        extended_hours: Whether it may fill before the open and after the close (limit orders).
        take_profit: The limit price of the target that the entry brings.
        stop_loss: The stop price of the protection that the entry, or an OCO, brings.
        stop_loss_limit: Makes that protection a stop-limit order.
        one_cancels_other: It is an OCO: `limit_price` and `stop_loss` for what is held.
        legs: The options of a multi-leg order.

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
    notional: Decimal | None = None
    trail_price: Decimal | None = None
    trail_percent: Decimal | None = None
    extended_hours: bool = False
    take_profit: Decimal | None = None
    stop_loss: Decimal | None = None
    stop_loss_limit: Decimal | None = None
    one_cancels_other: bool = False
    legs: tuple[Leg, ...] = ()

    def __post_init__(self) -> None:
        if not (SYMBOL.match(self.symbol) or OPTION_SYMBOL.match(self.symbol)):
            raise OrderRejectedError(f"{self.symbol[:24]!r} is not a symbol.")
        if not self.quantity.is_finite() or self.quantity <= 0:
            raise OrderRejectedError("The quantity must be more than zero.")
        if self.quantity > LARGEST_QUANTITY:
            raise OrderRejectedError(f"The quantity must be at most {LARGEST_QUANTITY:,}.")
        kind = self.type
        limited = kind in {OrderType.LIMIT, OrderType.STOP_LIMIT}
        self._check_price("limit", self.limit_price, needed=limited)
        stopped = kind in {OrderType.STOP, OrderType.STOP_LIMIT}
        self._check_price("stop", self.stop_price, needed=stopped)
        self._check_trail()
        self._check_notional()
        self._check_exits()
        self._check_legs()
        if self.extended_hours and kind is not OrderType.LIMIT:
            raise OrderRejectedError("Only limit orders fill outside regular hours.")

    @property
    def asset(self) -> AssetClass:
        """What kind of thing it trades."""
        return AssetClass.OPTION if self.legs else asset_of(self.symbol)

    @property
    def multiplier(self) -> Decimal:
        """How many units of the underlying one unit stands for."""
        return Decimal(100) if self.legs else multiplier_of(self.symbol)

    @property
    def order_class(self) -> OrderClass:
        """How its orders hang together."""
        if self.legs:
            return OrderClass.MULTI_LEG
        if self.one_cancels_other:
            return OrderClass.OCO
        exits = (self.take_profit, self.stop_loss)
        if None not in exits:
            return OrderClass.BRACKET
        return OrderClass.SIMPLE if exits == (None, None) else OrderClass.OTO

    def _check_price(self, name: str, price: Decimal | None, *, needed: bool) -> None:
        if price is None:
            if needed:
                raise OrderRejectedError(f"A {self.type} order needs a {name} price.")
            return
        if not needed:
            raise OrderRejectedError(f"A {self.type} order takes no {name} price.")
        if self.legs and price.is_finite() and abs(price) <= LARGEST_PRICE:
            return  # a net price: negative when the legs bring money in
        _sound_price(f"{name} price", price)

    def _check_trail(self) -> None:
        trails = [each for each in (self.trail_price, self.trail_percent) if each is not None]
        if self.type is not OrderType.TRAILING:
            if trails:
                raise OrderRejectedError(f"A {self.type} order takes no trail.")
            return
        if len(trails) != 1:
            raise OrderRejectedError("A trailing stop needs a trail: in dollars or in percent.")
        if self.trail_price is not None:
            _sound_price("trail", self.trail_price)
        elif not (trails[0].is_finite() and ZERO < trails[0] <= LARGEST_TRAIL):
            raise OrderRejectedError(
                f"The trail must be more than zero and at most {LARGEST_TRAIL} percent."
            )

    def _check_notional(self) -> None:
        amount = self.notional
        if amount is None:
            return
        if not (amount.is_finite() and ZERO < amount <= LARGEST_NOTIONAL):
            raise OrderRejectedError(
                f"The amount must be more than zero and at most {LARGEST_NOTIONAL:,}."
            )
        if self.type not in {OrderType.MARKET, OrderType.LIMIT}:
            raise OrderRejectedError("An amount needs a market or limit order.")
        if self.order_class is not OrderClass.SIMPLE:
            raise OrderRejectedError("An order for an amount takes no target, stop or legs.")

    def _check_exits(self) -> None:
        target, stop = self.take_profit, self.stop_loss
        if target is not None:
            _sound_price("target", target)
        if stop is not None:
            _sound_price("stop loss", stop)
        if self.stop_loss_limit is not None:
            if stop is None:
                raise OrderRejectedError("A stop loss's limit needs a stop loss.")
            _sound_price("stop loss's limit", self.stop_loss_limit)
        if self.one_cancels_other:
            if self.type is not OrderType.LIMIT or stop is None or target is not None:
                raise OrderRejectedError("An OCO needs a limit price and a stop loss, no more.")
            target = self.limit_price
        _exits_in_order(self.side.opposite if self.one_cancels_other else self.side, target, stop)
        entry = None if self.one_cancels_other else self.limit_price
        if entry is not None:
            _exits_in_order(self.side, target, entry, "limit price")
            _exits_in_order(self.side, entry, stop, target_name="limit price")

    def _check_legs(self) -> None:
        if not self.legs:
            return
        if not 2 <= len(self.legs) <= MOST_LEGS:  # noqa: PLR2004 - one leg is a simple order
            raise OrderRejectedError(f"A multi-leg order has two to {MOST_LEGS} legs.")
        if len({each.symbol for each in self.legs}) != len(self.legs):
            raise OrderRejectedError("Each leg must be another option.")
        if (
            self.type not in {OrderType.MARKET, OrderType.LIMIT}
            or self.take_profit
            or self.stop_loss
        ):
            raise OrderRejectedError("A multi-leg order is a market or limit order by itself.")


def _sound_price(name: str, price: Decimal) -> None:
    if not price.is_finite() or not ZERO < price <= LARGEST_PRICE:
        raise OrderRejectedError(
            f"The {name} must be more than zero and at most {LARGEST_PRICE:,}."
        )


def _exits_in_order(
    side: Side,
    target: Decimal | None,
    stop: Decimal | None,
    stop_name: str = "stop loss",
    target_name: str = "target",
) -> None:
    """Refuse a target below the stop of a long position, or above that of a short one."""
    if target is None or stop is None or side.sign * (target - stop) > 0:
        return
    place = "above" if side is Side.BUY else "below"
    raise OrderRejectedError(f"The {target_name} must be {place} the {stop_name}.")
