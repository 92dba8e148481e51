"""How alerts and what they told are shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from puffin.data.sessions import EXCHANGE
from puffling.core import formats
from puffling.ui.tables.columns import Column, Draw, number
from puffling.ui.theme.tokens import Tone
from puffling.ui.widgets.alert_fields import REPEATS

if TYPE_CHECKING:
    from decimal import Decimal

    from puffling.store.alerts import Alert, AlertFiring


@dataclass(frozen=True, slots=True)
class AlertRow:
    """An alert and the last price of its symbol."""

    alert: Alert
    last: Decimal | None = None

    @property
    def distance(self) -> Decimal | None:
        """How far the price has to go, as a share of it; None without a price."""
        return self.alert.price / self.last - 1 if self.last and self.alert.price else None

    @property
    def state(self) -> tuple[str, str, str]:
        """What it is doing: a word, its tone, and a sentence."""
        alert = self.alert
        if not alert.enabled:
            if alert.manner.repeat == "once" and alert.last_fired_at is not None:
                return "told", Tone.SUCCESS, "It came true and is done. Turn it on to use it again."
            return "off", Tone.MUTED, "It is turned off."
        if self.last is None:
            return "no price", Tone.WARNING, f"{alert.symbol} has no price, so nothing can cross."
        if not alert.armed:
            sentence = "The price is beyond the level already: it must come back first."
            return "beyond", Tone.WARNING, sentence
        return "watching", Tone.INFO, "It tells you when the price crosses the level."


ALERTS: tuple[Column[AlertRow], ...] = (
    Column(
        "symbol",
        "Symbol",
        lambda row: row.alert.symbol,
        draw=Draw.STRONG,
        width=72,
    ),
    Column("kind", "When it", lambda row: row.alert.text, width=88),
    number(
        "price",
        "Price",
        lambda row: formats.price(row.alert.price),
        lambda row: row.alert.price,
        width=76,
    ),
    number("last", "Last", lambda row: formats.price(row.last), lambda row: row.last, width=76),
    number(
        "distance",
        "To go",
        lambda row: formats.percent(row.distance, places=1, sign=True),
        lambda row: None if row.distance is None else abs(row.distance),
        tone=lambda _: Tone.MUTED,
        help_="How far the price has to move",
        width=84,
    ),
    Column("repeat", "Tells", lambda row: REPEATS[row.alert.manner.repeat], width=84),
    Column(
        "state",
        "State",
        lambda row: row.state[0],
        draw=Draw.CHIP,
        tone=lambda row: row.state[1],
        tip=lambda row: row.state[2],
        width=84,
    ),
    Column(
        "fired",
        "Last told",
        lambda row: formats.moment(row.alert.last_fired_at, zone=EXCHANGE),
        sort=lambda row: row.alert.last_fired_at,
        help="Market time, New York",
        width=168,
    ),
    Column(
        "note",
        "Note",
        lambda row: row.alert.note,
        tone=lambda _: Tone.MUTED,
        tip=lambda row: row.alert.note,
        stretch=True,
    ),
)

FIRINGS: tuple[Column[AlertFiring], ...] = (
    Column(
        "market",
        "Market time",
        lambda firing: formats.moment(firing.market_time, zone=EXCHANGE),
        sort=lambda firing: (firing.at, firing.id),
        help="New York",
        tip=lambda firing: f"At {formats.moment(firing.at)} of this computer's time",
        width=168,
    ),
    Column("symbol", "Symbol", lambda firing: firing.symbol, draw=Draw.STRONG, width=72),
    Column(
        "message",
        "What it told",
        lambda firing: firing.message,
        tip=lambda firing: firing.message,
        stretch=True,
    ),
)
