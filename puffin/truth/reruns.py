"""The same decisions once more, under other assumptions or a bar later."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, TypeAlias

import numpy as np
from typing_extensions import override

from puffin import measures
from puffin.backtest import layout as at
from puffin.backtest.engine import Backtester
from puffin.backtest.event import EventContext, deciding
from puffin.backtest.loop import Loop
from puffin.backtest.plan import Sessions, prices_of
from puffin.backtest.portfolio import PortfolioBacktester
from puffin.backtest.sizing import RiskPerTrade
from puffin.data.bars import Bars
from puffin.errors import ParameterError
from puffin.strategies.base import EventStrategy, OrderStrategy, Signals, Strategy
from puffin.strategies.orders import Entries, Orders
from puffin.strategies.universe import UniverseStrategy
from puffin.truth.decisions import LIFE_OF, PRICES, fresh

if TYPE_CHECKING:
    from collections.abc import Callable

    from puffin.backtest.layout import Prices
    from puffin.backtest.result import BacktestResult
    from puffin.backtest.settings import BacktestSettings
    from puffin.backtest.waiting import Waiting
    from puffin.data.universe import Universe
    from puffin.measures import Floats
    from puffin.truth.decisions import Decisions, Subject

    Tell: TypeAlias = Callable[[float], None]


class GivenTargets(Strategy):
    """Wants what was decided before."""

    id: ClassVar[str] = "given_targets"
    title: ClassVar[str] = "Given targets"
    summary: ClassVar[str] = "Wants what was decided before."

    def __init__(self, target: Floats) -> None:
        super().__init__()
        self._target = target

    @property
    @override
    def warm_up(self) -> int:
        return 1

    @override
    def signals(self, bars: Bars) -> Signals:
        return Signals(self._target)


class GivenOrders(OrderStrategy):
    """Orders what was decided before."""

    id: ClassVar[str] = "given_orders"
    title: ClassVar[str] = "Given orders"
    summary: ClassVar[str] = "Orders what was decided before."

    def __init__(self, orders: Orders) -> None:
        super().__init__()
        self._orders = orders

    @property
    @override
    def warm_up(self) -> int:
        return 1

    @override
    def orders(self, bars: Bars) -> Orders:
        return self._orders


class GivenWeights(UniverseStrategy):
    """Holds the weights that were decided before."""

    id: ClassVar[str] = "given_weights"
    title: ClassVar[str] = "Given weights"
    summary: ClassVar[str] = "Holds the weights that were decided before."

    def __init__(self, weights: Floats) -> None:
        super().__init__()
        self._weights = weights

    @property
    @override
    def warm_up(self) -> int:
        return 1

    @override
    def weights(self, universe: Universe) -> Floats:
        return self._weights


def return_again(
    subject: Subject, settings: BacktestSettings, tell: Tell | None = None
) -> float | None:
    """Return what the same decisions earn under other assumptions."""
    if isinstance(subject.data, Bars):
        return run_again(subject, settings, tell).metrics["total_return"]
    return _portfolio(subject, settings, 0, tell)


def return_a_bar_later(subject: Subject, tell: Tell | None = None) -> float | None:
    """Return what the same decisions earn if each is carried out one bar later."""
    if isinstance(subject.data, Bars):
        return measures.total_return(equity_a_bar_later(subject, tell))
    return _portfolio(subject, subject.settings, 1, tell)


def _portfolio(
    subject: Subject, settings: BacktestSettings, later: int, tell: Tell | None
) -> float | None:
    universe = subject.data
    if isinstance(universe, Bars):
        raise ParameterError(f"{subject.strategy.title} decides on one symbol.")
    columns = [_put_off(subject.decided.columns[name], later) for name in universe.symbols]
    weights = np.column_stack(columns)
    if isinstance(subject.strategy, Strategy):  # each symbol gets its share of the money
        weights = weights / len(universe.symbols)
    portfolio = PortfolioBacktester(GivenWeights(weights), settings, subject.schedule)
    return portfolio.run(universe, progress=tell).metrics["total_return"]


def run_again(
    subject: Subject, settings: BacktestSettings, tell: Tell | None = None
) -> BacktestResult:
    """Return what comes of the same decisions under other assumptions.

    A strategy that decides bar by bar decides again: it may look at what it holds.
    """
    bars = one_symbol(subject)
    strategy = subject.strategy
    if isinstance(strategy, EventStrategy):
        again = fresh(strategy)
        if not isinstance(again, EventStrategy):
            raise ParameterError(f"{strategy.title} cannot be run again.")
        return Backtester(again, settings).run(bars, progress=tell)
    return Backtester(_given(strategy, subject.decided, 0), settings).run(bars, progress=tell)


def equity_a_bar_later(subject: Subject, tell: Tell | None = None) -> Floats:
    """Return the equity at each close if everything that is decided is done one bar later."""
    bars, strategy, settings = one_symbol(subject), subject.strategy, subject.settings
    if not isinstance(strategy, EventStrategy):
        given = _given(strategy, subject.decided, 1)
        return Backtester(given, settings).run(bars, progress=tell).equity
    again = fresh(strategy)
    if not isinstance(again, EventStrategy):
        raise ParameterError(f"{strategy.title} cannot be run again.")
    loop = LateLoop(prices_of(bars, settings.size_rule), settings)
    needs_stop = isinstance(settings.sizing, RiskPerTrade)
    context = EventContext(bars, loop, Sessions(bars), needs_stop=needs_stop)
    decide = deciding(again, context, loop)

    def late(row: int) -> None:
        loop.catch_up()
        decide(row)

    again.start(bars)
    step = max(1, len(bars) // 50)
    for row in range(len(bars)):
        if tell is not None and not row % step:
            tell(row / len(bars))
        loop.bar(row, late)
    return np.array(loop.equity)


class LateLoop(Loop):
    """A loop that puts everything off until it is asked to catch up with the bar before."""

    def __init__(self, prices: Prices, settings: BacktestSettings) -> None:
        super().__init__(prices, settings)
        self._later: list[Callable[[], None]] = []

    def catch_up(self) -> None:
        """Do what was put off."""
        due, self._later = self._later, []
        for each in due:
            each()

    @override
    def want(self, target: float, row: int) -> None:
        self._later.append(lambda: super(LateLoop, self).want(target, row))

    @override
    def close(self, share: float, why: int, row: int) -> None:
        if why == at.HELD_LONG_ENOUGH:  # counted from the entry, which was late already
            super().close(share, why, row)
        else:
            self._later.append(lambda: super(LateLoop, self).close(share, why, row))

    @override
    def place(self, order: Waiting) -> None:
        order.last += 1
        self._later.append(lambda: super(LateLoop, self).place(order))

    @override
    def withdraw(self) -> None:
        self._later.append(lambda: super(LateLoop, self).withdraw())


def one_symbol(subject: Subject) -> Bars:
    """Return the bars of a strategy that decides on one symbol."""
    if not isinstance(subject.data, Bars):
        raise ParameterError(f"{subject.strategy.title} decides on many symbols.")
    return subject.data


def _given(strategy: object, decided: Decisions, later: int) -> Strategy | OrderStrategy:
    if isinstance(strategy, Strategy):
        return GivenTargets(_put_off(decided.columns["target"], later))
    columns = {name: _put_off(each, later) for name, each in decided.columns.items()}
    exits = columns.get("exit")
    if exits is None:
        exits = np.zeros(decided.count)
    return GivenOrders(Orders(_side("buy", columns), _side("sell", columns), np.nan_to_num(exits)))


def _put_off(values: Floats, later: int) -> Floats:
    return np.concatenate((np.full(later, np.nan), values[: len(values) - later]))


def _side(side: str, columns: dict[str, Floats]) -> Entries | None:
    weight = columns.get(f"{side} weight")
    if weight is None:
        return None
    placed = np.flatnonzero(~np.isnan(weight))
    if not len(placed):
        return Entries(weight)
    first = placed[0]
    return Entries(
        weight,
        **{name: columns.get(f"{side} {name}") for name in PRICES},
        hold=int(columns[f"{side} hold"][first]),
        life=LIFE_OF.get(columns[f"{side} life"][first], int(columns[f"{side} life"][first])),
    )
