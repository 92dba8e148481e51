"""How likely an option order makes money at its end; where that is not known, why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from puffin.errors import ParameterError
from puffin.risk.contracts import contract_of
from puffin.types import AssetClass

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from puffin.data.sessions import Calendar
    from puffin.options.legs import Leg
    from puffin.options.legs import Market as OptionMarket
    from puffin.types import Leg as TicketLeg
    from puffin.types import Quote, Ticket

    Ask = Callable[[str], Quote | None]

HOW = (
    "Chance that it makes money at the first expiry: the price ends lognormal, at the volatility "
    "that the options' own prices imply, without interest and dividends."
)


@dataclass(frozen=True, slots=True)
class Odds:
    """The chance of a profit: 0.6 is 60 %, None is unknown. `text` says why, or how."""

    chance: float | None
    text: str


def odds(ticket: Ticket, last: Ask, now: datetime, calendar: Calendar) -> Odds:
    """Return how likely an order for options makes money at its first expiry.

    Args:
        ticket: The order, of one option or several legs.
        last: Returns the latest quote of a symbol.
        now: The market's time.
        calendar: Says when an option's last session closes.
    """
    from puffin.options.payoff import Structure

    if ticket.asset is not AssetClass.OPTION:
        return Odds(None, "Only options have an end at which a chance can be told.")
    read = _read(ticket)
    if read is None:
        return Odds(None, "A leg names no option, or they are of several underlyings.")
    root, legs = read
    quotes = {each: last(each) for each in (root, *(leg.symbol for leg in legs))}
    missing = [symbol for symbol, quote in quotes.items() if quote is None]
    if missing:
        return Odds(None, f"There is no price for {', '.join(missing)}.")
    known = {symbol: quote for symbol, quote in quotes.items() if quote is not None}
    try:
        found = _valued(ticket, root, legs, known, now, calendar)
        if isinstance(found, str):
            return Odds(None, found)
        chance = Structure(*found).probability_of_profit
    except ParameterError as error:
        return Odds(None, str(error))
    return Odds(chance, HOW)


def _read(ticket: Ticket) -> tuple[str, list[TicketLeg]] | None:
    """Return the underlying and the legs of an order; a single option is one leg."""
    from puffin.types import Leg as TicketLeg

    legs = list(ticket.legs) or [TicketLeg(ticket.symbol, ticket.side)]
    roots = {None if (it := contract_of(each.symbol)) is None else it.root for each in legs}
    root = roots.pop()
    return None if root is None or roots else (root, legs)


def _valued(
    ticket: Ticket,
    root: str,
    legs: list[TicketLeg],
    quotes: dict[str, Quote],
    now: datetime,
    calendar: Calendar,
) -> tuple[tuple[Leg, ...], OptionMarket] | str:
    """Return the legs with what they cost and the market they end in; words where unknown."""
    from puffin.options.chain import years_to_expiry
    from puffin.options.contract import parse_occ
    from puffin.options.implied import implied_volatility
    from puffin.options.legs import Leg
    from puffin.options.legs import Market as OptionMarket
    from puffin.options.pricing import Contracts

    spot = float(quotes[root].mid)
    prices = _prices(ticket, legs, quotes)
    if prices is None:
        return "The limit cannot be shared out over the legs."
    made, nearest = [], (float("inf"), 0.0)
    for leg, price in zip(legs, prices, strict=True):
        contract, mid = parse_occ(leg.symbol), float(quotes[leg.symbol].mid)
        strike, years = float(contract.strike), years_to_expiry(contract.expiry, now, calendar)
        one = Contracts.of(
            call=contract.is_call, spot=spot, strike=strike, years=years, volatility=0.0
        )
        implied = float(implied_volatility(one, mid)[0])
        if not implied > 0:
            return f"No volatility explains the price of {leg.symbol}."
        nearest = min(nearest, (abs(strike - spot), implied))
        size = float(ticket.quantity) * leg.ratio * leg.side.sign
        made.append(Leg(size, price, contract.right, strike, years, implied))
    return tuple(made), OptionMarket(spot, nearest[1])


def _prices(ticket: Ticket, legs: list[TicketLeg], quotes: dict[str, Quote]) -> list[float] | None:
    """Return what each leg costs: what the market says, and in sum the limit if there is one."""
    asked = [float(quotes[each.symbol].price_for(each.side)) for each in legs]
    if ticket.limit_price is None:
        return asked
    if not ticket.legs:
        return [float(ticket.limit_price)]
    signed = [each.side.sign * each.ratio for each in legs]
    short_of = float(ticket.limit_price) - sum(
        count * price for count, price in zip(signed, asked, strict=True)
    )
    for place, count in enumerate(signed):
        changed = asked[place] + short_of / count
        if changed >= 0:
            return [*asked[:place], changed, *asked[place + 1 :]]
    return None
