"""The paper broker passes what every broker must."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from puffin.broker.paper_settings import PaperSettings
from puffin.types import Quote
from tests.puffin.broker.conformance import BrokerConformance
from tests.puffin.broker.paper_stage import CLOSE, Market

if TYPE_CHECKING:
    from datetime import datetime

    from puffin.broker.paper import PaperBroker
    from puffin.types import Side


class PaperStage:
    """A paper broker and its market; what trades is what may fill."""

    account = "demo"

    def __init__(self) -> None:
        settings = PaperSettings(participation=Decimal(1))
        self._market = Market("100000", settings=settings)

    @property
    def broker(self) -> PaperBroker:
        return self._market.broker

    def now(self) -> datetime:
        return self._market.now

    async def quote(self, symbol: str, bid: str, ask: str, size: int | None = None) -> None:
        last = (Decimal(bid) + Decimal(ask)) / 2
        at = self._market.now
        quote = Quote(symbol, Decimal(bid), Decimal(ask), last, at, volume=size or 0)
        self.broker.take_quote(quote)

    async def end_session(self) -> None:
        self._market.now = CLOSE
        self.broker.end_session(CLOSE)

    async def outside(self, symbol: str, side: Side, quantity: str, limit: str) -> str:
        return ""


class TestPaper(BrokerConformance):
    @pytest.fixture
    def stage(self) -> PaperStage:
        return PaperStage()
