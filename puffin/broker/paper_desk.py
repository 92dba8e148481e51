"""The paper broker's desk: orders arrive, wait, fill, change and end, each with its family."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from puffin.broker.paper_floor import NO_ENTRY, OTHER_FILLED, Floor, leave, too_late
from puffin.broker.paper_matching import Deal, Matcher
from puffin.broker.paper_orders import CAN_FILL, Change, exits_of
from puffin.broker.splits import split_ticket, split_words, ticket_words
from puffin.errors import OrderRejectedError
from puffin.execution.fills import AT_ONCE, AUCTIONS, quantity_for
from puffin.execution.ledger import split_quantity
from puffin.types import (
    ZERO,
    Fill,
    OrderStatus,
    OrderType,
    OrderUpdate,
    TimeInForce,
    multiplier_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime
    from decimal import Decimal

    from puffin.broker.paper_books import PaperBooks
    from puffin.broker.paper_market import PaperMarket
    from puffin.broker.paper_orders import Family, Resting
    from puffin.broker.paper_settings import PaperSettings
    from puffin.execution.costs import Costs
    from puffin.types import Order, Split, Ticket

TOO_LATE = "A day order; it did not fill in time."
_ARRIVED = CAN_FILL | {OrderStatus.SUSPENDED}


class Desk(Floor):
    """Lets orders arrive, fill and change; books and market are told what it does."""

    def __init__(  # noqa: PLR0913 - the broker's parts, each given by name
        self,
        *,
        account: str,
        costs: Costs,
        settings: PaperSettings,
        market: PaperMarket,
        books: PaperBooks,
        now: Callable[[], datetime],
        say: Callable[[OrderUpdate], None],
    ) -> None:
        super().__init__(market, now, say)
        self._account = account
        self._costs = costs
        self._settings = settings
        self._books = books
        self._matcher = Matcher(market, costs)
        self._splits: list[Split] = []

    # Arriving.

    def submit(self, order: Order) -> OrderUpdate:
        """Take an order, with the exits it brings, and fill what fills at once.

        Returns the word that it was taken, or refused.
        """
        latency = self._settings.latency
        refused = "" if latency else self._refused(order.id)
        if refused:
            update = OrderUpdate(order.id, OrderStatus.REJECTED, self._now(), reason=refused)
            self._tell(update)
            return update
        resting = self.add(order)
        resting.status = OrderStatus.PENDING if latency else self._arrived(resting)
        resting.due = self._now() + latency if latency else None
        accepted = self._say(resting)
        exits = self.add_exits(resting)
        for each in (resting, *exits):
            self._catch_up(each)
        if resting.ticket.one_cancels_other and resting.family is not None:
            resting.family.room = resting.left
        if not latency:
            for each in (resting, *exits):
                self.match(each, self._now())
        return accepted

    def advance(self, at: datetime) -> None:
        """Let happen what was due by `at`: arrivals, changes, ends of halts and of lives."""
        for symbol in self._market.over(at):
            self.resume(symbol, at)
        while True:
            coming = [(each.due, each) for each in self._orders.values() if each.due is not None]
            coming += [
                (each.change.due, each) for each in self._orders.values() if each.change is not None
            ]
            first = min(coming, key=lambda each: (each[0], each[1].id), default=None)
            if first is None or first[0] > at:
                break
            due, resting = first
            if resting.due == due:
                self._arrive(resting, due)
            else:
                self._change(resting, due)
        for resting in self.all():
            if resting.expires is not None and resting.expires <= at:
                self.end(resting, OrderStatus.EXPIRED, TOO_LATE)

    def _arrive(self, resting: Resting, at: datetime) -> None:
        resting.due = None
        refused = self._refused(resting.id)
        if refused:
            self.end(resting, OrderStatus.REJECTED, refused)
            return
        resting.status = self._arrived(resting)
        self._say(resting)
        self.match(resting, at)

    def _refused(self, order_id: str) -> str:
        rate = self._settings.reject_rate
        if rate and self._market.chance(f"reject {order_id}") < rate:
            return "The exchange refused the order, as the settings let it do at random."
        return ""

    # Filling.

    def match_symbol(self, symbol: str, at: datetime) -> None:
        """Fill what the standing quote of `symbol` fills; first what its opening auction does."""
        waiting = self._by_symbol.get(symbol)
        opens = self._market.opens(symbol)
        if not waiting:
            return
        if opens:
            quote = self._market.quote(symbol)
            price = None if quote is None else quote.open or quote.last
            self.auction(list(waiting.values()), TimeInForce.OPG, price, at)
        for resting in list(waiting.values()):
            self.match(resting, at)

    def match(self, resting: Resting, at: datetime) -> None:
        """Fill what the standing quotes fill of an order."""
        if resting.id not in self._orders:
            return
        if self._may_fill(resting) and self._may_trade(resting):
            deals = self._matcher.on_quote(resting)
            if deals:
                self._book(resting, deals, at)
        at_once = resting.ticket.time_in_force in AT_ONCE and resting.status in _ARRIVED
        if at_once and resting.id in self._orders:
            done = resting.filled.normalize()
            words = f"only {done:f} filled" if done else "nothing filled"
            reason = f"To fill at once or not at all: {words}, and the rest is cancelled."
            self.end(resting, OrderStatus.CANCELLED, reason)

    def auction(
        self, waiting: Iterable[Resting], which: TimeInForce, price: Decimal | None, at: datetime
    ) -> None:
        """Fill the orders of an auction at `price`, and let those that do not fill expire."""
        for resting in waiting:
            if resting.ticket.time_in_force is not which or not self._may_fill(resting):
                continue
            deals = [] if price is None else self._matcher.in_auction(resting, price)
            if deals:
                self._book(resting, deals, at)
            if resting.id in self._orders:
                name = "opening" if which is TimeInForce.OPG else "closing"
                self.end(resting, OrderStatus.EXPIRED, f"It did not trade in the {name} auction.")

    def _may_fill(self, resting: Resting) -> bool:
        return resting.status in CAN_FILL and resting.due is None and resting.free > 0

    def _may_trade(self, resting: Resting) -> bool:
        ticket, market = resting.ticket, self._market
        if ticket.time_in_force in AUCTIONS:
            return False
        regular = all(map(market.is_regular, resting.symbols))
        return regular or (ticket.extended_hours and not ticket.legs)

    def _book(self, resting: Resting, deals: list[Deal], at: datetime) -> None:
        fills = [self._fill(resting, deal, place, at) for place, deal in enumerate(deals, 1)]
        refusal = self._books.refusal(fills)
        if refusal:
            status = OrderStatus.CANCELLED if resting.count else OrderStatus.REJECTED
            self.end(resting, status, refusal)
            return
        was = resting.ticket
        for fill in fills:
            self._books.book(fill)
            self._market.use(fill.symbol, fill.quantity)
            resting.take(fill)
        if resting.ticket.notional is not None:
            resting.ticket = _restated(resting, fills[-1], whole=deals[-1].whole)
        done = resting.filled >= resting.ticket.quantity
        resting.status = OrderStatus.FILLED if done else OrderStatus.PARTIAL
        if done:
            self._remove(resting)
        for fill in fills:
            last = fill is fills[-1]
            status = resting.status if last else OrderStatus.PARTIAL
            # Who missed the word of a split still learns in which shares the order filled.
            told = resting.ticket != was or (done and resting.ticket != resting.order.ticket)
            self._say(resting, status, at, fill=fill, restated=last and told)
        if done and resting.change is not None and resting.change.order is not None:
            self._refuse_change(resting.change.order, too_late(resting))
        if resting.family is not None:
            self._filled(resting, resting.family, fills[0].quantity, at)

    def _fill(self, resting: Resting, deal: Deal, place: int, at: datetime) -> Fill:
        unit = deal.price * multiplier_of(deal.symbol)
        return Fill(
            id=f"{resting.id}-{resting.count + place}",
            order_id=resting.id,
            account=self._account,
            symbol=deal.symbol,
            side=deal.side,
            quantity=deal.quantity,
            price=deal.price,
            commission=self._costs.commission(deal.quantity, unit),
            at=at,
        )

    def _filled(self, resting: Resting, family: Family, quantity: Decimal, at: datetime) -> None:
        done, is_exit = resting.id not in self._orders, resting.is_exit
        if is_exit:
            family.room = max(family.room - quantity, ZERO)
        else:
            family.room += quantity
        if done:
            leave(resting, family)
        for each in self.fit(family, at, OTHER_FILLED if is_exit else NO_ENTRY):
            self.match(each, at)

    def settle(self, order: Order, price: Decimal, at: datetime) -> None:
        """Tell of an order of the broker's own and fill it at `price`, whatever the market."""
        self.place(order)
        ticket = order.ticket
        deal = Deal(ticket.symbol, ticket.side, ticket.quantity, price, whole=True)
        resting = self._orders[order.id]
        self._book(resting, [deal], at)

    # Changing and ending.

    def cancel(self, resting: Resting) -> None:
        """Cancel an order, or set its cancellation on its way."""
        if resting.change is not None:
            if resting.change.order is None:
                return
            self._refuse_change(resting.change.order, "Not replaced: the order is cancelled.")
            resting.change = None
        if self._settings.latency and resting.status is not OrderStatus.HELD:
            resting.change = Change(self._now() + self._settings.latency)
            self._say(resting)
            return
        self.end(resting, OrderStatus.CANCELLED, "Cancelled as asked.")

    def withdraw(self, order_id: str) -> bool:
        """Stop an order on its way to another's place, which stays; False if there is none."""
        for resting in self._orders.values():
            change = resting.change
            if change is not None and change.order is not None and change.order.id == order_id:
                resting.change = None
                reason = "Cancelled as asked; the order it was to replace stays."
                self._tell(OrderUpdate(order_id, OrderStatus.CANCELLED, self._now(), reason=reason))
                self._say(resting)
                return True
        return False

    def replace(self, resting: Resting, changed: Order) -> None:
        """Put `changed` in an order's place, or set it on its way there."""
        changed = replace(changed, parent=resting.order.parent, replaces=resting.id)
        if self._settings.latency and resting.status is not OrderStatus.HELD:
            due = self._now() + self._settings.latency
            resting.change = Change(due, changed, resting.filled)
            self._say(resting)
            self._tell(OrderUpdate(changed.id, OrderStatus.PENDING, self._now()))
            return
        self._exchange(resting, changed, self._now())

    def end_day(self, resting: Resting, at: datetime, late: datetime) -> None:
        """Let a day order expire at the close `at`, or one for extended hours when `late`."""
        if resting.ticket.time_in_force is not TimeInForce.DAY:
            return
        if resting.ticket.extended_hours and late > at:
            resting.expires = resting.expires or late
        else:
            self.end(resting, OrderStatus.EXPIRED, TOO_LATE)

    def _change(self, resting: Resting, at: datetime) -> None:
        change, resting.change = resting.change, None
        if change is not None and change.order is not None:
            self._exchange(resting, change.order, at, change.filled)
        else:
            self.end(resting, OrderStatus.CANCELLED, "Cancelled as asked.")

    def _exchange(
        self, old: Resting, changed: Order, at: datetime, filled: Decimal | None = None
    ) -> None:
        meanwhile = ZERO if filled is None else old.filled - filled
        if meanwhile and (changed.ticket.notional or meanwhile >= changed.ticket.quantity):
            self._refuse_change(changed, "Too late to replace: as much has filled meanwhile.")
            self._say(old, at=at)
            return
        new = self.add(changed, old.family)
        if meanwhile:
            new.ticket = replace(new.ticket, quantity=new.ticket.quantity - meanwhile)
        new.status = OrderStatus.WORKING if old.status is OrderStatus.PARTIAL else old.status
        new.due = old.due
        if new.ticket.type is OrderType.TRAILING:
            new.mark = old.mark
        self._remove(old)
        old.status, old.family = OrderStatus.REPLACED, None
        self._say(old, at=at, reason="Replaced as asked.")
        self._say(new, at=at, restated=bool(meanwhile))
        self._catch_up(new)
        family = new.family
        if family is None:
            self.add_exits(new)
        else:
            if family.entry is old:
                family.entry = new
            else:
                family.exits[family.exits.index(old)] = new
            self._move_exits(family, changed, at)
            self.fit(family, at, NO_ENTRY)
        self.match(new, at)

    def _move_exits(self, family: Family, entry: Order, at: datetime) -> None:
        """Give exits the prices that the changed entry names for them."""
        for order in exits_of(entry):
            ticket = order.ticket
            for each in family.exits:
                same = (each.ticket.stop_price is None) == (ticket.stop_price is None)
                moved = replace(ticket, quantity=each.ticket.quantity)
                if same and moved != each.ticket:
                    each.ticket = moved
                    self._say(each, at=at, reason="Its entry was changed.", restated=True)

    # What happens to symbols.

    def halt(self, symbol: str, reason: str) -> None:
        """Suspend the orders of a symbol that was halted."""
        for resting in list(self._by_symbol.get(symbol, {}).values()):
            if resting.status in CAN_FILL:
                resting.status = OrderStatus.SUSPENDED
                self._say(resting, reason=reason)

    def resume(self, symbol: str, at: datetime) -> None:
        """Let the orders of a symbol work again, unless another leg's symbol is halted."""
        if not self._market.resume(symbol):
            return
        for resting in list(self._by_symbol.get(symbol, {}).values()):
            halted = any(map(self._market.is_halted, resting.symbols))
            if resting.status is OrderStatus.SUSPENDED and not halted:
                resting.status = OrderStatus.PARTIAL if resting.filled else OrderStatus.WORKING
                self._say(resting, reason=f"{symbol} trades again.")
                self.match(resting, at)

    def split(self, split: Split) -> None:
        """Restate the orders of a symbol and what their families may still trade."""
        self._splits = sorted([*self._splits, split], key=lambda each: each.date)
        waiting = list(self._by_symbol.get(split.symbol, {}).values())
        families = {id(each.family): each.family for each in waiting if each.family is not None}
        for family in families.values():
            family.room = split_quantity(family.room, split.ratio)
        for resting in waiting:
            self._split_order(resting, split)

    def _catch_up(self, resting: Resting) -> None:
        """Restate an order that was written before a split and arrived after it."""
        for split in self._splits:
            self._split_order(resting, split)

    def _split_order(self, resting: Resting, split: Split) -> None:
        ticket = resting.ticket
        if ticket.symbol != split.symbol or ticket.legs or resting.since >= split.date:
            return
        if resting.id not in self._orders:
            return
        words = split_words(split.ratio)
        try:
            resting.ticket = split_ticket(ticket, split.ratio, resting.filled)
        except OrderRejectedError as error:
            reason = f"{words} leaves no order that can be placed: {error}"
            self.end(resting, OrderStatus.CANCELLED, reason)
            return
        if resting.mark is not None:
            resting.mark /= split.ratio
        reason = f"{words} changed the order: {ticket_words(resting.ticket)}."
        self._say(resting, at=split.date, reason=reason, restated=True)


def _restated(resting: Resting, fill: Fill, *, whole: bool) -> Ticket:
    """Return the ticket of an order for an amount with the quantity that its fills came to."""
    quantity = resting.filled
    if not whole:
        quantity += quantity_for(resting.left, fill.price * multiplier_of(fill.symbol))
    return replace(resting.ticket, quantity=quantity)
