"""Pre-trade limits: each rule is one pure function from an order's facts to a verdict.

Rules on size and loss never refuse an order that only shrinks or closes a position. Where a rule
needs a price and there is none, the order is refused.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from puffin.execution.costs import CENT, FINEST_PRICE
from puffin.execution.ledger import FINEST_QUANTITY
from puffin.risk.cash import cash_needed, free_cash, security_needed
from puffin.risk.facts import Facts, Limits
from puffin.types import ZERO, OrderStatus, OrderType, Side, TimeInForce

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["RULES", "Facts", "Limits", "Rule", "Verdict", "check", "refusals"]

STEPS = "too fine: prices are in whole cents, below a dollar in hundredths of a cent."
_HALF = Decimal("0.5")
_ENDED_UNFILLED = frozenset({OrderStatus.CANCELLED, OrderStatus.EXPIRED, OrderStatus.REJECTED})


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one rule says, with the numbers it compared; a warning allows but wants to be read."""

    rule: str
    allowed: bool
    text: str
    limit: Decimal | None = None
    used: Decimal | None = None
    warning: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule as a list shows it. `needs_price` rules run only when the price is known."""

    id: str
    title: str
    judge: Callable[[Facts], Verdict]
    needs_price: bool = True


def check(facts: Facts) -> list[Verdict]:
    """Return the verdict of every rule; without a price, of those that can do without."""
    priced = facts.market is not None
    return [rule.judge(facts) for rule in RULES if priced or not rule.needs_price]


def refusals(verdicts: list[Verdict]) -> list[Verdict]:
    """Return the verdicts that refuse."""
    return [verdict for verdict in verdicts if not verdict.allowed]


def price_known(facts: Facts) -> Verdict:
    """Refuse an order whose symbol has no price: nothing about it can be checked."""
    symbol, market = facts.ticket.symbol, facts.market
    if market is None:
        return _refused("price", f"There is no price for {symbol}, so nothing can be checked.")
    return _passed("price", f"{symbol} trades at {market:,}.", used=market)


def quantity(facts: Facts) -> Verdict:
    """Refuse too many shares, too few, and fractions where brokers do not take them."""
    ticket, most, least = (
        facts.ticket,
        facts.limits.largest_quantity,
        facts.limits.smallest_quantity,
    )
    size = ticket.quantity
    if size != size.quantize(FINEST_QUANTITY):
        text = "A quantity has at most six decimal places."
        return _refused("quantity", text, most, size)
    if facts.reduces:
        return _passed("quantity", f"{_shares(size)}, to close.", most, size)
    if size > most:
        text = f"{_shares(size)} in one order are more than the {_shares(most)} allowed."
        return _refused("quantity", text, most, size)
    if size < least:
        text = f"The quantity must be at least {least}."
        return _refused("quantity", text, least, size)
    whole = size == size.to_integral_value()
    if not whole and (ticket.type is OrderType.STOP or ticket.time_in_force is TimeInForce.GTC):
        text = "A fraction of a share needs a market or limit order for the day."
        return _refused("quantity", text, most, size)
    return _passed("quantity", f"{_shares(size)} of at most {_shares(most)}.", most, size)


def order_value(facts: Facts) -> Verdict:
    """Refuse an order worth more than the largest allowed."""
    most = facts.limits.largest_order
    value = facts.ticket.quantity * facts.priced(_market(facts))
    if value <= most or facts.reduces:
        text = f"The order is worth {value:,.2f} of at most {most:,.2f}."
        return _passed("order value", text, most, value)
    text = f"The order is worth {value:,.2f}, more than the {most:,.2f} allowed."
    return _refused("order value", text, most, value)


def position_share(facts: Facts) -> Verdict:
    """Refuse a position, waiting orders counted, of more than its share of equity."""
    most, equity, market = facts.limits.largest_position, facts.equity, _market(facts)
    if facts.reduces:
        return _passed("position share", "The order makes the position smaller.", most)
    if equity is None or equity <= 0:
        text = "Equity is not known or used up, so only closing is allowed."
        return _refused("position share", text, most)
    share = abs(facts.holding_after) * max(facts.priced(market), market) / equity
    if share <= most:
        text = f"The position would be {share:.1%} of equity, of at most {most:.1%}."
        return _passed("position share", text, most, share)
    text = f"The position would be {share:.1%} of equity, more than the {most:.1%} allowed."
    return _refused("position share", text, most, share)


def positions_count(facts: Facts) -> Verdict:
    """Refuse one more position than allowed, those that waiting orders may open counted."""
    most = Decimal(facts.limits.most_positions)
    if facts.holding:
        used = Decimal(facts.positions_count)
        return _passed("positions", "The order opens no new position.", most, used)
    waiting = {order.ticket.symbol for order in facts.open_orders} - {facts.ticket.symbol}
    opening = set() if facts.held is None else waiting - facts.held
    count = Decimal(facts.positions_count + len(opening) + 1)
    if count <= most:
        text = f"The order would open position {count} of at most {most}."
        return _passed("positions", text, most, count)
    text = f"This would be position {count}, waiting orders counted; {most} are allowed."
    return _refused("positions", text, most, count)


def daily_loss(facts: Facts) -> Verdict:
    """Refuse new risk once the day's loss reaches its limit; warn from half of it on."""
    start, profit = facts.session_start_equity, facts.day_profit
    if start is None or start <= 0 or profit is None:
        if facts.reduces:
            return _passed("daily loss", "Today's profit is not known; closing is allowed.")
        return _refused("daily loss", "Today's profit is not known, so only closing is allowed.")
    most, loss = facts.limits.daily_loss * start, max(ZERO, -profit)
    if loss >= most and not facts.reduces:
        text = f"Today's loss of {loss:,.2f} reached {most:,.2f}, so only closing is allowed."
        return _refused("daily loss", text, most, loss)
    text = f"Today's loss is {loss:,.2f} of at most {most:,.2f}."
    return _passed("daily loss", text, most, loss, warning=loss >= most * _HALF)


def price_collar(facts: Facts) -> Verdict:
    """Refuse a limit too far through the quote; say when one would fill at once."""
    limit, market, most = facts.ticket.limit_price, _market(facts), facts.limits.price_collar
    if limit is None:
        return _passed("price collar", "The order names no limit.", most)
    if _between_steps(limit):
        return _refused("price collar", f"The limit of {limit:,} is {STEPS}", most)
    through = (limit / market - 1) * facts.ticket.side.sign
    if through > most:
        text = (
            f"The limit of {limit:,} is {through:.1%} through the market's {market:,}; "
            f"{most:.1%} is allowed."
        )
        return _refused("price collar", text, most, through)
    if through >= 0:
        text = f"The market's {market:,} is already within the limit: the order fills at once."
        return _passed("price collar", text, most, through, warning=True)
    return _passed("price collar", "The order waits for its limit.", most, through)


def stop_side(facts: Facts) -> Verdict:
    """Refuse a stop that the market is already through: it would go off at once."""
    stop, quote = facts.ticket.stop_price, facts.quote
    if stop is None or quote is None:
        return _passed("stop", "The order names no stop.")
    if _between_steps(stop):
        return _refused("stop", f"The stop of {stop:,} is {STEPS}", quote.last, stop)
    buys = facts.ticket.side is Side.BUY
    if (stop > quote.last) if buys else (stop < quote.last):
        return _passed("stop", f"The order waits for its stop at {stop:,}.", quote.last, stop)
    where = "above" if buys else "below"
    text = f"A stop to {facts.ticket.side} must be {where} the last price of {quote.last:,}."
    return _refused("stop", text, quote.last, stop)


def duplicate(facts: Facts) -> Verdict:
    """Refuse the same order again within a few seconds."""
    limit = Decimal(facts.limits.duplicate_seconds)
    ages = [
        Decimal(str(abs((facts.now - order.created_at).total_seconds())))
        for order in facts.recent_orders
        if order.ticket == facts.ticket and order.status not in _ENDED_UNFILLED
    ]
    age = min(ages, default=limit)
    if age >= limit:
        return _passed("duplicate", "No such order was placed a moment ago.", limit)
    text = f"The same order was placed {age:.0f} s ago; it can be repeated after {limit} s."
    return _refused("duplicate", text, limit, age)


def enough_cash(facts: Facts) -> Verdict:
    """Refuse a buy that free cash does not pay for: cash less what waiting orders may need."""
    if facts.ticket.side is Side.SELL:
        return _passed("cash", "A sale needs no cash.")
    if facts.reduces:
        return _passed("cash", "Buying back what was sold short is always allowed.")
    free = free_cash(facts)
    if free is None:
        text = "What a waiting order will cost is not known; cancel it or wait for its price."
        return _refused("cash", text)
    need = cash_needed(facts.ticket, _market(facts), facts.costs)
    text = f"The order needs {need:,.2f}; free cash is {free:,.2f}."
    if need > free:
        text = f"Not enough cash, waiting orders counted. {text}"
        return _refused("cash", text, free, need)
    return _passed("cash", text, free, need)


def short_selling(facts: Facts) -> Verdict:
    """Refuse selling more than is held, or short sales without cash to secure them."""
    if facts.ticket.side is Side.BUY or facts.holding_after >= 0:
        return _passed("short selling", "Nothing is sold short.")
    if not facts.allow_short:
        owned, size = max(ZERO, facts.holding), facts.ticket.quantity
        text = f"Selling {_shares(size)} when you hold {_shares(owned)} is a short sale."
        if facts.promised:
            text += f" Orders that wait already sell {_shares(facts.promised)}."
        return _refused("short selling", text, owned, size)
    free, need = free_cash(facts), security_needed(facts, _market(facts))
    if free is None or need > free:
        words = "not known" if free is None else f"{free:,.2f}"
        text = f"A short sale needs {need:,.2f} as security; free cash is {words}."
        return _refused("short selling", text, free, need)
    text = f"You would be short {_shares(-facts.holding_after)}."
    return _passed("short selling", text, free, need, warning=True)


def market_hours(facts: Facts) -> Verdict:
    """Say, without refusing, that an order waits for the open."""
    if facts.is_open:
        return _passed("market hours", "The market is open.")
    text = "The market is closed; the order waits for the next open."
    return _passed("market hours", text, warning=True)


RULES: tuple[Rule, ...] = (
    Rule("price", "Price known", price_known, needs_price=False),
    Rule("quantity", "Quantity", quantity, needs_price=False),
    Rule("order value", "Order value", order_value),
    Rule("position share", "Position size", position_share),
    Rule("positions", "Number of positions", positions_count, needs_price=False),
    Rule("daily loss", "Daily loss", daily_loss, needs_price=False),
    Rule("price collar", "Price collar", price_collar),
    Rule("stop", "Stop on the right side", stop_side),
    Rule("duplicate", "Same order again", duplicate, needs_price=False),
    Rule("cash", "Enough cash", enough_cash),
    Rule("short selling", "Short selling", short_selling),
    Rule("market hours", "Market hours", market_hours, needs_price=False),
)


def _passed(
    rule: str,
    text: str,
    limit: Decimal | None = None,
    used: Decimal | None = None,
    *,
    warning: bool = False,
) -> Verdict:
    return Verdict(rule, allowed=True, text=text, limit=limit, used=used, warning=warning)


def _refused(
    rule: str, text: str, limit: Decimal | None = None, used: Decimal | None = None
) -> Verdict:
    return Verdict(rule, allowed=False, text=text, limit=limit, used=used)


def _between_steps(price: Decimal) -> bool:
    """Whether exchanges take no order at `price`: it is finer than their step."""
    step = CENT if price >= 1 else FINEST_PRICE
    return price != price.quantize(step)


def _market(facts: Facts) -> Decimal:
    """The market's price; `check` runs a rule that needs one only when there is one."""
    if facts.market is None:
        raise ValueError("this rule needs a price")
    return facts.market


def _shares(number: Decimal) -> str:
    words = f"{number.normalize():,f}"
    return f"{words} share" if number == 1 else f"{words} shares"
