"""Expressions: figures of a market in a line of text, such as `rank(delta(close, 5)) * -1`.

An expression reads columns (open, high, low, close, volume, returns, vwap, dollars, adv20 …), puts
them through the functions of `operators.FUNCTIONS`, and gives one value for each bar and symbol,
known at that bar's close.

Unknown values (NaN) are never filled: what is made of one is unknown, a window is unknown while
any value in it is, a comparison with one is unknown, and functions that compare symbols leave
unknown ones out. What is divided by zero, or grows beyond all numbers, is unknown too. Prices are
taken as they come: adjust them first, or a split looks like a fall.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from puffin.data.bars import Bars
from puffin.errors import NoDataError, ParameterError
from puffin.factors import columns
from puffin.factors.columns import Table
from puffin.factors.grammar import Apply, Column, Number, read
from puffin.factors.operators import OPERATORS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from puffin.factors.columns import Prices
    from puffin.factors.grammar import Node

    Floats: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Expression:
    """An expression that has been read.

    Attributes:
        text: As it was written.
        root: Its tree.
        columns: What it reads, in alphabetical order.
        warm_up: How many first bars have no value.
        compares: Whether it compares symbols with each other, and so needs several.
    """

    text: str
    root: Node
    columns: tuple[str, ...]
    warm_up: int
    compares: bool

    @property
    def approximate(self) -> bool:
        """Whether it reads the volume-weighted price, for which the typical price stands in."""
        return "vwap" in self.columns


def parse(text: str) -> Expression:
    """Read an expression.

    Raises:
        ParameterError: It cannot be read; the sentence says at which column, from 1.
    """
    root = read(text)
    parts = tuple(_parts(root))
    names = sorted({each.name for each in parts if isinstance(each, Column)})
    if not names:
        raise ParameterError("The expression reads no price and no volume.")
    applied = (OPERATORS[each.operator] for each in parts if isinstance(each, Apply))
    return Expression(
        text=text.strip(),
        root=root,
        columns=tuple(names),
        warm_up=_warm_up(root),
        compares=any(each.across for each in applied),
    )


def evaluate(expression: Expression, source: Bars | Prices) -> Floats:
    """Return the expression's values: one for each bar, or a row of symbols for each time.

    Too few bars give NaN throughout; `require` says so in words.

    Raises:
        ParameterError: It compares symbols, and there is only one.
    """
    if expression.compares and isinstance(source, Bars):
        raise ParameterError(
            f"The expression compares symbols with each other, and {source.symbol} is only one.",
            hint="Choose several symbols, or leave rank, demean and scale out.",
        )
    values = values_of(expression.root, Table(source))
    return values[:, 0].copy() if isinstance(source, Bars) else values.copy()


def values_of(node: Node, table: Table) -> Floats:
    """Return the values of one part of an expression: a row for each time, not to be changed."""
    with np.errstate(all="ignore"):
        return np.broadcast_to(_value(node, table), table.shape)


def require(expression: Expression, source: Bars | Prices) -> None:
    """Refuse prices that cannot give a single value.

    Raises:
        NoDataError: With how many bars there are and how many are needed.
    """
    needed, there = expression.warm_up + 1, Table(source).shape[0]
    if there < needed:
        raise NoDataError(
            f"The expression needs {needed:,} bars; there are {there:,}.",
            hint="Choose a longer period or shorter windows.",
        )


def _parts(node: Node) -> Iterator[Node]:
    yield node
    if isinstance(node, Apply):
        for each in node.series:
            yield from _parts(each)


def _warm_up(node: Node) -> int:
    if isinstance(node, Column):
        return columns.warm_up(node.name)
    if isinstance(node, Number):
        return 0
    return max(map(_warm_up, node.series)) + OPERATORS[node.operator].waits(node.rows)


def _value(node: Node, table: Table) -> Floats:
    if isinstance(node, Number):
        return np.full((1, 1), node.value)
    if isinstance(node, Column):
        return _known(table.column(node.name))
    operator = OPERATORS[node.operator]
    series = [_value(each, table) for each in node.series]
    if operator.fewest is None and not operator.across:
        return _known(operator.compute(*series))
    # Windows and ranks look at neighbours, so that a number must stand in each place.
    whole = [np.broadcast_to(each, table.shape) for each in series]
    return _known(operator.compute(*whole, *(() if operator.fewest is None else (node.rows,))))


def _known(values: Floats) -> Floats:
    return np.where(np.isfinite(values), values, np.nan)
