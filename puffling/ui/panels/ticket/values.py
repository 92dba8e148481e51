"""A ticket as the values of the command that places it."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

from puffin.types import ZERO, Side, Ticket

if TYPE_CHECKING:
    from collections.abc import Mapping

_PLAIN = Ticket("A", Side.BUY, ZERO + 1)


def values_of(ticket: Ticket) -> dict[str, Any]:
    """Return the values of `order.place` for `ticket`; what is as usual is left out."""
    written = {each.name: getattr(ticket, each.name) for each in fields(Ticket)}
    usual = {each.name: getattr(_PLAIN, each.name) for each in fields(Ticket)}
    always = {"symbol", "side", "quantity"}
    values: Mapping[str, Any] = {
        name: value for name, value in written.items() if name in always or value != usual[name]
    }
    if ticket.notional is not None:
        return {name: value for name, value in values.items() if name != "quantity"}
    return dict(values)
