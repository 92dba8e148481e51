"""Lots: which purchase each sale closed, first in first out or at average cost, to the cent."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from puffin.execution.ledger import split_quantity
from puffin.types import multiplier_of

if TYPE_CHECKING:
    from datetime import datetime
    from decimal import Decimal

    from puffin.types import Fill, Split


class Matching(StrEnum):
    """Which of the open lots a closing fill takes."""

    FIFO = "first in, first out"
    AVERAGE = "average cost"


@dataclass(frozen=True, slots=True)
class Lot:
    """What is left of an opening fill; of all of them when lots are kept at average cost.

    Args:
        quantity: Signed: below zero it was sold short.
        cost: What it was traded for, without commission and multiplier; signed as `quantity` is.
        commission: What is left of the commission paid to open it.
        opened_at: When its first fill was.
        fill: The id of that fill, `order` the id of its order.
    """

    symbol: str
    quantity: Decimal
    cost: Decimal
    commission: Decimal
    opened_at: datetime
    fill: str
    order: str

    @property
    def price(self) -> Decimal:
        """What one unit was traded for."""
        return self.cost / self.quantity

    def unrealised(self, price: Decimal) -> Decimal:
        """Profit or loss if closed at `price`, without any commission."""
        return (self.quantity * price - self.cost) * multiplier_of(self.symbol)


@dataclass(frozen=True, slots=True)
class ClosedLot:
    """A lot, or a part of one, that a later fill closed.

    Args:
        quantity: Signed as it was held: above zero it was long.
        cost: What it was opened for and `proceeds` what it was closed for, without commission
            and multiplier; both signed as `quantity` is.
        commission: What was paid on this part at its opening and at its close.
    """

    symbol: str
    quantity: Decimal
    cost: Decimal
    proceeds: Decimal
    commission: Decimal
    opened_at: datetime
    closed_at: datetime
    opening_fill: str
    closing_fill: str
    opening_order: str
    closing_order: str

    @property
    def opened_price(self) -> Decimal:
        """What one unit was opened for, in the shares of the close."""
        return self.cost / self.quantity

    @property
    def closed_price(self) -> Decimal:
        """What one unit was closed for."""
        return self.proceeds / self.quantity

    @property
    def profit(self) -> Decimal:
        """What it earned, commissions paid."""
        return (self.proceeds - self.cost) * multiplier_of(self.symbol) - self.commission


class Lots:
    """Books fills and splits one after the other and says what each fill closed.

    Whatever the matching, `sum of profits of closed lots + unrealised of open ones - commission of
    open ones` is what the fills did to cash plus the value of what is held. Only the time at which
    a profit was taken depends on the matching.
    """

    def __init__(self, matching: Matching = Matching.FIFO) -> None:
        self._matching = matching
        self._open: dict[str, deque[Lot]] = {}

    def open(self, symbol: str | None = None) -> list[Lot]:
        """Return what is held, oldest first within a symbol: of one symbol, or of all of them."""
        symbols = sorted(self._open) if symbol is None else [symbol]
        return [lot for each in symbols for lot in self._open.get(each, ())]

    def book(self, fill: Fill) -> list[ClosedLot]:
        """Take a fill in; return what it closed, oldest first.

        A fill that goes through zero closes everything and opens the other side; its commission
        is shared between both by quantity.
        """
        lots = self._open.setdefault(fill.symbol, deque())
        left, paid = fill.side.sign * fill.quantity, fill.commission
        closed = []
        while left and lots and lots[0].quantity * left < 0:
            lot = lots.popleft()
            part = lot if abs(lot.quantity) <= abs(left) else _part(lot, -left)
            if part is not lot:
                lots.appendleft(_less(lot, part))
            after = left + part.quantity
            share = paid * -part.quantity / left if after else paid
            closed.append(_closed(part, fill, share))
            left, paid = after, paid - share
        if left:
            self._add(lots, fill, left, paid)
        return closed

    def split(self, split: Split) -> list[Lot]:
        """Turn each old share into `ratio` new ones; return lots that rounding left nothing of."""
        gone: list[Lot] = []
        lots = self._open.get(split.symbol, deque())
        for _ in range(len(lots)):
            lot = lots.popleft()
            changed = replace(lot, quantity=split_quantity(lot.quantity, split.ratio))
            if changed.quantity:
                lots.append(changed)
            else:
                gone.append(lot)
        return gone

    def _add(self, lots: deque[Lot], fill: Fill, quantity: Decimal, commission: Decimal) -> None:
        cost = quantity * fill.price
        if self._matching is Matching.AVERAGE and lots:
            (lot,) = lots
            lots[0] = replace(
                lot,
                quantity=lot.quantity + quantity,
                cost=lot.cost + cost,
                commission=lot.commission + commission,
            )
            return
        lots.append(Lot(fill.symbol, quantity, cost, commission, fill.at, fill.id, fill.order_id))


def _part(lot: Lot, quantity: Decimal) -> Lot:
    share = quantity / lot.quantity
    return replace(lot, quantity=quantity, cost=lot.cost * share, commission=lot.commission * share)


def _less(lot: Lot, part: Lot) -> Lot:
    return replace(
        lot,
        quantity=lot.quantity - part.quantity,
        cost=lot.cost - part.cost,
        commission=lot.commission - part.commission,
    )


def _closed(lot: Lot, fill: Fill, commission: Decimal) -> ClosedLot:
    return ClosedLot(
        symbol=lot.symbol,
        quantity=lot.quantity,
        cost=lot.cost,
        proceeds=lot.quantity * fill.price,
        commission=lot.commission + commission,
        opened_at=lot.opened_at,
        closed_at=fill.at,
        opening_fill=lot.fill,
        closing_fill=fill.id,
        opening_order=lot.order,
        closing_order=fill.order_id,
    )
