"""An order on paper: what it would do, and the yes that names exactly it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from puffin.types import OrderType, Side
from puffling.core.errors import NotConfirmedError

if TYPE_CHECKING:
    from datetime import datetime

    from puffin.risk.limits import Verdict
    from puffin.types import Order, Quote, Ticket

LIFE = timedelta(minutes=2)
LARGEST_DRIFT = Decimal("0.02")


@dataclass(frozen=True, slots=True)
class Proposal:
    """An order that passed every limit and now waits for a yes.

    `price` is what it was valued at; `cost` is what leaves the cash account, commission
    included, and is negative when money comes in. `share_after` is the position's share of
    equity afterwards, None while equity is partly unknown. `digest` is the fingerprint of the
    exact content; a yes to anything else is not a yes to this.
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
        str(proposal.price),
        str(proposal.cost),
        proposal.text,
        proposal.expires_at.isoformat(),
    )
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


class ProposalDesk:
    """Remembers what was proposed, and lets each proposal through once."""

    def __init__(self) -> None:
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
        """Withdraw every proposal about `symbol`."""
        self._open = {
            each.id: each for each in self._open.values() if each.order.ticket.symbol != symbol
        }

    def verify(self, proposal: Proposal, approval: Approval, now: datetime, seconds: float) -> None:
        """Check that `approval` is a yes to exactly this proposal, in time and for the first time.

        Raises:
            NotConfirmedError: With the reason why it is not.
        """
        if approval.proposal_id != proposal.id or approval.digest != proposal.digest:
            raise NotConfirmedError("That confirmation was for another order.")
        if proposal.id in self._used:
            raise NotConfirmedError("That confirmation was used already.")
        issued = self._open.get(proposal.id)
        if issued is not None and (
            max(now, approval.at) > min(approval.expires_at, proposal.expires_at)
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


def valued_at(ticket: Ticket, quote: Quote) -> Decimal:
    """Return what an order is valued at: its own price, or what the market asks or bids."""
    if ticket.type is OrderType.LIMIT and ticket.limit_price is not None:
        return ticket.limit_price
    if ticket.type is OrderType.STOP and ticket.stop_price is not None:
        return ticket.stop_price
    return quote.price_for(ticket.side)


def refuse_drift(proposal: Proposal, quote: Quote) -> None:
    """Refuse a market order whose price has moved against the trader since it was shown."""
    ticket = proposal.order.ticket
    if ticket.type is not OrderType.MARKET:
        return
    price = quote.price_for(ticket.side)
    drift = ticket.side.sign * (price / proposal.price - 1)
    if drift > LARGEST_DRIFT:
        direction = "up" if ticket.side is Side.BUY else "down"
        raise NotConfirmedError(
            f"The price went {direction} from {proposal.price} to {price} since you were asked.",
            hint="Review the order again.",
        )
