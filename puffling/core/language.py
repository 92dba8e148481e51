"""The desk's sentences in another language: looked up whole, or by the pattern they are made of."""

from __future__ import annotations

import gettext
import re
from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from puffling.core import sentences
from puffling.core.paths import resources
from puffling.core.sentences import Entry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

_WORD = re.compile(r"[^\W\d_]{2,}")
_PLACE = re.compile(r"\{([a-z_0-9]*)\}")
_KEPT = re.compile(r"\{[a-z_0-9]*\}|<[^>]*>|&(?=\w)")
# A sentence may be several: each of these ends one.
_BREAKS = (" · ", ". ", " – ", " — ", "; ", ": ", " | ", ", ", " (", "  ", " / ")
_SENTENCE = re.compile(r"(?<=[.!?])( )|( · )")
_KNOWN = re.compile(r"(?<=[.!?])( )|( · )|(?<=\})( +)(?=[A-ZÀ-Ž])")  # where a pattern has more
_SPOKEN, _LOWER = re.compile(r"[^\W\d_]"), re.compile(r"[a-z]{2,}")
_EDGES = '()[]“”".,:…!? '
_WHOLE = ("\n", " · ", ". ")  # a value of a short pattern reaches over none of these
_SHORT = 3  # words at most in the values of a pattern of one word
_DEEP = 5  # sentences in sentences
_MOST = 20_000  # remembered
_LONGER = 0.35  # of the pseudo language: what German makes of English
_ACCENTS = str.maketrans("aeiouyAEIOUYcnsz", "áéíóúýÁÉÍÓÚÝçñšž")


class Language(StrEnum):
    """The languages of the desk."""

    ENGLISH = "en"
    PSEUDO = "pseudo"  # English in disguise, to find what was forgotten and what has no room

    @property
    def label(self) -> str:
        """What the language calls itself."""
        return "English" if self is Language.ENGLISH else "Pseudo"

    @property
    def hidden(self) -> bool:
        """Whether no form offers it."""
        return self is Language.PSEUDO


class Verbatim(str):
    """Words that are somebody's own: names, notes, news. They are never translated."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class _Pattern:
    """A sentence with places for values."""

    found: re.Pattern[str]
    said: tuple[str, ...]
    order: tuple[str, ...]
    length: int
    words: int


class Catalogue:
    """Says each sentence in its language; what it does not know stays as it is.

    A sentence such as "12 of 40 rows" is found by its pattern, "{shown} of {all} rows". Its values
    are said by themselves: numbers, symbols and names stay what they are.
    """

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._whole: dict[str, str] = {}
        self._patterns: dict[str, list[_Pattern]] = defaultdict(list)
        self._known: dict[str, str] = {}
        self._made: dict[str, str] = {}
        self._plural: Callable[[int], int] = lambda _count: 0
        for each in entries:
            if not each.text:
                self._read_header(each.said[0])
            elif each.said and each.said[0]:
                self._take(each)
        for patterns in self._patterns.values():
            patterns.sort(key=lambda pattern: -pattern.length)

    def say(self, text: str) -> str:
        """Return `text` in this language."""
        if isinstance(text, Verbatim):
            return text
        known = self._known.get(text)
        if known is not None:
            return known
        if text in self._made or not _WORD.search(text):
            return text
        if len(self._known) > _MOST:
            self._known.clear()
            self._made.clear()
        made = self._say(text, 0)
        self._known[text] = made
        if made != text:
            self._made[made] = text
        return made

    def meant(self, shown: str) -> str:
        """Return the sentence that was said so; `shown` itself if none was."""
        return self._made.get(shown, shown)

    def _say(self, text: str, depth: int) -> str:
        if depth > _DEEP + 1 or not _WORD.search(text) or text.isupper():
            return text
        ways = (
            self._as_whole,
            self._as_lines,
            self._as_sentences,
            self._as_pattern,
            self._as_bare,
            self._as_short_pattern,
            self._as_parts,
            self._as_loose_pattern,
            self._as_core,
        )
        for way in ways:
            made = way(text, depth)
            if made is not None:
                return made
        return text

    def _as_whole(self, text: str, depth: int) -> str | None:
        found = self._whole.get(text)
        if found is not None:
            return found
        first = text[:1]
        turned = (first.lower() if first.isupper() else first.upper()) + text[1:]
        found = self._whole.get(turned)
        if found is not None:
            return _cased(found, upper=first.isupper())
        for bare in (text.strip(), text.strip(_EDGES)):
            if bare not in {"", text}:
                said = self._as_whole(bare, depth)
                if said is not None:
                    return text.replace(bare, said, 1)
        return None

    def _as_lines(self, text: str, depth: int) -> str | None:
        if "\n" not in text:
            return None
        return "\n".join(self._say(each, depth + 1) for each in text.split("\n"))

    def _as_sentences(self, text: str, depth: int) -> str | None:
        """Say as many sentences at once as are known together."""
        parts = [each for each in _SENTENCE.split(text) if each]
        if len(parts) == 1:
            return None
        said, at = [], 0
        while at < len(parts):
            made, end = self._longest(parts, at, depth)
            said.append(made)
            at = end
        return None if said == parts else "".join(said)

    def _longest(self, parts: list[str], at: int, depth: int) -> tuple[str, int]:
        """Say the longest known run of sentences from `at`; return where the next begins."""
        for way in (self._as_whole, self._as_pattern):
            for end in range(len(parts), at, -1):
                made = way("".join(parts[at:end]), depth)
                if made is not None:
                    return made, end
        return self._say(parts[at], depth + 1), at + 1

    def _as_parts(self, text: str, depth: int) -> str | None:
        for each in _BREAKS:
            if each in text:
                parts = [piece for part in text.split(each) for piece in (part, each)][:-1]
                said = self._each(parts, depth)
                if said is not None:
                    return said
        return None

    def _each(self, parts: list[str], depth: int) -> str | None:
        """Say each of several sentences; None if that changes none of them."""
        said = [self._say(part, depth + 1) for part in parts]
        return None if said == parts else "".join(said)

    def _as_bare(self, text: str, depth: int) -> str | None:
        bare = text.strip(_EDGES)
        if bare == text:
            return None
        said = self._say(bare, depth + 1)
        return None if said == bare else text.replace(bare, said, 1)

    def _as_core(self, text: str, depth: int) -> str | None:
        """Say the words between figures and symbols: Buy 100 AAPL, (win rate 60 %)."""
        words = text.split(" ")
        for told in (_SPOKEN, _LOWER):
            spoken = [at for at, each in enumerate(words) if told.search(each)]
            if not spoken:
                return None
            core = " ".join(words[spoken[0] : spoken[-1] + 1])
            bare = core.strip(_EDGES)
            if bare != text:
                said = self._say(bare, max(depth + 1, _DEEP))
                if said != bare:
                    return text.replace(bare, said, 1)
        return None

    def _as_pattern(self, text: str, depth: int) -> str | None:
        for pattern, values in self._near(text):
            if pattern.words > 1 and not _reaches(values):
                return self._filled(pattern, values, depth)
        return None

    def _as_short_pattern(self, text: str, depth: int) -> str | None:
        for pattern, values in self._near(text):
            if not _reaches(values) and all(each.count(" ") < _SHORT for each in values):
                return self._filled(pattern, values, depth)
        return None

    def _as_loose_pattern(self, text: str, depth: int) -> str | None:
        for pattern, values in self._near(text):
            if pattern.words > 1:
                return self._filled(pattern, values, depth)
        return None

    def _near(self, text: str) -> Iterator[tuple[_Pattern, tuple[str, ...]]]:
        """Yield the patterns that `text` may be made of, those that say most first."""
        words = dict.fromkeys(each.casefold() for each in _WORD.findall(text))
        near = [pattern for word in words for pattern in self._patterns.get(word, ())]
        for pattern in sorted(near, key=lambda each: -each.length):
            found = pattern.found.fullmatch(text)
            if found is not None:
                yield pattern, found.groups()

    def _filled(self, pattern: _Pattern, values: tuple[str, ...], depth: int) -> str:
        said = pattern.said[0]
        if len(pattern.said) > 1:
            count = next((each for each in values if each.isdigit()), "0")
            said = pattern.said[min(self._plural(int(count)), len(pattern.said) - 1)]
        by_name = {
            name: self._say(value, depth + 1)
            for name, value in zip(pattern.order, values, strict=True)
        }
        return _PLACE.sub(lambda place: by_name.get(place[1], place[0]), said)

    def _take(self, entry: Entry) -> None:
        self._take_one(entry)
        parts, *said = (_KNOWN.split(each) for each in (entry.text, *entry.said))
        if len(parts) > 1 and all(len(each) == len(parts) for each in said):
            for part, *words in zip(parts, *said, strict=True):
                if part and part not in self._whole:
                    self._take_one(Entry(part, tuple(words)))

    def _take_one(self, entry: Entry) -> None:
        pieces = _PLACE.split(entry.text)
        if len(pieces) == 1:
            self._whole[entry.text] = entry.said[0]
            bare = entry.text.strip(_EDGES)
            if bare != entry.text:
                self._whole.setdefault(bare, entry.said[0].strip(_EDGES))
            return
        literals = pieces[::2]
        words = [each.casefold() for each in _words_of(literals)]
        if not words:
            return
        ruled = "(.+?)".join(re.escape(each) for each in literals)
        made = _Pattern(
            re.compile(ruled, re.DOTALL),
            entry.said,
            tuple(pieces[1::2]),
            sum(len(each) for each in literals),
            len(words),
        )
        self._patterns[max(words, key=len)].append(made)

    def _read_header(self, text: str) -> None:
        rule = re.search(r"Plural-Forms:.*plural=([^;\n]+)", text)
        if rule is not None:
            self._plural = vars(gettext)["c2py"](rule[1])  # what gettext itself reads it with


def catalogue(language: Language) -> Catalogue | None:
    """Return the catalogue of `language`; None if nothing needs to be said otherwise.

    Raises:
        OSError: If the catalogue is not there.
    """
    if language is Language.ENGLISH:
        return None
    folder = resources() / "languages"
    if language.hidden:
        page = (folder / "puffling.pot").read_text(encoding="utf-8")
        return Catalogue(
            Entry(each.text, (pseudo(each.text),)) for each in sentences.read(page) if each.text
        )
    page = (folder / f"{language.value}.po").read_text(encoding="utf-8")
    return Catalogue(sentences.read(page))


def pseudo(text: str) -> str:
    """Return `text` with accents, in brackets, and as much longer as another language may be."""
    pieces = _KEPT.split(text)
    kept = [*_KEPT.findall(text), ""]
    words = "".join(
        piece.translate(_ACCENTS) + each for piece, each in zip(pieces, kept, strict=True)
    )
    letters = sum(len(each) for each in _WORD.findall(text))
    return f"[{words}{'é' * round(letters * _LONGER)}]"


def _reaches(values: tuple[str, ...]) -> bool:
    """Whether a value goes over the end of a sentence: the pattern fits by chance."""
    return any(each in value for value in values for each in _WHOLE)


def _cased(text: str, *, upper: bool) -> str:
    first = text[:1].upper() if upper else text[:1].lower()
    return first + text[1:]


def _words_of(literals: list[str]) -> list[str]:
    """Return the words that stand by themselves: one that touches a value may be half a word."""
    found = []
    for at, literal in enumerate(literals):
        for word in _WORD.finditer(literal):
            touches_left = at > 0 and word.start() == 0
            touches_right = at < len(literals) - 1 and word.end() == len(literal)
            if not touches_left and not touches_right:
                found.append(word[0])
    return found
