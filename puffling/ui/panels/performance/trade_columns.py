"""The table of round trips."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from puffin.data.sessions import EXCHANGE, exchange_date
from puffin.types import Side
from puffling.core import formats
from puffling.ui.tables.columns import Column, Draw, number
from puffling.ui.tables.sums import summed
from puffling.ui.theme.theme import Theme
from puffling.ui.theme.tokens import Tone

if TYPE_CHECKING:
    from datetime import datetime
    from decimal import Decimal

    from puffling.services.reports import Trade


@dataclass(frozen=True, slots=True)
class TradeRow:
    """A trade, and what the open part of it would bring at the price of now."""

    trade: Trade
    unrealised: Decimal | None

    @property
    def result(self) -> Decimal | None:
        """What it made, or would make now; None where a price is missing."""
        trip = self.trade.trip
        if not trip.is_open:
            return trip.net
        return None if self.unrealised is None else trip.net + self.unrealised

    @property
    def words(self) -> str:
        """Everything a filter looks at."""
        trip, result = self.trade.trip, self.result
        ended = "open" if trip.is_open else "closed"
        how = "" if result is None else "won" if result > 0 else "lost" if result < 0 else "even"
        side = "long" if trip.side is Side.BUY else "short"
        return f"{trip.symbol} {side} {ended} {how} {self.trade.source}".casefold()


def _left(row: TradeRow) -> str:
    trip = row.trade.trip
    if trip.closed_at is None:
        return "open"
    if exchange_date(trip.closed_at) == exchange_date(trip.opened_at):
        return formats.time_of_day(trip.closed_at, zone=EXCHANGE)[:-3]
    return formats.day(trip.closed_at, zone=EXCHANGE)


def _moment(at: datetime | None) -> str:
    return formats.moment(at, zone=EXCHANGE)


def _ratio(row: TradeRow) -> Decimal | None:
    result, paid = row.result, row.trade.trip.paid
    return result / paid if result is not None and paid else None


def _worst(row: TradeRow) -> float | None:
    return None if row.trade.excursion is None else row.trade.excursion.worst


def _best(row: TradeRow) -> float | None:
    return None if row.trade.excursion is None else row.trade.excursion.best


_EXCURSION = "; from daily bars, entry and exit days count with the fills only"

TRADES: tuple[Column[TradeRow], ...] = (
    Column(
        "symbol",
        "Symbol",
        lambda row: row.trade.trip.symbol,
        draw=Draw.STRONG,
        width=62,
    ),
    Column(
        "side",
        "Side",
        lambda row: "Long" if row.trade.trip.side is Side.BUY else "Short",
        tone=lambda row: Tone.UP if row.trade.trip.side is Side.BUY else Tone.DOWN,
        width=48,
    ),
    Column(
        "opened",
        "Opened",
        lambda row: formats.day(row.trade.trip.opened_at, zone=EXCHANGE),
        sort=lambda row: row.trade.trip.opened_at,
        tip=lambda row: f"{_moment(row.trade.trip.opened_at)} New York",
        width=100,
    ),
    Column(
        "closed",
        "Closed",
        _left,
        sort=lambda row: row.trade.trip.closed_at,
        tip=lambda row: f"{_moment(row.trade.trip.closed_at)} New York",
        help="The time, New York's, where it ended on the day it began",
        width=100,
    ),
    number(
        "quantity",
        "Quantity",
        lambda row: formats.quantity(row.trade.trip.entered),
        lambda row: row.trade.trip.entered,
        help_="All that was entered, in units of its last day",
        width=68,
    ),
    number(
        "entry",
        "Entry",
        lambda row: formats.price(row.trade.trip.entry_price),
        lambda row: row.trade.trip.entry_price,
        help_="Average price of entering",
        width=70,
    ),
    number(
        "exit",
        "Exit",
        lambda row: formats.price(row.trade.trip.exit_price),
        lambda row: row.trade.trip.exit_price,
        help_="Average price of leaving",
        width=70,
    ),
    number(
        "net",
        "Net",
        lambda row: formats.money(row.result, sign=True),
        lambda row: row.result,
        tone=lambda row: Theme.sign_tone(row.result),
        help_="After commissions, with dividends; an open trade at the price of now",
        width=86,
        total=summed(
            lambda row: row.result,
            lambda amount: formats.money(amount, sign=True),
            tone=Theme.sign_tone,
        ),
    ),
    number(
        "return",
        "Return",
        lambda row: formats.percent(_ratio(row), sign=True),
        _ratio,
        tone=lambda row: Theme.sign_tone(_ratio(row)),
        help_="Net over what entering took",
        width=80,
    ),
    number(
        "mae",
        "MAE",
        lambda row: formats.percent(_worst(row), places=1),
        _worst,
        tone=lambda _: Tone.MUTED,
        help_=f"The furthest the price went against it{_EXCURSION}",
        width=72,
    ),
    number(
        "mfe",
        "MFE",
        lambda row: formats.percent(_best(row), places=1),
        _best,
        tone=lambda _: Tone.MUTED,
        help_=f"The furthest the price went for it{_EXCURSION}",
        width=70,
    ),
    number(
        "held",
        "Held",
        lambda row: formats.duration(row.trade.trip.duration),
        lambda row: row.trade.trip.duration,
        width=80,
    ),
    number(
        "fees",
        "Fees",
        lambda row: formats.money(row.trade.trip.fees),
        lambda row: row.trade.trip.fees,
        tone=lambda _: Tone.MUTED,
        width=64,
        hidden=True,
        total=summed(lambda row: row.trade.trip.fees, formats.money),
    ),
    number(
        "dividends",
        "Dividends",
        lambda row: formats.money(row.trade.trip.dividends),
        lambda row: row.trade.trip.dividends,
        tone=lambda _: Tone.MUTED,
        width=76,
        hidden=True,
        total=summed(lambda row: row.trade.trip.dividends, formats.money),
    ),
    number(
        "fills",
        "Fills",
        lambda row: str(len(row.trade.trip.fills)),
        lambda row: len(row.trade.trip.fills),
        tone=lambda _: Tone.MUTED,
        width=48,
        hidden=True,
        total=summed(lambda row: len(row.trade.trip.fills), str),
    ),
    Column(
        "source",
        "Asked by",
        lambda row: row.trade.source or formats.UNKNOWN,
        tone=lambda _: Tone.MUTED,
        width=80,
    ),
    number(
        "notes",
        "Notes",
        lambda row: str(row.trade.notes) if row.trade.notes else "",
        lambda row: row.trade.notes,
        tone=lambda _: Tone.MUTED,
        help_="Journal entries about it",
        width=52,
    ),
)
