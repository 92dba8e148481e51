"""Market regimes by likeness: bars in four clusters that are learned from the past and named.

The clusters are fitted on a training window alone; bars after it are only assigned to the nearest
one, so nothing of them is known to the model.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, Self, TypeAlias

import numpy as np

from puffin.data.times import moment, nanoseconds
from puffin.errors import NoDataError, ParameterError
from puffin.factors.library import call
from puffin.factors.windows import delayed, deviation, mean

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from numpy.typing import NDArray

    from puffin.data.bars import Bars

    Floats: TypeAlias = NDArray[np.float64]

SEED: Final = 42
CLUSTERS: Final = 4
STARTS: Final = 10
ROUNDS: Final = 300
FEWEST: Final = 120  # training bars: thirty for each cluster
TRAIN_DAYS: Final = 730
SHOW_DAYS: Final = 90
WINDOW: Final = 20
# In this order everywhere.
FEATURES: Final = ("strength", "direction", "volatility", "volume", "range", "rsi", "macd")
DIRECTION: Final = FEATURES.index("direction")
VOLATILITY: Final = FEATURES.index("volatility")


class Regime(StrEnum):
    """What kind of market it is."""

    BULLISH = "bullish"
    BEARISH = "bearish"
    RANGING = "ranging"
    HIGH_VOLATILITY = "high volatility"


# What traders use in each, as a starting point for a look and no more.
SUITS: Final = {
    Regime.BULLISH: ("moving averages", "breakout"),
    Regime.BEARISH: ("mean reversion", "volatility breakout"),
    Regime.RANGING: ("mean reversion", "support and resistance"),
    Regime.HIGH_VOLATILITY: ("volatility breakout", "straddle"),
}


@dataclass(frozen=True, slots=True, eq=False)
class RegimeModel:
    """Four clusters of bars, learned from a training window.

    Attributes:
        symbol: Whose bars.
        centre: Mean of each feature in training [f].
        spread: Deviation of each feature in training [f].
        centres: Middle of each cluster, in such deviations [4, f].
        names: What each cluster is taken for.
        first: First bar of the training window.
        last: Last bar of it.
        bars: How many bars it was learned from.
    """

    symbol: str
    centre: Floats
    spread: Floats
    centres: Floats
    names: tuple[Regime, ...]
    first: datetime
    last: datetime
    bars: int

    def assign(self, bars: Bars) -> list[Regime | None]:
        """Return the regime of each bar; None until its features are known."""
        found = features(bars)
        known = _complete(found)
        away = (found[known] - self.centre) / self.spread
        distance = ((away[:, None, :] - self.centres[None]) ** 2).sum(axis=2)
        nearest = iter(distance.argmin(axis=1).tolist())
        return [self.names[next(nearest)] if each else None for each in known.tolist()]

    def to_dict(self) -> dict[str, Any]:
        """Return the model as plain data."""
        return {
            "symbol": self.symbol,
            "centre": self.centre.tolist(),
            "spread": self.spread.tolist(),
            "centres": self.centres.tolist(),
            "names": [each.value for each in self.names],
            "first": nanoseconds(self.first),
            "last": nanoseconds(self.last),
            "bars": self.bars,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Make a model from what `to_dict` returned."""
        return cls(
            symbol=str(data["symbol"]),
            centre=np.array(data["centre"], np.float64),
            spread=np.array(data["spread"], np.float64),
            centres=np.array(data["centres"], np.float64),
            names=tuple(map(Regime, data["names"])),
            first=moment(int(data["first"])),
            last=moment(int(data["last"])),
            bars=int(data["bars"]),
        )


def features(bars: Bars) -> Floats:
    """Return what each bar is judged by [n, f], known at its close; NaN until ready.

    Strength of the trend (ADX of 14), return over 20 bars, deviation of 20 returns, volume over its
    mean of 20, range over close, RSI of 14, and the gap of MACD to its signal over close.
    """
    close = bars.close[:, None]
    volume = bars.volume[:, None]
    with np.errstate(all="ignore"):
        moves = close / delayed(close, 1) - 1
        usual = mean(volume, WINDOW)
        table = np.column_stack(
            [
                call("ADX", [bars.high, bars.low, bars.close], [14])[0],
                close / delayed(close, WINDOW) - 1,
                deviation(moves, WINDOW),
                volume / np.where(usual > 0, usual, np.nan),
                (bars.high - bars.low) / bars.close,
                call("RSI", [bars.close], [14])[0],
                call("MACD", [bars.close], [12, 26, 9])[2] / bars.close,
            ]
        )
    return np.where(np.isfinite(table), table, np.nan)


def learn(bars: Bars) -> RegimeModel:
    """Learn four clusters from bars: all of them are the training window.

    K-means on features scaled to one deviation, 10 starts, seed 42, so that the same bars give the
    same model. The cluster with the highest volatility is high volatility; of the others, that with
    the highest return over 20 bars is bullish if it rose, that with the lowest bearish if it fell,
    and what is left is ranging.

    Raises:
        NoDataError: Too few bars whose features are known, or bars that do not differ.
    """
    found = features(bars)
    rows = np.flatnonzero(_complete(found))
    if len(rows) < FEWEST:
        raise NoDataError(
            f"To tell regimes apart, {FEWEST} bars with all features are needed; "
            f"{bars.symbol} has {len(rows)} in the training window.",
            hint="Choose a longer training window; the first 33 bars have no features.",
        )
    known = found[rows]
    centre, spread = known.mean(axis=0), known.std(axis=0)
    still = [name for name, each in zip(FEATURES, spread.tolist(), strict=True) if not each > 0]
    if still:
        raise NoDataError(
            f"The {still[0]} of {bars.symbol} never changes in the training window, so its "
            "regimes cannot be told apart."
        )
    scaled = (known - centre) / spread
    if len(np.unique(scaled, axis=0)) < CLUSTERS:
        raise NoDataError(f"Fewer than {CLUSTERS} bars of {bars.symbol} differ.")
    centres = _clustered(scaled)
    return RegimeModel(
        symbol=bars.symbol,
        centre=centre,
        spread=spread,
        centres=centres,
        names=_named(centres * spread + centre),
        first=bars.when(int(rows[0])),
        last=bars.when(int(rows[-1])),
        bars=len(rows),
    )


@dataclass(frozen=True, slots=True, eq=False)
class ClusterView:
    """The latest bars in the clusters of the time before them.

    Attributes:
        model: Learned from the bars before `row`.
        row: The first bar that is shown.
        regimes: The regime of each bar from `row` on.
    """

    model: RegimeModel
    row: int
    regimes: tuple[Regime | None, ...]

    @property
    def now(self) -> Regime | None:
        """The regime at the last bar."""
        return self.regimes[-1] if self.regimes else None


def cluster_view(
    bars: Bars, *, train_days: int = TRAIN_DAYS, show_days: int = SHOW_DAYS
) -> ClusterView:
    """Show the last bars in clusters that were learned from the days before them.

    Args:
        bars: Adjusted bars.
        train_days: Calendar days of training, 365 to 1,825.
        show_days: Calendar days shown, 30 to 365.

    Raises:
        NoDataError: Too few bars to learn from.
        ParameterError: Days outside their range.
    """
    for days, low, high, name in (
        (train_days, 365, 1_825, "training"),
        (show_days, 30, 365, "shown"),
    ):
        if not low <= days <= high:
            raise ParameterError(f"The days {name} are {low} to {high:,}, not {days:,}.")
    if not len(bars):
        raise NoDataError(f"There are no prices of {bars.symbol}.")
    shown_from = bars.last - timedelta(days=show_days)
    row = bars.row_at(shown_from) + 1
    model = learn(bars.head(row).between(shown_from - timedelta(days=train_days)))
    return ClusterView(model, row, tuple(model.assign(bars)[row:]))


def _complete(found: Floats) -> NDArray[np.bool_]:
    return np.asarray(np.isnan(found).sum(axis=1) == 0, np.bool_)


def _clustered(scaled: Floats) -> Floats:
    from sklearn.cluster import KMeans

    means = KMeans(CLUSTERS, n_init=STARTS, max_iter=ROUNDS, random_state=SEED)
    return np.asarray(means.fit(scaled).cluster_centers_, np.float64)


def _named(middles: Floats) -> tuple[Regime, ...]:
    """Name clusters by the middle of each, in the units of the features."""
    wild = int(middles[:, VOLATILITY].argmax())
    ways = {each: float(middles[each, DIRECTION]) for each in range(CLUSTERS) if each != wild}
    names = dict.fromkeys(range(CLUSTERS), Regime.RANGING) | {wild: Regime.HIGH_VOLATILITY}
    up, down = max(ways, key=ways.__getitem__), min(ways, key=ways.__getitem__)
    if ways[up] > 0:
        names[up] = Regime.BULLISH
    if ways[down] < 0:
        names[down] = Regime.BEARISH
    return tuple(names[each] for each in range(CLUSTERS))
