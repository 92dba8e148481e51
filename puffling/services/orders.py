"""The life of an order, and its one door: proposed, checked, approved, kept, sent, followed."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from typing import TYPE_CHECKING

from puffin.errors import PuffinError
from puffin.types import OrderStatus
from puffling.core.errors import (
    NotConfirmedError,
    PufflingError,
    StoreError,
    UnknownOrderError,
)
from puffling.core.events import OrderChanged
from puffling.services import order_words
from puffling.services.order_cancelling import OrderCanceller
from puffling.services.order_following import OrderFollower
from puffling.services.order_proposing import OrderProposer
from puffling.services.order_readiness import NOT_COMPARED, NOT_HEARD, Readiness
from puffling.services.order_reconciling import GRACE, NEVER_ARRIVED, NEVER_LEFT, OrderReconciler
from puffling.services.order_sending import ANSWER_LOST, OrderSender
from puffling.services.proposals import Approval, Proposal, ProposalDesk, refuse_drift

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from puffin.broker.base import Broker, Connected, Lost
    from puffin.broker.venue import Venue
    from puffin.execution.costs import Costs
    from puffin.types import Fill, Order, OrderUpdate, Split, Ticket
    from puffling.core.bus import EventBus
    from puffling.core.clock import Clock
    from puffling.services.book import Book
    from puffling.services.market import MarketService
    from puffling.services.positions import PortfolioService
    from puffling.services.proposals import Grant
    from puffling.services.risk import Checked, RiskService
    from puffling.store.audit import AuditStore
    from puffling.store.order_events import OrderEvent

__all__ = [
    "ANSWER_LOST",
    "GRACE",
    "NEVER_ARRIVED",
    "NEVER_LEFT",
    "Approval",
    "OrderService",
    "Proposal",
]

log = logging.getLogger(__name__)

CLOSE_WITHIN = 4.0  # seconds


class OrderService:
    """Everything that can be done with orders. Lives on the loop's thread."""

    def __init__(  # noqa: PLR0913 - each is a part it works with
        self,
        book: Book,
        audit: AuditStore,
        risk: RiskService,
        portfolio: PortfolioService,
        market: MarketService,
        *,
        bus: EventBus,
        clock: Clock,
    ) -> None:
        self._book = book
        self._market = market
        self._portfolio = portfolio
        self._bus = bus
        self._clock = clock
        self._desk = ProposalDesk()
        self._proposer = OrderProposer(book, risk, portfolio, market, clock)
        self._follower = OrderFollower(book, bus, clock)
        self._sender = OrderSender(self._follower, audit, market, bus=bus, clock=clock)
        self._reconciler = OrderReconciler(
            book, self._follower, self._sender, portfolio, bus=bus, clock=clock
        )
        self._readiness = Readiness(bus)
        self._door = asyncio.Lock()
        self._canceller = OrderCanceller(book, self._sender, self._door, bus)
        self._comparing = asyncio.Lock()
        self._passing: set[asyncio.Task[Order]] = set()
        self._closed = self._compared = self._heard = False

    def use(self, broker: Broker, costs: Costs) -> None:
        """Send orders to `broker` from now on, once the books are compared; fills cost `costs`."""
        self._sender.in_use = broker
        self._proposer.costs = costs
        self._desk = ProposalDesk()
        self._reconciler.forget()
        self._compared, self._heard = False, broker.venue.local
        self._readiness.hold("books", NOT_COMPARED)
        if not self._heard:
            self._readiness.hold("stream", NOT_HEARD)
        else:
            self._readiness.release("stream")
        self._readiness.release("suspended")

    @property
    def broker(self) -> Broker:
        """The broker in use."""
        return self._sender.broker

    @property
    def venue(self) -> Venue | None:
        """What the broker in use takes; None while there is no broker."""
        broker = self._sender.in_use
        return None if broker is None else broker.venue

    @property
    def ready(self) -> bool:
        """Whether orders can be sent: the books were compared and the broker can be heard."""
        return not self._readiness.why_not

    @property
    def why_not(self) -> str:
        """Why no order can be sent now, as a sentence; empty when one can."""
        return self._readiness.why_not

    def suspend(self, why: str) -> None:
        """Let no order out until a broker is used again; what was proposed is void."""
        self._desk = ProposalDesk()
        self._readiness.hold("suspended", why)

    def mismatch(self) -> list[str]:
        """Return how the broker's books differ from ours, a sentence for each; empty when not."""
        return list(self._reconciler.wrong)

    def open(self) -> list[Order]:
        """Return the orders that may still fill, oldest first."""
        return self._book.open()

    def all(self, limit: int = 500, account: str = "") -> list[Order]:
        """Return the latest orders of an account, the one in use by default, as stored."""
        return self._book.store.all(account or self._portfolio.account.id, limit=limit)

    def get(self, order_id: str) -> Order | None:
        """Return an order by id, open or long finished."""
        return self._book.get(order_id)

    def events(self, order_id: str) -> list[OrderEvent]:
        """Return everything that was asked and said of an order, as it came.

        Raises:
            UnknownOrderError: No order has that id.
        """
        found = self._book.events(order_id)
        if not found:
            raise UnknownOrderError(f"There is no order {order_id!r}.")
        return found

    def fills(self) -> list[Fill]:
        """Return every fill of the account, oldest first."""
        return self._book.fills()

    def propose(
        self,
        ticket: Ticket,
        asked_by: str,
        *,
        replaces: str = "",
        basket: str = "",
        cancels: Collection[str] = (),
        flattens: bool = False,
    ) -> Proposal:
        """Value `ticket` and check it against every limit; nothing is stored or sent.

        Args:
            ticket: What to do.
            asked_by: Who asks for it.
            replaces: The id of an open order whose place it takes.
            basket: The basket it is a leg of.
            cancels: The ids of open orders that are cancelled before it is sent.
            flattens: Whether it is part of closing everything.

        Raises:
            NoPriceError: There is no quote, so nothing can be checked.
            HaltedError: The kill switch is on and the order would not only close a position.
            RiskRefusedError: Limits refuse it; the message has every reason.
            UnknownOrderError: What it replaces or cancels is not open.
        """
        proposal = self._proposer.make(
            ticket,
            asked_by,
            replaces=replaces,
            basket=basket,
            cancels=cancels,
            flattens=flattens,
        )
        self._desk.issue(proposal, self._clock.monotonic())
        return proposal

    def offer(self, grant: Grant) -> None:
        """Remember a basket that is about to be shown to somebody; a mode switch forgets it."""
        self._desk.offer(grant)

    def grant(self, grant: Grant, approval: Approval) -> None:
        """Let the orders of a basket through: a yes to it is a yes to exactly these tickets.

        Raises:
            NotConfirmedError: The approval is not a fresh yes to exactly this basket.
        """
        self._desk.grant(grant, approval, self._clock.now())

    def split(self, split: Split) -> None:
        """Withdraw what was proposed in old shares; a yes to it would send another order."""
        self._desk.forget(split.symbol)

    async def submit(self, proposal: Proposal, approval: Approval) -> Order:
        """Send an approved order, once.

        The intent is stored before anything leaves, in a transaction that also reads the kill
        switch: a crash loses nothing, and a repeat is recognised. What the broker answers is in
        the order that is returned. Cancelling the caller does not stop a send half way.

        Raises:
            NotReadyError: The books are not compared, or the broker cannot be heard.
            NotConfirmedError: The approval is not a fresh yes to exactly this proposal, or the
                price has moved away since it was shown.
            RiskRefusedError: A limit refuses it by now.
            HaltedError: The kill switch is on.
            StoreError: The intent cannot be stored; nothing was sent.
        """
        if self._closed:
            raise PufflingError("Puffling is closing; the order was not sent.")
        task = asyncio.create_task(self._submit(proposal, approval), name="submit")
        self._passing.add(task)
        task.add_done_callback(self._passing.discard)
        return await asyncio.shield(task)

    async def _submit(self, proposal: Proposal, approval: Approval) -> Order:
        if proposal.cancels:
            self._verify(proposal, approval)
            self._check(proposal, approval)  # what is refused takes no stop away
            await self._canceller.these(proposal.cancels, approval.by)
        if proposal.order.replaces and not self.broker.venue.local:
            self._verify(proposal, approval)
            told = await self.broker.lookup(proposal.order.replaces)
            if told is not None and told.order is not None:
                _refuse_filled(proposal, told.order)  # what nobody heard of here yet
        async with self._door:
            now = self._verify(proposal, approval)
            checked = self._check(proposal, approval)
            order = replace(
                proposal.order,
                status=OrderStatus.SENT,
                created_at=now,
                updated_at=now,
                market_time=self._market.now(),
            )
            store = self._book.store
            await asyncio.to_thread(store.add_intent, order, closing=checked.closing)
            self._desk.consume(proposal)
            self._book.sent(order)
            task = self._sender.send(order)
        self._bus.publish(OrderChanged(order))
        await task
        words = order_words.ticket(order.ticket)
        details: dict[str, object] = {"order": words, "asked by": order.asked_by}
        if order.replaces:
            details["replaces"] = order.replaces
        await self._sender.write_down(approval.by, "order.submit", order.id, details)
        return self._book.get(order.id) or order

    def _check(self, proposal: Proposal, approval: Approval) -> Checked:
        drafted = proposal.order
        checked = self._proposer.check(
            drafted.ticket,
            drafted.asked_by,
            approved_by=approval.by,
            replaces=drafted.replaces,
            cancels=proposal.cancels,
            flattens=proposal.flattens,
        )
        refuse_drift(drafted.ticket, proposal.price, checked.quote)
        return checked

    def _verify(self, proposal: Proposal, approval: Approval) -> datetime:
        self._readiness.check()
        now = self._clock.now()
        self._desk.verify(proposal, approval, now, self._clock.monotonic())
        if proposal.order.replaces:
            _refuse_filled(proposal, self._book.open_order(proposal.order.replaces))
        return now

    def apply(self, update: OrderUpdate) -> bool:
        """Take in what the broker says of an order: stored first, then announced.

        Safe to call with the same update again, and in any order. False if nothing is known of
        the order, so that the broker must be asked.
        """
        return self._follower.apply(update)

    async def cancel(self, order_id: str, by: str) -> Order:
        """Ask the broker to cancel an order; possible while trading is halted.

        Raises:
            UnknownOrderError: No order has that id, or it has ended.
            BrokerError: The broker did not do it.
        """
        return await self._canceller.one(order_id, by)

    async def cancel_all(self, by: str, *, before: datetime | None = None) -> list[Order]:
        """Cancel every open order that was placed from here; one failure does not stop the rest.

        With `before`, those that were placed by then.

        An order whose intent is being stored is waited for, so that none slips past. What was
        placed elsewhere is left alone.

        Raises:
            BrokerError: Some could not be cancelled; the message names them.
        """
        return await self._canceller.all(by, before)

    async def clear(self, by: str) -> str:
        """Cancel every open order and wait until all have ended; return in words what has not."""
        return await self._canceller.clear(by)

    async def reconcile(self, *, at_start: bool = False) -> None:
        """Ask the broker about orders, fills, activities, positions and cash, and believe it.

        An order whose intent is stored but which the broker never got was not sent, and says so.
        It is never sent again: the moment has passed. Until this was done once, and while the
        broker cannot be heard, no order is sent.
        """
        async with self._comparing:
            try:
                await self._reconciler.run(self.broker, at_start=at_start)
            except (PuffinError, OSError, StoreError) as error:
                log.warning("The books could not be compared with the broker's: %s", error)
                if not self._compared:
                    why = f"The books cannot be compared with the broker's: {error}"
                    self._readiness.hold("books", why)
                return
            self._compared = True
            if self._heard:
                self._readiness.release("stream")
            self._readiness.release("books")

    async def connected(self, _: Connected) -> None:
        """The broker can be heard again: ask what happened meanwhile, and only then send."""
        self._heard = True
        await self.reconcile()

    def lost(self, event: Lost) -> None:
        """Send nothing while what becomes of it cannot be heard."""
        self._heard = self._compared = False
        self._readiness.hold("stream", f"The broker cannot be heard: {event.reason}")

    async def settled(self) -> None:
        """Wait until nothing is on its way to the broker."""
        while self._passing:
            await asyncio.wait(set(self._passing))

    async def close(self, within: float = CLOSE_WITHIN) -> None:
        """Let no new order in, and wait a while until none is on its way.

        What a broker has not answered by then is stored as sent, and looked up at the next start.
        """
        self._closed = True
        try:
            await asyncio.wait_for(self.settled(), within)
        except TimeoutError:
            left = set(self._passing)
            log.warning("%d orders are on their way still; they are looked up later", len(left))
            for each in left:
                each.cancel()
            await asyncio.wait(left)


def _refuse_filled(proposal: Proposal, old: Order) -> None:
    """Refuse a change of an order that has filled further: the new one would trade that again."""
    if old.filled_quantity != proposal.filled:
        raise NotConfirmedError(
            "More of the order has filled since you were asked.", hint="Review the change again."
        )
