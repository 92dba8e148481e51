"""What the ticket offers: the kinds, times and exits that the broker takes of a symbol."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from puffin.types import OrderClass, OrderType, TimeInForce, asset_of
from puffling.ui.panels.ticket.draft import Exits

if TYPE_CHECKING:
    from puffin.broker.venue import Venue

KINDS: tuple[tuple[OrderType, str], ...] = (
    (OrderType.MARKET, "Market"),
    (OrderType.LIMIT, "Limit"),
    (OrderType.STOP, "Stop"),
    (OrderType.STOP_LIMIT, "Stop limit"),
    (OrderType.TRAILING, "Trailing stop"),
)
LASTING: tuple[tuple[TimeInForce, str], ...] = (
    (TimeInForce.DAY, "Day"),
    (TimeInForce.GTC, "Until cancelled"),
    (TimeInForce.IOC, "At once, cancel the rest"),
    (TimeInForce.FOK, "At once, all or nothing"),
    (TimeInForce.OPG, "At the open"),
    (TimeInForce.CLS, "At the close"),
)
EXITS: tuple[tuple[Exits, str], ...] = (
    (Exits.NONE, "None"),
    (Exits.BRACKET, "Target and stop"),
    (Exits.OCO, "For what is held"),
)


@dataclass(frozen=True, slots=True)
class Offers:
    """Choices for one symbol at one broker."""

    kinds: tuple[tuple[OrderType, str], ...] = KINDS
    lasting: tuple[tuple[TimeInForce, str], ...] = LASTING
    exits: tuple[tuple[Exits, str], ...] = EXITS
    extended_hours: bool = False
    amounts: bool = False


def offers_of(venue: Venue, symbol: str) -> Offers:
    """Return what `venue` takes of `symbol`."""
    asset = asset_of(symbol)
    kinds, lasting = venue.types.get(asset, ()), venue.lasting.get(asset, ())
    classes = venue.classes.get(asset, frozenset())
    brings = {
        Exits.NONE: True,
        Exits.BRACKET: bool(classes & {OrderClass.BRACKET, OrderClass.OTO}),
        Exits.OCO: OrderClass.OCO in classes,
    }
    return Offers(
        tuple(each for each in KINDS if each[0] in kinds) or KINDS,
        tuple(each for each in LASTING if each[0] in lasting) or LASTING,
        tuple(each for each in EXITS if brings[each[0]]),
        asset in venue.extended_hours,
        asset in venue.notional,
    )
