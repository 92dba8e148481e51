"""What a rule says of an order, and the few words every rule needs."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from puffin.execution.costs import CENT, FINEST_PRICE

if TYPE_CHECKING:
    from puffin.risk.facts import Facts

STEPS = "too fine: prices are in whole cents, below a dollar in hundredths of a cent."
HALF = Decimal("0.5")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one rule says, with the numbers it compared; a warning allows but wants to be read."""

    rule: str
    allowed: bool
    text: str
    limit: Decimal | None = None
    used: Decimal | None = None
    warning: bool = False


def passed(
    rule: str,
    text: str,
    limit: Decimal | None = None,
    used: Decimal | None = None,
    *,
    warning: bool = False,
) -> Verdict:
    """Return a yes."""
    return Verdict(rule, allowed=True, text=text, limit=limit, used=used, warning=warning)


def refused(
    rule: str, text: str, limit: Decimal | None = None, used: Decimal | None = None
) -> Verdict:
    """Return a no."""
    return Verdict(rule, allowed=False, text=text, limit=limit, used=used)


def between_steps(price: Decimal) -> bool:
    """Whether exchanges take no order at `price`: it is finer than their step."""
    step = CENT if abs(price) >= 1 else FINEST_PRICE
    return price != price.quantize(step)


def market_of(facts: Facts) -> Decimal:
    """Return the market's price; a rule that needs one runs only when there is one.

    Raises:
        ValueError: There is none.
    """
    if facts.market is None:
        raise ValueError("this rule needs a price")
    return facts.market


def units(facts: Facts, number: Decimal) -> str:
    """Return a quantity in words: shares, contracts, or units of a crypto pair."""
    words = f"{number.normalize():,f}"
    name = {"option": "contract", "crypto": "unit"}.get(facts.ticket.asset.value, "share")
    return f"{words} {name}" if number == 1 else f"{words} {name}s"
