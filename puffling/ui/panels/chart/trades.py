"""What has been traded in a symbol, for its chart: fills, working orders, the average cost."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from puffin.data.times import nanoseconds
from puffin.types import OrderType, Side
from puffling.core import formats
from puffling.ui.charts.marks import Mark, MarkKind, PriceLine

if TYPE_CHECKING:
    from puffin.backtest.portfolio_result import PortfolioResult
    from puffin.backtest.result import BacktestResult
    from puffin.backtest.trades import RoundTrip
    from puffin.types import Fill, Order
    from puffling.commands.context import Context
    from puffling.services.replay_account import ReplayBook
    from puffling.store.backtests import SavedBacktest

FILLS, NONE = "fills", "none"  # what may be marked, besides a backtest by its id
SIGNALS = "signals:"  # and what stands before the id of a strategy whose signals are
_KIND = {Side.BUY: MarkKind.BUY, Side.SELL: MarkKind.SELL}
VIRTUAL = "virtual "  # begins the key of a line of a replay's order
MOST_RUNS = 8
LISTED = 200


@dataclass(frozen=True, slots=True)
class Traded:
    """Everything about one symbol that its chart can show."""

    symbol: str
    fills: tuple[Mark, ...] = ()
    levels: tuple[PriceLine, ...] = ()
    runs: tuple[SavedBacktest, ...] = ()


def read_traded(context: Context, symbol: str) -> Traded:
    """Read what was and is being traded in `symbol`; blocks."""
    position = context.portfolio.position(symbol)
    fills = tuple(_fill(each) for each in context.orders.fills() if each.symbol == symbol)
    working = [each for each in context.orders.open() if each.ticket.symbol == symbol]
    levels = [line for each in working for line in _order(each)]
    if position is not None and position.quantity:
        words = f"Average cost of {formats.quantity(position.quantity)}"
        levels.append(PriceLine(float(position.average_cost), words, "muted"))
    runs = [each for each in context.backtests.all(LISTED) if symbol in each.symbols]
    return Traded(symbol, fills, tuple(levels), tuple(runs[:MOST_RUNS]))


def virtual_fills(book: ReplayBook, symbol: str) -> tuple[Mark, ...]:
    """Return the fills of a replay."""
    return tuple(_fill(each, " · virtual") for each in book.fills if each.symbol == symbol)


def virtual_levels(book: ReplayBook, symbol: str) -> tuple[PriceLine, ...]:
    """Return a line for each price of a replay's waiting orders, and its average cost."""
    waiting = [each for each in book.orders if each.ticket.symbol == symbol]
    lines = [replace(line, key=f"{VIRTUAL}{line.key}") for each in waiting for line in _order(each)]
    lines += [_trailing(each, book) for each in waiting if _is_trailing(each, book)]
    held = book.position(symbol)
    if held is not None:
        words = f"Average cost of {formats.quantity(held.quantity)}, virtual"
        lines.append(PriceLine(float(held.average_cost), words, "muted"))
    return tuple(lines)


def _is_trailing(order: Order, book: ReplayBook) -> bool:
    return order.ticket.type is OrderType.TRAILING and order.id in book.stops


def _trailing(order: Order, book: ReplayBook) -> PriceLine:
    """Return the line of a stop that follows the price; nobody drags it."""
    size = f"{order.ticket.side.title()} {formats.quantity(order.remaining)}"
    tone = "up" if order.ticket.side is Side.BUY else "down"
    return PriceLine(float(book.stops[order.id]), f"{size} trailing stop", tone)


def _fill(fill: Fill, more: str = "") -> Mark:
    verb = "Bought" if fill.side is Side.BUY else "Sold"
    quantity, price = formats.quantity(fill.quantity), formats.price(fill.price)
    text = f"{verb} {quantity} at {price} · {formats.day(fill.at)}{more}"
    return Mark(nanoseconds(fill.at), _KIND[fill.side], text)


def _order(order: Order) -> list[PriceLine]:
    """Return a line for each price of a working order; those that may change can be dragged."""
    ticket = order.ticket
    tone = "up" if ticket.side is Side.BUY else "down"
    size = f"{ticket.side.title()} {formats.quantity(order.remaining)}"
    prices = (
        ("limit_price", ticket.limit_price, "limit"),
        ("stop_price", ticket.stop_price, "stop"),
    )
    return [
        PriceLine(
            float(price), f"{size} {words}", tone, "" if order.external else f"{order.id} {name}"
        )
        for name, price, words in prices
        if price is not None
    ]


def trades_of(result: BacktestResult | PortfolioResult, symbol: str) -> tuple[Mark, ...]:
    """Return the entries and exits of a backtest in `symbol`."""
    found: list[Mark] = []
    for trip in _trips(result, symbol):
        opens = trip.side is Side.BUY
        quantity = formats.quantity(trip.quantity)
        words = f"{'Bought' if opens else 'Sold short'} {quantity} at"
        text = f"{words} {formats.price(trip.entry_price)} · {formats.day(trip.entry_time)}"
        found.append(Mark(nanoseconds(trip.entry_time), _KIND[trip.side], f"{text} · backtest"))
        if trip.exit_time is None or trip.exit_price is None:
            continue
        words = f"{'Sold' if opens else 'Bought back'} {quantity} at"
        text = f"{words} {formats.price(trip.exit_price)} · {formats.day(trip.exit_time)}"
        profit = formats.signed(trip.profit)
        closing = _KIND[trip.side.opposite]
        found.append(Mark(nanoseconds(trip.exit_time), closing, f"{text} · {profit}"))
    return tuple(found)


def traded_in(result: BacktestResult | PortfolioResult) -> tuple[str, ...]:
    """Return the symbols a backtest could trade."""
    from puffin.backtest.result import BacktestResult

    return (result.symbol,) if isinstance(result, BacktestResult) else result.symbols


def _trips(result: BacktestResult | PortfolioResult, symbol: str) -> list[RoundTrip]:
    from puffin.backtest.result import BacktestResult

    if isinstance(result, BacktestResult):
        return list(result.trades) if result.symbol == symbol else []
    return [each.trade for each in result.trades if each.symbol == symbol]
