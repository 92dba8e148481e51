"""Weights followed through time: what is bought and sold of each symbol, bar by bar.

A weight that changed is sized as in a run over one symbol: with the commission of all of it inside
the money. One that is only brought back trades the difference in value, so that costs are paid for
that alone. Within a bar everything that frees money comes first (what is closed, then what is made
smaller), then what is opened or made larger, symbol by symbol in their order. An order of a symbol
that has no bar waits for its next one. Between two decisions nothing can happen but that prices
move, so those rows are gone through at once.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import numpy as np

from puffin.backtest import layout as at
from puffin.backtest.portfolio_account import Book

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from puffin.backtest.settings import BacktestSettings
    from puffin.data.universe import Universe
    from puffin.measures import Floats

    Flags: TypeAlias = NDArray[np.bool_]

AT_ONCE = 512  # rows between two looks at whether the person wants to stop
NOTHING = 1e-9  # a change of less than this share of equity is rounding


class Wishes(NamedTuple):
    """What is wanted: weights in force at each close [n, k], and when they are looked at.

    `share` is the part of equity that a weight of 1 means, before leverage. `band` is how far a
    weight may drift before all are brought back, infinite if as far as it likes; `only_changes`:
    weights that stay the same are not traded at a look.
    """

    weights: Floats
    looks: Flags
    share: float
    only_changes: bool
    band: float


class Followed(NamedTuple):
    """What came of it: equity, shares [n, k], each symbol's trades, whose orders still wait."""

    equity: Floats
    positions: Floats
    tables: list[Floats]
    unfilled: list[int]


class Follower:
    """Goes through the rows of a universe with one account."""

    def __init__(self, universe: Universe, settings: BacktestSettings, wishes: Wishes) -> None:
        self.settings, self.wishes, self.mask = settings, wishes, universe.mask
        self.time, self.volume = universe.time, universe.volume
        self.low, self.high = universe.low, universe.high
        marks = universe.last_close
        # Before a symbol's first bar nothing of it can be held: 0 keeps NaN out of sums.
        self.at_close = np.where(np.isnan(marks), 0.0, marks)
        before = np.vstack([np.zeros((1, marks.shape[1])), self.at_close[:-1]])
        self.at_open = np.where(universe.mask, universe.open, before)
        self.book = Book(universe, settings)
        self.scale = settings.leverage * wishes.share
        self.worth = self.gross = 0.0
        changes = np.diff(wishes.weights, axis=0, prepend=0.0) != 0
        self.acts = wishes.looks & (changes.any(axis=1) | (not wishes.only_changes))
        self.changes: Flags = changes
        count = len(universe.symbols)
        self.aiming = np.zeros(count, np.bool_)
        self.aim = np.zeros(count)
        self.aim_row = np.zeros(count, np.int64)
        self.goal = np.full(count, np.nan)
        self.new = np.zeros(count, np.bool_)
        self.called = 0
        self.calling: Flags = np.zeros(count, np.bool_)
        self.call_row = 0
        self.dead = False
        self.equity = np.empty(len(universe))
        self.positions = np.zeros(universe.mask.shape)

    def run(self, tell: Callable[[float], None]) -> Followed:
        """Go through all rows; `tell` hears how far along it is, and may raise to stop."""
        count, row, told = len(self.time), 0, 0
        while row < count:
            if row - told >= AT_ONCE:
                told = row
                tell(row / count)
            row = self._calm(row) if self._is_calm() else row
            if row < count:
                self._bar(row)
                row += 1
        self.book.mark(self.at_close[-1])
        unfilled = np.flatnonzero(self.aiming & ~self.dead).tolist()
        return Followed(self.equity, self.positions, self.book.tables(), unfilled)

    def _is_calm(self) -> bool:
        """Whether nothing but prices can move until the next look."""
        if self.dead and not self.calling.any():
            return True
        lends = self.settings.lends and bool(self.book.held.any())
        return not (lends or self.aiming.any() or self.calling.any())

    def _calm(self, row: int) -> int:
        """Go through rows up to the next one on which something is decided; return that one."""
        stop = min(len(self.time), row + AT_ONCE)
        if not self.dead:
            acts = self.acts[row:stop]
            stop = row + int(acts.argmax()) if acts.any() else stop
        held = self.book.held
        values = self.at_close[row:stop] * held
        equity = self.book.cash + values.sum(axis=1)
        bad = self._uncovered(equity, np.abs(values).sum(axis=1))
        if math.isfinite(self.wishes.band):
            bad = bad | self._drifted(slice(row, stop), values, equity)
        if bad.any():
            stop = row + int(bad.argmax())
            equity = equity[: stop - row]
        self.equity[row:stop] = equity
        self.positions[row:stop] = held
        if stop > row and held.any():
            self._watch(slice(row, stop))
        return stop

    def _bar(self, row: int) -> None:
        """Go through one row on which something may happen."""
        book = self.book
        if row and self.settings.lends and book.held.any():
            years = float(self.time[row] - self.time[row - 1]) / at.DAY_NS / at.DAYS_OF_INTEREST
            book.lend(years, self.at_close[row - 1])
        room = np.full(len(book.held), np.inf)
        if self.settings.participation is not None:
            room = self.settings.participation * self.volume[row]
            if self.settings.whole_shares:
                room = np.floor(room + at.WHOLE)
        if self.calling.any():
            self._close_out(row)
        if not self.dead:
            self._trade(row, self.at_open[row], room)
            if book.held.any():
                self._watch(slice(row, row + 1))
            self._decide(row)
            if self.settings.at_close:
                self._trade(row, self.at_close[row], room)
        self._mark(row)

    def _decide(self, row: int) -> None:
        if not self.wishes.looks[row]:
            return
        wanted, changed = self.wishes.weights[row], self.changes[row]
        every = not self.wishes.only_changes
        if not every and math.isfinite(self.wishes.band):
            values = (self.at_close[row] * self.book.held)[None, :]
            equity = np.array([self.book.equity(self.at_close[row])])
            every = bool(self._drifted(slice(row, row + 1), values, equity)[0])
        if every:
            changed = changed | (wanted != 0) | (self.book.held != 0)
        self.aiming[changed] = True
        self.new[changed] = self.changes[row, changed]
        self.aim[changed] = wanted[changed]
        self.aim_row[changed] = row
        self.goal[changed] = np.nan

    def _drifted(self, rows: slice, values: Floats, equity: Floats) -> Flags:
        """Return on which rows a weight is further off than the band, unless it is on its way."""
        money = np.maximum(equity, 0.0) * self.scale
        share = np.divide(
            values, money[:, None], out=np.zeros_like(values), where=money[:, None] > 0
        )
        off = np.abs(share - self.wishes.weights[rows]) > self.wishes.band
        off &= ~self.aiming
        return np.asarray(off.any(axis=1) & self.wishes.looks[rows])

    def _uncovered(self, equity: Floats, gross: Floats) -> Flags:
        return np.asarray((gross > 0) & (equity <= self.settings.maintenance_share * gross))

    def _mark(self, row: int) -> None:
        book, marks = self.book, self.at_close[row]
        equity = book.equity(marks)
        self.equity[row], self.positions[row] = equity, book.held
        gross = book.gross(marks)
        bad = gross > 0 and equity <= self.settings.maintenance_share * gross
        if bad and not self.calling.any():
            self.called = at.USED_UP if equity <= 0 else at.MARGIN_CALL
            self.calling, self.call_row = book.held != 0, row

    def _close_out(self, row: int) -> None:
        """Close everything that has a price now, because equity no longer covers it."""
        for which in np.flatnonzero(self.calling & self.mask[row]).tolist():
            raw = float(self.at_open[row, which])
            size = abs(float(self.book.held[which]))
            self.book.give(row, which, size, raw, (self.called, self.call_row))
            self.calling[which] = False
        self.dead = self.called == at.USED_UP
        self.aiming[:] = False

    def _watch(self, rows: slice) -> None:
        """Remember how far prices went for and against each position."""
        book = self.book
        on = book.held != 0
        low = np.fmin.reduce(self.low[rows], axis=0)
        high = np.fmax.reduce(self.high[rows], axis=0)
        book.low = np.where(on, np.fmin(book.low, low), book.low)
        book.high = np.where(on, np.fmax(book.high, high), book.high)

    def _trade(self, row: int, marks: Floats, room: Floats) -> None:
        """Fill what can be filled at these prices."""
        places = np.flatnonzero(self.aiming & self.mask[row]).tolist()
        if not places:
            return
        equity = self.book.equity(marks)
        for which in places:
            self._shrink(row, which, float(marks[which]), equity, room)
        equity = self.worth = self.book.equity(marks)
        self.gross = self.book.gross(marks)
        for which in places:
            if self.aiming[which]:
                self._grow(row, which, float(marks[which]), equity, room)

    def _shrink(self, row: int, which: int, raw: float, equity: float, room: Floats) -> None:
        """Close what is on the other side, or make a position smaller."""
        held, aim = float(self.book.held[which]), float(self.aim[which])
        if not held:
            self.aiming[which] = aim != 0
            return
        if held * aim <= 0:
            size = abs(held)
        else:
            if math.isnan(self.goal[which]):
                smaller = self._fewer(row, which, raw, equity)
                if smaller >= abs(held):
                    return
                self.goal[which] = math.copysign(smaller, held)
            size = abs(held) - abs(float(self.goal[which]))
        part = min(size, float(room[which]))
        if part > 0:
            room[which] -= part
            self.book.give(row, which, part, raw, (at.TARGET, int(self.aim_row[which])))
        if 0 < size <= part and held * aim >= 0:
            self.aiming[which] = False

    def _fewer(self, row: int, which: int, raw: float, equity: float) -> float:
        """Return how many shares to keep of what is held on the side that is wanted."""
        money, held = (
            abs(float(self.aim[which])) * equity * self.scale,
            float(self.book.held[which]),
        )
        if self.new[which]:
            sign, most = (1 if held > 0 else -1), equity * self.settings.leverage
            return self._affordable(row, which, raw, sign, (money, most))
        if money >= abs(held) * raw - NOTHING * abs(equity):
            return abs(held)
        return self.book.whole(max(0.0, money / raw))

    def _grow(self, row: int, which: int, raw: float, equity: float, room: Floats) -> None:
        """Open a position, or make it larger, as far as the money goes."""
        book, aim = self.book, float(self.aim[which])
        held, sign = float(book.held[which]), (1 if aim > 0 else -1)
        if held * aim < 0 or not aim:
            return  # what is left on the other side waits for the next bar's volume
        free, cut = self.worth * self.settings.leverage - self.gross, False
        if math.isnan(self.goal[which]):
            money, has = abs(aim) * equity * self.scale, abs(held) * raw
            cut = free < money - has and self._sells_later(row)
            if self.new[which]:
                size = self._affordable(row, which, raw, sign, (money, free + has)) - abs(held)
            elif money - has <= NOTHING * abs(equity):
                size = 0.0
            else:
                size = self._affordable(row, which, raw, sign, (money - has, free))
            size = max(0.0, size)
            self.goal[which] = np.nan if cut else held + sign * size
        else:
            size = abs(float(self.goal[which])) - abs(held)
            if size <= 0:
                return  # it is being made smaller
            price = book.moved(row, which, raw, sign, size)
            size = book.whole(min(size, book.rates.affordable(free, price)))
        part = min(size, float(room[which]))
        if part > 0:
            room[which] -= part
            cash = book.cash
            price = book.moved(row, which, raw, sign, part)
            book.take(row, which, sign * part, price, int(self.aim_row[which]))
            self.worth += book.cash - cash + sign * part * raw
            self.gross += part * raw
        self.aiming[which] = cut or part < size

    def _sells_later(self, row: int) -> bool:
        """Whether something that is to be closed has no bar now, and so no money for others yet."""
        away = self.aiming & ~self.mask[row]
        return bool((away & (self.book.held * self.aim <= 0) & (self.book.held != 0)).any())

    def _affordable(
        self, row: int, which: int, raw: float, sign: int, money: tuple[float, float]
    ) -> float:
        """Return how many shares may be added for the smaller of two sums."""
        book = self.book
        price = book.moved(row, which, raw, sign, 0.0)
        size = min(book.rates.affordable(each, price) for each in money)
        if book.rates.impact > 0:
            worse = book.moved(row, which, raw, sign, size)
            size = min(size, book.rates.affordable(money[1], worse))
        return book.whole(size)
