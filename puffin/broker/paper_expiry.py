"""Options at their end: what they are worth, and the broker's own order that settles them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from puffin.data.sessions import exchange_date
from puffin.errors import ParameterError
from puffin.options.contract import parse_occ
from puffin.types import ZERO, AssetClass, Order, OrderStatus, Side, Ticket, asset_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from decimal import Decimal

    from puffin.options.contract import OptionContract
    from puffin.types import Position


def has_expired(symbol: str, at: datetime) -> bool:
    """Whether `symbol` is an option whose last day ended with the close `at`."""
    contract = _contract(symbol)
    return contract is not None and contract.expiry <= exchange_date(at)


def worth_at_expiry(
    symbol: str, at: datetime, price: Callable[[str], Decimal | None]
) -> Decimal | None:
    """Return what an option that expired is worth; None for anything else, or without a price."""
    contract = _contract(symbol)
    if contract is None or contract.expiry > exchange_date(at):
        return None
    last = price(contract.root)
    if last is None:
        return None
    return max(last - contract.strike if contract.is_call else contract.strike - last, ZERO)


def expiry_order(account: str, position: Position, at: datetime, worth: Decimal) -> Order:
    """Return the broker's own order that closes an option at its worth."""
    side = Side.SELL if position.quantity > 0 else Side.BUY
    return Order(
        id=f"expiry-{exchange_date(at)}-{position.symbol}",
        account=account,
        ticket=Ticket(position.symbol, side, abs(position.quantity)),
        status=OrderStatus.WORKING,
        created_at=at,
        market_time=at,
        updated_at=at,
        reason=f"The option expired and was settled at {worth:,.2f}.",
        asked_by="broker",
        external=True,
    )


def _contract(symbol: str) -> OptionContract | None:
    if asset_of(symbol) is not AssetClass.OPTION:
        return None
    try:
        return parse_occ(symbol)
    except ParameterError:
        return None
