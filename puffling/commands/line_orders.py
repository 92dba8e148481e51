"""Orders as they are written in one line: `B 100 AAPL L 182.5 GTC`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from puffin.types import OrderType, Side, TimeInForce
from puffling.commands.line_words import (
    LineError,
    as_symbol,
    is_amount_like,
    number_of,
    positive,
    price_of,
)
from puffling.core.formats import quantity

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    from puffling.commands.line_words import Word

SIDES = {"B": Side.BUY, "BUY": Side.BUY, "S": Side.SELL, "SELL": Side.SELL}
USAGE = (
    "B or S · quantity or $amount · symbol · L limit · STP stop · TRAIL 2% · TP target · SL stop"
)
_PRICES = {
    "L": "limit_price",
    "LMT": "limit_price",
    "LIMIT": "limit_price",
    "@": "limit_price",
    "STP": "stop_price",
    "STOP": "stop_price",
    "TP": "take_profit",
    "SL": "stop_loss",
}
_LASTING = {each.name: each for each in TimeInForce}
NEEDS_PRICE = (*_PRICES, "TRAIL")
# What may follow the quantity and the symbol, for completion.
FOLLOWING = ("L", "STP", "TRAIL", "TP", "SL", "EXT", *_LASTING)


def order_of(words: list[Word], symbol: str = "") -> dict[str, Any]:
    """Return what `ticket.write` takes; the first word is the side.

    Raises:
        LineError: A word does not belong there, or a number is missing.
    """
    rest = iter(words[1:])
    values: dict[str, Any] = {"side": SIDES[words[0].upper], "symbol": symbol}
    for word in rest:
        if word.upper in _PRICES:
            _take_price(values, word, rest)
        elif word.upper == "TRAIL":
            values |= _trail(word, rest)
        elif word.upper in _LASTING:
            values["time_in_force"] = _LASTING[word.upper]
        elif word.upper == "EXT":
            values["extended_hours"] = True
        elif word.upper not in {"M", "MKT", "MARKET"}:  # what an order without a price is
            _take_amount_or_symbol(values, word)
    if not values["symbol"]:
        raise LineError(f"Which symbol? {USAGE}", words[-1].end)
    values["type"] = _type_of(values)
    return values


def told(values: dict[str, Any]) -> str:
    """Return an order's line as a sentence; it is written on the ticket, never sent."""
    how_much = quantity(values["quantity"]) if "quantity" in values else ""
    if "notional" in values:
        how_much = f"${values['notional']:,} of"
    said = f"Write a {values['type']} order to {values['side']} {how_much} {values['symbol']}"
    prices = {
        "limit_price": "at",
        "stop_price": "stop",
        "take_profit": "target",
        "stop_loss": "stop loss",
    }
    parts = [f"{name} {values[key]}" for key, name in prices.items() if key in values]
    if "trail_percent" in values:
        parts.append(f"trailing {values['trail_percent']} %")
    if "trail_price" in values:
        parts.append(f"trailing {values['trail_price']}")
    return " ".join([" ".join(said.split()), *parts, "on the ticket"])


def _take_amount_or_symbol(values: dict[str, Any], word: Word) -> None:
    number = number_of(word.text)
    if number is not None:
        if "quantity" in values or "notional" in values:
            raise LineError(f"There is a quantity already; {word.text} is one too many.", word.at)
        if word.text.startswith("$"):
            values["notional"] = positive(number, "An amount", word)
        else:
            values["quantity"] = positive(number, "A quantity", word)
    elif is_amount_like(word):
        raise LineError(f"{word.text[:24]!r} is no quantity.", word.at)
    elif not values["symbol"]:
        values["symbol"] = as_symbol(word)
    else:
        raise LineError(f"{word.text!r} is no part of an order. {USAGE}", word.at)


def _take_price(values: dict[str, Any], word: Word, rest: Iterator[Word]) -> None:
    name = _PRICES[word.upper]
    if name in values:
        raise LineError(f"{word.text} was there already: that is one price too many.", word.at)
    values[name] = _price(word, rest)


def _price(word: Word, rest: Iterator[Word]) -> Decimal:
    value = next(rest, None)
    if value is None:
        raise LineError(f"{word.upper} needs a price after it.", word.end)
    return price_of(value)


def _trail(word: Word, rest: Iterator[Word]) -> dict[str, Decimal]:
    value = next(rest, None)
    number = None if value is None else number_of(value.text.rstrip("%"))
    if value is None or number is None:
        at = word.end if value is None else value.at
        raise LineError("TRAIL needs a distance: 1.50 or 2%.", at)
    kind = "trail_percent" if value.text.endswith("%") else "trail_price"
    return {kind: positive(number, "A distance", value)}


def _type_of(values: dict[str, Any]) -> OrderType:
    if "trail_percent" in values or "trail_price" in values:
        return OrderType.TRAILING
    has_limit, has_stop = "limit_price" in values, "stop_price" in values
    if has_stop:
        return OrderType.STOP_LIMIT if has_limit else OrderType.STOP
    return OrderType.LIMIT if has_limit else OrderType.MARKET
