"""Statistical arbitrage: two symbols that belong together, traded when they come apart."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from pydantic import Field, field_validator
from typing_extensions import override

from puffin.data.universe import listed
from puffin.errors import ParameterError
from puffin.strategies.base import Parameters
from puffin.strategies.mean_reversion import zscore
from puffin.strategies.parts import latched
from puffin.strategies.universe import Seen, UniverseStrategy

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray
    from pydantic import ValidationInfo

    from puffin.data.universe import Universe
    from puffin.strategies.base import Needs, ParametersType
    from puffin.strategies.universe import Floats

    Flags = NDArray[np.bool_]

PAIR = 2
RETEST = 21  # bars from one test for cointegration to the next: a month of sessions
UNTESTED = 1.0  # a threshold that every pair passes


class Distance(StrEnum):
    """How far apart two symbols are."""

    RATIO = "ratio"
    SPREAD = "spread"


class PairsParameters(Parameters):
    """What can be set of statistical arbitrage."""

    lookback: int = Field(
        default=60,
        ge=10,
        le=250,
        title="Lookback",
        description="Bars of the average and the deviation of the distance.",
        json_schema_extra={"step": 30},
    )
    entry: float = Field(
        default=2.0,
        ge=0.5,
        le=5,
        title="Entry",
        description="Trade when the two are this many deviations apart.",
        json_schema_extra={"step": 0.5},
    )
    exit: float = Field(
        default=0.5,
        ge=0,
        le=4,
        title="Exit",
        description="Leave when they are back within this many deviations; below the entry.",
        json_schema_extra={"step": 0.5},
    )
    p_value: float = Field(
        default=0.05,
        gt=0,
        le=UNTESTED,
        title="Cointegration",
        description=(
            "Trade only while the test of Engle and Granger gives at most this probability that "
            "the two do not belong together; 1 does not test."
        ),
        json_schema_extra={"step": 0.05},
    )
    window: int = Field(
        default=250,
        ge=100,
        le=1000,
        title="Test window",
        description="Bars that the test and the hedge look back over.",
        json_schema_extra={"step": 50},
    )
    distance: Distance = Field(
        default=Distance.RATIO,
        title="Distance",
        description=(
            "The ratio of the two prices, half the money on each side; or the spread of their "
            "logarithms, hedged as a regression over the test window says."
        ),
    )

    @field_validator("exit")
    @classmethod
    def _inside_the_entry(cls, value: float, info: ValidationInfo) -> float:
        entry = info.data.get("entry")
        if entry is not None and value >= entry:
            raise ValueError(f"The exit ({value:g}) must be below the entry ({entry:g}).")
        return value


@dataclass(frozen=True, slots=True, eq=False)
class Cointegration:
    """What the tests said, each on the bars before it alone.

    Attributes:
        rows: The rows of the universe at whose closes was tested.
        p_values: The probability of such closeness by chance, at each of them; NaN if the prices
            did not move.
        allowed: Whether the pair may be traded, for each row of the universe.
        sentence: What a trader should know.
    """

    rows: NDArray[np.int64]
    p_values: Floats
    allowed: Flags
    sentence: str


class Pairs(UniverseStrategy[PairsParameters]):
    """Long the one that fell behind and short the other, until they are together again.

    Formula: z = (d - mean) / deviation over the lookback (n - 1), with the distance d = A / B, or
    log A - b log B with b by least squares over the test window. Long A and short B from
    z <= -entry until z >= -exit; the other way round from z >= entry until z <= exit. Nothing is
    held while the latest test (Engle and Granger 1987, on logarithms of closes, one lag, every 21
    bars, over the window that ends there) gives more than the allowed probability. It earns while
    two prices are tied by something real, and loses when that ends: then the test says so late.
    """

    id: ClassVar[str] = "stat_arb"
    title: ClassVar[str] = "Statistical arbitrage"
    summary: ClassVar[str] = "Trades two symbols that belong together when they come apart."
    Parameters: ClassVar[ParametersType] = PairsParameters
    needs: ClassVar[Needs] = "two symbols"
    grid: ClassVar[Mapping[str, tuple[object, ...]]] = {
        "lookback": (30, 60, 90),
        "entry": (1.5, 2.0, 2.5),
        "exit": (0.0, 0.5, 1.0),
    }

    def __init__(self, parameters: PairsParameters | None = None) -> None:
        super().__init__(parameters)
        self._tested: tuple[str, Cointegration] | None = None

    @property
    @override
    def warm_up(self) -> int:
        chosen = self.parameters
        hedged = chosen.distance is Distance.SPREAD
        looks_back = hedged or chosen.p_value < UNTESTED
        return max(chosen.lookback, chosen.window) if looks_back else chosen.lookback

    @override
    def weights(self, universe: Universe) -> Floats:
        self._check(universe)
        both, chosen = universe.mask.all(axis=1), self.parameters
        z, hedge = self._distance(universe.close[both])
        allowed = self.cointegration(universe).allowed[both] & (hedge > 0)
        side = latched((z <= -chosen.entry) & allowed, (z >= -chosen.exit) | ~allowed)
        side -= latched((z >= chosen.entry) & allowed, (z <= chosen.exit) | ~allowed)
        found = np.full(universe.mask.shape, np.nan)
        gross = 1 + np.abs(hedge)
        known = ~np.isnan(z)
        own = np.column_stack([side / gross, -side * hedge / gross])
        found[both] = np.where(known[:, None], _steady(own, side), np.nan)
        return found

    def _distance(self, close: Floats) -> tuple[Floats, Floats]:
        """Return how far apart the two are, in deviations, and the hedge, on their common bars."""
        chosen = self.parameters
        if chosen.distance is Distance.RATIO:
            return zscore(close[:, 0] / close[:, 1], chosen.lookback), np.ones(len(close))
        return _hedged(np.log(close), chosen.lookback, chosen.window)

    @override
    def seen(self, universe: Universe) -> tuple[Seen, ...]:
        both, tests = universe.mask.all(axis=1), self.cointegration(universe)
        apart, p = np.full(len(universe), np.nan), np.full(len(universe), np.nan)
        apart[both] = self._distance(universe.close[both])[0]
        for row, value in zip(tests.rows.tolist(), tests.p_values.tolist(), strict=True):
            p[row:] = value
        told = (Seen("Deviations apart", np.column_stack([apart] * PAIR)),)
        if not len(tests.rows):
            return told
        return (*told, Seen("Cointegration, p of the latest test", np.column_stack([p] * PAIR)))

    def cointegration(self, universe: Universe) -> Cointegration:
        """Test whether the two belong together, again and again, each time on the past alone.

        The first call imports statsmodels, which takes seconds: run it in a worker.
        """
        self._check(universe)
        if self._tested is None or self._tested[0] != universe.data_hash:
            self._tested = (universe.data_hash, self._test(universe))
        return self._tested[1]

    @override
    def notes(self, universe: Universe) -> tuple[str, ...]:
        return (self.cointegration(universe).sentence,)

    def _check(self, universe: Universe) -> None:
        if len(universe.symbols) != PAIR:
            raise ParameterError(
                f"{self.title} trades two symbols; there {_are(len(universe.symbols))}."
            )

    def _test(self, universe: Universe) -> Cointegration:
        chosen, pair = self.parameters, listed(universe.symbols)
        rows = np.flatnonzero(universe.mask.all(axis=1))
        if chosen.p_value >= UNTESTED:
            everywhere = np.ones(len(universe), np.bool_)
            nothing = np.empty(0)
            said = f"Whether {pair} are cointegrated was not tested."
            return Cointegration(nothing.astype(np.int64), nothing, everywhere, said)
        ends = np.arange(chosen.window - 1, len(rows), RETEST)
        logs = np.log(universe.close[rows])
        found = np.array([_p_value(logs[end - chosen.window + 1 : end + 1]) for end in ends])
        allowed = np.zeros(len(universe), np.bool_)
        for place, (end, p) in enumerate(zip(ends, found, strict=True)):
            after = rows[ends[place + 1]] if place + 1 < len(ends) else len(universe)
            allowed[rows[end] : after] = bool(p <= chosen.p_value)
        return Cointegration(rows[ends], found, allowed, self._said(pair, found))

    def _said(self, pair: str, found: Floats) -> str:
        chosen = self.parameters
        passed, how = int((found <= chosen.p_value).sum()), f"over {chosen.window} bars"
        if not len(found):
            return f"{pair} have too few common bars to test for cointegration {how}."
        if not passed:
            return (
                f"{pair} are not cointegrated: none of {len(found)} tests {how} gave p at most "
                f"{chosen.p_value:g} (the last {found[-1]:.2f}), so nothing is traded."
            )
        now = "are" if found[-1] <= chosen.p_value else "are not"
        return (
            f"{pair} passed {passed} of {len(found)} tests for cointegration {how} (p at most "
            f"{chosen.p_value:g}); between the others nothing is held. At the end they {now} "
            f"cointegrated (p {found[-1]:.2f})."
        )


def _hedged(logs: Floats, lookback: int, window: int) -> tuple[Floats, Floats]:
    """Return z and hedge at each row; the hedge is found anew every 21 bars, on the past."""
    z, hedge = np.full(len(logs), np.nan), np.zeros(len(logs))
    for end in range(window - 1, len(logs), RETEST):
        part = logs[end - window + 1 : end + 1]
        swing = part[:, 1] - part[:, 1].mean()
        variance = float(swing @ swing)
        slope = float(swing @ part[:, 0]) / variance if variance > 0 else 0.0
        until = min(end + RETEST, len(logs))
        start = max(0, end - lookback + 1)
        spread = logs[start:until, 0] - slope * logs[start:until, 1]
        z[end:until] = zscore(spread, lookback)[end - start :]
        hedge[end:until] = slope
    return z, hedge


def _steady(own: Floats, side: Floats) -> Floats:
    """Keep the weights of an entry until it is left, though the hedge is found anew meanwhile."""
    begins = np.flatnonzero(np.diff(side, prepend=0.0) != 0)
    latest = np.zeros(len(side), np.int64)
    latest[begins] = begins
    return np.where((side != 0)[:, None], own[np.maximum.accumulate(latest)], 0.0)


def _p_value(logs: Floats) -> float:
    from statsmodels.tsa.stattools import coint

    if not bool((np.ptp(logs, axis=0) > 0).all()):
        return float("nan")
    with warnings.catch_warnings():
        # Two prices that are one and the same are told of with a warning, and p is 0.
        warnings.simplefilter("ignore")
        return float(coint(logs[:, 0], logs[:, 1], maxlag=1, autolag=None)[1])


def _are(count: int) -> str:
    return "is 1" if count == 1 else f"are {count}"
