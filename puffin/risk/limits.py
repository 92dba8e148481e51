"""Pre-trade limits: each rule is one pure function from an order's facts to a verdict.

Rules on size and loss never refuse an order that only shrinks or closes a position. Where a rule
needs a price and there is none, the order is refused. The same rules hold in every mode.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from puffin.risk.facts import AccountFlags, AssetFlags, Facts, Limits
from puffin.risk.limits_money import daily_loss, enough_cash, margin, short_selling
from puffin.risk.limits_options import option_cover, options_notional, options_premium
from puffin.risk.limits_place import (
    account_open,
    asset_flags,
    automated_fills,
    day_trading,
    duplicate,
    market_hours,
    symbol_list,
    venue,
)
from puffin.risk.limits_price import (
    price_age,
    price_collar,
    price_known,
    stop_side,
    target_side,
)
from puffin.risk.limits_size import (
    large_order,
    order_value,
    position_share,
    positions_count,
    quantity,
)
from puffin.risk.verdicts import Verdict

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = [
    "RULES",
    "AccountFlags",
    "AssetFlags",
    "Facts",
    "Limits",
    "Rule",
    "Verdict",
    "check",
    "order_value",
    "refusals",
]


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


RULES: tuple[Rule, ...] = (
    Rule("price", "Price known", price_known, needs_price=False),
    Rule("price age", "Price of now", price_age),
    Rule("symbols", "Symbols allowed", symbol_list, needs_price=False),
    Rule("account", "Account open", account_open, needs_price=False),
    Rule("asset", "Traded by the broker", asset_flags, needs_price=False),
    Rule("venue", "Taken by the broker", venue, needs_price=False),
    Rule("quantity", "Quantity", quantity, needs_price=False),
    Rule("order value", "Order value", order_value),
    Rule("large order", "Large order", large_order),
    Rule("position share", "Position size", position_share),
    Rule("positions", "Number of positions", positions_count, needs_price=False),
    Rule("daily loss", "Daily loss", daily_loss, needs_price=False),
    Rule("automated fills", "Automated fills", automated_fills, needs_price=False),
    Rule("price collar", "Price collar", price_collar),
    Rule("stop", "Stop on the right side", stop_side),
    Rule("target", "Target on the right side", target_side),
    Rule("duplicate", "Same order again", duplicate, needs_price=False),
    Rule("cash", "Enough cash", enough_cash),
    Rule("margin", "Borrowed money", margin),
    Rule("short selling", "Short selling", short_selling),
    Rule("options premium", "Money in options", options_premium),
    Rule("options notional", "Shares behind options", options_notional),
    Rule("option cover", "Cover of sold options", option_cover),
    Rule("market hours", "Market hours", market_hours, needs_price=False),
    Rule("day trades", "Day trades", day_trading, needs_price=False),
)
