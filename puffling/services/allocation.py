"""Limits, size, the risk of what is held, and how money could be split. Nothing here trades."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from puffin.types import ZERO
from puffling.core.errors import BadValueError, NoPriceError
from puffling.services.elsewhere import plainly
from puffling.services.market_index import market_closes
from puffling.services.periods import Period, prices
from puffling.services.portfolio_risk import check_weights, measure
from puffling.services.sizes import size_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from puffin.data.universe import Universe
    from puffin.portfolio.allocation import Allocation
    from puffin.portfolio.frontier import Frontier
    from puffin.portfolio.limits import Constraints, Options
    from puffin.portfolio.methods import Card
    from puffin.portfolio.out_of_sample import OutOfSample
    from puffin.portfolio.rebalance import Preview
    from puffin.risk.sizing import Purse, Size
    from puffin.risk.stress import Scenario, Stressed
    from puffling.core.clock import Clock
    from puffling.services.bars import BarService
    from puffling.services.elsewhere import Elsewhere
    from puffling.services.market import MarketService
    from puffling.services.portfolio_risk import PortfolioRisk
    from puffling.services.positions import PortfolioService
    from puffling.services.quotes import QuoteService
    from puffling.services.risk import RiskService
    from puffling.services.sizes import SizeAsked, SizeMethod
    from puffling.store.allocations import AllocationStore, SavedAllocation

    Tell = Callable[[float], None]

SEVERAL = 2
CASH = "CASH"  # in a list of weights, what is not invested


@dataclass(frozen=True, slots=True)
class LimitRow:
    """A limit in force; `share` is how much of it is used, None where that is not known."""

    rule: str
    title: str
    limit: Decimal | None
    used: Decimal | None
    unit: str
    share: float | None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """What an allocation must keep to and aim at, and which days it looks at."""

    period: Period = field(default_factory=Period)
    constraints: Constraints | None = None
    options: Options | None = None


class AllocationService:
    """Measures and proposes. What is said to block is called from a job or a thread."""

    def __init__(  # noqa: PLR0913 - it rests on that many
        self,
        store: AllocationStore,
        bars: BarService,
        portfolio: PortfolioService,
        risk: RiskService,
        quotes: QuoteService,
        *,
        market: MarketService,
        clock: Clock,
        elsewhere: Elsewhere,
    ) -> None:
        self._store = store
        self._bars = bars
        self._portfolio = portfolio
        self._risk = risk
        self._quotes = quotes
        self._market = market
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
                each.text,
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

    def size(self, method: SizeMethod, asked: SizeAsked, equity: Decimal | None = None) -> Size:
        """Return how many shares to trade, never more than the buying power pays for.

        Raises:
            BadValueError: Something that the method needs is missing.
            ParameterError: A number makes no sense.
            NoPriceError: The account cannot be valued, and no equity is given.
        """
        from puffin.risk.sizing import Purse

        return size_of(method, asked, self._purse() if equity is None else Purse(equity))

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
        market: str = "",
    ) -> PortfolioRisk:
        """Return the risk of what is held, or of the account split by `weights`; blocks.

        Raises:
            BadValueError: Nothing is held, or the weights do not add up to 100 %.
            DataError: Too few returns in common; it says how many there are and are needed.
        """
        values, equity = self._book(weights)
        universe = self.universe(sorted(values), period)
        name, closes = market_closes(self._bars, market, self._market.symbols, universe)
        return measure(universe, values, equity, (name, closes))

    def stress(
        self,
        weights: Mapping[str, float] | None = None,
        *,
        own: Scenario | None = None,
        period: Period | None = None,
        market: str = "",
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

    def methods(self) -> tuple[Card, ...]:
        """Return the ways to split money, each with what it is right for."""
        from puffin.portfolio.methods import METHODS

        return METHODS

    def allocate(
        self, method: str, symbols: Sequence[str], asked: Asked, progress: Tell
    ) -> Allocation:
        """Return weights by a method; an unknown one is an error, never another one; blocks.

        Raises:
            BadValueError: Fewer than two symbols are named.
            DataError: Too few returns in common; it says how many there are and are needed.
            ParameterError: There is no such method, or nothing can meet what is asked.
        """
        from puffin.portfolio.allocation import allocate
        from puffin.portfolio.methods import method as known

        arguments = (known(method), self._several(symbols, asked), asked.constraints, asked.options)
        found: Allocation = self._elsewhere.call(
            plainly, allocate, arguments, {}, progress=progress
        )
        return found

    def frontier(
        self, symbols: Sequence[str], asked: Asked, progress: Tell, *, points: int = 25
    ) -> Frontier:
        """Return the efficient frontier of some symbols; blocks.

        Raises:
            BadValueError: Fewer than two symbols are named.
            DataError: Too few returns in common; it says how many there are and are needed.
            ParameterError: The limits cannot be met, or the covariance is singular.
        """
        from puffin.portfolio.frontier import frontier

        arguments = (self._several(symbols, asked), asked.constraints, asked.options)
        found: Frontier = self._elsewhere.call(
            plainly, frontier, arguments, {"points": points}, progress=progress
        )
        return found

    def out_of_sample(
        self, method: str, symbols: Sequence[str], asked: Asked, progress: Tell
    ) -> OutOfSample:
        """Return what a method brought on returns it had not seen, beside equal weights; blocks.

        Raises:
            BadValueError: Fewer than two symbols are named.
            DataError: Too few returns in common; it says how many there are and are needed.
            ParameterError: There is no such method, or nothing can meet what is asked.
        """
        from puffin.portfolio.methods import method as known
        from puffin.portfolio.out_of_sample import out_of_sample

        arguments = (known(method), self._several(symbols, asked), asked.constraints, asked.options)
        found: OutOfSample = self._elsewhere.call(out_of_sample, *arguments, progress=progress)
        return found

    def rebalance(self, weights: Mapping[str, float], *, smallest: Decimal = ZERO) -> Preview:
        """Return the trades that would bring the account to `weights`; nothing is ordered.

        What is held and not named would be sold; CASH stays in cash.

        Raises:
            BadValueError: The weights do not add up to 100 %.
            NoPriceError: A symbol has no quote.
            ParameterError: There is nothing to split.
        """
        from puffin.portfolio.rebalance import ONE, rebalance

        known = check_weights(weights)
        targets = {each: Decimal(str(round(value, 8))) for each, value in known.items()}
        rest = 1 - sum(targets.values(), ZERO)  # what rounding left
        first = next(iter(targets))
        targets[first] += rest
        cash = targets.pop(CASH, ZERO)
        portfolio = self._portfolio.snapshot()
        held = {each.symbol: each.position.quantity for each in portfolio.rows}
        return rebalance(
            targets,
            held,
            {each: self._price(each) for each in {*targets, *held}},
            portfolio.cash,
            costs=self._portfolio.costs,
            cash_weight=cash,
            smallest=smallest or ONE,
        )

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

    def _several(self, symbols: Sequence[str], asked: Asked) -> Universe:
        if len(set(symbols)) < SEVERAL:
            raise BadValueError(
                "Money is split over two symbols or more.", hint="Such as symbols=AAPL,GOOG,IBM"
            )
        return self.universe(symbols, asked.period)

    def _price(self, symbol: str) -> Decimal:
        quote = self._quotes.last(symbol)
        if quote is None:
            raise NoPriceError(f"There is no price of {symbol}, so it cannot be weighed.")
        return quote.last

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
        if not any(known.values()):
            raise BadValueError(
                "All of it is cash, so there is no risk to measure.",
                hint="Name a symbol with a weight, such as weights=AAPL:0.6,CASH:0.4",
            )
        return {each: value * equity for each, value in known.items()}, equity
