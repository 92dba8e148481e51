"""Target shares of an account: which make sense, and how far what is held is from them."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from puffin.types import ZERO
from puffling.core import formats
from puffling.core.errors import BadValueError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from puffling.store.goals import Goal

CASH = "CASH"
ONE = Decimal(1)
FINEST = Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class DriftRow:
    """One share of the account, cash among them; `foreign` is what the goal does not name."""

    symbol: str
    target: Decimal
    weight: Decimal
    foreign: bool = False

    @property
    def drift(self) -> Decimal:
        """How far it is above its target, as a share of the account."""
        return self.weight - self.target


@dataclass(frozen=True, slots=True)
class GoalState:
    """A goal and how far the account is from it; `why_not` says why that is not known."""

    goal: Goal
    rows: tuple[DriftRow, ...] = ()
    why_not: str = ""

    @property
    def largest(self) -> Decimal | None:
        """The largest distance from a target, above or below; None if it is not known."""
        return max((abs(each.drift) for each in self.rows), default=None)

    @property
    def is_missed(self) -> bool:
        """Whether a share is off by more than the goal allows."""
        return self.largest is not None and self.largest > self.goal.band


def check_targets(targets: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """Return targets that make sense: each symbol once, together at most all of the money.

    Raises:
        BadValueError: There are none, one is named twice or below zero, or they are too much.
    """
    known: dict[str, Decimal] = {}
    for name, share in targets.items():
        symbol = name.strip().upper()
        if symbol in known:
            raise BadValueError(f"{symbol} is named twice.", hint="Name each symbol once.")
        if not share.is_finite() or not ZERO <= share <= ONE:
            raise BadValueError(f"The share of {symbol} must lie between 0 % and 100 %.")
        known[symbol] = share
    total = sum(known.values(), ZERO)
    cash = known.pop(CASH, None)
    if not any(known.values()):
        raise BadValueError("Name at least one symbol.", hint="Such as AAPL:0.6,GOOG:0.3")
    if total > ONE:
        raise BadValueError(f"The shares add up to {formats.percent(total)}, more than 100 %.")
    if cash is not None and total != ONE:
        raise BadValueError(f"With cash the shares add up to {formats.percent(total)}, not 100 %.")
    return known


def exact_targets(weights: Mapping[str, float]) -> dict[str, Decimal]:
    """Return weights as exact shares; what rounding adds is taken from the largest.

    Raises:
        BadValueError: They make no goal.
    """
    shares = {
        each.strip().upper(): Decimal(str(weight)).quantize(FINEST)
        for each, weight in weights.items()
    }
    off = sum(shares.values(), ZERO) - ONE
    if shares and abs(off) <= FINEST * len(shares):
        largest = max(shares, key=lambda symbol: shares[symbol])
        shares[largest] -= off
    return check_targets(shares)


def targets_beside(
    goal: Goal, weights: Mapping[str, Decimal], leave: Collection[str]
) -> tuple[dict[str, Decimal], str]:
    """Return the share each symbol is meant to have, and a note on what is left alone.

    What is left alone keeps its share; when the others do not fit beside it they shrink alike.
    """
    alone = {each: weights.get(each, ZERO) for each in leave}
    others = {symbol: each for symbol, each in goal.targets.items() if symbol not in alone}
    taken, wanted = sum(alone.values(), ZERO), sum(others.values(), ZERO)
    if taken + wanted <= ONE or not wanted:
        return others | alone, ""
    room = max(ZERO, ONE - taken)
    shrunk = {symbol: each * room / wanted for symbol, each in others.items()}
    share = formats.percent(taken, places=1)
    return shrunk | alone, f"What is left alone is {share} of the account; the rest is split."
