"""The life of an order, and its one door: proposed, checked, approved, kept, sent, followed."""

from __future__ import annotations

import asyncio
import logging
import secrets
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from puffin.errors import BrokerError, OrderRejectedError, PuffinError
from puffin.types import ZERO, Order, OrderStatus, OrderUpdate
from puffling.core.errors import (
    NotReadyError,
    PufflingError,
    StoreError,
    UnknownOrderError,
)
from puffling.core.events import BrokerReady, FillBooked, OrderChanged
from puffling.services import order_words
from puffling.services.proposals import (
    LIFE,
    Approval,
    Proposal,
    ProposalDesk,
    digest_of,
    refuse_drift,
    valued_at,
)
from puffling.services.transitions import after

if TYPE_CHECKING:
    from puffin.broker.base import Broker
    from puffin.broker.venue import Venue
    from puffin.execution.costs import Costs
    from puffin.types import Fill, Split, Ticket
    from puffling.core.bus import EventBus
    from puffling.core.clock import Clock
    from puffling.services.book import Book
    from puffling.services.market import MarketService
    from puffling.services.positions import PortfolioService
    from puffling.services.risk import RiskService
    from puffling.store.audit import AuditStore

__all__ = ["Approval", "OrderService", "Proposal"]

log = logging.getLogger(__name__)

GRACE = timedelta(seconds=5)
NOT_COMPARED = "the books are being compared with the broker's."
NEVER_LEFT = "Not sent: Puffling stopped before the order left."
NEVER_ARRIVED = "Not sent: the broker never got the order."
ANSWER_LOST = "The broker's answer was lost; the order is being looked up."


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
        self._audit = audit
        self._risk = risk
        self._portfolio = portfolio
        self._market = market
        self._bus = bus
        self._clock = clock
        self._proposals = ProposalDesk()
        self._door = asyncio.Lock()
        self._sending: dict[str, asyncio.Task[None]] = {}
        self._passing: set[asyncio.Task[Order]] = set()
        self._closed = False
        self._broker: Broker | None = None
        self._costs: Costs | None = None
        self._wrong: list[str] = []
        self._mismatch = ""
        self._why_not = NOT_COMPARED

    def use(self, broker: Broker, costs: Costs) -> None:
        """Send orders to `broker` from now on; its fills cost `costs`."""
        self._broker = broker
        self._costs = costs
        self.suspend(NOT_COMPARED)

    @property
    def broker(self) -> Broker:
        """The broker in use."""
        if self._broker is None:
            raise PufflingError("No broker is connected yet.", hint="Wait a moment and try again.")
        return self._broker

    @property
    def venue(self) -> Venue | None:
        """What the broker in use takes; None while there is no broker."""
        return None if self._broker is None else getattr(self._broker, "venue", None)

    @property
    def ready(self) -> bool:
        """Whether orders can be sent: the books were compared and the broker can be heard."""
        return not self._why_not

    @property
    def why_not(self) -> str:
        """Why no order can be sent now, as a sentence; empty when one can."""
        return self._why_not

    def suspend(self, why: str) -> None:
        """Let no order out until the next reconciliation at a start; what was proposed is void."""
        self._proposals = ProposalDesk()
        self._say_ready(why)

    def mismatch(self) -> list[str]:
        """Return how the broker's books differ from ours, a sentence for each; empty when not."""
        return list(self._wrong)

    def _say_ready(self, why: str) -> None:
        if why != self._why_not:
            self._why_not = why
            self._bus.publish(BrokerReady(ready=not why, why=why))

    def open(self) -> list[Order]:
        """Return the orders that may still fill, oldest first."""
        return self._book.open()

    def all(self, limit: int = 500) -> list[Order]:
        """Return the account's latest orders, as the store keeps them."""
        return self._book.store.all(self._portfolio.account.id, limit=limit)

    def get(self, order_id: str) -> Order | None:
        """Return an order by id, open or long finished."""
        return self._book.get(order_id)

    def fills(self) -> list[Fill]:
        """Return every fill of the account, oldest first."""
        return self._book.fills()

    def propose(self, ticket: Ticket, asked_by: str) -> Proposal:
        """Value `ticket` and check it against every limit; nothing is stored or sent.

        Raises:
            NoPriceError: There is no quote, so nothing can be checked.
            HaltedError: The kill switch is on and the order would not only close a position.
            RiskRefusedError: Limits refuse it; the message has every reason.
        """
        checked = self._risk.check(ticket)
        now = self._clock.now()
        account = self._portfolio.account
        order = Order(
            id=secrets.token_hex(8),
            account=account.id,
            ticket=ticket,
            status=OrderStatus.DRAFT,
            created_at=now,
            market_time=self._market.now(),
            updated_at=now,
            asked_by=asked_by,
        )
        price = valued_at(ticket, checked.quote)
        notional = ticket.quantity * price
        commission = ZERO if self._costs is None else self._costs.commission(ticket.quantity, price)
        cost = ticket.side.sign * notional + commission
        cash_after = self._portfolio.cash - cost
        share_after = self._risk.share_after(ticket, price)
        words = order_words.Effects(price, notional, commission, cash_after, share_after)
        proposal = Proposal(
            id=secrets.token_hex(8),
            order=order,
            quote=checked.quote,
            price=price,
            notional=notional,
            commission=commission,
            cost=cost,
            cash_after=cash_after,
            share_after=share_after,
            verdicts=checked.verdicts,
            closing=checked.closing,
            text=order_words.proposal(order, str(account.mode), words, checked.verdicts),
            created_at=now,
            expires_at=now + LIFE,
        )
        proposal = replace(proposal, digest=digest_of(proposal))
        self._proposals.issue(proposal, self._clock.monotonic())
        return proposal

    def split(self, split: Split) -> None:
        """Withdraw what was proposed in old shares; a yes to it would send another order."""
        self._proposals.forget(split.symbol)

    async def submit(self, proposal: Proposal, approval: Approval) -> Order:
        """Send an approved order, once.

        The intent is stored before anything leaves, in a transaction that also reads the kill
        switch: a crash loses nothing, and a repeat is recognised. What the broker answers is in
        the order that is returned. Cancelling the caller does not stop a send half way.

        Raises:
            NotConfirmedError: The approval is not a fresh yes to exactly this proposal, or the
                price has moved away since it was shown.
            RiskRefusedError: A limit refuses it by now.
            HaltedError: The kill switch is on.
            StoreError: The intent cannot be stored; nothing was sent.
        """
        if self._closed:
            raise PufflingError("Puffling is closing; the order was not sent.")
        if self._why_not:
            raise NotReadyError(f"Not sent: {self._why_not}")
        task = asyncio.create_task(self._submit(proposal, approval), name="submit")
        self._passing.add(task)
        task.add_done_callback(self._passing.discard)
        return await asyncio.shield(task)

    async def _submit(self, proposal: Proposal, approval: Approval) -> Order:
        async with self._door:
            now = self._clock.now()
            self._proposals.verify(proposal, approval, now, self._clock.monotonic())
            checked = self._risk.check(proposal.order.ticket)
            refuse_drift(proposal, checked.quote)
            order = replace(
                proposal.order,
                status=OrderStatus.SENT,
                created_at=now,
                updated_at=now,
                market_time=self._market.now(),
            )
            store = self._book.store
            await asyncio.to_thread(store.add_intent, order, closing=checked.closing)
            self._proposals.consume(proposal)
            self._book.remember(order)
            task = asyncio.create_task(self._send(order), name=f"send {order.id}")
            self._sending[order.id] = task
        self._bus.publish(OrderChanged(order))
        await task
        words = order_words.ticket(order.ticket)
        details: dict[str, object] = {"order": words, "asked by": order.asked_by}
        await self._write_down(approval.by, "order.submit", order.id, details)
        return self._book.get(order.id) or order

    async def _send(self, order: Order) -> None:
        try:
            self._take_in(await self._answer(order))
        finally:
            self._sending.pop(order.id, None)

    async def _answer(self, order: Order) -> OrderUpdate:
        """Send `order` and return what the broker says, or that nobody knows."""
        try:
            return await self.broker.submit(order)
        except OrderRejectedError as error:
            return self._word(order, OrderStatus.REJECTED, str(error))
        except (PuffinError, OSError):
            log.warning("Nobody knows whether order %s arrived", order.id, exc_info=True)
        except Exception:
            log.exception("The broker failed on order %s in a way nobody foresaw", order.id)
        return self._word(order, OrderStatus.UNKNOWN, ANSWER_LOST)

    def _word(self, order: Order, status: OrderStatus, reason: str) -> OrderUpdate:
        return OrderUpdate(order.id, status, self._market.now(), reason=reason)

    def _take_in(self, update: OrderUpdate) -> None:
        """Apply an answer; if it cannot be stored, the order left all the same.

        To raise would say that nothing was sent. The stream and `reconcile` bring it again.
        """
        try:
            self.apply(update)
        except StoreError as error:
            log.warning("The answer about order %s is not stored yet: %s", update.order_id, error)
            self._bus.publish(order_words.unstored(error))

    async def _write_down(
        self, by: str, action: str, order_id: str, details: dict[str, object]
    ) -> None:
        """Note in the audit what was done; that it was done does not hang on it."""
        add = self._audit.add
        try:
            await asyncio.to_thread(add, self._clock.now(), by, action, order_id, details)
        except StoreError as error:
            log.warning("%s of order %s is missing in the audit: %s", action, order_id, error)
            self._bus.publish(order_words.unstored(error))

    def apply(self, update: OrderUpdate) -> None:
        """Take in what the broker says of an order: stored first, then announced.

        Safe to call with the same update again, and in any order.
        """
        order = self._book.get(update.order_id)
        if order is None:
            log.warning("The broker speaks of an order that was not sent from here: %s", update)
            return
        fills = {each.id: each for each in self._book.store.fills_of(order.id)}
        fill = update.fill if update.fill is not None and update.fill.id not in fills else None
        known = [*fills.values(), *([fill] if fill else [])]
        changed = after(order, update, known, self._clock.now())
        if fill is not None:
            fill = fill if self._book.keep_fill(changed, fill) else None
        elif changed != order:
            self._book.keep(changed)
        if fill is not None:
            self._bus.publish(FillBooked(fill))
        if changed == order:
            return
        self._bus.publish(OrderChanged(changed))
        notice = order_words.notice(order, changed)
        if notice is not None:
            self._bus.publish(notice)

    async def cancel(self, order_id: str, by: str) -> Order:
        """Ask the broker to cancel an order; possible while trading is halted.

        Raises:
            UnknownOrderError: No order has that id, or it has ended.
            BrokerError: The broker did not do it.
        """
        order = self._book.get(order_id)
        if order is None:
            raise UnknownOrderError(f"There is no order {order_id!r}.")
        if order.status.is_terminal:
            raise UnknownOrderError(f"Order {order_id} has ended: it is {order.status}.")
        sending = self._sending.get(order_id)
        if sending is not None:
            # A cancel that overtakes its order would miss it and leave it working.
            await asyncio.wait({sending})
        try:
            self._take_in(await self.broker.cancel(order_id))
        finally:
            await self._write_down(by, "order.cancel", order_id, {})
        return self._book.get(order_id) or order

    async def cancel_all(self, by: str) -> list[Order]:
        """Cancel every open order; one that cannot be cancelled does not stop the rest.

        An order whose intent is being stored is waited for, so that none slips past.

        Raises:
            BrokerError: Some could not be cancelled; the message names them.
        """
        cancelled: list[Order] = []
        failed: list[str] = []
        first = self._book.open()
        tried = {each.id for each in first}
        for order in first:
            await self._cancel_one(order, by, cancelled, failed)
        async with self._door:
            late = [each for each in self._book.open() if each.id not in tried]
        for order in late:
            await self._cancel_one(order, by, cancelled, failed)
        if failed:
            raise BrokerError(f"Not cancelled: {'; '.join(failed)}", hint="Try again.")
        return cancelled

    async def _cancel_one(
        self, order: Order, by: str, cancelled: list[Order], failed: list[str]
    ) -> None:
        try:
            cancelled.append(await self.cancel(order.id, by))
        except (PuffinError, PufflingError, OSError) as error:
            now = self._book.get(order.id)
            if now is None or not now.status.is_terminal:
                failed.append(f"{order_words.ticket(order.ticket)}: {error}")

    async def reconcile(self, *, at_start: bool = False) -> None:
        """Ask the broker about every open order, and believe it.

        An order whose intent is stored but which the broker never got was not sent, and says so.
        It is never sent again: the moment has passed.
        """
        now = self._clock.now()
        for order in self._book.open():
            if order.id in self._sending:
                continue
            update = await self.broker.lookup(order.id)
            if update is not None:
                self.apply(update)
            elif order.status in {OrderStatus.SENT, OrderStatus.UNKNOWN}:
                if at_start:
                    self.apply(self._word(order, OrderStatus.REJECTED, NEVER_LEFT))
                elif now - order.updated_at >= GRACE:
                    self.apply(self._word(order, OrderStatus.REJECTED, NEVER_ARRIVED))
            else:
                log.warning("The broker does not know order %s, which it had accepted", order.id)
        await self._compare()
        if at_start or self._why_not == NOT_COMPARED:
            self._say_ready("")

    async def _compare(self) -> None:
        """Say when the broker's cash or positions differ from ours twice in a row."""
        theirs = {each.symbol: each.quantity for each in await self.broker.positions()}
        ours = {each.symbol: each.quantity for each in self._portfolio.positions()}
        wrong = [
            f"{symbol}: {ours.get(symbol, ZERO)} here, {theirs.get(symbol, ZERO)} at the broker"
            for symbol in sorted(theirs.keys() | ours.keys())
            if theirs.get(symbol) != ours.get(symbol)
        ]
        cash = await self.broker.cash()
        if cash != self._portfolio.cash:
            wrong.append(f"cash: {self._portfolio.cash:,} here, {cash:,} at the broker")
        self._wrong = wrong
        text = "; ".join(wrong)
        if text and text == self._mismatch:
            self._bus.publish(order_words.mismatch(text))
        self._mismatch = text

    async def settled(self) -> None:
        """Wait until nothing is on its way to the broker."""
        while self._passing:
            await asyncio.wait(set(self._passing))

    async def close(self) -> None:
        """Let no new order in, and wait until none is on its way."""
        self._closed = True
        await self.settled()
