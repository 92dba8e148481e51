"""The ten stages of a trading day, in the order in which the wheel has them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Stage:
    """One wedge of the wheel.

    Args:
        title: What it is called.
        icon: The picture on it.
        commands: What opens its layout and its panel, in order.
        missing: The panel that it is for and that is not there yet; empty if all is.
    """

    title: str
    icon: str
    commands: tuple[str, ...]
    missing: str = ""

    @property
    def about(self) -> str:
        """What choosing it does, in words."""
        if self.missing:
            return f"The {self.missing} panel is not here yet; its layout opens."
        return "Opens its layout and panel."


STAGES = (
    Stage("Morning routine", "sun", ("layout.morning",), missing="Today"),
    Stage("Active positions", "wallet", ("layout.trade", "panel.portfolio")),
    Stage("Execute trade", "ticket", ("layout.trade", "panel.ticket")),
    Stage("Research", "search", ("layout.research", "panel.chart")),
    Stage("Recommendations", "robot", ("layout.research", "panel.assistant")),
    Stage("P&L dashboard", "gain", ("layout.review", "panel.performance")),
    Stage("News review", "list", ("layout.morning",), missing="News"),
    Stage("Strategy builder", "branch", ("layout.quant", "panel.strategies")),
    Stage("Backtesting", "flask", ("layout.quant", "panel.backtest")),
    Stage("Settings", "gear", ("desk.settings",)),
)
