"""Rules on money: the day's loss, what an order needs, what it borrows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from puffin.risk.cash import cash_needed, free_cash, security_needed
from puffin.risk.verdicts import HALF, market_of, passed, refused, units
from puffin.types import ZERO, AssetClass, Side

if TYPE_CHECKING:
    from puffin.risk.facts import Facts
    from puffin.risk.verdicts import Verdict


def daily_loss(facts: Facts) -> Verdict:
    """Refuse new risk once the day's loss reaches its limit; warn from half of it on."""
    start, profit = facts.session_start_equity, facts.day_profit
    if start is None or start <= 0 or profit is None:
        if facts.reduces:
            return passed("daily loss", "Today's profit is not known; closing is allowed.")
        return refused("daily loss", "Today's profit is not known, so only closing is allowed.")
    most, loss = facts.limits.daily_loss * start, max(ZERO, -profit)
    if loss >= most and not facts.reduces:
        text = f"Today's loss of {loss:,.2f} reached {most:,.2f}, so only closing is allowed."
        return refused("daily loss", text, most, loss)
    text = f"Today's loss is {loss:,.2f} of at most {most:,.2f}."
    return passed("daily loss", text, most, loss, warning=loss >= most * HALF)


def enough_cash(facts: Facts) -> Verdict:
    """Refuse what cash, or the broker's buying power, does not pay for."""
    ticket = facts.ticket
    if ticket.side is Side.SELL and not ticket.legs:
        return passed("cash", "A sale needs no cash.")
    if facts.reduces and not ticket.legs:
        return passed("cash", "Buying back what was sold short is always allowed.")
    free = free_cash(facts)
    if free is None:
        text = "What a waiting order will cost is not known; cancel it or wait for its price."
        return refused("cash", text)
    need = cash_needed(ticket, market_of(facts), facts.costs)
    if need is None:
        text = "What these legs can lose has no bound: an option that is sold is not covered."
        return refused("cash", text, free)
    told = facts.account is not None and facts.account.buying_power is not None
    name = "buying power" if told else "free cash"
    text = f"The order needs {need:,.2f}; {name} is {free:,.2f}."
    if need > free:
        text = f"Not enough {name.removeprefix('free ')}, waiting orders counted. {text}"
        return refused("cash", text, free, need)
    return passed("cash", text, free, need)


def margin(facts: Facts) -> Verdict:
    """Say, without refusing, how much of the order's cost would be borrowed."""
    ticket = facts.ticket
    if (ticket.side is Side.SELL and not ticket.legs) or facts.reduces:
        return passed("margin", "The order borrows no money.")
    need = cash_needed(ticket, market_of(facts), facts.costs)
    cash, told = max(ZERO, facts.cash), facts.account
    power = cash if told is None else told.buying_power
    lends = power is None or power > cash  # an account without a loan refuses for want of cash
    if need is None or need <= cash or not lends:
        return passed("margin", "The order borrows no money.", cash, need)
    text = f"{need - cash:,.2f} of it would be borrowed from the broker, at interest."
    return passed("margin", text, cash, need, warning=True)


def short_selling(facts: Facts) -> Verdict:
    """Refuse selling more than is held, or short sales without cash to secure them."""
    ticket = facts.ticket
    if ticket.side is Side.BUY or ticket.legs or facts.holding_after >= 0:
        return passed("short selling", "Nothing is sold short.")
    if ticket.asset is AssetClass.OPTION:
        return passed("short selling", "Options that are sold have a rule of their own.")
    if not facts.allow_short:
        owned, size = max(ZERO, facts.holding), facts.size
        text = f"Selling {units(facts, size)} when you hold {units(facts, owned)} is a short sale."
        if facts.promised:
            text += f" Orders that wait already sell {units(facts, facts.promised)}."
        return refused("short selling", text, owned, size)
    if facts.asset is not None and not facts.asset.shortable:
        return refused("short selling", f"The broker lends no {ticket.symbol} to sell short.")
    free, need = free_cash(facts), security_needed(facts, market_of(facts))
    if free is None or need > free:
        words = "not known" if free is None else f"{free:,.2f}"
        text = f"A short sale needs {need:,.2f} as security; free cash is {words}."
        return refused("short selling", text, free, need)
    text = f"You would be short {units(facts, -facts.holding_after)}."
    return passed("short selling", text, free, need, warning=True)
