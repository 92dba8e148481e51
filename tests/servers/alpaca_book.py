"""A little exchange and the account that trades on it, in Alpaca's words."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass, field
from decimal import ROUND_DOWN, Decimal
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    Json: TypeAlias = dict[str, Any]

ZERO = Decimal(0)
OCC = re.compile(r"^[A-Z.]{1,6}\d{6}[CP]\d{8}$")
OPEN_STATES = {
    "new",
    "accepted",
    "pending_new",
    "partially_filled",
    "held",
    "pending_cancel",
    "pending_replace",
    "done_for_day",
    "suspended",
}
LASTING = {
    "us_equity": {"day", "gtc", "opg", "cls", "ioc", "fok"},
    "crypto": {"gtc", "ioc"},
    "us_option": {"day"},
}
TYPES = {
    "us_equity": {"market", "limit", "stop", "stop_limit", "trailing_stop"},
    "crypto": {"market", "limit", "stop_limit"},
    "us_option": {"market", "limit", "stop", "stop_limit"},
}
PRICES = ("limit_price", "stop_price", "trail_price", "trail_percent")


class RefusedError(Exception):
    """What Alpaca answers instead of doing it."""

    def __init__(self, status: int, code: int, message: str, **more: object) -> None:
        super().__init__(message)
        self.status = status
        self.body = {"code": code, "message": message, **more}


def invalid(message: str) -> RefusedError:
    return RefusedError(422, 42210000, message)


def asset_class(symbol: str) -> str:
    if OCC.match(symbol):
        return "us_option"
    return "crypto" if "/" in symbol else "us_equity"


def text(value: Decimal | None) -> str | None:
    return None if value is None else f"{value.normalize():f}"


def stamp(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat(timespec="microseconds").replace("+00:00", "789Z")


def too_fine(price: Decimal | None) -> bool:
    """Whether a share's price of a dollar or more has fractions of a cent."""
    return price is not None and price >= 1 and price != price.quantize(Decimal("0.01"))


def number(body: Json, name: str) -> Decimal | None:
    value = body.get(name)
    return None if value is None else Decimal(str(value))


@dataclass
class BookOrder:
    """One order as the exchange keeps it."""

    id: str
    client_order_id: str
    symbol: str
    side: str
    type: str
    time_in_force: str
    created_at: datetime
    qty: Decimal | None = None
    notional: Decimal | None = None
    limit_price: Decimal | None = None
    stop_price: Decimal | None = None
    trail_price: Decimal | None = None
    trail_percent: Decimal | None = None
    extended_hours: bool = False
    order_class: str = ""
    status: str = "pending_new"
    shown: str = ""  # a status that nobody knows, shown instead
    filled_qty: Decimal = ZERO
    spent: Decimal = ZERO
    legs: list[BookOrder] = field(default_factory=list)
    parent: BookOrder | None = None
    ratio: Decimal | None = None
    intent: str = ""
    replaces: str | None = None
    replaced_by: str | None = None
    hwm: Decimal | None = None
    triggered: bool = False
    stamps: dict[str, datetime] = field(default_factory=dict)
    updated_at: datetime | None = None

    @property
    def sign(self) -> int:
        return 1 if self.side == "buy" else -1

    @property
    def is_open(self) -> bool:
        return self.status in OPEN_STATES

    @property
    def is_exit(self) -> bool:
        """Whether it is a target or a stop that waits for its entry."""
        return self.parent is not None and self.parent.order_class in {"bracket", "oto"}

    def remaining(self) -> Decimal:
        return (self.qty or ZERO) - self.filled_qty

    def json(self, *, nested: bool = True) -> Json:
        return {
            "id": self.id,
            "client_order_id": self.client_order_id,
            "created_at": stamp(self.created_at),
            "updated_at": stamp(self.updated_at or self.created_at),
            "submitted_at": stamp(self.created_at),
            **{
                f"{each}_at": stamp(self.stamps.get(each))
                for each in ("filled", "expired", "canceled", "failed", "replaced")
            },
            "replaced_by": self.replaced_by,
            "replaces": self.replaces,
            "asset_id": str(uuid.uuid5(uuid.NAMESPACE_DNS, self.symbol or "mleg")),
            "symbol": self.symbol,
            "asset_class": asset_class(self.symbol) if self.symbol else "",
            "notional": text(self.notional),
            "qty": text(self.qty),
            "filled_qty": text(self.filled_qty),
            "filled_avg_price": text(self.spent / self.filled_qty) if self.filled_qty else None,
            "order_class": self.order_class,
            "order_type": self.type,
            "type": self.type,
            "side": self.side,
            "time_in_force": self.time_in_force,
            "limit_price": text(self.limit_price),
            "stop_price": text(self.stop_price),
            "status": self.shown or self.status,
            "extended_hours": self.extended_hours,
            "legs": [each.json() for each in self.legs] if self.legs and nested else None,
            "trail_percent": text(self.trail_percent),
            "trail_price": text(self.trail_price),
            "hwm": text(self.hwm),
            "subtag": None,
            "source": None,
            "ratio_qty": text(self.ratio),
            "position_intent": self.intent,
        }


@dataclass
class Held:
    """What the account holds of one symbol."""

    quantity: Decimal = ZERO
    average: Decimal = ZERO


class Book:
    """Orders, quotes, positions and cash; `announce` gets each trade update as it happens."""

    def __init__(self, cash: Decimal, now: Callable[[], datetime]) -> None:
        self.now = now
        self.cash = cash
        self.multiplier = Decimal(1)
        self.shorting = True
        self.is_open = True
        self.hold_cancels = False  # a cancel is accepted, and decided later
        self.unlisted = {"NOSUCH"}
        self.orders: dict[str, BookOrder] = {}
        self.held: dict[str, Held] = {}
        self.quotes: dict[str, tuple[Decimal, Decimal, Decimal | None]] = {}
        self.activities: list[Json] = []
        self.announce: Callable[[Json], None] = lambda _message: None

    # What is asked

    def by_id(self, id_: str) -> BookOrder:
        found = self.orders.get(id_)
        if found is None:
            raise RefusedError(404, 40410000, f"order not found for {id_}")
        return found

    def by_client_id(self, id_: str) -> BookOrder:
        for each in self.orders.values():
            if each.client_order_id == id_:
                return each
        raise RefusedError(404, 40410000, f"order not found for {id_}")

    def working(self) -> Iterator[BookOrder]:
        return (each for each in list(self.orders.values()) if each.is_open)

    def multiplier_of(self, symbol: str) -> int:
        return 100 if asset_class(symbol) == "us_option" else 1

    def price(self, symbol: str) -> Decimal:
        bid, ask, _ = self.quotes.get(symbol, (ZERO, ZERO, None))
        return (bid + ask) / 2

    def equity(self) -> Decimal:
        return self.cash + sum(
            (
                each.quantity * (self.price(symbol) or each.average) * self.multiplier_of(symbol)
                for symbol, each in self.held.items()
            ),
            ZERO,
        )

    def buying_power(self) -> Decimal:
        reserved = sum(
            (
                self._cost(each)
                for each in self.working()
                if each.side == "buy" and not each.is_exit and each.parent is None
            ),
            ZERO,
        )
        return self.cash * self.multiplier - reserved

    # What is done

    def place(self, body: Json) -> Json:
        """Take an order; the answer is what it was before anything happened to it."""
        order = self._order(body)
        self._check(order)
        self._check_money(order)
        for each in (order, *order.legs):
            self.orders[each.id] = each
        if order.order_class == "oco":
            order.legs[0].status = "held"
        answer = order.json()
        self._say("pending_new", order)
        self._work(order)
        return answer

    def _work(self, order: BookOrder) -> None:
        resting = self.is_open or asset_class(order.symbol) == "crypto"
        order.status = "new" if resting or order.extended_hours else "accepted"
        self._say("new" if order.status == "new" else "accepted", order)
        for each in order.legs:
            if order.order_class != "mleg":
                each.status = "held"
                self._say("held", each)
        self._match(order)
        if order.is_open and order.time_in_force in {"ioc", "fok"}:
            self._end(order, "canceled")

    def cancel(self, id_: str) -> None:
        order = self.by_id(id_)
        if not order.is_open:
            raise RefusedError(422, 42210000, f'order is already in "{order.status}" state')
        if self.hold_cancels:
            order.status = "pending_cancel"
            self._say("pending_cancel", order)
            return
        self._end(order, "canceled")

    def replace(self, id_: str, body: Json) -> Json:
        old = self.by_id(id_)
        if not old.is_open or old.status in {"pending_cancel", "accepted"}:
            raise invalid(f"cannot replace order in {old.status} status")
        if old.notional is not None:
            raise invalid("notional orders cannot be replaced")
        # What is named is what the new order may trade itself, whatever the old one filled.
        quantity = number(body, "qty") or old.qty or ZERO
        new = BookOrder(
            str(uuid.uuid4()),
            body.get("client_order_id") or str(uuid.uuid4()),
            old.symbol,
            old.side,
            old.type,
            body.get("time_in_force") or old.time_in_force,
            self.now(),
            qty=quantity,
            order_class=old.order_class,
            extended_hours=old.extended_hours,
            intent=old.intent,
            replaces=old.id,
            parent=old.parent,
        )
        trail = "trail_price" if old.trail_price is not None else "trail_percent"
        for name in PRICES:
            sent = "trail" if name == trail else name
            setattr(new, name, number(body, sent) or getattr(old, name))
        self._check_unique(new.client_order_id)
        new.status = "new"
        new.legs, old.legs = old.legs, []
        for each in new.legs:
            each.parent = new
        if new.parent is not None:
            new.parent.legs = [new if each is old else each for each in new.parent.legs]
        self.orders[new.id] = new
        old.status, old.replaced_by = "replaced", new.id
        old.stamps["replaced"] = self.now()
        answer = new.json()
        self._say("replaced", old)
        self._say("new", new)
        self._match(new)
        return answer

    def set_quote(
        self, symbol: str, bid: Decimal, ask: Decimal, size: Decimal | None = None
    ) -> None:
        """Let the market quote; `size` is how much each order gets of it, all when None."""
        self.quotes[symbol] = (bid, ask, size)
        for each in self.working():
            legs = (
                {leg.symbol for leg in each.legs} if each.order_class == "mleg" else {each.symbol}
            )
            if symbol in legs:
                self._match(each)

    def fill(self, order: BookOrder, quantity: Decimal, price: Decimal) -> None:
        """Fill a part of an order at a price, whatever the quotes say."""
        self._fill(order, quantity, price)

    def end_session(self) -> None:
        """Close the market: closing auction orders fill, day orders expire."""
        for each in self.working():
            if each.time_in_force == "cls":
                self._match(each, auction=True)
        self.is_open = False
        for each in self.working():
            ends = each.time_in_force in {"day", "cls", "opg"}
            if ends and each.parent is None:
                self._end(each, "expired")

    def open_session(self) -> None:
        """Open the market: what waited goes on, opening auction orders fill or expire."""
        self.is_open = True
        for each in self.working():
            if each.status == "accepted":
                each.status = "new"
                self._say("new", each)
            auction = each.time_in_force == "opg"
            self._match(each, auction=auction)
            if auction and each.is_open:
                self._end(each, "expired")

    def halt(self, symbol: str) -> None:
        """Suspend what waits in a symbol."""
        for each in self.working():
            if each.symbol == symbol:
                each.status = "suspended"
                self._say("suspended", each)

    def reject(self, order: BookOrder) -> None:
        """Let the exchange refuse an order that Alpaca took."""
        self._end(order, "rejected", "failed")

    # How orders are made and checked

    def _order(self, body: Json) -> BookOrder:
        kind = str(body.get("order_class") or "")
        if kind == "mleg":
            return self._multi_leg(body)
        symbol = str(body.get("symbol") or "")
        if not symbol or symbol in self.unlisted:
            raise invalid(f'asset "{symbol}" not found')
        order = self._made(body, symbol, str(body.get("side")), str(body.get("type")))
        order.order_class = kind
        for name in PRICES:
            setattr(order, name, number(body, name))
        profit, loss = body.get("take_profit"), body.get("stop_loss")
        if kind == "oco":
            if profit is None or loss is None:
                raise invalid("oco orders require take_profit and stop_loss")
            order.limit_price = number(profit, "limit_price")
            order.legs = [self._exit(order, loss, order.side)]
        elif kind in {"bracket", "oto"}:
            opposite = "sell" if order.side == "buy" else "buy"
            order.legs = [self._exit(order, each, opposite) for each in (profit, loss) if each]
            if len(order.legs) != (2 if kind == "bracket" else 1):
                raise invalid(f"{kind} orders require take_profit and stop_loss")
        elif profit or loss:
            raise invalid("simple orders take no take_profit or stop_loss")
        return order

    def _made(self, body: Json, symbol: str, side: str, kind: str) -> BookOrder:
        return BookOrder(
            str(uuid.uuid4()),
            str(body.get("client_order_id") or uuid.uuid4()),
            symbol,
            side,
            kind,
            str(body.get("time_in_force")),
            self.now(),
            qty=number(body, "qty"),
            notional=number(body, "notional"),
            extended_hours=bool(body.get("extended_hours")),
            intent=str(body.get("position_intent") or ""),
        )

    def _exit(self, parent: BookOrder, body: Json, side: str) -> BookOrder:
        stop, limit = number(body, "stop_price"), number(body, "limit_price")
        kind = "limit" if stop is None else "stop" if limit is None else "stop_limit"
        return BookOrder(
            str(uuid.uuid4()),
            str(uuid.uuid4()),
            parent.symbol,
            side,
            kind,
            parent.time_in_force,
            self.now(),
            qty=parent.qty,
            limit_price=limit,
            stop_price=stop,
            order_class=parent.order_class,
            status="held",
            parent=parent,
        )

    def _multi_leg(self, body: Json) -> BookOrder:
        legs = body.get("legs") or []
        if not 2 <= len(legs) <= 4:
            raise invalid("mleg orders require 2 to 4 legs")
        order = self._made(body, "", "", str(body.get("type")))
        order.order_class = "mleg"
        order.limit_price = number(body, "limit_price")
        for each in legs:
            ratio = Decimal(str(each["ratio_qty"]))
            leg = self._made({}, str(each["symbol"]), str(each["side"]), order.type)
            leg.time_in_force = order.time_in_force
            leg.qty, leg.ratio = (order.qty or ZERO) * ratio, ratio
            leg.order_class, leg.intent = "mleg", str(each.get("position_intent") or "")
            leg.parent = order
            order.legs.append(leg)
        return order

    def _check_unique(self, client_id: str) -> None:
        if len(client_id) > 128:
            raise invalid("client_order_id must be no more than 128 characters")
        if any(each.client_order_id == client_id for each in self.orders.values()):
            raise RefusedError(422, 40010001, "client_order_id must be unique")

    def _check(self, order: BookOrder) -> None:
        self._check_unique(order.client_order_id)
        multi_leg = order.order_class == "mleg"
        asset = "us_option" if multi_leg else asset_class(order.symbol)
        whole = order.qty is not None and order.qty == order.qty // 1
        lasting = order.time_in_force in {"day", "gtc"}
        simple = order.order_class in {"", "simple"}
        broken = {
            "qty or notional is required, and only one of them": (order.qty is None)
            == (order.notional is None),
            "qty must be > 0": order.qty is not None and order.qty <= 0,
            f"invalid order type for {asset}": order.type not in TYPES[asset],
            f"invalid {asset} time_in_force": order.time_in_force not in LASTING[asset],
            "options are traded in whole contracts": asset == "us_option" and not whole,
            "fractional orders must be DAY orders": asset == "us_equity"
            and not whole
            and order.time_in_force != "day",
            "fractional orders must be simple orders": asset == "us_equity"
            and not whole
            and (order.type == "trailing_stop" or not simple),
            "notional must be >= 1": order.notional is not None and order.notional < 1,
            "extended hours order must be DAY or GTC limit orders": order.extended_hours
            and not (order.type == "limit" and lasting),
            "complex orders not supported for this asset": not (simple or multi_leg)
            and asset != "us_equity",
            "trailing stops must be DAY or GTC orders": order.type == "trailing_stop"
            and not lasting,
            "sub-penny increment does not fulfill minimum pricing criteria": asset == "us_equity"
            and any(map(too_fine, (order.limit_price, order.stop_price))),
        }
        for message, is_so in broken.items():
            if is_so:
                raise invalid(message)

    def _cost(self, order: BookOrder) -> Decimal:
        if order.notional is not None:
            return order.notional - order.spent
        if order.order_class == "mleg":
            price = order.limit_price if order.limit_price is not None else self._net(order) or ZERO
            return max(price, ZERO) * order.remaining() * 100
        price = (
            order.limit_price or order.stop_price or self.quotes.get(order.symbol, (ZERO,) * 3)[1]
        )
        return (price or ZERO) * order.remaining() * self.multiplier_of(order.symbol)

    def _check_money(self, order: BookOrder) -> None:
        held = self.held.get(order.symbol, Held()).quantity
        if order.order_class == "mleg" or (order.side == "buy" and held >= 0):
            cost, power = self._cost(order), self.buying_power()
            if cost > power:
                raise RefusedError(
                    403,
                    40310000,
                    "insufficient buying power",
                    buying_power=text(power),
                    cost_basis=text(cost),
                )
            return
        if order.side == "buy" or order.notional is not None:
            return
        waiting = sum(
            (
                each.remaining()
                for each in self.working()
                if each.symbol == order.symbol and each.side == "sell" and each.parent is None
            ),
            ZERO,
        )
        free = held - waiting
        wanted = order.qty or ZERO
        if held > 0 and wanted > free:
            raise RefusedError(
                403,
                40310000,
                f"insufficient qty available for order (requested: {text(wanted)},"
                f" available: {text(free)})",
                available=text(free),
                existing_qty=text(held),
                held_for_orders=text(waiting),
                symbol=order.symbol,
            )
        if held <= 0 and not self.shorting:
            raise RefusedError(403, 40310000, "account is not allowed to short")
        if held <= 0 and wanted != wanted // 1:
            raise invalid("fractional orders cannot be sold short")

    # How orders fill

    def _match(self, order: BookOrder, *, auction: bool = False) -> None:
        if not self._can_fill(order, auction=auction):
            return
        if order.order_class == "mleg":
            self._match_legs(order)
            return
        quote = self.quotes.get(order.symbol)
        price = None if quote is None else self._price(order, quote[0], quote[1])
        if quote is not None and price is not None:
            self._take(order, price, quote[2])

    def _can_fill(self, order: BookOrder, *, auction: bool) -> bool:
        parent = order.parent
        traded = self.is_open or asset_class(order.symbol) == "crypto" or order.extended_hours
        return (
            traded
            and order.is_open
            and order.status not in {"suspended", "accepted"}
            and (auction or order.time_in_force not in {"opg", "cls"})
            and not (parent is not None and order.is_exit and parent.status != "filled")
            and not (parent is not None and parent.order_class == "mleg")
        )

    def _take(self, order: BookOrder, price: Decimal, size: Decimal | None) -> None:
        if order.notional is not None:
            wanted = (order.notional / price).quantize(Decimal("0.000000001"), ROUND_DOWN)
            order.stamps["filled"] = self.now()
            self._fill(order, wanted, price)
            return
        wanted = order.remaining()
        if size is not None and size < wanted:
            if order.time_in_force == "fok":
                return
            wanted = size
        self._fill(order, wanted, price)

    def _price(self, order: BookOrder, bid: Decimal, ask: Decimal) -> Decimal | None:
        buys = order.side == "buy"
        touch = ask if buys else bid
        if order.type == "trailing_stop":
            best = order.hwm
            order.hwm = touch if best is None else min(best, touch) if buys else max(best, touch)
            trail = order.trail_price
            if trail is None:
                trail = order.hwm * (order.trail_percent or ZERO) / 100
            order.stop_price = order.hwm + trail * order.sign
        if order.stop_price is not None and not order.triggered:
            order.triggered = touch >= order.stop_price if buys else touch <= order.stop_price
            if not order.triggered:
                return None
        if order.limit_price is not None:
            crosses = touch <= order.limit_price if buys else touch >= order.limit_price
            return touch if crosses else None
        return touch

    def _net(self, order: BookOrder) -> Decimal | None:
        net = ZERO
        for each in order.legs:
            quote = self.quotes.get(each.symbol)
            if quote is None:
                return None
            net += each.sign * (each.ratio or ZERO) * (quote[1] if each.side == "buy" else quote[0])
        return net

    def _match_legs(self, order: BookOrder) -> None:
        net = self._net(order)
        if net is None or (order.limit_price is not None and net > order.limit_price):
            return
        for each in order.legs:
            bid, ask, _ = self.quotes[each.symbol]
            self._fill(each, each.remaining(), ask if each.side == "buy" else bid)
        quantity = order.remaining()
        order.filled_qty += quantity
        order.spent += quantity * net
        order.status = "filled"
        order.stamps["filled"] = self.now()
        self._say("fill", order, price=net, quantity=quantity)

    def _fill(self, order: BookOrder, quantity: Decimal, price: Decimal) -> None:
        held = self.held.setdefault(order.symbol, Held())
        change = order.sign * quantity
        total = held.quantity + change
        if held.quantity * change >= 0:
            held.average = (
                (abs(held.quantity) * held.average + quantity * price) / abs(total)
                if total
                else ZERO
            )
        elif total * held.quantity < 0:
            held.average = price
        held.quantity = total
        if not total:
            del self.held[order.symbol]
        self.cash -= change * price * self.multiplier_of(order.symbol)
        order.filled_qty += quantity
        order.spent += quantity * price
        whole = order.notional is not None or order.remaining() <= 0
        order.status = "filled" if whole else "partially_filled"
        if whole:
            order.stamps["filled"] = self.now()
        kind = "fill" if whole else "partial_fill"
        execution = str(uuid.uuid4())
        self.activities.append(
            {
                "activity_type": "FILL",
                "id": f"{self.now():%Y%m%d%H%M%S%f}"[:17] + f"::{execution}",
                "cum_qty": text(order.filled_qty),
                "leaves_qty": text(max(order.remaining(), ZERO)) if order.qty else "0",
                "price": text(price),
                "qty": text(quantity),
                "side": order.side,
                "symbol": order.symbol,
                "transaction_time": stamp(self.now()),
                "order_id": order.id,
                "type": kind,
                "order_status": order.status,
            }
        )
        self._say(kind, order, price=price, quantity=quantity, execution=execution)
        if whole:
            self._after(order)

    def _after(self, order: BookOrder) -> None:
        """Wake what the fill of an entry brings; cancel what one exit leaves without sense."""
        if order.order_class in {"bracket", "oto"} and order.parent is None:
            for each in order.legs:
                if each.type == "limit":  # a stop stays held: Alpaca watches it itself
                    each.status = "new"
                    self._say("new", each)
            for each in order.legs:
                self._match(each)
            return
        family = order.parent if order.parent is not None else order
        if family.order_class == "mleg":
            return
        for each in (family, *family.legs):
            if each is not order and each.is_open:
                self._end(each, "canceled")

    def _end(self, order: BookOrder, status: str, mark: str = "") -> None:
        order.status = status
        order.stamps[mark or status] = self.now()
        self._say(status, order)
        for each in order.legs:
            if each.is_open:
                self._end(each, status, mark)
        if order.parent is not None and order.parent.order_class != "mleg":
            others = [order.parent, *order.parent.legs]
            for each in others:
                if each.is_open and each.order_class in {"bracket", "oco"}:
                    self._end(each, "canceled")

    def _say(
        self,
        event: str,
        order: BookOrder,
        *,
        price: Decimal | None = None,
        quantity: Decimal | None = None,
        execution: str = "",
    ) -> None:
        order.updated_at = self.now()
        data: Json = {
            "event": event,
            "execution_id": execution or str(uuid.uuid4()),
            "order": order.json(),
            "timestamp": stamp(self.now()),
        }
        if price is not None:
            data["price"] = text(price)
            data["qty"] = text(quantity)
            data["position_qty"] = text(self.held.get(order.symbol, Held()).quantity)
        self.announce({"stream": "trade_updates", "data": data})
