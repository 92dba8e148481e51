"""Universes and weights to order, for the tests of portfolios."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from typing_extensions import override

from puffin.data.universe import align
from puffin.strategies.universe import UniverseStrategy
from tests.puffin.backtest.market import wandering

if TYPE_CHECKING:
    from puffin.data.bars import Bars
    from puffin.data.universe import Universe


def named(bars, symbol) -> Bars:
    """The same prices under another name."""
    renamed: Bars = replace(bars, symbol=symbol)
    return renamed


def without(bars, *rows) -> Bars:
    """The same prices without some of their rows."""
    kept = np.delete(np.arange(len(bars)), rows)
    columns = ("time", "open", "high", "low", "close", "volume")
    fewer: Bars = replace(bars, **{name: getattr(bars, name)[kept] for name in columns})
    return fewer


def basket(count=80, symbols=3, seed=3, volume=1.0, holes=0.0) -> Universe:
    """Random walks side by side; `holes` is the share of bars that are missing."""
    draw = np.random.default_rng(seed)
    made = []
    for which in range(symbols):
        each = named(wandering(count, seed * 100 + which, volume), chr(65 + which) * 3)
        gone = np.flatnonzero(draw.random(count) < holes)
        made.append(without(each, *gone) if 0 < len(gone) < count else each)
    return align(made)


class Holds(UniverseStrategy):
    """Wants what it was told to, row by row."""

    id: ClassVar[str] = "holds"
    title: ClassVar[str] = "Holds"
    summary: ClassVar[str] = "Wants what it was told to."

    def __init__(self, *rows, repeat=None) -> None:
        super().__init__()
        self.rows = np.array(rows, np.float64)
        self.repeat = repeat

    @property
    @override
    def warm_up(self) -> int:
        return 1

    @override
    def weights(self, universe):
        if self.repeat is not None:
            return np.tile(np.asarray(self.repeat, np.float64), (len(universe), 1))
        told = np.full(universe.mask.shape, np.nan)
        told[: len(self.rows)] = self.rows[: len(universe)]
        return told
