"""The parts of SIM, PAPER and LIVE that come from outside: a broker, prices, and who makes them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from puffin.broker.base import Broker

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Collection
    from datetime import datetime

    from puffin.broker.base import BrokerAccount
    from puffin.data.bars import Bars, Interval
    from puffin.meter import Reading
    from puffin.types import Quote, Split


@dataclass(frozen=True, slots=True)
class Keys:
    """A key and its secret; neither is ever shown."""

    key: str = field(repr=False)
    secret: str = field(repr=False)

    @property
    def hint(self) -> str:
        """The key's last four letters, to tell two keys apart."""
        return f"…{self.key[-4:]}"


class PastPrices(Protocol):
    """Somebody who also has prices of the past. Calls block: run them off the loop."""

    def history(
        self,
        symbol: str,
        interval: Interval,
        start: datetime | None = None,
        end: datetime | None = None,
    ) -> Bars:
        """Return the bars that opened in [start, end)."""
        ...

    def splits(self, symbol: str) -> list[Split]:
        """Return the splits that are known."""
        ...


class LiveSource(Protocol):
    """Prices of now, for whatever symbols are wanted at the moment."""

    @property
    def name(self) -> str:
        """What the source is called on screen."""
        ...

    @property
    def past(self) -> PastPrices | None:
        """Who has its prices of the past; None where nobody does."""
        ...

    def lag(self) -> float:
        """Return by how many seconds its prices are always late, at most; 0 for prices of now."""
        ...

    def quotes(self, symbols: Collection[str]) -> AsyncIterator[Quote]:
        """Yield quotes for `symbols` until the source closes or breaks."""
        ...

    def watch(self, symbols: Collection[str]) -> None:
        """Stream these symbols and no others from now on."""
        ...

    async def close(self) -> None:
        """End every connection."""
        ...


class OutsideBroker(Broker, Protocol):
    """A broker outside: it can also be let go."""

    async def close(self) -> None:
        """End every connection."""
        ...


class Outside(Protocol):
    """Makes what speaks to the world outside. Nothing connects before it is used."""

    def broker(
        self, keys: Keys, *, paper: bool, account: str, now: Callable[[], datetime]
    ) -> OutsideBroker:
        """Return the broker of these keys."""
        ...

    def prices(self, keys: Keys, feed: str, *, paper: bool) -> LiveSource:
        """Return the stream of prices of these keys, those paper or live."""
        ...

    def polled(self, seconds: Callable[[], float]) -> LiveSource:
        """Return prices that need no keys: delayed, and asked for every few seconds."""
        ...

    def readings(self) -> dict[str, Reading]:
        """Return how each host that was asked answers, by its name."""
        ...

    async def account(self, keys: Keys, *, paper: bool) -> BrokerAccount:
        """Return the account that these keys open.

        Raises:
            KeysRefusedError: They open none.
            BrokerError: The broker could not be asked.
        """
        ...
