"""The streams of prices: Alpaca's own clients, told apart when they are up, down, or hopeless."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from puffin.data.alpaca_tasks import quiet_logger
from puffin.errors import KeysRefusedError, ProviderUnavailableError
from puffin.types import AssetClass

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from puffin.data.alpaca_keys import AlpacaKeys
    from puffin.errors import DataError

    Json: TypeAlias = dict[str, Any]

# The client's own wait 180 s for a pong, and 20 s for a farewell.
PINGS: dict[str, Any] = {
    "ping_interval": 8,
    "ping_timeout": 8,
    "close_timeout": 1,
    "max_queue": 1024,
}
FAREWELL = 2.0
START_PATIENCE = 15.0
MUTE = 60.0  # seconds without a price while prices should be coming
CHANNELS = ("quotes", "trades", "dailyBars")
SYMBOL_LIMIT = 405
PATHS = {AssetClass.CRYPTO: "/v1beta3/crypto/us", AssetClass.OPTION: "/v1beta1/indicative"}
WORDS = {
    "connection limit exceeded": "Alpaca allows one connection for prices, and another program"
    " holds it.",
    "auth timeout": "Alpaca waited too long for the keys.",
    "slow client": "Prices came faster than they were taken; some are missing.",
    "symbol limit exceeded": "Alpaca's plan streams fewer symbols than are watched.",
    "internal error": "Alpaca has a fault of its own.",
}
NO_PLAN = "Alpaca's plan does not include this stream of prices; choose the IEX feed."


class Listener(Protocol):
    """Who is told of prices and of the line; on the loop."""

    def take(self, message: Json) -> None:
        """Take one message about a symbol."""
        ...

    def up(self) -> None:
        """The stream is up, and has taken what is watched."""
        ...

    def down(self, reason: str) -> None:
        """It broke, or said what is wrong; it is being set up again."""
        ...

    def over_limit(self, kind: AssetClass) -> None:
        """It takes fewer symbols than it was asked for."""
        ...


class PriceStream(Protocol):
    """What the factory makes."""

    async def listen(self) -> None:
        """Listen until cancelled.

        Raises:
            DataError: It is of no use: only other keys or another plan help.
        """
        ...

    async def watch(self, symbols: Sequence[str]) -> None:
        """Ask for these symbols and no others."""
        ...

    async def end(self) -> None:
        """Close the connection."""
        ...


@dataclass(frozen=True, slots=True)
class PriceOptions:
    """Where and how the streams connect.

    `expected` says whether prices should be coming now, so that silence is a fault.
    """

    feed: str = "iex"
    url: str = ""
    pings: Json | None = None
    backoff: tuple[float, float] = (1.0, 30.0)
    mute: float = MUTE
    expected: Callable[[], bool] = lambda: False


class _Hooks:
    """What is added to Alpaca's client; `super()` is that client."""

    def hook(self, kind: AssetClass, options: PriceOptions, listener: Listener) -> None:
        """Begin with nothing watched."""
        self._reconnect_min_backoff, self._reconnect_max_backoff = options.backoff
        self._kind = kind
        self._options = options
        self._listener = listener
        self._fatal: DataError | None = None
        self._said = ""
        self._ended = False

    @property
    def _data_timeout(self) -> float | None:
        """How long silence lasts before the client connects again; None is for ever."""
        return self._options.mute if self._options.expected() else None

    @_data_timeout.setter
    def _data_timeout(self, value: float | None) -> None:
        """Pass over what the client's constructor sets: it must follow the market's hours."""

    async def listen(self) -> None:
        """Listen until cancelled."""
        client: Any = self
        await client._run_forever()  # noqa: SLF001 - its own class; `run` would make a loop
        raise self._fatal or ProviderUnavailableError("Alpaca closed the stream of prices.")

    async def watch(self, symbols: Sequence[str]) -> None:
        """Ask for these symbols and no others; at the next connection, when there is none."""
        client: Any = self
        running = client._running  # noqa: SLF001 - its own class
        channels = CHANNELS[:2] if self._kind is AssetClass.OPTION else CHANNELS
        for channel in channels:
            handlers = client._handlers[channel]  # noqa: SLF001 - its own class
            gone = [each for each in handlers if each not in symbols]
            for each in gone:
                del handlers[each]
            handlers.update(dict.fromkeys(symbols, self._dispatch))
            if gone and running:
                await client._send_unsubscribe_msg(channel, gone)  # noqa: SLF001 - its own class
        if running and symbols:
            await client._send_subscribe_msg()  # noqa: SLF001 - its own class

    async def end(self) -> None:
        """Close the connection."""
        self._ended = True
        with suppress(TimeoutError):
            await asyncio.wait_for(self.close(), FAREWELL)

    async def _auth(self) -> None:
        client: Any = super()
        try:
            await client._auth()  # noqa: SLF001 - its own class
        except ValueError as error:
            self._fatal = _fatal(str(error))
            if self._fatal is not None:
                # The client would knock with the same keys for ever.
                await client.stop_ws()
            self._say(WORDS.get(str(error), "Alpaca did not let the stream of prices in."))
            raise

    async def _start_ws(self) -> None:
        client: Any = super()
        try:
            await asyncio.wait_for(client._start_ws(), START_PATIENCE)  # noqa: SLF001 - its own class
        except Exception:
            if not self._said:
                self._say("The stream of prices cannot be reached.")
            raise

    async def _dispatch(self, msg: Json) -> None:
        kind = msg.get("T")
        if kind == "subscription":
            self._said = ""
            self._listener.up()
        elif kind == "error":
            self._trouble(msg)
        else:
            self._listener.take(msg)

    def _trouble(self, msg: Json) -> None:
        text = str(msg.get("msg") or "")
        if msg.get("code") == SYMBOL_LIMIT:
            self._listener.over_limit(self._kind)
        self._say(WORDS.get(text, f"Alpaca says of its prices: “{text[:80]}”."))

    def _say(self, reason: str) -> None:
        if reason != self._said:
            self._said = reason
            self._listener.down(reason)

    async def close(self) -> None:
        """Close the connection, as the client does when it broke or fell silent."""
        if self._fatal is None and not (self._said or self._ended):
            self._say("The stream of prices broke; it is set up again.")
        client: Any = super()
        await client.close()


def _fatal(text: str) -> DataError | None:
    if text == "auth failed":
        return KeysRefusedError("Alpaca does not accept these keys for prices.")
    if text in {"insufficient subscription", "v2 not enabled"}:
        return ProviderUnavailableError(NO_PLAN, hint="Choose the feed in Settings, Connections.")
    return None


def make_prices(
    kind: AssetClass, keys: AlpacaKeys, options: PriceOptions, listener: Listener
) -> PriceStream:
    """Return the stream of one kind of asset; importing takes a second: call it in a thread."""
    from alpaca.data.live.crypto import CryptoDataStream
    from alpaca.data.live.option import OptionDataStream
    from alpaca.data.live.stock import StockDataStream

    class Stocks(_Hooks, StockDataStream):
        pass

    class Crypto(_Hooks, CryptoDataStream):
        pass

    class Options(_Hooks, OptionDataStream):
        pass

    from alpaca.common.enums import BaseURL

    base = options.url or BaseURL.MARKET_DATA_STREAM.value
    url = base + PATHS.get(kind, f"/v2/{options.feed}")
    pings = {**(options.pings or PINGS), "logger": quiet_logger()}
    made: Stocks | Crypto | Options
    if kind is AssetClass.STOCK:
        made = Stocks(
            keys.key, keys.secret, raw_data=True, websocket_params=pings, url_override=url
        )
    elif kind is AssetClass.CRYPTO:
        made = Crypto(
            keys.key, keys.secret, raw_data=True, websocket_params=pings, url_override=url
        )
    else:
        made = Options(
            keys.key, keys.secret, raw_data=True, websocket_params=pings, url_override=url
        )
    made.hook(kind, options, listener)
    return made
