"""The tables of the data inspector."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING

from puffin.data.sessions import EXCHANGE
from puffling.core import formats
from puffling.ui.tables.columns import Align, Column, Draw, number
from puffling.ui.theme.theme import Theme
from puffling.ui.theme.tokens import Tone

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from puffin.data.inspect import Inspection, Row


@dataclass(frozen=True, slots=True)
class GapRow:
    """Bars that are not there, as they are shown."""

    row: int
    first: str
    last: str
    missing: int


@dataclass(frozen=True, slots=True)
class SuspectRow:
    """A bar that looks wrong."""

    key: str
    number: int
    time: str
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing known of where prices come from."""

    title: str
    text: str


def bar_time(at: datetime, *, intraday: bool) -> str:
    """Return a bar's time: a date for daily bars, which lie at midnight UTC."""
    if not intraday:
        return formats.day(at, zone=UTC)
    return f"{formats.day(at, zone=EXCHANGE)} {at.astimezone(EXCHANGE):%H:%M}"


def gap_rows(found: Inspection) -> list[GapRow]:
    """Return what is missing, the newest first."""
    intraday = found.bars.interval.is_intraday
    return [
        GapRow(
            each.row,
            bar_time(each.first, intraday=intraday),
            bar_time(each.last, intraday=intraday),
            each.missing,
        )
        for each in reversed(found.gaps)
    ]


def suspect_rows(found: Inspection) -> list[SuspectRow]:
    """Return the bars that look wrong, the newest first."""
    intraday = found.bars.interval.is_intraday
    return [
        SuspectRow(
            f"{each.row} {each.kind} {place}",
            each.row + 1,
            bar_time(found.bars.when(each.row), intraday=intraday),
            str(each.kind).capitalize(),
            each.text,
        )
        for place, each in reversed(list(enumerate(found.suspects)))
    ]


def _price(
    id_: str, heading: str, value: Callable[[Row], float | None], *, hidden: bool = False
) -> Column[Row]:
    return number(
        id_, heading, lambda row: formats.price(value(row)), value, width=74, hidden=hidden
    )


def bar_columns(*, intraday: bool) -> tuple[Column[Row], ...]:
    """Return the columns of the bars' table."""
    return (
        number("number", "#", lambda row: f"{row.number:,}", lambda row: row.number, width=56),
        Column(
            "time",
            "Time" if intraday else "Day",
            lambda row: bar_time(row.time, intraday=intraday),
            sort=lambda row: row.number,
            draw=Draw.STRONG,
            width=132 if intraday else 104,
        ),
        _price("open", "Open", lambda row: row.open),
        _price("high", "High", lambda row: row.high),
        _price("low", "Low", lambda row: row.low),
        _price("close", "Close", lambda row: row.close),
        number(
            "volume",
            "Volume",
            lambda row: formats.number(row.volume, places=0),
            lambda row: row.volume,
            width=96,
        ),
        number(
            "change",
            "Change",
            lambda row: formats.percent(row.change, sign=True),
            lambda row: row.change,
            tone=lambda row: Theme.sign_tone(row.change),
            width=76,
        ),
        _price("adjusted", "Adjusted", lambda row: row.adjusted_close),
        Column(
            "notes",
            "Remarks",
            lambda row: " ".join(row.notes),
            tip=lambda row: " ".join(row.notes),
            tone=lambda _: Tone.WARNING,
            width=520,
        ),
    )


GAPS: tuple[Column[GapRow], ...] = (
    Column(
        "first",
        "From",
        lambda row: row.first,
        sort=lambda row: row.row,
        draw=Draw.STRONG,
        width=130,
    ),
    Column("last", "To", lambda row: row.last, sort=lambda row: row.row, width=130),
    number("missing", "Missing", lambda row: f"{row.missing:,}", lambda row: row.missing, width=76),
)
SUSPECTS: tuple[Column[SuspectRow], ...] = (
    Column(
        "number",
        "#",
        lambda row: f"{row.number:,}",
        Align.RIGHT,
        sort=lambda row: row.number,
        width=56,
    ),
    Column(
        "time",
        "When",
        lambda row: row.time,
        sort=lambda row: row.number,
        draw=Draw.STRONG,
        width=92,
    ),
    Column(
        "kind",
        "Suspected",
        lambda row: row.kind,
        draw=Draw.CHIP,
        width=92,
        tone=lambda _: Tone.WARNING,
    ),
    Column("text", "Why", lambda row: row.text, tip=lambda row: row.text, width=560),
)
FACTS: tuple[Column[Fact], ...] = (
    Column("title", "Known", lambda row: row.title, draw=Draw.STRONG, width=110),
    Column(
        "text",
        "Of these prices",
        lambda row: row.text,
        tip=lambda row: row.text,
        width=560,
    ),
)
