"""Alpaca as a broker, paper or live, over its own client."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote

from puffin.broker.alpaca_account import (
    read_account,
    read_asset,
    read_clock,
    read_position,
)
from puffin.broker.alpaca_history import AlpacaHistory
from puffin.broker.alpaca_lanes import AlpacaLanes, told
from puffin.broker.alpaca_news import NewsReader
from puffin.broker.alpaca_orders import Names, OrderReader, UnreadableError
from puffin.broker.alpaca_refusals import is_duplicate, is_unknown, sentence
from puffin.broker.alpaca_stream import StreamOptions, make_stream
from puffin.broker.alpaca_venue import VENUE
from puffin.broker.alpaca_wire import change_body, order_body
from puffin.broker.base import Connected, Lost
from puffin.data.alpaca_answers import RefusedError, UnansweredError
from puffin.data.alpaca_keys import AlpacaKeys
from puffin.data.alpaca_limiter import ThrottledError, Urgency
from puffin.data.alpaca_rest import TIMEOUTS, AlpacaRest
from puffin.data.alpaca_tasks import end_tasks
from puffin.errors import (
    BrokerError,
    KeysRefusedError,
    OrderRejectedError,
    OrderStateUnknownError,
)
from puffin.types import AssetClass, OrderStatus, asset_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from datetime import datetime
    from decimal import Decimal

    from puffin.broker.alpaca_stream import StreamState
    from puffin.broker.base import Activity, Asset, BrokerAccount, MarketClock
    from puffin.data.alpaca_limiter import RateLimiters
    from puffin.data.sessions import Session
    from puffin.types import Fill, Order, OrderUpdate, Position

    T = TypeVar("T")

PAGE = 500


class AlpacaBroker:
    """The whole broker's port for one account at Alpaca.

    Everything runs on a few threads of its own; nothing blocks the loop, and `close` ends it all.
    `Order.external` is only what this object can tell: after a restart, who keeps the orders
    knows better which are ours.

    Args:
        key: The key's id.
        secret: Its secret.
        paper: Whether the keys are for paper trading.
        account_id: The account that orders and fills are booked to.
        now: The computer's time.
        url: Another address for orders and the account; Alpaca's own when empty.
        limiters: The paces; pass one object to everything that asks Alpaca.
        stream: Where and how the stream of updates connects.
        timeouts: Seconds to connect, and to wait for the next byte.
    """

    venue = VENUE

    def __init__(  # noqa: PLR0913 - see Args; all but the keys are given by name
        self,
        key: str,
        secret: str,
        *,
        paper: bool,
        account_id: str,
        now: Callable[[], datetime],
        url: str = "",
        stream_url: str = "",
        limiters: RateLimiters | None = None,
        stream: StreamOptions | None = None,
        timeouts: tuple[float, float] = TIMEOUTS,
    ) -> None:
        self._keys = AlpacaKeys(key, secret, paper)
        self._rest = AlpacaRest(self._keys, url=url, limiters=limiters, timeouts=timeouts)
        self._lanes = AlpacaLanes(self._rest)
        self._now = now
        self._options = stream or StreamOptions(url=stream_url)
        self._names = Names.empty()
        self._reader = OrderReader(account_id, now, self._names)
        self._news = NewsReader(self._reader, self._names)
        self._history = AlpacaHistory(self._lanes, self._reader, self._names, account_id)
        self._queue: asyncio.Queue[OrderUpdate | Connected | Lost] = asyncio.Queue()

    @property
    def name(self) -> str:
        """The name a trader knows it by."""
        return "Alpaca paper" if self._keys.paper else "Alpaca"

    async def submit(self, order: Order) -> OrderUpdate:
        """Send `order` once; what it brings along is announced by `updates`."""
        if self._names.is_ours(order.id):
            known = await self._sure(self.lookup(order.id))
            if known is not None:
                return known
        self._names.sent.add(order.id)
        body = order_body(order)
        return await self._place("POST", "/orders", body, order.id)

    async def replace(self, order_id: str, changed: Order) -> OrderUpdate:
        """Put `changed` in the place of a working order."""
        body = change_body(changed)
        theirs = await self._sure(self._theirs(order_id))
        if theirs is None:
            raise OrderRejectedError("Alpaca does not know the order that was to be changed.")
        self._names.sent.add(changed.id)
        return await self._place("PATCH", f"/orders/{theirs}", body, changed.id)

    async def _place(
        self, method: str, path: str, body: dict[str, object], order_id: str
    ) -> OrderUpdate:
        """Send what makes a new order, and tell apart what can become of it."""
        try:
            answer = await self._lanes.ask(method, path, body, urgency=Urgency.ORDER)
            return self._taken(answer, order_id)
        except RefusedError as error:
            if is_duplicate(error):
                return await self._there_already(order_id)
            raise OrderRejectedError(sentence(error)) from error
        except ThrottledError as error:
            raise OrderRejectedError(f"The order was not sent. {error}") from error
        except KeysRefusedError as error:
            raise OrderRejectedError(str(error), hint=error.hint) from error
        except (UnansweredError, UnreadableError) as error:
            raise OrderStateUnknownError(str(error)) from error

    def _taken(self, answer: object, order_id: str) -> OrderUpdate:
        first, *legs = self._reader.family(answer)
        if first.id != order_id:
            raise UnreadableError("Alpaca's answer is about another order.")
        for each in legs:
            self._queue.put_nowait(self._reader.update(each))
        return self._reader.update(first)

    async def _there_already(self, order_id: str) -> OrderUpdate:
        known = await self._sure(self.lookup(order_id))
        if known is None:
            raise OrderStateUnknownError("Alpaca says both that it has the order and that not.")
        return known

    async def _sure(self, asking: Awaitable[T]) -> T:
        """Ask on the way to an order: what cannot be found out leaves the order unknown."""
        try:
            return await asking
        except KeysRefusedError as error:
            raise OrderRejectedError(str(error), hint=error.hint) from error
        except OrderRejectedError:
            raise
        except BrokerError as error:
            raise OrderStateUnknownError(str(error)) from error

    async def cancel(self, order_id: str) -> OrderUpdate:
        """Cancel an order, or say that it is too late."""
        theirs = await self._theirs(order_id, Urgency.CANCEL)
        if theirs is None:
            raise BrokerError(f"Alpaca has no order {order_id}.")
        refusal = ""
        try:
            await self._lanes.ask("DELETE", f"/orders/{theirs}", urgency=Urgency.CANCEL)
        except RefusedError as error:
            if is_unknown(error):
                raise BrokerError(f"Alpaca has no order {order_id}.") from error
            refusal = sentence(error)
        except UnansweredError as error:
            raise OrderStateUnknownError(str(error)) from error
        except ThrottledError as error:
            raise BrokerError(f"The cancel was not sent. {error}") from error
        now = await self._sure(self._look(order_id, Urgency.CANCEL))
        if now is None:
            raise OrderStateUnknownError("Alpaca does not say what became of the order.")
        return self._cancelled(now, refusal)

    def _cancelled(self, now: Order, refusal: str) -> OrderUpdate:
        late = now.status.is_terminal and now.status is not OrderStatus.CANCELLED
        if late:
            return self._reader.update(now, f"Too late to cancel: the order is {now.status}.")
        return self._reader.update(now, refusal)

    async def lookup(self, order_id: str) -> OrderUpdate | None:
        """Return the latest word on an order; None proves that it never arrived."""
        order = await self._look(order_id, Urgency.READ)
        return None if order is None else self._reader.update(order)

    async def _look(self, order_id: str, urgency: Urgency) -> Order | None:
        try:
            answer = await self._lanes.ask(
                "GET", "/orders:by_client_order_id", {"client_order_id": order_id}, urgency=urgency
            )
            return next(self._reader.family(answer))
        except RefusedError as error:
            if is_unknown(error):
                return None
            raise told(error) from error
        except (UnansweredError, ThrottledError, UnreadableError) as error:
            raise told(error) from error

    async def _theirs(self, order_id: str, urgency: Urgency = Urgency.ORDER) -> str | None:
        """Return Alpaca's id of an order of ours."""
        known = self._names.theirs.get(order_id)
        if known is not None:
            return known
        order = await self._look(order_id, urgency)
        return None if order is None else order.broker_id

    async def open_orders(self) -> list[Order]:
        """Return every order that has not ended."""
        found: dict[str, Order] = {}
        # The nested list tells whose legs they are; legs of an entry that filled are in the other.
        for nested in ("true", "false"):
            for body in await self._pages(nested):
                for order in self._reader.orders([body]):
                    found.setdefault(order.id, order)
        return [each for each in found.values() if not each.status.is_terminal]

    async def _pages(self, nested: str) -> list[Any]:
        wanted = {"status": "open", "limit": PAGE, "direction": "asc", "nested": nested}
        found: list[Any] = []
        while True:
            page = await self._read("/orders", wanted, _listed)
            found += page
            if len(page) < PAGE:
                return found
            wanted["after"] = str(page[-1].get("submitted_at"))

    async def fills(self, since: datetime | None = None) -> list[Fill]:
        """Return the account's executions from `since` on, oldest first."""
        return await self._history.fills(since)

    async def activities(self, since: datetime | None = None) -> list[Activity]:
        """Return what else changed the account from `since` on, oldest first."""
        return await self._history.activities(since)

    async def equity(self, period: str = "1M") -> list[tuple[datetime, Decimal]]:
        """Return the account's daily equity over a period as Alpaca writes it: "1M", "1A"."""
        return await self._history.equity(period)

    async def sessions(self, first: datetime, last: datetime) -> list[Session]:
        """Return the exchange's sessions by Alpaca's calendar."""
        return await self._history.sessions(first, last)

    async def positions(self) -> list[Position]:
        """Return everything that is held."""
        return await self._read(
            "/positions", {}, lambda answer: [read_position(each) for each in _listed(answer)]
        )

    async def cash(self) -> Decimal:
        """Return the money not invested."""
        return (await self.account()).cash

    async def account(self) -> BrokerAccount:
        """Return the account's figures and flags."""
        return await self._read("/account", {}, read_account)

    async def asset(self, symbol: str) -> Asset | None:
        """Return what Alpaca says of `symbol`; None when it does not list it."""
        option = asset_of(symbol) is AssetClass.OPTION
        folder = "/options/contracts" if option else "/assets"
        try:
            return read_asset(await self._lanes.ask("GET", f"{folder}/{quote(symbol, safe='')}"))
        except RefusedError as error:
            if is_unknown(error):
                return None
            raise told(error) from error
        except (UnansweredError, ThrottledError, UnreadableError) as error:
            raise told(error) from error

    async def clock(self) -> MarketClock:
        """Return the exchange's time and hours."""
        asked = self._now()
        return await self._read("/clock", {}, lambda answer: read_clock(answer, asked, self._now()))

    async def _read(self, path: str, wanted: dict[str, object], reading: Callable[[Any], T]) -> T:
        try:
            return reading(await self._lanes.ask("GET", path, wanted))
        except (RefusedError, UnansweredError, ThrottledError, UnreadableError) as error:
            raise told(error) from error

    async def updates(self) -> AsyncIterator[OrderUpdate | Connected | Lost]:
        """Yield what happens to orders, until the keys turn out to be wrong."""
        making = partial(make_stream, self._keys, self._options, self._take, self._tell)
        stream = await self._lanes.run(making)
        listening = asyncio.create_task(stream.listen())
        try:
            while True:
                news = await self._queue.get()
                yield news
                if isinstance(news, Lost) and news.fatal:
                    return
        finally:
            await end_tasks([listening])
            await stream.end()

    def _take(self, data: dict[str, Any]) -> None:
        for each in self._news.read(data):
            self._queue.put_nowait(each)

    def _tell(self, state: StreamState) -> None:
        at = self._now()
        self._queue.put_nowait(
            Connected(at) if state.up else Lost(at, state.reason, fatal=state.fatal)
        )

    async def close(self) -> None:
        """End every request; whoever listens to `updates` ends that by closing the iterator."""
        await self._lanes.close()


def _listed(answer: object) -> list[Any]:
    if not isinstance(answer, list):
        raise UnreadableError("a list of Alpaca's cannot be read")
    return [each for each in answer if isinstance(each, dict)]
