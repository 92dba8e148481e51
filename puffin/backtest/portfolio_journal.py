"""A portfolio followed again, telling what it does on one row and why it does no more."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from typing_extensions import override

from puffin.backtest import layout as at
from puffin.backtest.portfolio_account import Book
from puffin.backtest.portfolio_loop import Follower
from puffin.backtest.reasons import price_words, share_words
from puffin.data.times import moment

if TYPE_CHECKING:
    from puffin.backtest.portfolio_loop import Wishes
    from puffin.backtest.settings import BacktestSettings
    from puffin.data.universe import Universe
    from puffin.measures import Floats

ROUNDING = 5e-4  # of the money: less is not told as a difference


class SymbolDeal(NamedTuple):
    """Something bought (`quantity` above zero) or sold, and on which row that was decided."""

    which: int
    quantity: float
    price: float
    commission: float
    decided: int


class ToldBook(Book):
    """A book that writes down every deal."""

    def __init__(self, universe: Universe, settings: BacktestSettings) -> None:
        super().__init__(universe, settings)
        self.deals: list[SymbolDeal] = []

    @override
    def take(self, row: int, which: int, change: float, price: float, decided: int) -> None:
        cost = self.rates.commission(abs(change), price)
        self.deals.append(SymbolDeal(which, change, price, cost, decided))
        super().take(row, which, change, price, decided)

    @override
    def give(self, row: int, which: int, size: float, raw: float, why: tuple[int, int]) -> None:
        sign = 1 if self.held[which] > 0 else -1
        price = self.moved(row, which, raw, -sign, size)
        cost = self.rates.commission(size, price)
        self.deals.append(SymbolDeal(which, -sign * size, price, cost, why[1]))
        super().give(row, which, size, raw, why)


class TellingFollower(Follower):
    """A follower that is asked about one row; it goes through every row up to there.

    `events` are sentences about the whole account, `told` those about each symbol.
    """

    def __init__(
        self, universe: Universe, settings: BacktestSettings, wishes: Wishes, asked: int
    ) -> None:
        super().__init__(universe, settings, wishes)
        self.book = self._told_book = ToldBook(universe, settings)
        self.asked = asked
        self.events: list[str] = []
        self.told: list[list[str]] = [[] for _ in universe.symbols]
        self.deals: list[SymbolDeal] = []
        self._where = "open"

    def follow(self) -> None:
        """Go through the rows, the one asked about as the last."""
        for row in range(self.asked + 1):
            self._told_book.deals.clear()
            self._where = "open"
            if row == self.asked:
                self._begin(row)
            self._bar(row)
        self.deals = list(self._told_book.deals)
        if self.calling.any():
            self.events.append(
                f"At the close equity of {self.equity[self.asked]:,.2f} no longer covers what is "
                "held: everything is closed at the next open."
            )

    def share(self, row: int) -> Floats:
        """Return what is held of each symbol at a close, of the money that may be used."""
        marks = self.at_close[row]
        money = max(0.0, self.book.equity(marks)) * self.scale
        held = self.book.held * marks
        return held / money if money > 0 else np.zeros_like(held)

    def _begin(self, row: int) -> None:
        if self.dead:
            self.events.append("The account was used up before; nothing is done any more.")
        for which in np.flatnonzero(self.aiming & ~self.mask[row]).tolist():
            self.told[which].append(f"Its order {self._since(which)} waits: there is no bar today.")

    @override
    def _close_out(self, row: int) -> None:
        told = row == self.asked
        waits = np.flatnonzero(self.calling & ~self.mask[row]).tolist() if told else ()
        super()._close_out(row)
        if not told:
            return
        self.events.append("Equity no longer covered what was held at the close before.")
        for deal in self._told_book.deals:
            size, price = share_words(abs(deal.quantity)), price_words(deal.price)
            self.told[deal.which].append(f"It was closed at the open: {size} at {price}.")
        for which in waits:
            self.told[which].append("It is to be closed, and there is no bar today.")

    @override
    def _trade(self, row: int, marks: Floats, room: Floats) -> None:
        if row != self.asked:
            super()._trade(row, marks, room)
            return
        places = np.flatnonzero(self.aiming & self.mask[row]).tolist()
        held, known = self.book.held.copy(), len(self._told_book.deals)
        super()._trade(row, marks, room)
        deals = self._told_book.deals[known:]
        for which in places:
            mine = [each for each in deals if each.which == which]
            self.told[which].extend(self._done(each) for each in mine)
            left = self._left(row, which, float(held[which]), marks, traded=bool(mine))
            if left:
                self.told[which].append(left)

    @override
    def _decide(self, row: int) -> None:
        before = self.share(row) if row == self.asked else None
        self._where = "close"  # whatever is traded after this
        super()._decide(row)
        if before is None:
            return
        if not self.wishes.looks[row]:
            self.events.append("The schedule does not look at this close: nothing is decided.")
            return
        fresh = self.aiming & (self.aim_row == row)
        if not fresh.any():
            self.events.append("Nothing has to be changed after this close.")
        when = "at this close" if self.settings.at_close else "at the next open"
        for which in np.flatnonzero(fresh).tolist():
            aim, now = float(self.aim[which]), float(before[which])
            if self.changes[row, which]:
                last = float(self.wishes.weights[row - 1, which]) if row else 0.0
                said = f"At the close its weight goes from {last:+.1%} to {aim:+.1%}"
            elif abs(aim - now) < ROUNDING:
                continue
            else:
                said = f"At the close it is to be brought back from {now:+.1%} to {aim:+.1%}"
            self.told[which].append(f"{said}; that is done {when}.")

    def _left(self, row: int, which: int, held: float, marks: Floats, *, traded: bool) -> str:
        """Return why no more was done for a symbol whose order could fill; nothing if it did."""
        aim, share = float(self.aim[which]), self.settings.participation
        if self.aiming[which]:
            if share is not None and self._used_up(row, which):
                volume = float(self.volume[row, which])
                return (
                    f"The rest goes on with the next bar: at most {share:.0%} of the volume of "
                    f"{volume:,.0f} may be traded."
                )
            return "The rest waits until what is to be sold first has a bar."
        if traded:
            return ""
        if not aim and not held:
            return "Nothing of it was held, so there was nothing to sell."
        if held * aim > 0:
            return "What was held came to its weight already."
        return self._nothing(which, marks)

    def _nothing(self, which: int, marks: Floats) -> str:
        """Return why what is wanted comes to no share at all."""
        equity, price = max(0.0, self.book.equity(marks)), price_words(float(marks[which]))
        money = abs(float(self.aim[which])) * equity * self.scale
        free = max(0.0, self.worth * self.settings.leverage - self.gross)
        less = f", of which {free:,.2f} was left" if free < money else ""
        return (
            f"It was not filled: its weight is {money:,.2f}{less}, and a share costs {price} and "
            "its commission."
        )

    def _used_up(self, row: int, which: int) -> bool:
        """Whether the volume that may be traded on a row was."""
        share = self.settings.participation or math.inf
        most = self.book.whole(share * float(self.volume[row, which]))
        done = sum(abs(each.quantity) for each in self._told_book.deals if each.which == which)
        return most - done < (1 if self.settings.whole_shares else at.WHOLE)

    def _done(self, deal: SymbolDeal) -> str:
        what = "Bought" if deal.quantity > 0 else "Sold"
        size, price = share_words(abs(deal.quantity)), price_words(deal.price)
        decided = self._decided(deal.decided, deal.which)
        return f"{what} {size} at {price}, at the {self._where}, {decided}."

    def _decided(self, row: int, which: int) -> str:
        day = moment(int(self.time[row]))
        weight = float(self.wishes.weights[row, which])
        return f"for the weight of {weight:+.1%} of {day.day} {day:%b %Y}"

    def _since(self, which: int) -> str:
        return self._decided(int(self.aim_row[which]), which)
