"""How the paper broker behaves: what it fills, how fast, what it lends, and what goes wrong."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import timedelta
from decimal import Decimal

from puffin.errors import ParameterError
from puffin.types import ZERO

_ONE = Decimal(1)
_MOST: dict[str, Decimal] = {
    "participation": _ONE,
    "extra_spread_bps": Decimal(1_000),
    "improvement": Decimal("0.5"),
    "reject_rate": _ONE,
    "halt_move": _ONE,
    "leverage": Decimal(10),
    "borrow_rate": Decimal(10),
    "interest_rate": Decimal(10),
}


@dataclass(frozen=True, slots=True)
class PaperSettings:
    """What a paper account is like. Left alone, every order fills whole and at once, for cash.

    Shares are ratios: 0.10 is 10 %. The same seed, orders and quotes give the same fills.

    Args:
        seed: Decides what is random: price improvement and refusals.
        latency: How long an order, a change or a cancellation is on its way, in market time. An
            order may fill meanwhile.
        participation: The share of what the market trades between two quotes that orders may
            fill; the rest waits. None fills every order whole, as does a market that tells no
            volume.
        extra_spread_bps: Widens each quote by that many hundredths of a percent of its price.
        improvement: The largest share of the spread by which an order that takes the market's
            price may do better than the quote, at random; at 0.5 it may reach the middle.
        reject_rate: How many of the orders the exchange refuses, at random.
        halt_move: A price that moves by this share within `halt_time` halts its symbol for
            `halt_time`; 0 halts nothing.
        halt_time: See `halt_move`.
        leverage: How many times its equity an account may hold. At 1 it is a cash account: buys
            need cash. Above, opening orders need buying power, see `maintenance`.
        maintenance: The share of what is held that equity must cover at each close. Else there
            is a margin call: the broker closes every position of the account at the next open.
            None is half of what a position takes to open. It needs leverage.
        borrow_rate: Annual fee for borrowed shares, as a share of their value, for each night.
        interest_rate: Annual interest on borrowed money, for each night.
        short: Whether more may be sold than is held.

    Raises:
        ParameterError: If one of them makes no sense.
    """

    seed: int = 0
    latency: timedelta = timedelta(0)
    participation: Decimal | None = None
    extra_spread_bps: Decimal = ZERO
    improvement: Decimal = ZERO
    reject_rate: Decimal = ZERO
    halt_move: Decimal = ZERO
    halt_time: timedelta = timedelta(minutes=5)
    leverage: Decimal = _ONE
    maintenance: Decimal | None = None
    borrow_rate: Decimal = ZERO
    interest_rate: Decimal = ZERO
    short: bool = True

    def __post_init__(self) -> None:
        for field in fields(self):
            most = _MOST.get(field.name)
            value: Decimal | None = getattr(self, field.name)
            if most is None or value is None:
                continue
            words = field.name.removesuffix("_bps").replace("_", " ")
            if not (value.is_finite() and 0 <= value <= most):
                raise ParameterError(f"The {words} must be between 0 and {most}.")
        if self.leverage < 1:
            raise ParameterError("The leverage must be at least 1: a cash account.")
        if self.participation is not None and not self.participation:
            raise ParameterError("The participation must be more than 0, or nothing ever fills.")
        if not timedelta(0) <= self.latency <= timedelta(hours=1):
            raise ParameterError("The latency must be between 0 and one hour.")
        if not timedelta(0) < self.halt_time <= timedelta(days=1):
            raise ParameterError("The halt time must be more than 0 and at most a day.")
        if self.maintenance is not None and not 0 <= self.maintenance < 1 / self.leverage:
            raise ParameterError(
                "The maintenance margin must be less than what a position takes to open: "
                f"{1 / self.leverage:.1%} of it."
            )

    @property
    def margin(self) -> bool:
        """Whether the account may borrow money."""
        return self.leverage > 1

    @property
    def maintenance_share(self) -> Decimal:
        """The share of what is held that equity must cover at each close."""
        if self.maintenance is not None:
            return self.maintenance
        return _ONE / self.leverage / 2 if self.margin else ZERO
