"""An AlpacaBroker on a loopback Alpaca, with a hand on the market."""

from __future__ import annotations

import warnings
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Self

from puffin.broker.alpaca import AlpacaBroker
from puffin.broker.alpaca_stream import PINGS, StreamOptions
from puffin.types import Order, OrderStatus
from tests.servers.alpaca import alpaca_server

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from puffin.types import Side, Ticket
    from tests.servers.alpaca import AlpacaServer

QUICK = (0.01, 0.02)  # seconds between tries to connect


def now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - the loopback server's clock is real


def ready() -> None:
    """Import Alpaca's client; it stands on what websockets has deprecated, and says so once."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        import alpaca.data.live
        import alpaca.trading.stream  # noqa: F401 - for its side effect


class AlpacaStage:
    """A broker and its loopback Alpaca."""

    account = "alpaca"

    def __init__(self, server: AlpacaServer, broker: AlpacaBroker) -> None:
        self.server = server
        self.broker = broker

    @classmethod
    @asynccontextmanager
    async def open(cls, **options: Any) -> AsyncIterator[Self]:
        ready()
        pings = options.pop("pings", PINGS)
        with alpaca_server() as server:
            given: dict[str, Any] = {"paper": True, "timeouts": (3.0, 5.0)} | options
            broker = AlpacaBroker(
                given.pop("key", server.key),
                given.pop("secret", server.secret),
                account_id=cls.account,
                now=now,
                url=server.url,
                stream=StreamOptions(server.stream_url, pings, QUICK),
                **given,
            )
            try:
                yield cls(server, broker)
            finally:
                server.release()
                await broker.close()

    def now(self) -> datetime:
        return now()

    def order(self, id_: str, ticket: Ticket) -> Order:
        at = now()
        return Order(id_, self.account, ticket, OrderStatus.SENT, at, at, at)

    async def quote(self, symbol: str, bid: str, ask: str, size: int | None = None) -> None:
        self.server.set_quote(symbol, bid, ask, size)

    async def end_session(self) -> None:
        self.server.end_session()

    async def outside(self, symbol: str, side: Side, quantity: str, limit: str) -> str:
        return self.server.outside(symbol, side.value, quantity, limit)
