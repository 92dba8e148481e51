"""The data inspector: what is missing, what looks wrong, and where the prices come from."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

from puffin.data import gaps
from puffin.data.bars import Interval
from puffin.data.sessions import Calendar
from puffin.data.suspects import Kind, Suspect, suspects
from puffin.errors import NoDataError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from puffin.data.bars import Bars
    from puffin.data.gaps import Gap

UNKNOWN: Final = "—"


@dataclass(frozen=True, slots=True)
class Row:
    """One bar as the inspector's table shows it.

    Attributes:
        number: Counted from 1.
        time: When it opened, aware UTC.
        open: First price; high, low and close likewise.
        volume: Shares traded.
        adjusted_close: The vendor's; None where it gives none.
        change: Close over the close before, less 1; None for the first.
        notes: What looks wrong about it, and what is missing before it.
    """

    number: int
    time: datetime
    open: float
    high: float
    low: float
    close: float
    volume: float
    adjusted_close: float | None
    change: float | None
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Inspection:
    """What was found about some bars.

    Attributes:
        bars: What was inspected; nothing in it was changed.
        gaps: What is missing, the oldest first.
        suspects: Rows that look wrong, in their order.
        expected: How many bars there should be by the calendar; None if it could not be asked.
        provenance: What is known of where they come from, in pairs of title and text.
        notes: What a reader should know, in sentences.
    """

    bars: Bars
    gaps: tuple[Gap, ...]
    suspects: tuple[Suspect, ...]
    expected: int | None
    provenance: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]

    @property
    def missing(self) -> int:
        """How many bars are missing."""
        return sum(each.missing for each in self.gaps)

    @property
    def counts(self) -> dict[Kind, int]:
        """How many rows are suspected of what."""
        return dict(Counter(each.kind for each in self.suspects))

    @property
    def row_notes(self) -> dict[int, tuple[str, ...]]:
        """What is to be said of a row, by its number from 0."""
        found: dict[int, tuple[str, ...]] = {}
        for gap in self.gaps:
            found[gap.row] = (*found.get(gap.row, ()), _gap_text(self.bars, gap))
        for each in self.suspects:
            found[each.row] = (*found.get(each.row, ()), each.text)
        return found

    def row(self, number: int, notes: Mapping[int, tuple[str, ...]] | None = None) -> Row:
        """Return a row of the table, counted from 0; `notes` are `row_notes`, made once."""
        bars = self.bars
        said = self.row_notes if notes is None else notes
        adjusted = bars.adjusted_close
        before = float(bars.close[number - 1]) if number else 0.0
        close = float(bars.close[number])
        return Row(
            number=number + 1,
            time=bars.when(number),
            open=float(bars.open[number]),
            high=float(bars.high[number]),
            low=float(bars.low[number]),
            close=close,
            volume=float(bars.volume[number]),
            adjusted_close=None if adjusted is None else float(adjusted[number]),
            change=close / before - 1 if before > 0 else None,
            notes=said.get(number, ()),
        )


def inspect(bars: Bars, calendar: Calendar | None = None) -> Inspection:
    """Look bars over; they need not be valid.

    Args:
        bars: Unadjusted ones tell most: with their adjusted close, known splits are understood.
        calendar: The exchange's sessions; the New York Stock Exchange's when left out.

    Raises:
        NoDataError: There are no bars.
    """
    if not len(bars):
        raise NoDataError(f"There are no prices of {bars.symbol} to inspect.")
    table = calendar or _new_york()
    found = suspects(bars)
    notes = []
    checked = None
    if any(each.kind is Kind.ORDER for each in found):
        notes.append("The times are not in order, so missing bars were not looked for.")
    else:
        checked = gaps.check(bars, table)
        notes += _calendar_notes(checked, table, bars)
        what = "within a session" if bars.interval.is_intraday else "on this day"
        found += [
            Suspect(row, Kind.CLOSED, f"{table.name} held no trading {what}.")
            for row in checked.closed
        ]
    if bars.adjusted_close is None and not bars.adjusted:
        notes.append("No adjusted close is known, so a split looks like a jump.")
    return Inspection(
        bars=bars,
        gaps=() if checked is None else checked.gaps,
        suspects=tuple(sorted(found, key=lambda each: (each.row, each.kind))),
        expected=checked.expected if checked is not None and checked.start else None,
        provenance=provenance(bars),
        notes=tuple(notes),
    )


def provenance(bars: Bars) -> tuple[tuple[str, str], ...]:
    """Return what is known of where bars come from, in pairs of title and text."""
    adjusted = "Splits and dividends are taken out" if bars.adjusted else "As traded"
    if not bars.adjusted and bars.adjusted_close is not None:
        adjusted += ", with the source’s adjusted close"
    return (
        ("Symbol", bars.symbol),
        ("Source", bars.source or UNKNOWN),
        ("Interval", bars.interval.label),
        ("Bars", f"{len(bars):,}"),
        ("First", _when(bars, bars.first)),
        ("Last", _when(bars, bars.last)),
        ("Prices", adjusted),
        ("As of", f"{bars.as_of:%Y-%m-%d %H:%M} UTC" if bars.as_of else UNKNOWN),
        ("Fingerprint", bars.data_hash[:16]),
    )


def _calendar_notes(checked: gaps.Checked, calendar: Calendar, bars: Bars) -> list[str]:
    if checked.start is None or checked.end is None:
        return [f"The calendar of {calendar.name} does not reach these days."]
    notes = []
    if bars.first.date() < checked.start:
        notes.append(f"Missing bars were looked for from {checked.start} on only.")
    if bars.last.date() > checked.end:
        notes.append(f"Missing bars were looked for until {checked.end} only.")
    return notes


def _gap_text(bars: Bars, gap: Gap) -> str:
    unit = {Interval.D1: "session", Interval.W1: "week", Interval.MO1: "month"}
    name = unit.get(bars.interval, "bar")
    if gap.missing == 1:
        return f"The {name} of {_when(bars, gap.first)} is missing before it."
    span = f"{_when(bars, gap.first)} to {_when(bars, gap.last)}"
    return f"{gap.missing:,} {name}s are missing before it, {span}."


def _when(bars: Bars, at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M}" if bars.interval.is_intraday else f"{at:%Y-%m-%d}"


@cache
def _new_york() -> Calendar:
    return Calendar.load()
