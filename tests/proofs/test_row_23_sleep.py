"""Row 23, a laptop that sleeps: stopped and continued, the desk learns what it missed, once."""

from __future__ import annotations

import asyncio
import os
import signal
import time

import pytest

from tests.proofs.paper import nest, wish_for

NOTICED = 20.0  # seconds in which a dead line is noticed
SLEEPS = (2.0, 90.0)
MOST_SWEEPS = 4  # of the books, right after waking


@pytest.mark.slow
@pytest.mark.timeout(240)
@pytest.mark.parametrize("seconds", SLEEPS)
async def test_row_23_after_a_sleep_the_missed_fill_is_booked_once(server, paths, seconds):
    server.set_quote("NFLX", "90", "90.10")
    server.limit_connections(9)  # the dead line counts for as long as nobody notices
    order = server.outside("NFLX", "buy", "4", "80")
    with nest() as sessions:
        child = await sessions.begin(wish_for(server, paths.root, orders=False))
        try:
            await sessions.until("ready")
            os.kill(child, signal.SIGSTOP)
            await asyncio.sleep(seconds / 2)
            server.half_open()  # the line is dead, and nobody says so
            server.set_quote("NFLX", "79", "79.10")
            await asyncio.sleep(seconds / 2)
            before = len(server.asked("GET", "/v2/positions"))
            os.kill(child, signal.SIGCONT)
            woke = time.monotonic()
            await sessions.until("fill")
            assert time.monotonic() - woke < NOTICED
            await asyncio.sleep(1)
            assert len(server.asked("GET", "/v2/positions")) - before <= MOST_SWEEPS
            assert sum(each[0] == "fill" for each in sessions.told) == 1
            assert ["order", order, "filled"] in sessions.told
        finally:
            os.kill(child, signal.SIGKILL)
        await sessions.killed()
