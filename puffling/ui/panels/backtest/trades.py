"""The table of trades."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from puffin.types import Side
from puffling.core import formats
from puffling.ui.panels.backtest.words import bar_time
from puffling.ui.tables.columns import Column, Draw, number
from puffling.ui.tables.sums import summed
from puffling.ui.theme.theme import Theme
from puffling.ui.theme.tokens import Tone

if TYPE_CHECKING:
    from puffin.backtest.result import RoundTrip


@dataclass(frozen=True, slots=True)
class TradeRow:
    """A round trip, its place in the run, whether its bars lie within days, and in what it was."""

    place: int
    trade: RoundTrip
    intraday: bool = False
    symbol: str = ""


def _left(row: TradeRow) -> str:
    return "open" if row.trade.is_open else bar_time(row.trade.exit_time, intraday=row.intraday)


TRADES: tuple[Column[TradeRow], ...] = (
    number("place", "#", lambda row: str(row.place), lambda row: row.place, width=40),
    Column(
        "symbol",
        "Symbol",
        lambda row: row.symbol,
        draw=Draw.STRONG,
        width=72,
        hidden=True,
    ),
    Column(
        "side",
        "Side",
        lambda row: "Long" if row.trade.side is Side.BUY else "Short",
        tone=lambda row: Tone.UP if row.trade.side is Side.BUY else Tone.DOWN,
        width=52,
    ),
    Column(
        "entry",
        "Entry",
        lambda row: bar_time(row.trade.entry_time, intraday=row.intraday),
        sort=lambda row: row.trade.entry_time,
        tip=lambda row: row.trade.entry_reason,
        width=104,
    ),
    Column(
        "exit",
        "Exit",
        _left,
        sort=lambda row: row.trade.exit_time,
        tip=lambda row: row.trade.exit_reason,
        width=104,
    ),
    number(
        "quantity",
        "Quantity",
        lambda row: formats.quantity(row.trade.quantity),
        lambda row: row.trade.quantity,
        width=76,
    ),
    number(
        "entry_price",
        "Entry price",
        lambda row: formats.price(row.trade.entry_price),
        lambda row: row.trade.entry_price,
        help_="Adjusted for splits and dividends, slippage included",
        width=96,
    ),
    number(
        "exit_price",
        "Exit price",
        lambda row: formats.price(row.trade.exit_price),
        lambda row: row.trade.exit_price,
        help_="Adjusted for splits and dividends, slippage included",
        width=96,
    ),
    number(
        "profit",
        "Profit",
        lambda row: formats.money(row.trade.profit, sign=True),
        lambda row: row.trade.profit,
        tone=lambda row: Theme.sign_tone(row.trade.profit),
        help_="After commissions; an open trade at the last close",
        width=92,
        total=summed(
            lambda row: row.trade.profit,
            lambda amount: formats.money(amount, sign=True),
            tone=Theme.sign_tone,
        ),
    ),
    number(
        "return",
        "Return",
        lambda row: formats.percent(row.trade.return_, sign=True),
        lambda row: row.trade.return_,
        tone=lambda row: Theme.sign_tone(row.trade.return_),
        width=76,
    ),
    number("bars", "Bars", lambda row: str(row.trade.bars), lambda row: row.trade.bars, width=52),
    number(
        "worst",
        "Worst",
        lambda row: formats.percent(-abs(row.trade.mae)),
        lambda row: -abs(row.trade.mae),
        tone=lambda _: Tone.MUTED,
        help_="The furthest the price went against it, from the entry price",
        width=84,
    ),
    number(
        "best",
        "Best",
        lambda row: formats.percent(row.trade.mfe),
        lambda row: row.trade.mfe,
        tone=lambda _: Tone.MUTED,
        help_="The furthest the price went for it, from the entry price",
        width=84,
    ),
    Column(
        "entry_reason",
        "Why in",
        lambda row: row.trade.entry_reason,
        tone=lambda _: Tone.MUTED,
        tip=lambda row: row.trade.entry_reason,
        width=150,
    ),
    Column(
        "exit_reason",
        "Why out",
        lambda row: "" if row.trade.is_open else row.trade.exit_reason,
        tone=lambda _: Tone.MUTED,
        tip=lambda row: row.trade.exit_reason,
        width=150,
    ),
)
