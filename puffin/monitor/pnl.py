"""Profit and loss from what really happened: fills, splits and the account's other activities.

Nothing here looks at a price that was not traded. At any prices of what is held,
`starting cash + transfers + net + unrealised == cash + value of what is held`.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from puffin.data.sessions import exchange_date
from puffin.execution.lots import Matching
from puffin.monitor.trips import TripBook
from puffin.types import ZERO, Fill, Split

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime
    from decimal import Decimal

    from puffin.broker.base import Activity
    from puffin.execution.lots import ClosedLot, Lot
    from puffin.monitor.trips import RoundTrip

__all__ = ["Statement", "state"]

DIVIDEND, FEE, INTEREST, TRANSFER, SPLIT = "dividend", "fee", "interest", "transfer", "split"
_SPLIT_FIRST, _FILL_THEN, _REST_LAST = 0, 1, 2  # of the same moment


@dataclass(frozen=True, slots=True)
class Statement:
    """What an account did.

    Args:
        trips: Every round trip, the oldest first.
        pieces: Every closing, lot by lot.
        lots: What is held.
        realised: What closings brought, before commissions.
        commissions: What fills cost.
        dividends: What was paid on shares, less what was paid for borrowed ones.
        interest: Interest, negative when it was paid.
        fees: Other charges, positive when they cost something.
        other: Money that came or went under a word of the broker's own.
        transfers: Money from and to outside; no profit.
        cash_change: What all of it did to cash.
        notes: What a reader should know, in sentences.
    """

    trips: tuple[RoundTrip, ...]
    pieces: tuple[ClosedLot, ...]
    lots: tuple[Lot, ...]
    realised: Decimal
    commissions: Decimal
    dividends: Decimal
    interest: Decimal
    fees: Decimal
    other: Decimal
    transfers: Decimal
    cash_change: Decimal
    notes: tuple[str, ...] = ()

    @property
    def net(self) -> Decimal:
        """What was realised after every cost, with dividends and interest."""
        income = self.dividends + self.interest + self.other
        return self.realised + income - self.commissions - self.fees

    def unrealised(self, prices: Mapping[str, Decimal]) -> Decimal | None:
        """Return what is held would bring at these prices; None if one of them is missing."""
        if any(each.symbol not in prices for each in self.lots):
            return None
        return sum((each.unrealised(prices[each.symbol]) for each in self.lots), ZERO)


def state(
    fills: Iterable[Fill],
    splits: Iterable[Split] = (),
    activities: Iterable[Activity] = (),
    *,
    matching: Matching = Matching.FIFO,
) -> Statement:
    """Return what fills, splits and activities made of an account.

    Fills of the same moment are taken in the order given, which is that in which they were
    booked. A split counts before the fills of its moment. An activity that tells of a split that
    is known already is passed over.
    """
    books: dict[str, TripBook] = {}
    sums: dict[str, Decimal] = defaultdict(lambda: ZERO)
    notes: list[str] = []
    splits = list(splits)
    known = {(each.symbol, exchange_date(each.date)) for each in splits}
    steps: list[tuple[datetime, int, Split | Fill | Activity]] = [
        *((each.date, _SPLIT_FIRST, each) for each in splits),
        *((each.at, _FILL_THEN, each) for each in fills),
        *((each.at, _REST_LAST, each) for each in activities),
    ]
    for _, _, step in sorted(steps, key=lambda each: each[:2]):
        if isinstance(step, Fill):
            book = books.setdefault(step.symbol, TripBook(step.symbol, matching))
            book.take(step)
            sums["commissions"] += step.commission
            sums["cash"] += step.cash_change
        elif isinstance(step, Split):
            if step.symbol in books:
                books[step.symbol].split(step)
        else:
            _take(step, books, sums, known, notes)
    trips = [trip for book in books.values() for trip in book.trips]
    pieces = [piece for book in books.values() for piece in book.pieces]
    return Statement(
        trips=tuple(sorted(trips, key=lambda each: each.opened_at)),
        pieces=tuple(sorted(pieces, key=lambda each: each.closed_at)),
        lots=tuple(lot for symbol in sorted(books) for lot in books[symbol].lots),
        realised=sum((each.profit for each in trips), ZERO),
        commissions=sums["commissions"],
        dividends=sums[DIVIDEND],
        interest=sums[INTEREST],
        fees=-sums[FEE],
        other=sums["other"],
        transfers=sums[TRANSFER],
        cash_change=sums["cash"],
        notes=tuple(notes),
    )


_OWN: Final = frozenset({DIVIDEND, FEE, INTEREST, TRANSFER})


def _take(
    activity: Activity,
    books: dict[str, TripBook],
    sums: dict[str, Decimal],
    known: set[tuple[str, date]],
    notes: list[str],
) -> None:
    sums["cash"] += activity.amount
    sums[activity.kind if activity.kind in _OWN else "other"] += activity.amount
    book = books.get(activity.symbol)
    if activity.kind == DIVIDEND and book is not None:
        book.pay(activity.amount, activity.at)
    if activity.kind != SPLIT or (activity.symbol, exchange_date(activity.at)) in known:
        return
    held = ZERO if book is None else book.quantity
    after = held + activity.quantity
    if book is None or not held or after * held <= 0:
        notes.append(f"A split of {activity.symbol} could not be followed: nothing of it is held.")
        return
    book.split(Split(activity.symbol, activity.at, after / held))
