"""What each symbol of a portfolio added to its profit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from puffin import measures
from puffin.backtest import layout as at

if TYPE_CHECKING:
    from collections.abc import Sequence

    from puffin.measures import Floats


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one symbol did for the whole.

    Attributes:
        symbol: Which one.
        profit: In money, after all costs, with what is still held marked at the last price. The
            profits of all symbols add up to that of the account.
        share: Profit over the capital at the start; these add up to the total return.
        costs: Commissions, and what borrowing cost, in money. Slippage is in the prices.
        trades: How many round trips ended.
        win_rate: The share of them that made money; None without any.
    """

    symbol: str
    profit: float
    share: float
    costs: float
    trades: int
    win_rate: float | None


def attribution(
    symbols: Sequence[str], tables: Sequence[Floats], capital: float
) -> tuple[Contribution, ...]:
    """Return each symbol's part, from the tables of its trades (`layout`), open ones included."""
    return tuple(
        _contribution(symbol, table, capital) for symbol, table in zip(symbols, tables, strict=True)
    )


def _contribution(symbol: str, table: Floats, capital: float) -> Contribution:
    profits = table[:, at.TRADE_PROFIT]
    closed = profits[table[:, at.TRADE_EXIT] >= 0]
    total = float(profits.sum())
    return Contribution(
        symbol,
        total,
        total / capital,
        float(table[:, at.TRADE_COMMISSION].sum() + table[:, at.TRADE_FEES].sum()),
        len(closed),
        measures.win_rate(closed),
    )
