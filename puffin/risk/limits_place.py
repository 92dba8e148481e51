"""Rules on place and time: which symbols, what the broker takes, how often, and when."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from puffin.risk.contracts import contract_of
from puffin.risk.verdicts import passed, refused
from puffin.types import AssetClass, OrderStatus

if TYPE_CHECKING:
    from puffin.risk.facts import Facts
    from puffin.risk.verdicts import Verdict

ENDED_UNFILLED = frozenset({OrderStatus.CANCELLED, OrderStatus.EXPIRED, OrderStatus.REJECTED})
DAY_TRADES = 3  # more in five sessions, and below the equity, need a broker's leave
DAY_TRADE_EQUITY = Decimal(25_000)


def symbol_list(facts: Facts) -> Verdict:
    """Refuse opening what your lists forbid; an option follows its underlying."""
    limits = facts.limits
    names = {facts.ticket.symbol, *(each.symbol for each in facts.ticket.legs)}
    contracts = [found for each in names if (found := contract_of(each)) is not None]
    names |= {each.root for each in contracts}
    if facts.reduces:
        return passed("symbols", "Closing is allowed whatever the lists say.")
    denied = sorted(names & limits.denied)
    if denied:
        return refused("symbols", f"{denied[0]} is on your list of what is never opened.")
    if limits.allowed and not names & limits.allowed:
        return refused(
            "symbols", f"{facts.ticket.symbol} is not on your list of what may be opened."
        )
    return passed("symbols", "Your lists allow the symbol.")


def asset_flags(facts: Facts) -> Verdict:
    """Refuse what the broker does not trade, or not in fractions."""
    ticket, asset = facts.ticket, facts.asset
    if facts.account is None and not facts.asset_asked:
        return passed("asset", "This market trades what it has prices of.")
    if asset is None:
        return _unknown(facts)
    if not asset.tradable:
        return refused("asset", f"The broker does not trade {ticket.symbol} now.")
    whole = ticket.notional is None and ticket.quantity == ticket.quantity.to_integral_value()
    if not whole and not asset.fractionable:
        return refused("asset", f"The broker trades {ticket.symbol} in whole shares only.")
    return passed("asset", f"The broker trades {ticket.symbol}.")


def _unknown(facts: Facts) -> Verdict:
    symbol = facts.ticket.symbol
    if facts.reduces:
        return passed("asset", "What the broker says of it is not known; closing is allowed.")
    if facts.asset_asked:
        return refused("asset", f"The broker does not list {symbol}.")
    return refused("asset", f"The broker is being asked about {symbol}; try again in a moment.")


def venue(facts: Facts) -> Verdict:
    """Refuse what the broker in use would not take."""
    if facts.refusal:
        return refused("venue", facts.refusal)
    return passed("venue", "The broker takes such orders.")


def account_open(facts: Facts) -> Verdict:
    """Refuse everything but closing while the account cannot trade."""
    blocked = "" if facts.account is None else facts.account.blocked
    if blocked and not facts.reduces:
        return refused("account", f"The account cannot trade: {blocked}")
    if blocked:
        return passed("account", f"The account cannot trade: {blocked}", warning=True)
    return passed("account", "The account may trade.")


def duplicate(facts: Facts) -> Verdict:
    """Refuse the same order again within a few seconds.

    Closing everything goes on: it closes what is still held, and no order that waits counts twice.
    """
    limit = Decimal(facts.limits.duplicate_seconds)
    ages = [
        Decimal(str(abs((facts.now - order.created_at).total_seconds())))
        for order in facts.recent_orders
        if order.ticket == facts.ticket and order.status not in ENDED_UNFILLED
    ]
    age = min(ages, default=limit)
    if age >= limit:
        return passed("duplicate", "No such order was placed a moment ago.", limit)
    if facts.flattens and facts.reduces:
        text = f"The same order was placed {age:.0f} s ago; what is still held is closed."
        return passed("duplicate", text, limit, age, warning=True)
    text = f"The same order was placed {age:.0f} s ago; it can be repeated after {limit} s."
    return refused("duplicate", text, limit, age)


def automated_fills(facts: Facts) -> Verdict:
    """Refuse automation one more order once its fills of the session are used up."""
    most, used = facts.limits.automated_fills, facts.automated_fills
    if facts.automated:
        if used >= most and not facts.reduces:
            text = f"Automation has had {used} fills today; {most} are allowed."
            return refused("automated fills", text, Decimal(most), Decimal(used))
        text = f"Automation has had {used} of {most} fills today."
        return passed("automated fills", text, Decimal(most), Decimal(used))
    count = facts.manual_fills
    text = f"You have had {count} fills today."
    return passed("automated fills", text, Decimal(most), Decimal(used), warning=count >= most)


def market_hours(facts: Facts) -> Verdict:
    """Say, without refusing, that an order waits for the open."""
    if facts.ticket.asset is AssetClass.CRYPTO:
        return passed("market hours", "Crypto trades round the clock.")
    if facts.is_open:
        return passed("market hours", "The market is open.")
    if facts.ticket.extended_hours:
        text = "The market is closed; the order may fill before the open or after the close."
        return passed("market hours", text, warning=True)
    when = f"It {facts.hours}." if facts.hours else ""
    text = f"The market is closed; the order waits for the next open. {when}".strip()
    return passed("market hours", text, warning=True)


def day_trading(facts: Facts) -> Verdict:
    """Say, without refusing, that an order makes a day trade, and what that may mean."""
    account = facts.account
    if account is None or not facts.traded_today or not facts.reduces:
        return passed("day trades", "The order makes no day trade.")
    count = account.day_trades or 0
    limit, used = Decimal(DAY_TRADES), Decimal(count)
    rich = facts.equity is not None and facts.equity >= DAY_TRADE_EQUITY
    if rich or count < DAY_TRADES:
        text = f"A day trade: bought and sold in one session. {count} in the last five."
        return passed("day trades", text, limit, used, warning=not rich)
    text = (
        f"Day trade number {count + 1} in five sessions with less than "
        f"{DAY_TRADE_EQUITY:,} of equity: the broker may refuse it or restrict the account."
    )
    return passed("day trades", text, limit, used, warning=True)
