"""Orders as they are written in one line: `B 100 AAPL L 182.5 GTC`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from puffin.types import OrderType, Side, TimeInForce
from puffling.commands.line_words import LineError, as_symbol, number_of

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
            values[_PRICES[word.upper]] = _price(word, rest)
        elif word.upper == "TRAIL":
            values |= _trail(word, rest)
        elif word.upper in _LASTING:
            values["time_in_force"] = _LASTING[word.upper]
        elif word.upper == "EXT":
            values["extended_hours"] = True
        elif word.upper in {"M", "MKT", "MARKET"}:
            continue  # what an order without a price is
        elif (number := number_of(word.text)) is not None:
            _take_amount(values, word, number)
        elif not values["symbol"]:
            values["symbol"] = as_symbol(word)
        else:
            raise LineError(f"{word.text!r} is no part of an order. {USAGE}", word.at)
    if not values["symbol"]:
        raise LineError(f"Which symbol? {USAGE}", words[-1].end)
    values["type"] = _type_of(values)
    return values


def told(values: dict[str, Any]) -> str:
    """Return an order's line as a sentence; it is written on the ticket, never sent."""
    how_much = f"${values['notional']:,} of" if "notional" in values else values.get("quantity", "")
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


def _take_amount(values: dict[str, Any], word: Word, number: Decimal) -> None:
    if "quantity" in values or "notional" in values:
        raise LineError(f"There is a quantity already; {word.text} is one too many.", word.at)
    values["notional" if word.text.startswith("$") else "quantity"] = number


def _price(word: Word, rest: Iterator[Word]) -> Decimal:
    value = next(rest, None)
    if value is None:
        raise LineError(f"{word.upper} needs a price after it.", word.end)
    number = number_of(value.text)
    if number is None:
        raise LineError(f"{value.text!r} is no price.", value.at)
    return number


def _trail(word: Word, rest: Iterator[Word]) -> dict[str, Decimal]:
    value = next(rest, None)
    number = None if value is None else number_of(value.text.rstrip("%"))
    if value is None or number is None:
        at = word.end if value is None else value.at
        raise LineError("TRAIL needs a distance: 1.50 or 2%.", at)
    return {"trail_percent" if value.text.endswith("%") else "trail_price": number}


def _type_of(values: dict[str, Any]) -> OrderType:
    if "trail_percent" in values or "trail_price" in values:
        return OrderType.TRAILING
    has_limit, has_stop = "limit_price" in values, "stop_price" in values
    if has_stop:
        return OrderType.STOP_LIMIT if has_limit else OrderType.STOP
    return OrderType.LIMIT if has_limit else OrderType.MARKET
