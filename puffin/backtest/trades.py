"""Round trips: from the fill that opens a position to the fill that closes it, or a part of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, overload

from typing_extensions import override

from puffin.backtest import layout as at
from puffin.data.times import moment
from puffin.types import Side

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from puffin.measures import Floats, Times

WORDS = {
    at.MARKET: "Market order",
    at.LIMIT: "Limit order",
    at.STOP: "Stop order",
    at.STOP_LIMIT: "Stop-limit order",
    at.EXIT: "Exit signal",
    at.HELD_LONG_ENOUGH: "Held for as long as it should be",
    at.STOP_LOSS: "Stop loss",
    at.TRAILING_STOP: "Trailing stop",
    at.TAKE_PROFIT: "Take profit",
    at.REVERSED: "Entry the other way",
    at.MARGIN_CALL: "Margin call: equity no longer covered the position",
    at.USED_UP: "The account was used up",
}


@dataclass(frozen=True, slots=True)
class RoundTrip:
    """A trade. While it is open, exit time and price are None and profit is at the last close.

    Selling a part of a position is a trade of that part; buying more raises or lowers the average
    entry price. `side` is how it was opened. `profit` is after the commissions of both ends and
    after `fees`, which are what borrowing cost meanwhile; `return_` is profit over what the entry
    cost. `mae` and `mfe` are the worst and the best the price went against and for it while it was
    held, as shares of the entry price.
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
    fees: float = 0.0

    @property
    def is_open(self) -> bool:
        """Whether it had not been closed when the data ended."""
        return self.exit_time is None


class Trades(Sequence[RoundTrip]):
    """The trades of a run, kept as a table and made into records when they are looked at.

    `wanted` are the targets that were followed, if there were any; `notes` are a strategy's own
    reasons, by row and kind.
    """

    def __init__(
        self,
        table: Floats,
        time: Times,
        wanted: Floats = at.NOTHING,
        notes: Mapping[tuple[int, int], str] | None = None,
    ) -> None:
        self.table = table
        self._time = time
        self._wanted = wanted
        self._notes = dict(notes or {})

    @override
    def __len__(self) -> int:
        return len(self.table)

    @overload
    def __getitem__(self, place: int) -> RoundTrip: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[RoundTrip, ...]: ...
    @override
    def __getitem__(self, place: int | slice) -> RoundTrip | tuple[RoundTrip, ...]:
        if isinstance(place, slice):
            return tuple(self._trip(row.tolist()) for row in self.table[place])
        return self._trip(self.table[place].tolist())

    @override
    def __iter__(self) -> Iterator[RoundTrip]:
        return (self._trip(row) for row in self.table.tolist())

    @override
    def __eq__(self, other: object) -> bool:
        if not isinstance(other, (Trades, tuple)):
            return NotImplemented
        return tuple(self) == tuple(other)

    @override
    def __hash__(self) -> int:
        return hash(self.table.tobytes())

    @property
    def closed(self) -> Floats:
        """The rows of the table whose trades ended."""
        return self.table[self.table[:, at.TRADE_EXIT] >= 0]

    @property
    def traded(self) -> float:
        """The value of everything that was bought and sold."""
        size = abs(self.table[:, at.TRADE_QUANTITY])
        closed = self.table[:, at.TRADE_EXIT] >= 0
        value = size * (self.table[:, at.TRADE_PRICE] + self.table[:, at.TRADE_LEFT_AT] * closed)
        return float(value.sum())

    def _trip(self, row: list[float]) -> RoundTrip:
        entry, end, quantity, price = int(row[0]), int(row[1]), row[2], row[3]
        is_open, is_long, size = end < 0, quantity > 0, abs(quantity)
        profit = row[at.TRADE_PROFIT]
        down = min(0.0, row[at.TRADE_LOW] / price - 1)
        up = max(0.0, row[at.TRADE_HIGH] / price - 1)
        return RoundTrip(
            entry_time=moment(int(self._time[entry])),
            exit_time=None if is_open else moment(int(self._time[end])),
            side=Side.BUY if is_long else Side.SELL,
            quantity=size,
            entry_price=price,
            exit_price=None if is_open else row[at.TRADE_LEFT_AT],
            profit=profit,
            return_=profit / (size * price),
            commission=row[at.TRADE_COMMISSION],
            mae=down if is_long else -up,
            mfe=up if is_long else -down,
            bars=(len(self._time) - 1 if is_open else end) - entry,
            entry_reason=self._words(row[at.TRADE_WHY], row[at.TRADE_WHY_ROW]),
            exit_reason="" if is_open else self._words(row[at.TRADE_END], row[at.TRADE_END_ROW]),
            fees=row[at.TRADE_FEES],
        )

    def _words(self, kind: float, decided: float) -> str:
        row, why = int(decided), int(kind)
        note = self._notes.get((row, why))
        if note is not None:
            return note
        if why != at.TARGET:
            return WORDS[why]
        before = self._wanted[row - 1] if row else 0.0
        return f"Target from {before:+.0%} to {self._wanted[row]:+.0%}"
