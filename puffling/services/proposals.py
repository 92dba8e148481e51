"""An order on paper: what it would do, and the yes that names exactly it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from puffin.types import ZERO, OrderType, Side
from puffling.core.errors import NotConfirmedError

if TYPE_CHECKING:
    from datetime import datetime

    from puffin.risk.limits import Verdict
    from puffin.types import Order, Quote, Ticket

LIFE = timedelta(minutes=2)
GRANTED_FOR = timedelta(minutes=10)  # time to send every order of a basket
LARGEST_DRIFT = Decimal("0.02")


@dataclass(frozen=True, slots=True)
class Proposal:
    """An order that passed every limit and now waits for a yes.

    `price` is what it was valued at; `cost` is what leaves the cash account, commission
    included, and is negative when money comes in. `share_after` is the position's share of
    equity afterwards, None while equity is partly unknown. `digest` is the fingerprint of the
    exact content; a yes to anything else is not a yes to this. `cancels` are the orders that are
    cancelled before it is sent, and `notes` says so, or what it takes the place of. `flattens`
    says that it is part of closing everything. `filled` is how much of the order whose place it
    takes had filled: the new one is for what was left.
    """

    id: str
    order: Order
    quote: Quote
    price: Decimal
    notional: Decimal
    commission: Decimal
    cost: Decimal
    cash_after: Decimal
    share_after: Decimal | None
    verdicts: tuple[Verdict, ...]
    closing: bool
    text: str
    created_at: datetime
    expires_at: datetime
    digest: str = ""
    notes: tuple[str, ...] = ()
    cancels: tuple[str, ...] = ()
    flattens: bool = False
    filled: Decimal = ZERO

    @property
    def warnings(self) -> list[str]:
        """What the person should know although it is allowed."""
        return [each.text for each in self.verdicts if each.warning]


@dataclass(frozen=True, slots=True)
class Approval:
    """Somebody's yes to one proposal; only gates make one."""

    proposal_id: str
    digest: str
    by: str
    at: datetime
    expires_at: datetime


def digest_of(proposal: Proposal) -> str:
    """Return the fingerprint of everything that would be sent, and of what was shown for it."""
    order = proposal.order
    parts = (
        proposal.id,
        order.id,
        order.account,
        repr(order.ticket),
        order.asked_by,
        order.replaces,
        order.parent,
        order.basket,
        repr(proposal.cancels),
        repr(proposal.notes),
        str(proposal.flattens),
        str(proposal.price),
        str(proposal.cost),
        proposal.text,
        proposal.expires_at.isoformat(),
    )
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Grant:
    """The orders that a yes to one basket lets through, each once: their tickets and prices.

    `id` is what the yes names, `basket` what the orders name. With `flattens` every waiting order
    is cancelled first, and each order may also be for less: what is still held by then.
    """

    id: str
    basket: str
    asked_by: str
    tickets: tuple[Ticket, ...]
    prices: tuple[Decimal, ...]
    text: str
    expires_at: datetime
    digest: str = ""
    flattens: bool = False

    def ticket(self, left: list[Ticket], asked: Ticket) -> Ticket | None:
        """Return which of the tickets that are left lets `asked` through; None when none does."""
        if asked in left:
            return asked
        if not self.flattens:
            return None
        return next(
            (
                each
                for each in left
                if asked.quantity < each.quantity
                and replace(each, quantity=asked.quantity) == asked
            ),
            None,
        )


def digest_of_grant(grant: Grant) -> str:
    """Return the fingerprint of every order of a basket, and of what was shown for them."""
    parts = (
        grant.id,
        grant.basket,
        grant.asked_by,
        *map(repr, grant.tickets),
        *map(str, grant.prices),
        grant.text,
        grant.expires_at.isoformat(),
        str(grant.flattens),
    )
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


class ProposalDesk:
    """Remembers what was proposed, and lets each proposal through once."""

    def __init__(self) -> None:
        self._offered: dict[str, Grant] = {}
        self._granted: dict[str, tuple[Grant, datetime, list[Ticket]]] = {}
        self._open: dict[str, Proposal] = {}
        self._issued: dict[str, float] = {}
        self._used: set[str] = set()

    def issue(self, proposal: Proposal, seconds: float) -> None:
        """Remember `proposal`; those that expired before it are forgotten.

        `seconds` is a clock that only ever grows: a computer whose time is set back must not
        give an old proposal a second life.
        """
        self._open = {
            each.id: each for each in self._open.values() if each.expires_at >= proposal.created_at
        }
        self._open[proposal.id] = proposal
        self._issued = {each: self._issued.get(each, seconds) for each in self._open}

    def forget(self, symbol: str) -> None:
        """Withdraw every proposal about `symbol`, and its orders from every basket."""
        self._open = {
            each.id: each for each in self._open.values() if each.order.ticket.symbol != symbol
        }
        self._offered = {
            each.id: each
            for each in self._offered.values()
            if all(ticket.symbol != symbol for ticket in each.tickets)
        }
        for _, _, left in self._granted.values():
            left[:] = [each for each in left if each.symbol != symbol]

    def offer(self, grant: Grant) -> None:
        """Remember a basket that is shown; only a yes to one of these counts."""
        self._offered = {
            each.id: each
            for each in self._offered.values()
            if each.expires_at + LIFE >= grant.expires_at
        }
        self._offered[grant.id] = grant

    def grant(self, grant: Grant, approval: Approval, now: datetime) -> None:
        """Let the orders of a basket through from now on, for as long as it takes to send them.

        Raises:
            NotConfirmedError: The approval is not a fresh yes to exactly this basket.
        """
        if approval.proposal_id != grant.id or approval.digest != grant.digest:
            raise NotConfirmedError("That confirmation was for other orders.")
        if grant.id in self._used:
            raise NotConfirmedError("That confirmation was used already.")
        if max(now, approval.at) > min(approval.expires_at, grant.expires_at):
            raise NotConfirmedError(
                "The confirmation came too late.", hint="Review the orders again."
            )
        if digest_of_grant(grant) != grant.digest or self._offered.get(grant.id) != grant:
            raise NotConfirmedError(
                "The orders are not those that were shown.", hint="Review the orders again."
            )
        self._used.add(grant.id)
        self._granted[grant.id] = (grant, now + GRANTED_FOR, list(grant.tickets))

    def verify(self, proposal: Proposal, approval: Approval, now: datetime, seconds: float) -> None:
        """Check that `approval` is a yes to exactly this proposal, in time and for the first time.

        Raises:
            NotConfirmedError: With the reason why it is not.
        """
        granted = self._granted.get(approval.proposal_id)
        if granted is not None:
            _verify_leg(*granted, proposal, approval, now)
        elif approval.proposal_id != proposal.id or approval.digest != proposal.digest:
            raise NotConfirmedError("That confirmation was for another order.")
        if proposal.id in self._used:
            raise NotConfirmedError("That confirmation was used already.")
        issued = self._open.get(proposal.id)
        if issued is not None and (
            now > proposal.expires_at
            or (granted is None and max(now, approval.at) > approval.expires_at)
            or seconds - self._issued[proposal.id] > LIFE.total_seconds()
        ):
            raise NotConfirmedError(
                "The confirmation came too late.", hint="Review the order again."
            )
        if issued is None or issued != proposal or digest_of(proposal) != proposal.digest:
            raise NotConfirmedError(
                "The order is not the one that was shown.", hint="Review the order again."
            )

    def consume(self, proposal: Proposal) -> None:
        """Let nobody use a yes to `proposal` again."""
        self._open.pop(proposal.id, None)
        self._used.add(proposal.id)
        for grant, _, left in self._granted.values():
            if proposal.order.basket == grant.basket:
                sent = grant.ticket(left, proposal.order.ticket)
                left[:] = _without(left, sent)


def _without(tickets: list[Ticket], sent: Ticket | None) -> list[Ticket]:
    """Return `tickets` with one less of `sent`."""
    place = next((x for x, each in enumerate(tickets) if each == sent), len(tickets))
    return [*tickets[:place], *tickets[place + 1 :]]


def _verify_leg(
    grant: Grant,
    until: datetime,
    left: list[Ticket],
    proposal: Proposal,
    approval: Approval,
    now: datetime,
) -> None:
    """Check that `proposal` is an order of the basket that the yes was for, not sent yet."""
    order = proposal.order
    same = approval.digest == grant.digest and order.basket == grant.basket
    shown = grant.ticket(left, order.ticket)
    same = same and proposal.flattens is grant.flattens and order.asked_by == grant.asked_by
    if not same or shown is None:
        raise NotConfirmedError("That confirmation was for other orders.")
    if now > until:
        raise NotConfirmedError("The confirmation is too old by now.", hint="Resume the basket.")
    if not proposal.cancels and not order.replaces:
        price = grant.prices[grant.tickets.index(shown)]
        refuse_drift(order.ticket, price, proposal.quote)
        return
    raise NotConfirmedError("An order of a basket neither replaces nor cancels another.")


def refuse_drift(ticket: Ticket, shown: Decimal, quote: Quote) -> None:
    """Refuse a market order whose price has moved against the trader since it was shown."""
    if ticket.type is not OrderType.MARKET or ticket.legs:
        return
    price = quote.price_for(ticket.side)
    drift = ticket.side.sign * (price / shown - 1)
    if drift > LARGEST_DRIFT:
        direction = "up" if ticket.side is Side.BUY else "down"
        raise NotConfirmedError(
            f"The price went {direction} from {shown} to {price} since you were asked.",
            hint="Review the order again.",
        )
