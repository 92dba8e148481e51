"""Amounts of money in plain words, and which of them is what somebody begins with."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_SMALL: Final = {
    word: number
    for number, word in enumerate(
        re.findall(
            r"\w+",
            "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
            "fifteen sixteen seventeen eighteen nineteen",
        )
    )
}
_TENS: Final = {
    word: 10 * number
    for number, word in enumerate(
        ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"), start=2
    )
}
_SCALES: Final = {
    **dict.fromkeys(("k", "thousand", "grand"), 1000),
    **dict.fromkeys(("m", "mm", "mn", "million"), 1000000),
    "hundred": 100,
}
_UNITS = "|".join((*_TENS, *_SMALL))
_SPELLED = rf"(?:(?:{'|'.join(_TENS)})[\s-](?:{'|'.join(_SMALL)})|{_UNITS}|a|half\s+a)"
_AMOUNT: Final = re.compile(
    r"(?<![\w.,$€£/])(?:(?P<sign>us\$|\$|usd|€|eur|£|gbp)\s*)?"
    r"(?:(?P<digits>\d{1,3}(?:[, \u202f]\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"  # 25,000 or 1.5
    rf"(?:\s*(?P<scale>k|thousand|grand|mm|mn|m|million)(?!\w))?"
    rf"|(?P<spelled>{_SPELLED})\s+(?P<spelled_scale>(?:hundred\s+)?(?:thousand|grand|million)|"
    r"hundred)(?!\w))"
    r"(?:\s*(?P<unit>dollars?|bucks|usd|euros?|eur|€|pounds|gbp|£|\$)(?!\w))?(?![.,]?\d)",
    re.IGNORECASE,
)
_OTHERS: Final = ("€", "eur", "euro", "euros", "£", "gbp", "pounds")
_DOTTED = re.compile(r"\d\.\d{3}\Z")  # a thousand to some, a fraction to others

# Before it in its clause: how much somebody has.
_HAS: Final = re.compile(
    r"\b(?:have|has|with|start|starting|begin|beginning|capital|account|cash|portfolio|budget|"
    r"invest|deposit|put|balance|savings|got|own|fund|trade)\b:?(?:\s+\w+){0,2}\s*$",
    re.IGNORECASE,
)
# After a number without a sign of money, if it is one's money.
_ALONE: Final = re.compile(r"\s*(?:\Z|[.,;!?)](?!\d)|(?:to|and|in|for|as|cash)\b)", re.IGNORECASE)
# Before it: some other amount.
_ELSE: Final = re.compile(
    r"(?:\b(?:no|not|never|lose|losing|lost|loss|losses|risk|risking|make|making|earn|earning|win|"
    r"profits?|gains?|target|goal|turn|owe|debts?|rent|costs?|priced?|spend|spending|had|orders?|"
    r"positions?|salary|wife|husband|friend|income|was|needs?|maximum|max|limit|if)\b|n['’]t\b)"
    r"(?:\s+\w+){0,3}\s*$"
    r"|\b(?:into|under|below|over|above|least|most|than|between|to|until|per|at|each|stop|year|"
    r"since|in)\s*$|\d\s*[-–—]\s*$",
    re.IGNORECASE,
)
_BETWEEN: Final = re.compile(r"\bbetween\s+\S+(?:\s+\w+)?\s+and\s*$", re.IGNORECASE)
_INTO = re.compile(
    r"\b(?:invest|trade|start|begin|put|deposit|up)\s+(?:up\s+)?to\s*$", re.IGNORECASE
)
# After it: it is no amount of money to begin with.
_RATE: Final = re.compile(
    r"\s*(?:-\s*\d|–\s*\d|to\s+\$?\d|%|percent\b|(?:a|an|per|each|every|/)\s*(?:day|week|month|year|"
    r"trade|position|share|order|stock|hour)|or\s+\$?\d|(?:in\s+)?(?:profit|debt|loss)|(?:\w+\s+)?"
    r"(?:shares?|stocks?|positions?|trades?|years?|months?|weeks?|days?|hours?|minutes?|symbols?|"
    r"times?|calls?|puts?|contracts?|kids|children)\b|(?:daily|weekly|monthly|yearly)\b|:)",
    re.IGNORECASE,
)
_LEAST_BARE = 100  # a number without a sign of money is none below


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount of money and where it stands."""

    start: int
    end: int
    text: str
    value: Decimal
    foreign: bool  # of another currency than the dollar


def amounts(text: str) -> Iterator[Amount]:
    """Yield what could be the money that somebody begins with, in the order of the text."""
    for each in _AMOUNT.finditer(text):
        before = re.split(r"[.;!?](?:\s|$)", text[: each.start()])[-1]
        after = text[each.end() :]
        marked = each["sign"] or each["unit"] or each["scale"] or each["spelled"]
        if (each["scale"] or "").casefold() == "m" and not (each["sign"] or each["unit"]):
            continue  # minutes
        if _RATE.match(after) or _is_else(before):
            continue
        value = value_of(each)
        if value is None or value <= 0:
            continue
        alone = value >= _LEAST_BARE and _HAS.search(before) and _ALONE.match(after)
        if not marked and not alone:
            continue
        mark = (each["sign"] or each["unit"] or "").casefold()
        yield Amount(each.start(), each.end(), each[0].strip(), value, mark in _OTHERS)


def _is_else(before: str) -> bool:
    """Whether what stands before an amount says that it is something else than one's money."""
    if _BETWEEN.search(before):
        return True
    last = re.split(r",\s+(?:and\s+)?|\s+and\s+", before)[-1]
    return bool(_ELSE.search(last)) and not _INTO.search(last)


def value_of(found: re.Match[str]) -> Decimal | None:
    """Return how much an amount is; None if that cannot be told for certain."""
    if found["digits"]:
        if _DOTTED.search(found["digits"]) and not found["scale"]:
            return None
        plain = re.sub(r"[, \u202f]", "", found["digits"])
        return _round(Decimal(plain) * _SCALES.get((found["scale"] or "").casefold(), 1))
    words = re.split(r"[\s-]+", found["spelled"].casefold())
    number = Decimal("0.5") if words[0] == "half" else Decimal(0)
    if words == ["a"]:
        number = Decimal(1)
    number += sum(_SMALL.get(each, 0) + _TENS.get(each, 0) for each in words)
    for each in found["spelled_scale"].casefold().split():
        number *= _SCALES[each]
    return _round(number)


def _round(number: Decimal) -> Decimal:
    """Return a number without the decimals that say nothing."""
    whole = number.to_integral_value()
    return whole if whole == number else number


def single(text: str) -> Decimal | None:
    """Return the one amount that a few words are; None if they are none, or not for certain."""
    found = [value_of(each) for each in _AMOUNT.finditer(text)]
    return found[0] if len(found) == 1 else None
