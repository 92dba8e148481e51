"""How much to trade: from the money that may be lost, from an edge, or from the usual range.

Quantities are rounded down, so a size never risks more than was asked for.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from decimal import ROUND_FLOOR, Decimal
from typing import Final

from puffin.errors import ParameterError
from puffin.types import ZERO, Side

ONE: Final = Decimal(1)
HALF: Final = 0.5
ATR_MULTIPLE: Final = Decimal(2)
SHORT: Final = "The stop lies above the entry, so this sizes a short sale."


@dataclass(frozen=True, slots=True)
class Size:
    """How many shares, and why not more.

    Attributes:
        quantity: Shares to trade.
        wanted: Shares that the rule asked for, before rounding and capping.
        value: Money they cost.
        at_risk: Money lost if the stop is hit at its price.
        capped: Whether the buying power, not the risk, set the size.
        text: The sum in words.
        side: Which way the trade goes: a stop above the entry belongs to a short sale.
    """

    quantity: Decimal
    wanted: Decimal
    value: Decimal
    at_risk: Decimal
    capped: bool
    text: str
    side: Side = Side.BUY


@dataclass(frozen=True, slots=True)
class Purse:
    """What there is to trade with.

    Args:
        equity: Worth of the account.
        buying_power: Money that may be spent; None for as much as the equity.
        lot: Shares are traded in multiples of it; 1 for whole shares.

    Raises:
        ParameterError: With a sentence that names the field.
    """

    equity: Decimal
    buying_power: Decimal | None = None
    lot: Decimal = ONE

    def __post_init__(self) -> None:
        _positive(self.equity, "The equity")
        _positive(self.lot, "The lot")
        if self.buying_power is not None and not (
            self.buying_power.is_finite() and self.buying_power >= 0
        ):
            raise ParameterError("The buying power must be zero or more.")

    @property
    def spendable(self) -> Decimal:
        """Money that may be spent."""
        return self.equity if self.buying_power is None else self.buying_power


def fixed_fractional(purse: Purse, *, risk: Decimal, entry: Decimal, stop: Decimal) -> Size:
    """Size so that a stop loses a fixed share of the equity: equity x risk / |entry - stop|.

    A stop above the entry is that of a short sale; the result says so.

    Raises:
        ParameterError: A risk outside (0, 1], a price that is not above zero, or a stop at the
            entry, from which no size follows.

    Example:
        >>> purse = Purse(Decimal(100_000))
        >>> fixed_fractional(
        ...     purse, risk=Decimal("0.01"), entry=Decimal(50), stop=Decimal(48)
        ... ).quantity
        Decimal('500')
    """
    _positive(stop, "The stop")
    _positive(entry, "The entry")
    distance = abs(entry - stop)
    if not distance:
        raise ParameterError("The stop is at the entry: no size follows from a distance of zero.")
    found = _sized(purse, risk, entry, distance, f"the stop {distance:f} away")
    if stop < entry:
        return found
    text = f"{found.text} {SHORT}"
    return replace(found, side=Side.SELL, text=text)


def volatility_size(
    purse: Purse, *, risk: Decimal, entry: Decimal, atr: Decimal, multiple: Decimal = ATR_MULTIPLE
) -> Size:
    """Size so that a move of some average true ranges loses a share of the equity.

    equity x risk / (ATR x multiple): fewer shares of what moves more.

    Raises:
        ParameterError: A number that makes no sense.
    """
    _positive(entry, "The entry")
    _positive(atr, "The average true range")
    _positive(multiple, "The multiple of the range")
    return _sized(purse, risk, entry, atr * multiple, f"a move of {multiple:f} ranges of {atr:f}")


def fraction_size(purse: Purse, *, fraction: Decimal, entry: Decimal) -> Size:
    """Size as a share of the equity, such as Kelly's: equity x fraction / price.

    All of it is at risk, as there is no stop.

    Raises:
        ParameterError: A fraction outside [0, 1], or a price that is not above zero.
    """
    if not (fraction.is_finite() and 0 <= fraction <= 1):
        raise ParameterError("The share of equity must lie between 0 % and 100 %.")
    _positive(entry, "The entry")
    wanted = purse.equity * fraction / entry
    return _capped(purse, wanted, entry, entry, f"{fraction:%} of {purse.equity:,f}")


def kelly(win_rate: float, payoff: float, *, fraction: float = HALF) -> float:
    """Return the share of equity that lets it grow fastest: (p b - (1 - p)) / b, times `fraction`.

    Never below 0 (without an edge do not bet) nor above 1. Half of it, the default, grows three
    quarters as fast with half the swings; the whole is for those who know their edge exactly
    (Kelly 1956, Thorp 2006).

    Args:
        win_rate: Share of trades that win.
        payoff: Mean win over mean loss.
        fraction: Share of the full bet.

    Raises:
        ParameterError: A number that makes no sense.

    Example:
        >>> round(kelly(0.55, 1.5), 3)
        0.125
    """
    return _bet(full_kelly(win_rate, payoff), fraction)


def full_kelly(win_rate: float, payoff: float) -> float:
    """Return Kelly's bet as the formula gives it: below zero without an edge."""
    if not 0 <= win_rate <= 1:
        raise ParameterError("The win rate must lie between 0 % and 100 %.")
    if not (payoff > 0 and math.isfinite(payoff)):
        raise ParameterError("The mean win over the mean loss must be a number above zero.")
    return (win_rate * payoff - (1 - win_rate)) / payoff


def payoff(mean_win: float, mean_loss: float) -> float:
    """Return mean win over mean loss, both as sums of money above zero.

    Raises:
        ParameterError: One of them is not above zero.
    """
    if not (mean_win > 0 and mean_loss > 0 and math.isfinite(mean_win / mean_loss)):
        raise ParameterError("The mean win and the mean loss must both be more than zero.")
    return mean_win / mean_loss


def continuous_kelly(excess_return: float, volatility: float, *, fraction: float = HALF) -> float:
    """Return Kelly's share for a holding that moves all the time: (m - r) / s^2, times `fraction`.

    Both are annual. Not below 0, nor above 1, where borrowing would begin.

    Raises:
        ParameterError: A volatility that is not above zero.
    """
    return _bet(full_continuous_kelly(excess_return, volatility), fraction)


def full_continuous_kelly(excess_return: float, volatility: float) -> float:
    """Return the continuous bet as the formula gives it: above 1 is borrowed money."""
    if not (volatility > 0 and math.isfinite(volatility) and math.isfinite(excess_return)):
        raise ParameterError("The volatility must be more than zero.")
    return excess_return / volatility**2


def _bet(full: float, fraction: float) -> float:
    if not 0 < fraction <= 1:
        raise ParameterError("The fraction of the bet must lie between 0 and 1.")
    return min(max(full * fraction, 0.0), 1.0)


def _sized(purse: Purse, risk: Decimal, entry: Decimal, distance: Decimal, reason: str) -> Size:
    if not (risk.is_finite() and 0 < risk <= 1):
        raise ParameterError("The risk must be more than 0 % and at most 100 % of the equity.")
    wanted = purse.equity * risk / distance
    return _capped(purse, wanted, entry, distance, f"{risk:%} of {purse.equity:,f}, {reason}")


def _capped(purse: Purse, wanted: Decimal, entry: Decimal, loss: Decimal, reason: str) -> Size:
    affordable = purse.spendable / entry
    capped = wanted > affordable
    lots = (min(wanted, affordable) / purse.lot).to_integral_value(ROUND_FLOOR)
    quantity = max(lots * purse.lot, ZERO)
    text = f"{quantity:,f} shares: {reason}"
    text += "; the buying power allows no more." if capped else "."
    return Size(quantity, wanted, quantity * entry, quantity * loss, capped, text)


def _positive(value: Decimal, name: str) -> None:
    if not (value.is_finite() and value > 0):
        raise ParameterError(f"{name} must be more than zero.")
