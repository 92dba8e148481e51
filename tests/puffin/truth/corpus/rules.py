"""How the corpus makes a strategy of a function, and what its functions are made of."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from typing_extensions import override

from puffin.data.bars import Bars, Interval
from puffin.data.sample import SampleProvider
from puffin.data.universe import align
from puffin.strategies.base import EventStrategy, OrderStrategy, Signals, Strategy
from puffin.strategies.universe import UniverseStrategy

if TYPE_CHECKING:
    from collections.abc import Callable

    from puffin.data.universe import Universe
    from puffin.measures import Floats
    from puffin.strategies.base import Rule
    from puffin.strategies.orders import Context, Orders

DEMO = Path(__file__).parents[4] / "resources/demo"


@dataclass(frozen=True)
class Case:
    """A strategy of the corpus; `caught_by` is the check that must see what is wrong with it."""

    name: str
    make: Callable[[], Rule]
    caught_by: str = "look_ahead"
    many: bool = False


class Corpus(list[Case]):
    """The list that the decorators below fill."""

    def targets(self, warm_up: int = 1, caught_by: str = "look_ahead") -> Any:
        """Take a function from bars to targets for a strategy."""

        def take(decide):
            self.append(Case(decide.__name__, lambda: Targets(decide, warm_up), caught_by))
            return decide

        return take

    def orders(self, warm_up: int = 1, caught_by: str = "look_ahead") -> Any:
        """Take a function from bars to orders for a strategy."""

        def take(decide):
            self.append(Case(decide.__name__, lambda: Ordered(decide, warm_up), caught_by))
            return decide

        return take

    def events(self, warm_up: int = 1, caught_by: str = "look_ahead") -> Any:
        """Take a function of what is seen at a bar, and of all bars, for a strategy."""

        def take(decide):
            self.append(Case(decide.__name__, lambda: Events(decide, warm_up), caught_by))
            return decide

        return take

    def weights(self, warm_up: int = 1) -> Any:
        """Take a function from a universe to weights for a strategy."""

        def take(decide):
            self.append(Case(decide.__name__, lambda: Weights(decide, warm_up), many=True))
            return decide

        return take

    def whole(self, caught_by: str = "look_ahead") -> Any:
        """Take a class as it is."""

        def take(made):
            self.append(Case(made.__name__, made, caught_by))
            return made

        return take


class Named:
    """What every strategy of the corpus is called."""

    id: ClassVar[str] = "corpus"
    title: ClassVar[str] = "Corpus"
    summary: ClassVar[str] = "A strategy of the corpus."

    _warm_up: int

    @property
    def warm_up(self) -> int:
        return self._warm_up


class Targets(Named, Strategy):
    def __init__(self, decide, warm_up):
        super().__init__()
        self._decide, self._warm_up = decide, warm_up

    @override
    def signals(self, bars: Bars) -> Signals:
        return Signals(np.asarray(self._decide(bars), np.float64))


class Ordered(Named, OrderStrategy):
    def __init__(self, decide, warm_up):
        super().__init__()
        self._decide, self._warm_up = decide, warm_up

    @override
    def orders(self, bars: Bars) -> Orders:
        orders: Orders = self._decide(bars)
        return orders


class Events(Named, EventStrategy):
    def __init__(self, decide, warm_up):
        super().__init__()
        self._decide, self._warm_up = decide, warm_up

    @override
    def start(self, bars: Bars) -> None:
        self._bars = bars

    @override
    def on_bar(self, context: Context) -> None:
        self._decide(context, self._bars)


class Weights(Named, UniverseStrategy):
    def __init__(self, decide, warm_up):
        super().__init__()
        self._decide, self._warm_up = decide, warm_up

    @override
    def weights(self, universe: Universe) -> Floats:
        weights: Floats = self._decide(universe)
        return weights


@lru_cache
def market(symbol: str) -> Bars:
    """Real daily prices, adjusted."""
    return SampleProvider(DEMO).history(symbol, Interval.D1).adjust()


@lru_cache
def markets() -> Universe:
    """The four symbols with long histories, side by side."""
    return align([market(each) for each in ("AAPL", "GOOG", "IBM", "MSFT")])


def long_market(count: int, seed: int = 3) -> Bars:
    """A long random walk of minutes."""
    draw = np.random.default_rng(seed)
    close = 100 * np.exp(np.cumsum(draw.normal(0, 0.001, count)))
    opened = np.concatenate((close[:1], close[:-1])) * np.exp(draw.normal(0, 0.0002, count))
    high = np.maximum(opened, close) * (1 + np.abs(draw.normal(0, 0.0003, count)))
    low = np.minimum(opened, close) * (1 - np.abs(draw.normal(0, 0.0003, count)))
    start = np.datetime64("2012-01-02", "ns").astype(np.int64)
    return Bars.from_columns(
        "LONG",
        Interval.M1,
        time=start + np.arange(count) * 60_000_000_000,
        open=opened,
        high=high,
        low=low,
        close=close,
        volume=draw.integers(100, 10_000, count).astype(np.float64),
    )


def ago(values, bars=1) -> Floats:
    """What each value was some bars ago, NaN at first; negative bars look ahead."""
    moved = np.full(len(values), np.nan)
    if bars >= 0:
        moved[bars:] = values[: len(values) - bars]
    else:
        moved[:bars] = values[-bars:]
    return moved


def windows(values, window) -> Floats:
    """Every full window of values, the last one of which is the row."""
    return np.lib.stride_tricks.sliding_window_view(values, window)


def rolling(values, window, measure=np.mean) -> Floats:
    """A measure of the last `window` values, NaN until there are so many."""
    found = np.full(len(values), np.nan)
    if window <= len(values):
        found[window - 1 :] = measure(windows(values, window), axis=1)
    return found


def long_while(holds) -> Floats:
    """1 while a condition holds, else 0."""
    return np.where(holds, 1.0, 0.0)


def changes(values) -> Floats:
    """Returns, 0 on the first bar."""
    return np.concatenate(([0.0], values[1:] / values[:-1] - 1))


def ema(values, share) -> Floats:
    """An exponential average that begins with the first value."""
    found, level = np.empty(len(values)), values[0]
    for row, value in enumerate(values.tolist()):
        level += share * (value - level)
        found[row] = level
    return found


def filled_forward(values) -> Floats:
    """Every NaN replaced by the last known value before it."""
    known = np.maximum.accumulate(np.where(np.isnan(values), -1, np.arange(len(values))))
    return np.where(known >= 0, values[np.maximum(known, 0)], np.nan)


def filled_backward(values) -> Floats:
    """Every NaN replaced by the next known value after it."""
    return filled_forward(values[::-1])[::-1]


def periods(bars, days) -> Floats:
    """The number of each bar's period of so many calendar days."""
    number: Floats = bars.time // (days * 86_400_000_000_000)
    return number


def last_of(period) -> Floats:
    """Where a period ends, as far as the rows tell."""
    return np.append(period[1:] != period[:-1], True)
