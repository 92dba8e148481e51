"""Candle patterns: TA-Lib's 61, each with what traders take it for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from puffin.factors.base import Group, Output, Pane, Shape
from puffin.factors.library import call, indicator

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from puffin.data.bars import Bars
    from puffin.factors.base import Indicator

INPUTS: Final = "open high low close"
TITLES: Final[Mapping[str, str]] = {
    "2CROWS": "Two crows",
    "3BLACKCROWS": "Three black crows",
    "3INSIDE": "Three inside",
    "3LINESTRIKE": "Three-line strike",
    "3OUTSIDE": "Three outside",
    "3STARSINSOUTH": "Three stars in the south",
    "3WHITESOLDIERS": "Three white soldiers",
    "ABANDONEDBABY": "Abandoned baby",
    "ADVANCEBLOCK": "Advance block",
    "BELTHOLD": "Belt-hold",
    "BREAKAWAY": "Breakaway",
    "CLOSINGMARUBOZU": "Closing marubozu",
    "CONCEALBABYSWALL": "Concealing baby swallow",
    "COUNTERATTACK": "Counterattack",
    "DARKCLOUDCOVER": "Dark cloud cover",
    "DOJI": "Doji",
    "DOJISTAR": "Doji star",
    "DRAGONFLYDOJI": "Dragonfly doji",
    "ENGULFING": "Engulfing",
    "EVENINGDOJISTAR": "Evening doji star",
    "EVENINGSTAR": "Evening star",
    "GAPSIDESIDEWHITE": "Gap with side-by-side white lines",
    "GRAVESTONEDOJI": "Gravestone doji",
    "HAMMER": "Hammer",
    "HANGINGMAN": "Hanging man",
    "HARAMI": "Harami",
    "HARAMICROSS": "Harami cross",
    "HIGHWAVE": "High wave",
    "HIKKAKE": "Hikkake",
    "HIKKAKEMOD": "Modified hikkake",
    "HOMINGPIGEON": "Homing pigeon",
    "IDENTICAL3CROWS": "Identical three crows",
    "INNECK": "In-neck",
    "INVERTEDHAMMER": "Inverted hammer",
    "KICKING": "Kicking",
    "KICKINGBYLENGTH": "Kicking by the longer marubozu",
    "LADDERBOTTOM": "Ladder bottom",
    "LONGLEGGEDDOJI": "Long-legged doji",
    "LONGLINE": "Long line",
    "MARUBOZU": "Marubozu",
    "MATCHINGLOW": "Matching low",
    "MATHOLD": "Mat hold",
    "MORNINGDOJISTAR": "Morning doji star",
    "MORNINGSTAR": "Morning star",
    "ONNECK": "On-neck",
    "PIERCING": "Piercing",
    "RICKSHAWMAN": "Rickshaw man",
    "RISEFALL3METHODS": "Rising or falling three methods",
    "SEPARATINGLINES": "Separating lines",
    "SHOOTINGSTAR": "Shooting star",
    "SHORTLINE": "Short line",
    "SPINNINGTOP": "Spinning top",
    "STALLEDPATTERN": "Stalled pattern",
    "STICKSANDWICH": "Stick sandwich",
    "TAKURI": "Takuri",
    "TASUKIGAP": "Tasuki gap",
    "THRUSTING": "Thrusting",
    "TRISTAR": "Tristar",
    "UNIQUE3RIVER": "Unique three river",
    "UPSIDEGAP2CROWS": "Upside gap two crows",
    "XSIDEGAP3METHODS": "Upside or downside gap three methods",
}
PREFIX: Final = "pattern_"


def _identifier(title: str) -> str:
    return PREFIX + title.lower().replace("-", "_").replace(" ", "_")


FUNCTIONS: Final[Mapping[str, str]] = {
    _identifier(title): f"CDL{name}" for name, title in TITLES.items()
}
PATTERNS: Final[tuple[Indicator, ...]] = tuple(
    indicator(
        _identifier(title),
        title,
        Group.PATTERN,
        f"CDL{name}",
        inputs=INPUTS,
        outputs=(Output("value", title, Shape.MARKS),),
        pane=Pane.PRICE,
    )
    for name, title in TITLES.items()
)


@dataclass(frozen=True, slots=True)
class Found:
    """A pattern that ends at a bar; `strength` is above zero for a rise, below it for a fall."""

    row: int
    id: str
    title: str
    strength: float


def find_patterns(bars: Bars, ids: Collection[str] | None = None) -> list[Found]:
    """Return the patterns in the bars, the oldest first.

    A pattern is known at the close of its last bar; none of them looks further.

    Args:
        bars: Where to look.
        ids: Which patterns to look for; all when left out.
    """
    columns = [getattr(bars, name) for name in INPUTS.split()]
    found = []
    for each in PATTERNS:
        if ids is not None and each.id not in ids:
            continue
        values = call(FUNCTIONS[each.id], columns)[0]
        found += [
            Found(int(row), each.id, each.title, float(values[row]))
            for row in np.flatnonzero(np.nan_to_num(values))
        ]
    return sorted(found, key=lambda each: (each.row, each.id))
