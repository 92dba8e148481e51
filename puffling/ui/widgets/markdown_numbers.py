"""Where the numbers of an answer stand on its page, to be told from the same digits elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtGui import QTextCursor, QTextDocument

_NEAR, _LETTERS = 12, 4  # letters that are looked at around a number, and those that count


@dataclass(frozen=True, slots=True)
class Mark:
    """A number in an answer; `source` names the call that said it, and is empty if none did.

    `before` and `after` are the letters and digits around it, to tell it from the same digits in a
    date or a name.
    """

    text: str
    source: str
    before: str = ""
    after: str = ""


def around(text: str, start: int, end: int) -> tuple[str, str]:
    """Return the letters and digits of a line before and after a part of it, the nearest few."""
    before = text[:start].rpartition("\n")[2][-_NEAR:]
    after = text[end : end + _NEAR].partition("\n")[0]
    return (
        "".join(filter(str.isalnum, before))[-_LETTERS:],
        "".join(filter(str.isalnum, after))[:_LETTERS],
    )


def find(document: QTextDocument, mark: Mark, start: int, end: int) -> QTextCursor | None:
    """Return the place of a number between two positions: where the same words are around it.

    Where Markdown changed the words around every one of them, it is the first that is no part of
    a longer number or a name.
    """
    at, first = start, None
    while True:
        found = document.find(mark.text, at)
        if found.isNull() or found.selectionEnd() > end:
            return first
        at, block = found.selectionEnd(), found.block()
        place = found.selectionStart() - block.position()
        words = block.text()
        if _stands_alone(words, place, place + len(mark.text)):
            if around(words, place, place + len(mark.text)) == (mark.before, mark.after):
                return found
            first = first or found


def _stands_alone(words: str, start: int, end: int) -> bool:
    """Whether digits are no part of a longer number or a name."""
    before, after = words[max(start - 1, 0) : start], words[end : end + 2]
    goes_on = after[:1].isalnum() or (after[:1] in {".", ","} and after[1:].isdigit())
    return not before.isalnum() and before not in {".", "_"} and not goes_on
