"""Limits, size, the risk of what is held, and how money could be split. Nothing here trades."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar

from puffin.errors import DataError
from puffin.types import ZERO
from puffling.core.errors import BadValueError, NoPriceError
from puffling.services.periods import Period, prices
from puffling.services.portfolio_risk import MARKET, check_weights, measure

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from puffin.data.universe import Universe
    from puffin.measures import Floats
    from puffin.risk.sizing import Purse, Size
    from puffin.risk.stress import Scenario, Stressed
    from puffling.core.clock import Clock
    from puffling.services.bars import BarService
    from puffling.services.elsewhere import Elsewhere
    from puffling.services.portfolio_risk import PortfolioRisk
    from puffling.services.positions import PortfolioService
    from puffling.services.risk import RiskService
    from puffling.store.allocations import AllocationStore, SavedAllocation

    Tell = Callable[[float], None]

T = TypeVar("T")
CASH = "CASH"  # in a list of weights, what is not invested


class SizeMethod(StrEnum):
    """How a position's size is found."""

    FIXED = "fixed"  # a share of equity lost at the stop
    VOLATILITY = "volatility"  # the same at a move of some average true ranges
    FRACTION = "fraction"  # a share of equity
    KELLY = "kelly"  # the share that lets it grow fastest, or a part of it


@dataclass(frozen=True, slots=True)
class LimitRow:
    """A limit in force; `share` is how much of it is used, None where that is not known."""

    rule: str
    title: str
    limit: Decimal | None
    used: Decimal | None
    unit: str
    share: float | None


class AllocationService:
    """Measures and proposes. What is said to block is called from a job or a thread."""

    def __init__(
        self,
        store: AllocationStore,
        bars: BarService,
        portfolio: PortfolioService,
        risk: RiskService,
        *,
        clock: Clock,
        elsewhere: Elsewhere,
    ) -> None:
        self._store = store
        self._bars = bars
        self._portfolio = portfolio
        self._risk = risk
        self._clock = clock
        self._elsewhere = elsewhere

    def limits_rows(self) -> list[LimitRow]:
        """Return every limit in force and how much of it is used now."""
        return [
            LimitRow(
                each.rule,
                each.title,
                each.limit,
                each.used,
                each.unit,
                float(each.used / each.limit) if each.used is not None and each.limit else None,
            )
            for each in self._risk.in_use()
        ]

    def holdings(self) -> dict[str, float]:
        """Return what each position is worth now; short ones are negative.

        Raises:
            NoPriceError: A position has no quote, so the book cannot be valued.
        """
        portfolio = self._portfolio.snapshot()
        if portfolio.unpriced:
            raise NoPriceError(f"There is no price for {', '.join(portfolio.unpriced)}.")
        return {each.symbol: float(each.value) for each in portfolio.rows if each.value is not None}

    def equity(self) -> Decimal:
        """Return what the account is worth.

        Raises:
            NoPriceError: A position has no quote.
        """
        portfolio = self._portfolio.snapshot()
        if portfolio.equity is None:
            raise NoPriceError(portfolio.equity_text)
        return portfolio.equity

    def size(  # noqa: PLR0913 - each method has its own words, given by name
        self,
        method: SizeMethod,
        entry: Decimal,
        *,
        risk: Decimal = Decimal("0.01"),
        stop: Decimal | None = None,
        atr: Decimal | None = None,
        multiple: Decimal = Decimal(2),
        fraction: Decimal | None = None,
        win_rate: float | None = None,
        payoff: float | None = None,
        equity: Decimal | None = None,
    ) -> Size:
        """Return how many shares to trade, never more than the buying power pays for.

        Raises:
            BadValueError: Something that the method needs is missing.
            ParameterError: A number makes no sense.
            NoPriceError: The account cannot be valued, and no equity is given.
        """
        from puffin.risk import sizing

        purse = sizing.Purse(equity) if equity is not None else self._purse()
        if method is SizeMethod.FIXED:
            return sizing.fixed_fractional(purse, risk=risk, entry=entry, stop=_given(stop, "stop"))
        if method is SizeMethod.VOLATILITY:
            return sizing.volatility_size(
                purse, risk=risk, entry=entry, atr=_given(atr, "atr"), multiple=multiple
            )
        if method is SizeMethod.FRACTION:
            chosen = _given(fraction, "fraction")
        else:
            part = sizing.HALF if fraction is None else float(fraction)
            rate, ratio = _given(win_rate, "win_rate"), _given(payoff, "payoff")
            chosen = Decimal(str(round(sizing.kelly(rate, ratio, fraction=part), 6)))
        return sizing.fraction_size(purse, fraction=chosen, entry=entry)

    def atr(self, symbol: str, window: int = 14) -> Decimal:
        """Return the average true range of a symbol over the latest closed days; blocks.

        Raises:
            DataError: There are too few prices; it says how many there are and are needed.
        """
        from puffin.factors.catalogue import indicator

        bars = prices(self._bars, symbol, Period())
        found = indicator("atr")
        parameters = found.parameters({"window": window})
        found.require(bars, parameters)
        return Decimal(str(round(float(found.study(bars, parameters)[found.outputs[0].id][-1]), 4)))

    def universe(self, symbols: Sequence[str], period: Period | None = None) -> Universe:
        """Return the prices of several symbols side by side; blocks."""
        from puffin.data.universe import align

        days = period or Period()
        return align([prices(self._bars, each, days) for each in symbols])

    def portfolio_risk(
        self,
        weights: Mapping[str, float] | None = None,
        *,
        period: Period | None = None,
        market: str = MARKET,
    ) -> PortfolioRisk:
        """Return the risk of what is held, or of the account split by `weights`; blocks.

        Raises:
            BadValueError: Nothing is held, or the weights do not add up to 100 %.
            DataError: Too few returns in common; it says how many there are and are needed.
        """
        values, equity = self._book(weights)
        universe = self.universe(sorted(values), period)
        return measure(universe, values, equity, self._closes(market, universe), market)

    def stress(
        self,
        weights: Mapping[str, float] | None = None,
        *,
        own: Scenario | None = None,
        period: Period | None = None,
        market: str = MARKET,
    ) -> tuple[Stressed, ...]:
        """Return what each scenario, and one of your own, would do to the book; blocks.

        A position whose beta cannot be known is named in the result and not counted.

        Raises:
            BadValueError: Nothing is held, or the weights do not add up to 100 %.
        """
        from puffin.risk.stress import SCENARIOS, Held, stress_all

        risk = self.portfolio_risk(weights, period=period, market=market)
        held = [
            Held(each, risk.weights[each] * risk.equity, risk.betas[each]) for each in risk.symbols
        ]
        scenarios = SCENARIOS if own is None else (own, *SCENARIOS)
        return stress_all(held, scenarios, equity=risk.equity)

    # -- weights that were kept --------------------------------------------------------------

    def save(self, name: str, weights: Mapping[str, float], *, note: str = "") -> None:
        """Keep weights under a name, in the place of those that had it.

        Raises:
            BadValueError: The name is empty, or the weights do not add up to 100 %.
        """
        if not name.strip():
            raise BadValueError("Weights are kept under a name.")
        document = {"weights": check_weights(weights), "note": note}
        self._store.save(name.strip(), document, self._clock.now())

    def saved(self) -> list[SavedAllocation]:
        """Return every set of weights that was kept, by name."""
        return self._store.all()

    def remove(self, name: str) -> None:
        """Forget weights.

        Raises:
            BadValueError: None have that name.
        """
        if not self._store.remove(name):
            raise BadValueError(f"No weights are kept as {name[:40]!r}.")

    # -- the parts ---------------------------------------------------------------------------

    def _purse(self) -> Purse:
        from puffin.risk.sizing import Purse

        return Purse(self.equity(), max(self._portfolio.snapshot().buying_power, ZERO))

    def _book(self, weights: Mapping[str, float] | None) -> tuple[dict[str, float], float]:
        equity = float(self.equity())
        if weights is None:
            values = self.holdings()
            if not values:
                raise BadValueError(
                    "Nothing is held, so there is no risk to measure.",
                    hint="Name weights, such as weights=AAPL:0.6,GOOG:0.4",
                )
            return values, equity
        known = check_weights(weights)
        known.pop(CASH, None)
        return {each: value * equity for each, value in known.items()}, equity

    def _closes(self, market: str, universe: Universe) -> Floats | None:
        """Return the market's close on each row, the last known one; None if there is none."""
        import numpy as np

        try:
            bars = prices(self._bars, market, Period(universe.interval))
        except DataError:
            return None
        row = np.searchsorted(bars.time, universe.time, side="right") - 1
        return bars.close[row] if len(row) and row[0] >= 0 else None


def _given(value: T | None, name: str) -> T:
    if value is None:
        raise BadValueError(f"This way to size needs {name.replace('_', ' ')}.")
    return value
