"""Why an expression has no value for a symbol: which part of it fails first, and how often."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np

from puffin.data.times import moment
from puffin.factors.columns import Table
from puffin.factors.expressions import values_of
from puffin.factors.grammar import Apply, Column, Number
from puffin.factors.operators import NAMES, OPERATORS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from numpy.typing import NDArray

    from puffin.data.universe import Universe
    from puffin.factors.expressions import Expression
    from puffin.factors.grammar import Node

    Floats: TypeAlias = NDArray[np.float64]
    Rows: TypeAlias = NDArray[np.intp]

LONGEST: Final = 60  # letters of a part that a sentence quotes
BEYOND: Final = "a number beyond all bounds"
ZERO: Final = "division by zero"
PREFIXES: Final = {"negative": "-", "positive": "+", "not": "not "}


def _of_power(base: float, exponent: float) -> str:
    if base == 0:
        return ZERO
    broken = base < 0 and exponent % 1 != 0
    return "a broken power of a number below zero" if broken else BEYOND


# What is wrong with the one or two numbers that an operator had.
REASONS: Final[Mapping[str, Callable[[float, float], str]]] = {
    "/": lambda _, under: ZERO if under == 0 else BEYOND,
    "log": lambda of, _: f"the logarithm of {'zero' if of == 0 else 'a number below zero'}",
    "sqrt": lambda *_: "the root of a number below zero",
    "**": _of_power,
    "signed_power": lambda of, _: ZERO if of == 0 else BEYOND,
    "corr": lambda *_: "the correlation with what does not change",
    "scale": lambda *_: "every symbol is zero, so there is nothing to scale",
}


def why_unknown(expression: Expression, universe: Universe) -> dict[str, str]:
    """Return a sentence for each symbol that the expression has no value for at its newest bar.

    Example:
        For `close / 0` on AAPL: {"AAPL": "close / 0: division by zero on every bar."}
    """
    search = _Search(expression, universe)
    reasons = {each: search.why(at) for at, each in enumerate(universe.symbols)}
    return {symbol: why for symbol, why in reasons.items() if why}


def written(node: Node) -> str:
    """Return a part of an expression as it may be typed."""
    if isinstance(node, Number):
        return f"{node.value:g}"
    if isinstance(node, Column):
        return node.name
    parts = [written(each) for each in node.series]
    if node.operator in NAMES:
        rows = [str(node.rows)] if OPERATORS[node.operator].fewest is not None else []
        return f"{node.operator}({', '.join((*parts, *rows))})"
    held = [
        f"({text})" if isinstance(each, Apply) and each.operator not in NAMES else text
        for text, each in zip(parts, node.series, strict=True)
    ]
    if node.operator in PREFIXES:
        return f"{PREFIXES[node.operator]}{held[0]}"
    return f" {node.operator} ".join(held)


class _Search:
    """Looks for the part that fails; each part is computed once for all symbols."""

    def __init__(self, expression: Expression, universe: Universe) -> None:
        self._expression, self._universe = expression, universe
        self._table = Table(universe)
        self._kept: dict[Node, Floats] = {}

    def why(self, column: int) -> str:
        """Return why a symbol has no value at its newest bar; empty if it has one."""
        symbol, root = self._universe.symbols[column], self._expression.root
        bars = np.flatnonzero(self._universe.mask[:, column])
        needed = self._expression.warm_up + 1
        if len(bars) and not np.isnan(self._values(root)[bars[-1], column]):
            return ""
        if len(bars) < needed:
            return f"{symbol} has {len(bars):,} bars; the expression needs {needed:,}."
        node, row = self._culprit(root, int(bars[-1]), column)
        if not isinstance(node, Apply):
            day = moment(int(self._universe.time[row])).date()
            if not self._universe.mask[row, column]:
                return f"{symbol} has no bar on {day}, which the expression looks at."
            return f"{written(node)} of {symbol} is not known on {day}."
        text = written(node)
        text = text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
        said = f"{text}: {self._reason(node, row, column)} {self._often(node, bars, column)}"
        return f"{said}." if node == root else f"{said}, and what is made of it is unknown too."

    def _values(self, node: Node) -> Floats:
        if node not in self._kept:
            self._kept[node] = values_of(node, self._table)
        return self._kept[node]

    def _culprit(self, node: Node, row: int, column: int) -> tuple[Node, int]:
        """Return the deepest part that is unknown of itself, and at which row."""
        if isinstance(node, Apply):
            for each in self._asked(node, row, column):
                values = self._values(each)
                for at in _looks_at(node, row):
                    if np.isnan(values[at, column]):
                        return self._culprit(each, at, column)
        return node, row

    def _asked(self, node: Apply, row: int, column: int) -> tuple[Node, ...]:
        """Return the parts that a value depends on: of a choice, the one that is taken."""
        if node.operator != "where":
            return node.series
        test, first, second = node.series
        told = self._values(test)[row, column]
        return (test,) if np.isnan(told) else (first if told else second,)

    def _reason(self, node: Apply, row: int, column: int) -> str:
        first, *others = (float(self._values(each)[row, column]) for each in node.series)
        why = REASONS.get(node.operator)
        return BEYOND if why is None else why(first, others[0] if others else 0.0)

    def _often(self, node: Apply, bars: Rows, column: int) -> str:
        """Return on how many of the bars where all that goes into it is known it fails."""
        fed = np.ones(len(bars), np.bool_)
        for each in node.series:
            if node.operator != "where":
                fed &= ~np.isnan(self._values(each)[bars, column])
        fails = np.isnan(self._values(node)[bars, column])
        waits = OPERATORS[node.operator].waits(node.rows)
        fed[:waits] = False
        count, whole = int((fails & fed).sum()), int(fed.sum())
        return "on every bar" if count == whole else f"on {count:,} of {whole:,} bars"


def _looks_at(node: Apply, row: int) -> Iterable[int]:
    """Return the rows that a part looks at for its value at `row`, the newest first."""
    operator = OPERATORS[node.operator]
    first = max(row - operator.waits(node.rows), 0)
    if node.operator == "delay":
        return (first,)
    if node.operator == "delta":
        return (row, first)
    return range(row, first - 1, -1)
