"""How the words of a backtest are put together into groups that can be folded."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Group:
    """Some fields under one title.

    `usual` is said while all of them are as they come. `only_if` names fields that matter only
    with certain values of another one of the group.
    """

    id: str
    title: str
    names: tuple[str, ...]
    usual: str = "As usual."
    is_open: bool = False
    by: str = ""  # the field that `only_if` goes by
    only_if: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @property
    def every(self) -> tuple[str, ...]:
        """All its fields, whatever is chosen."""
        return (*self.names, *(name for _, names in self.only_if for name in names))


GROUPS: tuple[Group, ...] = (
    Group("period", "Period", ("interval", "start", "end"), "All there is, in bars of a day."),
    Group(
        "money",
        "Money and size",
        ("capital", "sizing", "whole_shares", "allow_short"),
        "100,000 dollars, all of it in each trade, long only.",
        by="sizing",
        only_if=(
            ("share", ("share",)),
            ("value", ("position_value",)),
            ("quantity", ("quantity",)),
            ("risk", ("risk",)),
            ("volatility", ("volatility", "volatility_window")),
            ("kelly", ("kelly_fraction", "kelly_trades", "kelly_before")),
        ),
    ),
    Group(
        "costs",
        "Costs",
        (
            "commission_percent",
            "per_share",
            "per_order",
            "minimum",
            "spread_bps",
            "slippage_bps",
            "slippage_per_share",
            "impact_percent",
        ),
        "None. Real trading has some: try again with them.",
    ),
    Group(
        "fills",
        "Fills and credit",
        (
            "fill_at",
            "participation",
            "leverage",
            "maintenance",
            "borrow_rate",
            "interest_rate",
            "pyramiding",
            "exclusive",
            "one_cancels_other",
            "risk_free",
        ),
        "At the next bar's open, never on credit.",
    ),
    Group(
        "portfolio",
        "Several symbols",
        ("schedule", "rebalance", "rebalance_bars", "rebalance_band", "every", "band"),
        "Traded when a weight changes.",
    ),
    Group("note", "Note", ("note",), "None."),
)
OTHER = Group("other", "More", (), "As usual.")
ELSEWHERE = ("strategy", "symbol", "symbols", "parameters", "benchmark")  # not in these groups
