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
    """An estimate at the prices of now; what cannot be known without a price is None.

    `at_risk` is what the stop loss would lose, `reward` what the target would gain.
    """

    cost: Decimal | None
    commission: Decimal | None
    cash_after: Decimal | None
    share_after: Decimal | None
    verdicts: tuple[Verdict, ...]
    reduces: bool
    at_risk: Decimal | None = None
    reward: Decimal | None = None

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
    units = ticket.quantity * ticket.multiplier
    commission = facts.costs.commission(ticket.quantity, price)
    value = units * price if ticket.notional is None else ticket.notional
    cost = ticket.side.sign * value + commission
    after = facts.holding + ticket.side.sign * ticket.quantity
    share = None
    if facts.equity is not None and facts.equity > ZERO:
        share = abs(after) * ticket.multiplier * price / facts.equity
    risk = None if ticket.stop_loss is None else abs(price - ticket.stop_loss) * units
    reward = None if ticket.take_profit is None else abs(ticket.take_profit - price) * units
    if ticket.one_cancels_other:  # it closes what is held: nothing new is put at risk
        risk = reward = None
    cash = facts.cash - cost
    return Impact(cost, commission, cash, share, verdicts, facts.reduces, risk, reward)
