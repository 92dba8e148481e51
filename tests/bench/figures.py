"""Figures: options, risk and indicators, many at a time."""

from __future__ import annotations

from functools import partial
from statistics import median
from typing import TYPE_CHECKING

import numpy as np

from puffin.data.bars import Bars, Interval
from puffin.factors.catalogue import indicator
from puffin.options import american, approximations, pricing
from puffin.options.implied import Style, implied_volatility
from puffin.options.pricing import Contracts
from puffin.risk.concentration import correlation
from puffin.risk.portfolio_risk import book_risk
from tests.bench.measure import Row, at_most, best_of, cpu

if TYPE_CHECKING:
    from collections.abc import Callable

CONTRACTS = 10_000
POSITIONS, DAYS = 500, 252
BARS = 1_000_000
ROUNDS = 11  # of the two in turn
MINUTE = 60_000_000_000
BESIDE = {"rsi": ("RSI", 14), "ema": ("EMA", 20), "atr": ("ATR", 14), "bollinger": ("BBANDS", 20)}


def rows() -> list[Row]:
    """Every row about figures."""
    return [*options(), *risk(), *indicators()]


def options() -> list[Row]:
    """Rows about ten thousand contracts, from two weeks to two years."""
    random = np.random.default_rng(1)
    contracts = Contracts.of(
        call=random.random(CONTRACTS) < 0.5,
        spot=100.0,
        strike=random.uniform(60, 150, CONTRACTS),
        years=random.uniform(0.04, 2, CONTRACTS),
        volatility=random.uniform(0.1, 0.9, CONTRACTS),
        rate=0.04,
        dividend_yield=0.02,
    )
    prices = pricing.price(contracts)
    early = american.price(contracts)

    def within(what: str, work: Callable[[], object]) -> Row:
        return at_most(f"{CONTRACTS:,} options, {what}", best_of(work) * 1_000, 10, "ms")

    def told(what: str, work: Callable[[], object]) -> Row:
        return Row(f"{CONTRACTS:,} options, {what}", f"{best_of(work, 1) * 1_000:,.0f} ms")

    return [
        within("price and every greek", partial(pricing.greeks, contracts)),
        within("implied volatility", partial(implied_volatility, contracts, prices)),
        within("American, by Ju", partial(approximations.price, contracts)),
        told("American, to five digits", partial(american.price, contracts)),
        told("American, every greek", partial(american.greeks, contracts)),
        told("American, volatility", partial(implied_volatility, contracts, early, Style.AMERICAN)),
    ]


def risk() -> list[Row]:
    """Rows about a book of five hundred positions."""
    random = np.random.default_rng(2)
    returns = random.normal(0, 0.01, (DAYS, POSITIONS))
    values = random.normal(0, 10_000, POSITIONS)
    names = tuple(str(each) for each in range(POSITIONS))
    tails = best_of(partial(book_risk, names, values, returns, equity=1e6)) * 1_000
    pairs = best_of(partial(correlation, returns)) * 1_000
    return [
        at_most(f"risk of {POSITIONS} positions, a year of days", tails, 10, "ms"),
        at_most(f"correlation of {POSITIONS} positions", pairs, 10, "ms"),
    ]


def indicators() -> list[Row]:
    """Rows about a million bars, beside TA-Lib by itself."""
    import talib

    random = np.random.default_rng(3)
    close = 100 * np.exp(np.cumsum(random.normal(0, 0.001, BARS)))
    bars = Bars.from_columns(
        "BENCH",
        Interval.M1,
        time=np.arange(BARS) * MINUTE,
        open=close,
        high=close * 1.001,
        low=close * 0.999,
        close=close,
        volume=random.random(BARS),
    )
    found = []
    for name, (function, window) in BESIDE.items():
        chosen = indicator(name)
        columns = [getattr(bars, column) for column in chosen.inputs]
        raw = partial(getattr(talib, function), *columns, window)
        study = partial(chosen.study, bars, chosen.parameters({"window": window}))
        rounds = [(cpu(raw), cpu(study)) for _ in range(ROUNDS)]
        bare, ours = (median(each) for each in zip(*rounds, strict=True))
        text = f"{name}, {BARS:,} bars, beside TA-Lib's {bare * 1_000:.1f} ms"
        found.append(at_most(text, ours / bare, 1.25, "×", extra=f" ({ours * 1_000:.1f} ms)"))
    return found
