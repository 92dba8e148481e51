"""Cash, positions and profit, kept by booking fills and splits one after the other."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from puffin.types import ZERO, Position, multiplier_of

if TYPE_CHECKING:
    from puffin.types import Fill, Split

FINEST_QUANTITY = Decimal("0.000001")


@dataclass(slots=True)
class _Line:
    """What is held of one symbol; `cost` is signed as `quantity` is."""

    quantity: Decimal = ZERO
    cost: Decimal = ZERO
    realised: Decimal = ZERO


class Ledger:
    """Books what happened; decides nothing.

    Positions are kept at average cost. Commissions are not part of the cost: they lower cash and
    realised profit when they are paid, as fees do, and dividends raise them. So, at any prices,
    `cash + value of positions == starting cash + realised + unrealised`, an option's price times
    what its contract stands for.
    """

    def __init__(self, cash: Decimal) -> None:
        self._cash = cash
        self._lines: dict[str, _Line] = {}

    @property
    def cash(self) -> Decimal:
        """Money not invested; the proceeds of short sales are in it."""
        return self._cash

    @property
    def realised(self) -> Decimal:
        """Profit taken on every symbol so far, less every commission."""
        return sum((line.realised for line in self._lines.values()), ZERO)

    def realised_on(self, symbol: str) -> Decimal:
        """Profit taken on `symbol`, also when nothing of it is held now."""
        line = self._lines.get(symbol)
        return ZERO if line is None else line.realised

    def book(self, fill: Fill) -> None:
        """Take a fill into cash, position and realised profit."""
        line = self._lines.setdefault(fill.symbol, _Line())
        change = fill.side.sign * fill.quantity
        closed = ZERO
        if line.quantity * change < 0:
            closed = change if abs(change) < abs(line.quantity) else -line.quantity
            whole = closed == -line.quantity
            cost = line.cost if whole else line.cost * -closed / line.quantity
            line.realised += (-closed * fill.price - cost) * multiplier_of(fill.symbol)
            line.quantity += closed
            line.cost -= cost
        opened = change - closed
        line.quantity += opened
        line.cost += opened * fill.price
        line.realised -= fill.commission
        self._cash += fill.cash_change

    def pay(self, amount: Decimal, symbol: str = "") -> None:
        """Take in a dividend, or with a negative amount a fee or interest, as profit."""
        self._cash += amount
        self._lines.setdefault(symbol, _Line()).realised += amount

    def deposit(self, amount: Decimal) -> None:
        """Take in money from outside, or let it go when negative; it is no profit."""
        self._cash += amount

    def split(self, split: Split) -> None:
        """Turn each old share into `ratio` new ones; what they cost stays the same."""
        line = self._lines.get(split.symbol)
        if line is None:
            return
        line.quantity = split_quantity(line.quantity, split.ratio)
        if not line.quantity:  # less than a millionth of a share was left
            line.realised -= line.cost * multiplier_of(split.symbol)
            line.cost = ZERO

    def position(self, symbol: str) -> Position | None:
        """What is held of `symbol`; None when nothing is."""
        line = self._lines.get(symbol)
        if line is None or not line.quantity:
            return None
        return Position(symbol, line.quantity, line.cost / line.quantity, line.realised)

    def positions(self) -> list[Position]:
        """Everything that is held, by symbol."""
        found = (self.position(symbol) for symbol in sorted(self._lines))
        return [each for each in found if each is not None]


def split_quantity(quantity: Decimal, ratio: Decimal) -> Decimal:
    """Return a quantity in new shares, to a millionth of a share."""
    changed = quantity * ratio
    return changed if changed == changed.to_integral_value() else changed.quantize(FINEST_QUANTITY)
