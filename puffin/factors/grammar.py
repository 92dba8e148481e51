"""How an expression is read: Python's grammar, of which only a listed few words are let in.

Nothing is ever executed: the text becomes a tree of numbers, columns and listed operators, or a
sentence with the column at which it cannot be read. A text is as short, a tree as small and a
window as narrow as the limits here say, so evaluating one takes bounded time and memory.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from difflib import get_close_matches
from functools import reduce
from typing import TYPE_CHECKING, Final, TypeAlias

from puffin.errors import ParameterError
from puffin.factors.columns import LONGEST, TITLES, exists
from puffin.factors.operators import NAMES, OPERATORS

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST_CHARACTERS: Final = 2_000
MOST_PARTS: Final = 300
DEEPEST: Final = 64
MOST_ROWS: Final = 5_000  # of all windows together
EVERY: Final = 5  # what a row weighs where each is looked at
LARGEST: Final = 1e12
PLAIN: Final = re.compile(r"[A-Za-z0-9_.,()+\-*/<>=! ]*")
RUN_TOGETHER: Final = re.compile(
    r"(?<![A-Za-z0-9_.])\.?[0-9][0-9.]*+(?:[eE][+-]?[0-9]+)?+[A-Za-z_]"
)
INSTEAD: Final[Mapping[str, str]] = {
    "^": "write ** for a power",
    "?": "write `x if condition else y`, or where(condition, x, y)",
    ":": "write `x if condition else y`, or where(condition, x, y)",
    "&": "write `and`",
    "|": "write `or`",
    "%": "it has no remainder",
    "[": "use round brackets",
    "{": "use round brackets",
}
SIGN_OF: Final[Mapping[type[ast.AST], str]] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.Pow: "**",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.And: "and",
    ast.Or: "or",
    ast.Not: "not",
    ast.USub: "negative",
    ast.UAdd: "positive",
}


@dataclass(frozen=True, slots=True)
class Number:
    """A number that stands in the text."""

    value: float


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the table."""

    name: str


@dataclass(frozen=True, slots=True)
class Apply:
    """An operator on series, with a window of `rows` where it has one."""

    operator: str
    series: tuple[Node, ...]
    rows: int = 0


Node: TypeAlias = "Number | Column | Apply"


def read(text: str) -> Node:
    """Return the tree of an expression.

    Raises:
        ParameterError: It cannot be read; the sentence says at which column, from 1.
    """
    line = re.sub(r"\s", " ", text)
    _plain(line)
    try:
        # In brackets, so that blanks before it are not taken for an indent.
        tree = ast.parse(f"({line})", mode="eval").body
    except SyntaxError as error:
        at = min(max((error.offset or 1) - 1, 1), max(len(line), 1))
        raise _refused(at, "this cannot be read; look for a missing sign or bracket") from error
    except (ValueError, RecursionError, MemoryError) as error:
        raise ParameterError("The expression is too deep to be read.") from error
    return _Reader().node(tree, 1)


def _plain(line: str) -> None:
    """Refuse what Python's grammar need not even look at."""
    if not line.strip():
        raise ParameterError("The expression is empty.", hint="Try rank(delta(close, 5)).")
    if len(line) > MOST_CHARACTERS:
        raise ParameterError(
            f"The expression has {len(line):,} characters; at most {MOST_CHARACTERS:,} are read."
        )
    fine = PLAIN.match(line)
    end = fine.end() if fine else 0
    if end < len(line):
        wrong = line[end]
        shown = wrong if wrong.isprintable() else f"character {ord(wrong)}"
        raise _refused(
            end + 1, f"{shown} has no meaning here; {INSTEAD.get(wrong, 'leave it out')}"
        )
    together = RUN_TOGETHER.search(line)
    if together is not None:
        raise _refused(together.end(), "a number runs into a letter")
    deep = 0
    for at, each in enumerate(line, 1):
        deep += (each == "(") - (each == ")")
        if deep < 0:
            raise _refused(at, "this bracket closes nothing")
        if deep > 2 * DEEPEST:
            raise _refused(at, "the brackets go too deep")
    if deep:
        raise ParameterError(f"{deep} of the brackets are not closed.")


class _Reader:
    """Turns Python's tree into ours, counting what it costs."""

    def __init__(self) -> None:
        self._parts = 0
        self._rows = 0

    def node(self, found: ast.expr, deep: int) -> Node:
        """Return our tree of a Python one."""
        self._parts += 1
        if self._parts > MOST_PARTS:
            raise ParameterError(f"The expression has more than {MOST_PARTS} parts.")
        if deep > DEEPEST:
            raise _refused(found.col_offset, f"parts are nested deeper than {DEEPEST}")
        if isinstance(found, ast.Constant):
            return _number(found)
        if isinstance(found, ast.Name):
            return _column(found)
        if isinstance(found, ast.Call):
            return self._call(found, deep)
        name, written = _written(found)
        parts = [self.node(each, deep + 1) for each in written]
        if len(parts) == OPERATORS[name].series:
            return Apply(name, tuple(parts))
        # `a and b and c` is one part to Python; here it becomes pairs.
        if deep + len(parts) > DEEPEST:
            raise _refused(found.col_offset, f"parts are nested deeper than {DEEPEST}")
        return reduce(lambda whole, each: Apply(name, (whole, each)), parts)

    def _call(self, found: ast.Call, deep: int) -> Node:
        at = found.col_offset
        if not isinstance(found.func, ast.Name):
            raise _refused(at, "only functions of the list can be called")
        name = found.func.id.lower()
        if name not in NAMES:
            raise _refused(at, f"there is no function called {_short(name)}.{_near(name, NAMES)}")
        operator = OPERATORS[name]
        wanted = operator.series + (operator.fewest is not None)
        starred = any(isinstance(each, ast.Starred) for each in found.args)
        if starred or found.keywords:
            raise _refused(at, f"it is written {operator.usage}, without names or stars")
        if len(found.args) != wanted:
            count = len(found.args)
            raise _refused(at, f"it is written {operator.usage}; {count} of {wanted} are given")
        rows = self._window(found.args[-1], operator.id) if operator.fewest is not None else 0
        parts = found.args[: operator.series]
        return Apply(name, tuple(self.node(each, deep + 1) for each in parts), rows)

    def _window(self, found: ast.expr, name: str) -> int:
        fewest = OPERATORS[name].fewest or 0
        value = found.value if isinstance(found, ast.Constant) else None
        if type(value) is not int or not fewest <= value <= LONGEST:
            raise _refused(
                found.col_offset,
                f"the rows of {name} are a whole number from {fewest} to {LONGEST:,}",
            )
        self._rows += value * (EVERY if OPERATORS[name].every else 1)
        if self._rows > MOST_ROWS:
            raise ParameterError(f"The windows have more than {MOST_ROWS:,} rows together.")
        return value


def _written(found: ast.expr) -> tuple[str, list[ast.expr]]:
    """Return the operator that a sign stands for, and what it stands between."""
    sign: ast.AST | None = None
    parts: list[ast.expr] = []
    if isinstance(found, ast.IfExp):
        return "where", [found.test, found.body, found.orelse]
    if isinstance(found, ast.UnaryOp):
        sign, parts = found.op, [found.operand]
    elif isinstance(found, ast.BinOp):
        sign, parts = found.op, [found.left, found.right]
    elif isinstance(found, ast.BoolOp):
        sign, parts = found.op, found.values
    elif isinstance(found, ast.Compare):
        if len(found.ops) > 1:
            raise _refused(found.col_offset, "compare two at a time, and join them with `and`")
        sign, parts = found.ops[0], [found.left, *found.comparators]
    name = SIGN_OF.get(type(sign)) if sign is not None else None
    if name is None:
        raise _refused(
            found.col_offset, "only numbers, columns, the usual signs and listed functions are read"
        )
    return name, parts


def _number(found: ast.Constant) -> Number:
    value = found.value
    if isinstance(value, bool) or value is None:
        raise _refused(found.col_offset, f"write 1 or 0 in place of {value}")
    if not isinstance(value, int | float) or not abs(value) <= LARGEST:
        raise _refused(found.col_offset, f"a number must lie between -{LARGEST:g} and {LARGEST:g}")
    return Number(float(value))


def _column(found: ast.Name) -> Column:
    name = found.id.lower()
    if exists(name):
        return Column(name)
    if name in NAMES:
        raise _refused(found.col_offset, f"it is written {OPERATORS[name].usage}")
    raise _refused(
        found.col_offset, f"there is no column called {_short(name)}.{_near(name, TITLES)}"
    )


def _near(name: str, names: Mapping[str, str] | frozenset[str]) -> str:
    near = get_close_matches(_short(name), sorted(names), n=1)
    return f" Did you mean {near[0]}?" if near else ""


def _short(name: str) -> str:
    return name if len(name) <= 30 else f"{name[:30]}…"  # noqa: PLR2004 - enough to know it by


def _refused(column: int, why: str) -> ParameterError:
    end = "" if why[-1] in ".?" else "."
    return ParameterError(f"Column {max(column, 1)}: {why}{end}")
