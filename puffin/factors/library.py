"""TA-Lib, loaded when first used: its functions as indicators of the catalogue."""

from __future__ import annotations

import sys
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import numpy as np

from puffin.factors.base import Indicator, Output, Pane, Shape, parameters_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from types import ModuleType

    from numpy.typing import NDArray

    from puffin.data.bars import Bars
    from puffin.factors.base import Group, Parameters, Range

    Floats: TypeAlias = NDArray[np.float64]

Argument: TypeAlias = "str | int"
# It takes their series if they can be loaded, which costs 45 MB and half a second; here it is
# given arrays only.
SERIES_LIBRARIES: Final = frozenset({"pandas", "polars"})


@cache
def talib() -> ModuleType:
    """Return TA-Lib; the first call loads it."""
    with _without(SERIES_LIBRARIES):
        return import_module("talib")


class _Missing:
    """Finds nothing of some names for one thread; others import as ever."""

    def __init__(self, names: frozenset[str]) -> None:
        self._names, self._thread = names, threading.get_ident()

    def find_spec(self, name: str, path: object = None, target: object = None) -> None:
        """Tell this thread that there is no such library."""
        del path, target
        if name in self._names and threading.get_ident() == self._thread:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)


@contextmanager
def _without(names: frozenset[str]) -> Iterator[None]:
    finder: Any = _Missing(names)  # importlib's own protocol has a class behind it
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)


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
        function = _described(self.function)
        names = function.info["parameters"]
        function.parameters = dict(zip(names, self.numbers(parameters), strict=False))
        return int(function.lookback)


def _described(function: str) -> Any:  # noqa: ANN401 - it has no types
    """Return what TA-Lib knows about one of its functions.

    Its module for that, `talib.abstract`, describes all two hundred of them when it is loaded.
    """
    talib()
    compiled: Any = import_module("talib._ta_lib")
    return compiled.Function(function, getattr(compiled, function))


def call(
    function: str, columns: Sequence[Floats], arguments: Sequence[float] = ()
) -> tuple[Floats, ...]:
    """Call TA-Lib by name; every output as floats, one value for each bar."""
    found: Any = getattr(talib(), function)(*columns, *arguments)
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
