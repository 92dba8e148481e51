"""Attacks on PAPER: amounts, exits and late answers against a loopback Alpaca."""

from __future__ import annotations

import asyncio
from decimal import Decimal

import pytest

from puffin.types import OrderStatus, Side, Ticket
from puffling.core.errors import PufflingError, RiskRefusedError
from puffling.core.settings import Mode
from tests.fakes import until
from tests.flows.test_paper_at_the_broker import (  # noqa: F401 - fixtures
    BUY,
    LOW,
    alpaca,
    desk_at,
    keys,
    server,
    trade,
)


async def test_an_amount_with_a_tiny_quantity_beside_it_sells_no_more_than_is_held(
    desk_at,  # noqa: F811
    server,  # noqa: F811
):
    server.set_quote("NFLX", "90", "90.10")
    async with desk_at() as app:
        await app.context.modes.switch(Mode.PAPER, "test")
        await trade(app, BUY)
        await until(lambda: app.context.portfolio.position("NFLX"))
        lie = Ticket("NFLX", Side.SELL, Decimal("0.01"), notional=Decimal(20_000))
        with pytest.raises(RiskRefusedError):
            await trade(app, lie)
        await app.context.risk.halt("test")
        with pytest.raises(PufflingError):
            await trade(app, lie)


@pytest.mark.parametrize(
    ("status", "body", "ends"),
    [
        (403, b'{"code": 40310000, "message": "insufficient buying power"}', OrderStatus.REJECTED),
        (422, b'{"code": 42210000, "message": "qty is required"}', OrderStatus.REJECTED),
        (500, b"<html>Oops</html>", OrderStatus.UNKNOWN),
        (200, b"<html>Cloud</html>", OrderStatus.UNKNOWN),
    ],
)
async def test_what_the_broker_answers_is_told_and_never_sent_again(
    desk_at,  # noqa: F811
    server,  # noqa: F811
    status,
    body,
    ends,
):
    server.set_quote("NFLX", "90", "90.10")
    async with desk_at() as app:
        await app.context.modes.switch(Mode.PAPER, "test")
        server.answer_with(status, body, method="POST", path="/v2/orders")
        order = await trade(app, BUY)
        assert order.status is ends
        assert order.reason
        server.recover()
        await app.context.orders.reconcile()
        assert len(server.asked("POST", "/v2/orders")) == 1


async def test_the_kill_switch_holds_for_an_order_whose_answer_is_late(
    desk_at,  # noqa: F811
    server,  # noqa: F811
    monkeypatch,
):
    monkeypatch.setattr("puffling.services.halting.CANCEL_WITHIN", 0.2)
    server.set_quote("NFLX", "90", "90.10")
    async with desk_at() as app:
        context = app.context
        await context.modes.switch(Mode.PAPER, "test")
        server.hang("POST", "/v2/orders", carried_out=True)
        task = asyncio.create_task(trade(app, LOW))
        await until(lambda: bool(server.asked("POST", "/v2/orders")))
        await context.risk.halt("test")
        server.release()
        order = await task
        await until(lambda: context.orders.get(order.id).status is OrderStatus.CANCELLED)
        assert server.order(order.id).status == "canceled"
