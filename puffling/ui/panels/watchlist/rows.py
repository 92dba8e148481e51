"""A row of the watchlist and how its columns show it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from puffin.data.sessions import EXCHANGE
from puffling.core import formats
from puffling.ui.tables.columns import Align, Column, Draw, number
from puffling.ui.theme.theme import Theme
from puffling.ui.theme.tokens import Tone

if TYPE_CHECKING:
    from puffin.types import Quote


class Freshness(StrEnum):
    """How far a price can be called current."""

    LIVE = "live"
    CLOSED = "the market is closed"
    STALE = "no news for a while"
    NONE = "no price"


_TONES = {
    Freshness.LIVE: Tone.SUCCESS,
    Freshness.CLOSED: Tone.FAINT,
    Freshness.STALE: Tone.WARNING,
    Freshness.NONE: Tone.FAINT,
}


@dataclass(frozen=True, slots=True)
class Row:
    """One symbol of a list. `reason` says in words why there is no price."""

    symbol: str
    quote: Quote | None = None
    freshness: Freshness = Freshness.NONE
    closes: tuple[float, ...] = ()
    alerts: int = 0
    reason: str = ""


def _greyed(row: Row) -> str:
    return Tone.FAINT if row.freshness in {Freshness.STALE, Freshness.NONE} else Tone.TEXT


def _tone(row: Row) -> str:
    if row.freshness in {Freshness.STALE, Freshness.NONE} or row.quote is None:
        return Tone.FAINT
    return Theme.sign_tone(row.quote.change)


def _tip(row: Row) -> str:
    if row.quote is None:
        return row.reason
    at = formats.moment(row.quote.at, zone=EXCHANGE)
    path = " Inside the day it is simulated." if row.quote.simulated else ""
    return f"Price of {at} New York: {row.freshness.value}.{path}"


def _alerts(row: Row) -> str:
    return "" if not row.alerts else f"{row.alerts} alert" + ("s" if row.alerts > 1 else "")


COLUMNS: tuple[Column[Row], ...] = (
    Column(
        "symbol",
        "Symbol",
        lambda row: row.symbol,
        draw=Draw.STRONG,
        tip=_tip,
        sort=lambda row: row.symbol,
        width=64,
    ),
    number(
        "last",
        "Last",
        lambda row: formats.price(row.quote.last if row.quote else None),
        lambda row: row.quote.last if row.quote else None,
        tone=_greyed,
        flash=True,
        width=68,
    ),
    number(
        "change",
        "Change",
        lambda row: formats.signed(row.quote.change if row.quote else None),
        lambda row: row.quote.change if row.quote else None,
        tone=_tone,
        help_="Against the last session's close",
        width=72,
    ),
    number(
        "ratio",
        "%",
        lambda row: formats.percent(row.quote.change_ratio if row.quote else None, sign=True),
        lambda row: row.quote.change_ratio if row.quote else None,
        tone=_tone,
        help_="Change against the last session's close",
        width=78,
    ),
    Column(
        "spark",
        "30 days",
        lambda _: "",
        draw=Draw.SPARK,
        series=lambda row: row.closes,
        help="The last 30 closes",
        width=76,
    ),
    number(
        "bid",
        "Bid",
        lambda row: formats.price(row.quote.bid if row.quote else None),
        lambda row: row.quote.bid if row.quote else None,
        tone=_greyed,
        width=66,
    ),
    number(
        "ask",
        "Ask",
        lambda row: formats.price(row.quote.ask if row.quote else None),
        lambda row: row.quote.ask if row.quote else None,
        tone=_greyed,
        width=66,
    ),
    number(
        "volume",
        "Volume",
        lambda row: formats.quantity(row.quote.volume if row.quote else None),
        lambda row: row.quote.volume if row.quote else None,
        tone=_greyed,
        help_="Shares traded this session",
        width=100,
    ),
    Column(
        "age",
        "Age",
        lambda _: "",
        Align.CENTER,
        tone=lambda row: _TONES[row.freshness],
        sort=lambda row: row.freshness.value,
        tip=_tip,
        help="Whether the price is current",
        draw=Draw.DOT,
        copied=lambda row: row.freshness.value,
        width=46,
    ),
    Column(
        "alerts",
        "Alerts",
        _alerts,
        sort=lambda row: row.alerts,
        tone=lambda _: Tone.WARNING,
        help="Alerts that wait on this symbol",
        width=56,
    ),
)
