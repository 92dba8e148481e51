"""Facts as tables and lists of Markdown, for answers that no model gave."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from puffling.agents.fencing import line
from puffling.core.formats import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

MOST_ROWS = 15
MOST_COLUMNS = 7
LONGEST = 160
A_WORD = 24  # a longer text in a list is a sentence
DEEPEST = 3
DIGITS = 6
# Marks of Markdown that a text from outside must not make.
_MARKS = re.compile(r"([|\\`*_\[\]<>~#!])")


def markdown(value: object) -> str:
    """Return plain values as tables and lists; empty where there is nothing to show."""
    return "\n\n".join(_blocks(value, "", 0))


def _blocks(value: object, heading: str, depth: int) -> Iterator[str]:
    if isinstance(value, dict):
        yield from _record(value, heading, depth)
    elif isinstance(value, list) and value:
        yield from _rows(value, heading, depth)
    elif value not in (None, "", [], {}):
        yield f"{_escaped(heading)}: {_cell(value)}" if heading else _cell(value)


def _record(value: Mapping[str, Any], heading: str, depth: int) -> Iterator[str]:
    rows = [[_words(name), each] for name, each in value.items() if _is_plain(each)]
    if rows:
        yield _titled(heading, _table(["What", "Value"], rows[: 2 * MOST_ROWS]))
    if depth < DEEPEST:
        for name, each in value.items():
            yield from () if _is_plain(each) else _blocks(each, _words(name), depth + 1)


def _rows(rows: Sequence[Any], heading: str, depth: int) -> Iterator[str]:
    """Show a list: of words, of sentences, of facts, of chapters of facts, or of records."""
    shown = rows[:MOST_ROWS]
    more = f"\n\n{len(rows) - MOST_ROWS} more." if len(rows) > MOST_ROWS else ""
    records = [each for each in shown if isinstance(each, dict)]
    if len(records) < len(shown):
        yield _titled(heading, _list([each for each in shown if _is_plain(each)]) + more)
    elif all({"title", "text"} <= each.keys() for each in records):
        told = [[each["title"], each["text"]] for each in records]
        yield _titled(heading, _table(["What", "Value"], told) + more)
    elif depth < DEEPEST and all("title" in each and not _is_flat(each) for each in records):
        for each in records:
            inner = {name: part for name, part in each.items() if not _is_plain(part)}
            for part in inner.values():
                yield from _blocks(part, str(each["title"]), depth + 1)
    else:
        names = dict.fromkeys(name for each in records for name in each)
        columns = [
            name
            for name in names
            if name != "id" and all(_is_plain(each.get(name)) for each in records)
        ][:MOST_COLUMNS]
        told = [[each.get(name) for name in columns] for each in records]
        yield _titled(heading, _table([_words(each) for each in columns], told) + more)


def _list(values: Sequence[object]) -> str:
    said = [_cell(each) for each in values]
    if any(len(each) > A_WORD for each in said):
        return "\n".join(f"* {each}" for each in said)
    return ", ".join(said)


def _table(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    lines = [
        f"| {' | '.join(_escaped(each.capitalize()) for each in columns)} |",
        f"|{'---|' * len(columns)}",
        *(f"| {' | '.join(_cell(each) for each in row)} |" for row in rows),
    ]
    return "\n".join(lines)


def _titled(heading: str, block: str) -> str:
    return f"**{_escaped(heading.capitalize())}**\n\n{block}" if heading else block


def _is_plain(value: object) -> bool:
    return not isinstance(value, dict | list)


def _is_flat(record: Mapping[str, Any]) -> bool:
    return all(_is_plain(each) for each in record.values())


def _words(name: object) -> str:
    return str(name).replace("_", " ").replace(".", " ").strip()


def _cell(value: object) -> str:
    if value is None or value == "":
        return UNKNOWN
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.{DIGITS}g}"
    return _escaped(str(value))


def _escaped(text: str) -> str:
    return _MARKS.sub(r"\\\1", line(text, LONGEST))
