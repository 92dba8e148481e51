"""Several orders under one yes: sent one by one, and what is left can be resumed."""

from __future__ import annotations

import asyncio
import secrets
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from puffin.errors import PuffinError
from puffin.types import OrderStatus, Side
from puffling.core.errors import BadValueError, NoPriceError, NotConfirmedError, PufflingError
from puffling.core.events import BasketChanged, Level, NoticePosted, OrderChanged
from puffling.services import order_words
from puffling.services.order_closing import closing_tickets
from puffling.services.proposals import LIFE, Grant, digest_of_grant
from puffling.store.baskets import Basket, BasketLeg, BasketState, LegState

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from decimal import Decimal

    from puffin.risk.limits import Verdict
    from puffin.types import Order, Ticket
    from puffling.core.bus import EventBus
    from puffling.core.clock import Clock
    from puffling.services.orders import Approval, OrderService
    from puffling.services.positions import PortfolioService
    from puffling.services.risk import RiskService
    from puffling.store.baskets import BasketStore

MOST_ORDERS = 100
PROCEEDS_WITHIN = 30.0  # seconds to wait for sales, whose proceeds the purchases need


@dataclass(frozen=True, slots=True)
class BasketProposal:
    """A basket on paper; a yes to it names its exact content.

    `verdicts` is what the limits say of each order by itself as things stand now. One that is
    refused now may pass when its turn comes: sales bring the cash for purchases.
    """

    grant: Grant
    title: str
    source: str
    verdicts: tuple[tuple[Verdict, ...], ...]

    @property
    def id(self) -> str:
        """What a yes names."""
        return self.grant.id

    @property
    def basket(self) -> str:
        """The basket's id."""
        return self.grant.basket

    @property
    def digest(self) -> str:
        """The fingerprint of its content."""
        return self.grant.digest

    @property
    def text(self) -> str:
        """What a person says yes or no to."""
        return self.grant.text

    @property
    def tickets(self) -> tuple[Ticket, ...]:
        """Its orders, in the order in which they are sent: sales first."""
        return self.grant.tickets

    @property
    def prices(self) -> tuple[Decimal, ...]:
        """What each order was valued at."""
        return self.grant.prices

    @property
    def expires_at(self) -> datetime:
        """Until when a yes counts."""
        return self.grant.expires_at

    @property
    def warnings(self) -> list[str]:
        """What the person should know of its orders."""
        return [each.text for own in self.verdicts for each in own if each.warning]


class BasketService:
    """Proposes baskets and sends them. Lives on the loop's thread."""

    def __init__(
        self,
        store: BasketStore,
        orders: OrderService,
        risk: RiskService,
        portfolio: PortfolioService,
        *,
        bus: EventBus,
        clock: Clock,
    ) -> None:
        self._store = store
        self._orders = orders
        self._risk = risk
        self._portfolio = portfolio
        self._bus = bus
        self._clock = clock

    def all(self, limit: int = 100) -> list[Basket]:
        """Return the latest baskets, newest first."""
        return self._store.all(limit)

    def get(self, id_: str) -> Basket:
        """Return a basket.

        Raises:
            BadValueError: No basket has that id.
        """
        found = self._store.get(id_)
        if found is None:
            raise BadValueError(f"There is no basket {id_!r}.", hint="basket.list shows them.")
        return found

    def propose(
        self, title: str, tickets: Sequence[Ticket], source: str, *, flattens: bool = False
    ) -> BasketProposal:
        """Value these orders and have the limits look at each; nothing is sent or cancelled.

        With `flattens` they close everything: a yes then cancels what waits, and each closes what
        is still held by then.

        Raises:
            BadValueError: There are none, or too many.
            NoPriceError: One of them cannot be valued.
        """
        if not 1 <= len(tickets) <= MOST_ORDERS:
            raise BadValueError(f"A basket has 1 to {MOST_ORDERS} orders.")
        basket = Basket(
            id=secrets.token_hex(8),
            account=self._portfolio.account.id,
            created_at=self._clock.now(),
            title=title,
            source=source,
            legs=tuple(BasketLeg(each) for each in sorted(tickets, key=_buys)),
        )
        proposal = self._on_paper(basket, flattens=flattens)
        self._keep(basket)
        return proposal

    def resume(self, id_: str) -> BasketProposal:
        """Put what a basket has not sent on paper again; it needs a yes of its own.

        Raises:
            BadValueError: There is no such basket, or nothing of it is left.
        """
        basket = self.get(id_)
        if not basket.left:
            raise BadValueError("Every order of that basket was sent.")
        if basket.state is BasketState.RUNNING:
            raise BadValueError("That basket is being sent.")
        if basket.account != self._portfolio.account.id:
            raise BadValueError(
                "That basket is of another account.", hint="Switch to that account's mode first."
            )
        return self._on_paper(basket)

    def close_all(self, by: str) -> BasketProposal:
        """Put closing every position at the market on paper.

        Raises:
            BadValueError: Nothing is held.
        """
        tickets = closing_tickets(self._portfolio.positions())
        if not tickets:
            raise BadValueError("Nothing is held.")
        waiting = sum(not each.external for each in self._orders.open())
        title = "Close every position"
        if waiting:
            title += f" after cancelling {waiting} waiting order{'s' if waiting > 1 else ''}"
        return self.propose(title, tickets, by, flattens=True)

    async def run(self, proposal: BasketProposal, approval: Approval) -> Basket:
        """Send the orders that a yes was given to, one by one; sales first.

        Each passes every limit when its turn comes. One that is refused does not stop the rest.

        Raises:
            NotConfirmedError: The approval is not a fresh yes to exactly this basket.
        """
        found = self.get(proposal.basket)
        if found.state is BasketState.RUNNING:
            raise NotConfirmedError("That basket is being sent.")
        self._orders.grant(proposal.grant, approval)
        basket = replace(found, state=BasketState.RUNNING)
        self._keep(basket)
        sold: list[Order] = []
        flattens = proposal.grant.flattens
        try:
            if flattens:
                await self._clear(approval.by)
            for place, leg in enumerate(basket.legs):
                if leg.state is LegState.SENT:
                    continue
                if flattens:
                    basket = self._with(basket, place, self._still_held(leg))
                    leg = basket.legs[place]  # noqa: PLW2901 - the same order, for what is held now
                    if leg.state is LegState.REFUSED:
                        continue
                if leg.ticket.side is Side.BUY and sold:
                    await self._wait_for(sold)
                    sold = []
                done = await self._send(basket, leg, approval, flattens=flattens)
                if done.ticket.side is Side.SELL and done.order_id:
                    sold.extend(filter(None, [self._orders.get(done.order_id)]))
                basket = self._with(basket, place, done)
        finally:
            basket = replace(basket, state=_ended(basket))
            self._keep(basket)
        return basket

    def start(self) -> None:
        """Say of baskets that were being sent when Puffling ended how far they came."""
        for basket in self._store.all():
            if basket.state is not BasketState.RUNNING:
                continue
            orders = self._orders.all(account=basket.account)
            sent = [each for each in orders if each.basket == basket.id]
            legs = tuple(_found(each, sent) for each in basket.legs)
            found = replace(basket, legs=legs)
            self._keep(replace(found, state=_ended(found)))

    async def _clear(self, by: str) -> None:
        """Cancel everything that waits; what cannot be cancelled makes less to close."""
        failed = await self._orders.clear(by)
        if failed:
            text = f"{failed} What these orders may still close is not closed twice."
            self._bus.publish(
                NoticePosted(Level.WARNING, "Some orders still wait", text, panel="portfolio")
            )

    def _still_held(self, leg: BasketLeg) -> BasketLeg:
        """Return a leg of closing everything for what is still held and nobody else closes."""
        ticket = leg.ticket
        facts = self._risk.facts(ticket)
        against = facts.holding * ticket.side.sign < 0
        quantity = min(ticket.quantity, abs(facts.holding) - facts.promised)
        if not against or quantity <= 0:
            why = "Nothing of it is held any more, or orders that wait close it."
            return replace(leg, state=LegState.REFUSED, reason=why)
        return replace(leg, ticket=replace(ticket, quantity=quantity))

    def _with(self, basket: Basket, place: int, leg: BasketLeg) -> Basket:
        changed = replace(basket, legs=(*basket.legs[:place], leg, *basket.legs[place + 1 :]))
        self._keep(changed)
        return changed

    async def _send(
        self, basket: Basket, leg: BasketLeg, approval: Approval, *, flattens: bool
    ) -> BasketLeg:
        try:
            proposal = self._orders.propose(
                leg.ticket, basket.source, basket=basket.id, flattens=flattens
            )
            order = await self._orders.submit(proposal, approval)
        except (PuffinError, PufflingError) as error:
            return replace(leg, state=LegState.REFUSED, reason=str(error))
        if order.status is OrderStatus.REJECTED:
            return replace(leg, state=LegState.REFUSED, order_id=order.id, reason=order.reason)
        return replace(leg, state=LegState.SENT, order_id=order.id, reason="")

    async def _wait_for(self, sold: Sequence[Order]) -> None:
        """Wait for sales to end; when that takes too long the purchases are tried all the same."""
        ended = asyncio.Event()

        def look(_: OrderChanged | None = None) -> None:
            now = [self._orders.get(each.id) for each in sold]
            if all(each is None or each.status.is_terminal for each in now):
                ended.set()

        stop = self._bus.subscribe(OrderChanged, look)
        try:
            look()
            with suppress(TimeoutError):
                await asyncio.wait_for(ended.wait(), PROCEEDS_WITHIN)
        finally:
            stop()

    def _on_paper(self, basket: Basket, *, flattens: bool = False) -> BasketProposal:
        now, tickets = self._clock.now(), basket.left
        facts = [self._risk.facts(each) for each in tickets]
        prices = []
        for ticket, own in zip(tickets, facts, strict=True):
            if own.market is None:
                raise NoPriceError(f"There is no price for {ticket.symbol}.")
            prices.append(ticket.limit_price or ticket.stop_price or own.market)
        mode = str(self._portfolio.account.mode).upper()
        lines = [f"{mode}: {basket.title}, {len(tickets)} orders."]
        lines += [f"{order_words.ticket(each)}." for each in tickets]
        grant = Grant(
            id=secrets.token_hex(8),
            basket=basket.id,
            asked_by=basket.source,
            tickets=tickets,
            prices=tuple(prices),
            text="\n".join(lines),
            expires_at=now + LIFE,
            flattens=flattens,
        )
        grant = replace(grant, digest=digest_of_grant(grant))
        self._orders.offer(grant)
        gone = {each.id for each in self._orders.open() if flattens and not each.external}
        verdicts = tuple(
            tuple(self._risk.verdicts(each, without=gone, flattens=flattens)) for each in tickets
        )
        return BasketProposal(grant, basket.title, basket.source, verdicts)

    def _keep(self, basket: Basket) -> None:
        self._store.save(basket)
        self._bus.publish(BasketChanged(basket.id))


def _ended(basket: Basket) -> BasketState:
    return BasketState.PARTLY if basket.left else BasketState.SENT


def _found(leg: BasketLeg, sent: list[Order]) -> BasketLeg:
    """Return `leg` with the order that it became just before Puffling ended, if it did."""
    if leg.state is LegState.SENT:
        return leg
    for each in sent:
        if each.ticket == leg.ticket and each.status is not OrderStatus.REJECTED:
            sent.remove(each)
            return replace(leg, state=LegState.SENT, order_id=each.id, reason="")
    return leg


def _buys(ticket: Ticket) -> bool:
    return ticket.side is Side.BUY
