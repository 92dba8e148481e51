"""Catalogues of sentences as translators' tools know them: reading and writing `.po` files."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t"}
_BACK = {"n": "\n", "t": "\t"}
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_LINE = re.compile(r'(?:(msgid_plural|msgid|msgstr(?:\[(\d+)\])?)\s+)?"(.*)"\s*\Z')

HEADER = (
    "Project-Id-Version: Puffling\\n",
    "MIME-Version: 1.0\\n",
    "Content-Type: text/plain; charset=UTF-8\\n",
    "Content-Transfer-Encoding: 8bit\\n",
)


@dataclass(frozen=True, slots=True)
class Entry:
    """A sentence, where it is said, and its words in another language; several for plurals."""

    text: str
    said: tuple[str, ...] = ()
    places: tuple[str, ...] = ()


def write(entries: Iterable[Entry]) -> str:
    """Return a catalogue; sentences in the order of the alphabet, so that changes are small."""
    blocks = ["\n".join(['msgid ""', 'msgstr ""', *(f'"{each}"' for each in HEADER)])]
    for each in sorted(entries, key=lambda entry: (entry.text.casefold(), entry.text)):
        lines = [f"#: {place}" for place in each.places]
        lines.append(f"msgid {_quoted(each.text)}")
        if len(each.said) > 1:
            lines.append(f"msgid_plural {_quoted(each.text)}")
            lines += [f"msgstr[{at}] {_quoted(words)}" for at, words in enumerate(each.said)]
        else:
            lines.append(f"msgstr {_quoted(each.said[0] if each.said else '')}")
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks) + "\n"


def read(page: str) -> Iterator[Entry]:
    """Yield the entries of a catalogue, its header first as the entry of an empty sentence."""
    text, said, places = "", {0: ""}, []
    field, at, begun = "", 0, False
    for line in [*page.splitlines(), ""]:
        found = _LINE.match(line)
        if line.startswith("#:"):
            places += line[2:].split()
        if found is None:
            if not line.strip() and begun:
                yield Entry(text, tuple(said[each] for each in sorted(said)), tuple(places))
                text, said, places, begun = "", {0: ""}, [], False
            continue
        begun = True
        field = found[1] or field
        at = int(found[2] or 0) if found[1] else at
        words = _ESCAPED.sub(lambda each: _BACK.get(each[1], each[1]), found[3])
        if field == "msgid":
            text += words
        elif field.startswith("msgstr"):
            said[at] = said.get(at, "") + words


def _quoted(text: str) -> str:
    return '"' + "".join(_ESCAPES.get(each, each) for each in text) + '"'
