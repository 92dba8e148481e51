"""The official client, subclassed: timeouts, no retries, exact numbers, an end on demand."""

from __future__ import annotations

import socket
import weakref
from typing import TYPE_CHECKING, Any, Protocol

from typing_extensions import override

from puffin.data.alpaca_answers import read_answer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from puffin.data.alpaca_keys import AlpacaKeys

    Heard = Callable[[str, int, Mapping[str, str]], None]


class Client(Protocol):
    """What the factory makes."""

    def ask(self, method: str, path: str, data: dict[str, object], base: str, version: str) -> Any:  # noqa: ANN401 - JSON
        """Ask once."""
        ...

    def abort(self) -> None:
        """Break off whatever is being asked."""
        ...


class Lines:
    """The connections that are open, so that they can be cut."""

    def __init__(self) -> None:
        self._open: weakref.WeakSet[socket.socket] = weakref.WeakSet()

    def add(self, line: socket.socket) -> None:
        """Remember a connection."""
        self._open.add(line)

    def cut(self) -> None:
        """Wake every thread that waits on one; it then finds the line broken."""
        for each in list(self._open):
            try:
                each.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue  # it is closed already


def make_client(
    keys: AlpacaKeys, timeouts: tuple[float, float], heard: Heard
) -> tuple[Client, str, str]:
    """Return a client, and Alpaca's own addresses for trading and for data."""
    from alpaca.common.enums import BaseURL
    from alpaca.trading.client import TradingClient

    lines = Lines()

    class OnceClient(TradingClient):
        def __init__(self) -> None:
            super().__init__(keys.key, keys.secret, paper=keys.paper, raw_data=True)
            self._retry = 0  # it would send orders again after a 429 or a 504
            adapter = _adapter(lines)
            self._session.mount("https://", adapter)
            self._session.mount("http://", adapter)

        def ask(
            self, method: str, path: str, data: dict[str, object], base: str, version: str
        ) -> Any:  # noqa: ANN401 - JSON
            return self._request(method, path, data, base_url=base, api_version=version)

        def abort(self) -> None:
            lines.cut()
            self._session.close()

        @override
        def _one_request(self, method: str, url: str, opts: dict[str, Any], retry: int) -> Any:
            response = self._session.request(method, url, timeout=timeouts, **opts)
            heard(url, response.status_code, response.headers)
            return read_answer(response.status_code, keys.blotted(response.text))

    trading = BaseURL.TRADING_PAPER if keys.paper else BaseURL.TRADING_LIVE
    return OnceClient(), trading.value, BaseURL.DATA.value


def _adapter(lines: Lines) -> Any:  # noqa: ANN401 - requests' class is imported late
    """Return a transport whose connections are remembered."""
    from requests.adapters import HTTPAdapter
    from urllib3.connection import HTTPConnection, HTTPSConnection
    from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

    class Plain(HTTPConnection):
        @override
        def connect(self) -> None:
            super().connect()
            lines.add(self.sock)

    class Secure(HTTPSConnection):
        @override
        def connect(self) -> None:
            super().connect()
            lines.add(self.sock)

    class PlainPool(HTTPConnectionPool):
        pass

    class SecurePool(HTTPSConnectionPool):
        pass

    PlainPool.ConnectionCls = Plain
    SecurePool.ConnectionCls = Secure
    adapter = HTTPAdapter()
    adapter.poolmanager.pool_classes_by_scheme = {"http": PlainPool, "https": SecurePool}
    return adapter
