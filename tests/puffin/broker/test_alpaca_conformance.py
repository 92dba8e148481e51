"""Alpaca, over its own client against a loopback server, passes what every broker must."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.puffin.broker.alpaca_stage import AlpacaStage
from tests.puffin.broker.conformance import BrokerConformance

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


class TestAlpaca(BrokerConformance):
    @pytest.fixture
    async def stage(self) -> AsyncIterator[AlpacaStage]:
        async with AlpacaStage.open() as stage:
            yield stage
