"""What a walk-forward found: its folds, and how much of the train part's promise the test kept."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np

from puffin.backtest.trials import Objective
from puffin.errors import PuffinError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from puffin.measures import Floats, Times


@dataclass(frozen=True)
class FoldResult:
    """What one fold found.

    Attributes:
        number: From 1.
        train: First and last bar in which the parameters were chosen.
        test: First and last bar in which they were tried.
        tried: How many combinations were compared.
        parameters: The chosen ones; None if no combination could be told from another.
        chosen: Their figures in the train part.
        found: Their figures in the test part, as `puffin.backtest.quick.Figures`.
        reason: Why nothing was chosen, if so.
        left_out: How many look back too far for the train parts and were not compared.
        scatter: The objective in train and in test of every combination, where both are defined;
            for looking at only, and empty unless it was asked for.
    """

    number: int
    train: tuple[datetime, datetime]
    test: tuple[datetime, datetime]
    tried: int
    parameters: dict[str, Any] | None
    chosen: dict[str, float | None]
    found: dict[str, float | None]
    reason: str = ""
    left_out: int = 0
    scatter: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True, eq=False)
class WalkForwardResult:
    """What became of parameters that were chosen without knowing what came next.

    Attributes:
        strategy_id: What was walked forward.
        title: Its name on the screen.
        symbol: On what.
        objective: By what the parameters were chosen.
        folds: One for each step; fewer than planned if it was stopped.
        planned: How many steps there should have been.
        time: The bars of the tests, one after the other, and the bar before the first of them.
        equity: What the capital would have become over them; each fold begins in cash.
        metrics: Figures of `equity`; None where one is not defined.
    """

    strategy_id: str
    title: str
    symbol: str
    objective: Objective
    folds: tuple[FoldResult, ...]
    planned: int
    time: Times
    equity: Floats
    metrics: dict[str, float | None]

    @property
    def pairs(self) -> tuple[tuple[float, float], ...]:
        """The objective in train and in test, of each fold where both are defined."""
        both = ((self.objective.of(e.chosen), self.objective.of(e.found)) for e in self.folds)
        return tuple((a, b) for a, b in both if a is not None and b is not None)

    @property
    def train(self) -> float | None:
        """The mean objective where the parameters were chosen."""
        return _mean([train for train, _ in self.pairs])

    @property
    def test(self) -> float | None:
        """The mean objective where they were tried."""
        return _mean([test for _, test in self.pairs])

    @property
    def degradation(self) -> float | None:
        """How much of the objective was lost from train to test: the difference of the means."""
        return None if self.train is None or self.test is None else self.train - self.test

    @property
    def kept(self) -> float | None:
        """The share of the objective that was left in test; None if there was nothing to lose.

        Known as walk-forward efficiency (Pardo 2008); half of it or more is seen as robust.
        """
        if self.train is None or self.test is None or self.train <= 0:
            return None
        return self.test / self.train

    @property
    def tried(self) -> int:
        """The most combinations that a fold compared."""
        return max((each.tried for each in self.folds), default=0)

    @property
    def stopped(self) -> bool:
        """Whether it ended before its last fold."""
        return len(self.folds) < self.planned

    @property
    def parameters(self) -> dict[str, Any] | None:
        """What the last fold chose, which is what would be used next."""
        return self.folds[-1].parameters if self.folds else None

    @property
    def done(self) -> int:
        """How many trials there were, in the train parts of all folds."""
        return sum(each.tried for each in self.folds)

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON would hold it."""
        plain: dict[str, Any] = {
            name: getattr(self, name)
            for name in ("strategy_id", "title", "symbol", "planned", "metrics")
        }
        plain["objective"] = self.objective.value
        plain["folds"] = [
            asdict(each)
            | {name: [at.isoformat() for at in getattr(each, name)] for name in ("train", "test")}
            for each in self.folds
        ]
        return plain | {"time": self.time.tolist(), "equity": self.equity.tolist()}

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> WalkForwardResult:
        """Return what `to_dict` wrote.

        Raises:
            PuffinError: It is damaged.
        """
        try:
            values = dict(plain)
            folds = tuple(_fold(each) for each in values.pop("folds"))
            time = np.array(values.pop("time"), np.int64)
            equity = np.array(values.pop("equity"), np.float64)
            objective = Objective(values.pop("objective"))
            return cls(**values, objective=objective, folds=folds, time=time, equity=equity)
        except (KeyError, TypeError, ValueError) as error:
            raise PuffinError(f"The stored walk-forward is damaged: {error}.") from error


def _mean(values: list[float]) -> float | None:
    return math.fsum(values) / len(values) if values else None


def _fold(plain: Mapping[str, Any]) -> FoldResult:
    moments = {
        name: tuple(datetime.fromisoformat(each) for each in plain[name])
        for name in ("train", "test")
    }
    scatter = tuple((float(train), float(test)) for train, test in plain["scatter"])
    return FoldResult(**dict(plain) | moments | {"scatter": scatter})
