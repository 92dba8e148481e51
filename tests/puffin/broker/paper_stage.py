"""A paper broker with a hand on its clock and its market."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeVar

import pytest

from puffin.broker.paper import PaperBroker
from puffin.execution.costs import Costs
from puffin.types import (
    Order,
    OrderStatus,
    OrderType,
    Quote,
    Side,
    Ticket,
    TimeInForce,
)

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from puffin.broker.paper_settings import PaperSettings
    from puffin.data.sessions import Calendar
    from puffin.types import (
        Fill,
        OrderUpdate,
    )

T = TypeVar("T")
OPEN = datetime(2012, 6, 1, 13, 30, tzinfo=UTC)
CLOSE = OPEN + timedelta(hours=6.5)
BUY, SELL = Side.BUY, Side.SELL
DAY, GTC = TimeInForce.DAY, TimeInForce.GTC


def done(call: Coroutine[None, None, T]) -> T:
    """The result of a call that never waits for anything."""
    with pytest.raises(StopIteration) as ended:
        call.send(None)
    result: T = ended.value.value
    return result


class Market:
    """A paper broker with a hand on its clock; everything it says is kept in `told`."""

    def __init__(
        self,
        cash="10000",
        *,
        settings: PaperSettings | None = None,
        calendar: Calendar | None = None,
        **costs: str,
    ) -> None:
        self.now = OPEN
        self.volume: dict[str, int] = {}
        self.told: list[OrderUpdate] = []
        self._given = (cash, settings, calendar, costs)
        self.broker = self._new()

    def _new(self) -> PaperBroker:
        cash, settings, calendar, costs = self._given
        amounts = {name: Decimal(value) for name, value in costs.items()}
        return PaperBroker(
            "demo",
            Decimal(cash),
            Costs(**amounts),
            lambda: self.now,
            settings=settings,
            calendar=calendar,
        )

    def trade(self, price, *, symbol="AAPL", after=60.0, spread="1", **more: Any) -> None:
        """Let the market trade at `price`, `after` seconds from now."""
        self.now += timedelta(seconds=after)
        self.broker.take_quote(self.quote(price, symbol=symbol, spread=spread, **more))

    def quote(self, price, *, symbol="AAPL", spread="1", traded=0, **more: Any) -> Quote:
        """A quote at this moment; `traded` shares changed hands since the one before."""
        last = Decimal(price)
        self.volume[symbol] = self.volume.get(symbol, 0) + traded
        quote = Quote(symbol, last - Decimal(spread), last + Decimal(spread), last, self.now)
        return replace(quote, volume=self.volume[symbol], **more)

    def order(self, id_, side=BUY, quantity="10", *, symbol="AAPL", tif=DAY, **fields) -> Order:
        """An order; `limit`, `stop`, `trail` and `percent` decide what kind it is."""
        limit, stop = fields.pop("limit", None), fields.pop("stop", None)
        trail, percent = fields.pop("trail", None), fields.pop("percent", None)
        kind = OrderType.LIMIT if limit else OrderType.MARKET
        if stop:
            kind = OrderType.STOP_LIMIT if limit else OrderType.STOP
        if trail or percent:
            kind = OrderType.TRAILING
        names = ("notional", "take_profit", "stop_loss", "stop_loss_limit")
        amounts: dict[str, Any] = {
            each: money(fields.pop(each)) for each in names if each in fields
        }
        ticket = Ticket(
            symbol,
            side,
            Decimal(quantity),
            kind,
            money(limit),
            money(stop),
            tif,
            trail_price=money(trail),
            trail_percent=money(percent),
            **amounts,
            **fields,
        )
        return Order(id_, "demo", ticket, OrderStatus.SENT, self.now, self.now, self.now)

    def submit(self, *arguments, **fields) -> OrderUpdate:
        return done(self.broker.submit(self.order(*arguments, **fields)))

    def replace(self, old, *arguments, **fields) -> OrderUpdate:
        return done(self.broker.replace(old, self.order(*arguments, **fields)))

    def cancel(self, id_) -> OrderUpdate:
        return done(self.broker.cancel(id_))

    def status(self, id_) -> OrderStatus | None:
        update = self.lookup(id_)
        return None if update is None else update.status

    def reason(self, id_) -> str:
        update = self.lookup(id_)
        return "" if update is None else update.reason

    def lookup(self, id_) -> OrderUpdate | None:
        return done(self.broker.lookup(id_))

    def fill(self, id_) -> Fill:
        update = self.lookup(id_)
        assert update is not None
        assert update.fill is not None
        return update.fill

    def fills(self, id_="") -> list[tuple[float, float]]:
        """Quantity and price of each fill, of one order or of all."""
        found = done(self.broker.fills())
        return [
            (float(each.quantity), float(each.price))
            for each in found
            if id_ in {"", each.order_id}
        ]

    def open(self) -> dict[str, Order]:
        return {each.id: each for each in done(self.broker.open_orders())}

    def held(self) -> dict[str, Decimal]:
        return {each.symbol: each.quantity for each in done(self.broker.positions())}

    def cash(self) -> Decimal:
        return done(self.broker.cash())

    def heard(self) -> list[OrderUpdate]:
        """Everything said since the last time."""
        found: list[OrderUpdate] = []
        while not self.broker._queue.empty():
            found.append(self.broker._queue.get_nowait())
        self.told += found
        return found


def money(amount: object) -> Decimal | None:
    return None if amount is None else Decimal(str(amount))
