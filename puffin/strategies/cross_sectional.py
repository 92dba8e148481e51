"""Cross-sectional momentum: hold what rose most among many, perhaps against what rose least."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np
from pydantic import Field, field_validator
from typing_extensions import override

from puffin.strategies.base import Parameters
from puffin.strategies.universe import Seen, UniverseStrategy

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import ValidationInfo

    from puffin.data.universe import Universe
    from puffin.strategies.base import ParametersType
    from puffin.strategies.universe import Floats

STALE = 10  # rows without a bar after which a symbol is no longer ranked
SIDES = 2


class CrossSectionalParameters(Parameters):
    """What can be set of cross-sectional momentum."""

    lookback: int = Field(
        default=252,
        ge=5,
        le=756,
        title="Lookback",
        description="Bars over which the return is ranked; a year of sessions is 252.",
        json_schema_extra={"step": 21},
    )
    skip: int = Field(
        default=21,
        ge=0,
        le=63,
        title="Skip",
        description="The latest bars are left out: what rose most last month tends to fall back.",
        json_schema_extra={"step": 21},
    )
    top: int = Field(
        default=3,
        ge=1,
        le=100,
        title="Symbols held",
        description="How many of the best are held, each with the same share.",
        json_schema_extra={"step": 1},
    )
    long_short: bool = Field(
        default=False,
        title="Long and short",
        description="Sell as many of the worst short, half the money on each side.",
    )
    only_rising: bool = Field(
        default=False,
        title="Only what rises",
        description="Hold cash in place of a symbol that fell itself (long only).",
    )

    @field_validator("skip")
    @classmethod
    def _shorter_than_the_lookback(cls, value: int, info: ValidationInfo) -> int:
        lookback = info.data.get("lookback")
        if lookback is not None and value >= lookback:
            raise ValueError(f"The skip ({value}) must be shorter than the lookback ({lookback}).")
        return value


class CrossSectionalMomentum(UniverseStrategy[CrossSectionalParameters]):
    """The best `top` of all symbols, ranked by their return, at every close.

    Formula: score = close[t - skip] / close[t - lookback] - 1 (Jegadeesh and Titman 1993; with 252
    and 21 the usual "12 - 1 months"). The best get 1 / top each, and the worst -1 / top with half
    the money on each side. Symbols that are too young, or had no bar for ten rows, are not ranked;
    with fewer than `top` the rest stays cash. Ranks change every day: give it a schedule.
    """

    id: ClassVar[str] = "cross_sectional"
    title: ClassVar[str] = "Cross-sectional momentum"
    summary: ClassVar[str] = "Holds what rose most among many symbols."
    Parameters: ClassVar[ParametersType] = CrossSectionalParameters
    grid: ClassVar[Mapping[str, tuple[object, ...]]] = {
        "lookback": (63, 126, 252),
        "skip": (0, 21),
        "top": (1, 3, 5),
    }

    @property
    @override
    def warm_up(self) -> int:
        return self.parameters.lookback + 1

    @override
    def weights(self, universe: Universe) -> Floats:
        chosen, score = self.parameters, self.scores(universe)
        ranked = ~np.isnan(score)
        best = _places(np.where(ranked, -score, np.inf)) < chosen.top
        held = best & ranked
        if chosen.long_short:
            # Who is among the best cannot be among the worst, though there be too few for both.
            worst = _places(np.where(ranked, score, np.inf)) < chosen.top
            found = (held.astype(np.float64) - (worst & ranked & ~held)) / (SIDES * chosen.top)
        else:
            if chosen.only_rising:
                held &= score > 0
            found = held / chosen.top
        # Before anything can be ranked nothing is decided.
        begun = np.logical_or.accumulate(ranked.any(axis=1))
        return np.where(begun[:, None], found, np.nan)

    def scores(self, universe: Universe) -> Floats:
        """Return what is ranked, at each close [n, k]; NaN where a symbol is not ranked."""
        chosen, close = self.parameters, universe.last_close
        found = np.full(close.shape, np.nan)
        if len(close) > chosen.lookback:
            recent = close[chosen.lookback - chosen.skip : len(close) - chosen.skip]
            found[chosen.lookback :] = recent / close[: len(close) - chosen.lookback] - 1
        rows = np.arange(len(close))[:, None]
        latest = np.maximum.accumulate(np.where(universe.mask, rows, -STALE), axis=0)
        return np.where(rows - latest < STALE, found, np.nan)

    @override
    def seen(self, universe: Universe) -> tuple[Seen, ...]:
        chosen = self.parameters
        title = f"Return from {chosen.lookback} to {chosen.skip} bars ago"
        return (Seen(title, self.scores(universe), is_ranked=True),)

    @override
    def notes(self, universe: Universe) -> tuple[str, ...]:
        chosen, count = self.parameters, len(universe.symbols)
        never = np.flatnonzero(np.isnan(self.scores(universe)).all(axis=0)).tolist()
        young = tuple(
            f"{universe.symbols[which]} has {int(universe.mask[:, which].sum()):,} bars, and more "
            f"than {chosen.lookback} are needed to rank it: it is never held."
            for which in never
        )
        return young + self._idle(count - len(never))

    def _idle(self, count: int) -> tuple[str, ...]:
        """Return what is odd about ranking so many symbols."""
        chosen = self.parameters
        needed = chosen.top * (SIDES if chosen.long_short else 1)
        if count < needed:
            return (f"{count} symbols are too few to hold {needed}: some money stays cash.",)
        if count == needed and not chosen.only_rising and not chosen.long_short:
            return (f"All {count} symbols are held whatever their ranks: hold fewer.",)
        return ()


def _places(values: Floats) -> Floats:
    """Return each value's place in its row, from 0; equal ones keep their order."""
    order = np.argsort(values, axis=1, kind="stable")
    places = np.empty(values.shape)
    np.put_along_axis(places, order, np.arange(values.shape[1], dtype=np.float64)[None, :], axis=1)
    return places
