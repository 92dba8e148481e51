"""What each symbol of a portfolio did for the whole, as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from puffling.core import formats
from puffling.ui.tables.columns import Column, Draw, number
from puffling.ui.tables.sums import summed
from puffling.ui.theme.theme import Theme
from puffling.ui.theme.tokens import Tone

if TYPE_CHECKING:
    from puffin.backtest.attribution import Contribution

CONTRIBUTIONS: tuple[Column[Contribution], ...] = (
    Column("symbol", "Symbol", lambda row: row.symbol, draw=Draw.STRONG, width=80),
    number(
        "profit",
        "Profit",
        lambda row: formats.money(row.profit, sign=True),
        lambda row: row.profit,
        tone=lambda row: Theme.sign_tone(row.profit),
        help_="After all costs; what is still held counts at the last price",
        width=110,
        total=summed(
            lambda row: row.profit,
            lambda amount: formats.money(amount, sign=True),
            tone=Theme.sign_tone,
        ),
    ),
    number(
        "share",
        "Of the capital",
        lambda row: formats.percent(row.share, sign=True),
        lambda row: row.share,
        tone=lambda row: Theme.sign_tone(row.share),
        help_="These add up to the return",
        width=104,
        total=summed(
            lambda row: row.share,
            lambda share: formats.percent(share, sign=True),
            tone=Theme.sign_tone,
        ),
    ),
    number(
        "costs",
        "Costs",
        lambda row: formats.money(row.costs),
        lambda row: row.costs,
        tone=lambda _: Tone.MUTED,
        help_="Commissions and borrowing; slippage is in the prices",
        width=90,
        total=summed(lambda row: row.costs, formats.money),
    ),
    number("trades", "Trades", lambda row: str(row.trades), lambda row: row.trades, width=66),
    number(
        "win_rate",
        "Win rate",
        lambda row: formats.percent(row.win_rate),
        lambda row: row.win_rate,
        help_="Share of the closed trades that made money",
        width=84,
    ),
)
