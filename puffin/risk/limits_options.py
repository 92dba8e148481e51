"""Rules on options: how much is in them, how much is behind them, and what covers those sold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from puffin.risk.cash import free_cash
from puffin.risk.contracts import contract_of
from puffin.risk.facts import price_of, worth
from puffin.risk.verdicts import market_of, passed, refused
from puffin.types import ZERO, AssetClass, Side, multiplier_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    from puffin.risk.facts import Facts
    from puffin.risk.verdicts import Verdict
    from puffin.types import Order, Ticket


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
        if order.ticket.asset is not AssetClass.OPTION or _ends_what_is_held(order, facts):
            continue
        price = _waiting_price(order.ticket, facts)
        if price is None:
            text = f"What a waiting order for {order.ticket.symbol} may cost is not known."
            return refused("options premium", text, most)
        total += abs(order.remaining * price * order.ticket.multiplier)
    share = total / facts.equity
    if share > most:
        text = f"Options would be worth {share:.1%} of equity, more than the {most:.1%} allowed."
        return refused("options premium", text, most, share)
    text = f"Options would be worth {share:.1%} of equity, of at most {most:.1%}."
    return passed("options premium", text, most, share)


def _ends_what_is_held(order: Order, facts: Facts) -> bool:
    """Whether a waiting order only sells, or buys back, options that are held and counted."""
    ticket = order.ticket
    held = facts.holdings.get(ticket.symbol, ZERO)
    return held * ticket.side.sign < 0 and order.remaining <= abs(held)


def _waiting_price(ticket: Ticket, facts: Facts) -> Decimal | None:
    """Return what a unit of a waiting order may cost: its limit, or what the market asks now."""
    if ticket.limit_price is not None:
        return ticket.limit_price
    asked = dict(facts.prices)
    if facts.quote is not None:
        asked[facts.ticket.symbol] = facts.quote.ask
    if not ticket.legs:
        ask = asked.get(ticket.symbol, ticket.stop_price)
        return None if ask is None else price_of(ticket, ask, facts.costs)
    bought = [each for each in ticket.legs if each.side is Side.BUY]
    if any(each.symbol not in asked for each in bought):
        return None
    return sum((each.ratio * asked[each.symbol] for each in bought), start=ZERO)


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

    A call is covered by a hundred shares for each contract, a put by its strike in cash. What
    covers an option that is sold already covers no other.
    """
    ticket, after = facts.ticket, facts.holding_after
    contract = contract_of(ticket.symbol)
    if contract is None and ticket.side is Side.SELL and not ticket.legs:
        return _shares_spared(facts)
    if contract is None or ticket.side is Side.BUY or after >= 0:
        return passed("option cover", "No option is sold that is not held.")
    units = -after * ticket.multiplier
    if contract.is_call:
        units += _sold(facts, contract.root, ticket.symbol)
        shares = facts.holdings.get(contract.root, ZERO)
        if shares >= units:
            text = f"{units:,f} shares of {contract.root} cover the calls."
            return passed("option cover", text, shares, units, warning=True)
        text = (
            f"The calls need {units:,f} shares of {contract.root} as cover; you hold {shares:,f}."
        )
        return refused("option cover", text, shares, units)
    free, need = free_cash(facts), units * contract.strike
    if facts.account is None or facts.account.buying_power is None:
        need += _sold(facts, contract.root, ticket.symbol, is_call=False)
    if free is None or need > free:
        words = "not known" if free is None else f"{free:,.2f}"
        text = f"The puts need {need:,.2f} in cash as cover; there is {words}."
        return refused("option cover", text, free, need)
    text = f"You would have to buy {units:,f} {contract.root} for {need:,.2f}."
    return passed("option cover", text, free, need, warning=True)


def _shares_spared(facts: Facts) -> Verdict:
    """Say, without refusing, that shares are sold which cover calls."""
    sold, after = _sold(facts, facts.ticket.symbol), max(ZERO, facts.holding_after)
    if after >= sold:
        return passed("option cover", "No option is sold that is not held.")
    text = f"Calls that are sold need {sold:,f} of these shares as cover; {after:,f} would be left."
    return passed("option cover", text, after, sold, warning=True)


def _sold(facts: Facts, root: str, but: str = "", *, is_call: bool = True) -> Decimal:
    """Return what the options of `root` need that are sold already, without `but`: their cover.

    Calls need shares, puts the cash of their strikes; what is held of other options of the same
    kind counts against them.
    """
    waiting = {x for each in facts.open_orders for x in _symbols(each.ticket)}
    need = ZERO
    for symbol in (facts.holdings.keys() | waiting) - {but}:
        contract = contract_of(symbol)
        if contract is None or contract.root != root or contract.is_call is not is_call:
            continue
        after = facts.holdings.get(symbol, ZERO) - facts.promised_of(symbol, Side.SELL)
        need -= after * multiplier_of(symbol) * (1 if is_call else contract.strike)
    return max(ZERO, need)


def _symbols(ticket: Ticket) -> set[str]:
    return {ticket.symbol, *(each.symbol for each in ticket.legs)}
