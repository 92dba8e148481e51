"""What a strategy decides, bar by bar, whatever its kind: the columns that checks compare."""

from __future__ import annotations

import copy
import math
import time
from dataclasses import dataclass, replace
from functools import cached_property
from inspect import signature
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from typing_extensions import override

from puffin.backtest.event import EventContext, deciding
from puffin.backtest.loop import Loop
from puffin.backtest.plan import Sessions, prices_of
from puffin.backtest.sizing import RiskPerTrade
from puffin.data.bars import Bars
from puffin.data.universe import COLUMNS
from puffin.errors import ParameterError
from puffin.strategies.base import EventStrategy, OrderStrategy, Strategy
from puffin.strategies.universe import UniverseStrategy
from puffin.types import TimeInForce

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from puffin.backtest.schedule import Schedule
    from puffin.backtest.settings import BacktestSettings
    from puffin.data.universe import Universe
    from puffin.measures import Floats
    from puffin.strategies.base import Rule
    from puffin.strategies.orders import Entries, Life

    Flags: TypeAlias = NDArray[np.bool_]
    Data: TypeAlias = Bars | Universe

ROUNDING = 1e-9
QUICK = 0.02  # seconds of the processor
PRICES = ("limit", "stop", "stop_loss", "take_profit", "trail")
LIVES: dict[Life, float] = {TimeInForce.GTC: -1.0, TimeInForce.DAY: -2.0}
LIFE_OF = {value: life for life, value in LIVES.items()}


@dataclass(frozen=True, slots=True)
class Change:
    """The first decision in which two runs differ; NaN is that nothing was decided."""

    row: int
    what: str
    one: float
    other: float


@dataclass(frozen=True, eq=False)
class Decisions:
    """One column for each kind of decision, one value a bar; NaN where nothing is decided."""

    columns: dict[str, Floats]
    count: int

    def change(self, other: Decisions, stop: int, tolerance: float = ROUNDING) -> Change | None:
        """Return the first decision before row `stop` that differs in `other`."""
        first: Change | None = None
        for name in self.columns.keys() | other.columns.keys():
            one, two = self.column(name, stop), other.column(name, stop)
            if same(one, two):
                continue
            rows = np.flatnonzero(differ(one, two, tolerance))
            if len(rows) and (first is None or rows[0] < first.row):
                row = int(rows[0])
                first = Change(row, name, float(one[row]), float(two[row]))
        return first

    def column(self, name: str, stop: int) -> Floats:
        """Return a column up to row `stop`; all NaN if there is none of that name."""
        found = self.columns.get(name)
        return np.full(stop, np.nan) if found is None else found[:stop]

    @cached_property
    def active(self) -> Flags:
        """Where something is decided that was not decided on the bar before."""
        found = np.zeros(self.count, np.bool_)
        for values in self.columns.values():
            found[1:] |= differ(values[1:], values[:-1], ROUNDING)
            found[:1] |= ~np.isnan(values[:1])
        return found


def same(one: Floats, two: Floats) -> bool:
    """Return whether two columns are the same bit by bit, NaN as well."""
    return bool((one.view(np.int64) == two.view(np.int64)).all())


@dataclass(frozen=True, eq=False)
class Subject:
    """A strategy on its prices, and what it decides there.

    `seconds` is what deciding took, of the processor: checks bound themselves by it. `schedule` is
    when a portfolio looks at its weights.
    """

    strategy: Rule
    data: Data
    settings: BacktestSettings
    decided: Decisions
    seconds: float
    schedule: Schedule | None = None

    @classmethod
    def of(
        cls,
        strategy: Rule,
        data: Data,
        settings: BacktestSettings,
        schedule: Schedule | None = None,
    ) -> Subject:
        """Let it decide."""
        began = time.thread_time()
        decided = decisions(strategy, data, settings)
        return cls(strategy, data, settings, decided, time.thread_time() - began, schedule)

    @property
    def fewest(self) -> int:
        """The least bars that the strategy can be run on."""
        return max(self.strategy.warm_up, 1) + 1

    @cached_property
    def moves(self) -> Floats:
        """How far the price moved to each bar, the most of any symbol; 0 where unknown."""
        with np.errstate(invalid="ignore", divide="ignore"):
            changes = np.abs(np.diff(np.log(self.data.close), axis=0))
        changes = np.where(np.isfinite(changes), changes, 0.0)
        if changes.ndim > 1:
            changes = changes.max(axis=1)
        return np.concatenate(([0.0], changes))

    @property
    def is_quick(self) -> bool:
        """Whether it decides so quickly that a few more runs do not matter."""
        return self.seconds < QUICK

    def again(self, data: Data) -> Decisions:
        """Return what it decides on other prices."""
        return decisions(self.strategy, data, self.settings)


def part(data: Data, begin: int, stop: int) -> Data:
    """Return rows `begin` to `stop`, as if the history began there."""
    known = data.head(stop)
    if isinstance(known, Bars):
        return known.tail(stop - begin)
    columns = {name: getattr(known, name)[begin:] for name in ("time", "mask", *COLUMNS)}
    return replace(known, **columns)


def differ(one: Floats, two: Floats, tolerance: float) -> Flags:
    """Return where two columns differ by more than rounding; two NaN are the same."""
    close = np.abs(one - two) <= tolerance * (1.0 + np.abs(two))
    same: Flags = (one == two) | close | (np.isnan(one) & np.isnan(two))
    return ~same


def fresh(strategy: Rule) -> Rule:
    """Return a strategy as it was before it saw any prices, as far as that can be had.

    What it learned in an earlier run, and kept, would hide that it learned from the future.
    """
    if list(signature(type(strategy)).parameters) == ["parameters"]:
        return type(strategy)(strategy.parameters)
    return copy.deepcopy(strategy)


def decisions(strategy: Rule, data: Data, settings: BacktestSettings) -> Decisions:
    """Return what a strategy decides on these prices.

    Raises:
        ParameterError: Its decisions make no sense, or it is of no known kind.
    """
    chosen = fresh(strategy)
    if isinstance(chosen, UniverseStrategy) and not isinstance(data, Bars):
        weights = np.asarray(chosen.weights(data), np.float64)
        columns = {name: weights[:, at] for at, name in enumerate(data.symbols)}
    elif not isinstance(data, Bars) and isinstance(chosen, Strategy):
        columns = {name: _alone(chosen, data, at) for at, name in enumerate(data.symbols)}
    elif not isinstance(data, Bars):
        raise ParameterError(f"{strategy.title} does not decide on many symbols.")
    elif isinstance(chosen, Strategy):
        columns = {"target": np.asarray(chosen.signals(data).target, np.float64)}
    elif isinstance(chosen, OrderStrategy):
        orders = chosen.orders(data)
        columns = _entries("buy", orders.buy) | _entries("sell", orders.sell)
        if orders.exits is not None:
            columns["exit"] = np.asarray(orders.exits, np.float64)
    elif isinstance(chosen, EventStrategy):
        return _by_events(chosen, data, settings)
    else:
        raise ParameterError(f"{strategy.title} does not decide on one symbol.")
    if any(len(each) != len(data) for each in columns.values()):
        raise ParameterError(f"{strategy.title} did not decide on each of {len(data):,} bars.")
    return Decisions(columns, len(data))


def _alone(strategy: Strategy, universe: Universe, place: int) -> Floats:
    """Return what a strategy for one symbol wants of one of many; NaN where it has no bar."""
    column = np.full(len(universe), np.nan)
    rows = universe.mask[:, place]
    if rows.any():
        column[rows] = strategy.signals(universe.bars(universe.symbols[place])).target
    return column


def _entries(side: str, entries: Entries | None) -> dict[str, Floats]:
    if entries is None:
        return {}
    weight = np.asarray(entries.weight, np.float64)
    placed = ~np.isnan(weight)
    found = {f"{side} weight": weight}
    for name in PRICES:
        if getattr(entries, name) is not None:
            found[f"{side} {name}"] = np.where(placed, entries.column(name), np.nan)
    found[f"{side} hold"] = np.where(placed, float(entries.hold), np.nan)
    found[f"{side} life"] = np.where(placed, _life(entries.life), np.nan)
    return found


def _life(life: Life) -> float:
    return LIVES[life] if isinstance(life, TimeInForce) else float(life)


class _Noting(EventContext):
    """What a strategy sees bar by bar, noting what it does there."""

    noted: dict[str, dict[int, float]]

    def note(self, what: str, value: float) -> None:
        self.noted.setdefault(what, {})[self.row] = value

    @override
    def target(self, weight: float, *, reason: str = "") -> None:
        self.note("target", weight)
        super().target(weight, reason=reason)

    @override
    def close_position(self, share: float = 1.0, *, reason: str = "") -> None:
        self.note("exit", share)
        super().close_position(share, reason=reason)

    @override
    def cancel(self) -> None:
        self.note("cancel", 1.0)
        super().cancel()

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
        name = "sell" if side else "buy"
        self.note(f"{name} weight", weight)
        for what, price in zip(PRICES, prices, strict=True):
            if price is not None:
                self.note(f"{name} {what}", price)
        self.note(f"{name} hold", float(hold))
        self.note(f"{name} life", _life(life))
        super()._place(side, weight, prices, hold, life, reason)


def _by_events(strategy: EventStrategy, bars: Bars, settings: BacktestSettings) -> Decisions:
    loop = Loop(prices_of(bars, settings.size_rule), settings)
    needs_stop = isinstance(settings.sizing, RiskPerTrade)
    context = _Noting(bars, loop, Sessions(bars), needs_stop=needs_stop)
    context.noted = {}
    decide = deciding(strategy, context, loop)
    strategy.start(bars)
    for row in range(len(bars)):
        loop.bar(row, decide)
    columns = {}
    for name, values in context.noted.items():
        column = np.full(len(bars), math.nan)
        column[list(values)] = list(values.values())
        columns[name] = column
    return Decisions(columns, len(bars))
