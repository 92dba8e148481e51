"""What a backtest assumes about money, costs and sizes."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

from puffin.backtest.sizing import ShareOfEquity
from puffin.errors import ParameterError
from puffin.execution.costs import Costs

if TYPE_CHECKING:
    from puffin.backtest.sizing import Sizing


@dataclass(frozen=True, slots=True)
class BacktestSettings:
    """What a backtest assumes.

    Args:
        capital: Money at the start.
        costs: Commission and slippage of each fill.
        sizing: Share of equity for a full target, or a rule of `puffin.backtest.sizing`.
        whole_shares: Whether fractions of a share cannot be held.
        allow_short: Whether targets below zero are followed; otherwise they mean nothing held.
        risk_free: Annual rate that Sharpe and Sortino compare with; 0.02 is 2 %.

    Raises:
        ParameterError: If one of them makes no sense.
    """

    capital: float = 100_000.0
    costs: Costs = field(default_factory=Costs)
    sizing: float | Sizing = 1.0
    whole_shares: bool = True
    allow_short: bool = True
    risk_free: float = 0.0

    def __post_init__(self) -> None:
        if not 0 < self.capital < float("inf"):
            raise ParameterError("The capital must be more than zero.")
        if not -1 < self.risk_free < 1:
            raise ParameterError("The risk-free rate must lie between -1 and 1; 0.02 is 2 %.")
        if isinstance(self.sizing, (int, float)):
            ShareOfEquity(float(self.sizing))  # refuses a bad share now, not in the middle of a run

    @property
    def size_rule(self) -> Sizing:
        """The sizing as a rule."""
        if isinstance(self.sizing, (int, float)):
            return ShareOfEquity(float(self.sizing))
        return self.sizing

    def to_dict(self) -> dict[str, str | float | bool]:
        """Return the settings as plain values, for the fingerprint of a run."""
        costs = {name: str(value) for name, value in asdict(self.costs).items()}
        return {
            "capital": self.capital,
            "sizing": self.size_rule.words,
            "whole_shares": self.whole_shares,
            "allow_short": self.allow_short,
            "risk_free": self.risk_free,
            **costs,
        }

    def assumptions(self, *, adjusted: bool) -> dict[str, str]:
        """Return what a reader of the result must know, topic by topic."""
        whole = "whole shares" if self.whole_shares else "fractions of a share allowed"
        prices = "adjusted for splits and dividends" if adjusted else "as traded, not adjusted"
        return {
            "Fills": "decided at a bar's close, filled at the next bar's open",
            "Orders": "only when the target changes; a reversal closes, then opens",
            "Capital": f"{self.capital:,.2f}",
            "Size": f"{self.size_rule.words}, {whole}, never on credit",
            "Costs": self._cost_words(),
            "Short selling": "allowed, borrowing costs nothing" if self.allow_short else "off",
            "Prices": prices,
            "Sharpe and Sortino": f"arithmetic, against {self.risk_free:.2%} a year",
            "Open trade": "marked at the last close, not counted in the win rate",
        }

    def _cost_words(self) -> str:
        costs = self.costs
        parts = [
            f"{costs.per_order:f} an order" if costs.per_order else "",
            f"{costs.per_share:f} a share" if costs.per_share else "",
            f"{costs.percent:f} % of the value" if costs.percent else "",
            f"at least {costs.minimum:f}" if costs.minimum else "",
            f"slippage {costs.slippage_bps:f} bp" if costs.slippage_bps else "",
        ]
        return ", ".join(part for part in parts if part) or "none"
