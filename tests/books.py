"""Whether a whole app's orders, fills, cash and positions tell one story."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

from puffin.types import OrderStatus

if TYPE_CHECKING:
    from puffling.commands.context import Context

PATIENCE = 120.0


async def all_told(context: Context) -> None:
    """Wait for what the broker has done already and not yet said: a fill at the first quote."""
    broker, ours = context.orders.broker, context.portfolio
    with suppress(TimeoutError):  # then they differ for good, and `books_agree` says where
        async with asyncio.timeout(PATIENCE):
            while ours.cash != await broker.cash() or ours.positions() != await broker.positions():  # noqa: ASYNC110 - the broker does not say when it has nothing more to say
                await asyncio.sleep(0.001)


async def books_agree(context: Context) -> None:
    """Fail unless what is stored, what is shown and what the broker says are the same."""
    await all_told(context)
    orders, fills = context.orders, context.orders.fills()
    cash = context.portfolio.account.starting_cash + sum(each.cash_change for each in fills)
    assert context.portfolio.cash == await orders.broker.cash() == cash
    assert context.portfolio.positions() == await orders.broker.positions()
    for order in orders.all():
        own = [each for each in fills if each.order_id == order.id]
        assert order.filled_quantity == sum(each.quantity for each in own)
        assert len(own) <= 1
        assert (order.status is OrderStatus.FILLED) == bool(own)
        assert all(each.at >= order.market_time for each in own)
