"""A paper session that can be killed, the loopback Alpaca it trades at, and whether both agree."""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import subprocess
import sys
import threading
from collections import Counter
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import asdict
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from typing_extensions import override

from puffin.broker.alpaca_orders import STATUSES
from puffin.types import ZERO, OrderStatus
from puffling.app import build
from puffling.app.outside import Alpaca
from puffling.core.bus import EventBus
from puffling.core.clock import SystemClock
from puffling.core.settings import Mode
from tests.fakes import FakeGate, NoNetwork, until
from tests.outside import FakeSecrets
from tests.proofs.clocks import Ahead
from tests.proofs.trader import Wish

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from puffling.app import App
    from puffling.commands.context import Context
    from puffling.core.paths import Paths
    from tests.servers.alpaca import AlpacaServer

ROOT = Path(__file__).parents[2]
PATIENCE = 120.0
CENT = Decimal("0.01")
PAST_GRACE = 10.0  # seconds ahead: an order that nobody knows need not be waited for


class Ticker(threading.Thread):
    """Lets two symbols trade up and down, a little at a time, until it is closed."""

    def __init__(self, server: AlpacaServer, seed: int) -> None:
        super().__init__(daemon=True)
        self._server = server
        self._dice = random.Random(seed)
        self._going = threading.Event()
        self._closed = threading.Event()
        self._cents = {"NFLX": 9_000, "IBM": 12_000}
        self.move()

    def move(self) -> None:
        """Quote once more."""
        for symbol, before in self._cents.items():
            self._cents[symbol] = cents = max(before + self._dice.randint(-20, 20), 2_000)
            size = self._dice.choice([None, 2, 3])
            bid, ask = Decimal(cents) / 100, Decimal(cents + 5) / 100
            self._server.set_quote(symbol, str(bid), str(ask), size)

    @override
    def run(self) -> None:
        while not self._closed.wait(0.03):
            if self._going.wait(0.2):
                self.move()

    def go(self) -> None:
        """Let prices move."""
        self._going.set()

    def stand(self) -> None:
        """Let prices stand still."""
        self._going.clear()

    def close(self) -> None:
        """End it."""
        self._closed.set()
        self.join()


def wish_for(server: AlpacaServer, root: Path, **more: Any) -> Wish:
    """Return a session in `root` at `server`."""
    return Wish(
        str(root),
        server.url,
        server.stream_url,
        server.data_stream_url,
        server.key,
        server.secret,
        **more,
    )


class Nest:
    """A process that has loaded everything and forks a session for each wish."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.proofs.trader"],
            cwd=ROOT,
            env=os.environ | {"OPENBLAS_NUM_THREADS": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self._child = 0
        self.told: list[list[str]] = []
        self.trouble: list[str] = []
        self._news = threading.Condition()
        self._readers = [
            threading.Thread(target=self._read_told, daemon=True),
            threading.Thread(target=self._read_trouble, daemon=True),
        ]
        for each in self._readers:
            each.start()

    def _read_told(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            with self._news:
                self.told.append(line.split())
                self._news.notify_all()
        with self._news:
            self.told.append(["ended"])
            self._news.notify_all()

    def _read_trouble(self) -> None:
        assert self._process.stderr is not None
        self.trouble.extend(self._process.stderr)

    async def begin(self, wish: Wish) -> int:
        """Begin a session; its process id comes back."""
        self.told.clear()
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(asdict(wish)) + "\n")
        self._process.stdin.flush()
        self._child = int((await self.until("born"))[1])
        return self._child

    async def until(self, word: str) -> list[str]:
        """Wait for a line that begins with `word`."""

        def found() -> list[str] | None:
            return next((each for each in self.told if each[0] in {word, "ended"}), None)

        def wait() -> list[str] | None:
            with self._news:
                return self._news.wait_for(found, PATIENCE)

        line = await asyncio.to_thread(wait)
        assert line is not None, (self.told, self.trouble)
        assert line[0] == word, "".join(self.trouble)
        return line

    async def killed(self) -> list[list[str]]:
        """Wait until the session was killed; return what was told till then."""
        assert (await self.until("gone"))[1] == "9", "".join(self.trouble)
        assert not any("Traceback" in each for each in self.trouble), "".join(self.trouble)
        return self.told

    def close(self) -> None:
        """End it, and a session that still runs since its test failed."""
        if self._child and not any(each[0] in {"gone", "ended"} for each in self.told):
            os.kill(self._child, signal.SIGKILL)
        self._process.communicate()
        for each in self._readers:
            each.join()


@contextmanager
def nest() -> Iterator[Nest]:
    """Keep a nest for as long as the block lasts."""
    made = Nest()
    try:
        yield made
    finally:
        made.close()


@asynccontextmanager
async def desk_at(
    server: AlpacaServer, paths: Paths, *, ahead: float = 0.0, **parts: Any
) -> AsyncIterator[App]:
    """Open a profile in PAPER at `server`, in this process."""
    keys, clock = FakeSecrets(), Ahead(ahead)
    keys.give("alpaca paper", key=server.key, secret=server.secret)
    outside = Alpaca(
        EventBus(),
        SystemClock(),
        url=server.url,
        data_url=server.url,
        orders_stream=server.stream_url,
        prices_stream=server.data_stream_url,
    )
    given: dict[str, Any] = {
        "clock": clock,
        "gate": FakeGate(clock),
        "outside": outside,
        "secrets": keys,
        "online": NoNetwork(),
        "actor": "test",
    } | parts
    app = build(paths, **given)
    if given["outside"] is outside:
        outside._bus = app.bus
    app.context.settings.set_mode(Mode.PAPER)
    await app.start()
    try:
        yield app
    finally:
        await app.stop()


async def agreed(context: Context, server: AlpacaServer) -> None:
    """Wait until the books are compared; fail unless they are the broker's, order for order."""
    await until(lambda: context.orders.ready)
    with suppress(AssertionError):  # what differs for good is named below
        await until(lambda: not differences(context, server))
    found = differences(context, server)
    assert not found, found
    broker = context.orders.broker
    ours = {each.symbol: each.quantity for each in context.portfolio.positions()}
    assert ours == {each.symbol: each.quantity for each in await broker.positions()}
    assert abs(context.portfolio.cash - await broker.cash()) < CENT
    assert context.orders.mismatch() == []


def differences(context: Context, server: AlpacaServer) -> list[str]:
    """Return every order that is lost, doubled or not as the broker has it."""
    with server.lock:
        theirs = {each.client_order_id: each for each in server.book.orders.values()}
    ours = {each.id: each for each in context.orders.all(limit=100_000)}
    found = [f"{each} is lost" for each in theirs.keys() - ours.keys()]
    sent = Counter(each.body["client_order_id"] for each in server.asked("POST", "/v2/orders"))
    found += [f"{id_} was sent {times} times" for id_, times in sent.items() if times > 1]
    filled: dict[str, Decimal] = dict.fromkeys(ours, ZERO)
    for fill in context.orders.fills():
        filled[fill.order_id] += fill.quantity
    for id_, order in ours.items():
        told = theirs.get(id_)
        if told is None:
            if order.status is not OrderStatus.REJECTED:
                found.append(f"{id_} is {order.status} here and nothing there")
        elif (order.status, order.filled_quantity) != (STATUSES[told.status], told.filled_qty):
            here = f"{order.status} {order.filled_quantity}"
            found.append(f"{id_} is {here} here and {told.status} {told.filled_qty} there")
        if filled[id_] != order.filled_quantity:
            found.append(f"{id_}: fills of {filled[id_]}, filled {order.filled_quantity}")
    return found
