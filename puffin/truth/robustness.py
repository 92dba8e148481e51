"""Whether a result stands when costs, speed and prices are a little worse than assumed."""

from __future__ import annotations

import math
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from puffin.backtest import layout as at
from puffin.backtest.result import BacktestResult
from puffin.backtest.settings import FillAt
from puffin.backtest.trades import Trades
from puffin.execution.costs import Costs
from puffin.truth.check import Check, Grade
from puffin.truth.reruns import one_symbol, return_a_bar_later, return_again, run_again

if TYPE_CHECKING:
    from collections.abc import Callable

    from puffin.backtest.portfolio_result import PortfolioResult
    from puffin.truth.check import Figure
    from puffin.truth.decisions import Subject

    AnyResult: TypeAlias = BacktestResult | PortfolioResult
    Tell: TypeAlias = Callable[[float], None]

FEWEST_TRADES = 30
HARDLY_ANY = 10
HALF = 0.5
MOST_OF_IT = 0.8
SOME_COSTS = Costs(percent=Decimal("0.1"))
TWICE = Decimal(2)
AT_THE_MARKET = (at.TARGET, at.MARKET, at.EXIT, at.HELD_LONG_ENOUGH, at.REVERSED)
NO_PROFIT = "It earned nothing as it is, so there is no profit to be lost."


def too_few_trades(count: int) -> Check:
    """Return whether there are enough closed trades to say anything."""
    id_, title = "trades", "Number of trades"
    figures: dict[str, Figure] = {"trades": float(count), "needed": float(FEWEST_TRADES)}
    if count >= FEWEST_TRADES:
        said = f"{count:,} trades were closed; {FEWEST_TRADES} are the least that say something."
        return Check(id_, title, Grade.GREEN, said, figures)
    grade = Grade.RED if 0 < count < HARDLY_ANY else Grade.AMBER
    told = {0: "No trade was closed", 1: "Only 1 trade was closed"}
    said = (
        f"{told.get(count, f'Only {count} trades were closed')}: fewer than {FEWEST_TRADES} are "
        "too few to tell skill from chance."
    )
    return Check(id_, title, grade, said, figures)


def dearer(subject: Subject, result: AnyResult, tell: Tell | None = None) -> Check:
    """Return what is left when costs are twice what was assumed."""
    id_, title = "costs", "Twice the costs"
    was = result.metrics["total_return"]
    if was is None or was <= 0:
        return Check(id_, title, Grade.GREY, NO_PROFIT, {"total_return": was})
    costs = subject.settings.costs
    free = costs == Costs()
    more = SOME_COSTS if free else _twice(costs)
    now = return_again(subject, replace(subject.settings, costs=more), tell)
    kept = _kept(was, now)
    figures: dict[str, Figure] = {"total_return": was, "with_more_costs": now, "kept": kept}
    if free:
        told = "No costs were assumed. At 0.1 % of each fill's value"
        grade = _graded(kept, MOST_OF_IT)
    else:
        told = "With twice the costs"
        grade = _graded(kept, HALF)
    said = f"{told} the return goes from {was:.1%} to {_percent(now)}."
    return Check(id_, title, grade, said, figures)


def later(subject: Subject, result: AnyResult, tell: Tell | None = None) -> Check:
    """Return what is left when everything is done one bar later than it was decided."""
    id_, title = "delay", "One bar later"
    was = result.metrics["total_return"]
    if was is None or was <= 0:
        return Check(id_, title, Grade.GREY, NO_PROFIT, {"total_return": was})
    now = return_a_bar_later(subject, tell)
    kept = _kept(was, now)
    # Fast strategies live from being in time, so that a loss is a warning, and no proof.
    grade = Grade.GREEN if kept is not None and kept >= HALF else Grade.AMBER
    said = f"Done one bar later, the return goes from {was:.1%} to {_percent(now)}."
    figures: dict[str, Figure] = {"total_return": was, "one_bar_later": now, "kept": kept}
    return Check(id_, title, grade, said, figures)


def other_fills(subject: Subject, result: AnyResult, tell: Tell | None = None) -> Check:
    """Return what is left when market orders fill elsewhere: at the close, the open, the worst."""
    id_, title = "fills", "Other fills"
    was, settings = result.metrics["total_return"], subject.settings
    if was is None or was <= 0:
        return Check(id_, title, Grade.GREY, NO_PROFIT, {"total_return": was})
    if not isinstance(result, BacktestResult):
        said = "A portfolio fills at the next open of each symbol, and only there."
        return Check(id_, title, Grade.GREY, said, {"total_return": was})
    at_close = settings.at_close
    other = FillAt.NEXT_OPEN if at_close else FillAt.THIS_CLOSE
    moved = return_again(subject, replace(settings, fill_at=other), tell)
    halfway, worst = _beside(subject, result, int(at_close))
    places = ("at the next open", "at the close that decides")
    here, there = places[::-1] if at_close else places
    figures: dict[str, Figure] = {
        "total_return": was,
        "next_open": moved if at_close else was,
        "this_close": was if at_close else moved,
        "halfway_to_the_worst": halfway,
        "worst_price": worst,
    }
    said = (
        f"Filled {here} it returns {was:.1%}, {there} {_percent(moved)}; halfway to the worst "
        f"price of the bar {_percent(halfway)}, and at the worst price {_percent(worst)}."
    )
    lost = [each for each in (moved, halfway) if each is None or each <= 0]
    if at_close and (moved is None or moved <= 0):
        said += " Nobody trades at a close that is not known yet: what can be traded loses."
        return Check(id_, title, Grade.RED, said, figures)
    grade = Grade.GREEN if not lost else Grade.AMBER if len(lost) == 1 else Grade.RED
    return Check(id_, title, grade, said, figures)


def _beside(
    subject: Subject, result: BacktestResult, later: int
) -> tuple[float | None, float | None]:
    """Return the return if market orders filled halfway to the worst price of the bar, or there.

    With `later` it is the bar after the one that filled them. Each fill costs its share of equity.
    """
    trades, bars = result.trades, one_symbol(subject)
    if not isinstance(trades, Trades):
        trades = run_again(subject, subject.settings).trades
    if not isinstance(trades, Trades):
        return None, None
    table = trades.table
    size = table[:, at.TRADE_QUANTITY]
    ends = table[:, at.TRADE_EXIT] >= 0
    shares = []
    for fills, signed, row, price, why in (
        (table, size, at.TRADE_ENTRY, at.TRADE_PRICE, at.TRADE_WHY),
        (table[ends], -size[ends], at.TRADE_EXIT, at.TRADE_LEFT_AT, at.TRADE_END),
    ):
        market = np.isin(fills[:, why], AT_THE_MARKET)
        rows = fills[market, row].astype(np.int64)
        place = np.minimum(rows + later, len(bars) - 1)
        worst = np.where(signed[market] > 0, bars.high[place], bars.low[place])
        lost = np.maximum((worst - fills[market, price]) * signed[market], 0.0)
        shares.append(lost / np.maximum(result.equity[rows], 1e-9))
    share = np.concatenate(shares)
    grown = float(result.equity[-1] / subject.settings.capital)
    halfway, all_the_way = (
        grown * float(np.prod(np.maximum(1 - share * part, 0.0))) - 1 for part in (HALF, 1.0)
    )
    return halfway, all_the_way


def _twice(costs: Costs) -> Costs:
    return Costs(
        per_order=costs.per_order * TWICE,
        per_share=costs.per_share * TWICE,
        percent=costs.percent * TWICE,
        minimum=costs.minimum * TWICE,
        slippage_bps=costs.slippage_bps * TWICE,
        spread_bps=costs.spread_bps * TWICE,
        slippage_per_share=costs.slippage_per_share * TWICE,
        impact_percent=costs.impact_percent * TWICE,
    )


def _graded(kept: float | None, enough: float) -> Grade:
    if kept is None or kept <= 0:
        return Grade.RED
    return Grade.GREEN if kept >= enough else Grade.AMBER


def _kept(was: float, now: float | None) -> float | None:
    """Return how much of the growth is left, as a share of its logarithm."""
    if now is None or now <= -1:
        return None
    return math.log1p(now) / math.log1p(was)


def _percent(value: float | None) -> str:
    return "nothing that is defined" if value is None else f"{value:.1%}"
