"""The services that rest on the engine, built together: they are cheap until they are asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from puffling.services.allocation import AllocationService
from puffling.services.backtests import BacktestService
from puffling.services.research import ResearchService
from puffling.services.searches import SearchService
from puffling.services.strategies import StrategyService
from puffling.services.strategy_files import StrategyFiles
from puffling.services.strategy_looks import Looks
from puffling.store.allocations import AllocationStore
from puffling.store.backtests import BacktestStore
from puffling.store.searches import SearchStore
from puffling.store.state import StateStore
from puffling.store.strategies import StrategyStore

if TYPE_CHECKING:
    from pathlib import Path

    from puffling.core.bus import EventBus
    from puffling.core.clock import Clock
    from puffling.services.bars import BarService
    from puffling.services.elsewhere import Elsewhere
    from puffling.services.market import MarketService
    from puffling.services.positions import PortfolioService
    from puffling.services.quotes import QuoteService
    from puffling.services.risk import RiskService
    from puffling.store.database import Database


@dataclass(frozen=True, slots=True)
class Laboratory:
    """Everything that tries, searches and measures."""

    backtests: BacktestService
    searches: SearchService
    strategies: StrategyService
    research: ResearchService
    allocation: AllocationService


def build_laboratory(  # noqa: PLR0913 - it rests on that many, each given by name
    user: Database,
    bars: BarService,
    *,
    folder: Path,
    market: MarketService,
    portfolio: PortfolioService,
    risk: RiskService,
    quotes: QuoteService,
    bus: EventBus,
    clock: Clock,
    elsewhere: Elsewhere,
) -> Laboratory:
    """Build the services in the order in which they rest on each other.

    Args:
        user: The database of what is yours.
        bars: Where prices come from.
        folder: Where strategy files of your own lie.
        market: What time it is.
        portfolio: What is held.
        risk: The limits in force.
        quotes: The latest prices.
        bus: Where changes are announced.
        clock: The computer's time.
        elsewhere: Where arithmetic runs that would hold up the window.
    """
    kept, searches = BacktestStore(user), SearchStore(user)
    backtests = BacktestService(kept, searches, bars, bus=bus, clock=clock, elsewhere=elsewhere)
    return Laboratory(
        backtests,
        SearchService(searches, backtests, bars, bus=bus, clock=clock, elsewhere=elsewhere),
        StrategyService(
            StrategyStore(user),
            kept,
            bars,
            StrategyFiles(folder, clock, elsewhere, Looks(StateStore(user))),
            bus=bus,
            clock=clock,
            elsewhere=elsewhere,
        ),
        ResearchService(bars, market, clock, elsewhere),
        AllocationService(
            AllocationStore(user),
            bars,
            portfolio,
            risk,
            quotes,
            market=market,
            clock=clock,
            elsewhere=elsewhere,
        ),
    )
