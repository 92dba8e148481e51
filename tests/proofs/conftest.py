"""A loopback Alpaca for the proofs."""

from __future__ import annotations

import pytest

from tests.puffin.broker.alpaca_stage import ready
from tests.servers.alpaca import alpaca_server


@pytest.fixture
def server():
    ready()
    with alpaca_server() as server:
        yield server
        server.release()
