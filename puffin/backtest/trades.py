"""Round trips: from the fill that opens a position to the fill that closes it, or a part of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from puffin.types import Side

if TYPE_CHECKING:
    from datetime import datetime

    from puffin.data.bars import Bars


@dataclass(frozen=True, slots=True)
class RoundTrip:
    """A trade. While it is open, exit time and price are None and profit is at the last close.

    Selling a part of a position is a trade of that part; buying more raises or lowers the average
    entry price. `side` is how it was opened. `profit` is after the commissions of both ends,
    `return_` is profit over what the entry cost. `mae` and `mfe` are the worst and the best the
    price went against and for it while it was held, as shares of the entry price.
    """

    entry_time: datetime
    exit_time: datetime | None
    side: Side
    quantity: float
    entry_price: float
    exit_price: float | None
    profit: float
    return_: float
    commission: float
    mae: float
    mfe: float
    bars: int
    entry_reason: str
    exit_reason: str

    @property
    def is_open(self) -> bool:
        """Whether it had not been closed when the data ended."""
        return self.exit_time is None


@dataclass(slots=True)
class Opened:
    """A position since it was opened; `quantity` is signed, `commission` is what its entry cost."""

    row: int
    quantity: float
    price: float
    commission: float
    reason: str

    def add(self, quantity: float, price: float, commission: float) -> None:
        """Take more on at `price`; the entry price becomes the average."""
        total = self.quantity + quantity
        self.price = (self.quantity * self.price + quantity * price) / total
        self.quantity = total
        self.commission += commission


class TradeBook:
    """Makes round trips from fills, one position at a time."""

    def __init__(self, bars: Bars) -> None:
        self._bars = bars
        self._open: Opened | None = None
        self.trades: list[RoundTrip] = []

    def open(
        self, row: int, quantity: float, price: float, *, commission: float, reason: str
    ) -> None:
        """Open a position of a signed quantity, or add to the one there is."""
        if self._open is None:
            self._open = Opened(row, quantity, price, commission, reason)
        else:
            self._open.add(quantity, price, commission)

    def close(
        self, row: int, quantity: float, price: float, *, commission: float, reason: str
    ) -> None:
        """Close a signed part of the position, or all of it."""
        held = self._open
        if held is None:
            raise ValueError("nothing is open")
        share = quantity / held.quantity
        paid = held.commission * share
        self.trades.append(
            self._trip(held, quantity, price, commission=paid + commission, end=row, reason=reason)
        )
        held.quantity -= quantity
        held.commission -= paid
        if not held.quantity:
            self._open = None

    def mark(self) -> None:
        """Report the position that is still open, at the last close."""
        held, bars = self._open, self._bars
        if held is not None:
            last = float(bars.close[-1])
            self.trades.append(
                self._trip(held, held.quantity, last, commission=held.commission, end=None)
            )

    def _trip(
        self,
        held: Opened,
        quantity: float,
        price: float,
        *,
        commission: float,
        end: int | None,
        reason: str = "",
    ) -> RoundTrip:
        bars, size = self._bars, abs(quantity)
        row = len(bars) if end is None else end
        profit = quantity * (price - held.price) - commission
        # Of the bar it closes on, only the opening price was seen.
        low = min(float(bars.low[held.row : row].min()), price)
        high = max(float(bars.high[held.row : row].max()), price)
        down, up = min(0.0, low / held.price - 1), max(0.0, high / held.price - 1)
        is_long = quantity > 0
        return RoundTrip(
            entry_time=bars.when(held.row),
            exit_time=None if end is None else bars.when(end),
            side=Side.BUY if is_long else Side.SELL,
            quantity=size,
            entry_price=held.price,
            exit_price=None if end is None else price,
            profit=profit,
            return_=profit / (size * held.price),
            commission=commission,
            mae=down if is_long else -up,
            mfe=up if is_long else -down,
            bars=(len(bars) - 1 if end is None else end) - held.row,
            entry_reason=held.reason,
            exit_reason=reason,
        )
