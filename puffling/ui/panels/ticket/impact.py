"""What an order would do to cash and position, and what every limit says of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from puffin.risk.limits import check, refusals
from puffin.types import ZERO

if TYPE_CHECKING:
    from decimal import Decimal

    from puffin.risk.facts import Facts
    from puffin.risk.limits import Verdict


@dataclass(frozen=True, slots=True)
class Impact:
    """An estimate at the prices of now; what cannot be known without a price is None."""

    cost: Decimal | None
    commission: Decimal | None
    cash_after: Decimal | None
    share_after: Decimal | None
    verdicts: tuple[Verdict, ...]
    reduces: bool

    @property
    def refusal(self) -> str:
        """The first reason why a limit refuses it; empty if all let it pass."""
        refused = refusals(list(self.verdicts))
        return refused[0].text if refused else ""


def impact_of(facts: Facts) -> Impact:
    """Work out what the order in `facts` would do, valued as the confirmation values it."""
    verdicts = tuple(check(facts))
    if facts.market is None:
        return Impact(None, None, None, None, verdicts, facts.reduces)
    ticket = facts.ticket
    price = ticket.limit_price or ticket.stop_price or facts.market
    commission = facts.costs.commission(ticket.quantity, price)
    cost = ticket.side.sign * ticket.quantity * price + commission
    after = facts.holding + ticket.side.sign * ticket.quantity
    share = None
    if facts.equity is not None and facts.equity > ZERO:
        share = abs(after) * price / facts.equity
    return Impact(cost, commission, facts.cash - cost, share, verdicts, facts.reduces)
