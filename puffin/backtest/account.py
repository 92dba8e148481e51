"""Cash, one position and its trades, in plain Python: what `kernel_fills.py` does compiled."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from puffin.backtest import layout as at
from puffin.backtest.sizing import Moment, Record
from puffin.execution.lending import borrow_fee, interest

if TYPE_CHECKING:
    from puffin.backtest.layout import Prices
    from puffin.backtest.settings import BacktestSettings

    Money: TypeAlias = tuple[float, float, float]  # profit, commission, fees
    Why: TypeAlias = tuple[int, int]  # the kind, and the row on which it was decided

NAN = math.nan


class Columns(NamedTuple):
    """Prices as lists, which Python reads faster than arrays."""

    time: list[int]
    open: list[float]
    high: list[float]
    low: list[float]
    close: list[float]
    volume: list[float]
    volatility: list[float]

    @classmethod
    def of(cls, prices: Prices) -> Columns:
        """Read arrays."""
        return cls(*(each.tolist() for each in prices))


class Account:
    """An account that holds one symbol, and does what it is told at the price it is told.

    `inside` says how the position was entered on this bar: 0 before or at the open, 1 by a limit,
    2 by a stop, 3 at the close; `fresh`, that nothing was held before. `room` is how many shares
    the bar still takes.
    """

    __slots__ = (
        "cash",
        "columns",
        "count",
        "entry",
        "fees",
        "fresh",
        "held",
        "high",
        "hold",
        "inside",
        "left",
        "losses",
        "lost",
        "low",
        "paid",
        "peak",
        "price",
        "rates",
        "room",
        "settings",
        "share",
        "size",
        "start",
        "stop_loss",
        "take_profit",
        "trades",
        "trail",
        "why",
        "why_row",
        "wins",
        "won",
    )

    def __init__(self, columns: Columns, settings: BacktestSettings) -> None:
        self.columns = columns
        self.settings = settings
        self.rates = settings.costs.rates
        self.size = settings.size_rule
        self.cash = settings.capital
        self.held = self.paid = self.fees = 0.0
        self.price = self.stop_loss = self.take_profit = self.trail = NAN
        self.low = self.high = self.peak = self.start = NAN
        self.entry = self.why = self.why_row = self.count = self.hold = self.inside = 0
        self.fresh = False
        self.share = self.left = 0.0
        self.room = math.inf
        self.wins = self.losses = self.won = self.lost = 0.0
        self.trades: list[tuple[float, ...]] = []

    @property
    def sign(self) -> int:
        """+1 while shares are held, -1 while they are owed."""
        return 1 if self.held > 0 else -1

    @property
    def guarded(self) -> bool:
        """Whether the position has a stop or a target."""
        levels = (self.stop_loss, self.take_profit, self.trail)
        return any(not math.isnan(each) for each in levels)

    def whole(self, size: float) -> float:
        """Round down to whole shares, if shares are whole."""
        return float(math.floor(size + at.WHOLE)) if self.settings.whole_shares else size

    def moved(self, row: int, price: float, sign: int, size: float) -> float:
        """Return what an order for `size` at the market gets when the market says `price`."""
        return self.rates.slipped(price, sign, size, self.columns.volume[row])

    def sized(
        self, row: int, raw: float, weight: float, decided: int, stop: float, held: float
    ) -> float:
        """Return how many shares to hold (`held` 0) or to trade; never more than is paid for."""
        sign = 1 if weight > 0 else -1
        equity = self.cash + self.held * raw
        money, spare = equity * self.settings.leverage, 0.0
        if held * sign > 0:
            money -= abs(held) * raw
        elif held:
            spare = abs(held)
        price = self.moved(row, raw, sign, 0.0)
        known = self.columns.volatility
        moment = Moment(
            equity,
            price,
            self.columns.close[decided],
            self.rates,
            self.settings.leverage,
            sign * (price - stop),
            known[decided] if known else NAN,
            Record(self.wins, self.losses, self.won, self.lost),
        )
        size = self.size.quantity(abs(weight), moment)
        size = min(size, self.rates.affordable(money, price) + spare)
        if self.rates.impact > 0:
            worse = self.moved(row, raw, sign, size)
            size = min(size, self.rates.affordable(money, worse) + spare)
        return self.whole(size)

    def still_affordable(self, row: int, raw: float, sign: int, size: float) -> float:
        """Return how much of what is left of an order can be paid for by now."""
        if self.held * sign < 0:
            return size
        equity = self.cash + self.held * raw
        money = equity * self.settings.leverage - abs(self.held) * raw
        price = self.moved(row, raw, sign, size)
        return self.whole(min(size, self.rates.affordable(money, price)))

    def take(self, row: int, change: float, price: float, why: int, decided: int) -> None:
        """Open a position, or add to it."""
        paid = self.rates.commission(abs(change), price)
        self.cash -= change * price + paid
        if self.held:
            total = self.held + change
            self.price = (self.held * self.price + change * price) / total
            self.paid += paid
        else:
            self.entry, self.price, self.paid, self.fees = row, price, paid, 0.0
            self.why, self.why_row, self.count, self.hold = why, decided, 0, 0
            self.low = self.high = self.peak = price
            self.fresh = True
            self.stop_loss = self.take_profit = self.trail = NAN
            self.share = self.left = 0.0
        self.held += change

    def give(self, row: int, part: float, price: float, why: int, decided: int) -> None:
        """Close a signed part of the position, or all of it, and write the trade down."""
        share = part / self.held
        paid, fees = self.paid * share, self.fees * share
        cost = self.rates.commission(abs(part), price)
        profit = part * (price - self.price) - (paid + cost) - fees
        self._write(row, part, price, (profit, paid + cost, fees), (why, decided))
        gained = profit / (abs(part) * self.price)
        if gained > 0:
            self.wins += 1
            self.won += gained
        else:
            self.losses += 1
            self.lost -= gained
        self.cash -= -part * price + cost
        self.held -= part
        self.paid -= paid
        self.fees -= fees

    def leave(self, row: int, raw: float, size: float, why: int, decided: int) -> float:
        """Sell (or buy back) up to `size` shares at the market; return what could not be."""
        size = min(size, abs(self.held))
        part = min(size, self.room)
        if part > 0:
            sign = self.sign
            self.room -= part
            self.give(row, sign * part, self.moved(row, raw, -sign, part), why, decided)
        return size - part

    def lend(self, row: int) -> None:
        """Charge for the night: borrowed shares and borrowed money."""
        time = self.columns.time
        years = (time[row] - time[row - 1]) / at.DAY_NS / at.DAYS_OF_INTEREST
        fee = interest(self.cash, self.settings.interest_rate, years)
        if self.held < 0:
            value = -self.held * self.columns.close[row - 1]
            fee += borrow_fee(value, self.settings.borrow_rate, years)
        self.cash -= fee
        self.fees += fee

    def watch(self, row: int) -> None:
        """Remember how far the price went for and against the position."""
        prices = self.columns
        low, high = prices.low[row], prices.high[row]
        if self.inside and self.fresh:  # what came before the entry on this bar is not its own
            low = high = prices.close[row]
        self.low, self.high = min(self.low, low), max(self.high, high)
        self.peak = max(self.peak, high) if self.held > 0 else min(self.peak, low)

    def mark(self) -> None:
        """Write down the position that is still open, at the last close."""
        if self.held:
            last = self.columns.close[-1]
            profit = self.held * (last - self.price) - self.paid - self.fees
            self._write(-1, self.held, last, (profit, self.paid, self.fees), (0, -1))

    def _write(self, row: int, part: float, price: float, money: Money, end: Why) -> None:
        low, high = min(self.low, price), max(self.high, price)
        began = (self.entry, row, part, self.price, price)
        self.trades.append((*began, *money, low, high, self.why, self.why_row, *end))
