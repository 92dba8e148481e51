"""Row 6, a crash between submit and persist: killed at every instant, no order lost or doubled."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import socket
import threading
from functools import partial

import pytest

from puffin.types import OrderStatus
from puffling.services.orders import NEVER_LEFT
from tests.fakes import until
from tests.proofs.paper import PAST_GRACE, Ticker, agreed, desk_at, nest, wish_for

KILLS = int(os.environ.get("PUFFLING_KILLS", "100"))
LONGEST = 0.9  # seconds that a session goes on trading, or is given to begin
MANY = 40  # that stand in line at once
FEWEST = 1  # orders for each kill that arrived at the broker
POINTS = (  # where it is killed, what the broker has then, what our books have after a restart
    ("before the row", 0, None),
    ("after the row", 0, OrderStatus.REJECTED),
    ("after the post", 1, OrderStatus.FILLED),
    ("after the answer", 1, OrderStatus.FILLED),
    ("after the first fill", 1, OrderStatus.FILLED),
)


def has_orders(server, count):
    return len(server.book.orders) >= count


@pytest.mark.slow
@pytest.mark.parametrize(("point", "arrived", "becomes"), POINTS, ids=[each[0] for each in POINTS])
async def test_row_6_killed_at_this_point_the_books_are_the_brokers(
    server, paths, point, arrived, becomes
):
    server.set_quote("NFLX", "90", "90.10", 2)  # two of the five fill at once
    with nest() as sessions:
        if point == "after the post":
            server.hang("POST", "/v2/orders", carried_out=True)
        child = await sessions.begin(wish_for(server, paths.root, dies=point))
        await sessions.until("ready")
        while len(server.asked("POST", "/v2/orders")) < arrived or point == "after the post":
            server.send_quote("NFLX")
            await asyncio.sleep(0.02)
            if point == "after the post" and server.book.orders:
                os.kill(child, signal.SIGKILL)
                break
        while not any(each[0] == "gone" for each in sessions.told):
            server.send_quote("NFLX")
            await asyncio.sleep(0.02)
        await sessions.killed()
    server.release()
    await server.settle()
    assert len(server.book.orders) == len(server.asked("POST", "/v2/orders")) == arrived
    server.set_quote("NFLX", "90", "90.10")  # the rest fills while nobody listens
    async with desk_at(server, paths, ahead=PAST_GRACE) as app:
        await agreed(app.context, server)
        stored = app.context.orders.all()
        assert [each.status for each in stored] == ([becomes] if becomes else [])
        held = app.context.portfolio.position("NFLX")
        assert (held.quantity if held else 0) == 5 * arrived
        if becomes is OrderStatus.REJECTED:
            assert stored[0].reason == NEVER_LEFT


@pytest.mark.parametrize("sent", [b"", b'{"symbol": "NF'], ids=["no body", "half a body"])
async def test_row_6_what_was_killed_while_it_sent_is_no_request(server, sent):
    port = int(server.url.rpartition(":")[2])
    _, line = await asyncio.open_connection("127.0.0.1", port)
    line.write(b"POST /v2/orders HTTP/1.1\r\nContent-Length: 90\r\n\r\n" + sent)
    await line.drain()
    await until(lambda: server.busy == 1)
    line.close()
    await until(lambda: not server.busy)
    assert server.asked() == []
    assert not server.book.orders


async def test_row_6_what_a_killed_process_sent_counts_even_if_it_stands_in_line(
    server, monkeypatch
):
    port, let_in = int(server.url.rpartition(":")[2]), server._rest.get_request
    door = threading.Event()
    monkeypatch.setattr(server._rest, "get_request", lambda: door.wait(10) and let_in())
    for _ in range(MANY):
        with socket.create_connection(("127.0.0.1", port)) as line:
            line.sendall(b"POST /v2/orders HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}")
    assert not server.busy
    settling = asyncio.create_task(server.settle())
    await asyncio.sleep(0)
    door.set()
    await settling
    assert len(server.asked("POST")) == MANY


@pytest.mark.slow
@pytest.mark.timeout(9 * KILLS)
async def test_row_6_killed_at_random_nothing_is_lost_or_doubled(server, paths):
    dice = random.Random(6)
    prices = Ticker(server, 6)
    prices.start()
    told: set[str] = set()
    with nest() as sessions:
        try:
            for turn in range(KILLS):
                prices.go()
                child = await sessions.begin(wish_for(server, paths.root, seed=turn))
                if turn % 5:  # every fifth is killed while it begins
                    await sessions.until("ready")
                    # A busy computer trades for longer, so that enough of it is tried.
                    await until(partial(has_orders, server, FEWEST * (turn + 1)))
                await asyncio.sleep(dice.random() * LONGEST)
                os.kill(child, signal.SIGKILL)
                told |= {each[1] for each in await sessions.killed() if each[0] == "order"}
                prices.stand()
                await server.settle()
                async with desk_at(server, paths, ahead=PAST_GRACE) as app:
                    await agreed(app.context, server)
                    assert told <= {each.id for each in app.context.orders.all(limit=100_000)}
        finally:
            prices.close()
    assert len(server.book.orders) >= FEWEST * KILLS
    assert {"filled", "canceled"} <= {each.status for each in server.book.orders.values()}
