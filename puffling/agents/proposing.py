"""Orders of a model: each passes every check of a real order, and goes only into the inbox."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from puffling.agents.cards import Card, Kind
from puffling.agents.fencing import line
from puffling.agents.permissions import ACTOR
from puffling.core import formats
from puffling.core.errors import BadValueError, NotConfirmedError
from puffling.services import order_words
from puffling.services.proposals import Proposal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from puffling.commands.context import Context
    from puffling.commands.registry import Command, Registry
    from puffling.services.baskets import BasketProposal
    from puffling.store.inbox import InboxItem

MOST_WAITING = 10
LONGEST_REASON = 400
POST = "inbox.post"


class Catching:
    """A gate that keeps the order it is shown, and says no to it."""

    def __init__(self) -> None:
        self.caught: Proposal | None = None

    async def confirm(self, proposal: Proposal | BasketProposal) -> None:
        """Keep a single order; say no."""
        if isinstance(proposal, Proposal):
            self.caught = proposal


@dataclass(frozen=True, slots=True)
class Proposed:
    """What stands in the inbox now, or the order that takes more than the inbox can do."""

    item: InboxItem | None
    order: Proposal

    @property
    def card(self) -> Card:
        """The order as it was parsed, for the conversation."""
        ticket = self.order.order.ticket
        item = self.item
        data: dict[str, Any] = {
            "title": f"To decide: {order_words.ticket(ticket)}",
            "proposal": "" if item is None else item.id,
            "symbol": ticket.symbol,
            "side": str(ticket.side),
            "quantity": formats.quantity(ticket.quantity),
            "order": order_words.ticket(ticket),
            "reason": "" if item is None else item.reason,
            "expires": None if item is None else item.expires_at.isoformat(),
            "price": formats.price(self.order.price),
            "lines": lines_of(self.order),
        }
        return Card(Kind.PROPOSAL, data)


def lines_of(order: Proposal) -> list[list[str]]:
    """Return what a proposed order would do, as pairs of a name and its value."""
    share = formats.UNKNOWN if order.share_after is None else formats.percent(order.share_after)
    return [
        ["Valued at", formats.price(order.price)],
        ["Worth", formats.money(order.notional)],
        ["Commission", formats.money(order.commission)],
        ["Cash after", formats.money(order.cash_after)],
        ["Share of equity after", share],
        *(["Mind", each] for each in order.warnings),
        *(["Besides", each] for each in order.notes),
    ]


async def propose(
    context: Context,
    registry: Registry,
    command: Command[..., Any],
    values: Mapping[str, Any],
    reason: str,
    mind: Callable[[], None],
) -> Proposed:
    """Let a trade go all the way to its gate, and put what stood there into the inbox.

    `mind` is asked before anything, and again when the order is ready: it raises what stands
    against proposing at all. An order that would cancel others first comes back without being
    posted: the inbox sends one order and nothing else.

    Raises:
        HaltedError: The kill switch is on.
        BadValueError: Too many orders of the assistant wait already.
        PufflingError: A limit refuses it, or there is no such order; the message says why.
    """
    mind()
    if sum(each.source == ACTOR for each in context.inbox.waiting()) >= MOST_WAITING:
        raise BadValueError(
            f"{MOST_WAITING} proposals of the assistant wait already.",
            hint="The person decides them first.",
        )
    expires = None
    if command.id == POST:
        expires = timedelta(minutes=int(values.get("minutes", 15)))
        reason = str(values.get("reason", reason))
        command, values = registry["order.place"], _as_order(values)
    gate = Catching()
    try:
        await command.run_with(replace(context, gate=gate), values)
    except NotConfirmedError:
        if gate.caught is None:
            raise
    order = gate.caught
    if order is None:
        raise BadValueError("There was no order in that.")
    mind()
    if order.cancels or order.order.replaces:
        return Proposed(None, order)
    said = line(reason, LONGEST_REASON) or "Asked for in the conversation."
    posted = context.inbox.post(ACTOR, [order.order.ticket], said, expires=expires)
    return Proposed(context.inbox.get(posted), order)


def _as_order(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return a proposal's values as those of an order, so that every limit looks at it now."""
    order = {name: each for name, each in values.items() if name not in {"reason", "minutes"}}
    return order | {"type": "market" if order.get("limit_price") is None else "limit"}
