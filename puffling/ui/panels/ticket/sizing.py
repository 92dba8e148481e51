"""How large an order is: as typed, or worked out from an amount, the equity, or the risk."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from enum import StrEnum

from puffin.execution.ledger import FINEST_QUANTITY
from puffin.types import ZERO

PERCENT = Decimal(100)
ONE = Decimal(1)


class SizeBy(StrEnum):
    """What the size field means."""

    QUANTITY = "quantity"
    AMOUNT = "amount"
    EQUITY = "equity"
    RISK = "risk"


TITLES: tuple[tuple[SizeBy, str], ...] = (
    (SizeBy.QUANTITY, "units"),
    (SizeBy.AMOUNT, "dollars"),
    (SizeBy.EQUITY, "% of equity"),
    (SizeBy.RISK, "% at risk"),
)
CAPTIONS = {
    SizeBy.QUANTITY: "Quantity",
    SizeBy.AMOUNT: "Amount",
    SizeBy.EQUITY: "Share",
    SizeBy.RISK: "Risk",
}


@dataclass(frozen=True, slots=True)
class Ground:
    """What a size is worked out from.

    Args:
        price: What one unit costs: the order's own price, or the market's for its side.
        stop: Where the loss would be taken.
        equity: Worth of the account; None while it is not known.
        multiplier: Units of the underlying in one unit.
        amounts: Whether the broker takes orders for an amount of this.
    """

    price: Decimal | None
    stop: Decimal | None
    equity: Decimal | None
    multiplier: Decimal = ONE
    amounts: bool = False


@dataclass(frozen=True, slots=True)
class Sized:
    """A size, or why there is none. `notional` is set when the broker gets the amount itself."""

    quantity: Decimal | None = None
    notional: Decimal | None = None
    problem: str = ""


def sized(size: Decimal | None, by: SizeBy, ground: Ground) -> Sized:
    """Return how many units `size` stands for, rounded down.

    Of the equity: equity x percent / price. By risk: equity x percent / distance from the price
    to the stop, so that the stop loses that share of the equity.
    """
    if size is None:
        return Sized(problem=f"Enter {_wanted(by)}.")
    if by is SizeBy.QUANTITY:
        return Sized(size)
    problem = _lacks(by, ground)
    if problem or ground.price is None:
        return Sized(problem=problem)
    unit = ground.price * ground.multiplier
    if by is SizeBy.AMOUNT:
        step = FINEST_QUANTITY if ground.amounts else ONE
        return _some(size / unit, step, notional=size if ground.amounts else None)
    money = (ground.equity or ZERO) * size / PERCENT
    if by is SizeBy.RISK and ground.stop is not None:
        unit = abs(ground.price - ground.stop) * ground.multiplier
    return _some(money / unit, ONE)


def _lacks(by: SizeBy, ground: Ground) -> str:
    """Return what is not known that `by` needs; empty when all is."""
    by_equity, by_risk = by is not SizeBy.AMOUNT, by is SizeBy.RISK
    unpriced = ground.price is None or ground.price <= ZERO
    poor = by_equity and (ground.equity is None or ground.equity <= ZERO)
    lacking = (
        (unpriced, "There is no price to work the size out with."),
        (poor, "The account's equity is not known."),
        (by_risk and ground.stop is None, "Enter a stop loss to size by the risk."),
        (
            by_risk and ground.stop == ground.price,
            "The stop loss is at the price: there is no risk to size by.",
        ),
    )
    return next((words for lacks, words in lacking if lacks), "")


def _some(exact: Decimal, step: Decimal, *, notional: Decimal | None = None) -> Sized:
    quantity = (exact / step).to_integral_value(ROUND_FLOOR) * step
    if quantity <= 0:
        return Sized(problem="That is less than one unit.")
    return Sized(quantity, notional)


def _wanted(by: SizeBy) -> str:
    return {
        SizeBy.QUANTITY: "a quantity",
        SizeBy.AMOUNT: "an amount",
        SizeBy.EQUITY: "a share of the equity",
        SizeBy.RISK: "the share of the equity to risk",
    }[by]
