"""The text of a strategy file that a person can copy and change."""

from __future__ import annotations

from typing import Final

EXAMPLE: Final = '''\
"""Buys after some falling closes in a row and sells at the first rising one.

A strategy file holds one class that derives from Strategy, OrderStrategy or EventStrategy.
It sees all bars at once, but what it decides on a bar may depend on that bar and those before it
only: the truth gate cuts the future off and looks whether the past changes.
"""

import numpy as np
from pydantic import Field

from puffin.strategies.base import Condition, Parameters, Reading, Signals, Strategy


class FallingDaysParameters(Parameters):
    """What can be set: each field becomes a line of the form and an axis of the optimiser."""

    days: int = Field(
        default=3,
        ge=1,
        le=20,
        title="Falling closes",
        description="How many in a row.",
        json_schema_extra={"step": 1},
    )


class FallingDays(Strategy[FallingDaysParameters]):
    """Long after some falling closes in a row, until the first rising one."""

    title = "Falling days"
    summary = "Buys after some falling closes in a row and sells at the first rising one."
    Parameters = FallingDaysParameters
    grid = {"days": (2, 3, 4, 5)}

    @property
    def warm_up(self):
        return self.parameters.days + 1

    def signals(self, bars):
        falls = self.falls(bars)
        rises = np.append(False, np.diff(bars.close) > 0)
        # 1 is all of the money, 0 nothing, -1 short; NaN keeps what was wanted before.
        target = np.full(len(bars), np.nan)
        target[falls >= self.parameters.days] = 1.0
        target[rises] = 0.0
        return Signals(target)

    def readings(self, bars):
        return (Reading("Falling closes in a row", self.falls(bars).astype(float)),)

    def conditions(self, bars):
        days = self.parameters.days
        rises = np.append(False, np.diff(bars.close) > 0)
        return (
            Condition(f"{days} falling closes in a row", self.falls(bars) >= days, "entry long"),
            Condition("A rising close", rises, "exit long"),
        )

    def falls(self, bars):
        """Return how many closes in a row have fallen, at each bar."""
        fell = np.append(False, np.diff(bars.close) < 0)
        row = np.arange(len(bars))
        return row - np.maximum.accumulate(np.where(fell, 0, row))
'''
