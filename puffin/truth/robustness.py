"""Whether a result stands when costs, speed and prices are a little worse than assumed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from puffin.truth.check import Check, Grade

if TYPE_CHECKING:
    from puffin.backtest.result import BacktestResult

FEWEST_TRADES = 30
HARDLY_ANY = 10


def too_few_trades(result: BacktestResult) -> Check:
    """Return whether there are enough closed trades to say anything."""
    count = len(result.closed_trades)
    figures = {"trades": float(count), "needed": float(FEWEST_TRADES)}
    if count >= FEWEST_TRADES:
        said = f"{count:,} trades were closed; {FEWEST_TRADES} are the least that say something."
        return Check("trades", "Trades", Grade.GREEN, said, figures)
    grade = Grade.AMBER if count >= HARDLY_ANY else Grade.RED
    told = {0: "No trade was closed", 1: "Only 1 trade was closed"}
    said = (
        f"{told.get(count, f'Only {count} trades were closed')}: fewer than {FEWEST_TRADES} are "
        "too few to tell skill from chance."
    )
    return Check("trades", "Too few trades", grade, said, figures)
