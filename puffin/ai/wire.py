"""The line to a service: where it may lead, what it may carry, and how much may come back."""

from __future__ import annotations

import ipaddress
import logging
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from typing_extensions import override

from puffin.ai.sse import MOST, StreamError
from puffin.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import httpx2

    from puffin.ai.base import Timing

# What a request may carry. Variables of the environment make the libraries add more.
HEADERS = frozenset(
    {
        "accept",
        "anthropic-version",
        "connection",
        "content-length",
        "content-type",
        "host",
        "idempotency-key",
        "transfer-encoding",
        "user-agent",
    }
)
LATER = 5.0  # seconds that our own patience is ahead of the library's
LOUD = ("anthropic", "openai", "httpx2", "httpcore2")  # they print what they send at DEBUG


@dataclass(frozen=True, slots=True)
class Address:
    """Where a service is; `local` when it is this machine."""

    url: str
    host: str
    local: bool


def address(url: str) -> Address:
    """Return where `url` leads.

    Raises:
        ParameterError: It is no plain address, or one that others on the way could read.
    """
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").rstrip(".")
        port_is_fine = parts.port is None or parts.port > 0
    except ValueError:
        host, parts, port_is_fine = "", urlsplit(""), False
    plain = re.fullmatch(r"[\x21-\x7e]+", url) is not None and "\\" not in url
    extras = parts.username is not None or parts.password is not None or "?" in url or "#" in url
    if not host or not plain or not port_is_fine or extras:
        raise ParameterError(
            "This is not the address of a service.",
            hint="Write it like https://models.example.com/v1 or http://127.0.0.1:11434/v1.",
        )
    local = _is_here(host)
    if parts.scheme not in {"https", "http"} or (parts.scheme == "http" and not local):
        raise ParameterError(
            f"What is said to {host} could be read on the way.",
            hint="Use an address that begins with https://, or a service on this computer.",
        )
    return Address(url.rstrip("/"), host, local)


def _is_here(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def http_client(place: Address, key: str, timing: Timing) -> httpx2.AsyncClient:
    """Return a client that goes to `place` only, with this key or none.

    Nothing redirects it, and no variable of the environment adds to what it carries.
    A service on this machine is never asked through a proxy. Made in a worker thread: it reads the
    certificates of the system.
    """
    import httpx2

    async def stay(request: httpx2.Request) -> None:
        if request.url.host.strip("[]") != place.host:
            raise StreamError("The request would have gone elsewhere.")
        for name in list(request.headers):
            if name.lower() not in HEADERS:
                del request.headers[name]
        request.headers["Accept-Encoding"] = "identity"
        if key:
            request.headers["Authorization"] = f"Bearer {key}"

    patience = timing.stall + LATER
    return httpx2.AsyncClient(
        timeout=httpx2.Timeout(
            connect=timing.connect, read=patience, write=patience, pool=timing.connect
        ),
        follow_redirects=False,
        trust_env=not place.local,
        event_hooks={"request": [stay], "response": [_measure]},
    )


async def _measure(response: httpx2.Response) -> None:
    """Refuse what is packed, and give up an answer without measure."""
    import httpx2

    class Measured(httpx2.AsyncByteStream):
        def __init__(self, stream: httpx2.AsyncByteStream) -> None:
            self._stream = stream

        @override
        async def __aiter__(self) -> AsyncIterator[bytes]:
            total = 0
            async for chunk in self._stream:
                total += len(chunk)
                if total > MOST:
                    raise StreamError("The answer has no end.")
                yield chunk

        @override
        async def aclose(self) -> None:
            await self._stream.aclose()

    if response.headers.get("Content-Encoding", "identity") != "identity":
        await response.aclose()
        raise StreamError("The answer is packed, which was not asked for.")
    if isinstance(response.stream, httpx2.AsyncByteStream):
        response.stream = Measured(response.stream)


def hush() -> None:
    """Keep what the libraries send out of every log, also when somebody asks for all details."""
    for name in LOUD:
        logger = logging.getLogger(name)
        if logger.level < logging.INFO:
            logger.setLevel(logging.INFO)
