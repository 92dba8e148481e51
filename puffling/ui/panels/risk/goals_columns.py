"""How drift from a goal, and the trades that would end it, are shown in columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from puffling.core import formats
from puffling.services.goal_targets import CASH
from puffling.ui.tables.columns import Align, Column, Draw, number
from puffling.ui.theme.theme import Theme
from puffling.ui.theme.tokens import Tone

if TYPE_CHECKING:
    from decimal import Decimal

    from puffin.portfolio.rebalance import Trade
    from puffling.services.goal_targets import DriftRow


@dataclass(frozen=True, slots=True)
class ShareRow:
    """A share of the account; `scale` is the drift that fills the bar."""

    share: DriftRow
    band: Decimal
    scale: Decimal

    @property
    def name(self) -> str:
        """What it is, in words."""
        if self.share.symbol == CASH:
            return "Cash"
        return f"{self.share.symbol} (other)" if self.share.foreign else self.share.symbol

    @property
    def tone(self) -> str:
        """Whether it is off by more than the goal allows."""
        return Tone.WARNING if abs(self.share.drift) > self.band else Tone.INFO

    @property
    def length(self) -> float:
        """How much of the bar its drift fills, from -1 to 1."""
        return float(self.share.drift / self.scale) if self.scale else 0.0


@dataclass(frozen=True, slots=True)
class TradeRow:
    """A trade of the preview, and whether it is to be proposed."""

    trade: Trade
    included: bool


def drift_words(row: ShareRow) -> str:
    """Return a drift in points of percent: "+2.1"."""
    return formats.signed(row.share.drift * 100, places=1)


SHARES: tuple[Column[ShareRow], ...] = (
    Column("name", "Share of", lambda row: row.name, draw=Draw.STRONG, width=104),
    number(
        "target",
        "Target",
        lambda row: formats.percent(row.share.target, places=1),
        lambda row: row.share.target,
        width=72,
    ),
    number(
        "weight",
        "Now",
        lambda row: formats.percent(row.share.weight, places=1),
        lambda row: row.share.weight,
        width=72,
    ),
    Column(
        "drift",
        "Drift (points)",
        drift_words,
        Align.RIGHT,
        sort=lambda row: row.share.drift,
        draw=Draw.BAR,
        tone=lambda row: row.tone,
        amount=lambda row: row.length,
        help="How far above or below its target, in percent of the account",
        stretch=True,
    ),
)
TRADES: tuple[Column[TradeRow], ...] = (
    Column(
        "included",
        "Trade it",
        lambda row: "☑" if row.included else "☐",
        Align.CENTER,
        copied=lambda row: "yes" if row.included else "no",
        help="Space or a click leaves it out, or takes it in again",
        width=64,
    ),
    Column("symbol", "Symbol", lambda row: row.trade.symbol, draw=Draw.STRONG, width=70),
    number(
        "quantity",
        "Trade",
        lambda row: ("+" if row.trade.quantity > 0 else "") + formats.quantity(row.trade.quantity),
        lambda row: row.trade.quantity,
        tone=lambda row: Theme.sign_tone(row.trade.quantity),
        help_="Shares to buy (+) or sell (−)",
        width=80,
    ),
    number(
        "value",
        "Value",
        lambda row: formats.money(row.trade.value),
        lambda row: row.trade.value,
        width=92,
    ),
    number(
        "cost",
        "Cost",
        lambda row: formats.money(row.trade.cost),
        lambda row: row.trade.cost,
        help_="0.1 % and 0.05 % slippage, at least 1 an order",
        width=66,
    ),
    number(
        "after",
        "After",
        lambda row: formats.percent(row.trade.weight_after, places=1),
        lambda row: row.trade.weight_after,
        width=66,
    ),
    Column(
        "why",
        "Why not",
        lambda row: row.trade.why,
        tone=lambda _: Tone.MUTED,
        tip=lambda row: row.trade.why,
        stretch=True,
    ),
)
