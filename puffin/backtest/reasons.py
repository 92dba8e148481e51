"""The words for why an order filled, filled in part, or did not."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from puffin.backtest import layout as at
from puffin.backtest.sizing import RiskPerTrade, VolatilityTarget

if TYPE_CHECKING:
    from puffin.backtest.account import Account
    from puffin.backtest.loop import Loop
    from puffin.backtest.waiting import Waiting

KINDS = {
    at.MARKET: "market order",
    at.LIMIT: "limit",
    at.STOP: "stop",
    at.STOP_LIMIT: "stop-limit",
}
LEVELS = {
    at.STOP_LOSS: "The stop",
    at.TRAILING_STOP: "The trailing stop",
    at.TAKE_PROFIT: "The target",
}
CENTS = 2
FINE = 4  # decimals of a price below ten
SMALL = 10


def price_words(price: float) -> str:
    """Return a price as it is read aloud: cents, and finer where the price is small."""
    decimals = CENTS if abs(price) >= SMALL or round(price, CENTS) == price else FINE
    return f"{price:,.{decimals}f}"


def share_words(size: float) -> str:
    """Return a number of shares, with its noun."""
    whole = round(size)
    told = f"{whole:,}" if abs(size - whole) < at.WHOLE else f"{size:,.4f}"
    return f"{told} {'share' if told == '1' else 'shares'}"


def order_words(order: Waiting) -> str:
    """Return an order by its side, kind and prices."""
    side = "The buy" if order.sign > 0 else "The sell"
    prices = [
        f"{name} {price_words(value)}"
        for name, value in (("stop", order.stop), ("limit", order.limit))
        if not math.isnan(value)
    ]
    if not prices:
        return f"{side} {KINDS[at.MARKET]}"
    if len(prices) > 1 and order.set_off:
        return f"{side} {prices[1].replace(' ', ' at ', 1)} (set off before)"
    if len(prices) == 1:
        return f"{side} {prices[0].replace(' ', ' at ', 1)}"
    return f"{side} stop-limit ({', '.join(prices)})"


def volume_words(loop: Loop) -> str:
    """Return what the bar's volume allows."""
    row, share = len(loop.equity), loop.settings.participation
    volume = loop.columns.volume[row]
    if share is None:
        return "the bar takes no more"
    takes = loop.account.whole(share * volume)
    return f"at most {share:.0%} of the bar's volume of {volume:,.0f} may be traded, {takes:,.0f}"


def miss_words(order: Waiting, set_off: bool, low: float, high: float) -> str:  # noqa: FBT001 - as it was when the bar began
    """Return why an order that waited did not fill on a bar."""
    buys, limit, stop = order.sign > 0, order.limit, order.stop
    lowest = f"the low was {price_words(low)}"
    highest = f"the high was {price_words(high)}"
    stopped = not math.isnan(stop) and not set_off
    if stopped and not (high >= stop if buys else low <= stop):
        return f"was not set off: {highest if buys else lowest}"
    if not math.isnan(limit) and not (low <= limit if buys else high >= limit):
        missed = lowest if buys else highest
        if stopped:
            return f"was set off, but its limit was not reached: {missed}"
        return f"was not reached: {missed}"
    if stopped:
        return "was set off, but beyond its limit; from now on only the limit counts"
    return "was in reach, but something else came first on this bar"


def level_words(why: int, part: float, price: float) -> str:
    """Return that the stop or the target of the position filled; `part` is above zero if sold."""
    done = "sold" if part > 0 else "bought back"
    return f"{LEVELS[why]} was reached: {share_words(abs(part))} {done} at {price_words(price)}."


def nothing_words(
    account: Account, row: int, raw: float, weight: float, decided: int, stop: float
) -> str:
    """Return why the size of an order comes to nothing."""
    sign, settings = (1 if weight > 0 else -1), account.settings
    if not weight:
        return "nothing is held."
    if sign < 0 and not settings.allow_short and account.held <= 0:
        return "selling short is off."
    price, rule = account.moved(row, raw, sign, 0.0), settings.size_rule
    known = account.columns.volatility
    if isinstance(rule, RiskPerTrade) and not sign * (price - stop) > 0:
        return _risk_words(price, stop)
    if isinstance(rule, VolatilityTarget) and not (known and known[decided] > 0):
        return "the volatility that its size needs is not known yet."
    money = (account.cash + account.held * raw) * settings.leverage
    if account.held * sign > 0:
        money -= abs(account.held) * raw
    can = account.rates.affordable(money, price)
    if can < (1 if settings.whole_shares else at.WHOLE):
        return (
            f"{max(money, 0.0):,.2f} can be spent, and one share costs {price_words(price)} "
            "and its commission."
        )
    return f"its size, {rule.words}, comes to less than one share at {price_words(price)}."


def _risk_words(price: float, stop: float) -> str:
    if math.isnan(stop):
        return "a size by risk needs a stop, and there is none."
    return (
        f"its stop at {price_words(stop)} is on the wrong side of the price, "
        f"{price_words(price)}, so that no size risks anything."
    )
