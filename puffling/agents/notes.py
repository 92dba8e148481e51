"""What a model is told besides the person's words: what became of its proposals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from puffling.agents.fencing import fence
from puffling.core.errors import PufflingError
from puffling.core.formats import UNKNOWN, price, quantity
from puffling.store.inbox import ItemState

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from puffling.commands.context import Context
    from puffling.core.conversations import ChatMessage
    from puffling.store.inbox import InboxItem

WORDS = {
    ItemState.APPROVED: "was approved by the person",
    ItemState.REJECTED: "was declined by the person; nothing was sent",
    ItemState.EXPIRED: "ran out before the person decided; nothing was sent",
    ItemState.WITHDRAWN: "was withdrawn; nothing was sent",
    ItemState.FAILED: "was approved and could not be sent",
}


def proposals(messages: Sequence[ChatMessage]) -> Iterator[str]:
    """Yield the ids of the proposals that a conversation made, in order."""
    for message in messages:
        for call in message.calls:
            if call.card is not None and call.card.get("kind") == "proposal":
                id_ = call.card.get("data", {}).get("proposal")
                if isinstance(id_, str):
                    yield id_


def decisions(context: Context, messages: Sequence[ChatMessage]) -> tuple[str, ...]:
    """Return what became of proposals, as far as the model was not told yet."""
    told = "\n".join(note for each in messages for note in each.notes)
    made: list[str] = []
    for id_ in dict.fromkeys(proposals(messages)):
        try:
            item = context.inbox.get(id_)
        except PufflingError:
            continue  # of another account's, or cleared away: nothing is known of it
        if item.state is not ItemState.WAITING and _head(id_) not in told:
            made.append(_note(context, item))
    return tuple(made)


def _head(id_: str) -> str:
    return f"Proposal {id_} "


def _note(context: Context, item: InboxItem) -> str:
    said = f"{_head(item.id)}({item.title}) {WORDS[item.state]}."
    orders = " ".join(_order(context, each) for each in item.order_ids)
    note = f"\n{fence(item.note, 'the note at the decision')}" if item.note else ""
    return f"[Puffling, not the person: {f'{said} {orders}'.strip()}]{note}"


def _order(context: Context, id_: str) -> str:
    order = context.orders.get(id_)
    if order is None:
        return ""
    at = UNKNOWN if order.average_price is None else price(order.average_price)
    filled = (
        f"{quantity(order.filled_quantity)} filled at {at}"
        if order.filled_quantity
        else "nothing filled yet"
    )
    return f"Order {id_} is {order.status.value}: {filled}."
