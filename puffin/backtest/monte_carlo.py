"""Monte Carlo: a run's trades in other orders, its returns in other blocks, or other parameters.

None of them knows more than the run did: they show how much of it was the order of events.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from puffin.backtest.blocks import Blocks, block_for_returns, block_length, draw
from puffin.backtest.fan import LEVELS, RUIN, Fan, places
from puffin.backtest.noise import parameter_noise
from puffin.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Callable

    from puffin.measures import Floats

__all__ = [
    "LEVELS",
    "RUIN",
    "Blocks",
    "Fan",
    "block_bootstrap",
    "block_for_returns",
    "block_length",
    "parameter_noise",
    "trade_returns",
    "trade_shuffle",
]

RUNS: Final = 10_000
MOST_RUNS: Final = 50_000
CELLS_AT_ONCE: Final = 400_000  # keeps the paths that are worked on within the processor's cache
FEWEST: Final = 2  # that can be put in another order


def trade_returns(profits: Floats, capital: float) -> Floats:
    """Return what each closed trade did to the account, as a share of it before the trade.

    Compounded they lead from the capital to the capital and all profits.

    Args:
        profits: Of the closed trades, in the order of their exits.
        capital: What the run began with.

    Raises:
        ParameterError: The account was used up on the way.
    """
    after = capital + np.cumsum(profits)
    before = np.concatenate(([capital], after[:-1])) if len(after) else after
    if bool((after <= 0).any()):
        raise ParameterError("The trades used the account up, so their order says nothing.")
    return profits / before


def trade_shuffle(
    returns: Floats,
    *,
    capital: float = 100_000.0,
    runs: int = RUNS,
    seed: int = 0,
    replace: bool = False,
    progress: Callable[[float], None] | None = None,
) -> Fan:
    """Return what other orders of the same trades would have led through.

    Args:
        returns: Of the trades, as `trade_returns` gives them.
        capital: What each run begins with.
        runs: How many orders are drawn.
        seed: Of the random numbers.
        replace: Draw each trade anew, so that some come twice and others not at all; the end then
            differs. Otherwise every run has every trade once and ends where the original did.
        progress: Told how far along it is, 0 to 1; may raise to stop it.

    Raises:
        ParameterError: There are fewer than two trades, or too many runs.
    """
    logs = _growth(returns, "trades")
    count = len(logs)
    how = (
        f"{runs:,} draws of {count:,} trades out of {count:,}, with repetition"
        if replace
        else f"{runs:,} orders of the same {count:,} trades; each ends at the same equity"
    )

    def rows(many: int, random: np.random.Generator) -> Floats:
        if replace:
            return logs[random.integers(count, size=(many, count))]
        return random.permuted(np.broadcast_to(logs, (many, count)), axis=1)

    words = f"{how}. Profits compound; open trades are left out."
    return _fan(logs, rows, (words, "trades"), capital, runs, seed, progress)


def block_bootstrap(  # noqa: PLR0913 - each is given by name
    returns: Floats,
    block: float | None = None,
    *,
    kind: Blocks = Blocks.STATIONARY,
    capital: float = 100_000.0,
    runs: int = RUNS,
    seed: int = 0,
    progress: Callable[[float], None] | None = None,
) -> Fan:
    """Return what the account's returns would have led to, drawn again in blocks.

    Args:
        returns: Of the account, one a bar.
        block: Bars of a block, its mean for stationary ones; None follows from the returns.
        kind: How blocks are drawn.
        capital: What each run begins with.
        runs: How many are drawn.
        seed: Of the random numbers.
        progress: Told how far along it is, 0 to 1; may raise to stop it.

    Raises:
        ParameterError: There are fewer than two returns, the account was used up, the block does
            not fit, or there are too many runs.
    """
    logs = _growth(returns, "returns")
    length = block_for_returns(returns, kind) if block is None else float(block)
    if not 1 <= length <= len(logs):
        raise ParameterError(f"A block must have 1 to {len(logs):,} bars.")
    chosen = "chosen by the rule of Politis and White (2004, 2009)" if block is None else "as set"
    size = (
        f"of {max(1, round(length))} bars each"
        if kind is Blocks.CIRCULAR
        else f"of {length:.1f} bars on average"
    )
    words = f"{runs:,} series of {len(logs):,} returns, drawn in blocks {size}, {chosen}."
    return _fan(
        logs,
        lambda many, random: draw(logs, many, length, kind, random),
        (words, "bars"),
        capital,
        runs,
        seed,
        progress,
    )


def _growth(returns: Floats, what: str) -> Floats:
    """Return the logarithms of growth."""
    if len(returns) < FEWEST:
        raise ParameterError(
            f"There are {len(returns)} {what}; at least {FEWEST} are needed to draw from."
        )
    if not bool(np.isfinite(returns).all()) or float(returns.min()) <= -1:
        raise ParameterError("The account was used up, so there is nothing to draw from.")
    return np.log1p(returns)


def _fan(  # noqa: PLR0913, PLR0917 - one caller hands on what the two others were given
    logs: Floats,
    rows: Callable[[int, np.random.Generator], Floats],
    said: tuple[str, str],
    capital: float,
    runs: int,
    seed: int,
    progress: Callable[[float], None] | None,
) -> Fan:
    if not 1 <= runs <= MOST_RUNS:
        raise ParameterError(f"There must be 1 to {MOST_RUNS:,} runs.")
    random = np.random.default_rng(seed)
    shown = places(len(logs) + 1)
    at = np.empty((runs, len(shown)))
    lowest, deepest, final = np.empty(runs), np.empty(runs), np.empty(runs)
    step = max(1, CELLS_AT_ONCE // len(logs))
    for start in range(0, runs, step):
        if progress is not None:
            progress(start / runs)
        some = slice(start, min(start + step, runs))
        curve = np.zeros((some.stop - start, len(logs) + 1))
        np.cumsum(rows(len(curve), random), axis=1, out=curve[:, 1:])
        at[some] = curve[:, shown]
        lowest[some], final[some] = curve.min(axis=1), curve[:, -1]
        deepest[some] = (curve - np.maximum.accumulate(curve, axis=1)).min(axis=1)
    if progress is not None:
        progress(1.0)
    original = np.concatenate(([0.0], np.cumsum(logs)))[shown]
    words, unit = said
    return Fan(
        words=words,
        unit=unit,
        runs=runs,
        seed=seed,
        capital=capital,
        rows=shown,
        curves=capital * np.exp(np.percentile(at, LEVELS, axis=0)),
        original=capital * np.exp(original),
        final=capital * np.exp(final),
        lowest=capital * np.exp(lowest),
        deepest=np.expm1(deepest),
    )
