"""Buy and hold: what every other strategy must beat."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np
from typing_extensions import override

from puffin.strategies.base import Condition, Parameters, Signals, Strategy

if TYPE_CHECKING:
    from puffin.data.bars import Bars
    from puffin.strategies.base import ParametersType


class BuyAndHoldParameters(Parameters):
    """Nothing can be set of buy and hold."""


class BuyAndHold(Strategy[BuyAndHoldParameters]):
    """Long from the first bar to the last."""

    id: ClassVar[str] = "buy_and_hold"
    title: ClassVar[str] = "Buy and hold"
    summary: ClassVar[str] = "Buys at the first chance and never sells."
    Parameters: ClassVar[ParametersType] = BuyAndHoldParameters

    @property
    @override
    def warm_up(self) -> int:
        return 1

    @override
    def signals(self, bars: Bars) -> Signals:
        return Signals(np.ones(len(bars)))

    @override
    def conditions(self, bars: Bars) -> tuple[Condition, ...]:
        return (Condition("Always", np.ones(len(bars), np.bool_), "entry long"),)
