"""The risk of a book of positions: its tail, what moves together, and how the past bears it out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from puffin import measures
from puffin.backtest.metrics import periods_in_year
from puffin.errors import NoDataError
from puffling.core.errors import BadValueError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from puffin.data.universe import Universe
    from puffin.measures import Floats
    from puffin.risk.portfolio_risk import BookRisk
    from puffin.risk.value_at_risk import Kupiec

TOP = 5
ROUNDING = 1e-6  # by which weights may miss their sum


@dataclass(frozen=True, slots=True, eq=False)
class PortfolioRisk:
    """What a book may lose, measured over the days that all its positions share.

    Shares are of equity, `weights` signed; `book` has its figures in money. `betas` are None for
    those that cannot be known, `beta` is that of the whole book, and both are against `market`,
    which is empty when its prices are not to be had. `tests` tell how often losses were larger
    than the value at risk that the days before gave.
    """

    symbols: tuple[str, ...]
    weights: dict[str, float]
    equity: float
    returns: int
    first: datetime
    last: datetime
    book: BookRisk
    volatility: float | None
    max_drawdown: float | None
    market: str
    beta: float | None
    betas: dict[str, float | None]
    correlation: Floats
    mean_correlation: float | None
    effective_positions: float | None
    largest: tuple[tuple[str, float], ...]
    top_share: float
    tests: dict[str, Kupiec]
    notes: tuple[str, ...]


def measure(
    universe: Universe,
    values: Mapping[str, float],
    equity: float,
    market: tuple[str, Floats | None],
) -> PortfolioRisk:
    """Measure a book from the prices of its positions, side by side.

    Args:
        universe: Prices of the positions, in any order.
        values: What each is worth, in money; short ones are negative.
        equity: Worth of the account.
        market: Its name, and its closes on the same rows; None if they are not to be had.

    Raises:
        NoDataError: Too few returns in common; it says how many there are and are needed.
    """
    from puffin.portfolio.estimates import common_returns
    from puffin.risk import concentration
    from puffin.risk.portfolio_risk import book_risk

    rows = universe.mask.all(axis=1)
    returns = common_returns(universe)
    money = np.array([values[each] for each in universe.symbols])
    book = book_risk(
        universe.symbols,
        money,
        returns,
        equity=equity,
        periods=periods_in_year(universe.interval),
    )
    profits = book.profits / equity
    notes, tests = _tested(profits)
    name, closes = market
    moves = None if closes is None else measures.returns(closes[rows])
    slopes = None if moves is None else concentration.betas(returns, moves)
    time = universe.time[rows]
    ranked = {each: values[each] for each in universe.symbols}
    top = concentration.largest(ranked, TOP)
    from puffin.data.times import moment

    return PortfolioRisk(
        symbols=universe.symbols,
        weights={each: value / equity for each, value in ranked.items()},
        equity=equity,
        returns=len(returns),
        first=moment(int(time[0])),
        last=moment(int(time[-1])),
        book=book,
        volatility=None if book.volatility is None else book.volatility / equity,
        max_drawdown=measures.max_drawdown(np.concatenate([[1.0], np.cumprod(1 + profits)])),
        market="" if moves is None else name,
        beta=None if moves is None else concentration.beta(profits, moves),
        betas={
            each: None if slopes is None or not np.isfinite(slopes[at]) else float(slopes[at])
            for at, each in enumerate(universe.symbols)
        },
        correlation=concentration.correlation(returns),
        mean_correlation=concentration.mean_correlation(returns),
        effective_positions=concentration.effective_positions(money),
        largest=top,
        top_share=sum(share for _, share in top),
        tests=tests,
        notes=(*universe.notes, *notes, *_market_notes(name, moves)),
    )


def _tested(profits: Floats) -> tuple[tuple[str, ...], dict[str, Kupiec]]:
    """Return Kupiec's test of each way to estimate the tail, or why there is none."""
    from puffin.risk.value_at_risk import LEVELS, Method, backtest

    found = {}
    for method in Method:
        for level in LEVELS:
            try:
                found[f"{method}_{level * 100:.0f}"] = backtest(profits, level=level, method=method)
            except NoDataError as error:
                return (f"The value at risk was not tried on the past: {error}",), {}
    return (), found


def _market_notes(name: str, moves: Floats | None) -> tuple[str, ...]:
    if moves is not None:
        return ()
    missing = f"the prices of {name} are not to be had" if name else "there is no market here"
    return (f"Betas are not known: {missing}.",)


def check_weights(weights: Mapping[str, float]) -> dict[str, float]:
    """Return weights that make sense: each symbol once, each a number, together all of the money.

    Raises:
        BadValueError: There are none, one is named twice or is no number, or they do not add up
            to 100 %.
    """
    known: dict[str, float] = {}
    for name, value in weights.items():
        symbol = name.strip().upper()
        if symbol in known:
            raise BadValueError(f"{symbol} is named twice.", hint="Name each symbol once.")
        if not np.isfinite(value):
            raise BadValueError(f"The weight of {symbol} is not a number.")
        known[symbol] = float(value)
    total = sum(known.values())
    if not known:
        raise BadValueError("Name at least one weight.", hint="Such as weights=AAPL:0.6,GOOG:0.4")
    if abs(total - 1) > ROUNDING:
        raise BadValueError(
            f"The weights add up to {total:.1%}, not to 100 %.",
            hint="Name what is not invested as CASH.",
        )
    return known
