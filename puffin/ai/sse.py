"""Server-sent events: bytes as they come from the network, read as named messages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

LONGEST = 2_000_000  # bytes of one event
MOST = 32_000_000  # bytes of one answer
_BOM = "\N{BOM}"


class StreamError(Exception):
    """What came is no stream of events, or one without measure."""


@dataclass(frozen=True, slots=True)
class ServerEvent:
    """One message; `name` is empty where the service gives none."""

    name: str
    data: str


async def read_events(chunks: AsyncIterator[bytes]) -> AsyncIterator[ServerEvent]:
    """Yield the events in `chunks`, which may be cut anywhere; an unfinished last one is not said.

    Raises:
        StreamError: The bytes are no text, or there are too many of them.
    """
    lines = _Lines()
    name, data, size = "", list[str](), 0
    first = True
    async for chunk in chunks:
        for raw in lines.feed(chunk):
            try:
                line = raw.decode()
            except UnicodeDecodeError:
                raise StreamError("It is not written in UTF-8.") from None
            if first:
                line, first = line.removeprefix(_BOM), False
            if not line:
                if data or name:
                    yield ServerEvent(name, "\n".join(data))
                name, data, size = "", [], 0
                continue
            size += len(raw)
            if size > LONGEST:
                raise StreamError("One message has no end.")
            field, _, value = line.partition(":")
            value = value.removeprefix(" ")
            if field == "event":
                name = value
            elif field == "data":
                data.append(value)


class _Lines:
    """Cuts bytes into lines that end with LF, CR or both."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self._length = 0
        self._total = 0
        self._after_cr = False

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        self._total += len(chunk)
        if self._total > MOST:
            raise StreamError("The answer has no end.")
        for piece in chunk.splitlines(keepends=True):
            continues = self._after_cr and piece == b"\n"
            self._after_cr = piece.endswith(b"\r")
            if continues:
                continue
            body = piece.rstrip(b"\r\n")
            self._pieces.append(body)
            self._length += len(body)
            if self._length > LONGEST:
                raise StreamError("One message has no end.")
            if len(body) < len(piece):
                line = b"".join(self._pieces)
                self._pieces.clear()
                self._length = 0
                yield line
