"""What a person says of the money, sizes, costs and fills that a backtest assumes."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from puffin.backtest import sizing as rules
from puffin.backtest.settings import BacktestSettings, FillAt
from puffin.data.bars import Interval
from puffin.execution.costs import Costs
from puffling.services.periods import Period

if TYPE_CHECKING:
    from puffin.backtest.sizing import Sizing

PERCENT = 100


class SizeRule(StrEnum):
    """How large each trade is."""

    SHARE = "share"
    VALUE = "value"
    QUANTITY = "quantity"
    RISK = "risk"
    VOLATILITY = "volatility"
    KELLY = "kelly"

    @property
    def label(self) -> str:
        """The rule in words."""
        return _RULES[self]


_RULES = {
    SizeRule.SHARE: "Share of equity",
    SizeRule.VALUE: "Fixed amount",
    SizeRule.QUANTITY: "Fixed number of shares",
    SizeRule.RISK: "Risk per trade",
    SizeRule.VOLATILITY: "Volatility target",
    SizeRule.KELLY: "Kelly fraction",
}

First = Annotated[date | None, Field(title="First day", description="Empty: as far as it goes.")]
Last = Annotated[date | None, Field(title="Last day", description="Empty: up to now.")]
Bars = Annotated[Interval, Field(title="Interval", description="1d, 1w or 1mo; more for files.")]


class Assumptions(BaseModel):
    """What a backtest assumes about money, sizes, costs and fills."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    interval: Bars = Interval.D1
    start: First = None
    end: Last = None
    capital: float = Field(
        default=100_000.0, gt=0, le=1e12, title="Capital ($)", description="What it begins with."
    )
    sizing: SizeRule = Field(
        default=SizeRule.SHARE, title="Size by", description="How large each trade is."
    )
    share: float = Field(
        default=1.0,
        gt=0,
        le=1,
        title="Share of equity",
        description="Put into each trade: 1 is all of it.",
    )
    position_value: float = Field(
        default=10_000.0,
        gt=0,
        le=1e12,
        title="Amount per position ($)",
        description="With a fixed amount.",
    )
    quantity: float = Field(
        default=100.0,
        gt=0,
        le=1e9,
        title="Shares per position",
        description="With a fixed number of shares.",
    )
    risk: float = Field(
        default=0.01,
        gt=0,
        lt=1,
        title="Risk per trade (share of equity)",
        description="Lost at the stop: 0.01 is 1 %. The strategy must place stops.",
    )
    volatility: float = Field(
        default=0.15,
        gt=0,
        le=5,
        title="Target volatility (a year)",
        description="What a position should swing: 0.15 is 15 %.",
    )
    volatility_window: int = Field(
        default=20,
        ge=2,
        le=500,
        title="Volatility window (bars)",
        description="Over how many bars volatility is measured.",
    )
    kelly_fraction: float = Field(
        default=0.5,
        gt=0,
        le=1,
        title="Fraction of Kelly",
        description="Of the share of equity that Kelly's formula gives.",
    )
    kelly_trades: int = Field(
        default=30,
        ge=1,
        le=1000,
        title="Trades before Kelly",
        description="How many must be closed before the formula is used.",
    )
    kelly_before: float = Field(
        default=0.1,
        gt=0,
        le=1,
        title="Share before Kelly",
        description="Share of equity in each trade until then.",
    )
    whole_shares: bool = Field(
        default=True, title="Whole shares", description="No fractions of a share are held."
    )
    allow_short: bool = Field(
        default=False, title="Short selling", description="Follow short signals too."
    )
    commission_percent: Decimal = Field(
        default=Decimal(0),
        ge=0,
        lt=100,
        title="Commission (% of value)",
        description="Of each fill's value.",
    )
    per_share: Decimal = Field(
        default=Decimal(0),
        ge=0,
        title="Commission per share ($)",
        description="For each share of a fill.",
    )
    per_order: Decimal = Field(
        default=Decimal(0), ge=0, title="Commission per fill ($)", description="For each fill."
    )
    minimum: Decimal = Field(
        default=Decimal(0), ge=0, title="Least commission ($)", description="Of each fill."
    )
    spread_bps: Decimal = Field(
        default=Decimal(0),
        ge=0,
        lt=1000,
        title="Spread (bp)",
        description="Between bid and ask, in hundredths of a percent; each fill pays half.",
    )
    slippage_bps: Decimal = Field(
        default=Decimal(0),
        ge=0,
        lt=1000,
        title="Slippage (bp)",
        description="In hundredths of a percent, against you.",
    )
    slippage_per_share: Decimal = Field(
        default=Decimal(0),
        ge=0,
        title="Slippage per share ($)",
        description="On top, as money for each share.",
    )
    impact_percent: Decimal = Field(
        default=Decimal(0),
        ge=0,
        lt=100,
        title="Market impact (%)",
        description="What an order as large as the bar's volume moves the price by.",
    )
    fill_at: FillAt = Field(
        default=FillAt.NEXT_OPEN,
        title="Market orders fill at",
        description="The next bar's open, or the close that decides, which is kinder.",
    )
    participation: float | None = Field(
        default=None,
        gt=0,
        le=1,
        title="Most of the volume",
        description="Share of a bar's volume that may be traded; empty is no limit.",
    )
    leverage: float = Field(
        default=1.0,
        ge=1,
        le=100,
        title="Leverage",
        description="How many times equity may be held; 1 is never on credit.",
    )
    maintenance: float | None = Field(
        default=None,
        ge=0,
        lt=1,
        title="Maintenance margin",
        description="Share of a position that equity must cover; empty is half of the opening one.",
    )
    borrow_rate: float = Field(
        default=0.0,
        ge=0,
        lt=100,
        title="Borrow fee (% a year)",
        description="For shares that are sold short.",
    )
    interest_rate: float = Field(
        default=0.0,
        ge=0,
        lt=100,
        title="Interest (% a year)",
        description="For money that is borrowed.",
    )
    pyramiding: int = Field(
        default=1,
        ge=1,
        le=100,
        title="Entries per position",
        description="How many entries a position may be built of.",
    )
    exclusive: bool = Field(
        default=True,
        title="Close before reversing",
        description="An entry the other way first closes all that is held.",
    )
    one_cancels_other: bool = Field(
        default=True,
        title="One cancels the other",
        description="A filled entry withdraws the one that waits opposite.",
    )
    risk_free: float = Field(
        default=0.0,
        gt=-100,
        lt=100,
        title="Risk-free rate (% a year)",
        description="What Sharpe and Sortino compare with.",
    )

    @property
    def period(self) -> Period:
        """Which bars are meant."""
        return Period(self.interval, self.start, self.end)

    def settings(self) -> BacktestSettings:
        """Return these words as the engine takes them.

        Raises:
            ParameterError: They do not go together.
        """
        return BacktestSettings(
            capital=self.capital,
            costs=Costs(
                per_order=self.per_order,
                per_share=self.per_share,
                percent=self.commission_percent,
                minimum=self.minimum,
                slippage_bps=self.slippage_bps,
                spread_bps=self.spread_bps,
                slippage_per_share=self.slippage_per_share,
                impact_percent=self.impact_percent,
            ),
            sizing=self._sizing(),
            whole_shares=self.whole_shares,
            allow_short=self.allow_short,
            risk_free=self.risk_free / PERCENT,
            fill_at=self.fill_at,
            leverage=self.leverage,
            maintenance=self.maintenance,
            borrow_rate=self.borrow_rate / PERCENT,
            interest_rate=self.interest_rate / PERCENT,
            participation=self.participation,
            pyramiding=self.pyramiding,
            exclusive=self.exclusive,
            one_cancels_other=self.one_cancels_other,
        )

    def _sizing(self) -> float | Sizing:
        made: dict[SizeRule, float | Sizing] = {
            SizeRule.SHARE: self.share,
            SizeRule.VALUE: rules.FixedValue(self.position_value),
            SizeRule.QUANTITY: rules.FixedQuantity(self.quantity),
            SizeRule.RISK: rules.RiskPerTrade(self.risk),
            SizeRule.VOLATILITY: rules.VolatilityTarget(self.volatility, self.volatility_window),
            SizeRule.KELLY: rules.KellyFraction(
                self.kelly_fraction, self.kelly_trades, self.kelly_before
            ),
        }
        return made[self.sizing]


def settings_words(settings: BacktestSettings) -> dict[str, Any]:
    """Return a backtest's settings as `Assumptions` takes them."""
    costs = settings.costs
    return _size_words(settings.size_rule) | {
        "capital": settings.capital,
        "commission_percent": costs.percent,
        "per_order": costs.per_order,
        "per_share": costs.per_share,
        "minimum": costs.minimum,
        "spread_bps": costs.spread_bps,
        "slippage_bps": costs.slippage_bps,
        "slippage_per_share": costs.slippage_per_share,
        "impact_percent": costs.impact_percent,
        "whole_shares": settings.whole_shares,
        "allow_short": settings.allow_short,
        "fill_at": settings.fill_at,
        "participation": settings.participation,
        "leverage": settings.leverage,
        "maintenance": settings.maintenance,
        "borrow_rate": _percent(settings.borrow_rate),
        "interest_rate": _percent(settings.interest_rate),
        "pyramiding": settings.pyramiding,
        "exclusive": settings.exclusive,
        "one_cancels_other": settings.one_cancels_other,
        "risk_free": _percent(settings.risk_free),
    }


def _size_words(rule: Sizing) -> dict[str, Any]:
    if isinstance(rule, rules.FixedValue):
        return {"sizing": SizeRule.VALUE, "position_value": rule.value}
    if isinstance(rule, rules.FixedQuantity):
        return {"sizing": SizeRule.QUANTITY, "quantity": rule.shares}
    if isinstance(rule, rules.RiskPerTrade):
        return {"sizing": SizeRule.RISK, "risk": rule.risk}
    if isinstance(rule, rules.VolatilityTarget):
        return {
            "sizing": SizeRule.VOLATILITY,
            "volatility": rule.annual,
            "volatility_window": rule.window,
        }
    if isinstance(rule, rules.KellyFraction):
        return {
            "sizing": SizeRule.KELLY,
            "kelly_fraction": rule.fraction,
            "kelly_trades": rule.fewest,
            "kelly_before": rule.before,
        }
    return {"sizing": SizeRule.SHARE, "share": getattr(rule, "share", 1.0)}


def _percent(ratio: float) -> float:
    return float(Decimal(str(ratio)) * PERCENT)
