"""Rules on options: how much is in them, how much is behind them, and what covers those sold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from puffin.risk.cash import free_cash
from puffin.risk.contracts import contract_of
from puffin.risk.facts import worth
from puffin.risk.verdicts import market_of, passed, refused
from puffin.types import ZERO, AssetClass, Side, multiplier_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    from puffin.risk.facts import Facts
    from puffin.risk.verdicts import Verdict


def options_premium(facts: Facts) -> Verdict:
    """Refuse more money in options, waiting orders counted, than their share of equity."""
    most = facts.limits.options_premium
    if facts.ticket.asset is not AssetClass.OPTION or facts.reduces:
        return passed("options premium", "The order adds no option.", most)
    if not facts.equity or facts.equity < 0:
        return refused("options premium", "Equity is not known, so only closing is allowed.", most)
    total = facts.value(market_of(facts))
    for symbol, held in facts.holdings.items():
        if contract_of(symbol) is None:
            continue
        last = facts.lasts.get(symbol)
        if last is None:
            text = f"There is no price for {symbol}, so what options are worth is not known."
            return refused("options premium", text, most)
        total += worth(symbol, held, last)
    for order in facts.open_orders:
        ticket = order.ticket
        if ticket.asset is AssetClass.OPTION and ticket.limit_price is not None:
            total += abs(order.remaining * ticket.limit_price * ticket.multiplier)
    share = total / facts.equity
    if share > most:
        text = f"Options would be worth {share:.1%} of equity, more than the {most:.1%} allowed."
        return refused("options premium", text, most, share)
    text = f"Options would be worth {share:.1%} of equity, of at most {most:.1%}."
    return passed("options premium", text, most, share)


def options_notional(facts: Facts) -> Verdict:
    """Refuse more shares behind options, at their strikes, than their share of equity."""
    most = facts.limits.options_notional
    if facts.ticket.asset is not AssetClass.OPTION or facts.reduces:
        return passed("options notional", "The order adds no option.", most)
    if not facts.equity or facts.equity < 0:
        return refused("options notional", "Equity is not known, so only closing is allowed.", most)
    share = sum(_behind(facts), start=ZERO) / facts.equity
    if share > most:
        text = (
            f"The shares behind all options would be worth {share:.1%} of equity at their "
            f"strikes, more than the {most:.1%} allowed."
        )
        return refused("options notional", text, most, share)
    text = f"The shares behind all options would be worth {share:.1%} of equity."
    return passed("options notional", text, most, share)


def _behind(facts: Facts) -> Iterator[Decimal]:
    """Yield what is behind each option that is held, waited for, or ordered now."""
    yield from (_at_strike(symbol, held) for symbol, held in facts.holdings.items())
    tickets = [(each.ticket, each.remaining) for each in facts.open_orders]
    for ticket, size in [*tickets, (facts.ticket, facts.ticket.quantity)]:
        yield _at_strike(ticket.symbol, size)
        yield from (_at_strike(each.symbol, each.ratio * size) for each in ticket.legs)


def _at_strike(symbol: str, quantity: Decimal) -> Decimal:
    contract = contract_of(symbol)
    return ZERO if contract is None else abs(quantity) * contract.strike * multiplier_of(symbol)


def option_cover(facts: Facts) -> Verdict:
    """Refuse selling an option that neither shares nor cash cover.

    A call is covered by a hundred shares for each contract, a put by its strike in cash.
    """
    ticket, after = facts.ticket, facts.holding_after
    contract = contract_of(ticket.symbol)
    if contract is None or ticket.side is Side.BUY or after >= 0:
        return passed("option cover", "No option is sold that is not held.")
    units = -after * ticket.multiplier
    if contract.is_call:
        shares = facts.holdings.get(contract.root, ZERO)
        if shares >= units:
            text = f"{units:,f} shares of {contract.root} cover the calls."
            return passed("option cover", text, shares, units, warning=True)
        text = (
            f"The calls need {units:,f} shares of {contract.root} as cover; you hold {shares:,f}."
        )
        return refused("option cover", text, shares, units)
    free, need = free_cash(facts), units * contract.strike
    if free is None or need > free:
        words = "not known" if free is None else f"{free:,.2f}"
        text = f"The puts need {need:,.2f} in cash as cover; there is {words}."
        return refused("option cover", text, free, need)
    text = f"You would have to buy {units:,f} {contract.root} for {need:,.2f}."
    return passed("option cover", text, free, need, warning=True)
