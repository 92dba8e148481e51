"""A description of how somebody trades, read by our own rules: money, risk, symbols, horizon.

Nothing is guessed: of two things that contradict each other neither is taken, what is negated is
not taken, and every other word is reported.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from puffling.services.describing_money import amounts
from puffling.services.describing_records import MOST_CASH, RULES, Described, Said
from puffling.services.describing_words import (
    ACRONYMS,
    FILLERS,
    GLUE,
    LAYOUTS,
    NAMED_LAYOUT,
    NEGATED,
    RANGE,
    RISK,
    RISK_NUMBER,
    TURNS,
    UNDONE,
    WORDS_TOO,
)

if TYPE_CHECKING:
    from decimal import Decimal

    from puffling.services.describing_records import Known

_WORD: Final = re.compile(r"\$?[A-Za-z][\w'’]*(?:[.\-/](?=\w)\w+)*|\S")
_CLAUSE: Final = re.compile(r"[.;!?\n](?:\s|$)")
_PIECE: Final = re.compile(r"[^,.;:!?()\n–—\x00]+(?:[.,:](?=\S)[^,.;:!?()\n–—\x00]+)*")
_MOST_PIECES, _LONGEST_PIECE = 20, 80
_HIGHEST, _TENFOLD = 100, 10
_TICKER: Final = re.compile(r"(?<![\w$])(?:\$[A-Z][A-Z.]{0,5}|[A-Z]{2,5})(?![\w'’])")
_SHORT = 2  # letters of a symbol that must be in capitals
TAKEN = "\x00"


def by_rules(text: str, known: Known) -> Described:
    """Return what a description says, as far as it is said for certain."""
    page = _Page(text, known)
    cash = _cash(page)
    tolerance = _tolerance(page)
    layout = _layout(page)
    symbols = _symbols(page, known)
    if strange := page.strangers():
        page.notes.append(f"There are no prices of {', '.join(strange)} here; they were not taken.")
    return Described(RULES, tolerance, symbols, cash, layout, tuple(page.rest()), tuple(page.notes))


@dataclass
class _Page:
    """A text of which more and more is understood."""

    text: str
    known: Known
    notes: list[str] = field(default_factory=list)
    spans: list[tuple[int, int]] = field(default_factory=list)

    def take(self, start: int, end: int) -> str:
        """Note that a piece is understood; return it."""
        self.spans.append((start, end))
        return self.text[start:end].strip()

    def is_free(self, start: int, end: int) -> bool:
        """Whether nothing of a piece is understood yet."""
        return all(end <= first or start >= last for first, last in self.spans)

    def is_negated(self, start: int) -> bool:
        """Whether words before a place in its clause say that it is not wanted."""
        before = _CLAUSE.split(self._left()[:start])[-1]
        found = NEGATED.search(before)
        while found:
            if not self._turns(UNDONE.sub(" ", found["between"], count=1)):
                return True
            found = NEGATED.search(before, found.start() + 1)
        return False

    def _turns(self, between: str) -> bool:
        """Whether a negation ends here: after "but", or after a comma that parts no symbols."""
        *parts, _ = between.split(",")
        ends = [(each.split() or [""])[-1] for each in parts]
        return bool(TURNS.search(between)) or any(not self.known.has(each) for each in ends if each)

    def rest(self) -> list[str]:
        """Return the words that are not understood, in the pieces that they were written in."""
        found = []
        for piece in _PIECE.findall(self._left()):
            words = piece.split()
            if all(_bare(each) in FILLERS or not _bare(each) for each in words):
                continue
            while _bare(words[0]) in GLUE or not _bare(words[0]):
                words.pop(0)
            while _bare(words[-1]) in GLUE or not _bare(words[-1]):
                words.pop()
            found.append(_cut(" ".join(words)))
        return list(dict.fromkeys(found))[:_MOST_PIECES]

    def strangers(self) -> list[str]:
        """Return the words that look like symbols and are not known here."""
        if self.text.isupper():
            return []
        found = [each.lstrip("$") for each in _TICKER.findall(self._left())]
        known = self.known.symbols | ACRONYMS
        return list(dict.fromkeys(each for each in found if each not in known))

    def _left(self) -> str:
        left = list(self.text)
        for start, end in self.spans:
            left[start:end] = TAKEN * (end - start)
        return "".join(left)


def _bare(word: str) -> str:
    return word.casefold().replace("’", "'").strip("\"“”'*-–&+/")


def _cut(words: str) -> str:
    return words if len(words) <= _LONGEST_PIECE else f"{words[: _LONGEST_PIECE - 1]}…"


def _cash(page: _Page) -> Said[Decimal] | None:
    found = list(amounts(page.text))
    own = [each for each in found if not each.foreign]
    if len(own) < len(found):
        page.notes.append("Accounts are in dollars; other money is not converted.")
    if len({each.value for each in own}) > 1:
        several = " and ".join(each.text for each in own)
        page.notes.append(f"Cash: {several} contradict each other, so none was taken.")
        for each in own:
            page.take(each.start, each.end)
        return None
    if not own:
        return None
    if own[0].value > MOST_CASH:
        page.notes.append(f"Cash: {own[0].text} is more than a simulated account may have.")
        return None
    return Said(own[0].value, tuple(page.take(each.start, each.end) for each in own))


def _tolerance(page: _Page) -> Said[int] | None:
    found: list[tuple[int, int, int]] = []
    for each in RISK_NUMBER.finditer(page.text):
        value, of = int(each["value"]), int(each["of"] or 0)
        if not of and value <= _TENFOLD:
            page.notes.append(f"Risk: “{each[0].strip()}” may be of 10 or of 100.")
        elif value <= (of or _HIGHEST) and not page.is_negated(each.start()):
            found.append((each.start(), each.end(), value * _HIGHEST // (of or _HIGHEST)))
    if not found:  # a number is more exact than any word
        found = _risk_words(page)
    ranged = [each for each in found if RANGE.search(page.text[: each[0]])]
    if ranged:
        page.notes.append("Risk: two levels at once, so neither was taken.")
        return None
    if len({value for *_, value in found}) > 1:
        several = " and ".join(f"“{page.take(start, end)}”" for start, end, _ in found)
        page.notes.append(f"Risk: {several} contradict each other, so none was taken.")
        return None
    if not found:
        return None
    words = tuple(page.take(start, end) for start, end, _ in found)
    return Said(found[0][2], tuple(dict.fromkeys(words)))


def _risk_words(page: _Page) -> list[tuple[int, int, int]]:
    """Return where risk is spoken of, the longer of two that overlap, and what it means."""
    found = [
        (each.start(), each.end(), value)
        for pattern, value in RISK
        for each in pattern.finditer(page.text)
    ]
    found.sort(key=lambda each: (each[0] - each[1], each[0]))
    kept: list[tuple[int, int, int]] = []
    for start, end, value in found:
        if any(start < last and end > first for first, last, _ in kept):
            continue
        kept.append((start, end, value))
    return sorted(each for each in kept if not page.is_negated(each[0]))


def _layout(page: _Page) -> Said[str] | None:
    named = NAMED_LAYOUT.search(page.text)
    if named and not page.is_negated(named.start()):
        name = (named["after"] or named["before"]).capitalize()
        return Said(name, (page.take(named.start(), named.end()),))
    found = sorted(
        (each.start(), each.end(), name)
        for pattern, name in LAYOUTS
        for each in pattern.finditer(page.text)
        if page.is_free(each.start(), each.end()) and not page.is_negated(each.start())
    )
    if not found:
        return None
    first = found[0][2]
    others = dict.fromkeys(name for *_, name in found if name != first)
    spoken = [(page.take(start, end), name) for start, end, name in found]
    if others:
        page.notes.append(f"Layout: {' and '.join(others)} would suit, too.")
    return Said(first, tuple(words for words, name in spoken if name == first))


def _symbols(page: _Page, known: Known) -> Said[tuple[str, ...]] | None:
    found: list[tuple[int, int, str]] = []
    for name, symbol in known.names.items():
        pattern = re.compile(rf"\b{re.escape(name)}(?:['’]s)?(?!\w)", re.IGNORECASE)
        found += [
            (each.start(), each.end(), symbol)
            for each in pattern.finditer(page.text)
            if each[0][0].isupper() or len(name.split()) > 1
        ]
    shouted = page.text.isupper()
    for each in _WORD.finditer(page.text):
        symbol = _symbol(each[0], known, shouted=shouted)
        if symbol and page.is_free(each.start(), each.end()):
            found.append((each.start(), each.end(), symbol))
    kept = [each for each in sorted(found) if not page.is_negated(each[0])]
    if not kept:
        return None
    words = [page.take(start, end) for start, end, _ in kept]
    symbols = tuple(dict.fromkeys(symbol for *_, symbol in kept))
    return Said(symbols, tuple(dict.fromkeys(words)))


def _symbol(word: str, known: Known, *, shouted: bool) -> str:
    """Return the symbol that a word is; empty if it may be a word of the language as well."""
    bare = re.sub(r"['’]s\Z", "", word.lstrip("$"))
    if bare.upper() not in known.symbols:
        return ""
    if word.startswith("$"):
        return bare.upper()
    written = bare.isupper() and not shouted
    is_word = len(bare) <= _SHORT or bare.casefold() in FILLERS | WORDS_TOO
    if len(bare) == 1 or (is_word and not written):
        return ""
    return bare.upper()
