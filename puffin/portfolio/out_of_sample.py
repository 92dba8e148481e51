"""What a method would have brought on returns it had not seen, beside equal weights.

At each step the method sees the returns of a window that lies behind, and holds the weights it
found over the returns that follow; weights drift with prices until the next step. Equal weights
are brought back on the same rows, and both pay for what they trade.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from puffin import measures
from puffin.errors import NoDataError, ParameterError
from puffin.portfolio.allocation import allocate
from puffin.portfolio.estimates import FEWEST, estimate
from puffin.portfolio.limits import Constraints, Options
from puffin.portfolio.methods import card, method

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from puffin.data.universe import Universe
    from puffin.portfolio.methods import Method

    Floats: TypeAlias = NDArray[np.float64]
    Times: TypeAlias = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Record:
    """How one of the two did: annual figures by their definitions in `measures`, None if undefined.

    `turnover` is what was traded at a step on average, bought and sold, as a share of the whole.
    """

    total_return: float | None
    volatility: float | None
    sharpe: float | None
    max_drawdown: float | None
    turnover: float
    costs: float


@dataclass(frozen=True, slots=True, eq=False)
class OutOfSample:
    """A method beside equal weights, on returns neither had seen.

    Attributes:
        method: Which one.
        time: The moments at whose closes the curves stand, the start first [m].
        curve: What 1 became by the method [m].
        equal_curve: What 1 became with equal weights [m].
        record: Figures of the method.
        equal_record: Figures of equal weights.
        steps: How often weights were found.
        sentence: Who did better, in words.
        notes: Steps at which the method could not say, in sentences.
    """

    method: Method
    time: Times
    curve: Floats
    equal_curve: Floats
    record: Record
    equal_record: Record
    steps: int
    sentence: str
    notes: tuple[str, ...] = ()


def out_of_sample(  # noqa: PLR0913 - what is asked, and how it is tried
    which: Method | str,
    universe: Universe,
    constraints: Constraints | None = None,
    options: Options | None = None,
    *,
    train: int = 252,
    test: int = 21,
    progress: Callable[[float], None] | None = None,
) -> OutOfSample:
    """Walk a method forward through the past. Run it in a worker.

    Args:
        which: One of `methods.METHODS`.
        universe: Prices; rows on which a symbol has none are left out.
        constraints: Limits of the weights.
        options: Targets, views; its `cost` is paid on what is traded, its `current` is not used.
        train: Returns that the method sees.
        test: Returns over which its weights are held.
        progress: Told how far along it is, 0 to 1; may raise to stop.

    Raises:
        NoDataError: There are not enough common returns; the sentence has the numbers.
        ParameterError: There is no such method, or nothing can meet what is asked at any step.
    """
    chosen, limits, asked = method(which), constraints or Constraints(), options or Options()
    if train < FEWEST or test < 1:
        raise ParameterError(f"A method sees {FEWEST} returns or more, and holds for one or more.")
    rows = np.flatnonzero(universe.mask.all(axis=1))
    close = universe.close[rows]
    returns = close[1:] / close[:-1] - 1
    if len(returns) < train + test:
        raise NoDataError(
            f"{len(returns)} common returns are too few to try a method on: it sees {train} and "
            f"is held over {test}.",
            hint="Choose a longer period, or smaller windows.",
        )
    count, tell = returns.shape[1], progress or _silent
    method_book, equal_book = _Book(asked.cost, count), _Book(asked.cost, count)
    evenly, notes = np.full(count, limits.total / count), list[str]()
    weights: Floats | None = None
    starts = range(train, len(returns), test)
    for step, start in enumerate(starts):
        tell(step / len(starts))
        seen = returns[start - train : start]
        try:
            beliefs = estimate(universe.symbols, seen, periods=universe.periods)
            current = None if weights is None else _named(universe, method_book.weights)
            found = allocate(chosen, beliefs, limits, replace(asked, current=current))
            weights = np.array([found.weights[symbol] for symbol in universe.symbols])
        except ParameterError as error:
            if weights is None:
                raise
            when = str(universe.time[rows[start]].astype("datetime64[ns]").astype("datetime64[D]"))
            notes.append(f"{when}: the weights stayed as they were. {error}")
            weights = method_book.weights
        ahead = returns[start : start + test]
        method_book.hold(weights, ahead)
        equal_book.hold(evenly, ahead)
    tell(1.0)
    record = method_book.record(universe.periods, asked.risk_free)
    other = equal_book.record(universe.periods, asked.risk_free)
    return OutOfSample(
        method=chosen,
        time=universe.time[rows[train:]],
        curve=np.array(method_book.curve),
        equal_curve=np.array(equal_book.curve),
        record=record,
        equal_record=other,
        steps=len(starts),
        sentence=_sentence(card(chosen).title, record, other, len(starts)),
        notes=tuple(notes),
    )


class _Book:
    """What 1 becomes when weights are held, drift, and are paid for when they change."""

    def __init__(self, cost: float, count: int) -> None:
        self.curve = [1.0]
        self.weights: Floats = np.zeros(count)
        self._cost = cost
        self._traded: list[float] = []
        self._paid = 0.0

    def hold(self, weights: Floats, ahead: Floats) -> None:
        """Trade to the weights and hold them over these returns [n, k]; the rest is cash."""
        traded = float(np.abs(weights - self.weights).sum())
        # The first purchase is paid for, but it is no turnover: both have it.
        if len(self.curve) > 1:
            self._traded.append(traded)
        paid = self.curve[-1] * traded * self._cost
        self._paid += paid
        worth = (self.curve[-1] - paid) * (1 + (np.cumprod(1 + ahead, axis=0) - 1) @ weights)
        self.curve += worth.tolist()
        grown = weights * np.prod(1 + ahead, axis=0)
        self.weights = grown / (1 + float((grown - weights).sum()))

    def record(self, periods: float, risk_free: float) -> Record:
        """Return the figures."""
        curve = np.array(self.curve)
        changes = measures.returns(curve)
        return Record(
            measures.total_return(curve),
            measures.volatility(changes, periods),
            measures.sharpe(changes, periods, risk_free),
            measures.max_drawdown(curve),
            float(np.mean(self._traded)) if self._traded else 0.0,
            self._paid,
        )


def _named(universe: Universe, weights: Floats) -> dict[str, float]:
    return dict(zip(universe.symbols, weights.tolist(), strict=True))


def _sentence(title: str, record: Record, other: Record, steps: int) -> str:
    if record.sharpe is None or other.sharpe is None:
        return f"{title} and equal weights cannot be compared: one of them did not move."
    better = "more" if record.sharpe > other.sharpe else "less"
    return (
        f"Out of sample, {title.lower()} earned {better} for its risk than equal weights: Sharpe "
        f"{record.sharpe:.2f} against {other.sharpe:.2f}, over {steps} steps."
    )


def _silent(_done: float) -> None:
    """Tell nobody."""
