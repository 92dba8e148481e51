"""Sets of parameters, kept column by column: many thousands of them take little room and time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias, overload

import numpy as np
from typing_extensions import override

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    Codes: TypeAlias = NDArray[np.int32]

ABSENT = -1  # the code of a parameter that a set says nothing about


@dataclass(frozen=True, slots=True, eq=False)
class Sets(Sequence[dict[str, Any]]):
    """Sets of parameters in order; each of them reads as a dict.

    Attributes:
        names: The parameters, in order.
        values: What each of them may be, as plain values, each one once.
        codes: A row for each set and a column for each parameter: its place among the values.
        possible: Whether the strategy is known to accept all of them, so that nobody need check.
    """

    names: tuple[str, ...]
    values: tuple[tuple[Any, ...], ...]
    codes: Codes
    possible: bool = False

    @classmethod
    def of(cls, sets: Iterable[Mapping[str, Any]]) -> Sets:
        """Return sets that were given one by one; nobody has checked them."""
        books: dict[str, dict[Any, int]] = {}
        values: dict[str, list[Any]] = {}
        rows: list[dict[str, int]] = []
        for each in sets:
            row: dict[str, int] = {}
            for name, value in each.items():
                book, key = books.setdefault(name, {}), _key(value)
                if key not in book:
                    book[key] = len(book)
                    values.setdefault(name, []).append(value)
                row[name] = book[key]
            rows.append(row)
        codes = np.array([[row.get(name, ABSENT) for name in books] for row in rows], np.int32)
        known = tuple(tuple(values[name]) for name in books)
        return cls(tuple(books), known, codes.reshape(len(rows), len(books)))

    @override
    def __len__(self) -> int:
        return len(self.codes)

    @overload
    def __getitem__(self, index: int) -> dict[str, Any]: ...

    @overload
    def __getitem__(self, index: slice) -> Sets: ...

    @override
    def __getitem__(self, index: int | slice) -> dict[str, Any] | Sets:
        """Return one of them as a dict, or several as they are."""
        if isinstance(index, slice):
            return self.rows(index)
        row: list[int] = self.codes[index].tolist()
        return {
            name: values[code]
            for name, values, code in zip(self.names, self.values, row, strict=True)
            if code != ABSENT
        }

    @override
    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and list(self) == list(other)

    @override
    def __hash__(self) -> int:
        return hash((self.names, len(self)))

    def rows(self, chosen: slice | NDArray[np.int64] | NDArray[np.bool_]) -> Sets:
        """Return some of them."""
        return Sets(self.names, self.values, self.codes[chosen], self.possible)

    def column(self, name: str) -> NDArray[Any]:
        """Return a parameter of each set; every one of them must have it."""
        place = self.names.index(name)
        return np.array(self.values[place])[self.codes[:, place]]

    def is_like(self, other: Sets) -> bool:
        """Whether the codes of both mean the same."""
        same = self.names is other.names and self.values is other.values
        return same or (self.names == other.names and self.values == other.values)

    def extended(self, more: Sets) -> tuple[Sets, Codes]:
        """Return these sets with room for others, and the codes of those.

        Names and values that only the others have come last, so that no code of these changes.
        """
        names = (*self.names, *(each for each in more.names if each not in self.names))
        values, columns = [], []
        for place, name in enumerate(names):
            known = list(self.values[place]) if place < len(self.names) else []
            codes = np.full(len(more), ABSENT, np.int32)
            if name in more.names:
                column = more.names.index(name)
                book = {_key(value): code for code, value in enumerate(known)}
                where = [book.setdefault(_key(each), len(book)) for each in more.values[column]]
                new = sorted(zip(where, more.values[column], strict=True), key=lambda pair: pair[0])
                known += [value for code, value in new if code >= len(known)]
                codes = np.array([*where, ABSENT], np.int32)[more.codes[:, column]]
            values.append(tuple(known))
            columns.append(codes)
        wider = np.full((len(self), len(names)), ABSENT, np.int32)
        wider[:, : len(self.names)] = self.codes
        known_to_all = self.possible and more.possible
        return Sets(names, tuple(values), wider, known_to_all), np.column_stack(columns)


def _key(value: object) -> object:
    """Return what tells values apart: 1, 1.0 and True are three."""
    try:
        hash(value)
    except TypeError:
        return repr(value)
    return type(value), value
