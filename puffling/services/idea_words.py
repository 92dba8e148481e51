"""Ideas in words: for the board, and for a model that is asked to explain one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from puffin.ideas.base import HORIZONS, LIFE, SAID_FROM, End, Method

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from puffin.ideas.base import Outcome
    from puffin.ideas.records import Record
    from puffling.services.idea_cards import IdeaCard

LETTER = (
    f"Followed to the letter: the entry is a limit order good for {LIFE} days; a stop that an open "
    "went through fills at the open; where a day reached stop and target, the stop counts; stops "
    "and closes cost 0.05 %, dividends count as gains."
)
COUNTED = (
    f"A rate is said from {SAID_FROM} ideas on that do not overlap; of {HORIZONS[2]} days only one "
    "in four counts for that. Ideas of the same days in several symbols are less independent than "
    "they look."
)
RULES = "Found by fixed rules, not advice; every number that a rule went by is shown."


def note_of(at: datetime | None) -> str:
    """Return what to know of a board in a sentence or two."""
    return f"Nobody has looked since the start. {RULES}" if at is None else RULES


def question(card: IdeaCard) -> str:
    """Return what to ask a model so that it explains an idea."""
    idea = card.idea
    return (
        f"Explain the idea to {idea.side.value} {idea.symbol} of {idea.day}. Go by the "
        f"facts of idea {card.id} alone: what speaks for it, what against it, how it fits my "
        "book, and how sure you are. Say what you do not know."
    )


def facts(card: IdeaCard) -> dict[str, Any]:
    """Return every number of an idea as plain values."""
    idea, found = card.idea, card.fit
    return {
        "idea": card.id,
        "symbol": idea.symbol,
        "side": idea.side.value,
        "rule": idea.method.label,
        "decided_on_the_close_of": idea.day.isoformat(),
        "close": float(idea.close),
        "entry": float(idea.entry),
        "stop": float(idea.stop),
        "target": float(idea.target),
        "reward_to_risk": round(float(idea.reward_to_risk), 2),
        "score": idea.score,
        "score_formula": idea.formula,
        "confidence_points_not_a_probability": idea.confidence,
        "risk": idea.risk.value,
        "volatility": idea.volatility.value,
        "reason": idea.reason,
        "inputs": {each.title: each.text for each in idea.inputs},
        "points": {each.title: each.points for each in idea.points},
        "fit": found.text,
        "price_now": None if card.price is None else float(card.price),
        "expired": card.expired,
        "prices_from": card.kept.source,
        "outcomes": {f"{each.days} days": each.text for each in card.kept.outcomes},
    }


def in_short(told: Sequence[Record]) -> list[str]:
    """Return a line for each rule whose ideas filled: how many gained and how many were stopped."""
    lines = []
    for method in Method:
        mine = [each for each in told if each.method is method and each.filled]
        whole = [each for each in mine if each.side == "both"] or mine
        parts = [
            f"after {_days(each.days)} {each.gained:,} of {each.filled:,} gained "
            f"({_share(each)}), {each.stopped:,} stopped out"
            for each in whole
        ]
        if parts:
            lines.append(f"{method.label}: {'; '.join(parts)}.")
    return lines


def _days(count: int) -> str:
    return "1 day" if count == 1 else f"{count} days"


def _share(record: Record) -> str:
    if record.low is None or record.high is None:
        return "too few to say"
    return f"{record.low:.0%} to {record.high:.0%} with 95 % confidence"


def lost(told: Iterable[Iterable[Outcome]]) -> tuple[str, ...]:
    """Return how many ideas are not counted because their prices are not to be had."""
    count = sum(any(each.end is End.UNKNOWN for each in outcomes) for outcomes in told)
    noun = "idea is" if count == 1 else "ideas are"
    why = "not counted in full: the prices of their days are not to be had."
    return (f"{count} {noun} {why}",) if count else ()


def followed() -> tuple[str, ...]:
    """Return how outcomes are counted, in sentences."""
    return LETTER, COUNTED
