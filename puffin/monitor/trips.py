"""Round trips: from nothing held of a symbol to nothing held again, with all that it brought."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from puffin.execution.lots import Lots, Matching
from puffin.types import ZERO, multiplier_of

if TYPE_CHECKING:
    from datetime import datetime, timedelta
    from decimal import Decimal

    from puffin.execution.lots import ClosedLot, Lot
    from puffin.types import Fill, Side, Split


@dataclass(frozen=True, slots=True)
class RoundTrip:
    """One trade as a trader counts it; open while `closed_at` is None.

    A fill that turns a position round ends one trip and begins the next, its commission split by
    quantity. Quantities and prices are in the units of its last day: a split restates them. What
    a trip that is open has realised depends on the matching; what a closed one made does not.

    Args:
        key: The id of the fill that opened it; it stays the same however often this is computed.
        symbol: What was traded.
        side: Buy when it was long, sell when it was short.
        opened_at: When its first fill was.
        closed_at: When nothing was held any more.
        entered: How much was bought for it (sold, when short) altogether.
        left: How much was given up again.
        held: How much is held still, negative when short.
        most: The most that was held at once.
        paid: What entering took, without commissions.
        got: What leaving brought, without commissions.
        profit: What was realised, before commissions and dividends.
        fees: The commissions of its fills.
        dividends: What was paid to its holder, or by the seller of a short one.
        fills: The ids of its fills.
        orders: The ids of its orders, each once.
    """

    key: str
    symbol: str
    side: Side
    opened_at: datetime
    closed_at: datetime | None = None
    entered: Decimal = ZERO
    left: Decimal = ZERO
    held: Decimal = ZERO
    most: Decimal = ZERO
    paid: Decimal = ZERO
    got: Decimal = ZERO
    profit: Decimal = ZERO
    fees: Decimal = ZERO
    dividends: Decimal = ZERO
    fills: tuple[str, ...] = ()
    orders: tuple[str, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether something is held still."""
        return self.closed_at is None

    @property
    def entry_price(self) -> Decimal:
        """The average price of entering."""
        return self.paid / self.entered / multiplier_of(self.symbol)

    @property
    def exit_price(self) -> Decimal | None:
        """The average price of leaving; None before anything was left."""
        return self.got / self.left / multiplier_of(self.symbol) if self.left else None

    @property
    def net(self) -> Decimal:
        """What it realised after commissions, with dividends."""
        return self.profit + self.dividends - self.fees

    @property
    def ratio(self) -> Decimal | None:
        """The same as a share of what entering took; None when that was nothing."""
        return self.net / self.paid if self.paid else None

    @property
    def duration(self) -> timedelta | None:
        """How long it lasted; None while it is open."""
        return None if self.closed_at is None else self.closed_at - self.opened_at


class TripBook:
    """Follows one symbol through its round trips."""

    def __init__(self, symbol: str, matching: Matching = Matching.FIFO) -> None:
        self.pieces: list[ClosedLot] = []
        self._lots = Lots(matching)
        self._trips: list[RoundTrip] = []
        self._multiplier = multiplier_of(symbol)

    @property
    def trips(self) -> tuple[RoundTrip, ...]:
        """The round trips, the oldest first."""
        return tuple(self._trips)

    @property
    def lots(self) -> tuple[Lot, ...]:
        """What is held."""
        return tuple(self._lots.open())

    @property
    def quantity(self) -> Decimal:
        """How much is held, negative when short."""
        return sum((each.quantity for each in self._lots.open()), ZERO)

    def take(self, fill: Fill) -> None:
        """Book a fill."""
        held = self.quantity
        pieces = self._lots.book(fill)
        self.pieces += pieces
        closing = sum((abs(each.quantity) for each in pieces), ZERO)
        opening = fill.quantity - closing
        fees = fill.commission if not opening else fill.commission * closing / fill.quantity
        if closing:
            profit = sum((each.profit + each.commission for each in pieces), ZERO)
            self._leave(fill, closing, profit, fees)
        if opening:
            if closing or not held:
                self._trips.append(RoundTrip(fill.id, fill.symbol, fill.side, fill.at))
            self._enter(fill, opening, fill.commission - fees)

    def split(self, split: Split) -> None:
        """Restate what is held in new units."""
        if not self.quantity:
            return
        lost = sum((each.cost for each in self._lots.split(split)), ZERO)
        trip, held = self._trips[-1], self.quantity
        self._trips[-1] = replace(
            trip,
            entered=trip.entered * split.ratio,
            left=trip.left * split.ratio,
            most=trip.most * split.ratio,
            held=held,
            profit=trip.profit - lost,
            closed_at=None if held else split.date,
        )

    def pay(self, amount: Decimal, at: datetime) -> bool:
        """Give a dividend to the latest trip that had begun by then; whether there was one.

        It is paid weeks after the day that decides who gets it, so the trip may be over.
        """
        for place in range(len(self._trips) - 1, -1, -1):
            trip = self._trips[place]
            if trip.opened_at <= at:
                self._trips[place] = replace(trip, dividends=trip.dividends + amount)
                return True
        return False

    def _enter(self, fill: Fill, quantity: Decimal, fees: Decimal) -> None:
        trip, held = self._trips[-1], self.quantity
        self._trips[-1] = replace(
            trip,
            entered=trip.entered + quantity,
            paid=trip.paid + quantity * fill.price * self._multiplier,
            fees=trip.fees + fees,
            held=held,
            most=max(trip.most, abs(held)),
            fills=_with(trip.fills, fill.id),
            orders=_with(trip.orders, fill.order_id),
        )

    def _leave(self, fill: Fill, quantity: Decimal, profit: Decimal, fees: Decimal) -> None:
        trip = self._trips[-1]
        held = trip.held - trip.side.sign * quantity
        self._trips[-1] = replace(
            trip,
            left=trip.left + quantity,
            got=trip.got + quantity * fill.price * self._multiplier,
            profit=trip.profit + profit,
            fees=trip.fees + fees,
            held=held,
            closed_at=None if held else fill.at,
            fills=_with(trip.fills, fill.id),
            orders=_with(trip.orders, fill.order_id),
        )


def _with(known: tuple[str, ...], name: str) -> tuple[str, ...]:
    return known if name in known else (*known, name)
