"""The limits in force, what they say of an order, and the kill switch."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from puffin.errors import PuffinError, SymbolNotFoundError
from puffin.risk.limits import Facts, Limits, check, refusals
from puffin.types import ZERO
from puffling.core.errors import (
    BadValueError,
    HaltedError,
    NoPriceError,
    PufflingError,
    RiskRefusedError,
    StoreError,
)
from puffling.core.events import HaltChanged, Level, NoticePosted
from puffling.core.formats import moment
from puffling.core.settings import limits_for
from puffling.store.halts import Halt

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from decimal import Decimal

    from puffin.risk.limits import Verdict
    from puffin.types import Quote, Ticket
    from puffling.core.bus import EventBus
    from puffling.core.clock import Clock
    from puffling.core.settings_store import SettingsStore
    from puffling.services.book import Book
    from puffling.services.broker_facts import BrokerFacts
    from puffling.services.market import MarketService
    from puffling.services.positions import PortfolioService
    from puffling.services.quotes import QuoteService
    from puffling.store.audit import AuditStore
    from puffling.store.halts import HaltStore

log = logging.getLogger(__name__)

RESUME_WORD = "RESUME"
CANCEL_WITHIN = 5.0


@dataclass(frozen=True, slots=True)
class Checked:
    """An order that passed: the quote it was checked with and what every rule said."""

    quote: Quote
    verdicts: tuple[Verdict, ...]
    closing: bool  # it only shrinks or closes a position


@dataclass(frozen=True, slots=True)
class LimitUse:
    """A limit in force and how much of it is used; None where that is not known."""

    rule: str
    title: str
    limit: Decimal | None
    used: Decimal | None
    unit: str  # "share of equity", "dollars", "positions", "seconds" or "shares"


def tolerance_limits(tolerance: int) -> tuple[str, dict[str, object]]:
    """Return the band's name and the trading settings that a risk tolerance stands for."""
    name, position, count = limits_for(tolerance)
    return name, {"largest_position": position, "most_positions": count}


class RiskService:
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
        audit: AuditStore,
        bus: EventBus,
        clock: Clock,
    ) -> None:
        self._broker = broker
        self._halts = halts
        self._settings = settings
        self._book = book
        self._portfolio = portfolio
        self._quotes = quotes
        self._market = market
        self._audit = audit
        self._bus = bus
        self._clock = clock
        self._seen = False
        self._unstored: Halt | None = None  # one the disk had no room for
        self._cancel_all: Callable[[str], Awaitable[object]] = _nothing_to_cancel

    def when_halted(self, cancel_all: Callable[[str], Awaitable[object]]) -> None:
        """Name what cancels the open orders once trading is halted."""
        self._cancel_all = cancel_all

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
        )

    def verdicts(self, ticket: Ticket) -> list[Verdict]:
        """Return what every rule says of `ticket` now, for a preview; refuses nothing."""
        return check(self.facts(ticket))

    async def prepare(self, ticket: Ticket) -> None:
        """Have what the rules will look at: the symbol's quote, and the broker's word on it."""
        symbols = [ticket.symbol, *(each.symbol for each in ticket.legs)]
        for each in symbols:
            self._quotes.want(each)
        await asyncio.gather(*map(self._broker.try_look_up, symbols))

    def check(self, ticket: Ticket, *, asked_by: str = "", approved_by: str = "") -> Checked:
        """Let `ticket` through, or say everything that stands against it.

        `asked_by` and `approved_by` tell automation from a person.

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
        facts = self.facts(ticket)
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
        after = facts.holding + ticket.side.sign * ticket.quantity
        return abs(after) * price / facts.equity

    def facts(self, ticket: Ticket) -> Facts:
        """Gather what the rules look at."""
        portfolio = self._portfolio.snapshot()
        waiting = self._book.open()
        asked = {each.ticket.symbol: self._quotes.last(each.ticket.symbol) for each in waiting}
        short = (
            abs(each.value) for each in portfolio.rows if each.value is not None and each.value < 0
        )
        return Facts(
            ticket=ticket,
            quote=self._quotes.last(ticket.symbol),
            equity=portfolio.equity,
            cash=portfolio.cash,
            position=self._portfolio.position(ticket.symbol),
            positions_count=len(portfolio.rows),
            day_profit=portfolio.day_profit,
            session_start_equity=portfolio.opening_equity,
            open_orders=waiting,
            recent_orders=self._book.recent(),
            is_open=self._market.is_open(),
            allow_short=self._settings.current.trading.allow_short,
            now=self._clock.now(),
            limits=self.limits(),
            costs=self._portfolio.costs,
            prices={symbol: quote.ask for symbol, quote in asked.items() if quote is not None},
            held=frozenset(each.symbol for each in portfolio.rows),
            short_value=sum(short, start=ZERO),
        )

    def in_use(self) -> list[LimitUse]:
        """Return every limit and how much of it the account uses now."""
        limits, portfolio = self.limits(), self._portfolio.snapshot()
        weights = [abs(each.weight) for each in portfolio.rows if each.weight is not None]
        loss = None if portfolio.day_ratio is None else max(ZERO, -portfolio.day_ratio)
        share = "share of equity"
        return [
            LimitUse(
                "position share",
                "Largest position",
                limits.largest_position,
                None if portfolio.unpriced else max(weights, default=ZERO),
                share,
            ),
            LimitUse(
                "positions",
                "Most positions",
                ZERO + limits.most_positions,
                ZERO + len(portfolio.rows),
                "positions",
            ),
            LimitUse("daily loss", "Daily loss", limits.daily_loss, loss, share),
            LimitUse("order value", "Largest order", limits.largest_order, None, "dollars"),
            LimitUse("quantity", "Largest quantity", limits.largest_quantity, None, "shares"),
            LimitUse("price collar", "Price collar", limits.price_collar, None, "share of price"),
            LimitUse(
                "duplicate",
                "Same order again",
                ZERO + limits.duplicate_seconds,
                None,
                "seconds",
            ),
            LimitUse("cash", "Buying power", portfolio.buying_power, None, "dollars"),
        ]

    def halted(self) -> Halt | None:
        """Return who halted trading, when and why; None while it is not. Asks the store."""
        return self._unstored or self._halts.read()

    async def start(self) -> None:
        """Take up where the last run ended: a halt survives a restart, open orders do not."""
        halt = self.halted()
        self._seen = halt is not None
        if halt is not None:
            await self._carry_out(halt)

    async def halt(self, by: str, reason: str = "") -> Halt:
        """Stop everything but closing: flag first, then cancel the open orders, then say so.

        A disk that takes nothing does not stop it: the flag then holds here, and is stored later.
        """
        wanted = Halt(self._clock.now(), by, reason)
        try:
            halt = self.halted()
            if halt is None:
                halt = wanted
                self._keep(halt)
        except StoreError as error:
            log.warning("The kill switch is not stored yet: %s", error)
            halt = self._unstored = wanted
        self._seen = True
        await self._carry_out(halt)
        return halt

    def resume(self, by: str, typed: str) -> None:
        """Allow trading again.

        Raises:
            BadValueError: What was typed is not RESUME.
        """
        if typed.strip() != RESUME_WORD:
            raise BadValueError(f"Type {RESUME_WORD} to resume trading.")
        if self.halted() is None:
            return
        now = self._clock.now()
        self._halts.clear(by, now)
        self._unstored = None
        self._audit.add(now, by, "risk.resume", "", {})
        self._seen = False
        self._say_resumed(by)

    async def refresh(self) -> None:
        """Notice what another process did to the kill switch, and act on it."""
        if self._unstored is not None:
            self._keep(self._unstored)
            self._unstored = None
        halt = self.halted()
        if (halt is not None) == self._seen:
            return
        self._seen = halt is not None
        if halt is None:
            self._say_resumed("another process")
        else:
            await self._carry_out(halt)

    def _keep(self, halt: Halt) -> None:
        self._halts.set(halt)
        self._audit.add(halt.at, halt.by, "risk.halt", "", {"reason": halt.reason})

    async def _carry_out(self, halt: Halt) -> None:
        failure = ""
        try:
            await asyncio.wait_for(self._cancel_all(halt.by), CANCEL_WITHIN)
        except TimeoutError:
            failure = f"The broker did not confirm the cancellations within {CANCEL_WITHIN:.0f} s."
        except (PuffinError, PufflingError) as error:
            failure = str(error)
        finally:
            self._bus.publish(HaltChanged(halted=True, by=halt.by, reason=halt.reason))
        text = failure or "Open orders are cancelled. Closing positions stays possible."
        if self._unstored is not None:
            text += " The disk takes nothing: the halt is lost if Puffling closes before it does."
        self._bus.publish(
            NoticePosted(
                Level.ERROR if failure or self._unstored else Level.WARNING,
                "Trading is halted",
                text,
                panel="portfolio",
                desktop=True,
            )
        )

    def _say_resumed(self, by: str) -> None:
        self._bus.publish(HaltChanged(halted=False, by=by))
        self._bus.publish(NoticePosted(Level.INFO, "Trading resumed", f"By {by}."))


async def _nothing_to_cancel(_: str) -> None:
    """Stand in for the orders until they are there."""


def halted_text(halt: Halt) -> str:
    """Return the kill switch's state as a sentence."""
    reason = f": {halt.reason}" if halt.reason else ""
    return f"Trading is halted since {moment(halt.at)} UTC by {halt.by}{reason}."
