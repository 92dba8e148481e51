"""What a command returned, as compact words for a model: long tables in short, with a handle."""

from __future__ import annotations

import hashlib
import json
import math
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from puffling.agents.fencing import clean
from puffling.agents.handles import Table
from puffling.core.redaction import redact
from puffling.work.requests import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

MOST_TEXT = 8_000  # characters of one result
DEEPEST = 8
DIGITS = 6  # of a number that is no amount of money
# How many rows and how many letters of a text a result may have; the next when it is too long.
TIGHTER = ((20, 400), (10, 160), (6, 80), (3, 40))
ENDS = 5  # rows shown from each end of a long table
LONGEST_NAME = 80
LONGEST_NUMBER = 16
LONG_NUMBER = re.compile(r"-?\d{1,40}\.\d{1,40}", re.ASCII)
FEW = 3  # rows that need no table


@dataclass(frozen=True, slots=True)
class Told:
    """A result in words: `value` is it as plain values, `snapshot` names exactly this data."""

    body: str
    value: Any
    snapshot: str


def tell(result: object, at: str, keep: Callable[[Table], str]) -> Told:
    """Return what a model is told of a result; `keep` keeps a table and returns its handle.

    Every text in it is cleaned and bounded, and nothing that looks like a key is left in it.
    """
    value = plain(result)
    written = json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)
    name = hashlib.blake2b(f"{at}|{written}".encode("utf-8", "replace"), digest_size=4).hexdigest()
    handles: dict[int, str] = {}

    def kept(table: Table, place: int) -> str:
        if place not in handles:
            handles[place] = keep(table)
        return handles[place]

    body = ""
    for rows, letters in TIGHTER:
        body = redact(_written(_Packer(rows, letters, kept).pack(value, 0)))
        if len(body) <= MOST_TEXT:
            return Told(body, value, name)
    left = len(body) - MOST_TEXT
    return Told(f"{body[:MOST_TEXT]}… ({left:,} more characters: ask for less)", value, name)


def table_of(rows: Sequence[Any]) -> Table:
    """Return a list of records as a table: nested records become columns with a dot."""
    if not all(isinstance(each, dict) for each in rows):
        return Table(("value",), [[each] for each in rows], len(rows))
    flat = [_flat(each) for each in rows]
    columns = list(dict.fromkeys(name for each in flat for name in each))
    return Table(columns, [[each.get(name) for name in columns] for each in flat], len(rows))


def is_number(value: object) -> bool:
    """Whether a plain value is a number, written as one or as text."""
    return _number(value) is not None


def _flat(record: Mapping[str, Any], before: str = "") -> dict[str, Any]:
    """Return a record with the fields of one nested in it under names with a dot."""
    made: dict[str, Any] = {}
    for name, each in record.items():
        if isinstance(each, dict) and each and not before:
            made |= _flat(each, f"{name}.")
        else:
            made[f"{before}{name}"] = each
    return made


class _Packer:
    """Makes plain values short."""

    def __init__(self, rows: int, letters: int, keep: Callable[[Table, int], str]) -> None:
        self._rows = rows
        self._letters = letters
        self._keep = keep
        self._tables = 0

    def pack(self, value: object, depth: int) -> object:
        """Return a value with its texts cleaned, its numbers rounded and its lists in short."""
        if isinstance(value, str):
            return clean(_rounded(value), self._letters)
        if isinstance(value, float):
            return float(f"{value:.{DIGITS}g}") if math.isfinite(value) else None
        if depth > DEEPEST and isinstance(value, dict | list):
            return f"({len(value)} more inside)"
        if isinstance(value, dict):
            return {
                clean(str(name), LONGEST_NAME): self.pack(each, depth + 1)
                for name, each in value.items()
                if each not in ("", [], {})
            }
        if isinstance(value, list):
            return self._list(value, depth)
        return value

    def _list(self, rows: list[Any], depth: int) -> object:
        """Return a short list as it is, records as a table, and a long one in summary."""
        if len(rows) > self._rows:
            return self._summary(rows, depth)
        records = len(rows) > FEW and all(isinstance(each, dict) for each in rows)
        if not records:
            return [self.pack(each, depth + 1) for each in rows]
        table = table_of(rows)
        return {"columns": self._names(table), "rows": self._packed(table.rows, depth)}

    def _summary(self, rows: list[Any], depth: int) -> dict[str, Any]:
        """Return how long a table is, both of its ends, and between what its numbers lie."""
        table = table_of(rows)
        place = self._tables
        self._tables += 1
        ends = min(ENDS, max(1, self._rows // 2))
        return {
            "count": len(rows),
            "columns": self._names(table),
            "first": self._packed(table.rows[:ends], depth),
            "last": self._packed(table.rows[-ends:], depth),
            "ranges": self._ranges(table),
            "handle": self._keep(table, place),
        }

    def _names(self, table: Table) -> list[str]:
        return [clean(each, LONGEST_NAME) for each in table.columns]

    def _packed(self, rows: Sequence[Sequence[Any]], depth: int) -> list[list[object]]:
        return [[self.pack(each, depth + 2) for each in row] for row in rows]

    def _ranges(self, table: Table) -> dict[str, list[object]]:
        """Return the least and the most of each column of numbers, as they were written."""
        found: dict[str, list[object]] = {}
        for place, name in enumerate(table.columns):
            known = [row[place] for row in table.rows if row[place] is not None]
            numbers = [(number, each) for each in known if (number := _number(each)) is not None]
            if numbers and len(numbers) == len(known):
                least = min(numbers, key=lambda pair: pair[0])[1]
                most = max(numbers, key=lambda pair: pair[0])[1]
                found[clean(name, LONGEST_NAME)] = [self.pack(least, 0), self.pack(most, 0)]
        return found


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    if isinstance(value, str) and not value[:1].isdigit() and value[:1] not in {"-", "."}:
        return None
    try:
        number = float(value)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _rounded(text: str) -> str:
    """Return an exact amount as it is, and one with more digits than anybody wrote in short."""
    if len(text) <= LONGEST_NUMBER or not LONG_NUMBER.fullmatch(text):
        return text
    return f"{Decimal(text):.{DIGITS}g}"


def _written(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)
