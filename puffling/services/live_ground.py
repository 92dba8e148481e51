"""What a market of now stands on, and how its simulated broker is set."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from puffin.broker.paper_settings import PaperSettings

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from puffin.types import Dividend, Split
    from puffling.core.bus import EventBus
    from puffling.core.clock import Clock
    from puffling.core.settings import PaperAccount
    from puffling.core.settings_store import SettingsStore
    from puffling.services.alerts import AlertService
    from puffling.services.book import Book
    from puffling.services.broker_facts import BrokerFacts
    from puffling.services.connections import ConnectionService
    from puffling.services.live_parts import Outside
    from puffling.services.market import MarketService
    from puffling.services.orders import OrderService
    from puffling.services.positions import PortfolioService
    from puffling.services.quotes import QuoteService
    from puffling.services.watchlists import WatchlistService
    from puffling.store.accounts import AccountStore
    from puffling.store.state import StateStore


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What a market of now stands on."""

    accounts: AccountStore
    state: StateStore
    settings: SettingsStore
    market: MarketService
    quotes: QuoteService
    book: Book
    portfolio: PortfolioService
    orders: OrderService
    alerts: AlertService
    watchlists: WatchlistService
    facts: BrokerFacts
    connections: ConnectionService
    outside: Outside
    splits: Callable[[str], Sequence[Split]]  # of a symbol, as history tells them; blocks
    dividends: Callable[[str], Sequence[Dividend]]  # the same
    bus: EventBus
    clock: Clock


def paper_settings(paper: PaperAccount) -> PaperSettings:
    """Return how the simulated broker behaves, from the settings."""
    return PaperSettings(
        seed=paper.seed,
        latency=timedelta(milliseconds=paper.latency_ms),
        participation=paper.participation or None,
        extra_spread_bps=paper.extra_spread_bps,
        improvement=paper.improvement,
        reject_rate=paper.reject_rate,
        halt_move=paper.halt_move,
        leverage=paper.leverage,
        borrow_rate=paper.borrow_rate,
        interest_rate=paper.interest_rate,
        short=paper.short,
    )
