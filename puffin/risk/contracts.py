"""Options as the limits see them: what is behind a contract, and the most several can lose."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from puffin.types import OPTION_SYMBOL, ZERO, Side

if TYPE_CHECKING:
    from puffin.types import Leg

_TAIL = 15  # six digits of the day, a letter, eight digits of the strike


@dataclass(frozen=True, slots=True)
class Contract:
    """What an option's symbol says."""

    root: str
    expires: date
    is_call: bool
    strike: Decimal

    def worth(self, price: Decimal) -> Decimal:
        """Return what one unit is worth at its end, when the underlying stands at `price`."""
        return max(ZERO, price - self.strike if self.is_call else self.strike - price)


def contract_of(symbol: str) -> Contract | None:
    """Return the contract that `symbol` names; None when it names no option, or no real day."""
    if not OPTION_SYMBOL.match(symbol):
        return None
    day, kind, strike = symbol[-_TAIL:-9], symbol[-9], symbol[-8:]
    try:
        expires = date(2000 + int(day[:2]), int(day[2:4]), int(day[4:]))
    except ValueError:
        return None
    return Contract(symbol[:-_TAIL], expires, kind == "C", Decimal(int(strike)) / 1000)


def least_worth(legs: tuple[Leg, ...]) -> Decimal | None:
    """Return the least that one unit of `legs` can be worth at the end; None without a bound.

    A bought leg that ends before a sold one counts for nothing: it may be gone when it is needed.
    """
    read = [(each, contract_of(each.symbol)) for each in legs]
    known = [(leg, contract) for leg, contract in read if contract is not None]
    if len(known) < len(read):
        return None
    ends = [contract.expires for leg, contract in known if leg.side is Side.SELL]
    last = max(ends, default=date.min)
    counted = [
        (leg.side.sign * leg.ratio, contract)
        for leg, contract in known
        if leg.side is Side.SELL or contract.expires >= last
    ]
    if sum(count for count, contract in counted if contract.is_call) < 0:
        return None  # each further dollar of the underlying costs more
    corners = [ZERO, *(contract.strike for _, contract in counted)]
    return min(sum((n * each.worth(at) for n, each in counted), start=ZERO) for at in corners)
