"""Takes an account at a broker into the books: what it holds when Puffling first sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from puffin.broker.base import Activity
from puffin.errors import BrokerError
from puffin.types import ZERO, multiplier_of
from puffling.store.accounts import Account

if TYPE_CHECKING:
    from decimal import Decimal

    from puffin.broker.base import Broker
    from puffin.types import Position
    from puffling.core.clock import Clock

OPENING = "opening"
TRIES = 5


async def take_in(
    broker: Broker, mode: str, account_id: str, clock: Clock
) -> tuple[Account, tuple[Activity, ...]]:
    """Return the account as the books begin it, and an activity for each position it holds.

    Cash and positions are read until they stand still, so that they belong together. What the
    account trades after `market_start`, by the broker's clock, is booked from its fills; what it
    did before is in these figures.

    Raises:
        BrokerError: The broker cannot be asked, or the account does not stand still.
    """
    for _ in range(TRIES):
        before = (await broker.cash(), await broker.positions())
        at = (await broker.clock()).now
        cash, positions = await broker.cash(), await broker.positions()
        if before == (cash, positions):
            break
    else:
        raise BrokerError(
            "The account is being traded elsewhere; its cash and positions do not stand still.",
            hint="Try again in a moment.",
        )
    held = tuple(
        Activity(
            id=f"{OPENING} {each.symbol}",
            kind=OPENING,
            at=at,
            amount=-_cost(each),
            symbol=each.symbol,
            quantity=each.quantity,
            text="Held when Puffling first saw the account",
        )
        for each in positions
    )
    account = Account(
        id=account_id,
        mode=mode,
        starting_cash=cash + sum(map(_cost, positions), start=ZERO),
        opened_at=clock.now(),
        market_start=at,
        number=(await broker.account()).number,
    )
    return account, held


def _cost(position: Position) -> Decimal:
    return position.quantity * position.average_cost * multiplier_of(position.symbol)
