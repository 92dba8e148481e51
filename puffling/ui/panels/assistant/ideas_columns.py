"""The columns of ideas, and what an idea came to in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from puffin.ideas.base import HORIZONS, End
from puffling.core import formats
from puffling.services.idea_cards import Room
from puffling.ui.tables.columns import Align, Column, Draw, number
from puffling.ui.theme.tokens import Tone

if TYPE_CHECKING:
    from puffin.ideas.base import Outcome
    from puffling.services.idea_cards import IdeaCard

_FITS = {
    Room.FITS: ("fits", Tone.SUCCESS),
    Room.LARGE: ("large", Tone.WARNING),
    Room.TOO_LARGE: ("too large", Tone.DANGER),
    Room.NONE: ("may not", Tone.DANGER),
    Room.UNKNOWN: ("not known", Tone.MUTED),
}
_ENDS = {
    End.WAITING: "waits",
    End.UNFILLED: "not filled",
    End.OPEN: "open",
    End.STOPPED: "stopped",
    End.TARGET: "target",
    End.UNKNOWN: formats.UNKNOWN,
}
_BEST = 10.0


def side(card: IdeaCard) -> tuple[str, str]:
    """Return what is to be done, and its tone."""
    word = card.idea.side.value
    return word.capitalize(), Tone.UP if word == "buy" else Tone.DOWN


def fit(card: IdeaCard) -> tuple[str, str]:
    """Return whether the book has room for it, and the tone of that."""
    return ("expired", Tone.MUTED) if card.expired else _FITS[card.fit.room]


def outcome(each: Outcome) -> tuple[str, str]:
    """Return what became of an idea after some days, and its tone."""
    word = _ENDS[each.end]
    if each.ratio is None:
        return word, Tone.MUTED
    tone = Tone.UP if each.ratio > 0 else Tone.DOWN if each.ratio < 0 else Tone.MUTED
    return f"{formats.percent(each.ratio, sign=True)} {word}", tone


def why_not(card: IdeaCard) -> str:
    """Return why there is no order for an idea; empty when there is one."""
    if card.expired:
        return "This idea has expired: its prices are of another time."
    return "" if card.fit.quantity is not None else card.fit.text


def _became(days: int) -> Column[IdeaCard]:
    """Return the column of what an idea came to after some days."""

    def known(card: IdeaCard) -> Outcome | None:
        return next((each for each in card.kept.outcomes if each.days == days), None)

    def told(card: IdeaCard) -> tuple[str, str]:
        found = known(card)
        return (formats.UNKNOWN, Tone.MUTED) if found is None else outcome(found)

    def ratio(card: IdeaCard) -> float | None:
        found = known(card)
        return None if found is None else found.ratio

    return Column(
        f"after{days}",
        "1 day" if days == 1 else f"{days} days",
        lambda card: told(card)[0],
        Align.RIGHT,
        sort=ratio,
        tone=lambda card: told(card)[1],
        tip=lambda card: "" if (found := known(card)) is None else found.text,
        help="What became of it by then, costs taken off.",
    )


IDEAS: tuple[Column[IdeaCard], ...] = (
    Column("symbol", "Symbol", lambda card: card.idea.symbol, draw=Draw.STRONG),
    Column(
        "side", "Side", lambda card: side(card)[0], tone=lambda card: side(card)[1], draw=Draw.CHIP
    ),
    Column(
        "score",
        "Score",
        lambda card: formats.number(card.idea.score, places=1),
        Align.RIGHT,
        sort=lambda card: card.idea.score,
        draw=Draw.BAR,
        amount=lambda card: card.idea.score / _BEST,
        help="From 1 to 10 by the sum below; no chance of profit.",
    ),
    number(
        "ratio",
        "R:R",
        lambda card: formats.number(card.idea.reward_to_risk),
        lambda card: card.idea.reward_to_risk,
        help_="How far the target is away, in distances of the stop.",
    ),
    number("entry", "Entry", lambda card: formats.price(card.idea.entry), lambda x: x.idea.entry),
    number("stop", "Stop", lambda card: formats.price(card.idea.stop), lambda x: x.idea.stop),
    number(
        "target", "Target", lambda card: formats.price(card.idea.target), lambda x: x.idea.target
    ),
    Column(
        "fit",
        "Fit",
        lambda card: fit(card)[0],
        tone=lambda card: fit(card)[1],
        tip=lambda card: card.fit.text,
        draw=Draw.DOT,
        width=92,
    ),
    Column("rule", "Rule", lambda card: card.idea.method.label),
    *(_became(each) for each in HORIZONS),
    Column(
        "day",
        "Day",
        lambda card: f"{card.idea.day:%d %b %Y}",
        sort=lambda card: card.idea.day.toordinal(),
    ),
)
