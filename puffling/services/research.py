"""Looking closer: bars and what is wrong with them, regimes, and factors of your own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from puffin.data.bars import Interval
from puffin.data.universe import listed
from puffin.errors import NoDataError
from puffling.core.errors import BadValueError
from puffling.core.files import file_errors, write_whole
from puffling.services.elsewhere import plainly
from puffling.services.periods import Period, prices

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from puffin.data.inspect import Inspection
    from puffin.data.universe import Universe
    from puffin.factors.alphas import Factor
    from puffin.factors.clusters import ClusterView
    from puffin.factors.evaluation import Entry, Evaluation
    from puffin.factors.expressions import Expression
    from puffin.factors.regimes import Regimes
    from puffin.measures import Floats, Times
    from puffling.core.clock import Clock
    from puffling.services.bars import BarService
    from puffling.services.elsewhere import Elsewhere
    from puffling.services.market import MarketService

    Tell = Callable[[float], None]


@dataclass(frozen=True, slots=True, eq=False)
class FactorValues:
    """A factor on some symbols: a row for each time, a column for each symbol, NaN if unknown.

    `latest` has the newest known value of each symbol, the highest first, and when it was known.
    `reasons` says, by symbol, why there is none at its newest bar.
    """

    expression: str
    symbols: tuple[str, ...]
    time: Times
    values: Floats
    latest: tuple[tuple[str, float | None, datetime | None], ...]
    warm_up: int
    notes: tuple[str, ...]
    reasons: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written where."""

    path: Path
    symbol: str
    interval: Interval
    rows: int
    adjusted: bool


class ResearchService:
    """Answers questions about prices. Everything here blocks: call it from a job or a thread."""

    def __init__(
        self, bars: BarService, market: MarketService, clock: Clock, elsewhere: Elsewhere
    ) -> None:
        self._bars = bars
        self._market = market
        self._clock = clock
        self._elsewhere = elsewhere

    def inspect(
        self, symbol: str, interval: Interval = Interval.D1, *, adjusted: bool = False
    ) -> Inspection:
        """Return the bars of a symbol with their source, gaps, and prices that look wrong.

        Raises:
            DataError: There are none, with the reason.
        """
        from puffin.data.inspect import inspect

        bars = self._bars.history(symbol, interval, adjusted=adjusted)
        return inspect(bars, self._market.calendar)

    def export(
        self, symbol: str, path: Path, interval: Interval = Interval.D1, *, adjusted: bool = False
    ) -> Exported:
        """Write the bars of a symbol to a CSV file that `data.import_csv` reads; all or nothing.

        Raises:
            BadValueError: The path is that of a folder.
            DataError: There are none, with the reason.
            StoreError: The file cannot be written.
        """
        from puffin.data.export import to_csv

        bars = self._bars.history(symbol, interval, adjusted=adjusted)
        path = path.expanduser()
        if path.is_dir():
            raise BadValueError(f"{path} is a folder.", hint="Name a file in it.")
        with file_errors(path):
            write_whole(path, to_csv(bars).encode())
        return Exported(path, symbol, interval, len(bars), bars.adjusted)

    def regime(self, symbol: str, period: Period | None = None) -> Regimes:
        """Return in which kind of market a symbol is, and was.

        Raises:
            DataError: There are too few prices; it says how many there are and are needed.
        """
        from puffin.factors.regimes import regimes

        return regimes(prices(self._bars, symbol, period or Period()))

    def clusters(self, symbol: str, progress: Tell, period: Period | None = None) -> ClusterView:
        """Return the latest bars in clusters learned from those before; a view, not a signal.

        Raises:
            DataError: There are too few prices to learn from.
        """
        from puffin.factors.clusters import cluster_view

        bars = prices(self._bars, symbol, period or Period())
        found: ClusterView = self._elsewhere.call(
            plainly, cluster_view, (bars,), {}, progress=progress
        )
        return found

    def factors(self) -> list[Factor]:
        """Return the factors of the library."""
        from puffin.factors.alphas import FACTORS

        return list(FACTORS)

    def universe(self, symbols: Sequence[str], period: Period | None = None) -> Universe:
        """Return the prices of several symbols side by side.

        Raises:
            BadValueError: No symbol is named.
            DataError: A symbol has none, with the reason.
        """
        from puffin.data.universe import align

        if not symbols:
            raise BadValueError("Name one symbol or more.", hint="Such as symbols=AAPL,GOOG,IBM")
        days = period or Period()
        return align([prices(self._bars, each, days) for each in symbols])

    def factor(
        self, expression: str, symbols: Sequence[str], period: Period | None = None
    ) -> FactorValues:
        """Return the values of an expression, or of a factor of the library by its id.

        Raises:
            ParameterError: The expression makes no sense; the sentence says where.
            DataError: There are too few prices.
        """
        from puffin.data.times import moment
        from puffin.factors.expressions import evaluate, require
        from puffin.factors.unknown import why_unknown

        read = self._expression(expression)
        universe = self.universe(symbols, period)
        require(read, universe)
        values = evaluate(read, universe)
        reasons = why_unknown(read, universe)
        latest: list[tuple[str, float | None, datetime | None]] = []
        for column, symbol in enumerate(universe.symbols):
            known = np.flatnonzero(np.isfinite(values[:, column]))
            row = int(known[-1]) if len(known) else -1
            when = moment(int(universe.time[row])) if row >= 0 else None
            latest.append((symbol, float(values[row, column]) if row >= 0 else None, when))
        latest.sort(key=lambda each: (each[1] is None, -(each[1] or 0.0)))
        return FactorValues(
            read.text,
            universe.symbols,
            universe.time,
            values,
            tuple(latest),
            read.warm_up,
            (*universe.notes, *_unknown_words(reasons)),
            reasons,
        )

    def evaluate(  # noqa: PLR0913 - each is a word of the question, given by name
        self,
        expression: str,
        symbols: Sequence[str],
        progress: Tell,
        *,
        period: Period | None = None,
        horizons: Sequence[int] | None = None,
        quantiles: int | None = None,
        entry: Entry | None = None,
    ) -> Evaluation:
        """Return whether an expression foretold returns.

        Raises:
            ParameterError: The expression makes no sense, or a setting.
            DataError: There are too few symbols or dates; it says how many are needed.
        """
        from puffin.factors.evaluation import evaluate_factor
        from puffin.factors.expressions import evaluate, require
        from puffin.factors.unknown import why_unknown

        progress(0.0)
        read = self._expression(expression)
        universe = self.universe(symbols, period)
        require(read, universe)
        values = evaluate(read, universe)
        if np.isnan(values).all():
            words = _unknown_words(why_unknown(read, universe))
            raise NoDataError(" ".join(("The factor has no value at all.", *words)))
        named: dict[str, Any] = {"quantiles": quantiles}
        if horizons:
            named["horizons"] = tuple(horizons)
        if entry is not None:
            named["entry"] = entry
        found: Evaluation = self._elsewhere.call(
            plainly, evaluate_factor, (values, universe), named, progress=progress
        )
        return found

    @staticmethod
    def _expression(text: str) -> Expression:
        """Return the expression that a text is, or that of the factor with this id."""
        from puffin.factors.alphas import FACTORS
        from puffin.factors.expressions import parse

        known = next((each for each in FACTORS if each.id == text.strip()), None)
        return parse(text) if known is None else known.expression()


def _unknown_words(reasons: Mapping[str, str]) -> tuple[str, ...]:
    """Return why there is no value, once for all symbols that share the reason."""
    alike: dict[str, list[str]] = {}
    for symbol, why in reasons.items():
        alike.setdefault(why, []).append(symbol)
    return tuple(f"No value of {listed(symbols)} now: {why}" for why, symbols in alike.items())
