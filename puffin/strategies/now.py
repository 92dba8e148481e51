"""What a strategy says at closes: the side, how strongly, since when, why, and when it turned."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

from puffin.errors import NoDataError, ParameterError
from puffin.strategies.base import OrderStrategy, Strategy

if TYPE_CHECKING:
    from datetime import datetime

    from numpy.typing import NDArray

    from puffin.data.bars import Bars
    from puffin.strategies.base import Rule

    Floats: TypeAlias = NDArray[np.float64]

Direction: TypeAlias = Literal["long", "short", "flat", "not ready"]


@dataclass(frozen=True, slots=True)
class SignalNow:
    """What a strategy says at the last close.

    Attributes:
        direction: The side it wants to be on; not ready if there are too few bars.
        strength: How strongly it speaks, 0 to 1; None if it has no such measure.
        since: When the bar opened whose close decided it; None if it never decided anything.
        at: When the last bar opened.
        close: The price it was decided on.
        readings: What it looks at, and the value; None if there is none yet.
        holding: The conditions that hold.
        note: What must be known about it, as a sentence; mostly nothing.
    """

    direction: Direction
    strength: float | None
    since: datetime | None
    at: datetime
    close: float
    readings: tuple[tuple[str, float | None], ...] = ()
    holding: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Turn:
    """A change of side, -1, 0 or 1.

    `decided` tells whether it was decided at the close of the bar `row`; otherwise it was carried
    out on that bar, which is how it shows in what a strategy with orders of its own holds.
    """

    row: int
    before: int
    after: int
    decided: bool


def turns(strategy: Rule, bars: Bars, *, position: Floats | None = None) -> tuple[Turn, ...]:
    """Return when `strategy` changed sides; `position` is as in `signal_now`.

    Raises:
        NoDataError: There are no more bars than it needs to warm up.
        ParameterError: It decides on several symbols, or `position` is missing or of wrong length.
    """
    _check_question(strategy, bars, position)
    if len(bars) <= strategy.warm_up:
        raise NoDataError(
            f"{strategy.title} needs more than {strategy.warm_up:,} bars; {bars.symbol} has "
            f"{len(bars):,}."
        )
    sides, note = _sides(strategy, bars, position)
    steps = np.diff(sides, prepend=0.0)
    asks = isinstance(strategy, Strategy) or position is None
    last = len(sides) - 1
    return tuple(
        Turn(
            row,
            int(sides[row] - steps[row]),
            int(sides[row]),
            decided=asks or (row == last and bool(note)),
        )
        for row in np.flatnonzero(steps).tolist()
    )


def signal_now(strategy: Rule, bars: Bars, *, position: Floats | None = None) -> SignalNow:
    """Return what `strategy` says at the last close of `bars`.

    Args:
        strategy: One that decides on one symbol.
        bars: The prices, as a backtest would take them.
        position: Shares held at each close, from a backtest. What a strategy that gives targets
            says needs none. One that gives orders is left by its stops only where this tells so;
            one that decides bar by bar cannot be asked without it.

    Raises:
        NoDataError: There are no bars.
        ParameterError: It decides on several symbols, or `position` is missing or of wrong length.
    """
    last = bars.when(-1)
    _check_question(strategy, bars, position)
    if len(bars) < strategy.warm_up:
        note = f"It needs {strategy.warm_up:,} bars; there are {len(bars):,}."
        return SignalNow("not ready", None, None, last, float(bars.close[-1]), note=note)
    sides, note = _sides(strategy, bars, position)
    side = sides[-1]
    changed = np.flatnonzero(np.diff(sides, prepend=np.nan) != 0)
    begun = int(changed[-1])
    decided = bool(side) or begun > 0
    strengths = strategy.strength(bars)
    known = strengths is not None and not np.isnan(strengths[-1])
    return SignalNow(
        direction="long" if side > 0 else "short" if side < 0 else "flat",
        strength=float(strengths[-1]) if strengths is not None and known else None,
        since=bars.when(begun) if decided else None,
        at=last,
        close=float(bars.close[-1]),
        readings=tuple(
            (each.title, None if np.isnan(each.values[-1]) else float(each.values[-1]))
            for each in strategy.readings(bars)
        ),
        holding=tuple(each.title for each in strategy.conditions(bars) if each.holds[-1]),
        note=note,
    )


def _check_question(strategy: Rule, bars: Bars, position: Floats | None) -> None:
    if strategy.needs != "one symbol":
        raise ParameterError(f"{strategy.title} needs {strategy.needs}.")
    if position is not None and len(position) != len(bars):
        raise ParameterError(f"There are {len(position):,} positions for {len(bars):,} bars.")


def _sides(strategy: Rule, bars: Bars, position: Floats | None) -> tuple[Floats, str]:
    """Return the side wanted at each close, -1, 0 or 1, and what must be known about it."""
    if isinstance(strategy, Strategy):
        return _kept(np.sign(strategy.signals(bars).target)), ""
    if isinstance(strategy, OrderStrategy):
        decided = _decided(strategy, bars)
        if position is None:
            return _kept(decided), "Stops, targets and the longest hold are not counted."
        sides = np.sign(position)
        if not np.isnan(decided[-1]) and decided[-1] != sides[-1]:
            sides[-1] = decided[-1]
            return sides, "It was ordered at the last close and is not filled yet."
        return sides, ""
    if position is None:
        raise ParameterError(
            f"{strategy.title} decides on what it holds: a backtest must say that."
        )
    return np.sign(position), ""


def _decided(strategy: OrderStrategy, bars: Bars) -> Floats:
    """Return the side that the orders of each close lead to; NaN where there is none."""
    orders = strategy.orders(bars)
    sides = np.full(len(bars), np.nan)
    if orders.exits is not None:
        sides[orders.exits >= 1] = 0.0
    for side, entries in ((1.0, orders.buy), (-1.0, orders.sell)):
        if entries is not None:
            sides[entries.weight > 0] = side
    return sides


def _kept(sides: Floats) -> Floats:
    """Return each side, or the one before where there is none; 0 at first."""
    latest = np.maximum.accumulate(np.where(np.isnan(sides), -1, np.arange(len(sides))))
    return np.where(latest >= 0, sides[latest], 0.0)
