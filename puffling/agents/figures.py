"""Which tool said each number of an answer; a number that none said is flagged."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from puffling.agents.fencing import inside

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

LONGEST_ANSWER = 60_000
LONGEST_RESULTS = 600_000
MOST_FIGURES = 2_000
THOUSAND, MILLION, BILLION = 1e3, 1e6, 1e9
SCALES = {
    "k": THOUSAND,
    "thousand": THOUSAND,
    "m": MILLION,
    "mn": MILLION,
    "million": MILLION,
    "b": BILLION,
    "bn": BILLION,
    "billion": BILLION,
}
SLACK = 1e-9
FIRST_YEAR, LAST_YEAR = 1900, 2100

_MONTH = "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}"
# What has digits and is no figure: dates, times, links, code words, and the numbers of a list.
_NOT = re.compile(
    r"https?://\S{1,400}"
    r"|\]\([^)\n]{1,400}\)"
    r"|`[^`\n]{1,200}`"
    r"|^[ \t>]*(?:#+[ \t]*)?\d{1,3}[.)](?=[ \t])"
    r"|\b\d{4}-\d{2}(?:-\d{2})?(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?(?:Z|[+-]\d{2}:?\d{2})?\b"
    r"|\b\d{1,2}[:.]\d{2}(?::\d{2})?(?=[ ]?(?:am|pm|utc|et|new york)\b)"
    r"|\b\d{1,2}:\d{2}(?::\d{2})?\b"
    r"|\b\d{1,2}/\d{1,2}/\d{2,4}\b"
    rf"|\b\d{{1,2}}(?:st|nd|rd|th)?[ ]{_MONTH}\.?(?:,?[ ]\d{{4}})?\b"
    rf"|\b{_MONTH}\.?[ ]\d{{1,2}}(?:st|nd|rd|th)?(?:,?[ ]\d{{4}})?\b"
    rf"|\b{_MONTH}\.?[ ]\d{{4}}\b"
    r"|\b\d{1,4}(?:st|nd|rd|th)\b"
    r"|(?<![\w.])[^\W\d_][\w.&/-]{0,40}\d[\w.&/-]{0,40}"  # SMA20, Q3, an id, an option's symbol
    r"|\b\d{1,4}-(?:day|week|month|year|bar|minute|hour|period|session|point)s?\b",
    re.IGNORECASE | re.MULTILINE,
)
_FIGURE = re.compile(
    r"(?P<open>\()?"
    r"(?P<sign>(?<![\w%.])[-−+–]|minus[ ])?"
    r"(?P<coin>[$€£¥]|USD[ ]|US\$)?"
    r"(?P<sign2>[-−])?"
    r"(?P<whole>\d{1,3}(?:[,’'\u00a0\u202f]\d{3})+|\d{1,15})"
    r"(?P<part>\.\d{1,12})?"
    r"(?P<exp>e[+-]?\d{1,3})?"
    r"(?P<unit>[ \u00a0\u202f]?(?:%|per[ ]?cent\b|percentage points?\b|bps?\b|basis points?\b)"
    r"|[ ]?(?:thousand|million|billion|mn|bn|[kKmMbB])\b)?"
    r"(?P<close>\))?",
    re.IGNORECASE,
)
_SAID = re.compile(
    r"(?<![\w.])[-−]?(?:\d{1,3}(?:[,’'\u00a0\u202f]\d{3})+|\d{1,15})(?:\.\d{1,17})?(?:e[+-]?\d{1,3})?"
    r"(?:[ ]?%)?(?!\w)",
    re.IGNORECASE,
)
_STAMPS = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:?\d{0,2}(?:\.\d+)?(?:Z|[+-]\d{2}:?\d{2})?")


class Said(Protocol):
    """What a tool said: the id of the call, and its words."""

    @property
    def call_id(self) -> str:
        """Which call it answers; empty for the person's own words."""
        ...

    @property
    def text(self) -> str:
        """What the model was told."""
        ...


@dataclass(frozen=True, slots=True)
class Figure:
    """A number of an answer: where it stands, and the call that said it; None said it."""

    start: int
    end: int
    text: str
    source: str | None


@dataclass(frozen=True, slots=True)
class _Reading:
    """What a figure may mean: a value, how exactly it is written, and whether its sign counts."""

    value: float
    half: float
    signed: bool


def check(answer: str, results: Sequence[Said]) -> list[Figure]:
    """Return the numbers of an answer in order, each with the result that said it.

    A number fits when a result has it, rounded as it is written: 12.3 % is 0.12345 and 1.2M is
    1,234,567. A minus must be one in the result too; without it a loss may be told in words.
    Later results count first. Dates, times, the numbers of lists and names with digits are none.
    """
    values, signed = _index(results)
    found: list[Figure] = []
    shown = _without_others(answer[:LONGEST_ANSWER])
    for each in _FIGURE.finditer(shown):
        if len(found) == MOST_FIGURES:
            break
        start, end = _bounds(each)
        if _is_glued(shown, each):
            continue
        text = answer[start:end]
        source = _source(_readings(each), values, signed)
        if source is None and _is_year(each):
            continue
        found.append(Figure(start, end, text, source))
    return found


_Index = list[tuple[float, int, str]]


def _index(results: Sequence[Said]) -> tuple[_Index, _Index]:
    """Return every number that was said, without and with its sign, in order of its size."""
    plain: dict[float, tuple[int, str]] = {}
    signed: dict[float, tuple[int, str]] = {}
    left = LONGEST_RESULTS
    for place, each in enumerate(reversed(results)):
        text = _STAMPS.sub(" ", inside(each.text[:left]))
        left -= len(text)
        for value in _numbers(text):
            plain.setdefault(abs(value), (place, each.call_id))
            signed.setdefault(value, (place, each.call_id))
        if left <= 0:
            break
    return (
        sorted((value, *who) for value, who in plain.items()),
        sorted((value, *who) for value, who in signed.items()),
    )


def _numbers(text: str) -> Iterable[float]:
    """Yield the numbers of a result; percent also as the share that it is."""
    for each in _SAID.finditer(text):
        written = each.group().rstrip("% ")
        value = _float(written)
        if value is not None:
            yield value
            if each.group().endswith("%"):
                yield value / 100


def _float(written: str) -> float | None:
    plain = re.sub("[,’'\u00a0\u202f]", "", written).replace("−", "-")
    try:
        value = float(plain)
    except ValueError:
        return None
    return value if abs(value) < float("inf") else None


def _without_others(text: str) -> str:
    """Return an answer with what is no figure blanked out, every other letter in its place."""
    return _NOT.sub(lambda found: " " * len(found.group()), text)


def _bounds(found: re.Match[str]) -> tuple[int, int]:
    """Return where a figure stands: a bracket belongs to it only as a pair, for a loss."""
    start, end = found.span()
    is_pair = bool(found["open"] and found["close"])
    if found["open"] and not is_pair:
        start += 1
    if found["close"] and not is_pair:
        end -= 1
    return start, end


def _is_glued(text: str, found: re.Match[str]) -> bool:
    """Whether letters or digits touch it: then it is a part of a word."""
    before = text[found.start() - 1 : found.start()]
    after = text[found.end() : found.end() + 1]
    return bool(re.match(r"[\w.]", before)) or after.isalpha() or after == "_"


def _is_year(found: re.Match[str]) -> bool:
    bare = not any(found[name] for name in ("sign", "coin", "sign2", "part", "exp", "unit"))
    return bare and len(found["whole"]) == 4 and FIRST_YEAR <= int(found["whole"]) < LAST_YEAR  # noqa: PLR2004 - a year has four digits


def _readings(found: re.Match[str]) -> list[_Reading]:
    """Return what a figure may mean: percent as written and as a share, thousands in full."""
    value = _float(f"{found['whole']}{found['part'] or ''}{found['exp'] or ''}") or 0.0
    places = len(found["part"] or ".") - 1
    half = 0.5 * 10.0**-places * 10.0 ** int((found["exp"] or "e0")[1:])
    is_loss = bool(found["open"] and found["close"] and (found["coin"] or found["unit"]))
    negative = is_loss or (found["sign"] or found["sign2"] or "+").strip() in {
        "-",
        "−",
        "–",
        "minus",
    }
    sign = -1.0 if negative else 1.0
    unit = (found["unit"] or "").strip().casefold()
    scales = [1.0]
    if unit in SCALES:
        scales = [SCALES[unit]]
    elif unit.startswith(("b", "basis")):
        scales = [1.0, 1e-4, 1e-2]
    elif unit:
        scales = [1.0, 0.01]
    signed = negative or found["sign"] == "+"
    return [_Reading(sign * value * each, half * each, signed) for each in scales]


def _source(readings: Sequence[_Reading], plain: _Index, signed: _Index) -> str | None:
    """Return the latest call that said one of these."""
    best: tuple[int, str] | None = None
    for each in readings:
        index = signed if each.signed else plain
        slack = each.half + SLACK * max(1.0, abs(each.value))
        first = bisect_left(index, (each.value - slack,))
        last = bisect_right(index, (each.value + slack, 1 << 30))
        for _, place, call in index[first : min(last, first + 64)]:
            if best is None or place < best[0]:
                best = place, call
    return None if best is None else best[1]
