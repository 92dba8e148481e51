"""Alpaca's two streams on loopback: trade updates in binary JSON, prices in msgpack."""

from __future__ import annotations

import asyncio
import json
import threading
from collections import deque
from typing import TYPE_CHECKING, Any, TypeAlias

import msgpack
from websockets.asyncio.server import serve
from websockets.exceptions import ConnectionClosed

if TYPE_CHECKING:
    from collections.abc import Callable

    from websockets.asyncio.server import ServerConnection
    from websockets.http11 import Request, Response

    from tests.servers.alpaca import AlpacaServer

    Json: TypeAlias = dict[str, Any]

KINDS = ("trades", "quotes", "bars", "updatedBars", "dailyBars", "statuses")
CHANNELS = {"t": "trades", "q": "quotes", "b": "bars", "d": "dailyBars", "s": "statuses"}


class Line:
    """One connection; what is said on it goes out in order, unless it is stalled."""

    def __init__(self, socket: ServerConnection, path: str) -> None:
        self.socket = socket
        self.path = path
        self.ready = False  # it listens, or has asked for prices
        self.frames: asyncio.Queue[bytes] = asyncio.Queue()
        self.flowing = asyncio.Event()
        self.flowing.set()
        self.subscribed: dict[str, set[str]] = {each: set() for each in KINDS}

    async def write(self) -> None:
        while True:
            frame = await self.frames.get()
            await self.flowing.wait()
            await self.socket.send(frame)


class Sockets:
    """Both streams, in a thread of their own."""

    def __init__(self, alpaca: AlpacaServer) -> None:
        self.alpaca = alpaca
        self.port = 0
        self.lines: list[Line] = []
        self.duplicates = 0
        self.losses = 0
        self.reordering = 0
        self.waiting: deque[bytes] = deque()
        self.upgrade_status = 0
        self._loop = asyncio.new_event_loop()
        self._up = threading.Event()
        self._stop: asyncio.Event | None = None
        self._thread = threading.Thread(target=self._run, name="alpaca sockets", daemon=True)

    def start(self) -> None:
        self._thread.start()
        self._up.wait()

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._finish)
        self._thread.join()

    def _finish(self) -> None:
        for each in self.lines:
            each.flowing.set()
            each.socket.transport.abort()
        assert self._stop is not None
        self._stop.set()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._serve())
        finally:
            self._loop.close()

    async def _serve(self) -> None:
        self._stop = asyncio.Event()
        async with serve(
            self._meet,
            "127.0.0.1",
            self.port,
            ping_interval=None,
            process_request=self._upgrade,
            close_timeout=0.1,
        ) as server:
            self.port = next(iter(server.sockets)).getsockname()[1]
            self._up.set()
            await self._stop.wait()

    def _upgrade(self, socket: ServerConnection, request: Request) -> Response | None:
        self.alpaca.note_upgrade(request.path)
        if self.upgrade_status:
            return socket.respond(self.upgrade_status, "no\n")
        return None

    # What tests do; from any thread

    def plan(self, **faults: int) -> None:
        """Let the next trade updates go wrong: those that come after what is on its way by now."""
        self._loop.call_soon_threadsafe(vars(self).update, faults)

    def publish(self, message: Json) -> None:
        """Send a trade update to whoever listens, as the planned faults have it."""
        frame = json.dumps(message).encode()
        self._loop.call_soon_threadsafe(self._publish, frame)

    def _publish(self, frame: bytes) -> None:
        if self.losses:
            self.losses -= 1
            return
        frames = [frame]
        if self.reordering:
            self.waiting.appendleft(frame)
            self.reordering -= 1
            if self.reordering:
                return
            frames = list(self.waiting)
            self.waiting.clear()
        if self.duplicates:
            self.duplicates -= 1
            frames = [each for each in frames for _ in range(2)]
        for line in self.lines:
            if line.ready and line.path == "/stream":
                for each in frames:
                    line.frames.put_nowait(each)

    def price(self, message: Json) -> None:
        """Send a price to whoever asked for its symbol."""
        self._loop.call_soon_threadsafe(self._price, message)

    def _price(self, message: Json) -> None:
        channel = CHANNELS.get(message["T"])
        for line in self.lines:
            if line.path == "/stream" or not line.ready:
                continue
            wanted = line.subscribed[channel] if channel else {message.get("S")}
            if message.get("S") in wanted or "*" in wanted:
                line.frames.put_nowait(msgpack.packb([message]))

    def say_data(self, messages: list[Json]) -> None:
        """Send frames to every connection of the price stream, asked for or not."""
        self._loop.call_soon_threadsafe(self._say_data, msgpack.packb(messages))

    def say_raw(self, frame: bytes) -> None:
        """Send bytes as they are to every listener of trade updates."""
        self._loop.call_soon_threadsafe(self._publish, frame)

    def _say_data(self, frame: bytes) -> None:
        for line in self.lines:
            if line.path != "/stream":
                line.frames.put_nowait(frame)

    def drop(self) -> None:
        """Cut every connection without a word."""
        self._each(lambda line: line.socket.transport.abort())

    def stall(self) -> None:
        """Send nothing more, but keep answering pings: connected and mute."""
        self._each(lambda line: line.flowing.clear())

    def flow(self) -> None:
        """Go on after a stall."""
        self._each(lambda line: line.flowing.set())

    def half_open(self) -> None:
        """Hear and answer nothing more, not even pings, as a computer that sleeps."""

        def freeze(line: Line) -> None:
            line.flowing.clear()
            line.socket.transport.pause_reading()

        self._each(freeze)

    def _each(self, act: Callable[[Line], None]) -> None:
        def on_all() -> None:
            for each in list(self.lines):
                act(each)

        self._loop.call_soon_threadsafe(on_all)

    # What clients do

    async def _meet(self, socket: ServerConnection) -> None:
        path = socket.request.path if socket.request is not None else ""
        line = Line(socket, path)
        writing = asyncio.create_task(line.write())
        self.lines.append(line)
        try:
            if path == "/stream":
                await self._trading(line)
            else:
                await self._data(line)
        except ConnectionClosed:
            writing.cancel()
        finally:
            self.lines.remove(line)
            writing.cancel()
            await asyncio.gather(writing, return_exceptions=True)
            self.alpaca.stirred()

    async def _trading(self, line: Line) -> None:
        async for frame in line.socket:
            message = json.loads(frame)
            data = message.get("data", {})
            if message.get("action") == "authenticate":
                good = (
                    data.get("key_id") == self.alpaca.key
                    and data.get("secret_key") == self.alpaca.secret
                    and not self.alpaca.refusing_auth
                )
                status = "authorized" if good else "unauthorized"
                reply = {"status": status, "action": "authenticate"}
                line.frames.put_nowait(
                    json.dumps({"stream": "authorization", "data": reply}).encode()
                )
            elif message.get("action") == "listen":
                line.ready = True
                line.frames.put_nowait(json.dumps({"stream": "listening", "data": data}).encode())
                self.alpaca.stirred()

    async def _data(self, line: Line) -> None:
        def say(**message: object) -> None:
            line.frames.put_nowait(msgpack.packb([message]))

        others = [each for each in self.lines if each is not line and each.path == line.path]
        say(T="success", msg="connected")
        async for frame in line.socket:
            message = msgpack.unpackb(frame)
            if message.get("action") == "auth":
                if message.get("key") != self.alpaca.key or self.alpaca.refusing_auth:
                    say(T="error", code=402, msg="auth failed")
                elif self.alpaca.data_error:
                    code, words = self.alpaca.data_error
                    say(T="error", code=code, msg=words)
                elif len(others) >= self.alpaca.data_connections:
                    say(T="error", code=406, msg="connection limit exceeded")
                else:
                    say(T="success", msg="authenticated")
                continue
            self._subscribe(line, message, say)

    def _subscribe(self, line: Line, message: Json, say: Any) -> None:
        line.ready = True
        for kind in KINDS:
            asked = set(message.get(kind, ()))
            if message.get("action") == "subscribe":
                after = line.subscribed[kind] | asked
                if len(after) > self.alpaca.symbol_limit:
                    say(T="error", code=405, msg="symbol limit exceeded")
                    return
                line.subscribed[kind] = after
            else:
                line.subscribed[kind] -= asked
        say(T="subscription", **{each: sorted(line.subscribed[each]) for each in KINDS})
        self.alpaca.stirred()
