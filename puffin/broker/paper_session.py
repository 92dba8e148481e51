"""A paper account's market side: quotes, halts, closes, corporate actions, and restarts."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, cast

from puffin.broker.paper_books import PaperBooks
from puffin.broker.paper_desk import Desk
from puffin.broker.paper_expiry import expiry_order, has_expired, worth_at_expiry
from puffin.broker.paper_market import PaperMarket
from puffin.broker.paper_restore import Restorer
from puffin.broker.paper_settings import PaperSettings
from puffin.broker.paper_venue import MARGIN_CALL, closing_order, nights_after
from puffin.data.sessions import Calendar
from puffin.types import OrderStatus, OrderUpdate, TimeInForce

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime

    from puffin.broker.base import Activity
    from puffin.execution.costs import Costs
    from puffin.types import Fill, Order, Quote, Split

AFTER_HOURS = timedelta(hours=4)


class PaperSession:
    """What the market does to a paper account; `PaperBroker` has the arguments and the rest."""

    def __init__(
        self,
        account_id: str,
        cash: Decimal,
        costs: Costs,
        now: Callable[[], datetime],
        *,
        settings: PaperSettings | None = None,
        calendar: Calendar | None = None,
    ) -> None:
        self._account = account_id
        self._now = now
        self._settings = PaperSettings() if settings is None else settings
        self._hours = calendar
        self._hours_asked: Calendar | None = None
        self._market = PaperMarket(self._settings, calendar)
        self._books = PaperBooks(cash, self._settings, self._market.last)
        self._desk = Desk(
            account=account_id,
            costs=costs,
            settings=self._settings,
            market=self._market,
            books=self._books,
            now=now,
            say=self._announce,
        )
        self._latest: dict[str, OrderUpdate] = {}
        self._splits: set[tuple[str, datetime]] = set()
        self._last_equity: Decimal | None = None
        self._queue: asyncio.Queue[OrderUpdate] = asyncio.Queue()

    def take_quote(self, quote: Quote) -> None:
        """Fill what this quote fills. Older quotes and senseless prices are passed over."""
        self._desk.advance(quote.at)
        if not self._market.take(quote):
            return
        if self._market.moved_too_far(quote.symbol):
            until = quote.at + self._settings.halt_time
            self.halt(quote.symbol, f"{quote.symbol} moved too fast; trading is halted.", until)
        self._desk.match_symbol(quote.symbol, quote.at)

    def halt(self, symbol: str, reason: str, until: datetime | None = None) -> None:
        """Halt trading in a symbol: its orders are suspended until then, or until `resume`."""
        self._market.halt(symbol, until)
        self._desk.halt(symbol, reason)

    def resume(self, symbol: str) -> None:
        """Let a halted symbol trade again."""
        self._desk.resume(symbol, self._now())

    @property
    def ended(self) -> datetime | None:
        """When the latest session ended that this broker ended; None before one did."""
        return self._market.ended

    def end_session(self, at: datetime) -> None:
        """Close the market: day orders placed before `at` expire, and no quote up to `at` fills.

        Orders for the closing auction trade at the last price. With loans, the night is charged
        and equity looked at. Call it when a session closes, and at a start while the market is
        closed with the time of each close since, so that orders of a session that ended meanwhile
        expire too and every night is charged.
        """
        self._desk.advance(at)
        traded = self._market.traded()
        fresh = self._market.close(at)
        waiting = [each for each in self._desk.all() if each.order.market_time < at]
        for resting in waiting:
            symbol = resting.ticket.symbol
            price = self._market.last(symbol) if symbol in traded else None
            self._desk.auction([resting], TimeInForce.CLS, price, at)
        late = at if self._hours is None else at + AFTER_HOURS
        for resting in waiting:
            self._desk.end_day(resting, at, late)
        if fresh:
            self._night(at)

    def apply_split(self, split: Split) -> None:
        """Turn positions and working orders into new shares; a split that is booked does nothing.

        Call it before the first quote of the split's session.
        """
        key = (split.symbol, split.date)
        if key in self._splits:
            return
        self._splits.add(key)
        self._books.split(split)
        self._market.forget(split.symbol)  # a price of old shares
        self._desk.split(split)

    def pay_dividend(
        self, symbol: str, at: datetime, per_share: Decimal, *, held: Decimal | None = None
    ) -> Activity | None:
        """Pay a dividend on what is held, once; who is short pays it. None when nothing is held.

        Call it before the first quote of the session in which the shares trade without it, or
        later with what was `held` then, in the shares of `per_share`.
        """
        return self._books.dividend(symbol, at, per_share, held)

    def _night(self, at: datetime) -> None:
        """Settle options that expired, charge for loans, call them in if equity is too small."""
        for resting in self._desk.all():
            if any(has_expired(each, at) for each in resting.symbols):
                self._desk.end(resting, OrderStatus.EXPIRED, "The option expired.")
        for position in self._books.positions():
            worth = worth_at_expiry(position.symbol, at, self._market.last)
            if worth is not None:
                order = expiry_order(self._account, position, at, worth)
                self._desk.settle(order, worth, at)
        if self._settings.interest_rate or self._settings.borrow_rate:
            self._books.night(at, nights_after(at, self._calendar))
        self._last_equity = self._books.equity
        if not self._books.is_called():
            return
        for resting in self._desk.all():
            self._desk.end(resting, OrderStatus.CANCELLED, MARGIN_CALL)
        for position in self._books.positions():
            self._desk.place(closing_order(self._account, position, at))

    @property
    def _calendar(self) -> Calendar:
        if self._hours is None:
            self._hours_asked = self._hours_asked or Calendar.load()
            return self._hours_asked
        return self._hours

    def _announce(self, update: OrderUpdate) -> None:
        self._latest[update.order_id] = update
        self._queue.put_nowait(update)

    # What is kept, and taking it up again.

    def state(self) -> dict[str, object]:
        """Return what fills and orders do not tell, as plain values for `restore`.

        Trailing stops' marks, what is on its way, halts, and what may still trade: keep it when
        the market's time is kept, so that both speak of the same moment.
        """
        equity = None if self._last_equity is None else str(self._last_equity)
        return {
            "orders": self._desk.state(),
            "sequence": self._desk.sequence(),
            "market": self._market.state(),
            "last_equity": equity,
            "splits": sorted(split_key(*each) for each in self._splits),
        }

    def restore(
        self,
        fills: Iterable[Fill],
        splits: Iterable[Split],
        orders: Iterable[Order],
        activities: Iterable[Activity] = (),
        state: Mapping[str, object] | None = None,
    ) -> None:
        """Take up where an earlier run ended; call it once, before anything else.

        What was said but not stored is made up for: exits that are missing come back, and those
        that no longer fit their position change or end, by updates.

        Args:
            fills: Every fill of the account.
            splits: The splits of any symbols in any period. Those that lie behind the market's
                time, or behind the last fill, are booked; `apply_split` does not book them again.
            orders: The orders that have not ended, and ended ones that those replaced or hang on;
                those not yet working never arrived here. An order's `market_time` says as of when
                its ticket is stated, so only later splits change it; whoever keeps a ticket that
                an update changed keeps the update's `at` as the order's `market_time`.
            activities: Every dividend, fee and interest of the account.
            state: What `state` returned last.
        """
        kept = {} if state is None else state
        equity = cast("str | None", kept.get("last_equity"))
        self._last_equity = None if equity is None else Decimal(equity)
        for activity in activities:
            self._books.enter(activity)
        fills = sorted(fills, key=lambda fill: fill.at)
        reached = max([self._now(), *(fill.at for fill in fills[-1:])])
        behind = sorted(
            (split for split in splits if split.date <= reached), key=lambda split: split.date
        )
        orders = list(orders)
        restorer = Restorer(self._desk, orders, self._now())
        for order in orders:
            if order.status.is_terminal or restorer.knows(order):
                self._latest[order.id] = OrderUpdate(order.id, order.status, order.market_time)
        waiting = list(fills)
        for split in behind:
            while waiting and waiting[0].at < split.date:
                self._restore_fill(restorer, waiting.pop(0))
            self.apply_split(split)
        for fill in waiting:
            self._restore_fill(restorer, fill)
        self._market.restore(cast("dict[str, object]", kept.get("market", {})))
        self._desk.recall(cast("dict[str, dict[str, object]]", kept.get("orders", {})))
        everything = [split_key(each.symbol, each.date) for each in behind]
        booked = cast("list[str]", kept.get("splits", everything))
        for split in behind:
            if split_key(split.symbol, split.date) not in booked:
                self._market.forget(split.symbol)  # what was kept is a price of old shares
                self._desk.split_marks(split)
        self._desk.arrange(cast("list[str]", kept.get("sequence", [])))
        restorer.finish()

    def _restore_fill(self, restorer: Restorer, fill: Fill) -> None:
        self._books.book(fill)
        self._latest[fill.order_id] = restorer.fill(fill)


def split_key(symbol: str, at: datetime) -> str:
    """Return the name under which `PaperSession.state` keeps a split."""
    return f"{symbol} {at.isoformat()}"
