"""The tables of the Allocate tab: weights, the trial out of sample, and the way there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from puffling.core import formats
from puffling.ui.tables.columns import Align, Column, Draw, number
from puffling.ui.tables.sums import shared, summed
from puffling.ui.theme.theme import Theme
from puffling.ui.theme.tokens import Tone

if TYPE_CHECKING:
    from puffin.portfolio.allocation import Allocation
    from puffin.portfolio.out_of_sample import OutOfSample
    from puffin.portfolio.rebalance import Trade


@dataclass(frozen=True, slots=True)
class WeightRow:
    """A symbol's share of the money and of the risk."""

    symbol: str
    weight: float
    risk: float | None


@dataclass(frozen=True, slots=True)
class TrialRow:
    """One figure of the method beside that of equal weights."""

    title: str
    own: str
    equal: str
    better: bool | None


def weight_rows(found: Allocation) -> list[WeightRow]:
    """Return the weights, the largest first; what is left is cash."""
    rows = [
        WeightRow(symbol, weight, found.risk_shares.get(symbol))
        for symbol, weight in found.weights.items()
    ]
    rows.sort(key=lambda row: -row.weight)
    rest = 1 - sum(found.weights.values())
    return [*rows, WeightRow("CASH", rest, None)] if rest > _VISIBLE else rows


_VISIBLE = 5e-5


def trial_rows(trial: OutOfSample) -> list[TrialRow]:
    """Return the figures of the trial."""
    one, other = trial.record, trial.equal_record

    def row(title: str, name: str, *, percent: bool, more: bool | None) -> TrialRow:
        own, equal = getattr(one, name), getattr(other, name)
        known = own is not None and equal is not None and more is not None and own != equal
        write = formats.percent if percent else formats.number
        return TrialRow(title, write(own), write(equal), (own > equal) is more if known else None)

    return [
        row("Total return", "total_return", percent=True, more=True),
        row("Volatility a year", "volatility", percent=True, more=False),
        row("Sharpe ratio", "sharpe", percent=False, more=True),
        row("Worst drawdown", "max_drawdown", percent=True, more=True),
        row("Traded at a step", "turnover", percent=True, more=False),
        row("Costs", "costs", percent=True, more=False),
    ]


def _tone(row: TrialRow) -> str:
    if row.better is None:
        return Tone.TEXT
    return Tone.SUCCESS if row.better else Tone.WARNING


WEIGHTS: tuple[Column[WeightRow], ...] = (
    Column("symbol", "Symbol", lambda row: row.symbol, draw=Draw.STRONG, width=80),
    Column(
        "weight",
        "Weight",
        lambda row: formats.percent(row.weight),
        Align.RIGHT,
        sort=lambda row: row.weight,
        draw=Draw.BAR,
        tone=lambda _: Tone.INFO,
        amount=lambda row: max(-1.0, min(1.0, row.weight)),
        width=110,
        total=shared(lambda row: row.weight),
    ),
    Column(
        "risk",
        "Of risk",
        lambda row: "" if row.risk is None else formats.percent(row.risk),
        Align.RIGHT,
        sort=lambda row: row.risk,
        draw=Draw.BAR,
        tone=lambda _: Tone.WARNING,
        amount=lambda row: max(-1.0, min(1.0, row.risk or 0.0)),
        width=110,
        help="What it adds to the variance of the whole",
    ),
)
TRIAL: tuple[Column[TrialRow], ...] = (
    Column("title", "Out of sample", lambda row: row.title, draw=Draw.STRONG, width=130),
    Column("own", "Method", lambda row: row.own, Align.RIGHT, tone=_tone, width=96),
    Column("equal", "Equal weights", lambda row: row.equal, Align.RIGHT, width=106),
)
TRADES: tuple[Column[Trade], ...] = (
    Column("symbol", "Symbol", lambda row: row.symbol, draw=Draw.STRONG, width=76),
    number(
        "weight",
        "Now",
        lambda row: formats.percent(row.weight, places=1),
        lambda row: row.weight,
        width=66,
        help_="Share of the account",
        total=shared(lambda row: row.weight, places=1),
    ),
    number(
        "target",
        "Target",
        lambda row: formats.percent(row.target, places=1),
        lambda row: row.target,
        width=66,
        total=shared(lambda row: row.target, places=1),
    ),
    number(
        "quantity",
        "Trade",
        lambda row: ("+" if row.quantity > 0 else "") + formats.quantity(row.quantity),
        lambda row: row.quantity,
        tone=lambda row: Theme.sign_tone(row.quantity),
        width=72,
        help_="Shares to buy (+) or sell (−)",
    ),
    number(
        "value",
        "Value ($)",
        lambda row: formats.money(row.value, places=0),
        lambda row: row.value,
        width=86,
    ),
    number(
        "cost",
        "Cost ($)",
        lambda row: formats.money(row.cost),
        lambda row: row.cost,
        width=74,
        total=summed(lambda row: row.cost, formats.money),
    ),
    number(
        "after",
        "After",
        lambda row: formats.percent(row.weight_after, places=1),
        lambda row: row.weight_after,
        width=66,
        total=shared(lambda row: row.weight_after, places=1),
    ),
    Column(
        "why",
        "Why not",
        lambda row: row.why,
        tip=lambda row: row.why,
        tone=lambda _: Tone.MUTED,
        width=320,
    ),
)
