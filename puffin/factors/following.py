"""An indicator that follows bars as they come: a bar costs its window, not the whole history.

The last bars alone decide most indicators. An average without an end remembers every bar, ever
less: it is worked out from so many bars back that nothing of what came before can be seen, and the
values already known tell whether that was far enough. A sum goes on from its last value; a stop
that turns is begun before its last turn.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np

from puffin.factors.running import Running
from puffin.factors.vwap import AnchoredVwapParameters, VwapParameters

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from puffin.data.bars import Bars
    from puffin.factors.base import Indicator, Parameters

    Floats: TypeAlias = NDArray[np.float64]
    Known: TypeAlias = Mapping[str, Floats]

# Gives the bars from a row on.
Cut: TypeAlias = "Callable[[int], Bars]"

ADDING: Final = frozenset({"obv", "accumulation"})
TURNING: Final = frozenset({"sar", "supertrend"})
FADING: Final = frozenset(
    {
        "ema",
        "dema",
        "tema",
        "kama",
        "wilder",
        "zlema",
        "t3",
        "mama",
        "trendline",
        "heikin_ashi",
        "keltner",
        "adx",
        "adxr",
        "dmi",
        "dx",
        "plus_di",
        "minus_di",
        "plus_dm",
        "minus_dm",
        "rsi",
        "cmo",
        "trix",
        "macd",
        "stochastic_rsi",
        "tsi",
        "apo",
        "ppo",
        "atr",
        "natr",
        "chaikin",
        "cycle_period",
        "cycle_phase",
        "cycle_sine",
        "cycle_phasor",
        "cycle_mode",
    }
)
SPARE: Final = 8  # bars more than a window needs
REMEMBERED: Final = 32  # windows after which an average has forgotten: (1 - 1 / n) ** 32n < 2e-14
LEAST: Final = 128
GROWTH: Final = 4
MOST: Final = 200_000  # bars looked back; beyond that it is worked out anew, elsewhere
ALIKE: Final = 1e-10  # of a line's largest value
ROUNDING: Final = 1e-14  # of a price's: what is left of the difference of two averages


class Follower:
    """Keeps the values of one indicator up to date with the bars.

    `start` works everything out and may take its time, on any thread; `follow` is quick.
    """

    def __init__(self, indicator: Indicator, parameters: Parameters) -> None:
        self.indicator, self.parameters = indicator, parameters
        window = indicator.warm_up(parameters) + 1
        self._slow = indicator.id in FADING | TURNING
        self._rows = max(LEAST, REMEMBERED * window) if self._slow else window + SPARE
        self._met = -1  # the row up to which the values were met
        self._sums: Running | None = None

    def start(self, bars: Bars) -> dict[str, Floats]:
        """Return all values, and find out how far back the next ones must look."""
        found = self.indicator.study(bars, self.parameters)
        self._met = -1
        if isinstance(self.parameters, VwapParameters | AnchoredVwapParameters):
            self._sums = Running(bars, self.parameters)
        elif self._slow and len(bars):
            self._seen(lambda row: bars.tail(len(bars) - row), found, len(bars) - 1)
        return found

    def follow(self, cut: Cut, known: Known) -> dict[str, Floats] | None:
        """Return the values from the last known row on; None if that takes long.

        Args:
            cut: Gives the bars from a row on; the last of them may be unfinished.
            known: The values so far. The last row may have changed since, earlier ones have not.
        """
        first = max(0, min((len(each) for each in known.values()), default=0) - 1)
        if self._sums is not None:
            return self._sums.follow(cut(first))
        if self.indicator.id in ADDING:
            return self._added(cut, known, first)
        if self._slow:
            return self._seen(cut, known, first)
        start = max(0, first - self._rows)
        return self._from(cut(start), first - start)

    def _from(self, bars: Bars, row: int) -> dict[str, Floats]:
        found = self.indicator.study(bars, self.parameters)
        return {name: values[row:] for name, values in found.items()}

    def _added(self, cut: Cut, known: Known, first: int) -> dict[str, Floats]:
        start = max(0, first - self._rows)
        found = self.indicator.study(cut(start), self.parameters)
        if start == 0:
            return {name: values[first:] for name, values in found.items()}
        before = first - 1
        return {
            name: known[name][before] + (values[first - start :] - values[before - start])
            for name, values in found.items()
        }

    def _seen(self, cut: Cut, known: Known, first: int) -> dict[str, Floats] | None:
        """Look back as far as it takes to meet the values that are known."""
        while True:
            start = max(0, first - self._rows)
            if start and self._rows > MOST:
                return None
            bars = cut(start)
            found = self.indicator.study(bars, self.parameters)
            # Before the first of these rows nothing changes with a live bar: once is enough.
            if start == 0 or first == self._met or self._meets(bars, found, known, first):
                self._met = first
                return {name: values[first - start :] for name, values in found.items()}
            self._rows *= GROWTH
            self._met = -1

    def _meets(self, bars: Bars, found: Known, known: Known, first: int) -> bool:
        turns = self.indicator.id in TURNING
        rows = self._rows // (2 if turns else 8)
        here, there = slice(self._rows - rows, self._rows), slice(first - rows, first)
        prices = float(np.abs(bars.close[here]).max(initial=0.0))
        for name, values in found.items():
            one, other = values[here], known[name][there]
            largest = float(np.nanmax(np.abs(other), initial=0.0))
            apart = np.abs(one - other)
            only_one = np.isnan(one) != np.isnan(other)
            if only_one.any() or (apart > ALIKE * largest + ROUNDING * prices).any():
                return False
        if not turns:
            return True
        main = known[self.indicator.outputs[0].id][there]
        above = main > (bars.high[here] + bars.low[here]) / 2
        return bool((above[1:] != above[:-1]).any())
