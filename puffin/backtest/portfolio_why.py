"""Why a run over many symbols did what it did on one row, symbol by symbol."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from puffin.backtest.portfolio import PortfolioBacktester
from puffin.backtest.portfolio_journal import TellingFollower
from puffin.backtest.why import BarFill
from puffin.data.times import moment
from puffin.errors import ParameterError
from puffin.strategies.universe import UniverseStrategy
from puffin.types import Side

if TYPE_CHECKING:
    from datetime import datetime

    from puffin.backtest.portfolio import AnyOfMany, Decided
    from puffin.backtest.portfolio_journal import SymbolDeal
    from puffin.backtest.schedule import Schedule
    from puffin.backtest.settings import BacktestSettings
    from puffin.data.universe import Universe
    from puffin.measures import Floats
    from puffin.strategies.base import Strategy


@dataclass(frozen=True, slots=True)
class SymbolWhy:
    """One symbol on one row.

    Attributes:
        symbol: Its name.
        close: Its price, the latest known one if there is no bar; None before its first bar.
        has_bar: Whether it has a bar on this row.
        values: What the strategy looks at, as of the close; None where it is not known yet.
        conditions: What must hold for it to act, and whether it does; None before it is ready.
        rank: Its place in what the strategy ranks, 1 for the first; None if nothing is ranked.
        decided: The weight that the strategy gave it at the close; None if it gave none.
        target: The weight in force after the close.
        held: What was held at the close, as a share of the money that may be used.
        position: Signed shares held at the close.
        waits: Whether an order of it waits after the close.
        events: Sentences, in the order things happened.
        fills: What was bought and sold.
    """

    symbol: str
    close: float | None
    has_bar: bool
    values: tuple[tuple[str, float | None], ...]
    conditions: tuple[tuple[str, bool | None], ...]
    rank: int | None
    decided: float | None
    target: float
    held: float
    position: float
    waits: bool
    events: tuple[str, ...]
    fills: tuple[BarFill, ...]


@dataclass(frozen=True, slots=True)
class PortfolioWhy:
    """Everything that explains one row of a run over many symbols.

    `looked` tells whether the schedule looked at weights after the close.
    """

    row: int
    time: datetime
    equity: float
    cash: float
    looked: bool
    events: tuple[str, ...]
    symbols: tuple[SymbolWhy, ...]


@dataclass(frozen=True, slots=True)
class _Seen:
    """What a strategy looks at on a row, by symbol."""

    values: list[list[tuple[str, float | None]]]
    conditions: list[list[tuple[str, bool | None]]]
    ranks: list[int | None]


def explain_many(
    strategy: AnyOfMany,
    universe: Universe,
    settings: BacktestSettings,
    schedule: Schedule,
    row: int,
) -> PortfolioWhy:
    """Return why a run did what it did on one row; it is gone through again up to there.

    Args:
        strategy: What was run.
        universe: All that it was run on.
        settings: What was assumed.
        schedule: When weights were looked at.
        row: The row, counted from 0; negative ones count from the end.

    Raises:
        ParameterError: There is no such row.
    """
    count = len(universe)
    if not -count <= row < count:
        raise ParameterError(f"There is no bar {row}; there are {count:,}, counted from 0.")
    row %= count
    decided = PortfolioBacktester(strategy, settings, schedule).decide(universe)
    follower = TellingFollower(universe, settings, decided.wishes, row)
    follower.follow()
    seen = _seen(strategy, universe, row)
    held, marks = follower.share(row), universe.last_close[row]
    return PortfolioWhy(
        row=row,
        time=moment(int(universe.time[row])),
        equity=float(follower.equity[row]),
        cash=follower.book.cash,
        looked=bool(decided.wishes.looks[row]),
        events=tuple(follower.events),
        symbols=tuple(
            SymbolWhy(
                symbol=symbol,
                close=_known(float(marks[which])),
                has_bar=bool(universe.mask[row, which]),
                values=tuple(seen.values[which]),
                conditions=tuple(seen.conditions[which]),
                rank=seen.ranks[which],
                decided=_known(float(decided.wanted[row, which])),
                target=float(decided.wishes.weights[row, which]),
                held=float(held[which]),
                position=float(follower.book.held[which]),
                waits=bool(follower.aiming[which] or follower.calling[which]),
                events=(*_wanted(decided, settings, row, which), *follower.told[which]),
                fills=tuple(
                    _fill(each, decided.wishes.weights)
                    for each in follower.deals
                    if each.which == which
                ),
            )
            for which, symbol in enumerate(universe.symbols)
        ),
    )


def _wanted(decided: Decided, settings: BacktestSettings, row: int, which: int) -> tuple[str, ...]:
    """Return what was not followed of what the strategy wanted, and why."""
    wanted = float(decided.wanted[row, which])
    if wanted < 0 and not settings.allow_short:
        return (f"The strategy wanted {wanted:+.1%}; selling short is off.",)
    return ()


def _fill(deal: SymbolDeal, weights: Floats) -> BarFill:
    before = float(weights[deal.decided - 1, deal.which]) if deal.decided > 0 else 0.0
    after = float(weights[deal.decided, deal.which])
    same = before == after
    reason = (
        f"Brought back to {after:+.1%}" if same else f"Weight from {before:+.1%} to {after:+.1%}"
    )
    side = Side.BUY if deal.quantity > 0 else Side.SELL
    return BarFill(side, abs(deal.quantity), deal.price, deal.commission, reason)


def _seen(strategy: AnyOfMany, universe: Universe, row: int) -> _Seen:
    count = len(universe.symbols)
    found = _Seen([[] for _ in range(count)], [[] for _ in range(count)], [None] * count)
    if isinstance(strategy, UniverseStrategy):
        for each in strategy.seen(universe):
            values = each.values[row]
            for which in range(count):
                found.values[which].append((each.title, _known(float(values[which]))))
            if each.is_ranked:
                _rank(values, found.ranks)
        return found
    for which, symbol in enumerate(universe.symbols):
        place = int(universe.mask[: row + 1, which].sum()) - 1
        if place >= 0:
            _look(strategy, universe, symbol, (which, place), found)
    return found


def _look(
    strategy: Strategy, universe: Universe, symbol: str, at: tuple[int, int], found: _Seen
) -> None:
    """Note what a strategy for one symbol sees of it, on its latest bar."""
    bars, (which, place) = universe.bars(symbol), at
    found.values[which].extend(
        (each.title, _known(float(each.values[place]))) for each in strategy.readings(bars)
    )
    ready = place >= strategy.warm_up - 1
    found.conditions[which].extend(
        (each.title, bool(each.holds[place]) if ready else None)
        for each in strategy.conditions(bars)
    )


def _rank(values: Floats, ranks: list[int | None]) -> None:
    order = np.argsort(np.where(np.isnan(values), np.inf, -values), kind="stable").tolist()
    for place, which in enumerate(order, start=1):
        ranks[which] = None if np.isnan(values[which]) else place


def _known(value: float) -> float | None:
    return value if math.isfinite(value) else None
