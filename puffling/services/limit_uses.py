"""Every limit in force and how much of it the account uses: a row for each rule."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from puffin.risk.contracts import contract_of
from puffin.risk.facts import worth
from puffin.risk.limits_place import DAY_TRADES
from puffin.types import ZERO, multiplier_of

if TYPE_CHECKING:
    from puffin.risk.facts import AccountFlags
    from puffin.risk.limits import Limits
    from puffling.services.positions import Portfolio
    from puffling.services.risk_facts import DayCounts

SHARE = "share of equity"


@dataclass(frozen=True, slots=True)
class LimitUse:
    """A limit in force and how much of it is used; None where that is not known.

    `text` says what the limit does where a number alone does not.
    """

    rule: str
    title: str
    limit: Decimal | None
    used: Decimal | None
    unit: str  # "share of equity", "dollars", "positions", "fills", "seconds", "shares" …
    text: str = ""


def limit_uses(
    limits: Limits,
    portfolio: Portfolio,
    counts: DayCounts,
    account: AccountFlags | None,
    *,
    allow_short: bool,
) -> list[LimitUse]:
    """Return a row for each rule that has a limit, or that says yes or no."""
    weights = [abs(each.weight) for each in portfolio.rows if each.weight is not None]
    loss = None if portfolio.day_ratio is None else max(ZERO, -portfolio.day_ratio)
    each_order = "Each order is checked against it."
    told = account.buying_power if account is not None else None
    symbols = f"{len(limits.allowed)} allowed" if limits.allowed else "All are allowed"
    return [
        LimitUse(
            "position share",
            "Largest position",
            limits.largest_position,
            None if portfolio.unpriced else max(weights, default=ZERO),
            SHARE,
        ),
        LimitUse(
            "positions",
            "Most positions",
            Decimal(limits.most_positions),
            Decimal(len(portfolio.rows)),
            "positions",
        ),
        LimitUse("daily loss", "Daily loss", limits.daily_loss, loss, SHARE),
        LimitUse(
            "automated fills",
            "Automated fills",
            Decimal(limits.automated_fills),
            Decimal(counts.automated),
            "fills",
            f"Fills of this session that automation asked for; {counts.manual} were yours.",
        ),
        LimitUse("order value", "Largest order", limits.largest_order, None, "dollars", each_order),
        LimitUse(
            "large order",
            "Large order",
            limits.large_order,
            None,
            "dollars",
            "From this value on automation needs your yes.",
        ),
        LimitUse(
            "quantity", "Largest quantity", limits.largest_quantity, None, "shares", each_order
        ),
        LimitUse(
            "price collar",
            "Price collar",
            limits.price_collar,
            None,
            "share of price",
            "How far a limit price may lie through the market.",
        ),
        LimitUse(
            "price age",
            "Oldest price",
            Decimal(limits.oldest_quote),
            None,
            "seconds",
            "A market order that opens is refused at an older price.",
        ),
        LimitUse(
            "duplicate",
            "Same order again",
            Decimal(limits.duplicate_seconds),
            None,
            "seconds",
            "The same order again within this time is refused.",
        ),
        LimitUse(
            "cash",
            "Buying power",
            portfolio.buying_power if told is None else told,
            None,
            "dollars",
            "What orders may still spend." if told is None else "What the broker lets you spend.",
        ),
        LimitUse(
            "options premium",
            "Money in options",
            limits.options_premium,
            _ratio(_premium(portfolio), portfolio.equity),
            SHARE,
        ),
        LimitUse(
            "options notional",
            "Shares behind options",
            limits.options_notional,
            _ratio(_notional(portfolio), portfolio.equity),
            SHARE,
        ),
        LimitUse(
            "short selling",
            "Short selling",
            None,
            None,
            "",
            "Allowed, secured by cash." if allow_short else "Not allowed.",
        ),
        LimitUse(
            "symbols", "Symbols", None, None, "", f"{symbols}; {len(limits.denied)} are denied."
        ),
        LimitUse(
            "day trades",
            "Day trades",
            None if account is None else Decimal(DAY_TRADES),
            None if account is None or account.day_trades is None else Decimal(account.day_trades),
            "trades",
            "Bought and sold in one session, in the last five; a notice, not a limit.",
        ),
    ]


def _ratio(value: Decimal | None, equity: Decimal | None) -> Decimal | None:
    return value / equity if value is not None and equity is not None and equity > 0 else None


def _premium(portfolio: Portfolio) -> Decimal | None:
    """Return what every option is worth; None while one has no price."""
    total = ZERO
    for each in portfolio.rows:
        if contract_of(each.symbol) is None:
            continue
        if each.last is None:
            return None
        total += worth(each.symbol, each.position.quantity, each.last)
    return total


def _notional(portfolio: Portfolio) -> Decimal:
    read = [(each, contract_of(each.symbol)) for each in portfolio.rows]
    return sum(
        (
            abs(each.position.quantity) * contract.strike * multiplier_of(each.symbol)
            for each, contract in read
            if contract is not None
        ),
        start=ZERO,
    )
