"""Questions to Alpaca over its own client: with timeouts, at its pace, for every purpose."""

from __future__ import annotations

import logging
import threading
from enum import Enum
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit

from puffin.data.alpaca_answers import RefusedError, UnansweredError
from puffin.data.alpaca_limiter import RateLimiters, ThrottledError, Urgency
from puffin.errors import KeysRefusedError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from puffin.data.alpaca_keys import AlpacaKeys

log = logging.getLogger(__name__)

TIMEOUTS = (3.05, 15.0)  # seconds to connect, and without a byte of the answer
PATIENCE = {Urgency.CANCEL: 30.0, Urgency.ORDER: 5.0, Urgency.READ: 15.0}


class Host(Enum):
    """Which of Alpaca's hosts."""

    TRADING = "trading"
    DATA = "data"


class _Asking(Protocol):
    """The official client as it is used here."""

    def ask(
        self, method: str, path: str, data: dict[str, object], base: str, version: str
    ) -> Any: ...  # noqa: ANN401 - JSON

    def abort(self) -> None: ...


class AlpacaRest:
    """Asks Alpaca. Calls block; any thread may ask, the loop must not.

    The client is imported at the first question, which takes a second or two. Its own retries are
    off: they send orders again.

    Args:
        keys: What opens the account.
        url: Another address for orders and the account; Alpaca's own when empty.
        data_url: Another address for prices.
        limiters: The paces; pass one object to everything that asks Alpaca.
        timeouts: Seconds to connect, and to wait for the next byte.
    """

    def __init__(
        self,
        keys: AlpacaKeys,
        *,
        url: str = "",
        data_url: str = "",
        limiters: RateLimiters | None = None,
        timeouts: tuple[float, float] = TIMEOUTS,
    ) -> None:
        self._keys = keys
        self._urls = {Host.TRADING: url, Host.DATA: data_url}
        self._limiters = limiters or RateLimiters()
        self._timeouts = timeouts
        self._lock = threading.Lock()
        self._client: _Asking | None = None
        self._closed = False

    def ask(
        self,
        method: str,
        path: str,
        data: Mapping[str, object] | None = None,
        *,
        host: Host = Host.TRADING,
        version: str = "v2",
        urgency: Urgency = Urgency.READ,
    ) -> Any:  # noqa: ANN401 - JSON, with exact decimals
        """Return Alpaca's answer; None for an empty one.

        Raises:
            RefusedError: A definite no.
            KeysRefusedError: A no to the keys.
            UnansweredError: It may have been done or not.
            ThrottledError: It was not sent.
        """
        if self._keys.wrong:
            raise KeysRefusedError(self._keys.wrong)
        client = self._ready()
        base = self._urls[host]
        limiter = self._limiters.of(base)
        limiter.enter(urgency, PATIENCE[urgency], lambda: self._closed)
        try:
            with limiter.meter.timing(passing=(RefusedError,)):
                return client.ask(method, path, dict(data or {}), base, version)
        except OSError as error:
            raise UnansweredError(_unreached(error)) from error
        except KeysRefusedError as error:
            raise KeysRefusedError(f"{error} {self._which_keys()}") from error

    def close(self) -> None:
        """End every request that is under way."""
        with self._lock:
            self._closed = True
            if self._client is not None:
                self._client.abort()
        self._limiters.wake()

    def _which_keys(self) -> str:
        kind, other = ("paper", "live") if self._keys.paper else ("live", "paper")
        return f"They are used for {kind} trading: keys for {other} trading do not work there."

    def _ready(self) -> _Asking:
        with self._lock:
            if self._closed:
                raise UnansweredError("The connection to Alpaca is closed.")
            if self._client is None:
                from puffin.data.alpaca_client import make_client

                self._client, trading, data = make_client(self._keys, self._timeouts, self._heard)
                self._urls = {
                    Host.TRADING: self._urls[Host.TRADING] or trading,
                    Host.DATA: self._urls[Host.DATA] or data,
                }
            return self._client

    def _heard(self, url: str, status: int, headers: Mapping[str, str]) -> None:
        for base in self._urls.values():
            if urlsplit(base).netloc == urlsplit(url).netloc:
                self._limiters.of(base).heard(status, headers)
                return


def _unreached(error: OSError) -> str:
    if isinstance(error, TimeoutError) or "Timeout" in type(error).__name__:
        return "Alpaca did not answer in time."
    return "Alpaca cannot be reached, or the line broke."


__all__ = [
    "AlpacaRest",
    "Host",
    "RefusedError",
    "ThrottledError",
    "UnansweredError",
    "Urgency",
]
