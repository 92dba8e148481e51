"""What an alert has to look at: quotes, past extremes, the account and its goals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from puffin.monitor.conditions import (
    DayLoss,
    DayMove,
    Drawdown,
    Drift,
    Extreme,
    OnDrawing,
    PositionProfit,
    PriceLevel,
    Silence,
)
from puffin.monitor.watch import View, read
from puffin.types import ZERO

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from decimal import Decimal

    from puffin.monitor.conditions import Condition
    from puffin.monitor.watch import Reading
    from puffin.types import Quote
    from puffling.services.positions import Portfolio, PortfolioService
    from puffling.services.quotes import QuoteService
    from puffling.store.alerts import Alert

PRICED = (PriceLevel, OnDrawing, DayMove, Extreme)
OF_ACCOUNT = (PositionProfit, DayLoss, Drawdown, Drift)


def _unknown(_: object) -> None:
    """Know nothing."""


def _nowhere(_condition: OnDrawing, _symbol: str) -> None:
    """Know of no drawing."""


class AlertViews:
    """Gathers what is known now for each kind of alert; what is not known is None.

    `extremes` holds the highest and lowest price before today by symbol and number of sessions;
    `level` (of a drawn line), `drift`, `drawdown` and `silence` are asked where there is somebody
    to ask. `goals` gives the names of goals.
    """

    def __init__(
        self,
        quotes: QuoteService,
        portfolio: PortfolioService | None = None,
        drift: Callable[[str], Decimal | None] = _unknown,
        goals: Callable[[], Collection[str]] | None = None,
    ) -> None:
        self._quotes = quotes
        self._portfolio = portfolio
        self.extremes: dict[tuple[str, int], tuple[Decimal, Decimal]] = {}
        self.problems: dict[str, str] = {}  # why an alert cannot be judged, by its id
        self.level: Callable[[OnDrawing, str], Decimal | None] = _nowhere
        self.drawdown: Callable[[Portfolio], Decimal | None] = _unknown
        self._drift = drift
        self._goals = goals
        self.silence: Callable[[str], float | None] = _unknown

    def why_not(self, condition: Condition) -> str:
        """Return why `condition` can never come true as things are; empty when it can."""
        if not isinstance(condition, Drift) or self._goals is None:
            return ""
        known = sorted(self._goals())
        if condition.goal in known:
            return ""
        there = f"There are {', '.join(known)}." if known else "There is none yet."
        return f"There is no goal {condition.goal!r}. {there}"

    def portfolio(self) -> Portfolio | None:
        """Return the account as it is now; None where there is none."""
        return None if self._portfolio is None else self._portfolio.snapshot()

    def of(
        self, alert: Alert, portfolio: Portfolio | None = None, quote: Quote | None = None
    ) -> View:
        """Return what `alert` looks at; a `portfolio` or `quote` that is at hand is taken."""
        condition = alert.condition
        if isinstance(condition, PRICED):
            highest = lowest = level = None
            if isinstance(condition, OnDrawing):
                level = self.level(condition, alert.symbol)
            if isinstance(condition, Extreme):
                known = self.extremes.get((alert.symbol, condition.sessions))
                highest, lowest = known or (None, None)
            quote = quote or self._quotes.last(alert.symbol)
            return View(quote=quote, level=level, highest=highest, lowest=lowest)
        if isinstance(condition, Silence):
            return View(silence=self.silence(alert.symbol))
        if isinstance(condition, OF_ACCOUNT):
            return self._of_account(alert, portfolio or self.portfolio())
        return View()

    def reading(
        self, alert: Alert, portfolio: Portfolio | None = None, quote: Quote | None = None
    ) -> Reading | None:
        """Return what `alert` reads now; None while that is not known or it has no level."""
        view = self.of(alert, portfolio, quote)
        return read(alert.condition, view, alert.manner.hysteresis)

    def _of_account(self, alert: Alert, portfolio: Portfolio | None) -> View:
        condition = alert.condition
        if portfolio is None:
            return View()
        if isinstance(condition, PositionProfit):
            held = next((row for row in portfolio.rows if row.symbol == alert.symbol), None)
            if held is None or held.position.quantity == ZERO:
                return View()
            return View(profit=held.unrealised, profit_ratio=held.unrealised_ratio)
        if isinstance(condition, DayLoss):
            return View(day_ratio=portfolio.day_ratio)
        if isinstance(condition, Drawdown):
            return View(drawdown=self.drawdown(portfolio))
        return View(drift=self._drift(condition.goal)) if isinstance(condition, Drift) else View()
