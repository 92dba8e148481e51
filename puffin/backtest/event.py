"""The side of a run that a strategy deciding bar by bar sees."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from typing_extensions import override

from puffin.backtest import layout as at
from puffin.backtest.waiting import Waiting
from puffin.errors import ParameterError
from puffin.strategies.at_close import AtClose, check_entry, check_share, check_target

if TYPE_CHECKING:
    from collections.abc import Callable

    from puffin.backtest.loop import Loop
    from puffin.backtest.plan import Sessions
    from puffin.data.bars import Bars
    from puffin.strategies.base import EventStrategy
    from puffin.strategies.orders import Life

NAN = math.nan


class EventContext(AtClose):
    """What a strategy sees and may do at the close of `row`: `puffin.strategies.orders.Context`.

    `notes` collects the reasons it gives, by the row and the kind of what was decided.
    """

    def __init__(self, bars: Bars, loop: Loop, sessions: Sessions, *, needs_stop: bool) -> None:
        super().__init__(bars, row=-1)
        self._loop = loop
        self._sessions = sessions
        self._needs_stop = needs_stop
        self._target = 0.0
        self.notes: dict[tuple[int, int], str] = {}

    @property
    def held(self) -> float:
        """Signed shares held."""
        return self._loop.account.held

    @property
    def entry_price(self) -> float:
        """What a share held cost on average; NaN while nothing is held."""
        return self._loop.account.price if self.held else NAN

    @property
    def bars_held(self) -> int:
        """Bars since the entry; 0 on its own bar."""
        return self.row - self._loop.account.entry if self.held else 0

    @property
    def equity(self) -> float:
        """Cash and what is held, at this close."""
        return self._loop.account.cash + self.held * self._loop.columns.close[self.row]

    def target(self, weight: float, *, reason: str = "") -> None:
        """Want to hold this signed share of the money; nothing happens unless it changes."""
        check_target(weight)
        wanted = weight if self._loop.settings.allow_short else max(weight, 0.0)
        if wanted != self._target:
            told = reason or f"Target from {self._target:+.0%} to {wanted:+.0%}"
            self.notes[self.row, at.TARGET] = told
            self._loop.want(wanted, self.row)
            self._target = wanted

    def close_position(self, share: float = 1.0, *, reason: str = "") -> None:
        """Close a share of the position at the market."""
        check_share(share)
        if share:
            self._note(at.EXIT, reason)
            self._loop.close(share, at.EXIT, self.row)

    def cancel(self) -> None:
        """Withdraw the orders that wait."""
        self._loop.withdraw()

    @override
    def _place(
        self,
        side: int,
        weight: float,
        prices: tuple[float | None, ...],
        hold: int,
        life: Life,
        reason: str,
    ) -> None:
        check_entry(weight, prices, hold, life)
        if self._needs_stop and weight and prices[2] is None and prices[4] is None:
            raise ParameterError("A size by risk needs a stop, and this order has none.")
        known = [NAN if each is None else each for each in prices]
        last = self._sessions.last_row(self.row, life)
        order = Waiting([self.row, side, weight, *known, hold, last])
        self._note(order.why, reason)
        self._loop.place(order)

    def _note(self, kind: int, reason: str) -> None:
        if reason:
            self.notes[self.row, kind] = reason


def deciding(strategy: EventStrategy, context: EventContext, loop: Loop) -> Callable[[int], None]:
    """Return what lets a strategy decide at a close; its `start` must have been called before."""
    first = max(strategy.warm_up - 1, 0)

    def decide(row: int) -> None:
        if row >= first:
            context.row = row
            strategy.on_bar(context)
        if loop.hold_ended(row):
            loop.close(1.0, at.HELD_LONG_ENOUGH, row)

    return decide
