"""TA-Lib, loaded when first used: its functions as indicators of the catalogue."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from puffin.factors.base import Indicator, Output, Pane, Shape, parameters_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from puffin.data.bars import Bars
    from puffin.factors.base import Group, Parameters, Range

    Floats: TypeAlias = NDArray[np.float64]

Argument: TypeAlias = "str | int"


@dataclass(frozen=True, slots=True)
class Call:
    """One function of TA-Lib, and where its arguments come from.

    Attributes:
        function: Its name there.
        inputs: Columns of the bars, in its order.
        arguments: Names of parameters, or fixed numbers, in its order.
        outputs: Names of the outputs, in its order.
        counted: Whether some of them are whole numbers there.
    """

    function: str
    inputs: tuple[str, ...]
    arguments: tuple[Argument, ...]
    outputs: tuple[str, ...]
    counted: bool = False

    def __call__(self, bars: Bars, parameters: Parameters) -> dict[str, Floats]:
        """Compute it."""
        columns = [getattr(bars, name) for name in self.inputs]
        found = call(self.function, columns, self.numbers(parameters))
        if self.counted:
            # Whole numbers have no NaN: before they are ready TA-Lib gives 0.
            for each in found:
                each[: self.warm_up(parameters)] = np.nan
        return dict(zip(self.outputs, found, strict=True))

    def numbers(self, parameters: Parameters) -> list[float]:
        """Return the arguments that parameters stand for."""
        return [
            each if isinstance(each, int) else getattr(parameters, each) for each in self.arguments
        ]

    def warm_up(self, parameters: Parameters) -> int:
        """Ask TA-Lib how many first bars have no value."""
        from talib import abstract

        library: Any = abstract  # its stub leaves Function out
        function = library.Function(self.function)
        names = function.info["parameters"]
        function.parameters = dict(zip(names, self.numbers(parameters), strict=False))
        return int(function.lookback)


def call(
    function: str, columns: Sequence[Floats], arguments: Sequence[float] = ()
) -> tuple[Floats, ...]:
    """Call TA-Lib by name; every output as floats, one value for each bar."""
    import talib

    found: Any = getattr(talib, function)(*columns, *arguments)
    series = found if isinstance(found, tuple) else (found,)
    return tuple(
        np.array(each, np.float64) if each.dtype != np.float64 else each for each in series
    )


def indicator(  # noqa: PLR0913 - a row of the table has that many cells
    name: str,
    title: str,
    group: Group,
    function: str,
    *,
    inputs: str = "close",
    ranges: Mapping[str, Range] | None = None,
    arguments: tuple[Argument, ...] | None = None,
    outputs: tuple[Output, ...] | None = None,
    pane: Pane = Pane.OWN,
    guides: tuple[float, ...] = (),
) -> Indicator:
    """Make an indicator of a function of TA-Lib.

    Args:
        name: Its id.
        title: Its name on the screen.
        group: What it tells about.
        function: Its name in TA-Lib.
        inputs: Columns, with blanks between.
        ranges: What can be set; without `arguments`, in TA-Lib's order.
        arguments: Names of ranges, or fixed numbers, in TA-Lib's order.
        outputs: In TA-Lib's order; one line named `value` when left out.
        pane: Where it is drawn.
        guides: Levels worth a line.
    """
    ranges = ranges or {}
    shown = outputs or (Output("value", title),)
    made = Call(
        function=function,
        inputs=tuple(inputs.split()),
        arguments=tuple(ranges) if arguments is None else arguments,
        outputs=tuple(each.id for each in shown),
        counted=any(each.shape is Shape.MARKS for each in shown),
    )
    return Indicator(
        id=name,
        title=title,
        group=group,
        inputs=made.inputs,
        Parameters=parameters_of(tuple(ranges.items())),
        outputs=shown,
        pane=pane,
        compute=made,
        lasting=made.warm_up,
        guides=guides,
    )
