"""Studies drawn over prices, and how each follows a live bar."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import isnan
from typing import TYPE_CHECKING

from puffin.factors.trend import ema, sma
from puffling.services.study_specs import StudySpec

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SHORTEST, LONGEST = 2, 500


class StudyKind(StrEnum):
    """Which average."""

    SMA = "sma"
    EMA = "ema"

    @property
    def label(self) -> str:
        """Its usual short name."""
        return self.value.upper()

    @property
    def meaning(self) -> str:
        """Its name in full."""
        return "Simple moving average" if self is StudyKind.SMA else "Exponential moving average"


@dataclass(frozen=True, slots=True)
class Study:
    """A moving average of the close over so many bars.

    Raises:
        ValueError: If the window is not one a chart can draw.
    """

    kind: StudyKind
    window: int

    def __post_init__(self) -> None:
        if not SHORTEST <= self.window <= LONGEST:
            raise ValueError(
                f"A moving average on a chart spans {SHORTEST} to {LONGEST} bars, "
                f"not {self.window}."
            )

    @property
    def title(self) -> str:
        """What the legend calls it."""
        return f"{self.kind.label} {self.window}"

    def over(self, close: NDArray[np.float64]) -> NDArray[np.float64]:
        """Every value; NaN until there are enough bars."""
        average = sma if self.kind is StudyKind.SMA else ema
        return average(close, self.window)

    def last(self, close: NDArray[np.float64], line: NDArray[np.float64]) -> float:
        """The value of the last bar, when `line` holds those of the bars before it.

        Only the window is looked at, so that a live bar costs the same on any chart.
        """
        if len(close) < self.window:
            return float("nan")
        before = float(line[len(close) - 2])
        if self.kind is StudyKind.SMA or isnan(before):
            return float(close[-self.window :].mean())
        return before + 2 / (self.window + 1) * (float(close[-1]) - before)


def spec_from(study: StudySpec | Study) -> StudySpec:
    """Return a moving average as the study it is."""
    if isinstance(study, StudySpec):
        return study
    return StudySpec(study.kind.value, {"window": study.window})


def studies_from(kept: object) -> tuple[Study, ...]:
    """Read remembered (kind, window) pairs; what does not fit is passed over."""
    found: list[Study] = []
    for each in kept if isinstance(kept, list) else []:
        match each:
            case [str(kind), int(window)] if kind in set(StudyKind):
                if SHORTEST <= window <= LONGEST:
                    found.append(Study(StudyKind(kind), window))
            case _:
                continue
    return tuple(dict.fromkeys(found))
