"""What a broker takes: kinds of order, times in force, amounts and fractions, by asset."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from puffin.types import AssetClass, OrderClass

if TYPE_CHECKING:
    from collections.abc import Callable

    from puffin.types import OrderType, Ticket, TimeInForce

_NAMES = {
    AssetClass.STOCK: "stocks",
    AssetClass.CRYPTO: "crypto",
    AssetClass.OPTION: "options",
}


@dataclass(frozen=True, slots=True)
class Venue:
    """What a broker takes, so that a ticket offers nothing that would be refused.

    `lasting` says which times in force go with an asset; `types` which kinds of order. Each of
    `rules` is a rule of its own: why it would not take a ticket, or nothing.
    """

    types: dict[AssetClass, frozenset[OrderType]]
    lasting: dict[AssetClass, frozenset[TimeInForce]]
    classes: dict[AssetClass, frozenset[OrderClass]] = field(default_factory=dict)
    notional: frozenset[AssetClass] = frozenset()
    fractional: frozenset[AssetClass] = frozenset()
    extended_hours: frozenset[AssetClass] = frozenset()
    short: bool = False
    replaces: bool = True
    local: bool = False  # it lives in this program: no word of it is late or lost
    rules: tuple[Callable[[Ticket], str], ...] = ()

    def refusal(self, ticket: Ticket) -> str:
        """Return why this broker would not take `ticket`; empty when it would."""
        asset, name = ticket.asset, _NAMES[ticket.asset]
        whole = ticket.quantity == ticket.quantity.to_integral_value()
        fraction = not whole and ticket.notional is None
        refused = (
            (ticket.type not in self.types.get(asset, ()), f"{ticket.type.capitalize()} orders"),
            (
                ticket.time_in_force not in self.lasting.get(asset, ()),
                f"{ticket.time_in_force.upper()} orders",
            ),
            (
                ticket.order_class not in {OrderClass.SIMPLE, *self.classes.get(asset, ())},
                f"{ticket.order_class.capitalize()} orders",
            ),
            (ticket.notional is not None and asset not in self.notional, "Orders for an amount"),
            (fraction and asset not in self.fractional, "Fractions"),
            (
                ticket.extended_hours and asset not in self.extended_hours,
                "Orders outside regular hours",
            ),
        )
        general = (f"{what} in {name} are not taken here." for bad, what in refused if bad)
        return next(general, "") or next(filter(None, (rule(ticket) for rule in self.rules)), "")
