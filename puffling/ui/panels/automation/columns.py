"""How alerts and what they told are shown in tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from puffin.data.sessions import EXCHANGE
from puffin.monitor.conditions import Study
from puffling.core import formats
from puffling.services.alert_words import figure
from puffling.ui.tables.columns import Column, Draw, number
from puffling.ui.theme.tokens import Tone
from puffling.ui.widgets.alert_fields import REPEATS

if TYPE_CHECKING:
    from datetime import datetime
    from decimal import Decimal

    from puffin.monitor.watch import Reading
    from puffling.store.alerts import Alert, AlertFiring


PRICES = ("price", "extreme")
HAPPEN = {"order": "an order changes", "job": "a job ends"}
TOLD = ("told", Tone.SUCCESS, "It came true and is done. Turn it on to use it again.")
OFF = ("off", Tone.MUTED, "It is turned off, or its time is over.")
NO_PRICE = "{symbol} has no price, so nothing can cross."
BLIND = {  # why it reads nothing, by kind
    "position": ("no position", "You hold no {symbol}, or it has no price."),
    "day loss": ("unknown", "What the account is worth is not known now."),
    "drawdown": ("unknown", "What the account is worth is not known now."),
    "drift": ("no goal", "There is no such goal, or its weights are not known now."),
    "silence": ("no market", "No prices are due while the market is closed or paused."),
}
BEYOND = "It is beyond the level already: it must come back first."
RESTING = "It has not gone back far enough to tell again."


@dataclass(frozen=True, slots=True)
class AlertRow:
    """An alert and what it reads now; `problem` is why it cannot be judged."""

    alert: Alert
    reading: Reading | None = None
    problem: str = ""
    now: datetime | None = None  # of the market

    @property
    def last(self) -> Decimal | None:
        """What it reads now."""
        return None if self.reading is None else self.reading.value

    @property
    def distance(self) -> Decimal | None:
        """How far a price has to go, as a share of it; else the figures that are missing."""
        reading = self.reading
        if reading is None:
            return None
        if self.alert.kind in PRICES:
            return reading.limit / reading.value - 1 if reading.value else None
        return reading.limit - reading.value

    @property
    def state(self) -> tuple[str, str, str]:
        """What it is doing: a word, its tone, and a sentence."""
        alert, reading = self.alert, self.reading
        level = alert.kind not in HAPPEN and alert.kind != "study"
        tells = f"It tells you {self.next}."
        if not alert.enabled:
            told = alert.manner.repeat == "once" and alert.last_fired_at is not None
            found = TOLD if told else OFF
        elif self.problem:
            found = ("no history", Tone.WARNING, self.problem)
        elif level and reading is None:
            word, sentence = BLIND.get(alert.kind, ("no price", NO_PRICE))
            found = (word, Tone.WARNING, sentence.format(symbol=alert.symbol))
        elif level and not alert.armed:
            holds = reading is not None and reading.holds
            found = ("beyond", Tone.WARNING, BEYOND if holds else RESTING)
        else:
            found = ("watching", Tone.INFO, tells)
        return found

    @property
    def next(self) -> str:
        """When it can tell next, in words."""
        alert = self.alert
        if not alert.enabled:
            return "—"
        rest = self._rest()
        if rest:
            return rest
        if alert.kind in HAPPEN:
            return f"when {HAPPEN[alert.kind]}"
        if isinstance(alert.condition, Study):
            return f"at the close of a bar of {alert.condition.interval.label}"
        return "when it comes true" if alert.armed else "after it went back"

    def _rest(self) -> str:
        """Return until when it rests; empty when it does not."""
        manner, last = self.alert.manner, self.alert.last_fired_at
        if last is None or self.now is None:
            return ""
        if manner.repeat == "daily":
            same = last.astimezone(EXCHANGE).date() >= self.now.astimezone(EXCHANGE).date()
            return "in the next session" if same else ""
        over = last + manner.cooldown
        if manner.repeat == "every" and self.now < over:
            return f"after {formats.time_of_day(over, zone=EXCHANGE)}"
        return ""


def _away(row: AlertRow) -> str:
    if row.alert.kind in PRICES:
        return formats.percent(row.distance, places=1, sign=True)
    return figure(row.alert.condition, row.distance)


ALERTS: tuple[Column[AlertRow], ...] = (
    Column(
        "symbol",
        "Symbol",
        lambda row: row.alert.symbol or "—",
        draw=Draw.STRONG,
        width=72,
    ),
    Column(
        "what",
        "Tells when",
        lambda row: row.alert.text,
        tip=lambda row: row.alert.text,
        width=210,
    ),
    number(
        "last",
        "Now",
        lambda row: figure(row.alert.condition, row.last),
        lambda row: row.last,
        help_="What it reads now",
        width=84,
    ),
    number(
        "distance",
        "To go",
        _away,
        lambda row: None if row.distance is None else abs(row.distance),
        tone=lambda _: Tone.MUTED,
        help_="How far it has to move",
        width=84,
    ),
    Column("repeat", "Repeats", lambda row: REPEATS[row.alert.manner.repeat], width=84),
    Column(
        "state",
        "State",
        lambda row: row.state[0],
        draw=Draw.CHIP,
        tone=lambda row: row.state[1],
        tip=lambda row: row.state[2],
        width=84,
    ),
    Column("next", "Next", lambda row: row.next, tone=lambda _: Tone.MUTED, width=136),
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
        own=True,
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
    Column("symbol", "Symbol", lambda firing: firing.symbol or "—", draw=Draw.STRONG, width=72),
    Column(
        "message",
        "What it told",
        lambda firing: firing.message,
        tip=lambda firing: firing.message,
        stretch=True,
    ),
)
