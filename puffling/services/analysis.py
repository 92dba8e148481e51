"""Analyses: facts first, each with its source and its time; then sentences that only repeat them.

A record is an `Analysis` of `analysis_facts`. It needs no model; a model that tells it in other
words has nothing but these facts to go by.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from puffin.data.bars import Interval
from puffin.errors import PuffinError
from puffling.core.errors import PufflingError
from puffling.services import analysis_portfolio, analysis_symbol
from puffling.services.analysis_portfolio import BookAsked
from puffling.services.analysis_symbol import SymbolAsked
from puffling.services.closed_days import closed_days

if TYPE_CHECKING:
    from puffling.services.alerts import AlertService
    from puffling.services.allocation import AllocationService
    from puffling.services.analysis_facts import Analysis
    from puffling.services.bars import BarService
    from puffling.services.goals import GoalService
    from puffling.services.market import MarketService
    from puffling.services.news import NewsService
    from puffling.services.positions import PortfolioService
    from puffling.services.quotes import QuoteService


class AnalysisService:
    """Works facts out. What begins with `ask` is called on the loop's thread, the rest blocks."""

    def __init__(  # noqa: PLR0913 - each is a part it reads, most by name
        self,
        bars: BarService,
        portfolio: PortfolioService,
        *,
        news: NewsService,
        quotes: QuoteService,
        market: MarketService,
        alerts: AlertService,
        goals: GoalService,
        allocation: AllocationService,
    ) -> None:
        self._bars = bars
        self._portfolio = portfolio
        self._news = news
        self._quotes = quotes
        self._market = market
        self._alerts = alerts
        self._goals = goals
        self._allocation = allocation

    def ask_symbol(self, symbol: str) -> SymbolAsked:
        """Return what the desk knows of a symbol."""
        rows = {each.symbol: each for each in self._portfolio.snapshot().rows}
        return SymbolAsked(
            symbol,
            self._market.now(),
            self._quotes.last(symbol),
            rows.get(symbol),
            tuple(each.text for each in self._alerts.all() if each.symbol == symbol),
        )

    def symbol(self, asked: SymbolAsked) -> Analysis:
        """Return the facts about a symbol at its last close; blocks.

        Raises:
            DataError: There are no prices of it, with the reason.
        """
        days = self._bars.history(asked.symbol, Interval.D1, adjusted=False)
        raw = closed_days(days, self._market.calendar)
        news = self._news.latest(asked.symbol)
        source = raw.source or self._bars.source(asked.symbol)
        return analysis_symbol.analyse(asked, raw, source, news)

    def ask_book(self) -> BookAsked:
        """Return what the desk knows of the book."""
        return BookAsked(
            self._market.now(),
            self._portfolio.snapshot(),
            self._allocation.limits_rows(),
            [self._goals.state_of(each) for each in self._goals.all()],
        )

    def book(self, asked: BookAsked) -> Analysis:
        """Return the facts about the book; blocks."""
        try:
            risk = self._allocation.portfolio_risk()
        except (PuffinError, PufflingError) as error:
            return analysis_portfolio.review(asked, None, str(error))
        return analysis_portfolio.review(asked, risk, "")
