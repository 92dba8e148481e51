"""The limits in force and what they say of an order; on top of the kill switch."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from puffin.errors import SymbolNotFoundError
from puffin.risk.facts import worth
from puffin.risk.limits import check, refusals
from puffling.core.errors import HaltedError, NoPriceError, RiskRefusedError
from puffling.core.events import Level, NoticePosted
from puffling.core.settings import limits_for
from puffling.services.halting import RESUME_WORD, KillSwitch, halted_text
from puffling.services.limit_uses import LimitUse, limit_uses
from puffling.services.risk_facts import FactsGatherer

if TYPE_CHECKING:
    from collections.abc import Collection
    from decimal import Decimal

    from puffin.risk.facts import Facts
    from puffin.risk.limits import Limits, Verdict
    from puffin.types import Quote, Ticket
    from puffling.core.bus import EventBus
    from puffling.core.clock import Clock
    from puffling.core.settings_store import SettingsStore
    from puffling.services.automation import AutomationService
    from puffling.services.book import Book
    from puffling.services.broker_facts import BrokerFacts
    from puffling.services.market import MarketService
    from puffling.services.positions import PortfolioService
    from puffling.services.quotes import QuoteService
    from puffling.store.audit import AuditStore
    from puffling.store.halts import HaltStore

__all__ = ["RESUME_WORD", "Checked", "LimitUse", "RiskService", "halted_text", "tolerance_limits"]


@dataclass(frozen=True, slots=True)
class Checked:
    """An order that passed: the quote it was checked with and what every rule said."""

    quote: Quote
    verdicts: tuple[Verdict, ...]
    closing: bool  # it only shrinks or closes a position


def tolerance_limits(tolerance: int) -> tuple[str, dict[str, object]]:
    """Return the band's name and the trading settings that a risk tolerance stands for."""
    name, position, count = limits_for(tolerance)
    return name, {"largest_position": position, "most_positions": count}


class RiskService(KillSwitch):
    """What may be traded, and the switch that stops everything but closing."""

    def __init__(  # noqa: PLR0913 - it looks at everything on purpose
        self,
        halts: HaltStore,
        settings: SettingsStore,
        book: Book,
        portfolio: PortfolioService,
        quotes: QuoteService,
        market: MarketService,
        *,
        broker: BrokerFacts,
        automation: AutomationService,
        audit: AuditStore,
        bus: EventBus,
        clock: Clock,
    ) -> None:
        super().__init__(halts, automation, audit=audit, bus=bus, clock=clock)
        self._gather = FactsGatherer(
            settings, book, portfolio, quotes, market, broker=broker, clock=clock
        )
        self._settings = settings
        self._portfolio = portfolio
        self._quotes = quotes
        self._market = market
        self._broker = broker
        self._told_loss: set[tuple[str, str, bool]] = set()

    def limits(self) -> Limits:
        """Return the limits in force, from the settings."""
        return self._gather.limits()

    def verdicts(
        self, ticket: Ticket, *, without: Collection[str] = (), flattens: bool = False
    ) -> list[Verdict]:
        """Return what every rule says of `ticket` now, for a preview; refuses nothing."""
        return check(self._gather.facts(ticket, without=without, flattens=flattens))

    async def prepare(self, ticket: Ticket) -> None:
        """Have what the rules will look at: quotes, and the broker's word on the symbols."""
        symbols = [ticket.symbol, *(each.symbol for each in ticket.legs)]
        for each in symbols:
            self._quotes.want(each)
        await asyncio.gather(*map(self._broker.try_look_up, symbols))

    def check(
        self,
        ticket: Ticket,
        *,
        asked_by: str = "",
        approved_by: str = "",
        without: Collection[str] = (),
        flattens: bool = False,
    ) -> Checked:
        """Let `ticket` through, or say everything that stands against it.

        `asked_by` and `approved_by` tell automation from a person. Orders whose ids are in
        `without` do not count: they make room for this one. `flattens` is part of closing
        everything.

        Raises:
            SymbolNotFoundError: The market in use does not trade the symbol.
            NoPriceError: There is no quote, or never will be again.
            HaltedError: The kill switch is on and the order would not only close a position.
            RiskRefusedError: Limits refuse it; the message has every reason.
        """
        if self._market.ended:
            raise NoPriceError(
                "The demo market has ended: nothing trades any more.",
                hint="Restart it from the Data menu.",
            )
        symbols = self._market.symbols
        if symbols and ticket.symbol not in symbols:
            raise SymbolNotFoundError(
                f"{ticket.symbol} is not traded on this market.",
                hint=f"It trades {', '.join(sorted(symbols))}.",
            )
        facts = self._gather.facts(
            ticket,
            asked_by=asked_by,
            approved_by=approved_by,
            without=without,
            flattens=flattens,
        )
        if facts.quote is None or facts.market is None:
            raise NoPriceError(f"There is no price for {ticket.symbol}, so nothing can be checked.")
        halt = self.halted()
        if halt is not None and not facts.reduces:
            raise HaltedError(halted_text(halt))
        verdicts = check(facts)
        refused = refusals(verdicts)
        if refused:
            raise RiskRefusedError(" ".join(each.text for each in refused))
        return Checked(facts.quote, tuple(verdicts), facts.reduces)

    def share_after(self, ticket: Ticket, price: Decimal) -> Decimal | None:
        """Return the share of equity the position has once `ticket` fills at `price`."""
        facts = self.facts(ticket)
        if not facts.equity or facts.equity < 0:
            return None
        if ticket.legs:
            return abs(ticket.quantity * price * ticket.multiplier) / facts.equity
        after = facts.holding + ticket.side.sign * ticket.quantity
        return worth(ticket.symbol, after, price) / facts.equity

    def facts(self, ticket: Ticket, *, without: Collection[str] = ()) -> Facts:
        """Gather what the rules look at; orders whose ids are in `without` do not count."""
        return self._gather.facts(ticket, without=without)

    def in_use(self) -> list[LimitUse]:
        """Return every limit and how much of it the account uses now."""
        gather = self._gather
        return limit_uses(
            gather.limits(),
            self._portfolio.snapshot(),
            gather.today(),
            gather.account(),
            allow_short=self._settings.current.trading.allow_short,
        )

    def watch(self) -> None:
        """Look at the day's loss: warn at half of what is allowed, pause automation at all of it.

        Each is said once in a session.
        """
        portfolio, most = self._portfolio.snapshot(), self.limits().daily_loss
        ratio = portfolio.day_ratio
        if ratio is None or ratio > -most / 2:
            return
        reached = ratio <= -most
        key = (portfolio.account, self._market.today().isoformat(), reached)
        if key in self._told_loss:
            return
        self._told_loss.add(key)
        words = f"Today's loss is {-ratio:.1%} of equity; {most:.1%} is allowed."
        if not reached:
            title, text = "Half of the daily loss is used", words
        else:
            title = "The daily loss is reached"
            text = f"{words} Only closing is allowed, and what acts by itself is paused."
            self._automation.pause("limits", f"{title}.")
        level = Level.ERROR if reached else Level.WARNING
        self._bus.publish(NoticePosted(level, title, text, panel="risk", desktop=True))
