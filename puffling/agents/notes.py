"""What a model is told besides the person's words: what became of its proposals and orders."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from puffling.agents.fencing import fence
from puffling.core.errors import PufflingError
from puffling.core.formats import UNKNOWN, price, quantity
from puffling.store.inbox import ItemState

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from puffin.types import Order
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
_TOLD = re.compile(
    r"\[Puffling, not the person: Proposal \S+ \((?P<title>.*)\) (?P<said>(?:was|ran|goes) .*)\]"
)
_AN_ORDER = re.compile(r"Order \S+ is")


def proposals(messages: Sequence[ChatMessage]) -> Iterator[str]:
    """Yield the ids of the proposals that a conversation made, in order."""
    for message in messages:
        for call in message.calls:
            if call.card is not None and call.card.get("kind") == "proposal":
                id_ = call.card.get("data", {}).get("proposal")
                if isinstance(id_, str):
                    yield id_


def decisions(context: Context, messages: Sequence[ChatMessage]) -> tuple[str, ...]:
    """Return what became of proposals and of their orders, as far as it was not told yet.

    An approved order goes on: each time it fills, is rejected or cancelled there is more to tell.
    """
    told = "\n".join(note for each in messages for note in each.notes)
    made: list[str] = []
    for id_ in dict.fromkeys(proposals(messages)):
        try:
            item = context.inbox.get(id_)
        except PufflingError:
            continue  # of another account's, or cleared away: nothing is known of it
        if item.state is ItemState.WAITING:
            continue
        known = [context.orders.get(each) for each in item.order_ids]
        orders = {_sentence(each): each.reason for each in known if each is not None}
        if _head(id_) not in told:
            made.append(_note(item, f"{WORDS[item.state]}.", orders, item.note))
        elif news := {said: why for said, why in orders.items() if said not in told}:
            made.append(_note(item, "goes on.", news))
    return tuple(made)


def in_words(note: str) -> str:
    """Return a note as the person reads it; empty for one that is of no proposal."""
    found = _TOLD.match(note)
    if found is None:
        return ""
    said = _AN_ORDER.sub("Its order is", found["said"]).replace("the person", "you")
    said = said.removeprefix("was ").replace("goes on. Its order", "its order")
    return f"{found['title']}: {said}"


def _head(id_: str) -> str:
    return f"Proposal {id_} "


def _note(item: InboxItem, said: str, orders: Mapping[str, str], note: str = "") -> str:
    """Return a note; `orders` are sentences about them, each with the broker's reason if any."""
    words = " ".join((f"{_head(item.id)}({item.title}) {said}", *orders))
    fenced = [fence(note, "the note at the decision")] if note else []
    fenced += [fence(why, "why the order ended so") for why in orders.values() if why]
    return "\n".join((f"[Puffling, not the person: {words}]", *fenced))


def _sentence(order: Order) -> str:
    at = UNKNOWN if order.average_price is None else price(order.average_price)
    filled = "nothing was filled" if order.status.is_terminal else "nothing filled yet"
    if order.filled_quantity:
        filled = f"{quantity(order.filled_quantity)} filled at {at}"
    return f"Order {order.id} is {order.status.value}: {filled}."
