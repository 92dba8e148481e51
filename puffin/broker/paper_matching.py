"""What the paper broker would trade for an order now: on a quote, in an auction, by its legs."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from puffin.execution.fills import (
    best_so_far,
    fill_in_auction,
    fill_on_quote,
    quantity_for,
    sets_off,
    slips,
)
from puffin.types import ZERO, OrderType, TimeInForce, multiplier_of

if TYPE_CHECKING:
    from decimal import Decimal

    from puffin.broker.paper_market import PaperMarket
    from puffin.broker.paper_orders import Resting
    from puffin.execution.costs import Costs
    from puffin.types import Side, Ticket


class Deal(NamedTuple):
    """A trade that is about to happen; `whole` when nothing is left of the order after it."""

    symbol: str
    side: Side
    quantity: Decimal
    price: Decimal
    whole: bool


class Matcher:
    """Finds the deals of an order by the fill rules, as much as the market takes of it."""

    def __init__(self, market: PaperMarket, costs: Costs) -> None:
        self._market = market
        self._costs = costs

    def watch(self, resting: Resting) -> None:
        """Let the order's stop see the standing quote: it follows it, or is set off by it."""
        ticket, quote = resting.ticket, self._market.quote(resting.ticket.symbol)
        if quote is None or resting.set_off:
            return
        if ticket.type is OrderType.TRAILING:
            mark = quote.last if resting.mark is None else resting.mark
            resting.mark = best_so_far(ticket.side, mark, quote.last, quote.last)
        resting.set_off = sets_off(ticket, quote.last, resting.mark)

    def on_quote(self, resting: Resting) -> list[Deal]:
        """Return what fills on the standing quotes; nothing for an order that has to wait."""
        if resting.ticket.legs:
            return self._by_legs(resting)
        ticket, quote = resting.ticket, self._market.quote(resting.ticket.symbol)
        if quote is None:
            return []
        self.watch(resting)
        price = fill_on_quote(ticket, quote, set_off=resting.set_off, mark=resting.mark)
        if price is None:
            return []
        if price == quote.price_for(ticket.side):
            key = f"{resting.id} {resting.count}"
            price = self._market.improved(price, ticket.side, quote, key)
        return self._sized(resting, self._slipped(ticket, price, ticket.side))

    def in_auction(self, resting: Resting, price: Decimal) -> list[Deal]:
        """Return what fills of the order in an auction at `price`: all or nothing."""
        found = fill_in_auction(resting.ticket, price)
        if found is None:
            return []
        found = self._slipped(resting.ticket, found, resting.ticket.side)
        wanted = self._wanted(resting, found)
        ticket = resting.ticket
        return [Deal(ticket.symbol, ticket.side, wanted, found, whole=True)] if wanted else []

    def _sized(self, resting: Resting, price: Decimal) -> list[Deal]:
        ticket, wanted = resting.ticket, self._wanted(resting, price)
        size = self._market.size(ticket.symbol, wanted)
        if not size or (size < wanted and ticket.time_in_force is TimeInForce.FOK):
            return []
        return [Deal(ticket.symbol, ticket.side, size, price, whole=size == wanted)]

    def _wanted(self, resting: Resting, price: Decimal) -> Decimal:
        """Return how much of the order may fill at `price`; an amount pays for its commission."""
        if resting.ticket.notional is None:
            return resting.free
        unit, left = price * multiplier_of(resting.ticket.symbol), resting.left
        most = quantity_for(left, unit)
        paid = self._costs.commission(most, unit) if most else ZERO
        return quantity_for(max(left - paid, ZERO), unit)

    def _slipped(self, ticket: Ticket, price: Decimal, side: Side) -> Decimal:
        return self._costs.slipped(price, side) if slips(ticket.type) else price

    def _by_legs(self, resting: Resting) -> list[Deal]:
        """Return one deal for each leg, if their net price is good enough for the order.

        What a stop between two legs' fills left undone is made up for.
        """
        ticket, market = resting.ticket, self._market
        prices, net, units = [], ZERO, resting.left
        for leg in ticket.legs:
            quote = market.quote(leg.symbol)
            if quote is None:
                return []
            price = quote.price_for(leg.side)
            net += leg.side.sign * leg.ratio * price
            prices.append(self._slipped(ticket, price, leg.side))
            units = min(units, market.size(leg.symbol, units * leg.ratio) // leg.ratio)
        begun = any(
            resting.legs.get(leg.symbol, ZERO) > resting.filled * leg.ratio for leg in ticket.legs
        )
        limit = ticket.limit_price
        if limit is not None and net > limit and not begun:
            return []
        if not units or (units < resting.left and ticket.time_in_force is TimeInForce.FOK):
            return []
        found = []
        for leg, price in zip(ticket.legs, prices, strict=True):
            goal = (resting.filled + units) * leg.ratio
            quantity = goal - resting.legs.get(leg.symbol, ZERO)
            if quantity > 0:
                whole = units == resting.left
                found.append(Deal(leg.symbol, leg.side, quantity, price, whole))
        return found
