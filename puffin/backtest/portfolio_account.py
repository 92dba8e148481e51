"""Cash shared by many symbols, what is held of each, and the trades that closed."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from puffin.backtest import layout as at

if TYPE_CHECKING:
    from puffin.backtest.settings import BacktestSettings
    from puffin.data.universe import Universe
    from puffin.measures import Floats


class Book:
    """One account over many symbols; it does what it is told at the price it is told.

    Columns have one number for each symbol: `held` signed shares, `price` what they cost on
    average, `paid` and `fees` what commissions and borrowing cost since they were bought, `entry`
    the row of that, `low` and `high` the prices they went through.
    """

    def __init__(self, universe: Universe, settings: BacktestSettings) -> None:
        count = len(universe.symbols)
        self.settings = settings
        self.rates = settings.costs.rates
        self.volume = universe.volume
        self.cash = float(settings.capital)
        self.held = np.zeros(count)
        self.price = np.zeros(count)
        self.paid = np.zeros(count)
        self.fees = np.zeros(count)
        self.low = np.zeros(count)
        self.high = np.zeros(count)
        self.entry = np.zeros(count, np.int64)
        self.why_row = np.zeros(count, np.int64)
        self.trades: list[list[tuple[float, ...]]] = [[] for _ in range(count)]

    def whole(self, size: float) -> float:
        """Round down to whole shares, if shares are whole."""
        return float(math.floor(size + at.WHOLE)) if self.settings.whole_shares else size

    def moved(self, row: int, which: int, raw: float, sign: int, size: float) -> float:
        """Return what an order for `size` really gets when the market says `raw`."""
        return self.rates.slipped(raw, sign, size, float(self.volume[row, which]))

    def equity(self, marks: Floats) -> float:
        """Return what everything is worth at these prices; those of what is not held are 0."""
        return self.cash + float(self.held @ marks)

    def gross(self, marks: Floats) -> float:
        """Return what is held, long and short, at these prices."""
        return float(np.abs(self.held) @ marks)

    def take(self, row: int, which: int, change: float, price: float, decided: int) -> None:
        """Open a position, or add to it."""
        paid = self.rates.commission(abs(change), price)
        self.cash -= change * price + paid
        held = float(self.held[which])
        if held:
            cost = held * float(self.price[which]) + change * price
            self.price[which] = cost / (held + change)
            self.paid[which] += paid
        else:
            self.entry[which], self.why_row[which] = row, decided
            self.price[which], self.paid[which], self.fees[which] = price, paid, 0.0
            self.low[which] = self.high[which] = price
        self.held[which] = held + change

    def give(self, row: int, which: int, size: float, raw: float, why: tuple[int, int]) -> None:
        """Close `size` shares at the market and write the trade down; `why` is kind and row."""
        held = float(self.held[which])
        sign = 1 if held > 0 else -1
        part, price = sign * size, self.moved(row, which, raw, -sign, size)
        share = part / held
        paid, fees = float(self.paid[which]) * share, float(self.fees[which]) * share
        cost = self.rates.commission(size, price)
        profit = part * (price - float(self.price[which])) - (paid + cost) - fees
        self._write(which, (row, part, price, profit, paid + cost, fees, *why))
        self.cash += part * price - cost
        self.held[which] = held - part
        self.paid[which] -= paid
        self.fees[which] -= fees

    def lend(self, years: float, marks: Floats) -> None:
        """Charge for the night: borrowed shares, and borrowed money to those who are held on it."""
        fees = self.settings.borrow_rate * np.maximum(-self.held, 0.0) * marks * years
        owed = self.settings.interest_rate * max(0.0, -self.cash) * years
        value = np.maximum(self.held, 0.0) * marks
        total = float(value.sum())
        if owed > 0 and total > 0:
            fees += owed * value / total
        self.cash -= float(fees.sum())
        self.fees += fees

    def mark(self, prices: Floats) -> None:
        """Write down the positions that are still open, at the last prices."""
        for which in np.flatnonzero(self.held).tolist():
            held, price = float(self.held[which]), float(prices[which])
            paid, fees = float(self.paid[which]), float(self.fees[which])
            profit = held * (price - float(self.price[which])) - paid - fees
            self._write(which, (-1, held, price, profit, paid, fees, 0, -1))

    def tables(self) -> list[Floats]:
        """Return the trades of each symbol, in the columns of `layout`."""
        return [np.array(rows, np.float64).reshape(-1, at.TRADE_COLUMNS) for rows in self.trades]

    def _write(self, which: int, closed: tuple[float, ...]) -> None:
        row, part, price, profit, paid, fees, kind, decided = closed
        low, high = min(float(self.low[which]), price), max(float(self.high[which]), price)
        began = (int(self.entry[which]), row, part, float(self.price[which]), price)
        end = (at.TARGET, int(self.why_row[which]), kind, decided)
        self.trades[which].append((*began, profit, paid, fees, low, high, *end))
