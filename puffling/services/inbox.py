"""The inbox: what others propose waits here for a yes or a no, and runs out."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

from puffin.types import OrderStatus, OrderType
from puffling.core.errors import BadValueError, HaltedError, NotConfirmedError, PufflingError
from puffling.core.events import InboxChanged, Level, NoticePosted, OrderChanged
from puffling.services import inbox_changes, order_words
from puffling.services.halting import halted_text
from puffling.services.proposal_odds import odds
from puffling.store.baskets import LegState
from puffling.store.inbox import InboxItem, ItemState

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    from puffin.risk.limits import Verdict
    from puffin.types import Ticket
    from puffling.core.bus import EventBus
    from puffling.core.clock import Clock
    from puffling.services.baskets import BasketProposal, BasketService
    from puffling.services.market import MarketService
    from puffling.services.orders import Approval, OrderService, Proposal
    from puffling.services.positions import PortfolioService
    from puffling.services.proposal_odds import Odds
    from puffling.services.quotes import QuoteService
    from puffling.services.risk import RiskService
    from puffling.store.audit import AuditStore
    from puffling.store.inbox import InboxStore

LIFE = timedelta(minutes=15)
SCHEDULED_LIFE = timedelta(hours=4)
SCHEDULED = frozenset({"schedule", "rebalance"})
HALTED = "Trading is halted: proposals stay, and none can be approved."


class Asks(Protocol):
    """Where a yes comes from: the same gate that every order passes."""

    async def confirm(self, proposal: Proposal | BasketProposal) -> Approval | None:
        """Show what is proposed and return an approval of exactly it; None means no."""
        ...


@dataclass(frozen=True, slots=True)
class InboxLine:
    """One order of a proposal as things stand now; None is what cannot be known."""

    ticket: Ticket
    price_then: Decimal | None
    price_now: Decimal | None
    drift: Decimal | None  # a share of the price then; above zero is worse for the trader
    verdicts: tuple[Verdict, ...]


class InboxService:
    """Keeps proposals, decides none of them. Lives on the loop's thread."""

    def __init__(  # noqa: PLR0913 - each is a part it works with
        self,
        store: InboxStore,
        orders: OrderService,
        baskets: BasketService,
        risk: RiskService,
        portfolio: PortfolioService,
        audit: AuditStore,
        *,
        quotes: QuoteService,
        market: MarketService,
        bus: EventBus,
        clock: Clock,
    ) -> None:
        self._store = store
        self._orders = orders
        self._baskets = baskets
        self._risk = risk
        self._portfolio = portfolio
        self._audit = audit
        self._quotes = quotes
        self._market = market
        self._bus = bus
        self._clock = clock
        self._deciding: set[str] = set()
        bus.subscribe(OrderChanged, self._order_changed)

    def post(
        self,
        source: str,
        tickets: Sequence[Ticket],
        reason: str,
        *,
        title: str = "",
        expires: timedelta | None = None,
    ) -> str:
        """Put orders into the inbox; return the proposal's id.

        Args:
            source: Who or what proposes: "assistant", "strategy momentum", "rebalance".
            tickets: What to do; several are one basket.
            reason: Why, in words.
            title: What it is called; made from the orders when empty.
            expires: How long it waits; by its source when not given.

        Raises:
            BadValueError: There are no orders, or no reason.
        """
        if not tickets or not reason.strip():
            raise BadValueError("A proposal has orders and a reason.")
        kind = source.split(" ", 1)[0].casefold()
        life = expires or (SCHEDULED_LIFE if kind in SCHEDULED else LIFE)
        now = self._clock.now()
        first = order_words.ticket(tickets[0])
        item = InboxItem(
            id=secrets.token_hex(8),
            account=self._portfolio.account.id,
            created_at=now,
            expires_at=now + life,
            source=source,
            title=title or (first if len(tickets) == 1 else f"{len(tickets)} orders: {first}, …"),
            reason=reason.strip(),
            tickets=tuple(tickets),
            prices=tuple(map(self._price, tickets)),
        )
        self._keep(item)
        self._bus.publish(
            NoticePosted(Level.INFO, f"To decide: {item.title}", reason, "inbox", desktop=True)
        )
        return item.id

    def waiting(self) -> list[InboxItem]:
        """Return what waits, oldest first; what has run out is in the history."""
        self.expire()
        return self._store.waiting()

    def history(self, limit: int = 200) -> list[InboxItem]:
        """Return what was decided or ran out, the latest first."""
        return self._store.history(limit)

    def get(self, id_: str) -> InboxItem:
        """Return a proposal.

        Raises:
            BadValueError: No proposal has that id.
        """
        found = self._store.get(id_)
        if found is None:
            raise BadValueError(f"There is no proposal {id_!r}.", hint="inbox.list shows them.")
        return found

    def lines(self, id_: str) -> list[InboxLine]:
        """Return each order of a proposal with its drift since then and what every limit says."""
        return [
            self._line(ticket, then)
            for item in [self.get(id_)]
            for ticket, then in zip(item.tickets, item.prices, strict=True)
        ]

    def odds(self, id_: str) -> list[Odds]:
        """Return for each order of a proposal how likely it makes money, or why nobody knows."""
        now, calendar = self._market.now(), self._market.calendar
        return [odds(each, self._quotes.last, now, calendar) for each in self.get(id_).tickets]

    def locked(self) -> str:
        """Return why nothing can be approved now, as a sentence; empty when something can."""
        halt = self._risk.halted()
        return f"{halted_text(halt)} {HALTED}" if halt is not None else self._orders.why_not

    async def approve(self, id_: str, gate: Asks, by: str) -> InboxItem:
        """Take a proposal through the one door: checked now, confirmed at `gate`, sent.

        Raises:
            BadValueError: It does not wait any more.
            HaltedError: The kill switch is on.
            RiskRefusedError: Limits refuse it by now; it stays in the inbox.
            NotConfirmedError: The gate said no; it stays in the inbox.
        """
        item = self._open(id_)
        if self._risk.halted() is not None:
            raise HaltedError(HALTED)
        self._deciding.add(id_)
        try:
            for each in item.tickets:
                await self._risk.prepare(each)
            return await (
                self._send(item, gate, by) if len(item.tickets) == 1 else self._run(item, gate, by)
            )
        finally:
            self._deciding.discard(id_)

    def reject(self, id_: str, by: str, note: str = "") -> InboxItem:
        """Say no to a proposal."""
        return self._decide(self._open(id_), ItemState.REJECTED, by, note)

    def withdraw(self, id_: str, by: str, note: str = "") -> InboxItem:
        """Take a proposal back."""
        return self._decide(self._open(id_), ItemState.WITHDRAWN, by, note)

    def withdraw_all(self, reason: str) -> None:
        """Take back everything that waits: the account it was for is left."""
        for each in self._store.waiting():
            self._decide(each, ItemState.WITHDRAWN, "puffling", reason)

    def edit(self, id_: str, tickets: Sequence[Ticket], by: str) -> InboxItem:
        """Change the orders of a proposal; what they are worth is taken from now.

        Whoever approves it is asked about exactly what it says by then.

        Raises:
            BadValueError: It does not wait any more, or no orders are left.
        """
        item = self._open(id_)
        if not tickets:
            raise BadValueError("A proposal has orders.", hint="Reject it instead.")
        return self._change(item, tickets, tuple(map(self._price, tickets)), by, "Changed")

    def resize(self, id_: str, place: int, quantity: Decimal, by: str) -> InboxItem:
        """Change the quantity of one order of a proposal; without any the order is taken out.

        Raises:
            BadValueError: It has no such order, or it is one for an amount.
        """
        return self.amend(id_, place, by, quantity=quantity)

    def amend(
        self,
        id_: str,
        place: int,
        by: str,
        *,
        quantity: Decimal | None = None,
        limit_price: Decimal | None = None,
        stop_price: Decimal | None = None,
    ) -> InboxItem:
        """Change quantity, limit or stop of one order of a proposal; a quantity of 0 removes it.

        Raises:
            BadValueError: It has no such order, that order no such price, or nothing changes.
            OrderRejectedError: Such an order cannot exist.
        """
        tickets = list(self._open(id_).tickets)
        if not 0 <= place < len(tickets):
            raise BadValueError(f"The proposal has {len(tickets)} orders.")
        if quantity is not None and not quantity:
            del tickets[place]
            return self.edit(id_, tickets, by)
        changed = inbox_changes.changed(tickets[place], quantity, limit_price, stop_price)
        if changed == tickets[place]:
            raise BadValueError("That changes nothing.")
        tickets[place] = changed
        return self.edit(id_, tickets, by)

    def reprice(self, id_: str, by: str) -> InboxItem:
        """Have every limit of a proposal follow the price; what it was worth first stays known.

        Raises:
            BadValueError: It has no limit, there is no price, or the price ran away.
        """
        item = self._open(id_)
        tickets = [
            inbox_changes.repriced(each, then, self._price(each))
            if len(item.tickets) == 1 or each.type is OrderType.LIMIT
            else each
            for each, then in zip(item.tickets, item.prices, strict=True)
        ]
        if tuple(tickets) == item.tickets:
            raise BadValueError("No limit changes: each is the price of now.")
        return self._change(item, tickets, item.prices, by, "Repriced")

    def expire(self) -> None:
        """Move what has run out to the history; called every second.

        So is what was sent just before a crash, and what was for an account that was left.
        """
        now, here = self._clock.now(), self._portfolio.account.id
        for each in self._store.waiting():
            if each.id in self._deciding:
                continue
            sent = self._sent(each)
            if sent:
                done = replace(each, order_ids=sent)
                note, refusal = "Sent just before Puffling ended.", self._refusal(sent)
                state = ItemState.FAILED if refusal else ItemState.APPROVED
                self._decide(done, state, "puffling", refusal or note)
            elif each.account != here:
                self._decide(each, ItemState.WITHDRAWN, "puffling", "It was for another account.")
            elif each.expires_at <= now:
                self._decide(each, ItemState.EXPIRED, "puffling", "Nobody decided in time.")

    def _refusal(self, order_ids: Sequence[str]) -> str:
        return order_words.refusal(list(map(self._orders.get, order_ids)))

    def _order_changed(self, event: OrderChanged) -> None:
        """Notice that the broker took an order, said so, and then rejected it after all."""
        order = event.order
        if order.status is not OrderStatus.REJECTED:
            return
        for item in self._store.history():
            if item.state is ItemState.APPROVED and order.id in item.order_ids:
                refusal = self._refusal(item.order_ids)
                if refusal:
                    self._decide(item, ItemState.FAILED, item.decided_by, refusal)
                return

    def _sent(self, item: InboxItem) -> tuple[str, ...]:
        """Return the orders that a proposal became although nobody wrote that down."""
        if item.basket:
            orders = self._orders.all(account=item.account)
            return tuple(each.id for each in orders if each.basket == item.basket)
        return tuple(each for each in item.order_ids if self._orders.get(each) is not None)

    async def _send(self, item: InboxItem, gate: Asks, by: str) -> InboxItem:
        proposal = self._orders.propose(item.tickets[0], item.source)
        approval = await gate.confirm(proposal)
        if approval is None:
            raise NotConfirmedError("Nothing was sent: nobody confirmed it.")
        self._store.save(replace(item, order_ids=(proposal.order.id,)))
        try:
            order = await self._orders.submit(proposal, approval)
        except (HaltedError, NotConfirmedError):
            raise
        except PufflingError as error:
            self._decide(item, ItemState.FAILED, by, str(error))
            raise
        done = replace(item, order_ids=(order.id,))
        refusal = self._refusal(done.order_ids)
        if refusal:
            return self._decide(done, ItemState.FAILED, by, refusal)
        note = f"{order.status.capitalize()}. {order.reason}".strip()
        return self._decide(done, ItemState.APPROVED, by, note)

    async def _run(self, item: InboxItem, gate: Asks, by: str) -> InboxItem:
        proposal = self._baskets.propose(item.title, item.tickets, item.source)
        approval = await gate.confirm(proposal)
        if approval is None:
            raise NotConfirmedError("Nothing was sent: nobody confirmed it.")
        self._store.save(replace(item, basket=proposal.basket))
        basket = await self._baskets.run(proposal, approval)
        ids = tuple(each.order_id for each in basket.legs if each.order_id)
        done = replace(item, order_ids=ids, basket=basket.id)
        if not any(each.state is LegState.SENT for each in basket.legs):
            why = next((each.reason for each in basket.legs if each.reason), "Nothing was sent.")
            why = self._refusal(ids) or why
            return self._decide(done, ItemState.FAILED, by, why)
        return self._decide(done, ItemState.APPROVED, by, f"Basket: {basket.state}.")

    def _open(self, id_: str) -> InboxItem:
        self.expire()
        item = self.get(id_)
        if item.state is not ItemState.WAITING:
            raise BadValueError(f"That proposal does not wait any more: it is {item.state}.")
        if id_ in self._deciding:
            raise BadValueError("That proposal is being decided.")
        return item

    def _change(
        self,
        item: InboxItem,
        tickets: Sequence[Ticket],
        prices: tuple[Decimal | None, ...],
        by: str,
        verb: str,
    ) -> InboxItem:
        note = f"{verb} by {by}."
        changed = replace(item, tickets=tuple(tickets), prices=prices, note=note)
        self._keep(changed)
        words = [order_words.changes(*each) for each in zip(item.tickets, tickets, strict=False)]
        details: dict[str, object] = {"title": item.title, "changes": " ".join(filter(None, words))}
        self._audit.add(self._clock.now(), by, "inbox.edit", item.id, details)
        return changed

    def _decide(self, item: InboxItem, state: ItemState, by: str, note: str) -> InboxItem:
        now = self._clock.now()
        decided = replace(item, state=state, decided_at=now, decided_by=by, note=note)
        self._keep(decided)
        details: dict[str, object] = {"title": item.title, "source": item.source, "note": note}
        self._audit.add(now, by, f"inbox.{state}", item.id, details)
        return decided

    def _keep(self, item: InboxItem) -> None:
        self._store.save(item)
        self._bus.publish(InboxChanged(item.id))

    def _price(self, ticket: Ticket) -> Decimal | None:
        return self._risk.facts(ticket).market

    def _line(self, ticket: Ticket, then: Decimal | None) -> InboxLine:
        now = self._price(ticket)
        drift = ticket.side.sign * (now / then - 1) if now is not None and then else None
        return InboxLine(ticket, then, now, drift, tuple(self._risk.verdicts(ticket)))
