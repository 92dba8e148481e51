"""Many equity curves that might have been, as a fan of quantiles and the odds of bad ends."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from puffin.errors import ParameterError, PuffinError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from puffin.measures import Floats

LEVELS: Final = (5, 25, 50, 75, 95)  # percent
POINTS: Final = 252  # of a curve of the fan
RUIN: Final = 0.5  # of the capital


@dataclass(frozen=True, slots=True, eq=False)
class Fan:
    """What many resampled runs came to.

    Attributes:
        words: How they were made, for the person who reads the chart.
        unit: What `rows` counts: "bars" or "trades".
        runs: How many there are.
        seed: That of the random numbers; the same one gives the same fan.
        capital: What each began with.
        rows: Up to 252 places along the way, from 0 on.
        curves: Equity there, one row for each of `LEVELS`: the 5th to the 95th percentile.
        original: Equity of the run itself at the same places.
        final: Equity of each run at its end.
        lowest: The lowest equity of each run.
        deepest: The deepest drawdown of each run, as a negative share of its peak so far.
    """

    words: str
    unit: str
    runs: int
    seed: int
    capital: float
    rows: NDArray[np.int64]
    curves: Floats
    original: Floats
    final: Floats
    lowest: Floats
    deepest: Floats

    def probability_of_ruin(self, level: float = RUIN) -> float:
        """Return the share of runs whose equity fell to `level` of the capital, or below it.

        Raises:
            ParameterError: The level is not between 0 and 1.
        """
        _refuse_share(level, "level of ruin")
        return float(np.mean(self.lowest <= level * self.capital))

    def probability_of_drawdown(self, depth: float) -> float:
        """Return the share of runs that at some time were `depth` or more below their peak.

        Raises:
            ParameterError: The depth is not between 0 and 1; 0.2 is 20 %.
        """
        _refuse_share(depth, "drawdown")
        return float(np.mean(self.deepest <= -depth))

    def probability_of_loss(self) -> float:
        """Return the share of runs that ended with less than the capital."""
        return float(np.mean(self.final < self.capital))

    def uncertainty(self, probability: float) -> float:
        """Return the standard error that the number of runs leaves: `sqrt(p (1 - p) / runs)`."""
        return math.sqrt(probability * (1 - probability) / self.runs)

    def quantile(self, percent: float) -> float:
        """Return the final equity that `percent` of the runs stay at or below."""
        return float(np.quantile(self.final, percent / 100))

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON would hold it."""
        plain: dict[str, Any] = {
            name: getattr(self, name) for name in ("words", "unit", "runs", "seed", "capital")
        }
        return plain | {name: getattr(self, name).tolist() for name in _ARRAYS}

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> Fan:
        """Return what `to_dict` wrote.

        Raises:
            PuffinError: It is damaged.
        """
        try:
            arrays = {name: np.array(plain[name], kind) for name, kind in _ARRAYS.items()}
            return cls(**dict(plain) | arrays)
        except (KeyError, TypeError, ValueError) as error:
            raise PuffinError(f"The stored Monte Carlo run is damaged: {error}.") from error


_ARRAYS = {"rows": np.int64} | dict.fromkeys(
    ("curves", "original", "final", "lowest", "deepest"), np.float64
)


def places(count: int) -> NDArray[np.int64]:
    """Return up to `POINTS` rows of so many, evenly spread, with the first and the last."""
    return np.unique(np.linspace(0, count - 1, min(count, POINTS)).round().astype(np.int64))


def _refuse_share(value: float, name: str) -> None:
    if not 0 < value < 1:
        raise ParameterError(f"The {name} must lie between 0 and 1; 0.2 is 20 %.")
