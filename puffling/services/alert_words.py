"""What an alert says when it comes true, and how its figures are written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from puffin.monitor.conditions import (
    DayLoss,
    DayMove,
    Drawdown,
    Drift,
    Extreme,
    OnDrawing,
    PositionProfit,
    PriceLevel,
    Silence,
    describe,
)
from puffling.core import formats

if TYPE_CHECKING:
    from decimal import Decimal

    from puffin.monitor.conditions import Condition
    from puffin.types import Quote


def figure(condition: Condition, value: Decimal | None) -> str:
    """Return what a condition reads, with its unit: a price, percent, dollars or seconds."""
    if value is None:
        return formats.price(None)
    if isinstance(condition, PriceLevel | OnDrawing | Extreme):
        return formats.price(value)
    if isinstance(condition, Silence):
        return f"{value} s"
    if isinstance(condition, PositionProfit) and condition.unit == "dollars":
        return formats.money(value, sign=True)
    if isinstance(condition, Drift):
        return f"{formats.number(value)} points"
    return formats.percent(value / 100, places=2, sign=isinstance(condition, PositionProfit))


def message(condition: Condition, symbol: str, value: Decimal, quote: Quote | None) -> str:
    """Return what is said when a condition with a level comes true."""
    said = figure(condition, value)
    match condition:
        case PriceLevel():
            level = formats.price(condition.price)
            words = f"{symbol} went {condition.when} {level}: it is at {said}"
        case OnDrawing():
            words = f"{symbol} went {condition.when} {condition.name}: it is at {said}"
        case Extreme():
            words = f"{symbol} made a new {condition.sessions}-session {condition.when}: {said}"
        case PositionProfit():
            words = f"What {symbol} made and was not taken went {condition.when} its level: {said}"
        case DayMove():
            at = "" if quote is None else f": it is at {formats.price(quote.last)}"
            words = f"{symbol} is {said} {_WAYS[condition.when]} the last close{at}"
        case DayLoss():
            words = f"The day's loss is {said} of equity"
        case Drawdown():
            words = f"The account is {said} below its peak"
        case Drift():
            words = f"A weight is {said} away from the goal {condition.goal}"
        case Silence():
            words = f"No price{f' of {symbol}' if symbol else ''} for {said} of an open market"
        case _:
            words = describe(condition, symbol)
    return words


_WAYS = {"up": "above", "down": "below", "either": "away from"}
