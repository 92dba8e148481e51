"""Rules on prices: there must be one, limits must be near it and stops on their side of it."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from puffin.risk.verdicts import STEPS, between_steps, market_of, passed, refused
from puffin.types import AssetClass, OrderType, Side

if TYPE_CHECKING:
    from puffin.risk.facts import Facts
    from puffin.risk.verdicts import Verdict


def price_known(facts: Facts) -> Verdict:
    """Refuse an order whose symbol has no price: nothing about it can be checked."""
    symbol, market = facts.ticket.symbol, facts.market
    if market is None:
        return refused("price", f"There is no price for {symbol}, so nothing can be checked.")
    if facts.ticket.legs:
        known = facts.net_price is not None
        text = "The legs cost" if known else "The legs have no quotes; they are valued at"
        return passed("price", f"{text} {market:,}.", used=market)
    return passed("price", f"{symbol} trades at {market:,}.", used=market)


def price_age(facts: Facts) -> Verdict:
    """Refuse a market order at a price that is too old to be the market's; closing is warned.

    While the market is closed a market order waits for a price that nobody knows yet.
    """
    ticket, age, most = facts.ticket, facts.quote_age, Decimal(facts.limits.oldest_quote)
    if ticket.type is not OrderType.MARKET:
        return passed("price age", "The order names its own price.", most)
    if not facts.is_open and ticket.asset is not AssetClass.CRYPTO:
        return passed("price age", "The market is closed; the order fills at a later price.", most)
    if age is not None and age <= most:
        return passed(
            "price age", f"The price is {age:,.0f} s old, of at most {most} s.", most, age
        )
    if age is None:
        text = f"How old the price of {ticket.symbol} is, is not known."
    else:
        text = f"The price of {ticket.symbol} is {age:,.0f} s old; at most {most} s are allowed."
    if facts.reduces:
        return passed("price age", f"{text} Closing is allowed.", most, age, warning=True)
    return refused("price age", f"{text} A limit order names its own price.", most, age)


def price_collar(facts: Facts) -> Verdict:
    """Refuse a limit too far through the quote; say when one would fill at once."""
    limit, market, most = facts.ticket.limit_price, market_of(facts), facts.limits.price_collar
    if limit is None:
        return passed("price collar", "The order names no limit.", most)
    if between_steps(limit):
        return refused("price collar", f"The limit of {limit:,} is {STEPS}", most)
    through = _through(facts, limit, market)
    if through is None:
        return passed("price collar", "The legs together cost nothing to compare with.", most)
    if through > most:
        text = (
            f"The limit of {limit:,} is {through:.1%} through the market's {market:,}; "
            f"{most:.1%} is allowed."
        )
        return refused("price collar", text, most, through)
    if through >= 0:
        text = f"The market's {market:,} is already within the limit: the order fills at once."
        return passed("price collar", text, most, through, warning=True)
    return passed("price collar", "The order waits for its limit.", most, through)


def _through(facts: Facts, limit: Decimal, market: Decimal) -> Decimal | None:
    """Return how far the limit is beyond the market, as a share of the market's price."""
    if not facts.ticket.legs:
        return (limit / market - 1) * facts.ticket.side.sign
    return (limit - market) / abs(market) if market else None


def stop_side(facts: Facts) -> Verdict:
    """Refuse a stop that the market is already through: it would go off at once."""
    ticket, quote = facts.ticket, facts.quote
    fine = [ticket.stop_price, ticket.take_profit, ticket.stop_loss, ticket.stop_loss_limit]
    for each in fine:
        if each is not None and between_steps(each):
            return refused("stop", f"The price of {each:,} is {STEPS}", used=each)
    if quote is None:
        return passed("stop", "There is no price to compare with.")
    last = quote.last
    if ticket.stop_price is not None:
        return _beyond(ticket.side, ticket.stop_price, last, "A stop")
    exits = ticket.side if ticket.one_cancels_other else ticket.side.opposite
    entry = ticket.limit_price
    if ticket.stop_loss is not None and (ticket.one_cancels_other or entry is None):
        return _beyond(exits, ticket.stop_loss, last, "A stop loss")
    return passed("stop", "The order names no stop that could go off at once.")


def _beyond(side: Side, stop: Decimal, last: Decimal, name: str) -> Verdict:
    if (stop > last) if side is Side.BUY else (stop < last):
        return passed("stop", f"The order waits for its stop at {stop:,}.", last, stop)
    where = "above" if side is Side.BUY else "below"
    text = f"{name} to {side} must be {where} the last price of {last:,}."
    return refused("stop", text, last, stop)


def target_side(facts: Facts) -> Verdict:
    """Refuse a target that the market has reached already: it would end the position at once.

    Exits are for what is held once they trade: those that could open a position are refused.
    """
    ticket, market = facts.ticket, market_of(facts)
    if ticket.one_cancels_other and not facts.reduces:
        text = "A target with a stop loss needs as much that is held, waiting orders counted."
        return refused("target", text)
    if facts.brings_exits and facts.holding * ticket.side.sign < 0:
        text = "The order closes what is held, so its exits would open a position; leave them out."
        return refused("target", text)
    target = ticket.take_profit
    if target is None or ticket.limit_price is not None:
        return passed("target", "The order names no target that is reached already.")
    if ticket.side.sign * (target - market) > 0:
        return passed("target", f"The target of {target:,} lies ahead.", market, target)
    where = "above" if ticket.side is Side.BUY else "below"
    text = f"The target must be {where} the market's {market:,}."
    return refused("target", text, market, target)
