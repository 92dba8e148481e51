"""What a Monte Carlo run is asked."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field


class Kind(StrEnum):
    """What is drawn anew."""

    RETURNS = "returns"
    ORDER = "order"
    TRADES = "trades"
    PARAMETERS = "parameters"

    @property
    def label(self) -> str:
        """What is drawn, in words."""
        return {
            Kind.RETURNS: "Returns in blocks",
            Kind.ORDER: "Trades reordered",
            Kind.TRADES: "Trades redrawn",
            Kind.PARAMETERS: "Parameters nearby",
        }[self]


class Chance(BaseModel):
    """What the form of the Monte Carlo tab asks."""

    model_config = ConfigDict(extra="forbid")

    kind: Kind = Field(
        default=Kind.RETURNS,
        title="Draw",
        description=(
            "Returns in blocks, the same trades in another order, trades of which some come twice "
            "and others never, or runs with parameters a little off."
        ),
    )
    runs: int = Field(default=1_000, ge=10, le=100_000, title="Runs")
    seed: int = Field(
        default=0,
        ge=0,
        le=2**31 - 1,
        title="Seed",
        description="The same one draws the same runs.",
    )
    block: float | None = Field(
        default=None,
        ge=1,
        le=10_000,
        title="Block (bars)",
        description="Bars that stay together; empty chooses it from the returns.",
    )
    noise: float = Field(
        default=0.1,
        gt=0,
        le=1,
        title="Off by at most",
        description="How far each number is moved: 0.1 is 10 %.",
        json_schema_extra={"step": 0.05},
    )
    ruin: float = Field(
        default=0.5,
        gt=0,
        lt=1,
        title="Ruin below (share)",
        description="A run whose equity falls this low counts as ruin: 0.5 is half of it.",
        json_schema_extra={"step": 0.05},
    )
    drawdown: float = Field(
        default=0.2,
        gt=0,
        lt=1,
        title="Drawdown (share)",
        description="How often a fall this deep from a high is to be expected: 0.2 is 20 %.",
        json_schema_extra={"step": 0.05},
    )
