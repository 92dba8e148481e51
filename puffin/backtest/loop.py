"""The order loop in plain Python: what `kernel.py` does compiled, and open to strategies' calls."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from puffin.backtest import layout as at
from puffin.backtest.account import Account, Columns
from puffin.backtest.waiting import Waiting
from puffin.execution.fills import limit_fill, stop_fill, trailing_stop
from puffin.execution.lending import is_called
from puffin.types import Side

if TYPE_CHECKING:
    from collections.abc import Callable

    from puffin.backtest.layout import Plan, Prices
    from puffin.backtest.settings import BacktestSettings

NAN = math.nan
SIDES = (Side.BUY, Side.SELL)


class Loop:
    """One run: an account, the orders that wait, and what was decided but not done yet."""

    def __init__(self, prices: Prices, settings: BacktestSettings) -> None:
        self.columns = Columns.of(prices)
        self.settings = settings
        self.account = Account(self.columns, settings)
        self.waiting: list[Waiting | None] = [None, None]
        self.aim: float | None = None
        self.aim_row = 0
        self.goal: float | None = None
        self.end = self.end_row = 0
        self.called = 0
        self.dead = False
        self.equity: list[float] = []
        self.position: list[float] = []

    def bar(self, row: int, decide: Callable[[int], None]) -> None:
        """Go through one bar; `decide` is called at its close."""
        account, settings = self.account, self.settings
        account.inside, account.fresh, account.room = 0, False, math.inf
        if settings.participation is not None:
            account.room = account.whole(settings.participation * self.columns.volume[row])
        if account.held and row and settings.lends:
            account.lend(row)
        if self.called:
            self._called(row)
        if not self.dead:
            waits = self.waiting[0] is not None or self.waiting[1] is not None
            if waits or self.aim is not None or account.share or account.left:
                self._at_market(row, self.columns.open[row], 0)
            if waits or (account.held and account.guarded):
                self._inside_bar(row)
            if account.held:
                account.watch(row)
            decide(row)
            if settings.at_close:
                self._at_market(row, self.columns.close[row], 3)
        self._mark(row)

    def want(self, target: float, row: int) -> None:
        """Go for a target, decided on `row`."""
        self.aim, self.aim_row, self.goal = target, row, None

    def close(self, share: float, why: int, row: int) -> None:
        """Close a share of the position at the market."""
        if self.account.held:
            self.account.share, self.end, self.end_row = share, why, row

    def hold_ended(self, row: int) -> bool:
        """Whether the position has been held for as long as its order said."""
        account = self.account
        return bool(account.held) and 0 < account.hold <= row - account.entry

    def place(self, order: Waiting) -> None:
        """Let an order wait, in the place of the one on its side; one for nothing withdraws it."""
        account = self.account
        if not order.weight:
            self.waiting[order.side] = None
        elif account.held * order.sign <= 0 or account.count < self.settings.pyramiding:
            self.waiting[order.side] = order

    def withdraw(self) -> None:
        """Let no order wait any more."""
        self.waiting = [None, None]

    def _called(self, row: int) -> None:
        account = self.account
        why = at.USED_UP if self.called == at.USED_UP else at.MARGIN_CALL
        price = account.moved(row, self.columns.open[row], -account.sign, abs(account.held))
        account.give(row, account.held, price, why, row - 1)
        self.dead = why == at.USED_UP
        self.called = 0
        self.aim, self.waiting = None, [None, None]
        account.share = account.left = 0.0

    def _mark(self, row: int) -> None:
        account = self.account
        value = account.held * self.columns.close[row]
        equity = account.cash + value
        self.equity.append(equity)
        self.position.append(account.held)
        if account.held and is_called(equity, abs(value), self.settings.maintenance_share):
            self.called = at.USED_UP if equity <= 0 else at.MARGIN_CALL

    def _at_market(self, row: int, raw: float, inside: int) -> None:
        account = self.account
        if account.left > 0 or account.share > 0:
            if account.share > 0:
                account.left = abs(account.held)
                if account.share < 1:
                    account.left = account.whole(account.left * account.share)
                account.share = 0.0
            left = account.left
            account.left = (
                account.leave(row, raw, left, self.end, self.end_row) if account.held else 0.0
            )
        if self.aim is not None:
            self._follow(row, raw, self.aim)
            account.inside = inside
        for order in self.waiting:
            if order is not None and row <= order.last and order.is_market:
                self._enter(row, order, raw, inside)

    def _follow(self, row: int, raw: float, aim: float) -> None:
        account = self.account
        if account.held and account.held * aim <= 0:
            account.leave(row, raw, abs(account.held), at.TARGET, self.aim_row)
            if account.held:
                return
        self.aim = None
        if not aim:
            return
        sign, begun = 1 if aim > 0 else -1, self.goal is not None
        if self.goal is None:
            self.goal = sign * account.sized(row, raw, aim, self.aim_row, NAN, 0.0)
        change = self.goal - account.held
        if change * sign < 0:
            if account.leave(row, raw, abs(change), at.TARGET, self.aim_row) > 0:
                self.aim = aim
            return
        size = abs(change)
        if begun:
            size = account.still_affordable(row, raw, sign, size)
        part = min(size, account.room)
        if part > 0:
            account.room -= part
            price = account.moved(row, raw, sign, part)
            account.take(row, sign * part, price, at.TARGET, self.aim_row)
        if part < size:
            self.aim = aim

    def _enter(self, row: int, order: Waiting, raw: float, inside: int) -> None:
        account, first = self.account, order.rest is None
        rest = self._begin(row, order, raw)
        if not rest > 0:
            return
        sign, why = order.sign, order.why
        size = min(rest, account.room)
        account.room -= size
        price = account.moved(row, raw, sign, size) if math.isnan(order.limit) else raw
        other = min(size, abs(account.held)) if account.held * sign < 0 else 0.0
        if other > 0:
            account.give(row, -sign * other, price, why, order.row)
        if size > other:
            account.take(row, sign * (size - other), price, why, order.row)
            if first or not account.count:
                account.count += 1
            account.inside, account.start = inside, price
            order.protect(account)
        order.fill(size)
        if order.rest is not None and order.rest <= at.WHOLE:
            self.waiting[order.side] = None

    def _begin(self, row: int, order: Waiting, raw: float) -> float:
        """Make way for an order that fills; return what is to be traded now, 0 for nothing."""
        account, settings, sign = self.account, self.settings, order.sign
        if order.rest is not None:
            order.rest = account.still_affordable(row, raw, sign, order.rest)
        else:
            if account.held * sign > 0 and account.count >= settings.pyramiding:
                self.waiting[order.side] = None
                return 0.0
            if account.held * sign < 0 and settings.exclusive:
                account.leave(row, raw, abs(account.held), at.REVERSED, order.row)
            if account.room <= 0 or (account.held * sign < 0 and settings.exclusive):
                return 0.0
            stop = order.stop_loss
            if math.isnan(stop):
                stop = raw - sign * order.trail
            held = account.held
            order.rest = account.sized(row, raw, sign * order.weight, order.row, stop, held)
            if sign < 0 and not settings.allow_short:
                order.rest = min(order.rest, max(0.0, account.held))
            if order.rest > 0 and settings.one_cancels_other:
                self.waiting[1 - order.side] = None
        if order.rest <= 0:
            self.waiting[order.side] = None
        return order.rest if account.room > 0 else 0.0

    def _inside_bar(self, row: int) -> None:
        account, done = self.account, set[str]()
        self.waiting = [
            None if order is None or row > order.last else order for order in self.waiting
        ]
        for _ in range(4):
            found = self._next_event(row, done) if account.room > 0 else None
            if found is None:
                break
            event, price = found
            done.add(event)
            if event == "stop":
                level = self._stop_level()
                self.end = at.STOP_LOSS if level == account.stop_loss else at.TRAILING_STOP
                self.end_row = row
                account.left = account.leave(row, price, abs(account.held), self.end, row)
            elif event == "target":
                size = min(abs(account.held), account.room)
                account.room -= size
                account.give(row, account.sign * size, price, at.TAKE_PROFIT, row)
            else:
                self._set_off(row, event, price)
        for order in self.waiting:
            if order is not None:
                order.see(self.columns.high[row], self.columns.low[row])

    def _set_off(self, row: int, event: str, price: float) -> None:
        order = self.waiting[SIDES.index(Side(event))]
        if order is None:
            raise ValueError("an order that does not wait cannot fill")
        stopped = not order.set_off and price == order.stop
        inside = 0 if price == self.columns.open[row] else 2 if stopped else 1
        self._enter(row, order, price, inside)

    def _next_event(self, row: int, done: set[str]) -> tuple[str, float] | None:
        """Return what happens first on the rest of the bar, and where.

        Nearer to the open is sooner; but what would come before a stop that is met only if the
        price first went the other way, comes after it.
        """
        opened, found = self.columns.open[row], list[tuple[float, str, float]]()
        away = 0
        if self.account.held:
            price = None if "stop" in done else self._guarded_at(row)
            if price is not None:
                found.append((abs(price - opened), "stop", price))
                away = self.account.sign
            price = None if "target" in done else self._target_at(row)
            if price is not None:
                found.append((abs(price - opened), "target", price))
        for side, order in zip(SIDES, self.waiting, strict=True):
            price = None if order is None or side in done else self._entry_at(row, order)
            if price is not None:
                found.append((abs(price - opened), str(side), price))
        sooner = [each for each in found if not (each[2] - opened) * away > 0 or each[1] == "stop"]
        # The first of those that are equally near: the stop, then the target, then a buy.
        first = min(sooner, key=lambda each: each[0], default=None)
        return None if first is None else first[1:]

    def _stop_level(self) -> float:
        account = self.account
        level = account.stop_loss
        trailing = trailing_stop(SIDES[account.sign > 0], account.peak, account.trail)
        if math.isnan(level) or (trailing - level) * account.sign > 0:
            return trailing
        return level

    def _guarded_at(self, row: int) -> float | None:
        """Return where the stop of the position fills on this bar, or None."""
        account, prices, level = self.account, self.columns, self._stop_level()
        if math.isnan(level):
            return None
        opened, sign = prices.open[row], account.sign
        start = account.start if account.inside else opened
        if account.inside == 2 and (start - level) * sign > 0 and (level - opened) * sign >= 0:  # noqa: PLR2004 - by a stop
            # The bar began beyond the stop, before there was a position: only its close tells.
            return level if (prices.close[row] - level) * sign <= 0 else None
        return stop_fill(SIDES[sign > 0], level, start, prices.high[row], prices.low[row])

    def _target_at(self, row: int) -> float | None:
        """Return where the take-profit of the position fills on this bar, or None."""
        account, prices, level = self.account, self.columns, self.account.take_profit
        start = account.start if account.inside else prices.open[row]
        if math.isnan(level):
            return None
        if account.inside == 1:  # the best price of the bar may have come before the entry
            return limit_fill(SIDES[account.sign > 0], level, start, start, start)
        side = SIDES[account.sign > 0]
        return limit_fill(side, level, start, prices.high[row], prices.low[row])

    def _entry_at(self, row: int, order: Waiting) -> float | None:
        prices = self.columns
        return order.fill_on(prices.open[row], prices.high[row], prices.low[row])


def following(loop: Loop, plan: Plan) -> Callable[[int], None]:
    """Return what takes from the plan, row by row, what is decided at a close."""
    wanted, exits = plan.wanted.tolist(), plan.exits.tolist()
    orders: dict[int, list[Waiting]] = {}
    for each in plan.orders.tolist():
        orders.setdefault(int(each[at.ORDER_ROW]), []).append(Waiting(each))

    def target(row: int) -> None:
        if wanted[row] != (wanted[row - 1] if row else 0.0):
            loop.want(wanted[row], row)

    def order(row: int) -> None:
        if exits and exits[row] > 0:
            loop.close(exits[row], at.EXIT, row)
        if loop.hold_ended(row):
            loop.close(1.0, at.HELD_LONG_ENOUGH, row)
        for each in orders.get(row, ()):
            loop.place(each)

    return target if wanted else order
