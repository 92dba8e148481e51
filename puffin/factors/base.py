"""What an indicator is: typed parameters, named outputs, and a pure function of bars."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError, create_model

from puffin.errors import NoDataError, ParameterError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from puffin.data.bars import Bars

    Floats: TypeAlias = NDArray[np.float64]


class Parameters(BaseModel):
    """What can be set of an indicator: forms, rules and schemas are made from its fields."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)


class Pane(StrEnum):
    """Where it is drawn."""

    PRICE = "price"  # over the candles, on their scale
    OWN = "own"  # below them, on a scale of its own


class Shape(StrEnum):
    """How an output is drawn."""

    LINE = "line"
    BARS = "bars"  # from zero
    DOTS = "dots"
    MARKS = "marks"  # on the candle: above zero it speaks for a rise, below for a fall


class Group(StrEnum):
    """What it tells about."""

    AVERAGE = "average"
    BAND = "band"
    TREND = "trend"
    MOMENTUM = "momentum"
    VOLATILITY = "volatility"
    VOLUME = "volume"
    CYCLE = "cycle"
    PRICE = "price"
    PATTERN = "pattern"


@dataclass(frozen=True, slots=True)
class Output:
    """One series that an indicator gives."""

    id: str
    title: str
    shape: Shape = Shape.LINE


@dataclass(frozen=True, slots=True)
class Range:
    """A number that can be set, and between what."""

    title: str
    default: float
    low: float
    high: float
    step: float = 1


Compute: TypeAlias = "Callable[[Bars, Any], Mapping[str, Floats]]"
WarmUp: TypeAlias = Callable[[Any], int]
# Inside Indicator its own attribute hides the name.
AnyParameters: TypeAlias = Parameters
ParametersType: TypeAlias = type[Parameters]


@dataclass(frozen=True, slots=True)
class Indicator:
    """An indicator of the catalogue.

    Every output has one value for each bar, known at that bar's close: NaN until it is ready.

    Attributes:
        id: Its name in rules and layouts.
        title: Its name on the screen.
        group: What it tells about.
        inputs: Columns of the bars that it reads.
        Parameters: What can be set; each field has a default, bounds and a title.
        outputs: The series it gives, the main one first.
        pane: Where it is drawn.
        guides: Levels worth a line, such as 30 and 70.
        compute: The sums; ask `study` instead.
        lasting: How many first bars have no value, from the parameters; ask `warm_up` instead.
    """

    id: str
    title: str
    group: Group
    inputs: tuple[str, ...]
    Parameters: ParametersType
    outputs: tuple[Output, ...]
    pane: Pane
    compute: Compute
    lasting: WarmUp
    guides: tuple[float, ...] = ()

    def parameters(self, values: Mapping[str, object] | None = None) -> AnyParameters:
        """Return checked parameters.

        Raises:
            ParameterError: A name that does not exist, or a value outside its range.
        """
        try:
            return self.Parameters.model_validate(dict(values or {}))
        except ValidationError as error:
            first = error.errors()[0]
            name = ".".join(str(part) for part in first["loc"]) or "parameters"
            raise ParameterError(f"{self.title}, {name}: {first['msg']}.") from error

    def warm_up(self, parameters: AnyParameters | None = None) -> int:
        """Return how many bars have no value before the first one that has."""
        return self.lasting(self._chosen(parameters))

    def study(self, bars: Bars, parameters: AnyParameters | None = None) -> dict[str, Floats]:
        """Return each output's values, one for each bar.

        Too few bars give NaN throughout; `require` says so in words.
        """
        return dict(self.compute(bars, self._chosen(parameters)))

    def require(self, bars: Bars, parameters: AnyParameters | None = None) -> None:
        """Refuse bars that are too few for a single value.

        Raises:
            NoDataError: With how many there are and how many are needed.
        """
        needed = self.warm_up(parameters) + 1
        if len(bars) < needed:
            raise NoDataError(
                f"{self.title} needs {needed:,} bars; {bars.symbol} has {len(bars):,}.",
                hint="Choose a longer period or a shorter window.",
            )

    def _chosen(self, parameters: AnyParameters | None) -> AnyParameters:
        chosen = self.Parameters() if parameters is None else parameters
        if not isinstance(chosen, self.Parameters):
            raise ParameterError(f"These are not the parameters of {self.title}.")
        return chosen


@cache
def parameters_of(ranges: tuple[tuple[str, Range], ...]) -> ParametersType:
    """Make a class of parameters from ranges; the same ranges share one, as making it takes time.

    A range of whole numbers throughout holds integers.
    """
    fields: dict[str, Any] = {}
    for name, each in ranges:
        numbers = (each.default, each.low, each.high, each.step)
        kind = int if all(isinstance(number, int) for number in numbers) else float
        fields[name] = (
            kind,
            Field(
                default=kind(each.default),
                ge=each.low,
                le=each.high,
                title=each.title,
                json_schema_extra={"step": each.step},
            ),
        )
    title = "".join(name.title().replace("_", "") for name, _ in ranges)
    made: ParametersType = create_model(f"{title}Parameters", __base__=Parameters, **fields)
    return made


def typical_price(bars: Bars) -> Floats:
    """Return the mean of high, low and close."""
    return np.asarray((bars.high + bars.low + bars.close) / 3, np.float64)
