"""Random trading on a paper broker, and a little store that keeps what it says."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from puffin.broker.paper_settings import PaperSettings
from puffin.errors import OrderRejectedError
from puffin.types import ZERO, OrderStatus, Side, Split, TimeInForce
from tests.puffin.broker.paper_stage import DAY, GTC, Market, done

if TYPE_CHECKING:
    from puffin.types import Fill, Order, OrderUpdate, Quote

SYMBOLS = st.sampled_from(["AAPL", "IBM"])
PRICES, SIZES = st.integers(20, 60), st.integers(1, 60)
KINDS = ["market", "limit", "stop", "stop limit", "trail", "percent", "notional"]
EXITS = ["", "", "bracket", "target", "stop loss", "oco"]
LASTING = [DAY, GTC, GTC, GTC, TimeInForce.IOC, TimeInForce.FOK, TimeInForce.OPG, TimeInForce.CLS]
SUBMIT = st.tuples(
    st.just("submit"),
    SYMBOLS,
    st.sampled_from(Side),
    SIZES,
    st.sampled_from(KINDS),
    st.sampled_from(EXITS),
    PRICES,
    st.sampled_from(LASTING),
)
TRADE = st.tuples(st.just("trade"), SYMBOLS, PRICES, st.integers(0, 120), st.integers(0, 90))
ACTIONS = st.one_of(
    TRADE,
    TRADE,
    SUBMIT,
    SUBMIT,
    st.tuples(st.just("repeat"), st.integers(0, 20)),
    st.tuples(st.just("cancel"), st.integers(0, 8)),
    st.tuples(st.just("replace"), st.integers(0, 8), PRICES, SIZES),
    st.tuples(st.just("close")),
    st.tuples(st.just("split"), SYMBOLS, st.integers(2, 3)),
    st.tuples(st.just("dividend"), SYMBOLS),
    st.tuples(st.just("halt"), SYMBOLS),
    st.tuples(st.just("resume"), SYMBOLS),
)
SETTINGS = st.builds(
    PaperSettings,
    seed=st.integers(0, 3),
    latency=st.sampled_from([timedelta(0), timedelta(0), timedelta(seconds=45)]),
    participation=st.sampled_from([None, Decimal("0.25")]),
    extra_spread_bps=st.sampled_from([ZERO, Decimal(20)]),
    improvement=st.sampled_from([ZERO, Decimal("0.4")]),
    reject_rate=st.sampled_from([ZERO, Decimal("0.1")]),
    halt_move=st.sampled_from([ZERO, Decimal("0.4")]),
    leverage=st.sampled_from([Decimal(1), Decimal(2)]),
    borrow_rate=st.sampled_from([ZERO, Decimal("0.1")]),
    interest_rate=st.sampled_from([ZERO, Decimal("0.1")]),
    short=st.booleans(),
)


def ticket_fields(kind: str, exits: str, price: int, size: int) -> dict[str, Any]:
    """What a kind of order and its exits are called at the stage."""
    up, down = str(price + 8), str(price - 8)
    if exits == "oco":
        return {"limit": price, "one_cancels_other": True}
    kinds: dict[str, dict[str, Any]] = {
        "market": {},
        "limit": {"limit": price},
        "stop": {"stop": price},
        "stop limit": {"stop": price, "limit": price},
        "trail": {"trail": 5},
        "percent": {"percent": 10},
        "notional": {"notional": size * 30 + 0.37},
    }
    found = kinds[kind]
    if kind == "notional":
        return dict(found)
    wanted = {"bracket": (up, down), "target": (up, None), "stop loss": (None, down)}
    target, stop = wanted.get(exits, (None, None))
    more = {"take_profit": target, "stop_loss": stop}
    return {**found, **{name: each for name, each in more.items() if each is not None}}


class Store:
    """Orders and fills as they follow from what was sent and said so far."""

    def __init__(self) -> None:
        self.orders: dict[str, Order] = {}
        self.fills: list[Fill] = []

    def apply(self, update: OrderUpdate) -> None:
        if update.order is not None:
            self.orders.setdefault(update.order_id, update.order)
        order = self.orders[update.order_id]
        if update.ticket is not None and update.at > order.market_time:
            order = replace(order, ticket=update.ticket, market_time=update.at)
        if update.fill is not None:
            assert update.fill.id not in {each.id for each in self.fills}
            self.fills.append(update.fill)
            filled = order.filled_quantity + update.fill.quantity
            order = replace(order, filled_quantity=filled)
        self.orders[update.order_id] = replace(order, status=update.status)

    def filled(self, order_id: str) -> Decimal:
        return sum((each.quantity for each in self.fills if each.order_id == order_id), ZERO)


class Play:
    """A market that actions are played on; `store` has taken in what was said until now."""

    def __init__(self, settings: PaperSettings) -> None:
        self.market = Market("100000", settings=settings, per_order="1", slippage_bps="5")
        self.store = Store()
        self.sent: list[Order] = []
        self.splits: list[Split] = []
        self.quotes: dict[str, Quote] = {}
        self.days = 0

    def act(self, number: int, action: tuple[Any, ...]) -> list[OrderUpdate]:
        """Do one thing; return what the broker said of it, not stored yet."""
        getattr(self, f"_{action[0]}")(number, *action[1:])
        return self.market.heard()

    def play(self, number: int, action: tuple[Any, ...]) -> list[OrderUpdate]:
        said = self.act(number, action)
        for update in said:
            self.store.apply(update)
        return said

    def feed(self) -> None:
        """Let the broker see the standing quotes again, as after a start."""
        for quote in self.quotes.values():
            self.market.broker.take_quote(quote)

    def sent_ticket(self, order_id: str) -> Decimal | None:
        """The quantity of an OCO as it was sent; None for any other order."""
        found = next((each for each in self.sent if each.id == order_id), None)
        if found is None or not found.ticket.one_cancels_other:
            return None
        return found.ticket.quantity

    def _trade(self, _: int, symbol: str, price: int, traded: int, after: int) -> None:
        self.market.now += timedelta(seconds=after)
        quote = self.market.quote(price, symbol=symbol, spread="0.25", traded=traded)
        self.quotes[symbol] = quote
        self.market.broker.take_quote(quote)

    def _submit(self, number: int, *what: Any) -> None:
        symbol, side, size, kind, exits, price, tif = what
        fields = ticket_fields(kind, exits, price, size)
        if side is Side.SELL and "take_profit" in fields and "stop_loss" in fields:
            fields["take_profit"], fields["stop_loss"] = fields["stop_loss"], fields["take_profit"]
        elif side is Side.SELL and exits == "target" and "take_profit" in fields:
            fields["take_profit"] = str(price - 8)
        elif side is Side.SELL and exits == "stop loss" and "stop_loss" in fields:
            fields["stop_loss"] = str(price + 8)
        if exits == "oco":
            fields["stop_loss"] = str(price + 8 * side.sign)
        order = self.market.order(str(number), side, str(size), symbol=symbol, tif=tif, **fields)
        self._send(order)

    def _send(self, order: Order) -> None:
        self.store.orders.setdefault(order.id, order)
        self.sent.append(order)
        done(self.market.broker.submit(order))

    def _repeat(self, _: int, which: int) -> None:
        if which < len(self.sent):
            done(self.market.broker.submit(self.sent[which]))

    def _cancel(self, _: int, which: int) -> None:
        waiting = list(self.market.open())
        if which < len(waiting):
            self.market.cancel(waiting[which])

    def _replace(self, number: int, which: int, price: int, size: int) -> None:
        waiting = list(self.market.open().values())
        if which >= len(waiting):
            return
        old, now = waiting[which], self.market.now
        ticket = replace(old.ticket, quantity=Decimal(size))
        if ticket.notional is None and ticket.order_class.value == "simple":
            limited, stopped = ticket.limit_price is not None, ticket.stop_price is not None
            ticket = replace(
                ticket,
                limit_price=Decimal(price) if limited else None,
                stop_price=Decimal(price) if stopped else None,
            )
        changed = replace(
            old,
            id=str(number),
            ticket=ticket,
            status=OrderStatus.SENT,
            market_time=now,
            filled_quantity=ZERO,
            average_price=None,
            replaces=old.id,
            parent="",
        )
        self.store.orders[changed.id] = changed
        try:
            done(self.market.broker.replace(old.id, changed))
        except OrderRejectedError:
            self.store.orders[changed.id] = replace(changed, status=OrderStatus.REJECTED)

    def _close(self, _: int) -> None:
        self.market.now += timedelta(hours=18)
        self.days += 1
        self.quotes.clear()
        self.market.volume.clear()
        self.market.broker.end_session(self.market.now)

    def _split(self, _: int, symbol: str, ratio: int) -> None:
        self.market.now += timedelta(seconds=1)
        split = Split(symbol, self.market.now, Decimal(ratio))
        self.splits.append(split)
        self.quotes.pop(symbol, None)
        self.market.broker.apply_split(split)

    def _dividend(self, _: int, symbol: str) -> None:
        self.market.broker.pay_dividend(symbol, self.market.now, Decimal("0.25"))

    def _halt(self, _: int, symbol: str) -> None:
        self.market.broker.halt(symbol, "Halted.")

    def _resume(self, _: int, symbol: str) -> None:
        self.market.broker.resume(symbol)
