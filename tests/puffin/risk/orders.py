"""An order that every limit allows, to be changed by one thing at a time."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from puffin.risk.limits import Facts, Limits, check, refusals
from puffin.types import Order, OrderStatus, Position, Quote, Side, Ticket

if TYPE_CHECKING:
    from puffin.risk.limits import Verdict

NOW = datetime(2025, 1, 2, 12, tzinfo=UTC)
MARKET = datetime(2012, 6, 1, 15, tzinfo=UTC)
BUY, SELL = Side.BUY, Side.SELL
CALL, PUT = "AAPL250117C00100000", "AAPL250117P00090000"


def ticket(symbol: str = "AAPL", side: Side = BUY, quantity: str = "10", **more: Any) -> Ticket:
    return Ticket(symbol, side, Decimal(quantity), **more)


def quote(symbol: str = "AAPL", bid: str = "99", ask: str = "101", last: str = "100") -> Quote:
    return Quote(symbol, Decimal(bid), Decimal(ask), Decimal(last), MARKET)


def held(quantity: str, symbol: str = "AAPL") -> Position:
    return Position(symbol, Decimal(quantity), Decimal(100))


def waiting(for_ticket: Ticket, id_: str = "o", **more: Any) -> Order:
    at = NOW - timedelta(seconds=100)
    return replace(Order(id_, "a", for_ticket, OrderStatus.WORKING, at, MARKET, at), **more)


def facts(for_ticket: Ticket | None = None, **changes: Any) -> Facts:
    usual = Facts(
        ticket=for_ticket or ticket(),
        quote=quote(),
        equity=Decimal(100_000),
        cash=Decimal(100_000),
        position=None,
        positions_count=0,
        day_profit=Decimal(0),
        session_start_equity=Decimal(100_000),
        open_orders=(),
        recent_orders=(),
        is_open=True,
        allow_short=False,
        now=NOW,
        limits=Limits(),
        quote_age=Decimal(1),
    )
    return replace(usual, **changes)


def verdict(rule: str, given: Facts) -> Verdict:
    return next(each for each in check(given) if each.rule == rule)


def refused(given: Facts) -> list[str]:
    return [each.rule for each in refusals(check(given))]
