"""Gathers what the limits look at: the order's market, the account, and what the broker says."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from puffin.data.sessions import exchange_date
from puffin.risk.facts import AccountFlags, AssetFlags, Facts, is_automated
from puffin.risk.limits import Limits
from puffin.types import ZERO, AssetClass, Side, asset_of

if TYPE_CHECKING:
    from collections.abc import Collection

    from puffin.types import Fill, Ticket
    from puffling.core.clock import Clock
    from puffling.core.settings_store import SettingsStore
    from puffling.services.book import Book
    from puffling.services.broker_facts import BrokerFacts
    from puffling.services.market import MarketService
    from puffling.services.positions import PortfolioService
    from puffling.services.quotes import QuoteService


@dataclass(frozen=True, slots=True)
class DayCounts:
    """The fills of this session, by who asked for them, and what was traded."""

    automated: int = 0
    manual: int = 0
    traded: frozenset[tuple[str, Side]] = frozenset()


class FactsGatherer:
    """Reads the services and waits for nobody; what the broker has not told yet is asked for."""

    def __init__(  # noqa: PLR0913 - it looks at everything on purpose
        self,
        settings: SettingsStore,
        book: Book,
        portfolio: PortfolioService,
        quotes: QuoteService,
        market: MarketService,
        *,
        broker: BrokerFacts,
        clock: Clock,
    ) -> None:
        self._settings = settings
        self._book = book
        self._portfolio = portfolio
        self._quotes = quotes
        self._market = market
        self._broker = broker
        self._clock = clock
        self._by_automation: dict[str, bool] = {}

    def limits(self) -> Limits:
        """Return the limits in force, from the settings."""
        trading = self._settings.current.trading
        return Limits(
            largest_position=trading.largest_position,
            most_positions=trading.most_positions,
            largest_order=trading.largest_order,
            daily_loss=trading.daily_loss,
            price_collar=trading.price_collar,
            duplicate_seconds=trading.duplicate_seconds,
            oldest_quote=trading.oldest_quote,
            automated_fills=trading.automated_fills,
            large_order=trading.large_order,
            options_premium=trading.options_premium,
            options_notional=trading.options_notional,
            allowed=frozenset(trading.allowed),
            denied=frozenset(trading.denied),
        )

    def facts(
        self,
        ticket: Ticket,
        *,
        asked_by: str = "",
        approved_by: str = "",
        without: Collection[str] = (),
        flattens: bool = False,
    ) -> Facts:
        """Return everything the rules may know about `ticket`.

        Orders whose ids are in `without` do not count: they make room for this one.
        """
        portfolio, counts = self._portfolio.snapshot(), self.today()
        waiting = [each for each in self._book.open() if each.id not in without]
        recent = [each for each in self._book.recent() if each.id not in without]
        last = self._quotes.last
        asked = {symbol: last(symbol) for each in waiting for symbol in _named(each.ticket)}
        for each in (ticket.symbol, *(leg.symbol for leg in ticket.legs)):
            if last(each) is None:
                self._quotes.want(each)
        legs = {each.symbol: last(each.symbol) for each in ticket.legs}
        venue = self._broker.venue
        short = (
            abs(each.value) for each in portfolio.rows if each.value is not None and each.value < 0
        )
        return Facts(
            ticket=ticket,
            quote=last(ticket.symbol),
            quote_age=self._age(ticket),
            equity=portfolio.equity,
            cash=portfolio.cash,
            position=self._portfolio.position(ticket.symbol),
            positions_count=len(portfolio.rows),
            day_profit=portfolio.day_profit,
            session_start_equity=portfolio.opening_equity,
            open_orders=waiting,
            recent_orders=recent,
            is_open=self._market.is_open(),
            allow_short=self._settings.current.trading.allow_short,
            now=self._clock.now(),
            limits=self.limits(),
            costs=self._portfolio.costs,
            prices={symbol: quote.ask for symbol, quote in asked.items() if quote is not None},
            held=frozenset(each.symbol for each in portfolio.rows),
            short_value=sum(short, start=ZERO),
            holdings={each.symbol: each.position.quantity for each in portfolio.rows},
            lasts={each.symbol: each.last for each in portfolio.rows if each.last is not None},
            leg_quotes={symbol: quote for symbol, quote in legs.items() if quote is not None},
            account=self.account(),
            asset=self._asset(ticket.symbol),
            asset_asked=self._broker.outside and self._broker.knows(ticket.symbol),
            refusal="" if venue is None else venue.refusal(ticket),
            hours="" if self._market.ended else self._market.hours(),
            asked_by=asked_by,
            approved_by=approved_by,
            automated_fills=counts.automated,
            manual_fills=counts.manual,
            flattens=flattens,
            traded_today=(ticket.symbol, ticket.side.opposite) in counts.traded,
        )

    def _age(self, ticket: Ticket) -> Decimal | None:
        """Return how old the price of an order is, of its legs the oldest; None without one."""
        names = [each.symbol for each in ticket.legs] or [ticket.symbol]
        ages = [self._quotes.late(each, self._market.now()) for each in names]
        known = [each for each in ages if each is not None]
        return Decimal(str(max(known))) if len(known) == len(names) else None

    def account(self) -> AccountFlags | None:
        """Return what the broker says of the account; None where our own book says it all."""
        told = self._broker.account
        if told is None:
            if not self._broker.outside:
                return None
            return AccountFlags(blocked="Its figures are being read; try again in a moment.")
        if not self._broker.outside and told.multiplier <= 1:
            return None
        return AccountFlags(
            buying_power=self._left_of(told.buying_power),
            blocked=self._broker.wrong or told.blocked,
            pattern_day_trader=told.pattern_day_trader,
            day_trades=told.day_trades,
            at=self._broker.account_at,
        )

    def _left_of(self, told: Decimal | None) -> Decimal | None:
        """Return the broker's buying power less what orders it had not seen then have bought."""
        at = self._broker.account_at
        if told is None or at is None:
            return told
        bought = (
            each.filled_quantity * (each.average_price or ZERO) * each.ticket.multiplier
            for each in self._book.recent()
            if each.created_at > at and each.ticket.side is Side.BUY
        )
        return told - sum(bought, start=ZERO)

    def today(self) -> DayCounts:
        """Return how many fills this session had, and who asked for them."""
        day, automated, manual = self._market.today(), 0, 0
        traded: set[tuple[str, Side]] = set()
        for fill in reversed(self._book.fills()):
            if exchange_date(fill.at) != day:
                break
            traded.add((fill.symbol, fill.side))
            if self._is_automated(fill):
                automated += 1
            else:
                manual += 1
        return DayCounts(automated, manual, frozenset(traded))

    def _is_automated(self, fill: Fill) -> bool:
        known = self._by_automation.get(fill.order_id)
        if known is None:
            order = self._book.get(fill.order_id)
            known = order is not None and is_automated(order.asked_by)
            self._by_automation[fill.order_id] = known
        return known

    def _asset(self, symbol: str) -> AssetFlags | None:
        venue = self._broker.venue
        if venue is not None and not self._broker.outside:
            # It lists nothing and trades whatever has a price.
            return AssetFlags(shortable=venue.short and asset_of(symbol) is AssetClass.STOCK)
        self._broker.want(symbol)
        asset = self._broker.asset(symbol)
        if asset is None:
            return None
        return AssetFlags(asset.tradable, asset.fractionable, asset.shortable)


def _named(ticket: Ticket) -> list[str]:
    return [ticket.symbol, *(each.symbol for each in ticket.legs)]
