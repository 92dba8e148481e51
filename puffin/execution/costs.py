"""What trading costs: commission and slippage, the same for backtests and the paper broker."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, NamedTuple

from puffin.errors import ParameterError
from puffin.types import ZERO

if TYPE_CHECKING:
    from puffin.types import Side

CENT = Decimal("0.01")
FINEST_PRICE = Decimal("0.0001")
BASIS_POINTS = Decimal(10_000)
PERCENT = Decimal(100)
HALF = Decimal("0.5")
_MOST = {
    "percent": Decimal(100),
    "slippage_bps": Decimal(1_000),
    "spread_bps": Decimal(1_000),
    "impact_percent": Decimal(100),
}


class Rates(NamedTuple):
    """The same costs as plain ratios and floats, for the loop of a backtest; nothing is rounded.

    `slippage` has half the spread in it: bars know one price, so each side pays its half.
    """

    per_order: float
    per_share: float
    ratio: float
    minimum: float
    slippage: float
    slippage_money: float = 0.0
    impact: float = 0.0

    def commission(self, quantity: float, price: float) -> float:
        """Return the commission of one fill of `quantity` (a positive number) at `price`."""
        cost = self.per_order + self.per_share * quantity + self.ratio * quantity * price
        return max(self.minimum, cost)

    def slipped(self, price: float, sign: int, quantity: float = 0.0, volume: float = 0.0) -> float:
        """Return `price` moved against a buyer (`sign` +1) or a seller (-1), never below zero.

        `quantity` and the bar's `volume` matter if costs depend on volume.
        """
        against = self.slippage
        if self.impact > 0:
            share = min(1.0, quantity / volume) if volume > 0 else 1.0
            against += self.impact * math.sqrt(share)
        return max(0.0, price * (1.0 + sign * against) + sign * self.slippage_money)

    def affordable(self, money: float, price: float) -> float:
        """Return the most shares that `money` pays for at `price`, commission included."""
        if price <= 0:
            return 0.0
        by_rates = (money - self.per_order) / (price * (1.0 + self.ratio) + self.per_share)
        by_minimum = (money - self.minimum) / price
        return max(0.0, min(by_rates, by_minimum))


@dataclass(frozen=True, slots=True)
class Costs:
    """Commission of one fill and slippage of orders that take the market's price.

    Args:
        per_order: Money for each fill.
        per_share: Money for each share.
        percent: Percent of the fill's value; 0.1 means 0.1 %.
        minimum: The least a fill costs.
        slippage_bps: Hundredths of a percent by which a market or stop order fills worse than
            the price it was aimed at. Limit orders never slip.
        spread_bps: Between bid and ask, in hundredths of a percent: a backtest pays half of it
            on each market or stop order. Quotes have both prices, so brokers leave it out.
        slippage_per_share: Slippage as money for each share, on top of `slippage_bps`.
        impact_percent: By how many percent an order as large as the bar's volume moves the
            price; smaller ones by the square root of their share of it. Backtests only.

    Raises:
        ParameterError: If a cost is negative, not a number, or absurdly large.
    """

    per_order: Decimal = ZERO
    per_share: Decimal = ZERO
    percent: Decimal = ZERO
    minimum: Decimal = ZERO
    slippage_bps: Decimal = ZERO
    spread_bps: Decimal = ZERO
    slippage_per_share: Decimal = ZERO
    impact_percent: Decimal = ZERO

    def __post_init__(self) -> None:
        for field in fields(self):
            value: Decimal = getattr(self, field.name)
            words = field.name.removesuffix("_bps").removesuffix("_percent").replace("_", " ")
            if not value.is_finite() or value < 0:
                raise ParameterError(f"The cost {words!r} must be zero or more.")
            most = _MOST.get(field.name)
            if most is not None and value >= most:
                raise ParameterError(f"The cost {words!r} must be less than {most}.")

    @property
    def rates(self) -> Rates:
        """These costs as floats."""
        return Rates(
            float(self.per_order),
            float(self.per_share),
            float(self.percent / PERCENT),
            float(self.minimum),
            float((self.slippage_bps + self.spread_bps * HALF) / BASIS_POINTS),
            float(self.slippage_per_share),
            float(self.impact_percent / PERCENT),
        )

    def commission(self, quantity: Decimal, price: Decimal) -> Decimal:
        """Return the commission of one fill, in whole cents."""
        value = quantity * price
        cost = self.per_order + self.per_share * quantity + self.percent / PERCENT * value
        return max(self.minimum, cost).quantize(CENT, ROUND_HALF_UP)

    def slipped(self, price: Decimal, side: Side) -> Decimal:
        """Return `price` moved against the trader, to a hundredth of a cent."""
        if not self.slippage_bps and not self.slippage_per_share:
            return price
        slipped = price * (1 + side.sign * self.slippage_bps / BASIS_POINTS)
        slipped += side.sign * self.slippage_per_share
        return max(slipped, FINEST_PRICE).quantize(FINEST_PRICE)
