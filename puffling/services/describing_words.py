"""The words in which people say how they trade, as far as our own rules know them."""

from __future__ import annotations

import re
from typing import Final

from puffling.core.settings_trading import TOLERANCE_LIMITS


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(patterns)})(?!\w)", re.IGNORECASE)


def _middle(band: int) -> int:
    """Return the tolerance in the middle of a band of the settings."""
    first = TOLERANCE_LIMITS[band - 1][0] + 1 if band else 0
    return (first + TOLERANCE_LIMITS[band][0]) // 2


CAREFUL, MODERATE, DARING = (_middle(band) for band in range(len(TOLERANCE_LIMITS)))

_SCALE = r"(?:\s+(?:tolerance|appetite|level|profile))?"
_IS = r"(?:\s+(?:is|should be|must be)|\s*[:=])?(?:\s+(?:very|rather|fairly|quite))?\s+"
_VERY = r"(?:(?:very|extremely|really|rather|fairly|quite|so|super)\s+)?"


def _level(words: str) -> tuple[str, ...]:
    """Return how a level of risk is said, before the word and after it."""
    return (
        rf"{_VERY}(?:{words})[\s-]+(?:risk{_SCALE}|tolerance)",
        rf"risk{_SCALE}{_IS}(?:{words})",
    )


# What each says of risk. The first that begins at a place and is longest counts there.
RISK: Final[tuple[tuple[re.Pattern[str], int], ...]] = (
    (
        _any(
            *_level("low|lower|lowest|small|little|minimal|limited|no"),
            rf"{_VERY}(?:risk[\s-]averse|conservative(?:ly)?|cautious(?:ly)?|careful(?:ly)?)",
            r"(?:not|\w+n['’]?t)\s+(?:\w+\s+){0,2}(?:much|any)\s+risk",
            r"(?:don['’]?t|do not)\s+like\s+(?:\w+\s+)?risks?",
            r"(?:hate|avoid|dislike|fear|afraid of|scared of)\s+(?:\w+\s+)?risks?",
            r"play(?:ing)?\s+it\s+safe",
            r"(?:can['’]?t|cannot)\s+afford\s+(?:to\s+lose|losses)(?:\s+(?:much|it|money))?",
        ),
        CAREFUL,
    ),
    (
        _any(
            *_level("medium|moderate|balanced|average|middling|middle"),
            r"moderate(?:ly)?|balanced",
            r"middle[\s-]of[\s-]the[\s-]road",
        ),
        MODERATE,
    ),
    (
        _any(
            *_level("high|higher|highest|big|large|much"),
            rf"{_VERY}(?:aggressive(?:ly)?|daring|speculative(?:ly)?)",
            r"(?:lots?|plenty|a\s+(?:good\s+)?deal)\s+of\s+risk",
            r"risk[\s-](?:taker|lover|loving|seeking)",
            r"(?:like|love|take|taking|accept)\s+(?:big\s+)?risks",
        ),
        DARING,
    ),
)
# "risk tolerance 30", "risk 7 out of 10", "30/100 risk"; percents are of a trade, not of these.
RISK_NUMBER: Final = _any(
    r"(?:risk|tolerance)(?:\s+(?:tolerance|appetite|level|score))?"
    r"(?:\s+(?:is|of|at|about|around))*\s*[:=]?\s*(?P<value>\d+)(?![\d.,]*\d)"
    r"(?:\s*(?:/|out\s+of)\s*(?P<of>100|10)\b)?(?!\s*(?:%|percent|per|dollars|k\b))"
)

DAYS, SWINGS, YEARS, TESTS, LOOKS, RUNS = (
    *("Trade", "Morning", "Research", "Quant", "Review", "Monitor"),
)
LAYOUTS: Final[tuple[tuple[re.Pattern[str], str], ...]] = (
    (_any(r"day[\s-]?trad(?:e|es|er|ers|ing)", r"intra-?day", r"scalp(?:s|er|ing)?"), DAYS),
    (
        _any(
            r"swing[\s-]trad(?:e|es|er|ing)|swings?",
            r"(?:hold|keep)\s+(?:\w+\s+)?(?:for\s+)?(?:a\s+few|some|several)\s+(?:days|weeks)",
        ),
        SWINGS,
    ),
    (
        _any(
            r"long[\s-]term",
            r"buy[\s-]and[\s-]hold",
            r"(?:for\s+)?(?:my\s+)?(?:retire|retirement|pension)",
            r"(?:hold(?:ing)?\s+)?for\s+(?:many\s+|several\s+|ten\s+|twenty\s+|\d+\s+)?(?:years|decades)",
        ),
        YEARS,
    ),
    (
        _any(
            r"back-?test(?:s|ed|ing)?",
            r"quant(?:itative)?",
            r"algo(?:s|rithms?|rithmic)?(?:\s+trading)?",
            r"systematic(?:ally)?",
            r"(?:my\s+)?own\s+strateg(?:y|ies)",
            r"strateg(?:y|ies)\s+of\s+my\s+own",
        ),
        TESTS,
    ),
)
NAMED_LAYOUT: Final = re.compile(
    rf"\b(?:layout\s+(?:called\s+|named\s+)?)(?P<after>{DAYS}|{SWINGS}|{YEARS}|{TESTS}|{LOOKS}|"
    rf"{RUNS})\b|\b(?P<before>{DAYS}|{SWINGS}|{YEARS}|{TESTS}|{LOOKS}|{RUNS})\s+layout\b",
    re.IGNORECASE,
)

# Before something in the same clause: it is not wanted.
NEGATED: Final = re.compile(
    r"(?:\b(?:no|not|never|without|avoid|avoiding|except|excluding|hate|nothing|neither|nor|"
    r"anything but|stay away from|instead of|rather than|cannot|used to|dislike)\b|n['’]t\b|"
    r"\bdont\b)(?P<between>[^.;!?]*)$",
    re.IGNORECASE,
)
# After it, and part of it: what is not done.
UNDONE: Final = re.compile(
    r"\s*(?:(?:to|want|like|trade|trading|buy|buying|love|prefer|follow|ever|really|even)\b\s*)+",
    re.IGNORECASE,
)
# It ends a negation: what follows is wanted again.
TURNS: Final = re.compile(
    r"\b(?:but|just|only|instead|trade|trading|buy|like|love|prefer|follow|want|have)\b|[–—:\x00]",
    re.IGNORECASE,
)
# Two levels of risk in one: "low to medium risk".
RANGE: Final = re.compile(
    r"\b(?:low|medium|moderate|moderately|high|careful|conservative)\s*(?:to|or|[-–/])\s*\Z",
    re.IGNORECASE,
)

# Between things that were said, and trimmed from what is reported.
GLUE: Final = _set(
    "a an the i i'm im i've i'd me my we us you and or but also with of for to in on at by "
    "from as is am are be do have has it this that then than so just please hello hi would "
    "will can could want like them they all use each"
)
# What says nothing alone, and is not reported.
FILLERS: Final = GLUE | _set(
    "a an the i i'm im i've i'd me my mine myself we our us you and or but also with without "
    "of for to in on at by from into about around roughly some approximately nearly as is am "
    "are be been being do does have has got had having own it its this that these those there "
    "want wants would like prefer will can could may should so then than just only mostly "
    "mainly usually please hello hi trade trades trader trading traded buy buying sell selling "
    "invest invests investing investor investment watch watching follow following look looking "
    "stock stocks share shares symbol symbols ticker tickers market markets equity equities "
    "money cash capital dollar dollars account portfolio budget savings start starting started "
    "begin beginning work working use using risk risks tolerance level style type kind person "
    "put currently now today very rather fairly quite really pretty more few layout names name "
    "such companies company each one think consider called set up aside e.g hold holding keep"
)

# Symbols that are words as well: in small letters they are taken for words.
WORDS_TOO: Final = _set(
    "low cost fast well key good open real car cat love fun eat play run true life job team "
    "now go see bill pets gap target visa big safe care nice plan save data main net fit gold "
    "oil corn cash ease free grow rate live loan home hope else next one two five ten day"
)
# In capitals, and yet no symbols.
ACRONYMS: Final = _set("USD US USA EU UK ETF ETFS RSI MACD SMA EMA VWAP OK IRA AI IPO FX")
