"""The order loop again, telling what it does on one bar and why it does no more."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from typing_extensions import override

from puffin.backtest import layout as at
from puffin.backtest.account import Account
from puffin.backtest.loop import NAN, SIDES, Loop
from puffin.backtest.reasons import (
    level_words,
    miss_words,
    nothing_words,
    order_words,
    price_words,
    share_words,
    volume_words,
)
from puffin.types import Side

if TYPE_CHECKING:
    from collections.abc import Callable

    from puffin.backtest.layout import Prices
    from puffin.backtest.settings import BacktestSettings
    from puffin.backtest.waiting import Waiting


class Deal(NamedTuple):
    """Something bought (`quantity` above zero) or sold, why, and on which row that was decided."""

    quantity: float
    price: float
    commission: float
    why: int
    decided: int


class ToldAccount(Account):
    """An account that writes down every deal."""

    __slots__ = ("deals",)

    deals: list[Deal]

    @override
    def take(self, row: int, change: float, price: float, why: int, decided: int) -> None:
        cost = self.rates.commission(abs(change), price)
        self.deals.append(Deal(change, price, cost, why, decided))
        super().take(row, change, price, why, decided)

    @override
    def give(self, row: int, part: float, price: float, why: int, decided: int) -> None:
        cost = self.rates.commission(abs(part), price)
        self.deals.append(Deal(-part, price, cost, why, decided))
        super().give(row, part, price, why, decided)


class Told(NamedTuple):
    """An order as it was when the bar began."""

    order: Waiting
    rest: float | None
    set_off: bool
    words: str


class TellingLoop(Loop):
    """A loop that is asked about one row: `events` are sentences, in the order things happened.

    `began` are the orders that waited when the bar began; `levels` the prices of the position's
    stop and target then, NaN where there are none.
    """

    def __init__(self, prices: Prices, settings: BacktestSettings, asked: int) -> None:
        super().__init__(prices, settings)
        account = ToldAccount(self.columns, settings)
        account.deals = []
        self.account = self._told = account
        self.asked = asked
        self.events: list[str] = []
        self.began: tuple[Told, ...] = ()
        self.levels = (NAN, NAN)
        self._row = -1
        self._explained: set[int] = set()

    @property
    def deals(self) -> list[Deal]:
        """What was bought and sold on the row asked about."""
        return self._told.deals

    @override
    def bar(self, row: int, decide: Callable[[int], None]) -> None:
        self._row = row
        self._told.deals.clear()
        if row != self.asked:
            super().bar(row, decide)
            return
        account = self.account
        self.began = tuple(
            Told(each, each.rest, each.set_off, order_words(each))
            for each in self.waiting
            if each is not None
        )
        if account.held and account.guarded:
            self.levels = (self._stop_level(), account.take_profit)
        if self.dead:
            self.events.append("The account was used up before; nothing is done any more.")
        fees = account.fees

        def told(row: int) -> None:
            if account.fees > fees:
                self.events.append(f"Borrowing cost {account.fees - fees:,.2f} overnight.")
            self._explain_what_did_not_fill(row)
            decide(row)

        super().bar(row, told)
        if self.called:
            self.events.append(
                f"At the close equity of {self.equity[-1]:,.2f} no longer covers the position: it "
                "is closed at the next open."
            )

    @override
    def want(self, target: float, row: int) -> None:
        super().want(target, row)
        if row == self.asked:
            self.events.append(
                f"At the close it was decided to hold {target:+.0%}; that is done {self._when}."
            )

    @override
    def close(self, share: float, why: int, row: int) -> None:
        super().close(share, why, row)
        if row != self.asked:
            return
        if not self.account.held:
            self.events.append("The exit signal has nothing to close.")
            return
        what = "all" if share >= 1 else f"{share:.0%}"
        cause = "It was held long enough" if why == at.HELD_LONG_ENOUGH else "An exit was decided"
        self.events.append(f"{cause}: {what} of the position is closed {self._when}.")

    @override
    def place(self, order: Waiting) -> None:
        before = self.waiting[order.side]
        super().place(order)
        if self._row != self.asked:
            return
        words = order_words(order)
        if not order.weight:
            gone = "nothing" if before is None else _small(order_words(before))
            side = "buying" if order.sign > 0 else "selling"
            self.events.append(f"What waits for {side} is withdrawn: {gone}.")
        elif self.waiting[order.side] is not order:
            count = self.settings.pyramiding
            self.events.append(
                f"{words} was not placed: the position has its {count} "
                f"{'entry' if count == 1 else 'entries'} already."
            )
        else:
            instead = "" if before is None else f", in the place of {_small(order_words(before))}"
            self.events.append(f"{words} was placed{instead}.")

    @override
    def withdraw(self) -> None:
        if self._row == self.asked:
            self.events.extend(
                f"{order_words(each)} is withdrawn." for each in self.waiting if each is not None
            )
        super().withdraw()

    @override
    def _called(self, row: int) -> None:
        super()._called(row)
        if row == self.asked:
            self.events.append(
                "Equity no longer covered the position at the close before: it was closed at the "
                f"open, {price_words(self.columns.open[row])}."
            )
            self._explained.update(id(each.order) for each in self.began)

    @override
    def _at_market(self, row: int, raw: float, inside: int) -> None:
        account, known = self.account, len(self.deals)
        leaving = account.left > 0 or account.share > 0
        held = account.held
        super()._at_market(row, raw, inside)
        if row != self.asked or not leaving or not held:
            return
        first = next((each for each in self.deals[known:] if each.why == self.end), None)
        if first is not None:
            self.events.append(f"The exit was carried out: {self._done(first, raw)}.")
        if account.left > 0:
            self.events.append(
                f"{share_words(account.left)} of the exit go on with the next bar: "
                f"{volume_words(self)}."
            )

    @override
    def _follow(self, row: int, raw: float, aim: float) -> None:
        account, known, held = self.account, len(self.deals), self.account.held
        super()._follow(row, raw, aim)
        if row != self.asked:
            return
        deals = self.deals[known:]
        self.events.extend(
            f"For the target of {aim:+.0%}: {self._done(each, raw)}." for each in deals
        )
        if self.aim is not None:
            self.events.append(
                f"The target of {aim:+.0%} was only reached in part: {volume_words(self)}. The "
                "rest goes on with the next bar."
            )
        elif not deals and (aim or held):
            self.events.append(
                f"Nothing was traded for the target of {aim:+.0%}: "
                + (
                    nothing_words(account, row, raw, aim, self.aim_row, NAN)
                    if not account.held
                    else "what is held comes to that already."
                )
            )

    @override
    def _begin(self, row: int, order: Waiting, raw: float) -> float:
        first, held, count = order.rest is None, self.account.held, self.account.count
        size = super()._begin(row, order, raw)
        if row != self.asked or size > 0:
            return size
        account, sign, words = self.account, order.sign, order_words(order)
        self._explained.add(id(order))
        if first and held * sign > 0 and count >= self.settings.pyramiding:
            said = f"the position has its {count} {'entry' if count == 1 else 'entries'} already"
        elif order.rest is None and account.held * sign < 0 and self.settings.exclusive:
            said = f"what is held the other way must be closed first, and {volume_words(self)}"
        elif account.room <= 0:
            said = volume_words(self)
        else:
            stop = order.stop_loss
            stop = raw - sign * order.trail if math.isnan(stop) else stop
            weight = sign * order.weight
            said = nothing_words(account, row, raw, weight, order.row, stop).rstrip(".")
        self.events.append(f"{words} was reached but did not fill: {said}.")
        return size

    @override
    def _enter(self, row: int, order: Waiting, raw: float, inside: int) -> None:
        known, words, why = len(self.deals), order_words(order), order.why
        prices, other = {order.limit, order.stop}, self.waiting[1 - order.side]
        super()._enter(row, order, raw, inside)
        if row != self.asked:
            return
        size = sum(abs(each.quantity) for each in self.deals[known:] if each.why == why)
        if size > 0:
            self._explained.add(id(order))
            if why == at.MARKET:
                cause = "the open" if raw == self.columns.open[row] else "the close"
            elif raw in prices:
                cause = "its price, which the bar reached"
            else:
                cause = "the open, which had gone through its price"
            self.events.append(f"{words} {self._filled(size, order.rest, cause, raw)}")
        gone = self.waiting[1 - order.side] is None
        if other is not None and gone and id(other) not in self._explained:
            self._explained.add(id(other))
            self.events.append(
                f"{order_words(other)} was withdrawn, because the order opposite filled."
            )

    def _filled(self, size: float, rest: float | None, cause: str, raw: float) -> str:
        told = f"{share_words(size)} at {cause}, {price_words(raw)}"
        if rest is None or rest <= at.WHOLE:
            return f"filled, {told}."
        return (
            f"filled in part, {told}: {volume_words(self)}. {share_words(rest)} go on with the "
            "next bar."
        )

    def _explain_what_did_not_fill(self, row: int) -> None:
        low, high = self.columns.low[row], self.columns.high[row]
        for told in self.began:
            if id(told.order) in self._explained:
                continue
            if row > told.order.last:
                self.events.append(f"{told.words} had expired with the bar before.")
            elif self.account.room <= 0:
                self.events.append(f"{told.words} did not fill: {volume_words(self)}.")
            else:
                missed = miss_words(told.order, told.set_off, low, high)
                self.events.append(f"{told.words} {missed}.")
        stopped = {at.STOP_LOSS, at.TRAILING_STOP, at.TAKE_PROFIT}
        for deal in self.deals:
            if deal.why in stopped:
                self.events.append(level_words(deal.why, -deal.quantity, deal.price))
        if not any(each.why in stopped for each in self.deals) and self.account.held:
            side = SIDES[self.account.held > 0]
            self.events.extend(_untouched(self.levels, side, low, high))

    def _done(self, deal: Deal, raw: float) -> str:
        """Return a deal at the market; slippage is what it lies beside the market's price."""
        what = "bought" if deal.quantity > 0 else "sold"
        where = "open" if raw == self.columns.open[self._row] else "close"
        told = f"{what} {share_words(abs(deal.quantity))} at {price_words(deal.price)}"
        if price_words(deal.price) == price_words(raw):
            return f"{told}, the {where}"
        return f"{told}, with slippage from the {where} at {price_words(raw)}"

    @property
    def _when(self) -> str:
        return "at this close" if self.settings.at_close else "at the next open"


def _small(words: str) -> str:
    return words[0].lower() + words[1:]


def _untouched(levels: tuple[float, float], side: Side, low: float, high: float) -> list[str]:
    stop, target = levels
    selling = side is Side.SELL
    said = []
    if not math.isnan(stop):
        reached = f"low was {price_words(low)}" if selling else f"high was {price_words(high)}"
        said.append(f"The stop at {price_words(stop)} was not reached: the {reached}.")
    if not math.isnan(target):
        reached = f"high was {price_words(high)}" if selling else f"low was {price_words(low)}"
        said.append(f"The target at {price_words(target)} was not reached: the {reached}.")
    return said
