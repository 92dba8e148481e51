"""A broker that fills orders against quotes with paper money, by the engine's one fill model."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from puffin.broker.splits import split_ticket, split_words, ticket_words
from puffin.errors import BrokerError, OrderRejectedError
from puffin.execution.fills import fill_on_quote, slips
from puffin.execution.ledger import Ledger
from puffin.types import Fill, OrderStatus, OrderUpdate, Side, TimeInForce

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable
    from datetime import datetime
    from decimal import Decimal

    from puffin.execution.costs import Costs
    from puffin.types import Order, Position, Quote, Split, Ticket


@dataclass(slots=True)
class _Working:
    """An order that waits: its ticket as it stands now, and since when that ticket holds."""

    order: Order
    ticket: Ticket
    since: datetime


class PaperBroker:
    """Takes orders for one account and fills them whole.

    The market is open from the first quote after `end_session` until the next `end_session`;
    quotes of an ended session fill nothing, so an order placed after the close waits for the next
    open. Call everything on one thread: the loop's.

    Args:
        account_id: The account that orders and fills belong to.
        cash: Money the account began with.
        costs: Commission and slippage of each fill.
        now: The market's time.
    """

    name = "Paper broker"

    def __init__(
        self, account_id: str, cash: Decimal, costs: Costs, now: Callable[[], datetime]
    ) -> None:
        self._account = account_id
        self._costs = costs
        self._now = now
        self._ledger = Ledger(cash)
        self._working: dict[str, _Working] = {}
        self._latest: dict[str, OrderUpdate] = {}
        self._fills: dict[str, int] = {}
        self._quotes: dict[str, Quote] = {}
        self._splits: dict[tuple[str, datetime], Split] = {}
        self._ended: datetime | None = None
        self._queue: asyncio.Queue[OrderUpdate] = asyncio.Queue()

    def restore(
        self, fills: Iterable[Fill], splits: Iterable[Split], open_orders: Iterable[Order]
    ) -> None:
        """Take up where an earlier run ended; call it once, before anything else.

        Args:
            fills: Every fill of the account.
            splits: The splits of any symbols in any period. Those that lie behind the market's
                time, or behind the last fill, are booked; `apply_split` does not book them again.
            open_orders: The orders that have not ended; those not yet working never arrived here.
                An order's `market_time` says as of when
                its ticket is stated, so only later splits change it; whoever keeps a ticket that
                an update changed keeps the update's `at` as the order's `market_time`.
        """
        fills = sorted(fills, key=lambda fill: fill.at)
        reached = max([self._now(), *(fill.at for fill in fills[-1:])])
        behind = sorted(
            (split for split in splits if split.date <= reached), key=lambda split: split.date
        )
        for order in open_orders:
            if order.status is OrderStatus.WORKING:
                self._accept(order)
        waiting = list(fills)
        for split in behind:
            while waiting and waiting[0].at < split.date:
                self._restore_fill(waiting.pop(0))
            self.apply_split(split)
        for fill in waiting:
            self._restore_fill(fill)

    def _restore_fill(self, fill: Fill) -> None:
        self._ledger.book(fill)
        self._fills[fill.order_id] = self._fills.get(fill.order_id, 0) + 1
        self._working.pop(fill.order_id, None)  # killed between the fill and the order's row
        self._latest[fill.order_id] = OrderUpdate(
            fill.order_id, OrderStatus.FILLED, fill.at, fill=fill
        )

    async def submit(self, order: Order) -> OrderUpdate:
        """Accept `order`, and fill it at once if the market allows; the same id again does nothing.

        The fill is also announced by `updates`.
        """
        known = self._latest.get(order.id)
        if known is not None:
            return known
        if order.account != self._account:
            return self._say(order.id, OrderStatus.REJECTED, "The order is for another account.")
        self._accept(order)
        self._say(order.id, OrderStatus.WORKING)
        self._catch_up(self._working[order.id])
        working = self._working.get(order.id)
        quote = self._quotes.get(order.ticket.symbol)
        if quote is not None and working is not None:
            self._match(working, quote, self._now())
        return self._latest[order.id]

    def _accept(self, order: Order) -> None:
        self._working[order.id] = _Working(order, order.ticket, order.market_time)
        self._latest[order.id] = OrderUpdate(order.id, order.status, order.market_time)

    async def cancel(self, order_id: str) -> OrderUpdate:
        """Cancel a working order; of one that has ended, say how it ended.

        Raises:
            BrokerError: No such order was ever sent.
        """
        if self._working.pop(order_id, None) is not None:
            return self._say(order_id, OrderStatus.CANCELLED, "Cancelled as asked.")
        latest = self._latest.get(order_id)
        if latest is None:
            raise BrokerError(f"The paper broker has no order {order_id}.")
        return replace(latest, reason=f"Too late to cancel: the order is {latest.status}.")

    async def lookup(self, order_id: str) -> OrderUpdate | None:
        """Return the latest word on an order; None if it was never sent."""
        return self._latest.get(order_id)

    async def positions(self) -> list[Position]:
        """Return everything that is held."""
        return self._ledger.positions()

    async def cash(self) -> Decimal:
        """Return the money not invested."""
        return self._ledger.cash

    async def updates(self) -> AsyncIterator[OrderUpdate]:
        """Yield what happens to orders; each update goes to one listener."""
        while True:
            yield await self._queue.get()

    def take_quote(self, quote: Quote) -> None:
        """Fill what this quote fills. Older quotes and senseless prices are passed over."""
        prices = (quote.bid, quote.ask, quote.last)
        if not all(price.is_finite() and price > 0 for price in prices):
            return
        known = self._quotes.get(quote.symbol)
        if known is not None and quote.at < known.at:
            return
        if self._ended is not None and quote.at <= self._ended:
            return
        self._quotes[quote.symbol] = quote
        for working in list(self._working.values()):
            if working.ticket.symbol == quote.symbol:
                self._match(working, quote, quote.at)

    def end_session(self, at: datetime) -> None:
        """Close the market: day orders placed before `at` expire, and no quote up to `at` fills.

        Call it when a session closes, and at a start while the market is closed with the time of
        the last close, so that orders of a session that ended meanwhile expire too.
        """
        self._ended = at if self._ended is None else max(at, self._ended)
        self._quotes = {each: quote for each, quote in self._quotes.items() if quote.at > at}
        for working in list(self._working.values()):
            day = working.ticket.time_in_force is TimeInForce.DAY
            if day and working.order.market_time < at:
                del self._working[working.order.id]
                self._say(
                    working.order.id, OrderStatus.EXPIRED, "A day order; it did not fill in time."
                )

    def apply_split(self, split: Split) -> None:
        """Turn positions and working orders into new shares; a split that is booked does nothing.

        Call it before the first quote of the split's session.
        """
        key = (split.symbol, split.date)
        if key in self._splits:
            return
        self._splits[key] = split
        self._ledger.split(split)
        self._quotes.pop(split.symbol, None)  # a price of old shares
        for working in list(self._working.values()):
            if working.ticket.symbol == split.symbol and working.since < split.date:
                self._split_order(working, split)

    def _catch_up(self, working: _Working) -> None:
        """Restate an order that was written before a split and arrived after it."""
        for _, split in sorted(self._splits.items(), key=lambda each: each[0]):
            if split.symbol == working.ticket.symbol and working.since < split.date:
                self._split_order(working, split)

    def _split_order(self, working: _Working, split: Split) -> None:
        try:
            working.ticket = split_ticket(working.ticket, split.ratio)
        except OrderRejectedError as error:
            del self._working[working.order.id]
            reason = f"{split_words(split.ratio)} leaves no order that can be placed: {error}"
            self._say(working.order.id, OrderStatus.CANCELLED, reason)
            return
        working.since = split.date
        reason = f"{split_words(split.ratio)} changed the order: {ticket_words(working.ticket)}."
        self._announce(
            OrderUpdate(
                working.order.id,
                OrderStatus.WORKING,
                split.date,
                reason=reason,
                ticket=working.ticket,
            )
        )

    def _match(self, working: _Working, quote: Quote, at: datetime) -> None:
        ticket = working.ticket
        price = fill_on_quote(ticket, quote)
        if price is None:
            return
        if slips(ticket.type):
            price = self._costs.slipped(price, ticket.side)
        order_id = working.order.id
        number = self._fills.get(order_id, 0) + 1
        fill = Fill(
            id=f"{order_id}-{number}",
            order_id=order_id,
            account=self._account,
            symbol=ticket.symbol,
            side=ticket.side,
            quantity=ticket.quantity,
            price=price,
            commission=self._costs.commission(ticket.quantity, price),
            at=at,
        )
        del self._working[order_id]
        if not self._can_pay(fill):
            reason = (
                f"Not enough cash: the fill needs {-fill.cash_change:,.2f} "
                f"and there is {self._ledger.cash:,.2f}."
            )
            self._say(order_id, OrderStatus.REJECTED, reason)
            return
        self._ledger.book(fill)
        self._fills[order_id] = number
        # Who missed the word of a split still learns in which shares the order filled.
        changed = ticket if ticket != working.order.ticket else None
        self._announce(OrderUpdate(order_id, OrderStatus.FILLED, at, fill=fill, ticket=changed))

    def _can_pay(self, fill: Fill) -> bool:
        """Whether cash suffices; buying back what was sold short always may, even into debt."""
        if fill.side is Side.SELL or self._ledger.cash + fill.cash_change >= 0:
            return True
        position = self._ledger.position(fill.symbol)
        return position is not None and fill.quantity <= -position.quantity

    def _say(self, order_id: str, status: OrderStatus, reason: str = "") -> OrderUpdate:
        return self._announce(OrderUpdate(order_id, status, self._now(), reason=reason))

    def _announce(self, update: OrderUpdate) -> OrderUpdate:
        self._latest[update.order_id] = update
        self._queue.put_nowait(update)
        return update
