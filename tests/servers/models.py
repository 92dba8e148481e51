"""A service of language models on loopback: HTTP, streams of events, faults, and what it heard."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections import deque
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    Json: TypeAlias = dict[str, Any]

PATIENCE = 60.0
REASONS = {200: "OK", 307: "Temporary Redirect", 401: "Unauthorized", 429: "Too Many Requests"}


@dataclass(frozen=True)
class Asked:
    """One request as it came."""

    method: str
    path: str
    headers: dict[str, str]
    body: Json
    at: float  # time.monotonic()


@dataclass(frozen=True)
class Answer:
    """What is answered, and what goes wrong on the way.

    Args:
        body: All bytes of it; a stream of events when `headers` do not say otherwise.
        piece: How many bytes are sent at a time; 0 sends all at once.
        cut: After how many bytes the line breaks.
        ends: After how many bytes it ends as if that were all.
        holds: It stays open after its bytes until it is released.
        pings: Seconds between the pings that are sent meanwhile; 0 sends none.
    """

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    piece: int = 0
    cut: int | None = None
    ends: int | None = None
    holds: bool = False
    pings: float = 0.0


class ModelServer:
    """Runs in a thread of its own. Plan answers, or let `respond` make one of what is asked."""

    key = "sk-canary-7f3a90c1d2"
    ping = b'event: ping\ndata: {"type": "ping"}\n\n'

    def __init__(self) -> None:
        self.requests: list[Asked] = []
        self.opened = 0
        self.closed: list[float] = []  # when connections ended, time.monotonic()
        self.changed = threading.Condition()
        self.planned: deque[Answer] = deque()
        self.respond: Callable[[Json], Answer] | None = None
        self.port = 0
        self._loop = asyncio.new_event_loop()
        self._released = asyncio.Event()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="model server", daemon=True)
        self._lines: set[asyncio.Task[None]] = set()

    # Where it is

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        self._thread.start()
        assert self._ready.wait(PATIENCE)

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    # What it says

    def plan(self, *answers: Answer) -> None:
        """Give these answers to the next questions, in this order."""
        self.planned.extend(answers)

    def release(self) -> None:
        """Let what is held end."""
        self._loop.call_soon_threadsafe(self._released.set)

    def models_body(self) -> Json:
        raise NotImplementedError

    def refusal(self, asked: Asked) -> Answer | None:
        """Return what the service says to a question that is not as it must be."""
        raise NotImplementedError

    # What it heard

    @property
    def asked(self) -> list[Json]:
        """The bodies of the questions."""
        return [each.body for each in self.requests if each.method == "POST"]

    def until(self, told: Callable[[], bool], seconds: float = PATIENCE) -> None:
        with self.changed:
            assert self.changed.wait_for(told, seconds), "It never came to that."

    async def until_so(self, told: Callable[[], bool]) -> None:
        await asyncio.to_thread(self.until, told)

    @property
    def open(self) -> int:
        """How many connections there are."""
        return self.opened - len(self.closed)

    # How

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(asyncio.start_server(self._meet, "127.0.0.1", 0))
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        self._loop.run_forever()
        server.close()
        for line in self._lines:
            line.cancel()
        self._loop.run_until_complete(asyncio.gather(*self._lines, return_exceptions=True))
        self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        self._loop.close()

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._lines.add(task)
        task.add_done_callback(self._lines.discard)
        with self.changed:
            self.opened += 1
            self.changed.notify_all()
        try:
            while await self._one(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            return  # the other side left, or the server ends
        finally:
            writer.close()
            with self.changed:
                self.closed.append(time.monotonic())
                self.changed.notify_all()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Answer one request; return whether the line goes on."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        method, path, _ = head[0].split(" ", 2)
        headers = {
            name.lower(): value.strip()
            for name, _, value in (line.partition(":") for line in head[1:] if line)
        }
        raw = await reader.readexactly(int(headers.get("content-length", "0")))
        asked = Asked(method, path, headers, json.loads(raw) if raw else {}, time.monotonic())
        with self.changed:
            self.requests.append(asked)
            self.changed.notify_all()
        answer = self._answer(asked)
        if "Content-Type" in answer.headers:
            await self._say_whole(writer, answer)
            return True
        return await self._say_stream(reader, writer, answer)

    def _answer(self, asked: Asked) -> Answer:
        given = asked.headers.get("authorization", "").removeprefix("Bearer ")
        if self.key not in {given, asked.headers.get("x-api-key")}:
            return self.refused(401, "authentication_error", f"Incorrect API key: {given}")
        if asked.method == "GET":
            planned = self.planned.popleft() if self.planned else None
            return planned or plain(self.models_body())
        if (refusal := self.refusal(asked)) is not None:
            return refusal
        if self.planned:
            return self.planned.popleft()
        assert self.respond is not None, "Nobody planned this answer"
        return self.respond(asked.body)

    def refused(self, status: int, kind: str, message: str, **more: object) -> Answer:
        """Return an error as the service writes it."""
        raise NotImplementedError

    async def _say_whole(self, writer: asyncio.StreamWriter, answer: Answer) -> None:
        lines = [f"{name}: {value}" for name, value in answer.headers.items()]
        lines.append(f"Content-Length: {len(answer.body)}")
        writer.write(_head(answer.status, lines) + answer.body)
        await writer.drain()

    async def _say_stream(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, answer: Answer
    ) -> bool:
        lines = [
            "Content-Type: text/event-stream; charset=utf-8",
            "Transfer-Encoding: chunked",
            f"request-id: req_{len(self.requests)}",
            *(f"{name}: {value}" for name, value in answer.headers.items()),
        ]
        body = answer.body[: answer.ends]
        body = body[: answer.cut]
        step = answer.piece or max(len(body), 1)
        first = _head(answer.status, lines)
        for at in range(0, len(body), step):
            writer.write(first + _chunk(body[at : at + step]))
            first = b""
            if answer.piece:
                await writer.drain()
        writer.write(first)
        await writer.drain()
        if answer.cut is not None:
            return False
        if answer.holds and not await self._hold(reader, writer, answer.pings):
            return False
        writer.write(b"0\r\n\r\n")
        await writer.drain()
        return True

    async def _hold(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, pings: float
    ) -> bool:
        """Wait for the release; False if the other side leaves before."""
        gone = asyncio.ensure_future(reader.read(1))
        released = asyncio.ensure_future(self._released.wait())
        try:
            while True:
                done, _ = await asyncio.wait(
                    {gone, released}, timeout=pings or None, return_when=asyncio.FIRST_COMPLETED
                )
                if done:
                    return gone not in done
                writer.write(_chunk(self.ping))
                await writer.drain()
        finally:
            gone.cancel()
            released.cancel()


def plain(body: object, status: int = 200, **headers: str) -> Answer:
    """Return an answer that is one JSON body."""
    more = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(json.dumps(body).encode(), status, {"Content-Type": "application/json", **more})


def page(body: bytes, status: int) -> Answer:
    """Return what something between says, which is no JSON."""
    return Answer(body, status, {"Content-Type": "text/html"})


def _head(status: int, lines: list[str]) -> bytes:
    head = [f"HTTP/1.1 {status} {REASONS.get(status, 'Said')}", *lines]
    return ("\r\n".join(head) + "\r\n\r\n").encode("latin-1")


def _chunk(data: bytes) -> bytes:
    return f"{len(data):x}\r\n".encode() + data + b"\r\n"


@contextmanager
def running(server: ModelServer) -> Iterator[None]:
    """Run a server for as long as the block lasts."""
    server.start()
    try:
        yield
    finally:
        server.close()
