"""How an idea fits the book: how many shares, what they would weigh, and what stands against it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from typing import TYPE_CHECKING, Final

from puffin.types import ZERO, OrderType, Side, Ticket
from puffling.services.idea_cards import Fit, Room

if TYPE_CHECKING:
    from collections.abc import Collection

    from puffin.ideas.base import Idea
    from puffling.core.settings import Trading
    from puffling.services.positions import Portfolio

RISK: Final = Decimal("0.01")  # share of the equity that an idea may lose at its stop
LARGE: Final = Decimal("0.10")  # of the equity in one symbol
TOO_LARGE: Final = Decimal("0.15")


@dataclass(frozen=True, slots=True)
class Book:
    """What an idea has to fit: the account of now, the limits, and what may be traded here."""

    portfolio: Portfolio
    trading: Trading
    symbols: Collection[str]  # of the market; empty when whatever is listed may be traded


def fit(idea: Idea, book: Book, price: Decimal | None = None) -> Fit:
    """Return how an idea fits the book of now, at the price of now where that is known."""
    rows = {each.symbol: each for each in book.portfolio.rows}
    row, equity = rows.get(idea.symbol), book.portfolio.equity
    held = ZERO if row is None else row.position.quantity
    value = ZERO if row is None else row.value
    now = None if value is None or not equity else abs(value) / equity
    why = _closed_to(idea, book, held)
    if why:
        return Fit(Room.NONE, held, None, now, None, None, why)
    if held * idea.side.sign < 0:
        return _closing(idea, held, now)
    if price is not None and (price - idea.stop) * idea.side.sign <= 0:
        text = f"The price has gone through the stop of {idea.stop:,f} since: it is {price:,f} now."
        return Fit(Room.NONE, held, None, now, None, None, text)
    if equity is None or equity <= 0 or value is None or now is None:
        text = book.portfolio.equity_text or "The account is worth nothing."
        return Fit(Room.UNKNOWN, held, None, now, None, None, f"No size: {text}.")
    quantity, text = _size(idea, book, equity, abs(value))
    if not quantity:
        return Fit(Room.NONE, held, None, now, None, None, f"Not one share fits: {text}")
    after = now + quantity * idea.entry / equity
    room = _room(after)
    said = [text, _weight(idea, after, held, room)]
    at_risk = quantity * abs(idea.entry - idea.stop)
    return Fit(room, held, quantity, now, after, at_risk, " ".join(said))


def _closed_to(idea: Idea, book: Book, held: Decimal) -> str:
    """Return why this may not be traded at all; empty when it may."""
    if book.symbols and idea.symbol not in book.symbols:
        return f"{idea.symbol} is not traded on this market."
    if idea.side is Side.SELL and not held and not book.trading.allow_short:
        return "You hold none of it, and short selling is off in the settings."
    if held * idea.side.sign >= 0:
        if idea.symbol in book.trading.denied:
            return f"{idea.symbol} is on your list of what may not be opened."
        if book.trading.allowed and idea.symbol not in book.trading.allowed:
            return f"{idea.symbol} is not on your list of what may be opened."
    return ""


def _closing(idea: Idea, held: Decimal, now: Decimal | None) -> Fit:
    does, have = ("Sells", "hold") if idea.side is Side.SELL else ("Buys back", "owe")
    text = f"{does} the {abs(held):,f} that you {have}."
    return Fit(Room.FITS, held, abs(held), now, ZERO, ZERO, text)


def _size(idea: Idea, book: Book, equity: Decimal, value: Decimal) -> tuple[Decimal, str]:
    """Return how many shares the risk settings allow, and which of them said so."""
    from puffin.risk.sizing import Purse, fixed_fractional

    trading = book.trading
    purse = Purse(equity, max(book.portfolio.buying_power, ZERO))
    size = fixed_fractional(purse, risk=RISK, entry=idea.entry, stop=idea.stop)
    room = max(equity * trading.largest_position - value, ZERO)
    most = {
        f"losing {RISK:.0%} of the equity at the stop": size.wanted,
        "the buying power": purse.spendable / idea.entry,
        f"the largest position of {trading.largest_position:.0%}": room / idea.entry,
        f"the largest order of ${trading.largest_order:,f}": trading.largest_order / idea.entry,
    }
    why, least = min(most.items(), key=lambda each: each[1])
    quantity = least.to_integral_value(ROUND_FLOOR)
    return quantity, f"{quantity:,f} shares, by {why}."


def _room(after: Decimal) -> Room:
    if after > TOO_LARGE:
        return Room.TOO_LARGE
    return Room.LARGE if after > LARGE else Room.FITS


def _weight(idea: Idea, after: Decimal, held: Decimal, room: Room) -> str:
    more = f"with the {abs(held):,f} that are there, " if held else ""
    said = f"Then {more}{after:.1%} of the equity is in {idea.symbol}"
    if room is Room.TOO_LARGE:
        return f"{said}: more than {TOO_LARGE:.0%}, too much for one symbol."
    return f"{said}: more than {LARGE:.0%}." if room is Room.LARGE else f"{said}."


def ticket(idea: Idea, found: Fit) -> Ticket | None:
    """Return the order of an idea; None without a quantity.

    One that opens brings its target and its stop; one that closes needs neither.
    """
    if found.quantity is None:
        return None
    opens = found.held * idea.side.sign >= 0
    return Ticket(
        idea.symbol,
        idea.side,
        found.quantity,
        OrderType.LIMIT,
        idea.entry,
        take_profit=idea.target if opens else None,
        stop_loss=idea.stop if opens else None,
    )
