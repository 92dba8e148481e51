"""How large a position should be, by one of four rules."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar

from puffling.core.errors import BadValueError

if TYPE_CHECKING:
    from puffin.risk.sizing import Purse, Size

T = TypeVar("T")


class SizeMethod(StrEnum):
    """How a position's size is found."""

    FIXED = "fixed"  # a share of equity lost at the stop
    VOLATILITY = "volatility"  # the same at a move of some average true ranges
    FRACTION = "fraction"  # a share of equity
    KELLY = "kelly"  # the share that lets equity grow fastest, or a part of it

    @property
    def label(self) -> str:
        """The rule in words."""
        return _LABELS[self]


_LABELS = {
    SizeMethod.FIXED: "Risk to the stop",
    SizeMethod.VOLATILITY: "Risk by the usual range",
    SizeMethod.FRACTION: "Share of equity",
    SizeMethod.KELLY: "Kelly",
}


@dataclass(frozen=True, slots=True)
class SizeAsked:
    """What is known of a trade; each rule takes what concerns it.

    `risk` is the share of equity that may be lost, `atr` the average true range in dollars,
    `fraction` a share of equity or of Kelly's bet, `payoff` the mean win over the mean loss.
    """

    entry: Decimal
    risk: Decimal = Decimal("0.01")
    stop: Decimal | None = None
    atr: Decimal | None = None
    multiple: Decimal = Decimal(2)
    fraction: Decimal | None = None
    win_rate: float | None = None
    payoff: float | None = None


def size_of(method: SizeMethod, asked: SizeAsked, purse: Purse) -> Size:
    """Return how many shares to trade.

    Raises:
        BadValueError: Something that the method needs is missing.
        ParameterError: A number makes no sense.
    """
    from puffin.risk import sizing

    if method is SizeMethod.FIXED:
        stop = _given(asked.stop, "a stop")
        return sizing.fixed_fractional(purse, risk=asked.risk, entry=asked.entry, stop=stop)
    if method is SizeMethod.VOLATILITY:
        return sizing.volatility_size(
            purse,
            risk=asked.risk,
            entry=asked.entry,
            atr=_given(asked.atr, "the average true range"),
            multiple=asked.multiple,
        )
    if method is SizeMethod.FRACTION:
        chosen = _given(asked.fraction, "a share of equity")
    else:
        part = sizing.HALF if asked.fraction is None else float(asked.fraction)
        rate = _given(asked.win_rate, "the share of trades that win")
        ratio = _given(asked.payoff, "the mean win over the mean loss")
        chosen = Decimal(str(round(sizing.kelly(rate, ratio, fraction=part), 6)))
    return sizing.fraction_size(purse, fraction=chosen, entry=asked.entry)


def _given(value: T | None, name: str) -> T:
    if value is None:
        raise BadValueError(f"This way to size needs {name}.")
    return value
