"""How strategies, their revisions and their signals are shown in tables."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

from puffling.core import formats
from puffling.ui.tables.columns import Column, Draw, number
from puffling.ui.theme.theme import Theme
from puffling.ui.theme.tokens import Tone

if TYPE_CHECKING:
    from collections.abc import Callable

    from puffling.services.signals import SignalRow
    from puffling.store.strategies import Revision
    from puffling.ui.panels.strategies.entries import Entry

GRADES = {
    "red": ("Fails", Tone.DANGER),
    "amber": ("With care", Tone.WARNING),
    "green": ("Believable", Tone.SUCCESS),
    "grey": ("No verdict", Tone.FAINT),
}
STATES = {
    "built in": Tone.MUTED,
    "draft": Tone.INFO,
    "tested": Tone.SUCCESS,
    "not read yet": Tone.FAINT,
    "broken": Tone.DANGER,
    "template": Tone.FAINT,
}
_SIDES = {"long": Tone.UP, "short": Tone.DOWN, "flat": Tone.MUTED, "not ready": Tone.WARNING}


def grade(entry: Entry) -> tuple[str, str]:
    """Return what the checks said of the latest test, and its tone."""
    if entry.last is None:
        return "Not tried", Tone.FAINT
    return GRADES.get(entry.last.grade, ("Not checked", Tone.FAINT))


def figure(entry: Entry, name: str) -> float | None:
    """Return a figure of the latest test; None if there is none."""
    return None if entry.last is None else entry.last.metrics.get(name)


def _figure(
    name: str, title: str, write: Callable[[float | None], str], *, signed: bool, width: int
) -> Column[Entry]:
    return number(
        name,
        title,
        lambda entry: write(figure(entry, name)) if entry.last is not None else "",
        lambda entry: figure(entry, name),
        tone=lambda entry: Theme.sign_tone(figure(entry, name)) if signed else Tone.TEXT,
        help_="Of its latest backtest",
        width=width,
    )


LIBRARY: tuple[Column[Entry], ...] = (
    Column(
        "title",
        "Strategy",
        lambda entry: entry.title,
        draw=Draw.STRONG,
        tip=lambda entry: entry.problem or entry.summary,
        width=200,
    ),
    Column(
        "state",
        "State",
        lambda entry: entry.state,
        draw=Draw.CHIP,
        tone=lambda entry: STATES.get(entry.state, Tone.MUTED),
        tip=lambda entry: entry.problem,
        width=84,
    ),
    Column(
        "grade",
        "Verdict",
        lambda entry: grade(entry)[0],
        draw=Draw.DOT,
        tone=lambda entry: grade(entry)[1],
        help="What the checks said of its latest backtest",
        width=88,
    ),
    _figure(
        "total_return",
        "Return",
        lambda value: formats.percent(value, places=1, sign=True),
        signed=True,
        width=84,
    ),
    _figure("sharpe", "Sharpe", formats.number, signed=True, width=68),
    _figure(
        "max_drawdown",
        "Drawdown",
        lambda value: formats.percent(value, places=1),
        signed=False,
        width=84,
    ),
    _figure(
        "trades", "Trades", lambda value: formats.number(value, places=0), signed=False, width=64
    ),
    Column(
        "tested",
        "Tried on",
        lambda entry: "" if entry.last is None else entry.last.symbol,
        tip=lambda entry: "" if entry.last is None else formats.moment(entry.last.created_at),
        width=84,
    ),
    Column("group", "From", lambda entry: str(entry.group), tone=lambda _: Tone.MUTED, width=84),
    Column("kind", "Made of", lambda entry: entry.kind, tone=lambda _: Tone.MUTED, width=88),
    Column("needs", "Decides on", lambda entry: entry.needs, tone=lambda _: Tone.MUTED, width=104),
)

REVISIONS: tuple[Column[Revision], ...] = (
    number("number", "No.", lambda each: str(each.number), lambda each: each.number, width=44),
    Column(
        "created",
        "Saved",
        lambda each: formats.moment(each.created_at),
        sort=lambda each: each.created_at,
        width=168,
    ),
    Column(
        "note", "Note", lambda each: each.note, tip=lambda each: each.note, stretch=True, own=True
    ),
)


def note_of(row: SignalRow) -> str:
    """Return why a row has no signal, what must be known of it, or what holds."""
    return row.error or row.note or ", ".join(row.holding)


SIGNALS: tuple[Column[SignalRow], ...] = (
    Column("symbol", "Symbol", lambda row: row.symbol, draw=Draw.STRONG, width=72),
    Column("strategy", "Strategy", lambda row: row.title, width=168),
    Column(
        "signal",
        "Signal",
        lambda row: row.signal or "no answer",
        draw=Draw.CHIP,
        tone=lambda row: _SIDES.get(row.signal, Tone.DANGER),
        tip=note_of,
        width=84,
    ),
    Column(
        "strength",
        "Strength",
        lambda row: formats.percent(row.strength, places=0),
        draw=Draw.BAR,
        amount=lambda row: row.strength,
        sort=lambda row: row.strength,
        tone=lambda row: _SIDES.get(row.signal, Tone.MUTED),
        help="How strongly it speaks; a dash if it has no such measure",
        width=96,
    ),
    Column(
        "since",
        "Since",
        lambda row: formats.day(row.since, zone=UTC),
        sort=lambda row: row.since,
        help="The bar whose close decided it",
        width=100,
    ),
    number(
        "close",
        "Close",
        lambda row: formats.price(row.close),
        lambda row: row.close,
        help_="The last close, which it was asked at",
        width=80,
    ),
    Column(
        "note",
        "Note",
        note_of,
        tone=lambda row: Tone.DANGER if row.error else Tone.MUTED,
        tip=note_of,
        width=380,
    ),
)
