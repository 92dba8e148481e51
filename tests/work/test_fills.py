from __future__ import annotations

import asyncio
from decimal import Decimal

import pytest

from puffin.broker.base import Connected
from puffin.execution.costs import Costs
from puffin.types import OrderStatus, Side, Ticket
from puffling.core.errors import StoreFullError
from puffling.core.events import ConnectionChanged, FeedState, NoticePosted
from puffling.work.fills import FillFeed
from tests.fakes import OPEN, filled, until


@pytest.fixture
async def order(puffling, broker, gate):
    orders = puffling.context.orders
    orders.use(broker, Costs())
    await orders.connected(Connected(OPEN))
    proposal = orders.propose(Ticket("AAPL", Side.BUY, Decimal(10)), "test")
    return await orders.submit(proposal, gate.yes(proposal))


async def test_the_brokers_words_reach_the_orders(puffling, broker, order):
    heard: list[ConnectionChanged] = []
    puffling.bus.subscribe(ConnectionChanged, heard.append)
    feed = asyncio.create_task(FillFeed(puffling.context.orders, puffling.bus).run())
    broker.news.put_nowait(filled(order, "10", "569"))
    await until(puffling.context.orders.fills)
    assert puffling.context.orders.get(order.id).status is OrderStatus.FILLED
    feed.cancel()
    await asyncio.gather(feed, return_exceptions=True)
    assert [(each.name, each.state) for each in heard] == [
        ("broker", FeedState.CONNECTING),
        ("broker", FeedState.STOPPED),
    ]


async def test_a_word_that_cannot_be_stored_is_kept_until_it_can(
    puffling, broker, order, monkeypatch
):
    context, notices, tries = puffling.context, [], []
    puffling.bus.subscribe(NoticePosted, notices.append)
    record = context.orders._book.store.record

    def full(*_):
        raise StoreFullError("The disk is full.")

    async def sleep(_):
        tries.append(1)
        if len(tries) == 3:
            monkeypatch.setattr(context.orders._book.store, "record", record)
        await asyncio.sleep(0)

    monkeypatch.setattr(context.orders._book.store, "record", full)
    feed = asyncio.create_task(FillFeed(context.orders, puffling.bus, sleep).run())
    broker.news.put_nowait(filled(order, "10", "569"))
    await until(context.orders.fills)
    feed.cancel()
    await asyncio.gather(feed, return_exceptions=True)
    assert len(tries) == 3
    assert [each.title for each in notices][:1] == ["The broker's answer cannot be stored"]
    assert context.portfolio.position("AAPL").quantity == 10
