"""How to search: method, objective, how much at most, and whether to walk forward."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from puffin.backtest.space import MOST
from puffin.backtest.trials import Objective


class Method(StrEnum):
    """How the next combination is chosen."""

    GRID = "grid"
    RANDOM = "random"
    TPE = "tpe"

    @property
    def label(self) -> str:
        """The method in words."""
        return {
            Method.GRID: "Grid",
            Method.RANDOM: "Random",
            Method.TPE: "TPE (learns)",
        }[self]


class Window(StrEnum):
    """Where the train part of each fold begins."""

    ROLLING = "rolling"
    ANCHORED = "anchored"


class Search(BaseModel):
    """What a form of the Optimise tab asks."""

    model_config = ConfigDict(extra="forbid")

    method: Method = Field(
        default=Method.GRID,
        title="Method",
        description="Every combination, some at random, or more where what was tried did well.",
    )
    objective: Objective = Field(
        default=Objective.SHARPE, title="Look for", description="What the best one is best in."
    )
    runs: int = Field(
        default=100,
        ge=1,
        le=100_000,
        title="Tries",
        description="How many combinations a random search or TPE tries.",
    )
    seed: int = Field(
        default=0,
        ge=0,
        le=2**31 - 1,
        title="Seed",
        description="The same one draws the same combinations.",
    )
    raise_most: bool = Field(
        default=False,
        title=f"More than {MOST} tries",
        description="The more is tried, the more of the best result is luck.",
    )
    most: int = Field(
        default=5_000,
        ge=MOST,
        le=100_000,
        title="At most",
        description="A search that would try more is refused before it starts.",
    )


class WalkForward(BaseModel):
    """How history is cut for a walk-forward."""

    model_config = ConfigDict(extra="forbid")

    on: bool = Field(
        default=False,
        title="Walk forward",
        description="Choose on one part of history and try on the next, again and again.",
    )
    splits: int = Field(default=5, ge=1, le=20, title="Splits")
    train: float = Field(
        default=0.7,
        ge=0.5,
        le=0.9,
        title="Train share",
        description="Share of a fold in which the parameters are chosen.",
        json_schema_extra={"step": 0.05},
    )
    window: Window = Field(
        default=Window.ROLLING,
        title="Train window",
        description="Rolling: as many bars each time. Anchored: from the first bar each time.",
    )
    purge: int = Field(
        default=0,
        ge=0,
        le=500,
        title="Purge (bars)",
        description="Left out between train and test.",
    )
