"""How proposals and their orders are shown in columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from puffling.core import formats
from puffling.services import order_words
from puffling.store.inbox import ItemState
from puffling.ui.panels.inbox.rows import SHORTLY, drift_tone
from puffling.ui.tables.columns import Column, Draw, number
from puffling.ui.theme.tokens import Tone

if TYPE_CHECKING:
    from puffling.ui.panels.inbox.rows import InboxRow, LegRow


def countdown(row: InboxRow) -> str:
    """Return how long there is to decide."""
    if row.left is None:
        return formats.UNKNOWN
    return formats.duration(max(row.left, 10)) if row.left > 0 else "expired"


def countdown_tone(row: InboxRow) -> str:
    """Return how urgent that is."""
    return Tone.WARNING if row.left is not None and row.left < SHORTLY else Tone.MUTED


def _past_tone(row: InboxRow) -> str:
    over = row.item.state in {ItemState.EXPIRED, ItemState.WITHDRAWN}
    return Tone.FAINT if over else Tone.TEXT


WAITING: tuple[Column[InboxRow], ...] = (
    Column(
        "action",
        "Action",
        lambda row: row.action[0],
        tone=lambda row: row.action[1],
        width=60,
    ),
    Column(
        "size",
        "Size",
        lambda row: row.size,
        draw=Draw.STRONG,
        tip=lambda row: row.item.title,
        width=104,
    ),
    Column(
        "limits",
        "Limits",
        lambda row: row.badge[0],
        draw=Draw.CHIP,
        tone=lambda row: row.badge[1],
        tip=lambda row: row.badge[2],
        help="What every limit says as things stand",
        width=76,
    ),
    number(
        "left",
        "Runs out in",
        countdown,
        lambda row: row.left,
        tone=countdown_tone,
        width=96,
    ),
    number(
        "drift",
        "Drift",
        lambda row: formats.percent(row.drift, sign=True),
        lambda row: row.drift,
        tone=lambda row: drift_tone(row.drift),
        help_="How much worse the price is since it was proposed; of a basket, its worst order",
        width=72,
    ),
    number(
        "value",
        "Value",
        lambda row: formats.money(row.value),
        lambda row: row.value,
        help_="About what its orders are worth now",
        width=88,
    ),
    Column("entry", "Entry", lambda row: row.entry, width=104),
    Column(
        "source",
        "From",
        lambda row: row.item.source.capitalize(),
        tip=lambda row: row.item.reason,
        help="Who or what proposes it",
        width=80,
    ),
    Column(
        "reason",
        "Why",
        lambda row: row.item.reason,
        tone=lambda _: Tone.MUTED,
        tip=lambda row: row.item.reason,
        stretch=True,
    ),
)

HISTORY: tuple[Column[InboxRow], ...] = (
    Column(
        "decided",
        "Decided",
        lambda row: formats.moment(row.item.decided_at),
        tone=_past_tone,
        sort=lambda row: row.item.decided_at,
        width=168,
    ),
    Column(
        "state",
        "State",
        lambda row: row.state[0],
        draw=Draw.CHIP,
        tone=lambda row: row.state[1],
        tip=lambda row: row.state[2],
        width=88,
    ),
    Column("source", "From", lambda row: row.item.source.capitalize(), tone=_past_tone, width=92),
    Column(
        "title",
        "What",
        lambda row: row.item.title,
        tone=_past_tone,
        tip=lambda row: row.item.title,
        width=236,
    ),
    number(
        "value",
        "Value",
        lambda row: formats.money(row.value),
        lambda row: row.value,
        tone=_past_tone,
        help_="About what its orders were worth when it was proposed",
        width=88,
    ),
    Column("by", "By", lambda row: row.item.decided_by.capitalize(), tone=_past_tone, width=72),
    Column(
        "note",
        "Note",
        lambda row: row.item.note,
        tone=lambda _: Tone.MUTED,
        tip=lambda row: row.item.note,
        stretch=True,
        own=True,
    ),
)

LEGS: tuple[Column[LegRow], ...] = (
    Column(
        "order",
        "Order",
        lambda leg: leg.words,
        draw=Draw.STRONG,
        tip=lambda leg: order_words.ticket(leg.ticket),
        stretch=True,
    ),
    number("value", "Value", lambda leg: formats.money(leg.value), lambda leg: leg.value, width=76),
    number(
        "drift",
        "Drift",
        lambda leg: formats.percent(leg.drift, sign=True),
        lambda leg: leg.drift,
        tone=lambda leg: drift_tone(leg.drift),
        width=76,
    ),
    Column(
        "state",
        "State",
        lambda leg: leg.state[0],
        draw=Draw.CHIP,
        tone=lambda leg: leg.state[1],
        tip=lambda leg: leg.state[2],
        width=76,
    ),
)
