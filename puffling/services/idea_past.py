"""What the rules would have had in the past, worked out in another process."""

from __future__ import annotations

from typing import TYPE_CHECKING

from puffin.data.bars import Interval
from puffin.errors import DataError
from puffin.ideas.base import HORIZONS
from puffin.ideas.readings import FEWEST
from puffin.ideas.records import records
from puffin.ideas.rules import base_rate, past_ideas
from puffling.services.closed_days import closed_days
from puffling.services.elsewhere import plainly
from puffling.services.idea_cards import TrackRecord
from puffling.services.idea_words import followed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from puffin.data.bars import Bars
    from puffin.ideas.base import Idea, Outcome
    from puffling.services.bars import BarService
    from puffling.services.elsewhere import Elsewhere
    from puffling.services.market import MarketService

    Tell = Callable[[float], None]
    Told = list[tuple[Idea, tuple[Outcome, ...]]]


WORKED_OUT = (
    "Worked out from past prices, not lived: the same rules on the same prices, with nothing "
    "chosen by what came of it. Of companies that are listed still."
)


def past_record(
    bars: BarService,
    market: MarketService,
    symbols: Sequence[str],
    elsewhere: Elsewhere,
    progress: Tell,
) -> TrackRecord:
    """Return what the rules would have had over all past prices; blocks."""
    by = market.now()
    every: Told = []
    tables: list[Bars] = []
    notes: list[str] = []
    for done, symbol in enumerate(symbols):

        def tell(part: float, before: int = done) -> None:
            progress((before + part) / len(symbols))

        tell(0.0)
        try:
            raw = bars.history(symbol, Interval.D1, adjusted=False)
            raw = closed_days(raw, market.calendar, by)
        except DataError as error:
            notes.append(f"{symbol} is left out: {error}")
            continue
        if len(raw) < FEWEST:
            notes.append(f"{symbol} is left out: {len(raw):,} days, {FEWEST} are needed.")
            continue
        tables.append(raw)
        every += elsewhere.call(plainly, _past, (raw,), {}, progress=tell)
    progress(1.0)
    days = sorted(idea.day for idea, _ in every)
    return TrackRecord(
        tuple(each.symbol for each in tables),
        len(every),
        sum(len(each) - FEWEST + 1 for each in tables),
        days[0] if days else None,
        days[-1] if days else None,
        tuple(records(every)),
        (
            *followed(),
            *_base(tables),
            WORKED_OUT,
            *notes,
        ),
    )


def _past(raw: Bars) -> Told:
    return list(past_ideas(raw))


def _base(tables: Sequence[Bars]) -> list[str]:
    """Return what any buyer had, to compare the rules with."""
    said = []
    for days in HORIZONS:
        rates = [each for raw in tables if (each := base_rate(raw, days)) is not None]
        if rates:
            gained = sum(rate for rate, _ in rates) / len(rates)
            mean = sum(made for _, made in rates) / len(rates)
            said.append(
                f"Bought at any close and held {days} days: {gained:.0%} gained, {mean:+.2%} in "
                "the mean. A rule that buys is worth something only beyond that."
            )
    return said
