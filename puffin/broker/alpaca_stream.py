"""The stream of trade updates: Alpaca's own client, told apart when it is up, down, or hopeless."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from puffin.data.alpaca_tasks import quiet_logger

if TYPE_CHECKING:
    from collections.abc import Callable

    from puffin.data.alpaca_keys import AlpacaKeys

    Json: TypeAlias = dict[str, Any]
    Take: TypeAlias = Callable[[Json], None]
    Told: TypeAlias = Callable[["StreamState"], None]

# The client's own wait 180 s for a pong, and 20 s for a farewell.
PINGS: dict[str, Any] = {
    "ping_interval": 8,
    "ping_timeout": 8,
    "close_timeout": 1,
    "max_queue": 1024,
}
PATIENCE = 2.0  # seconds for the farewell
START_PATIENCE = 15.0  # seconds to connect and to be let in
BROKE = "The connection to Alpaca broke."
REFUSED = "Alpaca does not accept these keys."
TOO_MANY = 429


@dataclass(frozen=True, slots=True)
class StreamState:
    """Whether the stream is up; `fatal` when it gave up."""

    up: bool
    reason: str = ""
    fatal: bool = False


class Stream(Protocol):
    """What the factory makes."""

    async def listen(self) -> None:
        """Listen until cancelled, or until the keys are refused."""
        ...

    async def end(self) -> None:
        """Close the connection."""
        ...


@dataclass(frozen=True, slots=True)
class StreamOptions:
    """Where and how it connects; `backoff` are the shortest and longest waits between tries."""

    url: str = ""
    pings: Json | None = None
    backoff: tuple[float, float] = (1.0, 30.0)


def why(error: Exception) -> str:
    """Return in words why a connection broke or did not come about."""
    status = getattr(error, "status_code", None)
    if status == TOO_MANY:
        return "Alpaca lets no more connections in; another program may be connected."
    if status is not None:
        return f"Alpaca did not let the stream in ({status})."
    if isinstance(error, TimeoutError):
        return "Alpaca did not answer in time."
    if isinstance(error, OSError):
        return "Alpaca cannot be reached."
    return BROKE


class _Hooks:
    """What is added to Alpaca's client; `super()` is that client."""

    def hook(self, options: StreamOptions, take: Take, told: Told) -> None:
        """Begin with nothing known."""
        self._reconnect_min_backoff, self._reconnect_max_backoff = options.backoff
        self._forward = take
        self._told = told
        self._state = StreamState(up=False)
        self._refused = False

    async def listen(self) -> None:
        """Listen until cancelled, or until the keys are refused."""
        client: Any = self
        client.subscribe_trade_updates(self._take)
        await client._run_forever()  # noqa: SLF001 - its own class; `run` would make a loop
        if self._refused:
            self._tell(StreamState(up=False, reason=REFUSED, fatal=True))

    async def end(self) -> None:
        """Close the connection."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self.close(), PATIENCE)

    async def _take(self, message: Json) -> None:
        self._forward(message.get("data", {}))

    def _tell(self, state: StreamState) -> None:
        if state != self._state:
            self._state = state
            self._told(state)

    async def _auth(self) -> None:
        client: Any = super()
        try:
            await client._auth()  # noqa: SLF001 - its own class
        except ValueError:
            # The client would knock with the same keys for ever.
            self._refused = True
            await client.stop_ws()
            raise

    async def _start_ws(self) -> None:
        client: Any = super()
        try:
            await asyncio.wait_for(client._start_ws(), START_PATIENCE)  # noqa: SLF001 - its own class
        except Exception as error:
            if not self._refused:
                self._tell(StreamState(up=False, reason=why(error)))
            raise

    async def _dispatch(self, msg: Json) -> None:
        if msg.get("stream") == "listening":
            self._tell(StreamState(up=True))
        client: Any = super()
        await client._dispatch(msg)  # noqa: SLF001 - its own class

    async def close(self) -> None:
        """Close the connection, as the client does when it broke."""
        if not self._refused:
            self._tell(StreamState(up=False, reason=self._state.reason or BROKE))
        client: Any = super()
        await client.close()


def make_stream(keys: AlpacaKeys, options: StreamOptions, take: Take, told: Told) -> Stream:
    """Return the stream; importing its client takes a second, so call it in a thread.

    Args:
        keys: What opens the account.
        options: Where and how it connects.
        take: Gets the data of each trade update, on the loop.
        told: Gets each change of the stream's state, on the loop.
    """
    from alpaca.trading.stream import TradingStream

    class ToldStream(_Hooks, TradingStream):
        pass

    made = ToldStream(
        keys.key,
        keys.secret,
        paper=keys.paper,
        raw_data=True,
        url_override=options.url,
        websocket_params={**(options.pings or PINGS), "logger": quiet_logger()},
    )
    made.hook(options, take, told)
    return made
