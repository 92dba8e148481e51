"""What is held, what it is worth now, and what the day has made of it."""

from __future__ import annotations

import logging
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, cast

from puffin.data.sessions import EXCHANGE
from puffin.execution.costs import Costs
from puffin.execution.ledger import Ledger
from puffin.execution.lots import Lots
from puffin.risk.facts import price_of
from puffin.types import ZERO, Fill, OrderStatus, Side, Split, multiplier_of
from puffling.core.errors import StoreError
from puffling.core.events import ActivityBooked, FillBooked, FillVoided, PortfolioChanged
from puffling.services.order_opening import OPENING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from puffin.broker.base import Activity
    from puffin.execution.lots import Lot
    from puffin.types import Order, Position, Quote
    from puffling.core.bus import EventBus
    from puffling.services.book import Book
    from puffling.services.market import MarketService
    from puffling.services.quotes import QuoteService
    from puffling.store.accounts import Account
    from puffling.store.state import StateStore

log = logging.getLogger(__name__)

OPENINGS = "session openings"
OPENINGS_KEPT = 10
# Kinds of activities that are not simply money in or out as profit or loss.
SPLIT, TRANSFER = "split", "transfer"


@dataclass(frozen=True, slots=True)
class PositionRow:
    """One position with its prices; what cannot be known without a quote is None."""

    position: Position
    last: Decimal | None
    value: Decimal | None
    unrealised: Decimal | None
    unrealised_ratio: Decimal | None
    day_profit: Decimal | None
    weight: Decimal | None
    at: datetime | None  # when the quote was made, market time

    @property
    def symbol(self) -> str:
        """What is held."""
        return self.position.symbol


@dataclass(frozen=True, slots=True)
class Portfolio:
    """The account at one moment. `equity` is None while a position has no quote: partly unknown.

    `exposure` is what all positions are worth together, long or short; `buying_power` is cash
    less what waiting buy orders may take and short positions keep as security. `day_profit`
    counts from the session's opening equity, and is None while that is not known.
    """

    account: str
    mode: str
    currency: str
    starting_cash: Decimal
    cash: Decimal
    equity: Decimal | None
    opening_equity: Decimal | None
    day_profit: Decimal | None
    realised: Decimal
    exposure: Decimal | None
    buying_power: Decimal
    rows: tuple[PositionRow, ...]
    unpriced: tuple[str, ...]
    at: datetime

    @property
    def day_ratio(self) -> Decimal | None:
        """The day's profit as a share of the opening equity."""
        if self.day_profit is None or not self.opening_equity:
            return None
        return self.day_profit / self.opening_equity

    @property
    def equity_text(self) -> str:
        """Why there is no equity, in words; empty when there is one."""
        if not self.unpriced:
            return ""
        return f"Partly unknown: no quote for {', '.join(self.unpriced)}"


class PortfolioService:
    """Positions from fills and splits, valued by the quotes of now."""

    def __init__(
        self,
        book: Book,
        quotes: QuoteService,
        market: MarketService,
        state: StateStore,
        bus: EventBus,
    ) -> None:
        self._book = book
        self._quotes = quotes
        self._market = market
        self._state = state
        self._bus = bus
        self.costs = Costs()
        self._ledger, self._lots = Ledger(ZERO), Lots()
        self._account: Account | None = None
        self._today: dict[str, list[Fill]] = defaultdict(list)
        self._openings: dict[str, Decimal] = {}
        self._splits: dict[tuple[str, datetime], Split] = {}
        self._counted: set[str] = set()
        bus.subscribe(FillBooked, self._booked)
        bus.subscribe(FillVoided, self._voided)
        bus.subscribe(ActivityBooked, self._activity_booked)

    def load(self, account: Account, splits: Iterable[Split], costs: Costs) -> None:
        """Rebuild cash and positions of `account` from fills, activities and splits."""
        self._account = account
        self.costs = costs
        self._splits = {(each.symbol, each.date): each for each in splits}
        self._rebuild()
        kept = cast("dict[str, str]", self._state.get(self._openings_key) or {})
        self._openings = {day: Decimal(value) for day, value in kept.items()}
        self._bus.publish(PortfolioChanged())

    def _rebuild(self) -> None:
        """Book everything anew, in the order in which it happened."""
        self._ledger, self._lots = Ledger(self.account.starting_cash), Lots()
        self._today.clear()
        self._counted.clear()
        for each in self._steps():
            if isinstance(each, Fill):
                self._take(each)
            elif isinstance(each, Split):
                self._divide(each)
            else:
                self._happen(each)

    @property
    def account(self) -> Account:
        """The account in use."""
        if self._account is None:
            raise RuntimeError("No account is open yet")
        return self._account

    @property
    def cash(self) -> Decimal:
        """Cash after every fill."""
        return self._ledger.cash

    def position(self, symbol: str) -> Position | None:
        """Return what is held of `symbol`; None when nothing is."""
        return self._ledger.position(symbol)

    def positions(self) -> list[Position]:
        """Return everything held, by symbol."""
        return sorted(self._ledger.positions(), key=lambda each: each.symbol)

    def split(self, split: Split) -> None:
        """Change a position as a split does: more shares, each worth less; each split once."""
        if (split.symbol, split.date) in self._splits:
            return
        self._splits[split.symbol, split.date] = split
        self._divide(split)
        self._bus.publish(PortfolioChanged())

    def lots(self) -> list[Lot]:
        """Return what is held, purchase by purchase, first in first out, in the shares of today."""
        return self._lots.open()

    def _steps(self) -> list[Split | Activity | Fill]:
        """Return what changed the account in the order in which it took effect; splits first."""
        steps: list[tuple[datetime, int, Split | Activity | Fill]] = [
            *((each.date, 0, each) for each in self._splits.values()),
            *((each.at, 1, each) for each in self._book.activities()),
            *((each.at, 2, each) for each in self._book.fills()),
        ]
        return [each for _, _, each in sorted(steps, key=lambda step: step[:2])]

    def splits(self) -> list[Split]:
        """Return the splits that have taken effect, oldest first."""
        return sorted(self._splits.values(), key=lambda each: each.date)

    def session_opens(self) -> None:
        """Note what the account is worth as the session opens; the day's profit counts from it.

        Called before the session's splits and quotes are taken in, so the last session's closing
        prices value the positions.
        """
        self._today.clear()
        equity = self._equity()
        if equity is not None and self._day not in self._openings:
            self._note_opening(equity)

    def reserved(self) -> Decimal:
        """Return what working buy orders may still take from the cash."""
        return sum(map(self._reserve, self._book.open()), start=ZERO)

    def snapshot(self) -> Portfolio:
        """Return the account as it is now."""
        held = self.positions()
        quotes = {each.symbol: self._quotes.last(each.symbol) for each in held}
        unpriced = tuple(symbol for symbol, quote in quotes.items() if quote is None)
        equity, opening = self._equity(), self._opening()
        rows = tuple(self._row(each, quotes[each.symbol], equity) for each in held)
        return Portfolio(
            account=self.account.id,
            mode=str(self.account.mode),
            currency="USD",
            starting_cash=self.account.starting_cash,
            cash=self._ledger.cash,
            equity=equity,
            opening_equity=opening,
            day_profit=None if equity is None or opening is None else equity - opening,
            realised=self._ledger.realised,
            exposure=None if unpriced else sum((abs(each.value or ZERO) for each in rows), ZERO),
            buying_power=max(ZERO, self._ledger.cash - self.reserved() - self._security()),
            rows=rows,
            unpriced=unpriced,
            at=self._market.now(),
        )

    def _equity(self) -> Decimal | None:
        equity = self._ledger.cash
        for each in self._ledger.positions():
            quote = self._quotes.last(each.symbol)
            if quote is None:
                return None
            equity += each.value(quote.last)
        return equity

    def _row(self, position: Position, quote: Quote | None, equity: Decimal | None) -> PositionRow:
        if quote is None:
            return PositionRow(position, None, None, None, None, None, None, None)
        value = position.value(quote.last)
        cost = abs(position.value(position.average_cost))
        unrealised = position.unrealised(quote.last)
        return PositionRow(
            position,
            quote.last,
            value,
            unrealised,
            unrealised / cost if cost else None,
            self._day_profit(position, quote),
            value / equity if equity else None,
            quote.at,
        )

    def _day_profit(self, position: Position, quote: Quote) -> Decimal | None:
        traded, paid = self._day_so_far(position.symbol)
        held_over = position.quantity - traded
        now = position.value(quote.last) + paid
        if not held_over:
            return now
        if quote.previous_close is None:
            return None
        return now - held_over * quote.previous_close * multiplier_of(position.symbol)

    def _opening(self) -> Decimal | None:
        """Return the stored opening equity; after a crash, work it out from previous closes."""
        if self._day in self._openings:
            return self._openings[self._day]
        opening = self._ledger.cash
        for symbol in {each.symbol for each in self._ledger.positions()} | set(self._today):
            traded, paid = self._day_so_far(symbol)
            opening -= paid
            position = self._ledger.position(symbol)
            held_over = (position.quantity if position is not None else ZERO) - traded
            if not held_over:
                continue
            quote = self._quotes.last(symbol)
            if quote is None or quote.previous_close is None:
                return None
            opening += held_over * quote.previous_close * multiplier_of(symbol)
        self._note_opening(opening)
        return opening

    def _day_so_far(self, symbol: str) -> tuple[Decimal, Decimal]:
        """Return today's signed quantity traded and what it did to cash."""
        fills = self._today.get(symbol, [])
        traded = sum((each.side.sign * each.quantity for each in fills), start=ZERO)
        return traded, sum((each.cash_change for each in fills), start=ZERO)

    def _note_opening(self, equity: Decimal) -> None:
        self._openings[self._day] = equity
        latest = sorted(self._openings)[-OPENINGS_KEPT:]
        self._openings = {day: self._openings[day] for day in latest}
        kept = {day: str(value) for day, value in self._openings.items()}
        try:
            self._state.put(self._openings_key, kept)
        except StoreError as error:  # it holds here, and can be worked out after a restart
            log.warning("The opening equity of %s is not stored: %s", self._day, error)

    @property
    def _day(self) -> str:
        return self._market.today().isoformat()

    @property
    def _openings_key(self) -> str:
        return f"{OPENINGS} {self.account.id}"

    def _reserve(self, order: Order) -> Decimal:
        ticket, quantity = order.ticket, order.remaining
        quote = self._quotes.last(ticket.symbol)
        market = quote.ask if quote is not None else ticket.stop_price or ticket.limit_price
        if ticket.side is Side.SELL or market is None or order.status is OrderStatus.HELD:
            return ZERO
        price = price_of(ticket, market, self.costs)
        return quantity * price * ticket.multiplier + self.costs.commission(quantity, price)

    def _security(self) -> Decimal:
        """Return what short positions keep: the proceeds of their sale and as much again."""
        short = [each for each in self._ledger.positions() if each.quantity < 0]
        quotes = {each.symbol: self._quotes.last(each.symbol) for each in short}
        return sum(
            (
                -2 * each.value(quote.last)
                for each in short
                if (quote := quotes[each.symbol]) is not None
            ),
            start=ZERO,
        )

    def _booked(self, event: FillBooked) -> None:
        fill = event.fill
        if fill.account != self.account.id or fill.id in self._counted:
            return
        if self._book.fills()[-1:] == [fill]:
            self._take(fill)
        else:  # it came late: the average cost depends on the order
            self._rebuild()
        self._bus.publish(PortfolioChanged())

    def _voided(self, event: FillVoided) -> None:
        if event.fill.id in self._counted:
            self._rebuild()
            self._bus.publish(PortfolioChanged())

    def _activity_booked(self, event: ActivityBooked) -> None:
        activity = event.activity
        self._rebuild()
        if activity.kind == TRANSFER and self._day in self._openings:
            self._note_opening(self._openings[self._day] + activity.amount)  # no profit of the day
        self._bus.publish(PortfolioChanged())

    def _happen(self, activity: Activity) -> None:
        """Take what is no fill into cash and positions."""
        if activity.kind == OPENING:
            self._book_in(_as_fill(activity, self.account.id))
        elif activity.kind == SPLIT:
            held = self._ledger.position(activity.symbol)
            self._divide(_as_split(activity, ZERO if held is None else held.quantity))
        elif activity.kind == TRANSFER:
            self._ledger.deposit(activity.amount)
        else:
            self._ledger.pay(activity.amount, activity.symbol)

    def _book_in(self, fill: Fill) -> None:
        self._ledger.book(fill)
        self._lots.book(fill)

    def _divide(self, split: Split) -> None:
        self._ledger.split(split)
        self._lots.split(split)

    def _take(self, fill: Fill) -> None:
        self._book_in(fill)
        self._counted.add(fill.id)
        if fill.at.astimezone(EXCHANGE).date() == self._market.today():
            self._today[fill.symbol].append(fill)


def _as_fill(activity: Activity, account: str) -> Fill:
    """Return what was held already as if it had been bought, or sold short, at its cost."""
    size = abs(activity.quantity)
    side = Side.BUY if activity.quantity > 0 else Side.SELL
    price = abs(activity.amount) / (size * multiplier_of(activity.symbol))
    return Fill(activity.id, "", account, activity.symbol, side, size, price, ZERO, activity.at)


def _as_split(activity: Activity, held: Decimal) -> Split:
    """Return the split that makes `held` grow by what the broker says it grew."""
    after = held + activity.quantity
    return Split(activity.symbol, activity.at, after / held if held and after else Decimal(1))
