"""What a backtest assumes about money, costs, sizes and fills."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from puffin.backtest.sizing import ShareOfEquity
from puffin.errors import ParameterError
from puffin.execution.costs import Costs

if TYPE_CHECKING:
    from puffin.backtest.sizing import Sizing


class FillAt(StrEnum):
    """When an order at the market fills."""

    NEXT_OPEN = "next_open"
    THIS_CLOSE = "this_close"


MOST_LEVERAGE = 100
INSIDE_A_BAR = (
    "a price that the open went through fills at the open; then what is nearer to the open comes "
    "first, but a stop that the bar reaches comes before anything on its other side. A target "
    "does not count on the bar of a limit entry; a stop between the open and a stop entry counts "
    "only if the bar closes beyond it. A trailing stop follows the bars that are over"
)
# What was there before the others came: a fingerprint names the others only where they are used.
_ALWAYS_NAMED = frozenset(
    {"per_order", "per_share", "percent", "minimum", "slippage_bps", "capital", "whole_shares"}
    | {"allow_short", "risk_free"}
)
_NAMED_IF_USED = frozenset(
    {"fill_at", "leverage", "maintenance", "borrow_rate", "interest_rate", "participation"}
    | {"pyramiding", "exclusive", "one_cancels_other"}
)
_FILLS = {
    FillAt.NEXT_OPEN: "decided at a bar's close, filled at the next bar's open",
    FillAt.THIS_CLOSE: (
        "decided and filled at the same bar's close, which is kinder than a market would be"
    ),
}


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
        fill_at: When market orders fill; limits and stops always wait for the next bar.
        leverage: How many times equity can be held; 1 is never on credit.
        maintenance: The share of a position that equity must cover at each close, or it is closed
            at the next open. None is half of what opening it took, and nothing without leverage.
        borrow_rate: Annual fee for borrowed shares, as a share of their value.
        interest_rate: Annual interest on borrowed money.
        participation: The most of a bar's volume that may be traded on it; None is no limit. What
            is left of an order goes on with the next bar.
        pyramiding: How many entries a position may be built of.
        exclusive: Whether an entry the other way first closes all that is held; otherwise it only
            takes its own size off.
        one_cancels_other: Whether the fill of an entry withdraws the one that waits opposite.

    Raises:
        ParameterError: If one of them makes no sense.
    """

    capital: float = 100_000.0
    costs: Costs = field(default_factory=Costs)
    sizing: float | Sizing = 1.0
    whole_shares: bool = True
    allow_short: bool = True
    risk_free: float = 0.0
    fill_at: FillAt = FillAt.NEXT_OPEN
    leverage: float = 1.0
    maintenance: float | None = None
    borrow_rate: float = 0.0
    interest_rate: float = 0.0
    participation: float | None = None
    pyramiding: int = 1
    exclusive: bool = True
    one_cancels_other: bool = True

    def __post_init__(self) -> None:
        if not 0 < self.capital < float("inf"):
            raise ParameterError("The capital must be more than zero.")
        if not -1 < self.risk_free < 1:
            raise ParameterError("The risk-free rate must lie between -1 and 1; 0.02 is 2 %.")
        if isinstance(self.sizing, (int, float)):
            ShareOfEquity(float(self.sizing))  # refuses a bad share now, not in the middle of a run
        if not 1 <= self.leverage <= MOST_LEVERAGE:
            raise ParameterError(f"The leverage must lie between 1 and {MOST_LEVERAGE}.")
        if self.maintenance is not None and not 0 <= self.maintenance < 1 / self.leverage:
            raise ParameterError(
                "The maintenance margin must be less than what a position takes to open: "
                f"less than {1 / self.leverage:.0%} at leverage {self.leverage:g}."
            )
        for name in ("borrow_rate", "interest_rate"):
            if not 0 <= getattr(self, name) < 1:
                words = name.replace("_", " ")
                raise ParameterError(f"The {words} must lie between 0 and 1; 0.02 is 2 %.")
        if self.participation is not None and not 0 < self.participation <= 1:
            raise ParameterError("The share of the volume must be more than 0 and at most 1.")
        if self.pyramiding < 1:
            raise ParameterError("A position is built of one entry or more.")

    @property
    def size_rule(self) -> Sizing:
        """The sizing as a rule."""
        if isinstance(self.sizing, (int, float)):
            return ShareOfEquity(float(self.sizing))
        return self.sizing

    @property
    def maintenance_share(self) -> float:
        """The share of a position that equity must cover."""
        if self.maintenance is not None:
            return self.maintenance
        return 0.5 / self.leverage if self.leverage > 1 else 0.0

    @property
    def at_close(self) -> bool:
        """Whether market orders fill at the close that decides them."""
        return self.fill_at is FillAt.THIS_CLOSE

    @property
    def lends(self) -> bool:
        """Whether anything is charged for what is borrowed."""
        return self.borrow_rate > 0 or self.interest_rate > 0

    def to_dict(self) -> dict[str, Any]:
        """Return the settings as plain values, for the fingerprint of a run."""
        usual = asdict(Costs())
        costs = {
            name: str(value)
            for name, value in asdict(self.costs).items()
            if name in _ALWAYS_NAMED or value != usual[name]
        }
        own = {
            each.name: getattr(self, each.name)
            for each in fields(self)
            if each.name in _ALWAYS_NAMED
            or (each.name in _NAMED_IF_USED and getattr(self, each.name) != each.default)
        }
        return own | costs | {"sizing": self.size_rule.words}

    def assumptions(self, *, adjusted: bool, orders: bool = False) -> dict[str, str]:
        """Return what a reader of the result must know, topic by topic.

        `orders` says that the strategy places orders of its own, not targets.
        """
        whole = "whole shares" if self.whole_shares else "fractions of a share allowed"
        credit = "never on credit" if self.leverage == 1 else f"on credit, {self._margin_words()}"
        said = {
            "Fills": _FILLS[self.fill_at],
            "Orders": "only when the target changes; a reversal closes, then opens",
            "Capital": f"{self.capital:,.2f}",
            "Size": f"{self.size_rule.words}, {whole}, {credit}",
            "Costs": self._cost_words(),
            "Short selling": self._short_words(),
            "Prices": (
                "adjusted for splits and dividends"
                if adjusted
                else "as traded, not adjusted: dividends are not paid, splits not carried out"
            ),
            "Sharpe and Sortino": f"arithmetic, against {self.risk_free:.2%} a year",
            "Open trade": "marked at the last close, not counted in the win rate",
        }
        if orders:
            said["Orders"] = self._order_words()
            said["Inside a bar"] = INSIDE_A_BAR
        if self.participation is not None:
            said["Volume"] = (
                f"at most {self.participation:.0%} of a bar's volume; the rest of an order goes on "
                "with the next bar, and each part pays its own commission"
            )
        return said

    def _order_words(self) -> str:
        entries = "one entry" if self.pyramiding == 1 else f"up to {self.pyramiding} entries"
        other = "closes it first" if self.exclusive else "takes its size off"
        oco = ", a fill withdraws the opposite order" if self.one_cancels_other else ""
        return f"{entries} to a position, one the other way {other}{oco}"

    def _margin_words(self) -> str:
        interest = f"{self.interest_rate:.2%} a year" if self.interest_rate else "nothing"
        return (
            f"up to {self.leverage:g} times equity, borrowed money costs {interest}, closed at "
            f"the next open when equity covers less than {self.maintenance_share:.1%} of it"
        )

    def _short_words(self) -> str:
        if not self.allow_short:
            return "off"
        if not self.borrow_rate:
            return "allowed, borrowing costs nothing"
        return f"allowed, borrowing costs {self.borrow_rate:.2%} a year"

    def _cost_words(self) -> str:
        costs = self.costs
        parts = [
            f"{costs.per_order:f} an order" if costs.per_order else "",
            f"{costs.per_share:f} a share" if costs.per_share else "",
            f"{costs.percent:f} % of the value" if costs.percent else "",
            f"at least {costs.minimum:f}" if costs.minimum else "",
            f"spread {costs.spread_bps:f} bp" if costs.spread_bps else "",
            f"slippage {costs.slippage_bps:f} bp" if costs.slippage_bps else "",
            f"slippage {costs.slippage_per_share:f} a share" if costs.slippage_per_share else "",
            (
                f"{costs.impact_percent:f} % times the square root of its share of the volume"
                if costs.impact_percent
                else ""
            ),
        ]
        return ", ".join(part for part in parts if part) or "none"
