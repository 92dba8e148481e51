"""An Alpaca on loopback: its REST interface, both streams, a real little order book, and faults."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeAlias

from tests.fakes import until
from tests.servers.alpaca_book import Book
from tests.servers.alpaca_http import RestServer
from tests.servers.alpaca_sockets import Sockets

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.servers.alpaca_book import BookOrder

    Json: TypeAlias = dict[str, Any]

KEY = "PKTEST0000000000CANARY"
SECRET = "canary-secret-of-the-loopback-alpaca"
PATIENCE = 60.0


@dataclass(frozen=True)
class Asked:
    """One request as it came."""

    method: str
    path: str
    query: dict[str, str]
    body: Any
    at: float  # time.monotonic()


@dataclass
class Fault:
    """What happens to the next requests that fit."""

    method: str = ""
    path: str = ""
    times: int = 1
    status: int = 0
    body: object = b""
    headers: dict[str, str] = field(default_factory=dict)
    carried_out: bool = False
    cuts: bool = False
    hangs: bool = False

    def fits(self, method: str, path: str) -> bool:
        return self.times > 0 and self.method in {"", method} and path.startswith(self.path)


class AlpacaServer:
    """Start it, point the adapter at its addresses, and let the market quote.

    `book` is the exchange and the account; take `lock` to look into it while requests run.
    """

    def __init__(
        self,
        *,
        cash: Decimal = Decimal(100_000),
        now: Callable[[], datetime] = lambda: datetime.now(UTC),  # noqa: TID251 - a real server's
    ) -> None:
        self.key, self.secret = KEY, SECRET
        self.now = now
        self.lock = threading.RLock()
        self.changed = threading.Condition()
        self.book = Book(cash, now)
        self.book.announce = self._announce
        self.requests: list[Asked] = []
        self.upgrades: list[tuple[str, float]] = []
        self.faults: list[Fault] = []
        self.rate = (200, 199, 60)  # limit, remaining, seconds until the reset
        self.refusing_auth = False
        self.data_connections = 1
        self.symbol_limit = 30
        self.data_error: tuple[int, str] | None = None
        self.account_number = "PA3ABCDEF123"
        self.trading_blocked = False
        self.last_equity = cash
        self.clock_off = 0.0
        self.page_size = 10_000
        self.null_bars = False
        self.strange: set[str] = set()  # what is no symbol to the price interface
        self.bars: dict[tuple[str, str, str], list[Json]] = {}
        self.contracts: list[str] = []
        self.corporate_actions: dict[str, list[Json]] = {}
        self.other_activities: list[Json] = []
        self.portfolio_history: Json = {"timestamp": [], "equity": [], "timeframe": "1D"}
        self._released = threading.Event()
        self._rest = RestServer(self)
        self._sockets = Sockets(self)
        self._thread = threading.Thread(
            target=self._rest.serve_forever, args=(0.01,), name="alpaca rest", daemon=True
        )

    # Where it is

    @property
    def url(self) -> str:
        """The address of orders, positions and the account; of prices too."""
        return f"http://127.0.0.1:{self._rest.server_port}"

    @property
    def stream_url(self) -> str:
        """The address of trade updates."""
        return f"ws://127.0.0.1:{self._sockets.port}/stream"

    @property
    def data_stream_url(self) -> str:
        """The address that the paths of the price streams follow: /v2/iex and so on."""
        return f"ws://127.0.0.1:{self._sockets.port}"

    def start(self) -> None:
        self._thread.start()
        self._sockets.start()

    def close(self) -> None:
        self._released.set()
        self._sockets.close()
        self._rest.shutdown()
        self._thread.join()
        for each in list(self._rest.open):
            _cut(each)
        self._rest.server_close()

    # The market and the account

    def set_quote(
        self, symbol: str, bid: float | str, ask: float | str, size: int | None = None
    ) -> None:
        """Let the market quote: prices stream out, and orders fill; `size` fills only in part."""
        prices = Decimal(str(bid)), Decimal(str(ask))
        with self.lock:
            self.book.set_quote(symbol, *prices, None if size is None else Decimal(size))
        self.send_quote(symbol)
        self.send_trade(symbol, (prices[0] + prices[1]) / 2)

    def send_quote(self, symbol: str) -> None:
        bid, ask, size = self.book.quotes[symbol]
        self.send_price("q", symbol, bp=float(bid), ap=float(ask), bs=1, **{"as": int(size or 4)})

    def send_trade(self, symbol: str, price: Decimal, size: int = 100) -> None:
        self.send_price("t", symbol, p=float(price), s=size, i=7, x="D", c=["@"], z="C")

    def send_price(self, kind: str, symbol: str, **fields: object) -> None:
        """Send one message of the price stream, stamped with the server's time."""
        import msgpack

        at = msgpack.Timestamp.from_datetime(self.now())
        self._sockets.price({"T": kind, "S": symbol, **fields, "t": at})

    def order(self, client_order_id: str) -> BookOrder:
        """Return an order by the name its sender gave it."""
        with self.lock:
            return self.book.by_client_id(client_order_id)

    def outside(self, symbol: str, side: str, qty: str, limit: str, id_: str = "") -> str:
        """Place an order as if by hand on Alpaca's page; its client order id comes back."""
        body = {
            "symbol": symbol,
            "side": side,
            "qty": qty,
            "type": "limit",
            "limit_price": limit,
            "time_in_force": "gtc" if "/" in symbol else "day",
            "client_order_id": id_ or None,
        }
        with self.lock:
            answer = self.book.place(body)
        return str(answer["client_order_id"])

    def fill(self, client_order_id: str, quantity: str, price: str) -> None:
        """Fill a part of an order, whatever the quotes say."""
        with self.lock:
            self.book.fill(self.order(client_order_id), Decimal(quantity), Decimal(price))

    def finish_cancel(self, client_order_id: str) -> None:
        """Decide a cancel that was held up: it is cancelled."""
        with self.lock:
            self.book.hold_cancels = False
            self.book.cancel(self.order(client_order_id).id)

    def end_session(self) -> None:
        with self.lock:
            self.book.end_session()

    def open_session(self) -> None:
        with self.lock:
            self.book.open_session()

    # Faults

    def drop(self) -> None:
        """Cut every stream."""
        self._sockets.drop()

    def stall(self) -> None:
        """Streams stay up and say nothing; pings are answered."""
        self._sockets.stall()

    def flow(self) -> None:
        """End a stall."""
        self._sockets.flow()

    def half_open(self) -> None:
        """Streams stay up and nothing is heard or answered, as when a laptop sleeps."""
        self._sockets.half_open()

    def duplicate(self, count: int = 1) -> None:
        """Send the next trade updates twice."""
        self._sockets.plan(duplicates=count)

    def reorder(self, count: int = 2) -> None:
        """Hold the next `count` trade updates back and send them last first."""
        self._sockets.plan(reordering=count)

    def lose_frame(self, count: int = 1) -> None:
        """Lose the next trade updates."""
        self._sockets.plan(losses=count)

    def lose_response(self, method: str = "POST", path: str = "/v2/orders") -> None:
        """Carry the next request out and cut the line before the answer."""
        self.faults.append(Fault(method, path, cuts=True, carried_out=True))

    def hang(self, method: str = "", path: str = "", *, carried_out: bool = False) -> None:
        """Let the next request wait until `release`, or its answer when it is `carried_out`."""
        self._released.clear()
        self.faults.append(Fault(method, path, hangs=True, carried_out=carried_out))

    def release(self) -> None:
        self._released.set()

    def answer_with(  # noqa: PLR0913 - a fault has many sides
        self,
        status: int,
        body: object = b"",
        *,
        times: int = 1,
        method: str = "",
        path: str = "",
        carried_out: bool = False,
        headers: dict[str, str] | None = None,
    ) -> None:
        """Answer the next requests with this; `carried_out` says whether they are done as well."""
        self.faults.append(
            Fault(method, path, times, status, body, headers or {}, carried_out=carried_out)
        )

    def recover(self) -> None:
        """Forget every planned fault."""
        self.faults.clear()

    def unknown_enum(self, client_order_id: str, status: str = "quantum_entangled") -> None:
        """Show a status that nobody knows."""
        self.order(client_order_id).shown = status

    def refuse_auth(self, *, refusing: bool = True) -> None:
        """Accept no keys from now on."""
        self.refusing_auth = refusing

    def refuse_upgrade(self, status: int) -> None:
        """Answer new connections of the streams with an HTTP status; 0 lets them in again."""
        self._sockets.upgrade_status = status

    def limit_connections(self, count: int) -> None:
        """Allow that many connections to each price stream; more are told 406."""
        self.data_connections = count

    def say_data(self, *messages: Json) -> None:
        """Send messages on the price stream as they are."""
        self._sockets.say_data(list(messages))

    def say_trade_update(self, message: Json) -> None:
        """Send a trade update as it is."""
        self._sockets.publish(message)

    def say_raw(self, frame: bytes) -> None:
        """Send bytes that may be anything on the stream of trade updates."""
        self._sockets.say_raw(frame)

    # What was heard

    def asked(self, method: str = "", path: str = "") -> list[Asked]:
        """Return the requests that fit."""
        return [
            each
            for each in list(self.requests)
            if method in {"", each.method} and each.path.startswith(path)
        ]

    @property
    def busy(self) -> int:
        """How many connections are open to the REST interface."""
        return len(self._rest.open)

    async def settle(self) -> None:
        """Wait until everybody who asked is answered or gone, whoever stands in line as well.

        A process that was killed has sent what it has sent: its connection may not have been let
        in yet. They are let in one after the other, so ours is the last of them.
        """
        _, last = await asyncio.open_connection("127.0.0.1", self._rest.server_port)
        ours = last.get_extra_info("sockname")
        await until(lambda: any(_caller(each) == ours for each in list(self._rest.open)))
        last.close()
        await until(lambda: not self.busy)

    @property
    def listeners(self) -> int:
        """How many connections listen for trade updates."""
        return sum(each.ready for each in list(self._sockets.lines) if each.path == "/stream")

    def subscribed(self, path: str = "/v2/iex", kind: str = "quotes") -> set[str]:
        """Return the symbols that connections of a price stream have asked for."""
        found = (each.subscribed[kind] for each in list(self._sockets.lines) if each.path == path)
        return set().union(*found)

    async def until(self, told: Callable[[], bool], seconds: float = PATIENCE) -> None:
        """Wait until something is so; looked at whenever the server hears or does something."""

        def wait() -> bool:
            with self.changed:
                return self.changed.wait_for(told, seconds)

        assert await asyncio.to_thread(wait), "It never came to that."

    # For the handlers

    def meet(self, method: str, path: str, query: dict[str, str], body: Any) -> Fault | None:
        with self.lock:
            self.requests.append(Asked(method, path, query, body, time.monotonic()))
            fault = next((each for each in self.faults if each.fits(method, path)), None)
            if fault is not None:
                fault.times -= 1
        self.stirred()
        return fault

    def note_upgrade(self, path: str) -> None:
        self.upgrades.append((path, time.monotonic()))
        self.stirred()

    def wait_for_release(self) -> None:
        self._released.wait(60)

    def stirred(self) -> None:
        with self.changed:
            self.changed.notify_all()

    def _announce(self, message: Json) -> None:
        self._sockets.publish(message)
        self.stirred()


def _caller(connection: socket.socket) -> object:
    try:
        return connection.getpeername()
    except OSError:
        return None  # it is gone already


def _cut(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # it is gone already


@contextmanager
def alpaca_server(**options: Any) -> Iterator[AlpacaServer]:
    """Run a server for as long as the block lasts."""
    server = AlpacaServer(**options)
    server.start()
    try:
        yield server
    finally:
        server.close()
