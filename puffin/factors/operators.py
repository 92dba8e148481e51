"""The words of the expression language: every function and sign, and what each needs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import numpy as np

from puffin.factors import across, windows

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats: TypeAlias = NDArray[np.float64]

# Takes the series, then the rows where the operator has a window.
Compute: TypeAlias = Callable[..., "Floats"]


@dataclass(frozen=True, slots=True)
class Operator:
    """A function or a sign.

    Attributes:
        id: Its name in an expression.
        title: What it gives, for the help and the form.
        series: How many series it takes, before anything else.
        compute: The sums.
        fewest: The shortest window it takes; None for one without a window.
        reach: Rows it looks back beyond the newest, less its window: -1 for a window, which
            counts the newest row, 0 for a delay.
        across: Whether it compares symbols with each other.
        every: Whether it looks at each row of the window, which takes longer.
    """

    id: str
    title: str
    series: int
    compute: Compute
    fewest: int | None = None
    reach: int = -1
    across: bool = False
    every: bool = False

    @property
    def usage(self) -> str:
        """How it is written: `corr(x, y, rows)`."""
        names = ["x", "y", "z"][: self.series] + ([] if self.fewest is None else ["rows"])
        return f"{self.id}({', '.join(names)})"

    def waits(self, rows: int) -> int:
        """Return how many first rows it leaves without a value, for a window of `rows`."""
        return 0 if self.fewest is None else rows + self.reach


def _unknown(*series: Floats) -> NDArray[np.bool_]:
    found = np.isnan(series[0])
    for each in series[1:]:
        found = found | np.isnan(each)
    return found


def _judged(test: Callable[..., Any], *series: Floats) -> Floats:
    """Return 1 where `test` holds, 0 where it does not, NaN where a series is unknown."""
    return np.where(_unknown(*series), np.nan, np.asarray(test(*series), np.float64))


def _both(first: Floats, second: Floats) -> Any:  # noqa: ANN401 - numpy's own array of flags
    return (first != 0) & (second != 0)


def _either(first: Floats, second: Floats) -> Any:  # noqa: ANN401 - numpy's own array of flags
    return (first != 0) | (second != 0)


def _where(condition: Floats, first: Floats, second: Floats) -> Floats:
    return np.where(np.isnan(condition), np.nan, np.where(condition != 0, first, second))


def _power(values: Floats, exponent: Floats) -> Floats:
    """Return powers; to numpy anything to the power of 0 is 1, even what is not known."""
    return np.where(_unknown(values, exponent), np.nan, np.power(values, exponent))


def _signed_power(values: Floats, exponent: Floats) -> Floats:
    return np.asarray(np.sign(values) * _power(np.abs(values), exponent), np.float64)


def _delta(values: Floats, rows: int) -> Floats:
    return values - windows.delayed(values, rows)


FUNCTIONS: Final = (
    Operator("delay", "x of so many rows ago", 1, windows.delayed, 0, 0),
    Operator("delta", "x less x of so many rows ago", 1, _delta, 1, 0),
    Operator("sum", "Sum of the last rows", 1, windows.total, 1),
    Operator("mean", "Mean of the last rows", 1, windows.mean, 1),
    Operator("product", "Product of the last rows", 1, windows.product, 1),
    Operator("std", "Standard deviation (n - 1) of the last rows", 1, windows.deviation, 2),
    Operator("cov", "Covariance (n - 1) of the last rows", 2, windows.covariance, 2),
    Operator("corr", "Correlation of the last rows", 2, windows.correlation, 2),
    Operator("decay_linear", "Mean, the newest weighing most", 1, windows.weighted, 1),
    Operator("ts_max", "Highest of the last rows", 1, windows.highest, 1),
    Operator("ts_min", "Lowest of the last rows", 1, windows.lowest, 1),
    Operator("ts_argmax", "Where the highest stands, the oldest being 1", 1, windows.highest_at, 1),
    Operator("ts_argmin", "Where the lowest stands, the oldest being 1", 1, windows.lowest_at, 1),
    Operator(
        "ts_rank",
        "Rank of the newest among the last rows, over their number",
        1,
        windows.standing,
        1,
        every=True,
    ),
    Operator("abs", "Size without the sign", 1, np.abs),
    Operator("sign", "1 above zero, -1 below it, 0 at it", 1, np.sign),
    Operator("log", "Natural logarithm; unknown for zero and less", 1, np.log),
    Operator("exp", "e to the power of x", 1, np.exp),
    Operator("sqrt", "Square root; unknown below zero", 1, np.sqrt),
    Operator("signed_power", "Size of x to the power of y, with the sign of x", 2, _signed_power),
    Operator("min", "The lower of the two", 2, np.minimum),
    Operator("max", "The higher of the two", 2, np.maximum),
    Operator("where", "y where x is not zero, else z", 3, _where),
    Operator("rank", "Rank among the symbols, 1 the highest", 1, across.rank, across=True),
    Operator("demean", "What is above the symbols’ mean", 1, across.demean, across=True),
    Operator("scale", "Scaled so that the symbols’ sizes sum to 1", 1, across.scale, across=True),
)
SIGNS: Final = (
    Operator("+", "Sum", 2, np.add),
    Operator("-", "Difference", 2, np.subtract),
    Operator("*", "Product", 2, np.multiply),
    Operator("/", "Quotient; unknown when divided by zero", 2, np.divide),
    Operator("**", "Power", 2, _power),
    Operator("negative", "The other sign", 1, np.negative),
    Operator("positive", "The same", 1, np.positive),
    Operator("<", "1 if lower, else 0", 2, partial(_judged, np.less)),
    Operator("<=", "1 if lower or equal, else 0", 2, partial(_judged, np.less_equal)),
    Operator(">", "1 if higher, else 0", 2, partial(_judged, np.greater)),
    Operator(">=", "1 if higher or equal, else 0", 2, partial(_judged, np.greater_equal)),
    Operator("==", "1 if equal, else 0", 2, partial(_judged, np.equal)),
    Operator("!=", "1 if not equal, else 0", 2, partial(_judged, np.not_equal)),
    Operator("and", "1 if neither is zero, else 0", 2, partial(_judged, _both)),
    Operator("or", "1 if one is not zero, else 0", 2, partial(_judged, _either)),
    Operator("not", "1 if zero, else 0", 1, partial(_judged, np.logical_not)),
)
OPERATORS: Final = {each.id: each for each in (*FUNCTIONS, *SIGNS)}
NAMES: Final = frozenset(each.id for each in FUNCTIONS)
