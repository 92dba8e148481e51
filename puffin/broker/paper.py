"""A broker that fills orders against quotes with paper money, by the engine's one fill model."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from puffin.broker.base import BrokerAccount, Connected
from puffin.broker.paper_orders import exits_of
from puffin.broker.paper_session import PaperSession
from puffin.broker.paper_venue import asset_for, clock_at, first_of_five, not_now, venue_of
from puffin.errors import BrokerError, OrderRejectedError
from puffin.execution.fills import stop_of
from puffin.types import OrderStatus, OrderUpdate, Side

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from datetime import datetime
    from decimal import Decimal

    from puffin.broker.base import Activity, Asset, Lost, MarketClock
    from puffin.broker.venue import Venue
    from puffin.types import Fill, Order, Position

MOST_DAY_TRADES = 3


class PaperBroker(PaperSession):
    """Takes orders for one account and fills them as `PaperSettings` say.

    The market is open from the first quote after `end_session` until the next `end_session`;
    quotes of an ended session fill nothing, so an order placed after the close waits for the next
    open. With a calendar, quotes outside its sessions fill only orders for extended hours. Call
    everything on one thread: the loop's.

    Exits of a bracket work for what its entry has filled so far; what one of them fills, the
    other no longer does. Options fill only where they are quoted, and are never exercised: what
    expired is settled in cash at the first close from then on at which its underlying is priced.

    Args:
        account_id: The account that orders and fills belong to.
        cash: Money the account began with.
        costs: Commission and slippage of each fill.
        now: The market's time.
        settings: How it behaves; left alone, every order fills whole and at once, for cash.
        calendar: The exchange's sessions, where quotes come outside them too.
    """

    name = "Paper broker"

    @property
    def venue(self) -> Venue:
        """What it takes."""
        return venue_of(self._settings)

    # The port.

    async def submit(self, order: Order) -> OrderUpdate:
        """Accept `order`, and fill it at once if the market allows; the same id again does nothing.

        The fill is also announced by `updates`. Of an order that brings exits only the acceptance
        is returned: its fill comes after word of the exits, by `updates`.
        """
        known = self._latest.get(order.id)
        if known is not None:
            return known
        refusal = self._refusal(order)
        if refusal:
            return self._say(order.id, OrderStatus.REJECTED, refusal)
        accepted = self._desk.submit(order)
        return accepted if exits_of(order) else self._latest[order.id]

    async def replace(self, order_id: str, changed: Order) -> OrderUpdate:
        """Put `changed` in the place of a working order.

        Its quantity is what it may fill itself, whatever the old one filled before; of an exit it
        is always what its position has left.

        Raises:
            OrderRejectedError: The order has ended, or the change is not possible.
        """
        known = self._latest.get(changed.id)
        if known is not None:
            return known
        resting = self._desk.get(order_id)
        if resting is None:
            latest = self._latest.get(order_id)
            why = f"The paper broker has no order {order_id}."
            if latest is not None:
                why = f"Too late to replace: the order is {latest.status}."
            raise OrderRejectedError(why)
        old, new = resting.ticket, changed.ticket
        if (old.symbol, old.side, old.legs) != (new.symbol, new.side, new.legs):
            raise OrderRejectedError("Symbol, side and legs of an order cannot be replaced.")
        if resting.change is not None:
            raise OrderRejectedError("Another change of the order is on its way.")
        refusal = self._refusal(changed)
        if refusal:
            raise OrderRejectedError(refusal)
        self._desk.replace(resting, changed)
        return self._latest[changed.id]

    async def cancel(self, order_id: str) -> OrderUpdate:
        """Cancel a working order; of one that has ended, say how it ended.

        Raises:
            BrokerError: No such order was ever sent.
        """
        resting = self._desk.get(order_id)
        if resting is not None:
            self._desk.cancel(resting)
            return self._latest[order_id]
        if self._desk.withdraw(order_id):
            return self._latest[order_id]
        latest = self._latest.get(order_id)
        if latest is None:
            raise BrokerError(f"The paper broker has no order {order_id}.")
        return replace(latest, reason=f"Too late to cancel: the order is {latest.status}.")

    async def lookup(self, order_id: str) -> OrderUpdate | None:
        """Return the latest word on an order; None if it was never sent."""
        return self._latest.get(order_id)

    async def open_orders(self) -> list[Order]:
        """Return every order that has not ended, exits included, oldest first."""
        found = []
        for each in self._desk.all():
            found.append(each.as_order())
            if each.change is not None and each.change.order is not None:
                found.append(replace(each.change.order, status=OrderStatus.PENDING))
        return found

    async def stops(self) -> dict[str, Decimal]:
        """Return the price that sets each waiting order off, by its id, as it stands now.

        A trailing stop has one once it has seen a price.
        """
        found = ((each.id, stop_of(each.ticket, each.mark)) for each in self._desk.all())
        return {id_: stop for id_, stop in found if stop is not None}

    async def fills(self, since: datetime | None = None) -> list[Fill]:
        """Return the account's executions from `since` on, oldest first."""
        return [each for each in self._books.fills if since is None or each.at >= since]

    async def activities(self, since: datetime | None = None) -> list[Activity]:
        """Return dividends, fees and interest from `since` on, oldest first."""
        found = sorted(self._books.activities.values(), key=lambda each: (each.at, each.id))
        return [each for each in found if since is None or each.at >= since]

    async def positions(self) -> list[Position]:
        """Return everything that is held."""
        return self._books.positions()

    async def cash(self) -> Decimal:
        """Return the money not invested."""
        return self._books.cash

    async def account(self) -> BrokerAccount:
        """Return the account's figures; equity is None while a price is missing."""
        trades = self._books.day_trades(first_of_five(self._now(), self._calendar))
        return BrokerAccount(
            cash=self._books.cash,
            buying_power=self._books.buying_power,
            equity=self._books.equity,
            last_equity=self._last_equity,
            multiplier=self._settings.leverage,
            shorting=self._settings.short,
            pattern_day_trader=self._settings.margin and trades > MOST_DAY_TRADES,
            day_trades=trades,
            options_level=3,
            number=f"…{self._account[-4:]}",
        )

    async def asset(self, symbol: str) -> Asset | None:
        """Return what the broker says of `symbol`; None when it cannot be one."""
        return asset_for(symbol, self._settings)

    async def clock(self) -> MarketClock:
        """Return the exchange's time and hours."""
        return clock_at(self._now(), self._calendar)

    async def updates(self) -> AsyncIterator[OrderUpdate | Connected | Lost]:
        """Yield first that it is up, then what happens; each update goes to one listener."""
        yield Connected(self._now())
        while True:
            yield await self._queue.get()

    def _refusal(self, order: Order) -> str:
        """Return why an order is not taken; empty when it is."""
        if order.account != self._account:
            return "The order is for another account."
        ticket = order.ticket
        refusal = self.venue.refusal(ticket) or not_now(ticket, self._market)
        if refusal or ticket.limit_price is None or ticket.legs:
            return refusal
        quote = self._market.quote(ticket.symbol)
        price = ticket.limit_price
        if quote is not None and ticket.side is Side.BUY:
            price = min(price, quote.ask)
        return self._books.too_large(ticket, price)

    def _say(self, order_id: str, status: OrderStatus, reason: str) -> OrderUpdate:
        update = OrderUpdate(order_id, status, self._now(), reason=reason)
        self._announce(update)
        return update
