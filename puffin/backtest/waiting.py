"""An order that waits in a backtest: market, limit, stop or stop-limit, with its bracket."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from puffin.backtest import layout as at
from puffin.execution.fills import limit_fill, stop_fill, stop_limit_fill
from puffin.types import Side

if TYPE_CHECKING:
    from collections.abc import Sequence

    from puffin.backtest.account import Account


class Waiting:
    """An order on its way; `rest` is what is still to be filled, None until its size is known."""

    __slots__ = (
        "hold",
        "last",
        "limit",
        "rest",
        "row",
        "set_off",
        "side",
        "stop",
        "stop_loss",
        "take_profit",
        "trail",
        "weight",
    )

    def __init__(self, order: Sequence[float]) -> None:
        """Read a row of a table of orders."""
        self.row, self.side = int(order[at.ORDER_ROW]), int(order[at.ORDER_SIDE])
        self.weight = order[at.ORDER_WEIGHT]
        self.limit, self.stop = order[at.ORDER_LIMIT], order[at.ORDER_STOP]
        self.stop_loss, self.take_profit = order[at.ORDER_STOP_LOSS], order[at.ORDER_TAKE_PROFIT]
        self.trail, self.hold = order[at.ORDER_TRAIL], int(order[at.ORDER_HOLD])
        self.last = order[at.ORDER_LAST]
        self.rest: float | None = None
        self.set_off = False

    @property
    def sign(self) -> int:
        """+1 for a buy, -1 for a sell."""
        return 1 - 2 * self.side

    @property
    def is_market(self) -> bool:
        """Whether it takes the market's price as soon as it can."""
        return math.isnan(self.limit) and math.isnan(self.stop)

    @property
    def why(self) -> int:
        """What kind of order it is."""
        if math.isnan(self.stop):
            return at.MARKET if math.isnan(self.limit) else at.LIMIT
        return at.STOP if math.isnan(self.limit) else at.STOP_LIMIT

    def fill_on(self, opened: float, high: float, low: float) -> float | None:
        """Return where it fills on a bar, or None; a market order has been dealt with before."""
        side = Side.SELL if self.side else Side.BUY
        if math.isnan(self.stop) or self.set_off:
            if math.isnan(self.limit):
                return None
            return limit_fill(side, self.limit, opened, high, low)
        if math.isnan(self.limit):
            return stop_fill(side, self.stop, opened, high, low)
        return stop_limit_fill(side, self.stop, self.limit, (opened, high, low))

    def see(self, high: float, low: float) -> None:
        """Note that a bar went through the stop, if it did: then only the limit is left of it."""
        if (high if self.sign > 0 else low) * self.sign >= self.stop * self.sign:
            self.set_off = True
            if math.isnan(self.limit):
                self.stop = math.nan

    def protect(self, account: Account) -> None:
        """Give the position its stops."""
        if not math.isnan(self.stop_loss):
            account.stop_loss = self.stop_loss
        if not math.isnan(self.take_profit):
            account.take_profit = self.take_profit
        if not math.isnan(self.trail):
            account.trail = self.trail
        if self.hold:
            account.hold = self.hold

    def fill(self, size: float) -> None:
        """Take a fill off; what is left of a stop order is a market order."""
        if self.rest is not None:
            self.rest -= size
        self.set_off = True
        if math.isnan(self.limit):
            self.stop = math.nan
