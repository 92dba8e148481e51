"""What the desk can say about prices, news and words: services that are made when first asked."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from puffling.core.bus import EventBus
    from puffling.core.clock import Clock
    from puffling.core.settings_store import SettingsStore
    from puffling.services.alerts import AlertService
    from puffling.services.allocation import AllocationService
    from puffling.services.analysis import AnalysisService
    from puffling.services.backtests import BacktestService
    from puffling.services.bars import BarService
    from puffling.services.drafting import DraftService
    from puffling.services.elsewhere import Elsewhere
    from puffling.services.goals import GoalService
    from puffling.services.ideas import IdeaService
    from puffling.services.inbox import InboxService
    from puffling.services.market import MarketService
    from puffling.services.news import NewsService
    from puffling.services.positions import PortfolioService
    from puffling.services.quotes import QuoteService
    from puffling.services.risk import RiskService
    from puffling.services.strategies import StrategyService
    from puffling.services.watchlists import WatchlistService
    from puffling.store.database import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """Whom the services of knowledge ask."""

    user: Database
    bars: BarService
    watchlists: WatchlistService
    portfolio: PortfolioService
    quotes: QuoteService
    market: MarketService
    inbox: InboxService
    risk: RiskService
    alerts: AlertService
    goals: GoalService
    allocation: AllocationService
    strategies: StrategyService
    backtests: BacktestService
    settings: SettingsStore
    elsewhere: Elsewhere
    bus: EventBus
    clock: Clock


class Knowledge:
    """Each service is built once, on the loop's thread, and its modules are loaded then."""

    def __init__(self, sources: Sources) -> None:
        self._from = sources

    @cached_property
    def ideas(self) -> IdeaService:
        """Ideas over your universe, and what became of them."""
        from puffling.services.ideas import IdeaService
        from puffling.store.ideas import IdeaStore

        told = self._from
        return IdeaService(
            IdeaStore(told.user),
            told.bars,
            watchlists=told.watchlists,
            portfolio=told.portfolio,
            quotes=told.quotes,
            market=told.market,
            inbox=told.inbox,
            settings=told.settings,
            elsewhere=told.elsewhere,
            bus=told.bus,
            clock=told.clock,
        )

    @cached_property
    def news(self) -> NewsService:
        """Headlines and how they sound."""
        from puffling.services.news import NewsService

        told = self._from
        return NewsService(told.market, told.settings, told.portfolio, told.watchlists)

    @cached_property
    def analysis(self) -> AnalysisService:
        """Facts about a symbol, the portfolio, or a text."""
        from puffling.services.analysis import AnalysisService

        told = self._from
        return AnalysisService(
            told.bars,
            told.portfolio,
            news=self.news,
            quotes=told.quotes,
            market=told.market,
            alerts=told.alerts,
            goals=told.goals,
            allocation=told.allocation,
        )

    @cached_property
    def drafts(self) -> DraftService:
        """Strategies from rules and from words, tried and not saved."""
        from puffling.services.drafting import DraftService

        return DraftService(self._from.strategies, self._from.bars)
