"""Values an order, has every limit look at it, and puts what it would do on paper."""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import TYPE_CHECKING

from puffin.execution.costs import Costs
from puffin.types import ZERO, Order, OrderStatus
from puffling.core.errors import BadValueError, NoPriceError
from puffling.services import order_words
from puffling.services.proposals import LIFE, Proposal, digest_of

if TYPE_CHECKING:
    from collections.abc import Collection

    from puffin.types import Ticket
    from puffling.core.clock import Clock
    from puffling.services.book import Book
    from puffling.services.market import MarketService
    from puffling.services.positions import PortfolioService
    from puffling.services.risk import Checked, RiskService


class OrderProposer:
    """Makes proposals; nothing is stored or sent."""

    def __init__(
        self,
        book: Book,
        risk: RiskService,
        portfolio: PortfolioService,
        market: MarketService,
        clock: Clock,
    ) -> None:
        self._book = book
        self._risk = risk
        self._portfolio = portfolio
        self._market = market
        self._clock = clock
        self.costs: Costs = Costs()

    def make(
        self,
        ticket: Ticket,
        asked_by: str,
        *,
        replaces: str = "",
        basket: str = "",
        cancels: Collection[str] = (),
        flattens: bool = False,
    ) -> Proposal:
        """Return `ticket` on paper, checked against every limit.

        Raises:
            NoPriceError: There is no quote, so nothing can be checked.
            HaltedError: The kill switch is on and the order would not only close a position.
            RiskRefusedError: Limits refuse it; the message has every reason.
            UnknownOrderError: What it replaces or cancels is not open.
        """
        before = [self._book.open_order(each) for each in (*filter(None, (replaces,)), *cancels)]
        old = before[0] if replaces else None
        asked = ticket
        if old is not None:
            _refuse_another_order(old, ticket)
            ticket = _left_of(old, ticket)
        checked = self.check(
            ticket, asked_by, replaces=replaces, cancels=cancels, flattens=flattens
        )
        now = self._clock.now()
        order = Order(
            id=secrets.token_hex(8),
            account=self._portfolio.account.id,
            ticket=ticket,
            status=OrderStatus.DRAFT,
            created_at=now,
            market_time=self._market.now(),
            updated_at=now,
            asked_by=asked_by,
            replaces=replaces,
            parent="" if old is None else old.parent,
            basket=basket or ("" if old is None else old.basket),
        )
        does = self._effects(ticket)
        mode = str(self._portfolio.account.mode)
        notes = tuple(
            f"{'Instead of' if each is old else 'First cancels'}: {words}."
            for each, words in ((each, order_words.ticket(each.ticket)) for each in before)
        )
        if old is not None:
            notes = (*notes, order_words.changes(old.ticket, asked))
            if old.filled_quantity:
                done = f"{old.filled_quantity.normalize():f}"
                notes = (*notes, f"{done} of it are filled already and are not traded again.")
        text = order_words.proposal(order, mode, does, checked.verdicts)
        proposal = Proposal(
            id=secrets.token_hex(8),
            order=order,
            quote=checked.quote,
            price=does.price,
            notional=does.notional,
            commission=does.commission,
            cost=self._portfolio.cash - does.cash_after,
            cash_after=does.cash_after,
            share_after=does.share_after,
            verdicts=checked.verdicts,
            closing=checked.closing,
            text="\n".join([text, *notes]),
            created_at=now,
            expires_at=now + LIFE,
            notes=notes,
            cancels=tuple(cancels),
            flattens=flattens,
            filled=ZERO if old is None else old.filled_quantity,
        )
        return replace(proposal, digest=digest_of(proposal))

    def check(
        self,
        ticket: Ticket,
        asked_by: str,
        *,
        approved_by: str = "",
        replaces: str = "",
        cancels: Collection[str] = (),
        flattens: bool = False,
    ) -> Checked:
        """Have every limit look at `ticket`; the order that it replaces does not count."""
        old = self._book.get(replaces) if replaces else None
        without = (*self._family(old), *cancels)
        return self._risk.check(
            ticket,
            asked_by=asked_by,
            approved_by=approved_by,
            without=without,
            flattens=flattens,
        )

    def _family(self, old: Order | None) -> tuple[str, ...]:
        """Return an order's id and those of the exits that trade the same units with it."""
        if old is None:
            return ()
        first = old.parent or old.id
        family = {each.id for each in self._book.open() if first in {each.parent, each.id}}
        return tuple(family | {old.id})

    def _effects(self, ticket: Ticket) -> order_words.Effects:
        market = self._risk.facts(ticket).market
        price = next(
            (x for x in (ticket.limit_price, ticket.stop_price, market) if x is not None), None
        )
        if price is None:
            raise NoPriceError(f"There is no price for {ticket.symbol}, so nothing can be checked.")
        notional = ticket.notional or abs(ticket.quantity * price * ticket.multiplier)
        commission = self.costs.commission(ticket.quantity, price)
        sign = -1 if ticket.legs and price < ZERO else ticket.side.sign
        cash_after = self._portfolio.cash - sign * notional - commission
        share_after = self._risk.share_after(ticket, price)
        return order_words.Effects(price, notional, commission, cash_after, share_after)


def _refuse_another_order(old: Order, ticket: Ticket) -> None:
    """Refuse to change what an order is instead of how much and at what price."""
    now = replace(
        ticket,
        quantity=old.ticket.quantity,
        limit_price=old.ticket.limit_price,
        stop_price=old.ticket.stop_price,
        trail_price=old.ticket.trail_price,
        trail_percent=old.ticket.trail_percent,
        time_in_force=old.ticket.time_in_force,
    )
    if now != old.ticket:
        raise BadValueError(
            "Only quantity, prices and time in force of an order can be changed.",
            hint="Cancel it and place another one.",
        )
    if ticket == old.ticket:
        raise BadValueError("That changes nothing.")
    if ticket.quantity <= old.filled_quantity:
        raise BadValueError(
            f"{old.filled_quantity:f} are filled already; the quantity must be more.",
            hint="Cancel the order to keep what is filled.",
        )


def _left_of(old: Order, asked: Ticket) -> Ticket:
    """Return what the new order is for: what was asked for in all, less what filled already."""
    if not old.filled_quantity:
        return asked
    if asked.notional is not None:
        raise BadValueError(
            "An order for an amount that has filled in part cannot be changed.",
            hint="Cancel it and place another one.",
        )
    return replace(asked, quantity=asked.quantity - old.filled_quantity)
