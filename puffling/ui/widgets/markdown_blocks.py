"""Where Markdown that is still being written can be cut: what stands before no longer changes."""

from __future__ import annotations

import re

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_HEADING = re.compile(r" {0,3}#{1,6}(?: |\t|$)")
_ITEM = re.compile(r"(?:[-*+]|\d)")  # begins an item of a list, or may turn out to


def closed(source: str) -> int:
    """Return how many characters of `source` no later word can change.

    A part is closed once a blank line and something else stand after it; a fence once it ends, a
    heading with its line. What is indented may still belong to the list above, and the items of a
    list stay together, so that they are counted on.
    """
    reader = _Reader()
    for line in source.splitlines(keepends=True):
        reader.read(line)
    return reader.cut


class _Reader:
    """Reads line by line, and remembers where the last closed part ended."""

    def __init__(self) -> None:
        self.cut = self._at = 0
        self._fence = ""  # what began the code that is open
        self._part = ""  # the first line of the part that is open
        self._blank = True  # whether the line before was blank, or ended its part

    def read(self, line: str) -> None:
        """Read one more line."""
        starts = self._at
        self._at += len(line)
        if self._fence:
            if _ends(self._fence, line):
                self._close(self._at)
                self._fence = ""
        elif not line.strip():
            self._blank = True
        else:
            self._read_words(line, starts)

    def _read_words(self, line: str, starts: int) -> None:
        if self._blank and not _goes_on(self._part, line):
            if self._part:
                self.cut = starts
            self._part = line
        self._blank = False
        if found := _FENCE.match(line):
            self._fence = found[1]
            if line[0] != " " and not _ITEM.match(self._part):
                self.cut = starts
        elif _HEADING.match(line) and line.endswith("\n"):
            self._close(self._at)

    def _close(self, at: int) -> None:
        self.cut, self._part, self._blank = at, "", True


def _ends(fence: str, line: str) -> bool:
    """Whether `line` is the end of the code that `fence` began."""
    bare = line.strip()
    return line.endswith("\n") and len(bare) >= len(fence) and not bare.strip(fence[0])


def _goes_on(part: str, line: str) -> bool:
    """Whether `line`, after a blank one, may still belong to the part that `part` began."""
    if not part:
        return False
    return line[0] in " \t" or (_ITEM.match(part) is not None and _ITEM.match(line) is not None)
