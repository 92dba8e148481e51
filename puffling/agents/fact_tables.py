"""Facts as tables of Markdown, for answers that no model gave."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from puffling.agents.fencing import line
from puffling.agents.results import table_of
from puffling.core.formats import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

MOST_ROWS = 15
MOST_COLUMNS = 8
LONGEST = 160
DEEPEST = 3
DIGITS = 6
_MARKS = re.compile(r"([|\\`*_\[\]<>~#!])")


def markdown(value: object) -> str:
    """Return plain values as tables; empty where there is nothing to show."""
    return "\n\n".join(_blocks(value, "", 0))


def _blocks(value: object, heading: str, depth: int) -> Iterator[str]:
    if isinstance(value, dict):
        yield from _record(value, heading, depth)
    elif isinstance(value, list) and value and not any(isinstance(x, dict | list) for x in value):
        said = ", ".join(_cell(each) for each in value[:MOST_ROWS])
        yield f"{_escaped(heading)}: {said}" if heading else said
    elif isinstance(value, list) and value:
        shown = table_of(value)
        rows = [list(each[:MOST_COLUMNS]) for each in shown.rows[:MOST_ROWS]]
        more = f"\n\n{shown.count - MOST_ROWS} more." if shown.count > MOST_ROWS else ""
        yield _table(heading, list(shown.columns)[:MOST_COLUMNS], rows) + more
    elif value not in (None, "", [], {}):
        yield f"{heading}: {_cell(value)}" if heading else _cell(value)


def _record(value: Mapping[str, Any], heading: str, depth: int) -> Iterator[str]:
    plain = {name: each for name, each in value.items() if not isinstance(each, dict | list)}
    if plain:
        rows = [[_words(name), each] for name, each in list(plain.items())[: 2 * MOST_ROWS]]
        yield _table(heading, ["what", "value"], rows)
    if depth >= DEEPEST:
        return
    for name, each in value.items():
        if isinstance(each, dict | list) and each:
            yield from _blocks(each, _words(name), depth + 1)


def _table(heading: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    head = f"**{_escaped(heading)}**\n\n" if heading else ""
    lines = [
        f"| {' | '.join(_escaped(_words(each)) for each in columns)} |",
        f"|{'---|' * len(columns)}",
        *(f"| {' | '.join(_cell(each) for each in row)} |" for row in rows),
    ]
    return head + "\n".join(lines)


def _words(name: object) -> str:
    return str(name).replace("_", " ").replace(".", " ").strip()


def _cell(value: object) -> str:
    if value is None or value == "":
        return UNKNOWN
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.{DIGITS}g}"
    if isinstance(value, list | dict):
        return f"{len(value)} more" if value else UNKNOWN
    return _escaped(str(value))


def _escaped(text: str) -> str:
    return _MARKS.sub(r"\\\1", line(text, LONGEST))
