"""What is tried and what came of it: a trial, and the figure by which trials are compared."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


class Objective(StrEnum):
    """What a search looks for; more of it is better, of a negative drawdown too."""

    SHARPE = "sharpe"
    TOTAL_RETURN = "total_return"
    CALMAR = "calmar"
    SORTINO = "sortino"
    MAX_DRAWDOWN = "max_drawdown"

    @property
    def label(self) -> str:
        """The objective in words."""
        return _LABELS[self]

    def of(self, figures: Mapping[str, float | None]) -> float | None:
        """Return the objective of a run; None where it is not defined."""
        return figures.get(self.value)


_LABELS = {
    Objective.SHARPE: "Sharpe",
    Objective.TOTAL_RETURN: "Return",
    Objective.CALMAR: "Calmar",
    Objective.SORTINO: "Sortino",
    Objective.MAX_DRAWDOWN: "Smallest drawdown",
}


@dataclass(frozen=True)
class Trial:
    """A set of parameters and what came of it.

    Attributes:
        parameters: All of the strategy's parameters, as plain values.
        figures: As `puffin.backtest.quick.Figures`; None where one is not defined.
        error: Why there are no figures; nothing if there are.
    """

    parameters: dict[str, Any]
    figures: dict[str, float | None] = field(default_factory=dict)
    error: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON would hold it."""
        return {
            "parameters": dict(self.parameters),
            "figures": dict(self.figures),
            "error": self.error,
        }

    @staticmethod
    def from_dict(plain: Mapping[str, Any]) -> Trial:
        """Return what `to_dict` wrote."""
        return Trial(dict(plain["parameters"]), dict(plain["figures"]), str(plain["error"]))
